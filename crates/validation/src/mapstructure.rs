//! What Go's `mapstructure` says of values that do not fit a program's types. Jaeger, as any OpenTelemetry collector,
//! and Consul read their configuration through it.

use std::collections::BTreeMap;

use stack::yaml::{Node, Span, Style, Value, scalar};

use crate::{duration, hcl, schema};

/// The types of one program, from a table in `schemas/`.
pub(crate) struct Types {
    types: BTreeMap<&'static str, Type>,
    /// The case of names does not count, a list of one stands for what is in it, and what is not known is told apart.
    lenient: bool,
}

#[derive(Default)]
struct Type {
    /// It reads its own values, so what is wrong with them is told in a paragraph of its own.
    own: bool,
    fields: BTreeMap<&'static str, &'static str>,
}

/// Something that does not fit.
pub(crate) struct Fault {
    /// Where.
    pub span: Span,
    /// The library's words.
    pub words: String,
    /// The type that has no field of this name, and the nearest name that it has.
    pub unknown: Option<(&'static str, Option<&'static str>)>,
}

/// What a type says of a value that is not one of Go's own; `None` when it is not known here.
pub(crate) type Custom = dyn Fn(&str, &Node) -> Option<Result<(), String>>;

/// The tag of a number of JSON, which Go takes for a float whatever it is.
pub(crate) const JSON_NUMBER: &str = "!float64";

/// The tag of a value that comes from the environment: its text fits a text, whatever else it may be.
pub(crate) const EXPANDED: &str = "!expanded";

impl Types {
    /// Reads a table.
    pub(crate) fn read(table: &'static str) -> Self {
        let mut types: BTreeMap<&'static str, Type> = BTreeMap::new();
        let mut current = "";
        for line in table.lines() {
            if let Some((name, kind)) = line.strip_prefix('\t').and_then(|field| field.split_once(": ")) {
                types.entry(current).or_default().fields.insert(name, kind);
            } else {
                current = line.strip_suffix(" *").unwrap_or(line);
                types.entry(current).or_default().own = current != line;
            }
        }
        Self { types, lenient: false }
    }

    /// With a field that the table does not have.
    #[must_use]
    pub(crate) fn with(mut self, of: &'static str, field: &'static str, kind: &'static str) -> Self {
        self.types.entry(of).or_default().fields.insert(field, kind);
        self
    }

    /// As Consul reads.
    pub(crate) fn lenient(self) -> Self {
        Self { lenient: true, ..self }
    }

    /// Whether a type reads its own values.
    pub(crate) fn is_own(&self, kind: &str) -> bool {
        self.types.get(kind).is_some_and(|known| known.own)
    }

    /// The type of a field.
    pub(crate) fn field(&self, of: &str, field: &str) -> Option<&'static str> {
        let fields = &self.types.get(of)?.fields;
        let found = if self.lenient { fields.get(field.to_lowercase().as_str()) } else { fields.get(field) };
        found.or_else(|| fields.get("*")).copied()
    }

    /// The nearest name of a field.
    pub(crate) fn nearest(&self, of: &str, field: &str) -> Option<&'static str> {
        schema::nearest(field, self.types.get(of)?.fields.keys().copied())
    }

    fn is_struct(&self, kind: &str) -> bool {
        self.types.get(kind).is_some_and(|known| !known.fields.is_empty())
    }

    /// What is wrong with a value of a type, which stands at a path; `before` comes before each of the words.
    pub(crate) fn faults(
        &self,
        node: &Node,
        kind: &'static str,
        path: &str,
        before: &str,
        custom: &Custom,
    ) -> Vec<Fault> {
        let mut walk = Walk { types: self, custom, found: Vec::new() };
        walk.value(node, kind, path, before);
        walk.found
    }
}

/// What stands between the words of a paragraph and those of the paragraph in it.
pub(crate) const INNER: &str = "decoding failed due to the following error(s):\n\n";

