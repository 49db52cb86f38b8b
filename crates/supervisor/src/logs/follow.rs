//! Following: each container has a reader of its own, which fails, waits and goes on alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use engine::{Engine, EngineError, LogOptions};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time,
};

use super::{
    BATCH_BYTES, BATCH_LINES, BATCHES, Line, LogItem, LogQuery, News,
    position::Position,
    sources::{Life, Source, Sources, same},
};
use crate::errors::engine_error;

/// How soon a container that cannot be read is tried again, and then at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What there is and what comes, of all containers that the loop knows. Ends when the receiver is dropped, or the loop.
pub fn follow(mut sources: watch::Receiver<Sources>, query: LogQuery) -> mpsc::Receiver<LogItem> {
    let (send, receive) = mpsc::channel(BATCHES);
    #[expect(clippy::disallowed_methods, reason = "it ends with its receiver")]
    tokio::spawn(async move {
        let mut following = Following {
            query,
            send,
            stack: None,
            connected: None,
            begun: false,
            readers: BTreeMap::new(),
            running: JoinSet::new(),
        };
        loop {
            let now = sources.borrow_and_update().clone();
            following.take_in(now).await;
            tokio::select! {
                () = following.send.closed() => return,
                Some(ended) = following.running.join_next() => match ended {
                    Ok(id) => drop(following.readers.insert(id, None)),
                    Err(error) => tracing::error!(%error, "a reader of logs failed"),
                },
                changed = sources.changed() => if changed.is_err() { return },
            }
        }
    });
    receive
}

struct Following {
    query: LogQuery,
    send: mpsc::Sender<LogItem>,
    stack: Option<(String, String)>,
    /// Whether there was a connection when that was last said.
    connected: Option<bool>,
    /// The first containers have been seen: those that come later are read from their beginning.
    begun: bool,
    /// By container id. `None` when its reader has ended: it is not read anew while the list still has it.
    readers: BTreeMap<String, Option<watch::Sender<Now>>>,
    running: JoinSet<String>,
}

/// What a reader has to know of its container.
#[derive(Debug, Clone)]
struct Now {
    engine: Option<Engine>,
    source: Source,
}

impl Following {
    async fn take_in(&mut self, sources: Sources) {
        if self.stack.as_ref() != Some(&sources.stack) {
            self.stack = Some(sources.stack.clone());
            self.begun = false;
        }
        let connected = sources.engine.is_some();
        // The first connection is awaited without a word.
        if connected || self.connected.is_some() {
            match self.connected.replace(connected) {
                Some(true) if !connected => self.tell(News::EngineLost).await,
                Some(false) if connected => self.tell(News::EngineBack).await,
                _ => {}
            }
        }
        if !sources.looked {
            return;
        }
        let options = if self.begun {
            LogOptions { follow: true, ..LogOptions::default() }
        } else {
            LogOptions {
                follow: true,
                since: self.query.since,
                tail: self.query.tail,
                ..LogOptions::default()
            }
        };
        self.begun = true;
        let wanted = |source: &Source| {
            self.query.services.as_ref().is_none_or(|services| services.contains(&source.origin.service))
        };
        let listed: BTreeSet<&String> = sources.containers.keys().collect();
        self.readers.retain(|id, reader| reader.is_some() || listed.contains(id));
        for (id, reader) in &self.readers {
            let Some(reader) = reader else { continue };
            let source = sources.containers.get(id).cloned();
            reader.send_if_modified(|now| {
                let gone = Source { life: Life { gone: true, ..now.source.life }, ..now.source.clone() };
                let next = Now { engine: sources.engine.clone(), source: source.unwrap_or(gone) };
                let changed = next.differs(now);
                *now = next;
                changed
            });
        }
        for (id, source) in &sources.containers {
            if !wanted(source) || self.readers.contains_key(id) {
                continue;
            }
            let (tell, now) = watch::channel(Now { engine: sources.engine.clone(), source: source.clone() });
            self.readers.insert(id.clone(), Some(tell));
            let reader = Reader {
                id: id.clone(),
                options,
                now,
                send: self.send.clone(),
                position: Position::default(),
                told: None,
            };
            self.running.spawn(reader.run());
        }
    }

    async fn tell(&self, news: News) {
        // Nobody may be there to hear it; then the select that follows ends everything.
        let _ = self.send.send(LogItem::News(news)).await;
    }
}

