//! Logs: in order, complete across restarts, and harmless to the terminal.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::{Proxy, Stack, docker, eventually};

/// Writes numbered lines for ever; the number goes on after a restart, unless the end came while it was written down.
const COUNTING: &str = "
services:
  counter:
    image: switchyard/test-base:1
    init: true
    stop_grace_period: 1s
    command:
      - sh
      - -c
      - |
        n=$$(cat /count 2>/dev/null || echo 0)
        while true; do n=$$((n + 1)); echo $$n > /count; echo \"number $$n\"; usleep 20000; done
";

/// A service that runs a shell script.
fn printing(name: &str, script: &str) -> Stack {
    let stack = Stack::of(
        name,
        "
services:
  one:
    image: switchyard/test-base:1
    init: true
    command: [sh, /script]
    volumes: [./script:/script:ro]
",
    );
    stack.write("script", script);
    stack
}

fn numbers(text: &str) -> Vec<u32> {
    text.lines().filter_map(|line| line.trim().strip_prefix("number ")?.parse().ok()).collect()
}

#[test]
fn following_survives_restarts_without_gap_or_duplicate() {
    let stack = Stack::of("follow", COUNTING);
    stack.run(["up"]).ok();
    let following = stack.start(["logs", "counter", "--follow", "--no-prefix"]);
    for round in 1..=4 {
        let seen = numbers(&following.stdout()).len();
        eventually("more lines", || (numbers(&following.stdout()).len() > seen + 10).then_some(()));
        println!("# restart {round}");
        if round % 2 == 0 {
            stack.run(["restart"]).ok();
        } else {
            docker(&["restart", "--time", "1", &stack.container("counter").id]);
        }
    }
    let seen = numbers(&following.stdout()).len();
    eventually("lines after the last restart", || {
        (numbers(&following.stdout()).len() > seen + 10).then_some(())
    });
    following.signal("INT");
    let ran = following.end().ok();
    let shown = numbers(&ran.stdout);
    // The engine's own record says which numbers were written: a kill may fall between the file and the line.
    let written = numbers(&docker(&["logs", &stack.container("counter").id]));
    assert_eq!(shown, written[..shown.len()], "every line once and in order");
}

#[test]
fn following_goes_on_in_the_container_that_takes_the_place_of_another() {
    let stack = Stack::of(
        "follow-replaced",
        &COUNTING.replace("    init: true", "    init: true\n    environment: { MARK: \"${MARK:-one}\" }"),
    );
    stack.run(["up"]).ok();
    let following = stack.start(["logs", "--follow", "--json"]);
    let containers = |text: &str| -> Vec<(String, String)> {
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        lines.map(|line| (word(&line["container"]), word(&line["line"]))).collect()
    };
    eventually("the first lines", || (containers(&following.stdout()).len() > 5).then_some(()));
    stack.set("MARK", "two");
    stack.run(["up"]).ok();
    // The new one begins to count anew.
    eventually("lines of the new container", || {
        let firsts = containers(&following.stdout()).into_iter().filter(|(_, line)| line == "number 1");
        (firsts.count() == 2).then_some(())
    });
    let before = containers(&following.stdout()).len();
    eventually("and more of them", || (containers(&following.stdout()).len() > before + 5).then_some(()));
    following.signal("INT");
    following.end().ok();
}

