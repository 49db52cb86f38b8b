//! What a program takes from its container's environment and command rather than from a file.

use crate::{Complaint, Invocation, Program, Stage};

/// The name under which faults of the command are told.
const COMMAND: &str = "command";

/// What every program of its kind would refuse at once.
pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let mut found = Vec::new();
    // All of them are written in Go, whose runtime reads it before anything else.
    if let Some(limit) = of.environment.get("GOMEMLIMIT").filter(|limit| !is_memory(limit)) {
        let words = format!(
            "fatal error: malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`: {limit:?}"
        );
        let complaint = Complaint::whole("GOMEMLIMIT", Stage::Start, words);
        found.push(complaint.hint("a number with B, KiB, MiB, GiB or TiB, such as 450MiB"));
    }
    let level = of.flag("log.level").filter(|_| matches!(of.program, Program::Loki | Program::Promtail));
    if let Some(level) = level.filter(|level| !matches!(*level, "debug" | "info" | "warn" | "error")) {
        let words = format!("invalid value {level:?} for flag -log.level: unrecognized log level {level:?}");
        found.push(Complaint::whole(COMMAND, Stage::Start, words));
    }
    found
}

/// As Go's runtime reads a limit.
fn is_memory(limit: &str) -> bool {
    if limit.is_empty() || limit == "off" {
        return true;
    }
    let number = ["KiB", "MiB", "GiB", "TiB", "B"].iter().find_map(|unit| limit.strip_suffix(unit));
    let number = number.unwrap_or(limit);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::files::Texts;

    fn told(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment: BTreeMap<String, String> = environment.iter().map(pair).collect();
        let files = Texts::default();
        let of = Invocation {
            program: Program::Loki,
            version: None,
            arguments: &arguments,
            environment: &environment,
            files: &files,
        };
        check(&of).into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn a_memory_limit_that_go_cannot_read_ends_every_program() {
        for good in ["450MiB", "1GiB", "1000", "512B", "off", ""] {
            assert_eq!(told(&[], &[("GOMEMLIMIT", good)]), [""; 0], "{good}");
        }
        for bad in ["450MB", "450m", "MiB", "4.5GiB", "-1"] {
            assert!(told(&[], &[("GOMEMLIMIT", bad)])[0].contains("malformed GOMEMLIMIT"), "{bad}");
        }
    }

    #[test]
    fn a_level_that_is_none_is_refused() {
        assert_eq!(told(&["-log.level=warn"], &[]), [""; 0]);
        assert!(told(&["-log.level=verbose"], &[])[0].contains("unrecognized log level \"verbose\""));
    }
}
