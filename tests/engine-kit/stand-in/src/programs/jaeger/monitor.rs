//! `/api/metrics`: what the tab "Monitor" shows. The real one asks Prometheus; here it is counted from the spans.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::query::{Result, problem};
use super::store::{ERROR, Span, Store};
use crate::clock;
use crate::http::{Request, Response};

pub fn answer(store: &Store, request: &Request) -> Result {
    let kind = request.path.strip_prefix("/api/metrics/").unwrap_or_default();
    if !matches!(kind, "calls" | "errors" | "latencies") {
        return Err(Response::not_found());
    }
    let services = request.parameters("service");
    if services.is_empty() {
        return Err(problem(
            400,
            "unable to parse param 'service': please provide at least one service name",
        ));
    }
    let quantile = request.parameter("quantile").unwrap_or_default();
    let share = quantile.parse::<f64>();
    if kind == "latencies" && share.is_err() {
        return Err(problem(
            400,
            format!(
                "unable to parse param 'quantile': strconv.ParseFloat: parsing \"{quantile}\": invalid syntax"
            ),
        ));
    }
    let millis = |name: &str, usual: u64| match request.parameter(name) {
        None => Ok(usual),
        Some(text) => text.parse::<u64>().map(|millis| millis * 1_000_000).map_err(|_| {
            let why = format!(
                "unable to parse param '{name}': strconv.ParseInt: parsing \"{text}\": invalid syntax"
            );
            problem(400, why)
        }),
    };
    let (end, step) = (millis("endTs", clock::nanos())?, millis("step", 5_000_000_000)?.max(1_000_000));
    let lookback = millis("lookback", 3_600_000_000_000)?;
    let window = millis("ratePer", 600_000_000_000)?.max(1);
    let by_operation = request.parameter("groupByOperation").as_deref() == Some("true");
    let wanted_kind = request.parameter("spanKind");

    let mut groups: BTreeMap<(&str, &str), Vec<&Span>> = BTreeMap::new();
    let fits = |span: &&Span| {
        services.contains(&span.resource.service)
            && wanted_kind.as_ref().is_none_or(|kind| *kind == span.kind_name())
    };
    for span in store.spans().filter(fits) {
        let operation = if by_operation { span.name.as_str() } else { "" };
        groups.entry((&span.resource.service, operation)).or_default().push(span);
    }
    let share = share.unwrap_or(0.0);
    let metrics: Vec<Value> = groups
        .iter()
        .map(|((service, operation), spans)| {
            let mut labels = vec![json!({"name": "service_name", "value": service})];
            if by_operation {
                labels.push(json!({"name": "operation", "value": operation}));
            }
            let times = (0..=lookback / step).rev().map(|number| end.saturating_sub(number * step));
            let points = times.filter_map(|time| {
                let begin = time.saturating_sub(window);
                let inside: Vec<&Span> =
                    spans.iter().copied().filter(|span| (begin..time).contains(&span.start)).collect();
                let value = value(kind, &inside, window as f64 / 1e9, share)?;
                Some(json!({"gaugeValue": {"doubleValue": value}, "timestamp": clock::rfc3339(time, 3)}))
            });
            json!({"labels": labels, "metricPoints": points.collect::<Vec<_>>()})
        })
        .collect();
    let (name, help) = described(kind, by_operation, &quantile);
    let body = json!({"name": name, "type": "GAUGE", "help": help, "metrics": metrics});
    Ok(Response::json(200, body.to_string()))
}

/// Nothing where there are no spans.
fn value(kind: &str, spans: &[&Span], seconds: f64, share: f64) -> Option<f64> {
    let count = spans.len() as f64;
    if spans.is_empty() {
        return None;
    }
    Some(match kind {
        "calls" => count / seconds,
        "errors" => spans.iter().filter(|span| span.status == ERROR).count() as f64 / count,
        _ => {
            let mut durations: Vec<u64> = spans.iter().map(|span| span.duration()).collect();
            durations.sort_unstable();
            let at = ((count * share).ceil() as usize).clamp(1, durations.len()) - 1;
            durations[at] as f64 / 1e6
        }
    })
}

fn described(kind: &str, by_operation: bool, quantile: &str) -> (String, String) {
    let (of, grouped) = if by_operation { ("_operation", "service & operation") } else { ("", "service") };
    match kind {
        "calls" => (format!("service{of}_call_rate"), format!("calls/sec, grouped by {grouped}")),
        "errors" => (
            format!("service{of}_error_rate"),
            format!("error rate, computed as a fraction of errors/sec over calls/sec, grouped by {grouped}"),
        ),
        _ => {
            (format!("service{of}_latencies"), format!("{quantile}th quantile latency, grouped by {grouped}"))
        }
    }
}
