//! The configuration as a whole.

use std::collections::BTreeMap;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, http_client, paths,
    place::{at, at_key, text},
};

use super::{
    discovery,
    relabel::{self, Names},
    rules,
    scrape::{self, Global},
    types::{self, milliseconds},
};

const MINUTE: u64 = 60_000;

/// What can be written to another store.
const MESSAGES: [&str; 2] = ["prometheus.WriteRequest", "io.prometheus.write.v2.Request"];

pub(super) fn check(of: &Invocation<'_>, path: &str) -> Vec<Complaint> {
    let root = match super::read(of, path) {
        Ok(Some(root)) => root,
        Ok(None) => return Vec::new(),
        Err(complaints) => return complaints,
    };
    let mut complaints = types::misfits(of, path, &root, "config.Config");
    if complaints.iter().any(Complaint::is_fatal) {
        return complaints;
    }
    let names = root.get("global").and_then(Names::of).unwrap_or(Names::Utf8);
    complaints.extend(global(of, path, &root, names));
    let interval = root.get("global").and_then(|global| milliseconds(global, "scrape_interval"));
    let utf8_wanted =
        root.get("global").and_then(|it| text(it, "metric_name_escaping_scheme")) == Some("allow-utf-8");
    let global = Global { interval: interval.unwrap_or(MINUTE), names, utf8_wanted };
    let mut jobs = BTreeMap::new();
    if let Some(section) = root.get("scrape_configs") {
        complaints.extend(scrape::check(of, path, section, global, &mut jobs));
    }
    complaints.extend(patterns(path, &root, "rule_files", "rule file"));
    complaints.extend(patterns(path, &root, "scrape_config_files", "scrape config file"));
    complaints.extend(alerting(of, path, &root, names));
    complaints.extend(remotes(path, &root, names));
    complaints.extend(others(path, &root));
    if complaints.iter().any(Complaint::is_fatal) {
        return complaints;
    }
    complaints.extend(rule_files(of, path, &root));
    complaints.extend(scrape_files(of, path, &root, global, &jobs));
    complaints
}

fn global(of: &Invocation<'_>, path: &str, root: &Node, names: Names) -> Vec<Complaint> {
    let Some(global) = root.get("global") else { return Vec::new() };
    let mut complaints = Vec::new();
    let mut say =
        |key: &str, words: String| complaints.push(at_key(path, global, key, Stage::Validate, words));
    let interval = milliseconds(global, "scrape_interval").unwrap_or(MINUTE);
    if milliseconds(global, "scrape_timeout").is_some_and(|timeout| timeout > interval) {
        say("scrape_timeout", "global scrape timeout greater than scrape interval".to_owned());
    }
    if let Some(words) = scrape::protocols(global) {
        say("scrape_protocols", format!("{words} for global config"));
    }
    if let Some(words) = scrape::escaping(global, "global", names) {
        say("metric_name_escaping_scheme", words);
    }
    for label in global.get("external_labels").map(Node::entries).unwrap_or_default() {
        if !names.allow(&label.key) {
            let words = format!("{:?} is not a valid label name", label.key);
            let span = label.span;
            complaints.push(Complaint::at(path, span.line, span.column, Stage::Validate, words));
        }
        if let Value::Scalar(value) = &label.value.value {
            let unset = expanded(value).into_iter().filter(|it| !of.environment.contains_key(it.as_str()));
            complaints.extend(unset.map(|name| {
                let words = format!("Empty environment variable: {name}");
                at(path, &label.value, Stage::Accepted, words).hint("write $$ for a dollar sign")
            }));
        }
    }
    complaints
}

/// The variables that a text is expanded with, as Go's `os.Expand` finds them.
fn expanded(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        if let Some(inner) = after.strip_prefix('{') {
            let Some((name, tail)) = inner.split_once('}') else { break };
            if name != "$" && !name.is_empty() {
                names.push(name.to_owned());
            }
            rest = tail;
            continue;
        }
        let length = after.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        // Special names, of which `$` stands for itself, are of one character.
        let length =
            if length == 0 && after.starts_with(['*', '#', '$', '@', '!', '?', '-']) { 1 } else { length };
        let (name, tail) = after.split_at(length);
        if !name.is_empty() && name != "$" {
            names.push(name.to_owned());
        }
        rest = tail;
    }
    names
}

fn patterns(path: &str, root: &Node, key: &str, what: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for pattern in root.get(key).map(Node::items).unwrap_or_default() {
        let Value::Scalar(text) = &pattern.value else { continue };
        if !discovery::is_one_level(text) {
            complaints.push(at(path, pattern, Stage::Validate, format!("invalid {what} path {text:?}")));
        } else if let Err(words) = paths::check(text) {
            complaints.push(at(path, pattern, Stage::Validate, words));
        }
    }
    complaints
}

