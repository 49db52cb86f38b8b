//! The supervisor as a window needs it: one thing that lives as long as the window, while the stack's files
//! change and the engine is another one.
//!
//! Everything here runs on the runtime that [`Desk::open`] was called on.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use engine::{Endpoint, Engine, Origin};
use stack::{compose::Project, dotenv};
use tokio::{sync::watch, time};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    Options, Probing, Settings, Supervisor,
    api::{
        error::{AppError, ErrorCode},
        intent::Intent,
        snapshot::{self, Notice, Snapshot},
        window::{self, Answer, Change, LogBatch, LogRequest, Question, Request, StatsBatch},
    },
    errors::engine_error,
    files::{Privacy, unreadable, write_atomically},
    folder::{self, Folder, Places},
    run::now,
};

mod actions;
mod checks;
mod details;
mod engines;
mod history;
mod links;
mod report;
mod viewers;

pub use engines::Launch;

/// How often an engine is looked for while there is none.
const SEEK: Duration = Duration::from_secs(2);
/// How long a request waits for the first look at the engine.
const FIRST_LOOK: Duration = Duration::from_secs(10);

/// What the shell has to do itself, since only it has a desktop around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Nothing more.
    None,
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
    /// Component and container of those that run.
    running: Vec<(String, String)>,
}

impl Place {
    /// The engine and the running container of a component.
    fn container_of(&self, component: &str) -> Option<(&Engine, &str)> {
        let (_, container) = self.running.iter().find(|(name, _)| name == component)?;
        Some((self.engine.as_ref()?, container))
    }
}

/// See the module.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    places: Places,
    stack: Option<PathBuf>,
    settings: Settings,
    present: Mutex<Option<Present>>,
    shown: watch::Sender<Snapshot>,
    place: watch::Sender<Place>,
    looked_at: watch::Sender<bool>,
    history: Mutex<history::History>,
    stop: CancellationToken,
}

/// The stack and the engine that are worked on now.
struct Present {
    project: Arc<Project>,
    /// Sizes and times of the stack's files when they were read.
    stamp: Stamp,
    endpoint: Endpoint,
    /// The address that the user chose in place of the usual one.
    chosen: Option<String>,
    /// What was tried, when no engine was found.
    nothing: Option<AppError>,
    supervisor: Arc<Supervisor>,
    _relay: DropGuard,
}

type Stamp = Vec<(PathBuf, Option<(u64, SystemTime)>)>;

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn home() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| Path::new("/").to_owned())
}

impl Desk {
    /// Opens the shipped stack, or the one in a folder, on the usual engine, or on the one at an address.
    ///
    /// Never fails: a stack that cannot be read and an engine that is not there are shown.
    pub fn open(places: Places, stack: Option<PathBuf>, host: Option<String>) -> Self {
        let settings = Settings::in_folder(&places.config);
        let project = Arc::new(Project::default());
        let (place, _) = watch::channel(Place { project, engine: None, running: vec![] });
        let (shown, _) = watch::channel(nothing_yet());
        let desk = Self(Arc::new(Inner {
            places,
            stack,
            settings,
            present: Mutex::new(None),
            shown,
            place,
            looked_at: watch::channel(true).0,
            history: Mutex::default(),
            stop: CancellationToken::new(),
        }));
        desk.work_on(host);
        let seeker = desk.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with the desk's token")]
        tokio::spawn(async move { seeker.seek().await });
        desk
    }

