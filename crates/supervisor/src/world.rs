//! Everything outside the state: effects are carried out here, and what comes of them is told to the loop.

use std::time::Duration;

use clients::Http;
use engine::{Endpoint, Engine};
use futures_util::StreamExt;
use stack::compose::Project;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{
    api::{
        error::{AppError, ErrorCode},
        intent::Edit,
    },
    clock::now,
    errors::engine_error,
    lock::{Asked, Lock},
    options::{Choice, Options, Stack, resolve_usual},
    reader::Stamps,
    settings::Switches,
    source::Loading,
    state::{FIRST, Files, Generation, Input, State},
    watcher::Watcher,
};

/// How long a change of the files is given to finish: an editor writes in several steps.
const SETTLING: Duration = Duration::from_millis(100);

mod effects;

/// What comes in through the channel.
pub(crate) enum Message {
    Input(Input),
    /// There is a connection to the engine.
    Connected(Generation, Endpoint, Engine),
    /// A lock that was waited for.
    Locked(u32, Result<Lock, AppError>),
    /// The stack's files were read; the number tells an earlier reading from a later one.
    Loaded(u32, Box<Loading>, Result<Files, Vec<AppError>>),
    /// Something changed in the folders of the stack's files.
    Touched,
    /// It has had a moment to finish.
    TouchedBefore,
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
pub(crate) struct World {
    options: Options,
    messages: mpsc::UnboundedSender<Message>,
    stop: CancellationToken,
    cancel_steps: CancellationToken,
    running: JoinSet<()>,
    generation: Generation,
    /// Ends with the present connection.
    connection: CancellationToken,
    /// The one that is connected, or was last.
    endpoint: Endpoint,
    engine: Option<Engine>,
    engines: watch::Sender<Option<Engine>>,
    endpoints: watch::Sender<Endpoint>,
    lock: Option<Lock>,
    /// The turn that the lock is for.
    locking: Option<u32>,
    http: Option<Http>,
    switches: Option<Switches>,
    watcher: Option<Watcher>,
    stamps: Stamps,
    /// Readings of the files that were begun, and the last that has come back.
    reads: (u32, u32),
    /// A change of the files is given a moment to finish.
    touched: bool,
}

impl World {
    pub(crate) fn new(
        options: Options,
        messages: mpsc::UnboundedSender<Message>,
        (engines, endpoints): (watch::Sender<Option<Engine>>, watch::Sender<Endpoint>),
        stop: CancellationToken,
    ) -> Self {
        let endpoint = options.engine.place();
        let watcher = match &options.stack {
            Stack::Watched(_) => {
                let messages = messages.clone();
                Some(Watcher::new(move || drop(messages.send(Message::Touched))))
            }
            Stack::Fixed(_) => None,
        };
        Self {
            cancel_steps: stop.child_token(),
            connection: stop.child_token(),
            running: JoinSet::new(),
            generation: FIRST,
            engine: None,
            lock: None,
            locking: None,
            http: Http::new().ok(),
            switches: None,
            stamps: Stamps::default(),
            reads: (0, 0),
            touched: false,
            watcher,
            endpoint,
            options,
            messages,
            engines,
            endpoints,
            stop,
        }
    }

