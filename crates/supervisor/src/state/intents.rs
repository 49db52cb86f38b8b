//! From what is asked for to a plan.

use std::{collections::BTreeSet, sync::Arc};

use stack::{
    compose::Project,
    plan::{Consent, Goal, Plan, plan},
};

use super::{Effect, State};
use crate::api::{
    error::{AppError, ErrorCode},
    intent::{Edit, Intent, Offer, Review},
    operation::{OperationVerb, Outcome},
};

/// What is asked for: what a user can say, or what takes back what he said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Intent(Intent),
    Undo {
        /// Components to be switched off.
        off: BTreeSet<String>,
        /// Components to be switched on.
        on: BTreeSet<String>,
    },
}

impl Wanted {
    /// What changes nothing.
    pub(super) const NOTHING: Self = Self::Intent(Intent::Refresh);

    pub(super) fn verb(&self) -> OperationVerb {
        match self {
            // The last three are done at once and are no operations.
            Self::Intent(
                Intent::Up { .. }
                | Intent::Configure { .. }
                | Intent::Cancel
                | Intent::StopWaiting
                | Intent::Refresh,
            ) => OperationVerb::Up,
            Self::Intent(Intent::Down { .. }) => OperationVerb::Down,
            Self::Intent(Intent::Restart { .. }) => OperationVerb::Restart,
            Self::Undo { on, .. } => {
                if on.is_empty() {
                    OperationVerb::Down
                } else {
                    OperationVerb::Up
                }
            }
        }
    }

    /// The components that were named.
    pub(super) fn components(&self) -> Vec<String> {
        match self {
            Self::Intent(
                Intent::Up { components, .. }
                | Intent::Down { components, .. }
                | Intent::Restart { components, .. }
                | Intent::Configure { components, .. },
            ) => components.clone(),
            Self::Intent(Intent::Cancel | Intent::StopWaiting | Intent::Refresh) => vec![],
            Self::Undo { off, on } => off.union(on).cloned().collect(),
        }
    }

    pub(super) fn edits(&self) -> &[Edit] {
        match self {
            Self::Intent(Intent::Configure { edits, .. }) => edits,
            _ => &[],
        }
    }

    /// Whether something may be started, so that initial data matter.
    pub(super) fn goes_up(&self) -> bool {
        match self {
            Self::Intent(Intent::Up { .. } | Intent::Configure { .. }) => true,
            Self::Intent(_) => false,
            Self::Undo { on, .. } => !on.is_empty(),
        }
    }

    /// Whether containers are started by it.
    fn starts(&self) -> bool {
        self.goes_up() || matches!(self, Self::Intent(Intent::Restart { .. }))
    }
}

/// What an accepted request does.
pub(super) struct Planned {
    /// What is done first.
    pub(super) plan: Plan,
    /// What is planned anew after it, one after the other.
    pub(super) then: Vec<Goal>,
    /// All of it, as far as it can be foreseen.
    pub(super) whole: Plan,
    /// Whether it acts on components that were not named.
    reaches_further: bool,
}

impl Planned {
    /// Whether a user sees it before it is carried out.
    pub(super) fn is_shown(&self, review: Review) -> bool {
        match review {
            Review::Consents => !self.whole.consents.is_empty(),
            Review::Reach => !self.whole.consents.is_empty() || self.reaches_further,
            Review::Always => true,
        }
    }
}

impl State {
    /// The services whose configuration has to be looked at before a request is answered: those that it would start.
    /// A plan that is refused for another reason starts nothing.
    pub(super) fn to_check(&self, project: &Arc<Project>, wanted: &Wanted) -> BTreeSet<String> {
        let Ok(planned) = self.plan_for(project, wanted) else { return BTreeSet::new() };
        let checked = |service: &&str| {
            let service = project.services.get(*service);
            service.and_then(|it| it.meta.as_ref()).is_some_and(|meta| meta.check.is_some())
        };
        planned.whole.starts().into_iter().filter(checked).map(str::to_owned).collect()
    }

