//! Alertmanager: its flags, its configuration and its templates.

mod config;
pub mod inhibition;
mod integrations;
mod matchers;
mod templates;
#[cfg(test)]
mod tests;
mod times;
mod types;

use crate::{Complaint, Invocation, Stage, duration};

/// Where the image's own command looks.
const IMAGES_FILE: &str = "/etc/alertmanager/alertmanager.yml";

/// What is wrong with the files and flags that Alertmanager is started with.
pub(crate) fn check(invocation: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = flags(invocation);
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

fn flags(of: &Invocation<'_>) -> Vec<Complaint> {
    let refused = |words: String| Complaint::whole("command", Stage::Parse, words);
    let mut complaints = Vec::new();
    for name in ["data.retention", "data.maintenance-interval", "alerts.gc-interval"] {
        if let Some(Err(words)) = of.flag(name).map(duration::go) {
            complaints.push(refused(words));
        }
    }
    let known = |value: &str, words: &[&str]| words.contains(&value.to_lowercase().as_str());
    if let Some(level) = of.flag("log.level").filter(|it| !known(it, &["debug", "info", "warn", "error"])) {
        complaints.push(refused(format!("unrecognized log level {level}")));
    }
    if let Some(format) = of.flag("log.format").filter(|it| !known(it, &["logfmt", "json"])) {
        complaints.push(refused(format!("unrecognized log format {format}")));
    }
    complaints
}
