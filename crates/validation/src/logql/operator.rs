//! Operators between expressions, and numbers.

use super::{
    lex::{Kind, Token},
    parser::{Expr, Parser, Result, Shape},
    words,
};

/// Operators, by how strongly they bind.
const LEVELS: [(&str, u8); 15] = [
    ("or", 1),
    ("and", 2),
    ("unless", 2),
    ("==", 3),
    ("!=", 3),
    ("<", 3),
    ("<=", 3),
    (">", 3),
    (">=", 3),
    ("+", 4),
    ("-", 4),
    ("*", 5),
    ("/", 5),
    ("%", 5),
    ("^", 6),
];

impl Parser {
    /// An expression whose operators bind at least so strongly.
    pub(super) fn expression(&mut self, least: u8) -> Result<Expr> {
        let first = self.operand()?;
        self.operators_after(first, least)
    }

    /// What follows a first operand.
    pub(super) fn operators_after(&mut self, first: Expr, least: u8) -> Result<Expr> {
        let mut left = first;
        while let Some((operator, level)) = self.operator().filter(|(_, level)| *level >= least) {
            let at = self.advance()?;
            self.matching()?;
            let next = if operator == "^" { level } else { level + 1 };
            let right = self.nested(|it| it.expression(next))?;
            left = combined(&at, operator, left, right);
        }
        Ok(left)
    }

    fn operator(&self) -> Option<(&'static str, u8)> {
        let Kind::Word(word) = self.token.kind else { return None };
        LEVELS.iter().copied().find(|(operator, _)| *operator == word)
    }

    /// `bool`, `on (…)` or `ignoring (…)`, and after these `group_left` or `group_right`.
    fn matching(&mut self) -> Result<()> {
        self.eat("bool")?;
        if self.eat("on")? || self.eat("ignoring")? {
            self.labels()?;
            if (self.eat("group_left")? || self.eat("group_right")?) && self.token.is("(") {
                self.labels()?;
            }
        }
        Ok(())
    }

    pub(super) fn literal(number: &Token, below_zero: bool) -> Expr {
        let (value, fault) = match float(&number.text) {
            Ok(value) => (if below_zero { -value } else { value }, None),
            Err(it) => {
                let fault = words::meaning(number, &format!("unable to parse literal as a float: {it}"));
                (0.0, Some(fault))
            }
        };
        Expr { shape: Shape::Literal(value), fault, late: None }
    }
}

fn combined(at: &Token, operator: &str, left: Expr, right: Expr) -> Expr {
    let leg = |side: &str, expr: &Expr| {
        let name = match expr.shape {
            Shape::Selector => "*syntax.MatchersExpr",
            Shape::Pipeline => "*syntax.PipelineExpr",
            Shape::Variants => "*syntax.MultiVariantExpr",
            Shape::Literal(value) if matches!(operator, "or" | "and" | "unless") && expr.fault.is_none() => {
                return Some(words::meaning(
                    at,
                    &format!(
                        "unexpected literal for {side} leg of logical/set binary operation ({operator}): {value:.6}"
                    ),
                ));
            }
            Shape::Literal(_) | Shape::Metric => return None,
        };
        let message = format!("unexpected type for {side} leg of binary operation ({operator}): {name}");
        Some(words::meaning(at, &message))
    };
    let is_lines = |expr: &Expr| !matches!(expr.shape, Shape::Metric | Shape::Literal(_));
    // Types come before numbers, and the left side before the right one.
    let fault = if is_lines(&left) || !is_lines(&right) {
        leg("left", &left).or_else(|| leg("right", &right))
    } else {
        leg("right", &right)
    };
    let shape = match (left.shape, right.shape) {
        (Shape::Literal(left), Shape::Literal(right)) => Shape::Literal(computed(operator, left, right)),
        _ => Shape::Metric,
    };
    Expr { shape, fault: fault.or(left.fault).or(right.fault), late: left.late.or(right.late) }
}

/// Loki computes what stands between two numbers at once.
fn computed(operator: &str, left: f64, right: f64) -> f64 {
    let truth = |it: bool| f64::from(u8::from(it));
    match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" | "%" if right == 0.0 => f64::NAN,
        "/" => left / right,
        "%" => left % right,
        "^" => left.powf(right),
        ">" => truth(left > right),
        ">=" => truth(left >= right),
        "<" => truth(left < right),
        "<=" => truth(left <= right),
        "==" => truth((left - right).abs() == 0.0),
        _ => truth((left - right).abs() != 0.0),
    }
}

/// A number as Go's `strconv.ParseFloat` reads it.
pub(super) fn float(text: &str) -> std::result::Result<f64, String> {
    let fault = |what: &str| format!("strconv.ParseFloat: parsing {text:?}: {what}");
    let lower = text.to_ascii_lowercase();
    if let Some(hexadecimal) = lower.strip_prefix("0x") {
        // What such a number is does not matter here.
        return if hexadecimal.contains('p') { Ok(1.0) } else { Err(fault("invalid syntax")) };
    }
    let value: f64 = lower.replace('_', "").parse().map_err(|_| fault("invalid syntax"))?;
    if value.is_infinite() { Err(fault("value out of range")) } else { Ok(value) }
}
