//! From what a face asks for to a plan that is carried out.

use std::collections::BTreeSet;

use stack::plan::{Goal, Plan, plan};
use tokio::sync::oneshot;

use super::{Accepted, Asker, Effect, Millis, Operation, State, verb};
use crate::{
    api::{
        error::{AppError, ErrorCode},
        intent::Intent,
    },
    errors::{plan_preview, refusal},
};

impl State {
    pub(super) fn answer(&mut self, asker: Asker, effects: &mut Vec<Effect>) {
        match asker {
            Asker::Preview(intent, reply) => {
                let answer = self.plan_for(&intent).map(|(plan, _)| plan_preview(&self.project.name, &plan));
                effects.push(Effect::AnswerPreview(reply, answer));
            }
            Asker::Intent(intent, reply) => match self.accept(&intent) {
                Err(error) => effects.push(Effect::AnswerIntent(reply, Err(error))),
                Ok((plan, then)) => {
                    self.ready = Some(Accepted { intent, plan, then, reply });
                    effects.push(Effect::Lock);
                }
            },
        }
    }

    pub(super) fn accept(&self, intent: &Intent) -> Result<(Plan, Option<Goal>), AppError> {
        if self.busy() {
            let doing = self.operation.as_ref().map_or("", |operation| operation.verb);
            return Err(AppError::new(ErrorCode::Busy, &self.project.name, doing));
        }
        let (plan, then) = self.plan_for(intent)?;
        if let Some(first) = plan.refusals.first() {
            let mut error = refusal(&self.project.name, first);
            if plan.refusals.len() > 1 {
                error = error.with("more", (plan.refusals.len() - 1).to_string());
            }
            return Err(error);
        }
        let agreed = matches!(intent, Intent::Up { agreed: true, .. } | Intent::Down { agreed: true, .. });
        if !agreed && !plan.consents.is_empty() {
            return Err(AppError::new(
                ErrorCode::ConsentNeeded,
                &self.project.name,
                plan.consents.len().to_string(),
            ));
        }
        Ok((plan, then))
    }

    /// The services whose configuration has to be looked at before an intent is answered: those that it would start.
    /// A plan that is refused for another reason starts nothing.
    pub(super) fn to_check(&self, intent: &Intent) -> BTreeSet<String> {
        let plans = match self.plan_for(intent) {
            Ok((first, Some(then))) => {
                let later = self.observed.as_ref().map(|observed| plan(&self.project, observed, &then));
                [Some(first), later]
            }
            Ok((only, None)) => [Some(only), None],
            Err(_) => [None, None],
        };
        let checked = |service: &&str| {
            let service = self.project.services.get(*service);
            service.and_then(|it| it.meta.as_ref()).is_some_and(|meta| meta.check.is_some())
        };
        let starts = plans.iter().flatten().flat_map(Plan::starts);
        starts.filter(checked).map(str::to_owned).collect()
    }

    /// The plan of an intent, and the goal that is planned anew after it.
    pub(super) fn plan_for(&self, intent: &Intent) -> Result<(Plan, Option<Goal>), AppError> {
        let observed =
            self.observed.as_ref().ok_or_else(|| AppError::new(ErrorCode::Internal, "", "not observed"))?;
        let chosen = |words: &[String]| -> Result<BTreeSet<String>, AppError> {
            Ok(self.project.resolve_words(words.iter().map(String::as_str))?)
        };
        let goal = match intent {
            Intent::Up { components, recreate, wait, .. } => {
                Goal::Up { services: self.asked_up(components)?, recreate: *recreate, wait: *wait }
            }
            Intent::Down { components, volumes, orphans, .. } => {
                let services = if components.is_empty() { None } else { Some(chosen(components)?) };
                Goal::Down { services, volumes: *volumes, orphans: *orphans }
            }
            Intent::Restart { components, wait } => {
                let mut services = chosen(components)?;
                if components.is_empty() {
                    services =
                        self.project.services.keys().filter(|name| self.is_up(name)).cloned().collect();
                }
                Goal::Restart { services, wait: *wait }
            }
            Intent::Cancel | Intent::Refresh => return Ok((Plan::default(), None)),
        };
        match (intent, &goal) {
            (Intent::Up { pull: true, .. }, Goal::Up { services, .. }) => {
                let whole = plan(&self.project, observed, &goal);
                let mut first = plan(&self.project, observed, &Goal::Pull { services: services.clone() });
                // What forbids the second stage must be known before the first.
                first.refusals.extend(whole.refusals);
                first.consents.extend(whole.consents);
                Ok((first, Some(goal)))
            }
            _ => Ok((plan(&self.project, observed, &goal), None)),
        }
    }

