//! The snapshot: everything a face shows, made anew from the state.

use std::collections::BTreeSet;

use stack::{
    components,
    compose::Service,
    meta,
    observed::{Health as Observed, State as ContainerState},
};

use super::{
    Link, State,
    parts::{Expected, health_of_parts},
};
use crate::api::snapshot::{
    Component, Container, Engine, EngineHealth, Health, Limits, Named, Notice, Operation, Overall, Part,
    Phase, Port, Preset, ReadyBy, Remark, Replacement, Snapshot, Stack, Text,
};

impl State {
    /// Puts the present state in the place of what is shown. Returns whether anything is different.
    pub(crate) fn update(&self, shown: &mut Snapshot) -> bool {
        let next = Snapshot { revision: shown.revision, ..self.snapshot() };
        if next == *shown {
            return false;
        }
        *shown = Snapshot { revision: shown.revision.wrapping_add(1), ..next };
        true
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let expected = self.expected();
        let components = self.project().components();
        let components: Vec<Component> = components.iter().map(|it| self.component(it, &expected)).collect();
        let mut snapshot = Snapshot {
            revision: 0,
            stack: self.stack(),
            engine: self.engine(),
            overall: Overall::default(),
            components,
            operation: self.operation.as_ref().map(|operation| Operation {
                id: operation.id,
                verb: operation.verb,
                started: operation.started,
                steps: operation.steps.clone(),
                outcome: operation.outcome,
                offers: self.offers().into_iter().map(|(_, offer, _)| offer).collect(),
            }),
            waiting: self.requests.shown(),
            unreadable: self.unreadable.clone(),
            notices: self.notices(),
            settled: self.settled(),
        };
        snapshot.overall = Overall::of(&snapshot, &snapshot.components);
        snapshot
    }

    fn stack(&self) -> Stack {
        let project = self.project();
        let title = if project.meta.title.en.is_empty() {
            Text { en: project.name.clone(), zh: project.name.clone() }
        } else {
            text(&project.meta.title)
        };
        let groups = project.meta.groups.iter();
        let presets = project.meta.presets.iter();
        Stack {
            name: project.name.clone(),
            title,
            folder: project.working_dir.display().to_string(),
            groups: groups.map(|it| Named { id: it.id.clone(), title: text(&it.title) }).collect(),
            presets: presets
                .map(|it| Preset {
                    id: it.id.clone(),
                    title: text(&it.title),
                    components: it.components.clone(),
                })
                .collect(),
        }
    }

    fn engine(&self) -> Engine {
        let endpoint = self.endpoint.clone();
        match &self.link {
            Link::Connecting => Engine::Connecting { endpoint },
            Link::Up(info) => Engine::Connected {
                endpoint,
                product: info.product.clone(),
                version: info.version.clone(),
                api: info.api.clone(),
            },
            Link::Lost { since, error } => Engine::Lost { endpoint, since: *since, error: error.clone() },
        }
    }

    fn component(&self, component: &components::Component<'_>, expected: &Expected) -> Component {
        let meta = component.meta;
        let plain = Text { en: component.id.to_owned(), zh: component.id.to_owned() };
        let phases: Vec<Phase> = component
            .parts
            .iter()
            .map(|part| self.phase(part, expected.has_service(self, &part.name)))
            .collect();
        let (phase, worst) = self.phase_of_parts(component, &phases, expected);
        let parts: Vec<Part> = component
            .parts
            .iter()
            .zip(phases)
            .map(|(part, phase)| self.part(component, part, phase))
            .collect();
        let needs: BTreeSet<&String> = component
            .active(&self.project.profiles)
            .flat_map(|part| &part.depends_on)
            .filter(|(name, dependency)| dependency.required && *name != component.id)
            .map(|(name, _)| name)
            .filter(|name| self.project.is_component(name))
            .collect();
        let shown =
            component.service.and_then(|service| parts.iter().find(|part| part.service == service.name));
        Component {
            id: component.id.to_owned(),
            title: titled(&meta.title).unwrap_or(plain),
            about: text(&meta.about),
            group: meta.group.clone(),
            icon: meta.icon.clone(),
            recipe: meta.recipe.clone(),
            enabled: expected.has(component.id),
            phase,
            worst,
            runs: parts.iter().any(|part| part.runs && part.shared_with.is_empty()),
            // What it shares says nothing of it while it is off, and shows in its phase while it is on.
            health: health_of_parts(
                parts.iter().filter(|part| part.shared_with.is_empty()).map(|part| &part.health),
            ),
            container: shown.and_then(|part| part.container.clone()),
            image: shown.map(|part| part.image.clone()).unwrap_or_default(),
            ports: parts.iter().flat_map(|part| part.ports.clone()).collect(),
            limits: sum(parts.iter().filter(|part| part.active).map(|part| part.limits)),
            links: component.parts.iter().flat_map(|part| self.links(part)).collect(),
            parts,
            needs: needs.into_iter().cloned().collect(),
            excludes: meta.excludes.clone(),
            uses: meta.uses.clone(),
            replacement: meta
                .replacement
                .as_ref()
                .map(|it| Replacement { component: it.component.clone(), reason: text(&it.reason) }),
        }
    }

