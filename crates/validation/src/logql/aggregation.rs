//! Aggregations, and the functions beside them.

use crate::go_regex;

use super::{
    lex::{Kind, Token},
    operator::float,
    parser::{Expr, Parser, Result, Shape},
    range, words,
};

impl Parser {
    /// `rate({…}[5m])`, `quantile_over_time(0.9, {…} | unwrap x [5m]) by (y)`.
    pub(super) fn range_aggregation(&mut self, operation: &'static str) -> Result<Expr> {
        let name = self.advance()?;
        self.expect("(")?;
        let parameter = if self.token.kind == Kind::Number {
            let number = self.advance()?;
            self.expect(",")?;
            Some(number)
        } else {
            None
        };
        if !self.token.is("{") && !self.token.is("(") {
            return self.unexpected(if parameter.is_some() { &["{", "("] } else { &["NUMBER", "{", "("] });
        }
        let range = self.nested(Self::log_range)?;
        self.expect(")")?;
        let grouped = self.grouping()?;
        let fault = range::misuse(operation, parameter.as_ref(), &range, grouped.is_some());
        let fault = fault.map(|message| words::meaning(parameter.as_ref().unwrap_or(&name), &message));
        Ok(Expr::metric(fault.or(range.fault), range.late))
    }

    /// `sum by (x) (…)`, `topk(5, …)`.
    pub(super) fn vector_aggregation(&mut self, operation: &'static str) -> Result<Expr> {
        let name = self.advance()?;
        let mut grouping = self.grouping()?;
        let before = grouping.is_some();
        if !self.eat("(")? {
            return self.unexpected(if before { &["("] } else { &["(", "by", "without"] });
        }
        let mut parameter = None;
        let inner = if self.token.kind == Kind::Number {
            let number = self.advance()?;
            if self.eat(",")? {
                parameter = Some(number);
                self.metric()?
            } else {
                let inner = self.operators_after(Self::literal(&number, false), 0)?;
                self.must_be_metric(&inner)?;
                inner
            }
        } else {
            self.metric()?
        };
        if !self.eat(")")? {
            return self.unexpected(&[]);
        }
        if !before {
            grouping = self.grouping()?;
        }
        let at = parameter.as_ref().unwrap_or(&name);
        let fault = vector_misuse(operation, parameter.as_ref(), grouping.is_some()).or_else(|| {
            let sorted_by = operation.starts_with("sort") && grouping.is_some_and(|labels| labels > 0);
            sorted_by.then(|| "sort and sort_desc doesn't allow grouping by ".to_owned())
        });
        let fault = fault.map(|message| words::meaning(at, &message));
        Ok(Expr::metric(fault.or(inner.fault), inner.late))
    }

    /// `by (…)` or `without (…)`: how many labels.
    fn grouping(&mut self) -> Result<Option<usize>> {
        if self.eat("by")? || self.eat("without")? { self.labels().map(Some) } else { Ok(None) }
    }

    /// Labels in parentheses: how many.
    pub(super) fn labels(&mut self) -> Result<usize> {
        self.expect("(")?;
        if self.eat(")")? {
            return Ok(0);
        }
        self.expect_kind(Kind::Identifier, &["IDENTIFIER", ")"])?;
        let mut count = 1;
        while !self.eat(")")? {
            if !self.eat(",")? {
                return self.unexpected(&[",", ")"]);
            }
            self.identifier()?;
            count += 1;
        }
        Ok(count)
    }

    /// `label_replace(…, "to", "$1", "from", "regex")`.
    pub(super) fn label_replace(&mut self) -> Result<Expr> {
        self.advance()?;
        self.expect("(")?;
        let inner = self.metric()?;
        if !self.token.is(",") {
            return self.unexpected(&[]);
        }
        let mut regex = None;
        for _ in 0..4 {
            self.expect(",")?;
            regex = Some(self.text()?);
        }
        self.expect(")")?;
        let fault = regex.and_then(|regex: Token| {
            let error = go_regex::check(&format!("^(?:{})$", regex.text)).err()?;
            Some(words::meaning(&regex, &format!("invalid regex in label_replace: {error}")))
        });
        Ok(Expr::metric(fault.or(inner.fault), inner.late))
    }

    /// `vector(0)`.
    pub(super) fn vector(&mut self) -> Result<Expr> {
        self.advance()?;
        self.expect("(")?;
        let number = self.expect_kind(Kind::Number, &["NUMBER"])?;
        self.expect(")")?;
        let fault = float(&number.text).err();
        let fault =
            fault.map(|it| words::meaning(&number, &format!("unable to parse vectorExpr as a float: {it}")));
        Ok(Expr::metric(fault, None))
    }

    /// `variants(…, …) of ({…}[5m])`.
    pub(super) fn variants(&mut self) -> Result<Expr> {
        self.advance()?;
        self.expect("(")?;
        let mut each = vec![self.metric()?];
        while self.eat(",")? {
            each.push(self.metric()?);
        }
        if !self.eat(")")? {
            return self.unexpected(&[]);
        }
        self.expect("of")?;
        self.expect("(")?;
        if !self.token.is("{") && !self.token.is("(") {
            return self.unexpected(&["{", "("]);
        }
        let range = self.nested(Self::log_range)?;
        self.expect(")")?;
        let fault = each.into_iter().fold(range.fault, |fault, it| fault.or(it.fault));
        Ok(Expr { shape: Shape::Variants, fault, late: range.late })
    }
}

fn vector_misuse(operation: &str, parameter: Option<&Token>, grouped: bool) -> Option<String> {
    let text = parameter.map(|it| it.text.as_str());
    if !matches!(operation, "topk" | "bottomk" | "approx_topk") {
        return text.map(|text| format!("unsupported parameter for operation {operation}({text},"));
    }
    let Some(text) = text else { return Some(format!("parameter required for operation {operation}")) };
    match text.parse::<i64>() {
        Err(_) => Some(format!("invalid parameter {operation}({text},")),
        Ok(..=0) => Some(format!("invalid parameter (must be greater than 0) {operation}({text}")),
        Ok(_) if operation == "approx_topk" && grouped => {
            Some(format!("grouping not allowed for {operation} aggregation"))
        }
        Ok(_) => None,
    }
}
