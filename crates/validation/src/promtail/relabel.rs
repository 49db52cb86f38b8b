//! Rules that make labels of what is known of a target.

use stack::yaml::{Node, Span, Value};

use super::{flow::Labels, pipeline::Remark, stages};

/// What is wrong with a rule whose parts can be read each, as Prometheus says it.
pub(super) fn check(rule: &Node) -> Result<(), String> {
    let text = |key: &str| match rule.get(key).map(|node| &node.value) {
        Some(Value::Scalar(text)) if !rule.get(key).is_some_and(Node::is_null) => Some(text.as_str()),
        _ => None,
    };
    let action = text("action").unwrap_or("replace").to_lowercase();
    let target = text("target_label").unwrap_or_default();
    let replacement = text("replacement").unwrap_or("$1");
    let modulus = text("modulus").is_some_and(|modulus| modulus != "0");
    if action == "hashmod" && !modulus {
        return Err("relabel configuration for hashmod requires non-zero modulus".to_owned());
    }
    let needs_target = matches!(
        action.as_str(),
        "replace" | "hashmod" | "lowercase" | "uppercase" | "keepequal" | "dropequal"
    );
    if needs_target && target.is_empty() {
        return Err(format!("relabel configuration for {action} action requires 'target_label' value"));
    }
    let equal = matches!(action.as_str(), "keepequal" | "dropequal");
    if (equal || matches!(action.as_str(), "lowercase" | "uppercase")) && replacement != "$1" {
        return Err(format!("'replacement' can not be set for {action} action"));
    }
    if action == "labelmap" && replacement.is_empty() {
        return Err(format!("{replacement:?} is invalid 'replacement' for labelmap action"));
    }
    let separator = text("separator").is_some_and(|separator| separator != ";");
    if equal && (rule.get("regex").is_some() || modulus || separator) {
        return Err(format!(
            "{action} action requires only 'source_labels' and `target_label`, and no other fields"
        ));
    }
    let others = rule.get("source_labels").is_some_and(|it| !it.is_null())
        || !target.is_empty()
        || modulus
        || separator
        || replacement != "$1";
    if matches!(action.as_str(), "labeldrop" | "labelkeep") && others {
        return Err(format!("{action} action requires only 'regex', and no other fields"));
    }
    Ok(())
}

/// The labels that rules can set, and whether they may set others.
pub(super) fn labels(rules: &[Node], labels: &mut Labels) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for rule in rules {
        let action = rule.get("action").map(|node| &node.value);
        if matches!(action, Some(Value::Scalar(action)) if action.eq_ignore_ascii_case("labelmap")) {
            labels.open = true;
        }
        let Some((target, span)) = rule.get("target_label").and_then(text_at) else { continue };
        if target.contains('$') {
            labels.open = true;
        } else if !target.starts_with("__") {
            remarks.extend(name(target, span));
            labels.names.insert(target.to_owned());
        }
    }
    remarks
}

/// A name that Loki refuses.
pub(super) fn name(name: &str, span: Span) -> Option<Remark> {
    let message = format!("Loki refuses {name:?} as the name of a label");
    (!stages::is_label_name(name)).then_some(Remark { span, message, hint: None })
}

pub(super) fn text_at(node: &Node) -> Option<(&str, Span)> {
    match &node.value {
        Value::Scalar(text) if !node.is_null() => Some((text, node.span)),
        _ => None,
    }
}
