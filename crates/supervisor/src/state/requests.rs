//! From a request to an operation. One request at a time takes the lock, has everything looked at, is planned, and is
//! carried out only as it was shown.

use std::{collections::VecDeque, sync::Arc};

use stack::compose::Project;
use tokio::sync::oneshot;

use super::{
    Asker, ENGINE_PATIENCE, Effect, Link, Millis, Operation, State,
    consent::Extent,
    intents::{Planned, Wanted},
};
use crate::{
    api::{
        error::{AppError, ErrorCode, Fact},
        intent::{Edit, Intent, Offer, Reply, Review},
        snapshot::Waiting,
    },
    errors::{plan_preview, refusal, warning},
    source::Trial,
};

/// Requests that may wait for their turn. More of them nobody makes by hand.
const MOST_WAITING: usize = 32;

/// The way back to whoever asked.
pub(crate) type Respond = oneshot::Sender<Result<Reply, AppError>>;

/// Something that a face asks for and that becomes an operation.
struct Request {
    wanted: Wanted,
    /// What the user has agreed to, when he was shown a plan.
    agreed: Option<Extent>,
    review: Review,
    since: Millis,
    respond: Respond,
}

/// Where the request is whose turn it is.
enum Stage {
    /// It waits for the right to change the stack, and for this holder of it.
    Locking { holder: Option<String> },
    /// The files are read again where they have changed.
    Reading,
    /// What the files would say with its edits is found out.
    Trying,
    /// Engine and configuration are looked at.
    Looking,
    /// Its edits are written; then it begins.
    Writing(Box<Planned>),
}

/// The request whose turn it is.
struct Turn {
    /// What comes in for an earlier turn is dropped.
    number: u32,
    request: Request,
    stage: Stage,
    /// The stack as it is with the request's edits.
    trial: Option<Trial>,
}

/// Everything that was asked for and has not begun.
#[derive(Default)]
pub(super) struct Requests {
    waiting: VecDeque<Request>,
    turn: Option<Turn>,
    last: u32,
}

impl Requests {
    pub(super) fn is_empty(&self) -> bool {
        self.turn.is_none() && self.waiting.is_empty()
    }

    /// Whether one is being looked at, so that neither files nor engine may change under it.
    pub(super) fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// The same, beyond the waiting for its lock.
    pub(super) fn is_looked_at(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| !matches!(turn.stage, Stage::Locking { .. }))
    }

    /// Those that wait for something that may take long, in the order of their turns.
    pub(super) fn shown(&self) -> Vec<Waiting> {
        let locking = self.turn.iter().filter_map(|turn| match &turn.stage {
            Stage::Locking { holder: Some(holder) } => Some((&turn.request, Some(holder.clone()))),
            _ => None,
        });
        let waiting = self.waiting.iter().map(|request| (request, None));
        locking
            .chain(waiting)
            .map(|(request, holder)| Waiting {
                verb: request.wanted.verb(),
                components: request.wanted.subjects(),
                since: request.since,
                holder,
            })
            .collect()
    }

    fn at(&mut self, number: u32) -> Option<&mut Turn> {
        self.turn.as_mut().filter(|turn| turn.number == number)
    }
}

impl State {
    /// Takes in an intent. What is no operation is done at once.
    pub(super) fn intent(
        &mut self,
        intent: Intent,
        review: Review,
        respond: Respond,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        match intent {
            Intent::Cancel => {
                if let Some(operation) = self.operation.as_mut().filter(|it| it.outcome.is_none()) {
                    operation.cancel();
                    effects.push(Effect::CancelSteps);
                }
                effects.push(Effect::Respond(respond, Ok(Reply::Done)));
            }
            Intent::StopWaiting => {
                for request in self.requests.waiting.drain(..) {
                    effects.push(Effect::Respond(request.respond, Err(cancelled())));
                }
                if matches!(self.requests.turn, Some(Turn { stage: Stage::Locking { .. }, .. })) {
                    self.end_turn(Err(cancelled()), effects);
                }
                effects.push(Effect::Respond(respond, Ok(Reply::Done)));
            }
            Intent::Refresh => {
                self.probes.values_mut().for_each(|probe| probe.result = None);
                self.look(effects);
                effects.push(Effect::Respond(respond, Ok(Reply::Done)));
            }
            Intent::Up { .. } | Intent::Down { .. } | Intent::Restart { .. } | Intent::Configure { .. } => {
                self.request(Wanted::Intent(intent), None, review, respond, now, effects);
            }
        }
    }

