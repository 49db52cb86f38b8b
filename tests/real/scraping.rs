//! Prometheus finds what it shall scrape, evaluates every rule, and keeps as much as the settings say.

use std::collections::BTreeMap;

use tests::{Stack, eventually, eventually_right};

use crate::{prometheus, serve, shipped};

/// Ports of the RWA services in `consul/config/services.json` and of Kong's Status API in `prometheus/targets/kong.json`.
const PORTS_OF_SERVICES: [u16; 6] = [3000, 3001, 3002, 3003, 3004, 8100];

/// Waits until so many targets of each job are up and there are no others.
#[track_caller]
fn all_up(stack: &Stack, expected: &[(&str, usize)]) {
    let expected: BTreeMap<String, usize> =
        expected.iter().map(|(job, count)| ((*job).to_owned(), *count)).collect();
    eventually_right("every target", || {
        let targets = prometheus::targets(stack);
        let mut up = BTreeMap::new();
        for target in targets.iter().filter(|it| it.health == "up") {
            *up.entry(target.job.clone()).or_default() += 1;
        }
        let right = up == expected && targets.iter().all(|it| it.health == "up");
        if right { Ok(()) } else { Err(targets) }
    });
}

#[test]
fn every_scrape_job_finds_its_component_and_every_rule_is_evaluated() {
    let stack = shipped("scraping");
    stack.run(["up"]).ok();
    serve(&stack, "backend", &PORTS_OF_SERVICES);
    let of_the_stack = [
        ("prometheus", 1),
        ("consul", 1),
        ("jaeger", 1),
        ("jaeger-spans", 1),
        ("loki", 1),
        ("grafana", 1),
        ("alertmanager", 1),
        ("kong", 1),
        ("rwa-consul-services", 5),
    ];
    all_up(&stack, &[&of_the_stack[..], &[("promtail", 1)]].concat());
    let services = prometheus::targets(&stack);
    let mut services: Vec<_> =
        services.iter().filter(|it| it.job == "rwa-consul-services").map(|it| it.service.as_str()).collect();
    services.sort_unstable();
    assert_eq!(
        services,
        ["identity-service", "mpc-service", "presence-service", "reward-service", "wallet-service"],
        "each target is labelled with its service"
    );
    let jobs = prometheus::ask(&stack, "/api/v1/scrape_pools")["scrapePools"].clone();
    let jobs = jobs.as_array().expect("a list of jobs");
    assert_eq!(jobs.len(), of_the_stack.len() + 2, "a job is not looked at here: {jobs:?}");

    stack.run(["up", "alloy", "--yes"]).ok();
    all_up(&stack, &[&of_the_stack[..], &[("alloy", 1)]].concat());

    let rules = eventually("an evaluation of every rule", || {
        let groups = prometheus::ask(&stack, "/api/v1/rules")["groups"].clone();
        let groups = groups.as_array().expect("a list of groups").clone();
        let rules: Vec<_> =
            groups.iter().flat_map(|it| it["rules"].as_array().expect("rules of a group").clone()).collect();
        rules.iter().all(|it| it["health"] != "unknown").then_some(rules)
    });
    assert!(rules.len() >= 25, "{} rules", rules.len());
    let bad: Vec<_> = rules.iter().filter(|it| it["health"] != "ok").collect();
    assert!(bad.is_empty(), "{bad:#?}");
    // Besides the one that always fires nothing does: all is well here.
    let firing: Vec<_> = rules.iter().filter(|it| it["state"] == "firing").map(|it| &it["name"]).collect();
    assert_eq!(firing, ["Watchdog"]);
}

#[test]
fn prometheus_keeps_as_much_as_the_settings_say() {
    let stack = shipped("retention");
    stack.run(["up", "prometheus"]).ok();
    let kept =
        |stack: &Stack| prometheus::ask(stack, "/api/v1/status/runtimeinfo")["storageRetention"].clone();
    assert_eq!(kept(&stack), "1w or 2GiB");
    let flags = prometheus::ask(&stack, "/api/v1/status/flags");
    assert_eq!(
        (&flags["storage.tsdb.retention.time"], &flags["storage.tsdb.retention.size"]),
        (&"1w".into(), &"2GiB".into())
    );
    stack.set("PROMETHEUS_RETENTION", "36h");
    stack.set("PROMETHEUS_RETENTION_SIZE", "512MB");
    stack.run(["up", "prometheus"]).ok();
    assert_eq!(kept(&stack), "1d12h or 512MiB");
}
