//! Streams for one viewer each: batched, bounded, and honest about what did not fit.

use std::time::Duration;

use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;

use crate::{
    api::window::{LogBatch, LogLine, LogNotice, LogNoticeKind, LogRequest, LogSource},
    clock::now,
    logs::{Line, LogItem, LogQuery, News, Sources, follow},
};

/// Between two batches of lines.
const BEAT: Duration = Duration::from_millis(100);
/// Lines of a batch; what comes beyond is counted.
const MOST: usize = 2_000;
/// Notices of a batch.
const MOST_NOTICES: usize = 200;
/// Bytes of a line; the web view lays out every one of them.
const LONGEST: usize = 16 << 10;

/// Sends lines until the viewer goes away. Containers and the engine come and go meanwhile.
pub(super) async fn logs(
    sources: watch::Receiver<Sources>,
    request: LogRequest,
    cancel: CancellationToken,
    mut deliver: impl FnMut(LogBatch) -> bool,
) {
    let services = request.services;
    let query = LogQuery {
        services: (!services.is_empty()).then(|| services.into_iter().collect()),
        since: None,
        tail: Some(u64::from(request.tail)),
        times: true,
    };
    let mut items = follow(sources, query);
    let mut viewer = Viewer { seq: 0, opened: now(), batch: LogBatch::default() };
    let mut beat = time::interval(BEAT);
    beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = beat.tick() => {
                if viewer.has_something() && !deliver(std::mem::take(&mut viewer.batch)) {
                    return;
                }
            }
            item = items.recv(), if !viewer.is_full() => match item {
                Some(LogItem::Lines(lines)) => lines.into_iter().for_each(|line| viewer.take(line)),
                Some(LogItem::News(news)) => viewer.tell(news),
                // The loop that knows the containers has ended, and with it everything.
                None => return,
            },
        }
    }
}

struct Viewer {
    seq: u32,
    /// When it was opened: what is older was asked for and is never dropped.
    opened: f64,
    batch: LogBatch,
}

impl Viewer {
    fn has_something(&self) -> bool {
        !self.batch.lines.is_empty() || !self.batch.notices.is_empty() || self.batch.dropped > 0
    }

    /// The past waits for the next batch; the present cannot.
    fn is_full(&self) -> bool {
        self.batch.lines.len() >= MOST && self.is_past()
    }

    fn is_past(&self) -> bool {
        self.batch.lines.last().is_some_and(|line| line.at < self.opened)
    }

    fn next_seq(&mut self) -> u32 {
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        seq
    }

    fn take(&mut self, line: Line) {
        let Line { origin, line } = line;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
        let at = line.time.map_or_else(now, |nanos| nanos as f64 / 1e6);
        if self.batch.lines.len() >= MOST && at >= self.opened {
            self.batch.dropped = self.batch.dropped.saturating_add(1);
            return;
        }
        let (text, cut) = shortened(line.text);
        let seq = self.next_seq();
        self.batch.lines.push(LogLine {
            seq,
            service: origin.service.clone(),
            stream: if line.stderr { LogSource::Stderr } else { LogSource::Stdout },
            at,
            text,
            cut,
        });
    }

    fn tell(&mut self, news: News) {
        // Each reader tells of a change alone, so there are few; a batch that nobody takes stays bounded all the same.
        if self.batch.notices.len() >= MOST_NOTICES {
            return;
        }
        let (kind, service, detail) = match news {
            News::Unreadable(origin, error) => {
                (LogNoticeKind::Unreadable, Some(origin.service.clone()), shortened(error.detail).0)
            }
            News::Readable(origin) => (LogNoticeKind::Readable, Some(origin.service.clone()), String::new()),
            News::EngineLost => (LogNoticeKind::EngineLost, None, String::new()),
            News::EngineBack => (LogNoticeKind::EngineBack, None, String::new()),
        };
        let seq = self.next_seq();
        self.batch.notices.push(LogNotice { seq, service, kind, at: now(), detail });
    }
}

fn shortened(mut text: String) -> (String, u32) {
    if text.len() <= LONGEST {
        return (text, 0);
    }
    let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let cut = u32::try_from(text.len() - end).unwrap_or(u32::MAX);
    text.truncate(end);
    (text, cut)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::logs::Origin;

    fn origin() -> Arc<Origin> {
        Arc::new(Origin { service: "loki".to_owned(), container: "p-loki-1".to_owned() })
    }

    fn line(nanos: i64) -> Line {
        let line = engine::LogLine { stderr: false, time: Some(nanos), text: "x".to_owned() };
        Line { origin: origin(), line }
    }

    fn viewer(opened: f64) -> Viewer {
        Viewer { seq: 0, opened, batch: LogBatch::default() }
    }

    #[test]
    fn what_does_not_fit_between_two_batches_is_counted() {
        let mut viewer = viewer(0.0);
        (0..3_000).for_each(|nanos| viewer.take(line(nanos)));
        assert_eq!((viewer.batch.lines.len(), viewer.batch.dropped), (MOST, 1_000));
    }

    #[test]
    fn the_past_that_was_asked_for_is_never_dropped() {
        let mut viewer = viewer(1e9);
        (0..3_000).for_each(|nanos| viewer.take(line(nanos)));
        assert_eq!((viewer.batch.lines.len(), viewer.batch.dropped), (3_000, 0));
        assert!(viewer.is_full(), "no more is read until these are on their way");
    }

    #[test]
    fn a_failure_stands_at_its_place_between_the_lines_and_too_many_of_them_are_left_out() {
        let mut viewer = viewer(0.0);
        viewer.take(line(1));
        let error = crate::api::error::AppError::new(
            crate::api::error::ErrorCode::EngineRefused,
            "read logs",
            "the driver keeps nothing",
        );
        viewer.tell(News::Unreadable(origin(), error));
        viewer.take(line(2));
        let notice = &viewer.batch.notices[0];
        assert_eq!((notice.seq, notice.kind), (1, LogNoticeKind::Unreadable));
        assert_eq!(notice.service.as_deref(), Some("loki"));
        assert_eq!(notice.detail, "the driver keeps nothing");
        assert_eq!(viewer.batch.lines.iter().map(|it| it.seq).collect::<Vec<_>>(), [0, 2]);
        (0..1_000).for_each(|_| viewer.tell(News::EngineLost));
        assert_eq!(viewer.batch.notices.len(), MOST_NOTICES);
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let (text, cut) = shortened("é".repeat(LONGEST));
        assert!(text.len() <= LONGEST);
        assert_eq!(text.len() + cut as usize, 2 * LONGEST);
    }
}
