//! YAML for people, with quotes exactly where they are needed.

use std::fmt::Write as _;

use super::ordered::Ordered;
use crate::yaml::scalar::{Scalar, resolve_plain};

/// The value as a YAML document.
pub(super) fn write(value: &Ordered) -> String {
    let mut out = String::new();
    match value {
        Ordered::Map(entries) if !entries.is_empty() => map(&mut out, entries, 0),
        other => {
            inline(&mut out, other);
            out.push('\n');
        }
    }
    out
}

fn map(out: &mut String, entries: &[(String, Ordered)], indent: usize) {
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 || out.is_empty() || out.ends_with('\n') {
            pad(out, indent);
        }
        text(out, key);
        out.push(':');
        nested(out, value, indent);
    }
}

/// The value behind a key.
fn nested(out: &mut String, value: &Ordered, indent: usize) {
    match value {
        Ordered::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            map(out, entries, indent + 2);
        }
        Ordered::List(items) if !items.is_empty() => {
            out.push('\n');
            list(out, items, indent + 2);
        }
        other => {
            out.push(' ');
            inline(out, other);
            out.push('\n');
        }
    }
}

fn list(out: &mut String, items: &[Ordered], indent: usize) {
    for item in items {
        pad(out, indent);
        out.push_str("- ");
        match item {
            Ordered::Map(entries) if !entries.is_empty() => map(out, entries, indent + 2),
            Ordered::List(items) if !items.is_empty() => {
                // A list in a list: its own lines, below an empty dash.
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                list(out, items, indent + 2);
            }
            other => {
                inline(out, other);
                out.push('\n');
            }
        }
    }
}

fn inline(out: &mut String, value: &Ordered) {
    match value {
        Ordered::Null => out.push_str("null"),
        Ordered::Bool(value) => _ = write!(out, "{value}"),
        Ordered::Number(number) => _ = write!(out, "{number}"),
        Ordered::Text(value) => text(out, &value.replace('$', "$$")),
        Ordered::List(_) => out.push_str("[]"),
        Ordered::Map(_) => out.push_str("{}"),
    }
}

fn pad(out: &mut String, indent: usize) {
    for _ in 0..indent {
        out.push(' ');
    }
}

fn text(out: &mut String, value: &str) {
    if is_plain(value) {
        out.push_str(value);
        return;
    }
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            control if control.is_control() => _ = write!(out, "\\u{:04x}", u32::from(control)),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Whether a text can stand without quotes and still be read as this very text, by any YAML parser:
/// also YAML 1.1's booleans, dates and base-60 numbers get quotes.
fn is_plain(value: &str) -> bool {
    let first_ok = value.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_' | '.'));
    let characters_ok = value.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(c, '/' | '_' | '.' | '-' | '+' | '=' | ',' | ':' | ' ' | '$' | '@' | '(' | ')')
    });
    let old_boolean = matches!(
        value.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    );
    first_ok
        && characters_ok
        && !old_boolean
        && !value.contains(": ")
        && !value.ends_with([':', ' '])
        && matches!(resolve_plain(value), Scalar::Text(_))
}
