//! What a file of Alloy consists of. Places are in bytes; [`Lines`] tells lines and columns.

use super::token::Kind;

/// A statement of a body.
#[derive(Debug)]
pub(super) enum Statement {
    Attribute(Attribute),
    Block(Block),
}

/// `name = value`.
#[derive(Debug)]
pub(super) struct Attribute {
    pub name: Name,
    pub value: Expression,
}

/// `a.b "label" { … }`.
#[derive(Debug)]
pub(super) struct Block {
    /// The words of the name, joined by dots.
    pub name: String,
    pub at: usize,
    /// Empty without one.
    pub label: String,
    pub label_at: usize,
    pub open: usize,
    pub body: Vec<Statement>,
    pub close: usize,
}

/// A name and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: String,
    pub at: usize,
}

/// A field of an object. A quoted name is kept as it is written, without the quotes.
#[derive(Debug)]
pub(super) struct Field {
    pub name: Name,
    pub quoted: bool,
    pub value: Expression,
}

#[derive(Debug)]
pub(super) enum Expression {
    /// Its kind, its text as written, its place.
    Literal(Kind, String, usize),
    Array {
        open: usize,
        items: Vec<Expression>,
        close: usize,
    },
    Object {
        open: usize,
        fields: Vec<Field>,
        close: usize,
    },
    Identifier(Name),
    Access(Box<Expression>, Name),
    Index {
        value: Box<Expression>,
        open: usize,
        index: Box<Expression>,
        close: usize,
    },
    Call {
        value: Box<Expression>,
        open: usize,
        arguments: Vec<Expression>,
        close: usize,
    },
    Unary {
        sign: &'static str,
        at: usize,
        value: Box<Expression>,
    },
    Binary {
        left: Box<Expression>,
        sign: &'static str,
        at: usize,
        right: Box<Expression>,
    },
    Paren {
        open: usize,
        inner: Box<Expression>,
        close: usize,
    },
}

impl Statement {
    pub(super) fn start(&self) -> usize {
        match self {
            Self::Attribute(attribute) => attribute.name.at,
            Self::Block(block) => block.at,
        }
    }

    /// Its last byte.
    pub(super) fn end(&self) -> usize {
        match self {
            Self::Attribute(attribute) => attribute.value.end(),
            Self::Block(block) => block.close,
        }
    }
}

impl Block {
    /// What others refer to it by: `loki.write.default`.
    pub(super) fn id(&self) -> String {
        if self.label.is_empty() { self.name.clone() } else { format!("{}.{}", self.name, self.label) }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.body.iter().find_map(|statement| match statement {
            Statement::Attribute(attribute) if attribute.name.text == name => Some(attribute),
            _ => None,
        })
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &Self> {
        self.body.iter().filter_map(|statement| match statement {
            Statement::Block(block) => Some(block),
            Statement::Attribute(_) => None,
        })
    }
}

impl Expression {
    pub(super) fn start(&self) -> usize {
        match self {
            Self::Literal(_, _, at) | Self::Unary { at, .. } => *at,
            Self::Array { open, .. } | Self::Object { open, .. } | Self::Paren { open, .. } => *open,
            Self::Identifier(name) => name.at,
            Self::Access(value, _) | Self::Index { value, .. } | Self::Call { value, .. } => value.start(),
            Self::Binary { left, .. } => left.start(),
        }
    }

    /// Its last byte.
    pub(super) fn end(&self) -> usize {
        match self {
            Self::Literal(_, text, at) => at + text.len().saturating_sub(1),
            Self::Array { close, .. }
            | Self::Object { close, .. }
            | Self::Paren { close, .. }
            | Self::Index { close, .. }
            | Self::Call { close, .. } => *close,
            Self::Identifier(name) | Self::Access(_, name) => name.at + name.text.len().saturating_sub(1),
            Self::Unary { value, .. } => value.end(),
            Self::Binary { right, .. } => right.end(),
        }
    }
}

/// Where the lines of a text begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The 1-based line of a byte.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// The 1-based line and column, in characters, of a byte.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let start = self.starts[line - 1];
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}
