//! Provisioning files: their fields, and their values with the variables replaced.

use std::sync::LazyLock;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, document,
    schema::{Misfit, Schema, mismatch},
};

use super::expand::Expansion;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(include_str!("../../schemas/grafana.txt")));

/// A file that Grafana can read.
pub(super) struct Content {
    pub(super) node: Node,
    /// Whether it is of the form from before there were versions.
    pub(super) is_old: bool,
    pub(super) complaints: Vec<Complaint>,
}

/// Reads a file; nothing when it is empty or cannot be seen from here. A fault that keeps Grafana from reading it is of
/// the given stage.
pub(super) fn read(
    of: &Invocation<'_>,
    path: &str,
    kind: &str,
    stage: Stage,
) -> Result<Option<Content>, Vec<Complaint>> {
    let staged = |complaint: Complaint| Complaint { stage: complaint.stage.max(stage), ..complaint };
    let text = document::text(of, path).map_err(|complaint| vec![staged(complaint)])?;
    let Some(text) = text else { return Ok(None) };
    let node =
        document::document(path, &text).map_err(|all| all.into_iter().map(staged).collect::<Vec<_>>())?;
    let Some(node) = node.filter(|node| !node.is_null()) else { return Ok(None) };
    let version = node.get("apiVersion").filter(|it| !it.is_null());
    let is_old = version.is_none_or(|it| matches!(&it.value, Value::Scalar(text) if text == "0"));
    if is_old {
        let what = kind.trim_end_matches('s');
        let message = format!("[Deprecated] the {what} provisioning config is outdated. please upgrade");
        let complaint = Complaint::at(path, node.span.line, node.span.column, Stage::Accepted, message);
        let complaints =
            vec![complaint.hint("apiVersion: 1 is missing, without which most fields are not read")];
        return Ok(Some(Content { node, is_old, complaints }));
    }
    let mut expansion = Expansion::new(of, path);
    let node = expansion.node(&node);
    let mut complaints: Vec<Complaint> = expansion.complaints.into_iter().map(staged).collect();
    let misfits = SCHEMA.misfits(&node, kind, &custom);
    complaints.extend(misfits.into_iter().map(|it| misfit(path, it, stage)));
    if stage == Stage::Parse && complaints.iter().any(|it| it.stage == stage) {
        return Err(complaints);
    }
    Ok(Some(Content { node, is_old, complaints }))
}

/// Nothing is strict here: what Grafana does not know, it leaves out.
fn misfit(path: &str, it: Misfit, stage: Stage) -> Complaint {
    let (stage, message) = if it.unknown_field {
        (Stage::Accepted, it.message)
    } else {
        (stage, format!("yaml: unmarshal errors: {}", it.message))
    };
    let complaint = Complaint::at(path, it.span.line, it.span.column, stage, message);
    match it.nearest {
        Some(nearest) => complaint.hint(format!("did you mean {nearest}?")),
        None => complaint,
    }
}

/// Values come as texts, since variables may stand in all of them.
fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    if !matches!(kind, "text" | "flag" | "number") {
        return None;
    }
    let Value::Scalar(text) = &node.value else { return Some(Err(mismatch(node, "string").message)) };
    Some(match kind {
        "flag" if !text.is_empty() && bool(text).is_none() => {
            Err(format!("strconv.ParseBool: parsing {text:?}: invalid syntax"))
        }
        "number" if !text.is_empty() && text.parse::<i64>().is_err() => {
            Err(format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
        }
        _ => Ok(()),
    })
}

/// Go's `strconv.ParseBool`.
pub(super) fn bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
