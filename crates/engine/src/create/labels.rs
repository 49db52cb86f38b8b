//! Labels by which compose and we find containers again.

use std::collections::HashMap;

use super::Inputs;
use crate::{COMPOSE_VERSION, label};

/// The service's own labels and those of compose.
pub(super) fn container(inputs: &Inputs<'_>) -> HashMap<String, String> {
    let Inputs { project, service, .. } = inputs;
    let mut labels = super::hash_map(&service.labels);
    let depends_on: Vec<String> = service
        .depends_on
        .iter()
        .map(|(name, dependency)| format!("{name}:{}:{}", dependency.condition.as_str(), dependency.restart))
        .collect();
    let files: Vec<String> = project.files.iter().map(|file| file.display().to_string()).collect();
    labels.extend(
        [
            (label::PROJECT, project.name.clone()),
            (label::SERVICE, service.name.clone()),
            (label::NUMBER, inputs.number.to_string()),
            (label::ONEOFF, "False".to_owned()),
            (label::CONFIG_HASH, project.config_hash(service, inputs.dialect)),
            (label::IMAGE, inputs.image_id.to_owned()),
            (label::DEPENDS_ON, depends_on.join(",")),
            (label::WORKING_DIR, project.working_dir.display().to_string()),
            (label::CONFIG_FILES, files.join(",")),
            (label::VERSION, COMPOSE_VERSION.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if inputs.inherited.is_some() {
        let replaced = if service.container_name.is_empty() {
            format!("{}-{}", service.name, inputs.number)
        } else {
            service.container_name.clone()
        };
        labels.insert(label::REPLACE.to_owned(), replaced);
    }
    labels
}
