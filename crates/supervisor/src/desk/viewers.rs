//! Streams for one viewer each: batched, bounded, and honest about what did not fit.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use engine::Engine;
use futures_util::future::join_all;
use stack::compose::{Project, Service};
use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;

use super::{Place, engines::float};
use crate::{
    api::window::{LogBatch, LogLine, LogRequest, LogSource, Stats, StatsBatch},
    clock::now,
    logs::{Line, LogQuery, read},
};

/// Between two batches of lines.
const BEAT: Duration = Duration::from_millis(100);
/// Lines of a batch; what comes beyond is counted.
const MOST: usize = 2_000;
/// Bytes of a line; the web view lays out every one of them.
const LONGEST: usize = 16 << 10;
/// Between two readings.
const READING: Duration = Duration::from_secs(1);

/// Sends lines until the viewer goes away; an engine that was lost is waited for.
pub(super) async fn logs(
    mut places: watch::Receiver<Place>,
    request: LogRequest,
    cancel: CancellationToken,
    mut deliver: impl FnMut(LogBatch) -> bool,
) {
    let mut viewer = Viewer { seq: 0, opened: now(), batch: LogBatch::default(), last: None };
    loop {
        let place = places.borrow_and_update().clone();
        if let Some(engine) = place.engine {
            tokio::select! {
                () = cancel.cancelled() => return,
                gone = viewer.follow(engine, &place.project, &request, &mut deliver) => if gone { return },
                // Another engine or stack: begin anew there.
                _ = places.changed() => continue,
            }
            // The stream ended though the engine is there: not in a hurry.
            tokio::select! {
                () = cancel.cancelled() => return,
                () = time::sleep(READING) => {}
                _ = places.changed() => {}
            }
            continue;
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            changed = places.changed() => if changed.is_err() { return },
        }
    }
}

struct Viewer {
    seq: u32,
    /// When it was opened: what is older was asked for and is never dropped.
    opened: f64,
    batch: LogBatch,
    /// Time of the last line, in nanoseconds.
    last: Option<i64>,
}

impl Viewer {
    /// Returns whether the viewer went away.
    async fn follow(
        &mut self,
        engine: Engine,
        project: &Project,
        request: &LogRequest,
        deliver: &mut impl FnMut(LogBatch) -> bool,
    ) -> bool {
        let Ok(observed) = engine.observe(project).await else { return false };
        let services: BTreeSet<String> = if request.components.is_empty() {
            project.services.keys().cloned().collect()
        } else {
            request.components.iter().cloned().collect()
        };
        let (since, tail) = match self.last {
            Some(last) => (Some(last + 1), None),
            None => (None, Some(u64::from(request.tail))),
        };
        let query = LogQuery { services, follow: true, since, tail, times: true };
        let mut lines = read(engine, project, observed.containers, query);
        let mut beat = time::interval(BEAT);
        beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        let mut open = true;
        while open || !self.batch.lines.is_empty() || self.batch.dropped > 0 {
            // The past waits for the next batch; the present cannot.
            let full = self.batch.lines.len() >= MOST && self.is_past();
            tokio::select! {
                _ = beat.tick() => {
                    if (!self.batch.lines.is_empty() || self.batch.dropped > 0)
                        && !deliver(std::mem::take(&mut self.batch))
                    {
                        return true;
                    }
                }
                some = lines.recv(), if open && !full => match some {
                    Some(Ok(lines)) => lines.into_iter().for_each(|line| self.take(line)),
                    Some(Err(_)) | None => open = false,
                },
            }
        }
        false
    }

    fn is_past(&self) -> bool {
        self.batch.lines.last().is_some_and(|line| line.at < self.opened)
    }

