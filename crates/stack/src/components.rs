//! Components and how services hang together: which form one, who needs whom, in which order, under which name.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compose::model::{Dependency, Project, Service},
    meta::{ComponentMeta, Text},
};

/// What users see as one thing and switch as one: one or more services.
#[derive(Debug, Clone)]
pub struct Component<'a> {
    /// Its name; also that of the service it is named after, when there is one.
    pub id: &'a str,
    /// What the stack says of it.
    pub meta: &'a ComponentMeta,
    /// The service it is named after.
    pub service: Option<&'a Service>,
    /// All of its services: the one it is named after first, then as the files list them.
    pub parts: Vec<&'a Service>,
}

/// Of a component that the stack says nothing of.
static UNDESCRIBED: ComponentMeta = ComponentMeta {
    title: Text { en: String::new(), zh: String::new() },
    about: Text { en: String::new(), zh: String::new() },
    group: String::new(),
    recipe: String::new(),
    icon: String::new(),
    default_on: false,
    excludes: Vec::new(),
    uses: Vec::new(),
    replacement: None,
};

impl<'a> Component<'a> {
    /// The services that are of this component alone: it comes, goes and runs with them.
    pub fn own(&self) -> impl Iterator<Item = &'a Service> + use<'a, '_> {
        self.parts.iter().copied().filter(|part| !part.is_shared())
    }

    /// Whether the service is one of its parts.
    pub fn has(&self, service: &str) -> bool {
        self.parts.iter().any(|part| part.name == service)
    }

    /// The parts that come up with it: all but those that a profile holds back. A component that is switched on
    /// activates the profiles of the service it is named after, as naming a service does in docker compose.
    pub fn active(&self, profiles: &[String]) -> impl Iterator<Item = &'a Service> + use<'a, '_> {
        let named: &[String] = self.service.map_or(&[], |service| &service.profiles);
        let profiles = [profiles, named].concat();
        self.parts.iter().copied().filter(move |part| part.is_active(&profiles))
    }
}

impl Project {
    /// Whether a component has this name. Where the files describe no component, every service is one. A part of
    /// components is none itself.
    pub fn is_component(&self, name: &str) -> bool {
        let whole = |it: &Service| match &it.meta {
            Some(meta) => meta.part_of.is_empty(),
            None => !self.is_described(),
        };
        self.services.get(name).is_some_and(whole)
            || self.meta.components.iter().any(|declared| declared.id == name)
    }

    fn is_described(&self) -> bool {
        !self.meta.components.is_empty() || self.services.values().any(|service| service.meta.is_some())
    }

