//! Panels: what they ask, where they are, and what they do with the answer.

use stack::yaml::Node;

use crate::schema::nearest;

use super::{
    dashboard::{Context, number},
    data_links,
    source::{field, text},
};

/// The width of the grid.
const COLUMNS: i128 = 24;

/// What the browser's transformations are called.
const TRANSFORMATIONS: [&str; 43] = [
    "append",
    "reduce",
    "order",
    "organize",
    "rename",
    "calculateField",
    "seriesToColumns",
    "seriesToRows",
    "merge",
    "concatenate",
    "labelsToFields",
    "filterFields",
    "filterFieldsByName",
    "filterFrames",
    "filterByRefId",
    "renameByRegex",
    "filterByValue",
    "noop",
    "ensureColumns",
    "groupBy",
    "sortBy",
    "histogram",
    "configFromData",
    "rowsToFields",
    "prepareTimeSeries",
    "convertFieldType",
    "convertFrameType",
    "fieldLookup",
    "heatmap",
    "spatial",
    "joinByField",
    "joinByLabels",
    "extractFields",
    "groupingToMatrix",
    "limit",
    "partitionByValues",
    "timeSeriesTable",
    "transpose",
    "formatTime",
    "formatString",
    "regression",
    "smoothing",
    "groupToNestedTable",
];

/// The panels of a dashboard, those of folded rows too.
pub(super) fn all(dashboard: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    for panel in dashboard.get("panels").map_or(&[][..], Node::items) {
        found.push(panel);
        found.extend(panel.get("panels").map_or(&[][..], Node::items));
    }
    found
}

pub(super) fn check(panel: &Node, context: &mut Context<'_>) {
    position(panel, context);
    let source = panel.get("datasource");
    if field(panel, "type") != Some("row") {
        context.language(source, None);
    }
    let title = field(panel, "title").unwrap_or_default();
    let mut ids: Vec<&str> = Vec::new();
    for target in panel.get("targets").map_or(&[][..], Node::items) {
        let id = field(target, "refId").unwrap_or_default();
        if !id.is_empty() && ids.contains(&id) {
            context.accepted(target.get("refId"), target, &format!("refId {id} is used more than once"));
        }
        ids.push(id);
        let own = target.get("datasource");
        let language = context.language(own, source);
        context.query(target.get("expr"), language, &format!("panel {title:?}, query {id}"));
        legend(target.get("legendFormat"), context);
    }
    let fields = panel.get("fieldConfig");
    if let Some(defaults) = fields.and_then(|it| it.get("defaults")) {
        mappings(defaults.get("mappings"), context);
        data_links::all(defaults.get("links"), context);
    }
    for each in fields.and_then(|it| it.get("overrides")).map_or(&[][..], Node::items) {
        overrides(each, context);
    }
    for each in panel.get("transformations").map_or(&[][..], Node::items) {
        transformation(each, context);
    }
    data_links::all(panel.get("links"), context);
    repeated(panel, context);
}

/// A panel that lies outside of the grid is put somewhere else.
fn position(panel: &Node, context: &mut Context<'_>) {
    let Some(place) = panel.get("gridPos").filter(|it| !it.is_null()) else { return };
    let of = |key: &str| place.get(key).map(|node| (node, number(node)));
    for key in ["h", "w", "x", "y"] {
        match of(key) {
            Some((_, Some(number))) if number >= i128::from(matches!(key, "h" | "w")) => {}
            Some((node, _)) => {
                context.accepted(Some(node), place, &format!("gridPos: {key} is no number of cells"));
            }
            None => {}
        }
    }
    let amount = |key: &str| of(key).and_then(|(_, number)| number).unwrap_or_default();
    if amount("x") + amount("w") > COLUMNS {
        let message = format!("gridPos: the panel ends right of the grid's {COLUMNS} columns");
        context.accepted(Some(place), panel, &message);
    }
}

/// A panel that is repeated needs the variable.
fn repeated(panel: &Node, context: &mut Context<'_>) {
    let Some(name) = field(panel, "repeat").filter(|it| !it.is_empty()) else { return };
    if !context.variables.knows(name) {
        let message = format!("the panel is repeated for the variable {name}, which there is not");
        context.accepted(panel.get("repeat"), panel, &message);
    }
}

/// `{{label}}` in the name of a series.
fn legend(node: Option<&Node>, context: &mut Context<'_>) {
    let Some(node) = node else { return };
    let mut rest = text(node).unwrap_or_default();
    while let Some((_, inner)) = rest.split_once("{{") {
        let Some((label, after)) = inner.split_once("}}").filter(|(label, _)| !label.contains("{{")) else {
            context.accepted(Some(node), node, "the legend has {{ without }}, which is shown as it is");
            return;
        };
        if label.trim().is_empty() {
            context.accepted(Some(node), node, "the legend has {{}} without a label");
            return;
        }
        rest = after;
    }
}

fn overrides(each: &Node, context: &mut Context<'_>) {
    if let Some(matcher) = each.get("matcher") {
        match field(matcher, "id") {
            Some("byRegexp") => context.browser_regex(matcher.get("options")),
            Some("byRegexpOrNames") => {
                context.browser_regex(matcher.get("options").and_then(|it| it.get("pattern")));
            }
            _ => {}
        }
    }
    for property in each.get("properties").map_or(&[][..], Node::items) {
        match field(property, "id") {
            Some("mappings") => mappings(property.get("value"), context),
            Some("links") => data_links::all(property.get("value"), context),
            _ => {}
        }
    }
}

/// Texts that are shown in the place of values, some of which are found by an expression.
fn mappings(node: Option<&Node>, context: &mut Context<'_>) {
    for each in node.map_or(&[][..], Node::items) {
        if field(each, "type") == Some("regex") {
            context.browser_regex(each.get("options").and_then(|it| it.get("pattern")));
        }
    }
}

fn transformation(each: &Node, context: &mut Context<'_>) {
    let id = field(each, "id").unwrap_or_default();
    if !TRANSFORMATIONS.contains(&id) {
        let place = each.get("id").unwrap_or(each);
        let near = nearest(id, TRANSFORMATIONS.into_iter());
        if let Some(near) = near {
            context.hinted(
                place,
                format!("\"{id}\" not found in transformations"),
                format!("did you mean {near}?"),
            );
        }
        return;
    }
    let Some(options) = each.get("options") else { return };
    match id {
        "renameByRegex" => context.browser_regex(options.get("regex")),
        "filterFieldsByName" => {
            for key in ["include", "exclude"] {
                context.browser_regex(options.get(key).and_then(|it| it.get("pattern")));
            }
        }
        "filterByRefId" => {
            for key in ["include", "exclude"] {
                let node = options.get(key);
                if node.and_then(text).is_some_and(|it| it.starts_with('/')) {
                    context.browser_regex(node);
                }
            }
        }
        _ => {}
    }
}
