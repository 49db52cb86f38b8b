//! Alloy's configuration: a language of blocks, of which each component has its own.

mod cycles;
mod elastic;
mod format;
mod parse;
mod references;
mod report;
mod scope;
mod stages;
mod start;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod token;
mod types;
mod value;

use crate::{Complaint, Invocation, ReadError, Stage, document};

use self::{
    parse::Parsed,
    report::{Report, Source},
    scope::{Placed, Scope, Settings},
    syntax::{Lines, Statement},
};

/// Switches, which take no word after them.
const SWITCHES: [&str; 17] = [
    "cluster.enabled",
    "cluster.enable-tls",
    "cluster.use-discovery-v1",
    "config.bypass-conversion-errors",
    "disable-reporting",
    "disable-support-bundle",
    "feature.community-components.enabled",
    "feature.component-shutdown-deadline",
    "feature.prometheus.metric-validation-scheme",
    "feature.prometheus.direct-fanout.enabled",
    "help",
    "server.http.disable-support-bundle",
    "server.http.enable-pprof",
    "test",
    "t",
    "write",
    "w",
];

/// What `alloy run`, `alloy validate` or `alloy fmt` would refuse.
pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let positional = positional(of.arguments);
    let (verb, path) = match positional.as_slice() {
        [verb @ ("run" | "validate" | "fmt"), .., path] => (*verb, *path),
        _ => return Vec::new(),
    };
    // The files of other programs are turned into Alloy's language first, which is not known here.
    if of.flag("config.format").is_some_and(|format| format != "alloy") {
        return Vec::new();
    }
    let read = match read(of, verb, path) {
        Ok(read) => read,
        Err(complaint) => return vec![complaint],
    };
    if verb == "fmt" {
        let tests = of.switch("t") || of.switch("test");
        return read.iter().flat_map(|(file, text)| formatted(file, text, tests)).collect();
    }
    check_texts(of, &read)
}

/// The words that are neither flags nor values of flags.
fn positional(arguments: &[String]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix('-') else {
            found.push(word.as_str());
            continue;
        };
        let flag = flag.trim_start_matches('-');
        if !flag.contains('=') && !SWITCHES.contains(&flag) {
            words.next_if(|value| !value.starts_with('-'));
        }
    }
    found
}

/// The file, or the files of a folder that end in `.alloy`.
fn read(of: &Invocation<'_>, verb: &str, path: &str) -> Result<Vec<(String, String)>, Complaint> {
    let refused = |path: &str, error: &ReadError| {
        let words = match error {
            ReadError::Absent => format!("stat {path}: {error}"),
            error => document::unreadable(path, error),
        };
        let words = if verb == "run" { format!("reading config path {path:?}: {words}") } else { words };
        Complaint::whole(path, Stage::Parse, words)
    };
    let paths = match of.files.read(path) {
        Err(ReadError::Folder) if verb == "fmt" => {
            return Err(Complaint::whole(path, Stage::Parse, "cannot format a directory"));
        }
        Err(ReadError::Folder) => {
            let names = of.files.list(path).map_err(|error| refused(path, &error))?;
            let names =
                names.iter().filter(|name| name.rsplit_once('.').is_some_and(|(_, kind)| kind == "alloy"));
            names.map(|name| format!("{}/{name}", path.trim_end_matches('/'))).collect()
        }
        _ => vec![path.to_owned()],
    };
    let mut texts = Vec::new();
    for file in paths {
        match of.files.read(&file) {
            Ok(bytes) => texts.push((file.clone(), text(&file, bytes)?)),
            // A folder of such a name is not looked into.
            Err(ReadError::Folder) if file != path => {}
            Err(ReadError::Hidden) => {}
            Err(error) => return Err(refused(&file, &error)),
        }
    }
    Ok(texts)
}

fn text(path: &str, bytes: Vec<u8>) -> Result<String, Complaint> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let (line, column) = Lines::new(&before).place(before.len());
        Complaint::at(path, line, column, Stage::Parse, "illegal UTF-8 encoding")
    })
}

fn check_texts(of: &Invocation<'_>, texts: &[(String, String)]) -> Vec<Complaint> {
    let mut sources = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in texts {
        let lines = Lines::new(text);
        match parse::parse(text, &lines) {
            Ok(Parsed { body, .. }) => sources.push(Source { path, text, lines, body }),
            Err(refused) => {
                let source = Source { path, text, lines, body: Vec::new() };
                faults
                    .extend(refused.into_iter().map(|(at, words)| source.complaint(at, Stage::Parse, words)));
            }
        }
    }
    if !faults.is_empty() {
        return faults;
    }
    for source in &sources {
        for statement in &source.body {
            if let Statement::Attribute(attribute) = statement {
                let words = format!("unrecognized attribute {}", attribute.name.text);
                return vec![source.complaint(attribute.name.at, Stage::Validate, words)];
            }
        }
    }
    let blocks = sources.iter().enumerate().flat_map(|(index, source)| {
        source.body.iter().filter_map(move |statement| match statement {
            Statement::Block(block) => Some((index, block)),
            Statement::Attribute(_) => None,
        })
    });
    let blocks: Vec<Placed<'_>> = blocks.collect();
    let settings = Settings {
        environment: of.environment,
        files: of.files,
        stability: of.flag("stability.level").unwrap_or("generally-available"),
        community: of.switch("feature.community-components.enabled"),
    };
    let mut report =
        Report { sources: &sources, current: 0, knows_names: of.knows_fields(), complaints: Vec::new() };
    scope::check(&blocks, Scope::default(), &settings, &mut report);
    report.complaints
}

fn formatted(path: &str, text: &str, tests: bool) -> Vec<Complaint> {
    match format(path, text) {
        Err(faults) => faults,
        Ok(_) if !tests => Vec::new(),
        Ok(_) => match is_formatted(text) {
            Ok(()) => Vec::new(),
            Err(line) => {
                let words = format!("file {path} is not formatted correctly");
                vec![Complaint::at(path, line, 0, Stage::Validate, words)]
            }
        },
    }
}

/// A text in the form that `alloy fmt` gives it.
pub fn format(path: &str, text: &str) -> Result<String, Vec<Complaint>> {
    format::format(text).map_err(|faults| {
        let source = Source { path, text, lines: Lines::new(text), body: Vec::new() };
        faults.into_iter().map(|(at, words)| source.complaint(at, Stage::Parse, words)).collect()
    })
}

/// Whether `alloy fmt -t` would pass a text; otherwise the first line that it would change.
pub fn is_formatted(text: &str) -> Result<(), usize> {
    match format("", text) {
        Ok(formatted) if formatted == text => Ok(()),
        Ok(formatted) => {
            let mut pairs = text.lines().zip(formatted.lines());
            let same = pairs.position(|(is, should)| is != should);
            Err(same.unwrap_or(text.lines().count().min(formatted.lines().count())) + 1)
        }
        Err(faults) => Err(faults.first().map_or(1, |fault| fault.line)),
    }
}
