//! Every command in both languages, for people and for programs.

use serde_json::Value;
use tests::{Program, Stack, switchyard_binary};

use crate::compose;

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn every_command_speaks_the_language_of_the_locale() {
    let stack = Stack::shipped("languages");
    stack.run(["up", "jaeger"]).ok();
    for args in [
        ["status"].as_slice(),
        &["plan"],
        &["plan", "--down"],
        &["health"],
        &["doctor"],
        &["up", "jaeger"],
        &["restart", "jaeger"],
        &["up", "loky"],
        &["logs", "--since", "soon"],
        &["open", "jaeger", "no-such-page"],
        &["down", "--volumes"],
        &["--help"],
        &["up", "--help"],
        &["no-such-command"],
    ] {
        let english = stack.switchyard(args.iter().copied()).env("LANG", "en_US.UTF-8").run();
        assert!(!is_chinese(&english.stdout) && !is_chinese(&english.stderr), "{english}");
        let chinese = stack.switchyard(args.iter().copied()).env("LANG", "zh_CN.UTF-8").run();
        assert_eq!(chinese.code, english.code, "{chinese}");
        assert!(is_chinese(&chinese.stdout) || is_chinese(&chinese.stderr), "{chinese}");
    }
    for (name, value) in [("LC_ALL", "zh_CN"), ("LC_MESSAGES", "zh_TW.UTF-8"), ("SWITCHYARD_LANG", "zh")] {
        let chinese = stack.switchyard(["status"]).env("LANG", "en_US.UTF-8").env(name, value).run();
        assert!(is_chinese(&chinese.stdout), "{name}={value}: {chinese}");
    }
    let flag = stack.switchyard(["status", "--lang", "zh"]).env("LANG", "en_US.UTF-8").run();
    assert!(is_chinese(&flag.stdout), "the flag wins: {flag}");
}

#[test]
fn with_json_every_line_of_output_is_a_json_value() {
    let stack = Stack::shipped("json");
    for args in [
        ["init"].as_slice(),
        &["plan"],
        &["up", "jaeger"],
        &["up", "jaeger"],
        &["status"],
        &["health"],
        &["logs", "jaeger"],
        &["open", "jaeger"],
        &["config"],
        &["doctor"],
        &["restart", "jaeger"],
        &["plan", "--down"],
        &["up", "loky"],
        &["down"],
    ] {
        let ran = stack.run(args.iter().copied().chain(["--json"]));
        let values: Vec<Value> = match serde_json::from_str(&ran.stdout) {
            Ok(value) => vec![value],
            Err(_) => ran.json_lines(),
        };
        assert!(!values.is_empty(), "{ran}");
        assert!(values.iter().all(Value::is_object), "{ran}");
        assert_eq!(ran.stderr, "", "nothing for people is mixed in");
    }
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let stack = Stack::shipped("colours");
    let plain = |ran: &tests::Ran| !ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}');
    assert!(plain(&stack.run(["status"])), "a pipe gets none");
    // `script` gives it a terminal. Logs of continuous integration show colours on any terminal, so it is not one here.
    let on_a_terminal = |variables: &str| {
        let command = format!("{variables} {} status", switchyard_binary().display());
        let program =
            Program::new("script").args(["--quiet", "--return", "--command", &command, "/dev/null"]);
        program
            .env("SWITCHYARD_HOME", stack.home())
            .env("TERM", "xterm-256color")
            .without("NO_COLOR")
            .without("CI")
            .run()
    };
    let colourful = on_a_terminal("");
    assert!(!plain(&colourful), "{colourful}");
    assert!(plain(&on_a_terminal("NO_COLOR=1")));
    assert!(plain(&on_a_terminal("TERM=dumb")));
}

#[test]
fn pages_open_at_the_ports_that_the_stack_really_has() {
    let stack = Stack::shipped("pages");
    let port = stack.port("GRAFANA_PORT");
    let ran = stack.run(["open", "grafana", "--print"]).ok();
    assert_eq!(ran.stdout.trim(), format!("http://127.0.0.1:{port}/"));
    stack.run(["open", "grafana", "kong", "--print"]).ok().says(&format!(":{port}/d/rwa-kong"));
    stack.run(["open", "grafana"]).exits(1).says("not running").says("switchyard up grafana");
    stack.run(["open", "grafana", "nowhere", "--print"]).exits(2).says("overview");
    stack.run(["open", "grafna", "--print"]).exits(2).says("Did you mean grafana?");
}

#[test]
fn the_resolved_configuration_is_a_valid_project_again() {
    let stack = Stack::shipped("resolved");
    let yaml = stack.run(["config", "--show-secrets"]).ok().stdout;
    let again = Stack::of("resolved-again", &yaml);
    again.compose(["config", "--quiet"]).ok();
    assert_eq!(
        stack.run(["config", "--services"]).ok().stdout,
        again.run(["config", "--services"]).ok().stdout
    );
    let json: Value = serde_json::from_str(&stack.run(["config", "--json"]).ok().stdout).expect("it is JSON");
    assert_eq!(json["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"], "********");
    stack.run(["config", "--images"]).ok().says("hashicorp/consul:");
}

#[test]
fn completions_help_and_version_need_neither_stack_nor_engine() {
    tests::require_engine();
    let run = |args: &[&str]| {
        Program::new(switchyard_binary())
            .args(args)
            .env("SWITCHYARD_HOME", "/proc/nowhere")
            .env("DOCKER_HOST", "unix:///nonexistent")
            .env("LANG", "C")
            .run()
    };
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        run(&["completions", shell]).ok().says("switchyard");
    }
    let script = run(&["completions", "bash"]).stdout;
    Program::new("bash").args(["-n", "-c", &script]).run().ok();
    run(&["--help"]).ok().says("Examples:").says("Exit codes:");
    run(&["--version"]).ok().says("switchyard 0.");
    run(&[]).exits(2).says("Usage:");
    run(&["up", "--timeout", "soon"]).exits(2);
    run(&["up", "--no-such-flag"]).exits(2);
}

#[test]
fn what_is_said_more_with_v_goes_to_standard_error() {
    let stack = Stack::of("verbose", &compose("\nservices:\n  web: { <<: *runs }\n"));
    let quiet = stack.run(["status", "--json"]);
    let loud = stack.run(["status", "--json", "-vv"]);
    assert_eq!(quiet.stdout, loud.stdout);
    assert!(loud.stderr.contains("/containers/json") && !quiet.stderr.contains("/containers/json"), "{loud}");
}
