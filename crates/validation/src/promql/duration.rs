//! Durations after `[`, `:` and `offset`, which may be calculated when Prometheus is told to allow it.

use super::{
    lex::Kind,
    parse::{Parser, Read},
};

/// A duration. Its value is known when it is a plain number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub(super) start: usize,
    pub(super) seconds: Option<f64>,
}

/// What Prometheus says when something else stands in the duration's place: where, and what it expected.
pub(super) type Place = (&'static str, &'static str);

/// What fits into 64 bits of nanoseconds.
const MOST: f64 = 9_223_372_036.854_776;

impl Parser {
    /// A duration that must be greater than nothing.
    pub(super) fn range(&mut self, place: Place) -> Read<Length> {
        let length = self.calculation(0, place)?;
        self.peek()?;
        if length.seconds.is_some_and(|seconds| seconds <= 0.0) {
            return self.fail(length.start, "duration must be greater than 0");
        }
        Ok(length)
    }

    /// What stands after `offset`. A plain number ends there: what follows belongs to the expression.
    pub(super) fn offset(&mut self, place: Place) -> Read<Length> {
        let token = self.peek()?;
        if matches!(token.kind, Kind::Number | Kind::Duration) {
            return self.plain(None);
        }
        if !token.is("+") && !token.is("-") {
            return self.calculation(0, place);
        }
        self.next()?;
        let after = self.peek()?;
        let sign = if token.is("-") { -1.0 } else { 1.0 };
        if matches!(after.kind, Kind::Number | Kind::Duration) {
            return self.plain(Some((token.at, sign)));
        }
        if after.kind == Kind::Keyword {
            return self.named(Some(token.at), place);
        }
        if !after.is("(") {
            return self.under_sign(token.at, sign, place);
        }
        self.next()?;
        let inner = self.calculation(0, place)?;
        self.expect_symbol(")", place)?;
        self.with_sign(token.at, sign, inner)
    }

    /// A number or a duration as it is written.
    fn plain(&mut self, sign: Option<(usize, f64)>) -> Read<Length> {
        let token = self.next()?;
        let seconds = self.seconds(&token)?;
        let (start, sign) = sign.unwrap_or((token.at, 1.0));
        self.within(start, seconds * sign)
    }

    fn within(&self, start: usize, seconds: f64) -> Read<Length> {
        if seconds.abs() > MOST {
            return self.fail(start, "duration out of range");
        }
        Ok(Length { start, seconds: Some(seconds) })
    }

    fn with_sign(&self, start: usize, sign: f64, inner: Length) -> Read<Length> {
        match inner.seconds {
            Some(seconds) => self.within(start, seconds * sign),
            None => Ok(Length { start: if sign < 0.0 { start } else { inner.start }, seconds: None }),
        }
    }

    fn under_sign(&mut self, start: usize, sign: f64, place: Place) -> Read<Length> {
        self.deeper()?;
        let inner = self.calculation(6, place)?;
        self.shallower();
        self.with_sign(start, sign, inner)
    }

    fn calculated(&self, start: usize) -> Read<()> {
        if self.features.duration_expressions {
            return Ok(());
        }
        self.fail(start, "experimental duration expression is not enabled")
    }

    /// Numbers and durations with operators that bind at least this strongly.
    fn calculation(&mut self, least: u8, place: Place) -> Read<Length> {
        let mut left = self.operand(place)?;
        loop {
            let token = self.peek()?;
            let strength = match token.text.as_str() {
                _ if token.kind != Kind::Symbol => break,
                "+" | "-" => 4,
                "*" | "/" | "%" => 5,
                "^" => 6,
                _ => break,
            };
            if strength < least {
                break;
            }
            self.next()?;
            self.deeper()?;
            let right = self.calculation(if strength == 6 { 6 } else { strength + 1 }, place)?;
            self.shallower();
            self.calculated(left.start)?;
            if right.seconds == Some(0.0) && matches!(token.text.as_str(), "/" | "%") {
                let what = if token.text == "/" { "division" } else { "modulo" };
                return self.fail(token.at, format!("{what} by zero"));
            }
            left = Length { start: left.start, seconds: None };
        }
        Ok(left)
    }

    fn operand(&mut self, place: Place) -> Read<Length> {
        let token = self.peek()?;
        if matches!(token.kind, Kind::Number | Kind::Duration) {
            return self.plain(None);
        }
        if token.is("+") || token.is("-") {
            self.next()?;
            return self.under_sign(token.at, if token.is("-") { -1.0 } else { 1.0 }, place);
        }
        if token.is("(") {
            self.next()?;
            self.deeper()?;
            let inner = self.calculation(0, place)?;
            self.shallower();
            self.expect_symbol(")", place)?;
            self.calculated(inner.start)?;
            return Ok(inner);
        }
        self.named(None, place)
    }

    /// `step()`, `range()`, `max_of(1m, 2m)`. With a sign it counts from there.
    fn named(&mut self, sign: Option<usize>, place: Place) -> Read<Length> {
        let token = self.peek()?;
        let word = token.keyword().unwrap_or_default();
        let pair = matches!(word.as_str(), "max_of" | "min_of");
        if !pair && !matches!(word.as_str(), "step" | "range") {
            return self.unexpected(place);
        }
        self.next()?;
        self.expect_symbol("(", place)?;
        let mut start = token.at;
        if pair {
            self.deeper()?;
            start = self.calculation(0, place)?.start;
            self.expect_symbol(",", place)?;
            self.calculation(0, place)?;
            self.shallower();
        }
        self.expect_symbol(")", place)?;
        let start = sign.unwrap_or(start);
        self.calculated(start)?;
        Ok(Length { start, seconds: None })
    }

    fn expect_symbol(&mut self, symbol: &str, place: Place) -> Read<()> {
        if !self.peek()?.is(symbol) {
            return self.unexpected(place);
        }
        self.next()?;
        Ok(())
    }
}
