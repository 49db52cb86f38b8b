//! How far others must have come before a service starts.

use std::collections::BTreeSet;

use super::{
    Cause, Op, StepId,
    down::containers,
    draft::{Before, Draft},
};
use crate::{
    compose::model::{Condition, Dependency, Project, Service},
    observed::{Container, Health, Observed, State},
};

pub(super) struct Waits<'a> {
    pub(super) project: &'a Project,
    pub(super) observed: &'a Observed,
    /// Services whose failure is one of the whole plan. What the others fail at is a warning.
    pub(super) needed: BTreeSet<String>,
}

impl Waits<'_> {
    /// What its dependencies owe a service before it may start. One that it can do without is waited for as well, for as
    /// long as it may still come; `comes` says whether it is going to.
    pub(super) fn before_start(
        &self,
        service: &Service,
        comes: impl Fn(&str) -> bool,
        draft: &mut Draft,
    ) -> Before {
        let mut before = Before::default();
        for (name, dependency) in &service.depends_on {
            let list = if dependency.required { &mut before.after } else { &mut before.despite };
            if dependency.required || comes(name) {
                list.extend(self.owed(service, name, dependency, draft));
            }
        }
        before
    }

    fn owed(&self, service: &Service, name: &str, dependency: &Dependency, draft: &mut Draft) -> Vec<StepId> {
        if dependency.condition == Condition::Started {
            return draft.starts.get(name).cloned().unwrap_or_default();
        }
        let optional = !dependency.required || !self.needed.contains(&service.name);
        self.until(name, dependency.condition, optional, draft).into_iter().collect()
    }

    /// The step that waits for `condition` of a service, made once; none when it is met already.
    pub(super) fn until(
        &self,
        service: &str,
        condition: Condition,
        optional: bool,
        draft: &mut Draft,
    ) -> Option<StepId> {
        let known = self.project.services.get(service)?;
        let starts = draft.starts.get(service).cloned().unwrap_or_default();
        let mut there = containers(self.observed, service).peekable();
        if starts.is_empty() && (there.peek().is_none() || there.all(|container| met(condition, container))) {
            return None;
        }
        let key = (service.to_owned(), condition.as_str());
        if let Some(step) = draft.awaits.get(&key) {
            draft.steps[*step].optional &= optional;
            return Some(*step);
        }
        let step = draft.push(Some(&known.name), Op::Await(condition), Cause::Follows, &starts);
        draft.steps[step].optional = optional;
        draft.awaits.insert(key, step);
        Some(step)
    }
}

fn met(condition: Condition, container: &Container) -> bool {
    match condition {
        Condition::Started => container.state == State::Running,
        Condition::Healthy => container.state == State::Running && container.health == Some(Health::Healthy),
        Condition::Completed => container.state == State::Exited && container.exit_code == Some(0),
    }
}
