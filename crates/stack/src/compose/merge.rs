//! Several files (or documents) into one: the later one is laid over the earlier one by compose's rules.

use std::collections::HashMap;

use super::error::{LoadErrorKind, Problems};
use crate::yaml::{
    Entry, Node, Value,
    scalar::{self, Scalar},
};

/// Lays `over` over `base`. Mappings merge deeply, lists append, other values replace; some keys have
/// rules of their own. The tags `!override` and `!reset` replace and remove.
pub(super) fn merge(base: &mut Node, over: Node, problems: &Problems) {
    merge_at(base, over, &mut Vec::new(), problems);
}

/// Removes what `!reset` marks and nothing had to be removed for.
pub(super) fn strip_resets(node: &mut Node) {
    match &mut node.value {
        Value::Mapping(entries) => {
            entries.retain(|entry| !is_tagged(&entry.value, "!reset"));
            for entry in entries {
                strip_resets(&mut entry.value);
            }
        }
        Value::Sequence(items) => {
            items.retain(|item| !is_tagged(item, "!reset"));
            items.iter_mut().for_each(strip_resets);
        }
        Value::Scalar(_) => {}
    }
}

fn merge_at(base: &mut Node, over: Node, path: &mut Vec<String>, problems: &Problems) {
    if is_tagged(&over, "!override") {
        *base = over;
        return;
    }
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["services", _, "command" | "entrypoint"]
        | ["services", _, "healthcheck", "test"]
        | ["services", _, "ulimits", _] => *base = over,
        ["services", _, "environment" | "labels" | "annotations" | "sysctls"]
        | ["networks" | "volumes", _, "labels"] => {
            merge_mappings(pairs_to_mapping(base), over_as(over, pairs_to_mapping), base, path, problems);
        }
        ["services", _, "depends_on" | "networks"] => {
            let convert = if names[2] == "networks" { names_to_nulls } else { names_to_dependencies };
            merge_mappings(convert(base), over_as(over, convert), base, path, problems);
        }
        ["services", _, "dns" | "tmpfs" | "env_file"] => {
            let items = [to_items(base.clone()), to_items(over)].concat();
            base.value = Value::Sequence(items);
        }
        ["services", _, "extra_hosts"] => {
            let mut hosts = hosts(base.clone());
            for host in self::hosts(over) {
                if !hosts.iter().any(|known| known.value == host.value) {
                    hosts.push(host);
                }
            }
            base.value = Value::Sequence(hosts);
        }
        ["services", _, "logging"] if drivers_differ(base, &over) => *base = over,
        _ if over.is_null() => {}
        _ => match (&mut base.value, over.value) {
            (Value::Mapping(_), Value::Mapping(entries)) => {
                let own = std::mem::replace(&mut base.value, Value::Mapping(Vec::new()));
                let Value::Mapping(own) = own else { return };
                merge_mappings(own, entries, base, path, problems);
            }
            (Value::Sequence(items), Value::Sequence(more)) => items.extend(more),
            (Value::Scalar(_), value) => {
                *base = Node { value, span: over.span, tag: over.tag, style: over.style };
            }
            _ => {
                let message = "a list and a mapping cannot be merged with something else";
                problems.error(over.span, path.join("."), LoadErrorKind::Value, message);
            }
        },
    }
}

fn merge_mappings(
    own: Vec<Entry>,
    over: Vec<Entry>,
    target: &mut Node,
    path: &mut Vec<String>,
    problems: &Problems,
) {
    let mut places: HashMap<String, usize> =
        own.iter().enumerate().map(|(place, entry)| (entry.key.clone(), place)).collect();
    let mut merged: Vec<Option<Entry>> = own.into_iter().map(Some).collect();
    for entry in over {
        let Some(known) = places.get(&entry.key).and_then(|place| merged.get_mut(*place)) else {
            places.insert(entry.key.clone(), merged.len());
            merged.push(Some(entry));
            continue;
        };
        if is_tagged(&entry.value, "!reset") {
            *known = None;
        } else if let Some(known) = known {
            path.push(entry.key);
            merge_at(&mut known.value, entry.value, path, problems);
            path.pop();
        }
    }
    target.value = Value::Mapping(merged.into_iter().flatten().collect());
}

fn is_tagged(node: &Node, tag: &str) -> bool {
    node.tag.as_deref() == Some(tag)
}

fn over_as(over: Node, convert: fn(&mut Node) -> Vec<Entry>) -> Vec<Entry> {
    let mut over = over;
    convert(&mut over)
}

/// `KEY=value` lines as a mapping.
fn pairs_to_mapping(node: &mut Node) -> Vec<Entry> {
    list_to_mapping(node, |text, item| match text.split_once('=') {
        Some((key, value)) => (key.to_owned(), Node::text(value, item.span)),
        None => (text.to_owned(), Node::null(item.span)),
    })
}

fn names_to_nulls(node: &mut Node) -> Vec<Entry> {
    list_to_mapping(node, |text, item| (text.to_owned(), Node::null(item.span)))
}

fn names_to_dependencies(node: &mut Node) -> Vec<Entry> {
    list_to_mapping(node, |text, item| (text.to_owned(), Node::mapping(Vec::new(), item.span)))
}

fn list_to_mapping(node: &mut Node, convert: impl Fn(&str, &Node) -> (String, Node)) -> Vec<Entry> {
    match std::mem::replace(&mut node.value, Value::Mapping(Vec::new())) {
        Value::Mapping(entries) => entries,
        Value::Scalar(_) => Vec::new(),
        Value::Sequence(items) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
            let mut places: HashMap<String, usize> = HashMap::new();
            for item in items {
                let (key, value) = convert(&scalar::as_text(&item).unwrap_or_default(), &item);
                let entry = Entry { key, span: item.span, value };
                if let Some(place) = places.get(&entry.key) {
                    entries[*place] = entry;
                } else {
                    places.insert(entry.key.clone(), entries.len());
                    entries.push(entry);
                }
            }
            entries
        }
    }
}

fn to_items(node: Node) -> Vec<Node> {
    match node.value {
        Value::Sequence(items) => items,
        _ if node.is_null() => Vec::new(),
        _ => vec![node],
    }
}

/// `extra_hosts` as lines.
fn hosts(node: Node) -> Vec<Node> {
    let Value::Mapping(entries) = node.value else { return to_items(node) };
    entries
        .into_iter()
        .flat_map(|Entry { key, span, value }| {
            to_items(value).into_iter().map(move |address| {
                let address = scalar::as_text(&address).unwrap_or_default();
                Node::text(format!("{key}={address}"), span)
            })
        })
        .collect()
}

fn drivers_differ(base: &Node, over: &Node) -> bool {
    let driver = |node: &Node| match node.get("driver").and_then(scalar::resolve) {
        Some(Scalar::Text(text)) => Some(text.to_owned()),
        _ => None,
    };
    matches!((driver(base), driver(over)), (Some(base), Some(over)) if base != over)
}
