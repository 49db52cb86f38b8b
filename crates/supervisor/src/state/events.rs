//! What the engine tells: the last observation is brought up to date between two looks.

use engine::{Event, EventKind};
use stack::observed::{Container, Health, State as ContainerState};

use super::{Effect, State};

impl State {
    /// The engine tells of a change: the last observation is brought up to date.
    pub(super) fn event(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        if event.project != self.project.name || event.oneoff {
            return;
        }
        // What happened before there was a connection is in the first look, and the containers it is about may be gone: a
        // death of the time before must not be taken for one of what was just started. An engine whose clock is behind
        // tells of the present with such times, so it is looked at again.
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds since 1970, as milliseconds")]
        if (event.time_nano as f64) / 1e6 < self.connected {
            return self.look(effects);
        }
        let restarts = self.project.services.get(&event.service).is_some_and(|service| {
            matches!(service.restart.as_str(), "always" | "unless-stopped")
                || (service.restart.starts_with("on-failure") && event.exit_code != Some(0))
        });
        if event.kind == EventKind::Died {
            self.died.push(event.id.clone());
        }
        if self.observing {
            // The look that is under way may have missed this.
            self.look_again = true;
        }
        if matches!(event.kind, EventKind::Started | EventKind::Died) {
            self.life_changed(&event.id);
            self.forget_answers(&event.id);
            self.asks.forget(&event.id);
        }
        let Some(observed) = self.observed.as_mut() else { return };
        if event.kind == EventKind::Destroyed {
            self.died.retain(|id| *id != event.id);
            observed.containers.retain(|container| container.id != event.id);
            return;
        }
        let known = observed.containers.iter().position(|container| container.id == event.id);
        let container = if let Some(index) = known {
            &mut observed.containers[index]
        } else {
            observed.containers.push(Container {
                id: event.id.clone(),
                name: event.name.clone(),
                service: event.service.clone(),
                working_dir: self.project.working_dir.clone(),
                ..Container::default()
            });
            let last = observed.containers.len() - 1;
            &mut observed.containers[last]
        };
        match &event.kind {
            EventKind::Started => {
                container.state = ContainerState::Running;
                container.exit_code = None;
                container.health = None;
            }
            EventKind::Died => {
                // Newer engines tell of a stop before they tell of the death that it caused.
                let stopped = container.state == ContainerState::Exited;
                container.state =
                    if restarts && !stopped { ContainerState::Restarting } else { ContainerState::Exited };
                container.exit_code = event.exit_code;
                container.health = None;
                if let Some(operation) = &mut self.operation {
                    *operation.deaths.entry(event.id.clone()).or_default() += 1;
                }
            }
            EventKind::Stopped => container.state = ContainerState::Exited,
            EventKind::Paused => container.state = ContainerState::Paused,
            EventKind::Unpaused => container.state = ContainerState::Running,
            EventKind::Renamed => return container.name.clone_from(&event.name),
            EventKind::Health(health) => container.health = Some(*health),
            EventKind::Created => {}
            _ => return,
        }
        container.status = words(container, event.kind);
        // The engine's words, ports and networks are only in a list; while a plan runs it ends with one.
        if matches!(event.kind, EventKind::Started | EventKind::Died | EventKind::Created) && !self.busy() {
            self.look(effects);
        }
    }
}

/// What a list of the engine would say of a container that this has just happened to.
fn words(container: &Container, kind: EventKind) -> String {
    const NOW: &str = "Less than a second";
    let code = container.exit_code.unwrap_or_default();
    let age = container.status.strip_prefix("Up ").and_then(|age| age.split(" (").next());
    let age = age.filter(|_| kind != EventKind::Started).unwrap_or(NOW);
    match (container.state, container.health) {
        (ContainerState::Running, None) => format!("Up {age}"),
        (ContainerState::Running, Some(Health::Starting)) => format!("Up {age} (health: starting)"),
        (ContainerState::Running, Some(Health::Healthy)) => format!("Up {age} (healthy)"),
        (ContainerState::Running, Some(Health::Unhealthy)) => format!("Up {age} (unhealthy)"),
        (ContainerState::Paused, _) => format!("Up {age} (Paused)"),
        (ContainerState::Restarting, _) => format!("Restarting ({code}) {NOW} ago"),
        (ContainerState::Exited, _) => format!("Exited ({code}) {NOW} ago"),
        (ContainerState::Created, _) => "Created".to_owned(),
        _ => container.status.clone(),
    }
}
