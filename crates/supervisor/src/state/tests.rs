//! The state alone: inputs go in, effects and snapshots come out. No engine, no clock.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use engine::{Details, Endpoint, EngineInfo, Event, EventKind};
use stack::{
    compose::{LoadInput, Project, SourceFile, hash::Dialect, load},
    observed::{Container, Health, Image, Network, Observed, State as ContainerState},
    plan::StepId,
};
use tokio::sync::oneshot;

use super::{Choice, Effect, Files, Input, Millis, Options, Probing, Stack, State};
use crate::api::{
    error::{AppError, ErrorCode},
    intent::{Intent, Offer, Reply, Review},
    snapshot::{Drift, Engine, Outcome, Phase, ProbeResult, StepState, StepVerb, WaitReason},
};

mod components;
mod configuration;
mod files;
mod optional;
mod parts;
mod ready;
mod requests;
mod watching;

const STACK: &str = "
name: p
services:
  db: { image: db:1, restart: unless-stopped, healthcheck: { test: [CMD, ok] } }
  web: { image: web:1, restart: unless-stopped, depends_on: { db: { condition: service_healthy } } }
  job: { image: job:1 }
";

type Answers = oneshot::Receiver<Result<Reply, AppError>>;

pub(crate) fn project(stack: &str) -> Project {
    let read = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let project = load(LoadInput {
        files: vec![SourceFile { path: PathBuf::from("/s/compose.yaml"), text: stack.to_owned() }],
        working_dir: PathBuf::from("/s"),
        project_name: None,
        env: BTreeMap::new(),
        home: None,
        read: &read,
    });
    project.unwrap()
}

/// A state with a clock of its own and everything it asked to be done so far.
struct World {
    state: State,
    project: Arc<Project>,
    now: Millis,
    effects: Vec<Effect>,
}

impl World {
    fn new() -> Self {
        Self::of(STACK)
    }

    fn of(stack: &str) -> Self {
        let project = Arc::new(project(stack));
        let mut state = State::new(&Options {
            stack: Stack::Fixed(project.clone()),
            dialect: Dialect::default(),
            engine: Choice::This(at("unix:///e")),
            connection: None,
            settings: None,
            locks: PathBuf::new(),
            probing: Probing::Off,
            events: true,
            patience: None,
            check: true,
        });
        state.open(Files::fixed(project.clone(), None));
        Self { state, project, now: 1000.0, effects: vec![] }
    }

    /// Connected, and looked at once.
    fn with(containers: &[Container]) -> Self {
        let mut world = Self::new();
        world.connect();
        world.observe(containers);
        world.effects.clear();
        world
    }

    /// The present connection is there.
    fn connect(&mut self) {
        self.feed(Input::Connected { generation: self.state.generation, result: Ok(info()) });
        self.grant();
    }

    /// Nobody else changes the stack, and its files are as they were.
    fn grant(&mut self) {
        let lock = |effect: &Effect| match effect {
            Effect::Lock { turn } => Some(*turn),
            _ => None,
        };
        while let Some(place) = self.effects.iter().position(|effect| lock(effect).is_some()) {
            let turn = lock(&self.effects.remove(place)).unwrap();
            self.feed(Input::Locked { turn, result: Ok(()) });
        }
        while let Some(place) = self.effects.iter().position(|effect| matches!(effect, Effect::Read)) {
            self.effects.remove(place);
            self.feed(Input::Read(None));
        }
    }

    /// The present connection breaks.
    fn lose(&mut self) {
        self.feed(Input::StreamLost { generation: self.state.generation, error: broken() });
    }

    fn feed(&mut self, input: Input) {
        self.now += 10.0;
        self.effects.extend(self.state.apply(input, self.now));
    }

    fn observe(&mut self, containers: &[Container]) {
        let mut observed = Observed { containers: containers.to_vec(), ..Observed::default() };
        for service in self.project.services.values() {
            let image = Image { id: format!("sha256:{}", service.image), ..Image::default() };
            observed.images.insert(service.image.clone(), image);
        }
        let network =
            Network { id: "n".into(), name: "p_default".into(), project: "p".into(), ..Network::default() };
        observed.networks.push(network);
        self.feed(Input::Observed { generation: self.state.generation, result: Ok(observed) });
    }

    fn container(&self, service: &str, state: ContainerState, health: Option<Health>) -> Container {
        Container {
            id: format!("{service}-id-0000000"),
            name: format!("p-{service}-1"),
            service: service.into(),
            number: 1,
            config_hash: self.project.config_hash(&self.project.services[service], Dialect::default()),
            image_label: format!("sha256:{}", self.project.services[service].image),
            working_dir: "/s".into(),
            networks: BTreeMap::from([("p_default".into(), "n".into())]),
            state,
            health,
            ..Container::default()
        }
    }

