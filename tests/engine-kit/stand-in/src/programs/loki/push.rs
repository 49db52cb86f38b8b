//! `POST /loki/api/v1/push`: what is taken in and what is refused, with the words of the real one.

use serde_json::Value;

use super::Loki;
use super::levels::detected;
use super::store::{Labels, Line, Store};
use crate::clock::{self, rfc3339};
use crate::config::Config;
use crate::http::{Request, Response};
use crate::jsoniter;

const MEGABYTE: f64 = 1_048_576.0;
const HOUR: u64 = 3_600_000_000_000;
/// How far ahead of our clock a line may be.
const GRACE: u64 = HOUR / 6;
/// Of one message inside Loki.
const LARGEST_MESSAGE: usize = 4_194_304;
/// How many refused lines of a stream are named.
const MOST_NAMED: usize = 10;
/// Where the name of a service is looked for when a stream does not have it.
const SERVICE_LABELS: [&str; 10] = [
    "service",
    "app",
    "application",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "component",
    "workload",
    "job",
];

pub struct Limits {
    rate: f64,
    burst: f64,
    stream_rate: f64,
    stream_burst: f64,
    label_names: usize,
    oldest: u64,
    behind: u64,
    line: usize,
    truncate: bool,
}

impl Limits {
    pub fn of(config: &Config) -> Self {
        let megabytes = |key: &str, usual: f64| {
            config.value(key).and_then(|value| value.parse::<f64>().ok()).unwrap_or(usual) * MEGABYTE
        };
        let nanos = |key: &str, usual: f64| (config.duration(key).unwrap_or(usual) * 1e9) as u64;
        Self {
            rate: megabytes("ingestion_rate_mb", 4.0),
            burst: megabytes("ingestion_burst_size_mb", 6.0),
            stream_rate: config.bytes("per_stream_rate_limit").unwrap_or(3.0 * MEGABYTE),
            stream_burst: config.bytes("per_stream_rate_limit_burst").unwrap_or(15.0 * MEGABYTE),
            label_names: config
                .value("max_label_names_per_series")
                .and_then(|value| value.parse().ok())
                .unwrap_or(15),
            oldest: nanos("reject_old_samples_max_age", 604_800.0),
            behind: nanos("max_chunk_age", 7200.0) / 2,
            line: config.bytes("max_line_size").map_or(256 << 10, |bytes| bytes as usize),
            truncate: config.is_true("max_line_size_truncate"),
        }
    }
}

struct Entry {
    time: u64,
    text: String,
    metadata: Labels,
}

struct Pushed {
    labels: Labels,
    entries: Vec<Entry>,
}

pub fn push(loki: &Loki, request: &Request) -> Response {
    if request.content_type() != "application/json" {
        // Everything else is taken for the binary form, which nobody sends to a stand-in.
        return Response::error(400, "snappy: corrupt input");
    }
    let streams = match read(&String::from_utf8_lossy(&request.body)) {
        Ok(streams) => streams,
        Err(message) => return Response::error(400, message),
    };
    let mut store = loki.store();
    match take_in(&mut store, &loki.limits, streams) {
        Ok(()) => Response::empty(204),
        Err((status, message)) => Response::error(status, message),
    }
}

fn read(body: &str) -> Result<Vec<Pushed>, String> {
    let value: Value = serde_json::from_str(body).map_err(|_| {
        let at = jsoniter::context(body, body.len());
        format!("loghttp.PushRequest.readFieldHash: expect \", but found \0, {at}")
    })?;
    let mut pushed = Vec::new();
    for stream in value["streams"].as_array().into_iter().flatten() {
        let labels = strings(&stream["stream"]);
        let mut entries = Vec::new();
        for entry in stream["values"].as_array().into_iter().flatten() {
            let time = entry[0].as_str().unwrap_or_default().parse().map_err(|_| not_nanoseconds(body))?;
            let text = entry[1].as_str().unwrap_or_default().to_owned();
            entries.push(Entry { time, text, metadata: strings(&entry[2]) });
        }
        pushed.push(Pushed { labels, entries });
    }
    Ok(pushed)
}