    /// Reads the files and connects.
    pub(crate) fn begin(&mut self) {
        match self.options.stack.clone() {
            Stack::Fixed(project) => self.remember_switches_of(&project),
            Stack::Watched(source) => self.load(move || Some(source.open())),
        }
        self.connect(FIRST, Duration::ZERO, true);
    }

    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    pub(crate) fn stopped(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The next task that ends.
    pub(crate) async fn ended(&mut self) -> Option<Result<(), tokio::task::JoinError>> {
        self.running.join_next().await
    }

    /// Ends everything.
    pub(crate) async fn end(mut self) {
        self.running.shutdown().await;
    }

    /// Takes notes of what comes in. `None`: it is of no use to the state.
    pub(crate) fn take_in(&mut self, message: Message) -> Option<Input> {
        Some(match message {
            Message::Input(input) => input,
            // Nobody waits for it any more; dropped, it is free again.
            Message::Locked(turn, _) if self.locking != Some(turn) => return None,
            Message::Locked(turn, taken) => {
                Input::Locked { turn, result: taken.map(|lock| self.lock = Some(lock)) }
            }
            // A late answer to a connection that was given up.
            Message::Connected(generation, ..) if generation != self.generation => return None,
            Message::Connected(generation, endpoint, engine) => {
                self.endpoints.send_replace(endpoint.clone());
                self.endpoint = endpoint;
                self.follow(&engine);
                let info = engine.info().clone();
                self.engines.send_replace(Some(engine.clone()));
                self.engine = Some(engine);
                Input::Connected { generation, result: Ok(info) }
            }
            Message::Loaded(number, ..) if number <= self.reads.1 => return None,
            Message::Loaded(number, loading, files) => {
                self.reads.1 = number;
                if let Ok(folder) = &loading.result {
                    self.options.dialect = folder.dialect;
                }
                self.stamps = loading.stamps;
                if let Some(watcher) = &mut self.watcher {
                    watcher.follow(self.stamps.folders());
                }
                if let Ok(files) = &files {
                    self.remember_switches_of(&files.project);
                }
                Input::Read(Some(files))
            }
            Message::Touched => {
                if !std::mem::replace(&mut self.touched, true) {
                    let messages = self.messages.clone();
                    self.running.spawn(async move {
                        time::sleep(SETTLING).await;
                        let _ = messages.send(Message::TouchedBefore);
                    });
                }
                return None;
            }
            Message::TouchedBefore => {
                self.touched = false;
                self.reread();
                return None;
            }
        })
    }

    fn remember_switches_of(&mut self, project: &Project) {
        // Those of the same stack go on: a write that is under way must not come after a later one.
        if self.switches.as_ref().is_some_and(|switches| switches.are_of(&project.working_dir)) {
            return;
        }
        let settings = self.options.settings.clone();
        self.switches = settings.map(|settings| Switches::of(settings, project.working_dir.clone()));
    }

    /// Reads the stack's files beside the loop: a file system may take its time.
    fn load(&mut self, load: impl FnOnce() -> Option<Loading> + Send + 'static) {
        self.reads.0 += 1;
        let (messages, number) = (self.messages.clone(), self.reads.0);
        let settings = self.options.settings.clone();
        self.running.spawn_blocking(move || {
            let Some(loading) = load() else { return };
            let files = match &loading.result {
                Ok(folder) => Ok(Files::of(folder, settings.as_ref())),
                Err(errors) => Err(errors.clone()),
            };
            let _ = messages.send(Message::Loaded(number, Box::new(loading), files));
        });
    }

    /// Reads the files again if they are other ones than those that were read, and says so in any case.
    pub(crate) fn reread(&mut self) {
        let (tell, stamps) = (self.tell(), self.stamps.clone());
        let Stack::Watched(source) = self.options.stack.clone() else {
            return tell.send(Input::Read(None));
        };
        self.load(move || {
            if stamps.are_current() {
                tell.send(Input::Read(None));
                return None;
            }
            Some(source.load())
        });
    }

    fn take_lock(&mut self, turn: u32, state: &State) {
        self.cancel_steps = self.stop.child_token();
        self.locking = Some(turn);
        let tell = self.tell();
        match Lock::ask(&self.options.locks, self.endpoint.address(), &state.project().name) {
            Ok(Asked::Taken(lock)) => {
                self.lock = Some(lock);
                tell.send(Input::Locked { turn, result: Ok(()) });
            }
            Ok(Asked::Held { holder, wait }) => {
                tell.send(Input::Held { turn, holder });
                let messages = self.messages.clone();
                // A thread of its own: it sleeps for as long as the holder likes, and nothing may wait for its end.
                std::thread::spawn(move || drop(messages.send(Message::Locked(turn, wait.wait()))));
            }
            Err(error) => tell.send(Input::Locked { turn, result: Err(error) }),
        }
    }

    fn try_edits(&mut self, turn: u32, edits: Vec<Edit>, state: &State) {
        let (tell, project) = (self.tell(), state.project().clone());
        let Stack::Watched(source) = self.options.stack.clone() else {
            let error = AppError::new(ErrorCode::EngineUnsupported, ".env", "");
            return tell.send(Input::Tried { turn, result: Err(error) });
        };
        self.running.spawn_blocking(move || {
            tell.send(Input::Tried { turn, result: source.try_edits(&project, &edits) });
        });
    }

    fn tell(&self) -> Tell {
        Tell(self.messages.clone())
    }

    /// Connects, or takes the connection that is there. What the connection before still does ends.
    ///
    /// `seek`: where the usual engine is meant, it may be another one by now.
    fn connect(&mut self, generation: Generation, after: Duration, seek: bool) {
        self.connection.cancel();
        self.connection = self.stop.child_token();
        self.generation = generation;
        self.engine = None;
        self.engines.send_replace(None);
        let (messages, endpoint) = (self.messages.clone(), self.endpoint.clone());
        if let Some(engine) = self.options.connection.take() {
            let _ = messages.send(Message::Connected(generation, endpoint, engine));
            return;
        }
        let choice = self.options.engine.clone();
        let connection = self.connection.clone();
        self.running.spawn(async move {
            let attempt = async {
                time::sleep(after).await;
                let endpoint = match choice {
                    Choice::Usual if seek => resolve_usual().map_err(|error| engine_error(&error))?,
                    Choice::Unusable(error) => return Err(error),
                    Choice::Usual | Choice::This(_) => endpoint,
                };
                let engine = Engine::connect(&endpoint).await.map_err(|error| engine_error(&error))?;
                Ok((endpoint, engine))
            };
            let message = match connection.run_until_cancelled(attempt).await {
                Some(Ok((endpoint, engine))) => Message::Connected(generation, endpoint, engine),
                Some(Err(error)) => Message::Input(Input::Connected { generation, result: Err(error) }),
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
}