    /// The component of this name.
    pub fn component<'a>(&'a self, name: &str) -> Option<Component<'a>> {
        let declared = self.meta.components.iter().find(|declared| declared.id == name);
        let (id, meta, service) = if let Some(declared) = declared {
            (declared.id.as_str(), &declared.component, None)
        } else {
            let service = self.services.get(name).filter(|_| self.is_component(name))?;
            let meta = service.meta.as_ref().map_or(&UNDESCRIBED, |meta| &meta.component);
            (service.name.as_str(), meta, Some(service))
        };
        let in_order = self.order.iter().filter_map(|name| self.services.get(name));
        let is_part = |part: &&Service| {
            part.meta.as_ref().is_some_and(|meta| meta.part_of.iter().any(|whole| whole == name))
        };
        Some(Component {
            id,
            meta,
            service,
            parts: service.into_iter().chain(in_order.filter(is_part)).collect(),
        })
    }

    /// The component that a service belongs to, when it belongs to one alone.
    pub fn owner<'a>(&'a self, service: &'a str) -> Option<&'a str> {
        if self.is_component(service) {
            return Some(service);
        }
        match self.services.get(service)?.meta.as_ref()?.part_of.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The components in display order: by group as the stack lists them, then as the files list them.
    pub fn components(&self) -> Vec<Component<'_>> {
        let place = |component: &Component<'_>| {
            let group = self.meta.groups.iter().position(|known| known.id == component.meta.group);
            let first = component.parts.first().map(|part| &part.name);
            let first = self.order.iter().position(|name| Some(name) == first);
            (group.unwrap_or(usize::MAX), first.unwrap_or(usize::MAX))
        };
        let declared = self.meta.components.iter().map(|declared| declared.id.as_str());
        let names = declared.chain(self.services.keys().map(String::as_str));
        let mut components: Vec<Component<'_>> = names.filter_map(|name| self.component(name)).collect();
        components.sort_by_key(place);
        components
    }

    /// The components that are on when nobody said anything: those marked `default`, or, in a project
    /// without `x-switchyard`, every service that no profile holds back.
    pub fn default_components(&self) -> BTreeSet<String> {
        let described = self.is_described();
        self.components()
            .into_iter()
            .filter(|component| match component.service {
                Some(service) if !described => service.is_active(&self.profiles),
                _ => component.meta.default_on,
            })
            .map(|component| component.id.to_owned())
            .collect()
    }

    /// What a list of words means: components, single services that are parts of some, or presets.
    pub fn resolve_words<'a>(
        &self,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeSet<String>, UnknownComponent> {
        let mut chosen = BTreeSet::new();
        for word in words {
            if self.is_component(word) || self.services.contains_key(word) {
                chosen.insert(word.to_owned());
            } else if let Some(preset) = self.meta.presets.iter().find(|preset| preset.id == word) {
                chosen.extend(preset.components.iter().cloned());
            } else {
                return Err(self.unknown(word));
            }
        }
        Ok(chosen)
    }

    /// The services that names of components and services mean: all parts of a component, a part alone.
    pub fn services_of(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        self.expand(names, |component| component.parts.clone())
    }

    /// The same without the parts that other components share.
    pub fn own_services_of(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        self.expand(names, |component| component.own().collect())
    }

    /// The same without the parts that a profile holds back.
    pub fn active_services_of(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        self.expand(names, |component| component.active(&self.profiles).collect())
    }

    fn expand<'a>(
        &'a self,
        names: &BTreeSet<String>,
        services: impl Fn(&Component<'a>) -> Vec<&'a Service>,
    ) -> BTreeSet<String> {
        let of = |name: &String| match self.component(name) {
            Some(component) => services(&component),
            None => self.services.get(name).into_iter().collect(),
        };
        names.iter().flat_map(of).map(|service| service.name.clone()).collect()
    }

    /// The services that these components and services need, with the one that asked for each; the given ones map to
    /// `None`. Dependencies whose profile is off are left out unless they are required. Who needs the service that a
    /// component is named after needs the component whole.
    pub fn with_needs(&self, names: &BTreeSet<String>) -> BTreeMap<String, Option<String>> {
        self.reached(names, |name, dependency| {
            dependency.required || self.services.get(name).is_some_and(|it| it.is_active(&self.profiles))
        })
    }

    /// The same of what they cannot do without.
    pub fn with_required(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        self.reached(names, |_, dependency| dependency.required).into_keys().collect()
    }

    fn reached(
        &self,
        names: &BTreeSet<String>,
        follows: impl Fn(&str, &Dependency) -> bool,
    ) -> BTreeMap<String, Option<String>> {
        let given = self.active_services_of(names);
        let mut open: Vec<String> = given.iter().cloned().collect();
        let mut all: BTreeMap<String, Option<String>> =
            given.into_iter().map(|service| (service, None)).collect();
        while let Some(service) = open.pop() {
            for (name, dependency) in self.services.get(&service).into_iter().flat_map(|it| &it.depends_on) {
                if all.contains_key(name) || !follows(name, dependency) {
                    continue;
                }
                all.insert(name.clone(), Some(service.clone()));
                open.push(name.clone());
                let whole = self.component(name).filter(|component| !component.has(&service));
                for part in whole.iter().flat_map(|component| component.active(&self.profiles)) {
                    if !all.contains_key(&part.name) {
                        all.insert(part.name.clone(), Some(name.clone()));
                        open.push(part.name.clone());
                    }
                }
            }
        }
        all
    }

    /// The services that cannot do without one of these, directly or through others, with the one each needs. A
    /// component that loses a part goes whole, unless it is one of its own other parts that goes.
    pub fn dependents(&self, services: &BTreeSet<String>) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut open: Vec<String> = services.iter().cloned().collect();
        while let Some(needed) = open.pop() {
            for service in self.services.values() {
                let requires = service.depends_on.get(&needed).is_some_and(|dependency| dependency.required);
                if !requires || services.contains(&service.name) || found.contains_key(&service.name) {
                    continue;
                }
                let whole = self.owner(&service.name).and_then(|owner| self.component(owner));
                let whole =
                    whole.filter(|it| it.id == service.name || !services.iter().any(|one| it.has(one)));
                let all = whole.iter().flat_map(Component::own).map(|part| &part.name);
                for name in std::iter::once(&service.name).chain(all) {
                    if !services.contains(name) && !found.contains_key(name) {
                        found.insert(name.clone(), needed.clone());
                        open.push(name.clone());
                    }
                }
            }
        }
        found
    }

    /// All services, each after everything it depends on. The loader has refused cycles.
    pub fn start_order(&self) -> Vec<&Service> {
        fn visit<'a>(
            project: &'a Project,
            name: &str,
            seen: &mut BTreeSet<&'a str>,
            order: &mut Vec<&'a Service>,
        ) {
            let Some(service) = project.services.get(name) else { return };
            if seen.insert(&service.name) {
                for dependency in service.depends_on.keys() {
                    visit(project, dependency, seen, order);
                }
                order.push(service);
            }
        }
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        for name in self.services.keys() {
            visit(self, name, &mut seen, &mut order);
        }
        order
    }

    /// The `.env` variable of type port that holds this value, if exactly one does.
    pub fn port_variable(&self, port: u16) -> Option<String> {
        let mut holding = self.meta.env.iter().filter(|field| {
            let value = self.environment.get(&field.name).unwrap_or(&field.default);
            field.kind == crate::meta::EnvKind::Port && value.parse() == Ok(port)
        });
        match (holding.next(), holding.next()) {
            (Some(field), None) => Some(field.name.clone()),
            _ => None,
        }
    }

    fn unknown(&self, word: &str) -> UnknownComponent {
        let components = self.components();
        let names = components.iter().map(|component| component.id);
        let presets = self.meta.presets.iter().map(|preset| preset.id.as_str());
        let nearest = names
            .chain(presets)
            .map(|known| (strsim::damerau_levenshtein(word, known), known))
            .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 2)
            .min()
            .map(|(_, known)| known.to_owned());
        let known = components.iter().map(|component| component.id.to_owned()).collect();
        UnknownComponent { word: word.to_owned(), nearest, known }
    }
}

/// A word that is neither a component nor a part of one nor a preset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no component or preset is called {word:?}")]
pub struct UnknownComponent {
    /// What was asked for.
    pub word: String,
    /// The name that looks most like it.
    pub nearest: Option<String>,
    /// All components, in display order.
    pub known: Vec<String>,
}
