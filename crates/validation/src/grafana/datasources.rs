//! Files of data sources. Grafana ends when it cannot use one.

use stack::yaml::{Entry, Node};

use crate::{Complaint, Invocation, Stage, schema::nearest};

use super::{
    derived, file, provisioning_files,
    source::{Source, field, text},
    trace_links,
};

/// Types of data sources that Grafana itself brings.
const KINDS: [&str; 12] = [
    "prometheus",
    "loki",
    "jaeger",
    "tempo",
    "zipkin",
    "alertmanager",
    "elasticsearch",
    "influxdb",
    "graphite",
    "mysql",
    "grafana-postgresql-datasource",
    "grafana-pyroscope-datasource",
];
const MAX_UID: usize = 40;
const TOO_MANY_DEFAULTS: &str =
    "datasource.yaml config is invalid. Only one datasource per organization can be marked as default";

struct File {
    path: String,
    node: Node,
}

/// The data sources, and what is wrong with their files.
pub(super) fn check(of: &Invocation<'_>) -> (Vec<Source>, Vec<Complaint>) {
    let paths = match provisioning_files(of, "datasources") {
        Ok(paths) => paths,
        Err(complaint) => return (Vec::new(), vec![complaint]),
    };
    let (mut files, mut sources, mut complaints) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        match file::read(of, &path, "datasources", Stage::Parse) {
            Ok(Some(content)) => {
                complaints.extend(content.complaints);
                sources.extend(entries(&content.node).map(|(_, source)| source));
                // The fields of the old form are others, and nobody writes it any more.
                if !content.is_old {
                    files.push(File { path, node: content.node });
                }
            }
            Ok(None) => {}
            Err(found) => complaints.extend(found),
        }
    }
    complaints.extend(uniqueness(&files));
    for file in &files {
        for (node, source) in entries(&file.node) {
            complaints.extend(each(&file.path, node, &source, &sources));
        }
    }
    (sources, complaints)
}

fn entries(file: &Node) -> impl Iterator<Item = (&Node, Source)> {
    file.get("datasources").map_or(&[][..], Node::items).iter().map(|node| {
        let of = |key| field(node, key).unwrap_or_default().to_owned();
        let is_default = file::bool(&of("isDefault")) == Some(true);
        (node, Source { uid: of("uid"), name: of("name"), kind: of("type"), is_default })
    })
}

/// What may be there only once: the default of an organisation, a uid, a name.
fn uniqueness(files: &[File]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut seen: Vec<(&str, Source, String)> = Vec::new();
    for file in files {
        for (node, source) in entries(&file.node) {
            let organisation = field(node, "orgId").filter(|it| *it != "0").unwrap_or("1").to_owned();
            let mut fault = |key: &str, stage, message: String| {
                let span = node.get(key).map_or(node.span, |it| it.span);
                complaints.push(Complaint::at(&file.path, span.line, span.column, stage, message));
            };
            let before = |same: &dyn Fn(&Source) -> bool| {
                seen.iter().any(|(_, other, of)| *of == organisation && same(other))
            };
            if source.is_default && before(&|other| other.is_default) {
                fault("isDefault", Stage::Validate, TOO_MANY_DEFAULTS.to_owned());
            }
            let same_name = !source.name.is_empty() && before(&|other| other.name == source.name);
            if same_name {
                let message =
                    format!("the data source {} is given twice, and the last one counts", source.name);
                fault("name", Stage::Accepted, message);
            } else if !source.uid.is_empty() && before(&|other| other.uid == source.uid) {
                fault("uid", Stage::Start, "data source with the same uid already exists".to_owned());
            }
            seen.push((&file.path, source, organisation));
        }
    }
    complaints
}

fn each(path: &str, node: &Node, source: &Source, sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut accepted = |key: &str, message: String, hint: Option<String>| {
        let span = node.get(key).map_or(node.span, |it| it.span);
        let mut complaint = Complaint::at(path, span.line, span.column, Stage::Accepted, message);
        complaint.hint = hint;
        complaints.push(complaint);
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if source.uid.len() > MAX_UID || !source.uid.chars().all(valid) {
        let rule = "A valid uid is a combination of a-z, A-Z, 0-9 (alphanumeric), - (dash) and _ (underscore) \
                    characters, maximum length 40";
        accepted("uid", format!("Invalid datasource uid. {rule}"), None);
    }
    let near = nearest(&source.kind, KINDS.into_iter()).filter(|known| *known != source.kind);
    if source.kind.is_empty() {
        accepted("type", "the data source has no type".to_owned(), None);
    } else if let Some(near) = near {
        let message = format!("Could not find plugin definition for data source {}", source.kind);
        accepted("type", message, Some(format!("did you mean {near}?")));
    }
    let access = field(node, "access").unwrap_or_default();
    if !matches!(access, "" | "proxy" | "direct") {
        accepted("access", "invalid access value, will use 'proxy' instead".to_owned(), None);
    }
    if KINDS.contains(&source.kind.as_str())
        && let Some(fault) = url_fault(field(node, "url").unwrap_or_default())
    {
        accepted("url", fault, None);
    }
    if let Some(data) = node.get("jsonData") {
        let mut links = trace_links::Checker { path, sources, complaints: Vec::new() };
        links.exemplars(data);
        links.traces_to_logs(data);
        links.traces_to_metrics(data);
        derived::check(data, &mut links);
        choices(&mut links, &source.kind, data);
        complaints.extend(links.complaints);
    }
    complaints
}

/// What is wrong with the address of a source: Go's words, where Go says something.
fn url_fault(url: &str) -> Option<String> {
    if url.is_empty() {
        return Some("the data source has no url".to_owned());
    }
    if let Some(bad) = url.chars().find(|c| c.is_whitespace() || c.is_control()) {
        let fault = if bad == ' ' {
            "invalid character \" \" in host name"
        } else {
            "invalid control character in URL"
        };
        return Some(format!("parse {:?}: net/url: {fault}", without_password(url)));
    }
    let (_, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let port = host.rsplit_once(']').map_or(host, |(_, after)| after).rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|port| !port.bytes().all(|it| it.is_ascii_digit()));
    port.map(|port| format!("parse {:?}: invalid port \":{port}\" after host", without_password(url)))
}

/// Who asks, and with which password, is nobody's business.
fn without_password(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://xxxxx@{host}")
        }
        None => url.to_owned(),
    }
}

/// Settings that are one of some words.
fn choices(links: &mut trace_links::Checker<'_>, kind: &str, data: &Node) {
    const WORDS: [(&str, &str, &[&str]); 4] = [
        ("prometheus", "httpMethod", &["POST", "GET"]),
        ("prometheus", "prometheusType", &["Prometheus", "Mimir", "Cortex", "Thanos"]),
        ("loki", "httpMethod", &["POST", "GET"]),
        ("alertmanager", "implementation", &["prometheus", "mimir", "cortex"]),
    ];
    for (_, key, words) in WORDS.into_iter().filter(|(of, ..)| *of == kind) {
        let Some(entry) = data.entries().iter().find(|entry: &&Entry| entry.key == key) else { continue };
        if let Some(value) = text(&entry.value).filter(|value| !value.is_empty() && !words.contains(value)) {
            links.accepted(&entry.value, format!("{key} knows {}, not {value:?}", words.join(", ")));
        }
    }
    for key in ["timeInterval", "queryTimeout"] {
        if let Some(node) = data.get(key)
            && let Some(value) =
                text(node).filter(|value| !value.is_empty() && !trace_links::is_interval(value))
        {
            links.accepted(node, format!("{key} is no duration: {value:?}"));
        }
    }
}
