//! From a trace to its logs and metrics, and from a metric to a trace.

use stack::yaml::Node;

use crate::{Complaint, Stage};

use super::{
    query::{self, Language},
    source::{self, Found, Source, field, text},
    variables::{self, Variables},
};

/// What links of data sources say.
pub(super) struct Checker<'a> {
    pub(super) path: &'a str,
    pub(super) sources: &'a [Source],
    pub(super) complaints: Vec<Complaint>,
}

impl Checker<'_> {
    pub(super) fn accepted(&mut self, at: &Node, message: String) {
        let (line, column) = (at.span.line, at.span.column);
        self.complaints.push(Complaint::at(self.path, line, column, Stage::Accepted, message));
    }

    /// Whether a uid leads to something. What is wrong with it is told.
    pub(super) fn known(&mut self, uid: Option<&Node>) -> Option<Language> {
        let node = uid?;
        let uid = text(node).filter(|uid| !uid.is_empty())?;
        match source::by_uid(self.sources, uid) {
            Found::Kind(kind) => Language::of(kind),
            Found::BuiltIn => None,
            Found::Absent => {
                self.accepted(node, format!("Datasource {uid} was not found"));
                None
            }
        }
    }

    pub(super) fn exemplars(&mut self, data: &Node) {
        for each in data.get("exemplarTraceIdDestinations").map_or(&[][..], Node::items) {
            self.known(each.get("datasourceUid"));
        }
    }

    pub(super) fn traces_to_logs(&mut self, data: &Node) {
        for key in ["tracesToLogsV2", "tracesToLogs", "tracesToProfiles"] {
            let Some(settings) = data.get(key) else { continue };
            let language = self.known(settings.get("datasourceUid"));
            self.shifts(settings);
            let custom = field(settings, "customQuery") == Some("true");
            if let Some(query) = settings.get("query").filter(|_| custom) {
                self.query(query, language);
            }
        }
    }

    pub(super) fn traces_to_metrics(&mut self, data: &Node) {
        let Some(settings) = data.get("tracesToMetrics") else { return };
        let language = self.known(settings.get("datasourceUid"));
        self.shifts(settings);
        for each in settings.get("queries").map_or(&[][..], Node::items) {
            if let Some(query) = each.get("query") {
                self.query(query, language);
            }
        }
    }

    fn shifts(&mut self, settings: &Node) {
        for key in ["spanStartTimeShift", "spanEndTimeShift"] {
            let Some(node) = settings.get(key) else { continue };
            let Some(value) = text(node).filter(|value| !value.is_empty()) else { continue };
            if !is_interval(value.strip_prefix('-').unwrap_or(value)) {
                self.accepted(node, format!("{key} is no duration: {value:?}"));
            }
        }
    }

    /// A query must be one both for a span that has the tags that it asks for and for one that has none of them: then
    /// Grafana puts nothing in their place.
    fn query(&mut self, node: &Node, language: Option<Language>) {
        let (Some(language), Some(text)) = (language, text(node)) else { return };
        let tags = [r#"service="x", namespace="y""#, ""];
        let (with, without) = (of_a_span(tags[0]), of_a_span(tags[1]));
        if let Err(error) = query::check(language, text, &with) {
            self.accepted(node, error);
        } else if let Err(error) = query::check(language, text, &without) {
            let filled = variables::fill(text, &without, 0);
            let (line, column) = (node.span.line, node.span.column);
            let complaint = Complaint::at(self.path, line, column, Stage::Accepted, error);
            self.complaints.push(complaint.hint(format!("without any of the tags the query is {filled}")));
        }
    }
}

fn of_a_span(tags: &str) -> Variables {
    let mut variables = Variables::default();
    variables.set("__tags", &[tags]);
    variables
}

/// A duration of Grafana's settings: `15s`, `500ms`, `1d`.
pub(super) fn is_interval(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let known = matches!(&text[digits.len()..], "ms" | "s" | "m" | "h" | "d" | "w" | "M" | "y");
    known && digits.parse::<f64>().is_ok()
}
