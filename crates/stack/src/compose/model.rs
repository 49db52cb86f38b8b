//! The compose model after loading: interpolated, merged, in long form, with absolute paths.
//!
//! Field names, field order and the way each value is written as JSON are those of compose-go's `ServiceConfig`,
//! because `config-hash` is the SHA-256 of that very JSON (see [`super::hash`]): a new field goes where compose-go has it.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

mod dependency;
mod health;
mod limits;
mod mount;
mod network;
mod omit;

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use self::omit::{go_f32, is_false, is_zero_f32, is_zero_i64};
pub use self::{
    dependency::{Condition, Dependency},
    health::{Healthcheck, Logging},
    limits::{Deploy, Placement, Resource, Resources, Ulimit},
    mount::{BindOptions, Mount, MountKind, TmpfsOptions, Volume, VolumeOptions},
    network::{Ipam, Network, Port, ServiceNetwork},
};
use super::{duration::GoDuration, hash::ConfigHashes, size::ByteSize};
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
    /// What the services' containers are labelled with, by service: made once, since what runs is compared with it again
    /// and again. Whoever changes a service of a loaded project takes its entry out.
    pub hashes: BTreeMap<String, ConfigHashes>,
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
