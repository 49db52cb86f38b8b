//! `:4318/v1/traces`. JSON is kept; of the binary form only the framing is read.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Jaeger;
use super::store::{Attributes, Event, OTLP_HTTP, Resource, Span};
use crate::faults;
use crate::http::{Request, Response};
use crate::jsoniter;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";
const INVALID_ARGUMENT: u8 = 3;
const UNAVAILABLE: u8 = 14;

pub fn answer(jaeger: &Jaeger, request: &Request) -> Response {
    let origin = request.header("origin");
    let allowed = jaeger.origins.iter().any(|pattern| fits(pattern, origin));
    if request.method == "OPTIONS" && !request.header("access-control-request-method").is_empty() {
        return preflight(request, allowed);
    }
    let mut response = answered(jaeger, request).with("Vary", "Origin");
    if allowed {
        response = response
            .with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Credentials", "true");
    }
    response
}

/// `http://localhost:*` fits any port.
fn fits(pattern: &str, origin: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            origin.len() >= before.len() + after.len()
                && origin.starts_with(before)
                && origin.ends_with(after)
        }
        None => !origin.is_empty() && pattern == origin,
    }
}

fn preflight(request: &Request, allowed: bool) -> Response {
    let response = Response::empty(204)
        .with("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    if !allowed {
        return response;
    }
    response
        .with("Access-Control-Allow-Credentials", "true")
        .with("Access-Control-Allow-Headers", request.header("access-control-request-headers"))
        .with("Access-Control-Allow-Methods", "POST")
        .with("Access-Control-Allow-Origin", request.header("origin"))
}

fn answered(jaeger: &Jaeger, request: &Request) -> Response {
    if request.path != "/v1/traces" {
        return Response::not_found();
    }
    if request.method != "POST" {
        return Response::new(405, "text/plain", "405 method not allowed, supported: [POST]");
    }
    match request.content_type().as_str() {
        JSON => match spans(&String::from_utf8_lossy(&request.body)) {
            Ok(spans) if faults::memory_limit() && !spans.is_empty() => {
                jaeger.store().refuse(OTLP_HTTP, spans.len() as u64);
                refusal(JSON, 503, UNAVAILABLE, super::OVER_LIMIT)
            }
            Ok(spans) => {
                jaeger.store().keep(OTLP_HTTP, spans);
                Response::json(200, r#"{"partialSuccess":{}}"#)
            }
            Err(message) => refusal(JSON, 400, INVALID_ARGUMENT, &message),
        },
        PROTOBUF => match frames(&request.body) {
            None => refusal(PROTOBUF, 400, INVALID_ARGUMENT, "unexpected EOF"),
            Some(count) if faults::memory_limit() && count > 0 => {
                jaeger.store().refuse(OTLP_HTTP, count);
                refusal(PROTOBUF, 503, UNAVAILABLE, super::OVER_LIMIT)
            }
            // An empty partial success.
            Some(_) => Response::new(200, PROTOBUF, [0x0A, 0x00]),
        },
        _ => Response::new(
            415,
            "text/plain",
            "415 unsupported media type, supported: [application/json, application/x-protobuf]",
        ),
    }
}

/// A `google.rpc.Status` in the form that the client speaks.
fn refusal(kind: &str, status: u16, code: u8, message: &str) -> Response {
    if kind == JSON {
        return Response::json(status, json!({"code": code, "message": message}).to_string());
    }
    let mut bytes = vec![0x08, code, 0x12, message.len() as u8];
    bytes.extend_from_slice(message.as_bytes());
    Response::new(status, PROTOBUF, bytes)
}

/// The number of top-level fields, or nothing when the bytes end too early.
fn frames(mut bytes: &[u8]) -> Option<u64> {
    let mut count = 0;
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let length = match key & 7 {
            0 => {
                number(&mut bytes)?;
                0
            }
            1 => 8,
            2 => usize::try_from(number(&mut bytes)?).ok()?,
            5 => 4,
            _ => return None,
        };
        bytes = bytes.get(length..)?;
        count += 1;
    }
    Some(count)
}

