//! Which engine is meant, as one value from the first word about it to the last reconnect: where it listens, with which
//! certificates, and who said so. Nothing of it is ever derived again from the address alone.

mod context;
mod places;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use url::Url;

use crate::error::EngineError;

/// An engine's place. Made by [`resolve`], [`candidates`], [`pick`] and [`default_place`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: String,
    /// The same place in one spelling.
    address: String,
    origin: Origin,
    tls: Option<TlsFiles>,
    docker_config: PathBuf,
}

/// Who named the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The user, by an address: `--host`, or a window's field.
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

impl TlsFiles {
    fn in_folder(folder: &Path) -> Self {
        Self { ca: folder.join("ca.pem"), cert: folder.join("cert.pem"), key: folder.join("key.pem") }
    }
}

impl Endpoint {
    fn new(
        uri: String,
        origin: Origin,
        tls: Option<TlsFiles>,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, EngineError> {
        let uri = with_port(uri, tls.is_some())?;
        let address = match uri.strip_prefix("unix://") {
            Some(path) => format!("unix://{}", places::without_links(Path::new(path)).display()),
            None => uri.clone(),
        };
        Ok(Self { uri, address, origin, tls, docker_config: surroundings.docker_config() })
    }

    /// `unix://…`, `tcp://…`, `http://…`, `https://…` or `npipe://…`, as it was named.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The place in one spelling, whichever link leads there. What only one may do at a time on an engine is told apart
    /// by it: the same engine may be reached with other certificates.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same in every process for the same place reached with the same certificates, whoever named it. Hexadecimal
    /// digits.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new_with_prefix(self.address.as_bytes());
        if let Some(tls) = &self.tls {
            for file in [&tls.ca, &tls.cert, &tls.key] {
                hash.update(b"\n");
                hash.update(file.as_os_str().as_encoded_bytes());
            }
        }
        hex(&hash.finalize()[..8])
    }

    /// Who named it.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Certificates for TLS; `None` speaks plainly.
    pub fn tls(&self) -> Option<&TlsFiles> {
        self.tls.as_ref()
    }

    /// Docker's own configuration folder (`~/.docker`): registry credentials are read from it.
    pub(crate) fn docker_config(&self) -> &Path {
        &self.docker_config
    }

    /// An endpoint by its address, in surroundings without any configuration.
    #[cfg(test)]
    pub(crate) fn at(uri: impl AsRef<str>) -> Self {
        resolve(Some(uri.as_ref()), &|_| None, Path::new("/nowhere")).unwrap()
    }
}

/// The environment and the home folder, from which Docker's own rules tell what is meant.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    home: &'a Path,
}

impl Surroundings<'_> {
    fn set(self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }

    fn docker_config(self) -> PathBuf {
        self.set("DOCKER_CONFIG").map_or_else(|| self.home.join(".docker"), PathBuf::from)
    }

    /// The certificates that the environment asks for.
    fn tls(self, uri: &str) -> Option<TlsFiles> {
        let wanted = self.set("DOCKER_TLS_VERIFY").is_some() || uri.starts_with("https://");
        let folder = self.set("DOCKER_CERT_PATH").map_or_else(|| self.docker_config(), PathBuf::from);
        let over_network = ["tcp://", "http://", "https://"].iter().any(|scheme| uri.starts_with(scheme));
        (wanted && over_network).then(|| TlsFiles::in_folder(&folder))
    }

    fn by_address(self, text: &str, origin: Origin) -> Result<Endpoint, EngineError> {
        let uri = with_scheme(text);
        let tls = self.tls(&uri);
        Endpoint::new(uri, origin, tls, self)
    }

    fn by_context(self, name: &str) -> Result<Endpoint, EngineError> {
        let found = context::read(&self.docker_config(), name)?;
        Endpoint::new(found.host, Origin::Context(name.to_owned()), found.tls, self)
    }

    fn by_socket(self, path: &Path, origin: Origin) -> Result<Endpoint, EngineError> {
        Endpoint::new(format!("unix://{}", path.display()), origin, None, self)
    }
}

