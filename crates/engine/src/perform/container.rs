//! The life of a container: create, start, stop, unpause, remove, rename.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    pin::pin,
    time::Duration,
};

use bollard::{
    models::NetworkConnectRequest,
    query_parameters::{
        KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder,
        StartContainerOptions, StopContainerOptions,
    },
};
use serde::Deserialize;
use stack::{
    compose::model::{Project, Service},
    plan::ExistingContainer,
};

use super::Done;
use crate::{
    Engine,
    connect::null_default,
    create::{self, Inherited, Inputs, OldMount},
    details::Inspected,
    error::EngineError,
    label,
    wire::Call,
};

/// The engine's own grace period when a container has none.
const DEFAULT_GRACE: Duration = Duration::from_secs(10);

/// What we read of `/images/{name}/json`.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedImage {
    id: String,
    #[serde(deserialize_with = "null_default")]
    config: ImageConfig,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ImageConfig {
    #[serde(deserialize_with = "null_default")]
    /// Paths, each with an empty object.
    volumes: BTreeMap<String, serde_json::Value>,
}

/// The answer to `/containers/create`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreatedContainer {
    id: String,
}

/// What we read of the mounts of `/containers/{id}/json`.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedMounts {
    #[serde(deserialize_with = "null_default")]
    mounts: Vec<OldMount>,
}

