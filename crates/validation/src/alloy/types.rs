//! Whether a block takes what is in it, in the order and the words of Alloy's own check of types.

use std::collections::{BTreeMap, BTreeSet};

use crate::{duration, go_regex, prometheus, schema, size};

use super::{
    report::Report,
    syntax::{Attribute, Block, Expression, Field, Statement},
    table::{TYPES, Type},
    value::{self, Value},
};

/// Looks into a block of a type.
pub(super) struct Types<'r, 's, 'e> {
    pub report: &'r mut Report<'s>,
    pub environment: &'e BTreeMap<String, String>,
}

impl Types<'_, '_, '_> {
    pub(super) fn block(&mut self, block: &Block, kind: &str) {
        let Some(known) = TYPES.get(kind) else { return };
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for inner in block.blocks() {
            *counts.entry(&inner.name).or_default() += 1;
        }
        for statement in &block.body {
            match statement {
                Statement::Block(inner) => self.inner(inner, counts[inner.name.as_str()] > 1, known),
                Statement::Attribute(attribute) => {
                    let again = !seen.insert(&attribute.name.text);
                    self.attribute(attribute, known, again);
                }
            }
        }
        for field in known.fields.iter().filter(|field| field.required) {
            let there =
                if field.is_block { counts.contains_key(field.name) } else { seen.contains(field.name) };
            if !there {
                let what = if field.is_block { "block" } else { "attribute" };
                self.report.validate(block.at, format!("missing required {what} {:?}", field.name));
            }
        }
    }

    fn inner(&mut self, inner: &Block, several: bool, known: &Type) {
        let name = inner.name.as_str();
        let Some(field) = known.field(name) else {
            return self.unknown(inner.at, "block", name, known);
        };
        if !field.is_block {
            let message = format!("{name:?} must be an attribute, but is used as a block");
            return self.report.validate(inner.at, message);
        }
        if let Some(item) = field.kind.strip_prefix("[]") {
            return self.block(inner, item);
        }
        if several {
            return self.report.validate(inner.at, format!("block {name:?} may only be specified once"));
        }
        self.block(inner, field.kind);
    }

    fn attribute(&mut self, attribute: &Attribute, known: &Type, again: bool) {
        let name = attribute.name.text.as_str();
        let at = attribute.name.at;
        match known.field(name) {
            None => self.unknown(at, "attribute", name, known),
            Some(field) if field.is_block => {
                self.report.validate(at, format!("{name:?} must be a block, but is used as an attribute"));
            }
            Some(_) if again => {
                self.report.validate(at, format!("attribute {name:?} may only be provided once"));
            }
            Some(field) => self.value(&attribute.value, field.kind),
        }
    }

    fn unknown(&mut self, at: usize, what: &str, name: &str, known: &Type) {
        let names = known.fields.iter().map(|field| field.name);
        let message = format!("unrecognized {what} name {name:?}");
        // Nobody reads the suggestions of a file that is wrong throughout.
        let nearest = self.report.has_few().then(|| schema::nearest(name, names)).flatten();
        self.report.unknown(at, message, nearest);
    }

    fn value(&mut self, value: &Expression, kind: &str) {
        match value {
            Expression::Literal(token, text, at) => {
                if let Err(message) = fits(&value::literal(*token, text), kind) {
                    self.report.validate(*at, message);
                }
            }
            Expression::Array { open, items, .. } => self.array(*open, items, kind),
            Expression::Object { open, fields, .. } => self.object(*open, fields, kind),
            Expression::Unary { sign, value, .. } => self.unary(sign, value, kind),
            Expression::Binary { left, sign, right, .. }
                if matches!((&**left, &**right), (Expression::Literal(..), Expression::Literal(..))) =>
            {
                self.binary(left, sign, right, kind);
            }
            // Alloy itself evaluates the rest only when it starts.
            _ => {
                if let Some(Err(message)) = value::known(value, self.environment).map(|it| fits(&it, kind)) {
                    let written = self.report.text(value.start(), value.end()).to_owned();
                    self.report.start(value.start(), format!("{written} {message}"));
                }
            }
        }
    }

    fn array(&mut self, open: usize, items: &[Expression], kind: &str) {
        match kind.strip_prefix("[]") {
            Some("any") => {}
            Some(item) => items.iter().for_each(|each| self.value(each, item)),
            None if is_open(kind) => {}
            None => self.report.validate(open, format!("expected {}, got array", alloy_type(kind))),
        }
    }

    fn object(&mut self, open: usize, fields: &[Field], kind: &str) {
        if let Some(item) = kind.strip_prefix("{}") {
            return fields.iter().for_each(|field| self.value(&field.value, item));
        }
        if is_open(kind) || TYPES.get(kind).is_some_and(|known| known.own_form) {
            return;
        }
        let Some(known) = TYPES.get(kind).filter(|known| !known.fields.is_empty()) else {
            return self.report.validate(open, format!("expected {}, got object", alloy_type(kind)));
        };
        for field in fields {
            let name = field.name.text.as_str();
            match known.field(name) {
                None => self.unknown(field.name.at, "attribute", name, known),
                Some(inner) => self.value(&field.value, inner.kind),
            }
        }
        let there = |name: &str| fields.iter().any(|field| field.name.text == name);
        for field in known.fields.iter().filter(|field| field.required && !field.is_block) {
            if !there(field.name) {
                self.report.validate(open, format!("missing required attribute {:?}", field.name));
            }
        }
    }

    fn unary(&mut self, sign: &str, value: &Expression, kind: &str) {
        let Expression::Literal(token, text, at) = value else { return };
        let literal = value::literal(*token, text);
        let wanted = if sign == "!" { "bool" } else { "number" };
        let fitting =
            if literal.kind() == wanted { fits(&literal, kind) } else { Err(expected(wanted, &literal)) };
        if let Err(message) = fitting {
            self.report.validate(*at, message);
        }
    }
}

