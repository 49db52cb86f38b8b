//! Which engine is meant: the flag, the environment, the Docker context, or the first socket found.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::EngineError;

/// Where an engine listens, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `unix://…`, `tcp://…`, `http://…`, `https://…` or `npipe://…`.
    pub uri: String,
    /// Who said so.
    pub origin: Origin,
    /// Certificates for TLS; `None` speaks plainly.
    pub tls: Option<TlsFiles>,
    /// Docker's own configuration folder (`~/.docker`): registry credentials are read from it.
    pub docker_config: PathBuf,
}

/// Who named the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `--host`.
    Flag,
    /// The variable `DOCKER_HOST`.
    DockerHost,
    /// A Docker context of this name.
    Context(String),
    /// Docker's default socket.
    Default,
    /// A socket of a known product in a place where it is usually found.
    Found(&'static str),
}

/// PEM files of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authority that signed the engine's certificate.
    pub ca: PathBuf,
    /// Our certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Endpoint {
    /// An endpoint that somebody named, without TLS and without registry credentials.
    pub fn at(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), origin: Origin::Flag, tls: None, docker_config: PathBuf::new() }
    }
}

/// Decides which engine is meant: `--host`, then `DOCKER_HOST`, then `DOCKER_CONTEXT`, then the current
/// context of Docker's configuration, then the default socket, then the sockets of known products.
///
/// Reads files and tries sockets, but sends nothing. Fails with [`EngineError::NoEngine`] when there is
/// nothing to connect to, and with [`EngineError::BadEndpoint`] when a context is named that cannot be used.
pub fn resolve(
    host: Option<&str>,
    env: &dyn Fn(&str) -> Option<String>,
    home: &Path,
) -> Result<Endpoint, EngineError> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let docker_config = set("DOCKER_CONFIG").map_or_else(|| home.join(".docker"), PathBuf::from);
    let endpoint = |uri: String, origin: Origin, tls: Option<TlsFiles>| Endpoint {
        uri,
        origin,
        tls,
        docker_config: docker_config.clone(),
    };
    let tls_of_env = |uri: &str| {
        let wanted = set("DOCKER_TLS_VERIFY").is_some() || uri.starts_with("https://");
        let folder = set("DOCKER_CERT_PATH").map_or_else(|| docker_config.clone(), PathBuf::from);
        (wanted && !uri.starts_with("unix://")).then(|| TlsFiles::in_folder(&folder))
    };

    if let Some(uri) = host {
        return Ok(endpoint(with_scheme(uri), Origin::Flag, tls_of_env(uri)));
    }
    if let Some(uri) = set("DOCKER_HOST") {
        let tls = tls_of_env(&uri);
        return Ok(endpoint(with_scheme(&uri), Origin::DockerHost, tls));
    }
    let context = match set("DOCKER_CONTEXT") {
        Some(name) => Some(name),
        None => current_context(&docker_config)?,
    };
    if let Some(name) = context.filter(|name| name != "default") {
        let (uri, tls) = read_context(&docker_config, &name)?;
        return Ok(endpoint(uri, Origin::Context(name), tls));
    }
    if cfg!(windows) {
        return Ok(endpoint("npipe:////./pipe/docker_engine".to_owned(), Origin::Default, None));
    }
    let runtime_dir = set("XDG_RUNTIME_DIR").map(PathBuf::from);
    let (path, origin) = find_socket(&usual_sockets(home, runtime_dir.as_deref()))?;
    Ok(endpoint(format!("unix://{}", path.display()), origin, None))
}

/// `docker -H` takes a bare path or `host:port` too.
fn with_scheme(uri: &str) -> String {
    if uri.contains("://") {
        uri.to_owned()
    } else if uri.starts_with('/') {
        format!("unix://{uri}")
    } else {
        format!("tcp://{uri}")
    }
}

/// The part of `config.json` that names the current context.
#[derive(Deserialize)]
struct ConfigFile {
    #[serde(rename = "currentContext", default)]
    current_context: String,
}

