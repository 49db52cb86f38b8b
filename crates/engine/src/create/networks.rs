//! How a container joins its networks.

use std::collections::HashMap;

use bollard::models::{EndpointIpamConfig, EndpointSettings};
use stack::compose::model::ServiceNetwork;

use super::{Inputs, container_name};
use crate::connect::Api;

/// The network part of a container.
pub(super) struct Networking {
    /// `HostConfig.NetworkMode`: a mode, or the primary network's name.
    pub(super) mode: String,
    /// Endpoints to create it with; `None` where a mode says all.
    pub(super) endpoints: Option<HashMap<String, EndpointSettings>>,
    /// Endpoints to connect after the creation, by the network's name.
    pub(super) later: Vec<(String, EndpointSettings)>,
}

pub(super) fn networking(inputs: &Inputs<'_>) -> Networking {
    let Inputs { project, service, .. } = inputs;
    let only = |mode: String| Networking { mode, endpoints: None, later: Vec::new() };
    if let Some(container) = inputs.network_of {
        return only(format!("container:{container}"));
    }
    if !service.network_mode.is_empty() {
        return only(service.network_mode.clone());
    }
    if project.networks.is_empty() {
        return only("none".to_owned());
    }
    let none = None;
    let mut keys: Vec<(&str, &Option<ServiceNetwork>)> =
        service.networks.iter().map(|(key, settings)| (key.as_str(), settings)).collect();
    if keys.is_empty() {
        keys.push(("default", &none));
    }
    // The primary network first: highest priority, then by name. The sort is stable and a map is sorted.
    keys.sort_by_key(|(_, settings)| {
        std::cmp::Reverse(settings.as_ref().map_or(0, |settings| settings.priority))
    });
    let mut endpoints: Vec<(String, EndpointSettings)> = keys
        .into_iter()
        .map(|(key, settings)| {
            let name = project.networks.get(key).map_or(key, |network| network.name.as_str());
            (name.to_owned(), endpoint(inputs, settings.as_ref()))
        })
        .collect();
    let mode = endpoints[0].0.clone();
    let later = if inputs.api >= Api::new(1, 44) { Vec::new() } else { endpoints.split_off(1) };
    Networking { mode, endpoints: Some(endpoints.into_iter().collect()), later }
}

fn endpoint(inputs: &Inputs<'_>, settings: Option<&ServiceNetwork>) -> EndpointSettings {
    let mut aliases = vec![
        // The final name, even for a container that is made under a temporary one.
        container_name(inputs.project, inputs.service, inputs.number),
        inputs.service.name.clone(),
    ];
    aliases.extend(settings.into_iter().flat_map(|settings| settings.aliases.iter().cloned()));
    EndpointSettings {
        aliases: Some(aliases),
        ipam_config: settings.filter(|settings| !settings.ipv4_address.is_empty()).map(|settings| {
            EndpointIpamConfig {
                ipv4_address: Some(settings.ipv4_address.clone()),
                ..EndpointIpamConfig::default()
            }
        }),
        ..EndpointSettings::default()
    }
}
