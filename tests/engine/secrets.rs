//! Secrets stay where they belong, and ports stay on this machine.

use std::os::unix::fs::PermissionsExt;

use tests::{Ran, Stack, inspect};

#[test]
fn the_password_is_in_no_output_label_or_command_line() {
    let stack = Stack::shipped("secret");
    let password = stack.value("GRAFANA_ADMIN_PASSWORD");
    assert!(password.len() >= 20 && password != "admin", "a random one is written: {}", password.len());
    let mode = std::fs::metadata(stack.folder.join(".env")).expect("there is an .env").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let check = |ran: &Ran| {
        assert!(
            !ran.stdout.contains(&password) && !ran.stderr.contains(&password),
            "the password is in\n{ran}"
        );
    };
    check(&stack.run(["plan", "-vv"]));
    check(&stack.run(["plan", "--json"]));
    let up = stack.start(["up", "grafana", "-vv"]);
    let arguments = std::fs::read_to_string(format!("/proc/{}/cmdline", up.pid())).unwrap_or_default();
    assert!(!arguments.contains(&password));
    check(&up.end().ok());
    for args in [
        ["up", "--json"].as_slice(),
        &["status"],
        &["status", "--json"],
        &["status", "-vv"],
        &["health"],
        &["health", "--json"],
        &["logs"],
        &["doctor", "--json"],
        &["open", "grafana", "--print"],
        &["config"],
        &["config", "--json"],
        &["config", "--hash", "*"],
        &["init"],
    ] {
        check(&stack.run(args.iter().copied()).ok());
    }
    let config = stack.run(["config"]).ok();
    assert!(config.stdout.contains("********"), "{config}");
    let shown = stack.run(["config", "--show-secrets"]).ok();
    assert!(shown.stdout.contains(&password));
    let grafana = inspect(&stack.container("grafana").id);
    assert!(grafana["Config"]["Env"].to_string().contains(&password), "the program itself gets it");
    for place in [&grafana["Config"]["Labels"], &grafana["Config"]["Cmd"], &grafana["Args"], &grafana["Path"]]
    {
        assert!(!place.to_string().contains(&password), "{place}");
    }
    let files = ["settings.json", "locks"].map(|name| stack.home().join(name));
    let settings = std::fs::read_to_string(&files[0]).expect("the switches are remembered");
    assert!(!settings.contains(&password));
}

#[test]
fn every_published_port_is_on_this_machine_alone() {
    let stack = Stack::shipped("loopback");
    stack.run(["up"]).ok();
    let mut published = 0;
    for container in stack.containers() {
        for part in container.ports.split(", ").filter(|part| part.contains("->")) {
            assert!(part.starts_with("127.0.0.1:"), "{}: {part}", container.name);
            published += 1;
        }
    }
    assert!(published >= 10, "only {published} ports are published");
}

#[test]
fn an_env_file_that_is_there_is_never_overwritten() {
    let stack = Stack::shipped("env");
    stack.set("GRAFANA_ADMIN_PASSWORD", "of-the-user");
    stack.run(["init"]).ok().says("was not touched");
    stack.run(["status"]);
    assert_eq!(stack.value("GRAFANA_ADMIN_PASSWORD"), "of-the-user");
}
