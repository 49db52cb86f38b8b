//! Networks and volumes of the project, and the free-form `x-` keys.

use std::collections::BTreeMap;

use super::{
    super::{
        error::LoadErrorKind,
        field::Field,
        keys,
        model::{Network, Volume},
    },
    Context,
};
use crate::yaml::{
    Node, Value,
    scalar::{self, Scalar},
};

/// A network under `networks`.
pub(super) fn network(key: &str, field: &Field<'_>, context: &Context<'_>) -> Network {
    let mut network = Network::default();
    if !field.is_null() {
        field.section(&keys::NETWORK, |key, field| match key {
            "name" => network.name = field.text().unwrap_or_default(),
            "driver" => network.driver = field.text().unwrap_or_default(),
            "driver_opts" => network.driver_opts = field.settings(),
            "ipam" if !field.is_null() => field.section(&keys::IPAM, |_, _| {}),
            "external" => network.external = external(field, &mut network.name),
            "internal" => network.internal = field.boolean().unwrap_or_default(),
            "attachable" => network.attachable = field.boolean().unwrap_or_default(),
            "labels" => network.labels = field.settings(),
            _ => {}
        });
    }
    network.name = real_name(key, network.name, network.external, context);
    if network.external {
        check_external(field);
    }
    network
}

/// A volume under `volumes`.
pub(super) fn volume(key: &str, field: &Field<'_>, context: &Context<'_>) -> Volume {
    let mut volume = Volume::default();
    if !field.is_null() {
        field.section(&keys::VOLUME, |key, field| match key {
            "name" => volume.name = field.text().unwrap_or_default(),
            "driver" => volume.driver = field.text().unwrap_or_default(),
            "driver_opts" => volume.driver_opts = driver_options(field, context),
            "external" => volume.external = external(field, &mut volume.name),
            "labels" => volume.labels = field.settings(),
            _ => {}
        });
    }
    volume.name = real_name(key, volume.name, volume.external, context);
    if volume.external {
        check_external(field);
    }
    volume
}

/// A local volume that is a bind mount in disguise has a path among its options.
fn driver_options(field: &Field<'_>, context: &Context<'_>) -> BTreeMap<String, String> {
    let mut options = field.settings();
    if options.get("o").is_some_and(|o| o == "bind")
        && let Some(device) = options.get_mut("device")
    {
        *device = context.absolute(device);
    }
    options
}

/// `true`, or the old form `{name: x}`.
fn external(field: &Field<'_>, name: &mut String) -> bool {
    if !field.is_mapping() {
        return field.boolean().unwrap_or_default();
    }
    field.section(&keys::EXTERNAL, |_, field| *name = field.text().unwrap_or_default());
    if name.is_empty() {
        field.invalid("the name of what is external is missing");
    }
    true
}

fn real_name(key: &str, name: String, external: bool, context: &Context<'_>) -> String {
    match (name.is_empty(), external) {
        (false, _) => name,
        (true, true) => key.to_owned(),
        (true, false) => format!("{}_{key}", context.name),
    }
}

/// What somebody else has made is not described here.
fn check_external(field: &Field<'_>) {
    for entry in field.node.entries() {
        if !matches!(entry.key.as_str(), "name" | "external" | "ipam") && !entry.key.starts_with("x-") {
            let message = format!("what is external has its own {}; only name can be given here", entry.key);
            let path = format!("{}.{}", field.path, entry.key);
            field.problems.error(entry.span, path, LoadErrorKind::Value, message);
        }
    }
}

/// A free-form value as JSON.
pub(super) fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Mapping(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect()
        }
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Scalar(_) => match scalar::resolve(node) {
            Some(Scalar::Null) | None => serde_json::Value::Null,
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Int(value)) => match i64::try_from(value) {
                Ok(value) => value.into(),
                Err(_) => u64::try_from(value).map_or(serde_json::Value::Null, Into::into),
            },
            Some(Scalar::Float(value)) => value.into(),
            Some(Scalar::Text(text)) => text.into(),
        },
    }
}
