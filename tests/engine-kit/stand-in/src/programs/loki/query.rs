//! Runs what `parser` has understood over the lines that are kept.

use std::collections::BTreeMap;

use serde_json::Value;
use validation::logql::Kind;

use super::parser::{Expression, Pipeline, Stage};
use super::store::{Labels, Line, Store};

/// A line that has passed a pipeline.
pub struct Found<'a> {
    pub line: &'a Line,
    pub parsed: Labels,
}

impl Found<'_> {
    /// All labels in one: those of the stream, the structured metadata and what was parsed.
    pub fn labels(&self) -> Labels {
        let mut labels = (*self.line.labels).clone();
        for more in [&self.line.metadata, &self.parsed] {
            labels.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        labels
    }
}

pub enum Outcome {
    Scalar(f64),
    Vector(Vec<(Labels, f64)>),
}

/// In the order of their times.
pub fn lines<'a>(store: &'a Store, pipeline: &Pipeline, start: u64, end: u64) -> Vec<Found<'a>> {
    let mut found: Vec<Found> = store.between(start, end).filter_map(|line| passed(line, pipeline)).collect();
    found.sort_by_key(|found| found.line.time);
    found
}

pub fn selects(pipeline: &Pipeline, labels: &Labels) -> bool {
    let value = |name: &str| labels.get(name).map(String::as_str).unwrap_or_default();
    pipeline.matchers.iter().all(|matcher| matcher.matches(value(&matcher.name)))
}

fn passed<'a>(line: &'a Line, pipeline: &Pipeline) -> Option<Found<'a>> {
    if !selects(pipeline, &line.labels) {
        return None;
    }
    let mut parsed = Labels::new();
    for stage in &pipeline.stages {
        let passes = match stage {
            Stage::Line { sign, text, regex } => {
                let contains = regex
                    .as_ref()
                    .map_or_else(|| line.text.contains(text), |regex| regex.is_match(&line.text));
                contains != sign.starts_with('!')
            }
            Stage::Json => {
                parse_json(line, &mut parsed);
                true
            }
            Stage::Logfmt => {
                parse_logfmt(line, &mut parsed);
                true
            }
            Stage::Label(matcher) => {
                let name = &matcher.name;
                let value =
                    parsed.get(name).or_else(|| line.metadata.get(name)).or_else(|| line.labels.get(name));
                matcher.matches(value.map(String::as_str).unwrap_or_default())
            }
        };
        if !passes {
            return None;
        }
    }
    Some(Found { line, parsed })
}

fn parse_json(line: &Line, parsed: &mut Labels) {
    match serde_json::from_str(&line.text) {
        Ok(Value::Object(fields)) => {
            for (name, value) in fields {
                add_value(line, parsed, &name, &value);
            }
        }
        _ => {
            parsed.insert("__error__".into(), "JSONParserErr".into());
            let details = "Value looks like object, but can't find closing '}' symbol";
            parsed.insert("__error_details__".into(), details.into());
        }
    }
}

fn add_value(line: &Line, parsed: &mut Labels, name: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (inner, value) in fields {
                add_value(line, parsed, &format!("{name}_{inner}"), value);
            }
        }
        Value::Array(_) | Value::Null => {}
        Value::String(text) => add(line, parsed, name, text.clone()),
        other => add(line, parsed, name, other.to_string()),
    }
}

fn parse_logfmt(line: &Line, parsed: &mut Labels) {
    let mut rest = line.text.as_str();
    while let Some((name, tail)) = rest.split_once('=') {
        let name = name.split_whitespace().last().unwrap_or_default();
        let (value, after) = match tail.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => tail.split_once(' ').unwrap_or((tail, "")),
        };
        add(line, parsed, name, value.to_owned());
        rest = after;
    }
}

fn add(line: &Line, parsed: &mut Labels, name: &str, value: String) {
    let clean: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    let taken = line.labels.contains_key(&clean) || line.metadata.contains_key(&clean);
    parsed.insert(if taken { clean + "_extracted" } else { clean }, value);
}

