//! The state of the stack in one word.

use supervisor::api::snapshot::{Engine, Phase, Snapshot};

/// The state of the whole stack; counts are of components that are switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overall {
    NoEngine,
    Off,
    Working,
    Trouble { count: usize },
    Healthy { count: usize },
}

pub(crate) fn overall(snapshot: &Snapshot) -> Overall {
    if !matches!(snapshot.engine, Engine::Connected { .. }) {
        return Overall::NoEngine;
    }
    let on: Vec<&Phase> = snapshot
        .components
        .iter()
        .filter(|it| it.enabled || !matches!(it.phase, Phase::Off))
        .map(|it| &it.phase)
        .collect();
    let count = on.iter().filter(|phase| is_trouble(phase)).count();
    if count > 0 {
        Overall::Trouble { count }
    } else if snapshot.operation.as_ref().is_some_and(|operation| operation.outcome.is_none()) {
        Overall::Working
    } else {
        let well = on.iter().filter(|phase| matches!(phase, Phase::Healthy | Phase::Completed)).count();
        match (well, on.len()) {
            (0, 0) => Overall::Off,
            (well, all) if well == all => Overall::Healthy { count: well },
            _ => Overall::Working,
        }
    }
}

pub(crate) fn is_trouble(phase: &Phase) -> bool {
    matches!(phase, Phase::Failed { .. } | Phase::Degraded { .. } | Phase::Drifted { .. })
}
