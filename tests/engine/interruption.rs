//! A command that ends in the middle, however it ends, costs nothing: the next one goes on.

use std::time::UNIX_EPOCH;

use tests::{Program, Running, Stack, docker, eventually, names_and_ids};

use crate::compose;

const SERVICES: [&str; 4] = ["first", "second", "third", "fourth"];

fn chain(name: &str) -> Stack {
    Stack::of(
        name,
        &compose(
            "
services:
  first:
    <<: *runs
    environment: { MARK: \"${MARK:-one}\" }
    volumes: [data:/data, /scratch]
  second:
    <<: *runs
    environment: { MARK: \"${MARK:-one}\" }
    depends_on: { first: { condition: service_healthy } }
  third:
    <<: *runs
    environment: { MARK: \"${MARK:-one}\" }
    depends_on: [first]
  fourth:
    <<: *runs
    environment: { MARK: \"${MARK:-one}\" }
    networks: [default, other]
networks: { other: {} }
volumes: { data: {} }
",
        ),
    )
}

/// What the engine tells of the containers of one project from now on.
struct Events(Running);

impl Events {
    fn of(stack: &Stack) -> Self {
        let filter = format!("label=com.docker.compose.project={}", stack.project);
        let now = UNIX_EPOCH.elapsed().expect("it is after 1970");
        let since = format!("{}.{:09}", now.as_secs(), now.subsec_nanos());
        let program =
            Program::new("docker").args(["events", "--since", &since, "--filter", "type=container"]);
        Self(program.args(["--filter", &filter, "--format", "{{.Action}}"]).start())
    }

    /// Waits for this many of them, or for the end of `running`.
    fn wait_for(&self, count: usize, running: &mut Running) {
        // Health checks are not what a test counts.
        let counts = |line: &&str| !line.starts_with("exec_") && !line.starts_with("health_status");
        eventually("the engine's events", || {
            let told = self.0.stdout().lines().filter(counts).count();
            (told >= count || running.has_ended()).then_some(())
        });
    }
}

/// Starts the command, and kills it without warning when the engine has told of `count` events.
fn killed_after(stack: &Stack, count: usize, args: &[&'static str]) {
    let events = Events::of(stack);
    let mut running = stack.start(args.iter().copied());
    if count == 0 {
        eventually("the first network", || (!stack.networks().is_empty()).then_some(()));
    }
    events.wait_for(count, &mut running);
    running.signal("KILL");
    running.end();
    docker(&["ps", "--all", "--format", "{{.Names}}\t{{.Status}}"]);
}

#[test]
fn up_goes_on_where_a_killed_up_stopped() {
    let stack = chain("killed-up");
    for count in [0, 1, 3, 5, 7] {
        killed_after(&stack, count, &["up"]);
        stack.run(["up"]).ok();
        stack.runs_exactly(&SERVICES);
        stack.until_the_engine_agrees();
        for service in SERVICES {
            assert!(stack.container(service).is_healthy(), "{service} after a kill at event {count}");
        }
        let project = &stack.project;
        assert_eq!(stack.networks(), [format!("{project}_default"), format!("{project}_other")]);
        assert_eq!(
            stack.run(["up", "--json"]).ok().json()["operation"]["steps"].as_array().map(Vec::len),
            Some(0)
        );
        stack.run(["down", "--volumes", "--yes"]).ok();
        assert!(stack.containers().is_empty() && stack.networks().is_empty() && stack.volumes().is_empty());
    }
}

#[test]
fn up_goes_on_where_a_killed_replacement_stopped() {
    let stack = chain("killed-change");
    stack.run(["up"]).ok();
    docker(&[
        "exec",
        &stack.container("first").id,
        "sh",
        "-c",
        "echo kept > /data/word; echo kept > /scratch/word",
    ]);
    for count in [1, 2, 4, 7, 11, 15] {
        stack.set("MARK", &format!("change-{count}"));
        killed_after(&stack, count, &["up"]);
        stack.run(["up"]).ok();
        stack.runs_exactly(&SERVICES);
        stack.until_the_engine_agrees();
        for service in SERVICES {
            let id = stack.container(service).id;
            assert!(stack.container(service).is_healthy(), "{service} after a kill at event {count}");
            let mark = docker(&["exec", &id, "sh", "-c", "echo $MARK"]);
            assert_eq!(mark.trim(), format!("change-{count}"), "{service}");
        }
        let first = stack.container("first").id;
        assert_eq!(
            docker(&["exec", &first, "cat", "/data/word"]).trim(),
            "kept",
            "the named volume at {count}"
        );
        assert_eq!(
            docker(&["exec", &first, "cat", "/scratch/word"]).trim(),
            "kept",
            "the anonymous one at {count}"
        );
        assert_eq!(
            stack.run(["up", "--json"]).ok().json()["operation"]["steps"].as_array().map(Vec::len),
            Some(0)
        );
    }
}

#[test]
fn docker_compose_goes_on_where_a_killed_replacement_stopped() {
    let stack = chain("killed-peer");
    stack.run(["up"]).ok();
    let count_of = |service: &str| stack.containers().iter().filter(|it| it.service == service).count();
    for count in [1, 2, 4, 6, 8, 10] {
        stack.set("MARK", &format!("change-{count}"));
        killed_after(&stack, count, &["up", "third"]);
        stack.compose(["up", "--detach", "--wait"]).ok();
        for service in SERVICES {
            assert_eq!(count_of(service), 1, "{service} after a kill at event {count}");
            let mark = docker(&["exec", &stack.container(service).id, "sh", "-c", "echo $MARK"]);
            assert_eq!(mark.trim(), format!("change-{count}"), "{service}");
        }
        // Docker compose leaves a container under the name that it was made with; with us it gets its own.
        stack.run(["up"]).ok();
        stack.runs_exactly(&SERVICES);
    }
}

#[test]
fn down_goes_on_where_a_killed_down_stopped() {
    let stack = chain("killed-down");
    for count in [1, 4, 7] {
        stack.run(["up"]).ok();
        killed_after(&stack, count, &["down"]);
        stack.run(["down"]).ok();
        assert_eq!(stack.containers(), []);
        assert_eq!(stack.networks(), Vec::<String>::new());
    }
}

#[test]
fn ctrl_c_ends_up_in_good_order_and_up_goes_on() {
    let stack = chain("interrupted");
    for count in [1, 3] {
        let events = Events::of(&stack);
        let mut running = stack.start(["up"]);
        events.wait_for(count, &mut running);
        running.signal("INT");
        running.end().exits(130).says("Cancelled");
        let project = &stack.project;
        for container in stack.containers() {
            assert_eq!(
                container.name,
                format!("{project}-{}-1", container.service),
                "no temporary names are left"
            );
        }
        stack.run(["up"]).ok();
        stack.runs_exactly(&SERVICES);
        stack.run(["down", "--volumes", "--yes"]).ok();
    }
}

#[test]
fn of_two_ups_at_once_the_second_waits_and_both_end_well() {
    let stack = chain("twice");
    let mut first = stack.start(["up"]);
    first.until_it_says("create");
    let second = stack.run(["up"]).ok().says("waiting for ");
    let second = second.says(&format!("(process {})", first.pid()));
    assert!(!second.stderr.contains("error"), "{second}");
    first.end().ok();
    stack.runs_exactly(&SERVICES);
}

#[test]
fn a_second_up_changes_no_container() {
    let stack = chain("no-op");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    // At once there may still be waits for the engine's word, and nothing else.
    stack.run(["up"]).ok().says("Nothing to do.");
    stack.until_the_engine_agrees();
    let answer = stack.run(["up", "--json"]).ok().json();
    assert_eq!(answer["operation"]["outcome"], "succeeded");
    assert_eq!(answer["operation"]["steps"].as_array().map(Vec::len), Some(0), "{answer}");
    assert_eq!(names_and_ids(&stack.containers()), before);
    stack.run(["up"]).ok().says("Nothing to do.");
    stack.run(["plan"]).ok().says("Nothing to do.");
}
