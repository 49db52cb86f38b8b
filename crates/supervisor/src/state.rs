//! Everything a supervisor knows, and what follows from each thing that happens. No IO, no clock.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use engine::{EngineInfo, Evidence};
use stack::{
    compose::Project,
    observed::{ConfigFault, Container, Health, Observed, State as ContainerState},
    plan::StepId,
};
use tokio::sync::oneshot;

pub(crate) use crate::clock::Millis;
use crate::{
    api::{
        error::AppError,
        snapshot::{Notice, Preview},
    },
    options::{Choice, Options, Stack},
};

mod consent;
mod events;
mod evidence;
mod files;
mod flows;
mod input;
mod intents;
mod links;
mod lives;
mod operation;
mod parts;
mod phase;
mod probes;
mod progress;
mod ready;
mod requests;
#[cfg(test)]
pub(crate) mod tests;
mod view;

pub(crate) use files::Files;
pub(crate) use flows::Reading;
pub(crate) use input::{Effect, Input};
use intents::Wanted;
pub(crate) use links::{host_of, seed_base};
use operation::Operation;
use probes::Probe;
pub(crate) use ready::{Answer, Ask};
pub(crate) use requests::Respond;
pub(crate) use view::{limits, sum};

/// Number of a connection to the engine. What comes from an older one than the present is dropped: it would be counted
/// twice, or undo what the present one has told.
pub(crate) type Generation = u32;

/// How long an operation waits for an engine that went away.
const ENGINE_PATIENCE: Duration = Duration::from_secs(15);

/// The first connection's number.
pub(crate) const FIRST: Generation = 1;

/// How long after a loss the engine is looked for again.
const RECONNECT: Duration = Duration::from_millis(500);

/// How eagerly components are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probing {
    /// Each running component once: for a command that looks and goes.
    Once,
    /// Again and again, seldom while all is well.
    Watch,
    /// Not at all.
    Off,
}

/// Somebody who waits for a fresh look at the engine.
enum Asker {
    /// The request whose turn it is.
    Turn,
    Preview(Wanted, oneshot::Sender<Result<Preview, AppError>>),
}

/// What was seen of a container that is not well.
struct Seen {
    /// The state it was asked for; another one is asked for anew.
    state: (ContainerState, Option<Health>),
    answered: bool,
    evidence: Option<Evidence>,
}

/// The way to the engine.
enum Link {
    Connecting,
    Up(EngineInfo),
    Lost { since: Millis, error: AppError },
}

pub(crate) struct State {
    /// What the files say, or said when they could be read.
    project: Arc<Project>,
    /// They could be read once.
    loaded: bool,
    /// Why they cannot be read now.
    unreadable: Vec<AppError>,
    /// What they say by now; taken over when nothing is under way.
    read_later: Option<Result<Files, Vec<AppError>>>,
    /// The engine that was chosen while something was under way.
    engine_later: Option<Choice>,
    endpoint: String,
    probing: Probing,
    /// How long each wait may last, where the user says so.
    patience: Option<Duration>,
    link: Link,
    /// The connection that is there, or is being made.
    generation: Generation,
    /// `None`: nobody ever flipped a switch of this stack; what runs is what is wanted.
    switches: Option<BTreeSet<String>>,
    observed: Option<Observed>,
    observing: bool,
    /// Another look is wanted as soon as the present one ends.
    look_again: bool,
    askers: Vec<Asker>,
    /// Those whose plan starts something, while its configuration is looked at.
    checking: Vec<Asker>,
    /// What was asked for and has not begun.
    requests: requests::Requests,
    /// Plans that wait for a user's word.
    shown: consent::Shown,
    operation: Option<Operation>,
    next_operation: u32,
    probes: BTreeMap<String, Probe>,
    asks: ready::Asks,
    /// Of log collectors.
    flows: BTreeMap<String, flows::Flow>,
    /// By container id.
    evidence: BTreeMap<String, Seen>,
    /// By container id: since when those that run do so.
    lives: BTreeMap<String, lives::Life>,
    /// Why a service failed in the last operation that touched it.
    failures: BTreeMap<String, AppError>,
    /// Services that did not come up since another one failed, with that one.
    held_up: BTreeMap<String, String>,
    /// Containers that died since the last look.
    died: Vec<String>,
    /// The engine's events may have begun after the first look: one more is due.
    fresh_stream: bool,
    /// When the present connection was made. The stream of events begins a little before it.
    connected: Millis,
    /// What there is to say of the files.
    file_notices: Vec<Notice>,
    notices: Vec<Notice>,
}

