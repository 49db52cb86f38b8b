//! A component is ready when it is, not when the engine's next turn comes.

use tests::{Stack, docker};

/// The engine's own check comes after an hour; the file that it looks for after a moment.
const SELDOM: &str = "
x-seldom: &seldom
  image: switchyard/test-base:1
  init: true
  command: [sh, -c, 'sleep 0.3; touch /tmp/ready; exec sleep infinity']
  stop_grace_period: 1s
  healthcheck: { test: [CMD-SHELL, 'test -e /tmp/ready'], interval: 1h }
services:
  first: { <<: *seldom }
  second: { <<: *seldom, depends_on: { first: { condition: service_healthy } } }
  third: { <<: *seldom, depends_on: { second: { condition: service_healthy } } }
";

#[test]
fn a_chain_comes_up_while_the_engine_has_not_looked_once() {
    let stack = Stack::of("seldom", SELDOM);
    stack.run(["up"]).ok();
    stack.runs_exactly(&["first", "second", "third"]);
    let starting = |service: &str| stack.container(service).status.contains("(health: starting)");
    assert!(["first", "second", "third"].into_iter().all(starting), "{:#?}", stack.containers());
    // Whoever looks afterwards finds out as well, and is told by whom.
    stack.run(["status"]).ok().says("engine …, check ok");
    stack.run(["health"]).ok().says("passed when Switchyard ran it");
    let health = stack.status()["components"][0]["health"].clone();
    assert_eq!((&health["engine"], &health["readyBy"]), (&"starting".into(), &"health-check".into()));
    stack.run(["up"]).ok().says("Nothing to do.");
    docker(&["exec", &stack.container("third").id, "rm", "/tmp/ready"]);
    let status = stack.run(["status"]).exits(6);
    assert_eq!(stack.phase("third"), "waiting", "{status}");
    assert_eq!(stack.phase("second"), "healthy");
}

#[test]
fn the_shipped_stack_is_ready_before_the_engine_has_looked() {
    let stack = Stack::shipped("seldom-shipped");
    stack.set("HEALTH_INTERVAL", "1h");
    stack.run(["up"]).ok();
    let answer = stack.run(["status", "--json"]).ok().json();
    let components = answer["components"].as_array().expect("there are components");
    let on: Vec<_> = components.iter().filter(|it| it["enabled"] == true).collect();
    assert!(!on.is_empty() && on.iter().all(|it| it["health"]["readyBy"] == "probe"), "{answer}");
}

#[test]
fn an_image_that_cannot_be_had_costs_nothing_of_what_runs() {
    let stack = Stack::shipped("kept-collector");
    stack.run(["up", "promtail"]).ok();
    let before = stack.container("promtail").id;
    stack.set("ALLOY_VERSION", "v0.0.0");
    stack.run(["up", "alloy", "--yes"]).exits(1).says("grafana/alloy:v0.0.0");
    let promtail = stack.container("promtail");
    assert_eq!((promtail.id, promtail.state), (before, "running".to_owned()));
}
