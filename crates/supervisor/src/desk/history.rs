//! What became of the health of each component and each service while the window was open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::api::{
    snapshot::{EngineHealth, Health, Phase, Snapshot},
    window::{HealthEvent, HealthSource},
};

/// Changes that are kept of each.
const KEPT: usize = 100;

#[derive(Default)]
struct Seen {
    phase: Option<String>,
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
    fn note(&mut self, now_in: &Phase, health: &Health, now: f64) {
        let (word, ok) = phase(now_in);
        if self.phase.as_deref() != Some(word) {
            // The first sight of a component that is off is no news.
            if self.phase.is_some() || word != "off" {
                self.add(HealthEvent { at: now, from: HealthSource::Phase, ok, output: word.to_owned() });
            }
            self.phase = Some(word.to_owned());
        }
        if let Some(probe) = &health.probe
            && self.probe != Some(probe.ok)
        {
            self.probe = Some(probe.ok);
            self.add(HealthEvent {
                at: probe.at,
                from: HealthSource::Probe,
                ok: probe.ok,
                output: format!("{}: {}", probe.url, probe.answer),
            });
        }
        if health.engine != self.engine {
            self.engine = health.engine;
            let output = match self.engine {
                Some(EngineHealth::Starting) => "starting",
                Some(EngineHealth::Healthy) => "healthy",
                Some(EngineHealth::Unhealthy) => "unhealthy",
                None => return,
            };
            let ok = self.engine != Some(EngineHealth::Unhealthy);
            let output = match now_in {
                Phase::Failed { cause } | Phase::Degraded { cause } => {
                    cause.evidence.health_check.clone().unwrap_or_else(|| output.to_owned())
                }
                _ => output.to_owned(),
            };
            self.add(HealthEvent { at: now, from: HealthSource::Engine, ok, output });
        }
    }

    fn add(&mut self, event: HealthEvent) {
        self.events.push_front(event);
        self.events.truncate(KEPT);
    }
}

/// The word of a phase, and whether all is well in it.
pub(super) fn phase(phase: &Phase) -> (&'static str, bool) {
    match phase {
        Phase::Off => ("off", true),
        Phase::Pulling { .. } => ("pulling", true),
        Phase::Creating => ("creating", true),
        Phase::Starting => ("starting", true),
        Phase::Waiting { .. } => ("waiting", true),
        Phase::Healthy => ("healthy", true),
        Phase::Degraded { .. } => ("degraded", false),
        Phase::Failed { .. } => ("failed", false),
        Phase::Stopping => ("stopping", true),
        Phase::Completed => ("completed", true),
        Phase::Drifted { .. } => ("drifted", false),
        Phase::Unknown => ("unknown", false),
    }
}
