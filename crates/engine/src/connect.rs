//! The first word with an engine: who it is and which dialect to speak.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error as ClientError};
use serde::{Deserialize, Deserializer};

use crate::{
    Engine, Inner,
    endpoint::{Endpoint, TlsFiles},
    error::{Asked, EngineError},
    greeting::{Greeting, greet},
    wire::{self, Call, collect, send, within},
};

/// How long we wait for an engine before we call it hanging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For the first answer, `GET /version`.
    pub connect: Duration,
    /// For a question: a list, an inspection, the first byte of a stream.
    pub read: Duration,
    /// For a change: create, start, rename, remove.
    pub change: Duration,
    /// For a stop, beyond the container's own grace period.
    pub stop_margin: Duration,
    /// For a pull, without any sign of progress.
    pub pull_silence: Duration,
    /// For a program that gives registry credentials.
    pub credentials: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(30),
            change: Duration::from_secs(120),
            stop_margin: Duration::from_secs(30),
            pull_silence: Duration::from_secs(180),
            credentials: Duration::from_secs(20),
        }
    }
}

/// Who the engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// Version of the product's engine, such as `28.5.2`.
    pub version: String,
    /// API version that all our requests are pinned to, such as `1.47`.
    pub api: String,
    /// `Docker Engine`, `Docker Desktop`, `Podman` …
    pub product: String,
    /// Where it listens.
    pub uri: String,
    /// The engine's containers run on this very machine, not in a virtual or a remote one.
    pub local: bool,
    /// Ports that the engine publishes appear on this machine; true for Docker Desktop too.
    pub publishes_here: bool,
}

/// What `GET /info` says of the engine's host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SystemInfo {
    /// Memory in bytes.
    #[serde(rename = "MemTotal")]
    pub memory: u64,
    /// Cores.
    #[serde(rename = "NCPU")]
    pub cpus: u32,
    /// Containers, all projects and states.
    pub containers: u64,
    /// Containers that run.
    pub containers_running: u64,
    /// Where the engine keeps images and volumes, a path of its host.
    #[serde(rename = "DockerRootDir")]
    pub root_dir: String,
    /// Storage driver, such as `overlay2`.
    pub driver: String,
    /// Name of the operating system, such as `Debian GNU/Linux 12`.
    pub operating_system: String,
    /// Kernel version.
    pub kernel_version: String,
    /// The engine's clock, RFC 3339.
    pub system_time: String,
    /// Cgroup version, `1` or `2`; empty when the engine does not say.
    pub cgroup_version: String,
    /// Remarks of the engine itself.
    #[serde(deserialize_with = "null_default")]
    pub warnings: Vec<String>,
    /// Swarm mode.
    #[serde(deserialize_with = "null_default")]
    pub swarm: SwarmInfo,
}

/// The engine's part in a swarm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SwarmInfo {
    /// `inactive`, `pending`, `active`, `error` or `locked`.
    pub local_node_state: String,
    /// Whether it is a manager.
    pub control_available: bool,
}

/// Go writes empty lists and objects as `null`.
pub(crate) fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Api {
    major: u16,
    minor: u16,
}

impl Api {
    /// Docker 20.10; older engines lack what compose needs.
    pub(crate) const OLDEST: Self = Self::new(1, 41);
    /// The newest dialect that this crate was written against.
    pub(crate) const NEWEST: Self = Self::new(1, 47);

