//! Jaeger 2, which is an OpenTelemetry collector with storages of its own.

mod components;
mod config;
mod decode;
mod expand;
mod service;
mod start;
#[cfg(test)]
mod tests;

use stack::yaml::{Node, Span};

use crate::{Complaint, Invocation, Stage};

use self::config::{Config, RESOLVE};

/// What `jaeger --config …` or `jaeger validate --config …` would refuse.
pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let config = match config::read(of) {
        Ok(Some(config)) => config,
        Ok(None) => return Vec::new(),
        Err(refused) => return refused,
    };
    let Some(root) = &config.root else {
        let words = "empty configuration file\nservice::pipelines: service must have at least one pipeline";
        let file = config.files.first().map_or("", String::as_str);
        return vec![Complaint::whole(file, Stage::Validate, words)];
    };
    // What flags set on top may be just what is missing in the files.
    let whole = !of.arguments.iter().any(|word| word.trim_start_matches('-').starts_with("set"));
    let mut found = misfits(of, &config, root);
    if whole && !found.iter().any(Complaint::is_fatal) {
        found.extend(
            service::check(root)
                .into_iter()
                .map(|(span, words)| complaint(&config, span, Stage::Validate, words)),
        );
    }
    if whole && !found.iter().any(Complaint::is_fatal) {
        found.extend(start::check(of, &config, root));
    }
    found.extend(config.warnings);
    found
}

fn complaint(config: &Config, span: Span, stage: Stage, words: impl Into<String>) -> Complaint {
    let file = config.files.get(span.file).map_or("", String::as_str);
    Complaint::at(file, span.line, span.column, stage, words)
}

fn misfits(of: &Invocation<'_>, config: &Config, root: &Node) -> Vec<Complaint> {
    let known = of.knows_fields();
    let found = decode::misfits(root).into_iter().map(|(fault, doubtful)| {
        let excused = fault.unknown.is_some() && (doubtful || !known);
        let stage = if excused { Stage::Accepted } else { Stage::Parse };
        let complaint = complaint(config, fault.span, stage, fault.words);
        match fault.unknown.and_then(|(_, nearest)| nearest) {
            Some(nearest) => complaint.hint(format!("did you mean {nearest}?")),
            None => complaint,
        }
    });
    found.collect()
}

/// The whole of what Jaeger prints after `Error: ` for a complaint.
pub fn printed(complaint: &Complaint) -> String {
    let words = &complaint.message;
    match complaint.stage {
        Stage::Parse if words.starts_with(RESOLVE) => format!("failed to get config: {words}"),
        Stage::Parse => format!(
            "failed to get config: cannot unmarshal the configuration: {}{words}",
            crate::mapstructure::INNER
        ),
        _ => words.clone(),
    }
}
