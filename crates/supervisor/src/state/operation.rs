//! A plan that is being carried out.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use stack::{
    compose::{Condition, Project},
    observed::{Observed, State as ContainerState},
    plan::{ContainerRef, Goal, Op, Plan, StepId},
    wait::{Hopeless, Waiting, deadline},
};

use super::{
    Effect, Millis,
    consent::Extent,
    intents::{Planned, Wanted},
    links,
};
use crate::{
    api::{
        error::{AppError, ErrorCode, Fact},
        operation::{OperationVerb, Outcome, PullProgress, Step, StepCause, StepState, StepVerb},
    },
    errors,
};

/// Pulls at a time. More would only share the same line, and registries limit how often they are asked.
const PULLS_AT_ONCE: usize = 3;

pub(crate) struct Operation {
    pub(super) id: u32,
    pub(super) verb: OperationVerb,
    pub(super) started: Millis,
    pub(super) plan: Plan,
    pub(super) steps: Vec<Step>,
    pub(super) outcome: Option<Outcome>,
    /// Ids of the containers that steps have made.
    pub(super) created: BTreeMap<StepId, String>,
    /// How often a container died since it was last started by a step.
    pub(super) deaths: BTreeMap<String, u32>,
    /// What the waits that are under way wait for.
    pub(super) waiting_for: BTreeMap<StepId, Waiting>,
    /// Services whose wait took too long, until the state has taken note.
    pub(super) timed_out: Vec<(String, AppError)>,
    /// What it was begun for.
    pub(super) wanted: Wanted,
    /// What the user was shown of it, or would have been.
    extent: Extent,
    /// The components whose switch was on before.
    pub(super) switched_on_before: BTreeSet<String>,
    /// Goals that are planned once everything before them is done.
    then: VecDeque<Goal>,
    stage_due: bool,
    cancelled: bool,
}

impl Operation {
    pub(super) fn begin(
        id: u32,
        wanted: Wanted,
        planned: Planned,
        extent: Extent,
        switched_on_before: BTreeSet<String>,
        now: Millis,
    ) -> Self {
        Self {
            id,
            verb: wanted.verb(),
            started: now,
            steps: errors::steps(&planned.plan),
            plan: planned.plan,
            outcome: None,
            created: BTreeMap::new(),
            deaths: BTreeMap::new(),
            waiting_for: BTreeMap::new(),
            timed_out: vec![],
            wanted,
            extent,
            switched_on_before,
            then: planned.then.into(),
            stage_due: false,
            cancelled: false,
        }
    }

    /// Sets every step running whose turn has come.
    pub(super) fn release(
        &mut self,
        project: &Project,
        host: &str,
        observed: &mut Observed,
        patience: Option<Duration>,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        if self.cancelled {
            return;
        }
        let lost = self.lost();
        for id in 0..self.plan.steps.len() {
            let step = &self.plan.steps[id];
            let done = |before: &StepId| matches!(self.steps[*before].state, StepState::Done { .. });
            let ended = |before: &StepId| {
                lost[*before]
                    || !matches!(self.steps[*before].state, StepState::Pending | StepState::Running { .. })
            };
            let due = self.steps[id].state == StepState::Pending
                && step.after.iter().all(done)
                && step.despite.iter().all(ended);
            if !due || (matches!(step.op, Op::Pull { .. }) && self.pulling() >= PULLS_AT_ONCE) {
                continue;
            }
            self.steps[id].state = StepState::Running { since: now, progress: None };
            let operation = self.id;
            match &self.plan.steps[id].op {
                Op::Await(condition) => {
                    let service = step.service.as_ref().and_then(|name| project.services.get(name));
                    let of_the_model = || service.map(|service| deadline(project, service, *condition));
                    if let Some(after) = patience.or_else(of_the_model) {
                        effects.push(Effect::Deadline { operation, step: id, after });
                    }
                }
                Op::Seed => {
                    let service = self.plan.steps[id].service.clone().unwrap_or_default();
                    let base = links::seed_base(host, project, observed, &service);
                    effects.push(Effect::Seed { operation, step: id, service, base });
                }
                Op::Start(ContainerRef::Existing(container)) => {
                    // An exit from before this start says nothing about what comes after it.
                    self.deaths.remove(&container.id);
                    if let Some(found) = observed.containers.iter_mut().find(|found| found.id == container.id)
                    {
                        found.state = ContainerState::Created;
                        found.exit_code = None;
                    }
                    effects.push(Effect::Perform { operation, step: id });
                }
                _ => effects.push(Effect::Perform { operation, step: id }),
            }
        }
    }