impl State {
    pub(crate) fn new(options: &Options) -> Self {
        let endpoint = options.engine.place().uri().to_owned();
        let folder = match &options.stack {
            Stack::Fixed(project) => project.working_dir.clone(),
            Stack::Watched(source) => source.folder(),
        };
        let project = Project { name: "switchyard".to_owned(), working_dir: folder, ..Project::default() };
        Self {
            project: Arc::new(project),
            loaded: false,
            read_later: None,
            engine_later: None,
            endpoint,
            probing: options.probing,
            patience: options.patience,
            link: Link::Connecting,
            generation: FIRST,
            switches: None,
            observed: None,
            observing: false,
            look_again: false,
            askers: vec![],
            checking: vec![],
            unreadable: vec![],
            requests: requests::Requests::default(),
            shown: consent::Shown::default(),
            operation: None,
            next_operation: 1,
            probes: BTreeMap::new(),
            asks: ready::Asks::default(),
            flows: BTreeMap::new(),
            evidence: BTreeMap::new(),
            lives: BTreeMap::new(),
            failures: BTreeMap::new(),
            held_up: BTreeMap::new(),
            died: vec![],
            fresh_stream: false,
            connected: 0.0,
            file_notices: vec![],
            notices: vec![],
        }
    }

    pub(crate) fn project(&self) -> &Arc<Project> {
        &self.project
    }

    /// The plan of the running operation, for the loop to carry out its steps.
    pub(crate) fn step(
        &self,
        operation: u32,
        step: StepId,
    ) -> Option<(&stack::plan::Step, BTreeMap<StepId, String>)> {
        let running = self.operation.as_ref().filter(|it| it.id == operation)?;
        Some((running.plan.steps.get(step)?, running.created.clone()))
    }

    /// Takes in one thing that happened. The answer is everything that has to be done about it.
    pub(crate) fn apply(&mut self, input: Input, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        if input.generation().is_some_and(|generation| generation != self.generation) {
            return effects;
        }
        match input {
            Input::Intent(intent, review, respond) => {
                self.intent(intent, review, respond, now, &mut effects);
            }
            Input::Agree(token, respond) => self.agreement(token, respond, now, &mut effects),
            Input::Take(operation, offer, respond) => {
                self.offer_taken(operation, offer, respond, now, &mut effects);
            }
            Input::Preview(intent, reply) => self.preview(Wanted::Intent(intent), reply, &mut effects),
            Input::Connected { result: Ok(info), .. } => {
                self.endpoint.clone_from(&info.uri);
                self.link = Link::Up(info);
                self.fresh_stream = true;
                self.connected = now;
                // A request looks when it has the lock; another look before that would only cost time.
                if self.requests.is_empty() {
                    self.look(&mut effects);
                }
            }
            Input::Connected { result: Err(error), .. } | Input::StreamLost { error, .. } => {
                self.lose(error, now, &mut effects);
            }
            Input::Observed { result, .. } => self.observed(result, now, &mut effects),
            Input::Checked(faults) => self.checked(faults, now, &mut effects),
            Input::Event { event, .. } => self.event(&event, &mut effects),
            Input::Held { turn, holder } => self.held(turn, holder, &mut effects),
            Input::Locked { turn, result } => self.locked(turn, result, &mut effects),
            Input::Read(read) => self.read(read, &mut effects),
            Input::UseEngine(choice) => self.engine_later = Some(choice),
            Input::Tried { turn, result } => self.tried(turn, result, &mut effects),
            Input::Written { turn, result } => self.written(turn, result, now, &mut effects),
            Input::StepDone { operation, step, result } => self.step_done(operation, step, result, now),
            Input::Pulling { operation, step, progress } => {
                if let Some(running) = self.running(operation) {
                    running.progress(step, progress);
                }
            }
            Input::Evidence { container, evidence } => {
                if let Some(seen) = self.evidence.get_mut(&container) {
                    seen.answered = true;
                    // A container that is gone by now says nothing against what was seen before.
                    seen.evidence = evidence.or(seen.evidence.take());
                }
            }
            Input::Inspected { container, details } => self.inspected(&container, details.as_ref()),
            Input::Probed { component, result } => self.probed(&component, result),
            Input::PauseOver { container, number } => self.pause_over(&container, number),
            Input::Answered { container, number, answer } => self.answered(&container, number, answer),
            Input::Flowed { component, reading } => self.flowed(&component, reading),
            Input::Deadline { operation, step } => {
                if let Some(running) = self.running(operation)
                    && running.is_running(step)
                {
                    running.waited_too_long(step, now);
                }
            }
            Input::Beat => {
                if self.busy() || std::mem::take(&mut self.fresh_stream) {
                    self.look(&mut effects);
                }
            }
            Input::GivenUp { operation } => self.give_up(operation, now),
            Input::Notice(notice) => self.notices.push(notice),
        }
        self.advance(now, &mut effects);
        self.take_over(&mut effects);
        self.next_turn(&mut effects);
        self.follow_up(now, &mut effects);
        effects
    }

