//! The loop: takes in what happens, carries out what follows, publishes a snapshot after each turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clients::{Http, probe::Question};
use engine::{Done, Endpoint, Engine, Work};
use futures_util::StreamExt;
use stack::{
    compose::{Project, hash::Dialect},
    plan::StepId,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{
    api::{
        error::{AppError, ErrorCode},
        intent::Intent,
        snapshot::{Notice, Preview, Progress, Snapshot},
    },
    configuration,
    errors::engine_error,
    flow,
    lock::Lock,
    ready, seed,
    settings::Settings,
    state::{Effect, FIRST, Generation, Input, Millis, Probing, Reading, State, host_of},
};

/// Log lines that evidence shows.
const TAIL: usize = 20;
/// While an operation runs, the engine is looked at so often even when it tells of nothing: an event can
/// be lost with a connection, and podman tells of fewer of them.
const SAFETY_LOOK: Duration = Duration::from_secs(5);

/// What a supervisor works on, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The stack.
    pub project: Arc<Project>,
    /// The docker compose whose hashes the containers get.
    pub dialect: Dialect,
    /// The engine.
    pub endpoint: Endpoint,
    /// A connection that is there already; otherwise the loop makes one and keeps trying.
    pub engine: Option<Engine>,
    /// Where the switches are remembered; `None` remembers nothing.
    pub settings: Option<Settings>,
    /// Where the locks are.
    pub locks: PathBuf,
    /// How eagerly components are asked.
    pub probing: Probing,
    /// Whether the engine's events are followed. A command that looks once does not need them.
    pub events: bool,
    /// How long a component may take to get healthy, where the user says so. Otherwise its health check says it.
    pub patience: Option<Duration>,
    /// Whether the configuration of what is going to be started is looked at first.
    pub check: bool,
}

/// A running loop. It ends when this is dropped.
pub struct Supervisor {
    messages: mpsc::UnboundedSender<Message>,
    snapshots: watch::Receiver<Snapshot>,
    engines: watch::Receiver<Option<Engine>>,
    stop: CancellationToken,
}

impl Supervisor {
    /// Starts the loop on the present runtime.
    pub fn start(options: Options) -> Self {
        let (messages, received) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let mut notices = Vec::new();
        let switches = match options.settings.as_ref().map(|it| it.switches(&options.project.working_dir)) {
            Some(Ok(switches)) => switches,
            Some(Err(error)) => {
                let (code, subject) = (error.code.as_str().to_owned(), error.subject.clone());
                notices.push(Notice { code, subject, other: error.facts.get("kept").cloned() });
                None
            }
            None => None,
        };
        let state = State::new(
            options.project.clone(),
            options.endpoint.uri.clone(),
            switches,
            options.probing,
            options.patience,
        );
        let (publish, snapshots) = watch::channel(state.snapshot());
        for notice in notices {
            let _ = messages.send(Message::Input(Input::Notice(notice)));
        }
        let http = Http::new().ok();
        let (tell_engine, engines) = watch::channel(None);
        let world = World {
            engines: tell_engine,
            cancel_steps: stop.child_token(),
            messages: messages.clone(),
            stop: stop.clone(),
            running: JoinSet::new(),
            generation: FIRST,
            connection: stop.child_token(),
            engine: None,
            lock: None,
            http,
            options,
        };
        #[expect(clippy::disallowed_methods, reason = "the one loop; it ends with its token")]
        tokio::spawn(turn(state, world, received, publish));
        Self { messages, snapshots, engines, stop }
    }

