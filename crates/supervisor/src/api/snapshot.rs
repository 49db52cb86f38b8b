//! What a face shows: one whole value, replaced at every change. Logs and stats never ride in it.

use serde::Serialize;

pub use super::{component::*, overall::*};
use super::{error::AppError, intent::Offer};

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
    /// How all of it is in one word.
    pub overall: Overall,
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

/// A plan that is being carried out, or was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// Grows with each operation of a supervisor.
    pub id: u32,
    /// `up`, `down` or `restart`.
    pub verb: String,
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
    /// `up`, `down` or `restart`.
    pub verb: String,
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
    /// Kind of step, such as `pull` or `start`: a verb of `stack::plan`.
    pub verb: String,
    /// What it is done to.
    pub subject: String,
    /// The service it is done for.
    pub service: Option<String>,
    /// Why: a code of `stack::plan`.
    pub cause: String,
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
        progress: Option<Progress>,
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
pub struct Progress {
    /// Bytes downloaded.
    pub current: f64,
    /// Bytes in all, as far as known.
    pub total: f64,
    /// Layers complete.
    pub layers_done: u32,
    /// Layers in all, as far as known.
    pub layers: u32,
}

/// Something the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// A stable kebab-case word.
    pub code: String,
    /// What it is about: a container, a volume, a file, a variable.
    pub subject: String,
    /// A second name, where the sentence needs one.
    pub other: Option<String>,
}

/// A plan before it is carried out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// What would be done.
    pub steps: Vec<Step>,
    /// What the user must agree to: code, subject, other.
    pub consents: Vec<Notice>,
    /// What the user should know.
    pub warnings: Vec<Notice>,
    /// What forbids it.
    pub refusals: Vec<AppError>,
}
