//! A pipeline: its stages one by one, then what they take from each other.

use stack::yaml::{Entry, Node, Span, Value};

use crate::schema;

use super::{
    decode::{Ignored, Settings, go_value},
    stages::{self, Drop, Metric},
};

/// What a stage does with the values that are taken out of a line.
#[derive(Debug, Default)]
pub(super) struct Effect<'a> {
    /// What it adds.
    pub(super) extracts: Vec<String>,
    /// What it takes, and where that is said.
    pub(super) takes: Vec<(&'a str, Span)>,
    /// Whether it may add anything.
    pub(super) open: bool,
    /// Its template, for the value that it changes.
    pub(super) template: Option<(&'a str, &'a str, Span)>,
}

/// A stage that is what it should be.
pub(super) struct Stage<'a> {
    pub(super) effect: Effect<'a>,
    pub(super) inner: Vec<Stage<'a>>,
    /// What is odd about it.
    pub(super) remarks: Vec<Remark>,
}

/// Something that the program takes and its owner may not expect.
pub(super) struct Remark {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Why a pipeline cannot be made, and where.
pub(super) struct Refused {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

const TYPES: [&str; 25] = [
    "json",
    "logfmt",
    "regex",
    "replace",
    "metrics",
    "labels",
    "labeldrop",
    "timestamp",
    "output",
    "docker",
    "cri",
    "match",
    "template",
    "tenant",
    "drop",
    "sampling",
    "limit",
    "multiline",
    "pack",
    "labelallow",
    "static_labels",
    "decolorize",
    "eventlogmessage",
    "geoip",
    "structured_metadata",
];

/// The stages of a pipeline, or the first that cannot be made: the program looks no further.
pub(super) fn stages(pipeline: &[Node]) -> Result<Vec<Stage<'_>>, Refused> {
    pipeline.iter().map(stage).collect()
}

fn stage(node: &Node) -> Result<Stage<'_>, Refused> {
    let refused = |span, message: String| Refused { span, message, hint: None };
    let Value::Mapping(entries) = &node.value else {
        let message = format!(
            "invalid YAML config, make sure each stage of your pipeline is a YAML object (must end with a `:`), check stage `- {}`",
            go_printed(node)
        );
        return Err(refused(node.span, message));
    };
    match entries.as_slice() {
        [] => Ok(Stage { effect: Effect::default(), inner: Vec::new(), remarks: Vec::new() }),
        [entry] => read(entry).map_err(|mut refused| {
            refused.message = format!("invalid {} stage config: {}", entry.key, refused.message);
            refused
        }),
        [_, second, ..] => Err(refused(second.span, "pipeline stage must contain only one key".to_owned())),
    }
}

/// As Go's `%s` prints what is no text.
fn go_printed(node: &Node) -> String {
    if node.is_null() { "%!s(<nil>)".to_owned() } else { go_value(node) }
}

/// Collects what a stage is made of.
struct Reading<'a> {
    config: &'a Node,
    stage: Stage<'a>,
}

type Read = Result<(), (Span, String)>;

fn read(entry: &Entry) -> Result<Stage<'_>, Refused> {
    let stage = Stage { effect: Effect::default(), inner: Vec::new(), remarks: Vec::new() };
    let mut reading = Reading { config: &entry.value, stage };
    let place = if matches!(entry.value.value, Value::Scalar(_)) && !entry.value.is_null() {
        entry.value.span
    } else {
        entry.span
    };
    if entry.key == "match" {
        reading.matching(entry)?;
        return Ok(reading.stage);
    }
    let hint = || schema::nearest(&entry.key, TYPES.into_iter()).map(|name| format!("did you mean {name}?"));
    match reading.by_type(&entry.key) {
        Some(Ok(())) => Ok(reading.stage),
        Some(Err((span, message))) => {
            let span = if span.line == 0 { place } else { span };
            Err(Refused { span, message, hint: None })
        }
        None => {
            let message = format!("Unknown stage type: {}", entry.key);
            Err(Refused { span: entry.span, message, hint: hint() })
        }
    }
}

