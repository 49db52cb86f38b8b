//! The logs of several containers as one stream, without gap or duplicate across restarts.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Engine, EngineError, Event, EventKind, LogLine, LogOptions};
use futures_util::StreamExt;
use stack::{compose::Project, observed::Container};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{api::error::AppError, errors::engine_error};

/// Lines that wait for a slow reader, in batches of [`BATCH`].
const BATCHES: usize = 16;
/// Lines that are handed on together.
const BATCH: usize = 512;

/// Which lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// Services.
    pub services: BTreeSet<String>,
    /// Go on with new lines, across restarts.
    pub follow: bool,
    /// Only lines from then on, nanoseconds since 1970.
    pub since: Option<i64>,
    /// Only so many of the last lines of each container.
    pub tail: Option<u64>,
    /// Somebody wants to know when each line was written. Otherwise only merging and following ask for it.
    pub times: bool,
}

/// A line of a service's container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The service.
    pub service: String,
    /// Name of the container.
    pub container: String,
    /// Whether it was written to standard error.
    pub stderr: bool,
    /// Nanoseconds since 1970.
    pub time: Option<i64>,
    /// The line as it was written: the reader must not trust it.
    pub text: String,
}

/// Lines as they come, in batches; ordered by time when nothing is followed. Ends when the receiver is dropped.
pub fn read(
    engine: Engine,
    project: &Project,
    containers: Vec<Container>,
    query: LogQuery,
) -> mpsc::Receiver<Result<Vec<Line>, AppError>> {
    let (send, receive) = mpsc::channel(BATCHES);
    let project = project.name.clone();
    #[expect(clippy::disallowed_methods, reason = "it ends with its receiver")]
    tokio::spawn(async move {
        let mine = containers.into_iter().filter(|it| query.services.contains(&it.service) && !it.oneoff);
        let ended = if query.follow {
            follow(&engine, &project, mine.collect(), &query, &send).await
        } else {
            let mine: Vec<Container> = mine.collect();
            match &mine[..] {
                [only] => alone(&engine, only, &query, &send).await,
                _ => in_order(&engine, mine, &query, &send).await,
            }
        };
        if let Err(error) = ended {
            let _ = send.send(Err(engine_error(&error))).await;
        }
    });
    receive
}

type Batches = mpsc::Sender<Result<Vec<Line>, AppError>>;

