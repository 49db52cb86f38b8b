//! Images that are not there, cannot be had, or come slowly.

use tests::Stack;

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
    assert!(stack.container("beside").is_healthy());
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

#[test]
fn a_pull_can_be_cancelled_and_goes_on_later() {
    let stack = Stack::of(
        "cancelled-pull",
        "services:\n  web: { image: switchyard/test-layers:1, command: [sleep, infinity], init: true }\n",
    );
    let running = {
        let mut running = stack.start(["up", "--no-wait"]);
        running.until_it_says("pull switchyard/test-layers:1");
        running
    };
    running.signal("INT");
    let ran = running.end();
    // It may have been through already; then there was nothing to cancel.
    assert!([Some(130), Some(0)].contains(&ran.code) || ran.stderr.contains("no such file"), "{ran}");
    stack.run(["up", "--no-wait"]);
}
