//! A pipeline, stage by stage.

mod lines;
mod values;

use stack::yaml::{Entry, Node, Span, Value};

use crate::schema;

use super::{
    decode::{Ignored, Settings, go_text, go_value},
    stages,
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
    /// Whether the program ends at once with these words alone, without saying what it was about.
    pub(super) bare: bool,
}

/// How a program of Go begins its last words.
const PANIC: &str = "panic: ";

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
    let refused = |span, message: String| Refused { span, message, hint: None, bare: false };
    let Value::Mapping(entries) = &node.value else {
        let message = format!(
            "invalid YAML config, make sure each stage of your pipeline is a YAML object (must end with a `:`), check stage `- {}`",
            go_text(node)
        );
        return Err(refused(node.span, message));
    };
    match entries.as_slice() {
        [] => Ok(Stage { effect: Effect::default(), inner: Vec::new(), remarks: Vec::new() }),
        [entry] => {
            read(entry).map_err(|refused| refused.within(&format!("invalid {} stage config", entry.key)))
        }
        [_, second, ..] => Err(refused(second.span, "pipeline stage must contain only one key".to_owned())),
    }
}

impl Refused {
    /// The same, as told by what it is a part of.
    pub(super) fn within(mut self, whole: &str) -> Self {
        if !self.bare {
            self.message = format!("{whole}: {}", self.message);
        }
        self
    }
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
            let bare = message.starts_with(PANIC);
            Err(Refused { span, message, hint: None, bare })
        }
        None => {
            let message = format!("Unknown stage type: {}", entry.key);
            Err(Refused { span: entry.span, message, hint: hint(), bare: false })
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
                let mut settings = Settings::weak(self.config);
                settings.whole("max_partial_lines");
                settings.bool("max_partial_line_size_truncate");
                settings.node("max_partial_line_size");
                self.done(settings)
            }
            "pack" => self.known(Settings::weak(self.config), &["labels", "ingest_timestamp"]),
            "eventlogmessage" => self.event_log_message(),
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

    fn matching(&mut self, entry: &'a Entry) -> Result<(), Refused> {
        let mut settings = Settings::strict(self.config);
        let selector = settings.text("selector").unwrap_or_default();
        let action = settings.text("action").unwrap_or_default();
        let name = settings.text("pipeline_name");
        settings.text("drop_counter_reason");
        let inner = settings.items("stages");
        let refused = |span: Span, message: String| {
            let span = if span.line == 0 { entry.span } else { span };
            Refused { span, message, hint: None, bare: false }
        };
        self.done(settings).map_err(|(span, words)| refused(span, words))?;
        if name == Some("") {
            let words = "match stage pipeline name can be omitted but cannot be an empty string";
            return Err(refused(self.place("pipeline_name"), words.to_owned()));
        }
        stages::matching(selector, action, inner.len()).map_err(|words| {
            let key = if words.contains("action") { "action" } else { "selector" };
            // A matcher is made without asking whether its expression can be read: the program panics.
            let bare = words.starts_with("error parsing regexp");
            let message = if bare { format!("{PANIC}{words}") } else { words };
            Refused { bare, ..refused(self.place(key), message) }
        })?;
        self.stage.inner = stages(inner).map_err(|refused| {
            let config = go_value(self.config);
            refused.within(&format!("match stage failed to create pipeline from config: {config}"))
        })?;
        Ok(())
    }
}
