//! The questions that the present state raises: what each component itself says, and when it is asked again.

use std::time::Duration;

use clients::probe::Question;
use stack::observed::{Container, Health, State as ContainerState};

use super::{Effect, Link, Millis, Probing, State};
use crate::api::{
    error::{AppError, ErrorCode, Fact},
    snapshot::{Phase, ProbeResult, WaitReason},
};

/// How often components are asked while all is well, and while one is not.
const PROBE_CALM: Duration = Duration::from_secs(30);
const PROBE_EAGER: Duration = Duration::from_secs(1);

/// What is known of the probes of one component.
#[derive(Default)]
pub(super) struct Probe {
    /// The container that the result is about.
    pub(super) container: String,
    pub(super) result: Option<ProbeResult>,
    /// The container has answered as it should since it was started.
    pub(super) came_up: bool,
    /// A question is on its way, or will be after a pause.
    pub(super) asked: bool,
}

/// How long a component that was just started may take until it answers: from then on it is at fault.
const COMING_UP: Millis = 60_000.0;

impl State {
    /// Why a running component with nothing else against it is not well; `None` when its answers are right.
    pub(super) fn answer_phase(&self, service: &str, container: &Container) -> Option<Phase> {
        let probe = self.probes.get(service)?;
        let result = probe.result.as_ref().filter(|result| !result.ok)?;
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
        let since = self.started(container).unwrap_or(container.created as Millis * 1000.0);
        // Who looks only once cannot wait and see.
        let waits = self.probing == Probing::Watch;
        if waits && !probe.came_up && result.at - since < COMING_UP {
            return Some(Phase::Waiting { reason: WaitReason::Probe, since });
        }
        let error = AppError::new(ErrorCode::ProbeFailed, service, &result.answer)
            .with(Fact::Url(result.url.clone()));
        Some(Phase::Degraded { cause: self.cause(service, error) })
    }

    /// The answers of a container's life before are none of its present one.
    pub(super) fn forget_answers(&mut self, container: &str) {
        for probe in self.probes.values_mut().filter(|probe| probe.container == container) {
            probe.result = None;
            probe.came_up = false;
        }
    }

    pub(super) fn probed(&mut self, component: &str, result: ProbeResult) {
        let up =
            self.containers(component).find(|it| it.state == ContainerState::Running).map(|it| it.id.clone());
        let Some(probe) = self.probes.get_mut(component) else { return };
        probe.asked = false;
        if up.as_ref() == Some(&probe.container) {
            probe.came_up |= result.ok;
            probe.result = Some(result);
        }
    }

    /// A container that was waited for has answered its component's probe as it should.
    pub(super) fn came_up(&mut self, container: &str, result: ProbeResult) {
        let containers = self.observed.iter().flat_map(|observed| &observed.containers);
        let service = containers.clone().find(|it| it.id == container).map(|it| it.service.clone());
        let Some(service) = service else { return };
        let probe = self.probes.entry(service).or_default();
        let asked = probe.asked;
        *probe = Probe { container: container.to_owned(), result: Some(result), came_up: true, asked };
    }

    /// Questions that the present state raises: probes of what runs, evidence of what is not well.
    pub(super) fn follow_up(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.gather_evidence(effects);
        self.ask_of_lives(effects);
        self.read_flows(effects);
        self.ask_whether_ready(now, effects);
        if self.probing == Probing::Off || !matches!(self.link, Link::Up(_)) {
            return;
        }
        let due: Vec<(String, String, Question)> = self
            .project
            .services
            .values()
            .filter_map(|service| {
                let container =
                    self.containers(&service.name).find(|container| self.ready_to_answer(container))?;
                Some((service.name.clone(), container.id.clone(), self.question(service)?))
            })
            .collect();
        for (component, container, question) in due {
            let probe = self.probes.entry(component.clone()).or_default();
            if probe.container != container {
                *probe = Probe { container, asked: probe.asked, ..Probe::default() };
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

    /// A component is asked when there is nothing against it.
    pub(super) fn ready_to_answer(&self, container: &Container) -> bool {
        container.state == ContainerState::Running
            && matches!(self.health_of(container), None | Some(Health::Healthy))
    }
}
