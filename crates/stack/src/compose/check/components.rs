//! What `x-switchyard` says of components: names that lead nowhere, names given twice, parts of parts.

use super::Check;
use crate::{
    compose::{error::LoadErrorKind, keys::suggestion},
    meta::{ComponentMeta, ServiceMeta},
};

const KEY: &str = "x-switchyard";

impl Check<'_> {
    pub(super) fn components(&self) {
        for (name, service) in &self.project.services {
            let Some(meta) = &service.meta else { continue };
            self.refers(&["services", name, KEY], &meta.component);
            self.of_service(name, meta);
            self.parts(name, meta);
        }
        self.declared();
        self.presets();
    }

    fn component_names(&self) -> impl Iterator<Item = &str> {
        let declared = self.project.meta.components.iter().map(|declared| declared.id.as_str());
        self.service_names().filter(|name| self.project.is_component(name)).chain(declared)
    }

    /// The components and the group that the description of one names.
    fn refers(&self, at: &[&str], meta: &ComponentMeta) {
        let replacement = meta.replacement.iter().map(|it| (["replacement", "component"], &it.component));
        let excludes = meta.excludes.iter().map(|other| (["excludes", other.as_str()], other));
        let uses = meta.uses.iter().map(|other| (["uses", other.as_str()], other));
        for (keys, other) in excludes.chain(uses).chain(replacement) {
            self.component(&[at, &keys].concat(), other);
        }
        let groups = &self.project.meta.groups;
        let group = &meta.group;
        if !group.is_empty() && !groups.is_empty() && !groups.iter().any(|known| known.id == *group) {
            let hint = suggestion(group, groups.iter().map(|known| known.id.as_str()));
            let message = format!("there is no group {group}{hint}");
            self.report(&[at, &["group"]].concat(), LoadErrorKind::Reference, message);
        }
    }

    fn of_service(&self, name: &str, meta: &ServiceMeta) {
        for other in meta.links.iter().filter_map(|link| link.component.as_ref()) {
            if !self.project.services.contains_key(other) {
                let hint = suggestion(other, self.service_names());
                let message = format!("there is no service {other}{hint}");
                self.report(&["services", name, KEY, "links", other], LoadErrorKind::Reference, message);
            }
        }
    }

    /// A part belongs to components, and to nothing that is itself a part: there are two levels, and no circles.
    fn parts(&self, name: &str, meta: &ServiceMeta) {
        for whole in &meta.part_of {
            let path = ["services", name, KEY, "part_of", whole];
            if whole == name {
                self.report(&path, LoadErrorKind::Cycle, format!("{name} cannot be a part of itself"));
                continue;
            }
            let part_of = self.project.services.get(whole).and_then(|service| service.meta.as_ref());
            match part_of.map(|meta| meta.part_of.as_slice()) {
                Some([_, ..]) => {
                    let message = format!(
                        "{whole} is a part itself; name the component that both belong to, {}",
                        part_of.map(|meta| meta.part_of.join(" or ")).unwrap_or_default()
                    );
                    self.report(&path, LoadErrorKind::Reference, message);
                }
                _ if self.project.services.contains_key(whole) && !self.project.is_component(whole) => {
                    let message = format!("the service {whole} is no component: it has no {KEY}");
                    self.report(&path, LoadErrorKind::Reference, message);
                }
                _ => self.component(&path, whole),
            }
        }
    }

    fn declared(&self) {
        let declared = &self.project.meta.components;
        for (index, component) in declared.iter().enumerate() {
            let index_text = index.to_string();
            let at = [KEY, "components", &index_text];
            let (id, at_id) = (&component.id, [&at[..], &["id"]].concat());
            if id.is_empty() {
                continue;
            }
            if self.project.services.contains_key(id) {
                let message = format!(
                    "a service is called {id} already: it is the component of that name, and describes it in its own {KEY}"
                );
                self.report(&at_id, LoadErrorKind::Value, message);
            } else if declared.iter().take(index).any(|before| before.id == *id) {
                self.report(&at_id, LoadErrorKind::Value, format!("there is a component {id} already"));
            } else if self.project.component(id).is_none_or(|it| it.own().next().is_none()) {
                // What it shares runs for others as well: nothing would tell whether it is on.
                let message = format!("no service is a part of {id} alone: say part_of: [{id}] in its {KEY}");
                self.report(&at_id, LoadErrorKind::Value, message);
            }
            self.refers(&at, &component.component);
        }
    }

    fn presets(&self) {
        for (index, preset) in self.project.meta.presets.iter().enumerate() {
            for component in &preset.components {
                let path = [KEY, "presets", &index.to_string(), "components", component];
                self.component(&path, component);
            }
        }
    }

    /// Reports a name that nothing has.
    fn component(&self, path: &[&str], name: &str) {
        if !self.project.is_component(name) && !self.project.services.contains_key(name) {
            let message = format!("there is no component {name}{}", suggestion(name, self.component_names()));
            self.report(path, LoadErrorKind::Reference, message);
        }
    }
}