    /// `major.minor`.
    pub(crate) const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What we read of `GET /version`.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Introduction {
    version: String,
    #[serde(rename = "ApiVersion")]
    newest_api: String,
    #[serde(rename = "MinAPIVersion")]
    oldest_api: String,
    kernel_version: String,
    #[serde(deserialize_with = "null_default")]
    platform: Platform,
    #[serde(deserialize_with = "null_default")]
    components: Vec<Platform>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Platform {
    name: String,
}

impl Engine {
    /// Connects with the default deadlines.
    pub async fn connect(endpoint: &Endpoint) -> Result<Self, EngineError> {
        Self::connect_within(endpoint, Deadlines::default()).await
    }

    /// Asks the engine for its version and pins every later request to a dialect that both sides know.
    ///
    /// Fails with [`EngineError::NoEngine`], [`EngineError::Denied`], [`EngineError::Unreachable`],
    /// [`EngineError::TimedOut`], [`EngineError::TooOld`] or [`EngineError::Unsupported`].
    pub async fn connect_within(endpoint: &Endpoint, deadlines: Deadlines) -> Result<Self, EngineError> {
        let docker = open(endpoint)?;
        let known = within(CONNECT, deadlines.connect, introduced(endpoint, &docker, deadlines)).await?;
        Ok(Self::pinned(endpoint, docker, deadlines, known))
    }

    /// Connects with a greeting where that says enough. Quicker, for whoever has one question: an engine in a virtual
    /// machine may go by the name of the program within.
    pub async fn greet(endpoint: &Endpoint) -> Result<Self, EngineError> {
        let deadlines = Deadlines::default();
        let docker = open(endpoint)?;
        let known = within(CONNECT, deadlines.connect, async {
            let greeting = if endpoint.tls().is_some() { None } else { greet(endpoint.uri()).await };
            match greeting {
                Some(greeting) => Ok((described(endpoint, &greeting), greeting.api)),
                None => introduced(endpoint, &docker, deadlines).await,
            }
        });
        let known = known.await?;
        Ok(Self::pinned(endpoint, docker, deadlines, known))
    }

    /// Pins every later request to a dialect.
    fn pinned(
        endpoint: &Endpoint,
        docker: Docker,
        deadlines: Deadlines,
        (info, api): (EngineInfo, Api),
    ) -> Self {
        let prefix = format!("/v{api}");
        let pin = prefix.clone();
        // bollard 0.21 sends unversioned requests whatever it is told, so that each engine answers in
        // its newest dialect.
        let docker = docker.with_request_modifier(move |request| {
            let (mut parts, body) = request.into_parts();
            let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
            let target = format!("{pin}{target}");
            parts.uri = wire::with_target(parts.uri, target);
            bollard::BollardRequest::from_parts(parts, body)
        });
        tracing::debug!(
            uri = info.uri,
            product = info.product,
            version = info.version,
            api = info.api,
            "connected"
        );
        Self {
            inner: Arc::new(Inner {
                docker,
                prefix,
                api,
                info,
                endpoint: endpoint.clone(),
                deadlines,
                port_range: tokio::sync::Mutex::new(()),
                network_creation: tokio::sync::Mutex::new(()),
            }),
        }
    }

    /// Who the engine is.
    pub fn info(&self) -> &EngineInfo {
        &self.inner.info
    }

    /// Where it is and how it is reached; another connection to it is made from this.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// Facts about the engine's host. Slower than other questions: not for every look.
    pub async fn system(&self) -> Result<SystemInfo, EngineError> {
        self.get(Call::get("read system information", "/info")).await
    }
}

const CONNECT: &str = "connect";

/// Asks the engine for its version.
async fn introduced(
    endpoint: &Endpoint,
    docker: &Docker,
    deadlines: Deadlines,
) -> Result<(EngineInfo, Api), EngineError> {
    let asked = Asked { operation: CONNECT, uri: endpoint.uri(), seconds: deadlines.connect.as_secs() };
    let answer = collect(send(docker, "", Call::get(CONNECT, "/version"))).await;
    let body = answer.map_err(|error| EngineError::from_client(asked, error))?;
    let version: Introduction = serde_json::from_slice(&body)
        .map_err(|source| EngineError::Malformed { operation: CONNECT, source })?;
    let api = choose_api(&version)?;
    Ok((describe(endpoint, product(endpoint, &version), version.version, api), api))
}

/// Longer than any deadline of ours, which are the ones that count.
const CLIENT_TIMEOUT_SECONDS: u64 = 86_400;

fn open(endpoint: &Endpoint) -> Result<Docker, EngineError> {
    let uri = endpoint.uri();
    let scheme = uri.split_once("://").map_or("", |(scheme, _)| scheme);
    let opened = match scheme {
        #[cfg(unix)]
        "unix" => Docker::connect_with_unix(uri, CLIENT_TIMEOUT_SECONDS, API_DEFAULT_VERSION),
        #[cfg(windows)]
        "npipe" => Docker::connect_with_named_pipe(uri, CLIENT_TIMEOUT_SECONDS, API_DEFAULT_VERSION),
        "tcp" | "http" | "https" => match endpoint.tls() {
            Some(tls) => open_tls(uri, tls)?,
            None if scheme == "https" => {
                return Err(EngineError::BadEndpoint {
                    what: uri.to_owned(),
                    detail: "TLS needs certificates: set DOCKER_CERT_PATH".to_owned(),
                });
            }
            None => Docker::connect_with_http(uri, CLIENT_TIMEOUT_SECONDS, API_DEFAULT_VERSION),
        },
        "ssh" => {
            return Err(EngineError::Unsupported { what: format!("an engine over SSH ({uri})") });
        }
        _ => return Err(EngineError::Unsupported { what: format!("the endpoint {uri}") }),
    };
    opened.map_err(|error| match error {
        // bollard looks whether the socket is there before it connects.
        ClientError::SocketNotFoundError(path) => EngineError::NoEngine { tried: vec![path] },
        error => EngineError::from_client(Asked { operation: "connect", uri, seconds: 0 }, error),
    })
}

fn open_tls(uri: &str, tls: &TlsFiles) -> Result<Result<Docker, ClientError>, EngineError> {
    for file in [&tls.ca, &tls.cert, &tls.key] {
        readable(file)?;
    }
    // Fails when somebody has chosen one already, which is as good.
    _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Docker::connect_with_ssl(
        uri,
        &tls.key,
        &tls.cert,
        &tls.ca,
        CLIENT_TIMEOUT_SECONDS,
        API_DEFAULT_VERSION,
    ))
}

/// bollard says of a missing key only "bad certificate", and that at the first request.
fn readable(file: &Path) -> Result<(), EngineError> {
    std::fs::File::open(file).map(drop).map_err(|error| EngineError::BadEndpoint {
        what: file.display().to_string(),
        detail: error.to_string(),
    })
}

/// The newest version that both sides know.
fn choose_api(version: &Introduction) -> Result<Api, EngineError> {
    let too_old = || EngineError::TooOld { api: version.newest_api.clone() };
    let newest = Api::parse(&version.newest_api).ok_or_else(too_old)?;
    if newest < Api::OLDEST {
        return Err(too_old());
    }
    let chosen = newest.min(Api::NEWEST);
    // An engine of the future may have dropped our dialect; its oldest is then the nearest to it.
    Ok(Api::parse(&version.oldest_api).map_or(chosen, |oldest| chosen.max(oldest)))
}

/// What a greeting tells of an engine. Those in a virtual machine are told by where their socket really is.
fn described(endpoint: &Endpoint, greeting: &Greeting) -> EngineInfo {
    let real = endpoint.uri().strip_prefix("unix://").and_then(|path| std::fs::canonicalize(path).ok());
    let place = real.map_or_else(|| endpoint.uri().to_owned(), |path| path.display().to_string());
    let product = match greeting.program.as_str() {
        "Docker" => product_at(&place).unwrap_or("Docker Engine"),
        "Libpod" => "Podman",
        other => other,
    };
    describe(endpoint, product.to_owned(), greeting.version.clone(), greeting.api)
}

fn describe(endpoint: &Endpoint, product: String, version: String, api: Api) -> EngineInfo {
    let on_socket = endpoint.uri().starts_with("unix://");
    let in_vm = cfg!(not(target_os = "linux"))
        || matches!(product.as_str(), "Docker Desktop" | "OrbStack" | "Colima" | "Rancher Desktop");
    EngineInfo {
        version,
        api: api.to_string(),
        product,
        uri: endpoint.uri().to_owned(),
        local: on_socket && !in_vm,
        publishes_here: on_socket || endpoint.uri().starts_with("npipe://"),
    }
}

fn product(endpoint: &Endpoint, version: &Introduction) -> String {
    let platform = version.platform.name.as_str();
    let kernel = version.kernel_version.as_str();
    let at = product_at(endpoint.uri());
    let known = if version.components.iter().any(|part| part.name.starts_with("Podman")) {
        "Podman"
    } else if kernel.contains("orbstack") {
        "OrbStack"
    } else if let Some(product) = at {
        product
    } else if platform.starts_with("Docker Desktop") || kernel.contains("linuxkit") {
        "Docker Desktop"
    } else if platform.is_empty() || platform.starts_with("Docker Engine") {
        "Docker Engine"
    } else {
        platform
    };
    known.to_owned()
}

/// The product whose socket lies there.
fn product_at(place: &str) -> Option<&'static str> {
    let products = [
        ("/.orbstack/", "OrbStack"),
        ("/.colima/", "Colima"),
        ("/colima/", "Colima"),
        ("/.rd/", "Rancher Desktop"),
        ("/.docker/desktop/", "Docker Desktop"),
        ("/.docker/run/", "Docker Desktop"),
        ("/docker-desktop/", "Docker Desktop"),
    ];
    products.iter().find(|(part, _)| place.contains(part)).map(|(_, product)| *product)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(json: serde_json::Value) -> Introduction {
        serde_json::from_value(json).unwrap()
    }

