//! A node together with its path, and the readings that compose allows for it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use super::{
    duration::GoDuration,
    error::{LoadErrorKind, Problems},
    keys::{Section, suggestion},
    size::ByteSize,
};
use crate::yaml::{
    Node, Value,
    scalar::{self, Scalar},
};

/// A node that is being decoded. Each reading reports what is wrong and returns `None`.
pub(super) struct Field<'a> {
    pub(super) node: &'a Node,
    pub(super) path: Path<'a>,
    pub(super) problems: &'a Problems,
}

/// The way to a node, written as `services.grafana.ports[0]`.
pub(super) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Path::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

impl<'a> Field<'a> {
    pub(super) fn root(node: &'a Node, problems: &'a Problems) -> Self {
        Self { node, path: Path::Root, problems }
    }

    pub(super) fn key<'b>(&'b self, key: &'b str, node: &'b Node) -> Field<'b> {
        Field { node, path: Path::Key(&self.path, key), problems: self.problems }
    }

    fn index<'b>(&'b self, index: usize, node: &'b Node) -> Field<'b> {
        Field { node, path: Path::Index(&self.path, index), problems: self.problems }
    }

    pub(super) fn error(&self, kind: LoadErrorKind, message: impl Into<String>) {
        self.problems.error(self.node.span, self.path.to_string(), kind, message);
    }

    /// Reports a value that cannot be.
    pub(super) fn invalid(&self, message: impl Into<String>) {
        self.error(LoadErrorKind::Value, message);
    }

    fn expected<T>(&self, wanted: &str) -> Option<T> {
        let found = match scalar::resolve(self.node) {
            Some(Scalar::Null) => "nothing".to_owned(),
            Some(Scalar::Text(text)) if text.chars().count() <= 40 => format!("the text {text:?}"),
            Some(Scalar::Text(_)) => "a text".to_owned(),
            Some(_) => scalar::as_text(self.node).unwrap_or_default(),
            None if matches!(self.node.value, Value::Sequence(_)) => "a list".to_owned(),
            None => "a mapping".to_owned(),
        };
        self.invalid(format!("wants {wanted}, but there is {found}"));
        None
    }

    /// The keys of a mapping one by one; unknown ones are reported, `x-` keys passed over.
    pub(super) fn section(&self, section: &Section, mut each: impl FnMut(&str, &Field<'_>)) {
        let Value::Mapping(entries) = &self.node.value else {
            self.expected::<()>("a mapping");
            return;
        };
        for entry in entries {
            if self.problems.is_full() {
                return;
            }
            let key = entry.key.as_str();
            let field = self.key(key, &entry.value);
            if section.supported.contains(&key) {
                each(key, &field);
            } else if section.unsupported.contains(&key) {
                let message =
                    format!("the key {key} is part of compose, but not supported by Switchyard yet");
                self.problems.error(entry.span, field.path.to_string(), LoadErrorKind::NotSupported, message);
            } else if !key.starts_with("x-") {
                let known = section.supported.iter().chain(section.unsupported).copied();
                let message = format!("there is no key {key} here{}", suggestion(key, known));
                self.problems.error(entry.span, field.path.to_string(), LoadErrorKind::UnknownKey, message);
            }
        }
    }

    /// Every entry of a mapping whose keys are free names.
    pub(super) fn entries(&self, mut each: impl FnMut(&str, &Field<'_>)) {
        let Value::Mapping(entries) = &self.node.value else {
            self.expected::<()>("a mapping");
            return;
        };
        for entry in entries {
            each(&entry.key, &self.key(&entry.key, &entry.value));
        }
    }

    /// Every item of a list.
    pub(super) fn items(&self, mut each: impl FnMut(&Field<'_>)) {
        let Value::Sequence(items) = &self.node.value else {
            self.expected::<()>("a list");
            return;
        };
        for (index, item) in items.iter().enumerate() {
            each(&self.index(index, item));
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.node.is_null()
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.node.value, Value::Mapping(_))
    }

    pub(super) fn is_sequence(&self) -> bool {
        matches!(self.node.value, Value::Sequence(_))
    }

    /// A text; compose takes no numbers here, so `user: 1000` needs quotes.
    pub(super) fn text(&self) -> Option<String> {
        match scalar::resolve(self.node) {
            Some(Scalar::Text(text)) => Some(text.to_owned()),
            Some(Scalar::Null) | None => self.expected("a text"),
            Some(_) => {
                let Value::Scalar(raw) = &self.node.value else { return None };
                self.invalid(format!("wants a text, but {raw} is none; write \"{raw}\""));
                None
            }
        }
    }

    /// A text, or anything that can be written as one.
    pub(super) fn loose_text(&self) -> Option<String> {
        scalar::as_text(self.node).or_else(|| self.expected("a text or a number"))
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let hint = suggestion(&text, known.iter().copied());
        self.invalid(format!("{text:?} is none of {}{hint}", known.join(", ")));
        None
    }

    /// `true` or `false`, also as a text that a variable has left behind.
    pub(super) fn boolean(&self) -> Option<bool> {
        match scalar::resolve(self.node) {
            Some(Scalar::Bool(value)) => Some(value),
            Some(Scalar::Text(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "y" | "yes" | "on" => Some(true),
                "false" | "n" | "no" | "off" => Some(false),
                _ => self.expected("true or false"),
            },
            _ => self.expected("true or false"),
        }
    }

    /// A whole number that fits, also as a text.
    pub(super) fn integer<T: TryFrom<i128>>(&self) -> Option<T> {
        let number = match scalar::resolve(self.node) {
            Some(Scalar::Int(number)) => Some(number),
            #[expect(clippy::cast_possible_truncation, reason = "checked to be integral and small")]
            Some(Scalar::Float(number)) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Some(number as i128)
            }
            Some(Scalar::Text(text)) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => T::try_from(number).ok().or_else(|| {
                self.invalid(format!("{number} is too large or too small here"));
                None
            }),
            None => self.expected("a whole number"),
        }
    }

    /// A number of CPU cores.
    pub(super) fn cores(&self) -> Option<f32> {
        let text = scalar::as_text(self.node);
        match text.and_then(|text| text.parse::<f32>().ok()) {
            Some(cores) if cores.is_finite() && cores >= 0.0 => Some(cores),
            _ => self.expected("a number of CPU cores such as 0.5"),
        }
    }

    /// A duration; always a text, because a number has no unit.
    pub(super) fn duration(&self) -> Option<GoDuration> {
        let text = match scalar::resolve(self.node) {
            Some(Scalar::Int(_) | Scalar::Float(_)) => scalar::as_text(self.node)?,
            _ => self.text()?,
        };
        GoDuration::parse(&text).map_err(|error| self.invalid(error.to_string())).ok()
    }

    /// A size, as a text or a number of bytes.
    pub(super) fn size(&self) -> Option<ByteSize> {
        let text = self.loose_text()?;
        ByteSize::parse(&text).map_err(|error| self.invalid(error.to_string())).ok()
    }

    /// A size where compose takes no number.
    pub(super) fn size_text(&self) -> Option<ByteSize> {
        let text = self.text()?;
        ByteSize::parse(&text).map_err(|error| self.invalid(error.to_string())).ok()
    }

    /// A list of texts.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        self.items(|item| texts.extend(item.text()));
        texts
    }

    /// A list of texts of which none counts twice.
    pub(super) fn unique_texts(&self) -> Vec<String> {
        unique(self.texts())
    }

    /// A list of texts and numbers, each once.
    pub(super) fn loose_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let mut known = HashSet::new();
        self.items(|item| texts.extend(item.loose_text().filter(|text| known.insert(text.clone()))));
        texts
    }

    /// A single text or a list of them.
    pub(super) fn text_or_texts(&self) -> Vec<String> {
        if self.is_sequence() { self.unique_texts() } else { self.text().into_iter().collect() }
    }

    /// `KEY: value` pairs or `KEY=value` lines; a key without a value has none.
    pub(super) fn pairs(&self) -> BTreeMap<String, Option<String>> {
        let mut pairs = BTreeMap::new();
        if self.is_sequence() {
            self.items(|item| {
                let Some(text) = item.text() else { return };
                let (key, value) = match text.split_once('=') {
                    Some((key, value)) => (key, Some(value.to_owned())),
                    None => (text.as_str(), None),
                };
                if key.ends_with(char::is_whitespace) {
                    item.invalid(format!("the name {key:?} ends with a space"));
                }
                pairs.insert(key.to_owned(), value);
            });
        } else {
            self.entries(|key, field| {
                let value = if field.is_null() { None } else { field.loose_text() };
                pairs.insert(key.to_owned(), value);
            });
        }
        pairs
    }

    /// [`Self::pairs`] where a missing value is an empty one.
    pub(super) fn settings(&self) -> BTreeMap<String, String> {
        self.pairs().into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect()
    }
}

/// Of several entries with the same name (what stands before `=`), the last one, at the place of the first.
fn unique(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(texts.len());
    for text in texts {
        let name = text.split('=').next().unwrap_or_default();
        if let Some(place) = places.get(name) {
            kept[*place] = text;
        } else {
            places.insert(name.to_owned(), kept.len());
            kept.push(text);
        }
    }
    kept
}