    /// The state, now and at every change.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.0.shown.subscribe()
    }

    /// Whether anybody can see the window: nobody reads charts that are hidden.
    pub fn looked_at(&self, seen: bool) {
        self.0.looked_at.send_replace(seen);
    }

    /// The user's choices; a damaged file is put aside and the defaults hold.
    pub fn settings(&self) -> window::Settings {
        self.0.settings.window().or_else(|_| self.0.settings.window()).unwrap_or_default()
    }

    /// Whether something that is said once has not been said yet.
    pub fn first_time(&self, what: &str) -> bool {
        self.0.settings.first_time(what)
    }

    /// Ends everything. Containers go on.
    pub fn close(&self) {
        self.0.stop.cancel();
        held(&self.0.present).take();
    }

    /// Does what a user asked for, or hands back what only the shell can do.
    pub async fn send(&self, request: Request) -> Result<Errand, AppError> {
        match request {
            Request::Intent(intent) => self.ask(intent).await.map(|_| Errand::None),
            Request::Change(change) => self.change(change).await,
        }
    }

    /// Answers a question.
    pub async fn answer(&self, question: Question) -> Result<Answer, AppError> {
        let place = self.0.place.borrow().clone();
        match question {
            Question::Preview { intent } => {
                self.reread();
                Ok(Answer::Preview(self.supervisor()?.preview(intent).await?))
            }
            Question::Detail { component } => {
                let shown = self.0.shown.borrow().clone();
                let found = shown.components.iter().find(|it| it.id == component);
                let id = found.and_then(|it| it.container.as_ref()).map(|it| it.id.as_str());
                let container = place.engine.as_ref().zip(id);
                let history = held(&self.0.history).of(&component);
                details::detail(&place.project, &component, container, history).await.map(Answer::Detail)
            }
            Question::EngineFacts => {
                let origin = held(&self.0.present).as_ref().map(|present| present.endpoint.origin.clone());
                let engine = place.engine.ok_or_else(not_connected)?;
                let origin = origin.unwrap_or(Origin::Default);
                engines::facts(&engine, &place.project, &origin).await.map(Answer::EngineFacts)
            }
            Question::Engines => {
                let meant = held(&self.0.present).as_ref().map(|present| present.endpoint.clone());
                let meant = meant.unwrap_or_else(usual_endpoint);
                Ok(Answer::Engines(engines::candidates(&environment, &home(), &meant).await))
            }
            Question::Settings => Ok(Answer::Settings(self.settings())),
            Question::Validate { component, path } => {
                let container = place.container_of(&component);
                checks::validate(&place.project, &component, &path, container).await.map(Answer::Validation)
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
                Ok(Answer::Report(report::report(&self.0.shown.borrow(), &secrets, Some(&home))))
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
        viewers::logs(self.0.place.subscribe(), request, cancel, deliver).await;
    }

    /// Sends readings until `deliver` says that nobody reads them any more.
    pub async fn follow_stats(&self, cancel: CancellationToken, deliver: impl FnMut(StatsBatch) -> bool) {
        viewers::stats(self.0.place.subscribe(), self.0.looked_at.subscribe(), cancel, deliver).await;
    }

    fn supervisor(&self) -> Result<Arc<Supervisor>, AppError> {
        held(&self.0.present).as_ref().map(|present| present.supervisor.clone()).ok_or_else(not_connected)
    }

    async fn ask(&self, intent: Intent) -> Result<u32, AppError> {
        if !matches!(intent, Intent::Cancel) && self.reread() {
            self.first_look().await;
        }
        self.supervisor()?.send(intent).await
    }

    /// Waits until the supervisor has looked at its engine; a request before that would be refused.
    async fn first_look(&self) {
        let Ok(supervisor) = self.supervisor() else { return };
        let mut snapshots = supervisor.watch();
        let seen =
            snapshots.wait_for(|it| it.settled && matches!(it.engine, snapshot::Engine::Connected { .. }));
        // Without an engine the refusal says so.
        let _ = time::timeout(FIRST_LOOK, seen).await;
    }

    /// Reads the stack's files again when they have changed. Returns whether they had.
    fn reread(&self) -> bool {
        let (changed, chosen) = match held(&self.0.present).as_ref() {
            Some(present) => {
                let idle = present
                    .supervisor
                    .watch()
                    .borrow()
                    .operation
                    .as_ref()
                    .is_none_or(|it| it.outcome.is_some());
                (idle && stamp(&present.project) != present.stamp, present.chosen.clone())
            }
            None => (true, None),
        };
        if changed {
            self.work_on(chosen);
        }
        changed
    }

    /// Puts another supervisor in the place of the present one.
    fn work_on(&self, chosen: Option<String>) {
        let inner = &self.0;
        let (project, mut notices) = self.read_stack();
        let (endpoint, nothing) = match engine::resolve(chosen.as_deref(), &environment, &home()) {
            Ok(endpoint) => (endpoint, None),
            Err(error) => (usual_endpoint(), Some(engine_error(&error))),
        };
        // Said here once, since the supervisor would find the file repaired.
        if let Err(error) = inner.settings.window() {
            notices.push(notice(&error));
        }
        let supervisor = Arc::new(Supervisor::start(Options {
            project: project.clone(),
            dialect: crate::peer::dialect(&inner.places.data),
            endpoint: endpoint.clone(),
            engine: None,
            settings: Some(inner.settings.clone()),
            locks: inner.places.locks(),
            probing: Probing::Watch,
            events: true,
            patience: None,
            check: true,
        }));
        let relay = inner.stop.child_token();
        let relaying = Relay {
            desk: self.clone(),
            project: project.clone(),
            notices,
            nothing: nothing.clone(),
            stop: relay.clone(),
        };
        let (snapshots, engines) = (supervisor.watch(), supervisor.engines());
        #[expect(clippy::disallowed_methods, reason = "it ends with its token")]
        tokio::spawn(relaying.run(snapshots, engines));
        let stamp = stamp(&project);
        let present =
            Present { project, stamp, endpoint, chosen, nothing, supervisor, _relay: relay.drop_guard() };
        *held(&inner.present) = Some(present);
    }

    fn read_stack(&self) -> (Arc<Project>, Vec<Notice>) {
        let opened = match &self.0.stack {
            Some(path) => folder::open(path, &self.0.places),
            None => folder::open_shipped(&self.0.places),
        };
        match opened {
            Ok(Folder { project, kept, .. }) => {
                let kept = kept.iter().map(|path| Notice {
                    code: "edited-file".to_owned(),
                    subject: path.display().to_string(),
                    other: None,
                });
                (project, kept.collect())
            }
            Err(errors) => {
                // The last stack that could be read goes on; without one there is an empty board.
                let before = held(&self.0.present).as_ref().map(|present| present.project.clone());
                let empty = || {
                    let working_dir = self.0.stack.clone().unwrap_or_else(|| self.0.places.shipped_stack());
                    Arc::new(Project { name: "switchyard".to_owned(), working_dir, ..Project::default() })
                };
                (before.unwrap_or_else(empty), errors.iter().map(notice).collect())
            }
        }
    }

    /// While no engine answers: whether another one has come meanwhile.
    async fn seek(&self) {
        loop {
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                () = time::sleep(SEEK) => {}
            }
            let away = match held(&self.0.present).as_ref() {
                Some(present)
                    if present.chosen.is_none() && present.supervisor.engines().borrow().is_none() =>
                {
                    Some((present.endpoint.uri.clone(), present.nothing.is_some()))
                }
                _ => None,
            };
            let Some((uri, nothing)) = away else { continue };
            let found = engine::resolve(None, &environment, &home());
            if found.is_ok_and(|endpoint| nothing || endpoint.uri != uri) {
                self.work_on(None);
            }
        }
    }
}

