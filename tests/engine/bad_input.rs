//! What is wrong is said in words, with the place and the way out, and an exit code of its own.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use tests::{FakeEngine, Ran, Stack, switchyard_binary};

use crate::compose;

/// `up` on this compose file is refused as a fault of the stack, and nothing is made.
fn wrong(name: &str, file: &str) -> (Stack, Ran) {
    let stack = Stack::of(name, file);
    let ran = stack.run(["up"]).exits(3);
    assert!(!ran.stderr.contains("panicked"), "{ran}");
    assert_eq!(stack.containers(), []);
    (stack, ran)
}

fn at(place: &str) -> String {
    format!("compose.yaml:{place}")
}

#[test]
fn yaml_that_does_not_parse_is_shown_with_its_place() {
    wrong("yaml", "services:\n  web:\n    image: [unclosed\n  b: c\n").1.says("compose.yaml:");
    wrong("tab", "services:\n  web:\n\timage: x\n").1.says(&at("3:"));
    wrong("twice", "services:\n  web:\n    image: x\n    image: y\n").1.says(&at("4:5")).says("image");
    wrong("list", "- services\n").1.says("compose.yaml:1");
    wrong("empty", "").1.says("compose.yaml");
    let (stack, _) = wrong("unknown-key", "services:\n  web:\n    image: x\n    comand: y\n");
    let ran = stack.run(["up"]).exits(3).says(&at("4:5")).says("comand");
    assert!(ran.stderr.contains("command"), "the nearest key is offered: {ran}");
    let error = stack.run(["up", "--json"]).exits(3).json()["error"].clone();
    assert_eq!((&error["code"], &error["facts"]["line"]), (&"stack-invalid".into(), &"4".into()), "{error}");
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let (_, ran) = wrong(
        "several",
        "services:\n  web:\n    image: x\n    ports: [\"notaport\"]\n    mem_limit: lots\n    stop_grace_period: soon\n",
    );
    for place in ["4:", "5:", "6:"] {
        assert!(ran.stderr.contains(&at(place)), "{place} is missing: {ran}");
    }
}

#[test]
fn bad_ports_sizes_and_durations_are_shown_with_their_place() {
    let service = |line: &str| format!("services:\n  web:\n    image: x\n    {line}\n");
    for (name, line, words) in [
        ("port-word", "ports: [\"eighty:80\"]", "eighty"),
        ("port-high", "ports: [\"70000:80\"]", "70000"),
        ("port-range", "ports: [\"8000-8002:80-81\"]", "8000-8002"),
        ("size", "mem_limit: 12quarts", "12quarts"),
        ("duration", "stop_grace_period: 5parsecs", "5parsecs"),
        ("interval", "healthcheck: { test: [CMD, x], interval: often }", "often"),
        ("cpus", "cpus: many", "many"),
        ("restart", "restart: sometimes", "sometimes"),
    ] {
        wrong(name, &service(line)).1.says(&at("4:")).says(words);
    }
}

#[test]
fn references_to_what_is_not_there_and_cycles_are_named() {
    wrong("no-dep", "services:\n  web: { image: x, depends_on: [databse] }\n  database: { image: y }\n")
        .1
        .says(&at("2:"))
        .says("databse");
    wrong("no-net", "services:\n  web: { image: x, networks: [nowhere] }\n")
        .1
        .says("nowhere")
        .says(&at("2:"));
    wrong("no-vol", "services:\n  web: { image: x, volumes: [\"data:/data\"] }\n")
        .1
        .says("data")
        .says(&at("2:"));
    let cycle = "services:
  a: { image: x, depends_on: [b] }
  b: { image: x, depends_on: [c] }
  c: { image: x, depends_on: [a] }
";
    let (_, ran) = wrong("cycle", cycle);
    ran.says("wait for each other").says("a → b → c → a").says(&at("4:"));
}

