//! What a face shows: one whole value, replaced at every change. Logs and stats never ride in it.

use serde::Serialize;

use super::error::AppError;
pub use super::{
    component::*,
    failure::{Cause, Diagnosis, Evidence},
    notice::{Notice, NoticeCode, Remark},
    operation::{
        Operation, OperationVerb, Outcome, Preview, PullProgress, Step, StepCause, StepState, StepVerb,
        Waiting,
    },
    overall::*,
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
