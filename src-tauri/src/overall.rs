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

#[cfg(test)]
mod tests {
    use supervisor::api::{
        error::{AppError, ErrorCode},
        snapshot::{Drift, Engine, Phase},
    };

    use super::{Overall, overall};
    use crate::fixtures::{cause, snapshot};

    #[test]
    fn what_needs_the_user_comes_before_what_is_under_way() {
        let failed = Phase::Failed { cause: cause() };
        let drifted = Phase::Drifted { drift: Drift::Running };
        let all = [
            ("a", true, failed),
            ("b", true, Phase::Starting),
            ("c", false, drifted),
            ("d", true, Phase::Healthy),
        ];
        assert_eq!(overall(&snapshot(&all)), Overall::Trouble { count: 2 });
        assert_eq!(overall(&snapshot(&all[1..2])), Overall::Working);
        assert_eq!(overall(&snapshot(&all[3..])), Overall::Healthy { count: 1 });
    }

    #[test]
    fn what_is_off_does_not_count_and_without_an_engine_nothing_does() {
        let mut off = snapshot(&[("a", false, Phase::Off)]);
        assert_eq!(overall(&off), Overall::Off);
        assert_eq!(
            overall(&snapshot(&[("a", false, Phase::Off), ("b", true, Phase::Completed)])),
            Overall::Healthy { count: 1 }
        );
        let error = AppError::new(ErrorCode::EngineLost, "", "");
        off.engine = Engine::Lost { endpoint: String::new(), since: 0.0, error };
        assert_eq!(overall(&off), Overall::NoEngine);
    }
}
