//! Docker compose and Switchyard take over from each other at any point.

use tests::{Container, Stack, names_and_ids};

use crate::compose;

fn pair(name: &str) -> Stack {
    Stack::of(
        name,
        &compose(
            "
services:
  store:
    <<: *runs
    volumes: [data:/data]
    networks: [default, inner]
  user:
    <<: *runs
    command: [sh, -c, \"echo a-line-of-user; sleep infinity\"]
    depends_on: { store: { condition: service_healthy } }
networks: { inner: { internal: true } }
volumes: { data: {} }
",
        ),
    )
}

#[test]
fn compose_lists_reads_and_removes_what_we_started() {
    let stack = pair("peer-ours");
    stack.run(["up"]).ok();
    stack.until_the_engine_agrees();
    let before = names_and_ids(&stack.containers());
    let listed = stack.compose(["ps", "--format", "{{.Service}} {{.State}} {{.Health}}"]).ok();
    let mut lines: Vec<&str> = listed.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["store running healthy", "user running healthy"], "{listed}");
    stack.compose(["logs", "user"]).ok().says("a-line-of-user");
    let listed = stack.compose(["ls", "--format", "json"]).ok();
    assert!(listed.stdout.contains(&format!("\"{}\"", stack.project)), "{listed}");
    let ran = stack.compose(["up", "--detach"]).ok();
    assert!(!ran.stderr.contains("Recreate"), "{ran}");
    assert_eq!(names_and_ids(&stack.containers()), before, "it found nothing to change");
    stack.compose(["down", "--volumes"]).ok();
    assert_eq!(stack.containers(), []);
    assert_eq!(stack.networks(), Vec::<String>::new());
    assert_eq!(stack.volumes(), Vec::<String>::new());
}

#[test]
fn what_compose_started_is_adopted() {
    let stack = pair("peer-theirs");
    stack.compose(["up", "--detach", "--wait"]).ok();
    let before = names_and_ids(&stack.containers());
    let ran = stack.run(["status"]).ok();
    assert_eq!(ran.stdout.matches("healthy").count(), 2, "{ran}");
    stack.run(["plan"]).ok().says("Nothing to do.");
    stack.run(["up"]).ok().says("Nothing to do.");
    assert_eq!(names_and_ids(&stack.containers()), before);
    assert_eq!(stack.run(["logs", "user", "--no-prefix"]).ok().stdout, "a-line-of-user\n");
    stack.run(["down", "--volumes", "--yes"]).ok();
    assert_eq!(stack.containers(), []);
    assert_eq!(stack.networks(), Vec::<String>::new());
    assert_eq!(stack.volumes(), Vec::<String>::new());
}

#[test]
fn the_shipped_stack_changes_hands_without_a_container_being_replaced() {
    let stack = Stack::shipped("peer-shipped");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    let ran = stack.compose(["up", "--detach"]).ok();
    assert!(!ran.stderr.contains("Recreate"), "{ran}");
    assert_eq!(names_and_ids(&stack.containers()), before);
    stack.compose(["up", "--detach", "--force-recreate", "jaeger", "alertmanager"]).ok();
    let between = names_and_ids(&stack.containers());
    assert_ne!(between, before);
    stack.run(["up"]).ok();
    assert_eq!(names_and_ids(&stack.containers()), between);
    stack.compose(["down"]).ok();
    assert_eq!(stack.containers(), []);
}

#[test]
fn a_service_that_compose_scaled_is_brought_back_to_one() {
    let stack = pair("peer-scaled");
    stack.compose(["up", "--detach", "--wait", "--scale", "user=3"]).ok();
    assert_eq!(stack.containers().len(), 4);
    stack.run(["status"]);
    stack.run(["up"]).ok();
    stack.runs_exactly(&["store", "user"]);
}

#[test]
fn what_a_service_can_do_without_holds_it_up_with_neither() {
    let stack = Stack::of(
        "peer-optional",
        &compose(
            "
services:
  ill:
    <<: *runs
    healthcheck: { test: [CMD, 'false'], interval: 1s, retries: 1 }
  never:
    <<: *runs
    command: [no-such-program]
  job:
    <<: *runs
    command: [sh, -c, exit 3]
  web:
    <<: *runs
    depends_on:
      ill: { condition: service_healthy, required: false }
      job: { condition: service_completed_successfully, required: false }
  lone:
    <<: *runs
    depends_on: { never: { condition: service_started, required: false } }
",
        ),
    );
    stack.compose(["up", "--detach", "web"]).ok();
    stack.until("web", "to be healthy", Container::is_healthy);
    stack.compose(["down"]).ok();
    let ran = stack.run(["up", "web"]).ok().says("warning: ill is unhealthy");
    assert!(!ran.stderr.contains("error"), "{ran}");
    assert!(stack.container("web").state == "running", "{ran}");
    // Docker compose goes on when a wait fails; we do so when a start fails as well.
    stack.run(["up", "lone"]).ok().says("warning:");
    assert!(stack.container("lone").state == "running");
    // Who asks for it by name is told of an error, and gets the others all the same.
    stack.run(["down"]).ok();
    stack.run(["up", "web", "ill"]).exits(1).says("error: ill is unhealthy");
    assert!(stack.container("web").state == "running");
}
