//! What every command needs: language, output, the stack, the engine, the supervisor.

use std::{path::Path, time::Duration};

use engine::{Endpoint, Engine, EngineError};
use supervisor::{
    Choice, Options, Probing, Settings, Stack, Supervisor,
    api::error::AppError,
    engine_error,
    folder::{self, Folder, Places},
};

use crate::{args::Global, exit::Exit, output::Output, words::Lang};

/// One run of the command.
pub(crate) struct Session {
    pub(crate) lang: Lang,
    pub(crate) out: Output,
    pub(crate) global: Global,
    places: Places,
}

/// Why a command ends early: everything has been said already.
pub(crate) struct Told(pub(crate) Exit);

impl Session {
    pub(crate) fn new(global: Global, lang: Lang) -> Result<Self, Told> {
        let out = Output::new(lang, global.json);
        match Places::of_this_user() {
            Ok(places) => Ok(Self { lang, out, global, places }),
            Err(error) => Err(out.fail(&error)),
        }
    }

    /// Reads the stack. The shipped one is written first, with a `.env` of its own.
    pub(crate) fn folder(&self) -> Result<Folder, Told> {
        let opened = match &self.global.stack {
            Some(path) => self.open(path),
            None => self.open_shipped(),
        };
        let folder = opened.map_err(|errors| self.out.fail_all(&errors))?;
        self.out.folder_news(&folder);
        Ok(folder)
    }

    /// Reads the demo services of a stack. They are written first.
    pub(crate) fn demo(&self, stack: &Folder) -> Result<Folder, Told> {
        let opened = folder::open_demo(&self.places, &stack.project);
        let folder = opened.map_err(|errors| self.out.fail_all(&errors))?;
        self.out.folder_news(&folder);
        Ok(folder)
    }

    /// Opens a stack of the user's without a word.
    pub(crate) fn open(&self, path: &Path) -> Result<Folder, Vec<AppError>> {
        folder::open(path, &self.places)
    }

    /// Opens the shipped stack without a word.
    pub(crate) fn open_shipped(&self) -> Result<Folder, Vec<AppError>> {
        folder::open_shipped(&self.places)
    }

    /// Connects to the engine.
    pub(crate) async fn engine(&self) -> Result<Engine, Told> {
        let greeted = async { Engine::greet(&self.endpoint()?).await };
        greeted.await.map_err(|error| self.out.fail(&engine_error(&error)))
    }

    /// Connects to the engine and has it introduce itself; the error has not been told yet.
    pub(crate) async fn introduced_engine(&self) -> Result<Engine, AppError> {
        let introduced = async { Engine::connect(&self.endpoint()?).await };
        introduced.await.map_err(|error| engine_error(&error))
    }

    fn endpoint(&self) -> Result<Endpoint, EngineError> {
        let home = std::env::home_dir().unwrap_or_else(|| Path::new("/").to_owned());
        engine::resolve(self.global.host.as_deref(), &|name| std::env::var(name).ok(), &home)
    }

    /// Starts a supervisor on a connection.
    pub(crate) fn supervise(&self, folder: &Folder, engine: Engine, how: How) -> Supervisor {
        Supervisor::start(Options {
            stack: Stack::Fixed(folder.project.clone()),
            engine: Choice::This(engine.endpoint().clone()),
            connection: Some(engine),
            settings: Some(Settings::in_folder(&self.places.config)),
            locks: self.places.locks(),
            probing: how.probing,
            events: how.events,
            patience: how.patience,
            check: how.check,
        })
    }
}

/// How a supervisor looks.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub(crate) probing: Probing,
    pub(crate) events: bool,
    pub(crate) patience: Option<Duration>,
    /// Whether configuration is looked at before it is used.
    pub(crate) check: bool,
}

impl How {
    /// One look.
    pub(crate) fn once() -> Self {
        Self { probing: Probing::Once, events: false, patience: None, check: true }
    }

    /// An operation that lasts.
    pub(crate) fn working(patience: Option<Duration>, check: bool) -> Self {
        Self { probing: Probing::Off, events: true, patience, check }
    }

    /// Nothing is asked of the components: only which containers there are.
    pub(crate) fn following() -> Self {
        Self::working(None, false)
    }

    /// Until the user has seen enough.
    pub(crate) fn watching() -> Self {
        Self { probing: Probing::Watch, events: true, patience: None, check: true }
    }
}
