//! Variables in a configuration, as Loki and Promtail replace them with `-config.expand-env`.
//!
//! They do so before they know that the text is YAML: in comments too, and with no regard to quotes. `${…}` is looked
//! at, `$name` is not; `$$` is a dollar sign; a backslash before a slash or another backslash is taken away. What was
//! replaced is remembered, so that a complaint about the result can name the place in the file.

mod function;
mod glob;
mod parse;

use std::collections::BTreeMap;

use stack::yaml::{Node, Span, Value};

use crate::{Complaint, Stage};

/// A text with its variables replaced.
#[derive(Debug, Clone)]
pub struct Expanded {
    /// What the program reads.
    pub text: String,
    /// What it was made from.
    source: String,
    /// Where each part of the text comes from, in the order of the text.
    marks: Vec<Mark>,
    /// What its owner may not expect.
    surprises: Vec<(usize, String, Option<String>)>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Where the part begins in the text, in bytes.
    start: usize,
    /// Where it begins in the source.
    origin: usize,
    /// Whether it is as it was; otherwise it stands for the variable at the origin.
    literal: bool,
}

/// A variable that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of its dollar sign, 1-based.
    pub line: usize,
    /// Its column, 1-based, in characters.
    pub column: usize,
    /// In the program's words.
    pub message: String,
}

/// A part of a text, by its places in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// As it is, from here to there.
    Text(usize, usize),
    Variable(Variable),
}

/// `${name}`, or with a function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    /// Where its dollar sign stands.
    at: usize,
    name: String,
    /// `:-`, `//` and the like; empty for none.
    function: String,
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Argument {
    Text(String),
    Variable(Variable),
}

/// Replaces the variables of a text.
pub fn expand(source: &str, environment: &BTreeMap<String, String>) -> Result<Expanded, Fault> {
    let fault = |(at, message): (usize, String)| {
        let (line, column) = position(source, at);
        Fault { line, column, message }
    };
    let parsed = parse::parts(source).map_err(|(at, words)| fault((at, words.to_owned())))?;
    let mut text = String::with_capacity(source.len());
    let mut marks = Vec::new();
    let mut surprises: Vec<_> = parsed.eaten.iter().map(|at| eaten(source, *at)).collect();
    for part in parsed.parts {
        let (origin, literal) = match &part {
            Part::Text(start, _) => (*start, true),
            Part::Variable(variable) => (variable.at, false),
        };
        marks.push(Mark { start: text.len(), origin, literal });
        match part {
            Part::Text(start, end) => text.push_str(&source[start..end]),
            Part::Variable(variable) => {
                surprises.extend(surprise(&variable, environment));
                text.push_str(&value(&variable, environment).map_err(fault)?);
            }
        }
    }
    surprises.retain(|(at, ..)| !in_comment(source, *at));
    Ok(Expanded { text, source: source.to_owned(), marks, surprises })
}

fn value(variable: &Variable, environment: &BTreeMap<String, String>) -> Result<String, (usize, String)> {
    let mut arguments = Vec::new();
    for argument in &variable.arguments {
        arguments.push(match argument {
            Argument::Text(text) => text.clone(),
            Argument::Variable(inner) => value(inner, environment)?,
        });
    }
    let set = lookup(&variable.name, environment).unwrap_or_default();
    function::apply(&variable.function, set, &arguments).map_err(|words| (variable.at, words))
}

/// What a variable is in a container: some are there without being set.
fn lookup<'a>(name: &str, environment: &'a BTreeMap<String, String>) -> Option<&'a str> {
    environment.get(name).map(String::as_str).or(match name {
        "HOSTNAME" => Some("localhost"),
        "HOME" => Some("/root"),
        "PATH" => Some("/usr/local/bin:/usr/bin:/bin"),
        _ => None,
    })
}

fn eaten(source: &str, at: usize) -> (usize, String, Option<String>) {
    let pair: String = source[at..].chars().take(2).collect();
    let kept = &pair[1..];
    let hint = "write it twice, or use a character class such as [0-9]".to_owned();
    (at, format!("-config.expand-env makes {pair} into {kept}"), Some(hint))
}

