//! Which series a selector stands for.

use crate::go_regex;

/// One condition in braces.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    pub(super) name: String,
    pub(super) value: String,
    operator: Operator,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

/// The label that is the metric's name.
pub(super) const NAME: &str = "__name__";

impl Matcher {
    /// `name operator value`; the words of Go when the value is no regular expression where one is wanted.
    pub(super) fn new(name: String, operator: &str, value: String) -> Result<Self, String> {
        let operator = match operator {
            "=" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "=~" => Operator::Regex,
            _ => Operator::NotRegex,
        };
        if matches!(operator, Operator::Regex | Operator::NotRegex) {
            go_regex::check(&value)?;
        }
        Ok(Self { name, value, operator })
    }

    /// A metric's name in quotes.
    pub(super) fn name(value: String) -> Self {
        Self { name: NAME.to_owned(), value, operator: Operator::Equal }
    }

    /// The metric that it names.
    pub(super) fn metric(&self) -> Option<String> {
        (self.name == NAME && self.operator == Operator::Equal).then(|| self.value.clone())
    }

    /// Whether series without the label match.
    pub(super) fn matches_absent(&self) -> bool {
        match self.operator {
            Operator::Equal => self.value.is_empty(),
            Operator::NotEqual => !self.value.is_empty(),
            Operator::Regex => matches_empty(&self.value),
            Operator::NotRegex => !matches_empty(&self.value),
        }
    }
}

/// Whether a regular expression matches the empty text, when it must match the whole of it.
fn matches_empty(expression: &str) -> bool {
    let parser =
        regex_syntax::ParserBuilder::new().unicode(false).utf8(false).dot_matches_new_line(true).build();
    // What only Go reads is rare, and then it is not known; most expressions match no empty text.
    parser.clone().parse(expression).is_ok_and(|parsed| parsed.properties().minimum_len() == Some(0))
}
