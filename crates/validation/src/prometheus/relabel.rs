//! Rules that change, keep or drop labels.

use stack::yaml::Node;

use crate::{
    Complaint, Stage, go_regex,
    place::{at, at_key, entry, has, text},
};

pub(crate) const ACTIONS: [&str; 11] = [
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
];

/// Whether names of labels and metrics may be of any characters, or only of the classic ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Utf8,
    Legacy,
}

impl Names {
    /// As a section says it.
    pub(super) fn of(section: &Node) -> Option<Self> {
        Some(match text(section, "metric_name_validation_scheme")? {
            "legacy" => Self::Legacy,
            _ => Self::Utf8,
        })
    }

    pub(super) fn allow(self, name: &str) -> bool {
        !name.is_empty() && (self == Self::Utf8 || is_classic(name))
    }

    /// The same where groups of the expression may stand for parts of the name.
    fn allow_with_groups(self, name: &str) -> bool {
        if self == Self::Utf8 {
            return !name.is_empty();
        }
        let rest = name.split('$').enumerate().map(|(index, part)| match (index, part.strip_prefix('{')) {
            (0, _) => part.to_owned(),
            (_, Some(braced)) => format!("x{}", braced.replacen('}', "", 1)),
            (_, None) => format!("x{part}"),
        });
        is_classic(&rest.collect::<String>())
    }
}

fn is_classic(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// What is wrong with a list of rules. The words are what it says of a rule that is empty.
pub(super) fn check(path: &str, section: &Node, key: &str, empty: &str, names: Names) -> Vec<Complaint> {
    let Some(rules) = section.get(key) else { return Vec::new() };
    let mut complaints = Vec::new();
    for rule in rules.items() {
        if rule.is_null() {
            complaints.push(at(path, rule, Stage::Validate, empty));
        } else {
            complaints.extend(fault(path, rule, names));
            complaints.extend(groups(path, rule));
        }
    }
    complaints
}

fn fault(path: &str, rule: &Node, names: Names) -> Option<Complaint> {
    if rule.get("action").is_some_and(Node::is_null) {
        return Some(at_key(path, rule, "action", Stage::Validate, "relabel action cannot be empty"));
    }
    let action = text(rule, "action").unwrap_or("replace").to_lowercase();
    let is = |actions: &[&str]| actions.contains(&action.as_str());
    let target = text(rule, "target_label").unwrap_or_default();
    let say = |key: &str, words: String| Some(at_key(path, rule, key, Stage::Validate, words));
    let changed = |key: &str, usual: &str| {
        entry(rule, key).is_some_and(|it| text(rule, key).unwrap_or_default() != usual && !it.value.is_null())
    };
    let replacement = changed("replacement", "$1");
    if is(&["hashmod"]) && text(rule, "modulus").is_none_or(|modulus| modulus == "0") {
        return say("modulus", "relabel configuration for hashmod requires non-zero modulus".to_owned());
    }
    let needs_target = is(&["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"]);
    if needs_target && target.is_empty() {
        return say(
            "target_label",
            format!("relabel configuration for {action} action requires 'target_label' value"),
        );
    }
    let good = if is(&["replace"]) && target.contains('$') {
        names.allow_with_groups(target)
    } else {
        !needs_target || names.allow(target)
    };
    if !good {
        return say("target_label", format!("{target:?} is invalid 'target_label' for {action} action"));
    }
    if is(&["lowercase", "uppercase", "keepequal", "dropequal"]) && replacement {
        return say("replacement", format!("'replacement' can not be set for {action} action"));
    }
    if is(&["labelmap"]) && replacement {
        let replacement = text(rule, "replacement").unwrap_or_default();
        if !names.allow_with_groups(replacement) {
            return say(
                "replacement",
                format!("{replacement:?} is invalid 'replacement' for {action} action"),
            );
        }
    }
    let others = |first: &str| has(rule, first) || has(rule, "modulus") || changed("separator", ";");
    if is(&["keepequal", "dropequal"]) && others("regex") {
        let words = "action requires only 'source_labels' and `target_label`, and no other fields";
        return say("action", format!("{action} {words}"));
    }
    if is(&["labeldrop", "labelkeep"]) && (others("source_labels") || !target.is_empty() || replacement) {
        return say("action", format!("{action} action requires only 'regex', and no other fields"));
    }
    None
}

/// Groups that the replacement names and the expression does not have: Go puts nothing there. `$1_x` is such a one, as
/// a name goes as far as it can.
fn groups(path: &str, rule: &Node) -> Option<Complaint> {
    let action = text(rule, "action").unwrap_or("replace").to_lowercase();
    let replacement = text(rule, "replacement").filter(|_| action == "replace" || action == "labelmap")?;
    let known = match text(rule, "regex") {
        Some(regex) => go_regex::groups(regex),
        None => vec![String::new()],
    };
    let missing = named(replacement).into_iter().find(|name| match name.parse::<usize>() {
        Ok(number) => number > known.len(),
        Err(_) => !known.contains(name),
    })?;
    let words = format!(
        "replacement {replacement:?} uses the group {missing:?}, which the regular expression has not"
    );
    Some(at_key(path, rule, "replacement", Stage::Accepted, words))
}

/// The groups that a replacement names, as Go's `Expand` reads it.
fn named(replacement: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = replacement;
    while let Some((_, after)) = rest.split_once('$') {
        if let Some(after) = after.strip_prefix('$') {
            rest = after;
            continue;
        }
        let (inner, braced) = after.strip_prefix('{').map_or((after, false), |inner| (inner, true));
        let length = inner.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(inner.len());
        let (name, tail) = inner.split_at(length);
        if !name.is_empty() && (!braced || tail.starts_with('}')) {
            names.push(name.to_owned());
        }
        rest = tail;
    }
    names
}
