//! `:14268/api/traces`: batches of spans in Thrift's binary protocol.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Jaeger;
use super::store::{Attributes, ERROR, Event, JAEGER_HTTP, Resource, Span, plain};
use crate::faults;
use crate::http::{Request, Response};

const KINDS: [&str; 2] = ["application/x-thrift", "application/vnd.apache.thrift.binary"];
const DEEPEST: usize = 16;
const MOST_ITEMS: u32 = 1 << 20;

pub fn answer(jaeger: &Jaeger, request: &Request) -> Response {
    answered(jaeger, request).with("Connection", "close")
}

fn answered(jaeger: &Jaeger, request: &Request) -> Response {
    if request.path != "/api/traces" {
        return Response::not_found();
    }
    if request.method != "POST" {
        return Response::empty(405);
    }
    let kind = request.content_type();
    if kind.is_empty() {
        return Response::error(400, "Cannot parse content type: mime: no media type");
    }
    if !KINDS.contains(&kind.as_str()) {
        return Response::error(400, format!("Unsupported content type: {kind}"));
    }
    let spans = match batch(&request.body) {
        Ok(spans) => spans,
        Err(message) => return Response::error(400, format!("Unable to process request body: {message}")),
    };
    if faults::memory_limit() {
        jaeger.store().refuse(JAEGER_HTTP, spans.len() as u64);
        return Response::error(500, format!("Cannot submit Jaeger batch: {}", super::OVER_LIMIT));
    }
    jaeger.store().keep(JAEGER_HTTP, spans);
    Response::empty(202)
}

/// A value of Thrift; structs are by the numbers of their fields.
enum Item {
    Number(i64),
    Double(f64),
    Text(Vec<u8>),
    List(Vec<Item>),
    Fields(BTreeMap<i16, Item>),
}

type Result<T> = std::result::Result<T, String>;

struct Reader<'a> {
    bytes: &'a [u8],
    /// The field that is read, for the error.
    field: i16,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8]> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else {
            let why = if self.bytes.is_empty() { "EOF" } else { "unexpected EOF" };
            return Err(format!("*jaeger.Batch field {} read error: {why}", self.field));
        };
        self.bytes = rest;
        Ok(taken)
    }
    fn number(&mut self, count: usize) -> Result<i64> {
        let taken = self.take(count)?;
        let negative = taken.first().is_some_and(|byte| byte & 0x80 != 0);
        Ok(taken.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte)))
    }
    fn size(&mut self) -> Result<u32> {
        let size = self.number(4)?;
        u32::try_from(size)
            .ok()
            .filter(|size| *size <= MOST_ITEMS)
            .ok_or_else(|| "Invalid data length".into())
    }

    fn fields(&mut self, depth: usize) -> Result<Item> {
        let mut fields = BTreeMap::new();
        loop {
            let kind = self.take(1)?[0];
            if kind == 0 {
                return Ok(Item::Fields(fields));
            }
            if !matches!(kind, 2..=4 | 6 | 8 | 10..=15) {
                return Err(format!("Unknown data type {kind}"));
            }
            let id = self.number(2)? as i16;
            if depth == 0 {
                self.field = id;
            }
            let item = self.item(kind, depth + 1)?;
            fields.insert(id, item);
        }
    }

    fn item(&mut self, kind: u8, depth: usize) -> Result<Item> {
        if depth > DEEPEST {
            return Err("depth limit exceeded".into());
        }
        Ok(match kind {
            2 | 3 => Item::Number(self.number(1)?),
            4 => Item::Double(f64::from_bits(self.number(8)? as u64)),
            6 => Item::Number(self.number(2)?),
            8 => Item::Number(self.number(4)?),
            10 => Item::Number(self.number(8)?),
            11 => {
                let size = self.size()?;
                Item::Text(self.take(size as usize)?.to_vec())
            }
            12 => self.fields(depth)?,
            13 => {
                let (key, value) = (self.take(1)?[0], self.take(1)?[0]);
                let mut items = Vec::new();
                for _ in 0..self.size()? {
                    items.push(self.item(key, depth + 1)?);
                    items.push(self.item(value, depth + 1)?);
                }
                Item::List(items)
            }
            14 | 15 => {
                let kind = self.take(1)?[0];
                let mut items = Vec::new();
                for _ in 0..self.size()? {
                    items.push(self.item(kind, depth + 1)?);
                }
                Item::List(items)
            }
            other => return Err(format!("Unknown data type {other}")),
        })
    }
}

