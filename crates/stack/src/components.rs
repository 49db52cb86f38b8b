//! Components and how services hang together: who needs whom, in which order, under which name.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::model::{Project, Service};

impl Project {
    /// Whether users see the service as a component. Where no service has `x-switchyard`, all are. A part of
    /// components is none itself.
    pub fn is_component(&self, service: &str) -> bool {
        let described = self.services.values().any(|service| service.meta.is_some());
        let whole = |it: &Service| it.meta.as_ref().is_some_and(|meta| meta.part_of.is_empty());
        self.services.get(service).is_some_and(|service| !described || whole(service))
    }

    /// The services that are parts of a component, besides the one that it is named after.
    pub fn parts<'a>(&'a self, component: &'a str) -> impl Iterator<Item = &'a Service> {
        let is_part = move |service: &&Service| {
            service.meta.as_ref().is_some_and(|meta| meta.part_of.iter().any(|whole| whole == component))
        };
        self.services.values().filter(is_part)
    }

    /// The components in display order: by group as the stack lists them, then as the files list them.
    pub fn components(&self) -> Vec<&Service> {
        let place = |service: &Service| {
            let group = service.meta.as_ref().map_or("", |meta| meta.group.as_str());
            let group = self.meta.groups.iter().position(|known| known.id == group).unwrap_or(usize::MAX);
            (group, self.order.iter().position(|name| *name == service.name).unwrap_or(usize::MAX))
        };
        let mut components: Vec<&Service> =
            self.services.values().filter(|service| self.is_component(&service.name)).collect();
        components.sort_by_key(|service| place(service));
        components
    }

    /// The components that are on when nobody said anything: those marked `default`, or, in a project
    /// without `x-switchyard`, every service that no profile holds back.
    pub fn default_components(&self) -> BTreeSet<String> {
        self.components()
            .into_iter()
            .filter(|service| match &service.meta {
                Some(meta) => meta.default_on,
                None => service.profiles.is_empty(),
            })
            .map(|service| service.name.clone())
            .collect()
    }

    /// The components that a list of words means: names of services and of presets.
    pub fn resolve_words<'a>(
        &self,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeSet<String>, UnknownComponent> {
        let mut chosen = BTreeSet::new();
        for word in words {
            if self.services.contains_key(word) {
                chosen.insert(word.to_owned());
            } else if let Some(preset) = self.meta.presets.iter().find(|preset| preset.id == word) {
                chosen.extend(preset.components.iter().cloned());
            } else {
                return Err(self.unknown(word));
            }
        }
        Ok(chosen)
    }

    /// The services that these need, with the one that asked for each; the given ones map to `None`.
    /// Dependencies whose profile is off are left out unless they are required.
    pub fn with_needs(&self, services: &BTreeSet<String>) -> BTreeMap<String, Option<String>> {
        let mut all: BTreeMap<String, Option<String>> =
            services.iter().map(|service| (service.clone(), None)).collect();
        let mut open: Vec<String> = services.iter().cloned().collect();
        while let Some(service) = open.pop() {
            for (name, dependency) in self.services.get(&service).into_iter().flat_map(|it| &it.depends_on) {
                let available = self.services.get(name).is_some_and(|it| it.profiles.is_empty());
                if !all.contains_key(name) && (dependency.required || available) {
                    all.insert(name.clone(), Some(service.clone()));
                    open.push(name.clone());
                }
            }
        }
        all
    }

    /// The services that cannot do without one of these, directly or through others, with the one each needs.
    pub fn dependents(&self, services: &BTreeSet<String>) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut open: Vec<String> = services.iter().cloned().collect();
        while let Some(needed) = open.pop() {
            for service in self.services.values() {
                let requires = service.depends_on.get(&needed).is_some_and(|dependency| dependency.required);
                if requires && !services.contains(&service.name) && !found.contains_key(&service.name) {
                    found.insert(service.name.clone(), needed.clone());
                    open.push(service.name.clone());
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
        let names = self.components().into_iter().map(|service| service.name.as_str());
        let presets = self.meta.presets.iter().map(|preset| preset.id.as_str());
        let nearest = names
            .chain(presets)
            .map(|known| (strsim::damerau_levenshtein(word, known), known))
            .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 2)
            .min()
            .map(|(_, known)| known.to_owned());
        let known = self.components().into_iter().map(|service| service.name.clone()).collect();
        UnknownComponent { word: word.to_owned(), nearest, known }
    }
}

/// A word that is neither a component nor a preset.
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
