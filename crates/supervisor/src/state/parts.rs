//! A component is no better than its parts: their phases come to one, and the part that decides it is named.

use std::{cmp::Reverse, collections::BTreeSet};

use stack::{
    components::Component,
    compose::Service,
    observed::{Container, State as ContainerState},
};

use super::State;
use crate::api::{
    error::{AppError, ErrorCode, Fact, PartState},
    snapshot::{Cause, Drift, EngineHealth, Health, Phase, ReadyBy},
};

/// What should run at the moment.
pub(super) struct Expected {
    components: BTreeSet<String>,
    /// The services of those components that no profile holds back, and what they need.
    services: BTreeSet<String>,
}

impl State {
    pub(super) fn expected(&self) -> Expected {
        let components = match &self.switches {
            Some(on) => on.clone(),
            None => self.components_up(),
        };
        let mut services: BTreeSet<String> = self.project.with_needs(&components).into_keys().collect();
        if self.switches.is_none() {
            services.extend(self.project.services.keys().filter(|name| self.is_up(name)).cloned());
        }
        Expected { components, services }
    }

    /// The components of which something runs that is not another one's as well.
    pub(super) fn components_up(&self) -> BTreeSet<String> {
        let up = |component: &Component<'_>| component.own().any(|part| self.is_up(&part.name));
        self.project.components().iter().filter(|it| up(it)).map(|it| it.id.to_owned()).collect()
    }

    /// One phase for all parts, and the part that makes it what it is.
    pub(super) fn phase_of_parts(
        &self,
        component: &Component<'_>,
        phases: &[Phase],
        expected: &Expected,
    ) -> (Phase, Option<String>) {
        let all: Vec<(&Service, &Phase)> = component.parts.iter().copied().zip(phases).collect();
        if let [(_, only)] = all[..] {
            return (only.clone(), None);
        }
        let counted: Vec<(&Service, &Phase)> =
            all.into_iter().filter(|(part, _)| self.counts(component, part, expected)).collect();
        let order = self.project.start_order();
        let place = |part: &Service| order.iter().position(|one| one.name == part.name);
        // Of two that are equally bad the one that the other may need is the reason.
        let Some((part, phase)) =
            counted.iter().copied().max_by_key(|(part, phase)| (rank(phase), Reverse(place(part))))
        else {
            return (Phase::Off, None);
        };
        let alike = counted.iter().all(|(_, other)| word(other) == word(phase));
        let worst = (rank(phase) > 0 && !alike).then(|| part.name.clone());
        let is_named_after = component.service.is_some_and(|service| service.name == part.name);
        let rest_runs = counted.iter().any(|(other, _)| other.name != part.name && self.is_up(&other.name));
        let phase = match phase {
            Phase::Failed { cause } | Phase::Degraded { cause } if !is_named_after && rest_runs => {
                Phase::Degraded { cause: self.part_cause(component.id, part, cause.clone()) }
            }
            Phase::Drifted { drift: Drift::Stopped | Drift::Gone | Drift::Paused }
                if !is_named_after && rest_runs =>
            {
                let cause = self.cause(&part.name, self.unwell(component.id, part));
                Phase::Degraded { cause }
            }
            Phase::Pulling { .. } => pulling(&counted),
            // Between what has done its work and what is off, the switch decides.
            Phase::Healthy | Phase::Completed | Phase::Off => calm(&counted, expected.has(component.id)),
            other => other.clone(),
        };
        (phase, worst)
    }

    /// Whether the phase of a part is one of the component's: not when a profile holds it back, nor when it runs for
    /// others while this component is off.
    fn counts(&self, component: &Component<'_>, part: &Service, expected: &Expected) -> bool {
        if expected.has(component.id) {
            let active = component.active(&self.project.profiles).any(|it| it.name == part.name);
            return active || self.containers(&part.name).next().is_some();
        }
        !part.is_shared() && !expected.services.contains(&part.name)
    }

