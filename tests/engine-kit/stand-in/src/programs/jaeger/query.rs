//! `:16686`: the API of the user interface. Errors are JSON that calls itself plain text, and every connection ends
//! with its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::store::{Attributes, ERROR, Resource, Search, Span, Store, plain, short_id};
use super::{Jaeger, monitor, stable};
use crate::http::{Request, Response};
use crate::{clock, settings};

const HOUR: u64 = 3_600_000_000_000;

pub type Result = std::result::Result<Response, Response>;

pub fn answer(jaeger: &Jaeger, request: &Request) -> Response {
    let response = answered(jaeger, request).unwrap_or_else(|refused| refused);
    response.with("Traceresponse", trace_response()).with("Connection", "close")
}

fn trace_response() -> String {
    // Nothing depends on these ids; they only have to differ.
    let seed = clock::nanos();
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("00-{mixed:016x}{:016x}-{:016x}-00", mixed.rotate_left(23) ^ seed, mixed.rotate_left(41))
}

fn answered(jaeger: &Jaeger, request: &Request) -> Result {
    let store = jaeger.store();
    match request.path.as_str() {
        "/api/services" => {
            let services = store.services();
            Ok(list(&json!(services), services.len()))
        }
        "/api/operations" => operations(&store, request),
        "/api/traces" => traces(&store, request),
        "/api/dependencies" => dependencies(&store, request),
        "/api/transform" if request.method == "POST" => Ok(list(&json!([]), 0)),
        path if path.starts_with("/api/v3/") => stable::answer(&store, request),
        path if path.starts_with("/api/metrics/") => monitor::answer(&store, request),
        path => {
            if let Some(id) = path.strip_prefix("/api/traces/") {
                return trace(&store, id);
            }
            let service =
                path.strip_prefix("/api/services/").and_then(|rest| rest.strip_suffix("/operations"));
            if let Some(service) = service {
                let mut names: Vec<&str> =
                    store.operations(service).into_iter().map(|(name, _)| name).collect();
                names.dedup();
                let data = if names.is_empty() { Value::Null } else { json!(names) };
                return Ok(list(&data, names.len()));
            }
            if path.starts_with("/api/") { Err(Response::not_found()) } else { Ok(page()) }
        }
    }
}

/// The user interface answers to every other path.
fn page() -> Response {
    let version = settings::version();
    Response::html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Jaeger UI</title>\n<script>const JAEGER_VERSION = \
         {{\"gitCommit\":\"\",\"gitVersion\":\"v{version}\",\"buildDate\":\"\"}};</script>\n</html>\n"
    ))
}

fn enveloped(data: &Value, total: usize, errors: &Value) -> Value {
    json!({"data": data, "total": total, "limit": 0, "offset": 0, "errors": errors})
}

fn list(data: &Value, total: usize) -> Response {
    Response::json(200, enveloped(data, total, &Value::Null).to_string())
}

pub fn problem(code: u16, message: impl std::fmt::Display) -> Response {
    let errors = json!([{"code": code, "msg": message.to_string()}]);
    Response::error(code, enveloped(&Value::Null, 0, &errors))
}

pub fn identity(text: &str) -> std::result::Result<u128, Response> {
    let fits = (1..=32).contains(&text.len());
    let id = fits.then(|| u128::from_str_radix(text, 16).ok()).flatten();
    id.ok_or_else(|| problem(400, "invalid length for TraceID"))
}

fn operations(store: &Store, request: &Request) -> Result {
    let service = service(request)?;
    let kind = request.parameter("spanKind").unwrap_or_default();
    let found = store.operations(&service).into_iter().filter(|(_, of)| kind.is_empty() || *of == kind);
    let data: Vec<Value> = found.map(|(name, kind)| json!({"name": name, "spanKind": kind})).collect();
    Ok(list(&json!(data), data.len()))
}

fn service(request: &Request) -> std::result::Result<String, Response> {
    let named = request.parameter("service").filter(|service| !service.is_empty());
    named.ok_or_else(|| problem(400, "parameter 'service' is required"))
}

fn trace(store: &Store, id: &str) -> Result {
    let spans = store.trace(identity(id)?).ok_or_else(|| problem(404, "trace not found"))?;
    Ok(list(&json!([shown(spans)]), 0))
}

fn traces(store: &Store, request: &Request) -> Result {
    let ids = request.parameters("traceID");
    if !ids.is_empty() {
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        for text in ids {
            match store.trace(identity(&text)?) {
                Some(spans) => data.push(shown(spans)),
                None => errors.push(json!({"msg": "trace not found", "traceID": text})),
            }
        }
        let errors = if errors.is_empty() { Value::Null } else { json!(errors) };
        return Ok(Response::json(200, enveloped(&json!(data), 0, &errors).to_string()));
    }
    let found: Vec<Value> = store.find(&search(request)?).into_iter().map(shown).collect();
    Ok(list(&json!(found), 0))
}

