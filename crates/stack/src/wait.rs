//! Whether a service has come as far as somebody waits for, judged from what its containers show, and how long it may
//! take.

mod deadline;

pub use deadline::deadline;

use crate::{
    compose::model::{Condition, Service},
    observed::{Container, Health, State},
};

/// How many times a container with a restart policy may die before a wait gives up.
const DEATHS_BEFORE_GIVING_UP: u32 = 3;

/// The answer to one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is so far.
    Ready,
    /// Not yet; what it is waiting for.
    NotYet(Waiting),
    /// It will not get there by itself.
    Never(Hopeless),
}

/// What a service is being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiting {
    /// Its container does not run yet.
    Start,
    /// Its health check has not passed yet.
    Health,
    /// It runs and has not exited yet.
    Exit,
    /// It died and the engine starts it again.
    Restart,
}

/// Why waiting is in vain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hopeless {
    /// It exited, and nobody starts it again, or it has died too often.
    Exited {
        /// The exit code.
        code: i64,
    },
    /// Its health check failed as often as `retries` allows.
    Unhealthy,
    /// Its health is asked for, and it has no health check.
    NoHealthcheck,
    /// Its container was removed.
    Gone,
}

/// Looks once. With each container comes how often it died since its last ordered start, so that an exit
/// from before that start is not taken for a new one. `started` says that a start has been ordered.
pub fn look(
    condition: Condition,
    service: &Service,
    containers: &[(&Container, u32)],
    started: bool,
) -> Verdict {
    let verdicts = containers.iter().map(|(container, deaths)| one(condition, service, container, *deaths));
    let nobody = if started { Verdict::Never(Hopeless::Gone) } else { Verdict::NotYet(Waiting::Start) };
    verdicts.max_by_key(severity).unwrap_or(nobody)
}

fn one(condition: Condition, service: &Service, container: &Container, deaths: u32) -> Verdict {
    let code = container.exit_code.unwrap_or_default();
    match (condition, container.state) {
        (Condition::Completed, State::Exited) if code == 0 => Verdict::Ready,
        (Condition::Completed, State::Running) => Verdict::NotYet(Waiting::Exit),
        (Condition::Started, State::Running) => Verdict::Ready,
        (Condition::Healthy, State::Running) => match container.health {
            Some(Health::Healthy) => Verdict::Ready,
            Some(Health::Unhealthy) => Verdict::Never(Hopeless::Unhealthy),
            Some(Health::Starting) => Verdict::NotYet(Waiting::Health),
            None if service.has_healthcheck() => Verdict::NotYet(Waiting::Health),
            None => Verdict::Never(Hopeless::NoHealthcheck),
        },
        (_, State::Exited | State::Dead | State::Restarting) if deaths > 0 => {
            let again = !matches!(service.restart.as_str(), "" | "no");
            if again && deaths < DEATHS_BEFORE_GIVING_UP {
                Verdict::NotYet(Waiting::Restart)
            } else {
                Verdict::Never(Hopeless::Exited { code })
            }
        }
        (_, State::Restarting) => Verdict::NotYet(Waiting::Restart),
        _ => Verdict::NotYet(Waiting::Start),
    }
}

/// The worst container speaks for the service.
fn severity(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Ready => 0,
        Verdict::NotYet(_) => 1,
        Verdict::Never(_) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(state: State, health: Option<Health>, exit_code: Option<i64>) -> Container {
        Container { state, health, exit_code, ..Container::default() }
    }

    fn service(restart: &str, checked: bool) -> Service {
        let healthcheck = checked.then(|| crate::compose::model::Healthcheck {
            test: vec!["CMD".into(), "true".into()],
            ..Default::default()
        });
        Service { restart: restart.into(), healthcheck, ..Service::default() }
    }

    #[test]
    fn health_is_waited_for_until_the_engine_speaks() {
        let service = service("unless-stopped", true);
        let look = |health| {
            look(Condition::Healthy, &service, &[(&container(State::Running, health, None), 0)], true)
        };
        assert_eq!(look(None), Verdict::NotYet(Waiting::Health));
        assert_eq!(look(Some(Health::Starting)), Verdict::NotYet(Waiting::Health));
        assert_eq!(look(Some(Health::Healthy)), Verdict::Ready);
        assert_eq!(look(Some(Health::Unhealthy)), Verdict::Never(Hopeless::Unhealthy));
    }

    #[test]
    fn a_service_without_a_health_check_never_gets_healthy() {
        let service = service("", false);
        let running = container(State::Running, None, None);
        assert_eq!(
            look(Condition::Healthy, &service, &[(&running, 0)], true),
            Verdict::Never(Hopeless::NoHealthcheck)
        );
    }

    #[test]
    fn a_crash_loop_is_given_up_after_three_deaths() {
        let service = service("unless-stopped", true);
        let dead = container(State::Restarting, None, Some(3));
        let look = |deaths| look(Condition::Healthy, &service, &[(&dead, deaths)], true);
        assert_eq!(look(1), Verdict::NotYet(Waiting::Restart));
        assert_eq!(look(3), Verdict::Never(Hopeless::Exited { code: 3 }));
    }

    #[test]
    fn an_exit_without_a_restart_policy_is_final() {
        let service = service("", true);
        let dead = container(State::Exited, None, Some(1));
        assert_eq!(
            look(Condition::Healthy, &service, &[(&dead, 1)], true),
            Verdict::Never(Hopeless::Exited { code: 1 })
        );
        assert_eq!(
            look(Condition::Healthy, &service, &[(&dead, 0)], true),
            Verdict::NotYet(Waiting::Start),
            "an exit from before the start that was just ordered says nothing"
        );
    }

    #[test]
    fn one_shots_complete_with_code_zero_only() {
        let service = service("", false);
        let done = container(State::Exited, None, Some(0));
        let failed = container(State::Exited, None, Some(2));
        assert_eq!(look(Condition::Completed, &service, &[(&done, 1)], true), Verdict::Ready);
        assert_eq!(
            look(Condition::Completed, &service, &[(&failed, 1)], true),
            Verdict::Never(Hopeless::Exited { code: 2 })
        );
    }

    #[test]
    fn the_worst_replica_speaks_for_the_service() {
        let service = service("", true);
        let good = container(State::Running, Some(Health::Healthy), None);
        let slow = container(State::Running, Some(Health::Starting), None);
        assert_eq!(
            look(Condition::Healthy, &service, &[(&good, 0), (&slow, 0)], true),
            Verdict::NotYet(Waiting::Health)
        );
    }
}
