//! Files that change and engines that are chosen while something is under way, and while nothing is.

use super::*;

const OTHER: &str = "
name: p
services:
  db: { image: db:2, restart: unless-stopped, healthcheck: { test: [CMD, ok] } }
  web: { image: web:1, restart: unless-stopped, depends_on: { db: { condition: service_healthy } } }
  more: { image: more:1 }
";

fn broken_file() -> AppError {
    AppError::new(ErrorCode::StackInvalid, "/s/compose.yaml", "3:5: no such key")
}

fn names(world: &World) -> Vec<String> {
    world.state.snapshot().components.into_iter().map(|it| it.id).collect()
}

impl World {
    fn edited(&mut self, stack: &str) {
        self.project = World::of(stack).project;
        self.feed(Input::Read(Some(Ok(Files::fixed(self.project.clone(), None)))));
    }
}

#[test]
fn an_edit_is_taken_over_at_once_while_nothing_is_under_way() {
    let mut world = World::with(&[]);
    world.edited(OTHER);
    assert_eq!(names(&world), ["db", "web", "more"]);
    assert_eq!(world.looks(), 1, "images and networks of what is new are not known");
}

#[test]
fn an_edit_in_the_middle_of_an_operation_is_taken_over_after_it() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.edited(OTHER);
    assert_eq!(names(&world), ["db", "web", "job"]);
    let told =
        |world: &World| world.state.snapshot().notices.iter().any(|it| it.code.to_string() == "change-waits");
    assert!(told(&world));
    world.done("create p-job-1", Err(broken()));
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    assert_eq!(names(&world), ["db", "web", "more"]);
    assert!(!told(&world));
}

#[test]
fn files_that_say_what_they_said_are_no_change() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.effects.clear();
    world.edited(STACK);
    assert!(world.state.snapshot().notices.is_empty(), "nothing waits");
    world.edited(OTHER);
    assert_eq!(world.state.snapshot().notices.len(), 1);
}

#[test]
fn a_look_at_the_project_before_is_not_taken_for_one_at_the_next() {
    let mut world = World::with(&[]);
    world.ask(Intent::Refresh);
    let looks = world.looks();
    world.edited(&OTHER.replace("name: p", "name: q"));
    let job = world.container("db", ContainerState::Running, None);
    let mut up = world.ask(up(&["more"]));
    world.observe(&[job]);
    assert_eq!(world.reply(&mut up), None, "it was about p");
    assert_eq!(world.looks(), looks + 1);
    world.observe(&[]);
    assert_eq!(world.reply(&mut up), Some(Ok(Reply::Accepted { operation: 1 })));
}

#[test]
fn a_broken_edit_leaves_what_was_read_last_and_nothing_is_started_from_that() {
    let mut world = World::with(&[]);
    world.feed(Input::Read(Some(Err(vec![broken_file()]))));
    assert_eq!(world.state.snapshot().unreadable, [broken_file()]);
    assert_eq!(names(&world), ["db", "web", "job"]);
    let mut start = world.ask(up(&["job"]));
    world.observe(&[]);
    assert_eq!(world.reply(&mut start), Some(Err(broken_file())));

    // What runs may be stopped, once the user knows by which description.
    let job = world.container("job", ContainerState::Running, None);
    let mut stop = world.ask(Intent::Down { components: vec!["job".into()], volumes: false, orphans: false });
    world.observe(std::slice::from_ref(&job));
    let answer = world.reply(&mut stop);
    let Some(Ok(Reply::NeedsConsent { token, plan, .. })) = answer else { panic!("{answer:?}") };
    assert_eq!((plan.consents[0].code.to_string(), plan.consents.len()), ("files-unreadable".to_owned(), 1));
    let mut agreed = world.agree(token);
    world.observe(&[job]);
    assert!(matches!(world.reply(&mut agreed), Some(Ok(Reply::Accepted { .. }))));

    world.feed(Input::StepDone { operation: 1, step: 0, result: Ok(None) });
    world.feed(Input::StepDone { operation: 1, step: 1, result: Ok(None) });
    world.edited(OTHER);
    assert_eq!(world.state.snapshot().unreadable, []);
}

