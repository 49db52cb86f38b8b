//! `/metrics`: what is taken in, refused and kept is counted; the rest says that Loki is well.

use std::fmt::Write;

use super::Loki;
use crate::{life, settings};

pub fn metrics(loki: &Loki) -> String {
    let store = loki.store();
    let mut text = String::from(
        "# HELP deprecated_flags_inuse_total The number of deprecated flags currently set.\n\
         # TYPE deprecated_flags_inuse_total counter\ndeprecated_flags_inuse_total 0\n",
    );
    text.push_str(&life::process_metrics());
    let mut add = |name: &str, kind: &str, samples: &[(String, f64)]| {
        let _ = writeln!(text, "# HELP {name} As in Loki.\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let one = |labels: &str, value: f64| vec![(labels.to_owned(), value)];
    for name in [
        "loki_boltdb_shipper_compact_tables_operation_duration_seconds",
        "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
        "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
    ] {
        add(name, "gauge", &one("", 0.0));
    }
    add("loki_boltdb_shipper_compactor_running", "gauge", &one("", 1.0));
    let from = "{from=\"filesystem_2024-01-01\"}";
    add(
        "loki_boltdb_shipper_retention_sweeper_marker_file_processing_current_time",
        "gauge",
        &one(from, 0.0),
    );
    add("loki_boltdb_shipper_retention_sweeper_marker_files_current", "gauge", &one(from, 0.0));
    add("loki_boltdb_shipper_retention_sweeper_marker_files_deleted_total", "counter", &one(from, 0.0));
    let build = format!(
        "{{branch=\"release\",goarch=\"amd64\",goos=\"linux\",goversion=\"go1.26.8\",revision=\"unknown\",\
         tags=\"netgo\",version=\"{}\"}}",
        settings::version()
    );
    add("loki_build_info", "gauge", &one(&build, 1.0));
    let discarded = |count: fn(&(u64, u64)) -> u64| -> Vec<(String, f64)> {
        let labels = |reason: &str| {
            // What the ingester refuses has no format.
            let late = matches!(reason, "too_far_behind" | "per_stream_rate_limit");
            let format = if late { "" } else { "loki" };
            format!(
                "{{format=\"{format}\",policy=\"\",reason=\"{reason}\",retention_hours=\"168\",tenant=\"fake\"}}"
            )
        };
        store.discarded.iter().map(|(reason, counts)| (labels(reason), count(counts) as f64)).collect()
    };
    add("loki_discarded_bytes_total", "counter", &discarded(|counts| counts.1));
    add("loki_discarded_samples_total", "counter", &discarded(|counts| counts.0));
    add(
        "loki_distributor_bytes_received_total",
        "counter",
        &one(
            "{format=\"loki\",is_internal_stream=\"false\",policy=\"\",retention_hours=\"168\",tenant=\"fake\"}",
            store.bytes_received as f64,
        ),
    );
    add(
        "loki_distributor_ingester_appends_total",
        "counter",
        &one("{ingester=\"127.0.0.1:9095\"}", store.lines_received as f64),
    );
    add(
        "loki_distributor_lines_received_total",
        "counter",
        &one(
            "{format=\"loki\",is_internal_stream=\"false\",policy=\"\",tenant=\"fake\"}",
            store.lines_received as f64,
        ),
    );
    let streams = store.streams.len() as f64;
    add("loki_ingester_memory_chunks", "gauge", &one("", streams));
    add("loki_ingester_memory_streams", "gauge", &one("{tenant=\"fake\"}", streams));
    add("loki_ingester_memory_streams_labels_bytes", "gauge", &one("", streams * 150.0));
    add("loki_ingester_streams_created_total", "counter", &one("{tenant=\"fake\"}", streams));
    add("loki_ingester_wal_disk_full_failures_total", "counter", &one("", 0.0));
    let levels = [("debug", 26_933.0), ("error", 0.0), ("info", 447.0), ("warn", 0.0)];
    let levels = levels.map(|(level, count)| (format!("{{level=\"{level}\"}}"), count));
    add("loki_internal_log_messages_total", "counter", &levels);
    text
}
