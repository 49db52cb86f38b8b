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

use super::{Answer, Ask, Files, Generation, Reading, Respond};
use crate::{
    api::{
        error::AppError,
        intent::{Edit, Intent, Offer, Reply, Review},
        snapshot::{Notice, Preview, ProbeResult, PullProgress},
    },
    options::Choice,
    source::{FileEdit, Trial},
};

/// Everything that can happen.
pub(crate) enum Input {
    /// A face asks for something.
    Intent(Intent, Review, Respond),
    /// A user agrees to a plan that he was shown.
    Agree(u32, Respond),
    /// A user takes what was offered when an operation had ended.
    Take(u32, Offer, Respond),
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
    /// Somebody else has the right to change the stack. Once he gives it up, it is granted.
    Held { turn: u32, holder: String },
    /// The right to change the stack was granted, or cannot be had.
    Locked { turn: u32, result: Result<(), AppError> },
    /// The files are as they were, or were read again.
    Read(Option<Result<Files, Vec<AppError>>>),
    /// The user has chosen an engine.
    UseEngine(Choice),
    /// The stack as it would be with edits.
    Tried { turn: u32, result: Result<Trial, AppError> },
    /// The edits are in their file, or could not be written.
    Written { turn: u32, result: Result<(), AppError> },
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
    /// `seek`: where the usual engine is meant, it may be another one by now.
    Connect {
        generation: Generation,
        after: Duration,
        seek: bool,
    },
    UseEngine(Choice),
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
    /// Take the right to change the stack, however long that lasts.
    Lock {
        turn: u32,
    },
    /// Give it up, or stop waiting for it.
    Unlock,
    /// Read the files again if they are other ones.
    Read,
    /// Find out what the stack would be with these edits.
    Try {
        turn: u32,
        edits: Vec<Edit>,
    },
    Write {
        turn: u32,
        edit: FileEdit,
    },
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
    Respond(Respond, Result<Reply, AppError>),
    AnswerPreview(oneshot::Sender<Result<Preview, AppError>>, Result<Preview, AppError>),
}
