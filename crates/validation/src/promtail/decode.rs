//! The settings of a stage, as Promtail's library takes them out of YAML: it knows neither lines nor columns, takes a
//! setting by its name in any case, and leaves aside what it does not know.

use stack::yaml::{Entry, Node, Value, scalar};

use crate::schema;

/// How the library names what stands under a key of its own: it prints the key's type.
const KEY: &str = "[<interface {} Value>]";

/// The settings of one stage.
pub(super) struct Settings<'a> {
    node: &'a Node,
    /// What the settings are a part of, as the library names it.
    part_of: &'static str,
    /// Whether values of other types are turned into what is wanted.
    weak: bool,
    /// What is wrong so far.
    faults: Vec<String>,
    /// The settings that were asked for.
    asked: Vec<&'static str>,
}

/// What a value is to the library.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text,
    List,
    Map,
}

impl Kind {
    fn of(node: &Node) -> Self {
        match (&node.value, scalar::resolve(node)) {
            (Value::Sequence(_), _) => Self::List,
            (Value::Mapping(_), _) => Self::Map,
            (_, Some(scalar::Scalar::Null)) => Self::Null,
            (_, Some(scalar::Scalar::Bool(value))) => Self::Bool(value),
            (_, Some(scalar::Scalar::Int(value))) => Self::Int(value),
            (_, Some(scalar::Scalar::Float(value))) => Self::Float(value),
            (Value::Scalar(text), _) if node.style == stack::yaml::Style::Plain => match text.as_str() {
                "yes" | "Yes" | "YES" | "y" | "Y" | "on" | "On" | "ON" => Self::Bool(true),
                "no" | "No" | "NO" | "n" | "N" | "off" | "Off" | "OFF" => Self::Bool(false),
                _ => Self::Text,
            },
            _ => Self::Text,
        }
    }

    /// Go's name of the type.
    fn name(self) -> &'static str {
        match self {
            Self::Null => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text => "string",
            Self::List => "[]interface {}",
            Self::Map => "map[interface {}]interface {}",
        }
    }

    /// Go's name of the kind of type.
    fn kind(self) -> &'static str {
        match self {
            Self::List => "slice",
            Self::Map => "map",
            other => other.name(),
        }
    }
}

impl<'a> Settings<'a> {
    /// Takes values only as what they are.
    pub(super) fn strict(node: &'a Node) -> Self {
        Self { node, part_of: "", weak: false, faults: Vec::new(), asked: Vec::new() }
    }

    /// The settings under one of several names.
    pub(super) fn of_one(node: &'a Node) -> Self {
        Self { part_of: KEY, ..Self::strict(node) }
    }

    /// Takes numbers as texts and the other way round.
    pub(super) fn weak(node: &'a Node) -> Self {
        Self { weak: true, ..Self::strict(node) }
    }

