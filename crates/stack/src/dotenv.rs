//! `.env` files: read exactly as docker compose reads them, written so that any value survives.
//!
//! Compose's grammar is its own: `K: V` works like `K=V`, unquoted values end at ` #`, a text after a
//! closing quote begins the next statement, and a last line `KEY` without a line break assigns `KEY`
//! to the empty name. All of it is read the same way here, and none of the traps is ever written.

mod write;

use std::collections::BTreeMap;

pub use write::{is_key, quote, set};

use crate::template::{self, TemplateError};

/// A `.env` file that compose would reject as well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct DotenvError {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong.
    pub kind: DotenvErrorKind,
}

/// What can be wrong in a `.env` file. The wording is docker compose's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DotenvErrorKind {
    /// `A B=1`.
    #[error("key cannot contain a space")]
    SpaceInKey,
    /// `A@B=1`.
    #[error("unexpected character \"{}\" in variable name {statement:?}", character.escape_debug())]
    Character {
        /// The character.
        character: char,
        /// The line from the key on.
        statement: String,
    },
    /// No closing quote in the rest of the file.
    #[error("unterminated quoted value {0}")]
    Unterminated(String),
    /// A faulty `${…}` in a value.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Reads the text of a `.env` file. Variables in values are looked up in `lookup` first (the
/// environment of the process) and then among the file's earlier keys.
pub fn parse(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, String>, DotenvError> {
    let mut variables = BTreeMap::new();
    parse_into(text, lookup, &mut variables)?;
    Ok(variables)
}

/// Like [`parse`], but adds to the variables of earlier files, which values may refer to.
pub fn parse_into(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    variables: &mut BTreeMap<String, String>,
) -> Result<(), DotenvError> {
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    while let Some(start) = statement_start(text, at) {
        let statement = statement(text, start).map_err(|(at, kind)| error(text, at, kind))?;
        at = statement.end;
        let key = &text[statement.key.0..statement.key.1];
        let value = match &statement.value {
            Value::Inherited => lookup(key),
            Value::Unquoted(raw) => Some(expand(raw, text, start, lookup, variables)?),
            Value::Quoted { raw, quote: '"' } => {
                Some(expand(&unescape(raw), text, start, lookup, variables)?)
            }
            Value::Quoted { raw, .. } => Some(raw.clone()),
        };
        if let Some(value) = value {
            variables.insert(key.to_owned(), value);
        }
    }
    Ok(())
}

/// One statement with its place in the text, before any expansion.
struct Statement {
    /// Byte range of the key.
    key: (usize, usize),
    value: Value,
    /// Byte range of the value, quotes included.
    raw: (usize, usize),
    /// Where the next statement is looked for.
    end: usize,
}

enum Value {
    /// `KEY` alone: the value comes from the environment.
    Inherited,
    Unquoted(String),
    /// Without the quotes, escaped quotes resolved.
    Quoted {
        raw: String,
        quote: char,
    },
}

/// The next position that is neither white space nor in a comment.
fn statement_start(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let found = text[at..].find(|c: char| !c.is_whitespace())?;
        at += found;
        if !text[at..].starts_with('#') {
            return Some(at);
        }
        at += text[at..].find('\n')?;
    }
}