    fn ask(&mut self, intent: Intent) -> Answers {
        self.ask_in(intent, Review::Consents)
    }

    fn ask_in(&mut self, intent: Intent, review: Review) -> Answers {
        let (respond, answer) = oneshot::channel();
        self.feed(Input::Intent(intent, review, respond));
        self.grant();
        answer
    }

    fn agree(&mut self, token: u32) -> Answers {
        let (respond, answer) = oneshot::channel();
        self.feed(Input::Agree(token, respond));
        self.grant();
        answer
    }

    fn take(&mut self, operation: u32, offer: Offer) -> Answers {
        let (respond, answer) = oneshot::channel();
        self.feed(Input::Take(operation, offer, respond));
        self.grant();
        answer
    }

    /// What was answered, if anything was.
    fn reply(&mut self, answers: &mut Answers) -> Option<Result<Reply, AppError>> {
        let (responses, others) = std::mem::take(&mut self.effects)
            .into_iter()
            .partition(|effect| matches!(effect, Effect::Respond(..)));
        self.effects = others;
        for effect in responses {
            if let Effect::Respond(respond, answer) = effect {
                let _ = respond.send(answer);
            }
        }
        answers.try_recv().ok()
    }

    /// Brings an `up` as far as its first step.
    fn begin(&mut self, components: &[&str], there: &[Container]) {
        let mut answers = self.ask(up(components));
        self.observe(there);
        let answer = self.reply(&mut answers);
        assert!(matches!(answer, Some(Ok(Reply::Accepted { .. }))), "{answer:?}");
    }

    fn event(&mut self, kind: EventKind, service: &str, exit_code: Option<i64>) {
        let (id, name) = (format!("{service}-id-0000000"), format!("p-{service}-1"));
        let (project, service) = ("p".to_owned(), service.to_owned());
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let time_nano = (self.now * 1e6) as i64;
        let event = Event { kind, id, name, project, service, oneoff: false, exit_code, time_nano };
        self.feed(Input::Event { generation: self.state.generation, event });
    }

    /// The verbs and subjects of the steps that run now.
    fn running(&mut self) -> Vec<String> {
        let operation = self.state.snapshot().operation.expect("an operation");
        let running =
            operation.steps.into_iter().filter(|step| matches!(step.state, StepState::Running { .. }));
        running.map(|step| format!("{} {}", step.verb, step.subject)).collect()
    }

    fn done(&mut self, verb_and_subject: &str, result: Result<Option<&str>, AppError>) {
        let operation = self.state.snapshot().operation.expect("an operation");
        let step = operation.steps.iter().position(|step| {
            matches!(step.state, StepState::Running { .. })
                && format!("{} {}", step.verb, step.subject) == verb_and_subject
        });
        let step = step.unwrap_or_else(|| panic!("{verb_and_subject} does not run: {:?}", operation.steps));
        let result = result.map(|id| id.map(str::to_owned));
        self.feed(Input::StepDone { operation: operation.id, step, result });
    }

    fn outcome(&mut self) -> Option<Outcome> {
        self.state.snapshot().operation.and_then(|operation| operation.outcome)
    }

    fn phase(&mut self, component: &str) -> Phase {
        let components = self.state.snapshot().components;
        components.into_iter().find(|it| it.id == component).expect("a component").phase
    }

    fn deadline(&self) -> Option<(u32, StepId, Duration)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Deadline { operation, step, after } => Some((*operation, *step, *after)),
            _ => None,
        })
    }

    fn looks(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Observe { .. })).count()
    }
}

fn at(uri: &str) -> Endpoint {
    engine::resolve(Some(uri), &|_| None, std::path::Path::new("/")).unwrap()
}

fn info() -> EngineInfo {
    EngineInfo {
        version: "1".into(),
        api: "1.41".into(),
        product: "Docker Engine".into(),
        uri: "unix:///e".into(),
        local: true,
        publishes_here: true,
    }
}

fn up(components: &[&str]) -> Intent {
    let components = components.iter().map(|it| (*it).to_owned()).collect();
    Intent::Up { components, recreate: false, pull: false, wait: true }
}

fn broken() -> AppError {
    AppError::new(ErrorCode::EngineLost, "start", "broke")
}