    /// The services that an `up` means: the named ones, else those switched on, else the default ones.
    pub(super) fn asked_up(&self, components: &[String]) -> Result<BTreeSet<String>, AppError> {
        if !components.is_empty() {
            return Ok(self.project.resolve_words(components.iter().map(String::as_str))?);
        }
        let mut services = self.switches.clone().unwrap_or_default();
        services.retain(|component| self.project.is_component(component));
        Ok(if services.is_empty() { self.project.default_components() } else { services })
    }

    /// Remembers what the user switched.
    pub(super) fn switch(&mut self, intent: &Intent, effects: &mut Vec<Effect>) {
        let mut on = self.switches.clone().unwrap_or_else(|| self.components_up());
        match intent {
            Intent::Up { components, .. } => {
                let Ok(asked) = self.asked_up(components) else { return };
                for name in self.project.with_needs(&asked).into_keys().chain(asked) {
                    let Some(component) = self.project.component(&name) else { continue };
                    component.meta.excludes.iter().for_each(|other| {
                        on.remove(other);
                    });
                    on.insert(name);
                }
            }
            Intent::Down { components, .. } if components.is_empty() => on.clear(),
            Intent::Down { components, .. } => {
                let words = components.iter().map(String::as_str);
                let Ok(names) = self.project.resolve_words(words) else { return };
                let gone = self.project.own_services_of(&names);
                let gone: BTreeSet<String> = self.project.dependents(&gone).into_keys().chain(gone).collect();
                // A component of which only a part goes stays on.
                on.retain(|component| {
                    let component = self.project.component(component);
                    component.is_none_or(|it| !it.own().all(|part| gone.contains(&part.name)))
                });
            }
            Intent::Restart { .. } | Intent::Cancel | Intent::Refresh => return,
        }
        if self.switches.as_ref() != Some(&on) {
            effects.push(Effect::SaveSwitches(on.clone()));
            self.switches = Some(on);
        }
    }

    pub(super) fn locked(&mut self, result: Result<(), AppError>, now: Millis, effects: &mut Vec<Effect>) {
        let Some(ready) = self.ready.take() else { return };
        if let Err(error) = result {
            effects.push(Effect::AnswerIntent(ready.reply, Err(error)));
            return;
        }
        // Not before: a switch that waits for another Switchyard, and then does not, was never flipped.
        self.switch(&ready.intent, effects);
        let id = self.next_operation;
        self.next_operation += 1;
        for step in &ready.plan.steps {
            if let Some(service) = &step.service {
                self.failures.remove(service);
                self.held_up.remove(service);
            }
        }
        self.notices.extend(ready.plan.warnings.iter().map(crate::errors::warning));
        self.operation = Some(Operation::begin(id, verb(&ready.intent), ready.plan, ready.then, now));
        effects.push(Effect::AnswerIntent(ready.reply, Ok(id)));
    }

    pub(super) fn cancel(
        &mut self,
        reply: oneshot::Sender<Result<u32, AppError>>,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(operation) = self.operation.as_mut().filter(|operation| operation.outcome.is_none()) {
            operation.cancel();
            effects.push(Effect::CancelSteps);
        }
        effects.push(Effect::AnswerIntent(reply, Ok(0)));
    }
}