/// A number of seven bits to the byte.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7F) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn spans(body: &str) -> Result<Vec<Span>, String> {
    let value: Value = serde_json::from_str(body).map_err(|_| {
        format!("ReadObject: expect \" after {{, but found \0, {}", jsoniter::context(body, body.len()))
    })?;
    let items = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for group in items(&value, "resourceSpans") {
        let mut attributes = attributes(&group["resource"]["attributes"]);
        let named = attributes.iter().position(|(name, _)| name == "service.name");
        let service = named.map(|at| super::store::plain(&attributes.remove(at).1));
        let resource =
            Arc::new(Resource { service: service.unwrap_or_else(|| "unknown-service".into()), attributes });
        for scope in items(&group, "scopeSpans") {
            let name = scope["scope"]["name"].as_str().unwrap_or_default();
            for span in items(&scope, "spans") {
                found.push(read_span(body, &span, name, &resource)?);
            }
        }
    }
    Ok(found)
}

fn read_span(body: &str, span: &Value, scope: &str, resource: &Arc<Resource>) -> Result<Span, String> {
    let identity = |name: &str, digits: usize| {
        let text = span[name].as_str().unwrap_or_default();
        let bad = || {
            let quoted = format!("\"{text}\"");
            let end = body.find(&quoted).map_or(body.len(), |at| at + quoted.len());
            format!("ID.UnmarshalJSONIter: length mismatch, {}", jsoniter::context(body, end))
        };
        if text.is_empty() {
            return Ok(0);
        }
        if text.len() != digits {
            return Err(bad());
        }
        u128::from_str_radix(text, 16).map_err(|_| bad())
    };
    let nanos = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0);
    let parent = identity("parentSpanId", 16)? as u64;
    let events = span["events"].as_array().into_iter().flatten().map(|event| Event {
        time: nanos(&event["timeUnixNano"]),
        name: event["name"].as_str().unwrap_or_default().to_owned(),
        attributes: attributes(&event["attributes"]),
    });
    Ok(Span {
        trace: identity("traceId", 32)?,
        id: identity("spanId", 16)? as u64,
        parent: (parent != 0).then_some(parent),
        name: span["name"].as_str().unwrap_or_default().to_owned(),
        kind: kind(&span["kind"]),
        start: nanos(&span["startTimeUnixNano"]),
        end: nanos(&span["endTimeUnixNano"]),
        attributes: attributes(&span["attributes"]),
        status: status(&span["status"]["code"]),
        status_message: span["status"]["message"].as_str().unwrap_or_default().to_owned(),
        scope: scope.to_owned(),
        events: events.collect(),
        resource: Arc::clone(resource),
    })
}

/// A number, or its name.
fn kind(value: &Value) -> u8 {
    const NAMES: [&str; 6] = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
    let named = value.as_str().and_then(|text| text.strip_prefix("SPAN_KIND_"));
    let by_name = named.and_then(|name| NAMES.iter().position(|known| *known == name));
    value.as_u64().or(by_name.map(|at| at as u64)).unwrap_or(0) as u8
}

fn status(value: &Value) -> u8 {
    match value.as_str() {
        Some("STATUS_CODE_OK") => 1,
        Some("STATUS_CODE_ERROR") => 2,
        _ => value.as_u64().unwrap_or(0) as u8,
    }
}

fn attributes(list: &Value) -> Attributes {
    let pair = |item: &Value| {
        let name = item["key"].as_str()?.to_owned();
        let value = item["value"].as_object()?;
        let (kind, value) = value.iter().next()?;
        let value = match (kind.as_str(), value) {
            ("intValue", Value::String(text)) => json!(text.parse::<i64>().ok()?),
            ("doubleValue", Value::Number(number)) => json!(number.as_f64()?),
            ("arrayValue", array) => {
                let inner = array["values"].as_array()?.iter();
                json!(inner.filter_map(|item| item.as_object()?.values().next().cloned()).collect::<Vec<_>>())
            }
            (_, value) => value.clone(),
        };
        Some((name, value))
    };
    let mut all: Attributes = list.as_array().into_iter().flatten().filter_map(pair).collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}
