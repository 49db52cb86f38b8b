//! How the running operation gets on: steps end, others are released, waits are judged.

use std::borrow::Cow;

use stack::{
    compose::{Condition, Project},
    observed::{Container, Health, Observed},
    plan::{Goal, StepId, plan},
    wait::{Verdict, look},
};

use super::{Effect, Link, Millis, Operation, State, host_of, operation::hopeless, ready::Asks};
use crate::api::error::{AppError, ErrorCode};

impl State {
    pub(super) fn step_done(
        &mut self,
        operation: u32,
        step: StepId,
        result: Result<Option<String>, AppError>,
        now: Millis,
    ) {
        let Some(running) = self.running(operation) else { return };
        let service = running.plan.steps.get(step).and_then(|step| step.service.clone());
        if let (Err(error), Some(service)) = (&result, service)
            && error.code != ErrorCode::Cancelled
        {
            let error = error.clone();
            running.done(step, result, now);
            self.failures.insert(service, error);
        } else {
            running.done(step, result, now);
        }
    }

    /// The engine has not come back: the operation ends with what made it go.
    pub(super) fn give_up(&mut self, operation: u32, now: Millis) {
        let Link::Lost { error, .. } = &self.link else { return };
        let error = error.clone();
        if let Some(running) = self.running(operation) {
            running.give_up(&error, now);
        }
    }

    /// A cancelled or given-up operation ends even while the engine is away.
    fn end_of_the_cancelled(&mut self, effects: &mut Vec<Effect>) {
        if let Some(operation) = self.operation.as_mut().filter(|operation| operation.outcome.is_none())
            && operation.is_over()
            && operation.end_if_nothing_is_left()
        {
            effects.push(Effect::Unlock);
        }
    }

    /// Sets running whatever may run now, and ends the operation when nothing is left.
    pub(super) fn advance(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        // While the engine is away nothing can be done; what is left goes on when it comes back.
        if !matches!(self.link, Link::Up(_)) {
            return self.end_of_the_cancelled(effects);
        }
        // Nothing may be released before the first look: there is nothing to judge by.
        let Some(mut observed) = self.observed.take() else { return };
        let (project, host) = (self.project.clone(), host_of(&self.endpoint));
        if let Some(operation) = self.operation.as_mut().filter(|operation| operation.outcome.is_none()) {
            operation.release(&project, &host, &mut observed, self.patience, now, effects);
            for (step, condition, service) in operation.waits() {
                let verdict = judge(&project, &observed, &self.asks, operation, (step, condition, &service));
                if let Verdict::Never(why) = verdict {
                    let error = hopeless(&service, &why);
                    operation.done(step, Err(error.clone()), now);
                    self.failures.insert(service, error);
                } else if verdict == Verdict::Ready {
                    operation.done(step, Ok(None), now);
                } else if let Verdict::NotYet(reason) = verdict {
                    operation.waiting_for.insert(step, reason);
                }
            }
            for (service, error) in operation.timed_out.drain(..) {
                self.failures.insert(service, error);
            }
            operation.release(&project, &host, &mut observed, self.patience, now, effects);
            if operation.end_if_nothing_is_left() {
                if operation.outcome.is_some() {
                    effects.push(Effect::Unlock);
                    self.held_up.extend(operation.held_up());
                }
                let untouched = operation.outcome.is_some() && operation.steps.is_empty();
                self.observed = Some(observed);
                // Where nothing was done, what was seen for the plan still holds.
                if !untouched {
                    self.look(effects);
                }
                return;
            }
        }
        self.observed = Some(observed);
    }

    /// After the first stage of an operation the second one is planned on a fresh look.
    pub(super) fn next_stage(&mut self, now: Millis) {
        let Some(observed) = &self.observed else { return };
        let Some(operation) = self.operation.as_mut() else { return };
        if let Some(goal) = operation.stage_due() {
            let next = plan(&self.project, observed, &goal);
            let services = match &goal {
                Goal::Up { services, .. } | Goal::Pull { services } | Goal::Restart { services, .. } => {
                    self.project.with_needs(services).into_keys().collect()
                }
                Goal::Down { services, .. } => {
                    services.as_ref().map(|names| self.project.services_of(names)).unwrap_or_default()
                }
            };
            operation.append(next, &services, now);
        }
    }
}

fn judge(
    project: &Project,
    observed: &Observed,
    asks: &Asks,
    operation: &Operation,
    (step, condition, service): (StepId, Condition, &str),
) -> Verdict {
    let leaving = operation.leaving();
    let containers: Vec<Cow<'_, Container>> = observed
        .containers
        .iter()
        .filter(|container| {
            container.service == service && !container.oneoff && !leaving.contains(&container.id)
        })
        .map(|container| match asks.ready_by(container) {
            Some(_) => Cow::Owned(Container { health: Some(Health::Healthy), ..container.clone() }),
            None => Cow::Borrowed(container),
        })
        .collect();
    let deaths = |id: &str| operation.deaths.get(id).copied().unwrap_or_default();
    let containers: Vec<(&Container, u32)> =
        containers.iter().map(|container| (&**container, deaths(&container.id))).collect();
    let started = operation.plan.steps.get(step).is_some_and(|step| !step.after.is_empty());
    match project.services.get(service) {
        Some(service) => look(condition, service, &containers, started),
        None => Verdict::Ready,
    }
}
