use std::{collections::BTreeMap, time::Duration};

use expect_test::{Expect, expect};
use stack::compose::{
    ByteSize, GoDuration,
    model::{
        BindOptions, Condition, Dependency, Deploy, Logging, Mount, MountKind, Network, Resource, Resources,
        ServiceNetwork, Ulimit, Volume, VolumeOptions,
    },
};

use super::*;

pub(crate) fn test_project() -> Project {
    let network = |name: &str| Network { name: name.into(), ..Network::default() };
    Project {
        name: "rwa".into(),
        working_dir: "/stack".into(),
        files: vec!["/stack/a.yml".into(), "/stack/b.yml".into()],
        networks: BTreeMap::from([
            ("default".to_owned(), network("rwa_default")),
            ("edge".to_owned(), network("rwa_edge")),
        ]),
        volumes: BTreeMap::from([(
            "data".to_owned(),
            Volume { name: "rwa_data".into(), ..Volume::default() },
        )]),
        ..Project::default()
    }
}

fn service() -> Service {
    Service {
        name: "db".into(),
        image: "redis:7".into(),
        networks: BTreeMap::from([("default".to_owned(), None)]),
        ..Service::default()
    }
}

fn mount(kind: MountKind, source: &str, target: &str) -> Mount {
    Mount {
        kind,
        source: source.into(),
        target: target.into(),
        read_only: false,
        consistency: String::new(),
        bind: None,
        volume: None,
        tmpfs: None,
    }
}

fn body_of(service: &Service, inherited: Option<&Inherited>, api: Api) -> (serde_json::Value, Created) {
    let project = test_project();
    let created = container(&Inputs {
        dialect: Dialect::default(),
        project: &project,
        service,
        number: 1,
        image_id: "sha256:1",
        inherited,
        network_of: None,
        api,
    })
    .unwrap();
    let mut json = serde_json::to_value(&created.body).unwrap();
    // Depends on the hash alone, which has its own tests.
    json["Labels"]["com.docker.compose.config-hash"] = "HASH".into();
    (json, created)
}

fn check(value: &serde_json::Value, expected: &Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(value).unwrap());
}

