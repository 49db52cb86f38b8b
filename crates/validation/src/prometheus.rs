//! Prometheus: its flags, its configuration, its rules and its files of targets.

mod config;
mod discovery;
mod flags;
pub(crate) mod relabel;
mod rules;
mod scrape;
mod targets;
#[cfg(test)]
mod tests;
mod types;

use stack::yaml::Node;

use crate::{Complaint, Invocation, document, promql};

/// Where the image's own command looks.
const IMAGES_FILE: &str = "/etc/prometheus/prometheus.yml";

/// What is wrong with the files and flags that Prometheus is started with.
pub(crate) fn check(invocation: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = flags::check(invocation);
    let path = match invocation.flag("config.file") {
        Some(path) => path,
        None if invocation.arguments.is_empty() => IMAGES_FILE,
        // It would be looked for in the folder that the container starts in, which is not known here.
        None => return complaints,
    };
    if path.starts_with('/') {
        complaints.extend(config::check(invocation, path));
    }
    complaints
}

/// What is wrong with a file of rules, by itself, as `promtool check rules` would say.
pub fn rules(invocation: &Invocation<'_>, path: &str) -> Vec<Complaint> {
    rules::check(invocation, path)
}

/// The document of a file; `None` when it cannot be seen from here or has none.
fn read(invocation: &Invocation<'_>, path: &str) -> Result<Option<Node>, Vec<Complaint>> {
    match document::text(invocation, path).map_err(|complaint| vec![complaint])? {
        Some(text) => document::document(path, &text),
        None => Ok(None),
    }
}

/// What the program is told to read by `--enable-feature`.
fn features(invocation: &Invocation<'_>) -> promql::Features {
    promql::Features::named(flags::values(invocation, "enable-feature").flat_map(|value| value.split(',')))
}
