//! What a face shows: one whole value, replaced at every change. Logs and stats never ride in it.

use serde::Serialize;

use super::{codes::codes, error::AppError};
pub use super::{
    failure::{Cause, Diagnosis, Evidence},
    notice::{Notice, NoticeCode, Remark},
    operation::{
        Operation, OperationVerb, Outcome, Preview, PullProgress, Step, StepCause, StepState, StepVerb,
        Waiting,
    },
};

/// The state of a stack at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Grows by one with each snapshot of a supervisor.
    pub revision: u32,
    /// Which stack.
    pub stack: Stack,
    /// The engine it runs on.
    pub engine: Engine,
    /// Components in display order.
    pub components: Vec<Component>,
    /// The operation that runs, or the last one that ended.
    pub operation: Option<Operation>,
    /// Requests that wait for their turn, in its order.
    pub waiting: Vec<Waiting>,
    /// Why the stack's files cannot be read now; everything shown is what they said last.
    pub unreadable: Vec<AppError>,
    /// Things the user should know that belong to no component.
    pub notices: Vec<Notice>,
    /// Every question to engine and components has been answered and nothing is under way.
    pub settled: bool,
}

/// Which stack a snapshot is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    /// Compose project name.
    pub name: String,
    /// Title for people.
    pub title: Text,
    /// Absolute path of its folder.
    pub folder: String,
    /// Purposes, in display order.
    pub groups: Vec<Named>,
    /// Named sets of components.
    pub presets: Vec<Preset>,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "the two languages")]
pub struct Text {
    pub en: String,
    pub zh: String,
}

/// An id with its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "the type says it")]
pub struct Named {
    pub id: String,
    pub title: Text,
}

/// A named set of components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Preset {
    /// The word on the command line.
    pub id: String,
    /// For people.
    pub title: Text,
    /// Component names.
    pub components: Vec<String>,
}

/// The engine, as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Engine {
    /// The first contact is being made.
    Connecting {
        /// Where.
        endpoint: String,
    },
    /// It answers.
    Connected {
        /// Where.
        endpoint: String,
        /// Such as "Docker Engine".
        product: String,
        /// Its version.
        version: String,
        /// The API version that requests are pinned to.
        api: String,
    },
    /// It does not answer any more; everything else in the snapshot is as old as this.
    Lost {
        /// Where.
        endpoint: String,
        /// Unix milliseconds.
        since: f64,
        /// What happened.
        error: AppError,
    },
}

/// One component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// Service name.
    pub id: String,
    /// For people.
    pub title: Text,
    /// One sentence.
    pub about: Text,
    /// Id of its group.
    pub group: String,
    /// Icon name.
    pub icon: String,
    /// The word for how services use it: two components that are used alike have the same. May be empty.
    pub recipe: String,
    /// Whether its switch is on.
    pub enabled: bool,
    /// Where it is.
    pub phase: Phase,
    /// What the engine's health check and our own probe say.
    pub health: Health,
    /// Its container, when there is one.
    pub container: Option<Container>,
    /// Image reference with tag.
    pub image: String,
    /// Ports that it publishes when it runs, as the files say.
    pub ports: Vec<Port>,
    /// Pages to open.
    pub links: Vec<Link>,
    /// Components that have to be on for it.
    pub needs: Vec<String>,
    /// Components that cannot be on beside it.
    pub excludes: Vec<String>,
    /// Components it makes use of when they are on.
    pub uses: Vec<String>,
    /// The component that takes its place, and why, when upstream has given it up.
    pub replacement: Option<Replacement>,
}

/// Which component takes the place of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "the type says it")]
pub struct Replacement {
    pub component: String,
    pub reason: Text,
}

/// Where a component is, in one word, with its cause when it is not fine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Phase {
    /// Switched off, and no container runs.
    Off,
    /// Its image is being fetched.
    Pulling {
        /// Bytes so far.
        current: f64,
        /// Bytes in all, as far as the registry has said; 0 when unknown.
        total: f64,
    },
    /// Its container is being made.
    Creating,
    /// Its container is being started.
    Starting,
    /// It is not there yet, and this is what is missing.
    Waiting {
        /// What.
        reason: WaitReason,
        /// Unix milliseconds.
        since: f64,
    },
    /// It runs and answers.
    Healthy,
    /// It runs, and something is wrong.
    Degraded {
        /// What.
        cause: Cause,
    },
    /// It does not run, or did not get there.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// It is being stopped.
    Stopping,
    /// It has done its work and exited with code 0.
    Completed,
    /// It is not as it should be, and Switchyard did not cause that.
    Drifted {
        /// How.
        drift: Drift,
    },
    /// The engine does not answer.
    Unknown,
}

