//! A configuration file as it comes in: found, readable, a text, and YAML.

use stack::yaml::{self, Node};

use crate::{Complaint, Invocation, ReadError, Stage, go_yaml, schema::Misfit};

/// The text of a file. `None` when it cannot be seen from here, which is no fault.
pub fn text(of: &Invocation<'_>, path: &str) -> Result<Option<String>, Complaint> {
    match of.files.read(path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.split(|byte| *byte == b'\n').count();
            Complaint::at(path, line, 0, Stage::Parse, "yaml: invalid leading UTF-8 octet")
        }),
        Err(ReadError::Hidden) => Ok(None),
        Err(error) => Err(Complaint::whole(path, Stage::Parse, unreadable(path, &error))),
    }
}

/// Go's words for a file that cannot be read.
pub fn unreadable(path: &str, error: &ReadError) -> String {
    match error {
        ReadError::Folder => format!("read {path}: is a directory"),
        error => format!("open {path}: {error}"),
    }
}

/// The one document of a YAML text; `None` for an empty one. An error without a complaint is a text that only our own
/// reader does not understand.
pub fn document(path: &str, text: &str) -> Result<Option<Node>, Vec<Complaint>> {
    let errors = match yaml::parse(text, 0) {
        Ok(documents) if go_yaml::passed_over_tab(text).is_none() => return Ok(documents.into_iter().next()),
        Ok(_) => Vec::new(),
        Err(errors) => errors,
    };
    // Before our own reader's first fault, or where it has none.
    let tab = go_yaml::passed_over_tab(text);
    let first = errors.first().map_or(usize::MAX, |error| error.span.line);
    if let Some((line, words)) = tab.filter(|(line, _)| *line <= first) {
        let hint = "this line is indented with a tab; YAML wants spaces";
        return Err(vec![Complaint::at(path, line, 1, Stage::Parse, words).hint(hint)]);
    }
    let complaint = |error: &yaml::YamlError| {
        let words = go_yaml::said(text, error)?;
        let complaint = Complaint::at(path, error.span.line, error.span.column, Stage::Parse, words);
        // Ours is mostly plainer.
        let same = complaint.message.ends_with(&error.message);
        Some(if same { complaint } else { complaint.hint(error.message.as_str()) })
    };
    Err(errors.iter().filter_map(complaint).collect())
}

/// What does not fit the types, as complaints. A field that is not known is no fault at another version.
pub fn misfits(of: &Invocation<'_>, path: &str, misfits: Vec<Misfit>) -> Vec<Complaint> {
    let known = of.knows_fields();
    let complaint = |it: Misfit| {
        let stage = if it.unknown_field && !known { Stage::Accepted } else { Stage::Parse };
        let complaint = Complaint::at(path, it.span.line, it.span.column, stage, it.message);
        match it.nearest {
            Some(nearest) => complaint.hint(format!("did you mean {nearest}?")),
            None => complaint,
        }
    };
    misfits.into_iter().map(complaint).collect()
}