    /// Whether a step can never begin, since one that it comes after has failed or can never begin itself.
    fn lost(&self) -> Vec<bool> {
        let mut lost: Vec<bool> = Vec::with_capacity(self.plan.steps.len());
        for (step, shown) in self.plan.steps.iter().zip(&self.steps) {
            let failed = |id: &StepId| {
                lost[*id] || matches!(self.steps[*id].state, StepState::Failed { .. } | StepState::Skipped)
            };
            let never = shown.state == StepState::Pending && step.after.iter().any(failed);
            lost.push(never);
        }
        lost
    }

    fn pulling(&self) -> usize {
        let pulls =
            self.plan.steps.iter().zip(&self.steps).filter(|(step, _)| matches!(step.op, Op::Pull { .. }));
        pulls.filter(|(_, shown)| matches!(shown.state, StepState::Running { .. })).count()
    }

    pub(super) fn is_running(&self, step: StepId) -> bool {
        self.steps.get(step).is_some_and(|step| matches!(step.state, StepState::Running { .. }))
    }

    /// The waits that are under way.
    pub(super) fn waits(&self) -> Vec<(StepId, Condition, String)> {
        let steps = self.plan.steps.iter().enumerate();
        steps
            .filter(|(id, _)| self.is_running(*id))
            .filter_map(|(id, step)| match step.op {
                Op::Await(condition) => Some((id, condition, step.service.clone()?)),
                _ => None,
            })
            .collect()
    }

    /// Containers that the plan takes away; their end is no failure.
    pub(super) fn leaving(&self) -> BTreeSet<String> {
        let steps = self.plan.steps.iter();
        steps
            .filter_map(|step| match &step.op {
                Op::Remove(container) => Some(container.id.clone()),
                _ => None,
            })
            .collect()
    }

