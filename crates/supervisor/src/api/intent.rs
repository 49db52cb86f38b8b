//! What a face may ask for, and what it is answered.

use serde::{Deserialize, Serialize};

use super::{error::AppError, notice::Notice, operation::Preview};

/// Everything a user can ask for. Progress is not returned: it shows up in the next snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Intent {
    /// Bring components up, with what they need.
    Up {
        /// Component names; empty means those that are switched on.
        components: Vec<String>,
        /// Replace their containers even when nothing changed.
        recreate: bool,
        /// Ask the registry for newer images first.
        pull: bool,
        /// Wait until they are healthy.
        wait: bool,
    },
    /// Take components down. Volumes stay unless asked for.
    Down {
        /// Component names; empty means the whole stack.
        components: Vec<String>,
        /// Delete the named volumes with their data.
        volumes: bool,
        /// Remove containers whose service the file no longer has.
        orphans: bool,
    },
    /// Stop and start components as they are.
    Restart {
        /// Component names; empty means those that are up.
        components: Vec<String>,
        /// Wait until they are healthy.
        wait: bool,
    },
    /// Change variables in `.env` and bring components up with them. The file is written once the plan that follows
    /// from it is accepted, and not at all otherwise.
    Configure {
        /// The variables.
        edits: Vec<Edit>,
        /// Component names; empty means those that are switched on.
        components: Vec<String>,
    },
    /// End the running operation after the engine calls that are under way.
    Cancel,
    /// Give up every request that still waits for its turn.
    StopWaiting,
    /// Look at the engine and ask every component anew.
    Refresh,
}

/// A new value of a variable in `.env`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    /// Name of a variable that the stack declares.
    pub name: String,
    /// Its new value.
    pub value: String,
}

/// When a plan is shown before it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// When something in it needs a user's consent.
    Consents,
    /// Also when it acts on components that were not named.
    Reach,
    /// In any case.
    Always,
}

/// Something that is offered when an operation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// Bring the switches back to where they were before.
    Undo,
    /// Ask for the same once more.
    Retry,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Reply {
    /// It is under way.
    Accepted {
        /// Id of the operation.
        operation: u32,
    },
    /// The plan has to be seen first. Nothing has been done.
    NeedsConsent {
        /// What `agree` takes.
        token: u32,
        /// What would be done.
        plan: Preview,
        /// What came up since the plan that was agreed to; absent when none was.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        added: Option<Added>,
    },
    /// The plan cannot be carried out.
    Refused {
        /// The first reason, with the number of further ones.
        error: AppError,
        /// The plan with all reasons.
        plan: Preview,
    },
    /// It was done at once and is no operation.
    Done,
}

/// What a plan has beyond the one that a user has seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Added {
    /// Indices of its steps.
    pub steps: Vec<u32>,
    /// Consents that were not asked for.
    pub consents: Vec<Notice>,
}
