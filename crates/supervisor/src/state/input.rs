//! What comes into the state, and what it asks the loop to do.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use clients::probe::Question;
use engine::{Details, EngineInfo, Event, Evidence};
use stack::{
    observed::{ConfigFault, Observed},
    plan::StepId,
};
use tokio::sync::oneshot;

use super::{Answer, Ask, Generation, Reading};
use crate::api::{
    error::AppError,
    intent::Intent,
    snapshot::{Notice, Preview, ProbeResult, PullProgress},
};

/// Everything that can happen.
pub(crate) enum Input {
    /// A face asks for something.
    Intent(Intent, oneshot::Sender<Result<u32, AppError>>),
    /// A face asks what an intent would do.
    Preview(Intent, oneshot::Sender<Result<Preview, AppError>>),
    /// The engine answers, or does not.
    Connected { generation: Generation, result: Result<EngineInfo, AppError> },
    /// One look at the engine.
    Observed { generation: Generation, result: Result<Observed, AppError> },
    /// What is wrong with the configuration of services that a plan would start.
    Checked(BTreeMap<String, Vec<ConfigFault>>),
    /// The engine tells of a change.
    Event { generation: Generation, event: Event },
    /// The engine's event stream ended.
    StreamLost { generation: Generation, error: AppError },
    /// The right to change the stack was granted, or somebody else has it.
    Locked(Result<(), AppError>),
    /// A step ended; a creation brings the container's id.
    StepDone { operation: u32, step: StepId, result: Result<Option<String>, AppError> },
    /// A pull has come further.
    Pulling { operation: u32, step: StepId, progress: PullProgress },
    /// What there is to see of a container that is not well.
    Evidence { container: String, evidence: Option<Evidence> },
    /// What a container tells of its life; `None` when it is gone.
    Inspected { container: String, details: Option<Details> },
    /// A component answered a probe, or did not.
    Probed { component: String, result: ProbeResult },
    /// The pause before a question to a container that is waited for is over.
    PauseOver { container: String, number: u32 },
    /// What a container that is waited for answered.
    Answered { container: String, number: u32, answer: Answer },
    /// A collector's count was read, or could not be.
    Flowed { component: String, reading: Option<Reading> },
    /// A wait has lasted as long as it may.
    Deadline { operation: u32, step: StepId },
    /// The engine has been away as long as a running operation puts up with.
    GivenUp { operation: u32 },
    /// Time for another look, in case an event was lost.
    Beat,
    /// Something to tell the user that came from outside the loop.
    Notice(Notice),
}

impl Input {
    /// The connection that it came through, when it came through one.
    pub(super) fn generation(&self) -> Option<Generation> {
        match self {
            Self::Connected { generation, .. }
            | Self::Observed { generation, .. }
            | Self::Event { generation, .. }
            | Self::StreamLost { generation, .. } => Some(*generation),
            _ => None,
        }
    }
}

/// What the loop has to do about it.
pub(crate) enum Effect {
    Connect {
        generation: Generation,
        after: Duration,
    },
    /// Look at everything, after a look at each of the containers that died: an engine may tell of a death
    /// before its list shows it, but never before the container itself does.
    Observe {
        seeds: bool,
        died: Vec<String>,
    },
    /// Look at the configuration of these services.
    Check {
        services: BTreeSet<String>,
    },
    Lock,
    Unlock,
    Perform {
        operation: u32,
        step: StepId,
    },
    Seed {
        operation: u32,
        step: StepId,
        service: String,
        base: String,
    },
    Deadline {
        operation: u32,
        step: StepId,
        after: Duration,
    },
    /// Say `GivenUp` then.
    GiveUp {
        operation: u32,
        after: Duration,
    },
    Gather {
        container: String,
    },
    /// Ask when a container was started, and how often.
    Inspect {
        container: String,
    },
    Probe {
        component: String,
        question: Question,
        after: Duration,
    },
    /// Say `PauseOver` then.
    Pause {
        container: String,
        number: u32,
        after: Duration,
    },
    /// Ask a container whether it is ready, once.
    Ask {
        container: String,
        number: u32,
        ask: Ask,
    },
    /// Read a collector's count; when it has not grown, ask whether containers wrote meanwhile.
    Flow {
        component: String,
        url: String,
        before: Option<Reading>,
        after: Duration,
    },
    CancelSteps,
    SaveSwitches(BTreeSet<String>),
    AnswerIntent(oneshot::Sender<Result<u32, AppError>>, Result<u32, AppError>),
    AnswerPreview(oneshot::Sender<Result<Preview, AppError>>, Result<Preview, AppError>),
}
