//! What became of each component's health while the window was open.

use std::collections::{BTreeMap, VecDeque};

use crate::api::{
    snapshot::{Component, EngineHealth, Phase, Snapshot},
    window::{HealthEvent, HealthSource},
};

/// Changes that are kept of each component.
const KEPT: usize = 100;

#[derive(Default)]
struct Seen {
    phase: Option<String>,
    engine: Option<EngineHealth>,
    probe: Option<bool>,
    events: VecDeque<HealthEvent>,
}

/// The changes of every component, newest first.
#[derive(Default)]
pub(super) struct History(BTreeMap<String, Seen>);

impl History {
    /// Compares a snapshot with the one before.
    pub(super) fn note(&mut self, snapshot: &Snapshot, now: f64) {
        for component in &snapshot.components {
            self.0.entry(component.id.clone()).or_default().note(component, now);
        }
    }

    pub(super) fn of(&self, component: &str) -> Vec<HealthEvent> {
        self.0.get(component).map(|seen| seen.events.iter().cloned().collect()).unwrap_or_default()
    }
}

impl Seen {
    fn note(&mut self, component: &Component, now: f64) {
        let (word, ok) = phase(&component.phase);
        if self.phase.as_deref() != Some(word) {
            // The first sight of a component that is off is no news.
            if self.phase.is_some() || word != "off" {
                self.add(HealthEvent { at: now, from: HealthSource::Phase, ok, output: word.to_owned() });
            }
            self.phase = Some(word.to_owned());
        }
        if let Some(probe) = &component.health.probe
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
        if component.health.engine != self.engine {
            self.engine = component.health.engine;
            let output = match self.engine {
                Some(EngineHealth::Starting) => "starting",
                Some(EngineHealth::Healthy) => "healthy",
                Some(EngineHealth::Unhealthy) => "unhealthy",
                None => return,
            };
            let ok = self.engine != Some(EngineHealth::Unhealthy);
            let output = match &component.phase {
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