    /// Asks for something. Resolves when it is accepted, with the operation's id, or refused.
    pub async fn send(&self, intent: Intent) -> Result<u32, AppError> {
        let (reply, answer) = oneshot::channel();
        let _ = self.messages.send(Message::Input(Input::Intent(intent, reply)));
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// What an intent would do, without doing it.
    pub async fn preview(&self, intent: Intent) -> Result<Preview, AppError> {
        let (reply, answer) = oneshot::channel();
        let _ = self.messages.send(Message::Input(Input::Preview(intent, reply)));
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The latest snapshot, and every later one.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }

    /// The connection to the engine while there is one, for viewers of logs and stats.
    pub fn engines(&self) -> watch::Receiver<Option<Engine>> {
        self.engines.clone()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn gone() -> AppError {
    AppError::new(ErrorCode::Internal, "supervisor", "the loop has ended")
}

/// What comes in through the channel.
enum Message {
    Input(Input),
    /// There is a connection to the engine.
    Connected(Generation, Engine),
}

/// The way back into the loop for everything that runs beside it.
#[derive(Clone)]
struct Tell(mpsc::UnboundedSender<Message>);

impl Tell {
    fn send(&self, input: Input) {
        // The loop may have ended; then nobody is interested any more.
        let _ = self.0.send(Message::Input(input));
    }
}

/// Everything outside the state that effects need.
struct World {
    options: Options,
    messages: mpsc::UnboundedSender<Message>,
    stop: CancellationToken,
    cancel_steps: CancellationToken,
    running: JoinSet<()>,
    generation: Generation,
    /// Ends with the present connection.
    connection: CancellationToken,
    engine: Option<Engine>,
    engines: watch::Sender<Option<Engine>>,
    lock: Option<Lock>,
    http: Option<Http>,
}

async fn turn(
    mut state: State,
    mut world: World,
    mut received: mpsc::UnboundedReceiver<Message>,
    publish: watch::Sender<Snapshot>,
) {
    let stop = world.stop.clone();
    let mut beat = time::interval_at(time::Instant::now() + SAFETY_LOOK, SAFETY_LOOK);
    beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    world.connect(FIRST, Duration::ZERO);
    loop {
        let input = tokio::select! {
            () = stop.cancelled() => break,
            Some(message) = received.recv() => match message {
                Message::Input(input) => input,
                // A late answer to a connection that was given up.
                Message::Connected(generation, _) if generation != world.generation => continue,
                Message::Connected(generation, engine) => {
                    world.follow(&engine);
                    let info = engine.info().clone();
                    world.engines.send_replace(Some(engine.clone()));
                    world.engine = Some(engine);
                    Input::Connected { generation, result: Ok(info) }
                }
            },
            Some(ended) = world.running.join_next() => {
                if let Err(error) = ended && error.is_panic() {
                    tracing::error!(%error, "a task failed");
                }
                continue;
            }
            _ = beat.tick() => Input::Beat,
        };
        for effect in state.apply(input, now()) {
            world.carry_out(effect, &state);
        }
        publish.send_if_modified(|shown| state.update(shown));
    }
    world.running.shutdown().await;
}

impl World {
    fn tell(&self) -> Tell {
        Tell(self.messages.clone())
    }

    fn carry_out(&mut self, effect: Effect, state: &State) {
        match effect {
            Effect::Connect { generation, after } => self.connect(generation, after),
            Effect::Observe { seeds, died } => self.observe(seeds, died),
            Effect::Check { services } => {
                let (tell, project) = (self.tell(), self.options.project.clone());
                if !self.options.check {
                    return tell.send(Input::Checked(BTreeMap::new()));
                }
                // Reading files and, above all, dashboards takes a while that others need not wait for.
                self.running.spawn_blocking(move || {
                    tell.send(Input::Checked(configuration::faults(&project, &services)));
                });
            }
            Effect::Lock => {
                let options = &self.options;
                let taken = Lock::take(&options.locks, &options.endpoint.uri, &options.project.name);
                self.cancel_steps = self.stop.child_token();
                let result = taken.map(|lock| self.lock = Some(lock));
                self.tell().send(Input::Locked(result));
            }
            Effect::Unlock => self.lock = None,
            Effect::Perform { operation, step } => self.perform(operation, step, state),
            Effect::Seed { operation, step, service, base } => self.seed(operation, step, service, base),
            Effect::Deadline { operation, step, after } => {
                let tell = self.tell();
                self.running.spawn(async move {
                    time::sleep(after).await;
                    tell.send(Input::Deadline { operation, step });
                });
            }
            Effect::GiveUp { operation, after } => {
                let tell = self.tell();
                self.running.spawn(async move {
                    time::sleep(after).await;
                    tell.send(Input::GivenUp { operation });
                });
            }
            Effect::Gather { container } => self.gather(container),
            Effect::Inspect { container } => self.inspect(container),
            Effect::Probe { component, question, after } => self.probe(component, question, after),
            Effect::Pause { container, number, after } => {
                let tell = self.tell();
                self.running.spawn(async move {
                    time::sleep(after).await;
                    tell.send(Input::PauseOver { container, number });
                });
            }
            Effect::Ask { container, number, ask } => {
                let (tell, http, engine) = (self.tell(), self.http.clone(), self.engine.clone());
                let connection = self.connection.clone();
                self.running.spawn(async move {
                    let asking = ready::ask(http.as_ref(), engine.as_ref(), &container, ask);
                    let Some(answer) = connection.run_until_cancelled(asking).await else { return };
                    tell.send(Input::Answered { container, number, answer });
                });
            }
            Effect::Flow { component, url, before, after } => self.read_flow(component, url, before, after),
            Effect::CancelSteps => self.cancel_steps.cancel(),
            Effect::SaveSwitches(on) => self.save(&on),
            Effect::AnswerIntent(reply, answer) => {
                let _ = reply.send(answer);
            }
            Effect::AnswerPreview(reply, answer) => {
                let _ = reply.send(answer);
            }
        }
    }

    /// Connects, or takes the connection that is there. What the connection before still does ends.
    fn connect(&mut self, generation: Generation, after: Duration) {
        self.connection.cancel();
        self.connection = self.stop.child_token();
        self.generation = generation;
        self.engine = None;
        self.engines.send_replace(None);
        let (messages, endpoint) = (self.messages.clone(), self.options.endpoint.clone());
        if let Some(engine) = self.options.engine.take() {
            let _ = messages.send(Message::Connected(generation, engine));
            return;
        }
        let connection = self.connection.clone();
        self.running.spawn(async move {
            let attempt = async {
                time::sleep(after).await;
                Engine::connect(&endpoint).await
            };
            let message = match connection.run_until_cancelled(attempt).await {
                Some(Ok(engine)) => Message::Connected(generation, engine),
                Some(Err(error)) => {
                    Message::Input(Input::Connected { generation, result: Err(engine_error(&error)) })
                }
                None => return,
            };
            let _ = messages.send(message);
        });
    }

    /// Tells the state of everything that the engine tells.
    fn follow(&mut self, engine: &Engine) {
        if !self.options.events {
            return;
        }
        // From a moment ago: the stream may open after the first look has been taken.
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
        let since = (now() / 1000.0) as i64 - 2;
        let (mut events, tell) = (Box::pin(engine.events(Some(since))), self.tell());
        let (generation, connection) = (self.generation, self.connection.clone());
        self.running.spawn(async move {
            let error = loop {
                match connection.run_until_cancelled(events.next()).await {
                    Some(Some(Ok(event))) => tell.send(Input::Event { generation, event }),
                    Some(Some(Err(error))) => break engine_error(&error),
                    Some(None) => break AppError::new(ErrorCode::EngineLost, "events", "the stream ended"),
                    None => return,
                }
            };
            tell.send(Input::StreamLost { generation, error });
        });
    }

    fn observe(&mut self, seeds: bool, died: Vec<String>) {
        let Some(engine) = self.engine.clone() else { return };
        let (tell, project, http) = (self.tell(), self.options.project.clone(), self.http.clone());
        let host = host_of(&self.options.endpoint.uri);
        let generation = self.generation;
        self.running.spawn(async move {
            for container in died {
                // Only the asking counts: the answer comes once the engine has recorded the death.
                let _ = engine.details(&container).await;
            }
            let result = match engine.observe(&project).await {
                Ok(mut observed) => {
                    if let (true, Some(http)) = (seeds, http) {
                        observed.seeded = seed::complete(&http, &project, &observed, &host).await;
                    }
                    Ok(observed)
                }
                Err(error) => Err(engine_error(&error)),
            };
            tell.send(Input::Observed { generation, result });
        });
    }

    fn perform(&mut self, operation: u32, id: StepId, state: &State) {
        let Some((step, created)) = state.step(operation, id) else { return };
        let Some(engine) = self.engine.clone() else {
            let error = AppError::new(ErrorCode::EngineLost, step.op.verb(), "");
            return self.tell().send(Input::StepDone { operation, step: id, result: Err(error) });
        };
        let (tell, cancel, step) = (self.tell(), self.cancel_steps.clone(), step.clone());
        let (progress, mut heard) = mpsc::unbounded_channel();
        let work = Work {
            project: self.options.project.clone(),
            dialect: self.options.dialect,
            created: Arc::new(created),
            progress,
        };
        self.running.spawn(async move {
            let perform = engine.perform(&step, &work, &cancel);
            tokio::pin!(perform);
            let result = loop {
                tokio::select! {
                    result = &mut perform => break result,
                    Some(pull) = heard.recv() => {
                        tell.send(Input::Pulling { operation, step: id, progress: progress_of(&pull) });
                    }
                }
            };
            let result = match result {
                Ok(Done::Created { id }) => Ok(Some(id)),
                Ok(Done::Pulled { .. } | Done::StillInUse { .. } | Done::Nothing) => Ok(None),
                Err(error) => Err(engine_error(&error)),
            };
            tell.send(Input::StepDone { operation, step: id, result });
        });
    }

    fn seed(&mut self, operation: u32, step: StepId, service: String, base: String) {
        let (tell, project, http) = (self.tell(), self.options.project.clone(), self.http.clone());
        let cancel = self.cancel_steps.clone();
        self.running.spawn(async move {
            let result = tokio::select! {
                () = cancel.cancelled() => Err(AppError::new(ErrorCode::Cancelled, &service, "")),
                result = seed::write(http, &project, &service, base) => result,
            };
            tell.send(Input::StepDone { operation, step, result: result.map(|()| None) });
        });
    }

    fn gather(&mut self, container: String) {
        let Some(engine) = self.engine.clone() else { return };
        let tell = self.tell();
        self.running.spawn(async move {
            // A container that is gone by now leaves no evidence, which is an answer too.
            let evidence = engine.evidence(&container, TAIL).await.ok();
            tell.send(Input::Evidence { container, evidence });
        });
    }

    fn inspect(&mut self, container: String) {
        let Some(engine) = self.engine.clone() else { return };
        let tell = self.tell();
        self.running.spawn(async move {
            let details = engine.details(&container).await.ok();
            tell.send(Input::Inspected { container, details });
        });
    }

    fn probe(&mut self, component: String, question: Question, after: Duration) {
        let (Some(http), tell) = (self.http.clone(), self.tell()) else { return };
        self.running.spawn(async move {
            time::sleep(after).await;
            let result = ready::probe(&http, question).await;
            tell.send(Input::Probed { component, result });
        });
    }

    fn read_flow(&mut self, component: String, url: String, before: Option<Reading>, after: Duration) {
        let (Some(http), Some(engine)) = (self.http.clone(), self.engine.clone()) else { return };
        let (tell, project) = (self.tell(), self.options.project.clone());
        self.running.spawn(async move {
            time::sleep(after).await;
            let reading = flow::read(&http, &engine, &project, &component, &url, before).await;
            tell.send(Input::Flowed { component, reading });
        });
    }

    fn save(&self, on: &BTreeSet<String>) {
        let Some(settings) = &self.options.settings else { return };
        if let Err(error) = settings.save_switches(&self.options.project.working_dir, on) {
            let (code, subject) = (error.code.as_str().to_owned(), error.subject);
            self.tell().send(Input::Notice(Notice { code, subject, other: Some(error.detail) }));
        }
    }
}

fn progress_of(progress: &engine::Progress) -> Progress {
    let engine::Progress::Pull(pull) = progress;
    #[expect(clippy::cast_precision_loss, reason = "bytes of an image fit")]
    Progress {
        current: pull.current as f64,
        total: pull.total as f64,
        layers_done: pull.layers_done,
        layers: pull.layers,
    }
}

/// Milliseconds since 1970, by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the clock")]
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}
