//! What a collector looks at once it understands its configuration: that pipelines name what there is, and the rules of
//! single components.

use std::collections::{BTreeMap, BTreeSet};

use stack::yaml::{Entry, Node, Span, scalar};

use crate::{duration, mapstructure::text};

use super::components::SECTIONS;

/// Something wrong and where.
pub(super) type Wrong = (Span, String);

/// An id in a list, and where it stands.
pub(super) fn ids(node: Option<&Node>) -> impl Iterator<Item = (&str, Span)> {
    node.map(Node::items).unwrap_or_default().iter().filter_map(|item| Some((text(item)?, item.span)))
}

/// The pipelines of a service.
pub(super) fn pipelines(root: &Node) -> &[Entry] {
    let pipelines = root.get("service").and_then(|service| service.get("pipelines"));
    pipelines.map(Node::entries).unwrap_or_default()
}

/// The components of a section.
pub(super) fn section<'a>(root: &'a Node, name: &str) -> &'a [Entry] {
    root.get(name).map(Node::entries).unwrap_or_default()
}

/// The type of an id.
pub(super) fn kind(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

pub(super) fn check(root: &Node) -> Vec<Wrong> {
    let mut found = Vec::new();
    for (name, one) in [("receivers", "receiver"), ("exporters", "exporter")] {
        if section(root, name).is_empty() {
            let span = root.get(name).map_or(root.span, |node| node.span);
            found.push((span, format!("no {one} configuration specified in config")));
        }
    }
    for part in &SECTIONS {
        for entry in section(root, part.name) {
            rules(part.name, entry, &mut found);
        }
    }
    telemetry(root, &mut found);
    references(root, &mut found);
    connectors(root, &mut found);
    found
}

fn references(root: &Node, found: &mut Vec<Wrong>) {
    let ids_of = |name: &'static str| {
        let ids: BTreeSet<&str> = section(root, name).iter().map(|entry| entry.key.as_str()).collect();
        (name, ids)
    };
    let known: BTreeMap<&str, BTreeSet<&str>> = SECTIONS.iter().map(|part| ids_of(part.name)).collect();
    let there = |names: &[&str], id: &str| names.iter().any(|name| known[name].contains(id));
    let service = root.get("service");
    for (id, span) in ids(service.and_then(|service| service.get("extensions"))) {
        if !there(&["extensions"], id) {
            found.push((
                span,
                format!("service::extensions: references extension {id:?} which is not configured"),
            ));
        }
    }
    if pipelines(root).is_empty() {
        let span = service.map_or(root.span, |service| service.span);
        found.push((span, "service::pipelines: service must have at least one pipeline".to_owned()));
    }
    for pipeline in pipelines(root) {
        let name = &pipeline.key;
        for (list, one, also) in [
            ("receivers", "receiver", "connectors"),
            ("processors", "processor", "processors"),
            ("exporters", "exporter", "connectors"),
        ] {
            let node = pipeline.value.get(list);
            if one != "processor" && ids(node).next().is_none() {
                let words = format!("service::pipelines::{name}: must have at least one {one}");
                found.push((node.map_or(pipeline.span, |node| node.span), words));
            }
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for (id, span) in ids(node) {
                let words = if !there(&[list, also], id) {
                    format!("references {one} {id:?} which is not configured")
                } else if one == "processor" && seen.contains(id) {
                    format!("references processor {id:?} multiple times")
                } else {
                    seen.insert(id);
                    continue;
                };
                found.push((span, format!("service::pipelines::{name}: {words}")));
            }
        }
    }
}

/// A connector ends one pipeline and begins another.
fn connectors(root: &Node, found: &mut Vec<Wrong>) {
    for connector in section(root, "connectors") {
        let id = &connector.key;
        for (name, one) in [("exporters", "exporter"), ("receivers", "receiver")] {
            if section(root, name).iter().any(|entry| entry.key == *id) {
                let words = format!(
                    "connectors::{id}: ambiguous ID: Found both {id:?} {one} and {id:?} connector. Change one of the components' IDs to eliminate ambiguity (e.g. rename {id:?} connector to \"{id}/connector\")"
                );
                found.push((connector.span, words));
            }
        }
        let uses = |list: &str| -> Vec<(&str, Span)> {
            let of = |pipeline: &'_ Entry| {
                ids(pipeline.value.get(list)).find(|(used, _)| used == id).map(|it| it.1)
            };
            pipelines(root).iter().filter_map(|it| Some((it.key.as_str(), of(it)?))).collect()
        };
        let (ends, begins) = (uses("exporters"), uses("receivers"));
        let half = |one: &str, other: &str, used: &[(&str, Span)]| {
            let names: Vec<&str> = used.iter().map(|(name, _)| *name).collect();
            format!(
                "failed to build pipelines: connector {id:?} used as {one} in [{}] pipeline but not used in any supported {other} pipeline",
                names.join(" ")
            )
        };
        if let (Some(first), true) = (ends.first(), begins.is_empty()) {
            found.push((first.1, half("exporter", "receiver", &ends)));
        } else if let (Some(first), true) = (begins.first(), ends.is_empty()) {
            found.push((first.1, half("receiver", "exporter", &begins)));
        }
    }
}

