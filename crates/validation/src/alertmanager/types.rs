//! The types of Alertmanager's file.

use std::sync::LazyLock;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, document, duration, go_regex, gotemplate, http_client,
    schema::{Schema, mismatch},
};

use super::{
    matchers::{self, Mode},
    times,
};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::read(include_str!("../../schemas/alertmanager.txt")));

/// What does not fit the types. What ends the reading comes first: the program then says nothing else.
pub(super) fn misfits(of: &Invocation<'_>, path: &str, node: &Node) -> Vec<Complaint> {
    let mode = Mode::of(of);
    let mut found = SCHEMA.misfits(node, "config.Config", &|kind, node| custom(kind, node, mode));
    for misfit in &mut found {
        misfit.collected |= misfit.message.starts_with("cannot unmarshal");
    }
    found.sort_by_key(|misfit| misfit.collected);
    document::misfits(of, path, found)
}

fn custom(kind: &str, node: &Node, mode: Mode) -> Option<Result<(), String>> {
    if let Some(verdict) = times::custom(kind, node) {
        return Some(verdict);
    }
    match kind {
        "common.Matchers" => return Some(conditions(node, mode)),
        "common.MatchRegexps" => return Some(expressions(node)),
        _ => {}
    }
    let Value::Scalar(text) = &node.value else {
        let reads_text = matches!(kind, "common.URL" | "common.SecretURL" | "config.HostPort" | "config.URL");
        return reads_text.then(|| Err(mismatch(node, "string").message));
    };
    match kind {
        "common.URL" | "common.SecretURL" => Some(url(text)),
        "common.SecretTemplateURL" => Some(template_url(text)),
        "config.HostPort" => Some(host_port(text)),
        "config.duration" => Some(duration::go(text).map(|_| ())),
        // A template alone, or a mapping with more.
        "jira.JiraFieldConfig" => Some(Ok(())),
        // A single value is no list.
        list if list.starts_with("[]") => Some(Err(mismatch(node, list).message)),
        _ => http_client::custom(kind, node),
    }
}

fn conditions(node: &Node, mode: Mode) -> Result<(), String> {
    if !matches!(node.value, Value::Sequence(_)) {
        return Err(mismatch(node, "[]string").message);
    }
    for item in node.items() {
        match &item.value {
            Value::Scalar(text) => matchers::parse(text, mode).map(|_| ())?,
            _ => return Err(mismatch(item, "string").message),
        }
    }
    Ok(())
}

fn expressions(node: &Node) -> Result<(), String> {
    for entry in node.entries() {
        if let Value::Scalar(text) = &entry.value.value
            && !entry.value.is_null()
        {
            go_regex::check(&format!("^(?:{text})$"))?;
        }
        if !matchers::is_classic(&entry.key) {
            return Err(format!("invalid label name {:?}", entry.key));
        }
        if entry.value.is_null() {
            return Err(format!("invalid regexp value for {:?}", entry.key));
        }
    }
    Ok(())
}

fn url(text: &str) -> Result<(), String> {
    // How a secret is written where it must not be shown.
    if text == "<secret>" {
        return Ok(());
    }
    if text.starts_with(':') {
        return Err(format!("parse {text:?}: missing protocol scheme"));
    }
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let scheme =
        if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) { scheme } else { "" };
    if !matches!(scheme.to_lowercase().as_str(), "http" | "https") {
        return Err(format!("unsupported scheme {:?} for URL", scheme.to_lowercase()));
    }
    let rest = text[scheme.len() + 1..].strip_prefix("//").unwrap_or_default();
    if rest.is_empty() || rest.starts_with(['/', '?', '#']) {
        return Err("missing host for URL".to_owned());
    }
    Ok(())
}

fn template_url(text: &str) -> Result<(), String> {
    if text.contains("{{") {
        return gotemplate::check("", text, &[]).map_err(|error| format!("invalid template syntax: {error}"));
    }
    if text.is_empty() { Ok(()) } else { url(text).map_err(|words| format!("invalid URL: {words}")) }
}

fn host_port(text: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("address {text}: {what}"));
    if text.is_empty() {
        return Ok(());
    }
    let port = match text.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            None => return wrong("missing ']' in address"),
            Some((_, "")) => return wrong("missing port in address"),
            Some((_, after)) => after.strip_prefix(':').unwrap_or_default(),
        },
        None => match text.split_once(':') {
            None => return wrong("missing port in address"),
            Some((_, port)) if port.contains(':') => return wrong("too many colons in address"),
            Some((_, port)) => port,
        },
    };
    if port.is_empty() { Err(format!("address {text:?}: port cannot be empty")) } else { Ok(()) }
}
