//! What would be started is looked at first, and what could not read its files is not started.

use stack::observed::ConfigFault;

use super::*;
use crate::api::notice::{NoticeCode, Remark};

const CHECKED: &str = "
name: p
services:
  logs: { image: logs:1, x-switchyard: { title: Logs, check: loki } }
  other: { image: other:1, x-switchyard: { title: Other } }
";

fn world(there: &[&str]) -> World {
    let mut world = World::of(CHECKED);
    world.connect();
    let there: Vec<Container> =
        there.iter().map(|service| world.container(service, ContainerState::Running, None)).collect();
    world.observe(&there);
    world.effects.clear();
    world
}

fn asked_to_check(world: &World) -> Vec<String> {
    let services = world.effects.iter().filter_map(|effect| match effect {
        Effect::Check { services } => Some(services.iter().cloned().collect::<Vec<_>>()),
        _ => None,
    });
    services.flatten().collect()
}

fn fault(fatal: bool) -> ConfigFault {
    ConfigFault {
        file: "loki/loki-config.yml".into(),
        line: 5,
        column: 1,
        message: "field nonsense not found in type loki.ConfigWrapper".into(),
        hint: None,
        fatal,
    }
}

#[test]
fn a_start_waits_until_its_configuration_was_read_and_is_refused_with_the_place() {
    let mut world = world(&[]);
    let mut reply = world.ask(up(&["logs", "other"]));
    world.observe(&[]);
    assert_eq!(asked_to_check(&world), ["logs"]);
    assert!(!world.state.snapshot().settled);
    let faults = vec![fault(true), fault(false), fault(true)];
    world.feed(Input::Checked(BTreeMap::from([("logs".to_owned(), faults)])));
    let answer = world.reply(&mut reply).expect("an answer");
    let Ok(Reply::Refused { error, plan }) = answer else { panic!("{answer:?}") };
    assert!(plan.steps.is_empty());
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    assert_eq!(error.subject, "logs");
    assert_eq!(error.detail, "loki/loki-config.yml:5:1: field nonsense not found in type loki.ConfigWrapper");
    assert_eq!((error.facts.line(), error.facts.faults()), (Some(&5), Some(&2)));
    assert!(world.state.snapshot().operation.is_none() && world.state.snapshot().settled);
}

#[test]
fn what_only_means_something_else_is_told_and_started() {
    let mut world = world(&[]);
    let mut reply = world.ask(up(&["logs"]));
    world.observe(&[]);
    world.feed(Input::Checked(BTreeMap::from([("logs".to_owned(), vec![fault(false)])])));
    assert_eq!(world.reply(&mut reply), Some(Ok(Reply::Accepted { operation: 1 })));
    let notices = world.state.snapshot().notices;
    assert!(
        notices.iter().any(|notice| notice.code == NoticeCode::Remark(Remark::ConfigSuspect)),
        "{notices:?}"
    );
}

#[test]
fn what_runs_is_not_looked_at() {
    let mut world = world(&["logs"]);
    let there = [world.container("logs", ContainerState::Running, None)];
    let mut reply = world.ask(up(&["logs"]));
    world.observe(&there);
    assert!(asked_to_check(&world).is_empty());
    assert!(world.reply(&mut reply).expect("an answer").is_ok());
}

#[test]
fn who_waits_for_a_check_is_told_when_the_engine_goes_away() {
    let mut world = world(&[]);
    let mut reply = world.ask(up(&["logs"]));
    world.observe(&[]);
    world.lose();
    assert_eq!(world.reply(&mut reply), Some(Err(broken())));
    // The late answer of the check has nobody left to serve.
    world.feed(Input::Checked(BTreeMap::new()));
    assert!(world.state.snapshot().operation.is_none());
}