#[test]
fn a_request_is_about_what_the_files_say_when_its_turn_comes() {
    let mut world = World::with(&[]);
    let (respond, mut answers) = oneshot::channel();
    world.feed(Input::Intent(up(&["more"]), Review::Consents, respond));
    world.feed(Input::Locked { turn: 1, result: Ok(()) });
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Read)));
    world.edited(OTHER);
    world.observe(&[]);
    assert_eq!(world.reply(&mut answers), Some(Ok(Reply::Accepted { operation: 1 })));
    assert_eq!(world.running(), ["create p-more-1"]);
}

#[test]
fn an_engine_that_is_chosen_in_the_middle_of_an_operation_is_used_after_it() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.effects.clear();
    world.feed(Input::UseEngine(Choice::This(at("unix:///other"))));
    assert!(world.effects.is_empty(), "nothing that runs is cut off");
    world.done("create p-job-1", Ok(Some("job-id-0000000")));
    world.event(EventKind::Started, "job", None);
    world.done("start p-job-1", Ok(None));
    let chosen = |effect: &Effect| matches!(effect, Effect::UseEngine(Choice::This(it)) if it.uri() == "unix:///other");
    assert!(world.effects.iter().any(chosen));
    let engine = world.state.snapshot().engine;
    assert!(matches!(&engine, Engine::Connecting { endpoint } if endpoint == "unix:///other"), "{engine:?}");
    let first = world.state.generation - 1;
    // What the engine before still tells is about other containers.
    world.feed(Input::Observed { generation: first, result: Ok(Observed::default()) });
    assert!(world.state.observed.is_none());
    world.connect();
    world.observe(&[]);
    let mut next = world.ask(up(&["job"]));
    world.observe(&[]);
    assert_eq!(world.reply(&mut next), Some(Ok(Reply::Accepted { operation: 2 })), "ids go on");
}

#[test]
fn an_operation_is_never_carried_on_another_engine() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.effects.clear();
    world.lose();
    let seeks = |world: &World| {
        let connects = world.effects.iter().filter_map(|effect| match effect {
            Effect::Connect { seek, .. } => Some(*seek),
            _ => None,
        });
        connects.collect::<Vec<_>>()
    };
    assert_eq!(seeks(&world), [false]);
    world.feed(Input::GivenUp { operation: 1 });
    world.done("create p-job-1", Err(broken()));
    world.effects.clear();
    world.feed(Input::Connected { generation: world.state.generation, result: Err(broken()) });
    assert_eq!(seeks(&world), [true]);
}

#[test]
fn a_stack_that_could_never_be_read_is_shown_with_the_reason_and_read_when_it_is_mended() {
    let project = World::new().project;
    let source = crate::source::Source::new(
        crate::source::Which::At("/s".into()),
        crate::folder::Places { data: "/d".into(), config: "/c".into() },
    );
    let options = Options {
        stack: Stack::Watched(source),
        dialect: Dialect::default(),
        engine: Choice::This(at("unix:///e")),
        connection: None,
        settings: None,
        locks: PathBuf::new(),
        probing: Probing::Off,
        events: true,
        patience: None,
        check: true,
    };
    let mut world = World { state: State::new(&options), project, now: 1000.0, effects: vec![] };
    world.connect();
    assert_eq!(world.looks(), 0, "nobody knows yet what to look for");
    assert!(!world.state.snapshot().settled);
    world.feed(Input::Read(Some(Err(vec![broken_file()]))));
    assert!(world.state.snapshot().settled);
    let mut early = world.ask(up(&[]));
    assert_eq!(world.reply(&mut early), Some(Err(broken_file())));
    world.feed(Input::Read(Some(Ok(Files::fixed(world.project.clone(), None)))));
    assert_eq!(world.looks(), 1);
    world.observe(&[]);
    assert_eq!(names(&world), ["db", "web", "job"]);
}