    /// A setting that is there with a value.
    pub(super) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.asked.push(key);
        let entries = self.node.entries();
        let exact = entries.iter().find(|entry| entry.key == key);
        let entry = exact.or_else(|| entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)));
        entry.map(|entry| &entry.value).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<&'a str> {
        let node = self.node(key)?;
        match (&node.value, Kind::of(node)) {
            (Value::Scalar(text), kind) if kind == Kind::Text || self.weak => Some(text),
            (_, kind) => {
                self.unconvertible(key, "string", kind, node);
                None
            }
        }
    }

    /// Yes or no.
    pub(super) fn bool(&mut self, key: &'static str) -> bool {
        let Some(node) = self.node(key) else { return false };
        match (Kind::of(node), self.weak) {
            (Kind::Bool(value), _) => value,
            (Kind::Int(value), true) => value != 0,
            (Kind::Text, true) => match &node.value {
                Value::Scalar(text)
                    if matches!(text.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True") =>
                {
                    true
                }
                Value::Scalar(text)
                    if matches!(text.as_str(), "" | "0" | "f" | "F" | "false" | "FALSE" | "False") =>
                {
                    false
                }
                Value::Scalar(text) => {
                    let words = format!(
                        "cannot parse '{key}' as bool: strconv.ParseBool: parsing {text:?}: invalid syntax"
                    );
                    self.faults.push(words);
                    false
                }
                _ => false,
            },
            (kind, _) => {
                self.unconvertible(key, "bool", kind, node);
                false
            }
        }
    }

    /// A number.
    pub(super) fn number(&mut self, key: &'static str) -> f64 {
        self.number_of(key, "float", "strconv.ParseFloat")
    }

    /// A whole number.
    pub(super) fn whole(&mut self, key: &'static str) -> f64 {
        self.number_of(key, "int", "strconv.ParseInt")
    }

    /// A whole number that should not be below zero.
    pub(super) fn count(&mut self, key: &'static str) -> f64 {
        self.number_of(key, "uint", "strconv.ParseUint")
    }

    fn number_of(&mut self, key: &'static str, kind: &str, reader: &str) -> f64 {
        let Some(node) = self.node(key) else { return 0.0 };
        match Kind::of(node) {
            #[expect(clippy::cast_precision_loss, reason = "as the program does")]
            Kind::Int(value) => value as f64,
            Kind::Float(value) => value,
            Kind::Bool(value) if self.weak => f64::from(u8::from(value)),
            Kind::Text if self.weak => {
                let Value::Scalar(text) = &node.value else { return 0.0 };
                text.trim().parse().unwrap_or_else(|_| {
                    let words =
                        format!("cannot parse '{key}' as {kind}: {reader}: parsing {text:?}: invalid syntax");
                    self.faults.push(words);
                    0.0
                })
            }
            kind => {
                self.unconvertible(key, "float64", kind, node);
                0.0
            }
        }
    }

    /// Names with texts, such as those of `json`'s expressions. A name without a text has an empty one.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<(&'a Entry, &'a str)>> {
        let node = self.node(key)?;
        if Kind::of(node) != Kind::Map {
            self.faults.push(format!("'{key}' expected a map, got '{}'", Kind::of(node).kind()));
            return None;
        }
        let mut found = Vec::new();
        for entry in node.entries() {
            found.extend(self.entry(entry, key));
        }
        Some(found)
    }

    /// The same of the stage itself, such as `labels`.
    pub(super) fn own_texts(&mut self) -> Option<Vec<(&'a Entry, &'a str)>> {
        let kind = Kind::of(self.node);
        if !matches!(kind, Kind::Map | Kind::Null) {
            self.faults.push(format!("'' expected a map, got '{}'", kind.kind()));
        }
        if kind != Kind::Map {
            return None;
        }
        let mut found = Vec::new();
        for entry in self.node.entries() {
            found.extend(self.entry(entry, ""));
        }
        Some(found)
    }

    fn entry(&mut self, entry: &'a Entry, of: &str) -> Option<(&'a Entry, &'a str)> {
        match (&entry.value.value, Kind::of(&entry.value)) {
            (_, Kind::Null) => Some((entry, "")),
            (Value::Scalar(text), kind) if kind == Kind::Text || self.weak => Some((entry, text)),
            (_, kind) => {
                self.unconvertible(&format!("{of}{KEY}"), "string", kind, &entry.value);
                None
            }
        }
    }

    /// The names of a list that is the stage itself, such as `labeldrop`.
    pub(super) fn own_list(&mut self) -> Vec<&'a str> {
        if self.node.is_null() { Vec::new() } else { self.names(self.node, "") }
    }

    /// A list of texts.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<&'a str> {
        self.node(key).map_or_else(Vec::new, |node| self.names(node, key))
    }

    /// A list of anything.
    pub(super) fn items(&mut self, key: &'static str) -> &'a [Node] {
        let Some(node) = self.node(key) else { return &[] };
        self.must_be_list(node, key);
        node.items()
    }

    fn names(&mut self, node: &'a Node, key: &str) -> Vec<&'a str> {
        self.must_be_list(node, key);
        let mut found = Vec::new();
        for (index, item) in node.items().iter().enumerate() {
            match (&item.value, Kind::of(item)) {
                (Value::Scalar(text), Kind::Text) => found.push(text.as_str()),
                (_, kind) => self.unconvertible(&format!("{key}[{index}]"), "string", kind, item),
            }
        }
        found
    }

    fn must_be_list(&mut self, node: &Node, key: &str) {
        let kind = Kind::of(node);
        if kind != Kind::List {
            self.faults.push(format!("'{key}': source data must be an array or slice, got {}", kind.kind()));
        }
    }

    fn unconvertible(&mut self, key: &str, wanted: &str, kind: Kind, node: &Node) {
        let part_of = if self.part_of.is_empty() { String::new() } else { format!("{}.", self.part_of) };
        self.faults.push(format!(
            "'{part_of}{key}' expected type '{wanted}', got unconvertible type '{}', value: '{}'",
            kind.name(),
            go_value(node)
        ));
    }

    /// What the library says when something did not fit.
    pub(super) fn done(mut self) -> Result<Vec<Ignored<'a>>, String> {
        let kind = Kind::of(self.node);
        if self.asked.is_empty() {
            return self.faulty().map(|()| Vec::new());
        }
        if !matches!(kind, Kind::Map | Kind::Null) {
            self.faults = vec![format!("'{}' expected a map, got '{}'", self.part_of, kind.kind())];
        }
        self.faulty()?;
        let asked = &self.asked;
        let ignored = self
            .node
            .entries()
            .iter()
            .filter(|entry| !asked.iter().any(|known| known.eq_ignore_ascii_case(&entry.key)));
        Ok(ignored
            .map(|entry| Ignored { entry, nearest: schema::nearest(&entry.key, asked.iter().copied()) })
            .collect())
    }

    fn faulty(&mut self) -> Result<(), String> {
        // A single thing that is no map or list is told as it is.
        match self.faults.as_mut_slice() {
            [] => Ok(()),
            [only] if only.starts_with("''") => Err(std::mem::take(only)),
            faults => {
                faults.sort();
                let lines: Vec<String> = faults.iter().map(|fault| format!("* {fault}")).collect();
                Err(format!("{} error(s) decoding:\n\n{}", lines.len(), lines.join("\n")))
            }
        }
    }
}

