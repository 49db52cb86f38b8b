//! What a window needs beside the snapshot: streams, a component in depth, engines, the user's choices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::settings::{Language, Settings, Theme};
use super::{
    intent::{Intent, Offer, Review},
    operation::Preview,
    snapshot::{EngineHealth, PhaseKind},
};

/// What the engine tells of itself beside its version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EngineFacts {
    /// Docker context, such as `default` or `colima`.
    pub context: String,
    /// Whether this is the simulated engine.
    pub simulated: bool,
    /// Bytes that the stack's containers use.
    pub memory_used: f64,
    /// Bytes that the engine has.
    pub memory_total: f64,
    /// Bytes in use where the engine keeps images and volumes; `null` where it cannot be told.
    pub disk_used: Option<f64>,
    /// Bytes free there; `null` where it cannot be told.
    pub disk_free: Option<f64>,
}

/// One reading of a component, all of its parts together, or of one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Id of the component, or service name of the part.
    pub id: String,
    /// Cores in use: 1 is one full core.
    pub cpu: f64,
    /// Cores it may use; `null` without a limit.
    pub cpu_limit: Option<f64>,
    /// Bytes in use, without the page cache.
    pub memory: f64,
    /// Bytes it may use; `null` without a limit.
    pub memory_limit: Option<f64>,
    /// Bytes received since it started.
    pub network_in: f64,
    /// Bytes sent since it started.
    pub network_out: f64,
    /// Bytes read since it started.
    pub block_read: f64,
    /// Bytes written since it started.
    pub block_write: f64,
}

/// Readings of all running components, once a second.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StatsBatch {
    /// Unix milliseconds.
    pub at: f64,
    /// One for each component that runs.
    pub components: Vec<Stats>,
    /// One for each service that runs.
    pub parts: Vec<Stats>,
}

/// Where a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "everybody's words")]
pub enum LogSource {
    Stdout,
    Stderr,
}

/// One line of a container's output.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogLine {
    /// Grows by one with each line of a viewer.
    pub seq: u32,
    /// Service name.
    pub service: String,
    /// Where it was written to.
    pub stream: LogSource,
    /// Unix milliseconds.
    pub at: f64,
    /// The text with its ANSI sequences; bytes that are not UTF-8 are U+FFFD. Never to be trusted.
    pub text: String,
    /// Bytes cut off from a line that is too long.
    pub cut: u32,
}

/// What may befall a stream of logs. It goes on all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum LogNoticeKind {
    /// A container cannot be read; it is tried again, less and less often.
    Unreadable,
    /// It can be read again.
    Readable,
    /// The connection to the engine is lost.
    EngineLost,
    /// It is there again; lines go on where they stopped.
    EngineBack,
}

/// Something that happened to a stream of logs, told at its place between the lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogNotice {
    /// Counted with the lines.
    pub seq: u32,
    /// Service name; `null` when it is about all of them.
    pub service: Option<String>,
    /// What happened.
    pub kind: LogNoticeKind,
    /// Unix milliseconds.
    pub at: f64,
    /// The engine's words, where it had any. Never to be trusted.
    pub detail: String,
}

/// Lines since the last batch, at most ten batches a second.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogBatch {
    /// In the order in which they came.
    pub lines: Vec<LogLine>,
    /// What happened between them.
    pub notices: Vec<LogNotice>,
    /// Lines that did not fit between two batches.
    pub dropped: u32,
}

/// What a viewer of logs wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogRequest {
    /// Names of services; empty means all.
    pub services: Vec<String>,
    /// Lines of the past to begin with.
    pub tail: u32,
}

/// A variable of a container. Secret values never leave the backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: String,
    /// Its value, or a mask.
    pub value: String,
    /// The value is not shown: it is a secret, or the image's own.
    pub masked: bool,
    /// Where it was set.
    pub source: VariableSource,
}

/// Where a variable was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum VariableSource {
    /// The compose file.
    Compose,
    /// `.env`.
    EnvFile,
    /// The image.
    Image,
}

/// A configuration file of a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConfigFile {
    /// Relative to the stack's folder.
    pub path: String,
    /// Size.
    pub bytes: f64,
    /// Whether it can be checked now.
    pub validates: bool,
    /// Whether the component can take it over while it runs.
    pub reloads: bool,
}

/// A volume or bind mount of a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// Name of the volume, or path on the host.
    pub source: String,
    /// Path in the container.
    pub target: String,
    /// It cannot be written to.
    pub read_only: bool,
}

/// The kinds of mounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "compose's words")]
pub enum MountKind {
    Volume,
    Bind,
    Tmpfs,
}

