//! Which containers there are to read, as the loop sees them: readers follow it and ask the engine for nothing.

use std::{collections::BTreeMap, sync::Arc};

use engine::Engine;
use stack::observed::{Container, State};

/// Whose line it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Origin {
    /// The service.
    pub service: String,
    /// Name of the container.
    pub container: String,
}

/// What there is to read of a stack at the moment.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Name of the project, and the engine's address. Others than before begin anew.
    pub(super) stack: (String, String),
    /// The connection, while there is one.
    pub(super) engine: Option<Engine>,
    /// Whether the engine has been looked at: what was there then has a past that was not followed.
    pub(super) looked: bool,
    /// By container id.
    pub(super) containers: BTreeMap<String, Source>,
}

/// One container.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) origin: Arc<Origin>,
    pub(super) life: Life,
}

/// What of a container's life decides whether there may be more to read. Any change is a reason to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// It was started at least once.
    pub(super) begun: bool,
    pub(super) runs: bool,
    /// How often it was seen to start.
    pub(super) starts: u32,
    /// It is not among the containers any more.
    pub(super) gone: bool,
}

impl Sources {
    /// Takes in what the loop knows now. Returns whether that is another thing than before.
    pub(crate) fn update(
        &mut self,
        project: &str,
        engine: Option<&Engine>,
        observed: Option<&[Container]>,
    ) -> bool {
        let uri = engine.map_or(self.stack.1.as_str(), |engine| engine.info().uri.as_str());
        if (self.stack.0.as_str(), self.stack.1.as_str()) != (project, uri) {
            *self = Self { stack: (project.to_owned(), uri.to_owned()), ..Self::default() };
        }
        let mut changed = !same(self.engine.as_ref(), engine);
        if changed {
            self.engine = engine.cloned();
        }
        let Some(observed) = observed else { return changed };
        // Each turn of the loop comes here, so nothing is made where nothing has changed.
        changed |= !std::mem::replace(&mut self.looked, true);
        let mut listed = 0;
        for container in observed.iter().filter(|it| !it.oneoff && !it.service.is_empty()) {
            listed += 1;
            let begun = !matches!(container.state, State::Created);
            let runs = matches!(container.state, State::Running | State::Paused);
            if let Some(source) = self.containers.get_mut(&container.id) {
                let before = source.life;
                source.life.begun |= begun;
                source.life.starts += u32::from(runs && !before.runs);
                source.life.runs = runs;
                if source.origin.container != container.name {
                    source.origin = origin(container);
                    changed = true;
                }
                changed |= source.life != before;
            } else {
                let life = Life { begun, runs, starts: 0, gone: false };
                self.containers.insert(container.id.clone(), Source { origin: origin(container), life });
                changed = true;
            }
        }
        if self.containers.len() > listed {
            self.containers.retain(|id, _| observed.iter().any(|container| container.id == *id));
            changed = true;
        }
        changed
    }
}

/// Whether it is one and the same connection.
pub(super) fn same(one: Option<&Engine>, other: Option<&Engine>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_same(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn origin(container: &Container) -> Arc<Origin> {
    Arc::new(Origin { service: container.service.clone(), container: container.name.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(id: &str, state: State) -> Container {
        Container {
            id: id.to_owned(),
            name: format!("p-{id}-1"),
            service: id.to_owned(),
            state,
            ..Container::default()
        }
    }

    #[test]
    fn each_start_is_seen_however_late_one_looks() {
        let mut sources = Sources::default();
        sources.update("p", None, None);
        assert!(!sources.update("p", None, None), "nothing is known yet");
        assert!(sources.update("p", None, Some(&[])), "there is nothing, which is known now");
        assert!(sources.update("p", None, Some(&[container("a", State::Created)])));
        assert!(!sources.containers["a"].life.begun);
        for state in [State::Running, State::Exited, State::Running, State::Restarting, State::Running] {
            assert!(sources.update("p", None, Some(&[container("a", state)])), "{state:?}");
        }
        assert!(!sources.update("p", None, Some(&[container("a", State::Running)])), "nothing has changed");
        let life = Life { begun: true, runs: true, starts: 3, gone: false };
        assert_eq!(sources.containers["a"].life, life);
    }

    #[test]
    fn names_follow_and_what_is_removed_goes() {
        let mut sources = Sources::default();
        let mut one = container("a", State::Running);
        sources.update("p", None, Some(std::slice::from_ref(&one)));
        one.name = "old-a".to_owned();
        assert!(sources.update("p", None, Some(std::slice::from_ref(&one))));
        assert_eq!(sources.containers["a"].origin.container, "old-a");
        one.oneoff = true;
        one.id = "run".to_owned();
        assert!(sources.update("p", None, Some(&[one])), "the first one has gone");
        assert!(sources.containers.is_empty(), "a one-off container is nobody's component");
    }
}
