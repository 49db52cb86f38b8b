//! Variables in the values of a tree; keys are never touched.

use std::collections::BTreeMap;

use super::{
    error::{LoadErrorKind, Problems},
    field::Field,
    model::LoadWarning,
};
use crate::{
    template::{self, TemplateError},
    yaml::{Node, Span, Style, Value},
};

/// Replaces the variables of every value in the tree.
///
/// A value with a variable in it is a text from then on: what type is wanted depends on its key, and
/// the decoder casts it there, as compose does.
pub(super) fn interpolate(root: &mut Node, env: &BTreeMap<String, String>, problems: &Problems) {
    let lookup = |name: &str| env.get(name).cloned();
    // Finding the texts first keeps the walk that knows the path free of changes.
    let mut failures = Vec::new();
    replace(root, &lookup, problems, &mut failures);
    if !failures.is_empty() {
        report(&Field::root(root, problems), &mut failures);
    }
}

/// More than the loader would report anyway.
const MAX_FAILURES: usize = 100;

struct Failure {
    span: Span,
    at: Span,
    message: String,
}

fn replace(
    node: &mut Node,
    lookup: &dyn Fn(&str) -> Option<String>,
    problems: &Problems,
    failures: &mut Vec<Failure>,
) {
    match &mut node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                replace(&mut entry.value, lookup, problems, failures);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                replace(item, lookup, problems, failures);
            }
        }
        Value::Scalar(text) if text.contains('$') => match template::interpolate(text, lookup) {
            Ok(interpolated) => {
                for name in interpolated.unset {
                    problems.warn(LoadWarning::UnsetVariable { name });
                }
                *text = interpolated.text;
                if node.style == Style::Plain {
                    node.style = Style::Quoted;
                }
            }
            Err(error) if failures.len() < MAX_FAILURES => {
                let at = place(node.span, node.style, text, error.offset());
                failures.push(Failure { span: node.span, at, message: message(&error) });
            }
            Err(_) => {}
        },
        Value::Scalar(_) => {}
    }
}

/// Compose's words, and the way out where they do not show it.
fn message(error: &TemplateError) -> String {
    match error {
        TemplateError::Invalid { .. } => format!("{error}; a dollar sign itself is written $$"),
        TemplateError::Required { .. } | TemplateError::TooDeep { .. } => error.to_string(),
    }
}

/// Where an offset of a scalar's text stands in the file: exact while the text is on one line.
fn place(span: Span, style: Style, text: &str, offset: usize) -> Span {
    let before = &text[..offset.min(text.len())];
    match style {
        Style::Plain | Style::Quoted if !before.contains('\n') => {
            let quote = usize::from(style == Style::Quoted);
            Span { column: span.column + quote + before.chars().count(), ..span }
        }
        _ => span,
    }
}

fn report(field: &Field<'_>, failures: &mut Vec<Failure>) {
    match &field.node.value {
        Value::Mapping(_) => field.entries(|_, field| report(field, failures)),
        Value::Sequence(_) => field.items(|field| report(field, failures)),
        Value::Scalar(text) if text.contains('$') => {
            // Both walks meet the failures in the same order.
            if failures.first().is_some_and(|failure| failure.span == field.node.span) {
                let Failure { at, message, .. } = failures.remove(0);
                field.problems.error(at, field.path.to_string(), LoadErrorKind::Variable, message);
            }
        }
        Value::Scalar(_) => {}
    }
}
