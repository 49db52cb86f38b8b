//! A small language for tests: a project in YAML, and one line for each container that is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use expect_test::Expect;
use stack::{
    compose::{LoadInput, Project, SourceFile, load},
    observed::{Container, ContainerMount, Health, Image, Network, Observed, State, Volume},
    plan::{Goal, plan},
};

/// A chain of three with a volume, and a stranger.
pub(crate) const CHAIN: &str = "
name: p
services:
  db:
    image: db:1
    volumes: [data:/data]
    healthcheck: { test: [CMD, ok] }
  api:
    image: api:1
    depends_on: { db: { condition: service_healthy } }
    restart: always
  web:
    image: web:1
    depends_on: [api]
  other:
    image: other:1
volumes:
  data:
";

pub(crate) fn project(yaml: &str) -> Project {
    let read = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let input = LoadInput {
        files: vec![SourceFile { path: PathBuf::from("/stack/compose.yaml"), text: yaml.to_owned() }],
        working_dir: PathBuf::from("/stack"),
        project_name: None,
        env: BTreeMap::new(),
        home: None,
        read: &read,
    };
    load(input).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What is there, by words: `db:healthy api:exited=1 web:up!old`. After the colon stands the state, after
/// `!` what is wrong with the container: `old` configuration, `image`, `network`, `volume`, `name`, or `retired`,
/// which is the name of a container that is replaced and down.
/// Images of all services are there but those after `-`, such as `-db:1`. `net` and `vol` are there too.
pub(crate) fn observed(project: &Project, words: &str) -> Observed {
    let mut there = Observed::default();
    for service in project.services.values() {
        let id = format!("sha256:{}", service.image);
        there.images.insert(service.image.clone(), Image { id, digests: BTreeSet::new() });
    }
    for word in words.split_whitespace() {
        match word {
            "net" => there.networks.extend(project.networks.values().map(|network| Network {
                id: format!("id-{}", network.name),
                name: network.name.clone(),
                project: project.name.clone(),
                ..Network::default()
            })),
            "vol" => there.volumes.extend(project.volumes.values().map(|volume| Volume {
                name: volume.name.clone(),
                project: project.name.clone(),
                ..Volume::default()
            })),
            missing if missing.starts_with('-') => drop(there.images.remove(&missing[1..])),
            word => {
                let number = 1 + there.containers.len();
                there.containers.push(container(project, word, number));
            }
        }
    }
    there
}

fn container(project: &Project, word: &str, number: usize) -> Container {
    let (name, rest) = word.split_once(':').expect("service:state");
    let (state, faults) = rest.split_once('!').unwrap_or((rest, ""));
    let service = project.services.get(name);
    let mut container = Container {
        id: format!("{name}{number}00000000000000"),
        name: format!("{}-{name}-1", project.name),
        service: name.to_owned(),
        number: 1,
        working_dir: project.working_dir.clone(),
        ..Container::default()
    };
    if let Some(service) = service {
        container.config_hash = project.config_hash(service);
        container.image_label = format!("sha256:{}", service.image);
        for key in service.networks.keys() {
            let network = project.networks[key].name.clone();
            container.networks.insert(network.clone(), format!("id-{network}"));
        }
        for mount in &service.volumes {
            let volume =
                project.volumes.get(&mount.source).map_or(String::new(), |volume| volume.name.clone());
            let (source, target) = (mount.source.clone(), mount.target.clone());
            container.mounts.push(ContainerMount { volume, source, target });
        }
    } else {
        let networks = project.networks.values().map(|network| network.name.clone());
        container.networks = networks.map(|name| (name.clone(), format!("id-{name}"))).collect();
    }
    (container.state, container.health, container.exit_code) = match state {
        "up" => (State::Running, None, None),
        "healthy" => (State::Running, Some(Health::Healthy), None),
        "starting" => (State::Running, Some(Health::Starting), None),
        "paused" => (State::Paused, None, None),
        "created" => (State::Created, None, None),
        "dead" => (State::Dead, None, None),
        exited => {
            (State::Exited, None, exited.strip_prefix("exited=").map(|code| code.parse().expect("a code")))
        }
    };
    for fault in faults.split('!') {
        match fault {
            "old" => container.config_hash = "another".into(),
            "image" => container.image_label = "sha256:before".into(),
            "network" => container.networks.clear(),
            "volume" => container.mounts.clear(),
            "name" => container.name = format!("0123_{}", container.name),
            "retired" => container.name = format!("0123_{}_old", container.name),
            "second" => {
                container.number = 2;
                container.name = format!("{}-{name}-2", project.name);
            }
            "" => {}
            other => panic!("unknown fault {other}"),
        }
    }
    container
}

pub(crate) fn set(names: &str) -> BTreeSet<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

pub(crate) fn up(names: &str) -> Goal {
    Goal::Up { services: set(names), recreate: false, wait: false }
}

pub(crate) fn check(yaml: &str, there: &str, goal: &Goal, expect: &Expect) {
    let project = project(yaml);
    let observed = observed(&project, there);
    expect.assert_eq(&plan(&project, &observed, goal).to_string());
}
