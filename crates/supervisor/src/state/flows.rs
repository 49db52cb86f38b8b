//! A log collector is no better than what it passes on.

use std::time::Duration;

use stack::{compose::Service, observed::Container};

use super::{Effect, Link, Millis, Probing, State, links};
use crate::api::{
    error::{AppError, ErrorCode, Fact},
    snapshot::Phase,
};

/// How often a collector's count is read.
const READING: Duration = Duration::from_secs(30);
/// After so many readings in a row without a new line, although containers wrote, it is at fault. One alone may be a
/// matter of moments.
const STALLED: u32 = 2;

/// A reading of a collector's count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// Lines that it has sent since it was started.
    pub(crate) sent: f64,
    pub(crate) at: Millis,
    /// A container that has written since the reading before, when nothing was sent since then.
    pub(crate) written: Option<String>,
}

/// What is known of a collector's flow.
#[derive(Default)]
pub(super) struct Flow {
    container: String,
    asked: bool,
    last: Option<Reading>,
    stalled: u32,
}

impl State {
    /// Why a collector that answers is not well all the same.
    pub(super) fn flow_phase(&self, service: &Service, container: &Container) -> Option<Phase> {
        let flow = self.flows.get(&service.name).filter(|flow| flow.container == container.id)?;
        let written = flow.last.as_ref().filter(|_| flow.stalled >= STALLED)?.written.as_ref()?;
        let error = AppError::new(ErrorCode::NothingSent, &service.name, written)
            .with(Fact::Container(written.clone()));
        Some(Phase::Degraded { cause: self.cause(&service.name, error) })
    }

    /// Reads the count of every collector that runs, as long as somebody watches.
    pub(super) fn read_flows(&mut self, effects: &mut Vec<Effect>) {
        if self.probing != Probing::Watch || !matches!(self.link, Link::Up(_)) {
            return;
        }
        let due: Vec<(String, String, String)> = self
            .project
            .services
            .values()
            .filter_map(|service| {
                let flow = service.meta.as_ref()?.flow.as_ref()?;
                let container =
                    self.containers(&service.name).find(|container| self.ready_to_answer(container))?;
                let host = links::host_of(&self.endpoint);
                let authority = links::authority(&host, service, Some(container), flow.port)?;
                Some((service.name.clone(), container.id.clone(), format!("http://{authority}{}", flow.path)))
            })
            .collect();
        for (component, container, url) in due {
            let flow = self.flows.entry(component.clone()).or_default();
            if flow.container != container {
                *flow = Flow { container, asked: flow.asked, ..Flow::default() };
            }
            if !flow.asked {
                flow.asked = true;
                let after = if flow.last.is_some() { READING } else { Duration::ZERO };
                effects.push(Effect::Flow { component, url, before: flow.last.clone(), after });
            }
        }
    }

    pub(super) fn flowed(&mut self, component: &str, reading: Option<Reading>) {
        let Some(flow) = self.flows.get_mut(component) else { return };
        flow.asked = false;
        // No answer is the probe's matter.
        let Some(reading) = reading else { return };
        flow.stalled = if reading.written.is_some() { flow.stalled + 1 } else { 0 };
        flow.last = Some(reading);
    }
}