struct Walk<'a> {
    types: &'a Types,
    custom: &'a Custom,
    found: Vec<Fault>,
}

impl Walk<'_> {
    fn add(&mut self, span: Span, path: &str, before: &str, words: &str) {
        self.found.push(Fault { span, words: format!("{before}'{path}' {words}"), unknown: None });
    }

    fn value(&mut self, node: &Node, kind: &'static str, path: &str, before: &str) {
        if kind == "any" || node.is_null() {
            return;
        }
        if let (true, false, [only]) = (self.types.lenient, kind.starts_with("[]"), node.items()) {
            return self.value(only, kind, path, before);
        }
        if let Some(checked) = (self.custom)(kind, node) {
            if let Err(words) = checked {
                self.add(node.span, path, before, &words);
            }
            return;
        }
        if let Some(inner) = kind.strip_prefix("configoptional.Optional<").and_then(|it| it.strip_suffix('>'))
        {
            return self.optional(node, inner, path, before);
        }
        if let Some(item) = kind.strip_prefix("[]") {
            return self.list(node, item, path, before);
        }
        if let Some(item) = kind.strip_prefix("{}") {
            if node.entries().is_empty() && !matches!(node.value, Value::Mapping(_)) {
                return self.add(node.span, path, before, &unconvertible(&go_type(kind), node));
            }
            for entry in node.entries() {
                self.value(&entry.value, item, &format!("{path}[{}]", entry.key), before);
            }
            return;
        }
        if self.types.is_struct(kind) {
            if !matches!(node.value, Value::Mapping(_)) {
                return self.add(node.span, path, before, &no_struct(node));
            }
            if self.types.is_own(kind) {
                return self.fields(node, kind, "", &format!("{before}'{path}' {INNER}"));
            }
            return self.fields(node, kind, path, before);
        }
        if let Some(words) = scalar_fault(node, kind) {
            self.add(node.span, path, before, &words);
        }
    }

    /// Nobody reads the suggestions of a file that is wrong throughout.
    fn nearest(&self, kind: &str, name: &str) -> Option<&'static str> {
        if self.found.len() < 100 { self.types.nearest(kind, name) } else { None }
    }

    fn optional(&mut self, node: &Node, inner: &'static str, path: &str, before: &str) {
        if !self.types.is_struct(inner) {
            return;
        }
        if matches!(node.value, Value::Mapping(_)) {
            self.fields(node, inner, "", &format!("{before}'{path}' {INNER}"));
        } else {
            self.add(node.span, path, before, &format!("'' {}", no_struct(node)));
        }
    }

    fn list(&mut self, node: &Node, item: &'static str, path: &str, before: &str) {
        match &node.value {
            Value::Sequence(items) => {
                for (index, each) in items.iter().enumerate() {
                    self.value(each, item, &format!("{path}[{index}]"), before);
                }
            }
            // A text stands for a list of texts, with commas between them.
            Value::Scalar(_) if item == "string" && !self.types.lenient => {}
            _ => {
                let words = format!("source data must be an array or slice, got {}", kind_of(node));
                self.add(node.span, path, before, &words);
            }
        }
    }

    fn fields(&mut self, node: &Node, kind: &'static str, path: &str, before: &str) {
        let mut unknown = Vec::new();
        for entry in node.entries() {
            match self.types.field(kind, &entry.key) {
                Some(field) => {
                    let inner =
                        if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                    self.value(&entry.value, field, &inner, before);
                }
                None => unknown.push(entry),
            }
        }
        if self.types.lenient {
            for entry in unknown {
                let name = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                let words = format!("invalid config key {name}");
                let nearest = self.nearest(kind, &entry.key);
                self.found.push(Fault { span: entry.span, words, unknown: Some((kind, nearest)) });
            }
            return;
        }
        if let Some(first) = unknown.iter().min_by_key(|entry| &entry.key) {
            let name = if path.is_empty() { bare(kind) } else { path };
            let mut keys: Vec<&str> = unknown.iter().map(|entry| entry.key.as_str()).collect();
            keys.sort_unstable();
            let words = format!("{before}'{name}' has invalid keys: {}", keys.join(", "));
            let nearest = self.nearest(kind, &first.key);
            self.found.push(Fault { span: first.span, words, unknown: Some((kind, nearest)) });
        }
    }
}

