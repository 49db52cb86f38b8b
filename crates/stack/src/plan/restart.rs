//! What is done to services as they are: stopping and starting them, and fetching their images.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cause, ContainerRef, Op, Plan, StepId, Warning,
    down::{containers, is_up},
    draft::{Draft, existing},
    waits::Waits,
};
use crate::{
    compose::{
        hash,
        model::{Condition, Project, Service},
    },
    observed::Observed,
};

/// Stops and starts what is there, dependents first down and last up, without looking at changes.
pub(super) fn restart(
    project: &Project,
    observed: &Observed,
    names: &BTreeSet<String>,
    wait: bool,
    plan: &mut Plan,
) {
    let mut draft = Draft::default();
    let services = &restarted(project, observed, names, plan);
    let mut stops: BTreeMap<&str, Vec<StepId>> = BTreeMap::new();
    let order: Vec<&Service> =
        project.start_order().into_iter().filter(|service| services.contains(&service.name)).collect();
    for service in order.iter().rev() {
        let after: Vec<StepId> = order
            .iter()
            .filter(|dependent| dependent.depends_on.contains_key(&service.name))
            .filter_map(|dependent| stops.get(dependent.name.as_str()))
            .flatten()
            .copied()
            .collect();
        for container in containers(observed, &service.name).filter(|container| container.is_up()) {
            let op = Op::Stop(existing(container));
            let step = draft.push(Some(&service.name), op, Cause::Requested, &after);
            stops.entry(&service.name).or_default().push(step);
        }
    }
    let waits = Waits { project, observed, needed: services.clone() };
    for service in &order {
        let comes = |name: &str| services.contains(name) || is_up(observed, name);
        let stopped = stops.get(service.name.as_str()).into_iter().flatten().copied();
        let before = waits.before_start(service, comes, &mut draft).and(stopped);
        // What runs must not be stopped for a file that would keep it from starting again.
        plan.check_configuration(observed, &service.name);
        for container in containers(observed, &service.name) {
            if !hash::is_current(service, &container.config_hash) {
                plan.warnings.push(Warning::RestartKeepsConfig { service: service.name.clone() });
            }
            let op = Op::Start(ContainerRef::Existing(existing(container)));
            let step = draft.push(Some(&service.name), op, Cause::Follows, before.clone());
            draft.starts.entry(service.name.clone()).or_default().push(step);
        }
        if wait && draft.starts.contains_key(&service.name) {
            let condition = if service.has_healthcheck() { Condition::Healthy } else { Condition::Started };
            waits.until(&service.name, condition, false, &mut draft);
        }
    }
    draft.finish(plan);
}

/// The services that have something to restart: parts of other components that run are not disturbed.
fn restarted(
    project: &Project,
    observed: &Observed,
    names: &BTreeSet<String>,
    plan: &mut Plan,
) -> BTreeSet<String> {
    let there = |service: &String| containers(observed, service).next().is_some();
    let mut services = BTreeSet::new();
    for name in names {
        let alone = BTreeSet::from([name.clone()]);
        let others = project.components().into_iter().filter(|component| !names.contains(component.id));
        let others = others.filter(|it| it.own().any(|part| is_up(observed, &part.name)));
        let others: Vec<_> = others.collect();
        let mut found = project.services_of(&alone);
        found.retain(|service| {
            there(service) && (service == name || !others.iter().any(|other| other.has(service)))
        });
        if found.is_empty() {
            plan.warnings.push(Warning::NothingToRestart { service: name.clone() });
        }
        services.extend(found);
    }
    services
}

/// Asks the registry for every image of these components and of what they need.
pub(super) fn pull(project: &Project, names: &BTreeSet<String>, plan: &mut Plan) {
    let mut draft = Draft::default();
    for name in project.with_needs(names).keys() {
        let Some(service) = project.services.get(name) else { continue };
        if service.pull_policy != "never" && !draft.pulls.contains_key(&service.image) {
            let op = Op::Pull { image: service.image.clone(), platform: service.platform.clone() };
            let step = draft.push(Some(name), op, Cause::Requested, &[]);
            draft.pulls.insert(service.image.clone(), step);
        }
    }
    draft.finish(plan);
}
