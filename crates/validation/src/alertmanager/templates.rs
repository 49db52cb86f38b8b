//! Templates: in files of their own, and in what is sent.

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, document, gotemplate, paths,
    place::{at, within},
};

/// The functions that Alertmanager adds to those of Go's templates.
const FUNCTIONS: [&str; 25] = [
    "append",
    "base64decode",
    "base64encode",
    "date",
    "dict",
    "humanizeDuration",
    "join",
    "list",
    "match",
    "mustToDate",
    "now",
    "reReplaceAll",
    "routeLabels",
    "safeHtml",
    "safeUrl",
    "since",
    "stringSlice",
    "title",
    "toDate",
    "toJson",
    "toLower",
    "toUpper",
    "trimSpace",
    "tz",
    "urlUnescape",
];

/// The files of templates. Alertmanager does not start with one that it cannot read; none at all is no fault.
pub(super) fn files(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for pattern in root.get("templates").map(Node::items).unwrap_or_default() {
        let Value::Scalar(text) = &pattern.value else { continue };
        if let Err(words) = paths::check(text) {
            complaints.push(at(path, pattern, Stage::Validate, words));
            continue;
        }
        for file in paths::glob(of.files, &paths::join(paths::folder(path), text)) {
            complaints.extend(file_fault(of, &file));
        }
    }
    complaints
}

fn file_fault(of: &Invocation<'_>, path: &str) -> Option<Complaint> {
    let text = match document::text(of, path) {
        Ok(text) => text?,
        Err(complaint) => return Some(complaint),
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let error = gotemplate::check(name, &text, &FUNCTIONS).err()?;
    Some(Complaint::at(path, error.line, error.column, Stage::Validate, error.message))
}

/// Texts of notifications that cannot be read: nothing says so until one is to be sent, and then none is.
pub(super) fn texts(path: &str, node: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    match &node.value {
        Value::Scalar(text) if text.contains("{{") => {
            if let Err(error) = gotemplate::check("", text, &FUNCTIONS) {
                let (line, column) = within(node, error.line, error.column);
                complaints.push(Complaint::at(path, line, column, Stage::Accepted, error.message));
            }
        }
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            for item in items {
                complaints.extend(texts(path, item));
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                complaints.extend(texts(path, &entry.value));
            }
        }
    }
    complaints
}