    /// Takes in a user's word on a plan that was shown.
    pub(super) fn agreement(&mut self, token: u32, respond: Respond, now: Millis, effects: &mut Vec<Effect>) {
        let Some((wanted, extent)) = self.shown.take(token) else {
            let error = AppError::new(ErrorCode::PlanUnknown, token.to_string(), "");
            return effects.push(Effect::Respond(respond, Err(error)));
        };
        self.request(wanted, Some(extent), Review::Consents, respond, now, effects);
    }

    /// Takes in the wish for something that was offered when an operation had ended.
    pub(super) fn offer_taken(
        &mut self,
        operation: u32,
        offer: Offer,
        respond: Respond,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        let mut offers = self.offers().into_iter();
        let Some((.., wanted)) = offers.find(|(id, it, _)| (*id, *it) == (operation, offer)) else {
            let error = AppError::new(ErrorCode::PlanUnknown, operation.to_string(), "");
            return effects.push(Effect::Respond(respond, Err(error)));
        };
        self.request(wanted, None, Review::Reach, respond, now, effects);
    }

    fn request(
        &mut self,
        wanted: Wanted,
        agreed: Option<Extent>,
        review: Review,
        respond: Respond,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        if let Link::Lost { error, .. } = &self.link {
            return effects.push(Effect::Respond(respond, Err(error.clone())));
        }
        if self.requests.waiting.len() >= MOST_WAITING {
            let error = AppError::new(ErrorCode::Busy, &self.project.name, "");
            return effects.push(Effect::Respond(respond, Err(error)));
        }
        self.requests.waiting.push_back(Request { wanted, agreed, review, since: now, respond });
    }

    /// Gives the next request its turn when nothing else is under way.
    pub(super) fn next_turn(&mut self, effects: &mut Vec<Effect>) {
        let working = self.operation.as_ref().is_some_and(|operation| operation.outcome.is_none());
        if working || self.requests.turn.is_some() || !matches!(self.link, Link::Up(_)) {
            return;
        }
        // Whoever has gone away meanwhile does not want it any more.
        let next =
            std::iter::from_fn(|| self.requests.waiting.pop_front()).find(|it| !it.respond.is_closed());
        let Some(request) = next else { return };
        self.requests.last += 1;
        let number = self.requests.last;
        let stage = Stage::Locking { holder: None };
        self.requests.turn = Some(Turn { number, request, stage, trial: None });
        effects.push(Effect::Lock { turn: number });
    }

    /// Somebody else has the right to change the stack; the request waits for it.
    pub(super) fn held(&mut self, number: u32, holder: String, effects: &mut Vec<Effect>) {
        if let Some(turn) = self.requests.at(number) {
            turn.stage = Stage::Locking { holder: Some(holder) };
            // What is shown meanwhile is what the holder makes of it.
            self.look(effects);
        }
    }

    pub(super) fn locked(&mut self, number: u32, result: Result<(), AppError>, effects: &mut Vec<Effect>) {
        let Some(turn) = self.requests.at(number) else { return };
        if let Err(error) = result {
            return self.end_turn(Err(error), effects);
        }
        if turn.request.respond.is_closed() {
            return self.end_turn(Err(cancelled()), effects);
        }
        turn.stage = Stage::Reading;
        effects.push(Effect::Read);
    }

    /// Whether the request whose turn it is waits for the files.
    pub(super) fn reads_for_turn(&self) -> bool {
        matches!(self.requests.turn, Some(Turn { stage: Stage::Reading, .. }))
    }

    /// The files are as they are on disk now.
    pub(super) fn read_for_turn(&mut self, effects: &mut Vec<Effect>) {
        if !self.reads_for_turn() {
            return;
        }
        if let Some(error) = self.not_read() {
            return self.end_turn(Err(error), effects);
        }
        let Some(turn) = &mut self.requests.turn else { return };
        let edits: Vec<Edit> = turn.request.wanted.edits().to_vec();
        if !edits.is_empty() {
            turn.stage = Stage::Trying;
            return effects.push(Effect::Try { turn: turn.number, edits });
        }
        self.look_for_turn(effects);
    }

    pub(super) fn tried(&mut self, number: u32, result: Result<Trial, AppError>, effects: &mut Vec<Effect>) {
        let Some(turn) = self.requests.at(number) else { return };
        match result {
            Ok(trial) => {
                turn.trial = Some(trial);
                self.look_for_turn(effects);
            }
            Err(error) => self.end_turn(Err(error), effects),
        }
    }

    fn look_for_turn(&mut self, effects: &mut Vec<Effect>) {
        if let Some(turn) = &mut self.requests.turn {
            turn.stage = Stage::Looking;
        }
        self.askers.push(Asker::Turn);
        self.look(effects);
    }

