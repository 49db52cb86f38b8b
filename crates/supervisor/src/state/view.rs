//! The snapshot: everything a face shows, made anew from the state.

use stack::{compose::Service, meta, observed::Health as Observed};

use super::{Link, State};
use crate::api::snapshot::{
    Component, Container, Engine, EngineHealth, Health, Named, Notice, Operation, Port, Preset, ReadyBy,
    Remark, Replacement, Snapshot, Stack, Text,
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
        Snapshot {
            revision: 0,
            stack: self.stack(),
            engine: self.engine(),
            components: self
                .project()
                .components()
                .into_iter()
                .map(|service| self.component(service))
                .collect(),
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
        }
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

    fn component(&self, service: &Service) -> Component {
        let meta = service.meta.clone().unwrap_or_default();
        let title = if meta.title.en.is_empty() {
            Text { en: service.name.clone(), zh: service.name.clone() }
        } else {
            text(&meta.title)
        };
        let required = service.depends_on.iter().filter(|(_, dependency)| dependency.required);
        let needs =
            required.map(|(name, _)| name.clone()).filter(|name| self.project().is_component(name)).collect();
        Component {
            id: service.name.clone(),
            title,
            about: text(&meta.about),
            group: meta.group,
            icon: meta.icon,
            recipe: meta.recipe,
            enabled: self.enabled(&service.name),
            phase: self.phase(service),
            health: self.health(service),
            container: self.container(&service.name),
            image: service.image.clone(),
            ports: configured_ports(service),
            links: self.links(service),
            needs,
            excludes: meta.excludes,
            uses: meta.uses,
            replacement: meta
                .replacement
                .map(|it| Replacement { component: it.component, reason: text(&it.reason) }),
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

fn text(text: &meta::Text) -> Text {
    Text { en: text.en.clone(), zh: text.zh.clone() }
}
