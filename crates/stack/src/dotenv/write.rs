//! Writing `.env`: one assignment at a time, and nothing else in the file changes.

use super::{Statement, Value, statement, statement_start};

/// The text with `key` set to `value`. Only the assignment that counts (the last one) is changed, in
/// place; a new key is appended. Comments, order and the style of line breaks stay. A key that a
/// `.env` file cannot hold (see [`is_key`]) leaves the text as it is.
#[must_use]
pub fn set(text: &str, key: &str, value: &str) -> String {
    if !is_key(key) {
        return text.to_owned();
    }
    let quoted = quote(value);
    let statements = statements(text);
    let existing = statements.iter().rev().find(|statement| &text[statement.key.0..statement.key.1] == key);
    if let Some(statement) = existing {
        let (start, end) = statement.raw;
        let joint = if matches!(statement.value, Value::Inherited) { "=" } else { "" };
        // An empty value before a comment reads the comment as its value, and a value directly before
        // one swallows it: a space keeps them apart.
        let space = if text[end..].starts_with('#') { " " } else { "" };
        return format!("{}{joint}{quoted}{space}{}", &text[..start], &text[end..]);
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    format!("{text}{gap}{key}={quoted}{newline}")
}

/// Whether compose can read this key and every shell can use it.
pub fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// The value as it can stand behind `KEY=`: read back, it is the same text whatever it holds.
///
/// Plain words stay bare. Everything else goes into double quotes, because single quotes cannot hold a
/// backslash before a quote or at the end.
pub fn quote(value: &str) -> String {
    let bare = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':' | '@' | '%' | '+' | ',')
    };
    if !value.is_empty() && value.chars().all(bare) {
        return value.to_owned();
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for character in value.chars() {
        match character {
            '\\' | '"' | '$' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Every readable statement. After an unreadable one the search goes on in the next line.
fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    while let Some(start) = statement_start(text, at) {
        match statement(text, start) {
            Ok(statement) => {
                at = statement.end;
                // The empty name holds what stands after a closing quote or in a last line without `=`.
                if statement.key.0 < statement.key.1 {
                    found.push(statement);
                }
            }
            Err(_) => match text[start..].find('\n') {
                Some(end) => at = start + end,
                None => break,
            },
        }
    }
    found
}
