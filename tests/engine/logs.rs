//! Logs: in order, complete across restarts, and harmless to the terminal.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Stack, docker, eventually};

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
