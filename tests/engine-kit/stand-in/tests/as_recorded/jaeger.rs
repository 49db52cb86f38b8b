use serde_json::json;

use crate::compare::series;
use crate::program::{Folder, Program, command, exchange, unheard};
use crate::recording::Recording;
use crate::{HEAD, Verdict, WHOLE, assert_command, commands, every_recording_has_a_verdict, play, recording};

const QUERY: u16 = 16686;
const OTLP: u16 = 4318;
const THRIFT: u16 = 14268;
const HEALTH: u16 = 13133;
/// When it was recorded.
const CLOCK: (&str, &str) = ("STANDIN_CLOCK", "1795843430");
const VERSION: (&str, &str) = ("STANDIN_VERSION", "2.20.0");

const CONFIG: &str = "service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces:
      receivers: [otlp, jaeger]
      processors: [memory_limiter, batch]
      exporters: [jaeger_storage_exporter]
receivers:
  otlp:
    protocols:
      http:
        endpoint: 0.0.0.0:4318
        cors:
          allowed_origins: [\"http://localhost:*\", \"http://127.0.0.1:*\"]
  jaeger: { protocols: { thrift_http: { endpoint: 0.0.0.0:14268 } } }
processors:
  memory_limiter: { check_interval: 1s, limit_mib: 400, spike_limit_mib: 80 }
  batch:
exporters:
  jaeger_storage_exporter: { trace_storage: traces }
extensions:
  jaeger_storage: { backends: { traces: { memory: { max_traces: 20000 } } } }
  jaeger_query: { storage: { traces: traces }, http: { endpoint: 0.0.0.0:16686 } }
";

const REFUSES: Verdict = Verdict::In("it_refuses_spans_when_its_memory_is_full_and_stays_healthy");
const METRICS: Verdict = Verdict::In("the_recordings_of_jaeger_are_answered");
const REFUSED_AT_START: Verdict = Verdict::In("refusals");
const SAID: Verdict = Verdict::In("jaeger_says_nothing_that_was_not_recorded_and_ends_with_0");

const VERDICTS: &[(&str, Verdict)] = &[
    ("services-empty.http", Verdict::In("a_fresh_one_knows_no_service")),
    ("services.http", WHOLE),
    ("operations.http", WHOLE),
    ("operations-unknown.http", WHOLE),
    ("operations-v2.http", WHOLE),
    ("operations-v2-kind.http", WHOLE),
    ("operations-no-service.http", WHOLE),
    ("traces.http", WHOLE),
    ("traces-otlp.http", WHOLE),
    ("traces-tags.http", WHOLE),
    ("traces-tags-none.http", WHOLE),
    ("traces-operation.http", WHOLE),
    ("traces-min-duration.http", WHOLE),
    ("traces-min-duration-none.http", WHOLE),
    ("traces-start-end.http", WHOLE),
    ("traces-unknown-service.http", WHOLE),
    ("traces-no-service.http", WHOLE),
    ("traces-bad-duration.http", WHOLE),
    ("traces-bad-tags.http", WHOLE),
    ("traces-bad-limit.http", WHOLE),
    ("traces-min-above-max.http", WHOLE),
    ("trace.http", WHOLE),
    ("trace-otlp.http", WHOLE),
    ("trace-unknown.http", WHOLE),
    ("trace-bad-id.http", WHOLE),
    ("trace-short-id.http", WHOLE),
    ("traces-by-ids.http", WHOLE),
    ("traces-by-ids-unknown.http", WHOLE),
    ("dependencies.http", WHOLE),
    ("dependencies-empty.http", WHOLE),
    ("dependencies-bad.http", WHOLE),
    ("metrics-calls.http", WHOLE),
    ("metrics-errors.http", WHOLE),
    ("metrics-latencies.http", WHOLE),
    ("metrics-calls-by-operation.http", WHOLE),
    ("metrics-calls-unknown.http", WHOLE),
    ("metrics-latencies-no-quantile.http", WHOLE),
    ("metrics-calls-no-service.http", WHOLE),
    ("metrics-minstep.http", WHOLE),
    ("v3-services.http", WHOLE),
    ("v3-operations.http", WHOLE),
    ("v3-trace.http", WHOLE),
    ("v3-trace-unknown.http", WHOLE),
    ("v3-traces.http", WHOLE),
    ("v3-traces-missing.http", WHOLE),
    ("v3-trace-summaries.http", WHOLE),
    ("root.http", HEAD),
    ("not-found.http", WHOLE),
    ("transform.http", WHOLE),
    ("otlp-http.http", WHOLE),
    ("otlp-http-empty-object.http", WHOLE),
    ("otlp-http-bad-json.http", WHOLE),
    ("otlp-http-bad-id.http", WHOLE),
    ("otlp-http-bad-content-type.http", WHOLE),
    ("otlp-http-no-content-type.http", WHOLE),
    ("otlp-http-get.http", WHOLE),
    ("otlp-http-protobuf-empty.http", WHOLE),
    ("otlp-http-bad-protobuf.http", WHOLE),
    ("otlp-http-metrics.http", WHOLE),
    ("otlp-http-root.http", WHOLE),
    ("otlp-http-preflight.http", WHOLE),
    ("otlp-http-preflight-refused.http", WHOLE),
    ("thrift.http", WHOLE),
    ("thrift-bad.http", WHOLE),
    ("thrift-bad-content-type.http", WHOLE),
    ("thrift-no-content-type.http", WHOLE),
    ("thrift-get.http", WHOLE),
    ("thrift-empty.http", WHOLE),
    ("health-13133-status.http", WHOLE),
    ("health-13133-status-verbose.http", WHOLE),
    ("health-13133-pipeline.http", WHOLE),
    ("health-13133-pipeline-unknown.http", WHOLE),
    ("health-13133-root.http", WHOLE),
    ("metrics-8888.http", HEAD),
    ("metrics-names.txt", METRICS),
    ("metrics-of-spans.txt", METRICS),
    ("metrics-8889-spanmetrics.txt", METRICS),
    ("metrics-8889-exemplars.txt", METRICS),
    ("otlp-http-memory-limit.http", REFUSES),
    ("thrift-memory-limit.http", REFUSES),
    ("metrics-of-refused-spans.txt", REFUSES),
    ("memory-limit-log.txt", REFUSES),
    (
        "starting-transitions.txt",
        Verdict::Left("until its ports are open it answers nothing, here and there"),
    ),
    ("start-log.txt", SAID),
    ("stop-log.txt", SAID),
    ("version.txt", SAID),
    ("validate-good.txt", REFUSED_AT_START),
    ("validate-bad.txt", REFUSED_AT_START),
    ("start-bad-config.txt", REFUSED_AT_START),
];

#[test]
fn every_recording_of_jaeger_has_a_verdict() {
    every_recording_has_a_verdict("jaeger", VERDICTS);
}

fn start(folder: &Folder) -> Program {
    let file = folder.file("jaeger.yml", CONFIG);
    Program::start("jaeger-linux", &["--config", &file], &[CLOCK, VERSION], QUERY)
}

fn port(name: &str) -> u16 {
    match name {
        _ if name.starts_with("otlp-http") => OTLP,
        _ if name.starts_with("thrift") => THRIFT,
        _ if name.starts_with("health-13133") => HEALTH,
        "metrics-8888.http" => 8888,
        _ => QUERY,
    }
}

/// Bodies that do not stand in the files.
fn bytes(_: &Program, recording: &mut Recording) {
    let text = String::from_utf8_lossy(&recording.body).into_owned();
    if text.starts_with("<3 bytes") {
        recording.body = vec![0xFF; 3];
    } else if text.starts_with("<117 bytes") {
        recording.body = thrift_batch("kyc-service", &[("check", 7, 0, "server", false)], 7);
    }
}

#[test]
fn a_fresh_one_knows_no_service() {
    let folder = Folder::new();
    let jaeger = start(&folder);
    play(&jaeger, "jaeger", &[("services-empty.http", WHOLE)], port, bytes);
}

#[test]
fn the_recordings_of_jaeger_are_answered() {
    let folder = Folder::new();
    let jaeger = start(&folder);
    seed(&jaeger);
    play(&jaeger, "jaeger", VERDICTS, port, bytes);

    let own = series(&jaeger.get(8888, "/metrics").body);
    for name in recording::text("jaeger", "metrics-names.txt").lines() {
        assert!(
            own.iter().any(|series| series.split('{').next() == Some(name)),
            "no series is called {name}"
        );
    }
    // The instance's id differs with each start.
    let bare = |text: &str| series(&text.lines().map(without_instance).collect::<Vec<_>>().join("\n"));
    let missing =
        |wanted: &str, here: &str| bare(wanted).difference(&bare(here)).cloned().collect::<Vec<_>>();
    let own = jaeger.get(8888, "/metrics").body;
    assert_eq!(missing(&recording::text("jaeger", "metrics-of-spans.txt"), &own), [""; 0]);
    let spans = jaeger.get(8889, "/metrics").body;
    assert_eq!(missing(&recording::text("jaeger", "metrics-8889-spanmetrics.txt"), &spans), [""; 0]);

    let accept = [("Accept", "application/openmetrics-text")];
    let open = exchange(&jaeger.address, 8889, "GET", "/metrics", &accept, b"");
    let recorded = recording::text("jaeger", "metrics-8889-exemplars.txt");
    let kind = recorded.lines().find_map(|line| line.strip_prefix("# Content-Type: ")).expect("a type");
    assert_eq!(open.header("content-type"), Some(kind));
    assert!(open.body.ends_with("# EOF\n"));
    assert_eq!(missing(&recorded, &open.body), [""; 0]);
    assert!(open.body.contains(" # {trace_id=\""), "no exemplar: {}", open.body);
}

fn without_instance(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ["collector_instance_id=\"", "service_instance_id=\""] {
        if let Some((before, rest)) = line.clone().split_once(name) {
            let after = rest.split_once('"').map_or("", |(_, after)| after);
            line = format!("{before}{name}{after}");
        }
    }
    line
}

/// The spans of the demo services that ran when the recordings were made.
fn seed(jaeger: &Program) {
    let attribute = |name: &str, value: &str| json!({"key": name, "value": {"stringValue": value}});
    let span = |trace: &str, id: &str, parent: &str, name: &str, kind: u8, start: u64, length: u64| {
        let mut span = json!({
            "traceId": trace, "spanId": id, "name": name, "kind": kind,
            "startTimeUnixNano": (1_795_843_426_000_000_000 + start).to_string(),
            "endTimeUnixNano": (1_795_843_426_000_000_000 + start + length).to_string(),
            "status": {}
        });
        if !parent.is_empty() {
            span["parentSpanId"] = json!(parent);
        }
        span
    };
    for trace in ["af5409d2a026463048604e8e97ac58ff", "e500164725763f29a0eef4c18e5e4817"] {
        let mut reward =
            span(trace, "eb2e0a2df3ac04dc", "8b653ca976f668d4", "reward", 2, 155_000_000, 22_155_903);
        reward["status"] = json!({"code": 2, "message": "x"});
        // The recorded span carries what Jaeger noted about clocks.
        let mut call =
            span(trace, "8b653ca976f668d4", "51212bd7172c5b46", "call", 3, 155_000_000, 35_355_942);
        call["attributes"] = json!([{"key": "@jaeger@warnings", "value": {"arrayValue": {"values": [
            {"stringValue": "clock skew adjustment disabled"}]}}}]);
        let sign = span(trace, "51212bd7172c5b46", "", "sign http", 2, 151_000_000, 36_880_158);
        let group = |service: &str, scope: &str, spans: serde_json::Value| {
            json!({
                "resource": {"attributes": [
                    attribute("service.name", service),
                    attribute("telemetry.sdk.language", "nodejs"),
                    attribute("telemetry.sdk.name", "opentelemetry"),
                ]},
                "scopeSpans": [{"scope": {"name": scope}, "spans": spans}]
            })
        };
        let body = json!({"resourceSpans": [
            group("reward-service", "u", json!([reward])),
            group("mpc-service", "t", json!([call])),
            group("mpc-service", "t", json!([sign])),
        ]});
        assert_eq!(jaeger.post(OTLP, "/v1/traces", &body.to_string()).status, 200);
    }
    for (trace, failed) in [(0x0540_d5ba_b557_3fb5, false), (0x5fc4_9fb0_eab1_ce4a, true)] {
        let identity = [("GET /balance", 2, 1, "client", false), ("POST /login", 1, 0, "server", false)];
        let wallet = [("GET /balance", 3, 2, "server", failed)];
        for batch in [
            thrift_batch("identity-service", &identity, trace),
            thrift_batch("wallet-service", &wallet, trace),
        ] {
            let headers = [("Content-Type", "application/vnd.apache.thrift.binary")];
            let answer = exchange(&jaeger.address, THRIFT, "POST", "/api/traces", &headers, &batch);
            assert_eq!(answer.status, 202, "{}", answer.body);
        }
    }
}

/// A batch as the clients of Jaeger 1 send it. The id of a root is that of its trace.
fn thrift_batch(service: &str, spans: &[(&str, u64, u64, &str, bool)], trace: u64) -> Vec<u8> {
    const STRING: u8 = 11;
    const STRUCT: u8 = 12;
    const LIST: u8 = 15;
    const I32: u8 = 8;
    const I64: u8 = 10;
    let field = |kind: u8, id: u8| vec![kind, 0, id];
    let text = |id: u8, text: &str| {
        [field(STRING, id), (text.len() as u32).to_be_bytes().to_vec(), text.as_bytes().to_vec()].concat()
    };
    let long = |id: u8, number: u64| [field(I64, id), number.to_be_bytes().to_vec()].concat();
    let int = |id: u8, number: u32| [field(I32, id), number.to_be_bytes().to_vec()].concat();
    let list = |id: u8, items: Vec<Vec<u8>>| {
        let length = (items.len() as u32).to_be_bytes().to_vec();
        [field(LIST, id), vec![STRUCT], length, items.concat()].concat()
    };
    let string_tag = |name: &str, value: &str| [text(1, name), int(2, 0), text(3, value), vec![0]].concat();
    let double_tag = |name: &str, value: f64| {
        [text(1, name), int(2, 1), field(4, 4), value.to_bits().to_be_bytes().to_vec(), vec![0]].concat()
    };
    let bool_tag =
        |name: &str, value: bool| [text(1, name), int(2, 2), field(2, 5), vec![u8::from(value), 0]].concat();
    let process_tags = vec![
        string_tag("client-uuid", "1fb36b40-faee-4e98-bd50-5278c2719508"),
        string_tag("host.name", "host"),
        string_tag("ip", "172.18.0.1"),
        string_tag("opencensus.exporterversion", "Jaeger-Node-3.19.0"),
    ];
    let process = [field(STRUCT, 1), text(1, service), list(2, process_tags), vec![0]].concat();
    let id = |number: u64| match number {
        0 => 0,
        1 => trace,
        other => trace ^ (other << 32),
    };
    let spans = spans.iter().map(|(name, number, parent, kind, failed)| {
        let mut tags = vec![string_tag("span.kind", kind)];
        if *failed {
            tags.push(bool_tag("error", true));
            tags.push(double_tag("http.status_code", 500.0));
        }
        if *number == 1 {
            tags.push(double_tag("http.status_code", 200.0));
            tags.push(bool_tag("sampler.param", true));
            tags.push(string_tag("sampler.type", "const"));
        }
        [
            long(1, trace),
            long(2, 0),
            long(3, id(*number)),
            long(4, id(*parent)),
            text(5, name),
            int(7, 1),
            long(8, 1_795_843_425_724_000),
            long(9, 5_000),
            list(10, tags),
            vec![0],
        ]
        .concat()
    });
    [process, list(2, spans.collect()), vec![0]].concat()
}

#[test]
fn it_refuses_spans_when_its_memory_is_full_and_stays_healthy() {
    let folder = Folder::new();
    let jaeger = start(&folder);
    jaeger.post(QUERY, "/_standin/memory-limit", "");
    let refusals = [("otlp-http-memory-limit.http", WHOLE), ("thrift-memory-limit.http", WHOLE)];
    play(&jaeger, "jaeger", &refusals, port, bytes);
    play(&jaeger, "jaeger", &[("health-13133-status.http", WHOLE)], port, bytes);
    let body = jaeger.get(8888, "/metrics").body;
    // What a health check beyond Jaeger's own can see.
    let heap = body.lines().find_map(|line| line.strip_prefix("otelcol_process_runtime_heap_alloc_bytes "));
    assert_eq!(heap, Some("419430400"));
    let here = series(&body);
    let wanted = series(&recording::text("jaeger", "metrics-of-refused-spans.txt"));
    let missing: Vec<_> = wanted.difference(&here).collect();
    assert!(missing.is_empty(), "series that Jaeger has and the stand-in has not: {missing:?}");
    let recorded = ["start-log.txt", "memory-limit-log.txt"].map(|name| recording::text("jaeger", name));
    let said = jaeger.said();
    assert!(said.contains("Memory usage is above soft limit. Refusing data."), "{said}");
    assert_eq!(unheard(&said, &recorded), [""; 0]);
}

#[test]
fn jaeger_says_nothing_that_was_not_recorded_and_ends_with_0() {
    let folder = Folder::new();
    let mut jaeger = start(&folder);
    assert_eq!(jaeger.stop(), Some(0));
    let recorded =
        ["start-log.txt", "stop-log.txt", "memory-limit-log.txt"].map(|name| recording::text("jaeger", name));
    assert_eq!(unheard(&jaeger.said(), &recorded), [""; 0]);
    let text = recording::text("jaeger", "version.txt");
    for (recorded, argument) in commands(&text).iter().zip(["--version", "version"]) {
        let output = command("jaeger-linux", &jaeger.address, &[argument]).env(VERSION.0, VERSION.1).output();
        assert_command(recorded, &output.expect("it runs"));
    }
}
