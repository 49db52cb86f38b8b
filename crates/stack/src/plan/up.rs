//! Coming up: whatever is missing is made, whatever changed is replaced, whatever stands is left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cause, Consent, ContainerRef, Op, Plan, Refusal, StepId, Warning,
    down::{containers, going, is_up, loose, orphan, take_away},
    draft::{Before, Draft, existing},
    ports,
    waits::Waits,
};
use crate::{
    compose::model::{Condition, Project, Service},
    meta::ComponentMeta,
    observed::{Container, Observed, State},
};

pub(super) struct Up<'a> {
    pub(super) project: &'a Project,
    pub(super) observed: &'a Observed,
    pub(super) asked: &'a BTreeSet<String>,
    pub(super) recreate: bool,
    pub(super) wait: bool,
    pub(super) waits: Waits<'a>,
    /// All that come up, each with the one that asked for it.
    wanted: BTreeMap<String, Option<String>>,
}

/// What becomes of the containers of one service.
pub(super) struct Fate<'a> {
    pub(super) service: &'a Service,
    /// They stay; the cause says why one must be started, unfrozen or renamed first.
    keep: Vec<&'a Container>,
    /// They are replaced.
    pub(super) replace: Vec<(&'a Container, Cause)>,
    /// They go without a successor.
    surplus: Vec<&'a Container>,
    /// Numbers of those that are made anew.
    pub(super) create: Vec<u32>,
}

impl Fate<'_> {
    /// The removals after which nothing that is surplus has this name any more.
    fn gives_up(&self, name: &str, draft: &Draft) -> Vec<StepId> {
        draft.removals_of(self.surplus.iter().copied().filter(|container| container.name == name))
    }
}

impl<'a> Up<'a> {
    pub(super) fn new(
        project: &'a Project,
        observed: &'a Observed,
        asked: &'a BTreeSet<String>,
        recreate: bool,
        wait: bool,
    ) -> Self {
        let waits = Waits { project, observed, needed: project.with_required(asked) };
        Self { project, observed, asked, recreate, wait, waits, wanted: project.with_needs(asked) }
    }

    pub(super) fn plan(&self, plan: &mut Plan) {
        let mut draft = Draft::default();
        let excluded = self.excluded(plan);
        let fates: Vec<Fate<'_>> = self
            .project
            .start_order()
            .into_iter()
            .filter(|service| self.wanted.contains_key(&service.name))
            .map(|service| self.fate(service))
            .collect();
        self.check(&fates, &excluded, plan);

        self.pulls(&fates, plan, &mut draft);
        let fetched = self.fetched(&self.project.with_needs(&makers(&excluded)), &draft);
        take_away(self.project, self.observed, &excluded, &mut draft, &fetched);
        let room: Vec<StepId> = draft.stops.values().copied().collect();
        self.networks(&fates, plan, &mut draft);
        self.volumes(&fates, plan, &mut draft);
        let stops = self.stop_dependents_that_restart(&fates, &mut draft);
        for fate in &fates {
            self.bring_up(fate, &room, &stops, &mut draft);
        }
        self.start_dependents_that_restart(&stops, &mut draft);
        self.finish(&fates, &mut draft);
        for container in loose(self.project, self.observed) {
            plan.warnings.push(orphan(container));
        }
        draft.finish(plan);
    }

    /// Components that must go to make room, with the cause of each.
    fn excluded(&self, plan: &mut Plan) -> BTreeMap<String, Cause> {
        let wanted = &self.wanted;
        let mut causes = BTreeMap::new();
        let components = self.project.components();
        let coming = components.iter().filter(|component| match component.service {
            Some(service) => wanted.contains_key(&service.name),
            None => component.own().any(|part| wanted.contains_key(&part.name)),
        });
        let coming: BTreeMap<&str, &ComponentMeta> = coming.map(|it| (it.id, it.meta)).collect();
        for (name, meta) in &coming {
            for other in &meta.excludes {
                let leaving = BTreeSet::from([other.clone()]);
                let services = self.project.own_services_of(&leaving);
                if coming.contains_key(other.as_str()) {
                    // The same whichever of the two says it.
                    let (component, other) = ((*name).min(other.as_str()), (*name).max(other.as_str()));
                    let (component, other) = (component.to_owned(), other.to_owned());
                    plan.refusals.push(Refusal::Excluded { component, other });
                } else if services.iter().any(|service| containers(self.observed, service).next().is_some()) {
                    if services.iter().any(|service| is_up(self.observed, service)) {
                        let (component, by) = (other.clone(), (*name).to_owned());
                        plan.consents.push(Consent::StopsExcluded { component, by });
                    }
                    let cause = Cause::ExcludedBy((*name).to_owned());
                    causes.extend(going(self.project, self.observed, &leaving, &cause));
                }
            }
        }
        causes.retain(|service, _| !wanted.contains_key(service));
        causes
    }

