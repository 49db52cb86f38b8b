//! `LogQL` as Loki 3.7 reads it: whether a query is one, and if not, what Loki answers and where the fault is.
//!
//! The kept parsers for Rust know neither positions nor all of the language, so this is a recursive descent of its own.
//! It says what Loki's generated parser says, including what that one expects instead.

mod aggregation;
mod filter;
mod lex;
mod lines;
mod operator;
mod parser;
mod path;
mod pattern;
mod pipeline;
mod range;
mod selector;
mod stage;
#[cfg(test)]
mod tests;
mod words;

/// What a query gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Lines.
    Log,
    /// Numbers.
    Metric,
}

/// Why Loki refuses a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LogqlError {
    /// The line of the query, 1-based.
    pub line: usize,
    /// The column in that line, 1-based, in characters.
    pub column: usize,
    /// Loki's words, as in `parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,`. The place
    /// in them is Loki's own, which is line 0 after some tokens and is missing for faults of meaning.
    pub message: String,
}

/// The longest query that Loki reads, in bytes.
const MAX_QUERY: usize = 131_072;

/// Whether Loki answers a query.
pub fn check(query: &str) -> Result<Kind, LogqlError> {
    if query.len() >= MAX_QUERY {
        let message = format!("parse error : input size too long ({} > {MAX_QUERY})", query.len());
        return Err(LogqlError { line: 1, column: 1, message });
    }
    parser::Parser::new(query)?.query()
}
