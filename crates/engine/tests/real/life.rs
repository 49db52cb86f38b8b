//! What a project's containers, networks and volumes go through.

use engine::Done;
use stack::{
    observed::{Health, PortHolder, State},
    plan::{ContainerRef, ExistingContainer, Op},
};

use crate::stand::stand;

const WEB: &str = "
services:
  web:
    image: switchyard/test-base:1
    command: [sh, -c, 'mkdir -p /www && echo hi >/www/index.html && exec httpd -f -p 80 -h /www']
    environment: {SECRET: hidden, UNSET: null}
    ports: ['127.0.0.1:18080:80']
    volumes: ['data:/data', '/anonymous']
    healthcheck: {test: [CMD, wget, -qO-, 'http://127.0.0.1/'], interval: 1s}
    stop_grace_period: 1s
    networks:
      default: {aliases: [front]}
      side:
networks: {side: {}}
volumes: {data: {}}
";

#[tokio::test]
async fn a_container_lives_and_every_step_can_be_repeated() {
    let stand = stand("eng-life", WEB).await;
    stand.prepare().await;
    stand.prepare().await;
    let container = stand.create("web").await.unwrap();
    assert!(matches!(stand.observe().await.containers[0].state, State::Created));

    stand.start("web", &container).await.unwrap();
    stand.start("web", &container).await.unwrap();
    let up = stand.until(|container| container.health == Some(Health::Healthy)).await;
    assert_eq!((up.state, up.service.as_str(), up.number, up.oneoff), (State::Running, "web", 1, false));
    assert_eq!(up.config_hash, stack::compose::hash::service_hash(&stand.project.services["web"]));
    assert_eq!(up.working_dir, stand.project.working_dir);
    assert_eq!(up.config_files, stand.project.files);
    assert_eq!(up.networks.keys().collect::<Vec<_>>(), ["eng-life_default", "eng-life_side"]);
    assert!(up.mounts.iter().any(|mount| mount.volume == "eng-life_data" && mount.target == "/data"));
    assert_eq!(up.ports[0].public, 18080);
    let observed = stand.observe().await;
    assert!(observed.images["switchyard/test-base:1"].is(&up.image_label), "{observed:#?}");
    assert_eq!(observed.networks.len(), 2);
    assert_eq!(observed.volumes[0].key, "data");
    assert!(observed.ports.iter().any(|taken| {
        taken.port == 18080
            && matches!(&taken.holder, PortHolder::Container { id, .. } if *id == container.id)
    }));
    assert!(
        !observed.ports.iter().any(|taken| matches!(taken.holder, PortHolder::Process { .. })),
        "docker-proxy is the container's: {:?}",
        observed.ports
    );

    let details = stand.engine.details(&container.id).await.unwrap();
    assert!(details.env_names.contains(&"SECRET".to_owned()));
    assert!(details.started_at.is_some());

    let network = observed.networks.iter().find(|network| network.key == "side").unwrap().clone();
    let in_use = stand.perform(None, Op::RemoveNetwork { id: network.id, name: network.name }).await.unwrap();
    assert!(matches!(in_use, Done::StillInUse { .. }), "{in_use:?}");

    for _ in 0..2 {
        assert_eq!(stand.perform(Some("web"), Op::Stop(container.clone())).await.unwrap(), Done::Nothing);
    }
    stand.until(|container| container.state == State::Exited && container.exit_code.is_some()).await;
    for _ in 0..2 {
        assert_eq!(stand.perform(Some("web"), Op::Remove(container.clone())).await.unwrap(), Done::Nothing);
    }
    assert_eq!(stand.perform(Some("web"), Op::Stop(container)).await.unwrap(), Done::Nothing);
    stand.clear().await;
    let gone = stand.observe().await;
    assert!(gone.containers.is_empty() && gone.networks.is_empty() && gone.volumes.is_empty(), "{gone:#?}");
}

#[tokio::test]
async fn docker_compose_knows_our_containers_as_its_own() {
    let stand = stand("eng-compose", &WEB.replace("18080", "18081")).await;
    stand.prepare().await;
    stand.run("web").await;
    let compose = |arguments: &[&str]| {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>();
        async move {
            let output =
                std::process::Command::new("docker").arg("compose").args(arguments).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        }
    };
    let listed = compose(&["-p", "eng-compose", "ps", "--format", "json"]).await;
    assert!(listed.contains("eng-compose-web-1"), "{listed}");
    compose(&["-p", "eng-compose", "down", "-v", "--timeout", "0"]).await;
    let gone = stand.observe().await;
    assert!(gone.containers.is_empty() && gone.networks.is_empty(), "{gone:#?}");
    stand.clear().await;
}

