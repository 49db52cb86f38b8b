//! What there is to show of a container that is not well.

use stack::{
    diagnosis::diagnose,
    observed::{Container, Health, State as ContainerState},
};

use super::{Effect, Link, Seen, State};
use crate::api::{
    error::{AppError, ErrorCode, Fact},
    failure::{Cause, Evidence},
};

impl State {
    /// Asks for evidence of every container that is not well, once for each state it gets into.
    pub(super) fn gather_evidence(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.link, Link::Up(_)) {
            return;
        }
        let leaving = self.operation.as_ref().map(super::Operation::leaving).unwrap_or_default();
        let ill: Vec<(String, (ContainerState, Option<Health>))> = self
            .observed
            .iter()
            .flat_map(|observed| &observed.containers)
            .filter(|container| !container.oneoff && !leaving.contains(&container.id))
            // A container that failed and was started again since has still something to tell.
            .filter(|it| self.is_ill(it) || self.failures.contains_key(&it.service))
            .map(|container| (container.id.clone(), (container.state, container.health)))
            .collect();
        self.evidence.retain(|id, _| ill.iter().any(|(ill, _)| ill == id));
        for (container, state) in ill {
            let known = self.evidence.get(&container).is_some_and(|seen| seen.state == state);
            if !known {
                let before = self.evidence.remove(&container).and_then(|seen| seen.evidence);
                self.evidence.insert(container.clone(), Seen { state, answered: false, evidence: before });
                effects.push(Effect::Gather { container });
            }
        }
    }

    fn is_ill(&self, container: &Container) -> bool {
        match container.state {
            ContainerState::Restarting | ContainerState::Dead => true,
            // With such a policy only somebody's stop leads here, whatever the code is.
            ContainerState::Exited => {
                let service = self.project.services.get(&container.service);
                container.exit_code.is_some_and(|code| code != 0)
                    && !service.is_some_and(stack::compose::Service::restarts_after_success)
            }
            ContainerState::Running => container.health == Some(Health::Unhealthy),
            _ => false,
        }
    }

    /// A failure of a service with everything that was seen of it.
    pub(super) fn cause(&self, service: &str, error: AppError) -> Cause {
        let container = self.containers(service).find(|container| self.evidence.contains_key(&container.id));
        let seen = container.and_then(|it| self.evidence.get(&it.id)).and_then(|seen| seen.evidence.as_ref());
        let probe = self.probes.get(service).and_then(|probe| probe.result.as_ref());
        let probe = probe.or_else(|| self.containers(service).find_map(|it| self.asks.last(&it.id)));
        let mut evidence = Evidence {
            probe: probe.map(|probe| format!("{}: {}", probe.url, probe.answer)),
            exit_code: error.facts.exit_code().copied().map(code),
            ..Evidence::default()
        };
        let mut diagnosis = None;
        if let Some(seen) = seen {
            #[expect(clippy::cast_precision_loss, reason = "counts of restarts are small")]
            let restarts = seen.restart_count as f64;
            evidence.exit_code = evidence.exit_code.or(seen.exit_code.map(code));
            evidence.oom_killed = seen.oom_killed;
            evidence.restarts = restarts;
            evidence.health_check = seen.healthcheck.as_ref().map(|check| check.output.trim().to_owned());
            evidence.log_tail.clone_from(&seen.log_tail);
            let output = seen.log_tail.iter().map(String::as_str);
            let output = output.chain(seen.healthcheck.as_ref().map(|check| check.output.as_str()));
            let output = output.chain((!seen.error.is_empty()).then_some(seen.error.as_str()));
            diagnosis = diagnose(seen.exit_code, seen.oom_killed, output).map(crate::errors::diagnosis);
        }
        Cause { error, diagnosis, evidence }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exit codes are small")]
fn code(code: i64) -> f64 {
    code as f64
}

/// The failure that a container's own state is.
pub(super) fn failure_of(container: &Container) -> Option<AppError> {
    let exited = |code: Option<i64>| {
        let code = code.unwrap_or_default();
        AppError::new(ErrorCode::Exited, &container.service, code.to_string()).with(Fact::ExitCode(code))
    };
    match container.state {
        ContainerState::Restarting | ContainerState::Dead => Some(exited(container.exit_code)),
        ContainerState::Exited if container.exit_code != Some(0) => Some(exited(container.exit_code)),
        ContainerState::Running if container.health == Some(Health::Unhealthy) => {
            Some(AppError::new(ErrorCode::Unhealthy, &container.service, ""))
        }
        _ => None,
    }
}
