//! What a template consists of.

use super::lex::Keyword;

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Text(String),
    Action(Pipeline),
    Branch {
        kind: Keyword,
        condition: Pipeline,
        then: Vec<Part>,
        otherwise: Vec<Part>,
    },
    /// Another template is called, or a loop is left.
    Other,
}

/// Commands, each of which gets the result of the one before.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pipeline {
    /// The variables that it sets.
    pub(super) variables: Vec<String>,
    pub(super) commands: Vec<Vec<Operand>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Function(String),
    Dot,
    Nil,
    Bool(bool),
    Number(String),
    Text(String),
    Variable(String),
    Field(String),
    Parenthesized(Pipeline),
    /// Something with fields of it.
    Chain(Box<Operand>, Vec<String>),
}
