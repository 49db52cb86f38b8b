//! What a service can do without is waited for, and its failure is told and costs nothing.

use super::*;

const OPTIONAL: &str = "
name: p
services:
  cache: { image: c:1, healthcheck: { test: [CMD, ok] } }
  web:
    image: web:1
    depends_on: { cache: { condition: service_healthy, required: false } }
";

fn world(asked: &[&str]) -> World {
    let mut world = World::of(OPTIONAL);
    world.connect();
    world.observe(&[]);
    world.begin(asked, &[]);
    world.done("create p-cache-1", Ok(Some("cache-id-0000000")));
    world.done("create p-web-1", Ok(Some("web-id-0000000")));
    assert_eq!(world.running(), ["start p-cache-1"]);
    world
}

/// The service comes up, whatever became of the other one.
fn web_comes_up(world: &mut World) {
    assert_eq!(world.running(), ["start p-web-1"]);
    world.event(EventKind::Started, "web", None);
    world.done("start p-web-1", Ok(None));
}

#[test]
fn a_start_waits_for_the_end_of_a_wait_that_may_fail() {
    let mut world = world(&["web"]);
    world.event(EventKind::Started, "cache", None);
    world.done("start p-cache-1", Ok(None));
    assert_eq!(world.running(), ["wait-healthy cache"]);
    world.event(EventKind::Health(Health::Unhealthy), "cache", None);
    web_comes_up(&mut world);
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
    assert!(matches!(world.phase("cache"), Phase::Failed { .. }), "{:?}", world.phase("cache"));
}

#[test]
fn what_never_began_is_not_waited_for() {
    let mut world = world(&["web"]);
    let refused = AppError::new(ErrorCode::EngineRefused, "cache", "no such program");
    world.done("start p-cache-1", Err(refused));
    web_comes_up(&mut world);
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
    let steps = world.state.snapshot().operation.expect("an operation").steps;
    let states: Vec<&StepState> =
        steps.iter().filter(|step| step.verb.to_string() == "wait-healthy").map(|step| &step.state).collect();
    assert_eq!(states, [&StepState::Skipped]);
}

#[test]
fn an_operation_fails_with_what_was_asked_for_and_starts_the_others_all_the_same() {
    let mut world = world(&["web", "cache"]);
    world.event(EventKind::Started, "cache", None);
    world.done("start p-cache-1", Ok(None));
    world.event(EventKind::Health(Health::Unhealthy), "cache", None);
    web_comes_up(&mut world);
    assert_eq!(world.outcome(), Some(Outcome::Failed));
}
