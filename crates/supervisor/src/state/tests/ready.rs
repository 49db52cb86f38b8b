//! Whoever is waited for is asked, and counts as healthy as soon as it says so itself.

use stack::compose::Condition;

use super::*;
use crate::{
    api::snapshot::{EngineHealth, ReadyBy},
    state::{Answer, Ask},
};

const PROBED: &str = "
name: p
services:
  db:
    image: db:1
    restart: unless-stopped
    ports: ['127.0.0.1:5000:5000']
    healthcheck: { test: [CMD, ok], timeout: 2s }
    x-switchyard: { title: Db, probe: { port: 5000, path: /ready } }
  web: { image: web:1, restart: unless-stopped, depends_on: { db: { condition: service_healthy } } }
";

impl World {
    /// A wait for the health of `db` has begun.
    fn waits_for_db(stack: &str) -> Self {
        let mut world = Self::of(stack);
        world.connect();
        world.observe(&[]);
        world.begin(&["db"], &[]);
        world.done("create p-db-1", Ok(Some("db-id-0000000")));
        world.event(EventKind::Started, "db", None);
        world.effects.clear();
        world.done("start p-db-1", Ok(None));
        assert_eq!(world.running(), ["wait-healthy db"]);
        world
    }

    /// The pauses that were asked for, in milliseconds.
    fn pauses(&mut self) -> Vec<(String, u32, u128)> {
        let (pauses, others) =
            std::mem::take(&mut self.effects).into_iter().partition(|it| matches!(it, Effect::Pause { .. }));
        self.effects = others;
        let told = |effect| match effect {
            Effect::Pause { container, number, after } => (container, number, after.as_millis()),
            _ => unreachable!(),
        };
        Vec::into_iter(pauses).map(told).collect()
    }

    /// The questions that are to be put now.
    fn asked(&mut self) -> Vec<(String, u32, Ask)> {
        let (asked, others) =
            std::mem::take(&mut self.effects).into_iter().partition(|it| matches!(it, Effect::Ask { .. }));
        self.effects = others;
        let told = |effect| match effect {
            Effect::Ask { container, number, ask } => (container, number, ask),
            _ => unreachable!(),
        };
        Vec::into_iter(asked).map(told).collect()
    }

    /// Lets the one pause pass, and returns how long it was and the question after it.
    fn next_question(&mut self) -> (u128, u32, Ask) {
        let [(container, number, millis)] = &self.pauses()[..] else { panic!("one pause") };
        assert!(self.asked().is_empty(), "not before the pause is over");
        self.feed(Input::PauseOver { container: container.clone(), number: *number });
        let [(asked, same, ask)] = &self.asked()[..] else { panic!("one question") };
        assert_eq!((asked, same), (container, number));
        (*millis, *number, ask.clone())
    }

    fn answer(&mut self, service: &str, number: u32, answer: Answer) {
        self.feed(Input::Answered { container: format!("{service}-id-0000000"), number, answer });
    }

    fn health(&mut self, component: &str) -> crate::api::snapshot::Health {
        let components = self.state.snapshot().components;
        components.into_iter().find(|it| it.id == component).expect("a component").health
    }
}

fn passed() -> Answer {
    Answer::Check { exit_code: 0, took: Duration::from_millis(20) }
}

fn failed() -> Answer {
    Answer::Check { exit_code: 1, took: Duration::from_millis(20) }
}

fn said(ok: bool) -> Answer {
    let (url, answer) = ("http://127.0.0.1:5000/ready".to_owned(), "said".to_owned());
    Answer::Probe(ProbeResult { ok, url, answer, millis: 1.0, at: 5_000.0 })
}

#[test]
fn what_is_waited_for_is_asked_more_and_more_seldom_by_its_own_health_check() {
    let mut world = World::waits_for_db(STACK);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        let (millis, number, ask) = world.next_question();
        let thirty = Duration::from_secs(30);
        assert_eq!(ask, Ask::Check { command: vec!["ok".into()], timeout: thirty, interval: thirty });
        pauses.push(millis);
        world.answer("db", number, failed());
    }
    assert_eq!(pauses, [100, 150, 225, 337, 506, 759, 1000, 1000, 1000]);
    assert_eq!(world.running(), ["wait-healthy db"]);
}

