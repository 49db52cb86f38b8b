//! What somebody sees who goes on looking: lives, answers, and events of the time before.

use super::*;

#[test]
fn a_container_is_asked_once_for_each_of_its_lives_since_when_it_runs() {
    let mut world = World::new();
    world.state.probing = Probing::Watch;
    world.connect();
    let running = world.container("job", ContainerState::Running, None);
    let id = running.id.clone();
    let asked = |world: &mut World| {
        let asked = |effect: &Effect| matches!(effect, Effect::Inspect { container } if *container == id);
        std::mem::take(&mut world.effects).iter().filter(|effect| asked(effect)).count()
    };
    let seen = |world: &World| {
        let components = world.state.snapshot().components;
        let job = components.into_iter().find(|it| it.id == "job").and_then(|it| it.container).unwrap();
        (job.started, job.restarts)
    };
    let details = |started: i64, restarts: u64| Details {
        id: id.clone(),
        name: String::new(),
        image: String::new(),
        image_id: String::new(),
        state: ContainerState::Running,
        health: None,
        started_at: Some(started),
        finished_at: None,
        restart_count: restarts,
        tty: false,
        env_names: vec![],
    };
    world.observe(std::slice::from_ref(&running));
    world.observe(std::slice::from_ref(&running));
    assert_eq!(asked(&mut world), 1);
    assert_eq!(seen(&world), (None, 0));
    world.feed(Input::Inspected { container: id.clone(), details: Some(details(100, 0)) });
    assert_eq!(seen(&world), (Some(100_000.0), 0));

    world.event(EventKind::Died, "job", Some(1));
    assert_eq!(seen(&world), (None, 0), "it does not run");
    world.event(EventKind::Started, "job", None);
    assert_eq!(asked(&mut world), 1);
    world.feed(Input::Inspected { container: id.clone(), details: Some(details(200, 1)) });
    assert_eq!(seen(&world), (Some(200_000.0), 1));
}

#[test]
fn a_component_that_was_just_started_may_take_a_moment_until_it_answers() {
    let mut world = World::new();
    world.state.probing = Probing::Watch;
    world.connect();
    let running = Container { created: 1, ..world.container("job", ContainerState::Running, None) };
    let container = running.id.clone();
    world.observe(std::slice::from_ref(&running));
    world.state.probes.entry("job".into()).or_default().container = container;
    let answers = |world: &mut World, ok: bool, at: Millis| {
        let (url, answer) = ("http://x/".to_owned(), "503".to_owned());
        world.feed(Input::Probed {
            component: "job".into(),
            result: ProbeResult { ok, url, answer, millis: 1.0, at },
        });
        world.phase("job")
    };
    let waiting = Phase::Waiting { reason: WaitReason::Probe, since: 1_000.0 };
    assert_eq!(answers(&mut world, false, 2_000.0), waiting);
    assert!(matches!(answers(&mut world, false, 62_000.0), Phase::Degraded { .. }), "it has had its time");
    assert_eq!(answers(&mut world, true, 63_000.0), Phase::Healthy);
    assert!(matches!(answers(&mut world, false, 64_000.0), Phase::Degraded { .. }), "it had come up before");
    world.event(EventKind::Died, "job", Some(1));
    world.event(EventKind::Started, "job", None);
    assert_eq!(world.phase("job"), Phase::Healthy, "what it said before does not count any more");
    assert_eq!(answers(&mut world, false, 2_500.0), waiting);
}

#[test]
fn a_death_of_the_time_before_is_not_taken_for_one_of_what_was_just_started() {
    let mut world = World::with(&[]);
    world.begin(&["db"], &[]);
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    world.event(EventKind::Started, "db", None);
    world.done("start p-db-1", Ok(None));
    world.effects.clear();
    let (id, name) = ("db-id-of-before".to_owned(), "p-db-1".to_owned());
    let event = Event {
        kind: EventKind::Died,
        id,
        name,
        project: "p".to_owned(),
        service: "db".to_owned(),
        oneoff: false,
        exit_code: Some(143),
        time_nano: 1_000_000,
    };
    world.feed(Input::Event { generation: world.state.generation, event });
    assert_eq!(world.running(), ["wait-healthy db"]);
    assert_eq!(world.looks(), 1, "the engine's clock may be behind: better to look");
}

