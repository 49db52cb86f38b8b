//! The loop: takes in what happens, carries out what follows, publishes a snapshot after each turn.

use std::{sync::Arc, time::Duration};

use engine::{Endpoint, Engine};
use stack::compose::Project;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{
    api::{
        error::{AppError, ErrorCode},
        intent::{Intent, Offer, Reply, Review},
        snapshot::{Preview, Snapshot},
    },
    clock::now,
    logs::Sources,
    options::{Choice, Options, Stack},
    state::{Files, Input, Respond, State},
    world::{Message, World},
};

/// While an operation runs, the engine is looked at so often even when it tells of nothing: an event can be lost with a
/// connection, and podman tells of fewer of them. Files are looked at as often, since some file systems tell nothing.
const SAFETY_LOOK: Duration = Duration::from_secs(5);

/// A running loop. It ends when this is dropped.
pub struct Supervisor {
    messages: mpsc::UnboundedSender<Message>,
    snapshots: watch::Receiver<Snapshot>,
    engines: watch::Receiver<Option<Engine>>,
    endpoints: watch::Receiver<Endpoint>,
    projects: watch::Receiver<Arc<Project>>,
    sources: watch::Receiver<Sources>,
    stop: CancellationToken,
}

impl Supervisor {
    /// Starts the loop on the present runtime.
    pub fn start(options: Options) -> Self {
        let (messages, received) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let mut state = State::new(&options);
        if let Stack::Fixed(project) = &options.stack {
            state.open(Files::fixed(project.clone(), options.settings.as_ref()));
        }
        let (publish, snapshots) = watch::channel(state.snapshot());
        let (tell_engine, engines) = watch::channel(None);
        let (tell_endpoint, endpoints) = watch::channel(options.engine.place());
        let (tell_project, projects) = watch::channel(state.project().clone());
        let (tell_sources, sources) = watch::channel(Sources::default());
        let world = World::new(options, messages.clone(), (tell_engine, tell_endpoint), stop.clone());
        let shown = Shown { snapshots: publish, projects: tell_project, sources: tell_sources };
        #[expect(clippy::disallowed_methods, reason = "the one loop; it ends with its token")]
        tokio::spawn(turn(state, world, received, shown));
        Self { messages, snapshots, engines, endpoints, projects, sources, stop }
    }

    /// Asks for something. Resolves when it is under way, refused, or has to be seen first. That lasts as long as
    /// something else is done to the stack, by this process or by another; dropped, it is not wanted any more.
    pub async fn send(&self, intent: Intent, review: Review) -> Result<Reply, AppError> {
        self.asked(|respond| Input::Intent(intent, review, respond)).await
    }

    /// Agrees to a plan that was shown. Another answer than `Accepted` says what is different by now.
    pub async fn agree(&self, token: u32) -> Result<Reply, AppError> {
        self.asked(|respond| Input::Agree(token, respond)).await
    }

    /// Takes an offer of an operation that has ended.
    pub async fn take(&self, operation: u32, offer: Offer) -> Result<Reply, AppError> {
        self.asked(|respond| Input::Take(operation, offer, respond)).await
    }

    async fn asked(&self, input: impl FnOnce(Respond) -> Input) -> Result<Reply, AppError> {
        let (respond, answer) = oneshot::channel();
        let _ = self.messages.send(Message::Input(input(respond)));
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// What an intent would do, without doing it.
    pub async fn preview(&self, intent: Intent) -> Result<Preview, AppError> {
        let (reply, answer) = oneshot::channel();
        let _ = self.messages.send(Message::Input(Input::Preview(intent, reply)));
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The latest snapshot.
    pub fn snapshot(&self) -> watch::Ref<'_, Snapshot> {
        self.snapshots.borrow()
    }

    /// The latest snapshot, and every later one.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }

    /// The containers whose logs can be read, for [`follow`](crate::logs::follow).
    pub fn sources(&self) -> watch::Receiver<Sources> {
        self.sources.clone()
    }

    /// The connection to the engine while there is one, for viewers of stats.
    pub fn engines(&self) -> watch::Receiver<Option<Engine>> {
        self.engines.clone()
    }

    /// Where the engine is, or is expected.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoints.borrow().clone()
    }

    /// What the stack's files say, as far as they could be read.
    pub fn projects(&self) -> watch::Receiver<Arc<Project>> {
        self.projects.clone()
    }

    /// Works on another engine from now on, or once the running operation has ended.
    pub fn use_engine(&self, choice: Choice) {
        let _ = self.messages.send(Message::Input(Input::UseEngine(choice)));
    }

    /// Ends the loop. Containers go on.
    pub fn stop(&self) {
        self.stop.cancel();
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

/// What is shown of the loop's state.
struct Shown {
    snapshots: watch::Sender<Snapshot>,
    projects: watch::Sender<Arc<Project>>,
    sources: watch::Sender<Sources>,
}

impl Shown {
    fn update(&self, state: &State, engine: Option<&Engine>) {
        self.projects.send_if_modified(|shown| {
            let other = !Arc::ptr_eq(shown, state.project());
            if other {
                shown.clone_from(state.project());
            }
            other
        });
        self.snapshots.send_if_modified(|shown| state.update(shown));
        self.sources.send_if_modified(|sources| {
            sources.update(state.project().name.as_str(), engine, state.all_containers())
        });
    }
}

async fn turn(
    mut state: State,
    mut world: World,
    mut received: mpsc::UnboundedReceiver<Message>,
    shown: Shown,
) {
    let stop = world.stopped();
    let mut beat = time::interval_at(time::Instant::now() + SAFETY_LOOK, SAFETY_LOOK);
    beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    world.begin();
    loop {
        let input = tokio::select! {
            () = stop.cancelled() => break,
            Some(message) = received.recv() => match world.take_in(message) {
                Some(input) => input,
                None => continue,
            },
            Some(ended) = world.ended() => {
                if let Err(error) = ended && error.is_panic() {
                    tracing::error!(%error, "a task failed");
                }
                continue;
            }
            _ = beat.tick() => {
                world.reread();
                Input::Beat
            }
        };
        for effect in state.apply(input, now()) {
            world.carry_out(effect, &state);
        }
        shown.update(&state, world.engine());
    }
    world.end().await;
}