/// Decides which engine is meant: the user's word (an address, or the name of a Docker context), then `DOCKER_HOST`, then
/// `DOCKER_CONTEXT`, then the current context of Docker's configuration, then the default socket, then the sockets of
/// known products.
///
/// Reads files and tries sockets, but sends nothing. Fails with [`EngineError::NoEngine`] when there is
/// nothing to connect to, and with [`EngineError::BadEndpoint`] when a context is named that cannot be used.
pub fn resolve(
    host: Option<&str>,
    env: &dyn Fn(&str) -> Option<String>,
    home: &Path,
) -> Result<Endpoint, EngineError> {
    let surroundings = Surroundings { env, home };
    let docker_config = surroundings.docker_config();
    if let Some(text) = host {
        return if context::exists(&docker_config, text) {
            surroundings.by_context(text)
        } else {
            surroundings.by_address(text, Origin::Flag)
        };
    }
    if let Some(uri) = surroundings.set("DOCKER_HOST") {
        return surroundings.by_address(&uri, Origin::DockerHost);
    }
    let context = match surroundings.set("DOCKER_CONTEXT") {
        Some(name) => Some(name),
        None => context::current(&docker_config)?,
    };
    if let Some(name) = context.filter(|name| name != "default") {
        return surroundings.by_context(&name);
    }
    if cfg!(windows) {
        return Ok(default_place(env, home));
    }
    let (path, origin) = places::first(&places::sockets(surroundings))?;
    surroundings.by_socket(&path, origin)
}

/// Every place where an engine may be found from this machine, whether or not one is there: the sockets of known products,
/// best first, what the environment says, and the Docker contexts. No place is named twice.
pub fn candidates(env: &dyn Fn(&str) -> Option<String>, home: &Path) -> Vec<Endpoint> {
    let surroundings = Surroundings { env, home };
    let named = surroundings.set("DOCKER_HOST").map(|uri| surroundings.by_address(&uri, Origin::DockerHost));
    let sockets = places::sockets(surroundings);
    let sockets = sockets.into_iter().map(|(path, origin)| surroundings.by_socket(&path, origin));
    let contexts = context::names(&surroundings.docker_config());
    let contexts = contexts.iter().map(|name| surroundings.by_context(name));
    let mut candidates: Vec<Endpoint> = Vec::new();
    let default = cfg!(windows).then(|| Ok(default_place(env, home)));
    for found in default.into_iter().chain(sockets).chain(named).chain(contexts) {
        match found {
            Ok(found) if candidates.iter().any(|it| it.id() == found.id()) => {}
            Ok(found) => candidates.push(found),
            // It is reported when somebody asks for it by name.
            Err(error) => tracing::debug!(%error, "no candidate"),
        }
    }
    candidates
}

/// What a user has chosen: one of the [`candidates`] by its id, else what [`resolve`] makes of it.
pub fn pick(
    choice: &str,
    env: &dyn Fn(&str) -> Option<String>,
    home: &Path,
) -> Result<Endpoint, EngineError> {
    match candidates(env, home).into_iter().find(|candidate| candidate.id() == choice) {
        Some(candidate) => Ok(candidate),
        None => resolve(Some(choice), env, home),
    }
}

/// Where Docker's own engine listens when nobody has said anything.
pub fn default_place(env: &dyn Fn(&str) -> Option<String>, home: &Path) -> Endpoint {
    let uri = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///var/run/docker.sock" };
    Endpoint {
        uri: uri.to_owned(),
        address: match uri.strip_prefix("unix://") {
            Some(path) => format!("unix://{}", places::without_links(Path::new(path)).display()),
            None => uri.to_owned(),
        },
        origin: Origin::Default,
        tls: None,
        docker_config: Surroundings { env, home }.docker_config(),
    }
}

/// `docker -H` takes a bare path or `host:port` too.
fn with_scheme(text: &str) -> String {
    if text.contains("://") {
        text.to_owned()
    } else if text.starts_with('/') {
        format!("unix://{text}")
    } else {
        format!("tcp://{text}")
    }
}

/// Docker's port stands for one that is left out, as for `docker -H`.
fn with_port(uri: String, tls: bool) -> Result<String, EngineError> {
    let Some((scheme @ ("tcp" | "http" | "https"), rest)) = uri.split_once("://") else { return Ok(uri) };
    let bad = |detail: String| EngineError::BadEndpoint { what: uri.clone(), detail };
    // The rules for hosts and ports are those of the schemes that browsers know. This one has a default port that nobody
    // gives an engine, so that a port which is written is seen.
    let url = Url::parse(&format!("ws://{rest}")).map_err(|error| bad(error.to_string()))?;
    let host =
        url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| bad("it has no host".to_owned()))?;
    if !matches!(url.path(), "" | "/") {
        return Err(bad("an engine has no path".to_owned()));
    }
    let written = rest.trim_end_matches('/').rsplit_once(':').is_some_and(|(_, port)| port == "80");
    let default = if tls || scheme == "https" { 2376 } else { 2375 };
    let port = url.port().unwrap_or(if written { 80 } else { default });
    Ok(format!("{scheme}://{host}:{port}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[path = "endpoint/tests.rs"]
mod tests;
