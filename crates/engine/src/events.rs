//! What happens on the engine, as it happens.

use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use serde::Deserialize;
use stack::observed::Health;

use crate::{
    Engine,
    connect::null_default,
    error::EngineError,
    label, status,
    wire::{Call, Lines},
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Id of the container or network, name of the volume, reference of the image.
    pub id: String,
    /// Name of the container, network, volume or image.
    pub name: String,
    /// Compose project; empty when there is none.
    pub project: String,
    /// Compose service; empty when there is none.
    pub service: String,
    /// The container is a one-off one of compose (`compose run`).
    pub oneoff: bool,
    /// Exit code of a container that died.
    pub exit_code: Option<i64>,
    /// The engine's clock, nanoseconds since 1970.
    pub time_nano: i64,
}

/// The kinds of events that the stream lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A container was made.
    Created,
    /// A container started.
    Started,
    /// A container's main process ended.
    Died,
    /// A stop of a container is complete. May come before [`EventKind::Died`] (Docker 28).
    Stopped,
    /// A container was sent a signal; not all signals end it.
    Killed,
    /// A container ran out of memory.
    OutOfMemory,
    /// A container was removed.
    Destroyed,
    /// A health check changed its verdict.
    Health(Health),
    /// A container has another name.
    Renamed,
    /// A container was frozen.
    Paused,
    /// A container runs on.
    Unpaused,
    /// An image was pulled.
    ImagePulled,
    /// A network was removed.
    NetworkDestroyed,
    /// A volume was removed.
    VolumeDestroyed,
}

/// A line of `/events`. From API 1.52 on it has no `status` and `id` of its own; they are not used.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawEvent {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(rename = "Action")]
    action: String,
    #[serde(rename = "Actor", deserialize_with = "null_default")]
    actor: Actor,
    #[serde(rename = "timeNano")]
    time_nano: i64,
    time: i64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Actor {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Attributes", deserialize_with = "null_default")]
    attributes: HashMap<String, String>,
}

/// Reads a line; `None` for events that we do not know or do not follow.
fn decode(line: &[u8]) -> Option<Event> {
    let raw: RawEvent = serde_json::from_slice(line)
        .inspect_err(|error| tracing::debug!(%error, "an event cannot be read"))
        .ok()?;
    // `health_status: healthy`
    let (action, detail) = raw.action.split_once(": ").unwrap_or((&raw.action, ""));
    let attributes = raw.actor.attributes;
    let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
    let kind = match (raw.kind.as_str(), action) {
        ("container", "create") => EventKind::Created,
        ("container", "start") => EventKind::Started,
        // Podman's word is the second one, here and below.
        ("container", "die" | "died") => EventKind::Died,
        ("container", "stop") => EventKind::Stopped,
        ("container", "kill") => EventKind::Killed,
        ("container", "oom") => EventKind::OutOfMemory,
        ("container", "destroy" | "remove") => EventKind::Destroyed,
        ("container", "health_status") => {
            let podmans = get("health_status");
            let word = if detail.is_empty() { podmans.as_str() } else { detail };
            EventKind::Health(status::health_word(word)?)
        }
        ("container", "rename") => EventKind::Renamed,
        ("container", "pause") => EventKind::Paused,
        ("container", "unpause") => EventKind::Unpaused,
        ("image", "pull") => EventKind::ImagePulled,
        ("network", "destroy" | "remove") => EventKind::NetworkDestroyed,
        ("volume", "destroy" | "remove") => EventKind::VolumeDestroyed,
        _ => return None,
    };
    let exit_code = ["exitCode", "containerExitCode"]
        .iter()
        .find_map(|name| attributes.get(*name)?.parse().ok())
        .filter(|_| kind == EventKind::Died);
    let name = get("name");
    Some(Event {
        kind,
        name: if name.is_empty() { raw.actor.id.clone() } else { name },
        id: raw.actor.id,
        project: get(label::PROJECT),
        service: get(label::SERVICE),
        oneoff: get(label::ONEOFF) == "True",
        exit_code,
        time_nano: if raw.time_nano == 0 { raw.time.saturating_mul(1_000_000_000) } else { raw.time_nano },
    })
}

