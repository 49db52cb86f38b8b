//! Lines over a time: `{…} | json | unwrap x [5m] offset 1h`.

use super::{
    LogqlError,
    lex::{Kind, Token},
    operator::float,
    parser::{Parser, Result},
};

const OVER_LINES: [&str; 5] =
    ["bytes_over_time", "bytes_rate", "count_over_time", "rate", "absent_over_time"];
const OVER_VALUES: [&str; 12] = [
    "avg_over_time",
    "sum_over_time",
    "max_over_time",
    "min_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "quantile_over_time",
    "rate",
    "rate_counter",
    "absent_over_time",
    "first_over_time",
    "last_over_time",
];
const GROUPED: [&str; 8] = [
    "avg_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "quantile_over_time",
    "max_over_time",
    "min_over_time",
    "first_over_time",
    "last_over_time",
];

/// Whether a function aggregates lines over a time.
pub(super) fn is_aggregation(function: &str) -> bool {
    OVER_LINES.contains(&function) || OVER_VALUES.contains(&function)
}

/// What is wrong about an aggregation with such an argument.
pub(super) fn misuse(
    operation: &str,
    parameter: Option<&Token>,
    range: &LogRange,
    grouped: bool,
) -> Option<String> {
    match parameter {
        Some(it) if operation != "quantile_over_time" => {
            return Some(format!("parameter {} not supported for operation {operation}", it.text));
        }
        Some(it) => {
            if let Err(error) = float(&it.text) {
                return Some(format!("invalid parameter for operation {operation}: {error}"));
            }
        }
        None if operation == "quantile_over_time" => {
            return Some(format!("parameter required for operation {operation}"));
        }
        None => {}
    }
    if grouped && !GROUPED.contains(&operation) {
        return Some(format!("grouping not allowed for {operation} aggregation"));
    }
    let (allowed, how): (&[&str], _) =
        if range.unwraps { (&OVER_VALUES, "with") } else { (&OVER_LINES, "without") };
    (!allowed.contains(&operation)).then(|| format!("invalid aggregation {operation} {how} unwrap"))
}

pub(super) struct LogRange {
    pub(super) unwraps: bool,
    pub(super) fault: Option<LogqlError>,
    pub(super) late: Option<LogqlError>,
}

impl Parser {
    /// A range. It begins with `{` or `(`.
    pub(super) fn log_range(&mut self) -> Result<LogRange> {
        if !self.eat("(")? {
            let mut range = self.lines()?;
            if self.token.kind != Kind::Range {
                return self.unexpected(if range.unwraps { &["RANGE", "|"] } else { &[] });
            }
            self.interval(&mut range)?;
            return Ok(range.into());
        }
        if self.token.is("(") {
            let inner = self.nested(Self::log_range)?;
            self.expect(")")?;
            return Ok(inner);
        }
        if !self.token.is("{") {
            return self.unexpected(&["{", "("]);
        }
        let mut range = self.lines()?;
        if self.token.kind == Kind::Range {
            self.interval(&mut range)?;
            self.expect(")")?;
            return Ok(range.into());
        }
        if !self.eat(")")? {
            return self.unexpected(if range.unwraps { &["RANGE", ")", "|"] } else { &[] });
        }
        self.expect_kind(Kind::Range, &["RANGE"])?;
        self.offset()?;
        if !range.staged && !range.unwraps && self.eat("|")? {
            if !self.token.is("unwrap") {
                return self.unexpected(&["unwrap"]);
            }
            self.unwrap_stage()?;
            range.unwraps = true;
        }
        Ok(range.into())
    }

    /// A selector with what may stand before the interval.
    fn lines(&mut self) -> Result<Lines> {
        let fault = self.selector()?;
        let mut lines = Lines { staged: false, unwraps: false, fault, late: None };
        self.stages(&mut lines)?;
        Ok(lines)
    }

    /// The interval with its offset, and the stages when none came before it.
    fn interval(&mut self, lines: &mut Lines) -> Result<()> {
        self.advance()?;
        self.offset()?;
        if lines.staged || lines.unwraps { Ok(()) } else { self.stages(lines) }
    }

    fn stages(&mut self, lines: &mut Lines) -> Result<()> {
        let pipeline = self.pipeline(true)?;
        lines.staged = !pipeline.is_empty();
        lines.late = pipeline.fault();
        // A pipeline ends after the sign when what follows it is no stage of its own.
        if pipeline.before_unwrap {
            self.unwrap_stage()?;
            lines.unwraps = true;
        }
        Ok(())
    }

    fn offset(&mut self) -> Result<()> {
        if self.eat("offset")? {
            self.expect_kind(Kind::Duration, &["DURATION"])?;
        }
        Ok(())
    }

    /// `unwrap x`, `unwrap bytes(x)`, and the filters after it; the sign before it is read.
    fn unwrap_stage(&mut self) -> Result<()> {
        self.advance()?;
        match self.token.kind {
            Kind::Identifier => {
                self.advance()?;
            }
            Kind::Function("bytes" | "duration" | "duration_seconds") => {
                self.advance()?;
                self.expect("(")?;
                self.identifier()?;
                self.expect(")")?;
            }
            _ => {
                return self.unexpected(&[
                    "IDENTIFIER",
                    "BYTES_CONV",
                    "DURATION_CONV",
                    "DURATION_SECONDS_CONV",
                ]);
            }
        }
        while self.eat("|")? {
            self.label_filter()?;
        }
        Ok(())
    }
}

struct Lines {
    staged: bool,
    unwraps: bool,
    fault: Option<LogqlError>,
    late: Option<LogqlError>,
}

impl From<Lines> for LogRange {
    fn from(lines: Lines) -> Self {
        let Lines { unwraps, fault, late, .. } = lines;
        Self { unwraps, fault, late }
    }
}