impl Item {
    fn field(&self, id: i16) -> Option<&Self> {
        match self {
            Self::Fields(fields) => fields.get(&id),
            _ => None,
        }
    }
    fn number(&self, id: i16) -> i64 {
        match self.field(id) {
            Some(Self::Number(number)) => *number,
            _ => 0,
        }
    }
    fn text(&self, id: i16) -> String {
        match self.field(id) {
            Some(Self::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }
    }
    fn list(&self, id: i16) -> &[Self] {
        match self.field(id) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }
}

fn tags(items: &[Item]) -> Attributes {
    let pair = |tag: &Item| {
        let value = match tag.number(2) {
            1 => match tag.field(4) {
                Some(Item::Double(number)) => json!(number),
                _ => Value::Null,
            },
            2 => json!(tag.number(5) != 0),
            3 => json!(tag.number(6)),
            4 => json!(tag.text(7)),
            _ => json!(tag.text(3)),
        };
        (tag.text(1), value)
    };
    let mut all: Attributes = items.iter().map(pair).collect();
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

/// `Batch { 1: Process { 1: serviceName, 2: tags }, 2: list<Span> }`.
fn batch(bytes: &[u8]) -> Result<Vec<Span>> {
    let batch = Reader { bytes, field: 0 }.fields(0)?;
    let process = batch.field(1).ok_or("Required field Process is not set")?;
    let resource = Arc::new(Resource { service: process.text(1), attributes: tags(process.list(2)) });
    Ok(batch.list(2).iter().map(|span| read_span(span, &resource)).collect())
}

fn read_span(span: &Item, resource: &Arc<Resource>) -> Span {
    const CHILD_OF: i64 = 0;
    let mut attributes = tags(span.list(10));
    let kind = attributes.iter().position(|(name, _)| name == "span.kind");
    let kind = kind.map(|at| plain(&attributes.remove(at).1)).unwrap_or_default();
    let failed = attributes.iter().position(|(name, value)| name == "error" && plain(value) == "true");
    if let Some(at) = failed {
        // The status says it.
        attributes.remove(at);
    }
    let parent = span.number(4) as u64;
    let referred = span.list(6).iter().find(|reference| reference.number(1) == CHILD_OF);
    let parent =
        if parent == 0 { referred.map_or(0, |reference| reference.number(4) as u64) } else { parent };
    let start = span.number(8) as u64 * 1000;
    let events = span.list(11).iter().map(|log| {
        let mut fields = tags(log.list(2));
        let named = fields.iter().position(|(name, _)| name == "event");
        let name = named.map(|at| plain(&fields.remove(at).1)).unwrap_or_default();
        Event { time: log.number(1) as u64 * 1000, name, attributes: fields }
    });
    Span {
        trace: u128::from(span.number(2) as u64) << 64 | u128::from(span.number(1) as u64),
        id: span.number(3) as u64,
        parent: (parent != 0).then_some(parent),
        name: span.text(5),
        kind: match kind.as_str() {
            "internal" => 1,
            "server" => 2,
            "client" => 3,
            "producer" => 4,
            "consumer" => 5,
            _ => 0,
        },
        start,
        end: start + span.number(9) as u64 * 1000,
        attributes,
        status: if failed.is_some() { ERROR } else { 0 },
        status_message: String::new(),
        scope: String::new(),
        events: events.collect(),
        resource: Arc::clone(resource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_thrift_is_refused_with_the_words_of_the_real_one() {
        assert_eq!(batch(b"xxxx").err().as_deref(), Some("Unknown data type 120"));
        assert_eq!(batch(b"").err().as_deref(), Some("*jaeger.Batch field 0 read error: EOF"));
        // A list that says it is longer than it can be.
        assert!(batch(&[15, 0, 2, 12, 0x7F, 0xFF, 0xFF, 0xFF]).is_err());
    }
}
