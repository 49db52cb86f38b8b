//! Files of rules.

use std::collections::{BTreeMap, BTreeSet};

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, Stage, gotemplate,
    place::{at, at_key, has, text, within},
    promql,
};

use super::types;

/// The functions that Prometheus adds to those of Go's templates.
const FUNCTIONS: [&str; 30] = [
    "args",
    "externalURL",
    "first",
    "graphLink",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "label",
    "match",
    "now",
    "parseDuration",
    "pathPrefix",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "tmpl",
    "toDuration",
    "toLower",
    "toTime",
    "toUpper",
    "urlQueryEscape",
    "value",
];

/// What stands before every template.
const DEFINITIONS: &str = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}\
                           {{$externalURL := .ExternalURL}}{{$value := .Value}}";

pub(super) fn check(of: &Invocation<'_>, path: &str) -> Vec<Complaint> {
    let root = match super::read(of, path) {
        Ok(Some(root)) => root,
        Ok(None) => return Vec::new(),
        Err(complaints) => return complaints,
    };
    let mut complaints = types::misfits(of, path, &root, "rulefmt.RuleGroups");
    if complaints.iter().any(Complaint::is_fatal) {
        return complaints;
    }
    let mut names = BTreeSet::new();
    let groups = root.get("groups").map(Node::items).unwrap_or_default();
    for group in groups {
        let name = text(group, "name").unwrap_or_default();
        if name.is_empty() {
            complaints.push(at_key(path, group, "name", Stage::Validate, "Groupname must not be empty"));
        }
        if !names.insert(name) {
            let words = format!("groupname: \"{name}\" is repeated in the same file");
            complaints.push(at_key(path, group, "name", Stage::Validate, words));
        }
        complaints.extend(labels(group).map(|(node, words)| at(path, node, Stage::Validate, words)));
        for (index, rule) in group.get("rules").map(Node::items).unwrap_or_default().iter().enumerate() {
            let record = text(rule, "alert").or(text(rule, "record")).unwrap_or_default();
            let prefix = format!("group {name:?}, rule {}, {record:?}: ", index + 1);
            for mut complaint in of_rule(of, path, rule) {
                complaint.message.insert_str(0, &prefix);
                complaints.push(complaint);
            }
        }
    }
    if complaints.is_empty() {
        complaints.extend(duplicates(path, groups));
    }
    complaints
}

fn of_rule(of: &Invocation<'_>, path: &str, rule: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut say = |key: &str, words: String| complaints.push(at_key(path, rule, key, Stage::Validate, words));
    let (record, alert) = (text(rule, "record"), text(rule, "alert"));
    match (record, alert) {
        (Some(_), Some(_)) => say("alert", "only one of 'record' and 'alert' must be set".to_owned()),
        (None, None) => say("alert", "one of 'record' or 'alert' must be set".to_owned()),
        _ => {}
    }
    match text(rule, "expr") {
        None => say("expr", "field 'expr' must be set in rule".to_owned()),
        Some(expression) => {
            if let Err(error) = promql::check_with(expression, super::features(of)) {
                say("expr", format!("could not parse expression: {error}"));
            }
        }
    }
    if let Some(record) = record {
        if rule.get("annotations").is_some_and(|it| !it.entries().is_empty()) {
            say("annotations", "invalid field 'annotations' in recording rule".to_owned());
        }
        for key in ["for", "keep_firing_for"] {
            if types::milliseconds(rule, key).is_some() {
                say(key, format!("invalid field '{key}' in recording rule"));
            }
        }
        if record.contains(['{', '}']) {
            let words = "braces present in the recording rule name; should it be in expr?";
            say("record", format!("{words}: {record}"));
        }
    }
    complaints.extend(labels(rule).map(|(node, words)| at(path, node, Stage::Validate, words)));
    for annotation in rule.get("annotations").map(Node::entries).unwrap_or_default() {
        if annotation.key.is_empty() {
            complaints.push(at(path, &annotation.value, Stage::Validate, "invalid annotation name: "));
        }
    }
    if let Some(alert) = alert {
        complaints.extend(templates(path, rule, alert));
    }
    complaints
}

/// Labels that may not be set.
fn labels(of: &Node) -> impl Iterator<Item = (&Node, String)> {
    let labels = of.get("labels").map(Node::entries).unwrap_or_default();
    let bad = labels.iter().filter(|label| label.key.is_empty() || label.key == "__name__");
    bad.map(|label| (&label.value, format!("invalid label name: {}", label.key)))
}

fn templates(path: &str, rule: &Node, alert: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (key, what) in [("labels", "label"), ("annotations", "annotation")] {
        for entry in rule.get(key).map(Node::entries).unwrap_or_default() {
            let Value::Scalar(template) = &entry.value.value else { continue };
            let whole = format!("{DEFINITIONS}{template}");
            let Err(error) = gotemplate::check(&format!("__alert_{alert}"), &whole, &FUNCTIONS) else {
                continue;
            };
            let column =
                if error.line == 1 { error.column.saturating_sub(DEFINITIONS.len()) } else { error.column };
            let (line, column) = within(&entry.value, error.line, column.max(1));
            let words = format!("{what} {:?}: {error}", entry.key);
            complaints.push(Complaint::at(path, line, column, Stage::Validate, words));
        }
    }
    complaints
}

/// Rules that write the same series. `promtool` says `FAILED` and ends as if all was well; Prometheus takes them.
fn duplicates(path: &str, groups: &[Node]) -> Option<Complaint> {
    let mut known: BTreeSet<(String, BTreeMap<&str, &str>)> = BTreeSet::new();
    let mut found = Vec::new();
    for group in groups {
        for rule in group.get("rules").map(Node::items).unwrap_or_default() {
            let metric = text(rule, "alert").or(text(rule, "record")).unwrap_or_default();
            let mut labels = BTreeMap::new();
            for of in [group, rule] {
                for label in of.get("labels").map(Node::entries).unwrap_or_default() {
                    if let Value::Scalar(value) = &label.value.value {
                        labels.insert(label.key.as_str(), value.as_str());
                    }
                }
            }
            labels.retain(|_, value| !value.is_empty());
            let series = (metric.to_owned(), labels);
            if !known.insert(series.clone()) {
                found.push((rule, series));
            }
        }
    }
    found.sort_by(|(_, one), (_, other)| one.cmp(other));
    let (rule, _) = found.iter().min_by_key(|(rule, _)| rule.span)?;
    let mut words = format!("lint error {} duplicate rule(s) found.\n", found.len());
    for (_, (metric, labels)) in &found {
        words.extend(["Metric: ", metric, "\nLabel(s):\n"]);
        for (name, value) in labels {
            words.extend(["\t", name, ": ", value, "\n"]);
        }
    }
    words.push_str("Might cause inconsistency while recording expressions");
    let key = if has(rule, "alert") { "alert" } else { "record" };
    Some(at_key(path, rule, key, Stage::Accepted, words))
}
