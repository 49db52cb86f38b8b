//! Filters by labels: `level="error" or (status >= 500, took > 1s)`.

use super::{
    lex::Kind,
    parser::{Parser, Result},
    stage,
    words::quote,
};

/// A filter that is nothing but a comparison with addresses, which Loki judges late: its form, and what is wrong.
pub(super) type Addresses = Option<(String, Option<String>)>;

impl Parser {
    pub(super) fn label_filter(&mut self) -> Result<Addresses> {
        let mut only = self.label_comparison()?;
        loop {
            let joined = self.eat("and")? || self.eat("or")? || self.eat(",")?;
            if !joined && self.token.kind != Kind::Identifier && !self.token.is("(") {
                return Ok(only);
            }
            self.label_comparison()?;
            only = None;
        }
    }

    fn label_comparison(&mut self) -> Result<Addresses> {
        if self.eat("(")? {
            let inner = self.nested(Self::label_filter)?;
            return if self.eat(")")? { Ok(inner) } else { self.unexpected(&[]) };
        }
        let label = self.expect_kind(Kind::Identifier, &["IDENTIFIER", "("])?;
        let Some(operator) =
            ["=~", "!~", "=", "!=", "==", ">", ">=", "<", "<="].into_iter().find(|it| self.token.is(it))
        else {
            return self.unexpected(&[]);
        };
        self.advance()?;
        let equality = matches!(operator, "=" | "!=");
        if operator.ends_with('~') || equality && self.token.kind == Kind::Text {
            self.matched(operator)?;
            return Ok(None);
        }
        if equality && self.token.is("ip") {
            let addresses = self.addresses()?;
            let form = format!("{}{operator}ip({})", label.text, quote(&addresses));
            return Ok(Some((form, stage::addresses(&addresses))));
        }
        match self.token.kind {
            Kind::Duration | Kind::Bytes | Kind::Number => {
                self.advance()?;
            }
            Kind::Word("+" | "-") => {
                self.advance()?;
                self.expect_kind(Kind::Number, &["NUMBER"])?;
            }
            _ => return self.unexpected(&[]),
        }
        Ok(None)
    }

    /// `ip("10.0.0.0/8")`.
    pub(super) fn addresses(&mut self) -> Result<String> {
        self.expect("ip")?;
        self.expect("(")?;
        let text = self.text()?;
        self.expect(")")?;
        Ok(text.text)
    }
}
