//! What Prometheus answers.

use serde_json::Value;
use tests::{Stack, get};

/// The data of an API answer.
#[track_caller]
pub(crate) fn ask(stack: &Stack, path: &str) -> Value {
    let text = get(stack.port("PROMETHEUS_PORT"), path);
    let answer: Value = serde_json::from_str(&text).expect("Prometheus answers JSON");
    assert_eq!(answer["status"], "success", "{answer}");
    answer["data"].clone()
}

/// The value of an expression that has one; `None` when there is no such series yet.
#[track_caller]
pub(crate) fn value(stack: &Stack, expression: &str) -> Option<f64> {
    let data = ask(stack, &format!("/api/v1/query?query={}", encoded(expression)));
    let results = data["result"].as_array().expect("an instant query has results");
    assert!(results.len() < 2, "{expression} has several values: {data}");
    let text = results.first()?["value"][1].as_str().expect("a sample is a text");
    Some(text.parse().expect("a sample is a number"))
}

/// What Prometheus scrapes, and with what success.
#[track_caller]
pub(crate) fn targets(stack: &Stack) -> Vec<Target> {
    let data = ask(stack, "/api/v1/targets?state=active");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = data["activeTargets"].as_array().expect("there is a list of targets");
    all.iter()
        .map(|it| Target {
            job: text(&it["labels"]["job"]),
            service: text(&it["labels"]["service"]),
            health: text(&it["health"]),
        })
        .collect()
}

/// Something that Prometheus scrapes.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) job: String,
    pub(crate) service: String,
    /// `up`, `down` or `unknown`.
    pub(crate) health: String,
}

/// Percent-encoded, for a query.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
