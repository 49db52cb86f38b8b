//! The demo services at work: what a user sees of them in Jaeger and Prometheus.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{eventually, eventually_right};

use crate::{
    prometheus, shipped,
    spans::{jaeger, now},
};

#[test]
fn the_demo_shows_who_calls_whom_its_metrics_and_the_service_that_fails() {
    let stack = shipped("demo-real");
    stack.prepare_demo();
    stack.run(["up", "consul", "jaeger", "prometheus"]).ok();
    stack.run(["demo", "up"]).ok();

    let calls = [
        ("identity-service", "wallet-service"),
        ("wallet-service", "mpc-service"),
        ("wallet-service", "reward-service"),
    ];
    eventually_right("the calls between the services", || {
        let path = format!("/api/dependencies?endTs={}&lookback=3600000", now() / 1_000_000);
        let found = jaeger(&stack, &path)["data"].clone();
        let seen = |it: &Value| Some((it["parent"].as_str()?.to_owned(), it["child"].as_str()?.to_owned()));
        let found: BTreeSet<_> = found.as_array().into_iter().flatten().filter_map(seen).collect();
        let all = calls.iter().all(|(parent, child)| found.contains(&((*parent).into(), (*child).into())));
        if all { Ok(()) } else { Err(found) }
    });
    // A trace crosses services that send by OTLP and others that send by thrift.
    eventually_right("a trace through three services", || {
        let found = jaeger(&stack, "/api/traces?service=reward-service&lookback=1h&limit=20");
        let services = |trace: &Value| -> BTreeSet<String> {
            let processes = trace["processes"].as_object().into_iter().flatten();
            processes.filter_map(|(_, it)| Some(it["serviceName"].as_str()?.to_owned())).collect()
        };
        let traces: Vec<_> = found["data"].as_array().into_iter().flatten().map(services).collect();
        if traces.iter().any(|it| it.len() >= 3) { Ok(()) } else { Err(traces) }
    });
    eventually_right("five services scraped by way of Consul", || {
        let up = r#"count(up{job="rwa-consul-services", instance=~".*-demo"} == 1)"#;
        match prometheus::value(&stack, up) {
            Some(5.0) => Ok(()),
            other => Err((other, prometheus::targets(&stack))),
        }
    });
    eventually("the failures of the service that fails on purpose, counted from its spans", || {
        let failures = r#"sum(traces_span_metrics_calls_total{service_name="reward-service", status_code="STATUS_CODE_ERROR"})"#;
        prometheus::value(&stack, failures).filter(|count| *count > 0.0)
    });
    stack.run(["demo", "down"]).ok();
}
