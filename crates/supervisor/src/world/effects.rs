//! Each effect of the state is carried out here, beside the loop.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use clients::probe::Question;
use engine::{Done, Work};
use stack::plan::StepId;
use tokio::{sync::mpsc, time};

use super::World;
use crate::{
    api::{
        error::{AppError, ErrorCode},
        snapshot::{Notice, PullProgress},
    },
    configuration,
    errors::engine_error,
    flow, ready, seed,
    state::{Effect, Input, Reading, State, host_of},
};

/// Log lines that evidence shows.
const TAIL: usize = 20;

impl World {
    pub(crate) fn carry_out(&mut self, effect: Effect, state: &State) {
        match effect {
            Effect::Connect { generation, after, seek } => self.connect(generation, after, seek),
            Effect::UseEngine(choice) => {
                self.endpoint = choice.place();
                self.endpoints.send_replace(self.endpoint.clone());
                self.options.engine = choice;
            }
            Effect::Observe { seeds, died } => self.observe(seeds, died, state),
            Effect::Check { services } => {
                let (tell, project) = (self.tell(), state.subject().clone());
                if !self.options.check {
                    return tell.send(Input::Checked(BTreeMap::new()));
                }
                // Reading files and, above all, dashboards takes a while that others need not wait for.
                self.running.spawn_blocking(move || {
                    tell.send(Input::Checked(configuration::faults(&project, &services)));
                });
            }
            Effect::Lock { turn } => self.take_lock(turn, state),
            Effect::Unlock => (self.lock, self.locking) = (None, None),
            Effect::Read => self.reread(),
            Effect::Try { turn, edits } => self.try_edits(turn, edits, state),
            Effect::Write { turn, edit } => {
                let tell = self.tell();
                self.running.spawn_blocking(move || {
                    tell.send(Input::Written { turn, result: edit.write() });
                });
            }
            Effect::Perform { operation, step } => self.perform(operation, step, state),
            Effect::Seed { operation, step, service, base } => {
                self.seed(operation, step, service, base, state);
            }
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
            Effect::Flow { component, url, before, after } => {
                self.read_flow(component, url, before, after, state);
            }
            Effect::CancelSteps => self.cancel_steps.cancel(),
            Effect::SaveSwitches(on) => self.save(on),
            Effect::Respond(respond, answer) => {
                let _ = respond.send(answer);
            }
            Effect::AnswerPreview(reply, answer) => {
                let _ = reply.send(answer);
            }
        }
    }

    fn observe(&mut self, seeds: bool, died: Vec<String>, state: &State) {
        let Some(engine) = self.engine.clone() else { return };
        let (tell, project, http) = (self.tell(), state.subject().clone(), self.http.clone());
        let host = host_of(self.endpoint.uri());
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
        let work = Work { project: state.project().clone(), created: Arc::new(created), progress };
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

    fn seed(&mut self, operation: u32, step: StepId, service: String, base: String, state: &State) {
        let (tell, project, http) = (self.tell(), state.project().clone(), self.http.clone());
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

    fn read_flow(
        &mut self,
        component: String,
        url: String,
        before: Option<Reading>,
        after: Duration,
        state: &State,
    ) {
        let (Some(http), Some(engine)) = (self.http.clone(), self.engine.clone()) else { return };
        let (tell, project) = (self.tell(), state.project().clone());
        self.running.spawn(async move {
            time::sleep(after).await;
            let reading = flow::read(&http, &engine, &project, &component, &url, before).await;
            tell.send(Input::Flowed { component, reading });
        });
    }

    fn save(&self, on: BTreeSet<String>) {
        let (Some(switches), tell) = (&self.switches, self.tell()) else { return };
        switches.save(on, move |error| {
            tell.send(Input::Notice(Notice::from(&error)));
        });
    }
}

fn progress_of(progress: &engine::Progress) -> PullProgress {
    let engine::Progress::Pull(pull) = progress;
    #[expect(clippy::cast_precision_loss, reason = "bytes of an image fit")]
    PullProgress {
        current: pull.current as f64,
        total: pull.total as f64,
        layers_done: pull.layers_done,
        layers: pull.layers,
    }
}
