//! The resolved model as text, for `switchyard config`.

mod ordered;
mod yaml;

use std::collections::BTreeMap;

use ordered::Ordered;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    hash::escape_html,
    model::{Network, Project, Service, Volume},
};
use crate::meta::EnvKind;

/// What stands in the place of a secret.
pub const MASK: &str = "********";

/// What of a project is shown.
#[derive(Debug, Clone, Default)]
pub struct RenderOptions {
    /// Profiles whose services are shown; `*` shows all. Services without profiles always are.
    pub profiles: Vec<String>,
    /// Show passwords and keys.
    pub reveal_secrets: bool,
    /// Values that are masked wherever they appear in a service, see [`secret_values`].
    pub secrets: Vec<String>,
}

/// The model as JSON, in the shape and order of `docker compose config --format json`.
pub fn json(project: &Project, options: &RenderOptions) -> String {
    escape_html(serde_json::to_string_pretty(&shown(project, options)).unwrap_or_default())
}

/// The model as YAML that can be loaded again: dollar signs are doubled.
pub fn yaml(project: &Project, options: &RenderOptions) -> String {
    yaml::write(&shown(project, options))
}

/// The values of the variables that the project declares as secrets.
pub fn secret_values(project: &Project, env: &BTreeMap<String, String>) -> Vec<String> {
    let secrets = project.meta.env.iter().filter(|field| field.kind == EnvKind::Secret);
    secrets.filter_map(|field| env.get(&field.name)).filter(|value| !value.is_empty()).cloned().collect()
}

/// Whether a variable holds a secret, by what the project says of it or by its name.
pub fn is_secret(project: &Project, variable: &str) -> bool {
    if let Some(field) = project.meta.env.iter().find(|field| field.name == variable) {
        return field.kind == EnvKind::Secret;
    }
    let upper = variable.to_ascii_uppercase();
    let last = upper.rsplit(['_', '-', '.']).next().unwrap_or_default();
    matches!(last, "KEY" | "KEYS" | "PASS" | "DSN")
        || ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "PRIVATE_KEY"]
            .iter()
            .any(|word| upper.contains(word))
}

fn shown(project: &Project, options: &RenderOptions) -> Ordered {
    let mut shown = project.clone();
    shown.services.retain(|_, service| service.is_active(&options.profiles));
    if !options.reveal_secrets {
        for (name, value) in shown.services.values_mut().flat_map(|service| &mut service.environment) {
            if is_secret(project, name) && value.as_ref().is_some_and(|value| !value.is_empty()) {
                *value = Some(MASK.to_owned());
            }
        }
    }
    let json = serde_json::to_string(&Shown(&shown)).unwrap_or_default();
    let mut ordered = serde_json::from_str(&json).unwrap_or(Ordered::Null);
    if let (false, Ordered::Map(entries)) = (options.reveal_secrets, &mut ordered) {
        for (_, section) in entries.iter_mut().filter(|(key, _)| key == "services") {
            section.mask(&options.secrets);
        }
    }
    ordered
}

/// The top level as compose-go writes it: its keys sorted, empty sections left out.
struct Shown<'a>(&'a Project);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(project) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &project.name)?;
        if !project.networks.is_empty() {
            map.serialize_entry::<_, BTreeMap<String, Network>>("networks", &project.networks)?;
        }
        map.serialize_entry::<_, BTreeMap<String, Service>>("services", &project.services)?;
        if !project.volumes.is_empty() {
            map.serialize_entry::<_, BTreeMap<String, Volume>>("volumes", &project.volumes)?;
        }
        for (key, value) in &project.extensions {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
