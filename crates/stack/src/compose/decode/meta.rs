//! `x-switchyard`: what compose has no key for. Read as strictly as everything else.

use super::super::{field::Field, keys::Section};
use crate::meta::{
    CHECKS, ComponentMeta, DeclaredComponent, EnvField, EnvKind, Flow, Group, Link, Preset, Probe, Reload,
    Replacement, Seed, ServiceMeta, StackMeta, Text,
};

/// The extension's key, on the top level and in services.
pub(super) const KEY: &str = "x-switchyard";

const STACK: Section =
    Section { supported: &["title", "groups", "presets", "components", "env"], unsupported: &[] };
const COMPONENT: Section = Section {
    supported: &[
        "id",
        "title",
        "about",
        "group",
        "icon",
        "recipe",
        "default",
        "excludes",
        "uses",
        "replacement",
    ],
    unsupported: &[],
};
const GROUP: Section = Section { supported: &["id", "title"], unsupported: &[] };
const PRESET: Section = Section { supported: &["id", "title", "components"], unsupported: &[] };
const ENV: Section = Section {
    supported: &["name", "type", "default", "generate", "choices", "group", "title", "help"],
    unsupported: &[],
};
const TEXT: Section = Section { supported: &["en", "zh"], unsupported: &[] };
const SERVICE: Section = Section {
    supported: &[
        "title",
        "about",
        "group",
        "icon",
        "recipe",
        "default",
        "excludes",
        "uses",
        "probe",
        "links",
        "reload",
        "validate",
        "check",
        "part_of",
        "flow",
        "seed",
        "replacement",
    ],
    unsupported: &[],
};
const PROBE: Section = Section { supported: &["port", "path", "status", "body"], unsupported: &[] };
const FLOW: Section = Section { supported: &["port", "path", "sent", "ignore"], unsupported: &[] };
const LINK: Section = Section { supported: &["id", "title", "component", "port", "path"], unsupported: &[] };
const RELOAD: Section = Section { supported: &["signal", "method", "port", "path"], unsupported: &[] };
const SEED: Section = Section { supported: &["kind", "file", "port"], unsupported: &[] };
const REPLACEMENT: Section = Section { supported: &["component", "reason"], unsupported: &[] };

/// `x-switchyard` of the top level.
pub(super) fn stack(field: &Field<'_>) -> StackMeta {
    let mut meta = StackMeta::default();
    field.section(&STACK, |key, field| match key {
        "title" => meta.title = text(field),
        "groups" => field.items(|item| meta.groups.extend(group(item))),
        "presets" => field.items(|item| meta.presets.extend(preset(item))),
        "components" => field.items(|item| meta.components.extend(declared(item))),
        "env" => field.items(|item| meta.env.extend(env_field(item))),
        _ => {}
    });
    meta
}

/// A text for both languages, or one for each.
fn text(field: &Field<'_>) -> Text {
    if !field.is_mapping() {
        let both = field.text().unwrap_or_default();
        return Text { en: both.clone(), zh: both };
    }
    let mut text = Text::default();
    field.section(&TEXT, |key, field| match key {
        "en" => text.en = field.text().unwrap_or_default(),
        _ => text.zh = field.text().unwrap_or_default(),
    });
    if text.en.is_empty() {
        field.invalid("the English text (en) is missing");
    }
    text
}

/// Reports a missing key.
fn required(field: &Field<'_>, key: &str) {
    if field.is_mapping() && field.node.get(key).is_none() {
        field.invalid(format!("{key} is missing"));
    }
}

fn group(field: &Field<'_>) -> Option<Group> {
    required(field, "id");
    let mut group = Group { id: String::new(), title: Text::default() };
    field.section(&GROUP, |key, field| match key {
        "id" => group.id = field.text().unwrap_or_default(),
        _ => group.title = text(field),
    });
    titled(&mut group.title, &group.id);
    field.is_mapping().then_some(group)
}

fn preset(field: &Field<'_>) -> Option<Preset> {
    required(field, "id");
    required(field, "components");
    let mut preset = Preset { id: String::new(), title: Text::default(), components: Vec::new() };
    field.section(&PRESET, |key, field| match key {
        "id" => preset.id = field.text().unwrap_or_default(),
        "title" => preset.title = text(field),
        _ => preset.components = field.unique_texts(),
    });
    titled(&mut preset.title, &preset.id);
    field.is_mapping().then_some(preset)
}

