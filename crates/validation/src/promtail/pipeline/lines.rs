//! The stages that decide about lines: when they were written, whose they are, whether they stay, what they count for.

use stack::yaml::{Entry, Span, Value};

use crate::promtail::decode::other_type;

use super::{
    PANIC, Read, Reading, Settings,
    stages::{self, Drop, Metric},
};

impl Reading<'_> {
    pub(super) fn timestamp(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        let format = settings.text("format").unwrap_or_default();
        settings.text("location");
        settings.list("fallback_formats");
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

    pub(super) fn tenant(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let [label, source, value] =
            ["label", "source", "value"].map(|key| settings.text(key).unwrap_or_default());
        self.done(settings)?;
        stages::tenant(label, source, value).map_err(|words| (Span::default(), words))?;
        self.take(Some(source), "source");
        Ok(())
    }

    pub(super) fn drop(&mut self) -> Read {
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
        let names = match sources {
            Some(node) if matches!(node.value, Value::Sequence(_)) => node.items(),
            Some(node) if other_type(node).is_some() => {
                let words = "drop stage source invalid type should be string or list of strings";
                return Err((node.span, words.to_owned()));
            }
            Some(node) => std::slice::from_ref(node),
            None => &[],
        };
        if let Some((node, kind)) = names.iter().find_map(|node| Some((node, other_type(node)?))) {
            // Not looked at before it is used: the program panics.
            return Err((
                node.span,
                format!("{PANIC}interface conversion: interface {{}} is {kind}, not string"),
            ));
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
        for node in names {
            if let Value::Scalar(source) = &node.value {
                self.stage.effect.takes.push((source, node.span));
            }
        }
        Ok(())
    }

    pub(super) fn multiline(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let firstline = settings.text("firstline");
        let wait = settings.text("max_wait_time");
        settings.count("max_lines");
        self.done(settings)?;
        stages::multiline(firstline, wait).map_err(|words| {
            let key = if words.contains("max_wait_time") { "max_wait_time" } else { "firstline" };
            (self.place(key), words)
        })
    }

    pub(super) fn limit(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let (rate, burst) = (settings.number("rate"), settings.whole("burst"));
        let drop = settings.bool("drop");
        let by_label = settings.text("by_label_name").unwrap_or_default();
        settings.whole("max_distinct_labels");
        self.done(settings)?;
        #[expect(clippy::cast_possible_truncation, reason = "as the program does")]
        stages::limit(rate, burst as i64, drop, by_label).map_err(|words| (Span::default(), words))
    }

    pub(super) fn sampling(&mut self) -> Read {
        let mut settings = Settings::weak(self.config);
        let rate = settings.number("rate");
        settings.text("drop_counter_reason");
        self.done(settings)?;
        stages::sampling(rate).map_err(|words| (self.place("rate"), words))
    }

    pub(super) fn metrics(&mut self) -> Read {
        if self.config.entries().is_empty() {
            let mut settings = Settings::strict(self.config);
            settings.own_texts();
            return self.done(settings);
        }
        let faulty = |entry: &Entry, words| (entry.span, words);
        for entry in self.config.entries() {
            let mut settings = Settings::of_one(&entry.value);
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

    pub(super) fn event_log_message(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source");
        settings.bool("drop_invalid_labels");
        settings.bool("overwrite_existing");
        self.done(settings)?;
        stages::labels(source).map_err(|words| (self.place("source"), words))?;
        self.stage.effect.open = true;
        Ok(())
    }

    pub(super) fn geoip(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let db = settings.text("db").unwrap_or_default();
        let source = settings.text("source");
        let db_type = settings.text("db_type").unwrap_or_default();
        self.done(settings)?;
        stages::geoip(db, source, db_type).map_err(|words| (Span::default(), words))?;
        self.take(source, "source");
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
