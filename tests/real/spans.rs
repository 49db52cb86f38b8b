//! Spans as services send them: OTLP as JSON, and the thrift batches of Jaeger's own clients.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tests::{Stack, get, post};

/// A span of a trace.
pub(crate) struct Span<'a> {
    /// Without the leading zeros that make it 32 digits.
    pub(crate) trace: u64,
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) name: &'a str,
    pub(crate) tags: Vec<(String, String)>,
}

impl<'a> Span<'a> {
    /// A span that begins a trace.
    pub(crate) fn root(trace: u64, id: u64, name: &'a str) -> Self {
        Self { trace, id, parent: None, name, tags: Vec::new() }
    }

    /// A span that another one caused.
    pub(crate) fn child(trace: u64, id: u64, parent: u64, name: &'a str) -> Self {
        Self { parent: Some(parent), ..Self::root(trace, id, name) }
    }
}

/// Nanoseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "Jaeger compares it with its own clock")]
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    u64::try_from(since.as_nanos()).expect("it is before 2554")
}

/// How long every span took.
const DURATION_MS: u64 = 25;

fn attributes<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Value> {
    pairs.into_iter().map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } })).collect()
}

/// An OTLP request of one resource: the service's name and what else tells its processes apart.
pub(crate) fn otlp(service: &str, resource: &[(&str, &str)], spans: &[Span<'_>]) -> String {
    const SERVER: u64 = 2;
    let begin = now() - DURATION_MS * 1_000_000;
    let span = |span: &Span<'_>| {
        json!({
            "traceId": format!("{:032x}", span.trace),
            "spanId": format!("{:016x}", span.id),
            "parentSpanId": span.parent.map(|id| format!("{id:016x}")).unwrap_or_default(),
            "name": span.name,
            "kind": SERVER,
            "startTimeUnixNano": begin.to_string(),
            "endTimeUnixNano": (begin + DURATION_MS * 1_000_000).to_string(),
            "attributes": attributes(span.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
        })
    };
    let resource = attributes([("service.name", service)].into_iter().chain(resource.iter().copied()));
    let spans: Vec<Value> = spans.iter().map(span).collect();
    let request = json!({
        "resourceSpans": [{ "resource": { "attributes": resource }, "scopeSpans": [{ "spans": spans }] }]
    });
    request.to_string()
}

/// Sends an OTLP request by HTTP; status and answer.
pub(crate) fn send_otlp(stack: &Stack, request: &str) -> Result<(u16, String), String> {
    post(stack.port("OTLP_HTTP_PORT"), "/v1/traces", "application/json", request.as_bytes())
}

/// Sends a thrift batch to the collector port of Jaeger 1; status and answer.
pub(crate) fn send_thrift(stack: &Stack, batch: &[u8]) -> Result<(u16, String), String> {
    let port = stack.port("JAEGER_COLLECTOR_PORT");
    post(port, "/api/traces?format=jaeger.thrift", "application/vnd.apache.thrift.binary", batch)
}

/// A batch of one process in thrift's binary protocol.
pub(crate) fn thrift(service: &str, spans: &[Span<'_>]) -> Vec<u8> {
    let begin = now() / 1000 - DURATION_MS * 1000;
    let mut batch = Thrift::default();
    batch.field(Thrift::STRUCT, 1).field(Thrift::STRING, 1).string(service).stop();
    batch.field(Thrift::LIST, 2).list(Thrift::STRUCT, spans.len());
    for span in spans {
        batch.field(Thrift::I64, 1).i64(span.trace).field(Thrift::I64, 2).i64(0);
        batch.field(Thrift::I64, 3).i64(span.id).field(Thrift::I64, 4).i64(span.parent.unwrap_or(0));
        batch.field(Thrift::STRING, 5).string(span.name).field(Thrift::I32, 7).i32(1);
        batch.field(Thrift::I64, 8).i64(begin).field(Thrift::I64, 9).i64(DURATION_MS * 1000);
        batch.field(Thrift::LIST, 10).list(Thrift::STRUCT, span.tags.len());
        for (key, value) in &span.tags {
            // Type 0 is a text.
            batch.field(Thrift::STRING, 1).string(key).field(Thrift::I32, 2).i32(0);
            batch.field(Thrift::STRING, 3).string(value).stop();
        }
        batch.stop();
    }
    batch.stop();
    batch.0
}

#[derive(Default)]
struct Thrift(Vec<u8>);

impl Thrift {
    const I32: u8 = 8;
    const I64: u8 = 10;
    const STRING: u8 = 11;
    const STRUCT: u8 = 12;
    const LIST: u8 = 15;

    fn field(&mut self, kind: u8, id: u16) -> &mut Self {
        self.0.push(kind);
        self.0.extend(id.to_be_bytes());
        self
    }

    fn stop(&mut self) -> &mut Self {
        self.0.push(0);
        self
    }

    fn i32(&mut self, number: u32) -> &mut Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    fn i64(&mut self, number: u64) -> &mut Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    fn length(&mut self, length: usize) -> &mut Self {
        self.i32(u32::try_from(length).expect("it is short"))
    }

    fn string(&mut self, text: &str) -> &mut Self {
        self.length(text.len()).0.extend(text.as_bytes());
        self
    }

    fn list(&mut self, kind: u8, length: usize) -> &mut Self {
        self.0.push(kind);
        self.length(length)
    }
}

/// How many spans Jaeger has of a trace; none when it does not know it.
pub(crate) fn spans_of(stack: &Stack, trace: u64) -> usize {
    let port = stack.port("JAEGER_UI_PORT");
    match tests::http("GET", port, &format!("/api/traces/{trace:032x}"), "") {
        Ok((200, body)) => {
            let answer: Value = serde_json::from_str(&body).expect("Jaeger answers JSON");
            answer["data"][0]["spans"].as_array().map_or(0, Vec::len)
        }
        Ok((404, _)) => 0,
        other => panic!("trace {trace:032x}: {other:?}"),
    }
}

/// What Jaeger's own API answers.
#[track_caller]
pub(crate) fn jaeger(stack: &Stack, path: &str) -> Value {
    let text = get(stack.port("JAEGER_UI_PORT"), path);
    serde_json::from_str(&text).expect("Jaeger answers JSON")
}