    fn chosen(api: &str, oldest: &str) -> String {
        let version = version(serde_json::json!({"ApiVersion": api, "MinAPIVersion": oldest}));
        choose_api(&version).map_or_else(|error| error.to_string(), |api| api.to_string())
    }

    #[test]
    fn the_newest_dialect_that_both_know_is_spoken() {
        assert_eq!(chosen("1.41", "1.12"), "1.41");
        assert_eq!(chosen("1.51", "1.24"), "1.47");
        assert_eq!(chosen("1.60", "1.50"), "1.50");
        assert_eq!(
            chosen("1.40", "1.12"),
            "the engine speaks API 1.40; 1.41 (Docker 20.10) or newer is needed"
        );
    }

    #[test]
    fn products_are_recognised() {
        let product_of = |uri: &str, json| product(&Endpoint::at(uri), &version(json));
        assert_eq!(product_of("unix:///x", serde_json::json!({"Platform": {"Name": ""}})), "Docker Engine");
        assert_eq!(
            product_of("unix:///x", serde_json::json!({"Platform": {"Name": "Docker Desktop 4.50.0 (1)"}})),
            "Docker Desktop"
        );
        assert_eq!(
            product_of(
                "unix:///x",
                serde_json::json!({"Components": [{"Name": "Podman Engine"}], "Platform": null})
            ),
            "Podman"
        );
    }

    #[tokio::test]
    async fn a_missing_socket_is_no_engine() {
        let error = Engine::connect(&Endpoint::at("unix:///nowhere/docker.sock")).await.unwrap_err();
        assert!(matches!(error, EngineError::NoEngine { .. }), "{error:?}");
        let error = Engine::connect(&Endpoint::at("ssh://host")).await.unwrap_err();
        assert!(matches!(error, EngineError::Unsupported { .. }), "{error:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_dead_or_silent_socket_is_an_error_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let endpoint = Endpoint::at(format!("unix://{}", path.display()));
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let deadlines = Deadlines { connect: Duration::from_millis(50), ..Deadlines::default() };
        let error = Engine::connect_within(&endpoint, deadlines).await.unwrap_err();
        assert!(matches!(error, EngineError::TimedOut { .. }), "{error:?}");
        drop(listener);
        let error = Engine::connect_within(&endpoint, deadlines).await.unwrap_err();
        assert!(matches!(error, EngineError::Unreachable { .. }), "{error:?}");
    }
}