#[test]
fn what_an_older_connection_still_tells_is_neither_counted_nor_believed() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.done("create p-job-1", Ok(Some("job-id-0000000")));
    let old = world.state.generation;
    let connects = |world: &mut World| {
        let effects = std::mem::take(&mut world.effects);
        effects.iter().filter(|it| matches!(it, Effect::Connect { .. })).count()
    };
    world.lose();
    assert_eq!(connects(&mut world), 1);
    // The look that was on its way fails too, and the stream ends a second time.
    world.feed(Input::Observed { generation: old, result: Err(broken()) });
    world.feed(Input::StreamLost { generation: old, error: broken() });
    world.feed(Input::Connected { generation: old, result: Ok(info()) });
    assert_eq!(connects(&mut world), 0, "one loss is one new connection");
    assert!(matches!(world.state.snapshot().engine, Engine::Lost { .. }));
    world.connect();
    assert!(matches!(world.state.snapshot().engine, Engine::Connected { .. }));
    world.feed(Input::Observed { generation: old, result: Err(broken()) });
    assert!(
        matches!(world.state.snapshot().engine, Engine::Connected { .. }),
        "an old look failed, not this one"
    );
}

#[test]
fn nobody_asks_how_a_container_died_that_was_taken_away() {
    let mut world = World::with(&[]);
    let (db, job) = (
        world.container("db", ContainerState::Running, Some(Health::Healthy)),
        world.container("job", ContainerState::Running, None),
    );
    let components = vec!["job".to_owned()];
    world.ask(Intent::Down { components, volumes: false, orphans: false });
    world.observe(&[db.clone(), job]);
    world.event(EventKind::Died, "job", Some(0));
    world.done("stop p-job-1", Ok(None));
    // The engine's event of the removal may still be on its way.
    world.effects.clear();
    world.done("remove p-job-1", Ok(None));
    let died: Vec<String> = world
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Observe { died, .. } => Some(died.clone()),
            _ => None,
        })
        .expect("a look at the end");
    assert_eq!(died, Vec::<String>::new());
    world.observe(std::slice::from_ref(&db));
    world.effects.clear();
    world.event(EventKind::Died, "db", Some(1));
    let asks = |effect: &Effect| matches!(effect, Effect::Observe { died, .. } if died.len() == 1);
    assert!(world.effects.iter().any(asks), "what is still there is asked");
}

#[test]
fn while_a_replaced_container_is_removed_its_successor_speaks_for_the_service() {
    let mut world = World::new();
    world.connect();
    let mut old = world.container("job", ContainerState::Running, None);
    old.config_hash = "another".into();
    world.observe(std::slice::from_ref(&old));
    world.begin(&["job"], std::slice::from_ref(&old));
    let new =
        Container { id: "job-new-0000000".into(), ..world.container("job", ContainerState::Running, None) };
    world.done("create job-id-00000_p-job-1", Ok(Some(&new.id)));
    world.done("stop p-job-1", Ok(None));
    world.done("rename p-job-1 to job-id-00000_p-job-1_old", Ok(None));
    assert_eq!(
        world.running(),
        ["rename job-id-00000_p-job-1 to p-job-1", "remove p-job-1"],
        "the new container waits for the name only"
    );
    world.done("rename job-id-00000_p-job-1 to p-job-1", Ok(None));
    world.done("start job-id-00000_p-job-1", Ok(None));
    let down = Container { state: ContainerState::Exited, exit_code: Some(143), ..old.clone() };
    world.observe(&[down.clone(), new.clone()]);
    assert_eq!(world.running(), ["remove p-job-1"]);
    assert_eq!(world.phase("job"), Phase::Healthy);
    // An operation that was killed here leaves the old one behind.
    let mut world = World::with(&[down, new]);
    assert_eq!(world.phase("job"), Phase::Healthy);
}