/// Everything there is of one container.
async fn alone(
    engine: &Engine,
    container: &Container,
    query: &LogQuery,
    send: &Batches,
) -> Result<(), EngineError> {
    let options = LogOptions { timeless: !query.times, ..options(query, query.since) };
    let mut lines = engine.logs(&container.id, None, options).ready_chunks(BATCH);
    while let Some(chunk) = lines.next().await {
        let batch: Result<Vec<Line>, EngineError> =
            chunk.into_iter().map(|line| Ok(named(container, line?))).collect();
        if send.send(Ok(batch?)).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Everything there is, merged by time.
async fn in_order(
    engine: &Engine,
    containers: Vec<Container>,
    query: &LogQuery,
    send: &Batches,
) -> Result<(), EngineError> {
    let mut streams = Vec::new();
    for container in containers {
        let mut lines = engine.logs(&container.id, None, options(query, query.since));
        if let Some(first) = lines.next().await.transpose()? {
            streams.push((first, lines, container));
        }
    }
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let oldest =
            streams.iter().enumerate().min_by_key(|(_, (line, ..))| line.time).map(|(index, _)| index);
        let Some(index) = oldest else { break };
        let (head, lines, container) = &mut streams[index];
        let next = lines.next().await.transpose()?;
        let line = if let Some(next) = next {
            named(container, std::mem::replace(head, next))
        } else {
            let (head, _, container) = streams.swap_remove(index);
            named(&container, head)
        };
        batch.push(line);
        if batch.len() == BATCH && send.send(Ok(std::mem::take(&mut batch))).await.is_err() {
            return Ok(());
        }
    }
    let _ = send.send(Ok(batch)).await;
    Ok(())
}

/// What there is and what comes. Each container has a reader of its own; the engine's events tell it when
/// its container runs again, and bring readers for containers that are new.
async fn follow(
    engine: &Engine,
    project: &str,
    containers: Vec<Container>,
    query: &LogQuery,
    send: &Batches,
) -> Result<(), EngineError> {
    // The events are listened to before the first line is read, so that no start falls between the two.
    let mut events = Box::pin(engine.events(None));
    let mut readers = JoinSet::new();
    let mut starts: BTreeMap<String, watch::Sender<u32>> = BTreeMap::new();
    for container in containers {
        let (started, starting) = watch::channel(0);
        starts.insert(container.id.clone(), started);
        let first = options(query, query.since);
        readers.spawn(Reader::new(container, first, send).run(engine.clone(), starting));
    }
    loop {
        tokio::select! {
            () = send.closed() => return Ok(()),
            Some(ended) = readers.join_next() => {
                if let Ok(result) = ended { result?; }
            }
            event = events.next() => {
                let Some(event) = event.transpose()? else { return Ok(()) };
                if event.project != project || !query.services.contains(&event.service) || event.oneoff {
                    continue;
                }
                match event.kind {
                    EventKind::Destroyed => drop(starts.remove(&event.id)),
                    EventKind::Started => {
                        if let Some(started) = starts.get(&event.id) {
                            started.send_modify(|count| *count += 1);
                            continue;
                        }
                        let (started, starting) = watch::channel(0);
                        starts.insert(event.id.clone(), started);
                        let Event { id, name, service, .. } = event;
                        let container = Container { id, name, service, ..Container::default() };
                        let all = LogOptions { follow: true, ..LogOptions::default() };
                        readers.spawn(Reader::new(container, all, send).run(engine.clone(), starting));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Reads one container across its restarts.
struct Reader {
    container: Container,
    options: LogOptions,
    send: Batches,
    /// Time of the last line, and how many lines had that very time: the engine begins with them again.
    last: Option<(i64, usize)>,
}

impl Reader {
    fn new(container: Container, options: LogOptions, send: &Batches) -> Self {
        Self { container, options, send: send.clone(), last: None }
    }

    async fn run(mut self, engine: Engine, mut starting: watch::Receiver<u32>) -> Result<(), EngineError> {
        loop {
            starting.borrow_and_update();
            let mut again = self.last.map_or(0, |(_, count)| count);
            let mut lines = engine.logs(&self.container.id, None, self.options).ready_chunks(BATCH);
            while let Some(chunk) = lines.next().await {
                let mut batch = Vec::with_capacity(chunk.len());
                for line in chunk {
                    let line = match line {
                        Ok(line) => line,
                        Err(EngineError::NoSuchContainer { .. }) => return Ok(()),
                        Err(error) => return Err(error),
                    };
                    if again > 0 && line.time == self.last.map(|(time, _)| time) {
                        again -= 1;
                        continue;
                    }
                    self.note(line.time);
                    batch.push(named(&self.container, line));
                }
                if !batch.is_empty() && self.send.send(Ok(batch)).await.is_err() {
                    return Ok(());
                }
            }
            if let Some((time, _)) = self.last {
                self.options = LogOptions { follow: true, since: Some(time), ..LogOptions::default() };
            }
            // It starts again, or it is gone for good.
            if starting.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    fn note(&mut self, time: Option<i64>) {
        self.last = match (self.last, time) {
            (Some((last, count)), Some(time)) if last == time => Some((last, count + 1)),
            (_, Some(time)) => Some((time, 1)),
            (last, None) => last,
        };
    }
}

fn options(query: &LogQuery, since: Option<i64>) -> LogOptions {
    LogOptions { follow: query.follow, since, tail: query.tail, ..LogOptions::default() }
}

fn named(container: &Container, line: LogLine) -> Line {
    Line {
        service: container.service.clone(),
        container: container.name.clone(),
        stderr: line.stderr,
        time: line.time,
        text: line.text,
    }
}
