//! Addresses: where a component's port is reachable from here, and the pages it offers.

use std::net::IpAddr;

use clients::probe::Question;
use stack::{
    compose::{Project, Service},
    meta::Seed,
    observed::{Container, Observed},
};

use super::State;
use crate::api::snapshot::{Link, Text};

/// The host under which ports that an engine publishes are reachable from here.
pub(crate) fn host_of(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else { return "127.0.0.1".to_owned() };
    if !matches!(scheme, "tcp" | "http" | "https" | "ssh") {
        return "127.0.0.1".to_owned();
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(v6) => format!("[{}]", v6.split(']').next().unwrap_or_default()),
        None => host.split(':').next().unwrap_or_default().to_owned(),
    }
}

/// `host:port` of a container port; `None` when it is not published.
pub(super) fn authority(
    host: &str,
    service: &Service,
    container: Option<&Container>,
    port: u16,
) -> Option<String> {
    let published = container
        .and_then(|container| container.ports.iter().find(|it| it.private == port && it.protocol == "tcp"))
        .map(|found| (found.ip, found.public));
    let configured = || {
        let port = service.ports.iter().find(|it| it.target == port && it.protocol == "tcp")?;
        Some((
            port.host_ip.parse().ok().unwrap_or(IpAddr::V4([0, 0, 0, 0].into())),
            port.published.parse().ok()?,
        ))
    };
    let (ip, port) = published.or_else(configured)?;
    Some(match ip {
        // What is bound to all addresses, or to the loopback of the engine's host, is asked at that host.
        ip if ip.is_unspecified() || ip.is_loopback() => format!("{host}:{port}"),
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    })
}

/// Where the seed of a service is sent.
pub(crate) fn seed_base(host: &str, project: &Project, observed: &Observed, service: &str) -> String {
    let Some(service) = project.services.get(service) else { return String::new() };
    let container = observed.containers.iter().find(|it| it.service == service.name && it.is_up());
    let port = match service.meta.as_ref().and_then(|meta| meta.seed.as_ref()) {
        Some(Seed::ConsulKv { port, .. }) => *port,
        None => return String::new(),
    };
    authority(host, service, container, port).map(|it| format!("http://{it}")).unwrap_or_default()
}

impl State {
    pub(super) fn question(&self, service: &Service) -> Option<Question> {
        let probe = service.meta.as_ref()?.probe.as_ref()?;
        let container = self.containers(&service.name).next();
        let authority = authority(&host_of(&self.endpoint), service, container, probe.port)?;
        let url = format!("http://{authority}{}", probe.path);
        Some(Question { url, status: probe.status, body: probe.body.clone() })
    }

    pub(super) fn links(&self, service: &Service) -> Vec<Link> {
        let links = service.meta.iter().flat_map(|meta| &meta.links);
        links
            .filter_map(|link| {
                let serving = link.component.as_ref().unwrap_or(&service.name);
                let server = self.project.services.get(serving)?;
                let container = self.containers(serving).next();
                let live = container.is_some_and(|container| self.ready_to_answer(container));
                let authority = authority(&host_of(&self.endpoint), server, container, link.port)?;
                Some(Link {
                    id: link.id.clone(),
                    title: Text { en: link.title.en.clone(), zh: link.title.zh.clone() },
                    url: format!("http://{authority}{}", link.path),
                    component: serving.clone(),
                    live,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn ports_are_reachable_where_the_engine_is() {
        assert_eq!(host_of("unix:///var/run/docker.sock"), "127.0.0.1");
        assert_eq!(host_of("npipe:////./pipe/docker_engine"), "127.0.0.1");
        assert_eq!(host_of("tcp://build.example:2376"), "build.example");
        assert_eq!(host_of("ssh://me@host:22"), "host");
        assert_eq!(host_of("tcp://[::1]:2375"), "[::1]");
    }
}
