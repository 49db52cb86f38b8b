//! Refuses a configuration as the real program does: what is wrong comes from the checkers of the product, how it is
//! said from the recordings.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::process::exit;

use validation::files::MAX_FILE;
use validation::{Complaint, Files, Invocation, Program, ReadError, Stage, check};

/// What a program has written, and the code that it ends with.
#[derive(Debug, Default, PartialEq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Output {
    pub fn stdout(code: i32, text: impl Into<String>) -> Self {
        Self { stdout: text.into(), stderr: String::new(), code }
    }
    pub fn stderr(code: i32, text: impl Into<String>) -> Self {
        Self { stdout: String::new(), stderr: text.into(), code }
    }
    pub fn leave(self) -> ! {
        // Whoever closed the other end does not want to read it.
        let _ = std::io::stdout().write_all(self.stdout.as_bytes());
        let _ = std::io::stderr().write_all(self.stderr.as_bytes());
        exit(self.code)
    }
}

/// What the program would not start with, in the order in which it would say so.
pub fn complaints(program: Program, arguments: &[String]) -> Vec<Complaint> {
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let version = crate::settings::version();
    // A stand-in that was not given a version plays the one that is known.
    let version = (version != "0.0.0").then_some(version);
    let invocation = Invocation {
        program,
        version: version.as_deref(),
        arguments,
        environment: &environment,
        files: &Disk,
    };
    check(&invocation).into_iter().filter(Complaint::is_fatal).collect()
}

/// Those that the program's own check finds.
pub fn before_start(complaints: &[Complaint]) -> Vec<Complaint> {
    complaints.iter().filter(|complaint| complaint.stage < Stage::Start).cloned().collect()
}

/// What is wrong with the configuration file of Loki or Promtail while they read it.
pub fn unreadable(complaints: &[Complaint]) -> String {
    const FIELDS: [&str; 3] = ["field ", "cannot unmarshal ", "key "];
    const VARIABLES: [&str; 4] =
        ["unable to parse ", "missing closing brace", "bad substitution", "closing brace expected"];
    let Some(first) = complaints.first() else { return String::new() };
    let (file, message) = (&first.file, &first.message);
    let begins =
        |beginnings: &[&str], text: &str| beginnings.iter().any(|beginning| text.starts_with(beginning));
    // All that does not fit its type is said at once.
    let misfits: String = complaints
        .iter()
        .filter(|complaint| complaint.stage == Stage::Parse && begins(&FIELDS, &complaint.message))
        .map(|complaint| format!("\n  line {}: {}", complaint.line, complaint.message))
        .collect();
    if begins(&FIELDS, message) {
        format!("{file}: yaml: unmarshal errors:{misfits}")
    } else if first.line == 0 || begins(&VARIABLES, message) {
        message.clone()
    } else if let Some(words) = message.strip_prefix("yaml: ").filter(|words| !words.starts_with("line ")) {
        format!("{file}: yaml: line {}: {words}", first.line)
    } else {
        format!("{file}: {message}")
    }
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let about = std::fs::metadata(path).map_err(|error| why(&error))?;
        if about.is_dir() {
            return Err(ReadError::Folder);
        }
        if about.len() > MAX_FILE {
            return Err(ReadError::TooLarge);
        }
        std::fs::read(path).map_err(|error| why(&error))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let entries = std::fs::read_dir(folder).map_err(|error| why(&error))?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        Ok(names)
    }
}

fn why(error: &std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => ReadError::Absent,
        ErrorKind::PermissionDenied => ReadError::Denied,
        ErrorKind::IsADirectory => ReadError::Folder,
        ErrorKind::NotADirectory => ReadError::NotAFolder,
        _ => ReadError::Other(error.to_string()),
    }
}
