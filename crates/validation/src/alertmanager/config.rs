//! The configuration as a whole: global settings, routes, receivers, intervals and inhibition.

use std::collections::BTreeSet;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, document, duration, http_client,
    place::{at, at_key, has, text},
};

use super::{
    integrations,
    matchers::{Mode, is_classic},
    templates, types,
};

pub(super) fn check(of: &Invocation<'_>, path: &str) -> Vec<Complaint> {
    let content = match document::text(of, path) {
        Ok(Some(content)) => content,
        Ok(None) => return Vec::new(),
        Err(complaint) => return vec![complaint],
    };
    let root = match document::document(path, &content) {
        Ok(Some(root)) => root,
        Ok(None) => return vec![Complaint::whole(path, Stage::Validate, "no route provided in config")],
        Err(complaints) => return complaints,
    };
    let mut complaints = types::misfits(of, path, &root);
    if complaints.iter().any(Complaint::is_fatal) {
        return complaints;
    }
    complaints.extend(global(of, path, &root));
    complaints.extend(receivers(of, path, &root));
    complaints.extend(routes(of, path, &root));
    complaints.extend(inhibit_rules(of, path, &root));
    complaints.extend(templates::files(of, path, &root));
    complaints
}

const SECRETS: [&str; 9] = [
    "slack_app_token",
    "slack_api_url",
    "opsgenie_api_key",
    "victorops_api_key",
    "telegram_bot_token",
    "smtp_auth_password",
    "smtp_auth_secret",
    "wechat_api_secret",
    "mattermost_webhook_url",
];
const ROCKETCHAT: [&str; 2] = ["rocketchat_token", "rocketchat_token_id"];

fn global(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let Some(global) = root.get("global") else { return Vec::new() };
    let mut complaints = Vec::new();
    for secret in SECRETS.iter().chain(&ROCKETCHAT) {
        let file = format!("{secret}_file");
        if has(global, secret) && has(global, &file) {
            let words = format!("at most one of {secret} & {file} must be configured");
            complaints.push(at_key(path, global, &file, Stage::Validate, words));
        }
    }
    let any = |name: &str| has(global, name) || has(global, &format!("{name}_file"));
    // The address that takes tokens is what users wrote as the webhook's before there were tokens.
    let for_tokens = text(global, "slack_app_url").unwrap_or(integrations::SLACK_APP_URL);
    let same = text(global, "slack_api_url") == Some(for_tokens);
    if any("slack_app_token") && any("slack_api_url") && !same {
        let words = "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured";
        complaints.push(at_key(path, global, "slack_app_token", Stage::Validate, words));
    }
    if let Some(client) = global.get("http_config") {
        let faults = http_client::faults(client).into_iter();
        complaints.extend(faults.map(|(node, words)| at(path, node, Stage::Validate, words)));
    }
    complaints.extend(integrations::absent_files(of, path, global));
    complaints
}

fn receivers(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut names = BTreeSet::new();
    for receiver in root.get("receivers").map(Node::items).unwrap_or_default() {
        let Some(name) = text(receiver, "name") else {
            if !receiver.is_null() {
                complaints.push(at_key(path, receiver, "name", Stage::Validate, "missing name in receiver"));
            }
            continue;
        };
        if !names.insert(name) {
            let words = format!("notification config name {name:?} is not unique");
            complaints.push(at_key(path, receiver, "name", Stage::Validate, words));
        }
        if let Some(labels) = receiver.get("labels")
            && let Some(label) = text(labels, "name").filter(|label| *label != name)
        {
            let words = format!("receiver label \"name\" must match receiver name {name:?}, got {label:?}");
            complaints.push(at_key(path, labels, "name", Stage::Validate, words));
        }
        complaints.extend(integrations::check(of, path, receiver, root.get("global")));
    }
    complaints
}

