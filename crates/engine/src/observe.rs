//! One look at the engine: a few calls, all at once, into [`Observed`].

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use serde::Deserialize;
use stack::{
    compose::model::Project,
    observed::{
        Container, ContainerMount, Image, Network, Observed, PortHolder, PortUse, PublishedPort, Volume,
    },
};

use crate::{
    Engine,
    connect::{Api, null_default},
    error::EngineError,
    image::{self, Reference},
    label,
    listeners::{self, Wanted},
    status,
    wire::Call,
};

type Labels = HashMap<String, String>;

/// A container of `/containers/json`. Only what we use, and nothing that an unknown word could break.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListedContainer {
    pub(crate) id: String,
    #[serde(deserialize_with = "null_default")]
    names: Vec<String>,
    #[serde(rename = "ImageID")]
    image_id: String,
    #[serde(deserialize_with = "null_default")]
    pub(crate) labels: Labels,
    state: String,
    status: String,
    pub(crate) created: i64,
    #[serde(deserialize_with = "null_default")]
    network_settings: ListedNetworks,
    #[serde(deserialize_with = "null_default")]
    mounts: Vec<ListedMount>,
    #[serde(deserialize_with = "null_default")]
    ports: Vec<ListedPort>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedNetworks {
    #[serde(deserialize_with = "null_default")]
    networks: HashMap<String, ListedEndpoint>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct ListedEndpoint {
    #[serde(rename = "NetworkID")]
    network_id: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedMount {
    r#type: String,
    name: String,
    source: String,
    destination: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedPort {
    #[serde(rename = "IP")]
    ip: String,
    private_port: u16,
    public_port: u16,
    r#type: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedNetwork {
    id: String,
    name: String,
    #[serde(deserialize_with = "null_default")]
    labels: Labels,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedVolumes {
    #[serde(deserialize_with = "null_default")]
    volumes: Vec<ListedVolume>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedVolume {
    name: String,
    #[serde(deserialize_with = "null_default")]
    labels: Labels,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListedImage {
    id: String,
    #[serde(deserialize_with = "null_default")]
    repo_tags: Vec<String>,
    #[serde(deserialize_with = "null_default")]
    repo_digests: Vec<String>,
    /// The platforms' manifests; only the containerd image store has them.
    #[serde(deserialize_with = "null_default")]
    manifests: Vec<ListedManifest>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct ListedManifest {
    #[serde(rename = "ID")]
    id: String,
}

impl Engine {
    /// Looks at everything that the planner needs to know. [`Observed::seeded`] stays empty: only the
    /// components themselves know.
    pub async fn observe(&self, project: &Project) -> Result<Observed, EngineError> {
        let images = Call::get("list images", "/images/json");
        // Compose labels containers with a platform's digest where the image store has one.
        let images = if self.inner.api >= Api::new(1, 47) { images.query("manifests", "1") } else { images };
        let (containers, networks, volumes, images): (
            Vec<ListedContainer>,
            Vec<ListedNetwork>,
            ListedVolumes,
            Vec<ListedImage>,
        ) = tokio::try_join!(
            self.get(Call::get("list containers", "/containers/json").query("all", "1")),
            self.get(Call::get("list networks", "/networks")),
            self.get(Call::get("list volumes", "/volumes")),
            self.get(images),
        )?;
        let mut observed = Observed {
            networks: networks_of(project, networks),
            volumes: volumes_of(project, volumes.volumes),
            images: images_of(project, &images),
            ..Observed::default()
        };
        for listed in containers {
            let foreign = listed.labels.get(label::PROJECT) != Some(&project.name);
            let container = container(listed, &mut observed.ports);
            if foreign {
                observed.foreign_names.insert(container.name);
            } else {
                observed.containers.push(container);
            }
        }
        if self.inner.info.publishes_here {
            let free_of_containers = wanted(project, &observed.ports);
            observed.ports.extend(listeners::listeners(&free_of_containers));
        }
        Ok(observed)
    }

    /// The newest container of a service of the project, one-off ones aside.
    pub(crate) async fn newest_of_service(
        &self,
        project: &str,
        service: &str,
    ) -> Result<Option<String>, EngineError> {
        let filters = serde_json::json!({"label": [
            format!("{}={project}", label::PROJECT),
            format!("{}={service}", label::SERVICE),
            format!("{}=False", label::ONEOFF),
        ]});
        let call = Call::get("list containers", "/containers/json").query("all", "1").filters(&filters);
        let listed: Vec<ListedContainer> = self.get(call).await?;
        Ok(listed.into_iter().max_by_key(|container| container.created).map(|container| container.id))
    }
}

impl ListedContainer {
    /// Its own name. With links a container has more, each with the path of the container that links to it.
    pub(crate) fn name(&self) -> &str {
        let own =
            self.names.iter().find(|name| name.matches('/').count() <= 1).or_else(|| self.names.first());
        own.map_or("", |name| name.trim_start_matches('/'))
    }
}

/// Sorts what the list says into our type; its published ports are added to `ports`.
fn container(mut listed: ListedContainer, ports: &mut Vec<PortUse>) -> Container {
    let name = listed.name().to_owned();
    let project = listed.labels.get(label::PROJECT).cloned().unwrap_or_default();
    let mut published = Vec::new();
    for port in listed.ports {
        let Ok(ip) = port.ip.parse::<IpAddr>() else { continue };
        ports.push(PortUse {
            ip,
            port: port.public_port,
            protocol: port.r#type.clone(),
            holder: PortHolder::Container {
                id: listed.id.clone(),
                name: name.clone(),
                project: project.clone(),
            },
        });
        published.push(PublishedPort {
            ip,
            public: port.public_port,
            private: port.private_port,
            protocol: port.r#type,
        });
    }
    published.sort();
    let mut take = |name: &str| listed.labels.remove(name).unwrap_or_default();
    let config_files = take(label::CONFIG_FILES);
    Container {
        service: take(label::SERVICE),
        number: take(label::NUMBER).parse().unwrap_or_default(),
        oneoff: take(label::ONEOFF) == "True",
        config_hash: take(label::CONFIG_HASH),
        image_label: take(label::IMAGE),
        working_dir: take(label::WORKING_DIR).into(),
        config_files: config_files.split(',').filter(|path| !path.is_empty()).map(PathBuf::from).collect(),
        id: listed.id,
        name,
        image_id: listed.image_id,
        state: status::state(&listed.state),
        health: status::health(&listed.status),
        exit_code: status::exit_code(&listed.status),
        status: listed.status,
        created: listed.created,
        networks: listed
            .network_settings
            .networks
            .into_iter()
            .map(|(name, endpoint)| (name, endpoint.network_id))
            .collect(),
        mounts: listed
            .mounts
            .into_iter()
            .map(|mount| ContainerMount {
                volume: if mount.r#type == "bind" { String::new() } else { mount.name },
                source: mount.source,
                target: mount.destination,
            })
            .collect(),
        ports: published,
    }
}

fn networks_of(project: &Project, listed: Vec<ListedNetwork>) -> Vec<Network> {
    let wanted: BTreeSet<&str> = project.networks.values().map(|network| network.name.as_str()).collect();
    listed
        .into_iter()
        .map(|mut network| {
            let mut take = |name: &str| network.labels.remove(name).unwrap_or_default();
            Network {
                project: take(label::PROJECT),
                key: take(label::NETWORK),
                config_hash: take(label::CONFIG_HASH),
                id: network.id,
                name: network.name,
            }
        })
        .filter(|network| network.project == project.name || wanted.contains(network.name.as_str()))
        .collect()
}

fn volumes_of(project: &Project, listed: Vec<ListedVolume>) -> Vec<Volume> {
    let wanted: BTreeSet<&str> = project.volumes.values().map(|volume| volume.name.as_str()).collect();
    listed
        .into_iter()
        .map(|mut volume| {
            let mut take = |name: &str| volume.labels.remove(name).unwrap_or_default();
            Volume {
                project: take(label::PROJECT),
                key: take(label::VOLUME),
                config_hash: take(label::CONFIG_HASH),
                name: volume.name,
            }
        })
        .filter(|volume| volume.project == project.name || wanted.contains(volume.name.as_str()))
        .collect()
}

fn images_of(project: &Project, listed: &[ListedImage]) -> BTreeMap<String, Image> {
    let mut by_name: HashMap<String, &ListedImage> = HashMap::new();
    for image in listed {
        by_name.insert(image.id.clone(), image);
        for name in image.repo_tags.iter().chain(&image.repo_digests) {
            let canonical = Reference::parse(name).canonical();
            // Podman puts an image without a registry, such as a built one, under `localhost`.
            if let Some(local) = canonical.strip_prefix("localhost/") {
                by_name.entry(Reference::parse(local).canonical()).or_insert(image);
            }
            by_name.insert(canonical, image);
        }
    }
    let references: BTreeSet<&str> = project
        .services
        .values()
        .map(|service| service.image.as_str())
        .filter(|image| !image.is_empty())
        .collect();
    references
        .into_iter()
        .filter_map(|reference| {
            let found = if image::is_id(reference) {
                let hex = reference.strip_prefix("sha256:").unwrap_or(reference);
                by_name.get(&format!("sha256:{hex}"))
            } else {
                by_name.get(&Reference::parse(reference).canonical())
            }?;
            let digests = found
                .repo_digests
                .iter()
                .filter_map(|name| Reference::parse(name).digest)
                .map(str::to_owned)
                .chain(found.manifests.iter().map(|manifest| manifest.id.clone()))
                .collect();
            Some((reference.to_owned(), Image { id: found.id.clone(), digests }))
        })
        .collect()
}

/// The host ports that the project wants and no container holds.
fn wanted(project: &Project, held: &[PortUse]) -> BTreeSet<Wanted> {
    let held: BTreeSet<(u16, &str)> =
        held.iter().map(|taken| (taken.port, taken.protocol.as_str())).collect();
    let mut wanted = BTreeSet::new();
    for port in project.services.values().flat_map(|service| &service.ports) {
        let protocol = if port.protocol.is_empty() { "tcp" } else { port.protocol.as_str() };
        let ip = port.host_ip.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let (first, last) = port.published.split_once('-').unwrap_or((&port.published, &port.published));
        let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { continue };
        for port in first..=last {
            if matches!(protocol, "tcp" | "udp") && !held.contains(&(port, protocol)) {
                wanted.insert(Wanted { port, protocol: protocol.to_owned(), ip });
            }
        }
    }
    wanted
}

#[cfg(test)]
#[path = "observe_tests.rs"]
mod tests;
