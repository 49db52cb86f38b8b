//! A container's output, line by line.

mod decode;

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};

use self::decode::Decoder;
use crate::{Engine, error::EngineError, wire::Call};

/// Which lines of a container's output to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogOptions {
    /// Stay and wait for new lines.
    pub follow: bool,
    /// Only lines from this moment on, nanoseconds since 1970.
    pub since: Option<i64>,
    /// Only lines before this moment, nanoseconds since 1970.
    pub until: Option<i64>,
    /// Only this many of the last lines; `None` means all.
    pub tail: Option<u64>,
    /// Nobody wants to know when a line was written, which spares the engine writing and us reading that.
    pub timeless: bool,
}

/// A line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `true` for standard error. A container with a terminal has only standard output.
    pub stderr: bool,
    /// When the engine read it, nanoseconds since 1970; `None` when that was not asked for.
    pub time: Option<i64>,
    /// Without the line end. Bytes that are no UTF-8 are replaced, and a line over 1 MB is cut and ends
    /// with [`LogLine::CUT`].
    pub text: String,
}

impl LogLine {
    /// Stands at the end of a line that was too long to keep.
    pub const CUT: &str = " […cut]";
}

impl Engine {
    /// Reads a container's output. `tty` says whether it has a terminal, which changes the format; `None`
    /// asks the engine first.
    ///
    /// The stream opens when it is first polled. Fails with [`EngineError::NoSuchContainer`], and with
    /// [`EngineError::Engine`] when the container's logging driver keeps nothing to read.
    pub fn logs(&self, id: &str, tty: Option<bool>, options: LogOptions) -> LogStream {
        let answer = if let Some(tty) = tty {
            Opening::Open(Box::new(self.open_logs(id, tty, options)))
        } else {
            let (engine, id) = (self.clone(), id.to_owned());
            let ask = async move {
                let tty = engine.inspect(&id).await?.has_tty();
                Ok(engine.open_logs(&id, tty, options))
            };
            Opening::Asking(stream::once(ask).boxed())
        };
        LogStream { answer, ready: VecDeque::new(), unfinished: None }
    }

    fn open_logs(&self, id: &str, tty: bool, options: LogOptions) -> Open {
        let mut call = Call::get("read logs", format!("/containers/{id}/logs"))
            .query("stdout", "1")
            .query("stderr", "1")
            .query("timestamps", if options.timeless { "0" } else { "1" })
            .query("follow", if options.follow { "1" } else { "0" })
            .first_byte(self.inner.deadlines.read);
        for (name, nanos) in [("since", options.since), ("until", options.until)] {
            if let Some(nanos) = nanos {
                let (seconds, rest) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
                call = call.query(name, &format!("{seconds}.{rest:09}"));
            }
        }
        if let Some(tail) = options.tail {
            call = call.query("tail", &tail.to_string());
        }
        let id = id.to_owned();
        Open {
            bytes: self.stream(call).map_err(move |error| error.of_container(&id)).boxed(),
            decoder: Decoder::new(tty, !options.timeless),
        }
    }

    /// The last lines of a container's output, whole.
    pub(crate) async fn tail(&self, id: &str, tty: bool, lines: usize) -> Result<Vec<LogLine>, EngineError> {
        let options = LogOptions { tail: u64::try_from(lines).ok(), ..LogOptions::default() };
        crate::wire::within(
            "read logs",
            self.inner.deadlines.read,
            self.logs(id, Some(tty), options).try_collect(),
        )
        .await
    }
}

/// A container's output; see [`Engine::logs`].
pub struct LogStream {
    answer: Opening,
    ready: VecDeque<LogLine>,
    /// See [`LogStream::unfinished`].
    unfinished: Option<i64>,
}

impl LogStream {
    /// The lines that are there, at least one; none at the end. It takes no more than `lines` of them, and none after those
    /// that have `bytes` bytes of text.
    pub async fn batch(&mut self, lines: usize, bytes: usize) -> Result<Vec<LogLine>, EngineError> {
        let (mut batch, mut size) = (Vec::new(), 0);
        poll_fn(|context| {
            while batch.len() < lines && size < bytes {
                match self.poll_next_unpin(context) {
                    Poll::Ready(Some(Ok(line))) => {
                        size += line.text.len();
                        batch.push(line);
                    }
                    Poll::Ready(Some(Err(error))) if batch.is_empty() => return Poll::Ready(Err(error)),
                    Poll::Ready(Some(Err(error))) => {
                        // What came before it goes first.
                        self.answer = Opening::failed(error);
                        break;
                    }
                    Poll::Pending if batch.is_empty() => return Poll::Pending,
                    Poll::Ready(None) | Poll::Pending => break,
                }
            }
            Poll::Ready(Ok(std::mem::take(&mut batch)))
        })
        .await
    }

    /// Time of the oldest line that had begun when the connection broke. Reading again from there brings it whole.
    pub fn unfinished(&self) -> Option<i64> {
        match &self.answer {
            Opening::Open(open) => open.decoder.unfinished(),
            Opening::Asking(_) | Opening::Ended => self.unfinished,
        }
    }
}

enum Opening {
    Asking(BoxStream<'static, Result<Open, EngineError>>),
    Open(Box<Open>),
    Ended,
}

impl Opening {
    fn failed(error: EngineError) -> Self {
        Self::Asking(stream::iter([Err(error)]).boxed())
    }
}

struct Open {
    bytes: BoxStream<'static, Result<Bytes, EngineError>>,
    decoder: Decoder,
}

impl Stream for LogStream {
    type Item = Result<LogLine, EngineError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(line)));
            }
            let this = &mut *self;
            match &mut this.answer {
                Opening::Asking(asking) => match asking.poll_next_unpin(context) {
                    Poll::Ready(Some(Ok(open))) => this.answer = Opening::Open(Box::new(open)),
                    Poll::Ready(other) => {
                        this.answer = Opening::Ended;
                        return Poll::Ready(other.and_then(Result::err).map(Err));
                    }
                    Poll::Pending => return Poll::Pending,
                },
                Opening::Open(open) => match open.bytes.poll_next_unpin(context) {
                    Poll::Ready(Some(Ok(chunk))) => open.decoder.push(&chunk, &mut this.ready),
                    Poll::Ready(Some(Err(error))) => {
                        // Lines that were complete before the break are still handed out. One that was not is none.
                        this.unfinished = open.decoder.unfinished();
                        this.answer = Opening::failed(error);
                    }
                    Poll::Ready(None) => {
                        open.decoder.finish(&mut this.ready);
                        this.answer = Opening::Ended;
                    }
                    Poll::Pending => return Poll::Pending,
                },
                Opening::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl std::fmt::Debug for LogStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogStream")
    }
}
