//! Sends batches to Loki, and tries again as the real programs do.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Collector, Entry};
use crate::clock;
use crate::http::{client, reason};

const LARGEST_BATCH: usize = 1 << 20;
const BATCH_SECONDS: f64 = 1.0;
const FIRST_PAUSE: f64 = 0.5;
const LONGEST_PAUSE: f64 = 300.0;
const TRIES: u32 = 10;
const PATIENCE: f64 = 10.0;

pub fn run(collector: &Collector, queue: &Receiver<Entry>) {
    while let Ok(first) = queue.recv() {
        let deadline = Instant::now() + clock::scaled(BATCH_SECONDS);
        let mut bytes = first.text.len();
        let mut batch = vec![first];
        while bytes < LARGEST_BATCH {
            match queue.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(entry) => {
                    bytes += entry.text.len();
                    batch.push(entry);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        send(collector, &batch, bytes);
        collector.positions.advance(batch.into_iter().map(|entry| (entry.container, entry.time)));
    }
}

fn send(collector: &Collector, batch: &[Entry], bytes: usize) {
    let body = encoded(batch);
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=TRIES {
        let begun = Instant::now();
        let (status, error) = match post(collector, &body) {
            Ok((status, _)) if status / 100 == 2 => (i32::from(status), None),
            Ok((status, text)) => {
                let words = reason(status);
                let error =
                    format!("server returned HTTP status {status} {words} ({status}): {}", text.trim());
                (i32::from(status), Some(error))
            }
            Err(error) => {
                let url = format!("http://{}{}", collector.loki, collector.path);
                (-1, Some(format!("Post \"{url}\": {error}")))
            }
        };
        let mut counters = collector.counters();
        let request = counters.requests.entry(status).or_default();
        request.0 += 1;
        request.1 += begun.elapsed().as_secs_f64();
        let Some(error) = error else {
            counters.sent += batch.len() as u64;
            counters.sent_bytes += bytes as u64;
            return;
        };
        // What Loki will not take in any case is not sent again.
        let last = attempt == TRIES || (status / 100 == 4 && status != 429);
        if last {
            counters.dropped += batch.len() as u64;
            counters.dropped_bytes += bytes as u64;
        } else {
            counters.retries += 1;
        }
        drop(counters);
        collector.voice.send_failed(&collector.loki, status, &error, last);
        if last {
            return;
        }
        std::thread::sleep(clock::scaled(pause).max(Duration::from_millis(20)));
        pause = (pause * 2.0).min(LONGEST_PAUSE);
    }
}

fn post(collector: &Collector, body: &str) -> std::io::Result<(u16, String)> {
    // Not below a second, however fast the time goes: a busy machine takes its time.
    let patience = clock::scaled(PATIENCE).max(Duration::from_secs(1));
    let sent = Some(("application/json", body.as_bytes()));
    let mut answer = client::request(&collector.loki, "POST", &collector.path, sent, Some(patience))?;
    let mut text = String::new();
    answer.body.read_to_string(&mut text)?;
    Ok((answer.status, text))
}

fn encoded(batch: &[Entry]) -> String {
    let mut streams: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in batch {
        let time = entry.time.to_string();
        let value = match &entry.trace_id {
            Some(id) => json!([time, entry.text, {"trace_id": id}]),
            None => json!([time, entry.text]),
        };
        streams.entry(&entry.labels).or_default().push(value);
    }
    let streams: Vec<_> =
        streams.into_iter().map(|(labels, values)| json!({"stream": labels, "values": values})).collect();
    json!({"streams": streams}).to_string()
}
