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
    /// Stop of a container that goes, by its id.
    pub(super) stops: BTreeMap<String, StepId>,
    /// Removal of a container, by its id.
    pub(super) removals: BTreeMap<String, StepId>,
}

/// What comes before a step.
#[derive(Clone, Default)]
pub(super) struct Before {
    /// What must have succeeded.
    pub(super) after: Vec<StepId>,
    /// What must have ended.
    pub(super) despite: Vec<StepId>,
}

impl Before {
    /// Besides, these must have succeeded.
    pub(super) fn and(&self, after: impl IntoIterator<Item = StepId>) -> Self {
        let mut before = self.clone();
        before.after.extend(after);
        before
    }
}

impl<T: AsRef<[StepId]> + ?Sized> From<&T> for Before {
    fn from(after: &T) -> Self {
        Self { after: after.as_ref().to_vec(), despite: vec![] }
    }
}

impl Draft {
    pub(super) fn push(
        &mut self,
        service: Option<&str>,
        op: Op,
        cause: Cause,
        before: impl Into<Before>,
    ) -> StepId {
        let Before { mut after, mut despite } = before.into();
        for steps in [&mut after, &mut despite] {
            steps.sort_unstable();
            steps.dedup();
        }
        let service = service.map(str::to_owned);
        self.steps.push(Step { service, op, cause, after, despite, optional: false });
        self.steps.len() - 1
    }

    /// Stop, if it is up, and remove. Its ports, addresses and memory are free with the stop; who only wants those
    /// need not wait for the removal.
    pub(super) fn take_away(&mut self, container: &Container, cause: Cause, after: &[StepId]) {
        let stop = self.stop(container, cause.clone(), after);
        let cause = if stop.is_some() { Cause::Follows } else { cause };
        let after = stop.map_or(after.to_vec(), |stop| vec![stop]);
        self.remove(container, cause, &after);
    }

    /// Stops a container that goes; nothing when it is down already.
    pub(super) fn stop(
        &mut self,
        container: &Container,
        cause: Cause,
        before: impl Into<Before>,
    ) -> Option<StepId> {
        if !container.is_up() {
            return None;
        }
        let stop = self.push(Some(&container.service), Op::Stop(existing(container)), cause, before);
        self.stops.insert(container.id.clone(), stop);
        Some(stop)
    }

    pub(super) fn remove(
        &mut self,
        container: &Container,
        cause: Cause,
        before: impl Into<Before>,
    ) -> StepId {
        let removal = self.push(Some(&container.service), Op::Remove(existing(container)), cause, before);
        self.removals.insert(container.id.clone(), removal);
        removal
    }

    /// The stops of these containers, as far as they have one.
    pub(super) fn stops_of<'a>(&self, containers: impl IntoIterator<Item = &'a Container>) -> Vec<StepId> {
        containers.into_iter().filter_map(|container| self.stops.get(&container.id)).copied().collect()
    }

    /// The removals of these containers, as far as they have one.
    pub(super) fn removals_of<'a>(&self, containers: impl IntoIterator<Item = &'a Container>) -> Vec<StepId> {
        containers.into_iter().filter_map(|container| self.removals.get(&container.id)).copied().collect()
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