impl<'a> Reading<'a> {
    fn by_type(&mut self, name: &str) -> Option<Read> {
        Some(match name {
            "regex" | "replace" => self.expression(name),
            "json" => self.json(),
            "logfmt" => self.logfmt(),
            "labels" | "structured_metadata" | "non_indexed_labels" => self.labels(name),
            "static_labels" => self.static_labels(),
            "labeldrop" | "labelallow" => self.label_list(name),
            "template" => self.template(),
            "output" => self.output(),
            "timestamp" => self.timestamp(),
            "tenant" => self.tenant(),
            "drop" => self.drop(),
            "multiline" => self.multiline(),
            "limit" => self.limit(),
            "sampling" => self.sampling(),
            "metrics" => self.metrics(),
            "geoip" => self.geoip(),
            "docker" => {
                self.extract(["output", "stream", "timestamp"]);
                Ok(())
            }
            "cri" => {
                self.extract(["stream", "flags", "time", "content"]);
                self.known(
                    Settings::strict(self.config),
                    &["max_partial_lines", "max_partial_line_size", "max_partial_line_size_truncate"],
                )
            }
            "pack" => self.known(Settings::weak(self.config), &["labels", "ingest_timestamp"]),
            "eventlogmessage" => {
                self.stage.effect.open = true;
                self.known(
                    Settings::strict(self.config),
                    &["source", "drop_invalid_labels", "overwrite_existing"],
                )
            }
            "decolorize" => Ok(()),
            _ => return None,
        })
    }

    /// Where a setting stands, or nowhere in particular.
    fn place(&self, key: &str) -> Span {
        self.config.get(key).filter(|node| !node.is_null()).map_or_else(Span::default, |node| node.span)
    }

