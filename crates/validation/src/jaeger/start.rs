//! What Jaeger's own check passes and a start refuses, and what it starts with and then does otherwise than meant.

use std::collections::{BTreeMap, BTreeSet};

use stack::yaml::{Entry, Node, Span, Value, scalar};

use crate::{
    Complaint, Invocation, ReadError, Stage, document, json,
    mapstructure::{kind_of, text},
};

use super::{
    config::Config,
    service::{ids, kind, legacy, pipelines, section},
};

/// Where something listens.
struct Listener<'a> {
    endpoint: &'a str,
    span: Span,
    /// What stands before the words of a refusal.
    before: String,
    /// Whether others have to reach it.
    public: bool,
}

pub(super) fn check(of: &Invocation<'_>, config: &Config, root: &Node) -> Vec<Complaint> {
    let complaint = |span: Span, stage, words: String| {
        let file = config.files.get(span.file).map_or("", String::as_str);
        Complaint::at(file, span.line, span.column, stage, words)
    };
    let mut found = Vec::new();
    storages(root, &mut |span, words| found.push(complaint(span, Stage::Start, words)));
    for extension in enabled(root).filter(|entry| kind(&entry.key) == "jaeger_query") {
        let file = extension.value.get("ui").and_then(|ui| ui.get("config_file"));
        if let Some((span, words)) = file.and_then(|node| Some((node.span, ui(of, text(node)?)?))) {
            found.push(complaint(span, Stage::Start, words));
        }
    }
    let listeners = listeners(root);
    let mut taken: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for listener in &listeners {
        let words = match address(listener.endpoint) {
            Err(words) => format!("listen tcp: {words}"),
            Ok((host, port)) => {
                let hosts = taken.entry(port).or_default();
                if !hosts.iter().any(|other| meet(host, other)) {
                    hosts.push(host);
                    continue;
                }
                format!("listen tcp {}: bind: address already in use", listener.endpoint)
            }
        };
        found.push(complaint(listener.span, Stage::Start, format!("{}{words}", listener.before)));
    }
    for listener in listeners.iter().filter(|listener| listener.public) {
        if address(listener.endpoint).is_ok_and(|(host, _)| is_loopback(host)) {
            let words = format!("{} is reached from inside of the container only", listener.endpoint);
            found.push(complaint(listener.span, Stage::Accepted, words));
        }
    }
    for connector in section(root, "connectors").iter().filter(|entry| kind(&entry.key) == "spanmetrics") {
        let words = "\"spanmetrics\" alias is deprecated; use \"span_metrics\" instead";
        found.push(complaint(connector.span, Stage::Accepted, words.to_owned()));
    }
    let telemetry = root.get("service").and_then(|service| service.get("telemetry"));
    if let Some(resource) = telemetry.and_then(|telemetry| telemetry.get("resource"))
        && let Some(first) = legacy(resource).first()
    {
        let words = "Using legacy service.telemetry.resource inline map format; prefer service.telemetry.resource.attributes (array of maps with `name` and `value` keys)";
        found.push(complaint(first.span, Stage::Accepted, words.to_owned()));
    }
    found
}

/// The extensions that the service names; others are not started.
fn enabled(root: &Node) -> impl Iterator<Item = &Entry> {
    let named: BTreeSet<&str> =
        ids(root.get("service").and_then(|service| service.get("extensions"))).map(|(id, _)| id).collect();
    section(root, "extensions").iter().filter(move |entry| named.contains(entry.key.as_str()))
}

/// The components of a section that a pipeline names.
fn used<'a>(root: &'a Node, list: &'static str) -> impl Iterator<Item = &'a Entry> {
    let named: BTreeSet<&str> =
        pipelines(root).iter().flat_map(|pipeline| ids(pipeline.value.get(list))).map(|(id, _)| id).collect();
    section(root, list).iter().filter(move |entry| named.contains(entry.key.as_str()))
}

/// Storages that are named must be declared, and their extension must be on.
fn storages(root: &Node, add: &mut impl FnMut(Span, String)) {
    let storage = enabled(root).find(|entry| kind(&entry.key) == "jaeger_storage");
    let declared = |list: &str, name: &str| {
        let entries = storage.and_then(|entry| entry.value.get(list)).map(Node::entries).unwrap_or_default();
        entries.iter().any(|entry| entry.key == name)
    };
    let mut named = |node: Option<&Node>, list: &str, before: &dyn Fn(&str) -> String| {
        let Some((node, name)) = node.and_then(|node| Some((node, text(node)?))) else { return };
        if name.is_empty() || declared(list, name) {
            return;
        }
        let what = if list == "backends" { "storage" } else { "metric storage" };
        let words = if storage.is_some() {
            format!("{what} '{name}' not declared in 'jaeger_storage' extension configuration")
        } else {
            "cannot find extension 'jaeger_storage' (make sure it's defined earlier in the config)".to_owned()
        };
        add(node.span, format!("{}{words}", before(name)));
    };
    for query in enabled(root).filter(|entry| kind(&entry.key) == "jaeger_query") {
        let of = |name: &str| query.value.get("storage").and_then(|storage| storage.get(name));
        let failed = "failed to start extensions: cannot find";
        named(of("traces"), "backends", &|name| format!("{failed} factory for trace storage {name}: "));
        named(of("traces_archive"), "backends", &|_| format!("{failed} traces archive storage factory: "));
        named(of("metrics"), "metric_backends", &|_| format!("{failed} metrics storage factory: "));
    }
    for exporter in used(root, "exporters").filter(|entry| kind(&entry.key) == "jaeger_storage_exporter") {
        let id = &exporter.key;
        named(exporter.value.get("trace_storage"), "backends", &|_| {
            format!("cannot start pipelines: failed to start {id:?} exporter: cannot find storage factory: ")
        });
    }
}