/// A change of a component's health.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HealthEvent {
    /// Unix milliseconds.
    pub at: f64,
    /// Who said so.
    pub from: HealthSource,
    /// Whether it was good news.
    pub ok: bool,
    /// The phase that it got into, where that is the news.
    pub phase: Option<PhaseKind>,
    /// The engine's verdict, where that is the news.
    pub engine: Option<EngineHealth>,
    /// The output of the check, or the answer; empty where there is none.
    pub output: String,
}

/// Who speaks of a component's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum HealthSource {
    /// The engine's health check.
    Engine,
    /// Our own question.
    Probe,
    /// The component's phase.
    Phase,
}

/// Everything about one service that is too much for the snapshot.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// Service name.
    pub service: String,
    /// Id of the image; empty without a container.
    pub image_id: String,
    /// Its variables by name.
    pub environment: Vec<EnvironmentVariable>,
    /// The service as resolved from compose file and `.env`, as YAML, secrets masked.
    pub resolved: String,
    /// Files of the stack's folder that it mounts.
    pub files: Vec<ConfigFile>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Newest first.
    pub history: Vec<HealthEvent>,
}

/// An engine that was looked for, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EngineCandidate {
    /// Stable word: docker-desktop, docker-engine, colima, orbstack, rancher-desktop, podman, configured.
    pub id: String,
    /// Names this very engine, with the certificates that reach it, where the user chooses it.
    pub key: String,
    /// Its name.
    pub product: String,
    /// Where it was looked for.
    pub endpoint: String,
    /// What was found.
    pub state: EngineState,
    /// What was tried, and the answer.
    pub detail: String,
    /// What a user types to start it, or to be allowed to use it; `null` where there is no command.
    pub command: Option<String>,
    /// Whether Switchyard can start it itself.
    pub startable: bool,
}

/// How an engine was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum EngineState {
    /// It answers.
    Running,
    /// Its API is older than Switchyard can use.
    TooOld,
    /// Its socket may not be opened by this user.
    Denied,
    /// It is installed and does not answer.
    Stopped,
    /// It is not there.
    Absent,
}

/// The outcome of checking a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Validation {
    /// Whoever checked it has nothing against it.
    pub ok: bool,
    /// What the check said. May come from a container: never to be trusted.
    pub output: String,
    /// Who checked it.
    pub by: Checker,
}

/// Who checks a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Checker {
    /// Only its form was looked at.
    Syntax,
    /// The rules of the component's program, as they are known here.
    Rules,
    /// The component's own program has read it, in its container.
    Component,
}

/// What a user changes beside starting and stopping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// Opens a file of the stack's folder in the user's editor.
    OpenFile {
        /// Relative to the stack's folder.
        path: String,
    },
    /// Opens a page of the stack in the user's browser.
    OpenLink {
        /// An address of the snapshot's links, or one on the same host and port.
        url: String,
    },
    /// Writes a text into the user's folder for downloads, beside what is there.
    SaveText {
        /// Name of the file.
        name: String,
        /// Its content.
        text: String,
    },
    /// Lets a service read its configuration anew.
    Reload {
        /// Which.
        service: String,
    },
    /// Starts an engine that is installed.
    StartEngine {
        /// Id of a candidate.
        id: String,
    },
    /// Works on another engine.
    UseEngine {
        /// The key of one that was found, the name of a Docker context, or an address.
        endpoint: String,
    },
    /// Remembers the user's choices.
    SaveSettings {
        /// All of them.
        settings: Settings,
    },
}

/// What `send` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Request {
    /// Something that is wanted of the stack.
    Send {
        /// What.
        intent: Intent,
        /// When its plan is shown first.
        review: Review,
    },
    /// The user's word on a plan that was shown.
    Agree {
        /// Of the answer that showed it.
        token: u32,
    },
    /// Something that was offered when an operation had ended.
    Take {
        /// Its id.
        operation: u32,
        /// Which.
        offer: Offer,
    },
    /// Everything else.
    Change {
        /// What.
        change: Change,
    },
}

/// What `diagnostics` is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Question {
    /// What an intent would do.
    Preview {
        /// The intent.
        intent: Intent,
    },
    /// Everything about a service.
    Detail {
        /// Which.
        service: String,
    },
    /// What the engine tells of itself.
    EngineFacts,
    /// Which engines there are.
    Engines,
    /// The user's choices.
    Settings,
    /// Whether a service can read a configuration file.
    Validate {
        /// Whose file it is.
        service: String,
        /// Relative to the stack's folder.
        path: String,
    },
    /// Bytes of each volume, by its name. Slow: the engine looks at every file.
    VolumeSizes,
    /// A redacted report about this machine, stack and engine.
    Report,
}

/// The answer to a [`Question`]; on the wire only the value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "each is the answer to the question of its name")]
pub enum Answer {
    Preview(Preview),
    Detail(Detail),
    EngineFacts(EngineFacts),
    Engines(Vec<EngineCandidate>),
    Settings(Settings),
    Validation(Validation),
    VolumeSizes(BTreeMap<String, f64>),
    Report(String),
}