fn current_context(docker_config: &Path) -> Result<Option<String>, EngineError> {
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

/// A context's `meta.json`.
#[derive(Deserialize)]
struct ContextMeta {
    #[serde(rename = "Endpoints", default)]
    endpoints: ContextEndpoints,
}

#[derive(Deserialize, Default)]
struct ContextEndpoints {
    docker: Option<ContextEndpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextEndpoint {
    #[serde(default)]
    host: String,
    #[serde(default, rename = "SkipTLSVerify")]
    skip_tls_verify: bool,
}

fn read_context(docker_config: &Path, name: &str) -> Result<(String, Option<TlsFiles>), EngineError> {
    let bad = |detail: String| EngineError::BadEndpoint { what: format!("Docker context {name:?}"), detail };
    let folder = folder_of(name);
    let contexts = docker_config.join("contexts");
    let path = contexts.join("meta").join(&folder).join("meta.json");
    let text = fs::read(&path).map_err(|error| bad(format!("{}: {error}", path.display())))?;
    let meta: ContextMeta = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    let endpoint = meta
        .endpoints
        .docker
        .filter(|endpoint| !endpoint.host.is_empty())
        .ok_or_else(|| bad("it has no Docker endpoint".to_owned()))?;
    let tls_folder = contexts.join("tls").join(&folder).join("docker");
    let has_tls = tls_folder.join("ca.pem").exists();
    if endpoint.skip_tls_verify && !endpoint.host.starts_with("unix://") {
        return Err(bad("it skips the check of the engine's certificate, which is not supported".to_owned()));
    }
    Ok((endpoint.host, has_tls.then(|| TlsFiles::in_folder(&tls_folder))))
}

/// Docker keeps a context in a folder that is named by the hash of its name.
fn folder_of(context: &str) -> String {
    let mut folder = String::with_capacity(64);
    for byte in Sha256::digest(context.as_bytes()) {
        _ = write!(folder, "{byte:02x}");
    }
    folder
}

impl TlsFiles {
    fn in_folder(folder: &Path) -> Self {
        Self { ca: folder.join("ca.pem"), cert: folder.join("cert.pem"), key: folder.join("key.pem") }
    }
}

/// The sockets of known products in the places where they are usually found, best first.
pub fn usual_places(env: &dyn Fn(&str) -> Option<String>, home: &Path) -> Vec<(PathBuf, Origin)> {
    let runtime_dir = env("XDG_RUNTIME_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    usual_sockets(home, runtime_dir.as_deref())
}

/// The sockets to try, best first.
fn usual_sockets(home: &Path, runtime_dir: Option<&Path>) -> Vec<(PathBuf, Origin)> {
    let mut sockets = vec![
        (PathBuf::from("/var/run/docker.sock"), Origin::Default),
        (home.join(".docker/run/docker.sock"), Origin::Found("Docker Desktop")),
        (home.join(".docker/desktop/docker.sock"), Origin::Found("Docker Desktop")),
    ];
    if let Some(runtime_dir) = runtime_dir {
        sockets.push((runtime_dir.join("docker.sock"), Origin::Found("rootless Docker")));
    }
    sockets.extend([
        (home.join(".orbstack/run/docker.sock"), Origin::Found("OrbStack")),
        (home.join(".colima/default/docker.sock"), Origin::Found("Colima")),
        (home.join(".config/colima/default/docker.sock"), Origin::Found("Colima")),
        (home.join(".rd/docker.sock"), Origin::Found("Rancher Desktop")),
    ]);
    if let Some(runtime_dir) = runtime_dir {
        sockets.push((runtime_dir.join("podman/podman.sock"), Origin::Found("Podman")));
    }
    sockets.extend([
        (home.join(".local/share/containers/podman/machine/podman.sock"), Origin::Found("Podman")),
        (PathBuf::from("/run/podman/podman.sock"), Origin::Found("Podman")),
    ]);
    sockets
}

/// The first socket on which somebody listens; failing that the first that exists, whose connection
/// error then says more than "no engine" would.
fn find_socket(candidates: &[(PathBuf, Origin)]) -> Result<(PathBuf, Origin), EngineError> {
    let mut silent = None;
    for (path, origin) in candidates {
        match knock(path) {
            Knock::Answered => return Ok((path.clone(), origin.clone())),
            Knock::Silent => silent = silent.or(Some((path, origin))),
            Knock::Missing => {}
        }
    }
    silent.map(|(path, origin)| (path.clone(), origin.clone())).ok_or_else(|| EngineError::NoEngine {
        tried: candidates.iter().map(|(path, _)| path.display().to_string()).collect(),
    })
}

enum Knock {
    Answered,
    Silent,
    Missing,
}

#[cfg(unix)]
fn knock(path: &Path) -> Knock {
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Knock::Answered,
        Err(_) if path.exists() => Knock::Silent,
        Err(_) => Knock::Missing,
    }
}

#[cfg(not(unix))]
fn knock(path: &Path) -> Knock {
    if path.exists() { Knock::Silent } else { Knock::Missing }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn resolve_with(host: Option<&str>, env: &[(&str, &str)], home: &Path) -> Result<Endpoint, EngineError> {
        let env: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        resolve(host, &|name| env.get(name).cloned(), home)
    }

    fn write_context(home: &Path, name: &str, meta: &str) -> PathBuf {
        let hash = folder_of(name);
        let folder = home.join(".docker/contexts/meta").join(&hash);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("meta.json"), meta).unwrap();
        home.join(".docker/contexts/tls").join(hash).join("docker")
    }

    #[test]
    fn the_flag_wins_over_the_environment_and_the_environment_over_the_context() {
        let home = tempfile::tempdir().unwrap();
        write_context(home.path(), "far", r#"{"Endpoints":{"docker":{"Host":"tcp://far:2375"}}}"#);
        let env = [("DOCKER_HOST", "tcp://here:2375"), ("DOCKER_CONTEXT", "far")];

        let endpoint = resolve_with(Some("/run/x.sock"), &env, home.path()).unwrap();
        assert_eq!((endpoint.uri.as_str(), endpoint.origin), ("unix:///run/x.sock", Origin::Flag));
        let endpoint = resolve_with(None, &env, home.path()).unwrap();
        assert_eq!((endpoint.uri.as_str(), endpoint.origin), ("tcp://here:2375", Origin::DockerHost));
        let endpoint = resolve_with(None, &env[1..], home.path()).unwrap();
        assert_eq!(
            (endpoint.uri.as_str(), endpoint.origin),
            ("tcp://far:2375", Origin::Context("far".into()))
        );
    }

    #[test]
    fn the_current_context_is_read_with_its_certificates() {
        let home = tempfile::tempdir().unwrap();
        let tls =
            write_context(home.path(), "safe", r#"{"Endpoints":{"docker":{"Host":"tcp://safe:2376"}}}"#);
        fs::create_dir_all(&tls).unwrap();
        fs::write(tls.join("ca.pem"), "").unwrap();
        fs::write(home.path().join(".docker/config.json"), r#"{"currentContext":"safe","auths":{}}"#)
            .unwrap();

        let endpoint = resolve_with(None, &[], home.path()).unwrap();
        assert_eq!(endpoint.origin, Origin::Context("safe".into()));
        assert_eq!(endpoint.tls, Some(TlsFiles::in_folder(&tls)));
    }

    #[test]
    fn a_context_that_cannot_be_used_is_an_error_and_not_another_engine() {
        let home = tempfile::tempdir().unwrap();
        let missing = resolve_with(None, &[("DOCKER_CONTEXT", "gone")], home.path()).unwrap_err();
        assert!(missing.to_string().starts_with("Docker context \"gone\": "), "{missing}");

        let meta = r#"{"Endpoints":{"docker":{"Host":"tcp://x:2376","SkipTLSVerify":true}}}"#;
        write_context(home.path(), "loose", meta);
        let loose = resolve_with(None, &[("DOCKER_CONTEXT", "loose")], home.path()).unwrap_err();
        assert!(matches!(loose, EngineError::BadEndpoint { .. }), "{loose:?}");
    }

    #[test]
    fn tls_comes_from_the_environment_as_for_docker() {
        let home = tempfile::tempdir().unwrap();
        let env =
            [("DOCKER_HOST", "tcp://x:2376"), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/certs")];
        let endpoint = resolve_with(None, &env, home.path()).unwrap();
        assert_eq!(endpoint.tls, Some(TlsFiles::in_folder(Path::new("/certs"))));
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_on_which_somebody_listens_wins_over_a_dead_one() {
        let home = tempfile::tempdir().unwrap();
        let (dead, alive) = (home.path().join("dead.sock"), home.path().join("alive.sock"));
        fs::write(&dead, "").unwrap();
        let candidates = [(dead.clone(), Origin::Default), (alive.clone(), Origin::Found("Colima"))];

        assert_eq!(find_socket(&candidates).unwrap(), (dead.clone(), Origin::Default));
        let _listener = std::os::unix::net::UnixListener::bind(&alive).unwrap();
        assert_eq!(find_socket(&candidates).unwrap(), (alive, Origin::Found("Colima")));
        fs::remove_file(&dead).unwrap();
        let none = find_socket(&candidates[..1]).unwrap_err();
        assert!(matches!(none, EngineError::NoEngine { tried } if tried == [dead.display().to_string()]));
    }
}
