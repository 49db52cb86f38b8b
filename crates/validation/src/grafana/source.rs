//! Data sources, as the links and panels that name them need to know them.

use stack::yaml::{Node, Value};

/// A provisioned data source.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) uid: String,
    pub(crate) name: String,
    /// The type, such as `loki`.
    pub(crate) kind: String,
    pub(crate) is_default: bool,
}

/// What Grafana brings along.
const BUILT_IN: [&str; 8] = [
    "grafana",
    "-- Grafana --",
    "-- Mixed --",
    "-- Dashboard --",
    "__expr__",
    "datasource",
    "-100",
    "grafana-dashboard",
];

/// What a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A source of this type.
    Kind(&'a str),
    /// Something without a query language.
    BuiltIn,
    /// Nothing.
    Absent,
}

/// The source of a uid; before they had uids, of a name. Without any source nothing is said, since they may be kept in
/// Grafana's database.
pub(crate) fn by_uid<'a>(sources: &'a [Source], uid: &str) -> Found<'a> {
    match sources.iter().find(|it| it.uid == uid).or_else(|| sources.iter().find(|it| it.name == uid)) {
        Some(source) => Found::Kind(&source.kind),
        None if sources.is_empty() || BUILT_IN.contains(&uid) => Found::BuiltIn,
        None => Found::Absent,
    }
}

/// The text of a node that is one.
pub(crate) fn text(node: &Node) -> Option<&str> {
    if let Value::Scalar(text) = &node.value { Some(text) } else { None }
}

/// The text under a key.
pub(crate) fn field<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).filter(|it| !it.is_null()).and_then(text)
}
