//! Spans go in by both doors; traces, dependencies and metrics come out.

use std::collections::BTreeSet;

use tests::{eventually, eventually_right};

use crate::{
    prometheus, shipped,
    spans::{Span, jaeger, now, otlp, send_otlp, send_thrift, spans_of, thrift},
};

#[test]
fn a_trace_whose_spans_come_by_otlp_and_by_thrift_is_found_with_all_of_them_and_with_who_called_whom() {
    const TRACE: u64 = 0x00ab_c123_4567_89ab;
    let stack = shipped("trace");
    stack.run(["up", "jaeger"]).ok();
    let sent = send_otlp(&stack, &otlp("identity-service", &[], &[Span::root(TRACE, 1, "POST /login")]));
    assert_eq!(sent.map(|answer| answer.0), Ok(200));
    let mut span = Span::child(TRACE, 2, 1, "GET /balance");
    span.tags.push(("http.method".to_owned(), "GET".to_owned()));
    assert_eq!(send_thrift(&stack, &thrift("wallet-service", &[span])), Ok((202, String::new())));

    eventually("both spans of the trace", || (spans_of(&stack, TRACE) == 2).then_some(()));
    let found = jaeger(&stack, "/api/traces?service=wallet-service&lookback=1h&limit=20");
    let trace = &found["data"][0];
    assert_eq!(trace["traceID"].as_str().map(|id| id.trim_start_matches('0')), Some("abc123456789ab"));
    let processes = trace["processes"].as_object().expect("a trace has processes");
    let services: BTreeSet<_> = processes.values().filter_map(|it| it["serviceName"].as_str()).collect();
    assert_eq!(services, BTreeSet::from(["identity-service", "wallet-service"]));
    let all = trace["spans"].as_array().expect("a trace has spans");
    let wallet = all.iter().find(|it| it["operationName"] == "GET /balance").expect("the thrift span");
    let tags = wallet["tags"].as_array().expect("a span has tags");
    assert!(tags.iter().any(|it| it["key"] == "http.method" && it["value"] == "GET"), "{wallet}");

    let path = format!("/api/dependencies?endTs={}&lookback=3600000", now() / 1_000_000);
    let calls = jaeger(&stack, &path)["data"].clone();
    let call = serde_json::json!({ "parent": "identity-service", "child": "wallet-service", "callCount": 1 });
    assert!(calls.as_array().expect("a list of calls").contains(&call), "{calls}");
}

#[test]
fn metrics_from_spans_count_every_span_of_processes_that_differ_in_their_resource() {
    let stack = shipped("span-metrics");
    stack.run(["up", "jaeger", "prometheus"]).ok();
    // Three replicas of one service, ten requests each.
    for replica in 1..=3u64 {
        let spans: Vec<_> = (1..=10).map(|n| Span::root(replica * 100 + n, 1, "POST /pay")).collect();
        let host = format!("replica-{replica}");
        let request = otlp("wallet-service", &[("host.name", &host), ("process.pid", &host)], &spans);
        assert_eq!(send_otlp(&stack, &request).map(|answer| answer.0), Ok(200));
    }
    let counted = r#"sum(traces_span_metrics_calls_total{service_name="wallet-service"})"#;
    eventually_right("30 of 30 spans in Prometheus", || match prometheus::value(&stack, counted) {
        Some(30.0) => Ok(()),
        other => Err(other),
    });
    // What the rules, the dashboards and Jaeger's tab "Monitor" ask for.
    let slow = r#"histogram_quantile(0.95, sum by (le) (
        traces_span_metrics_duration_milliseconds_bucket{span_kind="SPAN_KIND_SERVER"}))"#;
    let duration = prometheus::value(&stack, slow).expect("durations are there");
    assert!((10.0..=50.0).contains(&duration), "every span took 25 ms, and 95 % took up to {duration}");
    let monitor = jaeger(
        &stack,
        "/api/metrics/calls?service=wallet-service&lookback=600000&step=60000&ratePer=600000&spanKind=server",
    );
    assert_eq!(monitor["name"], "service_call_rate", "{monitor}");
    assert!(monitor["metrics"].as_array().is_some_and(|it| !it.is_empty()), "{monitor}");
}
