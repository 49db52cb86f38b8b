//! Rules of inhibition that can never apply to the alerts that there are.

use std::collections::BTreeMap;

use stack::yaml::{self, Node, Value};

use crate::{
    Complaint, Stage,
    place::{at, text},
};

use super::matchers::{self, Matcher, Mode, Operator};

/// An alert by the labels that its rule gives it. What its expression gives it is not known.
type Alert = BTreeMap<String, String>;

/// The rules of inhibition of an Alertmanager's file that never apply: no alert that their sources match and no alert
/// that their targets match, of those that the rules of Prometheus' files can raise, agree in the labels that must be
/// equal. Alertmanager starts with them, and then both alerts are told. A label whose value comes from a template or
/// from the expression may have any value.
pub fn never_applies(path: &str, alertmanager: &str, rules: &[&str]) -> Vec<Complaint> {
    let Some(root) = parsed(alertmanager) else { return Vec::new() };
    let alerts: Vec<Alert> =
        rules.iter().filter_map(|text| parsed(text)).flat_map(|root| alerts(&root)).collect();
    let inhibit_rules = root.get("inhibit_rules").map(Node::items).unwrap_or_default();
    let mut complaints = Vec::new();
    for (index, rule) in inhibit_rules.iter().enumerate() {
        let (sources, targets) = (side(rule, "source"), side(rule, "target"));
        let equal: Vec<&str> = rule
            .get("equal")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|label| match &label.value {
                Value::Scalar(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let applies = alerts.iter().filter(|alert| possible(&sources, alert)).any(|source| {
            alerts
                .iter()
                .filter(|alert| possible(&targets, alert))
                .any(|target| equal.iter().all(|label| agree(label, (source, &sources), (target, &targets))))
        });
        if !applies {
            let words = format!(
                "inhibit rule {} never applies: no two alerts that its source and its target match have the same {}",
                index + 1,
                if equal.is_empty() { "labels".to_owned() } else { equal.join(", ") }
            );
            complaints.push(at(path, rule, Stage::Accepted, words));
        }
    }
    complaints
}

fn parsed(text: &str) -> Option<Node> {
    yaml::parse(text, 0).ok()?.into_iter().next()
}

/// The alerts of a file of rules.
fn alerts(root: &Node) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for group in root.get("groups").map(Node::items).unwrap_or_default() {
        for rule in group.get("rules").map(Node::items).unwrap_or_default() {
            let Some(name) = text(rule, "alert") else { continue };
            let mut alert = Alert::from([("alertname".to_owned(), name.to_owned())]);
            for labels in [group.get("labels"), rule.get("labels")].into_iter().flatten() {
                for label in labels.entries() {
                    match &label.value.value {
                        Value::Scalar(value) if !value.contains("{{") => {
                            alert.insert(label.key.clone(), value.clone());
                        }
                        _ => {
                            alert.remove(&label.key);
                        }
                    }
                }
            }
            alerts.push(alert);
        }
    }
    alerts
}

/// The conditions of one side of a rule; those that cannot be read have their own complaint.
fn side(rule: &Node, side: &str) -> Vec<Matcher> {
    let mut conditions = Vec::new();
    for (key, operator) in [("match", Operator::Equal), ("match_re", Operator::Regex)] {
        for entry in rule.get(&format!("{side}_{key}")).map(Node::entries).unwrap_or_default() {
            if let Value::Scalar(value) = &entry.value.value {
                conditions.extend(Matcher::new(entry.key.clone(), operator, value.clone()));
            }
        }
    }
    for item in rule.get(&format!("{side}_matchers")).map(Node::items).unwrap_or_default() {
        if let Value::Scalar(text) = &item.value {
            conditions.extend(matchers::parse(text, Mode::Fallback).into_iter().flatten());
        }
    }
    conditions
}

/// Whether an alert may meet all conditions.
fn possible(conditions: &[Matcher], alert: &Alert) -> bool {
    conditions.iter().all(|it| alert.get(&it.name).is_none_or(|value| may_match(it, value)))
}

fn may_match(condition: &Matcher, value: &str) -> bool {
    match condition.operator {
        Operator::Equal => condition.value == value,
        Operator::NotEqual => condition.value != value,
        Operator::Regex => alternatives(&condition.value).is_none_or(|all| all.contains(&value)),
        Operator::NotRegex => alternatives(&condition.value).is_none_or(|all| !all.contains(&value)),
    }
}

/// The words that an expression such as `warning|info` stands for; nothing when it is more than that.
fn alternatives(expression: &str) -> Option<Vec<&str>> {
    let plain =
        expression.chars().all(|c| c == '|' || c == '_' || c == '-' || c == ' ' || c.is_alphanumeric());
    plain.then(|| expression.split('|').collect())
}

/// Whether a label may have the same value on both sides.
fn agree(label: &str, source: (&Alert, &[Matcher]), target: (&Alert, &[Matcher])) -> bool {
    let known = |(alert, conditions): (&Alert, &[Matcher])| {
        let demanded = conditions.iter().find(|it| it.name == label && it.operator == Operator::Equal);
        alert.get(label).cloned().or_else(|| demanded.map(|it| it.value.clone()))
    };
    let fits = |value: &str, conditions: &[Matcher]| {
        conditions.iter().filter(|it| it.name == label).all(|it| may_match(it, value))
    };
    match (known(source), known(target)) {
        (Some(one), Some(other)) => one == other,
        (Some(value), None) => fits(&value, target.1),
        (None, Some(value)) => fits(&value, source.1),
        (None, None) => true,
    }
}