/// Carries what a supervisor says to everybody who watches the desk.
struct Relay {
    desk: Desk,
    project: Arc<Project>,
    notices: Vec<Notice>,
    nothing: Option<AppError>,
    stop: CancellationToken,
}

impl Relay {
    async fn run(
        self,
        mut snapshots: watch::Receiver<Snapshot>,
        mut engines: watch::Receiver<Option<Engine>>,
    ) {
        loop {
            let snapshot = self.dressed(snapshots.borrow_and_update().clone());
            let engine = engines.borrow_and_update().clone();
            let inner = &self.desk.0;
            held(&inner.history).note(&snapshot, now());
            let running = snapshot.components.iter().filter_map(|component| {
                let container = component.container.as_ref().filter(|it| it.status.starts_with("Up"))?;
                Some((component.id.clone(), container.id.clone()))
            });
            let running: Vec<_> = running.collect();
            inner.place.send_if_modified(|place| {
                let other =
                    !Arc::ptr_eq(&place.project, &self.project) || engine_changed(place, engine.as_ref());
                *place = Place { project: self.project.clone(), engine: engine.clone(), running };
                other
            });
            inner.shown.send_modify(|shown| {
                let revision = shown.revision.wrapping_add(1);
                *shown = Snapshot { revision, ..snapshot };
            });
            tokio::select! {
                () = self.stop.cancelled() => return,
                changed = snapshots.changed() => if changed.is_err() { return },
                changed = engines.changed() => if changed.is_err() { return },
            }
        }
    }

    fn dressed(&self, mut snapshot: Snapshot) -> Snapshot {
        snapshot.notices.extend(self.notices.iter().cloned());
        if let (snapshot::Engine::Lost { error, .. }, Some(nothing)) = (&mut snapshot.engine, &self.nothing) {
            error.clone_from(nothing);
        }
        snapshot
    }
}

/// Engines have no identity: one that came back is another one to its viewers.
fn engine_changed(place: &Place, engine: Option<&Engine>) -> bool {
    place.engine.is_some() != engine.is_some()
}

fn notice(error: &AppError) -> Notice {
    let other = error.facts.get("kept").cloned().or_else(|| Some(error.detail.clone()));
    Notice { code: error.code.as_str().to_owned(), subject: error.subject.clone(), other }
}

fn not_connected() -> AppError {
    AppError::new(ErrorCode::EngineLost, "", "")
}

fn usual_endpoint() -> Endpoint {
    let uri = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///var/run/docker.sock" };
    Endpoint { origin: Origin::Default, ..Endpoint::at(uri) }
}

fn nothing_yet() -> Snapshot {
    let title = snapshot::Text { en: String::new(), zh: String::new() };
    let stack = snapshot::Stack {
        name: String::new(),
        title,
        folder: String::new(),
        groups: vec![],
        presets: vec![],
    };
    let engine = snapshot::Engine::Connecting { endpoint: String::new() };
    Snapshot {
        revision: 0,
        stack,
        engine,
        components: vec![],
        operation: None,
        notices: vec![],
        settled: false,
    }
}

fn stamp(project: &Project) -> Stamp {
    let mut paths = project.files.clone();
    paths.push(project.working_dir.join(".env"));
    let look = |path: &PathBuf| {
        let metadata = path.metadata().ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    paths.into_iter().map(|path| (path.clone(), look(&path))).collect()
}