/// What has no title is called by its id.
fn titled(title: &mut Text, id: &str) {
    if title.en.is_empty() {
        *title = Text { en: id.to_owned(), zh: id.to_owned() };
    }
}

const KINDS: [(&str, EnvKind); 11] = [
    ("string", EnvKind::String),
    ("secret", EnvKind::Secret),
    ("port", EnvKind::Port),
    ("address", EnvKind::Address),
    ("bytes", EnvKind::Bytes),
    ("cpus", EnvKind::Cpus),
    ("duration", EnvKind::Duration),
    ("path", EnvKind::Path),
    ("choice", EnvKind::Choice),
    ("boolean", EnvKind::Boolean),
    ("number", EnvKind::Number),
];

fn env_field(field: &Field<'_>) -> Option<EnvField> {
    required(field, "name");
    let mut env = EnvField {
        name: String::new(),
        kind: EnvKind::String,
        default: String::new(),
        generate: None,
        choices: Vec::new(),
        group: String::new(),
        title: Text::default(),
        help: Text::default(),
    };
    field.section(&ENV, |key, field| match key {
        "name" => {
            env.name = field.text().unwrap_or_default();
            if !crate::dotenv::is_key(&env.name) {
                field.invalid(format!("{:?} cannot be a variable in .env", env.name));
            }
        }
        "type" => env.kind = field.word(&KINDS).unwrap_or(EnvKind::String),
        "default" if !field.is_null() => env.default = field.loose_text().unwrap_or_default(),
        "generate" => env.generate = field.integer(),
        "choices" => env.choices = field.loose_texts(),
        "group" => env.group = field.text().unwrap_or_default(),
        "title" => env.title = text(field),
        "help" => env.help = text(field),
        _ => {}
    });
    if env.generate.is_some() && env.kind != EnvKind::Secret {
        field.invalid("generate is for secrets only");
    }
    if env.kind == EnvKind::Choice && env.choices.is_empty() {
        field.invalid("choices are missing");
    }
    titled(&mut env.title, &env.name);
    field.is_mapping().then_some(env)
}

fn declared(field: &Field<'_>) -> Option<DeclaredComponent> {
    required(field, "id");
    let mut declared = DeclaredComponent { id: String::new(), component: ComponentMeta::default() };
    field.section(&COMPONENT, |key, field| match key {
        "id" => {
            declared.id = field.text().unwrap_or_default();
            if !super::service::is_name(&declared.id) {
                field.invalid("the id of a component has letters, digits, dots, dashes and underscores only");
            }
        }
        _ => of_component(&mut declared.component, key, field),
    });
    field.is_mapping().then_some(declared)
}

/// One key of those that concern a component as a whole.
fn of_component(meta: &mut ComponentMeta, key: &str, field: &Field<'_>) {
    match key {
        "title" => meta.title = text(field),
        "about" => meta.about = text(field),
        "group" => meta.group = field.text().unwrap_or_default(),
        "icon" => meta.icon = field.text().unwrap_or_default(),
        "recipe" => meta.recipe = field.text().unwrap_or_default(),
        "default" => meta.default_on = field.boolean().unwrap_or_default(),
        "excludes" => meta.excludes = field.unique_texts(),
        "uses" => meta.uses = field.unique_texts(),
        "replacement" => meta.replacement = Some(replacement(field)),
        _ => {}
    }
}

/// Keys that say something of a switch or a card, which a part has not.
const OF_A_WHOLE: [&str; 7] = ["group", "icon", "recipe", "default", "excludes", "uses", "replacement"];

/// `x-switchyard` of a service.
pub(super) fn service(field: &Field<'_>) -> ServiceMeta {
    let mut meta = ServiceMeta::default();
    let is_part = field.node.get("part_of").is_some();
    field.section(&SERVICE, |key, field| match key {
        "probe" => meta.probe = Some(probe(field)),
        "links" => field.items(|item| meta.links.extend(link(item))),
        "reload" => meta.reload = reload(field),
        "validate" => meta.validate = field.texts(),
        "check" => meta.check = field.word(&CHECKS.map(|word| (word, word))).map(str::to_owned),
        "part_of" => {
            meta.part_of = field.unique_texts();
            if meta.part_of.is_empty() {
                field.invalid("names no component");
            }
        }
        "flow" => meta.flow = Some(flow(field)),
        "seed" => meta.seed = seed(field),
        whole if is_part && OF_A_WHOLE.contains(&whole) => {
            field.invalid(format!("{whole} is said of the component, not of a part of it"));
        }
        _ => of_component(&mut meta.component, key, field),
    });
    meta
}

