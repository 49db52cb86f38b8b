//! Why a component is not well, with what there is to show for it.

use serde::Serialize;

use super::{codes::codes, error::AppError};

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The kind of failure.
    pub error: AppError,
    /// The name of the failure, when its signature is known.
    pub diagnosis: Option<Diagnosis>,
    /// What was seen.
    pub evidence: Evidence,
}

codes! {
    /// A failure that is known by what it leaves behind.
    Diagnosis:
    /// The kernel killed it for using more memory than its limit.
    OutOfMemory = "out-of-memory",
    /// Somebody killed it.
    Killed = "killed",
    /// Its command or health check names a program that the image does not have.
    CommandMissing = "command-missing",
    /// Its command or health check names a program that may not be executed.
    CommandNotExecutable = "command-not-executable",
    /// The disk of the engine is full.
    DiskFull = "disk-full",
    /// It may not write where its data should go.
    PermissionDenied = "permission-denied",
    /// A port inside it, or on the host, is taken.
    AddressInUse = "address-in-use",
    /// It speaks an older Docker API than the engine accepts.
    DockerClientTooOld = "docker-client-too-old",
    /// Consul's entry point cannot take over a read-only config folder.
    ConsulConfigReadOnly = "consul-config-read-only",
    /// It refuses its configuration file.
    ConfigInvalid = "config-invalid",
    /// Log lines arrive without labels.
    LabelsMissing = "labels-missing",
    /// Two programs share one data folder.
    DataLocked = "data-locked",
    /// Jaeger's memory is full, and it takes no span any more.
    SpansRefused = "spans-refused",
}

/// What was seen of a failed component.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Code of the last exit.
    pub exit_code: Option<f64>,
    /// The kernel killed it for its memory limit.
    pub oom_killed: bool,
    /// How often the engine has started it again.
    pub restarts: f64,
    /// Last output of the engine's health check.
    pub health_check: Option<String>,
    /// Last answer to our own probe.
    pub probe: Option<String>,
    /// Last log lines.
    pub log_tail: Vec<String>,
}