impl Now {
    /// Whether there may be more to read than there was.
    fn differs(&self, before: &Self) -> bool {
        self.source.life != before.source.life || !same(self.engine.as_ref(), before.engine.as_ref())
    }
}

/// Reads one container across its restarts, and across those of the engine.
struct Reader {
    id: String,
    options: LogOptions,
    now: watch::Receiver<Now>,
    send: mpsc::Sender<LogItem>,
    position: Position,
    /// The failure that was told, in the engine's words.
    told: Option<String>,
}

/// Why a container is not read any more for the moment.
enum Break {
    /// Nobody listens, or the container is gone for good.
    End,
    /// It came to its end, or there is another connection.
    Over,
    Failed(EngineError),
}

impl Reader {
    /// Returns the container's id.
    async fn run(mut self) -> String {
        let mut pause = FIRST_PAUSE;
        let mut failures = 0_u32;
        loop {
            let Now { engine, source } = self.now.borrow_and_update().clone();
            let runs = source.life.runs;
            if let Some(engine) = engine.filter(|_| source.life.begun || source.life.gone) {
                let mut came = false;
                let ended = self.read(&engine, &mut came).await;
                if came {
                    (pause, failures) = (FIRST_PAUSE, 0);
                }
                match ended {
                    Break::End => return self.id,
                    Break::Over => {}
                    Break::Failed(error) => {
                        failures += 1;
                        self.failed(&error, failures).await;
                    }
                }
                if runs || failures > 0 {
                    // It should have gone on: the connection broke, or the engine is about to say that it ended.
                    tokio::select! {
                        changed = self.now.changed() => if changed.is_err() { return self.id },
                        () = time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                    }
                    continue;
                }
            }
            if self.now.changed().await.is_err() {
                return self.id;
            }
        }
    }

    async fn read(&mut self, engine: &Engine, came: &mut bool) -> Break {
        let mut lines = engine.logs(&self.id, None, self.options);
        let ended = loop {
            let batch = tokio::select! {
                batch = lines.batch(BATCH_LINES, BATCH_BYTES) => batch,
                () = another(&mut self.now, engine) => break Break::Over,
            };
            let batch = match batch {
                Ok(batch) if batch.is_empty() => break Break::Over,
                Ok(batch) => batch,
                Err(EngineError::NoSuchContainer { .. }) => break Break::End,
                Err(error) => break Break::Failed(error),
            };
            *came = true;
            if self.told.take().is_some() {
                let origin = self.now.borrow().source.origin.clone();
                if self.send.send(LogItem::News(News::Readable(origin))).await.is_err() {
                    return Break::End;
                }
            }
            let origin = self.now.borrow().source.origin.clone();
            let new: Vec<Line> = batch
                .into_iter()
                .filter(|line| self.position.is_new(line.stderr, line.time))
                .map(|line| Line { origin: origin.clone(), line })
                .collect();
            if !new.is_empty() && self.send.send(LogItem::Lines(new)).await.is_err() {
                return Break::End;
            }
        };
        if let Some(since) = self.position.resume(lines.unfinished()) {
            let since = self.options.since.map_or(since, |asked| asked.max(since));
            self.options = LogOptions { follow: true, since: Some(since), ..LogOptions::default() };
        }
        ended
    }

    /// Tells a failure once. A connection that breaks and is there again right away is nobody's trouble.
    async fn failed(&mut self, error: &EngineError, failures: u32) {
        let broken = matches!(
            error,
            EngineError::Lost { .. } | EngineError::Unreachable { .. } | EngineError::TimedOut { .. }
        );
        let now = self.now.borrow().clone();
        if broken && (failures == 1 || now.engine.is_none()) {
            return;
        }
        let words = error.to_string();
        if self.told.as_ref() == Some(&words) {
            return;
        }
        self.told = Some(words);
        let news = News::Unreadable(now.source.origin, engine_error(error));
        let _ = self.send.send(LogItem::News(news)).await;
    }
}

/// Until there is another connection than this one. A stream of the one before may hang for ever.
async fn another(now: &mut watch::Receiver<Now>, engine: &Engine) {
    // Not `changed`: what has changed is for the reader to see when the stream has ended.
    let other = |now: &Now| now.engine.as_ref().is_some_and(|present| !present.is_same(engine));
    if now.clone().wait_for(other).await.is_err() {
        // The list is not kept any more; what can still be read is read.
        std::future::pending::<()>().await;
    }
}
