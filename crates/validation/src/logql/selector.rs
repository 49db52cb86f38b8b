//! Selectors of streams, and the matchers that label filters share with them.

use regex_syntax::ParserBuilder;

use crate::go_regex;

use super::{
    LogqlError,
    lex::Kind,
    parser::{Parser, Result},
    words,
};

const TOO_WIDE: &str = "queries require at least one regexp or equality matcher that does not have an \
    empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";

impl Parser {
    /// `{job="x", service=~"y.*"}`. Returns what is wrong about the matchers together.
    pub(super) fn selector(&mut self) -> Result<Option<LogqlError>> {
        let opening = self.token.clone();
        self.expect("{")?;
        let mut narrow = false;
        if !self.eat("}")? {
            if self.token.kind != Kind::Identifier {
                return self.unexpected(&["IDENTIFIER", "}"]);
            }
            loop {
                self.identifier()?;
                narrow |= self.matcher()?;
                if self.eat("}")? {
                    break;
                }
                if !self.eat(",")? {
                    return self.unexpected(&["}", ","]);
                }
            }
        }
        Ok((!narrow).then(|| words::meaning(&opening, TOO_WIDE)))
    }

    /// What follows the label's name. Returns whether a stream without the label does not match.
    fn matcher(&mut self) -> Result<bool> {
        let Some(operator) = ["=", "=~", "!~", "!="].into_iter().find(|it| self.token.is(it)) else {
            return self.unexpected(&["=", "=~", "!~", "!="]);
        };
        self.advance()?;
        let value = self.matched(operator)?;
        Ok(match operator {
            "=" => !value.is_empty(),
            "!=" => value.is_empty(),
            "=~" => !matches_nothing(&value),
            _ => matches_nothing(&value),
        })
    }

    /// The text of a matcher, which is a regular expression after some operators.
    pub(super) fn matched(&mut self, operator: &str) -> Result<String> {
        if self.token.kind == Kind::Text && operator.ends_with('~') {
            go_regex::check(&self.token.text).map_err(|it| words::meaning(&self.token, &it))?;
        }
        Ok(self.text()?.text)
    }
}

/// Whether an expression matches an absent label, as far as that is certain.
fn matches_nothing(regex: &str) -> bool {
    // Without Unicode every class is known here, and what it holds does not matter.
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    parsed.is_ok_and(|it| {
        let properties = it.properties();
        properties.minimum_len() == Some(0) && !properties.look_set().contains_word()
    })
}