impl Types<'_, '_, '_> {
    /// Two literals with an operator between them.
    fn binary(&mut self, left: &Expression, sign: &str, right: &Expression, kind: &str) {
        let (Some(first), Some(second)) =
            (value::known(left, self.environment), value::known(right, self.environment))
        else {
            return;
        };
        let (takes, gives): (&[&str], _) = match sign {
            "==" | "!=" => (&["null", "bool", "number", "string"], Value::Bool(true)),
            "||" | "&&" => (&["bool"], Value::Bool(true)),
            "<" | ">" | "<=" | ">=" => (&["number", "string"], Value::Bool(true)),
            "+" => (&["number", "string", "capsule"], sum(&first, &second)),
            _ => (&["number"], Value::Number("0".to_owned())),
        };
        let wrong = [&first, &second].into_iter().find(|value| !takes.contains(&value.kind()));
        let alike = takes.contains(&"null") || first.kind() == second.kind();
        let by_zero = matches!(sign, "/" | "%") && second == Value::Number("0".to_owned());
        let checked = if let Some(wrong) = wrong {
            let takes = takes.join(" ");
            Err(format!("should be one of [{takes}] for binop {sign}, got {}", wrong.kind()))
        } else if !alike {
            Err(expected(first.kind(), &second))
        } else if by_zero {
            Err("divide by zero error".to_owned())
        } else {
            fits(&gives, kind)
        };
        if let Err(message) = checked {
            self.report.validate(left.start(), message);
        }
    }
}

fn sum(first: &Value, second: &Value) -> Value {
    match (first, second) {
        (Value::Text(first), Value::Text(second)) => Value::Text(format!("{first}{second}")),
        _ => Value::Number("0".to_owned()),
    }
}

fn expected(kind: &str, value: &Value) -> String {
    format!("expected {kind}, got {}", value.kind())
}

/// Whether a type takes values whose form is not known here.
fn is_open(kind: &str) -> bool {
    kind == "any"
        || matches!(alloy_type(kind), "capsule")
        || TYPES
            .get(kind)
            .is_some_and(|known| known.own_form && !matches!(kind, "relabel.Regexp" | "config.URL"))
}

