//! The components that Jaeger is built of, and the ids by which a configuration names them.

/// A section of the configuration: its name and the types that it knows. A type whose settings are not looked into has
/// no name of a table.
pub(super) struct Section {
    pub name: &'static str,
    pub types: &'static [(&'static str, Option<&'static str>)],
}

impl Section {
    /// A type with its settings; nothing when there is no such type.
    pub(super) fn find(&self, kind: &str) -> Option<&(&'static str, Option<&'static str>)> {
        self.types.iter().find(|(known, _)| *known == kind)
    }

    /// The words for a type that is not known.
    pub(super) fn unknown(&self, kind: &str, id: &str) -> String {
        let known: Vec<&str> = self.types.iter().map(|(known, _)| *known).collect();
        format!("unknown type: {kind:?} for id: {id:?} (valid values: [{}])", known.join(" "))
    }
}

/// In the order in which they are read.
pub(super) const SECTIONS: [Section; 5] = [
    Section {
        name: "receivers",
        types: &[
            ("jaeger", Some("jaegerreceiver.Config")),
            ("kafka", Some("kafkareceiver.Config")),
            ("zipkin", Some("zipkinreceiver.Config")),
            ("otlp", Some("otlpreceiver.Config")),
            ("nop", None),
        ],
    },
    Section {
        name: "processors",
        types: &[
            ("batch", Some("batchprocessor.Config")),
            ("memory_limiter", Some("memorylimiter.Config")),
            ("tail_sampling", Some("tailsamplingprocessor.Config")),
            ("attributes", Some("attributesprocessor.Config")),
            ("filter", Some("filterprocessor.Config")),
            ("adaptive_sampling", None),
        ],
    },
    Section {
        name: "exporters",
        types: &[
            ("debug", Some("debugexporter.Config")),
            ("otlp", Some("otlpexporter.Config")),
            ("otlp_grpc", Some("otlpexporter.Config")),
            ("otlphttp", Some("otlphttpexporter.Config")),
            ("otlp_http", Some("otlphttpexporter.Config")),
            ("nop", None),
            ("jaeger_storage_exporter", Some("storageexporter.Config")),
            ("kafka", Some("kafkaexporter.Config")),
            ("prometheus", Some("prometheusexporter.Config")),
        ],
    },
    Section {
        name: "connectors",
        types: &[
            ("forward", None),
            ("span_metrics", Some("spanmetricsconnector.Config")),
            ("spanmetrics", Some("spanmetricsconnector.Config")),
        ],
    },
    Section {
        name: "extensions",
        types: &[
            ("healthcheckv2", Some("healthcheck.Config")),
            ("pprof", None),
            ("zpages", Some("zpagesextension.Config")),
            ("basicauth", None),
            ("sigv4auth", None),
            ("jaeger_query", Some("jaegerquery.Config")),
            ("jaeger_storage", Some("jaegerstorage.Config")),
            ("jaeger_mcp", None),
            ("remote_sampling", Some("remotesampling.Config")),
            ("expvar", None),
            ("storage_cleaner", None),
            ("remote_storage", None),
        ],
    },
];

/// The type of an id such as `otlp` or `otlp/internal`, or what is wrong with it.
pub(super) fn id(text: &str) -> Result<&str, String> {
    let refused = |words: &str| Err(format!("in {text:?} id: {words}"));
    let (kind, name) = match text.split_once('/') {
        Some((kind, name)) => (kind.trim(), Some(name.trim())),
        None => (text.trim(), None),
    };
    if kind.is_empty() {
        return refused(if name.is_some() {
            "the part before / should not be empty"
        } else {
            "id must not be empty"
        });
    }
    if name == Some("") {
        return refused("the part after / should not be empty");
    }
    let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic()) || !kind.chars().all(word) || kind.len() > 63 {
        return refused(&format!("invalid character(s) in type {kind:?}"));
    }
    if let Some(name) = name.filter(|name| name.chars().any(char::is_whitespace)) {
        return Err(format!("in {name:?} id: invalid character(s) in name {name:?}"));
    }
    Ok(kind)
}