    /// The plan of what is wanted.
    pub(super) fn plan_for(&self, project: &Arc<Project>, wanted: &Wanted) -> Result<Planned, AppError> {
        let observed =
            self.observed.as_ref().ok_or_else(|| AppError::new(ErrorCode::Internal, "", "not observed"))?;
        // What cannot be read is not started from what it said before.
        if let (Some(error), true) = (self.unreadable.first(), wanted.starts()) {
            return Err(error.clone());
        }
        let goals = self.goals(project, wanted)?;
        let mut plans = goals.iter().map(|goal| plan(project, observed, goal));
        let first = plans.next().unwrap_or_default();
        let mut whole = first.clone();
        plans.for_each(|later| whole.append_without_pulls(later));
        if let Wanted::Undo { off, .. } = wanted {
            // To take them down is what was asked for, whatever else would need agreement to it.
            whole.consents.retain(|consent| match consent {
                Consent::StopsDependent { component, .. } | Consent::StopsExcluded { component, .. } => {
                    !off.contains(component)
                }
                _ => true,
            });
        }
        if let Some(error) = self.unreadable.first() {
            whole.consents.push(Consent::FilesUnreadable { file: error.subject.clone() });
        }
        let named = wanted.components();
        let reaches_further = match wanted {
            Wanted::Intent(Intent::Down { components, .. }) if components.is_empty() => true,
            _ if named.is_empty() => false,
            _ => {
                let named = project.resolve_words(named.iter().map(String::as_str))?;
                let expected = project.services_of(&named);
                let mut touched = whole.steps.iter().filter_map(|step| step.service.as_ref());
                touched.any(|name| project.owner(name).is_some() && !expected.contains(name))
            }
        };
        let then = goals.into_iter().skip(1).collect();
        Ok(Planned { plan: first, then, whole, reaches_further })
    }

    /// What has to be reached, one after the other.
    fn goals(&self, project: &Project, wanted: &Wanted) -> Result<Vec<Goal>, AppError> {
        let chosen = |words: &[String]| -> Result<BTreeSet<String>, AppError> {
            Ok(project.resolve_words(words.iter().map(String::as_str))?)
        };
        let up = |services, recreate, wait| Goal::Up { services, recreate, wait };
        let down = |services, volumes, orphans| Goal::Down { services, volumes, orphans };
        Ok(match wanted {
            Wanted::Intent(Intent::Up { components, recreate, pull, wait }) => {
                let services = self.asked_up(project, components)?;
                let pulled = pull.then(|| Goal::Pull { services: services.clone() });
                pulled.into_iter().chain([up(services, *recreate, *wait)]).collect()
            }
            Wanted::Intent(Intent::Configure { components, .. }) => {
                vec![up(self.asked_up(project, components)?, false, true)]
            }
            Wanted::Intent(Intent::Down { components, volumes, orphans }) => {
                let services = if components.is_empty() { None } else { Some(chosen(components)?) };
                vec![down(services, *volumes, *orphans)]
            }
            Wanted::Intent(Intent::Restart { components, wait }) => {
                let mut services = chosen(components)?;
                if components.is_empty() {
                    services = project.services.keys().filter(|name| self.is_up(name)).cloned().collect();
                }
                vec![Goal::Restart { services, wait: *wait }]
            }
            Wanted::Intent(Intent::Cancel | Intent::StopWaiting | Intent::Refresh) => vec![],
            Wanted::Undo { off, on } => {
                let known = |names: &BTreeSet<String>| -> BTreeSet<String> {
                    names.iter().filter(|name| project.is_component(name)).cloned().collect()
                };
                let (off, on) = (known(off), known(on));
                let mut goals = Vec::new();
                if !off.is_empty() {
                    goals.push(down(Some(off), false, false));
                }
                if !on.is_empty() {
                    goals.push(up(on, false, true));
                }
                goals
            }
        })
    }

