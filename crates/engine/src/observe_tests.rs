use expect_test::expect;
use stack::compose::model::{Port, Service};

use super::*;

fn project(images: &[&str]) -> Project {
    let service = |(number, image): (usize, &&str)| {
        let name = format!("s{number}");
        (name.clone(), Service { name, image: (*image).to_owned(), ..Service::default() })
    };
    Project {
        name: "rwa".into(),
        working_dir: "/stack".into(),
        services: images.iter().enumerate().map(service).collect(),
        ..Project::default()
    }
}

#[test]
fn a_listed_container_keeps_all_that_the_planner_asks_for() {
    let listed: ListedContainer = serde_json::from_value(serde_json::json!({
        "Id": "abc", "Names": ["/web/db", "/rwa-db-1"], "Image": "redis:7", "ImageID": "sha256:1",
        "Created": 1_700_000_000, "State": "running", "Status": "Up 3 minutes (healthy)",
        "Ports": [
            {"IP": "127.0.0.1", "PrivatePort": 6379, "PublicPort": 6380, "Type": "tcp"},
            {"PrivatePort": 6379, "Type": "tcp"}],
        "Labels": {
            "com.docker.compose.project": "rwa", "com.docker.compose.service": "db",
            "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False",
            "com.docker.compose.config-hash": "h", "com.docker.compose.image": "sha256:1",
            "com.docker.compose.project.working_dir": "/stack",
            "com.docker.compose.project.config_files": "/stack/a.yml,/stack/b.yml"},
        "NetworkSettings": {"Networks": {"rwa_default": {"NetworkID": "n1", "Aliases": null}}},
        "Mounts": [
            {"Type": "volume", "Name": "rwa_data", "Source": "/var/lib/x", "Destination": "/data", "RW": true},
            {"Type": "bind", "Source": "/stack/x.conf", "Destination": "/x.conf"}],
        "HostConfig": {"NetworkMode": "rwa_default"}, "SomethingNew": {"a": 1}
    }))
    .unwrap();
    let mut ports = Vec::new();
    expect![[r#"
        Container {
            id: "abc",
            name: "rwa-db-1",
            service: "db",
            number: 1,
            oneoff: false,
            config_hash: "h",
            image_label: "sha256:1",
            image_id: "sha256:1",
            working_dir: "/stack",
            config_files: [
                "/stack/a.yml",
                "/stack/b.yml",
            ],
            state: Running,
            health: Some(
                Healthy,
            ),
            exit_code: None,
            status: "Up 3 minutes (healthy)",
            created: 1700000000,
            networks: {
                "rwa_default": "n1",
            },
            mounts: [
                ContainerMount {
                    volume: "rwa_data",
                    source: "/var/lib/x",
                    target: "/data",
                },
                ContainerMount {
                    volume: "",
                    source: "/stack/x.conf",
                    target: "/x.conf",
                },
            ],
            ports: [
                PublishedPort {
                    ip: 127.0.0.1,
                    public: 6380,
                    private: 6379,
                    protocol: "tcp",
                },
            ],
        }
    "#]]
    .assert_debug_eq(&container(listed, &mut ports));
    assert!(ports.iter().any(|taken| taken.blocks(Ipv4Addr::UNSPECIFIED.into(), 6380, "tcp")));
}

#[test]
fn unknown_words_and_nulls_do_not_fail_a_list() {
    let listed: Vec<ListedContainer> = serde_json::from_value(serde_json::json!([
        {"Id": "a", "Names": null, "Labels": null, "State": "hibernating", "Status": "?", "Ports": null,
         "Mounts": [{"Type": "quantum"}], "NetworkSettings": null},
        {"Id": "b", "Names": ["/b"], "State": "stopped", "Status": "Exited (3) 1 second ago"}
    ]))
    .unwrap();
    let containers: Vec<_> = listed
        .into_iter()
        .map(|listed| container(listed, &mut Vec::new()))
        .map(|c| (c.state, c.exit_code))
        .collect();
    assert_eq!(
        containers,
        [(stack::observed::State::Unknown, None), (stack::observed::State::Exited, Some(3))]
    );
}

#[test]
fn images_are_found_by_any_spelling() {
    let listed: Vec<ListedImage> = serde_json::from_value(serde_json::json!([
        {"Id": "sha256:1", "RepoTags": ["docker.io/library/redis:7"], "RepoDigests": ["redis@sha256:d1"]},
        {"Id": "sha256:2", "RepoTags": ["localhost/built:latest"], "RepoDigests": null,
         "Manifests": [{"ID": "sha256:m", "Kind": "image"}]},
        {"Id": "sha256:3", "RepoTags": null}
    ]))
    .unwrap();
    let project = project(&["redis:7", "redis@sha256:d1", "built", "absent:1", ""]);
    let found = images_of(&project, &listed);
    let found: Vec<String> =
        found.iter().map(|(name, image)| format!("{name} {} {:?}", image.id, image.digests)).collect();
    assert_eq!(
        found,
        [
            r#"built sha256:2 {"sha256:m"}"#,
            r#"redis:7 sha256:1 {"sha256:d1"}"#,
            r#"redis@sha256:d1 sha256:1 {"sha256:d1"}"#
        ]
    );
}

#[test]
fn only_ports_that_no_container_holds_are_looked_for() {
    let mut project = project(&["x"]);
    let port = |published: &str| Port {
        name: String::new(),
        mode: "ingress".into(),
        host_ip: "127.0.0.1".into(),
        target: 80,
        published: published.into(),
        protocol: "tcp".into(),
        app_protocol: String::new(),
    };
    project.services.get_mut("s0").unwrap().ports = vec![port("8000-8002"), port(""), port("9000")];
    let held = [PortUse {
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 8001,
        protocol: "tcp".into(),
        holder: PortHolder::Unknown,
    }];
    let ports: Vec<u16> = wanted(&project, &held).into_iter().map(|wanted| wanted.port).collect();
    assert_eq!(ports, [8000, 8002, 9000]);
}
