//! Images that are not there, cannot be had, or come slowly.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tests::{Program, Registry, Stack, eventually, switchyard_binary};

use crate::compose;

#[test]
fn an_image_that_does_not_exist_is_named_and_the_rest_comes_up() {
    let stack = Stack::of(
        "no-image",
        &compose(
            "
services:
  web:
    image: switchyard/no-such-image:9
  dependent:
    <<: *runs
    depends_on: [web]
  beside:
    <<: *runs
",
        ),
    );
    let ran = stack.run(["up"]).exits(1).says("switchyard/no-such-image:9").says("dependent");
    assert!(!ran.stderr.contains("panicked"), "{ran}");
    stack.until("beside", "to be healthy", tests::Container::is_healthy);
    assert!(stack.containers().iter().all(|it| it.service != "web"));
    let steps = stack.run(["up", "--json"]).exits(1).json()["operation"]["steps"].clone();
    let failed =
        steps.as_array().and_then(|all| all.iter().find(|it| it["state"]["kind"] == "failed")).cloned();
    let code = failed.expect("a step failed")["state"]["error"]["code"].clone();
    // The private engine has no way to the Hub, so it cannot tell which of the two it is.
    assert!(
        ["image-not-found", "registry-unreachable"].contains(&code.as_str().unwrap_or_default()),
        "{code}"
    );
}

#[test]
fn a_registry_that_is_away_is_said_in_words() {
    let stack =
        Stack::of("no-registry", &compose("\nservices:\n  web: { image: \"127.0.0.1:1/some/image:1\" }\n"));
    stack.run(["up"]).exits(1).says("127.0.0.1:1/some/image:1").says("cannot be reached").says("mirror");
    let error = stack.run(["up", "--json"]).exits(1);
    assert!(error.stdout.contains("registry-unreachable"), "{error}");
}

#[test]
fn an_image_that_must_not_be_pulled_is_refused_before_anything_is_made() {
    let stack = Stack::of(
        "never-pull",
        &compose(
            "\nservices:\n  web: { image: switchyard/no-such-image:9, pull_policy: never }\n  b: { <<: *runs }\n",
        ),
    );
    stack.run(["up"]).exits(5).says("pull_policy");
    assert_eq!(stack.containers(), []);
}

#[test]
fn a_newer_image_is_asked_for_only_on_request() {
    let stack = Stack::of("asked", &compose("\nservices:\n  web: { <<: *runs }\n"));
    stack.run(["up"]).ok();
    let before = stack.container("web").id;
    let ran = stack.run(["up"]).ok();
    assert!(!ran.stderr.contains("pull"), "{ran}");
    let ran = stack.run(["up", "--pull"]).ok();
    assert!(ran.stderr.contains("pull switchyard/test-base:1"), "{ran}");
    assert_eq!(stack.container("web").id, before, "the registry has the same one");
}

const LAYERS: &str = "switchyard/test-layers:1";
const LAYERS_MEGABYTES: f64 = 15.0;

/// Layers that one test has pulled are not pulled by another: these take turns.
static TURNS: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURNS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn layers(name: &str, registry: &Registry) -> Stack {
    let image = registry.image(LAYERS);
    Stack::of(
        name,
        &compose(&format!("\nservices:\n  big: {{ image: \"{image}\" }}\n  small: {{ <<: *runs }}\n")),
    )
}

fn remove_layers(stack: &Stack, registry: &Registry) {
    stack.run(["down"]).ok();
    Program::new("docker").args(["rmi", "--force", &registry.image(LAYERS), LAYERS]).run();
}

#[test]
fn a_pull_can_be_cancelled_at_any_moment_and_goes_on_later() {
    let _turn = turn();
    let registry = Registry::slow(400_000);
    let stack = layers("slow-pull", &registry);
    let mut running = stack.start(["up", "--no-wait", "--json"]);
    running.until_it_says("\"pull\"");
    eventually("some bytes of the layers", || (registry.delivered() > 500_000).then_some(()));
    running.signal("INT");
    let ran = running.end().exits(130);
    assert_eq!(ran.json()["operation"]["outcome"], "cancelled");
    assert!(stack.containers().iter().all(|it| it.service != "big"));
    // Fast now, it goes on; nothing in this image can run, which is another matter.
    registry.pace(100_000_000);
    let ran = stack.run(["up", "--no-wait"]);
    assert!(ran.stderr.contains(&format!("pull {} done", registry.image(LAYERS))), "{ran}");
    remove_layers(&stack, &registry);
}

#[test]
fn a_pull_shows_on_a_terminal_how_far_it_is() {
    let _turn = turn();
    let registry = Registry::slow(2_000_000);
    let stack = layers("shown-pull", &registry);
    let command = format!("stty cols 200; {} up --no-wait", switchyard_binary().display());
    let program = Program::new("script").args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    let program = program.env("SWITCHYARD_HOME", stack.home()).env("SWITCHYARD_STACK", &stack.folder);
    let shown = program.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").run().stdout;
    // Such as `4.2/15.0 MB`.
    let words: Vec<&str> = shown.split([' ', '\r', '\n']).collect();
    let megabytes =
        words.windows(2).filter(|pair| pair[1].starts_with("MB")).filter_map(|pair| pair[0].split_once('/'));
    let megabytes: Vec<(f64, f64)> =
        megabytes.filter_map(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))).collect();
    let between = megabytes.iter().filter(|(current, total)| 0.0 < *current && current < total);
    assert!(between.count() > 3, "{megabytes:?}");
    assert!(megabytes.iter().all(|(_, total)| *total <= LAYERS_MEGABYTES * 1.1), "{megabytes:?}");
    assert!(megabytes.iter().any(|(_, total)| *total >= LAYERS_MEGABYTES * 0.9), "{megabytes:?}");
    remove_layers(&stack, &registry);
}

/// The engine itself tries again for more than a minute before it gives up.
#[test]
fn a_registry_that_breaks_off_holds_up_nothing_else_and_its_pull_can_be_cancelled() {
    let _turn = turn();
    let registry = Registry::slow(400_000);
    let stack = layers("broken-pull", &registry);
    let running = stack.start(["up", "--json"]);
    eventually("some bytes of the layers", || (registry.delivered() > 500_000).then_some(()));
    registry.pace(0);
    stack.until("small", "to be up", tests::Container::is_healthy);
    running.signal("INT");
    running.end().exits(130);
    remove_layers(&stack, &registry);
}

#[test]
fn a_registry_that_refuses_is_told_apart_from_one_that_is_away() {
    for (status, body, code, words) in [
        (
            "429 Too Many Requests",
            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull rate limit.\"}]}",
            "rate-limited",
            "pull limit",
        ),
        (
            "401 Unauthorized",
            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}",
            "registry-denied",
            "docker login",
        ),
        (
            "404 Not Found",
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}",
            "image-not-found",
            "does not exist",
        ),
    ] {
        let registry = Registry::that_answers(status, body);
        let stack = layers("refusing", &registry);
        let ran = stack.run(["up", "big"]).exits(1).says(words).says(&registry.image(LAYERS));
        assert!(!ran.stderr.contains("panicked"), "{ran}");
        let ran = stack.run(["up", "big", "--json"]).exits(1);
        assert!(ran.stdout.contains(&format!("\"code\":\"{code}\"")), "{code} was expected of {ran}");
    }
}
