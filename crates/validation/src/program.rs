//! The programs whose rules are known, and how one of them is started.

use std::collections::BTreeMap;

use crate::{
    Complaint, Files, alertmanager, alloy, consul, grafana, jaeger, loki, prometheus, promtail, socket_proxy,
};

/// A program whose configuration can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// Consul's agent.
    Consul,
    /// Jaeger 2, an OpenTelemetry collector.
    Jaeger,
    /// Grafana Loki.
    Loki,
    /// Promtail.
    Promtail,
    /// Grafana Alloy.
    Alloy,
    /// Prometheus, with its rules and its files of targets.
    Prometheus,
    /// Alertmanager.
    Alertmanager,
    /// Grafana's provisioned data sources and dashboards.
    Grafana,
    /// The proxy of the Docker socket.
    SocketProxy,
}

/// How a program is started: what its container's command, environment and mounts come to.
#[derive(Clone, Copy)]
pub struct Invocation<'a> {
    /// Which one.
    pub program: Program,
    /// The version by its image's tag, with or without a `v`. A version other than [`Program::version`] may know other
    /// fields, so a field that is not known here is then no fault.
    pub version: Option<&'a str>,
    /// The words after the program's name.
    pub arguments: &'a [String],
    /// The container's environment.
    pub environment: &'a BTreeMap<String, String>,
    /// What it can read.
    pub files: &'a dyn Files,
}

const WORDS: [(&str, Program); 9] = [
    ("consul", Program::Consul),
    ("jaeger", Program::Jaeger),
    ("loki", Program::Loki),
    ("promtail", Program::Promtail),
    ("alloy", Program::Alloy),
    ("prometheus", Program::Prometheus),
    ("alertmanager", Program::Alertmanager),
    ("grafana", Program::Grafana),
    ("socket-proxy", Program::SocketProxy),
];

impl Program {
    /// The program by its word, as `x-switchyard: check` names it.
    pub fn by_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, program)| *program)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, program)| *program == self).map_or("", |(word, _)| word)
    }

    /// Every word, for a suggestion.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word)
    }

    /// The version whose fields and rules are known here.
    pub fn version(self) -> &'static str {
        match self {
            // Of 2.0 no list of settings can be had.
            Self::Consul => "1.22.6",
            Self::Jaeger => "2.20.0",
            Self::Loki => "3.7.6",
            Self::Promtail => "3.6.15",
            Self::Alloy => "1.19.2",
            Self::Prometheus => "3.13.2",
            Self::Alertmanager => "0.34.0",
            Self::Grafana => "12.4.9",
            Self::SocketProxy => "1.13.1",
        }
    }

    pub(crate) fn check(self, invocation: &Invocation<'_>) -> Vec<Complaint> {
        match self {
            Self::Alloy => alloy::check(invocation),
            Self::Loki => loki::check(invocation),
            Self::Promtail => promtail::check(invocation),
            Self::Prometheus => prometheus::check(invocation),
            Self::Alertmanager => alertmanager::check(invocation),
            Self::Grafana => grafana::check(invocation),
            Self::Jaeger => jaeger::check(invocation),
            Self::Consul => consul::check(invocation),
            Self::SocketProxy => socket_proxy::check(invocation),
        }
    }
}

impl Invocation<'_> {
    /// Whether the program is of the version whose fields are known: otherwise an unknown field is no fault.
    pub fn knows_fields(&self) -> bool {
        let bare = |version: &str| version.trim_start_matches('v').to_owned();
        self.version.is_none_or(|version| bare(version) == self.program.version())
    }

    /// The value of `-name=value`, `--name=value` or `--name value`, as Go's `flag` and kingpin read it. The last one counts.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let mut found = None;
        let mut words = self.arguments.iter();
        while let Some(word) = words.next() {
            let Some(bare) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
            match bare.split_once('=') {
                Some((flag, value)) if flag == name => found = Some(value),
                None if bare == name => found = words.clone().next().map(String::as_str),
                _ => {}
            }
        }
        found
    }

    /// Whether a switch such as `-config.expand-env` or `-config.expand-env=true` is on.
    pub fn switch(&self, name: &str) -> bool {
        self.arguments.iter().any(|word| {
            let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or_default();
            bare == name
                || bare
                    .strip_prefix(name)
                    .is_some_and(|rest| matches!(rest, "=true" | "=1" | "=t" | "=TRUE" | "=T" | "=True"))
        })
    }
}
