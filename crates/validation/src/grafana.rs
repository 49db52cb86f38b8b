//! Grafana's provisioning: data sources, the links between them, and dashboards.
//!
//! Grafana ends when it cannot use a file of data sources. Everything else it takes as it is: a bad dashboard is a line
//! in its log, a bad query an empty panel, a bad regular expression a link that is not there.

mod dashboard;
mod data_links;
mod datasources;
mod derived;
mod expand;
mod file;
mod panel;
mod provider;
mod query;
mod settings;
mod source;
mod templating;
#[cfg(test)]
mod tests;
mod trace_links;
mod variables;

use crate::{Complaint, Invocation, ReadError, Stage, document};
pub(crate) use query::Language;
pub(crate) use source::{Found, Source, by_uid, text};

/// Where the image keeps its provisioning.
const PROVISIONING: &str = "/etc/grafana/provisioning";

pub(crate) fn check(invocation: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = settings::check(invocation);
    let (sources, found) = datasources::check(invocation);
    complaints.extend(found);
    complaints.extend(provider::check(invocation, &sources));
    complaints
}

/// The data sources that are provisioned.
pub(crate) fn sources(invocation: &Invocation<'_>) -> Vec<Source> {
    datasources::check(invocation).0
}

/// The files of one kind of provisioning, by their whole paths. What cannot be seen from here has none.
fn provisioning_files(of: &Invocation<'_>, kind: &str) -> Result<Vec<String>, Complaint> {
    let root = of.environment.get("GF_PATHS_PROVISIONING").map_or(PROVISIONING, String::as_str);
    let folder = format!("{}/{kind}", root.trim_end_matches('/'));
    match of.files.list(&folder) {
        Ok(names) => {
            let is_yaml = |name: &String| matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml")));
            Ok(names.into_iter().filter(is_yaml).map(|name| format!("{folder}/{name}")).collect())
        }
        Err(ReadError::Hidden | ReadError::Absent) => Ok(Vec::new()),
        Err(error) => {
            let reason = match error {
                ReadError::NotAFolder => format!("fdopendir {folder}: not a directory"),
                other => document::unreadable(&folder, &other),
            };
            Err(Complaint::whole(&folder, Stage::Accepted, reason))
        }
    }
}
