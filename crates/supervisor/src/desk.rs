//! The supervisor as a window needs it: one thing that lives as long as the window, while the stack's files
//! change and the engine is another one.
//!
//! Everything here runs on the runtime that [`Desk::open`] was called on.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::Engine;
use stack::compose::{Project, hash::Dialect};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    Choice, Options, Probing, Settings, Stack, Supervisor,
    api::{
        error::{AppError, ErrorCode},
        intent::Reply,
        snapshot::Snapshot,
        window::{self, Answer, Change, LogBatch, LogRequest, Question, Request, StatsBatch},
    },
    clock::now,
    errors::engine_error,
    files::{Privacy, write_atomically},
    folder::{self, Places},
    options::{environment, home},
    source::{Source, Which},
};

mod actions;
mod checks;
mod details;
mod engines;
mod history;
mod links;
mod report;
mod stats;
mod viewers;

pub use engines::Launch;

/// What the shell has to do itself, since only it has a desktop around it.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Nothing more than to pass the answer on.
    Reply(Reply),
    /// Open this page of the stack in the user's browser.
    OpenUrl(String),
    /// Open this file of the stack in the user's editor.
    OpenPath(PathBuf),
    /// Run the program that starts an engine, and wait for its end.
    StartEngine(Launch),
    /// Take over these choices; they have been saved.
    Settings(window::Settings),
}

/// Where viewers get their streams from at the moment.
#[derive(Debug, Clone)]
struct Place {
    project: Arc<Project>,
    engine: Option<Engine>,
    /// What runs, by component.
    running: Vec<Running>,
}

/// A container that runs for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Running {
    component: String,
    service: String,
    container: String,
}

impl Place {
    /// The engine and the running container of a service.
    fn container_of(&self, service: &str) -> Option<(&Engine, &str)> {
        let running = self.running.iter().find(|running| running.service == service)?;
        Some((self.engine.as_ref()?, &running.container))
    }
}

