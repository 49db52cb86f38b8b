//! What became of the health of each component and each service while the window was open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::api::{
    snapshot::{EngineHealth, Health, Phase, PhaseKind, Snapshot},
    window::{HealthEvent, HealthSource},
};

/// Changes that are kept of each.
const KEPT: usize = 100;

#[derive(Default)]
struct Seen {
    phase: Option<PhaseKind>,
    engine: Option<EngineHealth>,
    probe: Option<bool>,
    events: VecDeque<HealthEvent>,
}

/// The changes by the name of component or service, newest first.
#[derive(Default)]
pub(super) struct History(BTreeMap<String, Seen>);

impl History {
    /// Compares a snapshot with the one before.
    pub(super) fn note(&mut self, snapshot: &Snapshot, now: f64) {
        let mut noted = BTreeSet::new();
        for component in &snapshot.components {
            let parts = component.parts.iter().map(|part| (&part.service, &part.phase, &part.health));
            // The service that a component is named after tells more than all parts together.
            let whole = (&component.id, &component.phase, &component.health);
            for (name, phase, health) in parts.chain([whole]) {
                // A part of several components is told of once.
                if noted.insert(name) {
                    self.0.entry(name.clone()).or_default().note(phase, health, now);
                }
            }
        }
    }

    pub(super) fn of(&self, component: &str) -> Vec<HealthEvent> {
        self.0.get(component).map(|seen| seen.events.iter().cloned().collect()).unwrap_or_default()
    }
}

impl Seen {
    fn note(&mut self, found: &Phase, health: &Health, now: f64) {
        let news =
            |from, ok| HealthEvent { at: now, from, ok, phase: None, engine: None, output: String::new() };
        let phase = found.kind();
        if self.phase != Some(phase) {
            // The first sight of a component that is off is no news.
            if self.phase.is_some() || phase != PhaseKind::Off {
                self.add(HealthEvent { phase: Some(phase), ..news(HealthSource::Phase, is_well(phase)) });
            }
            self.phase = Some(phase);
        }
        if let Some(probe) = &health.probe
            && self.probe != Some(probe.ok)
        {
            self.probe = Some(probe.ok);
            self.add(HealthEvent {
                at: probe.at,
                output: format!("{}: {}", probe.url, probe.answer),
                ..news(HealthSource::Probe, probe.ok)
            });
        }
        if health.engine != self.engine {
            self.engine = health.engine;
            if self.engine.is_none() {
                return;
            }
            let output = match found {
                Phase::Failed { cause } | Phase::Degraded { cause } => cause.evidence.health_check.clone(),
                _ => None,
            };
            self.add(HealthEvent {
                engine: self.engine,
                output: output.unwrap_or_default(),
                ..news(HealthSource::Engine, self.engine != Some(EngineHealth::Unhealthy))
            });
        }
    }

    fn add(&mut self, event: HealthEvent) {
        self.events.push_front(event);
        self.events.truncate(KEPT);
    }
}

/// Whether all is well in a phase.
fn is_well(phase: PhaseKind) -> bool {
    match phase {
        PhaseKind::Off
        | PhaseKind::Pulling
        | PhaseKind::Creating
        | PhaseKind::Starting
        | PhaseKind::Waiting
        | PhaseKind::Healthy
        | PhaseKind::Stopping
        | PhaseKind::Completed => true,
        PhaseKind::Degraded | PhaseKind::Failed | PhaseKind::Drifted | PhaseKind::Unknown => false,
    }
}