    fn take(&mut self, line: Line) {
        self.last = self.last.max(line.time);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
        let at = line.time.map_or_else(now, |nanos| nanos as f64 / 1e6);
        if self.batch.lines.len() >= MOST && at >= self.opened {
            self.batch.dropped = self.batch.dropped.saturating_add(1);
            return;
        }
        let (text, cut) = shortened(line.text);
        self.batch.lines.push(LogLine {
            seq: self.seq,
            component: line.service,
            stream: if line.stderr { LogSource::Stderr } else { LogSource::Stdout },
            at,
            text,
            cut,
        });
        self.seq = self.seq.wrapping_add(1);
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

/// Sends readings of all running components once a second while somebody looks.
pub(super) async fn stats(
    mut places: watch::Receiver<Place>,
    looked_at: watch::Receiver<bool>,
    cancel: CancellationToken,
    mut deliver: impl FnMut(StatsBatch) -> bool,
) {
    let mut before: BTreeMap<String, engine::Stats> = BTreeMap::new();
    let mut beat = time::interval(READING);
    beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = beat.tick() => {}
        }
        if !*looked_at.borrow() {
            continue;
        }
        let place = places.borrow_and_update().clone();
        let Some(engine) = place.engine else { continue };
        let readings = place.running.iter().map(|(component, container)| {
            let (engine, before) = (engine.clone(), before.get(container));
            async move {
                let stats = engine.stats_once(container, before).await.ok()?;
                Some((component.clone(), container.clone(), stats))
            }
        });
        let readings: Vec<_> = join_all(readings).await.into_iter().flatten().collect();
        let service = |component: &str| place.project.services.get(component);
        let stats =
            readings.iter().map(|(component, _, stats)| reading(component, service(component), stats));
        let batch = StatsBatch { at: now(), stats: stats.collect() };
        before = readings.into_iter().map(|(_, container, stats)| (container, stats)).collect();
        if !deliver(batch) {
            return;
        }
    }
}

fn reading(component: &str, service: Option<&Service>, stats: &engine::Stats) -> Stats {
    let limits =
        service.and_then(|it| it.deploy.as_ref()).and_then(|deploy| deploy.resources.limits.as_ref());
    let cpus = service.map(|it| it.cpus).filter(|cpus| *cpus > 0.0);
    let cpus = cpus.or(limits.map(|limits| limits.cpus).filter(|cpus| *cpus > 0.0));
    let memory = service.map(|it| it.mem_limit.bytes()).filter(|bytes| *bytes > 0);
    let memory = memory.or(limits.map(|limits| limits.memory.bytes()).filter(|bytes| *bytes > 0));
    Stats {
        component: component.to_owned(),
        cpu: stats.cpu_percent.unwrap_or_default() / 100.0,
        cpu_limit: cpus.map(f64::from),
        memory: float(stats.memory),
        memory_limit: memory.map(|bytes| float(bytes.unsigned_abs())),
        network_in: float(stats.net_rx),
        network_out: float(stats.net_tx),
        block_read: float(stats.block_read),
        block_write: float(stats.block_write),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(nanos: i64) -> Line {
        let (service, container) = ("loki".to_owned(), "p-loki-1".to_owned());
        Line { service, container, stderr: false, time: Some(nanos), text: "x".to_owned() }
    }

    #[test]
    fn what_does_not_fit_between_two_batches_is_counted() {
        let mut viewer = Viewer { seq: 0, opened: 0.0, batch: LogBatch::default(), last: None };
        (0..3_000).for_each(|nanos| viewer.take(line(nanos)));
        assert_eq!((viewer.batch.lines.len(), viewer.batch.dropped), (MOST, 1_000));
        assert_eq!(viewer.last, Some(2_999));
    }

    #[test]
    fn the_past_that_was_asked_for_is_never_dropped() {
        let mut viewer = Viewer { seq: 0, opened: 1e9, batch: LogBatch::default(), last: None };
        (0..3_000).for_each(|nanos| viewer.take(line(nanos)));
        assert_eq!((viewer.batch.lines.len(), viewer.batch.dropped), (3_000, 0));
        assert!(viewer.is_past(), "no more is read until these are on their way");
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let (text, cut) = shortened("é".repeat(LONGEST));
        assert!(text.len() <= LONGEST);
        assert_eq!(text.len() + cut as usize, 2 * LONGEST);
    }
}
