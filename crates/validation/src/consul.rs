//! Consul's agent, and the file of values that its store begins with.

mod flags;
mod rules;
mod seed;
mod services;
mod sources;
#[cfg(test)]
mod tests;

use crate::{Complaint, Invocation, Stage};

pub use seed::seed;

use self::{
    flags::Flags,
    sources::{COMMAND, Sources},
};

/// What `consul agent …` or `consul validate …` would refuse.
pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let Some((verb, arguments)) = of.arguments.split_first() else { return Vec::new() };
    let agent = match verb.as_str() {
        "agent" => true,
        "validate" => false,
        _ => return Vec::new(),
    };
    let flags = match Flags::read(arguments, agent) {
        Ok(flags) => flags,
        Err(words) => return vec![Complaint::whole(COMMAND, Stage::Parse, words)],
    };
    if !agent && flags.paths.is_empty() {
        return vec![Complaint::whole(
            COMMAND,
            Stage::Parse,
            "Must specify at least one config file or directory",
        )];
    }
    let sources = match Sources::read(of, &flags, agent) {
        Ok(sources) => sources,
        Err(complaint) => return vec![complaint],
    };
    let mut found = sources.misfits(of);
    if !found.iter().any(Complaint::is_fatal) {
        found.extend(rules::check(&sources, &flags, agent));
    }
    found
}

/// The whole of what Consul prints for a complaint, after its `==> ` or `Config validation failed: `.
pub fn printed(complaint: &Complaint) -> String {
    let Complaint { file, message, stage, .. } = complaint;
    let listed = || format!("1 error occurred:\n\t* {message}\n\n");
    match stage {
        Stage::Parse if message.starts_with("invalid config key ") => {
            format!("failed to parse {file}: {}", listed())
        }
        Stage::Parse if message.starts_with('\'') => {
            format!("failed to parse {file}: {}{message}", crate::mapstructure::INNER)
        }
        Stage::Parse
            if message.starts_with("config: ") || message.starts_with("file ") || file == COMMAND =>
        {
            message.clone()
        }
        Stage::Parse => format!("failed to parse {file}: {message}"),
        _ if rules::LISTED.iter().any(|words| message.contains(words)) => listed(),
        _ => message.clone(),
    }
}