impl Engine {
    /// Follows the engine's events, from `since` (Unix seconds, the engine's clock) or from now on.
    ///
    /// The stream opens when it is first polled, and ends with [`EngineError::Lost`] or without an error
    /// when the engine goes away. An event that cannot be read is left out.
    pub fn events(
        &self,
        since: Option<i64>,
    ) -> impl Stream<Item = Result<Event, EngineError>> + Send + Unpin + 'static + use<> {
        // Named one by one: each health check would emit three exec events otherwise.
        let filters = serde_json::json!({
            "type": ["container", "image", "network", "volume"],
            "event": [
                "create", "start", "die", "died", "stop", "kill", "oom", "destroy", "remove", "health_status",
                "rename", "pause", "unpause", "pull",
            ],
        });
        let mut call =
            Call::get("follow events", "/events").filters(&filters).first_byte(self.inner.deadlines.read);
        if let Some(since) = since {
            call = call.query("since", &since.to_string());
        }
        EventStream { answer: self.stream(call), lines: Lines::default(), ready: VecDeque::new() }
    }
}

struct EventStream {
    answer: BoxStream<'static, Result<Bytes, EngineError>>,
    lines: Lines,
    ready: VecDeque<Event>,
}

impl Stream for EventStream {
    type Item = Result<Event, EngineError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            let this = &mut *self;
            match this.answer.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(chunk))) => {
                    this.lines.push(&chunk);
                    while let Some(line) = this.lines.next() {
                        this.ready.extend(decode(&line));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        decode(line.as_bytes()).map_or("left out".to_owned(), |event| {
            format!("{:?} {} {} {:?} {}", event.kind, event.id, event.name, event.exit_code, event.time_nano)
        })
    }

    #[test]
    fn events_are_read_in_the_old_and_the_new_shape() {
        let old = r#"{"status":"die","id":"abc","from":"redis:7","Type":"container","Action":"die",
            "Actor":{"ID":"abc","Attributes":{"exitCode":"137","name":"rwa-db-1"}},
            "scope":"local","time":1,"timeNano":1500000000}"#;
        let new = r#"{"Type":"container","Action":"die",
            "Actor":{"ID":"abc","Attributes":{"exitCode":"137","name":"rwa-db-1"}},"time":1,"timeNano":1500000000}"#;
        assert_eq!(said(old), "Died abc rwa-db-1 Some(137) 1500000000");
        assert_eq!(said(new), said(old));
    }

    #[test]
    fn a_health_event_has_its_verdict_within_the_action() {
        let event = |action: &str| {
            said(&format!(r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"a"}},"timeNano":1}}"#))
        };
        assert_eq!(event("health_status: healthy"), "Health(Healthy) a a None 1");
        assert_eq!(event("health_status: unhealthy"), "Health(Unhealthy) a a None 1");
        assert_eq!(event("health_status: rosy"), "left out");
        assert_eq!(event("exec_create: /bin/sh -c true"), "left out");
        assert_eq!(event("kill"), "Killed a a None 1");
    }

    #[test]
    fn podmans_words_mean_the_same() {
        let died = r#"{"Type":"container","Action":"died","Actor":{"ID":"a","Attributes":
            {"containerExitCode":"3","name":"x"}},"time":2}"#;
        assert_eq!(said(died), "Died a x Some(3) 2000000000");
        let health = r#"{"Type":"container","Action":"health_status","Actor":{"ID":"a","Attributes":
            {"health_status":"healthy"}},"time":2}"#;
        assert_eq!(said(health), "Health(Healthy) a a None 2000000000");
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        assert_eq!(said("{"), "left out");
        assert_eq!(said("{}"), "left out");
        assert_eq!(said(r#"{"Type":"secret","Action":"create","Actor":null}"#), "left out");
    }

    #[test]
    fn labels_tell_whose_container_it_is() {
        let line = r#"{"Type":"container","Action":"start","Actor":{"ID":"a","Attributes":{
            "com.docker.compose.project":"rwa","com.docker.compose.service":"db",
            "com.docker.compose.oneoff":"True"}},"timeNano":1}"#;
        let event = decode(line.as_bytes()).unwrap();
        assert_eq!((event.project.as_str(), event.service.as_str(), event.oneoff), ("rwa", "db", true));
    }
}