    /// Containers that it has taken away.
    pub(super) fn removed(&self) -> BTreeSet<&str> {
        let steps = self.plan.steps.iter().zip(&self.steps);
        steps
            .filter_map(|(step, shown)| match (&step.op, &shown.state) {
                (Op::Remove(container), StepState::Done { .. }) => Some(container.id.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn done(&mut self, step: StepId, result: Result<Option<String>, AppError>, now: Millis) {
        let Some(shown) = self.steps.get_mut(step) else { return };
        let StepState::Running { since, .. } = shown.state else { return };
        self.waiting_for.remove(&step);
        shown.state = match result {
            Ok(id) => {
                if let Some(id) = id {
                    self.created.insert(step, id);
                }
                StepState::Done { millis: now - since }
            }
            Err(error) if error.code == ErrorCode::Cancelled => StepState::Skipped,
            Err(error) => StepState::Failed { error },
        };
    }

    pub(super) fn progress(&mut self, step: StepId, progress: PullProgress) {
        if let Some(StepState::Running { progress: shown, .. }) =
            self.steps.get_mut(step).map(|it| &mut it.state)
        {
            *shown = Some(progress);
        }
    }

    pub(super) fn waited_too_long(&mut self, step: StepId, now: Millis) {
        let Some(StepState::Running { since, .. }) = self.steps.get(step).map(|step| &step.state) else {
            return;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a wait of a few minutes"
        )]
        let seconds = ((now - since) / 1000.0).round().max(0.0) as u64;
        let service = self.plan.steps[step].service.clone().unwrap_or_default();
        let waiting = self.waiting_for.get(&step).copied().unwrap_or(Waiting::Start);
        let awaited = errors::awaited(waiting);
        let error = AppError::new(ErrorCode::WaitTimeout, &service, awaited.as_str())
            .with(Fact::Seconds(seconds))
            .with(Fact::Awaited(awaited));
        self.timed_out.push((service, error.clone()));
        self.done(step, Err(error), now);
    }

    pub(super) fn cancel(&mut self) {
        self.cancelled = true;
        self.then.clear();
        for (step, shown) in self.plan.steps.iter().zip(&mut self.steps) {
            let waits = matches!(step.op, Op::Await(_)) && matches!(shown.state, StepState::Running { .. });
            if shown.state == StepState::Pending || waits {
                shown.state = StepState::Skipped;
            }
        }
    }

    /// Fails what waits and skips what has not begun.
    pub(super) fn give_up(&mut self, error: &AppError, now: Millis) {
        for (step, ..) in self.waits() {
            self.done(step, Err(error.clone()), now);
        }
        let first = self.steps.iter_mut().find(|step| step.state == StepState::Pending);
        if let Some(first) = first {
            first.state = StepState::Failed { error: error.clone() };
        }
        self.cancel();
        self.cancelled = false;
    }

    /// Whether no step is left to be released.
    pub(super) fn is_over(&self) -> bool {
        self.steps.iter().all(|step| step.state != StepState::Pending)
    }

    /// Ends the operation, or its stage, when no step runs and none can be released. Returns whether it did.
    pub(super) fn end_if_nothing_is_left(&mut self) -> bool {
        if self.stage_due || self.steps.iter().any(|step| matches!(step.state, StepState::Running { .. })) {
            return false;
        }
        // What everything that was asked for can do without is told as failed and fails nothing.
        let optional = |id: StepId| self.plan.steps.get(id).is_some_and(|step| step.optional);
        let failed = self
            .steps
            .iter()
            .enumerate()
            .any(|(id, step)| matches!(step.state, StepState::Failed { .. }) && !optional(id));
        if !failed && !self.then.is_empty() {
            self.stage_due = true;
            return true;
        }
        for step in self.steps.iter_mut().filter(|step| step.state == StepState::Pending) {
            step.state = StepState::Skipped;
        }
        self.outcome = Some(match (self.cancelled, failed) {
            (true, _) => Outcome::Cancelled,
            (false, true) => Outcome::Failed,
            (false, false) => Outcome::Succeeded,
        });
        true
    }

    /// Services that were to be started and were not, each with the failed one that it had to wait for.
    pub(super) fn held_up(&self) -> BTreeMap<String, String> {
        let failed = |id: StepId| match (&self.steps[id].state, &self.plan.steps.get(id)?.service) {
            (StepState::Failed { .. }, Some(service)) => Some(service.clone()),
            _ => None,
        };
        let mut held_up = BTreeMap::new();
        for step in self.plan.steps.iter().filter(|step| matches!(step.op, Op::Start(_))) {
            let mut open = step.after.clone();
            while let (Some(id), Some(service)) = (open.pop(), &step.service) {
                match failed(id) {
                    Some(other) if other != *service => drop(held_up.insert(service.clone(), other)),
                    _ => open.extend(&self.plan.steps[id].after),
                }
            }
        }
        held_up
    }

    /// The goal of the next stage, once the first one is over.
    pub(super) fn stage_due(&mut self) -> Option<Goal> {
        if std::mem::take(&mut self.stage_due) { self.then.pop_front() } else { None }
    }

    /// Goes on with another plan, as far as it stays within what was shown. `services` are those that it is for.
    pub(super) fn append(&mut self, next: Plan, services: &BTreeSet<String>, now: Millis) {
        let stopped = if let Some(first) = next.refusals.first() {
            Some(errors::refusal("", first))
        } else {
            self.extent.exceeded_by_stage(&next, services).map(|added| {
                let names = added.consents.iter().map(|consent| consent.subject.as_str());
                let steps = added.steps.iter().filter_map(|id| next.steps.get(usize::try_from(*id).ok()?));
                let subject = names.chain(steps.filter_map(|step| step.service.as_deref())).next();
                AppError::new(ErrorCode::ConsentNeeded, subject.unwrap_or_default(), "")
            })
        };
        let offset = self.plan.steps.len();
        if let Some(error) = stopped {
            // Something came up between the stages; the operation ends with it.
            self.timed_out.push((error.subject.clone(), error.clone()));
            self.steps.push(Step {
                verb: StepVerb::Plan,
                subject: error.subject.clone(),
                service: None,
                cause: StepCause::Requested,
                because_of: None,
                after: vec![],
                state: StepState::Running { since: now, progress: None },
            });
            return self.done(self.steps.len() - 1, Err(error), now);
        }
        self.plan.append(next);
        self.steps.extend(errors::steps(&self.plan).into_iter().skip(offset));
    }
}

/// The failure of a wait that is in vain.
pub(super) fn hopeless(service: &str, why: &Hopeless) -> AppError {
    match why {
        Hopeless::Exited { code } => {
            AppError::new(ErrorCode::Exited, service, code.to_string()).with(Fact::ExitCode(*code))
        }
        Hopeless::Unhealthy => AppError::new(ErrorCode::Unhealthy, service, ""),
        Hopeless::NoHealthcheck => AppError::new(ErrorCode::NoHealthcheck, service, ""),
        Hopeless::Gone => AppError::new(ErrorCode::Gone, service, ""),
    }
}
