//! The engine goes away in the middle and comes back: `tests/with-engine cargo test -p tests --test engine_loss --
//! --test-threads=1`. One test at a time: there is one engine.

use tests::{Program, Running, Stack, docker, eventually};

const STACK: &str = "
x-runs: &runs
  image: switchyard/test-base:1
  init: true
  command: sleep infinity
  stop_grace_period: 2s
  healthcheck: { test: [CMD, test, -e, /etc/test-base], interval: 1s, retries: 30 }
services:
  first: { <<: *runs }
  second: { <<: *runs, depends_on: { first: { condition: service_healthy } } }
  third: { <<: *runs, depends_on: { second: { condition: service_healthy } } }
";
const SERVICES: [&str; 3] = ["first", "second", "third"];

/// Brings the engine back, whatever the test did to it.
struct EngineComesBack;

impl EngineComesBack {
    fn control(verb: &str) {
        tests::require_engine();
        // An engine that was killed takes a moment to be gone.
        eventually(&format!("test-engine {verb}"), || {
            (Program::new("test-engine").args([verb]).run().code == Some(0)).then_some(())
        });
    }
}

impl Drop for EngineComesBack {
    fn drop(&mut self) {
        let _ = std::process::Command::new("test-engine").arg("resume").status();
        if !std::process::Command::new("docker").arg("version").output().is_ok_and(|it| it.status.success()) {
            let _ = std::process::Command::new("test-engine").arg("start").status();
        }
    }
}

fn up_in_the_middle(stack: &Stack) -> Running {
    let mut up = stack.start(["up"]);
    up.until_it_says(&format!("start {}-first-1 done", stack.project));
    up
}

#[test]
fn an_engine_that_dies_in_the_middle_of_up_is_said_and_the_next_up_completes() {
    let stack = Stack::of("dies", STACK);
    let _back = EngineComesBack;
    let up = up_in_the_middle(&stack);
    EngineComesBack::control("kill");
    let ran = up.end().exits(4).says("engine");
    assert!(!ran.stderr.contains("panicked"), "{ran}");
    stack.run(["status"]).exits(4).says("does not answer");
    stack.run(["up"]).exits(4);
    EngineComesBack::control("start");
    stack.run(["up"]).ok();
    stack.runs_exactly(&SERVICES);
}

#[test]
fn an_engine_that_stops_in_good_order_in_the_middle_is_said_and_the_next_up_completes() {
    let stack = Stack::of("stops", STACK);
    let _back = EngineComesBack;
    let up = up_in_the_middle(&stack);
    EngineComesBack::control("stop");
    let ran = up.end();
    assert!([Some(1), Some(4)].contains(&ran.code), "{ran}");
    EngineComesBack::control("start");
    stack.run(["up"]).ok();
    stack.runs_exactly(&SERVICES);
}

#[test]
fn an_engine_that_hangs_is_given_up_in_words() {
    let stack = Stack::of("hangs", STACK);
    let _back = EngineComesBack;
    stack.run(["up"]).ok();
    EngineComesBack::control("pause");
    stack.run(["status"]).exits(4).says("did not answer in time");
    assert_eq!(stack.run(["status", "--json"]).exits(4).error_code(), "engine-timeout");
    EngineComesBack::control("resume");
    stack.run(["status"]).ok();
}

#[test]
fn a_watch_goes_through_the_loss_of_the_engine() {
    let stack = Stack::of("watched", STACK);
    let _back = EngineComesBack;
    stack.run(["up", "first"]).ok();
    let mut watch = stack.start(["status", "--watch", "--json"]);
    watch.until_it_says("\"kind\":\"healthy\"");
    EngineComesBack::control("kill");
    watch.until_it_says("\"kind\":\"lost\"");
    watch.until_it_says("\"kind\":\"unknown\"");
    EngineComesBack::control("start");
    stack.run(["up", "first"]).ok();
    eventually("the watch to be back", || {
        let shown = watch.stdout();
        let last = shown.lines().last()?.to_owned();
        (last.contains("\"connected\"") && last.contains("\"healthy\"")).then_some(())
    });
    watch.signal("INT");
    watch.end().ok();
}

#[test]
fn following_logs_ends_in_words_when_the_engine_is_lost() {
    let stack = Stack::of(
        "follows",
        "services:\n  web: { image: switchyard/test-base:1, init: true, command: [sh, -c, 'echo ready; sleep infinity'] }\n",
    );
    let _back = EngineComesBack;
    stack.run(["up", "--no-wait"]).ok();
    let mut follow = stack.start(["logs", "--follow"]);
    follow.until_it_says("ready");
    EngineComesBack::control("kill");
    follow.end().exits(4).says("engine");
    EngineComesBack::control("start");
    docker(&["version"]);
}