/// The statement at this position, or where and why there is none.
fn statement(text: &str, start: usize) -> Result<Statement, (usize, DotenvErrorKind)> {
    let mut start = start;
    if let Some(after) = text[start..].strip_prefix("export")
        && after.starts_with(['\t', '\n', '\u{c}', '\r', ' '])
    {
        start = text.len() - after.trim_start_matches(is_space).len();
    }
    let source = &text[start..];
    // A key that ends neither in `=`, `:` nor a line break is empty, and the text is its value.
    let (mut key_end, mut value_start, mut inherited) = (0, 0, false);
    for (index, character) in source.char_indices() {
        match character {
            '=' | ':' | '\n' => {
                (key_end, value_start, inherited) = (index, index + 1, character == '\n');
                break;
            }
            '_' | '.' | '-' | '[' | ']' => {}
            _ if is_space(character) || character.is_alphabetic() || character.is_numeric() => {}
            _ => {
                let statement = source.split('\n').next().unwrap_or_default().to_owned();
                return Err((start + index, DotenvErrorKind::Character { character, statement }));
            }
        }
    }
    let key = source[..key_end].trim_end();
    if let Some(space) = key.find(' ') {
        return Err((start + space, DotenvErrorKind::SpaceInKey));
    }
    let key = (start, start + key.len());
    let left = source[value_start..].trim_start_matches(is_space);
    let value_at = text.len() - left.len();
    if inherited {
        return Ok(Statement { key, value: Value::Inherited, raw: (key.1, key.1), end: value_at });
    }
    let Some(quote) = left.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        let line = left.split('\n').next().unwrap_or_default();
        let value = line.split_once(" #").map_or(line, |(value, _comment)| value).trim_end();
        let end = value_at + line.len();
        let end = end + usize::from(text[end..].starts_with('\n'));
        let raw = (value_at, value_at + value.len());
        return Ok(Statement { key, value: Value::Unquoted(value.to_owned()), raw, end });
    };
    let mut raw = String::new();
    let mut escaped = false;
    for (index, character) in left.char_indices().skip(1) {
        if character == quote && !escaped {
            let end = value_at + index + 1;
            return Ok(Statement { key, value: Value::Quoted { raw, quote }, raw: (value_at, end), end });
        }
        if character == quote {
            escaped = false;
        } else if !escaped && character == '\\' {
            escaped = true;
            continue;
        } else if escaped {
            escaped = false;
            raw.push('\\');
        }
        raw.push(character);
    }
    let first_line = left.split('\n').next().unwrap_or_default().to_owned();
    Err((value_at, DotenvErrorKind::Unterminated(first_line)))
}

/// Go's white space without the line break.
fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

fn expand(
    value: &str,
    text: &str,
    start: usize,
    lookup: &dyn Fn(&str) -> Option<String>,
    variables: &BTreeMap<String, String>,
) -> Result<String, DotenvError> {
    let lookup = |name: &str| lookup(name).or_else(|| variables.get(name).cloned());
    match template::interpolate(value, &lookup) {
        Ok(interpolated) => Ok(interpolated.text),
        Err(template) => Err(error(text, start, template.into())),
    }
}

/// The escapes of double quotes. `\$` becomes `$$`, which the interpolation reads as a dollar sign.
fn unescape(raw: &str) -> String {
    let mut result = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut length = 2;
        match rest.as_bytes().get(1) {
            Some(b'a') => result.push('\u{7}'),
            Some(b'b') => result.push('\u{8}'),
            Some(b'f') => result.push('\u{c}'),
            Some(b'n') => result.push('\n'),
            Some(b'r') => result.push('\r'),
            Some(b't') => result.push('\t'),
            Some(b'v') => result.push('\u{b}'),
            Some(b'$') => result.push_str("$$"),
            Some(b'"') => result.push('"'),
            Some(b'\\') => result.push('\\'),
            Some(b'0') => {
                let digits = rest[2..].bytes().take(3).take_while(u8::is_ascii_digit).count();
                length += digits;
                let octal = Some(&rest[2..length]).filter(|digits| digits.len() == 3);
                // Go writes one byte here; above 127 it is not UTF-8 by itself, and Go makes it a character.
                match octal.and_then(|digits| u32::from_str_radix(digits, 8).ok()).and_then(char::from_u32) {
                    Some(character) if u32::from(character) < 256 => result.push(character),
                    _ => result.push_str(&rest[..length]),
                }
            }
            _ => {
                result.push('\\');
                length = 1;
            }
        }
        rest = &rest[length..];
    }
    result.push_str(rest);
    result
}

fn error(text: &str, at: usize, kind: DotenvErrorKind) -> DotenvError {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    DotenvError {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        kind,
    }
}