#[test]
fn a_variable_that_must_be_set_is_named_with_its_own_words() {
    let (stack, ran) =
        wrong("variable", "services:\n  web:\n    image: switchyard/test-base:${TAG:?say which release}\n");
    let ran = ran.says("TAG").says("say which release").says(".env").says(&at("3:"));
    drop(ran);
    assert_eq!(stack.run(["up", "--json"]).exits(3).error_code(), "variable-missing");
    let shipped = Stack::shipped("password");
    shipped.set("GRAFANA_ADMIN_PASSWORD", "");
    shipped.run(["up"]).exits(3).says("GRAFANA_ADMIN_PASSWORD").says("docker-compose.yml:");
    let ports = Stack::shipped("bad-port");
    ports.set("GRAFANA_PORT", "30o30");
    ports.run(["up"]).exits(3).says("30o30").says("docker-compose.yml:");
    ports.set("GRAFANA_PORT", "3030");
    ports.set("HEALTH_INTERVAL", "soon");
    ports.run(["up"]).exits(3).says("soon").says("docker-compose.yml:");
}

#[test]
fn an_env_file_that_cannot_be_read_is_shown_with_its_line() {
    let stack = Stack::of("env-file", &compose("\nservices:\n  web: { <<: *runs }\n"));
    let good = fs::read_to_string(stack.folder.join(".env")).expect("it is there");
    stack.write(".env", &format!("{good}A B=1\n"));
    stack.run(["up"]).exits(3).says(".env").says("2");
    stack.write(".env", &format!("{good}A=\"never closed\n"));
    stack.run(["up"]).exits(3).says(".env");
    fs::write(stack.folder.join(".env"), [good.as_bytes(), b"A=\xff\xfe\n"].concat())
        .expect("it can be written");
    stack.run(["up"]).exits(3).says(".env").says("line 2");
}

#[test]
fn files_that_are_missing_or_are_something_else_are_named() {
    let stack =
        Stack::of("files", &compose("\nservices:\n  web: { <<: *runs, env_file: [./missing.env] }\n"));
    stack.run(["up"]).exits(3).says("missing.env");
    fs::remove_file(stack.folder.join("compose.yaml")).expect("it is there");
    let ran = stack.run(["up"]).exits(3).says("no compose file").says("docker-compose.yml");
    drop(ran);
    fs::create_dir(stack.folder.join("compose.yaml")).expect("the folder can be written");
    stack.run(["up"]).exits(3);
    let folder = stack.folder.join("docker-compose.yml");
    fs::write(&folder, b"services:\n  web:\n    image: \xff\n").expect("the folder can be written");
    stack.run(["up"]).exits(3).says("docker-compose.yml").says("line 3");
    fs::remove_file(&folder).expect("it is there");
    symlink("/nonexistent/file", &folder).expect("the folder can be written");
    stack.run(["up"]).exits(3);
    stack.switchyard(["up", "--stack", "/nonexistent/folder"]).run().exits(3).says("/nonexistent/folder");
    let env = Stack::of("env-folder", &compose("\nservices:\n  web: { <<: *runs }\n"));
    fs::remove_file(env.folder.join(".env")).expect("it is there");
    fs::create_dir(env.folder.join(".env")).expect("the folder can be written");
    env.run(["up"]).exits(3).says(".env");
}

#[test]
fn an_unknown_component_is_answered_with_the_nearest_name() {
    let stack = Stack::shipped("unknown");
    for args in [["up"], ["down"], ["restart"], ["status"], ["health"], ["logs"], ["plan"], ["open"]] {
        let ran = stack.run(args.into_iter().chain(["grafanna"])).exits(2).says("grafanna");
        ran.says("Did you mean grafana?").says("prometheus");
    }
    assert_eq!(stack.run(["up", "grafanna", "--json"]).exits(2).error_code(), "unknown-component");
    assert_eq!(stack.containers(), []);
}

#[test]
fn an_engine_that_is_not_there_is_said_with_what_to_do() {
    let stack = Stack::shipped("no-engine");
    let at = |address: &str, args: &[&'static str]| {
        stack.switchyard(args.iter().copied()).env("DOCKER_HOST", address).run()
    };
    for args in [["up"].as_slice(), &["status"], &["down"], &["logs"], &["plan"], &["health"], &["restart"]] {
        at("unix:///nonexistent/docker.sock", args)
            .exits(4)
            .says("/nonexistent/docker.sock")
            .says("Start it");
    }
    assert_eq!(
        at("unix:///nonexistent/docker.sock", &["up", "--json"]).exits(4).error_code(),
        "engine-unreachable"
    );
    at("unix:///nonexistent/docker.sock", &["doctor"]).exits(4).says("✗").says("✓");
    at("tcp://127.0.0.1:1", &["status"]).exits(4).says("127.0.0.1:1");
    at("nonsense", &["status"]).exits(4).says("nonsense");
    stack.run(["status", "--host", "unix:///nonexistent/docker.sock"]).exits(4);
    // What needs no engine works without one.
    at("unix:///nonexistent/docker.sock", &["config"]).ok();
    at("unix:///nonexistent/docker.sock", &["init"]).ok();
}

