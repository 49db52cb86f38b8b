//! `/metrics`: what was read and sent is counted.

use std::sync::atomic::Ordering;

use super::Alloy;
use crate::{life, settings};

pub fn metrics(alloy: &Alloy) -> String {
    let counters = alloy.collector.counters();
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, samples: &[(String, f64)]| {
        text.push_str(&format!("# HELP {name} As in Alloy.\n# TYPE {name} {kind}\n"));
        for (labels, value) in samples {
            text.push_str(&format!("{name}{labels} {value}\n"));
        }
    };
    let one = |labels: &str, value: f64| vec![(labels.to_owned(), value)];
    let build = format!(
        "{{branch=\"\",goarch=\"amd64\",goos=\"linux\",goversion=\"go1.26.8\",revision=\"unknown\",tags=\"netgo\",\
         version=\"v{}\"}}",
        settings::version()
    );
    add("alloy_build_info", "gauge", &one(&build, 1.0));
    let controller = "controller_id=\"\",controller_path=\"/\"";
    add("alloy_component_controller_evaluating", "gauge", &one(&format!("{{{controller}}}"), 0.0));
    let running = format!("{{{controller},health_type=\"healthy\"}}");
    add("alloy_component_controller_running_components", "gauge", &one(&running, alloy.graph.count() as f64));
    let edges: Vec<(String, f64)> = alloy
        .graph
        .edges()
        .iter()
        .map(|(to, from)| (format!("{{{controller},from=\"{from}\",to=\"{to}\"}}"), 1.0))
        .collect();
    add("alloy_component_graph_connection", "gauge", &edges);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in std::fs::read(&alloy.file).unwrap_or_default() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let hash = format!("{{cluster_name=\"\",sha256=\"{}\"}}", format!("{hash:016x}").repeat(4));
    add("alloy_config_hash", "gauge", &one(&hash, 1.0));
    let loaded = alloy.loaded.load(Ordering::Relaxed) as f64 / 1e9;
    add("alloy_config_last_load_success_timestamp_seconds", "gauge", &one("", loaded));
    // Stays 1 after a refused reload, as recorded.
    add("alloy_config_last_load_successful", "gauge", &one("", 1.0));
    add("alloy_config_load_failures_total", "counter", &one("", 0.0));
    let source = "{component_id=\"loki.source.docker.containers\",component_path=\"/\"}";
    add("loki_source_docker_target_entries_total", "counter", &one(source, counters.read as f64));
    add("loki_source_docker_target_parsing_errors_total", "counter", &one(source, 0.0));
    let write =
        format!("component_id=\"loki.write.loki\",component_path=\"/\",host=\"{}\"", alloy.collector.loki);
    let tenant = format!("{{{write},tenant=\"\"}}");
    add("loki_write_batch_retries_total", "counter", &one(&tenant, counters.retries as f64));
    for (name, dropped) in [
        ("loki_write_dropped_bytes_total", counters.dropped_bytes),
        ("loki_write_dropped_entries_total", counters.dropped),
    ] {
        let reasons = ["ingester_error", "line_too_long", "queue_is_full", "rate_limited", "stream_limited"];
        let samples = reasons.map(|reason| {
            let value = if reason == "ingester_error" { dropped as f64 } else { 0.0 };
            (format!("{{{write},reason=\"{reason}\",tenant=\"\"}}"), value)
        });
        add(name, "counter", &samples);
    }
    add("loki_write_sent_bytes_total", "counter", &one(&tenant, counters.sent_bytes as f64));
    add("loki_write_sent_entries_total", "counter", &one(&tenant, counters.sent as f64));
    let sums =
        |sum: f64, count: f64| vec![(format!("_sum{tenant}"), sum), (format!("_count{tenant}"), count)];
    let requests = counters.requests.values().map(|(count, _)| *count).sum::<u64>() as f64;
    let entries = sums(0.0, counters.sent as f64);
    add("loki_write_entry_propagation_latency_seconds", "histogram", &entries);
    add("loki_write_request_size_bytes", "histogram", &sums(counters.sent_bytes as f64, requests));
    let durations: Vec<(String, f64)> = counters
        .requests
        .iter()
        .flat_map(|(status, (count, seconds))| {
            let labels = format!("{{{write},status_code=\"{status}\",tenant=\"\"}}");
            [(format!("_sum{labels}"), *seconds), (format!("_count{labels}"), *count as f64)]
        })
        .collect();
    add("loki_write_request_duration_seconds", "histogram", &durations);
    let discovery = "component_id=\"discovery.docker.engine\",component_path=\"/\"";
    let refreshes = counters.refreshes as f64;
    let with_config = format!("{discovery},config=\"\",mechanism=\"docker\"");
    let of_refreshes = |labels: &str| {
        vec![(format!("_sum{{{labels}}}"), 0.01 * refreshes), (format!("_count{{{labels}}}"), refreshes)]
    };
    let histogram = of_refreshes(&format!("{discovery},mechanism=\"docker\""));
    add("prometheus_sd_refresh_duration_histogram_seconds", "histogram", &histogram);
    let mut summary: Vec<(String, f64)> = ["0.5", "0.9", "0.99"]
        .iter()
        .map(|quantile| (format!("{{{with_config},quantile=\"{quantile}\"}}"), 0.01))
        .collect();
    summary.extend(of_refreshes(&with_config));
    add("prometheus_sd_refresh_duration_seconds", "summary", &summary);
    let failures = one(&format!("{{{with_config}}}"), counters.refresh_failures as f64);
    add("prometheus_sd_refresh_failures_total", "counter", &failures);
    text + &life::process_metrics()
}