fn telemetry(root: &Node, found: &mut Vec<Wrong>) {
    let Some(telemetry) = root.get("service").and_then(|service| service.get("telemetry")) else { return };
    if let Some(metrics) = telemetry.get("metrics")
        && let Some(readers) = metrics.get("readers")
        && readers.items().is_empty()
        && metrics.get("level").and_then(text) != Some("none")
    {
        let words = "service::telemetry: collector telemetry metrics reader should exist when metric level is not none";
        found.push((readers.span, words.to_owned()));
    }
    if let Some(resource) = telemetry.get("resource") {
        let legacy = legacy(resource);
        for entry in &legacy {
            if !entry.value.is_null() && text(&entry.value).is_none() {
                let words = format!(
                    "service::telemetry::resource: legacy resource attribute {:?} must be string or null",
                    entry.key
                );
                found.push((entry.value.span, words));
            }
        }
        let attributes = resource.get("attributes").filter(|node| !node.items().is_empty());
        if let (Some(_), Some(first)) = (attributes, legacy.first()) {
            let words = "service::telemetry::resource: resource::attributes cannot be used together with legacy inline resource attributes";
            found.push((first.span, words.to_owned()));
        }
    }
}

/// The attributes of a resource in the older form: next to the settings of the newer one.
pub(super) fn legacy(resource: &Node) -> Vec<&Entry> {
    let known = ["attributes", "attributes_list", "detectors", "schema_url"];
    resource.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())).collect()
}

/// A whole number; nothing for what is not there or not known.
fn number(node: Option<&Node>) -> Option<i128> {
    match scalar::resolve(node?)? {
        scalar::Scalar::Int(number) => Some(number),
        _ => None,
    }
}

/// A duration in nanoseconds.
fn nanoseconds(node: Option<&Node>) -> Option<i128> {
    match scalar::resolve(node?)? {
        scalar::Scalar::Int(number) => Some(number),
        scalar::Scalar::Text(text) => duration::go(text).ok(),
        _ => None,
    }
}

/// The rules of single components.
fn rules(section: &str, entry: &Entry, found: &mut Vec<Wrong>) {
    let settings = &entry.value;
    let mut add = |at: Option<&Node>, words: &str| {
        let span = at.map_or(entry.span, |node| node.span);
        found.push((span, format!("{section}::{}: {words}", entry.key)));
    };
    let protocols = || settings.get("protocols").map(Node::entries).unwrap_or_default().is_empty();
    match (section, kind(&entry.key)) {
        ("receivers", "otlp") if protocols() => {
            add(None, "must specify at least one protocol when using the OTLP receiver");
        }
        ("receivers", "jaeger") if protocols() => {
            add(None, "must specify at least one protocol when using the Jaeger receiver");
        }
        ("processors", "memory_limiter") => {
            if let Some((at, words)) = memory_limiter(settings) {
                add(settings.get(at), words);
            }
        }
        ("exporters", "jaeger_storage_exporter") => {
            let storage = settings.get("trace_storage");
            if storage.is_none_or(Node::is_null) || storage.and_then(text) == Some("") {
                add(storage, "TraceStorage: non zero value required");
            }
        }
        ("connectors", "span_metrics" | "spanmetrics") => span_metrics(settings, &mut add),
        ("extensions", "jaeger_query") => {
            let storage = settings.get("storage");
            let traces = storage.and_then(|storage| storage.get("traces"));
            if traces.is_none_or(Node::is_null) {
                add(storage, "Storage.TracesPrimary: non zero value required");
            }
        }
        ("extensions", "jaeger_storage") => {
            for backend in settings.get("backends").map(Node::entries).unwrap_or_default() {
                if backend.value.entries().is_empty() {
                    let words = format!("empty backend configuration for storage '{}'", backend.key);
                    add(Some(&backend.value), &words);
                }
            }
        }
        _ => {}
    }
}

/// The setting and the words of the first rule that is broken.
fn memory_limiter(settings: &Node) -> Option<(&'static str, &'static str)> {
    let get = |name| settings.get(name);
    let of = |name| number(get(name)).unwrap_or_default();
    // A value that is only known where Jaeger runs is no fault.
    let open = |name| get(name).is_some_and(|node| !node.is_null() && number(get(name)).is_none());
    if nanoseconds(get("check_interval")).is_none_or(|interval| interval <= 0) {
        return Some(("check_interval", "'check_interval' must be greater than zero"));
    }
    if ["limit_mib", "limit_percentage", "spike_limit_mib", "spike_limit_percentage"].into_iter().any(open) {
        return None;
    }
    let (limit, percentage) = (of("limit_mib"), of("limit_percentage"));
    if limit == 0 && percentage == 0 {
        return Some(("limit_mib", "'limit_mib' or 'limit_percentage' must be greater than zero"));
    }
    if percentage > 100 || of("spike_limit_percentage") > 100 {
        return Some((
            "limit_percentage",
            "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or equal to hundred",
        ));
    }
    if limit > 0 && limit <= of("spike_limit_mib") {
        return Some(("spike_limit_mib", "'spike_limit_mib' must be smaller than 'limit_mib'"));
    }
    if percentage > 0 && percentage <= of("spike_limit_percentage") {
        return Some((
            "spike_limit_percentage",
            "'spike_limit_percentage' must be smaller than 'limit_percentage'",
        ));
    }
    None
}

fn span_metrics(settings: &Node, add: &mut impl FnMut(Option<&Node>, &str)) {
    if let Some(histogram) = settings.get("histogram")
        && histogram.get("explicit").is_some()
        && histogram.get("exponential").is_some()
    {
        add(Some(histogram), "use either `explicit` or `exponential` buckets histogram");
    }
    for name in ["metrics_flush_interval", "metrics_expiration"] {
        let node = settings.get(name);
        if nanoseconds(node).is_some_and(|interval| interval < 0) {
            let given = node.and_then(text).unwrap_or_default();
            add(node, &format!("invalid {name}: {given}, the duration should be positive"));
        }
    }
}
