//! What a user has been shown of a plan, and whether another plan stays within it.

use std::collections::{BTreeMap, BTreeSet};

use stack::plan::{Consent, Op, Plan, Step};

use super::intents::Wanted;
use crate::{api::intent::Added, errors};

/// Plans that wait for a user's word. Of more than these the oldest is forgotten: a dialog shows one.
const KEPT: usize = 16;

/// What a plan does that a user would want to know of beforehand. Containers are told apart by their names: one that
/// was made anew meanwhile is still the same to him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    consents: BTreeSet<Consent>,
    acts: BTreeSet<Act>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Starts(String),
    Stops(String),
    Removes(String),
    RemovesNetwork(String),
    RemovesVolume(String),
}

impl Act {
    fn of(step: &Step) -> Option<Self> {
        match &step.op {
            Op::CreateContainer { .. } | Op::Start(_) | Op::Unpause(_) => {
                step.service.clone().map(Self::Starts)
            }
            Op::Stop(container) => Some(Self::Stops(container.name.clone())),
            Op::Remove(container) => Some(Self::Removes(container.name.clone())),
            Op::RemoveNetwork { name, .. } => Some(Self::RemovesNetwork(name.clone())),
            Op::RemoveVolume { name } => Some(Self::RemovesVolume(name.clone())),
            Op::Pull { .. }
            | Op::CreateNetwork { .. }
            | Op::CreateVolume { .. }
            | Op::Rename { .. }
            | Op::Await(_)
            | Op::Seed => None,
        }
    }
}

impl Extent {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            consents: plan.consents.iter().cloned().collect(),
            acts: plan.steps.iter().filter_map(Act::of).collect(),
        }
    }

    /// What a plan has beyond this; `None` when it stays within.
    pub(super) fn exceeded_by(&self, plan: &Plan) -> Option<Added> {
        let consents = plan.consents.iter().filter(|consent| !self.consents.contains(consent));
        let beyond = |step: &Step| Act::of(step).is_some_and(|act| !self.acts.contains(&act));
        let steps = plan.steps.iter().enumerate().filter(|(_, step)| beyond(step));
        let added = Added {
            steps: steps.map(|(id, _)| u32::try_from(id).unwrap_or(u32::MAX)).collect(),
            consents: consents.map(errors::consent).collect(),
        };
        (added != Added::default()).then_some(added)
    }

    /// What a later stage has beyond this. Whatever it does to the services that it is for was asked for.
    pub(super) fn exceeded_by_stage(&self, plan: &Plan, services: &BTreeSet<String>) -> Option<Added> {
        let theirs = |step: &&Step| step.service.as_ref().is_some_and(|name| services.contains(name));
        let mut wider = self.clone();
        wider.acts.extend(plan.steps.iter().filter(theirs).filter_map(Act::of));
        wider.exceeded_by(plan)
    }
}

/// The plans that were shown, by the token that agrees to each.
#[derive(Default)]
pub(super) struct Shown {
    last: u32,
    plans: BTreeMap<u32, (Wanted, Extent)>,
}

impl Shown {
    pub(super) fn show(&mut self, wanted: Wanted, extent: Extent) -> u32 {
        self.last += 1;
        self.plans.insert(self.last, (wanted, extent));
        while self.plans.len() > KEPT {
            self.plans.pop_first();
        }
        self.last
    }

    /// A token is good once: what is carried out twice was shown once.
    pub(super) fn take(&mut self, token: u32) -> Option<(Wanted, Extent)> {
        self.plans.remove(&token)
    }
}