    fn fate(&self, service: &'a Service) -> Fate<'a> {
        let replicas = service.deploy.as_ref().and_then(|deploy| deploy.replicas).unwrap_or(1) as usize;
        let mut found: Vec<&Container> = containers(self.observed, &service.name).collect();
        // Compose removes outdated containers first and then those with the highest numbers.
        found.sort_by_key(|it| (self.outdated(service, it).is_some(), !it.is_up(), it.number, it.id.clone()));
        let surplus = found.split_off(found.len().min(replicas));
        let mut fate = Fate { service, keep: vec![], replace: vec![], surplus, create: vec![] };
        for container in found {
            match self.outdated(service, container) {
                Some(cause) => fate.replace.push((container, cause)),
                None => fate.keep.push(container),
            }
        }
        let used: BTreeSet<u32> = fate
            .keep
            .iter()
            .copied()
            .chain(fate.replace.iter().map(|(it, _)| *it))
            .map(|it| it.number)
            .collect();
        let missing = replicas - fate.keep.len() - fate.replace.len();
        fate.create = (1..).filter(|number| !used.contains(number)).take(missing).collect();
        fate
    }

    /// Why the container cannot stay, by compose's rules.
    fn outdated(&self, service: &Service, container: &Container) -> Option<Cause> {
        if self.recreate && self.asked.contains(&service.name) {
            return Some(Cause::Requested);
        }
        if !self.project.is_current(service, &container.config_hash) {
            return Some(Cause::ConfigChanged);
        }
        // An image that is gone locally cannot prove that the container is outdated.
        let image = self.observed.images.get(&service.image);
        if image.is_some_and(|image| !image.is(&container.image_label) && !image.is(&container.image_id)) {
            return Some(Cause::ImageChanged);
        }
        if matches!(container.state, State::Dead | State::Removing) {
            return Some(Cause::NotRunning);
        }
        self.detached(service, container).then_some(Cause::Detached)
    }

    fn detached(&self, service: &Service, container: &Container) -> bool {
        let networks = service.networks.keys().filter_map(|key| self.project.networks.get(key));
        let known =
            |name: &str, id: &str| self.observed.networks.iter().any(|it| it.name == name && it.id == id);
        let off_a_network = networks.clone().any(|network| match container.networks.get(&network.name) {
            None => true,
            // Before its first start a container has names of networks and no ids.
            Some(id) => container.state == State::Running && !known(&network.name, id),
        });
        let lacks_a_volume = service.volumes.iter().any(|mount| {
            self.project.volumes.get(&mount.source).is_some_and(|volume| {
                !container.mounts.iter().any(|it| it.volume == volume.name && it.target == mount.target)
            })
        });
        off_a_network || lacks_a_volume
    }

    /// Everything that could make a step fail and is known already.
    fn check(&self, fates: &[Fate<'_>], excluded: &BTreeMap<String, Cause>, plan: &mut Plan) {
        let leaving: BTreeSet<&str> = fates
            .iter()
            .flat_map(|fate| fate.surplus.iter().copied().chain(fate.replace.iter().map(|(it, _)| *it)))
            .chain(excluded.keys().flat_map(|service| containers(self.observed, service)))
            .map(|container| container.id.as_str())
            .collect();
        for fate in fates {
            let starts = !fate.create.is_empty()
                || !fate.replace.is_empty()
                || fate.keep.iter().any(|container| !container.is_up());
            if starts {
                ports::check(self.project, self.observed, fate.service, &leaving, plan);
                plan.check_configuration(self.observed, &fate.service.name);
            }
            self.check_dependencies(fate.service, plan);
            for number in &fate.create {
                let name = container_name(self.project, fate.service, *number);
                let mut ours = self.observed.containers.iter();
                let stays = ours.any(|it| it.name == name && !leaving.contains(it.id.as_str()));
                if stays || self.observed.foreign_names.contains(&name) {
                    let service = fate.service.name.clone();
                    plan.refusals.push(Refusal::NameTaken { name, service });
                }
            }
        }
    }

    fn check_dependencies(&self, service: &Service, plan: &mut Plan) {
        for (name, dependency) in &service.depends_on {
            let Some(needed) = self.project.services.get(name) else { continue };
            let disabled = needed.healthcheck.is_some() && !needed.has_healthcheck();
            if dependency.condition == Condition::Healthy && disabled {
                let (service, dependency) = (service.name.clone(), name.clone());
                plan.refusals.push(Refusal::NoHealthcheck { service, dependency });
            } else if !dependency.required && !self.wanted.contains_key(name) {
                let (service, dependency) = (service.name.clone(), name.clone());
                plan.warnings.push(Warning::OptionalDependencyOff { service, dependency });
            }
        }
    }

    fn bring_up(
        &self,
        fate: &Fate<'_>,
        room: &[StepId],
        stops: &BTreeMap<String, Vec<StepId>>,
        draft: &mut Draft,
    ) {
        let service = fate.service;
        let name = service.name.as_str();
        let asked_by = self.wanted.get(name).cloned().flatten();
        let mut before_start = self.before_start(service, draft);
        let first = draft.steps.len();
        before_start.after.extend(room);
        for container in &fate.surplus {
            draft.take_away(container, Cause::Surplus, &[]);
        }
        before_start.after.extend(draft.stops_of(fate.surplus.iter().copied()));
        for container in &fate.keep {
            let handle = ContainerRef::Existing(existing(container));
            let renamed = self.rename_leftover(fate, container, draft);
            let (op, cause) = match container.state {
                State::Paused => (Op::Unpause(existing(container)), Cause::Paused),
                _ if container.is_up() => continue,
                _ => (Op::Start(handle), Cause::NotRunning),
            };
            let step = draft.push(Some(name), op, cause, before_start.and(renamed));
            draft.starts.entry(name.to_owned()).or_default().push(step);
        }
        let before_create = draft.before_create(service);
        for number in &fate.create {
            let final_name = container_name(self.project, service, *number);
            let cause = asked_by.clone().map_or(Cause::Missing, Cause::NeededBy);
            let op = Op::CreateContainer { name: final_name, number: *number, replaces: None };
            let create = draft.push(Some(name), op, cause, &before_create);
            let op = Op::Start(ContainerRef::Created(create));
            let start = draft.push(Some(name), op, Cause::Follows, before_start.and([create]));
            draft.starts.entry(name.to_owned()).or_default().push(start);
        }
        for (old, cause) in &fate.replace {
            let before_stop = before_start.and(stops.values().flatten().copied());
            let start = self.replace(fate, old, cause.clone(), &before_create, &before_stop, draft);
            draft.starts.entry(name.to_owned()).or_default().push(start);
        }
        if !self.waits.needed.contains(name) {
            draft.steps[first..].iter_mut().for_each(|step| step.optional = true);
        }
    }

    /// The new container exists before the old one goes, so a failed creation costs nothing. It gets its name before it
    /// starts, since what follows containers takes the name that they start with; so the old one, once it is down, gives
    /// its name up and is removed while the new one starts.
    fn replace(
        &self,
        fate: &Fate<'_>,
        old: &Container,
        cause: Cause,
        before_create: &[StepId],
        before_stop: &Before,
        draft: &mut Draft,
    ) -> StepId {
        let service = Some(fate.service.name.as_str());
        let name = container_name(self.project, fate.service, old.number);
        let temporary = format!("{}_{name}", &old.id[..old.id.len().min(12)]);
        let mut after = before_create.to_vec();
        // A leftover may have the very name that the new container gets for the time being.
        after.extend(fate.gives_up(&temporary, draft));
        let retired = format!("{temporary}_old");
        let op = Op::CreateContainer { name: temporary, number: old.number, replaces: Some(existing(old)) };
        let create = draft.push(service, op, cause, &after);
        let new = ContainerRef::Created(create);
        let mut down = before_stop.and([create]);
        if let Some(stop) = draft.stop(old, Cause::Follows, down.clone()) {
            down = Before::from(&[stop]);
        }
        // What is half removed takes no other name any more.
        let goes_first = matches!(old.state, State::Dead | State::Removing);
        let mut before_rename = fate.gives_up(&name, draft);
        if goes_first {
            before_rename.push(draft.remove(old, Cause::Follows, down.clone()));
        } else if old.name == name {
            let op = Op::Rename { container: ContainerRef::Existing(existing(old)), name: retired };
            down = Before::from(&[draft.push(service, op, Cause::Follows, down)]);
        }
        let op = Op::Rename { container: new.clone(), name };
        let rename = draft.push(service, op, Cause::Follows, down.and(before_rename));
        let start = draft.push(service, Op::Start(new), Cause::Follows, &[rename]);
        if !goes_first {
            draft.remove(old, Cause::Follows, down);
        }
        start
    }

    /// A replacement that was cut short leaves its container under the temporary name.
    fn rename_leftover(&self, fate: &Fate<'_>, container: &Container, draft: &mut Draft) -> Option<StepId> {
        let name = container_name(self.project, fate.service, container.number);
        if container.name == name {
            return None;
        }
        let after = fate.gives_up(&name, draft);
        let op = Op::Rename { container: ContainerRef::Existing(existing(container)), name };
        Some(draft.push(Some(&fate.service.name), op, Cause::Follows, &after))
    }

    /// Dependents with `restart: true` stop before what they depend on is replaced.
    fn stop_dependents_that_restart(
        &self,
        fates: &[Fate<'_>],
        draft: &mut Draft,
    ) -> BTreeMap<String, Vec<StepId>> {
        let replaced: BTreeSet<&String> =
            fates.iter().filter(|fate| !fate.replace.is_empty()).map(|fate| &fate.service.name).collect();
        let mut stops: BTreeMap<String, Vec<StepId>> = BTreeMap::new();
        for service in self.project.start_order().into_iter().rev() {
            let restarts = service.depends_on.iter().filter(|(_, dependency)| dependency.restart);
            let needs: BTreeMap<String, Option<String>> = restarts
                .filter(|(name, _)| replaced.contains(name))
                .map(|(name, _)| (name.clone(), None))
                .collect();
            let cause = needs.keys().next().map(|name| Cause::Needs(name.clone()));
            let (Some(cause), false) = (cause, replaced.contains(&service.name)) else { continue };
            let fetched = self.fetched(&needs, draft);
            for container in containers(self.observed, &service.name).filter(|it| it.state == State::Running)
            {
                let op = Op::Stop(existing(container));
                let step = draft.push(Some(&service.name), op, cause.clone(), &fetched);
                stops.entry(service.name.clone()).or_default().push(step);
            }
        }
        stops
    }

    fn start_dependents_that_restart(&self, stops: &BTreeMap<String, Vec<StepId>>, draft: &mut Draft) {
        for service in self.project.start_order() {
            let Some(stopped) = stops.get(&service.name) else { continue };
            let before = self.before_start(service, draft).and(stopped.iter().copied());
            for container in containers(self.observed, &service.name).filter(|it| it.state == State::Running)
            {
                let op = Op::Start(ContainerRef::Existing(existing(container)));
                let step = draft.push(Some(&service.name), op, Cause::Follows, before.clone());
                draft.starts.entry(service.name.clone()).or_default().push(step);
            }
        }
    }

    fn before_start(&self, service: &Service, draft: &mut Draft) -> Before {
        self.waits.before_start(service, |name| self.wanted.contains_key(name), draft)
    }

    /// Waits for everything, if asked to, and writes initial data where they are missing.
    fn finish(&self, fates: &[Fate<'_>], draft: &mut Draft) {
        if !self.wait {
            return;
        }
        let completes: BTreeSet<&String> = self
            .project
            .services
            .values()
            .flat_map(|service| &service.depends_on)
            .filter(|(_, dependency)| dependency.condition == Condition::Completed)
            .map(|(name, _)| name)
            .collect();
        for Fate { service, .. } in fates {
            let condition = if completes.contains(&service.name) {
                Condition::Completed
            } else if service.has_healthcheck() {
                Condition::Healthy
            } else {
                Condition::Started
            };
            let optional = !self.waits.needed.contains(&service.name);
            let ready = self.waits.until(&service.name, condition, optional, draft);
            let seeds = service.meta.as_ref().is_some_and(|meta| meta.seed.is_some());
            if seeds && !self.observed.seeded.contains(&service.name) {
                let seed = draft.push(Some(&service.name), Op::Seed, Cause::Missing, ready.as_slice());
                draft.steps[seed].optional = optional;
            }
        }
    }
}

/// The components that others make room for.
fn makers(excluded: &BTreeMap<String, Cause>) -> BTreeSet<String> {
    let by = excluded.values().filter_map(|cause| match cause {
        Cause::ExcludedBy(component) => Some(component.clone()),
        _ => None,
    });
    by.collect()
}

/// `<project>-<service>-<n>`, or the fixed name of the file.
fn container_name(project: &Project, service: &Service, number: u32) -> String {
    if service.container_name.is_empty() {
        format!("{}-{}-{number}", project.name, service.name)
    } else {
        service.container_name.clone()
    }
}
