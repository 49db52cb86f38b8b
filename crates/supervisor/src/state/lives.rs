//! Since when containers run, and how often the engine has restarted them. A list does not tell, so each
//! container is asked once for each of its lives.

use engine::Details;
use stack::observed::Container;

use super::{Effect, Link, Millis, Probing, State};

/// What a container told of its life.
#[derive(Default)]
pub(super) struct Life {
    /// It was asked, and has not started or died since.
    asked: bool,
    started: Option<Millis>,
    restarts: u32,
}

impl State {
    /// Asks every container that runs and was not asked yet. Only somebody who goes on looking wants to know.
    pub(super) fn ask_of_lives(&mut self, effects: &mut Vec<Effect>) {
        if self.probing != Probing::Watch || !matches!(self.link, Link::Up(_)) {
            return;
        }
        let Some(observed) = &self.observed else { return };
        self.lives.retain(|id, _| observed.containers.iter().any(|container| container.id == *id));
        for container in observed.containers.iter().filter(|it| it.is_up() && !it.oneoff) {
            let life = self.lives.entry(container.id.clone()).or_default();
            if !life.asked {
                life.asked = true;
                effects.push(Effect::Inspect { container: container.id.clone() });
            }
        }
    }

    /// What was known of a container's life is over.
    pub(super) fn life_changed(&mut self, container: &str) {
        if let Some(life) = self.lives.get_mut(container) {
            *life = Life { restarts: life.restarts, ..Life::default() };
        }
    }

    pub(super) fn inspected(&mut self, container: &str, details: Option<&Details>) {
        let (Some(life), Some(details)) = (self.lives.get_mut(container), details) else { return };
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
        let started = details.started_at.map(|seconds| seconds as Millis * 1000.0);
        life.started = started;
        life.restarts = u32::try_from(details.restart_count).unwrap_or(u32::MAX);
    }

    pub(super) fn started(&self, container: &Container) -> Option<Millis> {
        self.lives.get(&container.id).filter(|_| container.is_up())?.started
    }

    pub(super) fn restarts(&self, container: &Container) -> u32 {
        self.lives.get(&container.id).map_or(0, |life| life.restarts)
    }
}
