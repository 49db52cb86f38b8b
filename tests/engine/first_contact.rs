//! The shipped stack, from nothing to healthy and back.

use serde_json::Value;
use tests::{Stack, docker, get, http, inspect, names_and_ids};

const SERVICES: [&str; 8] =
    ["consul", "jaeger", "loki", "promtail", "docker-proxy", "prometheus", "alertmanager", "grafana"];
const LOG_LEVEL: &str = "/v1/kv/rwa/config/global/log_level";

fn all_is_well(stack: &Stack) {
    stack.until_the_engine_agrees();
    let ran = stack.run(["status", "--json"]).ok();
    let status = ran.json();
    let components = status["components"].as_array().expect("a status has components");
    assert!(components.iter().all(|it| it["id"] != "docker-proxy"), "a helper is no component of its own");
    for component in components {
        if component["id"] == "alloy" {
            assert_eq!(component["phase"]["kind"], "off");
            continue;
        }
        assert_eq!(component["phase"]["kind"], "healthy", "{component}");
        assert_eq!(component["health"]["engine"], "healthy", "{component}");
        assert_eq!(component["health"]["probe"]["ok"], true, "{component}");
    }
}

#[test]
fn the_stack_comes_up_from_nothing_and_a_second_up_does_nothing() {
    let stack = Stack::shipped_alone("from-nothing");
    for image in stack.run(["config", "--images"]).ok().stdout.lines() {
        tests::Program::new("docker").args(["rmi", "--force", image]).run();
    }
    let ran = stack.run(["up"]).ok();
    assert!(ran.stderr.contains("pull hashicorp/consul"), "the images were really pulled\n{ran}");
    stack.runs_exactly(&SERVICES);
    all_is_well(&stack);
    stack.run(["health"]).ok();
    assert_eq!(
        get(stack.port("CONSUL_PORT"), &format!("{LOG_LEVEL}?raw")),
        "info",
        "the initial data are there"
    );
    let targets = tests::eventually("targets of Prometheus", || {
        let targets = get(stack.port("PROMETHEUS_PORT"), "/api/v1/targets?state=active");
        targets.contains("\"job\"").then_some(targets)
    });
    println!("{targets}");

    let before = names_and_ids(&stack.containers());
    let answer = stack.run(["up", "--json"]).ok().json();
    assert_eq!(answer["operation"]["steps"].as_array().map(Vec::len), Some(0), "{answer}");
    assert_eq!(names_and_ids(&stack.containers()), before);

    let ran = stack.run(["doctor"]).ok();
    assert!(!ran.stdout.contains('✗'), "{ran}");
}

#[test]
fn down_and_up_keep_what_consul_and_prometheus_have_stored() {
    let stack = Stack::shipped("data");
    stack.run(["up", "consul", "prometheus"]).ok();
    let consul = stack.port("CONSUL_PORT");
    assert_eq!(http("PUT", consul, LOG_LEVEL, "debug").map(|answer| answer.0), Ok(200));
    assert_eq!(http("PUT", consul, "/v1/kv/team/own", "precious").map(|answer| answer.0), Ok(200));
    let prometheus = stack.container("prometheus");
    docker(&["exec", &prometheus.id, "sh", "-c", "echo kept > /prometheus/word"]);
    let volume = format!("{}_consul-data", stack.project);
    let made = inspect(&volume)["CreatedAt"].clone();

    stack.run(["down"]).ok();
    assert_eq!(stack.containers(), []);
    assert_eq!(stack.networks(), Vec::<String>::new());
    assert!(stack.volumes().contains(&volume));
    // A newer release may bring more initial data.
    stack.edit(
        "consul/config/kv-defaults.json",
        "\"rwa/config/global/log_level\": \"info\"",
        "\"rwa/config/global/log_level\": \"warn\", \"rwa/new/key\": \"new\"",
    );
    let text =
        std::fs::read_to_string(stack.folder.join("consul/config/kv-defaults.json")).expect("it is there");
    let mut seed: Value = serde_json::from_str(&text).expect("it is JSON");
    seed["version"] = (seed["version"].as_u64().expect("it has a version") + 1).into();
    stack.write("consul/config/kv-defaults.json", &seed.to_string());

    stack.run(["up", "consul", "prometheus"]).ok();
    assert_eq!(inspect(&volume)["CreatedAt"], made);
    assert_eq!(get(consul, "/v1/kv/team/own?raw"), "precious");
    assert_eq!(get(consul, &format!("{LOG_LEVEL}?raw")), "debug", "a user's value is never overwritten");
    assert_eq!(get(consul, "/v1/kv/rwa/new/key?raw"), "new");
    let prometheus = stack.container("prometheus");
    assert_eq!(docker(&["exec", &prometheus.id, "cat", "/prometheus/word"]).trim(), "kept");
}

#[test]
fn a_setting_in_env_replaces_only_the_container_that_it_concerns() {
    let stack = Stack::shipped("setting");
    stack.run(["up", "jaeger", "alertmanager"]).ok();
    let before = names_and_ids(&stack.containers());
    stack.set("JAEGER_MAX_TRACES", "777");
    stack.run(["up"]).ok();
    let after = names_and_ids(&stack.containers());
    let replaced: Vec<&String> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(replaced, [&format!("{}-jaeger-1", stack.project)]);
    let env = inspect(&stack.container("jaeger").id)["Config"]["Env"].to_string();
    assert!(env.contains("JAEGER_MAX_TRACES=777"), "{env}");
}

#[test]
fn a_component_that_answers_wrongly_is_degraded_though_the_engine_calls_it_healthy() {
    let stack = Stack::shipped("probe");
    // The health check stays content, the page that users open is not what it should be.
    stack.edit("docker-compose.yml", "wget -q -O- http://127.0.0.1:13133/status && wget", "true || wget");
    stack.edit(
        "docker-compose.yml",
        "path: /api/services, status: 200",
        "path: /api/no/such/page, status: 200",
    );
    stack.run(["up", "--no-wait", "jaeger"]).ok();
    let container = tests::eventually("an end of the starting phase", || {
        stack.containers().into_iter().find(|it| it.service == "jaeger" && !it.status.contains("starting"))
    });
    println!("{container:?}");
    let ran = stack.run(["status", "jaeger", "--json"]).exits(6);
    let component = &ran.json()["components"][0];
    assert!(
        ["degraded", "failed"].contains(&component["phase"]["kind"].as_str().unwrap_or_default()),
        "{component}"
    );
    stack.run(["health", "jaeger"]).exits(6).says("/api/no/such/page");
}