/// The value of a metric query at a time. A query of lines has none.
pub fn at(store: &Store, expression: &Expression, time: u64) -> Option<Outcome> {
    Some(match expression {
        Expression::Lines(_) | Expression::Beyond(Kind::Log) => return None,
        Expression::Beyond(Kind::Metric) => Outcome::Vector(Vec::new()),
        Expression::Number(number) => Outcome::Scalar(*number),
        Expression::Vector(number) => Outcome::Vector(vec![(Labels::new(), *number)]),
        Expression::Range { function, pipeline, seconds } => {
            let start = time.saturating_sub((seconds * 1e9) as u64);
            let mut counts: BTreeMap<Labels, f64> = BTreeMap::new();
            for found in lines(store, pipeline, start, time + 1) {
                let amount = if function.starts_with("bytes") { found.line.text.len() as f64 } else { 1.0 };
                *counts.entry(found.labels()).or_default() += amount;
            }
            let divisor = if function.ends_with("rate") { *seconds } else { 1.0 };
            Outcome::Vector(counts.into_iter().map(|(labels, amount)| (labels, amount / divisor)).collect())
        }
        Expression::Sum { name, by, of } => {
            let Outcome::Vector(inner) = at(store, of, time)? else { return None };
            let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
            for (labels, value) in inner {
                let kept = |label: &String| match by {
                    Some((true, names)) => names.contains(label),
                    Some((false, names)) => !names.contains(label),
                    None => false,
                };
                let key = labels.into_iter().filter(|(label, _)| kept(label)).collect();
                groups.entry(key).or_default().push(value);
            }
            Outcome::Vector(
                groups.into_iter().map(|(labels, values)| (labels, folded(name, &values))).collect(),
            )
        }
        Expression::Binary(left, sign, right) => {
            combined(at(store, left, time)?, sign, at(store, right, time)?)
        }
    })
}

fn folded(name: &str, values: &[f64]) -> f64 {
    let sum: f64 = values.iter().sum();
    match name {
        "avg" => sum / values.len() as f64,
        "min" => values.iter().copied().fold(f64::INFINITY, f64::min),
        "max" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "count" => values.len() as f64,
        _ => sum,
    }
}

fn combined(left: Outcome, sign: &str, right: Outcome) -> Outcome {
    match (left, right) {
        (Outcome::Scalar(left), Outcome::Scalar(right)) => {
            Outcome::Scalar(calculated(left, sign, right).unwrap_or(0.0))
        }
        (Outcome::Vector(left), Outcome::Scalar(right)) => {
            Outcome::Vector(each(left, |value| calculated(value, sign, right)))
        }
        (Outcome::Scalar(left), Outcome::Vector(right)) => {
            Outcome::Vector(each(right, |value| calculated(left, sign, value)))
        }
        (Outcome::Vector(left), Outcome::Vector(right)) => {
            let partner =
                |labels: &Labels| right.iter().find(|(other, _)| other == labels).map(|(_, value)| *value);
            let pairs = left.into_iter().filter_map(|(labels, value)| {
                let value = calculated(value, sign, partner(&labels)?)?;
                Some((labels, value))
            });
            Outcome::Vector(pairs.collect())
        }
    }
}

fn each(values: Vec<(Labels, f64)>, change: impl Fn(f64) -> Option<f64>) -> Vec<(Labels, f64)> {
    values.into_iter().filter_map(|(labels, value)| Some((labels, change(value)?))).collect()
}

/// A comparison that does not hold has no value.
fn calculated(left: f64, sign: &str, right: f64) -> Option<f64> {
    Some(match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => {
            let holds = match sign {
                ">" => left > right,
                "<" => left < right,
                ">=" => left >= right,
                "<=" => left <= right,
                _ => (left - right).abs() < f64::EPSILON,
            };
            return holds.then_some(left);
        }
    })
}