#[test]
fn a_wait_is_met_by_the_container_s_own_answer_and_the_snapshot_says_so() {
    let mut world = World::waits_for_db(STACK);
    let (_, number, _) = world.next_question();
    world.answer("db", number, passed());
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.observe(std::slice::from_ref(&starting));
    assert_eq!(world.phase("db"), Phase::Healthy);
    let health = world.health("db");
    assert_eq!((health.engine, health.ready_by), (Some(EngineHealth::Starting), Some(ReadyBy::HealthCheck)));
    assert!(world.pauses().is_empty(), "what is ready is asked no more");

    world.event(EventKind::Health(Health::Healthy), "db", None);
    assert_eq!(world.health("db").ready_by, Some(ReadyBy::Engine));
    world.event(EventKind::Health(Health::Unhealthy), "db", None);
    assert!(matches!(world.phase("db"), Phase::Degraded { .. }), "the engine's verdict counts");
    assert_eq!(world.health("db").ready_by, None);
}

#[test]
fn a_component_with_a_probe_is_asked_by_it_and_a_dependent_starts_at_once() {
    let mut world = World::of(PROBED);
    world.connect();
    world.observe(&[]);
    world.begin(&["web"], &[]);
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    world.done("create p-web-1", Ok(Some("web-id-0000000")));
    world.event(EventKind::Started, "db", None);
    world.done("start p-db-1", Ok(None));
    let (_, number, ask) = world.next_question();
    assert!(matches!(ask, Ask::Probe(question) if question.url == "http://127.0.0.1:5000/ready"));
    world.answer("db", number, said(false));
    assert_eq!(world.health("db").probe.map(|it| it.ok), Some(false), "what it said is shown");
    let (_, number, _) = world.next_question();
    world.answer("db", number, said(true));
    assert_eq!(world.running(), ["start p-web-1"]);
    assert_eq!(world.health("db").ready_by, Some(ReadyBy::Probe));
}

#[test]
fn the_engine_s_verdict_ends_the_asking() {
    for (health, outcome) in [(Health::Healthy, Outcome::Succeeded), (Health::Unhealthy, Outcome::Failed)] {
        let mut world = World::waits_for_db(STACK);
        let (_, number, _) = world.next_question();
        world.event(EventKind::Health(health), "db", None);
        assert_eq!(world.outcome(), Some(outcome));
        world.answer("db", number, passed());
        assert_eq!(world.health("db").ready_by.is_some(), health == Health::Healthy);
        assert!(world.pauses().is_empty());
    }
}

#[test]
fn an_answer_of_the_life_before_does_not_count() {
    let mut world = World::waits_for_db(STACK);
    let (_, before, _) = world.next_question();
    world.event(EventKind::Died, "db", Some(1));
    world.event(EventKind::Started, "db", None);
    world.answer("db", before, passed());
    assert_eq!(world.running(), ["wait-healthy db"]);
    let (millis, number, _) = world.next_question();
    assert_eq!(millis, 100);
    world.answer("db", number, passed());
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
}

#[test]
fn nobody_is_asked_after_the_wait() {
    let mut world = World::waits_for_db(STACK);
    let operation = world.state.snapshot().operation.unwrap();
    let step = operation.steps.iter().position(|step| step.verb == StepVerb::WaitHealthy).unwrap();
    let pauses = world.pauses();
    let [(container, number, _)] = &pauses[..] else { panic!() };
    world.feed(Input::Deadline { operation: operation.id, step });
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    world.feed(Input::PauseOver { container: container.clone(), number: *number });
    assert!(world.asked().is_empty());
    let mut world = World::waits_for_db(STACK);
    let pauses = world.pauses();
    let [(container, number, _)] = &pauses[..] else { panic!() };
    world.ask(Intent::Cancel);
    world.feed(Input::PauseOver { container: container.clone(), number: *number });
    assert!(world.asked().is_empty());
}

#[test]
fn a_failure_shows_what_was_answered_last() {
    let mut world = World::waits_for_db(PROBED);
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.observe(std::slice::from_ref(&starting));
    let (_, number, _) = world.next_question();
    world.answer("db", number, said(false));
    let operation = world.state.snapshot().operation.unwrap();
    let step = operation.steps.iter().position(|step| step.verb == StepVerb::WaitHealthy).unwrap();
    world.feed(Input::Deadline { operation: operation.id, step });
    let Phase::Failed { cause } = world.phase("db") else { panic!() };
    assert_eq!(cause.evidence.probe.as_deref(), Some("http://127.0.0.1:5000/ready: said"));
}