#[test]
fn an_intent_waits_for_the_engine_and_is_planned_on_a_fresh_look() {
    let mut world = World::new();
    let mut answer = world.ask(up(&["job"]));
    assert_eq!(world.looks(), 0);
    world.connect();
    assert_eq!(world.looks(), 1);
    world.observe(&[]);
    assert_eq!(world.reply(&mut answer), Some(Ok(Reply::Accepted { operation: 1 })));
    assert_eq!(world.running(), ["create p-job-1"]);
}

#[test]
fn a_dependent_starts_when_the_engine_tells_of_health_and_not_before() {
    let mut world = World::with(&[]);
    world.begin(&["web"], &[]);
    assert_eq!(world.running(), ["create p-db-1", "create p-web-1"]);
    world.done("create p-web-1", Ok(Some("web-id-0000000")));
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    assert_eq!(world.running(), ["start p-db-1"]);
    assert_eq!(
        world.phase("web"),
        Phase::Waiting {
            reason: WaitReason::Dependency { component: "db".into() },
            since: world.state.snapshot().operation.unwrap().started
        }
    );
    world.event(EventKind::Started, "db", None);
    world.done("start p-db-1", Ok(None));
    assert_eq!(world.running(), ["wait-healthy db"]);
    world.event(EventKind::Health(Health::Healthy), "db", None);
    assert_eq!(world.running(), ["start p-web-1"]);
    world.event(EventKind::Started, "web", None);
    world.done("start p-web-1", Ok(None));
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
}

#[test]
fn an_unhealthy_dependency_fails_at_once_and_its_dependents_are_skipped() {
    let mut world = World::with(&[]);
    world.begin(&["web", "job"], &[]);
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    world.done("create p-web-1", Ok(Some("web-id-0000000")));
    world.event(EventKind::Started, "db", None);
    world.done("start p-db-1", Ok(None));
    world.event(EventKind::Health(Health::Unhealthy), "db", None);
    assert_eq!(world.outcome(), None, "the independent job goes on");
    world.done("create p-job-1", Ok(Some("job-id-0000000")));
    world.event(EventKind::Started, "job", None);
    world.done("start p-job-1", Ok(None));
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    let Phase::Failed { cause } = world.phase("db") else { panic!() };
    assert_eq!(cause.error.code, ErrorCode::Unhealthy);
    let steps = world.state.snapshot().operation.unwrap().steps;
    let skipped: Vec<_> =
        steps.iter().filter(|step| step.state == StepState::Skipped).map(|it| &it.verb).collect();
    assert_eq!(skipped, [&StepVerb::Start, &StepVerb::WaitStarted]);
    assert!(
        world
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Gather { container } if container.starts_with("db")))
    );
}

#[test]
fn a_crash_loop_is_given_up_and_named() {
    let mut world = World::with(&[]);
    world.begin(&["db"], &[]);
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    world.event(EventKind::Started, "db", None);
    world.event(EventKind::Died, "db", Some(3));
    world.done("start p-db-1", Ok(None));
    assert_eq!(world.running(), ["wait-healthy db"]);
    assert!(matches!(world.phase("db"), Phase::Waiting { reason: WaitReason::Restart, .. }));
    for _ in 0..2 {
        world.event(EventKind::Started, "db", None);
        world.event(EventKind::Died, "db", Some(3));
    }
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    let Phase::Failed { cause } = world.phase("db") else { panic!() };
    assert_eq!((cause.error.code, cause.error.facts.exit_code()), (ErrorCode::Exited, Some(&3)));
}

#[test]
fn an_old_exit_is_not_taken_for_a_new_one() {
    let mut world = World::with(&[]);
    let old = Container { exit_code: Some(1), ..world.container("db", ContainerState::Exited, None) };
    world.begin(&["db"], &[old]);
    world.done("start p-db-1", Ok(None));
    assert_eq!(world.outcome(), None);
    world.event(EventKind::Started, "db", None);
    world.event(EventKind::Health(Health::Healthy), "db", None);
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
}

#[test]
fn who_says_how_long_to_wait_is_heeded() {
    let mut world = World::with(&[]);
    world.state.patience = Some(Duration::from_secs(600));
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.begin(&["db"], &[starting]);
    assert_eq!(world.deadline().map(|(.., after)| after), Some(Duration::from_secs(600)));
}

#[test]
fn a_wait_has_a_deadline_and_says_what_it_waited_for() {
    let mut world = World::with(&[]);
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.begin(&["db"], std::slice::from_ref(&starting));
    let (operation, step, after) = world.deadline().expect("a deadline");
    assert_eq!(after, Duration::from_secs(210), "until the engine must have called it unhealthy");
    world.feed(Input::Deadline { operation, step });
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    let Phase::Failed { cause } = world.phase("db") else { panic!() };
    assert_eq!((cause.error.code, cause.error.detail.as_str()), (ErrorCode::WaitTimeout, "health-check"));
}

