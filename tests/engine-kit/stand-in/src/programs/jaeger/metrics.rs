//! `:8888/metrics`, about Jaeger itself, and `:8889/metrics`, computed from spans.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Jaeger;
use super::store::Span;
use crate::http::{Request, Response};
use crate::{clock, faults, life, settings};

const LATENCIES: [&str; 17] = [
    "0", "5", "10", "25", "50", "75", "100", "250", "500", "750", "1000", "2500", "5000", "7500", "10000",
    "+Inf", "",
];
/// Of the durations of spans, in milliseconds.
const BOUNDS: [f64; 16] = [
    2.0, 4.0, 6.0, 8.0, 10.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1000.0, 1400.0, 2000.0, 5000.0, 10_000.0,
    15_000.0,
];
const KINDS: [&str; 6] = [
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];
const STATUSES: [&str; 3] = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

pub fn own(jaeger: &Jaeger) -> Response {
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, samples: &[(String, f64)]| {
        let _ = writeln!(text, "# HELP {name} \n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let store = jaeger.store();
    let find = "name=\"traces\",operation=\"find_traces\",result=\"ok\",role=\"tracestore\"";
    let mut latency = Vec::new();
    for bound in LATENCIES.iter().filter(|bound| !bound.is_empty()) {
        latency.push((format!("_bucket{{{find},le=\"{bound}\"}}"), 0.0));
    }
    latency.push((format!("_sum{{{find}}}"), 0.0));
    latency.push((format!("_count{{{find}}}"), 0.0));
    add("jaeger_storage_latency", "histogram", &latency);
    let one = |labels: &str, value: f64| vec![(labels.to_owned(), value)];
    let role = "{name=\"traces\",operation=\"find_traces\",role=\"tracestore\"}";
    add("jaeger_storage_requests", "counter", &one(role, 0.0));
    add("jaeger_storage_responses", "counter", &one(&format!("{{{find}}}"), 0.0));
    let (accepted, refused) =
        store.received.values().fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    let (accepted, refused) = (accepted as f64, refused as f64);
    add("otelcol_exporter_in_flight_requests", "gauge", &one("{exporter=\"jaeger_storage_exporter\"}", 0.0));
    let series = if accepted > 0.0 { 1.0 } else { 0.0 };
    add("otelcol_exporter_sent_metric_points", "counter", &one("{exporter=\"prometheus\"}", series));
    add("otelcol_exporter_sent_spans", "counter", &one("{exporter=\"jaeger_storage_exporter\"}", accepted));
    add("otelcol_process_cpu_seconds", "counter", &one("", clock::uptime() / 100.0));
    // Refusals come from memory that is in use.
    let full = if faults::memory_limit() { jaeger.limit * 1_048_576.0 } else { 0.0 };
    let memory = full.max(life::resident_bytes() as f64);
    for name in [
        "otelcol_process_memory_rss",
        "otelcol_process_runtime_heap_alloc_bytes",
        "otelcol_process_runtime_total_alloc_bytes",
        "otelcol_process_runtime_total_sys_memory_bytes",
    ] {
        add(name, "gauge", &one("", memory));
    }
    add("otelcol_process_uptime", "counter", &one("", clock::uptime()));
    let batch = "processor=\"batch\"";
    let sizes = vec![
        (format!("_bucket{{{batch},le=\"+Inf\"}}"), 0.0),
        (format!("_sum{{{batch}}}"), accepted),
        (format!("_count{{{batch}}}"), 0.0),
    ];
    add("otelcol_processor_batch_batch_send_size", "histogram", &sizes);
    add("otelcol_processor_batch_metadata_cardinality", "gauge", &one(&format!("{{{batch}}}"), 1.0));
    add("otelcol_processor_batch_timeout_trigger_send", "counter", &one(&format!("{{{batch}}}"), 0.0));
    let limiter = "{otel_signal=\"traces\",processor=\"memory_limiter\"}";
    add("otelcol_processor_incoming_items", "counter", &one(limiter, accepted + refused));
    add("otelcol_processor_outgoing_items", "counter", &one(limiter, accepted));
    let limiter = "{processor=\"memory_limiter\"}";
    add("otelcol_processor_memory_limiter_accepted_spans", "counter", &one(limiter, accepted));
    if refused > 0.0 {
        add("otelcol_processor_memory_limiter_refused_spans", "counter", &one(limiter, refused));
    }
    let by_receiver = |count: fn(&(u64, u64)) -> u64| -> Vec<(String, f64)> {
        let labels = |(receiver, transport): &(&str, &str)| {
            format!("{{receiver=\"{receiver}\",transport=\"{transport}\"}}")
        };
        store.received.iter().map(|(name, counts)| (labels(name), count(counts) as f64)).collect()
    };
    add("otelcol_receiver_accepted_spans", "counter", &by_receiver(|counts| counts.0));
    add("otelcol_receiver_failed_spans", "counter", &by_receiver(|_| 0));
    add("otelcol_receiver_refused_spans", "counter", &by_receiver(|counts| counts.1));
    add("promhttp_metric_handler_errors_total", "counter", &one("{cause=\"gathering\"}", 0.0));
    let about = format!(
        "{{service_instance_id=\"{}\",service_name=\"jaeger\",service_version=\"v{}\"}}",
        super::instance(),
        settings::version()
    );
    add("target_info", "gauge", &one(&about, 1.0));
    Response::metrics(text)
}

pub fn of_spans(jaeger: &Jaeger, request: &Request) -> Response {
    let open = request.header("accept").contains("application/openmetrics-text");
    let store = jaeger.store();
    let mut groups: BTreeMap<String, Vec<&Span>> = BTreeMap::new();
    for span in store.spans() {
        groups.entry(labels(span)).or_default().push(span);
    }
    let mut text = String::new();
    let family = |text: &mut String, name: &str, kind: &str| {
        // OpenMetrics names a family of counters without their ending.
        let name = if open { name.trim_end_matches("_total") } else { name };
        let _ = writeln!(text, "# HELP {name} \n# TYPE {name} {kind}");
    };
    let exemplar = |span: &Span| {
        if !open {
            return String::new();
        }
        format!(
            " # {{trace_id=\"{:032x}\",span_id=\"{:016x}\"}} {} {}",
            span.trace,
            span.id,
            milliseconds(span),
            span.end as f64 / 1e9
        )
    };
    if !groups.is_empty() {
        family(&mut text, "traces_span_metrics_calls_total", "counter");
    }
    for (labels, spans) in &groups {
        let last = spans.last().map(|span| exemplar(span)).unwrap_or_default();
        let _ = writeln!(text, "traces_span_metrics_calls_total{{{labels}}} {}{last}", spans.len());
    }
    let name = "traces_span_metrics_duration_milliseconds";
    if !groups.is_empty() {
        family(&mut text, name, "histogram");
    }
    for (labels, spans) in &groups {
        for bound in BOUNDS {
            let below = spans.iter().filter(|span| milliseconds(span) <= bound);
            let last = below.clone().next_back().map(|span| exemplar(span)).unwrap_or_default();
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {}{last}", below.count());
        }
        let sum: f64 = spans.iter().map(|span| milliseconds(span)).sum();
        let count = spans.len();
        let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}");
    }
    if open {
        text.push_str("# EOF\n");
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";
        return Response::new(200, kind, text);
    }
    Response::metrics(text)
}

fn milliseconds(span: &Span) -> f64 {
    span.duration() as f64 / 1e6
}

fn labels(span: &Span) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let service = escaped(&span.resource.service);
    let kind = KINDS.get(usize::from(span.kind)).copied().unwrap_or(KINDS[0]);
    let status = STATUSES.get(usize::from(span.status)).copied().unwrap_or(STATUSES[0]);
    format!(
        "collector_instance_id=\"{}\",job=\"{service}\",otel_scope_name=\"spanmetricsconnector\",\
         otel_scope_schema_url=\"\",otel_scope_version=\"\",service_name=\"{service}\",span_kind=\"{kind}\",\
         span_name=\"{}\",status_code=\"{status}\"",
        super::instance(),
        escaped(&span.name)
    )
}