/// Numbered lines for each service of its own pace, every third on standard error.
const COUNTERS: &str = "
x-counts: &counts
  image: switchyard/test-base:1
  init: true
  stop_grace_period: 1s
  volumes: [./count:/count:ro]
  environment: { MARK: \"${MARK:-one}\" }
services:
  quick: { <<: *counts, command: [sh, /count, '3000'] }
  middle: { <<: *counts, command: [sh, /count, '40000'] }
  slow: { <<: *counts, command: [sh, /count, '400000'] }
";
const COUNT: &str = "n=$(cat /n 2>/dev/null || echo 0)
while true; do
  n=$((n + 1)); echo $n > /n
  if [ $((n % 3)) = 0 ]; then echo \"number $n\" >&2; else echo \"number $n\"; fi
  usleep $1
done
";

/// Numbers by container, service and stream: within a stream lines have an order, between the two they have none.
fn by_stream(lines: &[Value]) -> BTreeMap<(String, String), Vec<u32>> {
    let mut found: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for line in lines {
        let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        found.entry((word("service"), word("stream"))).or_default().extend(numbers(&word("line")));
    }
    found
}

#[test]
fn following_gives_each_line_once_when_connections_break_and_containers_restart_and_are_replaced() {
    let stack = Stack::of("follow-all", COUNTERS);
    stack.write("count", COUNT);
    stack.run(["up"]).ok();
    let proxy = Proxy::of_the_engine();
    let following =
        stack.switchyard(["logs", "--follow", "--json"]).env("DOCKER_HOST", proxy.address()).start();
    let lines = || -> Vec<Value> {
        let text = following.stdout();
        // The last one may not have come whole.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let more = |what: &str| {
        let before = by_stream(&lines());
        eventually(&format!("more lines of all after {what}"), || {
            let now = by_stream(&lines());
            let grown = |key: &(String, String)| {
                now.get(key).map_or(0, Vec::len) > before.get(key).map_or(0, Vec::len)
            };
            let services =
                ["quick", "middle", "slow"].map(|service| (service.to_owned(), "stdout".to_owned()));
            services.iter().all(grown).then_some(())
        });
    };
    more("the start");
    for round in 1..=3 {
        proxy.cut();
        more(&format!("cut {round}"));
    }
    docker(&["restart", "--time", "1", &stack.container("middle").id]);
    more("a restart");
    proxy.cut();
    docker(&["restart", "--time", "1", &stack.container("quick").id]);
    more("a restart without a connection");
    // What the first containers have written, before others take their places.
    let mut written = BTreeMap::new();
    for service in ["quick", "middle", "slow"] {
        docker(&["stop", "--time", "1", &stack.container(service).id]);
        let record = stack.run(["logs", service, "--json"]).ok().json_lines();
        written.extend(by_stream(&record));
    }
    eventually("all that they have written", || {
        let shown = by_stream(&lines());
        written
            .iter()
            .all(|(key, numbers)| shown.get(key).is_some_and(|it| it.len() >= numbers.len()))
            .then_some(())
    });
    assert_eq!(by_stream(&lines()), written, "every line once and in order");
    let first = lines().len();
    stack.set("MARK", "two");
    stack.run(["up"]).ok();
    more("a replacement");
    proxy.cut();
    more("a cut after it");
    following.signal("INT");
    let ran = following.end().ok();
    let shown = by_stream(&ran.json_lines()[first..]);
    for service in ["quick", "middle", "slow"] {
        let record = by_stream(&stack.run(["logs", service, "--json"]).ok().json_lines());
        for (key, written) in record {
            let shown = &shown[&key];
            assert_eq!(
                shown[..],
                written[..shown.len()],
                "{key:?}: every line of the new one once and in order"
            );
        }
    }
}

#[test]
fn one_container_that_keeps_no_log_is_named_and_the_others_are_read() {
    let stack = Stack::of(
        "unreadable",
        "
services:
  silent:
    image: switchyard/test-base:1
    init: true
    logging: { driver: none }
    command: [sh, -c, 'echo unheard; exec sleep infinity']
  web:
    image: switchyard/test-base:1
    init: true
    command: [sh, -c, 'echo heard; exec sleep infinity']
",
    );
    stack.run(["up", "--no-wait"]).ok();
    let ran = stack.run(["logs"]).ok();
    assert_eq!(ran.stdout, "web    | heard\n");
    assert!(ran.stderr.contains("silent cannot be read: "), "{ran}");
    let ran = stack.run(["--lang", "zh", "logs"]).ok();
    assert!(ran.stderr.contains("无法读取 silent 的日志"), "{ran}");
    stack.run(["logs", "silent"]).exits(1).says("silent cannot be read");
    let mut following = stack.start(["logs", "--follow"]);
    following.until_it_says("silent cannot be read");
    following.until_it_says("heard");
    docker(&["restart", "--time", "0", &stack.container("web").id]);
    eventually("the readable one goes on", || {
        (following.stdout().matches("heard").count() == 2).then_some(())
    });
    following.signal("INT");
    let ran = following.end().ok();
    assert_eq!(ran.stderr.matches("silent cannot be read").count(), 1, "it is said once: {ran}");
}

#[test]
fn lines_of_several_services_come_in_the_order_in_which_they_were_written() {
    let service = |name: &str, first: u32| {
        format!(
            "  {name}:
    image: switchyard/test-base:1
    init: true
    command: [sh, -c, 'n={first}; while [ $$n -lt 40 ]; do echo line-$$n; n=$$((n + 2)); usleep 30000; done']
"
        )
    };
    let stack = Stack::of("order", &format!("services:\n{}{}", service("even", 0), service("odd", 1)));
    stack.run(["up", "--no-wait"]).ok();
    eventually("both to end", || stack.containers().iter().all(|it| it.state == "exited").then_some(()));
    let ran = stack.run(["logs", "--timestamps"]).ok();
    assert_eq!(ran.stdout.lines().count(), 40, "{ran}");
    assert!(ran.stdout.lines().all(|line| line.starts_with("even |") || line.starts_with("odd  |")), "{ran}");
    let times: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.split(' ').find(|word| word.ends_with('Z'))).collect();
    assert_eq!(times.len(), 40, "{ran}");
    assert!(times.is_sorted(), "{ran}");
    let json = stack.run(["logs", "--json"]).ok().json_lines();
    assert_eq!(json.len(), 40);
    let of = |service: &str| json.iter().filter(|line| line["service"] == service).count();
    assert_eq!((of("even"), of("odd")), (20, 20));
    let ran = stack.run(["logs", "odd", "--tail", "3"]).ok();
    assert_eq!(ran.stdout, "line-35\nline-37\nline-39\n", "one service needs no prefix");
    let ran = stack.run(["logs", "--tail", "2", "--no-prefix"]).ok();
    let last: BTreeSet<&str> = ran.stdout.lines().collect();
    assert_eq!(last, BTreeSet::from(["line-36", "line-37", "line-38", "line-39"]), "two of each");
    let ran = stack.run(["logs", "--grep=-1[02]$", "--no-prefix"]).ok();
    assert_eq!(ran.stdout, "line-10\nline-12\n");
    assert_eq!(stack.run(["logs", "--since", "1h"]).ok().stdout.lines().count(), 40);
    let middle = json[20]["time"].as_str().expect("lines have times").to_owned();
    let since = stack.run(["logs", "--since", &middle, "--json"]).ok().json_lines();
    assert_eq!(since, json[20..], "a time that logs --json printed begins with its own line");
    assert_eq!(stack.run(["logs", "--since", "2126-01-01"]).ok().stdout, "");
    stack.run(["logs", "--grep", "("]).exits(2).says("Not a regular expression");
    stack.run(["logs", "--since", "soon"]).exits(2).says("Not a time: soon").says("10m");
    stack.run(["logs", "evn"]).exits(2).says("Did you mean even?");
}

