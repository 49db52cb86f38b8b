//! How a collector replaces `${env:NAME}` and its kin: in values only, after YAML has been read.

use std::{collections::BTreeSet, ops::Range};

use stack::yaml::{self, Node, Span, Style, Value};

use crate::{Complaint, Invocation, Stage, mapstructure::EXPANDED};

use super::config;

/// A replacement for all values.
pub(super) struct Run<'a> {
    of: &'a Invocation<'a>,
    unset: BTreeSet<(Span, String)>,
}

/// What stands for a reference: a value, or something that cannot be seen from here.
type Retrieved = Option<Node>;

impl<'a> Run<'a> {
    pub(super) fn new(of: &'a Invocation<'a>) -> Self {
        Self { of, unset: BTreeSet::new() }
    }

    /// A variable that is not set is empty, which the collector only warns of.
    pub(super) fn warnings(&self, files: &[String]) -> Vec<Complaint> {
        let warning = |(span, name): &(Span, String)| {
            let file = files.get(span.file).map_or("", String::as_str);
            let words = format!("Configuration references unset environment variable {name}");
            Complaint::at(file, span.line, span.column, Stage::Accepted, words)
        };
        self.unset.iter().map(warning).collect()
    }

    pub(super) fn node(&mut self, node: &mut Node) -> Result<(), (Span, String)> {
        let span = node.span;
        match &mut node.value {
            Value::Mapping(entries) => entries.iter_mut().try_for_each(|entry| self.node(&mut entry.value)),
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.node(item)),
            Value::Scalar(text) => {
                let done = self.text(std::mem::take(text), span).map_err(|words| (span, words))?;
                match done {
                    Replaced::No(text) => node.value = Value::Scalar(text),
                    Replaced::Text(text) => {
                        *node = Node { tag: Some("!!str".to_owned()), ..Node::text(text, span) };
                    }
                    Replaced::Value(value) => *node = value,
                }
                Ok(())
            }
        }
    }

    fn text(&mut self, text: String, span: Span) -> Result<Replaced, String> {
        let mut current = text;
        let mut replaced = false;
        for _ in 0..1000 {
            let Some(range) = reference(&current) else {
                let unescaped = current.replace("$$", "$");
                return Ok(if replaced || unescaped != current {
                    Replaced::Text(unescaped)
                } else {
                    Replaced::No(current)
                });
            };
            let uri = current[range.start + 2..range.end - 1].to_owned();
            let retrieved = self.retrieve(&uri, span)?;
            let Some(value) = retrieved else { return Ok(Replaced::Value(Node::null(span))) };
            let inner = match &value.value {
                Value::Scalar(inner) => inner.clone(),
                // A whole value may be anything; a part of a text must be a text.
                _ if range == (0..current.len()) => return Ok(Replaced::Value(value)),
                _ => {
                    return Err(format!(
                        "expanding ${{{uri}}}: retrieved value does not have unambiguous string representation"
                    ));
                }
            };
            if range == (0..current.len()) && reference(&inner).is_none() {
                return Ok(Replaced::Value(value));
            }
            replaced = true;
            let whole = current[range].to_owned();
            current = current.replace(&whole, &inner);
        }
        Err("too many recursive expansions".to_owned())
    }

    fn retrieve(&mut self, uri: &str, span: Span) -> Result<Retrieved, String> {
        let (scheme, value) = uri.split_once(':').unwrap_or(("env", uri));
        if scheme.len() < 2
            || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
        {
            return Err(format!("invalid uri: {uri:?}"));
        }
        if value.contains('$') {
            return Err(format!("the uri \"{scheme}:{value}\" contains unsupported characters ('$')"));
        }
        match scheme {
            "env" => {
                let (name, default) =
                    value.split_once(":-").map_or((value, None), |(name, it)| (name, Some(it)));
                if !is_name(name) {
                    return Err(format!(
                        "environment variable {name:?} has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$"
                    ));
                }
                let set = self.of.environment.get(name).map(String::as_str);
                if set.or(default).is_none() {
                    self.unset.insert((span, name.to_owned()));
                }
                Ok(Some(read(set.or(default).unwrap_or_default(), span)))
            }
            "yaml" => Ok(Some(read(value, span))),
            "file" => Ok(config::file(self.of.files, value)?.map(|text| read(&text, span))),
            "http" | "https" => Ok(None),
            _ => Err(format!("scheme {scheme:?} is not supported for uri \"{scheme}:{value}\"")),
        }
    }
}

enum Replaced {
    /// Nothing was to be replaced.
    No(String),
    Text(String),
    Value(Node),
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// The value that a text is as YAML; the text itself when it is none.
fn read(text: &str, span: Span) -> Node {
    let mut node = yaml::parse(text, span.file)
        .ok()
        .and_then(|documents| documents.into_iter().next())
        .unwrap_or(Node { value: Value::Scalar(text.to_owned()), span, tag: None, style: Style::Plain });
    place(&mut node, span);
    if let Value::Scalar(inner) = &mut node.value {
        if node.style == Style::Plain {
            text.trim().clone_into(inner);
            node.tag = Some(EXPANDED.to_owned());
        } else {
            node.tag = None;
        }
    }
    node
}

/// Everything in a value from the environment stands where it is used.
fn place(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                entry.span = span;
                place(&mut entry.value, span);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| place(item, span)),
        Value::Scalar(_) => {}
    }
}

/// The first `${…}` that is not escaped by an odd number of `$` before it.
fn reference(text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    loop {
        let close = from + text[from..].find('}')?;
        let Some(open) = text[from..close].rfind("${").map(|at| at + from) else {
            from = close + 1;
            continue;
        };
        let before = text[from..open].len() - text[from..open].trim_end_matches('$').len();
        return before.is_multiple_of(2).then_some(open..close + 1);
    }
}