/// `grpc.Config#2` is `grpc.Config` to its program.
fn bare(kind: &str) -> &str {
    kind.split('#').next().unwrap_or(kind)
}

fn go_type(kind: &str) -> String {
    match (kind.strip_prefix("[]"), kind.strip_prefix("{}")) {
        (Some(item), _) => format!("[]{}", go_type(item)),
        (_, Some(item)) => format!("map[string]{}", go_type(item)),
        _ if kind == "any" => "interface {}".to_owned(),
        _ => bare(kind).to_owned(),
    }
}

/// In Go's words, what a value is: `map`, `slice` or the type of a scalar.
pub(crate) fn kind_of(node: &Node) -> &'static str {
    if node.tag.as_deref() == Some(JSON_NUMBER) {
        return "float64";
    }
    match scalar::resolve(node) {
        Some(scalar::Scalar::Bool(_)) => "bool",
        Some(scalar::Scalar::Int(_)) => "int",
        Some(scalar::Scalar::Float(_)) => "float64",
        Some(_) => "string",
        None if matches!(node.value, Value::Sequence(_)) => "slice",
        None => "map",
    }
}

fn no_struct(node: &Node) -> String {
    format!("expected a map or struct, got {:?}", kind_of(node))
}

fn unconvertible(expected: &str, node: &Node) -> String {
    let got = match kind_of(node) {
        "map" => "map[string]interface {}",
        "slice" if node.tag.as_deref() == Some(hcl::BLOCKS) => "[]map[string]interface {}",
        "slice" => "[]interface {}",
        other => other,
    };
    format!("expected type '{expected}', got unconvertible type '{got}'")
}

/// What Go's own types say of a value.
pub(crate) fn scalar_fault(node: &Node, kind: &str) -> Option<String> {
    let expanded = node.tag.as_deref() == Some(EXPANDED);
    let value = scalar::resolve(node);
    let number = kind.starts_with("int") || kind.starts_with("uint") || kind.starts_with("float");
    let fits = match (kind, &value) {
        ("string", Some(scalar::Scalar::Text(_)))
        | ("bool", Some(scalar::Scalar::Bool(_)))
        | ("time.Duration", Some(scalar::Scalar::Int(_) | scalar::Scalar::Float(_))) => true,
        ("string", Some(_)) => expanded,
        ("time.Duration", Some(scalar::Scalar::Text(text))) => {
            // The value itself is left out: it might be a secret.
            return duration::go(text).err().map(|words| {
                let at = words.find('"').unwrap_or(words.len());
                words[..at].trim_end().to_owned()
            });
        }
        (_, Some(scalar::Scalar::Int(whole))) if number => {
            if kind.starts_with('u') && *whole < 0 {
                return Some(format!("cannot parse value as '{kind}': {whole} overflows uint"));
            }
            true
        }
        (_, Some(scalar::Scalar::Float(_))) if number => true,
        ("string" | "bool" | "time.Duration", _) => false,
        _ => !number,
    };
    (!fits).then(|| unconvertible(kind, node))
}

/// A text in quotes, or one that stands for nothing else.
pub(crate) fn text(node: &Node) -> Option<&str> {
    match (&node.value, scalar::resolve(node)) {
        (Value::Scalar(text), Some(scalar::Scalar::Text(_))) => Some(text),
        (Value::Scalar(text), Some(_))
            if node.style != Style::Plain || node.tag.as_deref() == Some(EXPANDED) =>
        {
            Some(text)
        }
        _ => None,
    }
}