    fn running(&mut self, id: u32) -> Option<&mut Operation> {
        self.operation.as_mut().filter(|operation| operation.id == id && operation.outcome.is_none())
    }

    /// Whether the engine is being worked on, or is about to be.
    fn busy(&self) -> bool {
        self.requests.has_turn()
            || self.operation.as_ref().is_some_and(|operation| operation.outcome.is_none())
    }

    /// Takes in the question what something would do.
    fn preview(
        &mut self,
        wanted: Wanted,
        reply: oneshot::Sender<Result<Preview, AppError>>,
        effects: &mut Vec<Effect>,
    ) {
        let lost = if let Link::Lost { error, .. } = &self.link { Some(error) } else { None };
        if let Some(error) = lost.or(self.never_read()) {
            return effects.push(Effect::AnswerPreview(reply, Err(error.clone())));
        }
        self.askers.push(Asker::Preview(wanted, reply));
        self.look(effects);
    }

    /// What is said is refused, and what was asked is answered so: nothing can be looked at.
    fn refuse_all(&mut self, error: &AppError, effects: &mut Vec<Effect>) {
        for asker in self.askers.drain(..).chain(self.checking.drain(..)) {
            if let Asker::Preview(_, reply) = asker {
                effects.push(Effect::AnswerPreview(reply, Err(error.clone())));
            }
        }
        self.refuse_requests(error, effects);
    }

