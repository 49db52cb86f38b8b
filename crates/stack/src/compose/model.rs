//! The compose model after loading: interpolated, merged, in long form, with absolute paths.
//!
//! Field names, field order and the way each value is written as JSON are those of compose-go's `ServiceConfig`,
//! because `config-hash` is the SHA-256 of that very JSON (see [`super::hash`]): a new field goes where compose-go has it.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

mod omit;

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Serialize, Serializer};

use self::omit::{go_f32, is_false, is_true, is_zero_f32, is_zero_i64, is_zero_u16, is_zero_u32};
use super::{duration::GoDuration, hash::Dialect, size::ByteSize};
use crate::meta::{ServiceMeta, StackMeta};

/// A compose project: everything that the stack folder says, resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Project {
    /// Normalised project name: the prefix of every container, network and volume.
    pub name: String,
    /// Absolute path of the project folder.
    pub working_dir: PathBuf,
    /// Absolute paths of the compose files, in the order in which they were merged.
    pub files: Vec<PathBuf>,
    /// The profiles that are active, as `COMPOSE_PROFILES` says.
    pub profiles: Vec<String>,
    /// Every service by its key, those of inactive profiles too.
    pub services: BTreeMap<String, Service>,
    /// The services' keys in the order of the files.
    pub order: Vec<String>,
    /// Networks by key. `default` is there only when a service uses it.
    pub networks: BTreeMap<String, Network>,
    /// Named volumes by key.
    pub volumes: BTreeMap<String, Volume>,
    /// What `x-switchyard` at the top level says; a project without it gets the defaults.
    pub meta: StackMeta,
    /// All `x-` keys of the top level as written, for `config`, which shows them; nothing else reads them.
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// The variables that `x-switchyard` declares, as far as they are set; no other ones.
    pub environment: BTreeMap<String, String>,
    /// The docker compose whose hashes the containers get.
    pub dialect: Dialect,
    /// Things that were read but deserve a word: unset variables, ambiguous volume names.
    pub warnings: Vec<LoadWarning>,
}

/// Something the loader accepted and the user should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadWarning {
    /// A variable without a default is set nowhere; compose puts an empty string.
    UnsetVariable {
        /// The variable's name.
        name: String,
    },
    /// A one-letter volume name is read as a Windows drive by docker compose.
    DriveLikeVolume {
        /// The volume string as written.
        volume: String,
    },
    /// A key that compose itself calls obsolete, such as `version`.
    Obsolete {
        /// The key.
        key: String,
    },
}

/// One service. The JSON form of this struct is what compose hashes.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Service {
    /// The key under `services`.
    #[serde(skip)]
    pub name: String,
    /// Profiles that switch the service on; empty means always on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cap_add: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cap_drop: Vec<String>,
    /// CPU limit in cores; 0 means none.
    #[serde(skip_serializing_if = "is_zero_f32", serialize_with = "go_f32")]
    pub cpus: f32,
    /// Replaces the image's `CMD`. Always written, `null` when absent.
    pub command: Option<Vec<String>>,
    /// Fixed container name instead of `<project>-<service>-<n>`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container_name: String,
    /// What must be there before this service starts, by service name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub depends_on: BTreeMap<String, Dependency>,
    /// `deploy.resources` and `deploy.replicas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy: Option<Deploy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domainname: String,
    /// Replaces the image's `ENTRYPOINT`. Always written, `null` when absent.
    pub entrypoint: Option<Vec<String>>,
    /// Environment with `env_file` already merged in. `None` passes nothing: the variable stays unset.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Option<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expose: Vec<String>,
    /// `host=ip` lines, sorted as compose sorts them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_add: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// Memory limit; 0 means none.
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub mem_limit: ByteSize,
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub mem_reservation: ByteSize,
    /// `host`, `none`, `bridge`, `service:x` …; empty means the networks below.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network_mode: String,
    /// Networks by key; `None` means no settings of its own (compose writes `null`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, Option<ServiceNetwork>>,
    /// Limit of processes; 0 means none, -1 means unlimited.
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub pids_limit: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub platform: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    #[serde(skip_serializing_if = "is_false")]
    pub privileged: bool,
    /// `always`, `missing` (default), `if_not_present`, `never`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pull_policy: String,
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// `no`, `always`, `on-failure[:n]`, `unless-stopped`; empty means `no`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub restart: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_opt: Vec<String>,
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub shm_size: ByteSize,
    #[serde(skip_serializing_if = "is_false")]
    pub stdin_open: bool,
    /// Time between the stop signal and the kill; the engine's default is 10 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_grace_period: Option<GoDuration>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stop_signal: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub tty: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ulimits: BTreeMap<String, Ulimit>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// What `x-switchyard` says of the service; `None` makes it a supporting service without a card.
    #[serde(skip)]
    pub meta: Option<ServiceMeta>,
}

/// What a service waits for in another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// How far the other service must have come.
    pub condition: Condition,
    /// Stop and start this service when the other one is recreated.
    #[serde(skip_serializing_if = "is_false")]
    pub restart: bool,
    /// `false`: a missing or failed dependency is only a warning.
    pub required: bool,
}