fn routes(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let Some(route) = root.get("route").filter(|route| !route.is_null()) else {
        return vec![at(path, root, Stage::Validate, "no routes provided")];
    };
    let mut complaints = Vec::new();
    let mut say = |key: &str, words: &str| complaints.push(at_key(path, route, key, Stage::Validate, words));
    if text(route, "receiver").is_none() {
        say("receiver", "root route must specify a default receiver");
    }
    let filled =
        |key: &str| route.get(key).is_some_and(|node| !node.items().is_empty() || !node.entries().is_empty());
    if let Some(key) = ["match", "match_re", "matchers"].into_iter().find(|key| filled(key)) {
        say(key, "root route must not have any matchers");
    }
    for (key, words) in [
        ("mute_time_intervals", "root route must not have any mute time intervals"),
        ("active_time_intervals", "root route must not have any active time intervals"),
    ] {
        if filled(key) {
            say(key, words);
        }
    }
    if matches!(text(route, "continue"), Some("true" | "yes" | "on")) {
        say("continue", "cannot have continue in root route");
    }
    let names = |key: &str| -> BTreeSet<&str> {
        let section = root.get(key).map(Node::items).unwrap_or_default();
        section.iter().filter_map(|one| text(one, "name")).collect()
    };
    let mut intervals = BTreeSet::new();
    for (key, what) in [("mute_time_intervals", "mute time interval"), ("time_intervals", "time interval")] {
        for interval in root.get(key).map(Node::items).unwrap_or_default() {
            let Some(name) = text(interval, "name") else {
                let words = format!("missing name in {what}");
                complaints.push(at_key(path, interval, "name", Stage::Validate, words));
                continue;
            };
            if !intervals.insert(name) {
                let words = format!("{what} {name:?} is not unique");
                complaints.push(at_key(path, interval, "name", Stage::Validate, words));
            }
        }
    }
    let known = Known { receivers: names("receivers"), intervals, mode: Mode::of(of) };
    known.route(path, route, 0, &mut complaints);
    complaints
}

/// How deep routes may nest here. Reading deeper ones would need a large stack, and YAML ends there as well.
const MAX_DEPTH: usize = 64;

struct Known<'a> {
    receivers: BTreeSet<&'a str>,
    intervals: BTreeSet<&'a str>,
    mode: Mode,
}

impl Known<'_> {
    fn route(&self, path: &str, route: &Node, depth: usize, complaints: &mut Vec<Complaint>) {
        let mut say = |node: &Node, words: String| complaints.push(at(path, node, Stage::Validate, words));
        let node = |key: &str| route.get(key).unwrap_or(route);
        if let Some(receiver) = text(route, "receiver").filter(|it| !self.receivers.contains(it)) {
            say(node("receiver"), format!("undefined receiver {receiver:?} used in route"));
        }
        for key in ["active_time_intervals", "mute_time_intervals"] {
            for item in route.get(key).map(Node::items).unwrap_or_default() {
                if let Value::Scalar(name) = &item.value
                    && !self.intervals.contains(name.as_str())
                {
                    say(item, format!("undefined time interval {name:?} used in route"));
                }
            }
        }
        for label in route.get("match").map(Node::entries).unwrap_or_default() {
            if !is_classic(&label.key) {
                say(&label.value, format!("invalid label name {:?}", label.key));
            }
        }
        for label in route.get("labels").map(Node::entries).unwrap_or_default() {
            if !self.mode.allows(&label.key) {
                say(&label.value, format!("invalid label name {:?} in route labels", label.key));
            }
        }
        if let Some((node, words)) = self.grouping(route) {
            say(node, words);
        }
        for key in ["group_interval", "repeat_interval"] {
            if text(route, key).is_some_and(|it| duration::prometheus(it) == Ok(0)) {
                say(node(key), format!("{key} cannot be zero"));
            }
        }
        for inner in route.get("routes").map(Node::items).unwrap_or_default() {
            if depth < MAX_DEPTH {
                self.route(path, inner, depth + 1, complaints);
            }
        }
    }

    fn grouping<'n>(&self, route: &'n Node) -> Option<(&'n Node, String)> {
        let labels = route.get("group_by")?.items();
        let names = labels.iter().filter_map(|label| match &label.value {
            Value::Scalar(name) => Some((label, name.as_str())),
            _ => None,
        });
        let mut known = BTreeSet::new();
        let all = names.clone().any(|(_, name)| name == "...");
        for (label, name) in names.filter(|(_, name)| *name != "...") {
            if !self.mode.allows(name) {
                return Some((label, format!("invalid label name {name:?} in group_by list")));
            }
            if all {
                let words = "cannot have wildcard group_by (`...`) and other labels at the same time";
                return Some((label, words.to_owned()));
            }
            if !known.insert(name) {
                return Some((label, format!("duplicated label {name:?} in group_by")));
            }
        }
        None
    }
}

fn inhibit_rules(of: &Invocation<'_>, path: &str, root: &Node) -> Vec<Complaint> {
    let mode = Mode::of(of);
    let mut complaints = Vec::new();
    for rule in root.get("inhibit_rules").map(Node::items).unwrap_or_default() {
        for key in ["source_match", "target_match"] {
            for label in rule.get(key).map(Node::entries).unwrap_or_default() {
                if !is_classic(&label.key) {
                    let words = format!("invalid label name {:?}", label.key);
                    complaints.push(at(path, &label.value, Stage::Validate, words));
                }
            }
        }
        for label in rule.get("equal").map(Node::items).unwrap_or_default() {
            if let Value::Scalar(name) = &label.value
                && !mode.allows(name)
            {
                let words = format!("invalid label name {name:?} in equal list");
                complaints.push(at(path, label, Stage::Validate, words));
            }
        }
    }
    complaints
}
