//! Groups of targets, in the configuration and in files of their own.

use stack::yaml::{Node, Style, Value, scalar};

use crate::{
    Complaint, Invocation, ReadError, Stage, document, paths,
    place::{at, text},
};

use super::types;

/// A target that is an address of a page rather than of a host.
pub(super) fn address(path: &str, group: &Node, stage: Stage) -> Option<Complaint> {
    if let Some(fault) = label(path, group, stage) {
        return Some(fault);
    }
    let target = group
        .get("targets")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .find(|target| matches!(&target.value, Value::Scalar(address) if address.contains('/')))?;
    let Value::Scalar(address) = &target.value else { return None };
    Some(at(path, target, stage, format!("{address:?} is not a valid hostname")))
}

/// A label without a name.
pub(super) fn label(path: &str, group: &Node, stage: Stage) -> Option<Complaint> {
    let nameless = group.get("labels")?.entries().iter().find(|label| label.key.is_empty())?;
    let words = "\"\" is not a valid label name";
    Some(Complaint::at(path, nameless.span.line, nameless.span.column, stage, words))
}

/// The files that a discovery reads. Prometheus starts with a bad one, says so in its log, and has none of its targets.
pub(super) fn files(of: &Invocation<'_>, path: &str, one: &Node, relabelled: bool) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for name in one.get("files").map(Node::items).unwrap_or_default() {
        let Value::Scalar(pattern) = &name.value else { continue };
        let pattern = paths::join(paths::folder(path), pattern);
        let found = if paths::is_pattern(&pattern) { paths::glob(of.files, &pattern) } else { vec![pattern] };
        for file in found {
            complaints.extend(target_file(of, &file, relabelled));
        }
    }
    for complaint in &mut complaints {
        complaint.stage = Stage::Accepted;
    }
    complaints
}

fn target_file(of: &Invocation<'_>, path: &str, relabelled: bool) -> Vec<Complaint> {
    // A file that is not there yet may come at any time.
    if of.files.read(path) == Err(ReadError::Absent) {
        return Vec::new();
    }
    let text = match document::text(of, path) {
        Ok(Some(text)) => text,
        Ok(None) => return Vec::new(),
        Err(complaint) => return vec![complaint],
    };
    let json = path.to_lowercase().ends_with(".json");
    let node = if json {
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            return vec![Complaint::at(path, error.line(), error.column(), Stage::Parse, words)];
        }
        // JSON is YAML but for its tabs.
        match document::document(path, &text.replace('\t', " ")) {
            Ok(Some(node)) => node,
            _ => return Vec::new(),
        }
    } else {
        match document::document(path, &text) {
            Ok(Some(node)) => node,
            Ok(None) => return Vec::new(),
            Err(complaints) => return complaints,
        }
    };
    let misfits = types::misfits(of, path, &node, "[]static.Group");
    if !misfits.is_empty() {
        return misfits.into_iter().map(|it| if json { in_json(it) } else { it }).collect();
    }
    let mut complaints = Vec::new();
    for (index, group) in node.items().iter().enumerate() {
        if group.is_null() {
            let words = format!("nil target group item found (index {index})");
            complaints.push(at(path, group, Stage::Validate, words));
        }
        complaints.extend(if relabelled {
            label(path, group, Stage::Parse)
        } else {
            address(path, group, Stage::Validate)
        });
        if json {
            complaints.extend(no_text(path, group));
        }
    }
    complaints
}

/// The words for a field that is not known, as JSON's reader says them.
fn in_json(mut complaint: Complaint) -> Complaint {
    if let Some(rest) = complaint.message.strip_prefix("field ")
        && let Some((field, _)) = rest.split_once(" not found in type ")
    {
        complaint.message = format!("json: unknown field {field:?}");
    }
    complaint
}

/// In JSON a value of a label must be a text.
fn no_text(path: &str, group: &Node) -> Option<Complaint> {
    let label = group.get("labels")?.entries().iter().find(|label| {
        label.value.style == Style::Plain && scalar::resolve(&label.value) != Some(scalar::Scalar::Null)
    })?;
    let kind = match text(group.get("labels")?, &label.key) {
        Some("true" | "false") => "bool",
        _ => "number",
    };
    let words =
        format!("json: cannot unmarshal {kind} into Go struct field .labels of type model.LabelValue");
    Some(at(path, &label.value, Stage::Parse, words))
}