    /// What a container's own state says of a part is told with the part's name; other errors name it already.
    fn part_cause(&self, component: &str, part: &Service, cause: Cause) -> Cause {
        match cause.error.code {
            ErrorCode::Exited | ErrorCode::Unhealthy => {
                let error = self.unwell(component, part);
                let error = match cause.error.facts.exit_code() {
                    Some(code) => error.with(Fact::ExitCode(*code)),
                    None => error,
                };
                Cause { error, ..cause }
            }
            _ => cause,
        }
    }

    fn unwell(&self, component: &str, part: &Service) -> AppError {
        let containers: Vec<&Container> = self.present(&part.name);
        let worst = containers.iter().max_by_key(|container| self.severity(container));
        let state = match worst.map(|container| container.state) {
            None => PartState::Gone,
            Some(ContainerState::Running) => PartState::Unhealthy,
            Some(ContainerState::Paused) => PartState::Paused,
            Some(ContainerState::Restarting | ContainerState::Dead) => PartState::Restarting,
            Some(_) => PartState::Stopped,
        };
        AppError::new(ErrorCode::PartUnwell, component, &part.name)
            .with(Fact::Part(part.name.clone()))
            .with(Fact::State(state))
    }
}

impl Expected {
    /// Whether the switch of a component is on.
    pub(super) fn has(&self, component: &str) -> bool {
        self.components.contains(component)
    }

    /// Whether a service should run.
    pub(super) fn has_service(&self, state: &State, service: &str) -> bool {
        if state.project.is_component(service) { self.has(service) } else { self.services.contains(service) }
    }
}

/// How much a phase weighs against others. Nothing is to be said of what is well or off.
fn rank(phase: &Phase) -> u8 {
    match phase {
        Phase::Unknown => 10,
        Phase::Failed { .. } => 9,
        Phase::Degraded { .. } => 8,
        Phase::Drifted { .. } => 7,
        Phase::Pulling { .. } => 6,
        Phase::Stopping => 5,
        Phase::Creating => 4,
        Phase::Starting => 3,
        Phase::Waiting { .. } => 2,
        Phase::Healthy | Phase::Completed | Phase::Off => 0,
    }
}

fn word(phase: &Phase) -> std::mem::Discriminant<Phase> {
    std::mem::discriminant(phase)
}

/// All images together.
fn pulling(parts: &[(&Service, &Phase)]) -> Phase {
    let mut images: BTreeSet<&str> = BTreeSet::new();
    let (mut current, mut total) = (0.0, 0.0);
    for (part, phase) in parts {
        if let Phase::Pulling { current: here, total: all } = phase
            && images.insert(&part.image)
        {
            current += here;
            total += all;
        }
    }
    Phase::Pulling { current, total }
}

fn calm(parts: &[(&Service, &Phase)], on: bool) -> Phase {
    let is = |one: &Phase| parts.iter().any(|(_, phase)| *phase == one);
    if is(&Phase::Healthy) {
        Phase::Healthy
    } else if on && is(&Phase::Completed) {
        Phase::Completed
    } else {
        Phase::Off
    }
}

/// What is said of the health of all parts: the worst of each opinion.
pub(super) fn health_of_parts<'a>(parts: impl Iterator<Item = &'a Health> + Clone) -> Health {
    let engine = parts.clone().filter_map(|health| health.engine).max_by_key(|health| match health {
        EngineHealth::Healthy => 0,
        EngineHealth::Starting => 1,
        EngineHealth::Unhealthy => 2,
    });
    let probes = parts.clone().filter_map(|health| health.probe.as_ref());
    let probe = probes.clone().find(|probe| !probe.ok).or_else(|| probes.clone().next()).cloned();
    // Who has neither check nor probe has nobody to say it.
    let mut asked = parts.filter(|health| health.engine.is_some() || health.probe.is_some()).peekable();
    let ready_by = if asked.peek().is_none() {
        None
    } else {
        let by: Option<Vec<ReadyBy>> = asked.map(|health| health.ready_by).collect();
        by.and_then(|by| {
            [ReadyBy::HealthCheck, ReadyBy::Probe, ReadyBy::Engine].into_iter().find(|one| by.contains(one))
        })
    };
    Health { engine, probe, ready_by }
}
