//! Promtail's configuration. Its own check looks at the YAML alone; the rest only the start refuses.

mod decode;
mod flow;
mod jmespath;
mod jobs;
mod pipeline;
mod relabel;
mod selector;
pub mod stages;
mod template;

use std::{collections::BTreeSet, sync::LazyLock};

use stack::yaml::Node;

use crate::{
    Complaint, Invocation, Stage, config_file, config_types, document::misfits, go_url, schema::Schema,
};

use relabel::text_at;

/// What Promtail knows, with what its own code reads otherwise than its types say.
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    const GROUP: &str =
        r#"struct { Targets []string "yaml:\"targets\""; Labels model.LabelSet "yaml:\"labels\"" }"#;
    Schema::read(include_str!("../schemas/promtail.txt"))
        .with("targetgroup.Group", "targets", "[]string")
        .named("targetgroup.Group", GROUP)
        .named("client.Config", "client.raw")
});

pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let file = match config_file::read(of) {
        Ok(file) => file,
        Err(complaints) => return complaints,
    };
    let path = file.path.as_str();
    let jobs =
        file.document.as_ref().and_then(|root| root.get("scrape_configs")).map_or(&[][..], Node::items);
    let mut complaints = Vec::new();
    if let Some(document) = &file.document {
        let found = SCHEMA.misfits(document, "config.Config", &config_types::custom);
        complaints = misfits(of, path, found);
        complaints.extend(jobs::names(path, jobs));
    }
    // What cannot be read is not judged any further.
    if !complaints.iter().any(Complaint::is_fatal) {
        complaints.extend(jobs::rules(path, jobs));
        if let Some(level) = file.document.as_ref().and_then(|root| root.get("server")?.get("log_level"))
            && level.is_null()
        {
            complaints.push(Complaint::at(
                path,
                level.span.line,
                level.span.column,
                Stage::Start,
                "Invalid log level",
            ));
        }
        complaints.extend(clients(of, path, file.document.as_ref()));
        if !of.switch("stdin") {
            complaints.extend(jobs::check(path, jobs));
        }
    }
    complaints.extend(file.surprises);
    config_file::unreplaced(of, &mut complaints);
    complaints
}

/// Where the lines go.
fn clients(of: &Invocation<'_>, path: &str, root: Option<&Node>) -> Vec<Complaint> {
    let section = |key: &str| root.and_then(|root| root.get(key)).filter(|node| !node.is_null());
    let old = section("client").filter(|client| client.get("url").is_some_and(|url| !url.is_null()));
    let listed = section("clients").map_or(&[][..], Node::items);
    if listed.is_empty() && old.is_none() && of.flag("client.url").is_none() && !of.switch("dry-run") {
        let place = section("clients").or(root).map(|node| node.span).unwrap_or_default();
        let message = "failed to create client manager: at least one client config must be provided";
        return vec![Complaint::at(path, place.line, place.column, Stage::Start, message)];
    }
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for client in listed.iter().chain(old) {
        let at = |node: &Node, stage, message: String| {
            Complaint::at(path, node.span.line, node.span.column, stage, message)
        };
        let Some((url, _)) = client.get("url").and_then(text_at).filter(|(url, _)| !url.is_empty()) else {
            let message = "failed to create client manager: client needs target URL";
            complaints.push(at(client, Stage::Start, message.to_owned()));
            continue;
        };
        // One without a name is named by all that it says.
        let name = client.get("name").and_then(text_at).map_or("", |(name, _)| name);
        let whole = if name.is_empty() { decode::go_value(client) } else { name.to_owned() };
        if !seen.insert(whole) {
            let message = format!(
                "failed to create client manager: duplicate client configs are not allowed, found duplicate for name: {name}"
            );
            complaints.push(at(client, Stage::Start, message));
        }
        if let (Ok(read), Some(node)) = (go_url::parse(url), client.get("url"))
            && let Some(message) = nowhere(&read)
        {
            complaints.push(at(node, Stage::Accepted, message).hint("http://loki:3100/loki/api/v1/push"));
        }
        for entry in client.get("external_labels").map_or(&[][..], Node::entries) {
            let remark = relabel::name(&entry.key, entry.span);
            complaints
                .extend(remark.map(|it| {
                    Complaint::at(path, it.span.line, it.span.column, Stage::Accepted, it.message)
                }));
        }
    }
    complaints
}

/// Why lines never arrive at an address.
fn nowhere(url: &go_url::Url) -> Option<String> {
    if !matches!(url.scheme.as_str(), "http" | "https") {
        return Some(format!("nothing is sent: unsupported protocol scheme {:?}", url.scheme));
    }
    let is_root = url.path.trim_matches('/').is_empty();
    is_root.then(|| "Loki takes lines at /loki/api/v1/push; the address has no path".to_owned())
}
