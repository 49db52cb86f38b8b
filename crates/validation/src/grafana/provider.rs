//! Files that say where dashboards are, and the dashboards found there.

use stack::yaml::Node;

use crate::{Complaint, Files, Invocation, ReadError, Stage, document, json};

use super::{
    dashboard::{self, Dashboard},
    file, provisioning_files,
    source::{Source, field},
};

/// How deep folders of dashboards may nest.
const MAX_DEPTH: usize = 16;

struct Provider {
    path: String,
    /// Where its folder is named.
    at: (usize, usize),
    folder: String,
}

/// Grafana only logs what is wrong with dashboards, so nothing here keeps it from starting.
pub(super) fn check(of: &Invocation<'_>, sources: &[Source]) -> Vec<Complaint> {
    let paths = match provisioning_files(of, "dashboards") {
        Ok(paths) => paths,
        Err(complaint) => return vec![complaint],
    };
    let mut complaints = Vec::new();
    let mut providers: Vec<Provider> = Vec::new();
    for path in paths {
        match file::read(of, &path, "dashboards", Stage::Accepted) {
            Ok(Some(content)) => {
                complaints.extend(content.complaints);
                for each in content.node.get("providers").map_or(&[][..], Node::items) {
                    providers.extend(provider(&path, each, &mut complaints));
                }
            }
            Ok(None) => {}
            Err(found) => complaints.extend(found),
        }
    }
    let mut dashboards: Vec<Dashboard> = Vec::new();
    for each in providers {
        match files(of.files, &each.folder, 0) {
            Ok(files) => {
                for file in files {
                    // Two providers may look into the same folder.
                    if dashboards.iter().any(|it| it.path == file) {
                        continue;
                    }
                    match read(of, &file) {
                        Ok(found) => dashboards.extend(found),
                        Err(complaint) => complaints.push(complaint),
                    }
                }
            }
            Err(ReadError::Hidden) => {}
            Err(error) => {
                let reason = match error {
                    ReadError::NotAFolder => format!("{} is not a directory", each.folder),
                    ReadError::Absent => format!("stat {}: no such file or directory", each.folder),
                    other => document::unreadable(&each.folder, &other),
                };
                complaints.push(Complaint::at(&each.path, each.at.0, each.at.1, Stage::Accepted, reason));
            }
        }
    }
    complaints.extend(dashboard::check(&dashboards, sources));
    complaints
}

fn provider(path: &str, node: &Node, complaints: &mut Vec<Complaint>) -> Option<Provider> {
    let mut accepted = |at: &Node, message: String| {
        complaints.push(Complaint::at(path, at.span.line, at.span.column, Stage::Accepted, message));
    };
    let kind = field(node, "type").unwrap_or_default();
    if !matches!(kind, "" | "file") {
        accepted(node.get("type").unwrap_or(node), format!("type {kind} is not supported"));
        return None;
    }
    // The older name of the same option.
    let options = node.get("options");
    let place = options.and_then(|options| options.get("path").or_else(|| options.get("folder")));
    let folder = options.and_then(|options| field(options, "path").or_else(|| field(options, "folder")));
    let (Some(place), Some(folder)) = (place, folder) else {
        accepted(options.unwrap_or(node), "failed to load dashboards, path param is not a string".to_owned());
        return None;
    };
    let at = (place.span.line, place.span.column);
    Some(Provider { path: path.to_owned(), at, folder: folder.trim_end_matches('/').to_owned() })
}

/// The JSON files below a folder. Folders whose name begins with a dot are left out.
fn files(of: &dyn Files, folder: &str, depth: usize) -> Result<Vec<String>, ReadError> {
    let mut found = Vec::new();
    for name in of.list(folder)? {
        let path = format!("{folder}/{name}");
        if matches!(name.rsplit_once('.'), Some((_, "json"))) {
            found.push(path);
        } else if !name.starts_with('.') && depth < MAX_DEPTH {
            // Other files are no folders.
            found.extend(files(of, &path, depth + 1).unwrap_or_default());
        }
    }
    Ok(found)
}

fn read(of: &Invocation<'_>, path: &str) -> Result<Option<Dashboard>, Complaint> {
    let accepted = |complaint: Complaint| Complaint { stage: Stage::Accepted, ..complaint };
    let Some(text) = document::text(of, path).map_err(accepted)? else { return Ok(None) };
    match json::parse(text.trim_start_matches('\u{feff}')) {
        Ok(node) => Ok(Some(Dashboard { path: path.to_owned(), node })),
        Err(error) => Err(Complaint::at(path, error.line, error.column, Stage::Accepted, error.message)),
    }
}