    fn extract<'b>(&mut self, names: impl IntoIterator<Item = &'b str>) {
        self.stage.effect.extracts.extend(names.into_iter().filter(|it| !it.is_empty()).map(str::to_owned));
    }

    fn take(&mut self, source: Option<&'a str>, key: &str) {
        let place = self.place(key);
        self.stage.effect.takes.extend(source.filter(|it| !it.is_empty()).map(|source| (source, place)));
    }

    fn remark(&mut self, span: Span, message: impl Into<String>, hint: Option<&str>) {
        let hint = hint.map(str::to_owned);
        self.stage.remarks.push(Remark { span, message: message.into(), hint });
    }

    /// Ends the decoding: what did not fit, and what is left aside.
    fn done(&mut self, settings: Settings<'a>) -> Read {
        let ignored = settings.done().map_err(|words| (Span::default(), words))?;
        for Ignored { entry, nearest } in ignored {
            let hint = nearest.map(|name| format!("did you mean {name}?"));
            let message = format!("the stage has no {}: it is left aside", entry.key);
            self.remark(entry.span, message, hint.as_deref());
        }
        Ok(())
    }

    fn known(&mut self, mut settings: Settings<'a>, keys: &[&'static str]) -> Read {
        for key in keys {
            settings.node(key);
        }
        self.done(settings)
    }

    fn expression(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let expression = settings.text("expression").unwrap_or_default();
        let source = settings.text("source");
        let replace = if name == "replace" { settings.text("replace") } else { None };
        self.done(settings)?;
        let check = if name == "replace" { stages::replace } else { stages::regex };
        check(expression, source).map_err(|words| {
            let key = if source == Some("") && !expression.is_empty() { "source" } else { "expression" };
            (self.place(key), words)
        })?;
        let groups = crate::go_regex::groups(expression);
        let place = self.place("expression");
        if name == "regex" && groups.iter().all(String::is_empty) {
            let hint = Some("(?P<level>[A-Z]+) extracts level");
            self.remark(place, "the expression has no group with a name: nothing is extracted", hint);
        } else if name == "replace" && groups.is_empty() {
            self.remark(
                place,
                "the expression has no group: nothing is replaced",
                Some("put ( ) around what is to be replaced"),
            );
        }
        if let Some(Err(words)) = replace.map(super::template::check) {
            let message = format!("nothing is replaced: {words}");
            self.remark(self.place("replace"), message, None);
        }
        self.extract(groups.iter().map(String::as_str));
        self.take(source, "source");
        Ok(())
    }

    fn json(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let expressions = settings.texts("expressions").unwrap_or_default();
        let source = settings.text("source");
        settings.bool("drop_malformed");
        self.done(settings)?;
        let pairs = || expressions.iter().map(|(entry, text)| (entry.key.as_str(), *text));
        stages::json(pairs(), source).map_err(|words| {
            let wrong = expressions
                .iter()
                .find(|(entry, text)| stages::json([(entry.key.as_str(), *text)], None).is_err());
            (wrong.map_or_else(|| self.place("source"), |(entry, _)| entry.span), words)
        })?;
        self.extract(expressions.iter().map(|(entry, _)| entry.key.as_str()));
        self.take(source, "source");
        Ok(())
    }

    fn logfmt(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let mapping = settings.texts("mapping").unwrap_or_default();
        let source = settings.text("source");
        self.done(settings)?;
        stages::logfmt(mapping.len(), source).map_err(|words| (self.place("source"), words))?;
        self.extract(mapping.iter().map(|(entry, _)| entry.key.as_str()));
        self.take(source, "source");
        Ok(())
    }

    fn labels(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let labels = settings.own_texts();
        self.done(settings)?;
        let Some(labels) = labels else {
            return Err((Span::default(), "label stage config cannot be empty".to_owned()));
        };
        for (entry, source) in labels {
            stages::labels([entry.key.as_str()]).map_err(|words| (entry.span, words))?;
            let (source, span) =
                if source.is_empty() { (entry.key.as_str(), entry.span) } else { (source, entry.value.span) };
            self.stage.effect.takes.push((source, span));
            if name == "labels" && source != entry.key {
                // A label can be taken by its own name later.
                self.extract([entry.key.as_str()]);
            }
        }
        Ok(())
    }

    fn static_labels(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let labels = settings.own_texts();
        self.done(settings)?;
        let Some(labels) = labels else {
            return Err((Span::default(), "static_labels stage config cannot be empty".to_owned()));
        };
        for (entry, _) in labels {
            if entry.key.is_empty() {
                return Err((entry.span, "invalid label name: ".to_owned()));
            }
            if !stages::is_label_name(&entry.key) {
                self.remark(entry.span, format!("Loki refuses {:?} as the name of a label", entry.key), None);
            }
        }
        Ok(())
    }

    fn label_list(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let names = settings.own_list();
        self.done(settings)?;
        stages::label_list(name, names.len()).map_err(|words| (Span::default(), words))
    }

    fn template(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        let text = settings.text("template").unwrap_or_default();
        self.done(settings)?;
        let key = if source.is_empty() { "source" } else { "template" };
        stages::template(source, text).map_err(|words| (self.place(key), words))?;
        self.stage.effect.template = Some((source, text, self.place("template")));
        self.extract([source]);
        Ok(())
    }

    fn output(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        self.done(settings)?;
        stages::output(source).map_err(|words| (self.place("source"), words))?;
        self.take(Some(source), "source");
        Ok(())
    }

    fn timestamp(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        let format = settings.text("format").unwrap_or_default();
        settings.text("location");
        settings.node("fallback_formats");
        let action = settings.text("action_on_failure");
        self.done(settings)?;
        stages::timestamp(source, format, action).map_err(|words| {
            let key = if source.is_empty() {
                "source"
            } else if format.is_empty() {
                "format"
            } else {
                "action_on_failure"
            };
            (self.place(key), words)
        })?;
        if !is_layout(format) {
            let hint = Some("Go's layouts show a certain moment: 2006-01-02T15:04:05.000Z07:00");
            self.remark(self.place("format"), format!("no time is ever read by the layout {format:?}"), hint);
        }
        self.take(Some(source), "source");
        Ok(())
    }

    fn tenant(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let [label, source, value] =
            ["label", "source", "value"].map(|key| settings.text(key).unwrap_or_default());
        self.done(settings)?;
        stages::tenant(label, source, value).map_err(|words| (Span::default(), words))?;
        self.take(Some(source), "source");
        Ok(())
    }

    fn drop(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let sources = settings.node("source");
        let stage = Drop {
            source: sources.is_some(),
            expression: settings.text("expression"),
            value: settings.text("value"),
            older_than: settings.text("older_than"),
            longer_than: settings.text("longer_than"),
        };
        settings.text("separator");
        settings.text("drop_counter_reason");
        self.done(settings)?;
        if let Some(node) = sources.filter(|node| matches!(node.value, Value::Mapping(_))) {
            let words = "drop stage source invalid type should be string or list of strings";
            return Err((node.span, words.to_owned()));
        }
        stages::drop(stage).map_err(|words| {
            let key = ["duration", "regex", "longer_than", "value"].into_iter().find(|it| words.contains(it));
            let key = match key {
                Some("duration") => "older_than",
                Some("regex") => "expression",
                Some(other) => other,
                None => "",
            };
            (self.place(key), words)
        })?;
        for node in sources
            .into_iter()
            .flat_map(|node| if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() })
        {
            if let Value::Scalar(source) = &node.value {
                self.stage.effect.takes.push((source, node.span));
            }
        }
        Ok(())
    }

    fn multiline(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let firstline = settings.text("firstline");
        let wait = settings.text("max_wait_time");
        settings.number("max_lines");
        self.done(settings)?;
        stages::multiline(firstline, wait).map_err(|words| {
            let key = if words.contains("max_wait_time") { "max_wait_time" } else { "firstline" };
            (self.place(key), words)
        })
    }

    fn limit(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let (rate, burst) = (settings.number("rate"), settings.number("burst"));
        let drop = settings.bool("drop");
        let by_label = settings.text("by_label_name").unwrap_or_default();
        settings.number("max_distinct_labels");
        self.done(settings)?;
        #[expect(clippy::cast_possible_truncation, reason = "as the program does")]
        stages::limit(rate, burst as i64, drop, by_label).map_err(|words| (Span::default(), words))
    }

    fn sampling(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let rate = settings.number("rate");
        settings.text("drop_counter_reason");
        self.done(settings)?;
        stages::sampling(rate).map_err(|words| (self.place("rate"), words))
    }

    fn metrics(&mut self) -> Read {
        if self.config.is_null() {
            return Err((Span::default(), "empty metric stage configuration".to_owned()));
        }
        if !matches!(self.config.value, Value::Mapping(_)) {
            let mut settings = Settings::strict(self.config);
            settings.own_texts();
            return self.done(settings);
        }
        let faulty = |entry: &Entry, words| (entry.span, words);
        for entry in self.config.entries() {
            let mut settings = Settings::strict(&entry.value);
            let kind = settings.text("type").unwrap_or_default();
            let max_idle_duration = settings.text("max_idle_duration");
            for key in ["description", "source", "prefix"] {
                settings.text(key);
            }
            let config = settings.node("config");
            self.done(settings)?;
            let mut metric = Metric { kind, max_idle_duration, ..Metric::default() };
            if let Some(config) = config {
                let mut settings = Settings::strict(config);
                metric.action = settings.text("action").unwrap_or_default();
                metric.value = settings.text("value").is_some();
                metric.match_all = settings.bool("match_all");
                metric.count_entry_bytes = settings.bool("count_entry_bytes");
                settings.node("buckets");
                settings.done().map_err(|words| faulty(entry, words))?;
            }
            stages::metric(metric).map_err(|words| faulty(entry, words))?;
        }
        Ok(())
    }

    fn geoip(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let db = settings.text("db").unwrap_or_default();
        let source = settings.text("source");
        let db_type = settings.text("db_type").unwrap_or_default();
        self.done(settings)?;
        stages::geoip(db, source, db_type).map_err(|words| (Span::default(), words))?;
        self.take(source, "source");
        Ok(())
    }

    fn matching(&mut self, entry: &'a Entry) -> Result<(), Refused> {
        let mut settings = Settings::strict(self.config);
        let selector = settings.text("selector").unwrap_or_default();
        let action = settings.text("action").unwrap_or_default();
        let name = settings.text("pipeline_name");
        settings.text("drop_counter_reason");
        let inner = settings.node("stages").map_or(&[][..], Node::items);
        let refused = |span: Span, message: String| {
            let span = if span.line == 0 { entry.span } else { span };
            Refused { span, message, hint: None }
        };
        self.done(settings).map_err(|(span, words)| refused(span, words))?;
        if name == Some("") {
            let words = "match stage pipeline name can be omitted but cannot be an empty string";
            return Err(refused(self.place("pipeline_name"), words.to_owned()));
        }
        stages::matching(selector, action, inner.len()).map_err(|words| {
            let key = if words.contains("action") { "action" } else { "selector" };
            refused(self.place(key), words)
        })?;
        self.stage.inner = stages(inner).map_err(|mut refused| {
            refused.message = format!(
                "match stage failed to create pipeline from config: {}: {}",
                go_value(self.config),
                refused.message
            );
            refused
        })?;
        Ok(())
    }
}

/// Whether a text can be a layout of a time: one of Go's names, or something that shows parts of a moment.
fn is_layout(format: &str) -> bool {
    const NAMES: [&str; 14] = [
        "ANSIC",
        "UnixDate",
        "RubyDate",
        "RFC822",
        "RFC822Z",
        "RFC850",
        "RFC1123",
        "RFC1123Z",
        "RFC3339",
        "RFC3339Nano",
        "Unix",
        "UnixMs",
        "UnixUs",
        "UnixNs",
    ];
    const PARTS: [&str; 8] = ["Jan", "Mon", "2006", "15", "04", "05", "02", "01"];
    NAMES.contains(&format) || PARTS.iter().any(|part| format.contains(part))
}
