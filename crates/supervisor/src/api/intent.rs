//! What a face may ask for.

use serde::{Deserialize, Serialize};

use super::operation::OperationVerb;

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
        /// The user has seen the plan and agrees to its consents.
        agreed: bool,
    },
    /// Take components down. Volumes stay unless asked for.
    Down {
        /// Component names; empty means the whole stack.
        components: Vec<String>,
        /// Delete the named volumes with their data.
        volumes: bool,
        /// Remove containers whose service the file no longer has.
        orphans: bool,
        /// The user has seen the plan and agrees to its consents.
        agreed: bool,
    },
    /// Stop and start components as they are.
    Restart {
        /// Component names; empty means those that are up.
        components: Vec<String>,
        /// Wait until they are healthy.
        wait: bool,
    },
    /// End the running operation after the engine call that is under way.
    Cancel,
    /// Look at the engine and ask every component anew.
    Refresh,
}

impl Intent {
    /// What the operation is called that carries it out; `None` where there is nothing to carry out.
    pub fn verb(&self) -> Option<OperationVerb> {
        match self {
            Self::Up { .. } => Some(OperationVerb::Up),
            Self::Down { .. } => Some(OperationVerb::Down),
            Self::Restart { .. } => Some(OperationVerb::Restart),
            Self::Cancel | Self::Refresh => None,
        }
    }
}