#[test]
fn a_plain_service_has_every_label_that_compose_looks_for() {
    let (body, _) = body_of(&service(), None, Api::new(1, 41));
    check(
        &body,
        &expect![[r#"
            {
              "AttachStderr": true,
              "AttachStdin": false,
              "AttachStdout": true,
              "Env": [],
              "ExposedPorts": {},
              "HostConfig": {
                "NetworkMode": "rwa_default",
                "PortBindings": {},
                "Privileged": false,
                "ReadonlyRootfs": false,
                "RestartPolicy": {
                  "Name": ""
                },
                "Sysctls": {},
                "Tmpfs": {}
              },
              "Image": "redis:7",
              "Labels": {
                "com.docker.compose.config-hash": "HASH",
                "com.docker.compose.container-number": "1",
                "com.docker.compose.depends_on": "",
                "com.docker.compose.image": "sha256:1",
                "com.docker.compose.oneoff": "False",
                "com.docker.compose.project": "rwa",
                "com.docker.compose.project.config_files": "/stack/a.yml,/stack/b.yml",
                "com.docker.compose.project.working_dir": "/stack",
                "com.docker.compose.service": "db",
                "com.docker.compose.version": "2.40.3"
              },
              "NetworkingConfig": {
                "EndpointsConfig": {
                  "rwa_default": {
                    "Aliases": [
                      "rwa-db-1",
                      "db"
                    ]
                  }
                }
              },
              "OpenStdin": false,
              "Tty": false
            }"#]],
    );
}

#[test]
fn a_full_service_says_all_of_it() {
    let full = Service {
        command: Some(vec!["redis-server".into(), "--save".into()]),
        entrypoint: Some(Vec::new()),
        environment: BTreeMap::from([("A".to_owned(), Some("1".to_owned())), ("UNSET".to_owned(), None)]),
        depends_on: BTreeMap::from([
            ("a".to_owned(), Dependency { condition: Condition::Healthy, restart: true, required: true }),
            ("b".to_owned(), Dependency { condition: Condition::Started, restart: false, required: true }),
        ]),
        healthcheck: Some(Healthcheck {
            test: vec!["CMD".into(), "true".into()],
            interval: Some(GoDuration(Duration::from_secs(5))),
            retries: Some(3),
            start_interval: Some(GoDuration(Duration::from_secs(1))),
            ..Healthcheck::default()
        }),
        ports: vec![Port {
            name: String::new(),
            mode: "ingress".into(),
            host_ip: "127.0.0.1".into(),
            target: 6379,
            published: "6380-6390".into(),
            protocol: "tcp".into(),
            app_protocol: String::new(),
        }],
        expose: vec!["9000".into(), "9001-9002/udp".into()],
        extra_hosts: vec!["host.docker.internal=host-gateway".into(), "v6=::1".into()],
        restart: "on-failure:3".into(),
        logging: Some(Logging {
            driver: "json-file".into(),
            options: BTreeMap::from([("max-size".to_owned(), "1m".to_owned())]),
        }),
        mem_limit: ByteSize(1),
        deploy: Some(Deploy {
            resources: Resources {
                limits: Some(Resource { cpus: 0.3, memory: ByteSize(512), pids: 7 }),
                reservations: Some(Resource { cpus: 0.0, memory: ByteSize(256), pids: 0 }),
            },
            ..Deploy::default()
        }),
        ulimits: BTreeMap::from([("nofile".to_owned(), Ulimit::Range { soft: 1, hard: 2 })]),
        tmpfs: vec!["/tmp:size=1m".into(), "/run".into()],
        security_opt: vec!["no-new-privileges:true".into(), "systempaths=unconfined".into()],
        stop_grace_period: Some(GoDuration(Duration::from_secs(90))),
        stop_signal: "SIGQUIT".into(),
        init: Some(true),
        user: "999".into(),
        ..service()
    };
    let (mut body, _) = body_of(&full, None, Api::new(1, 43));
    let depends_on = body["Labels"]["com.docker.compose.depends_on"].clone();
    assert_eq!(depends_on, "a:service_healthy:true,b:service_started:false");
    body.as_object_mut().unwrap().remove("Labels");
    check(
        &body,
        &expect![[r#"
            {
              "AttachStderr": true,
              "AttachStdin": false,
              "AttachStdout": true,
              "Cmd": [
                "redis-server",
                "--save"
              ],
              "Entrypoint": [],
              "Env": [
                "A=1",
                "UNSET"
              ],
              "ExposedPorts": {
                "6379/tcp": {},
                "9000/tcp": {},
                "9001/udp": {},
                "9002/udp": {}
              },
              "Healthcheck": {
                "Interval": 5000000000,
                "Retries": 3,
                "Test": [
                  "CMD",
                  "true"
                ]
              },
              "HostConfig": {
                "ExtraHosts": [
                  "host.docker.internal:host-gateway",
                  "v6:::1"
                ],
                "Init": true,
                "LogConfig": {
                  "Config": {
                    "max-size": "1m"
                  },
                  "Type": "json-file"
                },
                "MaskedPaths": [],
                "Memory": 512,
                "MemoryReservation": 256,
                "NanoCpus": 300000000,
                "NetworkMode": "rwa_default",
                "PidsLimit": 7,
                "PortBindings": {
                  "6379/tcp": [
                    {
                      "HostIp": "127.0.0.1",
                      "HostPort": "6380-6390"
                    }
                  ]
                },
                "Privileged": false,
                "ReadonlyPaths": [],
                "ReadonlyRootfs": false,
                "RestartPolicy": {
                  "MaximumRetryCount": 3,
                  "Name": "on-failure"
                },
                "SecurityOpt": [
                  "no-new-privileges:true"
                ],
                "Sysctls": {},
                "Tmpfs": {
                  "/run": "",
                  "/tmp": "size=1m"
                },
                "Ulimits": [
                  {
                    "Hard": 2,
                    "Name": "nofile",
                    "Soft": 1
                  }
                ]
              },
              "Image": "redis:7",
              "NetworkingConfig": {
                "EndpointsConfig": {
                  "rwa_default": {
                    "Aliases": [
                      "rwa-db-1",
                      "db"
                    ]
                  }
                }
              },
              "OpenStdin": false,
              "StopSignal": "SIGQUIT",
              "StopTimeout": 90,
              "Tty": false,
              "User": "999"
            }"#]],
    );
}

#[test]
fn the_primary_network_is_the_one_of_highest_priority() {
    let joined = Service {
        networks: BTreeMap::from([
            ("default".to_owned(), None),
            (
                "edge".to_owned(),
                Some(ServiceNetwork {
                    priority: 10,
                    aliases: vec!["front".into()],
                    ipv4_address: "10.0.0.2".into(),
                }),
            ),
        ]),
        ..service()
    };
    let (old, created) = body_of(&joined, None, Api::new(1, 43));
    assert_eq!(old["HostConfig"]["NetworkMode"], "rwa_edge");
    assert_eq!(old["NetworkingConfig"]["EndpointsConfig"].as_object().unwrap().len(), 1);
    assert_eq!(created.later_networks[0].0, "rwa_default");

    let (new, created) = body_of(&joined, None, Api::new(1, 44));
    assert!(created.later_networks.is_empty());
    check(
        &new["NetworkingConfig"],
        &expect![[r#"
            {
              "EndpointsConfig": {
                "rwa_default": {
                  "Aliases": [
                    "rwa-db-1",
                    "db"
                  ]
                },
                "rwa_edge": {
                  "Aliases": [
                    "rwa-db-1",
                    "db",
                    "front"
                  ],
                  "IPAMConfig": {
                    "IPv4Address": "10.0.0.2"
                  }
                }
              }
            }"#]],
    );
}

#[test]
fn network_modes_leave_out_the_endpoints() {
    for mode in ["host", "none", "bridge", "container:abc"] {
        let (body, _) = body_of(&Service { network_mode: mode.into(), ..service() }, None, Api::new(1, 44));
        assert_eq!(body["HostConfig"]["NetworkMode"], mode);
        assert_eq!(body.get("NetworkingConfig"), None);
    }
}

#[test]
fn simple_mounts_are_binds_and_the_others_mounts() {
    let bind = |create_host_path, propagation: &str| {
        Some(BindOptions { selinux: String::new(), propagation: propagation.into(), create_host_path })
    };
    let volumes = vec![
        Mount { read_only: true, bind: bind(true, ""), ..mount(MountKind::Bind, "/stack/x", "/x") },
        Mount { bind: bind(false, ""), ..mount(MountKind::Bind, "/stack/y", "/y") },
        Mount { bind: bind(true, "rslave"), ..mount(MountKind::Bind, "/stack/z", "/z") },
        Mount { volume: Some(VolumeOptions::default()), ..mount(MountKind::Volume, "data", "/data") },
        Mount {
            volume: Some(VolumeOptions { nocopy: false, subpath: "sub".into() }),
            ..mount(MountKind::Volume, "data", "/sub")
        },
        mount(MountKind::Volume, "", "/anonymous"),
        mount(MountKind::Tmpfs, "", "/scratch"),
    ];
    let (body, _) = body_of(&Service { volumes, ..service() }, None, Api::new(1, 47));
    let host = &body["HostConfig"];
    check(
        &serde_json::json!([host["Binds"], host["Mounts"]]),
        &expect![[r#"
            [
              [
                "/stack/x:/x:ro",
                "rwa_data:/data:rw"
              ],
              [
                {
                  "ReadOnly": false,
                  "Target": "/anonymous",
                  "Type": "volume"
                },
                {
                  "ReadOnly": false,
                  "Target": "/scratch",
                  "Type": "tmpfs"
                },
                {
                  "ReadOnly": false,
                  "Source": "rwa_data",
                  "Target": "/sub",
                  "Type": "volume",
                  "VolumeOptions": {
                    "NoCopy": false,
                    "Subpath": "sub"
                  }
                },
                {
                  "BindOptions": {
                    "CreateMountpoint": false
                  },
                  "ReadOnly": false,
                  "Source": "/stack/y",
                  "Target": "/y",
                  "Type": "bind"
                },
                {
                  "BindOptions": {
                    "CreateMountpoint": true,
                    "Propagation": "rslave"
                  },
                  "ReadOnly": false,
                  "Source": "/stack/z",
                  "Target": "/z",
                  "Type": "bind"
                }
              ]
            ]"#]],
    );
}

#[test]
fn a_replacement_inherits_the_volumes_that_only_the_old_container_knows() {
    let old = |r#type: &str, name: &str, destination: &str| OldMount {
        r#type: r#type.into(),
        name: name.into(),
        source: format!("/var/lib/{name}"),
        destination: destination.into(),
        writable: true,
    };
    let inherited = Inherited {
        mounts: vec![
            old("volume", "anon1", "/from-image"),
            old("volume", "anon2", "/unnamed"),
            old("volume", "rwa_old", "/data"),
            old("tmpfs", "", "/from-image-too"),
            old("volume", "gone", "/dropped"),
        ],
        image_volumes: vec!["/from-image".into(), "/from-image-too".into(), "/data".into()],
    };
    let volumes = vec![mount(MountKind::Volume, "", "/unnamed"), mount(MountKind::Volume, "data", "/data")];
    let (body, _) = body_of(&Service { volumes, ..service() }, Some(&inherited), Api::new(1, 41));
    assert_eq!(body["Labels"]["com.docker.compose.replace"], "db-1");
    assert_eq!(body["HostConfig"]["Binds"], serde_json::json!(["rwa_data:/data:rw"]));
    let mounts: Vec<String> = body["HostConfig"]["Mounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| format!("{} {}", mount["Source"], mount["Target"]))
        .collect();
    assert_eq!(mounts, [r#""anon1" "/from-image""#, r#""anon2" "/unnamed""#]);
}

#[test]
fn a_seccomp_profile_is_sent_by_its_content() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.json"), "{ \"defaultAction\":  \"SCMP_ACT_ALLOW\" }").unwrap();
    let (options, unconfined) = security_opt(&["seccomp=p.json".into()], folder.path()).unwrap();
    assert_eq!(options, [r#"seccomp={"defaultAction":"SCMP_ACT_ALLOW"}"#]);
    assert!(!unconfined);
    let missing = security_opt(&["seccomp=q.json".into()], folder.path()).unwrap_err();
    assert!(missing.to_string().contains("q.json"), "{missing}");
}