#[test]
fn what_a_container_writes_cannot_drive_the_terminal() {
    let script = r#"
printf '<script>alert(1)</script>\n'
printf 'red \033[31mtext\033[0m and \033]0;a title\007done\n'
printf 'back\rspace\b and bell\007\n'
printf 'broken \377\376 utf-8\n'
printf 'chinese 健康 stays\n'
printf 'both \033[2J\033[H streams\n' >&2
"#;
    let stack = printing("escapes", script);
    stack.run(["up", "--no-wait"]).ok();
    stack.until("one", "to end", |container| container.state == "exited");
    for args in [["logs", "--json"], ["logs", "--no-prefix"]] {
        let ran = stack.run(args).ok();
        for bad in ['\u{1b}', '\u{7}', '\u{8}', '\r'] {
            assert!(!ran.stdout.contains(bad), "{bad:?} came through: {ran}");
        }
        for good in
            ["<script>alert(1)</script>", "red text and done", "broken \u{fffd}\u{fffd} utf-8", "健康 stays"]
        {
            assert!(ran.stdout.contains(good), "{good} is missing: {ran}");
        }
    }
    let json = stack.run(["logs", "--json"]).ok().json_lines();
    let errors: Vec<&Value> = json.iter().filter(|line| line["stream"] == "stderr").collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["line"], "both  streams");
}

#[test]
fn a_line_of_a_megabyte_comes_whole() {
    let stack = printing("long", "echo before\nhead -c 1000000 /dev/zero | tr '\\000' x\necho\necho after\n");
    stack.run(["up", "--no-wait"]).ok();
    stack.until("one", "to end", |container| container.state == "exited");
    let long = "x".repeat(1_000_000);
    let shown = stack.run(["logs", "--no-prefix"]).ok().stdout;
    assert!(shown == format!("before\n{long}\nafter\n"), "{} bytes: {:.80}", shown.len(), shown);
    let lines = stack.run(["logs", "--json"]).ok().json_lines();
    assert_eq!(lines.len(), 3);
    assert!(lines[1]["line"] == long.as_str(), "it was cut or split");
}

#[test]
fn many_lines_come_whole_and_a_reader_who_leaves_ends_it() {
    let stack = printing("many", "seq 1 50000 | sed 's/^/number /'\n");
    stack.run(["up", "--no-wait"]).ok();
    stack.until("one", "to end", |container| container.state == "exited");
    let shown = numbers(&stack.run(["logs", "--no-prefix"]).ok().stdout);
    assert_eq!(shown, (1..=50_000).collect::<Vec<_>>());
    let mut following = stack.start(["logs", "--follow", "--tail", "5"]);
    following.until_it_says("number 50000");
    following.signal("INT");
    let ran = following.end().ok();
    assert_eq!(numbers(&ran.stdout), (49_996..=50_000).collect::<Vec<_>>());
}
