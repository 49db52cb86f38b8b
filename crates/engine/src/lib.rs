//! The only door to Docker: connect, observe, perform one step, follow events, logs and stats.
//!
//! An [`Engine`] is one connection: [`resolve`] says which engine is meant, [`Engine::connect`] asks for
//! its version and pins every later request to a dialect that we know. Everything else is a method of
//! it. Every call has a deadline ([`Deadlines`]), so an engine that hangs is an error and not a wait.
//!
//! Streams cost much less on a current-thread runtime: each log line is an HTTP chunk of its own, and
//! on a multi-thread runtime each of them wakes another thread.

mod connect;
mod create;
mod details;
mod endpoint;
mod error;
mod events;
mod greeting;
mod image;
mod inside;
mod listeners;
mod logs;
mod observe;
mod perform;
mod pull;
mod registry;
mod stats;
mod status;
mod wire;
mod writers;

use std::sync::Arc;

use bollard::Docker;

pub use connect::{Deadlines, EngineInfo, SystemInfo};
pub use details::{CheckResult, Details, Evidence};
pub use endpoint::{Endpoint, Origin, TlsFiles, candidates, default_place, pick, resolve};
pub use error::EngineError;
pub use events::{Event, EventKind};
pub use inside::Ran;
pub use logs::{LogLine, LogOptions, LogStream};
pub use perform::{Done, Work};
pub use pull::{Progress, PullProgress};
pub use stats::Stats;

/// A connection to a Docker engine. Cloning is cheap and shares it.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

impl Engine {
    /// Whether it is one and the same connection.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

#[derive(Debug)]
struct Inner {
    /// Prefixes every request with the pinned API version.
    docker: Docker,
    /// `/v1.47`: what raw requests are prefixed with.
    prefix: String,
    api: connect::Api,
    info: EngineInfo,
    endpoint: Endpoint,
    deadlines: Deadlines,
    /// Held while a container starts that takes any free port of a range: two such starts at a time
    /// choose the same one.
    port_range: tokio::sync::Mutex<()>,
    /// Held while a network is made.
    network_creation: tokio::sync::Mutex<()>,
}

/// Labels that compose and we share.
pub(crate) mod label {
    pub(crate) const PROJECT: &str = "com.docker.compose.project";
    pub(crate) const SERVICE: &str = "com.docker.compose.service";
    pub(crate) const NUMBER: &str = "com.docker.compose.container-number";
    pub(crate) const ONEOFF: &str = "com.docker.compose.oneoff";
    pub(crate) const CONFIG_HASH: &str = "com.docker.compose.config-hash";
    pub(crate) const IMAGE: &str = "com.docker.compose.image";
    pub(crate) const DEPENDS_ON: &str = "com.docker.compose.depends_on";
    pub(crate) const WORKING_DIR: &str = "com.docker.compose.project.working_dir";
    pub(crate) const CONFIG_FILES: &str = "com.docker.compose.project.config_files";
    pub(crate) const VERSION: &str = "com.docker.compose.version";
    pub(crate) const REPLACE: &str = "com.docker.compose.replace";
    pub(crate) const NETWORK: &str = "com.docker.compose.network";
    pub(crate) const VOLUME: &str = "com.docker.compose.volume";
}

/// The docker compose version whose labels and rules we follow.
pub(crate) const COMPOSE_VERSION: &str = "2.40.3";
