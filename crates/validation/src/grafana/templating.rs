//! The variables of a dashboard.

use stack::yaml::Node;

use crate::go_regex;

use super::{
    dashboard::Context,
    query::Language,
    source::{field, text},
};

/// The value of a variable that means all values.
const ALL: &str = "$__all";

pub(super) fn check(dashboard: &Node, context: &mut Context<'_>) {
    let list = dashboard.get("templating").and_then(|it| it.get("list")).map_or(&[][..], Node::items);
    for each in list {
        let name = field(each, "name").unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
            context.accepted(each.get("name"), each, &format!("{name:?} is no name for a variable"));
        }
        if context.variables.knows(name) {
            context.accepted(each.get("name"), each, &format!("the variable {name} is given twice"));
        }
        let values = values(each);
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        context.variables.set(name, &values);
        if field(each, "type") == Some("datasource") {
            context.variables.set_source(name, field(each, "query").unwrap_or_default());
        }
    }
    for each in list {
        if field(each, "type") == Some("query") {
            let language = context.language(each.get("datasource"), None);
            query(each, language, context);
        }
        if matches!(field(each, "type"), Some("query" | "datasource")) {
            context.browser_regex(each.get("regex"));
        }
    }
}

/// Values that a variable can have: those chosen, or all.
fn values(variable: &Node) -> Vec<String> {
    let current = variable.get("current").and_then(|it| it.get("value"));
    let chosen: Vec<String> = match current {
        Some(node) if text(node).is_some() => text(node).map(str::to_owned).into_iter().collect(),
        Some(node) => node.items().iter().filter_map(text).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let chosen: Vec<String> = chosen.into_iter().filter(|value| !value.is_empty()).collect();
    if !chosen.is_empty() && !chosen.iter().any(|value| value == ALL) {
        return chosen;
    }
    if let Some(all) = field(variable, "allValue").filter(|it| !it.is_empty()) {
        return vec![all.to_owned()];
    }
    let options: Vec<String> = variable
        .get("options")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|it| field(it, "value"))
        .filter(|value| *value != ALL)
        .map(str::to_owned)
        .collect();
    if !options.is_empty() {
        return options;
    }
    match (field(variable, "type"), field(variable, "query")) {
        (Some("custom"), Some(query)) => query.split(',').map(|it| it.trim().to_owned()).collect(),
        (Some("interval"), Some(query)) => query.split(',').take(1).map(|it| it.trim().to_owned()).collect(),
        (Some("textbox" | "constant"), Some(query)) => vec![query.to_owned()],
        _ => vec!["sample".to_owned()],
    }
}

/// `label_values(metric, label)`, `query_result(…)` and the like.
fn query(variable: &Node, language: Option<Language>, context: &mut Context<'_>) {
    let Some(node) = variable.get("query") else { return };
    let node = node.get("query").unwrap_or(node);
    let (Some(language), Some(query)) = (language, text(node)) else { return };
    let query = query.trim();
    let name = field(variable, "name").unwrap_or_default();
    let mut refused = |message: String| context.hinted(node, message, format!("variable {name}"));
    let Some((function, arguments)) = query.strip_suffix(')').and_then(|it| it.split_once('(')) else {
        return;
    };
    match function.trim() {
        "label_values" => {
            let (selector, label) = arguments.rsplit_once(',').unwrap_or(("", arguments));
            let label = label.trim();
            let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric() || c == '$';
            if label.is_empty() || !label.chars().all(is_name) {
                refused(format!("label_values: {label:?} is no label"));
            }
            let selector = selector.trim();
            if !selector.is_empty()
                && let Err(error) = super::query::check(language, selector, &context.variables)
            {
                context.hinted(node, error, format!("variable {name}"));
            }
        }
        "query_result" if language == Language::Promql => {
            if let Err(error) = super::query::check(language, arguments, &context.variables) {
                context.hinted(node, error, format!("variable {name}"));
            }
        }
        "metrics" if language == Language::Promql => {
            if let Err(error) = go_regex::check(arguments.trim()) {
                refused(error);
            }
        }
        _ => {}
    }
}