/// See the module.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    settings: Settings,
    supervisor: Supervisor,
    place: watch::Sender<Place>,
    looked_at: watch::Sender<bool>,
    history: Mutex<history::History>,
    stop: CancellationToken,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Opens the shipped stack, or the one in a folder, on the usual engine, or on the one at an address.
    ///
    /// Never fails: a stack that cannot be read and an engine that is not there are shown.
    pub fn open(places: &Places, stack: Option<PathBuf>, host: Option<&str>) -> Self {
        let settings = Settings::in_folder(&places.config);
        let which = stack.map_or(Which::Shipped, Which::At);
        let engine = match host {
            None => Choice::Usual,
            Some(host) => engine::resolve(Some(host), &environment, &home())
                .map_or_else(|error| Choice::Unusable(engine_error(&error)), Choice::This),
        };
        let supervisor = Supervisor::start(Options {
            stack: Stack::Watched(Source::new(which, places.clone())),
            // Whichever this machine's docker compose writes: it is found out with the files, beside the loop.
            dialect: Dialect::default(),
            engine,
            connection: None,
            settings: Some(settings.clone()),
            locks: places.locks(),
            probing: Probing::Watch,
            events: true,
            patience: None,
            check: true,
        });
        let project = supervisor.projects().borrow().clone();
        let (place, _) = watch::channel(Place { project, engine: None, running: vec![] });
        let desk = Self(Arc::new(Inner {
            settings,
            supervisor,
            place,
            looked_at: watch::channel(true).0,
            history: Mutex::default(),
            stop: CancellationToken::new(),
        }));
        let follower = desk.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with the desk's token")]
        tokio::spawn(async move { follower.follow().await });
        desk
    }

    /// The state, now and at every change.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.0.supervisor.watch()
    }

    /// Whether anybody can see the window: nobody reads charts that are hidden.
    pub fn looked_at(&self, seen: bool) {
        self.0.looked_at.send_replace(seen);
    }

    /// The user's choices; while the file is damaged the defaults hold.
    pub fn settings(&self) -> window::Settings {
        self.0.settings.window().unwrap_or_default()
    }

    /// Whether something that is said once has not been said yet.
    pub fn first_time(&self, what: &str) -> bool {
        self.0.settings.first_time(what)
    }

    /// Ends everything. Containers go on.
    pub fn close(&self) {
        self.0.stop.cancel();
        self.0.supervisor.stop();
    }

    /// Does what a user asked for, or hands back what only the shell can do.
    pub async fn send(&self, request: Request) -> Result<Errand, AppError> {
        match request {
            Request::Send { intent, review } => {
                self.0.supervisor.send(intent, review).await.map(Errand::Reply)
            }
            Request::Agree { token } => self.0.supervisor.agree(token).await.map(Errand::Reply),
            Request::Take { operation, offer } => {
                self.0.supervisor.take(operation, offer).await.map(Errand::Reply)
            }
            Request::Change { change } => self.change(change).await,
        }
    }

    /// Answers a question.
    pub async fn answer(&self, question: Question) -> Result<Answer, AppError> {
        let place = self.0.place.borrow().clone();
        match question {
            Question::Preview { intent } => Ok(Answer::Preview(self.0.supervisor.preview(intent).await?)),
            Question::Detail { service } => {
                let shown = self.0.supervisor.snapshot().clone();
                let mut parts = shown.components.iter().flat_map(|component| &component.parts);
                let found = parts.find(|part| part.service == service);
                let id = found.and_then(|it| it.container.as_ref()).map(|it| it.id.as_str());
                let container = place.engine.as_ref().zip(id);
                let history = held(&self.0.history).of(&service);
                details::detail(&place.project, &service, container, history).await.map(Answer::Detail)
            }
            Question::EngineFacts => {
                let engine = place.engine.ok_or_else(not_connected)?;
                engines::facts(&engine, &place.project).await.map(Answer::EngineFacts)
            }
            Question::Engines => {
                let meant = self.0.supervisor.endpoint();
                Ok(Answer::Engines(engines::candidates(&environment, &home(), &meant).await))
            }
            Question::Settings => Ok(Answer::Settings(self.settings())),
            Question::Validate { service, path } => {
                let container = place.container_of(&service);
                checks::validate(&place.project, &service, &path, container).await.map(Answer::Validation)
            }
            Question::VolumeSizes => {
                let engine = place.engine.ok_or_else(not_connected)?;
                let sizes = engine.volume_sizes().await.map_err(|error| engine_error(&error))?;
                let sizes = sizes.into_iter().map(|(name, bytes)| (name, engines::float(bytes)));
                Ok(Answer::VolumeSizes(sizes.collect()))
            }
            Question::Report => {
                let home = home().display().to_string();
                let secrets = folder::secrets(&place.project);
                Ok(Answer::Report(report::report(&self.0.supervisor.snapshot(), &secrets, Some(&home))))
            }
        }
    }

    /// Sends log lines until `deliver` says that nobody reads them any more.
    pub async fn follow_logs(
        &self,
        request: LogRequest,
        cancel: CancellationToken,
        deliver: impl FnMut(LogBatch) -> bool,
    ) {
        viewers::logs(self.0.supervisor.sources(), request, cancel, deliver).await;
    }

    /// Sends readings until `deliver` says that nobody reads them any more.
    pub async fn follow_stats(&self, cancel: CancellationToken, deliver: impl FnMut(StatsBatch) -> bool) {
        stats::follow(self.0.place.subscribe(), self.0.looked_at.subscribe(), cancel, deliver).await;
    }

    /// Carries what the supervisor says to everybody who watches.
    async fn follow(&self) {
        let inner = &self.0;
        let (mut snapshots, mut engines) = (inner.supervisor.watch(), inner.supervisor.engines());
        let mut projects = inner.supervisor.projects();
        loop {
            let snapshot = snapshots.borrow_and_update().clone();
            let engine = engines.borrow_and_update().clone();
            let project = projects.borrow_and_update().clone();
            held(&inner.history).note(&snapshot, now());
            let running =
                snapshot.components.iter().filter(|component| component.runs).flat_map(|component| {
                    component.parts.iter().filter(|part| part.runs).filter_map(|part| {
                        let (component, service) = (component.id.clone(), part.service.clone());
                        Some(Running { component, service, container: part.container.as_ref()?.id.clone() })
                    })
                });
            let running: Vec<Running> = running.collect();
            inner.place.send_if_modified(|place| {
                let other = !Arc::ptr_eq(&place.project, &project) || engine_changed(place, engine.as_ref());
                *place = Place { project: project.clone(), engine: engine.clone(), running };
                other
            });
            tokio::select! {
                () = inner.stop.cancelled() => return,
                changed = snapshots.changed() => if changed.is_err() { return },
                changed = engines.changed() => if changed.is_err() { return },
                changed = projects.changed() => if changed.is_err() { return },
            }
        }
    }
}

/// Engines have no identity: one that came back is another one to its viewers.
fn engine_changed(place: &Place, engine: Option<&Engine>) -> bool {
    place.engine.is_some() != engine.is_some()
}

fn not_connected() -> AppError {
    AppError::new(ErrorCode::EngineLost, "", "")
}
