//! An alert travels from Prometheus to Alertmanager and goes again; what is implied by another one is held back.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tests::{Stack, docker, eventually, eventually_right, eventually_within, get, http, post};

use crate::{prometheus, serve, shipped};

/// State of each alert in Alertmanager, by its name, service and severity.
fn alerts(stack: &Stack) -> BTreeMap<(String, String, String), String> {
    let text = get(stack.port("ALERTMANAGER_PORT"), "/api/v2/alerts");
    let all: Value = serde_json::from_str(&text).expect("Alertmanager answers JSON");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |it: &Value| {
        let label = |name: &str| word(&it["labels"][name]);
        let inhibited = it["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty());
        let state = if inhibited { "inhibited".to_owned() } else { word(&it["status"]["state"]) };
        ((label("alertname"), label("service"), label("severity")), state)
    };
    all.as_array().expect("a list of alerts").iter().map(of).collect()
}

fn key(name: &str, service: &str, severity: &str) -> (String, String, String) {
    (name.to_owned(), service.to_owned(), severity.to_owned())
}

#[test]
fn a_service_that_dies_is_an_alert_in_alertmanager_and_none_any_more_once_it_is_back() {
    // Two minutes by the rule, and a scrape and an evaluation before and after it.
    const LONG: Duration = Duration::from_mins(6);
    let stack = shipped("alert");
    stack.run(["up", "consul", "prometheus", "alertmanager"]).ok();
    let container = serve(&stack, "ledger-service", &[]);
    let service = json!({
        "Name": "ledger-service",
        "Address": "ledger-service",
        "Port": 80,
        "Meta": { "scrape": "true", "metrics_port": "80", "metrics_path": "/metrics" },
        "Check": { "HTTP": "http://ledger-service/health", "Interval": "5s", "Timeout": "2s" },
    });
    let registered =
        http("PUT", stack.port("CONSUL_PORT"), "/v1/agent/service/register", &service.to_string());
    assert_eq!(registered.map(|answer| answer.0), Ok(200));
    let is = |health: &str| {
        let targets = prometheus::targets(&stack);
        let found = targets.iter().any(|it| it.service == "ledger-service" && it.health == health);
        if found { Ok(()) } else { Err(targets) }
    };
    eventually_right("a scrape of the service", || is("up"));
    let down = key("ServiceDown", "ledger-service", "critical");
    eventually("the alert that always fires", || alerts(&stack).get(&key("Watchdog", "", "none")).cloned());
    assert_eq!(alerts(&stack).get(&down), None);

    docker(&["kill", &container]);
    eventually_right("a scrape that fails", || is("down"));
    let state = eventually_within(LONG, "the alert", || alerts(&stack).get(&down).cloned());
    assert_eq!(state, "active");
    let text = get(stack.port("ALERTMANAGER_PORT"), "/api/v2/alerts/groups");
    let groups: Value = serde_json::from_str(&text).expect("Alertmanager answers JSON");
    let mine = groups
        .as_array()
        .expect("a list of groups")
        .iter()
        .find(|it| it["labels"]["service"] == "ledger-service");
    assert_eq!(mine.map(|it| &it["receiver"]["name"]), Some(&json!("default")), "{groups}");

    docker(&["start", &container]);
    eventually_within(LONG, "the end of the alert", || (!alerts(&stack).contains_key(&down)).then_some(()));
}

#[test]
fn what_follows_from_an_alert_or_is_the_same_one_less_severe_is_held_back() {
    let stack = shipped("inhibition");
    stack.run(["up", "alertmanager"]).ok();
    let alert = |(name, service, severity): &(String, String, String)| json!({ "labels": { "alertname": name, "service": service, "severity": severity } });
    let gateway = both_severities(&stack);
    let sent = [
        gateway.0.clone(),
        gateway.1.clone(),
        key("ServiceDown", "wallet-service", "critical"),
        key("ServiceSlow", "wallet-service", "warning"),
        key("ServiceSlow", "mpc-service", "warning"),
    ];
    let body = Value::from(sent.iter().map(alert).collect::<Vec<_>>()).to_string();
    let answer = post(stack.port("ALERTMANAGER_PORT"), "/api/v2/alerts", "application/json", body.as_bytes());
    assert_eq!(answer.map(|answer| answer.0), Ok(200));
    let expected: BTreeMap<_, _> = sent
        .into_iter()
        .zip(["active", "inhibited", "active", "inhibited", "active"].map(str::to_owned))
        .collect();
    eventually_right("the inhibitions", || {
        let seen = alerts(&stack);
        if seen == expected { Ok(()) } else { Err(seen) }
    });
}

/// The alert of the gateway's error rate as the shipped rules have it: critical, and a warning of the same failures.
fn both_severities(stack: &Stack) -> ((String, String, String), (String, String, String)) {
    let rules = std::fs::read_to_string(stack.folder.join("prometheus/rules/rwa-alerts.yml"))
        .expect("they are there");
    let mut names: Vec<_> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .filter(|name| name.starts_with("GatewayErrorRate"))
        .collect();
    names.sort_unstable();
    let (warning, critical) = (names[0], names[names.len() - 1]);
    (key(critical, "kong-route", "critical"), key(warning, "kong-route", "warning"))
}
