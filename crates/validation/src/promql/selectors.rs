//! Selectors with their conditions, and lists of labels.

use crate::gotemplate;

use super::{
    lex::{Kind, Token},
    matchers::{Matcher, NAME},
    parse::{Parser, Read},
    value::{Part, Shape, Type},
};

const GROUPING: &str = "grouping opts";
const MATCHING: &str = "label matching";

impl Parser {
    /// `(label, "label")`.
    pub(super) fn labels(&mut self) -> Read<Vec<String>> {
        if !self.peek()?.is("(") {
            return self.unexpected((GROUPING, "\"(\""));
        }
        self.next()?;
        let mut labels = Vec::new();
        loop {
            let token = self.peek()?;
            if token.is(")") {
                self.next()?;
                return Ok(labels);
            }
            let label = match token.kind {
                Kind::Keyword if token.keyword().as_deref() != Some("without") => token.text.clone(),
                Kind::Identifier | Kind::Metric => token.text.clone(),
                Kind::Text => gotemplate::unquote(&token.text).unwrap_or_default(),
                _ => return self.unexpected((GROUPING, "label")),
            };
            self.next()?;
            if label.is_empty() {
                return self.fail(token.at, "invalid label name for grouping: \"\"");
            }
            labels.push(label);
            let token = self.peek()?;
            if token.is(",") {
                self.next()?;
            } else if !token.is(")") {
                return self.unexpected((GROUPING, "\",\" or \")\""));
            }
        }
    }

    /// A metric with conditions in braces; one of the two may be missing.
    pub(super) fn selector(&mut self, start: usize, name: Option<String>) -> Read<Part> {
        let matchers = if self.peek()?.is("{") { self.matchers()? } else { Vec::new() };
        let mut part = Part::new(start, Type::Vector).shaped(Shape::Selector { offset: false, at: false });
        if let Some(name) = name {
            if let Some(twice) = matchers.iter().find(|matcher| matcher.name == NAME) {
                let value = &twice.value;
                part.expect(false, start, || {
                    format!("metric name must not be set twice: {name:?} or {value:?}")
                });
            }
            self.metrics.push(name);
        } else {
            part.expect(matchers.iter().any(|matcher| !matcher.matches_absent()), start, || {
                "vector selector must contain at least one non-empty matcher".to_owned()
            });
            self.metrics.extend(matchers.iter().filter_map(Matcher::metric));
        }
        Ok(part)
    }

    fn matchers(&mut self) -> Read<Vec<Matcher>> {
        self.next()?;
        let mut matchers = Vec::new();
        loop {
            let token = self.peek()?;
            if token.is("}") {
                self.next()?;
                return Ok(matchers);
            }
            matchers.push(self.matcher(&token)?);
            let token = self.peek()?;
            if token.is(",") {
                self.next()?;
            } else if !token.is("}") {
                return self.unexpected((MATCHING, "\",\" or \"}\""));
            }
        }
    }

    fn matcher(&mut self, label: &Token) -> Read<Matcher> {
        let quoted = label.kind == Kind::Text;
        if !quoted && label.kind != Kind::Identifier {
            return self.unexpected((MATCHING, "identifier or \"}\""));
        }
        self.next()?;
        let name =
            if quoted { gotemplate::unquote(&label.text).unwrap_or_default() } else { label.text.clone() };
        let operator = self.peek()?;
        if !["=", "!=", "=~", "!~"].iter().any(|it| operator.is(it)) {
            if !quoted {
                return self.unexpected((MATCHING, "label matching operator"));
            }
            return Ok(Matcher::name(name));
        }
        self.next()?;
        let value = self.peek()?;
        if value.kind != Kind::Text {
            return self.unexpected((MATCHING, "string"));
        }
        self.next()?;
        let value = gotemplate::unquote(&value.text).unwrap_or_default();
        Matcher::new(name, &operator.text, value).or_else(|message| self.fail(label.at, message))
    }
}
