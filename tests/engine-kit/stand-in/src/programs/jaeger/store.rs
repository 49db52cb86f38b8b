//! Spans as they are kept, and how they are found. Bounded by `max_traces`: the oldest trace goes first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;

pub const ERROR: u8 = 2;
const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];
/// Of one trace, so that a loop in a client does not fill the memory.
const MOST_SPANS: usize = 10_000;

pub type Attributes = Vec<(String, Value)>;

#[derive(Debug, PartialEq, Default)]
pub struct Resource {
    pub service: String,
    /// Without the service's name, sorted.
    pub attributes: Attributes,
}

#[derive(Debug, Clone)]
pub struct Event {
    pub time: u64,
    pub name: String,
    pub attributes: Attributes,
}

#[derive(Debug, Clone)]
pub struct Span {
    pub trace: u128,
    pub id: u64,
    pub parent: Option<u64>,
    pub name: String,
    /// By OTLP's numbers.
    pub kind: u8,
    /// In nanoseconds since 1970, as is the end.
    pub start: u64,
    pub end: u64,
    /// Sorted by name.
    pub attributes: Attributes,
    pub status: u8,
    pub status_message: String,
    pub scope: String,
    pub events: Vec<Event>,
    pub resource: Arc<Resource>,
}

impl Span {
    pub fn duration(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
    pub fn kind_name(&self) -> &'static str {
        KINDS.get(usize::from(self.kind)).copied().unwrap_or_default()
    }
    fn has_tag(&self, name: &str, wanted: &str) -> bool {
        if name == "error" && wanted == "true" && self.status == ERROR {
            return true;
        }
        let mut all = self.attributes.iter().chain(&self.resource.attributes);
        all.any(|(known, value)| known == name && plain(value) == wanted)
    }
}

pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Without leading zeros beyond 64 bits, as the API shows it.
pub fn short_id(trace: u128) -> String {
    if trace >> 64 == 0 { format!("{trace:016x}") } else { format!("{trace:032x}") }
}

/// What a search is limited to.
#[derive(Default)]
pub struct Search {
    pub service: String,
    pub operation: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub shortest: Option<u64>,
    pub longest: Option<u64>,
    pub start: u64,
    pub end: u64,
    pub limit: usize,
}

pub struct Store {
    traces: BTreeMap<u128, Vec<Span>>,
    order: VecDeque<u128>,
    most: usize,
    /// Spans taken in and refused, by receiver and transport.
    pub received: BTreeMap<(&'static str, &'static str), (u64, u64)>,
}

pub const JAEGER_HTTP: (&str, &str) = ("jaeger", "collector_http");
pub const OTLP_GRPC: (&str, &str) = ("otlp", "grpc");
pub const OTLP_HTTP: (&str, &str) = ("otlp", "http");

impl Store {
    pub fn new(most: usize) -> Self {
        let received = [JAEGER_HTTP, OTLP_GRPC, OTLP_HTTP].map(|receiver| (receiver, (0, 0)));
        Self { traces: BTreeMap::new(), order: VecDeque::new(), most, received: BTreeMap::from(received) }
    }

    pub fn keep(&mut self, receiver: (&'static str, &'static str), spans: Vec<Span>) {
        self.received.entry(receiver).or_default().0 += spans.len() as u64;
        for span in spans {
            let trace = self.traces.entry(span.trace).or_insert_with(|| {
                self.order.push_back(span.trace);
                Vec::new()
            });
            if trace.len() < MOST_SPANS {
                trace.push(span);
            }
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.traces.remove(&oldest);
            }
        }
    }

    pub fn refuse(&mut self, receiver: (&'static str, &'static str), spans: u64) {
        self.received.entry(receiver).or_default().1 += spans;
    }

    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        self.traces.values().flatten()
    }

    pub fn trace(&self, id: u128) -> Option<&[Span]> {
        self.traces.get(&id).map(Vec::as_slice)
    }

    pub fn services(&self) -> BTreeSet<&str> {
        self.spans().map(|span| span.resource.service.as_str()).collect()
    }

    /// Names with the kind of their spans.
    pub fn operations(&self, service: &str) -> BTreeSet<(&str, &'static str)> {
        let of_service = self.spans().filter(|span| span.resource.service == service);
        of_service.map(|span| (span.name.as_str(), span.kind_name())).collect()
    }

    /// Newest first.
    pub fn find(&self, search: &Search) -> Vec<&[Span]> {
        let fits = |span: &Span| {
            span.resource.service == search.service
                && search.operation.as_ref().is_none_or(|name| *name == span.name)
                && (search.start..=search.end).contains(&span.start)
                && search.shortest.is_none_or(|shortest| span.duration() >= shortest)
                && search.longest.is_none_or(|longest| span.duration() <= longest)
                && search.tags.iter().all(|(name, value)| span.has_tag(name, value))
        };
        let mut found: Vec<&[Span]> =
            self.traces.values().filter(|spans| spans.iter().any(fits)).map(Vec::as_slice).collect();
        let begin = |spans: &[Span]| spans.iter().map(|span| span.start).min();
        found.sort_by_key(|spans| std::cmp::Reverse(begin(spans)));
        found.truncate(search.limit);
        found
    }

    /// Who calls whom, and how often.
    pub fn dependencies(&self, start: u64, end: u64) -> BTreeMap<(&str, &str), u64> {
        let mut calls = BTreeMap::new();
        for spans in self.traces.values() {
            let service = |id: u64| {
                // A span may have the id of its caller (Zipkin's way): another one is wanted.
                spans.iter().find(|span| span.id == id).map(|span| span.resource.service.as_str())
            };
            for span in spans.iter().filter(|span| (start..=end).contains(&span.start)) {
                if let Some(parent) = span.parent.and_then(service) {
                    *calls.entry((parent, span.resource.service.as_str())).or_default() += 1;
                }
            }
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(trace: u128) -> Span {
        Span {
            trace,
            id: 1,
            parent: None,
            name: "GET".into(),
            kind: 3,
            start: trace as u64,
            end: trace as u64 + 5,
            attributes: Vec::new(),
            status: 0,
            status_message: String::new(),
            scope: String::new(),
            events: Vec::new(),
            resource: Arc::new(Resource { service: "a".into(), ..Resource::default() }),
        }
    }

    #[test]
    fn the_oldest_trace_goes_when_there_are_too_many() {
        let mut store = Store::new(2);
        for trace in 1..=3 {
            store.keep(OTLP_HTTP, vec![span(trace)]);
        }
        assert!(store.trace(1).is_none());
        let search = Search { service: "a".into(), end: u64::MAX, limit: 10, ..Search::default() };
        let ids: Vec<u128> = store.find(&search).iter().map(|spans| spans[0].trace).collect();
        assert_eq!(ids, [3, 2]);
    }

    #[test]
    fn an_id_shows_leading_zeros_of_64_bits_only() {
        assert_eq!(short_id(0x0540_d5ba_b557_3fb5), "0540d5bab5573fb5");
        assert_eq!(short_id(0xaf54_09d2_a026_4630_4860_4e8e_97ac_58ff), "af5409d2a026463048604e8e97ac58ff");
    }
}