/// A setting that the program leaves aside.
pub(super) struct Ignored<'a> {
    pub(super) entry: &'a Entry,
    /// What was probably meant.
    pub(super) nearest: Option<&'static str>,
}

/// A value as Go's `%s` prints it, which is meant for texts.
pub(super) fn go_text(node: &Node) -> String {
    match Kind::of(node) {
        Kind::Null => "%!s(<nil>)".to_owned(),
        kind @ (Kind::Bool(_) | Kind::Int(_) | Kind::Float(_)) => {
            format!("%!s({}={})", kind.name(), go_value(node))
        }
        _ => go_value(node),
    }
}

/// The Go type of a value that is no text.
pub(super) fn other_type(node: &Node) -> Option<&'static str> {
    let kind = Kind::of(node);
    (kind != Kind::Text).then(|| kind.name())
}

/// A value as Go prints it: `map[a:1 b:[x y]]`.
pub(super) fn go_value(node: &Node) -> String {
    match &node.value {
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(go_value).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Mapping(entries) => {
            let mut entries: Vec<&Entry> = entries.iter().collect();
            entries.sort_by(|one, other| one.key.cmp(&other.key));
            let entries: Vec<String> =
                entries.iter().map(|entry| format!("{}:{}", entry.key, go_value(&entry.value))).collect();
            format!("map[{}]", entries.join(" "))
        }
        Value::Scalar(text) => match Kind::of(node) {
            Kind::Null => "<nil>".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) => value.to_string(),
            _ => text.clone(),
        },
    }
}
