//! The engine goes away in the middle and comes back: `tests/with-engine cargo test -p tests --test engine_loss --
//! --test-threads=1`. One test at a time: there is one engine.

use tests::{Program, Running, Stack, eventually};

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

/// Writes numbered lines on both streams; the number goes on after a restart.
const COUNTERS: &str = "
x-counts: &counts
  image: switchyard/test-base:1
  init: true
  restart: always
  stop_grace_period: 1s
services:
  quick: { <<: *counts, command: [sh, /count, '5000'] }
  slow: { <<: *counts, command: [sh, /count, '300000'], volumes: [./count:/count:ro] }
";

#[test]
fn following_logs_goes_through_the_loss_of_the_engine_without_gap_or_duplicate() {
    const COUNT: &str = "n=$(cat /n 2>/dev/null || echo 0)
while true; do
  n=$((n + 1)); echo $n > /n
  if [ $((n % 3)) = 0 ]; then echo \"number $n\" >&2; else echo \"number $n\"; fi
  usleep $1
done
";
    let volumes = "volumes: [./count:/count:ro]";
    let compose = COUNTERS.replace("'5000'] }", &format!("'5000'], {volumes} }}"));
    let stack = Stack::of("follows", &compose);
    stack.write("count", COUNT);
    let _back = EngineComesBack;
    stack.run(["up", "--no-wait"]).ok();
    let mut follow = stack.start(["logs", "--follow", "--json"]);
    let shown = |follow: &Running, service: &str| -> Vec<String> {
        let lines = follow.stdout();
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mine = lines.filter(|line| line["service"] == service);
        mine.map(|line| line["line"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let more = |follow: &Running| {
        for service in ["quick", "slow"] {
            let before = shown(follow, service).len();
            eventually(&format!("more lines of {service}"), || {
                (shown(follow, service).len() > before + 3).then_some(())
            });
        }
    };
    more(&follow);
    EngineComesBack::control("kill");
    follow.until_it_says("the engine does not answer");
    EngineComesBack::control("start");
    follow.until_it_says("the engine is back");
    more(&follow);
    follow.signal("INT");
    let ran = follow.end().ok();
    for service in ["quick", "slow"] {
        let lines = ran.json_lines();
        let of = lines.iter().filter(|line| line["service"] == service);
        // The engine's own record, in the order of its times, which are those of the lines that were followed.
        let (shown, last): (Vec<_>, _) = {
            let all: Vec<_> = of.collect();
            let word = |line: &serde_json::Value| line["line"].as_str().unwrap_or_default().to_owned();
            let last = all.last().map(|line| line["time"].as_str().unwrap_or_default().to_owned());
            (all.iter().map(|line| word(line)).collect(), last.expect("there are lines"))
        };
        let record = stack.run(["logs", service, "--json"]).ok().json_lines();
        let written: Vec<_> = record
            .iter()
            .filter(|line| line["time"].as_str().is_some_and(|time| time <= last.as_str()))
            .map(|line| line["line"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(in_streams(&shown), in_streams(&written), "{service}: every line once and in order");
    }
}

/// The two streams have an order each, and none between them.
fn in_streams(lines: &[String]) -> [Vec<u32>; 2] {
    let numbers = lines.iter().filter_map(|line| line.strip_prefix("number ")?.parse().ok());
    let (stderr, stdout) = numbers.partition(|number: &u32| number.is_multiple_of(3));
    [stdout, stderr]
}
