//! Networks and volumes of a project.

use std::collections::{BTreeMap, HashMap};

use bollard::{models::VolumeCreateRequest, query_parameters::RemoveVolumeOptions};
use serde::{Deserialize, Serialize};
use stack::compose::{
    hash::{network_hash, volume_hash},
    model::{Network, Project, Volume},
};

use super::Done;
use crate::{COMPOSE_VERSION, Engine, connect::Api, error::EngineError, label, wire::Call};

/// Body of `/networks/create`. bollard's lacks `CheckDuplicate`, without which an engine below API 1.44
/// makes a second network of the same name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkCreate<'a> {
    name: &'a str,
    check_duplicate: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    driver: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: &'a BTreeMap<String, String>,
    internal: bool,
    attachable: bool,
    labels: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NamedNetwork {
    id: String,
    name: String,
    /// RFC 3339; on one engine such texts sort by time.
    #[serde(default)]
    created: String,
}

/// The answer to `/networks/create`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MadeNetwork {
    id: String,
}

impl Engine {
    pub(super) async fn create_network(&self, project: &Project, key: &str) -> Result<Done, EngineError> {
        const OPERATION: &str = "create network";
        let network = project
            .networks
            .get(key)
            .ok_or_else(|| EngineError::BadStep { what: format!("no network {key}") })?;
        let hash = network_hash(network);
        let call =
            Call::post(OPERATION, "/networks/create").json(&network_body(project, key, network, &hash))?;
        let name = network.name.as_str();
        // Below API 1.44 even `CheckDuplicate` is no promise: two requests at the same moment both succeed.
        let _alone = self.inner.network_creation.lock().await;
        match self.read(call, self.inner.deadlines.change).await {
            Ok(_) if self.inner.api >= Api::new(1, 44) => Ok(Done::Nothing),
            Ok(answer) => {
                let made: MadeNetwork = serde_json::from_slice(&answer)
                    .map_err(|source| EngineError::Malformed { operation: OPERATION, source })?;
                let first = self
                    .networks_named(name)
                    .await?
                    .into_iter()
                    .min_by(|one, other| (&one.created, &one.id).cmp(&(&other.created, &other.id)));
                // Another program was faster: both keep the older one, so that one stays.
                if first.is_some_and(|first| first.id != made.id) {
                    self.remove_network(&made.id, name).await?;
                }
                Ok(Done::Nothing)
            }
            // It is there already: Docker says 409, Podman 500.
            Err(error) if matches!(error.status(), Some(409 | 500)) => {
                if self.networks_named(name).await?.is_empty() { Err(error) } else { Ok(Done::Nothing) }
            }
            Err(error) => Err(error),
        }
    }

    async fn networks_named(&self, name: &str) -> Result<Vec<NamedNetwork>, EngineError> {
        let filters = serde_json::json!({"name": [name]});
        let call = Call::get("list networks", "/networks").filters(&filters);
        let mut networks: Vec<NamedNetwork> = self.get(call).await?;
        // The filter finds parts of names too.
        networks.retain(|network| network.name == name);
        Ok(networks)
    }

    pub(super) async fn remove_network(&self, id: &str, name: &str) -> Result<Done, EngineError> {
        let call = self.inner.docker.remove_network(id);
        match self.typed("remove network", self.inner.deadlines.change, call).await {
            Ok(()) => Ok(Done::Nothing),
            Err(error) => match error.status() {
                Some(404) => Ok(Done::Nothing),
                // Docker says 403 while containers are attached, Podman 409.
                Some(403 | 409) => Ok(Done::StillInUse { name: name.to_owned() }),
                _ => Err(error),
            },
        }
    }

    /// The engine answers with the existing volume when there is one of that name.
    pub(super) async fn create_volume(&self, project: &Project, key: &str) -> Result<Done, EngineError> {
        let volume = project
            .volumes
            .get(key)
            .ok_or_else(|| EngineError::BadStep { what: format!("no volume {key}") })?;
        let call = self.inner.docker.create_volume(volume_body(project, key, volume));
        self.typed("create volume", self.inner.deadlines.change, call).await?;
        Ok(Done::Nothing)
    }

    pub(super) async fn remove_volume(&self, name: &str) -> Result<Done, EngineError> {
        let call = self.inner.docker.remove_volume(name, None::<RemoveVolumeOptions>);
        match self.typed("remove volume", self.inner.deadlines.change, call).await {
            Ok(()) => Ok(Done::Nothing),
            Err(error) => match error.status() {
                Some(404) => Ok(Done::Nothing),
                Some(409) => Err(EngineError::VolumeInUse { name: name.to_owned() }),
                _ => Err(error),
            },
        }
    }
}

fn network_body<'a>(
    project: &'a Project,
    key: &'a str,
    network: &'a Network,
    hash: &'a str,
) -> NetworkCreate<'a> {
    let mut labels: BTreeMap<&str, &str> =
        network.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    labels.extend([
        (label::NETWORK, key),
        (label::PROJECT, project.name.as_str()),
        (label::VERSION, COMPOSE_VERSION),
        (label::CONFIG_HASH, hash),
    ]);
    NetworkCreate {
        name: &network.name,
        check_duplicate: true,
        driver: &network.driver,
        options: &network.driver_opts,
        internal: network.internal,
        attachable: network.attachable,
        labels,
    }
}

fn volume_body(project: &Project, key: &str, volume: &Volume) -> VolumeCreateRequest {
    let mut labels: HashMap<String, String> =
        volume.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    labels.extend(
        [
            (label::VOLUME, key),
            (label::PROJECT, &project.name),
            (label::VERSION, COMPOSE_VERSION),
            (label::CONFIG_HASH, &volume_hash(volume)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    VolumeCreateRequest {
        name: Some(volume.name.clone()),
        driver: Some(volume.driver.clone()).filter(|driver| !driver.is_empty()),
        driver_opts: Some(volume.driver_opts.clone().into_iter().collect()),
        labels: Some(labels),
        cluster_volume_spec: None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::create::test_project;

    #[test]
    fn networks_and_volumes_carry_the_labels_that_compose_looks_for() {
        let project = test_project();
        let network = &project.networks["default"];
        let body = serde_json::to_value(network_body(&project, "default", network, "HASH")).unwrap();
        expect![[r#"
            {
              "Attachable": false,
              "CheckDuplicate": true,
              "Internal": false,
              "Labels": {
                "com.docker.compose.config-hash": "HASH",
                "com.docker.compose.network": "default",
                "com.docker.compose.project": "rwa",
                "com.docker.compose.version": "2.40.3"
              },
              "Name": "rwa_default"
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&body).unwrap());

        let body = volume_body(&project, "data", &project.volumes["data"]);
        let labels: BTreeMap<_, _> = body.labels.unwrap().into_iter().collect();
        assert_eq!(body.name.as_deref(), Some("rwa_data"));
        assert_eq!(
            labels.into_keys().collect::<Vec<_>>(),
            [label::CONFIG_HASH, label::PROJECT, label::VERSION, label::VOLUME]
        );
    }
}
