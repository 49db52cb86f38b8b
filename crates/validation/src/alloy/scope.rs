//! A file's blocks, or those of a module in it: whether each is known, told apart and made of what it may be made of.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cycles, references,
    references::Meaning,
    report::Report,
    start,
    syntax::{Block, Expression, Name, Statement},
    table::{self, COMPONENTS, DEPRECATED},
    token::Kind,
    types::Types,
    value,
};

/// What a run of the program allows.
pub(super) struct Settings<'a> {
    pub environment: &'a BTreeMap<String, String>,
    pub files: &'a dyn crate::Files,
    /// The least stability of what may be used.
    pub stability: &'a str,
    pub community: bool,
}

/// Where a set of blocks stands.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// Inside of a `declare`.
    pub module: bool,
    /// Inside of a `foreach`.
    pub each: bool,
    /// Modules that are declared or imported here or further out, with their arguments where those are known.
    pub custom: BTreeMap<String, Option<Vec<Argument>>>,
    /// Names that are neither blocks nor the library's.
    pub variables: Vec<String>,
    /// The blocks further out that can be referred to from here.
    pub outer: BTreeSet<String>,
}

/// An argument of a module.
#[derive(Clone)]
pub(super) struct Argument {
    name: String,
    optional: bool,
}

/// A block and the file that it is in.
pub(super) type Placed<'a> = (usize, &'a Block);

/// Blocks in the order in which Alloy looks at them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Declare,
    Configuration,
    Component,
    Service,
}

fn role(block: &Block) -> Role {
    match block.name.as_str() {
        "declare" => Role::Declare,
        "logging" | "tracing" | "argument" | "export" | "foreach" => Role::Configuration,
        name if name.starts_with("import.")
            && table::CONFIGURATION.iter().any(|(known, _)| *known == name) =>
        {
            Role::Configuration
        }
        "http" | "livedebugging" | "remotecfg" | "labelstore" if block.label.is_empty() => Role::Service,
        name if table::UNCONFIGURABLE.contains(&name) && block.label.is_empty() => Role::Service,
        _ => Role::Component,
    }
}

