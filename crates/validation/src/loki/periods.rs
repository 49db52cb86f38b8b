//! The periods of Loki's store: `schema_config`.

use stack::yaml::Node;

use crate::{Complaint, Stage, config_types, duration};

use super::settings::{Settings, text};

const DAY: u64 = 86_400_000;

/// The kinds of index, and those that are no longer recommended.
const INDEXES: [&str; 2] = ["boltdb-shipper", "tsdb"];
const OLD_INDEXES: [&str; 10] = [
    "aws",
    "aws-dynamo",
    "bigtable",
    "bigtable-hashed",
    "boltdb",
    "cassandra",
    "gcp",
    "gcp-columnkey",
    "grpc-store",
    "inmemory",
];
/// The kinds of store for chunks, likewise.
const STORES: [&str; 10] =
    ["filesystem", "aws", "alibabacloud", "azure", "bos", "cos", "gcs", "s3", "swift", "noop"];
const OLD_STORES: [&str; 8] = [
    "aws-dynamo",
    "bigtable",
    "bigtable-hashed",
    "cassandra",
    "gcp",
    "gcp-columnkey",
    "grpc-store",
    "inmemory",
];
/// The same where `use_thanos_objstore` is on.
const BUCKETS: [&str; 7] = ["s3", "gcs", "azure", "swift", "filesystem", "alibabacloud", "bos"];

pub(super) fn check(settings: &Settings<'_>) -> Vec<Complaint> {
    let periods = settings.get("schema_config.configs").map_or(&[][..], Node::items);
    if periods.is_empty() {
        let message = "CONFIG ERROR: invalid schema config: must specify at least one schema configuration";
        let elsewhere = settings.of.flag("schema-config-file").is_some();
        return if elsewhere {
            Vec::new()
        } else {
            vec![settings.complaint("schema_config.configs", Stage::Validate, message)]
        };
    }
    let mut complaints = Vec::new();
    for period in periods {
        if let Some(complaint) = version(settings, period) {
            return vec![complaint];
        }
        complaints.extend(tables(settings, period));
    }
    for pair in periods.windows(2) {
        let from = |period: &Node| {
            period.get("from").and_then(text).filter(|it| config_types::day(it).is_ok()).map(str::to_owned)
        };
        if let (Some(first), Some(second)) = (from(&pair[0]), from(&pair[1]))
            && first >= second
        {
            let message = "CONFIG ERROR: invalid schema config: from time in schemas must be distinct and in increasing order";
            complaints.push(settings.at(place(&pair[1], "from"), Stage::Validate, message));
        }
    }
    complaints.extend(periods.iter().flat_map(|period| kinds(settings, period)));
    complaints.extend(structured_metadata(settings, periods));
    complaints
}

/// The version is read together with the file.
fn version(settings: &Settings<'_>, period: &Node) -> Option<Complaint> {
    let schema = period.get("schema").and_then(text).unwrap_or_default();
    let number = schema.trim_matches('v');
    let message = match number.parse::<i64>() {
        Ok(9..=13) => return None,
        Ok(_) => {
            let message =
                "CONFIG ERROR: invalid schema config: validating period_config: invalid schema version";
            return Some(settings.at(place(period, "schema"), Stage::Validate, message));
        }
        Err(_) => format!("invalid schema version: strconv.Atoi: parsing {number:?}: invalid syntax"),
    };
    Some(settings.at(place(period, "schema"), Stage::Parse, message))
}

fn tables(settings: &Settings<'_>, period: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut refuse = |place, words: &str| {
        let message = format!("CONFIG ERROR: invalid schema config: validating period_config: {words}");
        complaints.push(settings.at(place, Stage::Validate, message));
    };
    let length = |table: &str| {
        let node = period.get(table)?.get("period")?;
        duration::prometheus(text(node)?).ok().map(|length| (node.span, length))
    };
    let index = length("index");
    let is_tsdb = period.get("store").and_then(text) == Some("tsdb");
    if is_tsdb && index.is_none_or(|(_, length)| length != DAY) {
        let place = index.map_or_else(|| place(period, "index"), |(span, _)| span);
        refuse(place, "tsdb must always have periodic config for index set to 24h");
        return complaints;
    }
    for table in ["index", "chunks"] {
        if let Some((span, length)) = length(table)
            && length % DAY != 0
        {
            let what = if table == "index" { "index" } else { "chunk" };
            refuse(
                span,
                &format!(
                    "validating {what} tables: the table period must be a multiple of 24h (1h for schema v1)"
                ),
            );
        }
    }
    if let Some(prefix) =
        period.get("index").and_then(|index| index.get("path_prefix")).filter(|it| !it.is_null())
        && let Some(words) = text(prefix).filter(|it| !it.is_empty()).and_then(path_prefix)
    {
        refuse(prefix.span, &format!("validating index tables: {words}"));
    }
    complaints
}

