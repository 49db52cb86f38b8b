//! Templates as Go's `text/template` reads them: those of alerts and notifications, and of the pipelines of the logs'
//! collectors.

mod absent;
mod lex;
mod literal;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub use absent::renders_absent;
pub(crate) use literal::{quoted, unquote};

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// The line of the template, 1-based.
    pub line: usize,
    /// The column in that line, 1-based, in characters: near the fault, as Go itself names only the line.
    pub column: usize,
    /// Go's words, as in `template: NAME:1: unclosed action`.
    pub message: String,
}

/// The functions that every template knows.
const BUILTIN: [&str; 19] = [
    "and", "call", "html", "index", "slice", "js", "len", "not", "or", "print", "printf", "println",
    "urlquery", "eq", "ge", "gt", "le", "lt", "ne",
];

/// Whether a template can be read by a program that adds some functions to those of Go.
pub fn check(name: &str, text: &str, functions: &[&str]) -> Result<(), TemplateError> {
    let known = |function: &str| BUILTIN.contains(&function) || functions.contains(&function);
    parse::parse(name, text, &known).map(|_| ())
}
