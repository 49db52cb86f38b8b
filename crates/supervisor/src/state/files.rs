//! The stack's files and the engine are inputs: another state of them is taken over when nothing is under way.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use stack::compose::Project;

use super::{Effect, Link, State};
use crate::{
    api::{
        error::{AppError, ErrorCode},
        notice::{Notice, Remark},
    },
    errors::load_warning,
    folder::Folder,
    options::Choice,
    settings::Settings,
};

/// What the files of a stack say, with what is remembered of it.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) project: Arc<Project>,
    /// Shipped files that differ from edited ones and were put beside them.
    kept: Vec<PathBuf>,
    switches: Option<BTreeSet<String>>,
    /// The settings could not be read.
    unreadable_settings: Option<AppError>,
}

impl Files {
    /// What was read, with the switches of that stack.
    pub(crate) fn of(folder: &Folder, settings: Option<&Settings>) -> Self {
        Self { kept: folder.kept.clone(), ..Self::fixed(folder.project.clone(), settings) }
    }

    /// A stack whose files are not watched.
    pub(crate) fn fixed(project: Arc<Project>, settings: Option<&Settings>) -> Self {
        let (switches, unreadable_settings) = match settings.map(|it| it.switches(&project.working_dir)) {
            Some(Ok(switches)) => (switches, None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        Self { project, kept: vec![], switches, unreadable_settings }
    }
}

impl State {
    /// Begins with files that were read before.
    pub(crate) fn open(&mut self, files: Files) {
        self.use_files(files);
    }

    /// The files have been read, or are as they were.
    pub(super) fn read(&mut self, read: Option<Result<Files, Vec<AppError>>>, effects: &mut Vec<Effect>) {
        if let Some(read) = read {
            self.read_later = Some(read);
            self.drop_what_is_known();
        }
        if self.reads_for_turn() {
            // The request is about what they say now.
            self.take_over_files();
            self.read_for_turn(effects);
        }
    }

    /// Takes over what has changed meanwhile, once nothing is under way that it would change.
    pub(super) fn take_over(&mut self, effects: &mut Vec<Effect>) {
        let working = self.works();
        if !working && self.take_over_files() {
            self.look(effects);
        }
        // A request that waits for a lock waits for that of the present engine.
        if self.busy() {
            return;
        }
        if let Some(choice) = self.engine_later.take() {
            self.forget_observed();
            self.observing = false;
            self.look_again = false;
            self.link = Link::Connecting;
            if let Choice::This(endpoint) = &choice {
                endpoint.uri().clone_into(&mut self.endpoint);
            }
            effects.push(Effect::UseEngine(choice));
            self.reconnect(Duration::ZERO, effects);
        }
    }

    /// Whether something is being planned or carried out with the files as they were.
    fn works(&self) -> bool {
        self.requests.is_looked_at()
            || self.operation.as_ref().is_some_and(|operation| operation.outcome.is_none())
    }

    /// Whether something is left that waits for the end of what is under way.
    pub(super) fn change_waits(&self) -> bool {
        self.read_later.is_some() || self.engine_later.is_some()
    }

    fn take_over_files(&mut self) -> bool {
        match self.read_later.take() {
            Some(Ok(files)) => self.use_files(files),
            Some(Err(errors)) => {
                self.unreadable = errors;
                return false;
            }
            None => return false,
        }
        true
    }

    fn use_files(&mut self, files: Files) {
        let Files { project, kept, switches, unreadable_settings } = files;
        let other = (&project.name, &project.working_dir) != (&self.project.name, &self.project.working_dir);
        if other || !self.loaded {
            // A look that is under way is about the project before; another one follows it.
            self.forget_observed();
            self.switches = switches;
        }
        self.file_notices = project.warnings.iter().map(load_warning).collect();
        self.file_notices.extend(
            kept.iter().map(|path| Notice::new(Remark::EditedFile, path.display().to_string(), None)),
        );
        self.file_notices.extend(unreadable_settings.as_ref().map(Notice::from));
        self.loaded = true;
        self.use_project(project);
    }

    /// Works on another state of the files from now on.
    pub(super) fn use_project(&mut self, project: Arc<Project>) {
        self.unreadable.clear();
        self.project = project;
        self.drop_what_is_known();
    }

    /// Files that say what they said are no change: they were touched, or an accepted request has written them.
    fn drop_what_is_known(&mut self) {
        let known = self.loaded && self.unreadable.is_empty();
        if matches!(&self.read_later, Some(Ok(files)) if known && files.project == self.project) {
            self.read_later = None;
        }
    }

    /// Why nothing can be done with a stack whose files could never be read.
    pub(super) fn never_read(&self) -> Option<&AppError> {
        self.unreadable.first().filter(|_| !self.loaded)
    }

    /// The same for a request: also while they are being read for the first time.
    pub(super) fn not_read(&self) -> Option<AppError> {
        let folder = || self.project.working_dir.display().to_string();
        (!self.loaded).then(|| {
            self.never_read().cloned().unwrap_or_else(|| AppError::new(ErrorCode::NoStack, folder(), ""))
        })
    }

    /// Everything that was learned from an engine, or about another stack.
    fn forget_observed(&mut self) {
        self.asks.forget_all();
        self.observed = None;
        self.operation = None;
        self.probes.clear();
        self.flows.clear();
        self.evidence.clear();
        self.lives.clear();
        self.failures.clear();
        self.held_up.clear();
        self.died.clear();
        self.notices.clear();
    }

    /// Connects anew. Where the usual engine is meant and nothing is under way, it may be another one by now.
    pub(super) fn reconnect(&mut self, after: Duration, effects: &mut Vec<Effect>) {
        self.generation += 1;
        let seek = !self.busy();
        effects.push(Effect::Connect { generation: self.generation, after, seek });
    }
}
