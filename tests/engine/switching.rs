//! Components go on and off with what they need and what needs them, and never behind the user's back.

use std::collections::BTreeSet;

use tests::Stack;

fn running(stack: &Stack) -> BTreeSet<String> {
    let containers = stack.containers();
    assert!(containers.iter().all(|it| it.state == "running"), "{containers:#?}");
    containers.into_iter().map(|it| it.service).collect()
}

fn set(services: &[&str]) -> BTreeSet<String> {
    services.iter().map(|service| (*service).to_owned()).collect()
}

#[test]
fn a_component_brings_what_it_needs_and_takes_what_needs_it_along_only_with_consent() {
    let stack = Stack::shipped("needs");
    stack.run(["up", "promtail", "jaeger"]).ok();
    let all = set(&["promtail", "loki", "docker-proxy", "jaeger"]);
    assert_eq!(running(&stack), all);
    let ran = stack.run(["down", "loki"]).exits(5).says("promtail").says("--yes");
    assert!(ran.stderr.contains("loki"), "{ran}");
    assert_eq!(running(&stack), all, "nothing was touched");
    let plan = stack.run(["plan", "--down", "loki", "--json"]).ok().json();
    assert_eq!(plan["consents"][0]["code"], "stops-dependent", "{plan}");
    assert_eq!(plan["consents"][0]["subject"], "promtail", "{plan}");
    stack.run(["down", "loki", "--yes"]).ok();
    assert_eq!(running(&stack), set(&["jaeger"]), "the proxy was there for promtail alone");
    assert_eq!(stack.phase("loki"), "off");
    // What was switched off stays off.
    stack.run(["up"]).ok();
    assert_eq!(running(&stack), set(&["jaeger"]));
}

#[test]
fn what_excludes_another_component_takes_its_place_only_with_consent() {
    let stack = Stack::shipped("excludes");
    stack.run(["up", "promtail", "alloy"]).exits(5).says("cannot run side by side");
    assert_eq!(stack.containers(), []);
    stack.run(["up", "promtail"]).ok();
    stack.run(["up", "alloy"]).exits(5).says("promtail stops").says("--yes");
    assert_eq!(running(&stack), set(&["promtail", "loki", "docker-proxy"]));
    stack.run(["up", "alloy", "--yes"]).ok();
    assert_eq!(running(&stack), set(&["alloy", "loki", "docker-proxy"]));
    assert_eq!((stack.phase("alloy"), stack.phase("promtail")), ("healthy".to_owned(), "off".to_owned()));
    stack.run(["up"]).ok().says("Nothing to do.");
}

#[test]
fn presets_are_words_like_components() {
    let stack = Stack::shipped("presets");
    stack.run(["up", "tracing"]).ok();
    assert_eq!(running(&stack), set(&["jaeger", "grafana"]));
    stack.run(["up", "discovery"]).ok();
    assert_eq!(running(&stack), set(&["jaeger", "grafana", "consul"]));
    stack.run(["status", "tracing"]).ok();
    stack.run(["down", "tracing"]).ok();
    assert_eq!(running(&stack), set(&["consul"]));
    stack.run(["up", "traicng"]).exits(2).says("Did you mean tracing?");
}

#[test]
fn a_running_component_that_was_switched_off_elsewhere_is_shown_as_drift() {
    let stack = Stack::shipped("drifted");
    stack.run(["up", "jaeger", "alertmanager"]).ok();
    tests::docker(&["rm", "--force", &stack.container("jaeger").id]);
    stack.run(["status", "alertmanager"]).ok();
    let ran = stack.run(["status", "--json"]).exits(6);
    let components = ran.json()["components"].clone();
    let jaeger = components.as_array().and_then(|all| all.iter().find(|it| it["id"] == "jaeger")).cloned();
    let phase = jaeger.expect("jaeger is a component")["phase"].clone();
    assert_eq!((&phase["kind"], &phase["drift"]), (&"drifted".into(), &"gone".into()), "{phase}");
    stack.run(["up"]).ok();
    assert_eq!(running(&stack), set(&["jaeger", "alertmanager"]));
}
