//! Where a component is, in one word, and why.

use std::collections::BTreeSet;

use stack::{
    compose::{Service, hash::is_current},
    observed::{Container, Health, State as ContainerState},
    plan::{Op, StepId},
    wait::Waiting,
};

use super::{Link, Operation, State, evidence::failure_of};
use crate::api::{
    error::{AppError, ErrorCode},
    operation::{PullProgress, StepState},
    snapshot::{Drift, Phase, WaitReason},
};

impl State {
    /// Where a service is; `wanted` says whether it should run.
    pub(super) fn phase(&self, service: &Service, wanted: bool) -> Phase {
        if matches!(self.link, Link::Lost { .. }) || self.observed.is_none() {
            return Phase::Unknown;
        }
        if let Some(phase) = self.operation_phase(service) {
            return phase;
        }
        if let Some(error) = self.failures.get(&service.name)
            && !self.is_fine(&service.name)
        {
            return Phase::Failed { cause: self.cause(&service.name, error.clone()) };
        }
        if let Some(component) = self.held_up.get(&service.name).filter(|_| !self.is_up(&service.name)) {
            let since = self.operation.as_ref().map_or(0.0, |operation| operation.started);
            return Phase::Waiting { reason: WaitReason::Dependency { component: component.clone() }, since };
        }
        self.resting_phase(service, wanted)
    }

    fn is_fine(&self, service: &str) -> bool {
        let containers = self.present(service);
        !containers.is_empty()
            && containers.iter().all(|it| {
                it.state == ContainerState::Running
                    && matches!(self.health_of(it), None | Some(Health::Healthy))
            })
    }

    /// The containers of a service without those that are down and whose place another one has taken: a replaced one is
    /// removed while its successor starts, and an operation that was cut short leaves it behind.
    pub(super) fn present<'a>(&'a self, service: &'a str) -> Vec<&'a Container> {
        let up: BTreeSet<u32> =
            self.containers(service).filter(|it| it.is_up()).map(|container| container.number).collect();
        let running = self.operation.as_ref().filter(|operation| operation.outcome.is_none());
        let leaving = running.map(Operation::leaving).filter(|_| !up.is_empty()).unwrap_or_default();
        let replaced = |it: &Container| up.contains(&it.number) || leaving.contains(&it.id);
        self.containers(service).filter(|it| it.is_up() || !replaced(it)).collect()
    }

    /// What the running operation does to the service at this moment.
    fn operation_phase(&self, service: &Service) -> Option<Phase> {
        let operation = self.operation.as_ref().filter(|operation| operation.outcome.is_none())?;
        let mine = |id: &StepId| operation.plan.steps[*id].service.as_deref() == Some(&service.name);
        let ids: Vec<StepId> = (0..operation.plan.steps.len()).filter(mine).collect();
        let step_of = |id: &StepId| &operation.plan.steps[*id].op;
        // The removal of what was replaced goes on beside the start of its successor and says nothing of the service.
        let stays = ids.iter().any(|id| matches!(step_of(id), Op::Start(_) | Op::Unpause(_)));
        let running =
            ids.iter().copied().filter(|id| !(stays && matches!(step_of(id), Op::Remove(_)))).find_map(
                |id| match operation.steps[id].state {
                    StepState::Running { since, progress } => Some((id, since, progress)),
                    _ => None,
                },
            );
        let image = Self::pull_of(operation, service);
        if let Some((id, since, progress)) = running.or(image) {
            return Some(match &operation.plan.steps[id].op {
                Op::Pull { .. } => Phase::Pulling {
                    current: progress.map_or(0.0, |progress| progress.current),
                    total: progress.map_or(0.0, |progress| progress.total),
                },
                Op::Start(_) | Op::Unpause(_) => Phase::Starting,
                Op::Stop(_) | Op::Remove(_) => Phase::Stopping,
                Op::Await(_) => {
                    let reason = match operation.waiting_for.get(&id) {
                        Some(Waiting::Health) => WaitReason::HealthCheck,
                        Some(Waiting::Exit) => WaitReason::Exit,
                        Some(Waiting::Restart) => WaitReason::Restart,
                        Some(Waiting::Start) | None => return Some(Phase::Starting),
                    };
                    Phase::Waiting { reason, since }
                }
                _ => Phase::Creating,
            });
        }
        let next = ids.into_iter().find(|id| {
            operation.steps[*id].state == StepState::Pending
                && !(stays && matches!(step_of(id), Op::Remove(_)))
        })?;
        match operation.plan.steps[next].op {
            Op::Await(_) => None,
            // Whoever goes after others is on its way already.
            Op::Stop(_) | Op::Remove(_) => Some(Phase::Stopping),
            _ => Some(Phase::Waiting { reason: blocker(operation, next, service), since: operation.started }),
        }
    }