/// The condition of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Condition {
    /// Its start returned.
    #[serde(rename = "service_started")]
    Started,
    /// Its health check passed.
    #[serde(rename = "service_healthy")]
    Healthy,
    /// It ran and exited with code 0.
    #[serde(rename = "service_completed_successfully")]
    Completed,
}

impl Condition {
    /// The word in a compose file and in the `depends_on` label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "service_started",
            Self::Healthy => "service_healthy",
            Self::Completed => "service_completed_successfully",
        }
    }
}

/// `deploy`, as far as a single machine honours it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Deploy {
    /// Not part of the hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// Limits and reservations.
    pub resources: Resources,
    /// Always written, empty: compose-go does so.
    pub placement: Placement,
}

/// Placement is for clusters; compose-go always writes the empty object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Placement {}

/// `deploy.resources`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resources {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Resource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservations: Option<Resource>,
}

/// One set of limits or reservations.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resource {
    /// Cores.
    #[serde(skip_serializing_if = "is_zero_f32", serialize_with = "go_f32")]
    pub cpus: f32,
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub memory: ByteSize,
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub pids: i64,
}

/// A health check that the engine runs inside the container.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Healthcheck {
    /// `["CMD", …]`, `["CMD-SHELL", line]` or `["NONE"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<GoDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<GoDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<GoDuration>,
    /// Needs engine API 1.44.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<GoDuration>,
    #[serde(skip_serializing_if = "is_false")]
    pub disable: bool,
}

/// Where a container's output goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Logging {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// How a service joins a network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ServiceNetwork {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ipv4_address: String,
    /// Higher is the primary network.
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub priority: i64,
}

/// One published port, in long form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Port {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// `ingress` unless the file says otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// Address on the host; empty means all of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub host_ip: String,
    /// Port in the container.
    #[serde(skip_serializing_if = "is_zero_u16")]
    pub target: u16,
    /// Port on the host, a range `8000-8010` for "any of these", or empty for "any free one".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub published: String,
    /// `tcp`, `udp` or `sctp`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_protocol: String,
}

/// One `ulimits` entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ulimit {
    /// Soft and hard alike; written as a number.
    Single(i64),
    /// `{soft, hard}`.
    Range { soft: i64, hard: i64 },
}

impl Serialize for Ulimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Range {
            soft: i64,
            hard: i64,
        }
        match *self {
            Self::Single(limit) => serializer.serialize_i64(limit),
            Self::Range { soft, hard } => Range { soft, hard }.serialize(serializer),
        }
    }
}

/// Something mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// `bind`, `volume` or `tmpfs`.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// Host path of a bind, key of a named volume, empty for an anonymous one or a tmpfs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Path in the container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consistency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<BindOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<VolumeOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs: Option<TmpfsOptions>,
}

/// The kinds of mounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    Bind,
    Volume,
    Tmpfs,
}

/// Options of a bind mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BindOptions {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub selinux: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub propagation: String,
    /// Make the folder on the host when it is missing. `true` (short syntax) is not written, `false` is.
    #[serde(skip_serializing_if = "is_true")]
    pub create_host_path: bool,
}

/// Options of a named volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VolumeOptions {
    #[serde(skip_serializing_if = "is_false")]
    pub nocopy: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subpath: String,
}

/// Options of a tmpfs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TmpfsOptions {
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub size: ByteSize,
    #[serde(skip_serializing_if = "is_zero_u32")]
    pub mode: u32,
}

/// A network of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Network {
    /// Real name on the engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Always written, empty: compose-go does so.
    pub ipam: Ipam,
    /// Made by somebody else: must exist, is never created or removed.
    #[serde(skip_serializing_if = "is_false")]
    pub external: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub internal: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub attachable: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// Address management of a network; the keys inside are not supported yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ipam {}

/// A named volume of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Volume {
    /// Real name on the engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Made by somebody else: must exist, is never created or removed.
    #[serde(skip_serializing_if = "is_false")]
    pub external: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl Service {
    /// Whether the service runs when only the given profiles are active.
    pub fn is_active(&self, profiles: &[String]) -> bool {
        self.profiles.is_empty()
            || profiles.iter().any(|active| active == "*" || self.profiles.contains(active))
    }

    /// Whether it is a part of several components.
    pub fn is_shared(&self) -> bool {
        self.meta.as_ref().is_some_and(|meta| meta.part_of.len() > 1)
    }

    /// Whether the engine has a health check to run. (One in the image counts too, but only the engine knows it.)
    pub fn has_healthcheck(&self) -> bool {
        self.healthcheck
            .as_ref()
            .is_some_and(|check| !check.disable && check.test.first().is_none_or(|first| first != "NONE"))
    }

    /// Whether the engine starts the container again after it exits by itself with code 0.
    pub fn restarts_after_success(&self) -> bool {
        matches!(self.restart.as_str(), "always" | "unless-stopped")
    }
}
