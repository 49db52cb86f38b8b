//! Jaeger's configuration as a collector puts it together: several sources, one over another, with `${…}` replaced.

use std::collections::BTreeMap;

use stack::yaml::{self, Node, Value, YamlError};

use crate::{Complaint, Files, Invocation, ReadError, Stage, document, go_yaml, mapstructure};

use super::expand;

/// A configuration with the names of the files that it comes from, by the number in each span.
pub(super) struct Config {
    pub root: Option<Node>,
    pub files: Vec<String>,
    pub warnings: Vec<Complaint>,
}

/// What stands before all that is told before the values are looked at.
pub(super) const RESOLVE: &str = "cannot resolve the configuration: ";

/// Reads everything that the flags name. `None` when there is nothing, or something that cannot be seen from here.
pub(super) fn read(of: &Invocation<'_>) -> Result<Option<Config>, Vec<Complaint>> {
    let sources = sources(of.arguments);
    if sources.is_empty() {
        return Ok(None);
    }
    let mut config = Config { root: None, files: Vec::new(), warnings: Vec::new() };
    for source in sources {
        let part = match retrieve(of, source, &mut config).map_err(|complaint| vec![complaint])? {
            Part::Hidden => return Ok(None),
            Part::Empty => None,
            Part::Mapping(part) => Some(part),
        };
        if let Some(part) = part {
            config.root = Some(match config.root.take() {
                Some(whole) => merge(whole, part),
                None => part,
            });
        }
    }
    if let Some(mut root) = config.root.take() {
        let mut run = expand::Run::new(of);
        let done = run.node(&mut root);
        config.warnings = run.warnings(&config.files);
        if let Err((span, words)) = done {
            let file = config.files.get(span.file).cloned().unwrap_or_default();
            let words = format!("{RESOLVE}{words}");
            return Err(vec![Complaint::at(&file, span.line, span.column, Stage::Parse, words)]);
        }
        config.root = Some(root);
    }
    Ok(Some(config))
}

/// Every `--config VALUE` and `--config=VALUE`.
fn sources(arguments: &[String]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let bare = word.trim_start_matches('-');
        if let Some(value) = bare.strip_prefix("config=") {
            found.push(value);
        } else if bare == "config" && word.starts_with('-') {
            found.extend(words.next().map(String::as_str));
        }
    }
    found
}

/// What a source holds.
enum Part {
    /// Something that cannot be seen from here.
    Hidden,
    Empty,
    Mapping(Node),
}

/// Reads one source.
fn retrieve(of: &Invocation<'_>, source: &str, config: &mut Config) -> Result<Part, Complaint> {
    let number = config.files.len();
    let (scheme, value) =
        source.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).unwrap_or(("file", source));
    let (name, text) = match scheme {
        "file" => match file(of.files, value) {
            Ok(Some(text)) => (value.to_owned(), text),
            Ok(None) => return Ok(Part::Hidden),
            Err(words) => {
                let words = format!("{RESOLVE}cannot retrieve the configuration: {words}");
                return Err(Complaint::whole(value, Stage::Parse, words));
            }
        },
        "env" => (format!("${value}"), of.environment.get(value).cloned().unwrap_or_default()),
        "yaml" => ("--config".to_owned(), value.to_owned()),
        "http" | "https" => return Ok(Part::Hidden),
        _ => {
            let words = format!("unsupported scheme on URI {source:?}");
            return Err(Complaint::whole("--config", Stage::Parse, words));
        }
    };
    config.files.push(name.clone());
    match yaml::parse(&text, number) {
        Err(errors) => Err(unreadable(&name, &text, &errors[0])),
        Ok(documents) => match documents.into_iter().next() {
            Some(root) if !matches!(root.value, Value::Mapping(_)) => {
                let got = match mapstructure::kind_of(&root) {
                    "slice" => "[]interface {}",
                    other => other,
                };
                let words = format!("{RESOLVE}retrieved value (type={got}) cannot be used as a Conf");
                Err(Complaint::at(&name, root.span.line, root.span.column, Stage::Parse, words))
            }
            root => Ok(root.map_or(Part::Empty, Part::Mapping)),
        },
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
}

/// The text of a file, or the words of the collector. `None` when it cannot be seen.
pub(super) fn file(files: &dyn Files, path: &str) -> Result<Option<String>, String> {
    match files.read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(ReadError::Hidden) => Ok(None),
        Err(error) => {
            Err(format!("unable to read the file file:{path}: {}", document::unreadable(path, &error)))
        }
    }
}

fn unreadable(name: &str, text: &str, error: &YamlError) -> Complaint {
    let line = error.span.line;
    let again = error.message.split_once("first in line ").and_then(|(_, rest)| rest.split_once(','));
    let words = if let Some((first, _)) = again {
        let key = error.message.split('"').nth(1).unwrap_or_default();
        format!("yaml: unmarshal errors:\n  line {line}: mapping key {key:?} already defined at line {first}")
    } else {
        let words = go_yaml::words(text, error).unwrap_or_else(|| error.message.clone());
        format!("yaml: line {line}: {words}")
    };
    let words = format!(
        "{RESOLVE}retrieved value (type=string) cannot be used as a Conf: assuming string type since contents are not valid YAML: {words}"
    );
    Complaint::at(name, line, error.span.column, Stage::Parse, words)
}

/// A later source goes into an earlier one, mapping by mapping; anything else is replaced.
fn merge(mut whole: Node, part: Node) -> Node {
    let (Value::Mapping(entries), Value::Mapping(new)) = (&mut whole.value, &part.value) else { return part };
    let at: BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(index, entry)| (entry.key.clone(), index)).collect();
    for entry in new {
        match at.get(&entry.key) {
            Some(index) => {
                let old = std::mem::replace(&mut entries[*index].value, Node::null(entry.span));
                entries[*index].value = merge(old, entry.value.clone());
            }
            None => entries.push(entry.clone()),
        }
    }
    whole
}