#[test]
fn an_engine_that_is_too_old_or_is_none_is_said_in_words() {
    let stack = Stack::shipped("odd-engine");
    let on = |engine: &FakeEngine, args: &[&'static str]| {
        stack.switchyard(args.iter().copied()).env("DOCKER_HOST", engine.address()).run()
    };
    let old = FakeEngine::that_answers(
        "{\"Version\":\"18.09.1\",\"ApiVersion\":\"1.30\",\"MinAPIVersion\":\"1.12\",\"Os\":\"linux\",\"Arch\":\"amd64\"}",
    );
    on(&old, &["up"]).exits(4).says("too old").says("1.30").says("20.10");
    assert_eq!(on(&old, &["up", "--json"]).exits(4).error_code(), "engine-too-old");
    for nonsense in ["<html>not an engine</html>", "[]", "{}", "{\"ApiVersion\":\"latest\"}"] {
        let ran = on(&FakeEngine::that_answers(nonsense), &["status"]);
        assert!([Some(1), Some(4)].contains(&ran.code), "{nonsense}: {ran}");
        assert!(!ran.stderr.contains("panicked") && !ran.stderr.is_empty(), "{nonsense}: {ran}");
    }
}

#[test]
fn an_engine_that_hangs_is_given_up() {
    let stack = Stack::shipped("hanging");
    let engine = FakeEngine::that_hangs();
    let ran = stack.switchyard(["up"]).env("DOCKER_HOST", engine.address()).run().exits(4);
    ran.says("did not answer in time");
}

#[test]
fn a_denied_socket_is_said_with_how_to_fix_it() {
    let stack = Stack::shipped("denied");
    // Another user, who may read the stack and the program but not the socket.
    let program = stack.home().join("switchyard");
    fs::copy(switchyard_binary(), &program).expect("the program can be copied");
    open_for_all(stack.home());
    let engine = FakeEngine::that_hangs();
    fs::set_permissions(engine.socket(), fs::Permissions::from_mode(0o600)).expect("it is ours");
    open_for_all(engine.socket().parent().expect("it stands in a folder"));
    fs::set_permissions(engine.socket(), fs::Permissions::from_mode(0o600)).expect("it is ours");
    let ran = tests::Program::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .args([program.as_os_str()])
        .args(["status"])
        .env("SWITCHYARD_HOME", stack.home())
        .env("DOCKER_HOST", engine.address())
        .env("LANG", "C")
        .run()
        .exits(4);
    ran.says(&engine.socket().display().to_string()).says("usermod -aG docker");
}

fn open_for_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("it is ours");
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("it is ours").flatten() {
            open_for_all(&entry.path());
        }
    }
}

#[test]
fn damaged_settings_are_said_and_kept_aside_by_the_next_change() {
    let stack = Stack::shipped("settings");
    fs::write(stack.home().join("settings.json"), "{ half").expect("the folder can be written");
    let aside = stack.home().join("settings.json.damaged");
    for _ in 0..2 {
        stack.run(["status"]).says("settings.json.damaged");
        assert!(!aside.exists(), "only a change moves it");
    }
    stack.run(["up", "consul", "--no-wait"]).ok();
    assert_eq!(fs::read_to_string(aside).expect("it is kept"), "{ half");
}

#[test]
fn a_home_that_cannot_be_written_is_said_in_words() {
    let stack = Stack::shipped("home");
    let file = stack.home().join("a-file");
    fs::write(&file, "").expect("the folder can be written");
    let ran = stack.switchyard(["up"]).env("SWITCHYARD_HOME", file.join("below")).run();
    assert!([Some(1), Some(3)].contains(&ran.code), "{ran}");
    ran.says("a-file").says("Cannot ");
}