fn strings(value: &Value) -> Labels {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

/// Said of the place behind the stream, which is the last one.
fn not_nanoseconds(body: &str) -> String {
    let at = jsoniter::context(body, body.trim_end().len().saturating_sub(2));
    format!(
        "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: Value looks like \
         Number/Boolean/None, but can't find its end: ',' or '}}' symbol, {at}"
    )
}

type Refusal = (u16, String);

fn take_in(store: &mut Store, limits: &Limits, streams: Vec<Pushed>) -> Result<(), Refusal> {
    if streams.is_empty() {
        return Err((422, "error at least one valid stream is required for ingestion".into()));
    }
    let now = clock::nanos();
    let (mut accepted, mut refused) = (Vec::new(), None);
    for mut stream in streams {
        let result = fit(store, limits, &mut stream, now);
        match result {
            Ok(()) => accepted.push(stream),
            // The others are taken in all the same; the client hears of the last one.
            Err(refusal) => refused = Some(refusal),
        }
    }
    let lines: usize = accepted.iter().map(|stream| stream.entries.len()).sum();
    let bytes: usize = accepted.iter().flat_map(|stream| &stream.entries).map(|entry| entry.text.len()).sum();
    if !store.budget.spend(bytes as f64, now, limits.rate, limits.burst) {
        store.refuse("rate_limited", lines as u64, bytes as u64);
        return Err((
            429,
            format!(
                "ingestion rate limit exceeded for user fake (limit: {} bytes/sec) while attempting to ingest \
                 '{lines}' lines totaling '{bytes}' bytes, reduce log volume or contact your Loki administrator to \
                 see if the limit can be increased",
                limits.rate
            ),
        ));
    }
    let message = bytes + 64 * lines;
    if bytes > LARGEST_MESSAGE {
        return Err((
            500,
            format!(
                "rpc error: code = ResourceExhausted desc = grpc: received message larger than max \
                 ({message} vs. {LARGEST_MESSAGE})"
            ),
        ));
    }
    for stream in accepted {
        if let Err(refusal) = append(store, limits, stream, now) {
            refused = Some(refusal);
        }
    }
    refused.map_or(Ok(()), Err)
}

/// What is looked at before rates are: labels, times, long lines.
fn fit(store: &mut Store, limits: &Limits, stream: &mut Pushed, now: u64) -> Result<(), Refusal> {
    let lines = stream.entries.len() as u64;
    let bytes = stream.entries.iter().map(|entry| entry.text.len() as u64).sum();
    if let Some((column, letter)) = bad_label(&stream.labels) {
        store.refuse("invalid_labels", lines, bytes);
        return Err((
            400,
            format!(
                "couldn't parse labels: 1:{column}: parse error: unexpected character inside braces: '{letter}'"
            ),
        ));
    }
    let count = stream.labels.len();
    if !stream.labels.contains_key("service_name") {
        let found = SERVICE_LABELS.iter().find_map(|name| stream.labels.get(*name));
        let name = found.cloned().unwrap_or_else(|| "unknown_service".into());
        stream.labels.insert("service_name".into(), name);
    }
    let named = selector(&stream.labels);
    if count > limits.label_names {
        store.refuse("max_label_names_per_series", lines, bytes);
        let limit = limits.label_names;
        return Err((400, format!("entry for stream '{named}' has {count} label names; limit {limit}")));
    }
    let oldest = now.saturating_sub(limits.oldest);
    let mut refused = None;
    stream.entries.retain(|entry| {
        let time = rfc3339(entry.time, 0);
        let (reason, message) = if entry.time < oldest {
            let oldest = rfc3339(oldest, 0);
            (
                "greater_than_max_sample_age",
                format!("has timestamp too old: {time}, oldest acceptable timestamp is: {oldest}"),
            )
        } else if entry.time > now + GRACE {
            ("too_far_in_future", format!("has timestamp too new: {time}"))
        } else {
            return true;
        };
        store.refuse(reason, 1, entry.text.len() as u64);
        refused = Some((400, format!("entry for stream '{named}' {message}")));
        false
    });
    for entry in &mut stream.entries {
        if entry.text.len() <= limits.line {
            continue;
        }
        if !limits.truncate {
            return Err((
                400,
                format!(
                    "max entry size '{}' bytes exceeded for stream '{named}' while adding an entry with length \
                     '{}' bytes",
                    limits.line,
                    entry.text.len()
                ),
            ));
        }
        let end = (0..=limits.line).rev().find(|at| entry.text.is_char_boundary(*at)).unwrap_or(0);
        entry.text.truncate(end);
    }
    refused.map_or(Ok(()), Err)
}

/// The place in `{name="value"}` of the first character that a name may not have, and that character.
fn bad_label(labels: &Labels) -> Option<(usize, char)> {
    let mut column = 2;
    for (name, value) in labels {
        let fits = |(at, letter): &(usize, char)| {
            letter.is_ascii_alphabetic() || *letter == '_' || (*at > 0 && letter.is_ascii_digit())
        };
        if let Some((at, letter)) = name.chars().enumerate().find(|found| !fits(found)) {
            return Some((column + at, letter));
        }
        column += name.chars().count() + value.chars().count() + 5;
    }
    None
}

pub fn selector(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn append(store: &mut Store, limits: &Limits, pushed: Pushed, now: u64) -> Result<(), Refusal> {
    let total = pushed.entries.len();
    let (mut status, mut ignored) = (400, Vec::new());
    let named = selector(&pushed.labels);
    for entry in pushed.entries {
        let (labels, stream) = store.stream(&pushed.labels);
        let oldest = stream.newest.saturating_sub(limits.behind);
        let bytes = entry.text.len();
        let ignore = if entry.time < oldest {
            let why = format!(
                "entry too far behind, entry timestamp is: {}, oldest acceptable timestamp is: {}",
                rfc3339(entry.time, 0),
                rfc3339(oldest, 0)
            );
            Some(("too_far_behind", 400, why))
        } else if stream.budget.spend(bytes as f64, now, limits.stream_rate, limits.stream_burst) {
            stream.newest = stream.newest.max(entry.time);
            None
        } else {
            let why = format!(
                "Per stream rate limit exceeded (limit: {}MB/sec) while attempting to ingest for stream '{named}' \
                 totaling {bytes}B, consider splitting a stream via additional labels or contact your Loki \
                 administrator to see if the limit can be increased",
                limits.stream_rate / MEGABYTE
            );
            Some(("per_stream_rate_limit", 429, why))
        };
        if let Some((reason, code, why)) = ignore {
            store.refuse(reason, 1, bytes as u64);
            status = code;
            let time = rfc3339(entry.time, 9).replace('T', " ").replace('Z', " +0000 UTC");
            ignored.push(format!("entry with timestamp {time} ignored, reason: '{why}',\n"));
            continue;
        }
        let mut metadata = entry.metadata;
        metadata.insert("detected_level".into(), detected(&labels, &metadata, &entry.text));
        store.keep(Line { time: entry.time, labels, metadata, text: entry.text });
    }
    if ignored.is_empty() {
        return Ok(());
    }
    let count = ignored.len();
    ignored.truncate(MOST_NAMED);
    let listed = ignored.concat();
    Err((status, format!("{listed}user 'fake', total ignored: {count} out of {total} for stream: {named}")))
}