    /// One service's step fetches an image for all that use it.
    fn pull_of(operation: &Operation, service: &Service) -> Option<(StepId, f64, Option<PullProgress>)> {
        operation.plan.steps.iter().enumerate().find_map(|(id, step)| {
            match (&step.op, &operation.steps[id].state) {
                (Op::Pull { image, .. }, StepState::Running { since, progress })
                    if image == &service.image =>
                {
                    Some((id, *since, *progress))
                }
                _ => None,
            }
        })
    }

    /// Where it is while nothing is being done to it.
    fn resting_phase(&self, service: &Service, enabled: bool) -> Phase {
        let containers = self.present(&service.name);
        let drifted = |drift| Phase::Drifted { drift };
        let Some(worst) = containers.iter().copied().max_by_key(|container| self.severity(container)) else {
            return if enabled { drifted(Drift::Gone) } else { Phase::Off };
        };
        match worst.state {
            ContainerState::Paused => drifted(Drift::Paused),
            ContainerState::Running => self.running_phase(service, worst, enabled),
            ContainerState::Restarting | ContainerState::Dead => self.failed(worst),
            ContainerState::Exited => match worst.exit_code {
                Some(0) if !service.restarts_after_success() => Phase::Completed,
                _ if !enabled => Phase::Off,
                // The engine starts it again unless somebody stopped it, so the code says nothing: some
                // programs exit with 1 when they are told to stop.
                _ if service.restarts_after_success() => drifted(Drift::Stopped),
                _ => self.failed(worst),
            },
            ContainerState::Created | ContainerState::Removing | ContainerState::Unknown => {
                if enabled {
                    drifted(Drift::Stopped)
                } else {
                    Phase::Off
                }
            }
        }
    }

    fn running_phase(&self, service: &Service, container: &Container, enabled: bool) -> Phase {
        match self.health_of(container) {
            Some(Health::Unhealthy) => {
                let error = AppError::new(ErrorCode::Unhealthy, &service.name, "");
                Phase::Degraded { cause: self.cause(&service.name, error) }
            }
            Some(Health::Starting) => {
                #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
                let since = container.created as f64 * 1000.0;
                Phase::Waiting { reason: WaitReason::HealthCheck, since }
            }
            _ if !enabled => Phase::Drifted { drift: Drift::Running },
            _ if !is_current(service, &container.config_hash) && !container.config_hash.is_empty() => {
                Phase::Drifted { drift: Drift::Outdated }
            }
            _ => self
                .answer_phase(&service.name, container)
                .or_else(|| self.flow_phase(service, container))
                .unwrap_or(Phase::Healthy),
        }
    }

    pub(super) fn severity(&self, container: &Container) -> u8 {
        match (container.state, self.health_of(container)) {
            (ContainerState::Running, Some(Health::Healthy) | None) => 0,
            (ContainerState::Running, Some(Health::Starting)) => 1,
            (ContainerState::Paused, _) => 2,
            (ContainerState::Running, Some(Health::Unhealthy)) => 3,
            _ => 4,
        }
    }

    fn failed(&self, container: &Container) -> Phase {
        match failure_of(container) {
            Some(error) => Phase::Failed { cause: self.cause(&container.service, error) },
            None => Phase::Drifted { drift: Drift::Stopped },
        }
    }
}

/// What the next step of a service waits for: the nearest unfinished step of another one.
fn blocker(operation: &Operation, step: StepId, service: &Service) -> WaitReason {
    let unfinished = |id: &&StepId| !matches!(operation.steps[**id].state, StepState::Done { .. });
    let before = &operation.plan.steps[step];
    let others = before.after.iter().chain(&before.despite).filter(unfinished);
    let other =
        others.filter_map(|id| operation.plan.steps[*id].service.as_ref()).find(|it| **it != service.name);
    match other {
        Some(component) => WaitReason::Dependency { component: component.clone() },
        None => WaitReason::Turn,
    }
}