    /// What the request is about whose turn it is: the stack with its edits, and what is wanted of it.
    pub(super) fn turn_subject(&self) -> Option<(&Arc<Project>, &Wanted)> {
        let turn = self.requests.turn.as_ref()?;
        let project = turn.trial.as_ref().map_or(&self.project, |trial| &trial.project);
        Some((project, &turn.request.wanted))
    }

    /// Everything has been looked at: the request is accepted, shown or refused.
    pub(super) fn decide(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let Some((project, wanted)) = self.turn_subject() else { return };
        let planned = match self.plan_for(project, wanted) {
            Ok(planned) => planned,
            Err(error) => return self.end_turn(Err(error), effects),
        };
        let preview = plan_preview(&project.name, &planned.whole);
        if let Some(first) = planned.whole.refusals.first() {
            let mut error = refusal(&project.name, first);
            if planned.whole.refusals.len() > 1 {
                error = error.with(Fact::More(planned.whole.refusals.len() - 1));
            }
            return self.end_turn(Ok(Reply::Refused { error, plan: preview }), effects);
        }
        let Some(turn) = &mut self.requests.turn else { return };
        let added = turn.request.agreed.as_ref().map(|shown| shown.exceeded_by(&planned.whole));
        let show = match &added {
            Some(added) => added.is_some(),
            None => planned.is_shown(turn.request.review),
        };
        if show {
            let token = self.shown.show(turn.request.wanted.clone(), Extent::of(&planned.whole));
            let reply = Reply::NeedsConsent { token, plan: preview, added: added.flatten() };
            return self.end_turn(Ok(reply), effects);
        }
        match &turn.trial {
            Some(trial) => {
                effects.push(Effect::Write { turn: turn.number, edit: trial.edit.clone() });
                turn.stage = Stage::Writing(Box::new(planned));
            }
            None => self.begin(planned, now, effects),
        }
    }

    /// The edits of the request are in the file, or could not be written.
    pub(super) fn written(
        &mut self,
        number: u32,
        result: Result<(), AppError>,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        let Some(turn) = self.requests.at(number) else { return };
        if let Err(error) = result {
            return self.end_turn(Err(error), effects);
        }
        let Stage::Writing(planned) = std::mem::replace(&mut turn.stage, Stage::Looking) else { return };
        if let Some(trial) = turn.trial.take() {
            self.use_project(trial.project);
        }
        self.begin(*planned, now, effects);
    }

    fn begin(&mut self, planned: Planned, now: Millis, effects: &mut Vec<Effect>) {
        let Some(turn) = self.requests.turn.take() else { return };
        let request = turn.request;
        let before = self.switched_on();
        self.switch(&request.wanted, effects);
        let id = self.next_operation;
        self.next_operation += 1;
        for service in planned.whole.steps.iter().filter_map(|step| step.service.as_ref()) {
            self.failures.remove(service);
            self.held_up.remove(service);
        }
        self.notices.extend(planned.whole.warnings.iter().map(warning));
        let extent = Extent::of(&planned.whole);
        if matches!(self.link, Link::Lost { .. }) {
            effects.push(Effect::GiveUp { operation: id, after: ENGINE_PATIENCE });
        }
        self.operation = Some(Operation::begin(id, request.wanted, planned, extent, before, now));
        effects.push(Effect::Respond(request.respond, Ok(Reply::Accepted { operation: id })));
    }

    /// Ends the turn without an operation.
    fn end_turn(&mut self, result: Result<Reply, AppError>, effects: &mut Vec<Effect>) {
        let Some(turn) = self.requests.turn.take() else { return };
        self.askers.retain(|asker| !matches!(asker, Asker::Turn));
        self.checking.retain(|asker| !matches!(asker, Asker::Turn));
        effects.push(Effect::Unlock);
        effects.push(Effect::Respond(turn.request.respond, result));
    }

    /// Refuses everything that waits: it cannot be looked at.
    pub(super) fn refuse_requests(&mut self, error: &AppError, effects: &mut Vec<Effect>) {
        // What is being written has been decided; it begins and then waits for the engine.
        if !matches!(self.requests.turn, Some(Turn { stage: Stage::Writing(_), .. })) {
            self.end_turn(Err(error.clone()), effects);
        }
        for request in self.requests.waiting.drain(..) {
            effects.push(Effect::Respond(request.respond, Err(error.clone())));
        }
    }
}

fn cancelled() -> AppError {
    AppError::new(ErrorCode::Cancelled, "", "")
}
