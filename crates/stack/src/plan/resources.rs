//! What containers are made of: their images, networks and volumes come first.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cause, Op, Plan, Refusal, StepId, Warning,
    draft::Draft,
    up::{Fate, Up},
};
use crate::compose::hash;

impl Up<'_> {
    pub(super) fn pulls(&self, fates: &[Fate<'_>], plan: &mut Plan, draft: &mut Draft) {
        for Fate { service, create, replace, .. } in fates {
            let makes = !create.is_empty() || !replace.is_empty();
            let here = self.observed.images.contains_key(&service.image);
            if !makes || (here && service.pull_policy != "always") {
                continue;
            }
            let optional = !self.waits.needed.contains(&service.name);
            if let Some(pull) = draft.pulls.get(&service.image) {
                draft.steps[*pull].optional &= optional;
                continue;
            }
            if service.pull_policy == "never" {
                let (service, image) = (service.name.clone(), service.image.clone());
                plan.refusals.push(Refusal::ImageMissing { service, image });
                continue;
            }
            let op = Op::Pull { image: service.image.clone(), platform: service.platform.clone() };
            let cause = if here { Cause::Requested } else { Cause::Missing };
            let step = draft.push(Some(&service.name), op, cause, &[]);
            draft.steps[step].optional = optional;
            draft.pulls.insert(service.image.clone(), step);
        }
    }

    /// The pulls of what these services run. Nothing is stopped for one that may yet fail to arrive.
    pub(super) fn fetched(&self, services: &BTreeMap<String, Option<String>>, draft: &Draft) -> Vec<StepId> {
        let services = services.keys().filter_map(|name| self.project.services.get(name));
        services.filter_map(|service| draft.pulls.get(&service.image)).copied().collect()
    }

    pub(super) fn networks(&self, fates: &[Fate<'_>], plan: &mut Plan, draft: &mut Draft) {
        let used: BTreeSet<&String> = fates.iter().flat_map(|fate| fate.service.networks.keys()).collect();
        // One after the other: below API 1.44 two creations of one name at once make two networks.
        let mut previous: Vec<StepId> = Vec::new();
        for (key, wanted) in self.project.networks.iter().filter(|(key, _)| used.contains(key)) {
            let there = self.observed.networks.iter().find(|network| network.name == wanted.name);
            match there {
                None if wanted.external => {
                    plan.refusals.push(Refusal::ExternalNetworkMissing { name: wanted.name.clone() });
                }
                None => {
                    let op = Op::CreateNetwork { key: key.clone() };
                    let step = draft.push(None, op, Cause::Missing, &previous);
                    previous = vec![step];
                    draft.networks.insert(key.clone(), step);
                }
                Some(_) if wanted.external => {}
                Some(found) if found.project != self.project.name => {
                    plan.warnings.push(Warning::NetworkNotOurs { name: wanted.name.clone() });
                }
                Some(found)
                    if !found.config_hash.is_empty() && found.config_hash != hash::network_hash(wanted) =>
                {
                    plan.warnings.push(Warning::NetworkChanged { name: wanted.name.clone() });
                }
                Some(_) => {}
            }
        }
    }

    pub(super) fn volumes(&self, fates: &[Fate<'_>], plan: &mut Plan, draft: &mut Draft) {
        let used: BTreeSet<&String> =
            fates.iter().flat_map(|fate| fate.service.volumes.iter().map(|mount| &mount.source)).collect();
        for (key, wanted) in self.project.volumes.iter().filter(|(key, _)| used.contains(key)) {
            let there = self.observed.volumes.iter().find(|volume| volume.name == wanted.name);
            match there {
                None if wanted.external => {
                    plan.refusals.push(Refusal::ExternalVolumeMissing { name: wanted.name.clone() });
                }
                None => {
                    let step = draft.push(None, Op::CreateVolume { key: key.clone() }, Cause::Missing, &[]);
                    draft.volumes.insert(key.clone(), step);
                }
                Some(_) if wanted.external => {}
                Some(found) if found.project != self.project.name => {
                    plan.warnings.push(Warning::VolumeNotOurs { name: wanted.name.clone() });
                }
                Some(found)
                    if !found.config_hash.is_empty() && found.config_hash != hash::volume_hash(wanted) =>
                {
                    plan.warnings.push(Warning::VolumeChanged { name: wanted.name.clone() });
                }
                Some(_) => {}
            }
        }
    }
}
