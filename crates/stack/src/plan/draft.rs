//! A plan being written: appends steps and remembers which step makes what.

use std::collections::BTreeMap;

use super::{Cause, ExistingContainer, Op, Plan, Step, StepId};
use crate::{compose::model::Service, observed::Container};

/// The steps so far, and where to find them.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) steps: Vec<Step>,
    /// Pull of an image, by reference.
    pub(super) pulls: BTreeMap<String, StepId>,
    /// Creation of a network, by key.
    pub(super) networks: BTreeMap<String, StepId>,
    /// Creation of a volume, by key.
    pub(super) volumes: BTreeMap<String, StepId>,
    /// Last step that brings a service's containers up.
    pub(super) starts: BTreeMap<String, Vec<StepId>>,
    /// Waits, by service and the condition's word.
    pub(super) awaits: BTreeMap<(String, &'static str), StepId>,
    /// Last removal of a service's containers.
    pub(super) removals: BTreeMap<String, Vec<StepId>>,
}

impl Draft {
    pub(super) fn push(&mut self, service: Option<&str>, op: Op, cause: Cause, after: &[StepId]) -> StepId {
        let mut after = after.to_vec();
        after.sort_unstable();
        after.dedup();
        self.steps.push(Step { service: service.map(str::to_owned), op, cause, after });
        self.steps.len() - 1
    }

    /// Stop, if it is up, and remove. Returns the removal.
    pub(super) fn take_away(&mut self, container: &Container, cause: Cause, after: &[StepId]) -> StepId {
        let service = container.service.as_str();
        let mut before_removal = after.to_vec();
        let mut removal_cause = cause.clone();
        if container.is_up() {
            before_removal = vec![self.push(Some(service), Op::Stop(existing(container)), cause, after)];
            removal_cause = Cause::Follows;
        }
        let removal =
            self.push(Some(service), Op::Remove(existing(container)), removal_cause, &before_removal);
        self.removals.entry(service.to_owned()).or_default().push(removal);
        removal
    }

    /// The steps that must have succeeded before a container of the service can be made.
    pub(super) fn before_create(&self, service: &Service) -> Vec<StepId> {
        let pull = self.pulls.get(&service.image);
        let networks = service.networks.keys().filter_map(|key| self.networks.get(key));
        let volumes = service.volumes.iter().filter_map(|mount| self.volumes.get(&mount.source));
        pull.into_iter().chain(networks).chain(volumes).copied().collect()
    }

    pub(super) fn finish(self, plan: &mut Plan) {
        plan.steps = self.steps;
    }
}

pub(super) fn existing(container: &Container) -> ExistingContainer {
    ExistingContainer { id: container.id.clone(), name: container.name.clone() }
}
