//! The stages of `loki.process`, which are those of Promtail in another form.

use std::collections::{BTreeMap, BTreeSet};

use crate::{go_regex, gotemplate, promtail::stages as rules};

use super::{
    report::Report,
    scope::Settings,
    syntax::{Block, Expression},
    value::{self, Value},
};

/// The attributes of a block, as far as they are known before Alloy runs.
pub(super) struct Attributes<'a> {
    pub block: &'a Block,
    pub environment: &'a BTreeMap<String, String>,
}

/// The answer of an attribute.
pub(super) enum Asked {
    Absent,
    /// It depends on what happens.
    Unknown,
    Is(String),
}

impl Asked {
    /// The text, and an empty one when there is none; nothing when it cannot be known.
    fn or_empty(self) -> Option<String> {
        match self {
            Self::Absent => Some(String::new()),
            Self::Unknown => None,
            Self::Is(text) => Some(text),
        }
    }
}

impl Attributes<'_> {
    pub(super) fn text(&self, name: &str) -> Asked {
        let Some(attribute) = self.block.attribute(name) else { return Asked::Absent };
        match value::known(&attribute.value, self.environment) {
            Some(Value::Text(text) | Value::Number(text)) => Asked::Is(text),
            Some(Value::Bool(is)) => Asked::Is(is.to_string()),
            Some(Value::Null) => Asked::Absent,
            None => Asked::Unknown,
        }
    }

    pub(super) fn text_or(&self, name: &str, default: &str) -> Asked {
        match self.text(name) {
            Asked::Absent => Asked::Is(default.to_owned()),
            other => other,
        }
    }

    /// Where the value of an attribute stands, or the block without it.
    pub(super) fn at(&self, name: &str) -> usize {
        self.block.attribute(name).map_or(self.block.at, |attribute| attribute.value.start())
    }

    /// The fields of an object, with their values where they are known.
    fn object(&self, name: &str) -> Option<Vec<(&str, String)>> {
        let Some(attribute) = self.block.attribute(name) else { return Some(Vec::new()) };
        let Expression::Object { fields, .. } = &attribute.value else { return None };
        let field = |field: &'_ super::syntax::Field| value::known(&field.value, self.environment);
        let text = |value: Option<Value>| value.as_ref().and_then(Value::text).unwrap_or_default().to_owned();
        Some(fields.iter().map(|each| (each.name.text.as_str(), text(field(each)))).collect())
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.text(name) {
            Asked::Is(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// What a stage says, the attribute that it speaks of, and whether it says so before it is built.
struct Refusal {
    about: &'static str,
    words: String,
    decoding: bool,
}

fn refuse(about: &'static str, checked: Result<(), String>) -> Result<(), Refusal> {
    checked.map_err(|words| Refusal { about, words, decoding: false })
}

fn refuse_early(about: &'static str, checked: Result<(), String>) -> Result<(), Refusal> {
    checked.map_err(|words| Refusal { about, words, decoding: true })
}

/// Looks at all stages of a block, in their order.
pub(super) fn pipeline(block: &Block, settings: &Settings<'_>, report: &mut Report<'_>) {
    let mut extracted = BTreeSet::new();
    stages(block, settings, report, &mut extracted);
}

fn stages(block: &Block, settings: &Settings<'_>, report: &mut Report<'_>, extracted: &mut BTreeSet<String>) {
    for stage in block.blocks() {
        let Some(name) = stage.name.strip_prefix("stage.") else { continue };
        let of = Attributes { block: stage, environment: settings.environment };
        if let Err(Refusal { about, words, decoding }) = check(name, &of) {
            let message = if decoding {
                format!("Failed to build component: decoding configuration: {words}")
            } else {
                format!("Failed to build component: building component: invalid stage config {words}")
            };
            report.start(of.at(about), message);
        }
        extracted.extend(names(name, &of));
        match name {
            "match" => stages(stage, settings, report, extracted),
            "template" => absent(&of, extracted, report),
            _ => {}
        }
    }
}

/// What one stage refuses.
fn check(name: &str, of: &Attributes<'_>) -> Result<(), Refusal> {
    let text = |name| of.text(name).or_empty();
    let given = |name| match of.text(name) {
        Asked::Is(text) => Some(text),
        _ => None,
    };
    match name {
        "regex" => {
            let Some(expression) = text("expression") else { return Ok(()) };
            refuse("expression", rules::regex(&expression, given("source").as_deref()))
        }
        "replace" => {
            let Some(expression) = text("expression") else { return Ok(()) };
            refuse("expression", rules::replace(&expression, None))?;
            let replaced = given("replace").map_or(Ok(()), |text| template(&text));
            refuse("replace", replaced.map_err(|error| format!("failed to compile template: {error}")))
        }
        "json" => json(of, given("source").as_deref()),
        "logfmt" => {
            let none = of.object("mapping").is_some_and(|mapping| mapping.is_empty());
            let missing = none && text("regex").is_some_and(|regex| regex.is_empty());
            refuse("mapping", needed(!missing, "logfmt mapping or regex is required"))
        }
        "template" => {
            let Some(source) = text("source") else { return Ok(()) };
            refuse_early("source", needed(!source.is_empty(), "template source value is required"))
        }
        "output" => {
            let Some(source) = text("source") else { return Ok(()) };
            refuse("source", rules::output(&source))
        }
        "match" => {
            let (Some(selector), Some(action)) = (text("selector"), text("action")) else { return Ok(()) };
            let inner = of.block.blocks().filter(|inner| inner.name.starts_with("stage.")).count();
            refuse("selector", rules::matching(&selector, &action, inner))
        }
        "drop" => drop(of),
        "multiline" => {
            let wait = given("max_wait_time").and_then(|wait| crate::duration::go(&wait).ok());
            let words = "max_wait_time must be greater than 0";
            refuse_early("max_wait_time", needed(wait.is_none_or(|wait| wait > 0), words))?;
            let Some(firstline) = text("firstline") else { return Ok(()) };
            let firstline = Some(firstline.as_str()).filter(|it| !it.is_empty());
            refuse("firstline", rules::multiline(firstline, None))
        }
        "timestamp" => {
            let (Some(source), Some(format)) = (text("source"), text("format")) else { return Ok(()) };
            let action = given("action_on_failure").filter(|it| !it.is_empty());
            refuse("format", rules::timestamp(&source, &format, action.as_deref()))
        }
        "tenant" => {
            let (Some(label), Some(source), Some(value)) = (text("label"), text("source"), text("value"))
            else {
                return Ok(());
            };
            refuse("source", rules::tenant(&label, &source, &value))
        }
        "limit" => limit(of),
        "sampling" => refuse_early("rate", of.number("rate").map_or(Ok(()), rules::sampling)),
        _ => Ok(()),
    }
}

fn needed(there: bool, words: &str) -> Result<(), String> {
    if there { Ok(()) } else { Err(words.to_owned()) }
}

fn json(of: &Attributes<'_>, source: Option<&str>) -> Result<(), Refusal> {
    let Some(expressions) = of.object("expressions") else { return Ok(()) };
    let regex = of.text("regex").or_empty();
    if expressions.is_empty() {
        let missing = regex.is_some_and(|regex| regex.is_empty());
        return refuse("expressions", needed(!missing, "JMES expressions or regex is required"));
    }
    let pairs = expressions.iter().map(|(name, expression)| (*name, expression.as_str()));
    refuse("expressions", rules::json(pairs, source))
}

fn drop(of: &Attributes<'_>) -> Result<(), Refusal> {
    let text = |name| of.text(name).or_empty();
    let (Some(source), Some(expression), Some(value)) = (text("source"), text("expression"), text("value"))
    else {
        return Ok(());
    };
    let by_size = of.block.attribute("older_than").is_some() || of.block.attribute("longer_than").is_some();
    let empty = source.is_empty() && expression.is_empty() && !by_size;
    let words = "drop stage config must contain at least one of `source`, `expression`, `older_than` or `longer_than`";
    refuse("source", needed(!empty, words))?;
    let both = !value.is_empty() && !expression.is_empty();
    let words = "drop stage config error, `value` and `expression` cannot both be defined at the same time";
    refuse("value", needed(!both, words))?;
    let words = "drop stage config must contain `source` if `value` is specified";
    refuse("value", needed(value.is_empty() || !source.is_empty(), words))?;
    let compiled = go_regex::check(&expression);
    refuse("expression", compiled.map_err(|error| format!("drop stage regex compilation error: {error}")))
}

fn limit(of: &Attributes<'_>) -> Result<(), Refusal> {
    let (Some(rate), Some(burst)) = (of.number("rate"), of.number("burst")) else { return Ok(()) };
    let words = "limit stage failed to parse rate or burst";
    refuse_early("rate", needed(rate > 0.0 && burst > 0.0, words))?;
    let by_label = matches!(of.text("by_label_name"), Asked::Is(label) if !label.is_empty());
    let drops = !matches!(of.text_or("drop", "false"), Asked::Is(drop) if drop == "false");
    let words = "when ratelimiting by label, drop must be true";
    refuse_early("by_label_name", needed(!by_label || drops, words))
}

/// The names that a stage takes from some lines and not from others.
fn names(stage: &str, of: &Attributes<'_>) -> Vec<String> {
    let fields = |name| {
        let fields = of.object(name).unwrap_or_default();
        fields.into_iter().map(|(name, _)| name.to_owned()).collect()
    };
    match stage {
        "regex" => match of.text("expression") {
            Asked::Is(expression) => {
                go_regex::groups(&expression).into_iter().filter(|name| !name.is_empty()).collect()
            }
            _ => Vec::new(),
        },
        "json" => fields("expressions"),
        "logfmt" => fields("mapping"),
        _ => Vec::new(),
    }
}

/// A template that prints a value which is not there prints that it is not there, and that becomes the value.
fn absent(of: &Attributes<'_>, extracted: &BTreeSet<String>, report: &mut Report<'_>) {
    let (Asked::Is(source), Asked::Is(text)) = (of.text("source"), of.text("template")) else { return };
    if !extracted.contains(&source) {
        return;
    }
    if let Some(rendered) = gotemplate::renders_absent(&text).filter(|it| it.contains("<no value>")) {
        let message = format!("a line without {source:?} gets {rendered:?} for it");
        report.accepted(of.at("template"), message);
    }
}

/// What Go says of a template that it cannot read.
pub(super) fn template(text: &str) -> Result<(), String> {
    rules::template("source", text)
}