fn surprise(
    variable: &Variable,
    environment: &BTreeMap<String, String>,
) -> Option<(usize, String, Option<String>)> {
    let Variable { at, name, function, .. } = variable;
    let set = lookup(name, environment);
    if name.starts_with(|first: char| first.is_ascii_digit()) && set.is_none() {
        let message = format!("-config.expand-env takes ${{{name}}} for a variable, which is empty");
        return Some((
            *at,
            message,
            Some(format!("write $${{{name}}} or ${name} for a group of an expression")),
        ));
    }
    let unset = set.unwrap_or_default().is_empty();
    match function.as_str() {
        ":?" if unset => {
            let message = format!("{name} is not set, and its message becomes its value");
            Some((
                *at,
                message,
                Some("the program knows defaults, but no variables that must be set".to_owned()),
            ))
        }
        // A default whenever it is empty, whatever the sign says.
        ":-" | ":=" | "=" | ":?" => None,
        ":+" => {
            let message = format!("{name} with :+ is its own value, and what follows only when it is empty");
            Some((*at, message, Some("the program takes :+ for :-".to_owned())))
        }
        _ if set.is_none() => {
            let message = format!("{name} is not set, and becomes empty");
            Some((*at, message, Some(format!("${{{name}:-default}} gives it a default"))))
        }
        _ => None,
    }
}

/// Whether a place is in a comment, by the line alone.
fn in_comment(source: &str, at: usize) -> bool {
    let start = source[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut quote = None;
    let mut before = ' ';
    for letter in source[start..at].chars() {
        match (letter, quote) {
            ('#', None) if before.is_whitespace() => return true,
            ('\'' | '"', None) if !before.is_alphanumeric() => quote = Some(letter),
            (letter, Some(open)) if letter == open && before != '\\' => quote = None,
            _ => {}
        }
        before = letter;
    }
    false
}

/// Line and column of a place in bytes.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.bytes().filter(|byte| *byte == b'\n').count() + 1, before[start..].chars().count() + 1)
}

impl Expanded {
    /// A text that is read as it is.
    pub fn none(source: String) -> Self {
        let marks = vec![Mark { start: 0, origin: 0, literal: true }];
        Self { text: source.clone(), source, marks, surprises: Vec::new() }
    }

    /// The place in the file of a place in the text. A column of 0 stays one.
    pub fn place(&self, line: usize, column: usize) -> (usize, usize) {
        if line == 0 {
            return (0, 0);
        }
        let mut start = 0;
        for _ in 1..line {
            start = self.text[start..].find('\n').map_or(self.text.len(), |end| start + end + 1);
        }
        let letters = self.text[start..].char_indices().map(|(index, _)| index);
        let at = start + letters.chain([self.text.len() - start]).nth(column.saturating_sub(1)).unwrap_or(0);
        let index = self.marks.partition_point(|mark| mark.start <= at).saturating_sub(1);
        let Some(mark) = self.marks.get(index) else { return (line, column) };
        let origin = mark.origin + if mark.literal { at - mark.start } else { 0 };
        let (line, found) = position(&self.source, origin.min(self.source.len()));
        (line, if column == 0 { 0 } else { found })
    }

    /// Moves a tree that was read from the text to the places of the file.
    pub fn relocate(&self, node: &mut Node) {
        let place = |span: &mut Span| (span.line, span.column) = self.place(span.line, span.column);
        place(&mut node.span);
        match &mut node.value {
            Value::Scalar(_) => {}
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.relocate(item)),
            Value::Mapping(entries) => {
                for entry in entries {
                    place(&mut entry.span);
                    self.relocate(&mut entry.value);
                }
            }
        }
    }

    /// What was replaced in a way that its owner may not expect.
    pub fn surprises(&self, file: &str) -> Vec<Complaint> {
        let complaint = |(at, message, hint): &(usize, String, Option<String>)| {
            let (line, column) = position(&self.source, *at);
            let complaint = Complaint::at(file, line, column, Stage::Accepted, message);
            hint.as_ref().map_or(complaint.clone(), |hint| complaint.hint(hint))
        };
        let mut found: Vec<_> = self.surprises.iter().map(complaint).collect();
        found.sort_by_key(|it| (it.line, it.column));
        found
    }
}

#[cfg(test)]
mod tests;
