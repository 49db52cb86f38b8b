//! How all is in one word. The one rule for window, tray and command.

use serde::Serialize;

use super::snapshot::{Component, Engine, Phase, Snapshot};

/// How the components are, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Overall {
    /// In one word.
    pub state: OverallState,
    /// Components that are well.
    pub well: u32,
    /// Components on their way up or down.
    pub working: u32,
    /// Components that need the user.
    pub attention: u32,
    /// Components that are off.
    pub off: u32,
    /// Components of which nothing is known.
    pub unknown: u32,
}

/// How all is in one word. What needs the user comes before what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum OverallState {
    /// The engine has not been looked at yet.
    #[default]
    Connecting,
    /// The engine does not answer.
    Lost,
    /// Something failed, is at fault, or is not as it should be.
    Attention,
    /// Something is being done.
    Working,
    /// Something is not there yet.
    Waiting,
    /// What is on is well.
    Well,
    /// Nothing is on.
    Off,
}

impl Overall {
    /// How these components of a snapshot are.
    pub fn of<'a>(snapshot: &Snapshot, components: impl IntoIterator<Item = &'a Component>) -> Self {
        let mut overall = Self::default();
        let (mut all, mut waiting, mut busy) = (0, false, false);
        for component in components {
            all += 1;
            match &component.phase {
                Phase::Healthy | Phase::Completed => overall.well += 1,
                Phase::Failed { .. } | Phase::Degraded { .. } | Phase::Drifted { .. } => {
                    overall.attention += 1;
                }
                Phase::Waiting { .. } => {
                    overall.working += 1;
                    waiting = true;
                }
                Phase::Pulling { .. } | Phase::Creating | Phase::Starting | Phase::Stopping => {
                    overall.working += 1;
                    busy = true;
                }
                Phase::Off => overall.off += 1,
                Phase::Unknown => overall.unknown += 1,
            }
        }
        let under_way = snapshot.operation.as_ref().is_some_and(|operation| operation.outcome.is_none());
        overall.state = match snapshot.engine {
            Engine::Connecting { .. } => OverallState::Connecting,
            Engine::Lost { .. } => OverallState::Lost,
            Engine::Connected { .. } if all > 0 && overall.unknown == all => OverallState::Connecting,
            Engine::Connected { .. } if overall.attention > 0 => OverallState::Attention,
            Engine::Connected { .. } if busy => OverallState::Working,
            Engine::Connected { .. } if waiting => OverallState::Waiting,
            Engine::Connected { .. } if under_way => OverallState::Working,
            Engine::Connected { .. } if overall.well > 0 => OverallState::Well,
            Engine::Connected { .. } => OverallState::Off,
        };
        overall
    }

    /// Whether everything that is on is well.
    pub fn is_well(&self) -> bool {
        matches!(self.state, OverallState::Well | OverallState::Off) && self.unknown == 0
    }
}
