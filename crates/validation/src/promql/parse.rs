//! The grammar. Of several faults the first one counts, as Prometheus tells only that.

use crate::{duration, gotemplate};

use super::{
    Features, PromqlError, functions,
    lex::{self, Kind, Token},
    operators::{self, Modifiers},
    value::{Fault, Part, Shape, Type},
};

/// How deep an expression may nest. Prometheus goes further, but nobody does on purpose, and reading it would need a
/// large stack: a deeper one is not judged.
const MAX_DEPTH: usize = 60;

/// Why reading ended early.
pub(super) enum Stop {
    Fault(Fault),
    TooDeep,
}

pub(super) type Read<T> = Result<T, Stop>;

/// The metrics that are named, and what is wrong.
pub(super) fn parse(text: &str, features: Features) -> (Vec<String>, Result<(), PromqlError>) {
    let mut parser = Parser { tokens: lex::tokens(text), at: 0, depth: 0, features, metrics: Vec::new() };
    let outcome = parser.whole();
    let verdict = match outcome {
        Ok(None) | Err(Stop::TooDeep) => Ok(()),
        Ok(Some(fault)) | Err(Stop::Fault(fault)) => Err(placed(text, &fault)),
    };
    (parser.metrics, verdict)
}

/// Prometheus counts columns in bytes.
fn placed(text: &str, fault: &Fault) -> PromqlError {
    if text.is_empty() {
        let message = format!("unknown position: parse error: {}", fault.message);
        return PromqlError { line: 0, column: 0, message };
    }
    let before = text.get(..fault.at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
    PromqlError {
        line,
        column: before[begin..].chars().count() + 1,
        message: format!("{line}:{}: parse error: {}", before.len() - begin + 1, fault.message),
    }
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    pub(super) features: Features,
    pub(super) metrics: Vec<String>,
}

const NOWHERE: (&str, &str) = ("", "");

impl Parser {
    /// The next word; what is no word ends everything.
    pub(super) fn peek(&self) -> Read<Token> {
        let token = self.tokens[self.at.min(self.tokens.len() - 1)].clone();
        if token.kind == Kind::Fault {
            return Err(Stop::Fault(Fault { at: token.at, message: token.text }));
        }
        Ok(token)
    }

    pub(super) fn next(&mut self) -> Read<Token> {
        let token = self.peek()?;
        self.at += 1;
        Ok(token)
    }

    #[expect(clippy::unused_self, reason = "reads as the parser's other methods do")]
    pub(super) fn fail<T>(&self, at: usize, message: impl Into<String>) -> Read<T> {
        Err(Stop::Fault(Fault { at, message: message.into() }))
    }

    pub(super) fn unexpected<T>(&self, (place, expected): (&str, &str)) -> Read<T> {
        let token = self.peek()?;
        let mut message = format!("unexpected {}", token.shown());
        if !place.is_empty() {
            message = format!("{message} in {place}");
        }
        if !expected.is_empty() {
            message = format!("{message}, expected {expected}");
        }
        self.fail(token.at, message)
    }

    pub(super) fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Stop::TooDeep) } else { Ok(()) }
    }

    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    fn whole(&mut self) -> Read<Option<Fault>> {
        if self.peek()?.kind == Kind::End {
            return self.fail(0, "no expression found in input");
        }
        let expression = self.expression(0, "")?;
        if self.peek()?.kind != Kind::End {
            return self.unexpected(NOWHERE);
        }
        Ok(expression.fault)
    }

    /// An expression whose operators bind at least this strongly. The place is what an unexpected word is in.
    fn expression(&mut self, least: u8, place: &'static str) -> Read<Part> {
        self.deeper()?;
        let mut left = self.signed(place)?;
        loop {
            let token = self.peek()?;
            let operator = match token.kind {
                Kind::Symbol => token.text.clone(),
                Kind::Keyword => token.text.to_ascii_lowercase(),
                _ => break,
            };
            let Some((strength, from_right)) = operators::precedence(&operator) else { break };
            if strength < least {
                break;
            }
            self.next()?;
            let modifiers = self.modifiers(place)?;
            let right = self.expression(if from_right { strength } else { strength + 1 }, place)?;
            left = operators::binary(left, &operator, token.at, &modifiers, right, self.features)
                .map_err(Stop::Fault)?;
        }
        self.shallower();
        Ok(left)
    }

    fn signed(&mut self, place: &'static str) -> Read<Part> {
        let token = self.peek()?;
        if !token.is("+") && !token.is("-") {
            return self.with_suffixes(place);
        }
        self.next()?;
        let inner = self.expression(operators::SIGN + 1, place)?;
        if let Shape::Number(number) = inner.shape {
            let number = if token.is("-") { -number } else { number };
            return Ok(Part { start: token.at, shape: Shape::Number(number), ..inner });
        }
        let mut signed = Part::new(token.at, inner.kind);
        signed.check(inner.fault);
        signed.expect(matches!(inner.kind, Type::Scalar | Type::Vector), token.at, || {
            let kind = inner.kind.documented();
            format!(
                "unary expression only allowed on expressions of type scalar or instant vector, got {kind:?}"
            )
        });
        Ok(signed)
    }

    fn modifiers(&mut self, place: &'static str) -> Read<Modifiers> {
        let mut modifiers = Modifiers::default();
        let mut word = self.peek()?.keyword().unwrap_or_default();
        if word == "bool" {
            self.next()?;
            modifiers.bool = true;
            word = self.peek()?.keyword().unwrap_or_default();
        }
        if word == "on" || word == "ignoring" {
            self.next()?;
            modifiers.on = word == "on";
            modifiers.labels = self.labels()?;
            word = self.peek()?.keyword().unwrap_or_default();
            if word == "group_left" || word == "group_right" {
                self.next()?;
                modifiers.grouped = true;
                let after = self.peek()?;
                if after.is("(") || !begins_value(&after) {
                    modifiers.included = self.labels()?;
                }
                word = self.peek()?.keyword().unwrap_or_default();
            }
        }
        if matches!(word.as_str(), "fill" | "fill_left" | "fill_right") {
            modifiers.fill = true;
            self.fill(place)?;
            let other = if word == "fill_left" { "fill_right" } else { "fill_left" };
            if word != "fill" && self.peek()?.keyword().as_deref() == Some(other) {
                self.fill(place)?;
            }
        }
        Ok(modifiers)
    }

    /// `fill(-1)`.
    fn fill(&mut self, place: &'static str) -> Read<()> {
        self.next()?;
        self.symbol("(", place)?;
        if self.peek()?.is("+") || self.peek()?.is("-") {
            self.next()?;
        }
        if !matches!(self.peek()?.kind, Kind::Number | Kind::Duration) {
            return self.unexpected((place, ""));
        }
        let number = self.next()?;
        self.seconds(&number)?;
        self.symbol(")", place)
    }

    fn symbol(&mut self, symbol: &str, place: &'static str) -> Read<()> {
        if !self.peek()?.is(symbol) {
            return self.unexpected((place, ""));
        }
        self.next()?;
        Ok(())
    }

    /// A value with its ranges, offsets and times.
    fn with_suffixes(&mut self, place: &'static str) -> Read<Part> {
        let mut part = self.value(place)?;
        loop {
            let token = self.peek()?;
            match token.keyword().as_deref() {
                Some("offset") => self.shifted(&mut part)?,
                Some(word @ ("anchored" | "smoothed")) => {
                    self.next()?;
                    if !self.features.extended_range_selectors {
                        return self
                            .fail(part.start, format!("{word} modifier is experimental and not enabled"));
                    }
                }
                None if token.is("[") => part = self.ranged(part)?,
                None if token.is("@") => self.timed(&mut part)?,
                _ => return Ok(part),
            }
        }
    }

    fn shifted(&mut self, part: &mut Part) -> Read<()> {
        self.next()?;
        let length = self.offset(("offset", "number, duration, step(), or range()"))?;
        let (Shape::Selector { offset, .. } | Shape::Range { offset, .. } | Shape::Subquery { offset, .. }) =
            &mut part.shape
        else {
            return self.fail(
                part.start,
                "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
            );
        };
        if *offset {
            return self.fail(part.start, "offset may not be set multiple times");
        }
        *offset = length.seconds != Some(0.0);
        Ok(())
    }

    fn timed(&mut self, part: &mut Part) -> Read<()> {
        let place = ("@", "timestamp");
        self.next()?;
        let token = self.peek()?;
        if let Some("start" | "end") = token.keyword().as_deref() {
            self.next()?;
            for symbol in ["(", ")"] {
                if !self.peek()?.is(symbol) {
                    return self.unexpected(place);
                }
                self.next()?;
            }
        } else {
            let sign = if token.is("-") { -1.0 } else { 1.0 };
            if token.is("-") || token.is("+") {
                self.next()?;
            }
            if !matches!(self.peek()?.kind, Kind::Number | Kind::Duration) {
                return self.unexpected(place);
            }
            let number = self.next()?;
            let time = self.seconds(&number)? * sign;
            if !time.is_finite() || time.abs() >= 9_223_372_036_854_775_808.0 {
                let shown = match time {
                    _ if time.is_nan() => "NaN".to_owned(),
                    f64::INFINITY => "+Inf".to_owned(),
                    f64::NEG_INFINITY => "-Inf".to_owned(),
                    _ => format!("{time:.6}"),
                };
                return self.fail(part.start, format!("timestamp out of bounds for @ modifier: {shown}"));
            }
        }
        let (Shape::Selector { at, .. } | Shape::Range { at, .. } | Shape::Subquery { at, .. }) =
            &mut part.shape
        else {
            return self.fail(
                part.start,
                "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
            );
        };
        if *at {
            return self.fail(part.start, "@ <timestamp> may not be set multiple times");
        }
        *at = true;
        Ok(())
    }

    /// `[5m]` or `[5m:1m]`.
    fn ranged(&mut self, of: Part) -> Read<Part> {
        let open = self.next()?;
        self.range(("subquery or range selector", "number, duration, step(), or range()"))?;
        let token = self.peek()?;
        if token.is("]") {
            self.next()?;
            let wrong = match of.shape {
                Shape::Selector { offset: true, .. } => "no offset modifiers allowed before range",
                Shape::Selector { at: true, .. } => "no @ modifiers allowed before range",
                Shape::Selector { .. } => {
                    let shape = Shape::Range { offset: false, at: false };
                    return Ok(Part { kind: Type::Matrix, ..of }.shaped(shape));
                }
                _ => "ranges only allowed for vector selectors",
            };
            return self.fail(open.at, wrong);
        }
        if !token.is(":") {
            return self.unexpected(("subquery or range", "\":\" or \"]\""));
        }
        self.next()?;
        if !self.peek()?.is("]") {
            self.range(("subquery selector", "number, duration, step(), range(), or \"]\""))?;
            if !self.peek()?.is("]") {
                return self.unexpected(("subquery selector", "\"]\""));
            }
        }
        self.next()?;
        let mut subquery =
            Part::new(of.start, Type::Matrix).shaped(Shape::Subquery { offset: false, at: false });
        subquery.check(of.fault);
        subquery.expect(of.kind == Type::Vector, of.start, || {
            format!("subquery is only allowed on instant vector, got {} instead", of.kind.bare())
        });
        Ok(subquery)
    }

    fn value(&mut self, place: &'static str) -> Read<Part> {
        let token = self.peek()?;
        match token.kind {
            Kind::Number | Kind::Duration => {
                self.next()?;
                let number = self.seconds(&token)?;
                Ok(Part::new(token.at, Type::Scalar).shaped(Shape::Number(number)))
            }
            Kind::Text => {
                self.next()?;
                Ok(Part::new(token.at, Type::Text))
            }
            Kind::Symbol if token.is("(") => {
                self.next()?;
                let inner = self.expression(0, place)?;
                self.symbol(")", place)?;
                Ok(Part { start: token.at, shape: Shape::Other, ..inner })
            }
            Kind::Symbol if token.is("{") => self.selector(token.at, None),
            Kind::Identifier => {
                self.next()?;
                if self.peek()?.is("(") {
                    self.call(&token, &token.text, place)
                } else {
                    self.selector(token.at, Some(token.text))
                }
            }
            Kind::Metric => {
                self.next()?;
                self.selector(token.at, Some(token.text))
            }
            Kind::Keyword => self.keyword(token, place),
            _ => self.unexpected((place, "")),
        }
    }

    /// A keyword where a value is wanted: an aggregation, a function, or a metric of that name.
    fn keyword(&mut self, token: Token, place: &'static str) -> Read<Part> {
        let word = token.keyword().unwrap_or_default();
        if !begins_value(&token) {
            return self.unexpected((place, ""));
        }
        self.next()?;
        let after = self.peek()?;
        let modifier = |token: &Token| matches!(token.keyword().as_deref(), Some("by" | "without"));
        if lex::AGGREGATORS.contains(&word.as_str()) && (after.is("(") || modifier(&after)) {
            let inside = "aggregation";
            let first = modifier(&after);
            if first {
                self.next()?;
                self.labels()?;
            }
            let arguments = self.arguments(inside)?;
            if !first && modifier(&self.peek()?) {
                self.next()?;
                self.labels()?;
            }
            return operators::aggregation(&word, token.at, arguments, self.features).map_err(Stop::Fault);
        }
        if lex::PREPROCESSORS.contains(&word.as_str()) && after.is("(") {
            return self.call(&token, &token.text, place);
        }
        self.selector(token.at, Some(token.text))
    }

    fn call(&mut self, token: &Token, name: &str, place: &'static str) -> Read<Part> {
        let arguments = self.arguments(place)?;
        functions::call(name, token.at, arguments, self.features).map_err(Stop::Fault)
    }

    fn arguments(&mut self, place: &'static str) -> Read<Vec<Part>> {
        self.symbol("(", place)?;
        let mut arguments = Vec::new();
        if self.peek()?.is(")") {
            self.next()?;
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression(0, place)?);
            let token = self.peek()?;
            if !token.is(",") {
                self.symbol(")", place)?;
                return Ok(arguments);
            }
            self.next()?;
            if !begins_value(&self.peek()?) {
                return self.fail(token.at, "trailing commas not allowed in function call args");
            }
        }
    }

    /// What a number or a duration stands for, in seconds.
    pub(super) fn seconds(&self, token: &Token) -> Read<f64> {
        let text = token.text.to_ascii_lowercase();
        if token.kind == Kind::Duration {
            #[expect(clippy::cast_precision_loss, reason = "durations are shorter than 2^52 milliseconds")]
            return duration::prometheus(&token.text)
                .map(|milliseconds| milliseconds as f64 / 1000.0)
                .or_else(|message| self.fail(token.at, message));
        }
        number(&text).or_else(|error| {
            let shown = gotemplate::quoted(&token.text);
            self.fail(token.at, format!("error parsing number: strconv.ParseFloat: parsing {shown}: {error}"))
        })
    }
}

