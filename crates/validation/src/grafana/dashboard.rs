//! Dashboards as a whole: what they are called, what they refer to, and where their panels are.

use stack::yaml::{Node, scalar};

use crate::{Complaint, Stage};

use super::{
    data_links, panel,
    query::Language,
    source::{self, Found, Source, field, text},
    templating,
    variables::Variables,
};

const MAX_UID: usize = 40;

/// A dashboard that was found below a provider's folder.
pub(super) struct Dashboard {
    pub(super) path: String,
    pub(super) node: Node,
}

/// What the parts of a dashboard need to know of it.
pub(super) struct Context<'a> {
    path: &'a str,
    sources: &'a [Source],
    /// The uids of all dashboards.
    uids: &'a [&'a str],
    pub(super) variables: Variables,
    complaints: Vec<Complaint>,
}

pub(super) fn check(dashboards: &[Dashboard], sources: &[Source]) -> Vec<Complaint> {
    let models: Vec<(&str, &Node)> =
        dashboards.iter().map(|it| (it.path.as_str(), model(&it.node))).collect();
    let uids: Vec<&str> = models.iter().filter_map(|(_, node)| field(node, "uid")).collect();
    let mut complaints = Vec::new();
    for (index, (path, node)) in models.iter().enumerate() {
        let mut context =
            Context { path, sources, uids: &uids, variables: Variables::default(), complaints: Vec::new() };
        let before = |key: &str| {
            let own = field(node, key).filter(|it| !it.is_empty());
            own.is_some() && models[..index].iter().any(|(_, other)| field(other, key) == own)
        };
        if before("uid") {
            context.accepted(node.get("uid"), node, "the same UID is used more than once");
        }
        if before("title") {
            context.accepted(node.get("title"), node, "dashboard title is not unique in folder");
        }
        one(node, &mut context);
        complaints.append(&mut context.complaints);
    }
    complaints
}

/// The model itself where it is wrapped as a resource.
fn model(node: &Node) -> &Node {
    node.get("spec").filter(|_| node.get("kind").is_some()).unwrap_or(node)
}

fn one(node: &Node, context: &mut Context<'_>) {
    if node.get("elements").is_some() && node.get("panels").is_none() {
        context.accepted(None, node, "dashboard appears to be in v2 format");
        return;
    }
    if field(node, "title").is_none_or(str::is_empty) {
        context.accepted(node.get("title"), node, "Dashboard title cannot be empty");
    }
    let uid = field(node, "uid").unwrap_or_default();
    if uid.len() > MAX_UID {
        context.accepted(node.get("uid"), node, "uid too long, max 40 characters");
    }
    if !uid.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        context.accepted(node.get("uid"), node, "uid contains illegal characters");
    }
    if let Some(version) = node.get("schemaVersion").filter(|it| number(it).is_none()) {
        context.accepted(Some(version), node, "schemaVersion is no number");
    }
    templating::check(node, context);
    for each in node.get("annotations").and_then(|it| it.get("list")).map_or(&[][..], Node::items) {
        let language = context.language(each.get("datasource"), None);
        context.query(each.get("expr"), language, "annotation");
    }
    for link in node.get("links").map_or(&[][..], Node::items) {
        if field(link, "type") == Some("link") {
            data_links::url(link.get("url"), context);
        }
    }
    let panels = panel::all(node);
    let mut ids: Vec<i128> = Vec::new();
    for each in panels {
        if let Some(id) = each.get("id").and_then(number) {
            if ids.contains(&id) {
                context.accepted(each.get("id"), each, &format!("panel id {id} is used more than once"));
            }
            ids.push(id);
        }
        panel::check(each, context);
    }
}

/// A whole number.
pub(super) fn number(node: &Node) -> Option<i128> {
    match scalar::resolve(node)? {
        scalar::Scalar::Int(number) => Some(number),
        _ => None,
    }
}

impl Context<'_> {
    /// Something that Grafana takes as it is. Without a place of its own it stands at its surroundings.
    pub(super) fn accepted(&mut self, at: Option<&Node>, around: &Node, message: &str) {
        let span = at.unwrap_or(around).span;
        self.complaints.push(Complaint::at(self.path, span.line, span.column, Stage::Accepted, message));
    }

    pub(super) fn hinted(&mut self, at: &Node, message: String, hint: String) {
        let complaint = Complaint::at(self.path, at.span.line, at.span.column, Stage::Accepted, message);
        self.complaints.push(complaint.hint(hint));
    }

    pub(super) fn sources(&self) -> &[Source] {
        self.sources
    }

    pub(super) fn knows_dashboard(&self, uid: &str) -> bool {
        self.uids.contains(&uid)
    }

    /// The language of what is asked of a data source. A reference that leads nowhere is told.
    pub(super) fn language(
        &mut self,
        reference: Option<&Node>,
        surrounding: Option<&Node>,
    ) -> Option<Language> {
        let given = |node: &&Node| !node.is_null() && (text(node).is_some() || !node.entries().is_empty());
        let Some(node) = reference.filter(given).or_else(|| surrounding.filter(given)) else {
            return self.sources.iter().find(|it| it.is_default).and_then(|it| Language::of(&it.kind));
        };
        let uid = node.get("uid").filter(|uid| !uid.is_null());
        let place = uid.unwrap_or(node);
        let Some(name) = text(place) else { return Language::of(field(node, "type")?) };
        let found = match self.variables.source(name) {
            Some(kind) => return Language::of(kind),
            None => source::by_uid(self.sources, name),
        };
        match found {
            Found::Kind(kind) => Language::of(kind),
            Found::BuiltIn if self.sources.is_empty() => Language::of(field(node, "type")?),
            Found::BuiltIn => None,
            Found::Absent => {
                // Only what stands there itself is told, not once more for every query of the panel.
                if reference.is_some_and(|it| given(&it)) {
                    let message = format!("Datasource {name} was not found");
                    self.accepted(Some(place), node, &message);
                }
                None
            }
        }
    }

    /// Whether a query is one.
    pub(super) fn query(&mut self, node: Option<&Node>, language: Option<Language>, whose: &str) {
        let (Some(node), Some(language)) = (node, language) else { return };
        let Some(query) = text(node).filter(|query| !query.trim().is_empty()) else { return };
        if let Err(error) = super::query::check(language, query, &self.variables) {
            self.hinted(node, error, whose.to_owned());
        }
    }

    /// Whether an expression that a browser runs is one; in the form that allows `/…/i`.
    pub(super) fn browser_regex(&mut self, node: Option<&Node>) {
        let Some(node) = node else { return };
        let Some(expression) = text(node).filter(|it| !it.is_empty()) else { return };
        // What stands in a variable is not known here.
        if super::variables::references(expression).any(|it| self.variables.knows(it.name)) {
            return;
        }
        if let Err(error) = crate::js_regex::check_field(expression) {
            self.accepted(Some(node), node, &error);
        }
    }
}
