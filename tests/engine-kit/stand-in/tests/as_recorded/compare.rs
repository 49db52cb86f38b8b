//! Whether an answer is as recorded: the code, the headers that say something, and the form of the body.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::recording::{Answer, Recording};

/// Depend on the transport, the time or the length.
const PASSING: [&str; 4] = ["content-length", "transfer-encoding", "date", "connection"];

/// How much of an answer is looked at.
#[derive(Clone, Copy, PartialEq)]
pub enum Depth {
    Whole,
    /// Code and headers: the body was kept in parts only, or is a page of the real one.
    Head,
}

pub fn differences(recording: &Recording, answer: &Answer, depth: Depth) -> Vec<String> {
    let mut found = Vec::new();
    let wanted = &recording.answer;
    if answer.status != wanted.status {
        found.push(format!("status {} instead of {}: {}", answer.status, wanted.status, answer.body));
        return found;
    }
    for (name, value) in &wanted.headers {
        let name = name.to_lowercase();
        match answer.header(&name) {
            _ if PASSING.contains(&name.as_str()) => {}
            Some(_) if name == "traceresponse" => {}
            Some(here) if here == value => {}
            other => found.push(format!("header {name} is {other:?} instead of {value:?}")),
        }
    }
    let ends = |answer: &Answer| answer.header("connection") == Some("close");
    if ends(wanted) != ends(answer) {
        found.push(format!("the connection is closed: {}", ends(answer)));
    }
    if depth == Depth::Head {
        return found;
    }
    match (serde_json::from_str(&wanted.body), serde_json::from_str(&answer.body)) {
        (Ok(wanted_json), Ok(json)) if wanted.status >= 400 => {
            let (wanted_json, json): (Value, Value) = (loose_json(wanted_json), loose_json(json));
            if wanted_json != json {
                found.push(format!("{json} instead of {wanted_json}"));
            }
        }
        (Ok(wanted_json), Ok(json)) => shapes("$", &Shape::of(&wanted_json), &Shape::of(&json), &mut found),
        _ => {
            let (here, there) = (loose(&answer.body), loose(&wanted.body));
            if here != there {
                found.push(format!("body {here:?} instead of {there:?}"));
            }
        }
    }
    found
}

/// Numbers, times and ids become one sign: they are of one run only.
pub fn loose(text: &str) -> String {
    const SHORTEST_ID: usize = 16;
    let text = text.trim_end().replace('\0', "\\0");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let hex = rest.find(|letter: char| !matches!(letter, '0'..='9' | 'a'..='f')).unwrap_or(rest.len());
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let length = if hex >= SHORTEST_ID { hex } else { digits };
        if length > 0 {
            out.push('#');
            rest = &rest[length..];
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    out
}

fn loose_json(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(loose(&text)),
        Value::Array(items) => items.into_iter().map(loose_json).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, loose_json(value))).collect(),
        other => other,
    }
}

/// What JSON looks like: kinds, keys with how often they are there, and the elements of lists as one.
#[derive(Default)]
struct Shape {
    kinds: BTreeSet<&'static str>,
    count: usize,
    fields: BTreeMap<String, Shape>,
    items: Option<Box<Shape>>,
}

impl Shape {
    fn of(value: &Value) -> Self {
        let mut shape = Self::default();
        shape.add(value);
        shape
    }

    fn add(&mut self, value: &Value) {
        self.count += 1;
        self.kinds.insert(match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "list",
            Value::Object(_) => "object",
        });
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.fields.entry(name.clone()).or_default().add(value);
                }
            }
            Value::Array(items) => {
                let inner = self.items.get_or_insert_default();
                items.iter().for_each(|item| inner.add(item));
            }
            _ => {}
        }
    }
}

/// Kinds that only one side has, and keys that one side always has and the other never or not always.
fn shapes(path: &str, wanted: &Shape, here: &Shape, found: &mut Vec<String>) {
    if !here.kinds.is_subset(&wanted.kinds) {
        found.push(format!("{path}: {:?} instead of {:?}", here.kinds, wanted.kinds));
        return;
    }
    for (name, inner) in &wanted.fields {
        // Left out of the files, because it is the same everywhere.
        match here.fields.get(name) {
            Some(same) => shapes(&format!("{path}.{name}"), inner, same, found),
            None if inner.count == wanted.count => found.push(format!("{path}.{name} is missing")),
            None => {}
        }
    }
    for name in here.fields.keys().filter(|name| !wanted.fields.contains_key(*name)) {
        if path == "$.data" && name == "stats" {
            continue;
        }
        found.push(format!("{path}.{name} is not in the recording"));
    }
    if let (Some(inner), Some(same)) = (&wanted.items, &here.items) {
        match (inner.count, same.count) {
            (0, 0) => {}
            (0, _) => found.push(format!("{path} has elements, the recorded one has none")),
            (_, 0) => found.push(format!("{path} has no element")),
            _ => shapes(&format!("{path}[]"), inner, same, found),
        }
    }
}

/// Names and labels of the series of an exposition, without their values.
pub fn series(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    samples
        .filter_map(|line| line.split(" # ").next()?.rsplit_once(' '))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn a_missing_key_a_new_key_and_another_kind_are_seen() {
    let compare = |wanted: &str, here: &str| {
        let mut found = Vec::new();
        let shape = |text: &str| Shape::of(&serde_json::from_str(text).expect("JSON"));
        shapes("$", &shape(wanted), &shape(here), &mut found);
        found
    };
    assert_eq!(compare(r#"{"a": [{"b": 1}, {"b": 2, "c": "x"}]}"#, r#"{"a": [{"b": 7}]}"#), [""; 0]);
    assert_eq!(compare(r#"{"a": 1}"#, "{}"), ["$.a is missing"]);
    assert_eq!(compare("{}", r#"{"a": 1}"#), ["$.a is not in the recording"]);
    assert_eq!(compare(r#"{"a": "1"}"#, r#"{"a": 1}"#).len(), 1);
    assert_eq!(compare(r#"{"a": [1]}"#, r#"{"a": []}"#), ["$.a has no element"]);
}

#[test]
fn numbers_do_not_count_in_texts_and_words_do() {
    assert_eq!(loose("took 12.5 s"), loose("took 3.75 s\n"));
    assert_ne!(loose("limit: 15"), loose("limits: 15"));
}