/// What is wrong with the prefix of a path in a store.
pub(super) fn path_prefix(prefix: &str) -> Option<&'static str> {
    match prefix {
        "" => Some("prefix must be set"),
        it if it.contains('\\') => Some("prefix should only have '/' as a path separator"),
        it if it.starts_with('/') => Some("prefix should never start with a path separator i.e '/'"),
        it if !it.ends_with('/') => Some("prefix should end with a path separator i.e '/'"),
        _ => None,
    }
}

/// The names of index and store.
fn kinds(settings: &Settings<'_>, period: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let of = |key: &str| period.get(key).and_then(text).unwrap_or_default();
    let index = of("store");
    if !INDEXES.contains(&index) && !OLD_INDEXES.contains(&index) {
        let message =
            format!("unrecognized `store` (index) type `{index}`, choose one of: {}", INDEXES.join(", "));
        complaints.push(settings.at(place(period, "store"), Stage::Validate, message));
    }
    let store = of("object_store");
    let buckets = settings.is_on("storage_config.use_thanos_objstore", "use-thanos-objstore", false);
    let known: &[&str] = if buckets { &BUCKETS } else { &STORES };
    let old = !buckets && OLD_STORES.contains(&store);
    if !known.contains(&store) && !old && !is_named(settings, store) {
        let message = format!(
            "unrecognized `object_store` type `{store}`, which also does not match any named_stores. Choose one of: {}. Or choose a named_store",
            known.join(", ")
        );
        complaints.push(settings.at(place(period, "object_store"), Stage::Validate, message));
    }
    complaints
}

/// Whether there is a store of this name among those that have one.
pub(super) fn is_named(settings: &Settings<'_>, name: &str) -> bool {
    ["storage_config.named_stores", "storage_config.object_store.named_stores"].iter().any(|path| {
        let kinds = settings.get(path).map_or(&[][..], Node::entries);
        kinds.iter().any(|kind| kind.value.get(name).is_some())
    })
}

/// Which of several periods is active depends on the day, so only what is true of all is told.
fn structured_metadata(settings: &Settings<'_>, periods: &[Node]) -> Option<Complaint> {
    if !settings.is_on(
        "limits_config.allow_structured_metadata",
        "validation.allow-structured-metadata",
        true,
    ) {
        return None;
    }
    let last = periods.last()?;
    let schema = |period: &Node| period.get("schema").and_then(text).unwrap_or_default().to_owned();
    let index = |period: &Node| period.get("store").and_then(text).unwrap_or_default().to_owned();
    let needs = "is required to store Structured Metadata and use native OTLP ingestion";
    let instead = "Set `allow_structured_metadata: false` in the `limits_config` section or set the command line argument `-validation.allow-structured-metadata=false` and restart Loki.";
    let is_old =
        |period: &Node| schema(period).trim_matches('v').parse().is_ok_and(|version: i64| version < 13);
    if periods.iter().all(is_old) {
        let message = format!(
            "CONFIG ERROR: schema v13 {needs}, your schema version is {}. {instead} Then proceed to update to schema v13 or newer before re-enabling this config, search for 'Storage Schema' in the docs for the schema update procedure",
            schema(last)
        );
        return Some(settings.at(place(last, "schema"), Stage::Validate, message));
    }
    if periods.iter().all(|period| index(period) != "tsdb") {
        let message = format!(
            "CONFIG ERROR: `tsdb` index type {needs}, your index type is `{}` (defined in the `store` parameter of the schema_config). {instead} Then proceed to update the schema to use index type `tsdb` before re-enabling this config, search for 'Storage Schema' in the docs for the schema update procedure",
            index(last)
        );
        return Some(settings.at(place(last, "store"), Stage::Validate, message));
    }
    None
}

/// Where a value of a period stands, or the period.
fn place(period: &Node, key: &str) -> stack::yaml::Span {
    period.get(key).map_or(period.span, |node| node.span)
}