    /// Asks for one look at the engine; one at a time.
    fn look(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.link, Link::Up(_)) || !self.loaded {
            return;
        }
        if self.observing {
            self.look_again = true;
        } else {
            self.observing = true;
            // Whether initial data are complete is asked only where a plan depends on it.
            let seeds = self.askers.iter().any(|asker| self.subject_of(asker).1.goes_up());
            let removed = self.operation.as_ref().map(Operation::removed).unwrap_or_default();
            let mut died = std::mem::take(&mut self.died);
            // A list cannot show what is not there any more.
            died.retain(|id| !removed.contains(id.as_str()));
            effects.push(Effect::Observe { seeds, died });
        }
    }

    fn lose(&mut self, error: AppError, now: Millis, effects: &mut Vec<Effect>) {
        self.asks.forget_all();
        self.observing = false;
        self.look_again = false;
        let since = match self.link {
            Link::Lost { since, .. } => since,
            _ => now,
        };
        self.refuse_all(&error, effects);
        if let (false, Some(operation)) = (matches!(self.link, Link::Lost { .. }), &self.operation) {
            effects.push(Effect::GiveUp { operation: operation.id, after: ENGINE_PATIENCE });
        }
        self.link = Link::Lost { since, error };
        self.reconnect(RECONNECT, effects);
    }

    fn observed(&mut self, result: Result<Observed, AppError>, now: Millis, effects: &mut Vec<Effect>) {
        self.observing = false;
        let observed = match result {
            Ok(observed) => observed,
            Err(error) => {
                if self.observed.is_none() || !self.askers.is_empty() {
                    self.refuse_all(&error, effects);
                }
                return self.lose(error, now, effects);
            }
        };
        self.observed = Some(observed);
        if std::mem::take(&mut self.look_again) {
            // What was asked while looking wants a look that began after the question.
            return self.look(effects);
        }
        let mut services = BTreeSet::new();
        let (checked, others): (Vec<Asker>, Vec<Asker>) =
            std::mem::take(&mut self.askers).into_iter().partition(|asker| {
                let (project, wanted) = self.subject_of(asker);
                let checked = self.to_check(project, wanted);
                let any = !checked.is_empty();
                services.extend(checked);
                any
            });
        self.checking.extend(checked);
        for asker in others {
            self.answer(asker, now, effects);
        }
        if !services.is_empty() {
            effects.push(Effect::Check { services });
        }
        self.next_stage(now);
    }

    /// What somebody who waits for a look wants, and of which state of the files.
    fn subject_of<'a>(&'a self, asker: &'a Asker) -> (&'a Arc<Project>, &'a Wanted) {
        match asker {
            Asker::Preview(wanted, _) => (&self.project, wanted),
            Asker::Turn => self.turn_subject().unwrap_or((&self.project, &Wanted::NOTHING)),
        }
    }

    /// The stack that a look is about: with the edits of the request whose turn it is.
    pub(crate) fn subject(&self) -> &Arc<Project> {
        self.turn_subject().map_or(&self.project, |(project, _)| project)
    }

    fn checked(
        &mut self,
        faults: BTreeMap<String, Vec<ConfigFault>>,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(observed) = &mut self.observed {
            observed.faults = faults;
        }
        for asker in std::mem::take(&mut self.checking) {
            self.answer(asker, now, effects);
        }
    }

    fn answer(&mut self, asker: Asker, now: Millis, effects: &mut Vec<Effect>) {
        match asker {
            Asker::Turn => self.decide(now, effects),
            Asker::Preview(wanted, reply) => {
                let planned = self.plan_for(&self.project, &wanted);
                let answer =
                    planned.map(|planned| crate::errors::plan_preview(&self.project.name, &planned.whole));
                effects.push(Effect::AnswerPreview(reply, answer));
            }
        }
    }

    fn is_up(&self, service: &str) -> bool {
        self.containers(service).any(Container::is_up)
    }

    /// Another folder may have a project of the same name on this engine; that one is not ours.
    fn is_of_this_folder(&self, container: &Container) -> bool {
        let folder = &container.working_dir;
        folder.as_os_str().is_empty() || *folder == self.project.working_dir
    }

    /// What the engine has of this project; `None` before the first look.
    pub(crate) fn all_containers(&self) -> Option<&[Container]> {
        self.observed.as_ref().map(|observed| &observed.containers[..])
    }

    fn containers<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Container> + use<'a> {
        let all = self.observed.iter().flat_map(|observed| &observed.containers);
        all.filter(move |it| it.service == service && !it.oneoff && self.is_of_this_folder(it))
    }

    /// Whether every question that was raised has been answered.
    fn settled(&self) -> bool {
        let answered =
            self.probes.values().all(|probe| probe.result.is_some() || !probe.asked) && self.asks.settled();
        let seen = self.evidence.values().all(|seen| seen.answered);
        match self.link {
            Link::Connecting => false,
            Link::Lost { .. } => true,
            Link::Up(_) => {
                let looking = self.observing || !self.checking.is_empty();
                let idle = !self.busy() && self.requests.is_empty();
                let seen_once = self.observed.is_some() || self.never_read().is_some();
                seen_once && !looking && answered && seen && idle
            }
        }
    }
}
