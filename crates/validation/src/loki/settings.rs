//! Settings of a file, by their path.

use stack::yaml::{Node, Span, Value, scalar};

use crate::{Complaint, Invocation, Stage, duration};

pub(super) struct Settings<'a> {
    pub(super) of: &'a Invocation<'a>,
    pub(super) path: &'a str,
    pub(super) root: Option<&'a Node>,
}

impl<'a> Settings<'a> {
    /// What is set at a path such as `limits_config.retention_period`.
    pub(super) fn get(&self, path: &str) -> Option<&'a Node> {
        path.split('.').try_fold(self.root?, |node, key| node.get(key)).filter(|node| !node.is_null())
    }

    /// A text; empty when it is not set. A flag of the command line wins.
    pub(super) fn text(&self, path: &str, flag: &str) -> &'a str {
        self.of.flag(flag).or_else(|| text(self.get(path)?)).unwrap_or_default()
    }

    /// Whether something is on.
    pub(super) fn is_on(&self, path: &str, flag: &str, default: bool) -> bool {
        if let Some(value) = self.of.flag(flag) {
            return self.of.switch(flag) || matches!(value, "true" | "1");
        }
        let Some(node) = self.get(path) else { return default };
        match scalar::resolve(node) {
            Some(scalar::Scalar::Bool(on)) => on,
            // The words of older YAML, which Loki's library knows.
            Some(scalar::Scalar::Text(word)) => matches!(word.to_lowercase().as_str(), "yes" | "on" | "y"),
            _ => default,
        }
    }

    /// A duration of Prometheus' kind, in milliseconds.
    pub(super) fn duration(&self, path: &str) -> Option<u64> {
        duration::prometheus(text(self.get(path)?)?).ok()
    }

    /// A number.
    pub(super) fn number(&self, path: &str) -> Option<i128> {
        match scalar::resolve(self.get(path)?)? {
            scalar::Scalar::Int(number) => Some(number),
            _ => None,
        }
    }

    /// Where the last part of a path that is there stands.
    pub(super) fn place(&self, path: &str) -> Span {
        let mut place = Span::default();
        let mut node = self.root;
        for key in path.split('.') {
            let entry = node.and_then(|node| node.entries().iter().find(|entry| entry.key == key));
            let Some(entry) = entry else { break };
            place = entry.span;
            node = Some(&entry.value);
        }
        place
    }

    /// A complaint about a setting: at its value, or where it should be.
    pub(super) fn complaint(&self, path: &str, stage: Stage, message: impl Into<String>) -> Complaint {
        let span = match self.get(path) {
            Some(node) if matches!(node.value, Value::Scalar(_)) => node.span,
            _ => self.place(path),
        };
        self.at(span, stage, message)
    }

    /// A complaint about a place.
    pub(super) fn at(&self, span: Span, stage: Stage, message: impl Into<String>) -> Complaint {
        Complaint::at(self.path, span.line, span.column, stage, message)
    }
}

/// The text of a scalar.
pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar(text) if !node.is_null() => Some(text),
        _ => None,
    }
}
