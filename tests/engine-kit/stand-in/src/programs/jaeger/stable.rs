//! `/api/v3`: the stable API, with traces as OTLP.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::query::{Result, identity};
use super::store::{Attributes, ERROR, Search, Span, Store};
use crate::clock;
use crate::http::{Request, Response};

pub fn answer(store: &Store, request: &Request) -> Result {
    match request.path.as_str() {
        "/api/v3/services" => Ok(found(&json!({"services": store.services()}))),
        "/api/v3/operations" => {
            let service = request.parameter("service").unwrap_or_default();
            let operations: Vec<Value> = store
                .operations(&service)
                .into_iter()
                .map(|(name, kind)| json!({"name": name, "spanKind": kind}))
                .collect();
            Ok(found(&json!({"operations": operations})))
        }
        "/api/v3/traces" => {
            let spans: Vec<&Span> = store.find(&search(request)?).into_iter().flatten().collect();
            result(&spans)
        }
        "/api/v3/trace-summaries" => {
            let summaries: Vec<Value> = store.find(&search(request)?).into_iter().map(summary).collect();
            Ok(found(&json!({"summaries": summaries})))
        }
        path => {
            let Some(id) = path.strip_prefix("/api/v3/traces/") else { return Err(Response::not_found()) };
            let spans: Vec<&Span> = store.trace(identity(id)?).into_iter().flatten().collect();
            result(&spans)
        }
    }
}

fn found(value: &Value) -> Response {
    Response::json(200, value.to_string())
}

fn problem(code: u16, message: &str) -> Response {
    Response::error(code, json!({"error": {"httpCode": code, "message": message}}))
}

fn search(request: &Request) -> std::result::Result<Search, Response> {
    let parameter = |name: &str| request.parameter(&format!("query.{name}"));
    let time = |name: &str| parameter(name).and_then(|text| clock::parse_rfc3339(&text));
    let (Some(start), Some(end)) = (time("startTimeMin"), time("startTimeMax")) else {
        return Err(problem(400, "query.startTimeMin and query.startTimeMax are required"));
    };
    Ok(Search {
        service: parameter("serviceName").unwrap_or_default(),
        operation: parameter("operationName").filter(|name| !name.is_empty()),
        start,
        end,
        limit: parameter("searchDepth").and_then(|text| text.parse().ok()).unwrap_or(20),
        ..Search::default()
    })
}

fn result(spans: &[&Span]) -> Result {
    if spans.is_empty() {
        return Err(problem(404, "No traces found"));
    }
    // Neighbours of the same origin stand together.
    let groups = spans.chunk_by(|left, right| left.resource == right.resource && left.scope == right.scope);
    let groups: Vec<Value> = groups
        .map(|spans| {
            let (resource, scope) = (&spans[0].resource, &spans[0].scope);
            let mut all = resource.attributes.clone();
            all.push(("service.name".into(), json!(resource.service)));
            all.sort_by(|left, right| left.0.cmp(&right.0));
            let scope = if scope.is_empty() { json!({}) } else { json!({"name": scope}) };
            let spans: Vec<Value> = spans.iter().map(|span| shown(span)).collect();
            json!({
                "resource": {"attributes": attributes(&all)},
                "scopeSpans": [{"scope": scope, "spans": spans}]
            })
        })
        .collect();
    Ok(found(&json!({"result": {"resourceSpans": groups}})))
}

/// Fields that have nothing to say are left out, as in OTLP's JSON.
fn shown(span: &Span) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("traceId", json!(format!("{:032x}", span.trace)));
    set("spanId", json!(format!("{:016x}", span.id)));
    if let Some(parent) = span.parent {
        set("parentSpanId", json!(format!("{parent:016x}")));
    }
    set("name", json!(span.name));
    if span.kind > 0 {
        set("kind", json!(span.kind));
    }
    set("startTimeUnixNano", json!(span.start.to_string()));
    set("endTimeUnixNano", json!(span.end.to_string()));
    if !span.attributes.is_empty() {
        set("attributes", json!(attributes(&span.attributes)));
    }
    if !span.events.is_empty() {
        let events = span.events.iter().map(|event| {
            json!({
                "timeUnixNano": event.time.to_string(),
                "name": event.name,
                "attributes": attributes(&event.attributes)
            })
        });
        set("events", json!(events.collect::<Vec<_>>()));
    }
    let mut status = Map::new();
    if span.status > 0 {
        status.insert("code".into(), json!(span.status));
    }
    if !span.status_message.is_empty() {
        status.insert("message".into(), json!(span.status_message));
    }
    set("status", Value::Object(status));
    Value::Object(fields)
}

fn attributes(all: &Attributes) -> Vec<Value> {
    all.iter().map(|(name, value)| json!({"key": name, "value": typed(value)})).collect()
}

fn typed(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!({"boolValue": flag}),
        Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::Array(items) => json!({"arrayValue": {"values": items.iter().map(typed).collect::<Vec<_>>()}}),
        other => json!({"stringValue": super::store::plain(other)}),
    }
}

fn summary(spans: &[Span]) -> Value {
    let root = spans.iter().find(|span| span.parent.is_none()).or(spans.first());
    let mut services: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for span in spans {
        let counts = services.entry(&span.resource.service).or_default();
        counts.0 += 1;
        counts.1 += u64::from(span.status == ERROR);
    }
    let errors: u64 = services.values().map(|counts| counts.1).sum();
    let counted = |mut value: Value, errors: u64| {
        if errors > 0 {
            value["errorSpanCount"] = json!(errors);
        }
        value
    };
    let services: Vec<Value> = services
        .iter()
        .map(|(name, (count, errors))| counted(json!({"name": name, "spanCount": count}), *errors))
        .collect();
    let summary = json!({
        "traceId": format!("{:032x}", spans.first().map_or(0, |span| span.trace)),
        "rootServiceName": root.map(|span| &span.resource.service),
        "rootOperationName": root.map(|span| &span.name),
        "minStartTimeUnixNano": spans.iter().map(|span| span.start).min().unwrap_or(0).to_string(),
        "maxEndTimeUnixNano": spans.iter().map(|span| span.end).max().unwrap_or(0).to_string(),
        "spanCount": spans.len(),
        "services": services
    });
    counted(summary, errors)
}
