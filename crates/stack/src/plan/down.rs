//! Going down: what cannot do without a service goes first, data stay unless the user says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cause, Consent, Op, Plan, StepId, Warning, draft::Draft};
use crate::{
    compose::model::Project,
    observed::{Container, Observed},
};

pub(super) struct Down<'a> {
    pub(super) project: &'a Project,
    pub(super) observed: &'a Observed,
    pub(super) services: Option<&'a BTreeSet<String>>,
    pub(super) volumes: bool,
    pub(super) orphans: bool,
}

impl Down<'_> {
    pub(super) fn plan(&self, plan: &mut Plan) {
        let mut draft = Draft::default();
        let causes = match self.services {
            None => self.everything(),
            Some(names) => self.chosen(names, plan),
        };
        take_away(self.project, self.observed, &causes, &mut draft, &[]);
        if self.services.is_none() {
            self.loose_ends(plan, &mut draft);
            self.remove_networks(plan, &mut draft);
        }
        if self.volumes {
            self.remove_volumes(&causes, plan, &mut draft);
        }
        draft.finish(plan);
    }

    /// Every service of the file goes.
    fn everything(&self) -> BTreeMap<String, Cause> {
        self.project.services.keys().map(|service| (service.clone(), Cause::SwitchedOff)).collect()
    }

    /// The named components go, what needs them, and the supporting services that nobody needs then.
    fn chosen(&self, names: &BTreeSet<String>, plan: &mut Plan) -> BTreeMap<String, Cause> {
        let causes = going(self.project, self.observed, names, &Cause::SwitchedOff);
        let mut asked: BTreeMap<String, String> = BTreeMap::new();
        for (service, cause) in &causes {
            let Cause::Needs(needs) = cause else { continue };
            let Some(component) = self.project.owner(service).filter(|_| is_up(self.observed, service))
            else {
                continue;
            };
            // Of a component that stays only the part goes.
            let whole = self.project.component(component);
            let whole = whole.is_some_and(|it| it.own().all(|part| causes.contains_key(&part.name)));
            let component = if whole { component } else { service };
            asked.entry(component.to_owned()).or_insert_with(|| needs.clone());
        }
        let consents =
            asked.into_iter().map(|(component, needs)| Consent::StopsDependent { component, needs });
        plan.consents.extend(consents);
        causes
    }

    /// Containers of services that the file no longer has, and one-off containers.
    fn loose_ends(&self, plan: &mut Plan, draft: &mut Draft) {
        for container in loose(self.project, self.observed) {
            if self.orphans {
                draft.take_away(container, Cause::Orphan, &[]);
            } else {
                plan.warnings.push(orphan(container));
            }
        }
    }

    /// Each network goes after the containers that are attached to it: Docker would do without those that are stopped,
    /// Podman would not.
    fn remove_networks(&self, plan: &Plan, draft: &mut Draft) {
        let left: BTreeSet<&String> = plan
            .warnings
            .iter()
            .filter_map(|warning| match warning {
                Warning::Orphan { container, .. } => Some(container),
                _ => None,
            })
            .collect();
        for network in &self.observed.networks {
            let attached: Vec<&Container> = self
                .observed
                .containers
                .iter()
                .filter(|container| container.networks.contains_key(&network.name))
                .collect();
            let used = attached.iter().any(|container| left.contains(&container.name));
            let external = self.project.networks.get(&network.key).is_some_and(|network| network.external);
            if network.project == self.project.name && !external && !used {
                let op = Op::RemoveNetwork { id: network.id.clone(), name: network.name.clone() };
                let removals = draft.removals_of(attached);
                draft.push(None, op, Cause::SwitchedOff, &removals);
            }
        }
    }

    /// Volumes without a name of their own: an engine gives them 64 hexadecimal digits, and nobody else can
    /// have meant them.
    fn anonymous_volumes(&self, causes: &BTreeMap<String, Cause>) -> BTreeSet<String> {
        let is_anonymous = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        causes
            .keys()
            .flat_map(|service| containers(self.observed, service))
            .flat_map(|container| &container.mounts)
            .map(|mount| mount.volume.as_str())
            .filter(|name| is_anonymous(name))
            .map(str::to_owned)
            .collect()
    }

    /// Volumes that only the services that go have mounted.
    fn remove_volumes(&self, causes: &BTreeMap<String, Cause>, plan: &mut Plan, draft: &mut Draft) {
        let removals: Vec<StepId> = draft.removals.values().copied().collect();
        for name in self.anonymous_volumes(causes) {
            plan.consents.push(Consent::RemovesVolume { name: name.clone() });
            draft.push(None, Op::RemoveVolume { name }, Cause::Requested, &removals);
        }
        for (key, wanted) in &self.project.volumes {
            let stays = self.project.services.values().any(|service| {
                !causes.contains_key(&service.name)
                    && service.volumes.iter().any(|mount| &mount.source == key)
            });
            let there = self
                .observed
                .volumes
                .iter()
                .find(|volume| volume.name == wanted.name && volume.project == self.project.name);
            if let (Some(volume), false, false) = (there, wanted.external, stays) {
                plan.consents.push(Consent::RemovesVolume { name: volume.name.clone() });
                let op = Op::RemoveVolume { name: volume.name.clone() };
                draft.push(None, op, Cause::Requested, &removals);
            }
        }
    }
}

