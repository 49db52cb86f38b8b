//! What one of the two started, the other finds nothing to change in.

use serde_json::Value;
use tests::{Stack, names_and_ids};

use crate::differences;

/// Every kind of setting that both of them turn into a container, in one project that really runs.
const EVERYTHING: &str = "
x-base: &base
  image: switchyard/test-base:1
  init: true
  command: sleep infinity
  stop_grace_period: 1s
services:
  ports:
    <<: *base
    ports: [\"127.0.0.1:${PORT:?}:80\", \"127.0.0.1::81\"]
    expose: [\"90\"]
  environment:
    <<: *base
    environment: { A: \"<a & b>\", B: \"\", C: , D: p$$1x }
    env_file: [./app.env]
    labels: { team: rwa, special: \"<&> 值\" }
    hostname: a-host
    extra_hosts: [\"db:10.0.0.1\"]
    working_dir: /tmp
    user: \"1000:1000\"
  volumes:
    <<: *base
    volumes: [\"data:/data\", \"./folder:/folder:ro\", /anonymous]
    tmpfs: [/scratch]
    read_only: true
  networks:
    <<: *base
    networks: { front: { aliases: [other-name] }, back: }
    depends_on: [volumes]
  limits:
    <<: *base
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 50
    cap_drop: [ALL]
    security_opt: [\"no-new-privileges:true\"]
    ulimits: { nofile: { soft: 500, hard: 1000 } }
    logging: { driver: json-file, options: { max-size: 1m } }
    restart: unless-stopped
  healthy:
    <<: *base
    healthcheck: { test: [CMD, test, -e, /etc/test-base], interval: 1s, timeout: 5s, retries: 10, start_period: 1s }
    deploy: { resources: { limits: { memory: 48M } } }
networks: { front: {}, back: { internal: true, labels: { a: b } } }
volumes: { data: { labels: { a: b } } }
";

fn everything(name: &str) -> Stack {
    let stack = Stack::of(name, EVERYTHING);
    stack.set("PORT", &tests::free_port().to_string());
    stack.write("app.env", "FROM_FILE=\"two words\" # a comment\nA=overridden\n");
    std::fs::create_dir(stack.folder.join("folder")).expect("the folder can be written");
    stack
}

#[test]
fn docker_compose_recreates_nothing_that_we_started() {
    let stack = everything("takeover-ours");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    let ran = stack.compose(["up", "--detach"]).ok();
    assert!(!ran.stderr.contains("Recreate") && !ran.stderr.contains("Created"), "{ran}");
    assert_eq!(names_and_ids(&stack.containers()), before);
    let ran = stack.compose(["up", "--detach", "--dry-run"]);
    assert!(!ran.stderr.contains("Recreate"), "{ran}");
    stack.compose(["down", "--volumes"]).ok();
    assert_eq!(stack.containers(), []);
}

#[test]
fn we_plan_nothing_for_what_docker_compose_started() {
    let stack = everything("takeover-theirs");
    stack.compose(["up", "--detach", "--wait"]).ok();
    let before = names_and_ids(&stack.containers());
    assert_eq!(stack.run(["plan", "--json"]).ok().json()["steps"].as_array().map(Vec::len), Some(0));
    stack.run(["up"]).ok().says("Nothing to do.");
    assert_eq!(names_and_ids(&stack.containers()), before);
    stack.run(["down", "--volumes", "--yes"]).ok();
    assert_eq!(stack.containers(), []);
}

#[test]
fn containers_that_either_makes_are_configured_alike() {
    let stack = everything("takeover-alike");
    stack.run(["up"]).ok();
    let ours = settings(&stack);
    stack.run(["down", "--volumes", "--yes"]).ok();
    stack.compose(["up", "--detach", "--wait"]).ok();
    let theirs = settings(&stack);
    let mut found = Vec::new();
    for ((service, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        differences(service, ours, theirs, &|_, ours, theirs| is_empty(ours) && is_empty(theirs), &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What the engine was asked for, without what is different each time.
fn settings(stack: &Stack) -> Vec<(String, Value)> {
    let asked = |container: &tests::Container| {
        let mut all = tests::inspect(&container.id);
        let (mut config, mut host) = (all["Config"].take(), all["HostConfig"].take());
        if let Some(hostname) = config["Hostname"].as_str().filter(|name| container.id.starts_with(*name)) {
            config["Hostname"] = hostname[..0].into();
        }
        // Docker compose writes the variables in the order of a Go map, which is none.
        if let Some(variables) = config["Env"].as_array_mut() {
            variables.sort_by_key(Value::to_string);
        }
        let labels = config["Labels"].as_object_mut().expect("a container has labels");
        // Who made it, in which version, when it replaced another one.
        labels.retain(|name, _| !name.starts_with("com.docker.compose.version"));
        for list in ["Binds", "Mounts"] {
            if let Some(values) = host[list].as_array_mut() {
                values.sort_by_key(Value::to_string);
            }
        }
        let aliases = |network: &Value| {
            let mut names: Vec<String> =
                network["Aliases"].as_array().into_iter().flatten().map(ToString::to_string).collect();
            names.retain(|name| !container.id.starts_with(name.trim_matches('"')));
            names.sort();
            names
        };
        let networks = all["NetworkSettings"]["Networks"].as_object().expect("it has networks").clone();
        let networks: std::collections::BTreeMap<String, Vec<String>> =
            networks.iter().map(|(name, network)| (name.clone(), aliases(network))).collect();
        let mut mounts: Vec<String> = all["Mounts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| format!("{} {} {}", it["Type"], it["Destination"], it["RW"]))
            .collect();
        mounts.sort();
        serde_json::json!({ "config": config, "host": host, "networks": networks, "mounts": mounts })
    };
    stack.containers().iter().map(|container| (container.service.clone(), asked(container))).collect()
}