    fn part(&self, component: &components::Component<'_>, service: &Service, phase: Phase) -> Part {
        let wholes = service.meta.iter().flat_map(|meta| &meta.part_of);
        Part {
            service: service.name.clone(),
            title: service.meta.as_ref().and_then(|meta| titled(&meta.component.title)),
            active: component.active(&self.project.profiles).any(|part| part.name == service.name),
            shared_with: wholes.filter(|whole| *whole != component.id).cloned().collect(),
            phase,
            runs: self
                .containers(&service.name)
                .any(|it| matches!(it.state, ContainerState::Running | ContainerState::Paused)),
            health: self.health(service),
            container: self.container(&service.name),
            image: service.image.clone(),
            ports: configured_ports(service),
            limits: limits(service),
        }
    }

    fn health(&self, service: &Service) -> Health {
        let running = self.containers(&service.name).find(|container| container.is_up());
        let engine = running.and_then(|container| container.health).map(|health| match health {
            Observed::Starting => EngineHealth::Starting,
            Observed::Healthy => EngineHealth::Healthy,
            Observed::Unhealthy => EngineHealth::Unhealthy,
        });
        let probe = self.probes.get(&service.name);
        let probe = probe.filter(|probe| running.is_some_and(|it| it.id == probe.container));
        let probe = probe.and_then(|probe| probe.result.as_ref());
        let probe = probe.or_else(|| self.asks.last(&running?.id)).cloned();
        let ready_by = match engine {
            Some(EngineHealth::Healthy) => Some(ReadyBy::Engine),
            Some(EngineHealth::Unhealthy) => None,
            Some(EngineHealth::Starting) => running.and_then(|it| self.asks.ready_by(it)),
            None => probe.as_ref().filter(|probe| probe.ok).map(|_| ReadyBy::Probe),
        };
        Health { engine, probe, ready_by }
    }

    fn container(&self, service: &str) -> Option<Container> {
        let container = self.containers(service).max_by_key(|container| container.is_up())?;
        let ports = container.ports.iter().map(|port| Port {
            ip: port.ip.to_string(),
            public: port.public,
            private: port.private,
            protocol: port.protocol.clone(),
        });
        Some(Container {
            id: container.id.clone(),
            name: container.name.clone(),
            status: container.status.clone(),
            ports: ports.collect(),
            started: self.started(container),
            restarts: self.restarts(container),
        })
    }

    fn notices(&self) -> Vec<Notice> {
        let mut notices = [&self.file_notices[..], &self.notices[..]].concat();
        if self.change_waits() {
            notices.push(Notice::new(Remark::ChangeWaits, self.project().name.clone(), None));
        }
        let foreign = self.observed.iter().flat_map(|observed| &observed.containers);
        notices.extend(foreign.filter(|container| !self.is_of_this_folder(container)).map(|container| {
            let folder = container.working_dir.display().to_string();
            Notice::new(Remark::ForeignProject, &self.project().name, Some(folder))
        }));
        notices.sort_by(|a, b| (&a.code, &a.subject).cmp(&(&b.code, &b.subject)));
        notices.dedup();
        notices
    }
}

/// What the files say; a range or a port that the engine chooses has no number yet.
fn configured_ports(service: &Service) -> Vec<Port> {
    let ports = service.ports.iter().filter_map(|port| {
        let ip = if port.host_ip.is_empty() { "0.0.0.0" } else { &port.host_ip };
        Some(Port {
            ip: ip.to_owned(),
            public: port.published.parse().ok()?,
            private: port.target,
            protocol: port.protocol.clone(),
        })
    });
    ports.collect()
}

/// The limits of the file, which may stand in two places.
pub(crate) fn limits(service: &Service) -> Limits {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.limits.as_ref());
    let cpus = [service.cpus, deploy.map_or(0.0, |limits| limits.cpus)];
    let memory = [service.mem_limit.bytes(), deploy.map_or(0, |limits| limits.memory.bytes())];
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory fit")]
    let memory = memory.into_iter().find(|bytes| *bytes > 0).map(|bytes| bytes as f64);
    Limits { cpus: cpus.into_iter().find(|cpus| *cpus > 0.0).map(f64::from), memory }
}

/// What several may use together: without a limit as soon as one has none.
pub(crate) fn sum(limits: impl Iterator<Item = Limits> + Clone) -> Limits {
    if limits.clone().next().is_none() {
        return Limits::default();
    }
    Limits { cpus: limits.clone().map(|it| it.cpus).sum(), memory: limits.map(|it| it.memory).sum() }
}

fn titled(title: &meta::Text) -> Option<Text> {
    (!title.en.is_empty()).then(|| text(title))
}

fn text(text: &meta::Text) -> Text {
    Text { en: text.en.clone(), zh: text.zh.clone() }
}
