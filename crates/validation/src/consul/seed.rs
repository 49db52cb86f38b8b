//! The file of values that the store begins with.

use stack::yaml::{Entry, Node, Value, scalar};

use crate::{
    Complaint, Stage, json,
    mapstructure::{kind_of, text},
};

/// The largest value that Consul takes.
const LARGEST: usize = 512 << 10;

/// What is wrong with a file such as `{"version": 1, "keys": {"a/b": "text"}}`, by what Consul's API refuses.
pub fn seed(file: &str, content: &str) -> Vec<Complaint> {
    let root = match json::parse(content) {
        Ok(root) => root,
        Err(error) => {
            return vec![Complaint::at(file, error.line, error.column, Stage::Parse, error.message)];
        }
    };
    let mut found = Vec::new();
    let mut add = |node: &Node, words: String| {
        found.push(Complaint::at(file, node.span.line, node.span.column, Stage::Validate, words));
    };
    if !matches!(root.value, Value::Mapping(_)) {
        add(&root, format!("expected an object with version and keys, got {}", kind_of(&root)));
        return found;
    }
    for name in ["version", "keys"] {
        if root.get(name).is_none() {
            add(&root, format!("missing field {name:?}"));
        }
    }
    for Entry { key, span, value } in root.entries() {
        match key.as_str() {
            "_comment" => {}
            "version" => {
                if !matches!(scalar::resolve(value), Some(scalar::Scalar::Int(0..=0xffff_ffff))) {
                    add(value, "the version is a whole number".to_owned());
                }
            }
            "keys" if !matches!(value.value, Value::Mapping(_)) => {
                add(value, format!("the keys are an object of texts, got {}", kind_of(value)));
            }
            "keys" => {
                for entry in value.entries() {
                    let name = Node::null(entry.span);
                    if let Some(words) = bad_key(&entry.key) {
                        add(&name, format!("{words}: {:?}", entry.key));
                    }
                    match text(&entry.value) {
                        None => add(
                            &entry.value,
                            format!("the value of {:?} is a text, got {}", entry.key, kind_of(&entry.value)),
                        ),
                        Some(text) if text.len() > LARGEST => add(
                            &entry.value,
                            format!(
                                "Request body({} bytes) too large, max size: {LARGEST} bytes",
                                text.len()
                            ),
                        ),
                        Some(_) => {}
                    }
                }
            }
            _ => add(&Node::null(*span), format!("unknown field {key:?}")),
        }
    }
    found
}

/// In Consul's words, why a key cannot be one.
fn bad_key(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("Missing key name");
    }
    if key.starts_with(' ') || key.ends_with(' ') || key.contains("%20") {
        return Some("invalid key name, leading/trailing spaces are not allowed");
    }
    let climbs = |part: &str| part == ".." || part.to_lowercase().contains("%2e");
    if key.split('/').any(climbs) {
        return Some("invalid key name, path traversal is not allowed");
    }
    // The API takes the slash for a part of its own path.
    key.starts_with('/').then_some("invalid key name, a leading slash is not allowed")
}
