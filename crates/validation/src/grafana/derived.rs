//! From a log line to its trace: Loki's derived fields, which are found by a regular expression in the browser.

use stack::yaml::Node;

use crate::js_regex;

use super::{source::field, trace_links::Checker};

pub(super) fn check(data: &Node, links: &mut Checker<'_>) {
    let mut names: Vec<&str> = Vec::new();
    for each in data.get("derivedFields").map_or(&[][..], Node::items) {
        links.known(each.get("datasourceUid"));
        let name = field(each, "name").unwrap_or_default();
        if names.contains(&name) {
            links.accepted(each, format!("the derived field {name} is given twice"));
        }
        names.push(name);
        let Some(node) = each.get("matcherRegex") else { continue };
        let Some(expression) = field(each, "matcherRegex") else { continue };
        let by_label = field(each, "matcherType") == Some("label");
        if let Err(error) = js_regex::check(expression) {
            links.accepted(node, error);
        } else if !by_label && js_regex::groups(expression) == 0 {
            let message = "the expression has no group in parentheses, whose text would be the value";
            links.accepted(node, message.to_owned());
        }
    }
}
