//! The questions that the present state raises: what each component itself says, and when it is asked again.

use std::time::Duration;

use clients::probe::Question;
use stack::observed::{Container, Health, State as ContainerState};

use super::{Effect, Link, Probing, State};
use crate::api::snapshot::ProbeResult;

/// How often components are asked while all is well, and while one is not.
const PROBE_CALM: Duration = Duration::from_secs(30);
const PROBE_EAGER: Duration = Duration::from_secs(1);

/// What is known of the probes of one component.
#[derive(Default)]
pub(super) struct Probe {
    /// The container that the result is about.
    pub(super) container: String,
    pub(super) result: Option<ProbeResult>,
    /// A question is on its way, or will be after a pause.
    pub(super) asked: bool,
}

impl State {
    pub(super) fn probed(&mut self, component: &str, result: ProbeResult) {
        let up =
            self.containers(component).find(|it| it.state == ContainerState::Running).map(|it| it.id.clone());
        let Some(probe) = self.probes.get_mut(component) else { return };
        probe.asked = false;
        if up.as_ref() == Some(&probe.container) {
            probe.result = Some(result);
        }
    }

    /// Questions that the present state raises: probes of what runs, evidence of what is not well.
    pub(super) fn follow_up(&mut self, effects: &mut Vec<Effect>) {
        self.gather_evidence(effects);
        self.ask_of_lives(effects);
        if self.probing == Probing::Off || !matches!(self.link, Link::Up(_)) {
            return;
        }
        let due: Vec<(String, String, Question)> = self
            .project
            .components()
            .into_iter()
            .filter_map(|service| {
                let container =
                    self.containers(&service.name).find(|container| ready_to_answer(container))?;
                Some((service.name.clone(), container.id.clone(), self.question(service)?))
            })
            .collect();
        for (component, container, question) in due {
            let probe = self.probes.entry(component.clone()).or_default();
            if probe.container != container {
                *probe = Probe { container, result: None, asked: probe.asked };
            }
            let after = match &probe.result {
                None => Duration::ZERO,
                Some(_) if self.probing == Probing::Once => continue,
                Some(result) if result.ok => PROBE_CALM,
                Some(_) => PROBE_EAGER,
            };
            if !probe.asked {
                probe.asked = true;
                effects.push(Effect::Probe { component, question, after });
            }
        }
    }
}

/// A component is asked when the engine has nothing against it.
pub(super) fn ready_to_answer(container: &Container) -> bool {
    container.state == ContainerState::Running && matches!(container.health, None | Some(Health::Healthy))
}