#[test]
fn a_check_that_hangs_or_is_killed_is_not_run_again() {
    for answer in [Answer::Hangs, Answer::Check { exit_code: 137, took: Duration::from_millis(20) }] {
        let mut world = World::waits_for_db(STACK);
        let (_, number, _) = world.next_question();
        world.answer("db", number, answer);
        assert!(world.pauses().is_empty());
        assert_eq!(world.running(), ["wait-healthy db"], "the engine still may have something to say");
    }
}

#[test]
fn a_check_that_takes_long_is_run_seldom_and_not_beside_the_engine_s_own() {
    let mut world = World::waits_for_db(&STACK.replace("[CMD, ok]", "[CMD, ok], interval: 5s"));
    let slow = |millis| Answer::Check { exit_code: 1, took: Duration::from_millis(millis) };
    let mut pauses = Vec::new();
    // Each pause is passed at once, so that the world is always some moments after the start.
    for answer in [slow(400), slow(600), slow(1_000)] {
        let (millis, number, _) = world.next_question();
        pauses.push(millis);
        world.answer("db", number, answer);
    }
    assert_eq!(pauses, [100, 1_200, 1_800], "three times as long as the check before");
    // In 3 s it would still be under way when the engine looks, 5 s after the start.
    let (millis, number, _) = world.next_question();
    assert!((6_900..7_000).contains(&millis), "two seconds after the engine has looked: {millis}");
    world.answer("db", number, slow(1_800));
    assert!(world.pauses().is_empty(), "between two looks of the engine there is no room for it");
    assert_eq!(world.running(), ["wait-healthy db"]);
}

#[test]
fn only_a_few_health_checks_run_at_the_same_moment() {
    let services: Vec<String> = (0..6)
        .map(|n| format!("  s{n}: {{ image: 'db:1', healthcheck: {{ test: [CMD-SHELL, 'ok {n}'] }} }}\n"))
        .collect();
    let mut world = World::of(&format!("name: p\nservices:\n{}", services.concat()));
    world.connect();
    world.observe(&[]);
    let there: Vec<Container> = (0..6)
        .map(|n| world.container(&format!("s{n}"), ContainerState::Running, Some(Health::Starting)))
        .collect();
    world.begin(&["s0", "s1", "s2", "s3", "s4", "s5"], &there);
    assert_eq!(world.state.operation.as_ref().unwrap().waits().len(), 6);
    for (container, number, _) in world.pauses() {
        world.feed(Input::PauseOver { container, number });
    }
    let asked = world.asked();
    assert_eq!(asked.len(), 4);
    let Ask::Check { command, .. } = &asked[0].2 else { panic!() };
    assert_eq!(command, &["/bin/sh", "-c", "ok 0"]);
    world.answer("s0", asked[0].1, passed());
    assert_eq!(world.asked().len(), 1, "the next one's turn has come");
    let waits = world.state.operation.as_ref().unwrap().waits();
    assert!(waits.iter().all(|(_, condition, service)| *condition == Condition::Healthy && service != "s0"));
}

#[test]
fn who_looks_once_asks_once_and_is_told() {
    let mut world = World::of(PROBED);
    world.state.probing = Probing::Once;
    world.connect();
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.observe(std::slice::from_ref(&starting));
    assert!(world.pauses().is_empty());
    let asked = world.asked();
    let [(_, number, Ask::Probe(_))] = &asked[..] else { panic!("{asked:?}") };
    assert!(!world.state.snapshot().settled);
    let mut late = World { state: world.state, project: world.project, now: world.now, effects: vec![] };
    late.answer("db", *number, said(true));
    assert_eq!(late.phase("db"), Phase::Healthy);
    assert!(late.state.snapshot().settled);
    assert!(late.effects.is_empty(), "one answer is enough");
}

#[test]
fn after_a_broken_connection_it_is_asked_anew() {
    let mut world = World::waits_for_db(STACK);
    let (_, before, _) = world.next_question();
    world.lose();
    world.answer("db", before, passed());
    assert_eq!(world.outcome(), None);
    world.connect();
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.observe(std::slice::from_ref(&starting));
    let (millis, number, _) = world.next_question();
    assert_eq!(millis, 100);
    world.answer("db", number, passed());
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
}