/// Looks at a set of blocks.
pub(super) fn check(
    blocks: &[Placed<'_>],
    mut scope: Scope,
    settings: &Settings<'_>,
    report: &mut Report<'_>,
) {
    let mut ordered: Vec<(Role, Placed<'_>)> =
        blocks.iter().map(|placed| (role(placed.1), *placed)).collect();
    ordered.sort_by_key(|(role, _)| *role);
    for (_, block) in blocks {
        if block.name == "declare" {
            scope.custom.insert(block.label.clone(), Some(arguments(block)));
        } else if block.name.starts_with("import.") {
            scope.custom.insert(block.label.clone(), None);
        }
    }
    let ids: BTreeSet<String> = blocks.iter().map(|(_, block)| block.id()).collect();
    let mut first: BTreeMap<(Role, String), Placed<'_>> = BTreeMap::new();
    let mut edges = Vec::new();
    for (role, (source, block)) in ordered {
        report.current = source;
        identity(role, (source, block), &mut first, &scope, report);
        match role {
            Role::Declare => {
                let inner = Scope {
                    module: true,
                    each: false,
                    outer: BTreeSet::new(),
                    variables: [scope.variables.as_slice(), &["argument".to_owned()]].concat(),
                    ..scope.clone()
                };
                nested(source, block, inner, settings, report);
                continue;
            }
            Role::Configuration if block.name == "foreach" => {
                for_each((source, block), &ids, &scope, settings, report);
            }
            Role::Configuration | Role::Service => configuration(block, settings, report),
            Role::Component => {
                if !component(block, &scope, settings, report) {
                    continue;
                }
            }
        }
        report.current = source;
        edges.extend(refer((source, block), &ids, &scope, settings, report));
    }
    cycles::check(&edges, &first.into_iter().map(|((_, id), placed)| (id, placed)).collect(), report);
}

/// Labels, and whether there is another block of the same name and label.
fn identity<'a>(
    role: Role,
    placed: Placed<'a>,
    first: &mut BTreeMap<(Role, String), Placed<'a>>,
    scope: &Scope,
    report: &mut Report<'_>,
) {
    let block = placed.1;
    let name = &block.name;
    let id = block.id();
    let unlabelled = block.label.is_empty();
    match role {
        Role::Declare if unlabelled => report.validate(block.at, "declare block must have a label"),
        Role::Component if unlabelled => {
            report.validate(block.at, format!("component {name:?} must have a label"));
        }
        _ => {}
    }
    if let Some((source, original)) = first.get(&(role, id.clone())) {
        let file = &report.sources[*source];
        let (line, column) = file.lines.place(original.at);
        let message = format!("block {id} already declared at {}:{line}:{column}", file.path);
        report.validate(block.at, message);
    } else {
        first.insert((role, id.clone()), placed);
    }
    if role == Role::Service || matches!(name.as_str(), "logging" | "tracing") {
        if scope.module {
            report.validate(block.at, format!("{id} not allowed in module"));
        } else if scope.each {
            report.validate(block.at, format!("{id} not allowed in foreach"));
        }
    }
    if matches!(name.as_str(), "argument" | "export") && !scope.module {
        report.validate(block.at, format!("{name} blocks only allowed inside a module"));
    }
    if role == Role::Configuration && unlabelled && !matches!(name.as_str(), "logging" | "tracing") {
        report.validate(block.at, format!("{name} block must have a label"));
    }
}

fn configuration(block: &Block, settings: &Settings<'_>, report: &mut Report<'_>) {
    let name = block.name.as_str();
    if table::UNCONFIGURABLE.contains(&name) {
        return report.validate(block.at, format!("service {name:?} does not support being configured"));
    }
    let kind = table::CONFIGURATION.iter().find(|(known, _)| *known == name).and_then(|(_, kind)| *kind);
    if let Some(kind) = kind {
        Types { report, environment: settings.environment }.block(block, kind);
    }
}

/// The arguments that a module declares.
fn arguments(module: &Block) -> Vec<Argument> {
    let argument = |block: &Block| {
        let optional = block.attribute("optional").map(|it| &it.value);
        let optional = matches!(optional, Some(Expression::Literal(Kind::Bool, text, _)) if text == "true");
        Argument { name: block.label.clone(), optional }
    };
    module.blocks().filter(|inner| inner.name == "argument").map(argument).collect()
}

/// A block of a module, which has attributes only.
fn custom(block: &Block, arguments: &[Argument], report: &mut Report<'_>) {
    for statement in &block.body {
        match statement {
            Statement::Block(inner) => {
                report.validate(inner.at, format!("unrecognized block name {:?}", inner.name));
            }
            Statement::Attribute(attribute) => {
                let Name { text, at } = &attribute.name;
                if !arguments.iter().any(|argument| argument.name == *text) {
                    report.validate(*at, format!("unrecognized attribute name {text:?}"));
                }
            }
        }
    }
    for argument in arguments.iter().filter(|argument| !argument.optional) {
        if block.attribute(&argument.name).is_none() {
            report.validate(block.at, format!("missing required attribute {:?}", argument.name));
        }
    }
}

/// Returns whether Alloy goes on to what the block refers to.
fn component(block: &Block, scope: &Scope, settings: &Settings<'_>, report: &mut Report<'_>) -> bool {
    let name = block.name.as_str();
    let space = name.split('.').next().unwrap_or_default();
    if let Some(arguments) = scope.custom.get(space) {
        if let Some(arguments) = arguments {
            custom(block, arguments, report);
        }
        return true;
    }
    let Some(known) = COMPONENTS.get(name) else {
        let message = format!("cannot find the definition of component name {name:?}");
        let near = || crate::schema::nearest(name, COMPONENTS.keys().copied());
        let nearest = report.has_few().then(near).flatten();
        report.unknown(block.at, message, nearest);
        return false;
    };
    if known.stability == "community" {
        if !settings.community {
            let message = format!(
                "the component {name:?} is a community component. Use the --feature.community-components.enabled command-line flag to enable community components"
            );
            report.validate(block.at, message);
            return false;
        }
    } else if let Err(message) = stable_enough(known.stability, settings, &format!("component {name:?}")) {
        report.unknown(block.at, message, None);
        return false;
    }
    if let Some(kind) = known.kind {
        let before = report.complaints.len();
        Types { report, environment: settings.environment }.block(block, kind);
        // What is not understood is not built.
        if report.complaints.len() == before {
            start::check(block, settings, report);
        }
    }
    true
}

fn stable_enough(stability: &str, settings: &Settings<'_>, what: &str) -> Result<(), String> {
    let rank = |level: &str| {
        ["experimental", "public-preview", "generally-available"].iter().position(|it| *it == level)
    };
    let least = settings.stability;
    if rank(stability) >= rank(least) {
        return Ok(());
    }
    Err(format!(
        "{what} is at stability level {stability:?}, which is below the minimum allowed stability level {least:?}. Use --stability.level command-line flag to enable {stability:?} features"
    ))
}

fn nested(source: usize, block: &Block, scope: Scope, settings: &Settings<'_>, report: &mut Report<'_>) {
    for statement in &block.body {
        if let Statement::Attribute(attribute) = statement {
            report.validate(attribute.name.at, "unsupported statement type *ast.AttributeStmt");
        }
    }
    let blocks: Vec<Placed<'_>> = block.blocks().map(|inner| (source, inner)).collect();
    check(&blocks, scope, settings, report);
}

/// `foreach`: its template is a set of blocks of its own, from which those around it can be seen.
fn for_each(
    (source, block): Placed<'_>,
    ids: &BTreeSet<String>,
    scope: &Scope,
    settings: &Settings<'_>,
    report: &mut Report<'_>,
) {
    if let Err(message) = stable_enough("experimental", settings, "foreach block \"foreach\"") {
        report.unknown(block.at, message, None);
    }
    let Some(template) = block.blocks().find(|inner| inner.name == "template") else {
        return report.validate(block.at, "missing required block \"template\"");
    };
    let variable = block.attribute("var").and_then(|it| value::known(&it.value, settings.environment));
    let mut inner = Scope { each: true, ..scope.clone() };
    inner.outer.extend(ids.iter().cloned());
    inner.variables.extend(variable.as_ref().and_then(value::Value::text).map(str::to_owned));
    nested(source, template, inner, settings, report);
}

/// Follows what a block refers to. Returns the ids of the blocks here that it depends on.
fn refer(
    (_, block): Placed<'_>,
    ids: &BTreeSet<String>,
    scope: &Scope,
    settings: &Settings<'_>,
    report: &mut Report<'_>,
) -> Vec<(String, String)> {
    let mut edges = Vec::new();
    let paths = if block.name == "foreach" { Vec::new() } else { references::of_body(&block.body) };
    for path in paths {
        let at = path[0].at;
        let is_block = |id: &str| ids.contains(id) || scope.outer.contains(id);
        match references::meaning(&path, is_block, &scope.variables) {
            Meaning::Nothing => {
                let message =
                    format!("component {:?} does not exist or is out of scope", references::joined(&path));
                report.validate(at, message);
            }
            Meaning::Block(id, length) => {
                let component = COMPONENTS.keys().find(|name| {
                    id.strip_prefix(**name)
                        .is_some_and(|label| label.starts_with('.') && !label[1..].contains('.'))
                });
                let component = component.map(|name| (*name, length));
                if let Some(field) = component.and_then(|it| references::missing_field(&path, Some(it))) {
                    report.start(field.at, format!("field {:?} does not exist", field.text));
                }
                edges.push((block.id(), id));
            }
            Meaning::Library => library(&path, settings, report),
        }
    }
    edges
}

fn library(path: &[&Name], settings: &Settings<'_>, report: &mut Report<'_>) {
    let joined = references::joined(path);
    if DEPRECATED.contains(&path[0].text.as_str()) {
        let message = "this stdlib function is deprecated; please refer to the documentation for updated usage and alternatives";
        report.accepted(path[0].at, message);
    } else if let "array.combine_maps" | "array.group_by" = joined.as_str() {
        if let Err(message) = stable_enough("experimental", settings, &joined) {
            report.unknown(path[0].at, message, None);
        }
    } else if let Some(field) = references::missing_field(path, None) {
        report.start(field.at, format!("field {:?} does not exist", field.text));
    }
}