#[test]
fn cancelling_skips_what_has_not_begun_and_waits_for_what_has() {
    let mut world = World::with(&[]);
    world.begin(&["web"], &[]);
    world.ask(Intent::Cancel);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::CancelSteps)));
    assert_eq!(world.outcome(), None);
    world.done("create p-db-1", Ok(Some("db-id-0000000")));
    world.done("create p-web-1", Err(AppError::new(ErrorCode::Cancelled, "", "")));
    assert_eq!(world.outcome(), Some(Outcome::Cancelled));
    assert!(!matches!(world.phase("web"), Phase::Failed { .. }), "a user's cancel is no failure");
}

#[test]
fn a_pull_comes_before_the_plan_that_depends_on_it() {
    let mut world = World::with(&[]);
    let job = world.container("job", ContainerState::Running, None);
    let components = vec!["job".to_owned()];
    world.ask(Intent::Up { components, recreate: false, pull: true, wait: false });
    world.observe(std::slice::from_ref(&job));
    assert_eq!(world.running(), ["pull job:1"]);
    world.done("pull job:1", Ok(None));
    assert_eq!(world.outcome(), None);
    let newer = Container { image_label: "sha256:before".into(), ..job };
    world.observe(&[newer]);
    assert_eq!(world.running(), ["create job-id-00000_p-job-1"]);
}

#[test]
fn everything_is_unknown_while_the_engine_is_lost() {
    let mut world = World::with(&[]);
    world.lose();
    let snapshot = world.state.snapshot();
    assert!(matches!(&snapshot.engine, Engine::Lost { error, .. } if error.code == ErrorCode::EngineLost));
    assert_eq!(snapshot.components[0].phase, Phase::Unknown);
    let mut answer = world.ask(up(&["job"]));
    let refused = world.reply(&mut answer);
    assert_eq!(refused.unwrap().unwrap_err().code, ErrorCode::EngineLost);
    world.connect();
    world.observe(&[]);
    assert_eq!(world.phase("job"), Phase::Off);
}

#[test]
fn what_happens_from_outside_is_drift_with_its_cause() {
    let mut world = World::with(&[]);
    let web = world.container("web", ContainerState::Running, None);
    world.begin(&["web"], &[world.container("db", ContainerState::Running, Some(Health::Healthy)), web]);
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
    world.event(EventKind::Died, "web", Some(137));
    assert!(matches!(world.phase("web"), Phase::Failed { .. }), "the engine starts it again");
    world.event(EventKind::Stopped, "web", None);
    assert_eq!(world.phase("web"), Phase::Drifted { drift: Drift::Stopped });
    world.event(EventKind::Destroyed, "web", None);
    assert_eq!(world.phase("web"), Phase::Drifted { drift: Drift::Gone });
}

#[test]
fn what_another_tool_started_is_adopted_while_no_switch_was_flipped() {
    let mut world = World::with(&[]);
    world.observe(&[world.container("job", ContainerState::Running, None)]);
    let snapshot = world.state.snapshot();
    let job = snapshot.components.iter().find(|it| it.id == "job").unwrap();
    assert!(job.enabled);
    assert_eq!(job.phase, Phase::Healthy);
}

#[test]
fn a_failed_step_names_its_service() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.done("create p-job-1", Err(AppError::new(ErrorCode::ImageNotFound, "job:1", "")));
    assert_eq!(world.outcome(), Some(Outcome::Failed));
    assert!(
        matches!(world.phase("job"), Phase::Failed { cause } if cause.error.code == ErrorCode::ImageNotFound)
    );
}

#[test]
fn an_operation_waits_for_an_engine_that_went_away_and_then_gives_up() {
    let mut world = World::with(&[]);
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.begin(&["web"], &[starting]);
    world.lose();
    world.done("create p-web-1", Ok(Some("web-id-0000000")));
    assert_eq!(world.outcome(), None);
    world.feed(Input::GivenUp { operation: 1 });
    assert_eq!(world.outcome(), Some(Outcome::Failed));
}

#[test]
fn an_operation_goes_on_when_the_engine_comes_back() {
    let mut world = World::with(&[]);
    let starting = world.container("db", ContainerState::Running, Some(Health::Starting));
    world.begin(&["db"], std::slice::from_ref(&starting));
    world.lose();
    world.connect();
    world.observe(&[Container { health: Some(Health::Healthy), ..starting }]);
    world.feed(Input::GivenUp { operation: 1 });
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
}
