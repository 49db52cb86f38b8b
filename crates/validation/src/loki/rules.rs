//! What Loki checks once it has read its file, and what it should.

use stack::yaml::{Node, Value};

use crate::{Complaint, Stage, duration, go_url};

use super::{
    periods::{is_named, path_prefix},
    settings::{Settings, text},
};

const DAY: u64 = 86_400_000;

type Rule = fn(&Settings<'_>) -> Vec<Complaint>;

pub(super) fn check(settings: &Settings<'_>) -> Vec<Complaint> {
    const RULES: [Rule; 9] = [
        common_storage,
        directories,
        ingester,
        retention,
        stream_retention,
        exclusive,
        ports,
        alertmanager,
        file_store,
    ];
    RULES.iter().flat_map(|rule| rule(settings)).collect()
}

/// `common.storage` takes one kind of store.
fn common_storage(settings: &Settings<'_>) -> Vec<Complaint> {
    const KINDS: [&str; 8] = ["azure", "filesystem", "gcs", "s3", "bos", "swift", "alibabacloud", "cos"];
    let Some(storage) = settings.get("common.storage") else { return Vec::new() };
    let is_set = |kind: &Node| {
        kind.entries().iter().any(|entry| text(&entry.value).is_some_and(|value| !value.is_empty()))
    };
    let set = storage.entries().iter().filter(|it| KINDS.contains(&it.key.as_str()) && is_set(&it.value));
    let message =
        "too many storage configs provided in the common config, please only define one storage backend";
    set.skip(1).take(1).map(|second| settings.at(second.span, Stage::Parse, message)).collect()
}

/// Folders that have no default.
fn directories(settings: &Settings<'_>) -> Vec<Complaint> {
    if !settings.text("common.path_prefix", "common.path-prefix").is_empty() {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (index, section, flags) in
        [("tsdb", "tsdb_shipper", "tsdb.shipper"), ("boltdb-shipper", "boltdb_shipper", "boltdb.shipper")]
    {
        let periods = settings.get("schema_config.configs").map_or(&[][..], Node::items);
        let Some(period) = periods.iter().find(|it| it.get("store").and_then(text) == Some(index)) else {
            continue;
        };
        for (key, flag) in
            [("active_index_directory", "active-index-directory"), ("cache_location", "cache-location")]
        {
            let path = format!("storage_config.{section}.{key}");
            if settings.text(&path, &format!("{flags}.{flag}")).is_empty() {
                let message = format!(
                    "CONFIG ERROR: `{index}` index type is configured in at least one schema period, however, `storage_config`, `{section}`, `{key}` is not set, please set this directly or set `path_prefix:` in the `common:` section"
                );
                let place = settings.place(&path);
                let place = if place.line == 0 { period.span } else { place };
                complaints.push(settings.at(place, Stage::Validate, message));
            }
        }
    }
    complaints
}

fn unknown_codec(name: &str) -> Option<String> {
    const CODECS: [&str; 9] =
        ["none", "gzip", "lz4-64k", "snappy", "lz4-256k", "lz4-1M", "lz4", "flate", "zstd"];
    let known = CODECS.iter().any(|known| known.eq_ignore_ascii_case(name));
    (!known).then(|| format!("invalid encoding: {name}, supported: {}", CODECS.join(", ")))
}

fn ingester(settings: &Settings<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut refuse = |path: &str, words: String| {
        let message = format!("CONFIG ERROR: invalid ingester config: {words}");
        complaints.push(settings.complaint(path, Stage::Validate, message));
    };
    let path = "ingester.chunk_encoding";
    let codec = settings.get(path).and_then(text).and_then(unknown_codec);
    if let Some(words) = codec {
        refuse(path, words);
    }
    for (path, what) in [
        ("ingester.flush_op_timeout", "flush op timeout"),
        ("ingester.wal.checkpoint_duration", "checkpoint duration"),
    ] {
        let length = settings.get(path).and_then(text).map(duration::go);
        let wal = settings.is_on("ingester.wal.enabled", "ingester.wal-enabled", true);
        if let Some(Ok(length)) = length
            && length <= 0
            && (wal || !path.contains("wal"))
        {
            refuse(path, format!("invalid {what}: {}s", length / 1_000_000_000));
        }
    }
    let path = "ingester.flush_op_backoff.max_retries";
    if let Some(retries) = settings.number(path).filter(|retries| *retries <= 0) {
        refuse(path, format!("invalid flush op max retries: {retries}"));
    }
    let path = "ingester.index_shards";
    match settings.number(path) {
        Some(shards) if shards <= 0 => refuse(path, format!("invalid ingester index shard factor: {shards}")),
        Some(shards) if shards & (shards - 1) != 0 && has_tsdb(settings) => {
            let message = format!(
                "incompatible inverted index shard factor on ingester: It must be a power of two, got {shards}"
            );
            complaints.push(settings.complaint(path, Stage::Validate, message));
        }
        _ => {}
    }
    complaints
}

fn has_tsdb(settings: &Settings<'_>) -> bool {
    let periods = settings.get("schema_config.configs").map_or(&[][..], Node::items);
    periods.iter().any(|period| period.get("store").and_then(text) == Some("tsdb"))
}

fn retention(settings: &Settings<'_>) -> Vec<Complaint> {
    let period = "limits_config.retention_period";
    let length = settings.duration(period);
    let store_path = "compactor.delete_request_store";
    if !settings.is_on("compactor.retention_enabled", "compactor.retention-enabled", false) {
        let meant = length.filter(|length| *length > 0 && !retains_by_table(settings));
        let message = "retention_period has no effect while compactor.retention_enabled is not true: logs are kept for ever";
        return meant.map(|_| settings.complaint(period, Stage::Accepted, message)).into_iter().collect();
    }
    let mut complaints = Vec::new();
    let store = settings.text(store_path, "compactor.delete-request-store");
    if store.is_empty() {
        let message = "CONFIG ERROR: invalid compactor config: compactor.delete-request-store should be configured when retention is enabled";
        let path =
            if settings.get(store_path).is_some() { store_path } else { "compactor.retention_enabled" };
        return vec![
            settings
                .complaint(path, Stage::Validate, message)
                .hint("delete_request_store: filesystem, or the kind of store that the chunks are in"),
        ];
    }
    complaints.extend(delete_request_store(settings, store));
    let prefix_path = "compactor.delete_request_store_key_prefix";
    if let Some(words) = settings.get(prefix_path).and_then(text).and_then(path_prefix) {
        let message =
            format!("CONFIG ERROR: invalid compactor config: validate delete store path prefix: {words}");
        complaints.push(settings.complaint(prefix_path, Stage::Validate, message));
    }
    if length.is_some_and(|length| length > 0 && length < DAY) {
        let message = "retention_period below 24h is taken, but nothing is deleted before a day has passed";
        complaints.push(settings.complaint(period, Stage::Accepted, message).hint("24h is the least"));
    }
    complaints
}

/// What ended logs before the compactor did.
fn retains_by_table(settings: &Settings<'_>) -> bool {
    settings.is_on(
        "table_manager.retention_deletes_enabled",
        "table-manager.retention-deletes-enabled",
        false,
    )
}

fn delete_request_store(settings: &Settings<'_>, store: &str) -> Option<Complaint> {
    const KNOWN: [&str; 10] =
        ["aws", "s3", "gcs", "azure", "alibabacloud", "swift", "bos", "cos", "filesystem", "inmemory"];
    let buckets = settings.is_on("storage_config.use_thanos_objstore", "use-thanos-objstore", false);
    if buckets || KNOWN.contains(&store) || store == "noop" || is_named(settings, store) {
        return None;
    }
    let message = format!(
        "failed to create delete request store object client: Unrecognized storage client {store}, choose one of: {}",
        KNOWN[..9].join(", ")
    );
    Some(settings.complaint("compactor.delete_request_store", Stage::Start, message))
}

/// Retention of streams of their own, and what may be deleted.
fn stream_retention(settings: &Settings<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut refuse = |span, words: String| {
        let message = format!("CONFIG ERROR: invalid limits_config config: {words}");
        complaints.push(settings.at(span, Stage::Validate, message));
    };
    for rule in settings.get("limits_config.retention_stream").map_or(&[][..], Node::items) {
        let node = rule.get("period");
        let length = node.and_then(text).and_then(|it| duration::prometheus(it).ok()).unwrap_or(0);
        if length < DAY {
            let written = node.and_then(text).unwrap_or("0s");
            refuse(
                node.map_or(rule.span, |node| node.span),
                format!("retention period must be >= 24h was {written}"),
            );
        }
    }
    if let Some(node) = settings.get("limits_config.deletion_mode")
        && let Value::Scalar(mode) = &node.value
        && !matches!(mode.as_str(), "disabled" | "filter-only" | "filter-and-delete")
    {
        let words = "unknown deletion mode: must be one of disabled|filter-only|filter-and-delete";
        refuse(node.span, words.to_owned());
    }
    let path = "limits_config.bloom_block_encoding";
    if let Some(node) = settings.get(path)
        && let Some(words) = text(node).and_then(unknown_codec)
    {
        refuse(node.span, words);
    }
    complaints
}

/// Settings that exclude each other.
fn exclusive(settings: &Settings<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if settings.is_on("querier.query_store_only", "querier.query-store-only", false)
        && settings.is_on("querier.query_ingester_only", "querier.query-ingester-only", false)
    {
        let message = "CONFIG ERROR: invalid querier config: querier.query_store_only and querier.query_ingester_only cannot both be true";
        complaints.push(settings.complaint("querier.query_ingester_only", Stage::Validate, message));
    }
    let frontend = settings.text("frontend_worker.frontend_address", "querier.frontend-address");
    let scheduler = settings.text("frontend_worker.scheduler_address", "querier.scheduler-address");
    if !frontend.is_empty() && !scheduler.is_empty() {
        let message = "CONFIG ERROR: invalid frontend_worker config: frontend address and scheduler address are mutually exclusive, please use only one";
        complaints.push(settings.complaint("frontend_worker.scheduler_address", Stage::Validate, message));
    }
    let path = "pattern_ingester.lifecycler.ring.replication_factor";
    if settings.number(path).is_some_and(|factor| factor != 1) {
        let message =
            "CONFIG ERROR: invalid pattern_ingester config: pattern ingester replication factor must be 1";
        complaints.push(settings.complaint(path, Stage::Validate, message));
    }
    complaints
}

/// Two servers on one port.
fn ports(settings: &Settings<'_>) -> Vec<Complaint> {
    let by_flag = ["server.http-listen-port", "server.grpc-listen-port"]
        .iter()
        .any(|it| settings.of.flag(it).is_some());
    let http = settings.number("server.http_listen_port").unwrap_or(3100);
    let grpc = settings.number("server.grpc_listen_port").unwrap_or(9095);
    if by_flag || http != grpc || http == 0 {
        return Vec::new();
    }
    let path = ["server.grpc_listen_port", "server.http_listen_port"]
        .into_iter()
        .find(|it| settings.get(it).is_some());
    let message = format!("listen tcp :{http}: bind: address already in use");
    path.map(|path| settings.complaint(path, Stage::Start, message)).into_iter().collect()
}

/// The ruler looks at the addresses of Alertmanager only when there are rules.
fn alertmanager(settings: &Settings<'_>) -> Vec<Complaint> {
    let path = "ruler.alertmanager_url";
    let mut complaints = Vec::new();
    for address in settings.text(path, "ruler.alertmanager-url").split(',').filter(|it| !it.is_empty()) {
        match go_url::parse(address) {
            Err(words) => complaints.push(settings.complaint(path, Stage::Accepted, words)),
            Ok(url) if url.host.is_empty() || !matches!(url.scheme.as_str(), "http" | "https") => {
                let message = format!("alerts cannot be sent to {address:?}");
                complaints.push(
                    settings.complaint(path, Stage::Accepted, message).hint("http://alertmanager:9093"),
                );
            }
            Ok(_) => {}
        }
    }
    complaints
}

/// A store in files without a folder is the program's own folder, where it may seldom write.
fn file_store(settings: &Settings<'_>) -> Vec<Complaint> {
    let set = [
        ("storage_config.filesystem.directory", "local.chunk-directory"),
        ("common.storage.filesystem.chunks_directory", "common.storage.filesystem.chunk-directory"),
    ];
    let buckets = settings.is_on("storage_config.use_thanos_objstore", "use-thanos-objstore", false);
    if buckets || set.iter().any(|(path, flag)| !settings.text(path, flag).is_empty()) {
        return Vec::new();
    }
    let periods = settings.get("schema_config.configs").map_or(&[][..], Node::items);
    let store = periods.last().and_then(|period| period.get("object_store"));
    let message = "chunks have no folder: Loki writes them to its own";
    store
        .filter(|node| text(node) == Some("filesystem"))
        .map(|node| {
            let complaint = settings.at(node.span, Stage::Accepted, message);
            complaint.hint("set common.storage.filesystem.chunks_directory")
        })
        .into_iter()
        .collect()
}
