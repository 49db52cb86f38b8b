//! A change replaces what it concerns and nothing else, and never costs data.

use tests::{Program, Stack, docker, eventually, inspect, names_and_ids};

use crate::compose;

fn two(name: &str) -> Stack {
    Stack::of(
        name,
        &compose(
            "
services:
  store:
    <<: *runs
    environment: { MARK: \"${MARK:-one}\" }
    volumes: [data:/data, /scratch]
  user:
    <<: *runs
    depends_on: [store]
volumes: { data: {} }
",
        ),
    )
}

#[test]
fn a_changed_variable_replaces_only_its_own_container_and_keeps_its_volumes() {
    let stack = two("changed");
    stack.run(["up"]).ok();
    stack.until_the_engine_agrees();
    let (store, user) = (stack.container("store"), stack.container("user"));
    docker(&["exec", &store.id, "sh", "-c", "echo kept > /data/word; echo kept > /scratch/word"]);
    stack.set("MARK", "two");
    assert_eq!(stack.phase("store"), "drifted", "the files say something else now");
    let plan = stack.run(["plan", "--json"]).ok().json();
    let steps = plan["steps"].as_array().expect("a plan has steps");
    assert!(!steps.is_empty() && steps.iter().all(|step| step["service"] == "store"), "{plan}");
    stack.run(["up"]).ok();
    stack.runs_exactly(&["store", "user"]);
    let new = stack.container("store");
    assert_ne!(new.id, store.id);
    assert_eq!(stack.container("user").id, user.id, "what did not change stays");
    assert_eq!(docker(&["exec", &new.id, "sh", "-c", "echo $MARK"]).trim(), "two");
    assert_eq!(docker(&["exec", &new.id, "cat", "/data/word"]).trim(), "kept");
    assert_eq!(
        docker(&["exec", &new.id, "cat", "/scratch/word"]).trim(),
        "kept",
        "the anonymous volume is inherited"
    );
    stack.run(["up"]).ok().says("Nothing to do.");
}

#[test]
fn recreate_replaces_everything_and_keeps_all_data() {
    let stack = two("recreated");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    docker(&[
        "exec",
        &stack.container("store").id,
        "sh",
        "-c",
        "echo kept > /data/word; echo kept > /scratch/word",
    ]);
    stack.run(["up", "--recreate"]).ok();
    stack.runs_exactly(&["store", "user"]);
    let after = names_and_ids(&stack.containers());
    assert!(before.iter().all(|(name, id)| after[name] != *id), "{before:?} {after:?}");
    let store = stack.container("store").id;
    assert_eq!(docker(&["exec", &store, "cat", "/data/word", "/scratch/word"]), "kept\nkept\n");
}

#[test]
fn down_keeps_the_volumes_and_up_finds_the_data() {
    let stack = two("kept");
    stack.run(["up"]).ok();
    docker(&["exec", &stack.container("store").id, "sh", "-c", "echo kept > /data/word"]);
    stack.run(["down"]).ok();
    assert_eq!(stack.containers(), []);
    assert_eq!(stack.volumes(), [format!("{}_data", stack.project)]);
    stack.run(["up", "store", "user"]).ok();
    assert_eq!(docker(&["exec", &stack.container("store").id, "cat", "/data/word"]).trim(), "kept");
}

#[test]
fn volumes_are_deleted_only_with_consent_and_only_the_projects_own() {
    let (stack, other) = (two("consent"), two("consent-other"));
    stack.run(["up"]).ok();
    other.run(["up"]).ok();
    let volume = format!("{}_data", stack.project);
    let ran = stack.run(["down", "--volumes"]).exits(5).says(&volume).says("--yes");
    assert!(ran.stderr.contains("DELETED"), "{ran}");
    assert_eq!(stack.run(["down", "--volumes", "--json"]).exits(5).error_code(), "consent-needed");
    stack.runs_exactly(&["store", "user"]);
    stack.run(["down", "--volumes", "--yes"]).ok();
    assert_eq!(stack.volumes(), Vec::<String>::new());
    assert_eq!(stack.containers(), []);
    assert_eq!(other.volumes(), [format!("{}_data", other.project)]);
    other.runs_exactly(&["store", "user"]);
}

#[test]
fn restart_keeps_the_containers_and_says_when_the_files_have_changed() {
    let stack = two("restarted");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    let started = inspect(&stack.container("store").id)["State"]["StartedAt"].clone();
    stack.set("MARK", "two");
    stack.run(["restart", "store"]).ok().says("a restart does not");
    assert_eq!(names_and_ids(&stack.containers()), before);
    assert_ne!(inspect(&stack.container("store").id)["State"]["StartedAt"], started);
}

#[test]
fn an_image_that_moved_on_is_used_with_the_next_pull() {
    let stack =
        Stack::of("moved", &compose("\nservices:\n  web: { <<: *runs, image: \"${IMAGE:-}moved:1\" }\n"));
    stack.set("IMAGE", &format!("{}-", stack.project));
    let image = format!("{}-moved:1", stack.project);
    docker(&["pull", "--quiet", "switchyard/test-base:1"]);
    docker(&["pull", "--quiet", "switchyard/test-base:2"]);
    docker(&["tag", "switchyard/test-base:1", &image]);
    stack.run(["up"]).ok();
    let before = stack.container("web").id;
    docker(&["tag", "switchyard/test-base:2", &image]);
    stack.run(["plan"]).ok().says("image");
    stack.run(["up"]).ok();
    assert_ne!(stack.container("web").id, before);
    docker(&["exec", &stack.container("web").id, "cat", "/etc/test-base"]);
    stack.run(["down"]).ok();
    docker(&["rmi", &image]);
}

#[test]
fn a_service_that_is_stopped_or_frozen_from_outside_comes_back_as_it_was() {
    let stack = two("outside");
    stack.run(["up"]).ok();
    let before = names_and_ids(&stack.containers());
    docker(&["stop", &stack.container("store").id]);
    // The kernel does not always freeze it at the first attempt.
    let user = stack.container("user").id;
    eventually("the container to be frozen", || {
        (Program::new("docker").args(["pause", &user]).run().code == Some(0)).then_some(())
    });
    let status = stack.run(["status"]).exits(6);
    assert!(status.stdout.contains("drifted"), "{status}");
    stack.run(["up"]).ok();
    stack.runs_exactly(&["store", "user"]);
    assert_eq!(names_and_ids(&stack.containers()), before);
}

#[test]
fn down_with_volumes_leaves_no_anonymous_volume_behind() {
    let stack = two("anonymous");
    stack.run(["up"]).ok();
    let mounts = inspect(&stack.container("store").id)["Mounts"].clone();
    let names: Vec<&str> =
        mounts.as_array().into_iter().flatten().filter_map(|it| it["Name"].as_str()).collect();
    assert_eq!(names.len(), 2, "a named and an anonymous one: {mounts}");
    stack.run(["down", "--volumes", "--yes"]).ok();
    let left = docker(&["volume", "ls", "--quiet"]);
    let left: Vec<&&str> = names.iter().filter(|name| left.contains(**name)).collect();
    assert!(left.is_empty(), "{left:?}");
}