    /// The services that an `up` means: the named ones, else those switched on, else the default ones.
    pub(super) fn asked_up(
        &self,
        project: &Project,
        components: &[String],
    ) -> Result<BTreeSet<String>, AppError> {
        if !components.is_empty() {
            return Ok(project.resolve_words(components.iter().map(String::as_str))?);
        }
        let mut services = self.switches.clone().unwrap_or_default();
        services.retain(|component| project.is_component(component));
        Ok(if services.is_empty() { project.default_components() } else { services })
    }

    /// The components whose switch is on.
    pub(super) fn switched_on(&self) -> BTreeSet<String> {
        self.switches.clone().unwrap_or_else(|| self.components_up())
    }

    /// Remembers what the user switched.
    pub(super) fn switch(&mut self, wanted: &Wanted, effects: &mut Vec<Effect>) {
        let mut on = self.switched_on();
        let switch_on = |on: &mut BTreeSet<String>, asked: BTreeSet<String>| {
            for name in self.project.with_needs(&asked).into_keys().chain(asked) {
                let Some(component) = self.project.component(&name) else { continue };
                component.meta.excludes.iter().for_each(|other| {
                    on.remove(other);
                });
                on.insert(name);
            }
        };
        let switch_off = |on: &mut BTreeSet<String>, names: &BTreeSet<String>| {
            let mut gone = self.project.own_services_of(names);
            gone.extend(self.project.dependents(&gone).into_keys());
            // A component of which only a part goes stays on.
            on.retain(|component| {
                let component = self.project.component(component);
                component.is_none_or(|it| !it.own().all(|part| gone.contains(&part.name)))
            });
        };
        match wanted {
            Wanted::Intent(Intent::Up { components, .. } | Intent::Configure { components, .. }) => {
                let Ok(asked) = self.asked_up(&self.project, components) else { return };
                switch_on(&mut on, asked);
            }
            Wanted::Intent(Intent::Down { components, .. }) if components.is_empty() => on.clear(),
            Wanted::Intent(Intent::Down { components, .. }) => {
                let words = components.iter().map(String::as_str);
                let Ok(names) = self.project.resolve_words(words) else { return };
                switch_off(&mut on, &names);
            }
            Wanted::Undo { off, on: back } => {
                switch_off(&mut on, off);
                switch_on(&mut on, back.clone());
            }
            Wanted::Intent(
                Intent::Restart { .. } | Intent::Cancel | Intent::StopWaiting | Intent::Refresh,
            ) => return,
        }
        if self.switches.as_ref() != Some(&on) {
            effects.push(Effect::SaveSwitches(on.clone()));
            self.switches = Some(on);
        }
    }

    /// What the last operation offers now that it has ended, and what each offer means.
    pub(super) fn offers(&self) -> Vec<(u32, Offer, Wanted)> {
        let Some(operation) = &self.operation else { return vec![] };
        let Some(outcome) = operation.outcome else { return vec![] };
        let mut offers = Vec::new();
        if outcome != Outcome::Succeeded {
            offers.push((operation.id, Offer::Retry, operation.wanted.clone()));
        }
        let on = self.switched_on();
        let known = |name: &&String| self.project.is_component(name);
        let back: BTreeSet<String> =
            operation.switched_on_before.difference(&on).filter(known).cloned().collect();
        // What is pushed aside by what comes back need not be taken down for itself.
        let pushed = |name: &&String| {
            back.iter().any(|it| {
                self.project.component(it).is_some_and(|component| component.meta.excludes.contains(*name))
            })
        };
        let off = on.difference(&operation.switched_on_before).filter(known);
        let off: BTreeSet<String> = off.filter(|name| !pushed(name) || back.is_empty()).cloned().collect();
        if !(off.is_empty() && back.is_empty()) {
            offers.push((operation.id, Offer::Undo, Wanted::Undo { off, on: back }));
        }
        offers
    }
}