codes! {
    /// The word of a phase.
    PhaseKind:
    /// Switched off.
    Off = "off",
    /// Its image is being fetched.
    Pulling = "pulling",
    /// Its container is being made.
    Creating = "creating",
    /// Its container is being started.
    Starting = "starting",
    /// It is not there yet.
    Waiting = "waiting",
    /// It runs and answers.
    Healthy = "healthy",
    /// Something is wrong with it.
    Degraded = "degraded",
    /// It does not run.
    Failed = "failed",
    /// It is being stopped.
    Stopping = "stopping",
    /// It has done its work.
    Completed = "completed",
    /// It is not as it should be.
    Drifted = "drifted",
    /// The engine does not answer.
    Unknown = "unknown",
}

impl Phase {
    /// Its word.
    pub fn kind(&self) -> PhaseKind {
        match self {
            Self::Off => PhaseKind::Off,
            Self::Pulling { .. } => PhaseKind::Pulling,
            Self::Creating => PhaseKind::Creating,
            Self::Starting => PhaseKind::Starting,
            Self::Waiting { .. } => PhaseKind::Waiting,
            Self::Healthy => PhaseKind::Healthy,
            Self::Degraded { .. } => PhaseKind::Degraded,
            Self::Failed { .. } => PhaseKind::Failed,
            Self::Stopping => PhaseKind::Stopping,
            Self::Completed => PhaseKind::Completed,
            Self::Drifted { .. } => PhaseKind::Drifted,
            Self::Unknown => PhaseKind::Unknown,
        }
    }
}

/// What a component waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WaitReason {
    /// Its turn in the plan.
    Turn,
    /// Another component.
    Dependency {
        /// Which.
        component: String,
    },
    /// The engine's health check.
    HealthCheck,
    /// Our own probe.
    Probe,
    /// It died and the engine starts it again.
    Restart,
    /// Its main process to end.
    Exit,
}

/// How a component differs from what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Drift {
    /// It is switched on and does not run.
    Stopped,
    /// It is switched on and its container is gone.
    Gone,
    /// It runs though it is switched off.
    Running,
    /// It runs with another configuration than the files say now.
    Outdated,
    /// It is frozen.
    Paused,
}

/// The two opinions on a component's health. They are kept apart since they look from different sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The engine's health check inside the container; `None` when it has none or does not run.
    pub engine: Option<EngineHealth>,
    /// Our question over HTTP from outside; `None` when it has none or was not asked yet.
    pub probe: Option<ProbeResult>,
    /// Who says that it is ready; absent while nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ready_by: Option<ReadyBy>,
}

/// Who found a component ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ReadyBy {
    /// The engine, by its health check.
    Engine,
    /// We, by its probe.
    Probe,
    /// We, by running its health check before the engine's next turn.
    HealthCheck,
}

/// The engine's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the engine's own words")]
pub enum EngineHealth {
    Starting,
    Healthy,
    Unhealthy,
}

/// The answer to one probe.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ProbeResult {
    /// Whether it is the answer of a ready component.
    pub ok: bool,
    /// What was asked.
    pub url: String,
    /// Status and the beginning of the body, or the error.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub millis: f64,
    /// Unix milliseconds.
    pub at: f64,
}

/// The container of a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Full id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The engine's words, such as `Up 3 minutes (healthy)`.
    pub status: String,
    /// Published ports.
    pub ports: Vec<Port>,
    /// Unix milliseconds of its last start; `null` while it does not run, and until the engine was asked.
    pub started: Option<f64>,
    /// How often the engine has started it again by its restart policy.
    pub restarts: u32,
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "the type says it")]
pub struct Port {
    pub ip: String,
    pub public: u16,
    pub private: u16,
    pub protocol: String,
}

/// A page of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Link {
    /// Stable word.
    pub id: String,
    /// For people.
    pub title: Text,
    /// Full address.
    pub url: String,
    /// The component that serves it; usually the one it belongs to.
    pub component: String,
    /// Whether that one is ready.
    pub live: bool,
}
