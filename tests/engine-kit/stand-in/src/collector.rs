//! What Promtail and Alloy do: find containers through the socket proxy, follow their logs, send the lines to Loki.

mod lines;
mod positions;
mod sender;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use self::positions::Positions;
use crate::config::Config;
use crate::http::client;
use crate::{clock, settings};

/// What waits for Loki; followers wait when it is full.
const QUEUE: usize = 10_000;
/// Label of a container whose output must not be collected.
const IGNORED: &str = "rwa.logs";

/// How each program says what happens.
pub trait Voice: Send + Sync {
    fn found(&self, id: &str);
    fn refresh_failed(&self, error: &str);
    fn stream_ended(&self, id: &str, written: u64, error: Option<&str>);
    fn send_failed(&self, host: &str, status: i32, error: &str, last: bool);
}

#[derive(Default)]
pub struct Counters {
    pub read: u64,
    pub sent: u64,
    pub sent_bytes: u64,
    pub dropped: u64,
    pub dropped_bytes: u64,
    pub retries: u64,
    pub refreshes: u64,
    pub refresh_failures: u64,
    /// Requests and their seconds by status; -1 is no answer.
    pub requests: BTreeMap<i32, (u64, f64)>,
}

pub struct Entry {
    pub labels: BTreeMap<String, String>,
    pub trace_id: Option<String>,
    pub container: String,
    pub time: u64,
    pub text: String,
}

pub struct Collector {
    voice: Box<dyn Voice>,
    /// As the configuration has it, such as `tcp://docker-proxy:2375`.
    pub proxy: String,
    /// Host and port of Loki, and where it takes lines.
    pub loki: String,
    pub path: String,
    interval: f64,
    counters: Mutex<Counters>,
    /// Ids of the containers that were found last, and of those that are followed.
    pub targets: Mutex<BTreeSet<String>>,
    followed: Mutex<BTreeSet<String>>,
    positions: Positions,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Collector {
    /// Begins to collect, if the configuration says from where and to where.
    pub fn start(config: &Config, positions: Option<String>, voice: Box<dyn Voice>) -> &'static Self {
        let proxy = config.value("host").unwrap_or_default();
        let url = config.value("url").unwrap_or_default();
        let bare = url.split_once("://").map_or("", |(_, rest)| rest);
        let (loki, path) = bare.split_once('/').unwrap_or((bare, ""));
        let collector: &'static Self = Box::leak(Box::new(Self {
            voice,
            loki: loki.to_owned(),
            path: format!("/{path}"),
            interval: config.duration("refresh_interval").unwrap_or(60.0),
            counters: Mutex::default(),
            targets: Mutex::default(),
            followed: Mutex::default(),
            positions: Positions::read(positions),
            proxy,
        }));
        if collector.proxy.starts_with("tcp://") && !collector.loki.is_empty() {
            let (lines, queue) = sync_channel(QUEUE);
            std::thread::spawn(move || sender::run(collector, &queue));
            std::thread::spawn(move || collector.discover(&lines));
        }
        collector
    }

    pub fn counters(&self) -> MutexGuard<'_, Counters> {
        locked(&self.counters)
    }

    fn authority(&self) -> &str {
        self.proxy.trim_start_matches("tcp://")
    }

    fn discover(&'static self, lines: &SyncSender<Entry>) {
        loop {
            self.counters().refreshes += 1;
            match self.containers() {
                Ok(containers) => self.follow_all(&containers, lines),
                Err(error) => {
                    self.counters().refresh_failures += 1;
                    self.voice.refresh_failed(&format!("error while listing containers: {error}"));
                }
            }
            std::thread::sleep(clock::scaled(self.interval).max(Duration::from_millis(100)));
        }
    }

    fn containers(&self) -> Result<Vec<Value>, String> {
        let (status, body) = client::get(self.authority(), "GET", "/containers/json")
            .map_err(|error| self.unreachable(&error))?;
        match serde_json::from_str(&body) {
            Ok(Value::Array(containers)) if status == 200 => Ok(containers),
            _ => Err(format!("Error response from daemon: {}", body.trim())),
        }
    }

    /// As the engine's client says it.
    fn unreachable(&self, error: &std::io::Error) -> String {
        let (proxy, error) = (&self.proxy, error.to_string());
        match error.strip_prefix("dial tcp: ") {
            Some(lookup) => format!("failed to connect to the docker API at {proxy}: {lookup}"),
            None => format!("Cannot connect to the Docker daemon at {proxy}. Is the docker daemon running?"),
        }
    }

    fn follow_all(&'static self, containers: &[Value], lines: &SyncSender<Entry>) {
        let mut ids = BTreeSet::new();
        for container in containers {
            let Some(id) = container["Id"].as_str() else { continue };
            ids.insert(id.to_owned());
            if container["Labels"][IGNORED] == "ignore" || !locked(&self.followed).insert(id.to_owned()) {
                continue;
            }
            self.voice.found(id);
            let (id, labels, lines) = (id.to_owned(), lines::labels(container), lines.clone());
            std::thread::spawn(move || {
                self.follow(&id, &labels, &lines);
                // A container that still runs is found again.
                locked(&self.followed).remove(&id);
            });
        }
        *locked(&self.targets) = ids;
    }

    fn follow(&self, id: &str, labels: &BTreeMap<String, String>, lines: &SyncSender<Entry>) {
        let mut written = 0;
        let error = self.transfer(id, labels, lines, &mut written).err();
        let error = error.map(|error| client::words_of(&error).replace("unexpected eof", "unexpected EOF"));
        self.voice.stream_ended(id, written, error.as_deref());
    }

    fn transfer(
        &self,
        id: &str,
        labels: &BTreeMap<String, String>,
        lines: &SyncSender<Entry>,
        written: &mut u64,
    ) -> std::io::Result<()> {
        let (_, about) = client::get(self.authority(), "GET", &format!("/containers/{id}/json"))?;
        let about: Value = serde_json::from_str(&about).unwrap_or_default();
        let terminal = about["Config"]["Tty"] == true;
        let from = self.positions.of(id);
        let since = format!("{}.{:09}", from / 1_000_000_000, from % 1_000_000_000);
        let target = format!("/containers/{id}/logs?follow=1&stdout=1&stderr=1&timestamps=1&since={since}");
        let answer = client::request(self.authority(), "GET", &target, None, None)?;
        if answer.status != 200 {
            return Err(std::io::Error::other(format!("Error response from daemon: {}", answer.status)));
        }
        let mut body: Box<dyn Read + Send> = answer.body;
        lines::each(&mut body, terminal, |stream, time, text| {
            *written += text.len() as u64;
            if time <= from {
                return true;
            }
            self.counters().read += 1;
            let mut labels = labels.clone();
            labels.insert("stream".into(), stream.into());
            if let Some(level) = lines::level(&text) {
                labels.insert("level".into(), level);
            }
            let trace_id = lines::trace_id(&text);
            lines.send(Entry { labels, trace_id, container: id.to_owned(), time, text }).is_ok()
        })
    }
}

/// Compose projects whose containers are those of the backend.
fn projects() -> String {
    settings::text("RWA_PROJECTS").unwrap_or_else(|| "rwa.*".into())
}
