//! The forms in which Loki writes texts and errors.

use std::fmt::Write;

use super::{LogqlError, lex::Token};

/// A fault of grammar, which Loki reports with a place.
pub(super) fn syntax(token: &Token, message: &str) -> LogqlError {
    let Token { line, column, told_line, .. } = *token;
    let message = format!("parse error at line {told_line}, col {column}: {message}");
    LogqlError { line, column, message }
}

/// A fault of meaning, which Loki reports without a place.
pub(super) fn meaning(at: &Token, message: &str) -> LogqlError {
    LogqlError { line: at.line, column: at.column, message: format!("parse error : {message}") }
}

/// A text in quotes, as Go's `strconv.Quote` writes it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\x07' => quoted.push_str(r"\a"),
            '\x08' => quoted.push_str(r"\b"),
            '\x0b' => quoted.push_str(r"\v"),
            '\x0c' => quoted.push_str(r"\f"),
            '\n' => quoted.push_str(r"\n"),
            '\r' => quoted.push_str(r"\r"),
            '\t' => quoted.push_str(r"\t"),
            c if c.is_ascii_control() => {
                // Writing to a text cannot fail.
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
