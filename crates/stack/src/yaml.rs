//! YAML with positions: a tree of nodes that know where they stand, so that every later complaint can
//! name file, line and column.
//!
//! Built on the events of `granit-parser`. On top of them come what compose needs: aliases expanded
//! within a budget, merge keys (`<<`), duplicate keys as errors that name both lines, and the scalar
//! types of Go's YAML library (see [`scalar`]).

mod build;
pub mod scalar;

pub use build::{MAX_DEPTH, MAX_NODES, MAX_TEXT, YamlError, parse};

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which of the files that are being loaded: the number given to [`parse`].
    pub file: usize,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
}

/// How a node was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes: it may be a number, a boolean or null.
    Plain,
    /// A scalar in single or double quotes.
    Quoted,
    /// A block scalar, `|` or `>`.
    Block,
    /// A mapping or sequence in its usual form.
    Collection,
    /// A mapping or sequence in braces or brackets.
    Flow,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it begins. A node that came through an alias keeps the place of its anchor.
    pub span: Span,
    /// The tag as written, such as `!reset` or `!!str`.
    pub tag: Option<String>,
    /// How it was written.
    pub style: Style,
}

/// The three shapes of YAML.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text; what type it stands for depends on [`Node::style`] and [`Node::tag`], see [`scalar::resolve`].
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the file, merge keys resolved, without duplicates.
    Mapping(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// A text that will not be taken for anything else.
    pub fn text(text: impl Into<String>, span: Span) -> Self {
        Self { value: Value::Scalar(text.into()), span, tag: None, style: Style::Quoted }
    }

    /// An empty value.
    pub fn null(span: Span) -> Self {
        Self { value: Value::Scalar(String::new()), span, tag: None, style: Style::Plain }
    }

    /// A mapping.
    pub fn mapping(entries: Vec<Entry>, span: Span) -> Self {
        Self { value: Value::Mapping(entries), span, tag: None, style: Style::Collection }
    }

    /// The value under a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a mapping; nothing for other shapes.
    pub fn entries(&self) -> &[Entry] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a sequence; nothing for other shapes.
    pub fn items(&self) -> &[Node] {
        if let Value::Sequence(items) = &self.value { items } else { &[] }
    }

    /// Whether the node is empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        scalar::resolve(self) == Some(scalar::Scalar::Null)
    }
}
