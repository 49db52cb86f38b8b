//! Docker's store of contexts: `~/.docker/contexts`, and which of them is current.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::TlsFiles;
use crate::error::EngineError;

/// The engine of a context.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) host: String,
    pub(super) tls: Option<TlsFiles>,
}

/// The part of `config.json` that names the current context.
#[derive(Deserialize)]
struct ConfigFile {
    #[serde(rename = "currentContext", default)]
    current_context: String,
}

/// A context's `meta.json`.
#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "Name", default)]
    name: String,
    #[serde(rename = "Endpoints", default)]
    endpoints: MetaEndpoints,
}

#[derive(Deserialize, Default)]
struct MetaEndpoints {
    docker: Option<MetaEndpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetaEndpoint {
    #[serde(default)]
    host: String,
    #[serde(default, rename = "SkipTLSVerify")]
    skip_tls_verify: bool,
}

/// The context that `docker context use` has chosen.
pub(super) fn current(docker_config: &Path) -> Result<Option<String>, EngineError> {
    let path = docker_config.join("config.json");
    // Without the file there is no context. With one that cannot be read, `docker` fails as well.
    let Ok(text) = fs::read(&path) else {
        return Ok(None);
    };
    let config: ConfigFile = serde_json::from_slice(&text).map_err(|error| EngineError::BadEndpoint {
        what: path.display().to_string(),
        detail: error.to_string(),
    })?;
    Ok(Some(config.current_context).filter(|name| !name.is_empty()))
}

pub(super) fn exists(docker_config: &Path, name: &str) -> bool {
    meta_file(docker_config, name).is_file()
}

/// The names of all contexts whose engine can be reached from here, sorted.
pub(super) fn names(docker_config: &Path) -> Vec<String> {
    let Ok(folders) = fs::read_dir(docker_config.join("contexts").join("meta")) else { return Vec::new() };
    let names = folders.flatten().filter_map(|folder| {
        let text = fs::read(folder.path().join("meta.json")).ok()?;
        let meta: Meta = serde_json::from_slice(&text).ok()?;
        let reachable = meta.endpoints.docker.is_some_and(|engine| !engine.host.starts_with("ssh://"));
        reachable.then_some(meta.name).filter(|name| exists(docker_config, name))
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

pub(super) fn read(docker_config: &Path, name: &str) -> Result<Context, EngineError> {
    let bad = |detail: String| EngineError::BadEndpoint { what: format!("Docker context {name:?}"), detail };
    let path = meta_file(docker_config, name);
    let text = fs::read(&path).map_err(|error| bad(format!("{}: {error}", path.display())))?;
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    let engine = meta
        .endpoints
        .docker
        .filter(|engine| !engine.host.is_empty())
        .ok_or_else(|| bad("it has no Docker endpoint".to_owned()))?;
    if engine.skip_tls_verify && !engine.host.starts_with("unix://") {
        return Err(bad("it skips the check of the engine's certificate, which is not supported".to_owned()));
    }
    let tls = docker_config.join("contexts").join("tls").join(folder_of(name)).join("docker");
    let tls = tls.join("ca.pem").exists().then(|| TlsFiles::in_folder(&tls));
    Ok(Context { host: engine.host, tls })
}

fn meta_file(docker_config: &Path, name: &str) -> PathBuf {
    docker_config.join("contexts").join("meta").join(folder_of(name)).join("meta.json")
}

/// Docker keeps a context in a folder that is named by the hash of its name.
pub(super) fn folder_of(context: &str) -> String {
    super::hex(&Sha256::digest(context.as_bytes()))
}
