//! From the merged tree to the model: short forms become long ones, texts become values, and every key
//! that is not understood is named.

mod command;
mod env_files;
mod meta;
mod mounts;
mod parts;
pub mod ports;
mod resources;
mod service;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    error::Problems,
    field::Field,
    keys,
    model::{LoadWarning, Network, Project},
};

pub use command::split as split_command;

/// What the decoder needs to know of the world.
pub(super) struct Context<'a> {
    pub(super) name: &'a str,
    pub(super) working_dir: &'a Path,
    pub(super) home: Option<&'a Path>,
    pub(super) env: &'a BTreeMap<String, String>,
    pub(super) read: &'a dyn Fn(&Path) -> io::Result<String>,
    pub(super) problems: &'a Problems,
}

impl Context<'_> {
    /// A path of the host as compose makes it absolute: `~` is the home folder, and a relative path
    /// starts at the project folder. Absolute paths stay letter by letter.
    pub(super) fn absolute(&self, path: &str) -> String {
        let expanded = match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
                let joined = format!("{}/{}", home.display(), rest.trim_start_matches(['/', '\\']));
                clean(&joined)
            }
            _ => path.to_owned(),
        };
        if expanded.starts_with('/') || is_windows_absolute(&expanded) {
            return expanded;
        }
        let Some(folder) = self.working_dir.to_str() else { return expanded };
        if is_windows_absolute(folder) {
            return PathBuf::from(folder).join(clean(&expanded)).to_string_lossy().into_owned();
        }
        clean(&format!("{folder}/{expanded}"))
    }
}

/// Go's `path.Clean`: the shortest path that means the same.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn is_windows_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with("\\\\")
        || matches!(bytes, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

/// The whole project. `name`, `files` and `working_dir` are the caller's.
pub(super) fn project(root: &Field<'_>, context: &Context<'_>) -> Project {
    let mut project = Project { name: context.name.to_owned(), ..Project::default() };
    root.section(&keys::PROJECT, |key, field| match key {
        "version" => context.problems.warn(LoadWarning::Obsolete { key: key.to_owned() }),
        "services" => field.entries(|name, field| {
            if let Some(service) = service::service(name, field, context) {
                project.services.insert(name.to_owned(), service);
                project.order.push(name.to_owned());
            }
        }),
        "networks" => field.entries(|key, field| {
            project.networks.insert(key.to_owned(), resources::network(key, field, context));
        }),
        "volumes" => field.entries(|key, field| {
            project.volumes.insert(key.to_owned(), resources::volume(key, field, context));
        }),
        _ => {}
    });
    for entry in root.node.entries().iter().filter(|entry| entry.key.starts_with("x-")) {
        if entry.key == meta::KEY {
            project.meta = meta::stack(&root.key(&entry.key, &entry.value));
        }
        project.extensions.insert(entry.key.clone(), resources::json(&entry.value));
    }
    let uses_default = project.services.values().any(|service| service.networks.contains_key("default"));
    if uses_default && !project.networks.contains_key("default") {
        let name = format!("{}_default", context.name);
        project.networks.insert("default".to_owned(), Network { name, ..Network::default() });
    }
    project
}
