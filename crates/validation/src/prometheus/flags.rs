//! Prometheus' flags, as far as a wrong value is beyond doubt.

use crate::{Complaint, Invocation, Stage, duration};

use super::types;

/// Where a fault of a flag is: the command line, which is no file.
const COMMAND: &str = "command";

/// What the first blocks on disk cover, and so the least that is kept whatever is asked.
const BLOCK: u64 = 2 * 3_600_000;

/// Every value of a flag that may be given more than once.
pub(super) fn values<'a>(of: &Invocation<'a>, name: &'a str) -> impl Iterator<Item = &'a str> {
    let words = of.arguments;
    words.iter().enumerate().filter_map(move |(index, word)| {
        let bare = word.strip_prefix("--")?.strip_prefix(name)?;
        match bare.strip_prefix('=') {
            Some(value) => Some(value),
            None if bare.is_empty() => words.get(index + 1).map(String::as_str),
            None => None,
        }
    })
}

pub(super) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut say = |stage, words: String| complaints.push(Complaint::whole(COMMAND, stage, words));
    for name in [
        "storage.tsdb.retention.time",
        "config.auto-reload-interval",
        "query.timeout",
        "query.lookback-delta",
        "rules.alert.for-outage-tolerance",
        "rules.alert.for-grace-period",
        "rules.alert.resend-delay",
        "web.read-timeout",
        "storage.remote.flush-deadline",
    ] {
        let Some(value) = of.flag(name) else { continue };
        match duration::prometheus(value) {
            Err(words) => say(Stage::Parse, words),
            Ok(length) if name == "storage.tsdb.retention.time" && length > 0 && length < BLOCK => {
                say(
                    Stage::Accepted,
                    format!("{name} {value} is less than one block of 2h, which is kept anyway"),
                );
            }
            Ok(_) => {}
        }
    }
    if let Some(value) = of.flag("storage.tsdb.retention.size")
        && let Err(words) = types::bytes(value)
    {
        say(Stage::Parse, words);
    }
    if let Some(level) = of.flag("log.level")
        && !["debug", "info", "warn", "error"].contains(&level.to_lowercase().as_str())
    {
        say(Stage::Parse, format!("unrecognized log level {level}"));
    }
    if let Some(format) = of.flag("log.format")
        && !["logfmt", "json"].contains(&format.to_lowercase().as_str())
    {
        say(Stage::Parse, format!("unrecognized log format {format}"));
    }
    complaints
}
