//! A plan before it is carried out, while it is, and afterwards.

use serde::Serialize;

use super::{codes::codes, error::AppError, intent::Offer, notice::Notice};

codes! {
    /// What a user asked for.
    OperationVerb:
    /// Components come up.
    Up = "up",
    /// Components go down.
    Down = "down",
    /// Components stop and start as they are.
    Restart = "restart",
}

codes! {
    /// What a step does.
    StepVerb:
    /// Fetches an image.
    Pull = "pull",
    /// Makes a network.
    CreateNetwork = "create-network",
    /// Makes a volume.
    CreateVolume = "create-volume",
    /// Makes a container.
    Create = "create",
    /// Starts a container.
    Start = "start",
    /// Stops a container.
    Stop = "stop",
    /// Lets a frozen container run on.
    Unpause = "unpause",
    /// Removes a container.
    Remove = "remove",
    /// Gives a container its final name.
    Rename = "rename",
    /// Removes a network.
    RemoveNetwork = "remove-network",
    /// Removes a volume with its data.
    RemoveVolume = "remove-volume",
    /// Waits until a service runs.
    WaitStarted = "wait-started",
    /// Waits until a service is healthy.
    WaitHealthy = "wait-healthy",
    /// Waits until a service has done its work.
    WaitCompleted = "wait-completed",
    /// Writes initial data.
    Seed = "seed",
    /// Plans the second stage of an operation.
    Plan = "plan",
}

impl StepVerb {
    /// It only looks how something comes along.
    pub fn is_wait(self) -> bool {
        matches!(self, Self::WaitStarted | Self::WaitHealthy | Self::WaitCompleted)
    }
}

codes! {
    /// Why a step is in the plan.
    StepCause:
    /// It is wanted and is not there.
    Missing = "missing",
    /// The compose file or `.env` says something else now.
    ConfigChanged = "config-changed",
    /// The image's tag points to another image now.
    ImageChanged = "image-changed",
    /// It lacks a network or a volume that it should have.
    Detached = "detached",
    /// It is there and does not run.
    NotRunning = "not-running",
    /// It is frozen.
    Paused = "paused",
    /// The user asked for just this.
    Requested = "requested",
    /// Another service needs it.
    NeededBy = "needed-by",
    /// It cannot do without a service that goes away.
    Needs = "needs",
    /// Nothing that is on needs it any more.
    Unneeded = "unneeded",
    /// It is switched off.
    SwitchedOff = "switched-off",
    /// It cannot run beside another component.
    ExcludedBy = "excluded-by",
    /// There is one too many.
    Surplus = "surplus",
    /// The compose file no longer has its service.
    Orphan = "orphan",
    /// A step before it made it necessary.
    Follows = "follows",
}

/// A plan before it is carried out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// What would be done.
    pub steps: Vec<Step>,
    /// What the user must agree to.
    pub consents: Vec<Notice>,
    /// What the user should know.
    pub warnings: Vec<Notice>,
    /// What forbids it.
    pub refusals: Vec<AppError>,
}

/// A plan that is being carried out, or was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// Grows with each operation of a supervisor.
    pub id: u32,
    /// What was asked for.
    pub verb: OperationVerb,
    /// Unix milliseconds.
    pub started: f64,
    /// Its steps, in plan order.
    pub steps: Vec<Step>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// What a user can ask for now that it has ended.
    pub offers: Vec<Offer>,
}

/// A request that waits for its turn: for another operation, or for another process that changes the stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Waiting {
    /// What was asked for.
    pub verb: OperationVerb,
    /// The components that were named.
    pub components: Vec<String>,
    /// Unix milliseconds.
    pub since: f64,
    /// The program that changes the stack now, in its own words; `None` when it waits for another request of this one.
    pub holder: Option<String>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step succeeded.
    Succeeded,
    /// A step failed; independent branches went on.
    Failed,
    /// The user ended it.
    Cancelled,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What is done.
    pub verb: StepVerb,
    /// To what.
    pub subject: String,
    /// The service it is done for.
    pub service: Option<String>,
    /// Why.
    pub cause: StepCause,
    /// The service that the cause names.
    pub because_of: Option<String>,
    /// Indices of the steps it comes after.
    pub after: Vec<u32>,
    /// How far it is.
    pub state: StepState,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum StepState {
    /// Its turn has not come.
    Pending,
    /// It is under way.
    Running {
        /// Unix milliseconds.
        since: f64,
        /// Bytes, for a pull.
        progress: Option<PullProgress>,
    },
    /// It succeeded.
    Done {
        /// Milliseconds it took.
        millis: f64,
    },
    /// It failed.
    Failed {
        /// Why.
        error: AppError,
    },
    /// It was not done since a step before it failed, or the user ended the operation.
    Skipped,
}

/// How far a pull is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PullProgress {
    /// Bytes downloaded.
    pub current: f64,
    /// Bytes in all, as far as known.
    pub total: f64,
    /// Layers complete.
    pub layers_done: u32,
    /// Layers in all, as far as known.
    pub layers: u32,
}