fn probe(field: &Field<'_>) -> Probe {
    required(field, "port");
    let mut probe = Probe { port: 0, path: "/".to_owned(), status: 200, body: None };
    field.section(&PROBE, |key, field| match key {
        "port" => probe.port = field.integer().unwrap_or_default(),
        "path" => probe.path = path(field),
        "status" => probe.status = field.integer().unwrap_or(200),
        _ => {
            probe.body = field.text();
            if let Some(Err(error)) = probe.body.as_deref().map(regex::Regex::new) {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default();
                field.invalid(format!("the body's regular expression cannot be read: {reason}"));
            }
        }
    });
    probe
}

fn flow(field: &Field<'_>) -> Flow {
    required(field, "port");
    required(field, "sent");
    let mut flow = Flow { port: 0, path: "/metrics".to_owned(), sent: String::new(), ignore: None };
    field.section(&FLOW, |key, field| match key {
        "port" => flow.port = field.integer().unwrap_or_default(),
        "path" => flow.path = path(field),
        "sent" => flow.sent = field.text().unwrap_or_default(),
        _ => {
            flow.ignore = field.text();
            if flow.ignore.as_ref().is_some_and(|label| !label.contains('=')) {
                field.invalid("takes a label as name=value");
            }
        }
    });
    flow
}

/// A path on the component's port.
fn path(field: &Field<'_>) -> String {
    let path = field.text().unwrap_or_else(|| "/".to_owned());
    if !path.starts_with('/') {
        field.invalid(format!("the path {path:?} does not begin with /"));
    }
    path
}

fn link(field: &Field<'_>) -> Option<Link> {
    required(field, "id");
    required(field, "port");
    let mut link =
        Link { id: String::new(), title: Text::default(), component: None, port: 0, path: "/".to_owned() };
    field.section(&LINK, |key, field| match key {
        "id" => link.id = field.text().unwrap_or_default(),
        "title" => link.title = text(field),
        "component" => link.component = field.text(),
        "port" => link.port = field.integer().unwrap_or_default(),
        _ => link.path = path(field),
    });
    titled(&mut link.title, &link.id);
    field.is_mapping().then_some(link)
}

fn reload(field: &Field<'_>) -> Option<Reload> {
    let (mut signal, mut method, mut port, mut request_path) = (None, None, None, "/".to_owned());
    field.section(&RELOAD, |key, field| match key {
        "signal" => signal = field.text(),
        "method" => method = field.word(&[("POST", "POST"), ("PUT", "PUT")]),
        "port" => port = field.integer(),
        _ => request_path = path(field),
    });
    match (signal, method, port) {
        (Some(signal), None, None) => Some(Reload::Signal(signal)),
        (None, Some(method), Some(port)) => {
            Some(Reload::Http { method: method.to_owned(), port, path: request_path })
        }
        _ => {
            field.invalid("needs either signal, or method, port and path");
            None
        }
    }
}

fn seed(field: &Field<'_>) -> Option<Seed> {
    required(field, "kind");
    required(field, "file");
    let (mut known, mut file, mut port) = (None, String::new(), 8500);
    field.section(&SEED, |key, field| match key {
        "kind" => known = field.word(&[("consul-kv", ())]),
        "file" => file = field.text().unwrap_or_default(),
        _ => port = field.integer().unwrap_or(8500),
    });
    known.map(|()| Seed::ConsulKv { file, port })
}

fn replacement(field: &Field<'_>) -> Replacement {
    required(field, "component");
    let mut replacement = Replacement { component: String::new(), reason: Text::default() };
    field.section(&REPLACEMENT, |key, field| match key {
        "component" => replacement.component = field.text().unwrap_or_default(),
        _ => replacement.reason = text(field),
    });
    replacement
}
