//! What fails is said with its cause and with what there is to see, and nothing is built on top of it.

use serde_json::Value;
use tests::{Container, Ran, Stack};

use crate::compose;

/// A service that fails in its own way, one that needs it, and one that has nothing to do with them.
fn around(name: &str, broken: &str) -> Stack {
    Stack::of(
        name,
        &compose(&format!(
            "
services:
  broken:
{broken}
  dependent:
    <<: *runs
    depends_on: {{ broken: {{ condition: service_healthy }} }}
  beside:
    <<: *runs
"
        )),
    )
}

fn phase_of<'a>(answer: &'a Value, component: &str) -> &'a Value {
    let components = answer["components"].as_array().expect("the answer has components");
    &components.iter().find(|it| it["id"] == component).expect("the component is there")["phase"]
}

fn log_tail(phase: &Value) -> String {
    let lines = phase["cause"]["evidence"]["logTail"].as_array().expect("there are log lines");
    lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// The independent branch came up, the dependent one was never started.
fn the_rest_is_as_it_should_be(stack: &Stack, ran: &Ran) {
    // An independent service comes up all the same.
    stack.until("beside", "to be healthy", Container::is_healthy);
    let dependent: Vec<_> = stack.containers().into_iter().filter(|it| it.service == "dependent").collect();
    assert!(
        dependent.iter().all(|it| it.state == "created"),
        "it must not have been started: {dependent:?}\n{ran}"
    );
}

#[test]
fn a_service_that_exits_is_shown_with_code_and_last_words() {
    let stack = around(
        "exits",
        "    image: switchyard/test-base:1
    command: [sh, -c, \"echo the-last-words; exit 3\"]
    healthcheck: { test: [CMD, 'true'], interval: 1s }",
    );
    let ran =
        stack.run(["up"]).exits(1).says("broken exited with code 3").says("the-last-words").says("dependent");
    the_rest_is_as_it_should_be(&stack, &ran);
    let ran = stack.run(["up", "--json"]).exits(1);
    let answer = ran.json();
    assert_eq!(answer["operation"]["outcome"], "failed");
    let phase = phase_of(&answer, "broken");
    assert_eq!(phase["kind"], "failed");
    assert_eq!(phase["cause"]["error"]["code"], "exited");
    assert_eq!(phase["cause"]["evidence"]["exitCode"], 3.0);
    assert!(log_tail(phase).contains("the-last-words"), "{phase}");
    let ran = stack.run(["status"]).exits(6);
    assert!(ran.stdout.contains("broken") && ran.stdout.contains("failed"), "{ran}");
}

#[test]
fn a_service_that_crashes_again_and_again_is_given_up_with_its_last_words() {
    let stack = around(
        "loops",
        "    image: switchyard/test-base:1
    command: [sh, -c, \"echo crashing-once-more; exit 4\"]
    restart: unless-stopped
    healthcheck: { test: [CMD, 'true'], interval: 1s }",
    );
    let ran = stack.run(["up"]).exits(1).says("code 4").says("crashing-once-more");
    the_rest_is_as_it_should_be(&stack, &ran);
    let phase = phase_of(&stack.status(), "broken").clone();
    assert!(["failed", "waiting"].contains(&phase["kind"].as_str().unwrap_or_default()), "{phase}");
}

#[test]
fn a_service_that_gets_unhealthy_is_shown_with_the_output_of_its_check() {
    let stack = around(
        "unhealthy",
        "    <<: *runs
    healthcheck: { test: [CMD-SHELL, \"echo the-database-is-away; exit 1\"], interval: 1s, retries: 1 }",
    );
    let ran = stack.run(["up"]).exits(1).says("broken is unhealthy").says("the-database-is-away");
    the_rest_is_as_it_should_be(&stack, &ran);
    let answer = stack.run(["up", "--json"]).exits(1).json();
    let phase = phase_of(&answer, "broken");
    assert_eq!(phase["cause"]["error"]["code"], "unhealthy", "{phase}");
    let output = phase["cause"]["evidence"]["healthCheck"].as_str().unwrap_or_default();
    assert!(output.contains("the-database-is-away"), "{phase}");
}

#[test]
fn a_service_that_is_killed_for_its_memory_is_named_so() {
    let stack = around(
        "memory",
        "    image: switchyard/test-base:1
    command: [sh, -c, \"echo filling-the-memory; exec tail -c 1000000000 /dev/zero\"]
    mem_limit: 24m
    healthcheck: { test: [CMD, 'true'], interval: 5s }",
    );
    let ran = stack.run(["up", "--json"]).exits(1);
    the_rest_is_as_it_should_be(&stack, &ran);
    let answer = ran.json();
    let phase = phase_of(&answer, "broken");
    assert_eq!(phase["cause"]["evidence"]["oomKilled"], true, "{phase}");
    assert_eq!(phase["cause"]["evidence"]["exitCode"], 137.0, "{phase}");
    assert_eq!(phase["cause"]["diagnosis"], "out-of-memory", "{phase}");
    stack.run(["status"]).exits(6).says("memory");
}

#[test]
fn a_program_that_the_image_does_not_have_is_named() {
    let stack = around("no-program", "    image: switchyard/test-base:1\n    command: [no-such-program]");
    let ran = stack.run(["up"]).exits(1).says("no-such-program");
    assert!(!ran.stderr.contains("panicked"), "{ran}");
    stack.until("beside", "to be healthy", Container::is_healthy);
}

#[test]
fn a_service_that_never_gets_healthy_runs_into_the_timeout() {
    let stack = around(
        "never",
        "    <<: *runs
    healthcheck: { test: [CMD-SHELL, \"echo not-yet; exit 1\"], interval: 1s, retries: 1000 }",
    );
    let ran = stack
        .run(["up", "--timeout", "2"])
        .exits(1)
        .says("broken was not healthy within 2 s")
        .says("--timeout");
    the_rest_is_as_it_should_be(&stack, &ran);
    stack.run(["up", "--timeout", "2"]).exits(1).says("not-yet");
}

#[test]
fn without_waiting_up_returns_as_soon_as_everything_is_started() {
    let stack = Stack::of(
        "no-wait",
        &compose(
            "
services:
  slow:
    <<: *runs
    healthcheck: { test: [CMD, 'false'], interval: 1s, retries: 1000 }
  other:
    <<: *runs
",
        ),
    );
    let ran = stack.run(["up", "--no-wait"]).ok();
    assert!(!ran.stderr.contains("wait for"), "{ran}");
    stack.runs_exactly(&["slow", "other"]);
}

#[test]
fn a_job_that_ends_well_lets_what_needs_it_start() {
    let stack = Stack::of(
        "job",
        &compose(
            "
services:
  job:
    image: switchyard/test-base:1
    command: [sh, -c, \"echo done; exit ${CODE:-0}\"]
  after:
    <<: *runs
    depends_on: { job: { condition: service_completed_successfully } }
",
        ),
    );
    stack.run(["up"]).ok();
    assert_eq!(stack.phase("job"), "completed");
    stack.until("after", "to be healthy", Container::is_healthy);
    stack.run(["status"]).ok();
    stack.run(["down"]).ok();
    stack.set("CODE", "5");
    stack.run(["up"]).exits(1).says("job exited with code 5").says("after");
}

#[test]
fn what_was_fixed_comes_up_with_the_next_up() {
    let stack = around("fixed", "    <<: *runs\n    command: [sh, -c, \"exit ${CODE:-3}\"]");
    stack.run(["up"]).exits(1);
    stack.edit("compose.yaml", "    command: [sh, -c, \"exit ${CODE:-3}\"]\n", "");
    stack.run(["up"]).ok();
    stack.runs_exactly(&["beside", "broken", "dependent"]);
}

#[test]
fn a_container_killed_from_outside_is_seen_at_once_as_drift() {
    let stack = Stack::of("drift", &compose("\nservices:\n  web:\n    <<: *runs\n"));
    stack.run(["up"]).ok();
    let mut watching = stack.start(["status", "--watch", "--json"]);
    watching.until_it_says("\"kind\":\"healthy\"");
    tests::docker(&["kill", &stack.container("web").id]);
    let last = tests::eventually("the watch to show that it is gone", || {
        let shown = watching.stdout();
        let last = shown.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok())?;
        let kind = phase_of(&last, "web")["kind"].as_str()?.to_owned();
        ["drifted", "failed"].contains(&kind.as_str()).then_some(last)
    });
    println!("{last}");
    watching.signal("INT");
    watching.end().ok();
    stack.run(["status"]).exits(6);
    stack.run(["up"]).ok();
    stack.runs_exactly(&["web"]);
}