fn alerting(of: &Invocation<'_>, path: &str, root: &Node, names: Names) -> Vec<Complaint> {
    let Some(alerting) = root.get("alerting") else { return Vec::new() };
    let empty = "empty or null alert relabeling rule";
    let mut complaints = relabel::check(path, alerting, "alert_relabel_configs", empty, names);
    for manager in alerting.get("alertmanagers").map(Node::items).unwrap_or_default() {
        let faults = http_client::faults(manager);
        complaints.extend(faults.into_iter().map(|(node, words)| at(path, node, Stage::Validate, words)));
        let signs =
            ["basic_auth", "authorization", "oauth2"].iter().any(|key| crate::place::has(manager, key));
        if signs && crate::place::has(manager, "sigv4") {
            let words = "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured";
            complaints.push(at_key(path, manager, "sigv4", Stage::Validate, words));
        }
        let target = "empty or null Alertmanager target relabeling rule";
        let alert = "empty or null Alertmanager alert relabeling rule";
        complaints.extend(relabel::check(path, manager, "relabel_configs", target, names));
        complaints.extend(relabel::check(path, manager, "alert_relabel_configs", alert, names));
        complaints.extend(discovery::check(of, path, manager));
    }
    complaints
}

/// Other stores that are written to or read from.
fn remotes(path: &str, root: &Node, names: Names) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (key, what) in [("remote_write", "remote write"), ("remote_read", "remote read")] {
        let mut known = Vec::new();
        for remote in root.get(key).map(Node::items).unwrap_or_default() {
            if remote.is_null() {
                let words = format!("empty or null {what} config section");
                complaints.push(at(path, remote, Stage::Validate, words));
                continue;
            }
            let faults = http_client::faults(remote);
            complaints.extend(faults.into_iter().map(|(node, words)| at(path, node, Stage::Validate, words)));
            let mut say = |key: &str, words: String| {
                complaints.push(at_key(path, remote, key, Stage::Validate, words));
            };
            if text(remote, "url").is_none() {
                say("url", format!("url for {key} is empty"));
            }
            if let Some(name) = text(remote, "name") {
                if known.contains(&name) {
                    say("name", format!("found multiple {what} configs with job name {name:?}"));
                }
                known.push(name);
            }
            let authorization = "authorization header must be changed via the basic_auth, authorization, oauth2, \
                                 sigv4, azuread or google_iam parameter";
            if let Some(words) = reserved_header(remote, authorization) {
                say("headers", words);
            }
            if let Some(message) = text(remote, "protobuf_message").filter(|it| !MESSAGES.contains(it)) {
                let words = "invalid protobuf_message value: unknown type for remote write protobuf message";
                say("protobuf_message", format!("{words} {message}, supported: {}", MESSAGES.join(", ")));
            }
            if let Some(queue) = remote.get("queue_config") {
                complaints.extend(queue_fault(path, queue));
            }
            let empty = "empty or null relabeling rule in remote write config";
            complaints.extend(relabel::check(path, remote, "write_relabel_configs", empty, names));
        }
    }
    complaints
}

/// Headers that are not for users to set.
fn reserved_header(section: &Node, authorization: &str) -> Option<String> {
    const RESERVED: [&str; 16] = [
        "host",
        "content-encoding",
        "content-length",
        "content-type",
        "user-agent",
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "www-authenticate",
        "accept-encoding",
        "x-prometheus-remote-write-version",
        "x-prometheus-remote-read-version",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
    ];
    section.get("headers")?.entries().iter().find_map(|header| {
        let lower = header.key.to_lowercase();
        if lower == "authorization" {
            return Some(authorization.to_owned());
        }
        RESERVED
            .contains(&lower.as_str())
            .then(|| format!("{} is a reserved header. It must not be changed", header.key))
    })
}

fn queue_fault(path: &str, queue: &Node) -> Option<Complaint> {
    let number = |key: &str| text(queue, key).and_then(|it| it.parse::<i64>().ok());
    let say = |key: &str, words: &str| {
        let words = format!("remote write queue {words}");
        Some(at_key(path, queue, key, Stage::Validate, words))
    };
    for key in ["max_shards", "min_shards", "max_samples_per_send", "capacity"] {
        if number(key).is_some_and(|value| value <= 0) {
            return say(key, &format!("{key} must be positive"));
        }
    }
    if number("min_shards").unwrap_or(1) > number("max_shards").unwrap_or(50) {
        return say("min_shards", "min_shards must not be greater than max_shards");
    }
    let (least, most) = (milliseconds(queue, "min_backoff"), milliseconds(queue, "max_backoff"));
    if most.unwrap_or(5000) < least.unwrap_or(30) {
        return say("max_backoff", "max_backoff must not be less than min_backoff");
    }
    None
}