#[tokio::test]
async fn a_replacement_takes_over_name_and_anonymous_volume() {
    let yaml = WEB.replace("    ports: ['127.0.0.1:18080:80']\n", "");
    let stand = stand("eng-replace", &yaml).await;
    stand.prepare().await;
    let old = stand.run("web").await;
    let volume_of = |container: &stack::observed::Container| {
        container.mounts.iter().find(|mount| mount.target == "/anonymous").unwrap().volume.clone()
    };
    let anonymous = volume_of(&stand.until(|container| container.id == old.id).await);

    let temporary = format!("{}_{}", &old.id[..12], old.name);
    let new = stand.create_as("web", &temporary, Some(old.clone())).await.unwrap();
    stand.perform(Some("web"), Op::Stop(old.clone())).await.unwrap();
    stand.perform(Some("web"), Op::Remove(old.clone())).await.unwrap();
    for _ in 0..2 {
        let container = ContainerRef::Existing(new.clone());
        stand.perform(Some("web"), Op::Rename { container, name: old.name.clone() }).await.unwrap();
    }
    stand.start("web", &new).await.unwrap();
    let up = stand.until(|container| container.id == new.id && container.is_up()).await;
    assert_eq!(up.name, old.name);
    assert_eq!(volume_of(&up), anonymous);
    stand.clear().await;
}

#[tokio::test]
async fn two_who_make_the_same_network_get_one() {
    let stand = stand("eng-net", WEB).await;
    // Another connection stands for another program.
    let other = crate::stand::stand("eng-net", WEB).await;
    let make = || Op::CreateNetwork { key: "side".to_owned() };
    let (one, two, three) =
        tokio::join!(stand.perform(None, make()), stand.perform(None, make()), other.perform(None, make()));
    for done in [one, two, three] {
        assert_eq!(done.unwrap(), Done::Nothing);
    }
    assert_eq!(stand.observe().await.networks.len(), 1);
    stand.clear().await;
}

#[tokio::test]
async fn a_service_can_live_in_the_network_of_another() {
    let yaml = "
services:
  owner: {image: 'switchyard/test-base:1', command: [sleep, '1000'], stop_grace_period: 0s}
  guest: {image: 'switchyard/test-base:1', command: [sleep, '1000'], network_mode: 'service:owner'}
";
    let stand = stand("eng-share", yaml).await;
    stand.prepare().await;
    stand.run("owner").await;
    stand.run("guest").await;
    stand.until(|container| container.service == "guest" && container.state == State::Running).await;
    stand.clear().await;
}

#[tokio::test]
async fn a_frozen_container_runs_on() {
    let yaml = "services: {x: {image: 'switchyard/test-base:1', command: [sleep, '1000']}}";
    let stand = stand("eng-pause", yaml).await;
    stand.prepare().await;
    let container = stand.run("x").await;
    let paused = std::process::Command::new("docker").args(["pause", &container.id]).output().unwrap();
    assert!(paused.status.success());
    stand.until(|container| container.state == State::Paused).await;
    for _ in 0..2 {
        stand.perform(Some("x"), Op::Unpause(container.clone())).await.unwrap();
    }
    stand.until(|container| container.state == State::Running).await;
    stand.clear().await;
}

#[tokio::test]
async fn the_engine_tells_of_its_host() {
    let stand = stand("eng-look", WEB).await;
    let system = stand.engine.system().await.unwrap();
    assert!(system.memory > 0 && system.cpus > 0);
}

#[tokio::test]
async fn a_port_of_a_process_is_seen_with_its_holder() {
    let stand = stand("eng-port", &WEB.replace("18080", "18082")).await;
    let _listener = std::net::TcpListener::bind(("127.0.0.1", 18082)).unwrap();
    let taken = stand.observe().await.ports.into_iter().find(|taken| taken.port == 18082).unwrap();
    assert!(
        matches!(taken.holder, PortHolder::Process { pid, .. } if pid == std::process::id()),
        "{taken:?}"
    );
    stand.prepare().await;
    let container: ExistingContainer = stand.create("web").await.unwrap();
    let error = stand.start("web", &container).await.unwrap_err();
    assert!(matches!(error, engine::EngineError::PortTaken { .. }), "{error:?}");
    let evidence = stand.engine.evidence(&container.id, 10).await.unwrap();
    assert!(!evidence.error.is_empty(), "{evidence:?}");
    stand.clear().await;
}

#[tokio::test]
async fn a_greeting_tells_what_an_introduction_tells() {
    let stand = stand("eng-greeting", WEB).await;
    let endpoint = stand.engine.endpoint();
    let introduced = engine::Engine::connect(endpoint).await.unwrap();
    let greeted = engine::Engine::greet(endpoint).await.unwrap();
    assert_eq!(greeted.info(), introduced.info());
    greeted.observe(&stand.project).await.unwrap();
}