/// What we read of `/containers/{name}/json` to see whose it is.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedHolder {
    id: String,
    #[serde(deserialize_with = "null_default")]
    config: HolderConfig,
    #[serde(deserialize_with = "null_default")]
    network_settings: HolderNetworks,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct HolderConfig {
    #[serde(deserialize_with = "null_default")]
    labels: HashMap<String, String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct HolderNetworks {
    #[serde(deserialize_with = "null_default")]
    networks: HashMap<String, serde_json::Value>,
}

/// A container that agrees in these labels with one that is to be made is that one.
const SAME_CONTAINER: [&str; 7] = [
    label::PROJECT,
    label::SERVICE,
    label::NUMBER,
    label::ONEOFF,
    label::WORKING_DIR,
    label::CONFIG_HASH,
    label::IMAGE,
];

impl Engine {
    pub(super) async fn create_container(
        &self,
        project: &Project,
        service: &Service,
        name: &str,
        number: u32,
        replaces: Option<&ExistingContainer>,
    ) -> Result<Done, EngineError> {
        const OPERATION: &str = "create container";
        let old_mounts = async {
            match replaces {
                Some(old) => self.mounts_of(&old.id).await.map(Some),
                None => Ok(None),
            }
        };
        let network_of = async {
            match service.network_mode.strip_prefix("service:") {
                Some(other) => self.network_of(&project.name, other).await.map(Some),
                None => Ok(None),
            }
        };
        let (image, mounts, joined) =
            tokio::try_join!(self.inspect_image(&service.image), old_mounts, network_of)?;
        let inherited = mounts
            .map(|mounts| Inherited { mounts, image_volumes: image.config.volumes.into_keys().collect() });
        let created = create::container(&Inputs {
            project,
            service,
            number,
            image_id: &image.id,
            inherited: inherited.as_ref(),
            network_of: joined.as_deref(),
            api: self.inner.api,
        })?;
        // Not by bollard's own call: it writes the body, which holds secrets, into the log.
        let mut call = Call::post(OPERATION, "/containers/create").query("name", name);
        if !service.platform.is_empty() {
            call = call.query("platform", &service.platform);
        }
        let answer = self.read(call.json(&created.body)?, self.inner.deadlines.change).await;
        let (id, joined) = match answer {
            Ok(answer) => {
                let CreatedContainer { id } = serde_json::from_slice(&answer)
                    .map_err(|source| EngineError::Malformed { operation: OPERATION, source })?;
                (id, None)
            }
            Err(error) if error.status() == Some(409) => {
                let (id, joined) = self.made_meanwhile(name, created.body.labels.as_ref()).await?;
                (id, Some(joined))
            }
            Err(error) => return Err(error),
        };
        for (network, endpoint) in created.later_networks {
            if joined.as_ref().is_some_and(|joined| joined.contains(&network)) {
                continue;
            }
            let request = NetworkConnectRequest { container: id.clone(), endpoint_config: Some(endpoint) };
            let call = self.inner.docker.connect_network(&network, request);
            if let Err(error) = self.typed("connect container", self.inner.deadlines.change, call).await {
                // A container that lacks a network would look finished to the next plan.
                if joined.is_none() {
                    _ = self.remove(&id).await;
                }
                return Err(error);
            }
        }
        Ok(Done::Created { id })
    }

    /// The container that has the name which ours should get, with its networks, when it is the very one: a request
    /// outlives who sent it, so what a killed command asked for may appear after the look that found it missing.
    async fn made_meanwhile(
        &self,
        name: &str,
        wanted: Option<&HashMap<String, String>>,
    ) -> Result<(String, BTreeSet<String>), EngineError> {
        let taken = || EngineError::NameTaken { name: name.to_owned() };
        let call = Call::get("inspect container", format!("/containers/{name}/json"));
        let there: InspectedHolder = match self.get(call).await {
            Err(error) if error.status() == Some(404) => return Err(taken()),
            answer => answer?,
        };
        let same = |label: &&str| {
            let wanted = wanted.and_then(|labels| labels.get(*label));
            wanted.is_some() && there.config.labels.get(*label) == wanted
        };
        if !SAME_CONTAINER.iter().all(same) {
            return Err(taken());
        }
        Ok((there.id, there.network_settings.networks.into_keys().collect()))
    }

    async fn inspect_image(&self, image: &str) -> Result<InspectedImage, EngineError> {
        let call = Call::get("inspect image", format!("/images/{image}/json"));
        self.get(call).await.map_err(|error| match error.status() {
            Some(404) => EngineError::ImageNotFound { image: image.to_owned() },
            _ => error,
        })
    }

    /// The container whose network a service shares.
    async fn network_of(&self, project: &str, service: &str) -> Result<String, EngineError> {
        self.newest_of_service(project, service).await?.ok_or_else(|| EngineError::BadStep {
            what: format!("service {service} has no container to share a network with"),
        })
    }

    async fn mounts_of(&self, id: &str) -> Result<Vec<OldMount>, EngineError> {
        let call = Call::get("inspect container", format!("/containers/{id}/json"));
        let old: InspectedMounts = self.get(call).await.map_err(|error| error.of_container(id))?;
        Ok(old.mounts)
    }

    pub(super) async fn start(&self, id: &str, service: Option<&Service>) -> Result<Done, EngineError> {
        let takes_from_range =
            service.is_some_and(|service| service.ports.iter().any(|port| port.published.contains('-')));
        let _alone = if takes_from_range { Some(self.inner.port_range.lock().await) } else { None };
        let call = self.inner.docker.start_container(id, None::<StartContainerOptions>);
        self.typed("start container", self.inner.deadlines.change, call)
            .await
            .map_err(|error| error.of_container(id))?;
        Ok(Done::Nothing)
    }

    /// Stops with the signal and within the grace period that the container was made with.
    pub(super) async fn stop(&self, id: &str, service: Option<&Service>) -> Result<Done, EngineError> {
        const OPERATION: &str = "stop container";
        let grace = service
            .and_then(|service| service.stop_grace_period)
            .map_or(DEFAULT_GRACE, Duration::from)
            .max(DEFAULT_GRACE);
        let margin = self.inner.deadlines.stop_margin;
        let call = self.inner.docker.stop_container(id, None::<StopContainerOptions>);
        let mut stop = pin!(self.typed(OPERATION, Duration::MAX, call));
        let stopped = match tokio::time::timeout(grace + margin, stop.as_mut()).await {
            Ok(stopped) => stopped,
            // The container may be older than the present file and have a longer grace period of its own.
            Err(_) => match self.inspect(id).await?.stop_grace().and_then(|own| own.checked_sub(grace)) {
                Some(more) => tokio::time::timeout(more, stop)
                    .await
                    .unwrap_or(Err(timed_out(OPERATION, grace + margin + more))),
                None => Err(timed_out(OPERATION, grace + margin)),
            },
        };
        match stopped {
            Err(error) if error.status() == Some(404) => Ok(Done::Nothing),
            stopped => stopped.map(|()| Done::Nothing),
        }
    }

    pub(super) async fn unpause(&self, id: &str) -> Result<Done, EngineError> {
        let call = self.inner.docker.unpause_container(id);
        match self.typed("unpause container", self.inner.deadlines.change, call).await {
            Ok(()) => Ok(Done::Nothing),
            // Engines do not agree on a status for "it is not paused".
            Err(error) => match self.inspect(id).await {
                Ok(now) if now.is_running() => Ok(Done::Nothing),
                _ => Err(error.of_container(id)),
            },
        }
    }

    /// Removes without force and keeps anonymous volumes, as compose does without `-v`.
    pub(super) async fn remove(&self, id: &str) -> Result<Done, EngineError> {
        let options = RemoveContainerOptionsBuilder::default().force(false).v(false).build();
        let call = self.inner.docker.remove_container(id, Some(options));
        match self.typed("remove container", self.inner.deadlines.change, call).await {
            Ok(()) => Ok(Done::Nothing),
            Err(error) => match error.status() {
                Some(404) => Ok(Done::Nothing),
                // Either somebody removes it already or it runs; the status is the same for both.
                Some(409) if self.goes_away(id).await? => Ok(Done::Nothing),
                _ => Err(error),
            },
        }
    }

    /// Waits for a removal that is under way; `false` when there is none.
    async fn goes_away(&self, id: &str) -> Result<bool, EngineError> {
        let deadline = tokio::time::Instant::now() + self.inner.deadlines.change;
        loop {
            match self.inspect(id).await {
                Err(EngineError::NoSuchContainer { .. }) => return Ok(true),
                Err(error) => return Err(error),
                Ok(now) if !now.is_being_removed() => return Ok(false),
                Ok(_) if tokio::time::Instant::now() > deadline => {
                    return Err(timed_out("remove container", self.inner.deadlines.change));
                }
                Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    pub(super) async fn rename(&self, id: &str, name: &str) -> Result<Done, EngineError> {
        let options = RenameContainerOptionsBuilder::default().name(name).build();
        let call = self.inner.docker.rename_container(id, options);
        match self.typed("rename container", self.inner.deadlines.change, call).await {
            Ok(()) => Ok(Done::Nothing),
            Err(error) => match self.inspect(id).await {
                Ok(now) if now.plain_name() == name => Ok(Done::Nothing),
                Ok(_) if error.status() == Some(409) => Err(EngineError::NameTaken { name: name.to_owned() }),
                _ => Err(error.of_container(id)),
            },
        }
    }

    /// Sends a signal, such as `SIGHUP`, to the container's main process.
    pub async fn signal(&self, id: &str, signal: &str) -> Result<(), EngineError> {
        let options = KillContainerOptionsBuilder::default().signal(signal).build();
        let call = self.inner.docker.kill_container(id, Some(options));
        self.typed("signal container", self.inner.deadlines.change, call)
            .await
            .map_err(|error| error.of_container(id))
    }

    /// Asks for all about one container.
    pub(crate) async fn inspect(&self, id: &str) -> Result<Inspected, EngineError> {
        let call = Call::get("inspect container", format!("/containers/{id}/json"));
        self.get(call).await.map_err(|error| error.of_container(id))
    }
}

fn timed_out(operation: &'static str, after: Duration) -> EngineError {
    EngineError::TimedOut { operation, seconds: after.as_secs() }
}