/// The file with the settings of the pages.
fn ui(of: &Invocation<'_>, path: &str) -> Option<String> {
    let refused = |words: String| Some(format!("Could not create static assets handler: {words}"));
    // What a relative path leads to depends on where Jaeger is started.
    if !path.starts_with('/') {
        return None;
    }
    let bytes = match of.files.read(path) {
        Ok(bytes) => bytes,
        Err(ReadError::Hidden) => return None,
        Err(error) => {
            let words = document::unreadable(path, &error);
            return refused(format!("cannot read UI config file {path}: {words}"));
        }
    };
    let content = String::from_utf8_lossy(&bytes);
    match path.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "json" => match json::parse(&content) {
            Err(error) => refused(format!("cannot parse UI config file {path}: {}", error.message)),
            Ok(node) => match node.value {
                Value::Mapping(_) => None,
                Value::Sequence(_) => refused(format!(
                    "cannot parse UI config file {path}: json: cannot unmarshal array into Go value of type map[string]interface {{}}"
                )),
                Value::Scalar(_) => refused(format!(
                    "cannot parse UI config file {path}: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                    match kind_of(&node) {
                        "int" | "float64" => "number",
                        other => other,
                    }
                )),
            },
        },
        "js" if !content.contains("UIConfig") => {
            refused(format!("UI config file must define function UIConfig(): {path}"))
        }
        "js" => None,
        _ => refused(format!("unrecognized UI config file format, expecting .js or .json file: {path}")),
    }
}

/// Everything that listens, in the order in which it begins to.
fn listeners(root: &Node) -> Vec<Listener<'_>> {
    let mut found = Vec::new();
    for extension in enabled(root) {
        let settings = &extension.value;
        let query = kind(&extension.key) == "jaeger_query";
        let before = if query {
            "failed to start extensions: could not start jaeger-query: query server failed to initialize listener: "
        } else {
            "failed to start extensions: "
        };
        let (http, grpc) = if query { (":16686", ":16685") } else { ("", "") };
        if matches!(kind(&extension.key), "jaeger_query" | "healthcheckv2") {
            for (name, default) in [("http", http), ("grpc", grpc)] {
                found.extend(listener(extension, settings.get(name), default, before.to_owned(), query));
            }
        }
    }
    for exporter in used(root, "exporters").filter(|entry| kind(&entry.key) == "prometheus") {
        let before = format!("cannot start pipelines: failed to start {:?} exporter: ", exporter.key);
        found.extend(listener(exporter, Some(&exporter.value), "", before, true));
    }
    for receiver in used(root, "receivers") {
        let before = format!("cannot start pipelines: failed to start {:?} receiver: ", receiver.key);
        let defaults: &[(&str, &str)] = match kind(&receiver.key) {
            "otlp" => &[("grpc", "localhost:4317"), ("http", "localhost:4318")],
            "jaeger" => &[("grpc", "localhost:14250"), ("thrift_http", "localhost:14268")],
            "zipkin" => {
                found.extend(listener(receiver, Some(&receiver.value), "localhost:9411", before, true));
                continue;
            }
            _ => continue,
        };
        let protocols = receiver.value.get("protocols").map(Node::entries).unwrap_or_default();
        for protocol in protocols {
            if let Some((_, default)) = defaults.iter().find(|(name, _)| *name == protocol.key) {
                found.extend(listener(protocol, Some(&protocol.value), default, before.clone(), true));
            }
        }
    }
    found
}

fn listener<'a>(
    of: &'a Entry,
    settings: Option<&'a Node>,
    default: &'a str,
    before: String,
    public: bool,
) -> Option<Listener<'a>> {
    // Over a socket nothing else is in the way.
    if settings.and_then(|node| node.get("transport")).and_then(text) == Some("unix") {
        return None;
    }
    let endpoint = settings.and_then(|node| node.get("endpoint"));
    let (endpoint, span) = match endpoint {
        Some(node) if node.is_null() || scalar::resolve(node).is_none() => return None,
        Some(node) => (text(node)?, node.span),
        None => (default, of.span),
    };
    // Jaeger listens somewhere of its own choosing when it is told nothing.
    (!endpoint.is_empty()).then_some(Listener { endpoint, span, before, public })
}

/// Host and port, or Go's words.
fn address(endpoint: &str) -> Result<(&str, u16), String> {
    let Some((host, port)) = endpoint.rsplit_once(':').filter(|(_, port)| !port.contains(']')) else {
        return Err(format!("address {endpoint}: missing port in address"));
    };
    if host.contains(':') && !host.starts_with('[') {
        return Err(format!("address {endpoint}: too many colons in address"));
    }
    // A port may be the name of a service, which only its machine knows.
    match port.parse() {
        Ok(port) => Ok((host, port)),
        Err(_) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("address {port}: invalid port"))
        }
        Err(_) => Ok((host, 0)),
    }
}

/// Whether two addresses of the same port are in each other's way.
fn meet(one: &str, other: &str) -> bool {
    let all = |host: &str| matches!(host, "" | "0.0.0.0" | "[::]");
    let name = |host: &str| if host == "127.0.0.1" { "localhost".to_owned() } else { host.to_lowercase() };
    all(one) || all(other) || name(one) == name(other)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "[::1]"
}
