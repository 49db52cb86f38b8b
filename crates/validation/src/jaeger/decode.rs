//! Whether the values of a configuration fit the types of the components, in the words of the collector.

use std::sync::LazyLock;

use stack::yaml::{Node, Span, Value, scalar};

use crate::mapstructure::{Fault, INNER, Types, kind_of, text};

use super::components::{SECTIONS, Section, id};

/// The settings of Jaeger 2.20 on the collector 0.155.
pub(super) static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let types = Types::read(include_str!("../../schemas/jaeger.txt"));
    types.with("jaegerquery.Config", "ai", "any").with(
        "service.Config",
        "telemetry",
        "otelconftelemetry.Config",
    )
});

/// Settings that this version may know more of than the table does, which is of an older one in part.
const OLDER: [&str; 11] = [
    "jaegerquery.Config",
    "app.UIConfig",
    "kafkareceiver.Config",
    "kafkaexporter.Config",
    "config.Configuration",
    "cassandra.Options",
    "clickhouse.Configuration",
    "grpc.Config#2",
    "remotesampling.Config",
    "remotesampling.AdaptiveConfig",
    "jaegerstorage.PrometheusConfiguration",
];

/// A fault, and whether the setting may exist all the same.
pub(super) type Misfit = (Fault, bool);

/// Everything in a whole configuration that does not fit.
pub(super) fn misfits(root: &Node) -> Vec<Misfit> {
    let mut found = Vec::new();
    top(root, &mut found);
    for section in &SECTIONS {
        if let Some(node) = root.get(section.name) {
            components(node, section, &mut found);
        }
    }
    if let Some(service) = root.get("service") {
        let faults = TYPES.faults(service, "service.Config", "service", "", &custom);
        found.extend(faults.into_iter().map(doubtful));
        pipelines(service, &mut found);
    }
    found
}

fn doubtful(fault: Fault) -> Misfit {
    let older = fault.unknown.is_some_and(|(kind, _)| OLDER.contains(&kind));
    (fault, older)
}

fn certain(span: Span, words: String) -> Misfit {
    (Fault { span, words, unknown: None }, false)
}

fn top(root: &Node, found: &mut Vec<Misfit>) {
    let known = |key: &str| key == "service" || SECTIONS.iter().any(|section| section.name == key);
    let mut unknown: Vec<_> = root.entries().iter().filter(|entry| !known(&entry.key)).collect();
    unknown.sort_by(|one, other| one.key.cmp(&other.key));
    if let Some(first) = unknown.first() {
        let keys: Vec<&str> = unknown.iter().map(|entry| entry.key.as_str()).collect();
        let words = format!("'otelcol.configSettings' has invalid keys: {}", keys.join(", "));
        let names = SECTIONS.iter().map(|section| section.name).chain(["service"]);
        let nearest = crate::schema::nearest(&first.key, names);
        let unknown = Some(("otelcol.configSettings", nearest));
        found.push((Fault { span: first.span, words, unknown }, false));
    }
}

fn components(node: &Node, section: &Section, found: &mut Vec<Misfit>) {
    let name = section.name;
    if node.is_null() {
        return;
    }
    if !matches!(node.value, Value::Mapping(_)) {
        let words = format!("'{name}' expected a map or struct, got {:?}", kind_of(node));
        return found.push(certain(node.span, words));
    }
    for entry in node.entries() {
        let kind = match id(&entry.key) {
            Ok(kind) => kind,
            Err(words) => {
                found.push(certain(entry.span, format!("'{name}' '' {words}")));
                continue;
            }
        };
        let Some((_, settings)) = section.find(kind) else {
            let words = format!("'{name}' {}", section.unknown(kind, &entry.key));
            let nearest = crate::schema::nearest(kind, section.types.iter().map(|(known, _)| *known));
            found.push((Fault { span: entry.span, words, unknown: Some(("", nearest)) }, false));
            continue;
        };
        if !entry.value.is_null() && !matches!(entry.value.value, Value::Mapping(_)) {
            let got = match kind_of(&entry.value) {
                "slice" => "[]interface {}",
                other => other,
            };
            let words = format!(
                "'{name}' {INNER}'[{}]' expected type 'map[string]interface {{}}', got unconvertible type '{got}'",
                entry.key
            );
            found.push(certain(entry.value.span, words));
        } else if let Some(settings) = settings {
            let before = format!("'{name}' error reading configuration for {:?}: {INNER}", entry.key);
            // What reads its own values does so inside of this already, without a name of its own.
            let faults = TYPES.faults(&entry.value, settings, "", &before, &custom);
            found.extend(faults.into_iter().map(doubtful));
        }
    }
}

fn pipelines(service: &Node, found: &mut Vec<Misfit>) {
    for entry in service.get("pipelines").map(Node::entries).unwrap_or_default() {
        let (signal, name) = entry.key.split_once('/').unwrap_or((&entry.key, "x"));
        let words = if !matches!(signal, "traces" | "metrics" | "logs" | "profiles") {
            format!("in {:?} id: unknown pipeline signal: {signal:?}", entry.key)
        } else if name.is_empty() {
            format!("in {:?} id: the part after / should not be empty", entry.key)
        } else if name.contains(char::is_whitespace) {
            format!("in {name:?} id: invalid character(s) in name {name:?}")
        } else {
            continue;
        };
        found.push(certain(entry.span, format!("'service.pipelines' {words}")));
    }
}

/// Types with a text of their own.
fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    let one_of = |known: &[&str], words: &str| {
        let text = text(node)?;
        let known = known.contains(&text.to_lowercase().as_str());
        Some(if known { Ok(()) } else { Err(format!("{words} {text:?}")) })
    };
    match kind {
        "component.ID" => match (text(node), scalar::resolve(node)) {
            (Some(text), _) => Some(id(text).map(|_| ())),
            (None, Some(_)) => Some(Err(format!("expected a map or struct, got {:?}", kind_of(node)))),
            _ => Some(Ok(())),
        },
        "zapcore.Level" => {
            one_of(&["debug", "info", "warn", "error", "dpanic", "panic", "fatal", ""], "unrecognized level:")
        }
        "configtelemetry.Level" => {
            one_of(&["none", "basic", "normal", "detailed", ""], "unknown metrics level")
        }
        _ => None,
    }
}
