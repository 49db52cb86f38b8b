//! Values that are known before Alloy runs: literals, environment variables and what is made of them.

use std::collections::BTreeMap;

use super::{
    syntax::Expression,
    token::{Kind, unquote},
};

/// A value without parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
}

impl Value {
    /// What Alloy calls its type.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
        }
    }

    /// The text that a number or a text gives where a text is wanted.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) => None,
        }
    }
}

/// The value of a literal.
pub(super) fn literal(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(text == "true"),
        Kind::Number | Kind::Float => Value::Number(text.to_owned()),
        _ => Value::Text(unquote(text)),
    }
}

/// The value of an expression, when nothing but the environment is needed for it.
pub(super) fn known(expression: &Expression, environment: &BTreeMap<String, String>) -> Option<Value> {
    let inner = |expression| known(expression, environment);
    match expression {
        Expression::Literal(kind, text, _) => Some(literal(*kind, text)),
        Expression::Paren { inner: value, .. } => inner(value),
        Expression::Unary { sign: "-", value, .. } => match inner(value)? {
            Value::Number(number) => Some(Value::Number(match number.strip_prefix('-') {
                Some(positive) => positive.to_owned(),
                None => format!("-{number}"),
            })),
            _ => None,
        },
        Expression::Binary { left, sign: "+", right, .. } => match (inner(left)?, inner(right)?) {
            (Value::Text(left), Value::Text(right)) => Some(Value::Text(left + &right)),
            _ => None,
        },
        Expression::Call { value, arguments, .. } => match (path(value)?.as_str(), arguments.as_slice()) {
            ("sys.env" | "env", [name]) => {
                let name = inner(name)?;
                let set = environment.get(name.text()?).cloned();
                Some(Value::Text(set.unwrap_or_default()))
            }
            ("coalesce", arguments) => {
                let values: Option<Vec<Value>> = arguments.iter().map(inner).collect();
                let values = values?;
                values.iter().find(|value| !is_zero(value)).or(values.last()).cloned()
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.trim_matches(['0', '.']).is_empty(),
        Value::Text(text) => text.is_empty(),
    }
}

/// `a.b.c`, when an expression is names and dots.
pub(super) fn path(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Identifier(name) => Some(name.text.clone()),
        Expression::Access(value, name) => Some(format!("{}.{}", path(value)?, name.text)),
        _ => None,
    }
}
