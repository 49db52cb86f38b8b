//! Where targets are found.

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, http_client, paths,
    place::{at, at_key, has, text},
};

use super::targets;

/// What is wrong with the discoveries of a job, or of a group of Alertmanagers.
pub(super) fn check(of: &Invocation<'_>, path: &str, section: &Node) -> Vec<Complaint> {
    let relabelled = section.get("relabel_configs").is_some_and(|rules| !rules.items().is_empty());
    let mut complaints = Vec::new();
    for entry in section.entries() {
        let kind = entry.key.strip_suffix("_configs").unwrap_or_default();
        if kind != "static" && !kind.ends_with("_sd") {
            continue;
        }
        for one in entry.value.items() {
            if one.is_null() {
                let words = format!("empty or null section in {}", entry.key);
                complaints.push(at(path, one, Stage::Validate, words));
                continue;
            }
            let fault = match kind {
                "static" if !relabelled => targets::address(path, one, Stage::Validate),
                "static" => targets::label(path, one, Stage::Parse),
                "consul_sd" => consul(path, one),
                "dns_sd" => dns(path, one),
                "file_sd" => files(path, one),
                "http_sd" => http(path, one),
                "docker_sd" => emptied(path, one, "host", "host missing"),
                "dockerswarm_sd" => swarm(path, one),
                "kubernetes_sd" => kubernetes(path, one),
                _ => None,
            };
            let fatal = fault.is_some();
            complaints.extend(fault);
            if matches!(kind, "consul_sd" | "http_sd" | "docker_sd" | "dockerswarm_sd" | "kubernetes_sd") {
                let faults = http_client::faults(one);
                complaints
                    .extend(faults.into_iter().map(|(node, words)| at(path, node, Stage::Validate, words)));
            }
            if kind == "file_sd" && !fatal {
                complaints.extend(targets::files(of, path, one, relabelled));
            }
        }
    }
    complaints
}

/// A setting that has a default and was set to nothing.
fn emptied(path: &str, one: &Node, key: &str, words: &str) -> Option<Complaint> {
    let node = one.get(key)?;
    let empty = matches!(&node.value, Value::Scalar(text) if text.trim().is_empty());
    (empty && !node.is_null()).then(|| at(path, node, Stage::Validate, words))
}

fn consul(path: &str, one: &Node) -> Option<Complaint> {
    let say = |key: &str, words: &str| Some(at_key(path, one, key, Stage::Validate, words));
    if let Some(fault) = emptied(path, one, "server", "consul SD configuration requires a server address") {
        return Some(fault);
    }
    let user = text(one, "username").or(text(one, "password")).is_some();
    if user && has(one, "basic_auth") {
        return say(
            "basic_auth",
            "at most one of consul SD configuration username and password and basic auth can be configured",
        );
    }
    if text(one, "token").is_some() && (has(one, "authorization") || has(one, "oauth2")) {
        return say("token", "at most one of consul SD token, authorization, or oauth2 can be configured");
    }
    None
}

fn dns(path: &str, one: &Node) -> Option<Complaint> {
    let say = |key: &str, words: String| Some(at_key(path, one, key, Stage::Validate, words));
    if one.get("names").is_none_or(|names| names.items().is_empty()) {
        return say("names", "DNS-SD config must contain at least one SRV record name".to_owned());
    }
    let kind = text(one, "type").unwrap_or("SRV");
    match kind.to_uppercase().as_str() {
        "SRV" => None,
        "A" | "AAAA" | "MX" | "NS" if text(one, "port").is_some_and(|port| port != "0") => None,
        "A" | "AAAA" | "MX" | "NS" => {
            say("port", "a port is required in DNS-SD configs for all record types except SRV".to_owned())
        }
        _ => say("type", format!("invalid DNS-SD records type {kind}")),
    }
}

fn files(path: &str, one: &Node) -> Option<Complaint> {
    let names = one.get("files").map(Node::items).unwrap_or_default();
    if names.is_empty() {
        let words = "file service discovery config must contain at least one path name";
        return Some(at_key(path, one, "files", Stage::Validate, words));
    }
    for name in names {
        let Value::Scalar(pattern) = &name.value else { continue };
        let known = [".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"];
        if !known.iter().any(|ending| pattern.ends_with(ending)) || !is_one_level(pattern) {
            let words = format!("path name {pattern:?} is not valid for file discovery");
            return Some(at(path, name, Stage::Validate, words));
        }
        if let Err(words) = paths::check(pattern) {
            return Some(at(path, name, Stage::Validate, words));
        }
    }
    None
}

/// Whether a pattern has its `*` only in its last part.
pub(super) fn is_one_level(pattern: &str) -> bool {
    pattern.split_once('*').is_none_or(|(_, after)| !after.contains('/'))
}

fn http(path: &str, one: &Node) -> Option<Complaint> {
    let say = |words: &str| Some(at_key(path, one, "url", Stage::Validate, words));
    let Some(url) = text(one, "url") else { return say("URL is missing") };
    let Some((scheme, rest)) = url.split_once("://") else {
        return say("URL scheme must be 'http' or 'https'");
    };
    if !matches!(scheme.to_lowercase().as_str(), "http" | "https") {
        return say("URL scheme must be 'http' or 'https'");
    }
    if rest.is_empty() || rest.starts_with(['/', '?', '#']) { say("host is missing in URL") } else { None }
}

fn swarm(path: &str, one: &Node) -> Option<Complaint> {
    if let Some(fault) = emptied(path, one, "host", "host missing") {
        return Some(fault);
    }
    let words = match text(one, "role") {
        Some("tasks" | "services" | "nodes") => return None,
        Some(role) => format!("invalid role {role}, expected tasks, services, or nodes"),
        None if !has(one, "host") => "host missing".to_owned(),
        None => "role missing (one of: tasks, services, nodes)".to_owned(),
    };
    Some(at_key(path, one, "role", Stage::Validate, words))
}

fn kubernetes(path: &str, one: &Node) -> Option<Complaint> {
    let say = |key: &str, words: &str| Some(at_key(path, one, key, Stage::Validate, words));
    let own =
        one.get("namespaces").and_then(|it| text(it, "own_namespace")).is_some_and(|value| value == "true");
    let (server, file) = (text(one, "api_server").is_some(), text(one, "kubeconfig_file").is_some());
    if text(one, "role").is_none() {
        return say("role", "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)");
    }
    if server && file {
        return say("kubeconfig_file", "cannot use 'kubeconfig_file' and 'api_server' simultaneously");
    }
    if server && own {
        return say("namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
    }
    if file && own {
        return say(
            "namespaces",
            "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously",
        );
    }
    None
}
