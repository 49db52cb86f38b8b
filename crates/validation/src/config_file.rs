//! The configuration file of Loki and Promtail: which one it is, and what stands in it once variables are replaced.

use stack::yaml::Node;

use crate::{
    Complaint, Invocation, ReadError, Stage,
    document::{document, unreadable},
    expand::{self, Expanded},
};

/// A file that has been read.
pub(crate) struct ConfigFile {
    /// The path as the program knows it.
    pub path: String,
    /// What stands in it, with the places of the file as it is on disk; `None` for nothing.
    pub document: Option<Node>,
    /// What was replaced in a way that its owner may not expect.
    pub surprises: Vec<Complaint>,
}

/// Finds and reads the file that `-config.file` names: of several, the first that is there. An error without a complaint
/// is a file that cannot be seen from here.
pub(crate) fn read(of: &Invocation<'_>) -> Result<ConfigFile, Vec<Complaint>> {
    let paths = of.flag("config.file").unwrap_or_default();
    for path in paths.split(',').map(str::trim) {
        // Where the program's own folder is cannot be known.
        if !path.starts_with('/') {
            return Err(Vec::new());
        }
        match of.files.read(path) {
            Err(ReadError::Absent | ReadError::NotAFolder) => {}
            Err(ReadError::Hidden) => return Err(Vec::new()),
            Err(error) => return Err(vec![Complaint::whole(path, Stage::Parse, unreadable(path, &error))]),
            Ok(bytes) => return parse(of, path, bytes),
        }
    }
    let message = format!("{paths} does not exist, set config.file for custom config path");
    Err(vec![Complaint::whole(paths, Stage::Parse, message)])
}

/// Says of a value with a dollar sign that nothing replaces it.
pub(crate) fn unreplaced(of: &Invocation<'_>, complaints: &mut [Complaint]) {
    if of.switch("config.expand-env") {
        return;
    }
    for complaint in complaints.iter_mut().filter(|it| it.is_fatal() && it.message.contains("${")) {
        let hint = "variables are replaced only with -config.expand-env=true";
        complaint.hint.get_or_insert_with(|| hint.to_owned());
    }
}

fn parse(of: &Invocation<'_>, path: &str, bytes: Vec<u8>) -> Result<ConfigFile, Vec<Complaint>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        vec![Complaint::at(path, line, 0, Stage::Parse, "yaml: invalid leading UTF-8 octet")]
    })?;
    let expanded = if of.switch("config.expand-env") {
        expand::expand(&text, of.environment).map_err(|fault| {
            vec![
                Complaint::at(path, fault.line, fault.column, Stage::Parse, fault.message)
                    .hint("variables are looked for in comments too; write $$ for a dollar sign"),
            ]
        })?
    } else {
        Expanded::none(text)
    };
    let surprises = expanded.surprises(path);
    let mut document = document(path, &expanded.text).map_err(|mut complaints| {
        for complaint in &mut complaints {
            (complaint.line, complaint.column) = expanded.place(complaint.line, complaint.column);
        }
        complaints.extend(surprises.iter().cloned());
        complaints
    })?;
    if let Some(node) = &mut document {
        expanded.relocate(node);
    }
    Ok(ConfigFile { path: path.to_owned(), document, surprises })
}