/// Whether a value may begin with this word. Most keywords are names of metrics there.
fn begins_value(token: &Token) -> bool {
    const NEVER: [&str; 6] = ["on", "ignoring", "group_left", "group_right", "bool", "atan2"];
    match token.kind {
        Kind::Symbol => matches!(token.text.as_str(), "(" | "{" | "+" | "-"),
        Kind::Keyword => !NEVER.contains(&token.text.to_ascii_lowercase().as_str()),
        Kind::End | Kind::Fault => false,
        _ => true,
    }
}

/// A number in lower case, as Go reads it: as a whole one with a prefix, or with a point.
fn number(text: &str) -> Result<f64, &'static str> {
    if text.ends_with('_') {
        return Err("invalid syntax");
    }
    let bare = text.replace('_', "");
    let whole = match bare.get(..2) {
        Some("0x") => i64::from_str_radix(&bare[2..], 16),
        _ if bare.len() > 1 && bare.starts_with('0') => i64::from_str_radix(&bare[1..], 8),
        _ => bare.parse(),
    };
    if let Ok(whole) = whole {
        #[expect(clippy::cast_precision_loss, reason = "as Prometheus does")]
        return Ok(whole as f64);
    }
    if bare.starts_with("0x") {
        return Err("invalid syntax");
    }
    match bare.parse::<f64>() {
        Ok(number) if number.is_infinite() && bare != "inf" => Err("value out of range"),
        Ok(number) => Ok(number),
        Err(_) => Err("invalid syntax"),
    }
}
