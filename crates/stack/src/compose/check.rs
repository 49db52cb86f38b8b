//! What only the whole project can tell: names that lead nowhere, circles, doubles.

mod components;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
};

use super::{
    error::{LoadErrorKind, Problems},
    keys::suggestion,
    model::{MountKind, Project, Service},
};
use crate::yaml::{Node, Span, Value, scalar};

/// Reports every inconsistency of a decoded project.
pub(super) fn check(project: &Project, root: &Node, problems: &Problems) {
    let check = Check { project, root, problems };
    for (name, service) in &project.services {
        check.service(name, service);
        if problems.is_full() {
            return;
        }
    }
    check.cycles();
    check.container_names();
    check.components();
}

struct Check<'a> {
    project: &'a Project,
    root: &'a Node,
    problems: &'a Problems,
}

impl Check<'_> {
    fn service_names(&self) -> impl Iterator<Item = &str> {
        self.project.services.keys().map(String::as_str)
    }

    fn service(&self, name: &str, service: &Service) {
        for dependency in service.depends_on.keys() {
            if self.project.services.contains_key(dependency) || self.problems.is_full() {
                continue;
            }
            let shared = service.network_mode.strip_prefix("service:") == Some(dependency.as_str());
            let keys = if shared { ["network_mode", ""] } else { ["depends_on", dependency.as_str()] };
            let hint = suggestion(dependency, self.service_names());
            self.report(
                &["services", name, keys[0], keys[1]],
                LoadErrorKind::Reference,
                format!("there is no service {dependency}{hint}"),
            );
        }
        for network in service.networks.keys().filter(|key| !self.project.networks.contains_key(*key)) {
            let hint = suggestion(network, self.project.networks.keys().map(String::as_str));
            let message = format!("the network {network} is not declared under networks{hint}");
            self.report(&["services", name, "networks", network], LoadErrorKind::Reference, message);
        }
        for mount in &service.volumes {
            let named = mount.kind == MountKind::Volume && !mount.source.is_empty();
            if named && !self.project.volumes.contains_key(&mount.source) {
                let hint = suggestion(&mount.source, self.project.volumes.keys().map(String::as_str));
                let message = format!("the volume {} is not declared under volumes{hint}", mount.source);
                self.report(&["services", name, "volumes", &mount.source], LoadErrorKind::Reference, message);
            }
            let double = service.tmpfs.iter().any(|tmpfs| tmpfs.split(':').next() == Some(&mount.target));
            if double {
                let message = format!("{} is mounted already, under tmpfs", mount.target);
                self.report(&["services", name, "volumes", &mount.source], LoadErrorKind::Value, message);
            }
        }
        self.limits(name, service);
    }

    fn limits(&self, name: &str, service: &Service) {
        let Some(deploy) = &service.deploy else { return };
        if deploy.replicas.is_some_and(|replicas| replicas > 1) && !service.container_name.is_empty() {
            let message =
                "a service with a container_name can have one container only: the name is taken then";
            self.report(&["services", name, "deploy", "replicas"], LoadErrorKind::Value, message);
        }
        let distinct = |key: &str, twin: &str| {
            let message = format!("{key} and deploy.resources.{twin} must not differ");
            self.report(&["services", name, key], LoadErrorKind::Value, message);
        };
        if let Some(limits) = &deploy.resources.limits {
            #[expect(clippy::float_cmp, reason = "two spellings of one number, as compose compares them")]
            if service.cpus != 0.0 && service.cpus != limits.cpus {
                distinct("cpus", "limits.cpus");
            }
            if !service.mem_limit.is_zero() && service.mem_limit != limits.memory {
                distinct("mem_limit", "limits.memory");
            }
            if service.pids_limit != 0 && service.pids_limit != limits.pids {
                distinct("pids_limit", "limits.pids");
            }
        }
        if let Some(reservations) = &deploy.resources.reservations
            && !service.mem_reservation.is_zero()
            && service.mem_reservation != reservations.memory
        {
            distinct("mem_reservation", "reservations.memory");
        }
    }

    fn container_names(&self) {
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, service) in &self.project.services {
            if service.container_name.is_empty() {
                continue;
            }
            if let Some(other) = owners.insert(&service.container_name, name) {
                let message =
                    format!("the container name {} is taken by the service {other}", service.container_name);
                self.report(&["services", name, "container_name"], LoadErrorKind::Value, message);
            }
        }
    }

    /// Each circle of dependencies once, with its whole chain. No recursion: chains may be long.
    fn cycles(&self) {
        let services = &self.project.services;
        let open = |name: &str| -> Vec<&str> {
            let dependencies = services.get(name).map(|service| service.depends_on.keys());
            dependencies.into_iter().flatten().map(String::as_str).rev().collect()
        };
        let mut done: HashSet<&str> = HashSet::new();
        for start in services.keys() {
            if done.contains(start.as_str()) {
                continue;
            }
            let mut chain: Vec<(&str, Vec<&str>)> = vec![(start, open(start))];
            let mut places: HashMap<&str, usize> = HashMap::from([(start.as_str(), 0)]);
            while let Some((name, rest)) = chain.last_mut() {
                let name = *name;
                let Some(next) = rest.pop() else {
                    done.insert(name);
                    places.remove(name);
                    chain.pop();
                    continue;
                };
                if let Some(first) = places.get(next) {
                    if !self.problems.is_full() {
                        self.report_cycle(name, next, &chain[*first..]);
                    }
                } else if !done.contains(next) && services.contains_key(next) {
                    places.insert(next, chain.len());
                    chain.push((next, open(next)));
                }
            }
        }
    }

    fn report_cycle(&self, name: &str, next: &str, chain: &[(&str, Vec<&str>)]) {
        let mut names: Vec<&str> = chain.iter().map(|(name, _)| *name).collect();
        names.push(next);
        let message = format!("these services wait for each other: {}", names.join(" → "));
        self.report(&["services", name, "depends_on", next], LoadErrorKind::Cycle, message);
    }

    /// Reports at the deepest node of the path that exists; in lists a key stands for the item that
    /// begins with it.
    fn report(&self, keys: &[&str], kind: LoadErrorKind, message: impl Into<String>) {
        let mut node = self.root;
        let mut span: Span = node.span;
        let mut path = String::new();
        for key in keys {
            match &node.value {
                Value::Mapping(entries) => {
                    let Some(entry) = entries.iter().find(|entry| entry.key == *key) else { break };
                    let is_scalar = matches!(entry.value.value, Value::Scalar(_)) && !entry.value.is_null();
                    span = if is_scalar { entry.value.span } else { entry.span };
                    node = &entry.value;
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(key);
                }
                Value::Sequence(items) => {
                    let found =
                        key.parse::<usize>().ok().filter(|index| *index < items.len()).or_else(|| {
                            items.iter().position(|item| {
                                let text =
                                    scalar::as_text(item).or_else(|| scalar::as_text(item.get("source")?));
                                text.is_some_and(|text| text.split(':').next() == Some(key))
                            })
                        });
                    let Some(index) = found else { break };
                    node = &items[index];
                    span = node.span;
                    _ = write!(path, "[{index}]");
                }
                Value::Scalar(_) => break,
            }
        }
        self.problems.error(span, path, kind, message);
    }
}