/// The services of these components, what cannot do without them, and the supporting services that nobody needs
/// afterwards, each with its cause. Parts that others share are supporting ones.
pub(super) fn going(
    project: &Project,
    observed: &Observed,
    names: &BTreeSet<String>,
    cause: &Cause,
) -> BTreeMap<String, Cause> {
    let services = project.own_services_of(names);
    let dependents = project.dependents(&services);
    let mut causes: BTreeMap<String, Cause> =
        services.into_iter().map(|service| (service, cause.clone())).collect();
    causes.extend(dependents.into_iter().map(|(service, needs)| (service, Cause::Needs(needs))));
    let (mut staying, mut leaving) = (BTreeSet::new(), BTreeSet::new());
    for component in project.components() {
        let mut own = component.own();
        if component.own().any(|part| !causes.contains_key(&part.name) && is_up(observed, &part.name)) {
            staying.insert(component.id.to_owned());
        } else if own.any(|part| causes.contains_key(&part.name)) {
            leaving.insert(component.id.to_owned());
        }
    }
    let needed = project.with_needs(&staying);
    let mut served: BTreeSet<String> =
        project.with_needs(&causes.keys().cloned().collect()).into_keys().collect();
    served.extend(project.services_of(&leaving));
    for service in served {
        if project.owner(&service).is_none() && !needed.contains_key(&service) {
            causes.entry(service).or_insert(Cause::Unneeded);
        }
    }
    causes
}

/// Takes the containers of these services away. A service stops when what depends on it has stopped; nobody waits for a
/// removal.
pub(super) fn take_away(
    project: &Project,
    observed: &Observed,
    causes: &BTreeMap<String, Cause>,
    draft: &mut Draft,
    after: &[StepId],
) {
    for service in project.start_order().into_iter().rev() {
        let Some(cause) = causes.get(&service.name) else { continue };
        // Whoever depends on this service has been handled before it: reverse start order.
        let mut after = after.to_vec();
        for dependent in project.services.values().filter(|it| it.depends_on.contains_key(&service.name)) {
            after.extend(draft.stops_of(containers(observed, &dependent.name)));
        }
        for container in containers(observed, &service.name) {
            draft.take_away(container, cause.clone(), &after);
        }
    }
}

/// The service's own containers, without one-off ones.
pub(super) fn containers<'a>(
    observed: &'a Observed,
    service: &'a str,
) -> impl Iterator<Item = &'a Container> + use<'a> {
    observed.containers.iter().filter(move |container| container.service == service && !container.oneoff)
}

pub(super) fn is_up(observed: &Observed, service: &str) -> bool {
    containers(observed, service).any(Container::is_up)
}

/// Containers of the project that no service of the file accounts for.
pub(super) fn loose<'a>(project: &'a Project, observed: &'a Observed) -> impl Iterator<Item = &'a Container> {
    observed.containers.iter().filter(|container| {
        !project.services.contains_key(&container.service) || (container.oneoff && !container.is_up())
    })
}

pub(super) fn orphan(container: &Container) -> Warning {
    Warning::Orphan { container: container.name.clone(), service: container.service.clone() }
}
