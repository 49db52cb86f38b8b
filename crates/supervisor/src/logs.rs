//! The logs of several containers as one stream, without gap or duplicate across restarts.

mod follow;
#[cfg(test)]
#[cfg(unix)]
mod follow_tests;
mod position;
mod sources;

use std::{collections::BTreeSet, sync::Arc};

use engine::{Engine, EngineError, LogLine, LogOptions, LogStream};
use futures_util::future::join_all;
use stack::observed::Container;
use tokio::sync::mpsc;

pub use follow::follow;
pub use sources::{Origin, Sources};

use crate::{api::error::AppError, errors::engine_error};

/// Batches that wait for a slow reader.
const BATCHES: usize = 16;
/// Lines that are handed on together.
const BATCH_LINES: usize = 512;
/// Bytes of text after which a batch takes no more lines.
const BATCH_BYTES: usize = 256 << 10;

/// Which lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// Services; all of the stack without a choice.
    pub services: Option<BTreeSet<String>>,
    /// Only lines from then on, nanoseconds since 1970.
    pub since: Option<i64>,
    /// Only so many of the last lines of each container.
    pub tail: Option<u64>,
    /// Somebody wants to know when each line was written. Otherwise only merging and following ask for it.
    pub times: bool,
}

/// A line of a container. Its text is as it was written: the reader must not trust it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Whose it is.
    pub origin: Arc<Origin>,
    /// What was written.
    pub line: LogLine,
}

/// What a stream of logs brings.
#[derive(Debug)]
pub enum LogItem {
    /// Lines as they come, some at a time.
    Lines(Vec<Line>),
    /// Something that the reader should know, at its place between the lines.
    News(News),
}

/// What may befall a stream of logs. It goes on all the same.
#[derive(Debug)]
pub enum News {
    /// One container cannot be read; when it is followed, it is tried again.
    Unreadable(Arc<Origin>, AppError),
    /// It can be read again.
    Readable(Arc<Origin>),
    /// The connection to the engine is lost, and looked for again.
    EngineLost,
    /// It is there again; reading goes on where it stopped.
    EngineBack,
}

type Items = mpsc::Sender<LogItem>;

/// Everything there is now, of several containers in the order of its times. Ends when the receiver is dropped.
pub fn read(engine: Engine, containers: Vec<Container>, query: LogQuery) -> mpsc::Receiver<LogItem> {
    let (send, receive) = mpsc::channel(BATCHES);
    let wanted = move |container: &Container| {
        !container.oneoff && query.services.as_ref().is_none_or(|it| it.contains(&container.service))
    };
    let (since, tail, times) = (query.since, query.tail, query.times);
    let mut opened: Vec<Opened> = containers
        .into_iter()
        .filter(wanted)
        .map(|Container { id, name, service, .. }| (id, Origin { service, container: name }))
        .map(|(id, origin)| (id, Arc::new(origin)))
        .map(|(id, origin)| {
            // Times cost the engine and us a quarter more, and only merging needs them.
            let options = LogOptions { since, tail, ..LogOptions::default() };
            Opened { lines: engine.logs(&id, None, options), id, origin }
        })
        .collect();
    #[expect(clippy::disallowed_methods, reason = "it ends with its receiver")]
    tokio::spawn(async move {
        // Nobody listens any more when it fails.
        let _ = if let [only] = &mut opened[..] {
            if !times {
                let options = LogOptions { since, tail, timeless: true, ..LogOptions::default() };
                only.lines = engine.logs(&only.id, None, options);
            }
            alone(only, &send).await
        } else {
            in_order(opened, &send).await
        };
    });
    receive
}

struct Opened {
    id: String,
    origin: Arc<Origin>,
    lines: LogStream,
}

/// Nobody listens any more.
struct NobodyListens;

async fn give(send: &Items, item: LogItem) -> Result<(), NobodyListens> {
    send.send(item).await.map_err(|_| NobodyListens)
}

async fn unreadable(send: &Items, origin: &Arc<Origin>, error: &EngineError) -> Result<(), NobodyListens> {
    give(send, LogItem::News(News::Unreadable(origin.clone(), engine_error(error)))).await
}

/// Everything there is of one container.
async fn alone(container: &mut Opened, send: &Items) -> Result<(), NobodyListens> {
    loop {
        match container.lines.batch(BATCH_LINES, BATCH_BYTES).await {
            Ok(batch) if batch.is_empty() => return Ok(()),
            Ok(batch) => {
                let line = |line| Line { origin: container.origin.clone(), line };
                give(send, LogItem::Lines(batch.into_iter().map(line).collect())).await?;
            }
            Err(error) => return unreadable(send, &container.origin, &error).await,
        }
    }
}

/// A container whose next line is known.
struct Head {
    origin: Arc<Origin>,
    next: LogLine,
    /// What comes after it, already there.
    batch: std::vec::IntoIter<LogLine>,
    lines: LogStream,
}

impl Head {
    /// Opens it. Without a line there is none.
    async fn open(opened: Opened) -> (Arc<Origin>, Result<Option<Self>, EngineError>) {
        let Opened { origin, mut lines, .. } = opened;
        let first = lines.batch(BATCH_LINES, BATCH_BYTES).await;
        let head = first.map(|batch| {
            let mut batch = batch.into_iter();
            batch.next().map(|next| Self { origin: origin.clone(), next, batch, lines })
        });
        (origin, head)
    }

    /// Takes the next line out; `None` in place of the head when it was the last.
    async fn advance(&mut self) -> Result<Option<LogLine>, EngineError> {
        if self.batch.as_slice().is_empty() {
            self.batch = self.lines.batch(BATCH_LINES, BATCH_BYTES).await?.into_iter();
        }
        Ok(self.batch.next())
    }
}

/// Everything there is, merged by time. One that cannot be read is told, and the others go on.
async fn in_order(containers: Vec<Opened>, send: &Items) -> Result<(), NobodyListens> {
    let mut heads = Vec::new();
    for (origin, head) in join_all(containers.into_iter().map(Head::open)).await {
        match head {
            Ok(head) => heads.extend(head),
            Err(error) => unreadable(send, &origin, &error).await?,
        }
    }
    let (mut batch, mut bytes) = (Vec::new(), 0);
    loop {
        let oldest = heads.iter().enumerate().min_by_key(|(_, head)| head.next.time).map(|(index, _)| index);
        let Some(index) = oldest else { break };
        let head = &mut heads[index];
        let origin = head.origin.clone();
        let line = match head.advance().await {
            Ok(Some(next)) => std::mem::replace(&mut head.next, next),
            ended => {
                let head = heads.swap_remove(index);
                if let Err(error) = ended {
                    bytes += head.next.text.len();
                    batch.push(Line { origin: origin.clone(), line: head.next });
                    give(send, LogItem::Lines(std::mem::take(&mut batch))).await?;
                    unreadable(send, &origin, &error).await?;
                    continue;
                }
                head.next
            }
        };
        bytes += line.text.len();
        batch.push(Line { origin, line });
        if batch.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
            bytes = 0;
            give(send, LogItem::Lines(std::mem::take(&mut batch))).await?;
        }
    }
    if batch.is_empty() { Ok(()) } else { give(send, LogItem::Lines(batch)).await }
}
