//! A component as a face shows it: where it is and why, how healthy, and the services that it is made of.

use serde::Serialize;

use super::{codes::codes, failure::Cause, snapshot::Text};

/// One component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// Its name; often that of a service.
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
    /// Where it is: what the phases of its parts come to.
    pub phase: Phase,
    /// The part that makes the phase what it is; `null` for a component of one service, and while no part stands out.
    pub worst: Option<String>,
    /// Whether anything of it runs, by the engine's state. Parts that it shares do not count.
    pub runs: bool,
    /// What the engine's health checks and our own probes say, of all parts together.
    pub health: Health,
    /// All of its services: the one it is named after first, when there is one.
    pub parts: Vec<Part>,
    /// The container of the service it is named after.
    pub container: Option<Container>,
    /// Image reference with tag of the service it is named after; empty when it is named after none.
    pub image: String,
    /// Ports that its parts publish when they run, as the files say.
    pub ports: Vec<Port>,
    /// What its active parts may use in all.
    pub limits: Limits,
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

/// One service of a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Service name.
    pub service: String,
    /// For people; `null` when the files give none.
    pub title: Option<Text>,
    /// Whether it comes up with its component; otherwise a profile holds it back.
    pub active: bool,
    /// The components that it is a part of besides this one.
    pub shared_with: Vec<String>,
    /// Where it is.
    pub phase: Phase,
    /// Whether its container runs, by the engine's state.
    pub runs: bool,
    /// What the engine's health check and our own probe say.
    pub health: Health,
    /// Its container, when there is one.
    pub container: Option<Container>,
    /// Image reference with tag.
    pub image: String,
    /// Ports that it publishes when it runs, as the files say.
    pub ports: Vec<Port>,
    /// What it may use.
    pub limits: Limits,
}

/// What may be used at most.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Cores; `null` without a limit.
    pub cpus: Option<f64>,
    /// Bytes; `null` without a limit.
    pub memory: Option<f64>,
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
    /// Another component, or a part of one.
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

/// The container of a service.
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
    /// The service that serves it; usually the one that the component is named after.
    pub component: String,
    /// Whether that one is ready.
    pub live: bool,
}
