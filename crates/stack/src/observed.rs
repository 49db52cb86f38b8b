//! What the engine holds: one look at its containers, networks, volumes, images and taken ports.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    path::PathBuf,
};

/// Everything the planner needs to know about the world, taken at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// Containers that carry this project's label, stopped ones too, one-off ones too.
    pub containers: Vec<Container>,
    /// Networks whose name the project wants or that carry its label.
    pub networks: Vec<Network>,
    /// Volumes whose name the project wants or that carry its label.
    pub volumes: Vec<Volume>,
    /// Local images by the reference the project uses. A reference that is missing here must be pulled.
    pub images: BTreeMap<String, Image>,
    /// Container names that others use, for references that would collide.
    pub foreign_names: BTreeSet<String>,
    /// Ports of the engine's host that somebody holds, our own containers included.
    pub ports: Vec<PortUse>,
    /// Components whose initial data are complete.
    pub seeded: BTreeSet<String>,
    /// What is wrong with the configuration of services, by service. Only those that a plan would start are looked at.
    pub faults: BTreeMap<String, Vec<ConfigFault>>,
}

/// Something wrong with a service's configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigFault {
    /// The file, relative to the project's folder where it lies in it.
    pub file: String,
    /// 1-based; 0 for the file as a whole.
    pub line: usize,
    /// 1-based; 0 for the line as a whole.
    pub column: usize,
    /// In the program's own words.
    pub message: String,
    /// What its owner probably meant.
    pub hint: Option<String>,
    /// Whether the program would not start with it; otherwise it starts and does something else than was meant.
    pub fatal: bool,
}

/// `file:line:column: message (hint)`.
impl std::fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        for place in [self.line, self.column].into_iter().take_while(|place| *place > 0) {
            write!(f, ":{place}")?;
        }
        write!(f, ": {}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// A container of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Container {
    /// Full id.
    pub id: String,
    /// Name without the leading slash.
    pub name: String,
    /// Label `com.docker.compose.service`; empty when it is missing.
    pub service: String,
    /// Label `com.docker.compose.container-number`.
    pub number: u32,
    /// Label `com.docker.compose.oneoff` is `True`.
    pub oneoff: bool,
    /// Label `com.docker.compose.config-hash`; empty when it is missing.
    pub config_hash: String,
    /// Label `com.docker.compose.image`: the digest compose saw when it made the container.
    pub image_label: String,
    /// Id of the image that it was made from.
    pub image_id: String,
    /// Label `com.docker.compose.project.working_dir`.
    pub working_dir: PathBuf,
    /// Label `com.docker.compose.project.config_files`, split at commas.
    pub config_files: Vec<PathBuf>,
    /// Where it is in its life.
    pub state: State,
    /// Verdict of the engine's health check; `None` when it has none.
    pub health: Option<Health>,
    /// Code of the last exit, for a container that is not running.
    pub exit_code: Option<i64>,
    /// The engine's words for state and age, such as `Up 3 minutes (healthy)`.
    pub status: String,
    /// Unix seconds of its creation.
    pub created: i64,
    /// Network name to network id.
    pub networks: BTreeMap<String, String>,
    /// What is mounted where.
    pub mounts: Vec<ContainerMount>,
    /// Ports published on the host.
    pub ports: Vec<PublishedPort>,
}

/// A mount of an existing container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerMount {
    /// Name of the volume, empty for a bind.
    pub volume: String,
    /// Path on the host.
    pub source: String,
    /// Path in the container.
    pub target: String,
}

/// A port of an existing container that is reachable on the host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedPort {
    /// Address on the host.
    pub ip: IpAddr,
    /// Port on the host.
    pub public: u16,
    /// Port in the container.
    pub private: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// The engine's states of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum State {
    /// Made, never started.
    #[default]
    Created,
    /// Its main process runs.
    Running,
    /// Frozen.
    Paused,
    /// Exited, and the engine will start it again.
    Restarting,
    /// Its main process ended.
    Exited,
    /// On its way out.
    Removing,
    /// A removal failed half-way.
    Dead,
    /// A state that this version does not know.
    Unknown,
}

/// The engine's verdict of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// No verdict yet.
    Starting,
    /// The last check passed.
    Healthy,
    /// As many checks in a row failed as `retries` says.
    Unhealthy,
}

/// A network on the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// Id.
    pub id: String,
    /// Name; not unique on old engines.
    pub name: String,
    /// Label `com.docker.compose.project`; empty when it is missing.
    pub project: String,
    /// Label `com.docker.compose.network`.
    pub key: String,
    /// Label `com.docker.compose.config-hash`; empty when it is missing.
    pub config_hash: String,
}

/// A volume on the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Volume {
    /// Name.
    pub name: String,
    /// Label `com.docker.compose.project`; empty when it is missing.
    pub project: String,
    /// Label `com.docker.compose.volume`.
    pub key: String,
    /// Label `com.docker.compose.config-hash`; empty when it is missing.
    pub config_hash: String,
}

/// A local image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// Id, `sha256:…`.
    pub id: String,
    /// Digests by which it is known besides its id. A container labelled with one of them is current.
    pub digests: BTreeSet<String>,
}

impl Image {
    /// Whether a container's `image` label names this very image.
    pub fn is(&self, label: &str) -> bool {
        self.id == label || self.digests.contains(label)
    }
}

/// A port of the engine's host that somebody listens on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortUse {
    /// Address it is bound to; unspecified means all.
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Who holds it.
    pub holder: PortHolder,
}

/// Who holds a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortHolder {
    /// A container, of whatever project.
    Container {
        /// Full id.
        id: String,
        /// Name without the leading slash.
        name: String,
        /// Its compose project; empty when it has none.
        project: String,
    },
    /// A process of this machine.
    Process {
        /// Process id.
        pid: u32,
        /// Its command name.
        name: String,
    },
    /// Somebody whose name this user may not see.
    Unknown,
}

impl PortUse {
    /// Whether binding `ip:port/protocol` would fail because of this one.
    pub fn blocks(&self, ip: IpAddr, port: u16, protocol: &str) -> bool {
        self.port == port
            && self.protocol == protocol
            && (self.ip == ip || self.ip.is_unspecified() || ip.is_unspecified())
    }
}

impl Container {
    /// Whether its main process is there, be it frozen.
    pub fn is_up(&self) -> bool {
        matches!(self.state, State::Running | State::Paused | State::Restarting)
    }
}
