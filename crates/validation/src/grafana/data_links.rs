//! Links of dashboards, panels and values.

use stack::yaml::Node;

use super::{
    dashboard::Context,
    source::text,
    variables::{self, Reference},
};

/// Every link of a list.
pub(super) fn all(links: Option<&Node>, context: &mut Context<'_>) {
    for each in links.map_or(&[][..], Node::items) {
        url(each.get("url"), context);
    }
}

/// Whether an address has only variables that there are, and leads to a dashboard or a query that there is.
pub(super) fn url(node: Option<&Node>, context: &mut Context<'_>) {
    let Some(node) = node else { return };
    let url = text(node).unwrap_or_default();
    let unknown = |it: &Reference<'_>| {
        it.braced && !context.variables.knows(it.name) && !variables::may_be_built_in(it.name)
    };
    let unknown: Vec<String> =
        variables::references(url).filter(unknown).map(|it| it.text.to_owned()).collect();
    for name in unknown {
        context.accepted(Some(node), node, &format!("{name} is no variable here"));
    }
    let filled = variables::fill(url, &context.variables, 0);
    if let Some(uid) = dashboard(url)
        && !uid.contains(['$', '['])
        && !context.knows_dashboard(uid)
    {
        let message = format!("no dashboard with the uid {uid} is provisioned");
        context.accepted(Some(node), node, &message);
    }
    if let Err(fault) = crate::links::explore(&filled, context.sources()) {
        context.accepted(Some(node), node, &fault);
    }
}

/// The uid of a dashboard that a link within Grafana leads to.
fn dashboard(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("/d/").or_else(|| url.strip_prefix("d/"))?;
    rest.split(['/', '?', '#']).next().filter(|uid| !uid.is_empty())
}