/// Storage, tracing and OTLP.
fn others(path: &str, root: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut say = |section: &Node, key: &str, words: String| {
        complaints.push(at_key(path, section, key, Stage::Validate, words));
    };
    let tsdb = root.get("storage").and_then(|storage| storage.get("tsdb"));
    if let Some(retention) = tsdb.and_then(|tsdb| tsdb.get("retention")) {
        if text(retention, "size").and_then(|it| types::bytes(it).ok()).is_some_and(|size| size < 0.0) {
            let size = text(retention, "size").unwrap_or_default();
            let words =
                format!("'storage.tsdb.retention.size' must be greater than or equal to 0, got {size}");
            say(retention, "size", words);
        }
        if let Some(percentage) = text(retention, "percentage").and_then(|it| it.parse::<f64>().ok())
            && !(0.0..=100.0).contains(&percentage)
        {
            let words = format!(
                "'storage.tsdb.retention.percentage' must be in the range [0, 100], got {percentage}"
            );
            say(retention, "percentage", words);
        }
    }
    if let Some(encoding) = tsdb.and_then(|tsdb| tsdb.get("chunk_encoding"))
        && let Some(floats) = text(encoding, "floats").filter(|it| !matches!(*it, "xor" | "xor2"))
    {
        let words = format!(
            "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got {floats:?}"
        );
        say(encoding, "floats", words);
    }
    if let Some(tracing) = root.get("tracing").filter(|tracing| !tracing.is_null()) {
        if text(tracing, "endpoint").is_none() {
            say(tracing, "endpoint", "tracing endpoint must be set".to_owned());
        }
        if let Some(words) =
            reserved_header(tracing, "custom authorization header configuration is not yet supported")
        {
            say(tracing, "headers", words);
        }
        if let Some(compression) = text(tracing, "compression").filter(|it| *it != "gzip") {
            let words = format!("invalid compression type {compression} provided, valid options: gzip");
            say(tracing, "compression", words);
        }
    }
    if let Some(otlp) = root.get("otlp") {
        const STRATEGIES: [&str; 4] = [
            "UnderscoreEscapingWithSuffixes",
            "UnderscoreEscapingWithoutSuffixes",
            "NoUTF8EscapingWithSuffixes",
            "NoTranslation",
        ];
        if let Some(strategy) = text(otlp, "translation_strategy").filter(|it| !STRATEGIES.contains(it)) {
            let words = format!("unsupported OTLP translation strategy {strategy:?}");
            say(otlp, "translation_strategy", words);
        }
        let all = text(otlp, "promote_all_resource_attributes") == Some("true");
        let some = |key: &str| otlp.get(key).is_some_and(|list| !list.items().is_empty());
        if all && some("promote_resource_attributes") {
            let words = "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously";
            say(otlp, "promote_resource_attributes", words.to_owned());
        }
        if !all && some("ignore_resource_attributes") {
            let words = "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true";
            say(otlp, "ignore_resource_attributes", words.to_owned());
        }
    }
    complaints
}

/// The files of rules. `promtool` refuses one that is named and not there; Prometheus starts without its rules.
fn rule_files(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for pattern in root.get("rule_files").map(Node::items).unwrap_or_default() {
        let Value::Scalar(text) = &pattern.value else { continue };
        let file = paths::join(paths::folder(path), text);
        if paths::is_pattern(&file) {
            for found in paths::glob(of.files, &file) {
                complaints.extend(rules::check(of, &found));
            }
        } else if scrape::is_absent(of.files, &file) {
            let words = format!("{file:?} does not point to an existing file");
            complaints.push(at(path, pattern, Stage::Accepted, words));
        } else {
            complaints.extend(rules::check(of, &file));
        }
    }
    complaints
}

/// The files with more jobs.
fn scrape_files(
    of: &Invocation<'_>,
    path: &str,
    root: &Node,
    global: Global,
    jobs: &BTreeMap<String, String>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut jobs: BTreeMap<String, String> =
        jobs.keys().map(|name| (name.clone(), "main config file".to_owned())).collect();
    for pattern in root.get("scrape_config_files").map(Node::items).unwrap_or_default() {
        let Value::Scalar(text) = &pattern.value else { continue };
        let pattern = paths::join(paths::folder(path), text);
        let found = if paths::is_pattern(&pattern) { paths::glob(of.files, &pattern) } else { vec![pattern] };
        for file in found.into_iter().filter(|file| !scrape::is_absent(of.files, file)) {
            let node = match super::read(of, &file) {
                Ok(Some(node)) => node,
                Ok(None) => continue,
                Err(more) => {
                    complaints.extend(more);
                    continue;
                }
            };
            let misfits = types::misfits(of, &file, &node, "config.ScrapeConfigs");
            let fatal = misfits.iter().any(Complaint::is_fatal);
            complaints.extend(misfits);
            if let Some(section) = node.get("scrape_configs").filter(|_| !fatal) {
                complaints.extend(scrape::check(of, &file, section, global, &mut jobs));
                for origin in jobs.values_mut().filter(|origin| origin.is_empty()) {
                    *origin = format!("{file:?}");
                }
            }
        }
    }
    complaints
}
