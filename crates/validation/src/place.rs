//! Places in texts that stand in a YAML file, such as a template or an expression.

use stack::yaml::{Entry, Node, Style, Value};

use crate::{Complaint, Stage};

/// The line and column in the file of a line and column of a text in it. The column is 0 where it is not known: lines
/// that were folded into one do not say where they were broken.
pub(crate) fn within(node: &Node, line: usize, column: usize) -> (usize, usize) {
    let (begin, indent) = (node.span.line, node.span.column);
    match (node.style, &node.value) {
        (Style::Block, Value::Scalar(text)) => {
            // The node begins at the first line that is not empty.
            let empty = text.len() - text.trim_start_matches('\n').len();
            let folded = !text.trim_end_matches('\n').contains('\n');
            let column = if folded { 0 } else { indent + column.max(1) - 1 };
            (begin + line.max(1) - 1 - empty.min(begin - 1), column)
        }
        (Style::Quoted, _) if line <= 1 => (begin, indent + column),
        (Style::Plain, _) if line <= 1 => (begin, indent + column.max(1) - 1),
        _ => (begin, indent),
    }
}

/// An entry of a mapping with its key.
pub(crate) fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    node.entries().iter().find(|entry| entry.key == key)
}

/// The text under a key; nothing when it is empty or no text.
pub(crate) fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    let node = node.get(key).filter(|node| !node.is_null())?;
    match &node.value {
        Value::Scalar(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Whether something stands under a key.
pub(crate) fn has(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|value| !value.is_null())
}

/// A fault at a node.
pub(crate) fn at(path: &str, node: &Node, stage: Stage, message: impl Into<String>) -> Complaint {
    Complaint::at(path, node.span.line, node.span.column, stage, message)
}

/// A fault at the value of a key, or at the mapping when the key is not there.
pub(crate) fn at_key(
    path: &str,
    node: &Node,
    key: &str,
    stage: Stage,
    message: impl Into<String>,
) -> Complaint {
    at(path, node.get(key).unwrap_or(node), stage, message)
}