/// What Alloy calls a type.
fn alloy_type(kind: &str) -> &'static str {
    match kind {
        "string" | "time.Duration" => "string",
        "bool" => "bool",
        "any" | "relabel.Rules" | "alloytypes.Secret" | "alloytypes.OptionalSecret" => "capsule",
        _ if kind.starts_with("[]") => "array",
        _ if kind.starts_with("{}") => "object",
        _ if is_number(kind) => "number",
        _ if TYPES.get(kind).is_some_and(|known| !known.fields.is_empty()) => "object",
        // What is left reads a text of its own kind.
        _ => "string",
    }
}

fn is_number(kind: &str) -> bool {
    kind.starts_with("int") || kind.starts_with("uint") || kind.starts_with("float")
}

/// Whether a type takes a value without parts.
fn fits(value: &Value, kind: &str) -> Result<(), String> {
    if *value == Value::Null || kind == "any" {
        return Ok(());
    }
    if let "alloytypes.Secret" | "alloytypes.OptionalSecret" = kind {
        return match value {
            Value::Text(_) => Ok(()),
            other => Err(expected("capsule", other)),
        };
    }
    if kind == "discovery.Target" {
        let from = match value {
            Value::Number(number) if number.contains(['.', 'e', 'E']) => "float64",
            Value::Number(_) => "int64",
            Value::Bool(_) => "bool",
            _ => "string",
        };
        return Err(format!("target::ConvertFrom: conversion from '{from}' is not supported"));
    }
    match (alloy_type(kind), value) {
        ("string", _) => {
            let text = value.text().ok_or_else(|| expected("string", value))?;
            text_fits(text, kind)
        }
        ("number", Value::Number(_)) | ("bool", Value::Bool(_)) => Ok(()),
        ("number", Value::Text(text)) if reads_as_number(text) => Ok(()),
        (wanted, value) => Err(expected(wanted, value)),
    }
}

fn reads_as_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix('-') {
        return digits.parse::<u64>().is_ok();
    }
    if text.contains(['.', 'e', 'E']) { text.parse::<f64>().is_ok() } else { text.parse::<u64>().is_ok() }
}

/// What types that read a text of their own say of one.
fn text_fits(text: &str, kind: &str) -> Result<(), String> {
    let one_of = |known: &[&str], words: String| if known.contains(&text) { Ok(()) } else { Err(words) };
    match kind {
        "time.Duration" => duration::go(text).map(|_| ()),
        "logging.Level" => {
            one_of(&["", "debug", "info", "warn", "error"], format!("unrecognized log level {text:?}"))
        }
        "logging.Format" => one_of(&["", "logfmt", "json"], format!("unrecognized log format {text:?}")),
        "logging.LogDestination" => {
            one_of(&["stderr", "windows_event_log"], format!("unrecognized log destination {text:?}"))
        }
        "relabel.Action" => {
            one_of(&prometheus::relabel::ACTIONS, format!("unrecognized action type {text:?}"))
        }
        "relabel.Regexp" => go_regex::check(&format!("^(?s:{text})$")),
        "filedetector.Detector" => one_of(
            &["", "fsnotify", "poll"],
            format!("unrecognized detector {text:?}, expected fsnotify or poll"),
        ),
        "file.CompressionFormat" => one_of(
            &["gz", "z", "bz2"],
            format!("unsupported compression format: {text:?} - please use one of \"gz, z, bz2\""),
        ),
        "file.OnPositionsFileError" => one_of(
            &["skip", "restart_from_end", "restart_from_beginning"],
            format!("unknown OnPositionsFileError value: {text}"),
        ),
        "stages.Source" if text.is_empty() => Err("source cannot be empty".to_owned()),
        "stages.SourceType" => one_of(
            &["line", "label", "structured_metadata", "extracted"],
            format!("unknown source_type: {text}"),
        ),
        "stages.Template" => super::stages::template(text),
        "units.Base2Bytes" => size::units(text).map(|_| ()),
        "config.URL" => crate::go_url::parse(text).map(|_| ()),
        "config.TLSVersion" => {
            one_of(&["TLS10", "TLS11", "TLS12", "TLS13"], format!("unknown TLS version: {text}"))
        }
        _ => Ok(()),
    }
}