fn search(request: &Request) -> std::result::Result<Search, Response> {
    let service = service(request)?;
    let number = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<u64>()
            .map(Some)
            .map_err(|_| problem(400, format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))),
    };
    let duration = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => {
            settings::go_duration(&text).map(|seconds| Some((seconds * 1e9).round() as u64)).ok_or_else(
                || problem(400, format!("unable to parse param '{name}': time: invalid duration \"{text}\"")),
            )
        }
    };
    let limit = number("limit")?.unwrap_or(20) as usize;
    let (shortest, longest) = (duration("minDuration")?, duration("maxDuration")?);
    if matches!((shortest, longest), (Some(shortest), Some(longest)) if shortest > longest) {
        return Err(problem(400, "'maxDuration' should be greater than 'minDuration'"));
    }
    let mut tags = BTreeMap::new();
    for text in request.parameters("tags") {
        let value: Value = serde_json::from_str(&text).map_err(|_| {
            problem(400, "malformed 'tags' parameter, cannot unmarshal JSON: unexpected end of JSON input")
        })?;
        tags.extend(
            value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))),
        );
    }
    for text in request.parameters("tag") {
        let Some((name, value)) = text.split_once(':') else {
            return Err(problem(
                400,
                format!("malformed 'tag' parameter, expecting key:value, received: {text}"),
            ));
        };
        tags.insert(name.to_owned(), value.to_owned());
    }
    let end = number("end")?.map_or_else(clock::nanos, |micros| micros * 1000);
    let lookback = request.parameter("lookback").and_then(|text| settings::go_duration(&text));
    let lookback = lookback.map_or(HOUR, |seconds| (seconds * 1e9) as u64);
    let start = number("start")?.map_or(end.saturating_sub(lookback), |micros| micros * 1000);
    let operation = request.parameter("operation").filter(|name| !name.is_empty());
    Ok(Search { service, operation, tags, shortest, longest, start, end, limit })
}

fn dependencies(store: &Store, request: &Request) -> Result {
    let millis = |name: &str, usual: u64| match request.parameter(name) {
        None => Ok(usual),
        Some(text) => text.parse::<u64>().map(|millis| millis * 1_000_000).map_err(|_| {
            let why = format!(
                "unable to parse param '{name}': strconv.ParseInt: parsing \"{text}\": invalid syntax"
            );
            problem(400, why)
        }),
    };
    let end = millis("endTs", clock::nanos())?;
    let start = end.saturating_sub(millis("lookback", 24 * HOUR)?);
    let calls = store.dependencies(start, end);
    let data: Vec<Value> = calls
        .iter()
        .map(|((parent, child), count)| json!({"parent": parent, "child": child, "callCount": count}))
        .collect();
    Ok(list(&json!(data), 0))
}

fn shown(spans: &[Span]) -> Value {
    let mut resources: Vec<&Arc<Resource>> = Vec::new();
    let mut listed = Vec::new();
    for span in spans {
        let known = resources.iter().position(|resource| **resource == span.resource);
        let process = known.unwrap_or_else(|| {
            resources.push(&span.resource);
            resources.len() - 1
        });
        listed.push(shown_span(span, &format!("p{}", process + 1)));
    }
    let processes: BTreeMap<String, Value> = resources
        .iter()
        .enumerate()
        .map(|(at, resource)| {
            let about = json!({"serviceName": resource.service, "tags": tags(&resource.attributes)});
            (format!("p{}", at + 1), about)
        })
        .collect();
    let id = spans.first().map_or(0, |span| span.trace);
    json!({"traceID": short_id(id), "spans": listed, "processes": processes, "warnings": null})
}

fn shown_span(span: &Span, process: &str) -> Value {
    let trace = short_id(span.trace);
    let references: Vec<Value> = span
        .parent
        .iter()
        .map(|parent| json!({"refType": "CHILD_OF", "traceID": trace, "spanID": format!("{parent:016x}")}))
        .collect();
    let tag = |name: &str, value: &str| json!({"key": name, "type": "string", "value": value});
    let mut all = Vec::new();
    if !span.scope.is_empty() {
        all.push(tag("otel.scope.name", &span.scope));
    }
    all.extend(tags(&span.attributes));
    if !span.kind_name().is_empty() {
        all.push(tag("span.kind", span.kind_name()));
    }
    if span.status == ERROR {
        all.push(tag("otel.status_code", "ERROR"));
        all.push(json!({"key": "error", "type": "bool", "value": true}));
    }
    if !span.status_message.is_empty() {
        all.push(tag("otel.status_description", &span.status_message));
    }
    let logs: Vec<Value> = span
        .events
        .iter()
        .map(|event| {
            let mut fields = vec![tag("event", &event.name)];
            fields.extend(tags(&event.attributes));
            json!({"timestamp": event.time / 1000, "fields": fields})
        })
        .collect();
    json!({
        "traceID": trace,
        "spanID": format!("{:016x}", span.id),
        "operationName": span.name,
        "references": references,
        "startTime": span.start / 1000,
        "duration": span.duration() / 1000,
        "tags": all,
        "logs": logs,
        "processID": process,
        "warnings": null
    })
}

fn tags(attributes: &Attributes) -> Vec<Value> {
    let kind = |value: &Value| match value {
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        _ => "string",
    };
    let shown = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) => json!(value.to_string()),
        other => other.clone(),
    };
    attributes
        .iter()
        .map(|(name, value)| json!({"key": name, "type": kind(value), "value": shown(value)}))
        .collect()
}
