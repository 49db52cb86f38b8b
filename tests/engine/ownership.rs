//! What is not ours is never touched, and what stands in the way is named before anything is made.

use std::net::{TcpListener, UdpSocket};

use tests::{Stack, docker, free_port, inspect};

use crate::compose;

fn web(name: &str, port: u16) -> Stack {
    let stack = Stack::of(
        name,
        &compose(
            "
x-switchyard: { env: [{ name: WEB_PORT, type: port, default: \"8080\", group: web, title: { en: Port, zh: 端口 } }] }
services:
  web:
    <<: *runs
    ports: [\"127.0.0.1:${WEB_PORT:-8080}:80\"]
  beside:
    <<: *runs
",
        ),
    );
    stack.set("WEB_PORT", &port.to_string());
    stack
}

fn nothing_was_made(stack: &Stack) {
    assert_eq!(stack.containers(), []);
    assert_eq!(stack.networks(), Vec::<String>::new());
    assert_eq!(stack.volumes(), Vec::<String>::new());
}

#[test]
fn a_port_that_a_program_holds_is_refused_before_anything_is_made() {
    let port = free_port();
    let holder = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let stack = web("port-program", port);
    let ran =
        stack.run(["up"]).exits(5).says(&format!("127.0.0.1:{port}/tcp")).says("WEB_PORT=").says(".env");
    // The holder is this very test.
    let ran = ran.says(&format!("process {}", std::process::id()));
    nothing_was_made(&stack);
    let error = stack.run(["up", "--json"]).exits(5);
    assert_eq!(error.error_code(), "port-taken");
    let free = error.json()["error"]["facts"]["free"].as_str().expect("a free port is offered").to_owned();
    assert!(ran.stderr.contains(&format!("WEB_PORT={free}")), "{ran}");
    stack.run(["plan"]).exits(5).says(&port.to_string());
    assert_eq!(stack.run(["plan", "--json"]).exits(5).json()["refusals"][0]["code"], "port-taken");
    // Doing what it says helps.
    stack.set("WEB_PORT", &free);
    stack.run(["up"]).ok();
    drop(holder);
}

#[test]
fn a_port_on_all_addresses_stands_in_the_way_too() {
    let port = free_port();
    let _holder = TcpListener::bind(("0.0.0.0", port)).expect("the port is free");
    let stack = web("port-everywhere", port);
    stack.run(["up"]).exits(5).says(&port.to_string()).says("WEB_PORT=");
    nothing_was_made(&stack);
}

#[test]
fn a_udp_port_is_looked_at_as_well() {
    let port = free_port();
    let _holder = UdpSocket::bind(("127.0.0.1", port)).expect("the port is free");
    let stack = web("port-udp", port);
    stack.run(["up"]).ok();
    stack.edit("compose.yaml", ":80\"]", ":80/udp\"]");
    stack.run(["up"]).exits(5).says(&format!("127.0.0.1:{port}/udp"));
    assert_eq!(stack.container("web").state, "running", "what ran goes on");
}

#[test]
fn a_port_that_a_container_holds_is_refused_with_the_name_of_the_container() {
    let port = free_port();
    let (first, second) = (web("holder", port), web("port-container", port));
    first.run(["up"]).ok();
    let name = first.container("web").name;
    second.run(["up"]).exits(5).says(&name).says(&first.project).says("WEB_PORT=");
    nothing_was_made(&second);
    second.run(["up", "beside"]).ok();
    assert_eq!(first.container("web").state, "running");
}

#[test]
fn every_conflict_is_told_at_once_by_the_plan() {
    let (one, two) = (free_port(), free_port());
    let _holders = [one, two].map(|port| TcpListener::bind(("127.0.0.1", port)).expect("the port is free"));
    let stack = Stack::of(
        "ports",
        &compose(&format!(
            "
services:
  a: {{ <<: *runs, ports: [\"127.0.0.1:{one}:80\"] }}
  b: {{ <<: *runs, ports: [\"127.0.0.1:{two}:80\"] }}
"
        )),
    );
    stack.run(["up"]).exits(5).says("1 more");
    stack.run(["plan"]).exits(5).says(&one.to_string()).says(&two.to_string());
}

#[test]
fn another_folder_with_the_same_project_name_is_refused_with_its_path() {
    let (first, second) = (web("same-name", free_port()), web("other-folder", free_port()));
    first.run(["up"]).ok();
    let before = tests::names_and_ids(&first.containers());
    second.set("COMPOSE_PROJECT_NAME", &first.project);
    let folder = first.folder.canonicalize().expect("it is there").display().to_string();
    for args in [["up"].as_slice(), &["down", "--yes"], &["down", "--volumes", "--yes"], &["restart"]] {
        second.run(args.iter().copied()).exits(5).says(&folder).says("COMPOSE_PROJECT_NAME");
    }
    assert_eq!(second.run(["up", "--json"]).exits(5).error_code(), "foreign-project");
    assert_eq!(second.run(["plan", "--json"]).exits(5).json()["refusals"][0]["code"], "foreign-project");
    assert_eq!(tests::names_and_ids(&first.containers()), before, "nothing was touched");
    assert!(first.containers().iter().all(|it| it.state == "running"));
    // What the other folder runs is not shown as if it were this one's.
    second.run(["status"]).says(&folder);
}

#[test]
fn a_container_without_our_labels_keeps_its_name() {
    let stack = web("taken-name", free_port());
    let name = format!("{}-web-1", stack.project);
    docker(&["pull", "--quiet", "switchyard/test-base:1"]);
    docker(&["run", "--detach", "--name", &name, "switchyard/test-base:1"]);
    let before = inspect(&name);
    let ran = stack.run(["up"]).exits(5).says(&name).says("docker rename");
    assert!(ran.stderr.contains("does not belong to this stack"), "{ran}");
    nothing_was_made(&stack);
    stack.run(["down", "--volumes", "--remove-orphans", "--yes"]);
    let after = inspect(&name);
    assert_eq!((&after["Id"], &after["State"]["StartedAt"]), (&before["Id"], &before["State"]["StartedAt"]));
    assert_eq!(after["State"]["Running"], true);
}

#[test]
fn foreign_networks_volumes_and_containers_survive_everything_that_down_does() {
    let stack = Stack::of(
        "neighbours",
        &compose(
            "
services:
  web: { <<: *runs, volumes: [data:/data, outside:/outside] }
volumes:
  data:
  outside: { external: true, name: \"${OUTSIDE:?}\" }
",
        ),
    );
    let outside = format!("{}-outside", stack.project);
    stack.set("OUTSIDE", &outside);
    stack.run(["up"]).exits(5).says(&outside).says("docker volume create");
    docker(&["volume", "create", &outside]);
    docker(&["network", "create", &format!("{}-net", stack.project)]);
    docker(&["run", "--detach", "--name", &format!("{}-other", stack.project), "switchyard/test-base:1"]);
    stack.run(["up"]).ok();
    stack.run(["down", "--volumes", "--remove-orphans", "--yes"]).ok();
    nothing_was_made(&stack);
    assert!(inspect(&outside)["Name"].is_string(), "an external volume is not ours");
    assert_eq!(inspect(&format!("{}-other", stack.project))["State"]["Running"], true);
    assert!(docker(&["network", "ls"]).contains(&format!("{}-net", stack.project)));
}

#[test]
fn containers_of_services_that_the_file_no_longer_has_are_named_and_removed_only_on_request() {
    let stack = web("orphans", free_port());
    stack.run(["up"]).ok();
    stack.edit("compose.yaml", "  beside:\n    <<: *runs\n", "");
    stack.run(["up"]).ok().says(&format!("{}-beside-1", stack.project)).says("--remove-orphans");
    stack.runs_exactly(&["web", "beside"]);
    stack.run(["down", "--remove-orphans"]).ok();
    nothing_was_made(&stack);
}
