//! Which settings a Go program knows, and whether a YAML file keeps to them.
//!
//! The tables in `schemas/` name every field and its type, as `schemas/extract` reads them from the program's types at
//! the version that the stack pins. The words are those of Go's YAML libraries.

use std::collections::BTreeMap;

use stack::yaml::{Node, Span, Value, scalar};

use crate::duration;

/// The types of one program.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    types: BTreeMap<&'static str, Type>,
}

#[derive(Debug, Clone, Default)]
struct Type {
    /// It reads its own YAML, so the library calls it `plain` in its errors.
    plain: bool,
    /// What the library calls it, where it is neither its own name nor `plain`.
    name: Option<&'static str>,
    fields: BTreeMap<&'static str, &'static str>,
}

/// Something that does not fit the types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where.
    pub span: Span,
    /// In the library's words, without the line.
    pub message: String,
    /// Whether a newer program may know better: the field itself is unknown.
    pub unknown_field: bool,
    /// Whether the library collects it with others; otherwise it ends the reading and is told without a line.
    pub collected: bool,
    /// The nearest field that exists.
    pub nearest: Option<&'static str>,
}

/// What a type that is not one of Go's own makes of a value: `None` when it is not known here, and then it is accepted.
pub type Custom<'a> = dyn Fn(&str, &Node) -> Option<Result<(), String>> + 'a;

impl Type {
    /// What the library calls it in its errors.
    fn called(&self, kind: &str) -> String {
        match self.name {
            Some(name) => name.to_owned(),
            None if self.plain => plain(kind),
            None => bare(kind).to_owned(),
        }
    }
}

impl Schema {
    /// Reads a table of `schemas/`: a line for each type (with ` *` when it reads its own YAML), and below it a line
    /// `<tab>field: type` for each field. `[]` before a type is a list of it, `{}` a mapping of texts to it.
    pub fn read(table: &'static str) -> Self {
        let mut types: BTreeMap<&'static str, Type> = BTreeMap::new();
        let mut current = "";
        for line in table.lines() {
            if let Some(field) = line.strip_prefix('\t') {
                let Some((name, kind)) = field.split_once(": ") else { continue };
                types.entry(current).or_default().fields.insert(name, kind);
            } else {
                let (name, plain) = line.strip_suffix(" *").map_or((line, false), |name| (name, true));
                current = name;
                types.entry(name).or_default().plain = plain;
            }
        }
        Self { types }
    }

    /// Adds a field that the program reads by code rather than by its types.
    #[must_use]
    pub fn with(mut self, of: &'static str, field: &'static str, kind: &'static str) -> Self {
        self.types.entry(of).or_default().fields.insert(field, kind);
        self
    }

    /// Says what the library calls a type that is put together by code.
    #[must_use]
    pub fn named(mut self, of: &'static str, name: &'static str) -> Self {
        self.types.entry(of).or_default().name = Some(name);
        self
    }

    /// Whether there is a type of this name.
    pub fn knows(&self, kind: &str) -> bool {
        self.types.contains_key(kind)
    }

    /// The type of a field.
    pub fn field(&self, of: &str, field: &str) -> Option<&'static str> {
        self.types.get(of)?.fields.get(field).copied()
    }

    /// Everything in a node that does not fit a type.
    pub fn misfits(&self, node: &Node, kind: &str, custom: &Custom<'_>) -> Vec<Misfit> {
        let mut found = Vec::new();
        self.walk(node, kind, custom, &mut found);
        found
    }

    fn walk(&self, node: &Node, kind: &str, custom: &Custom<'_>, found: &mut Vec<Misfit>) {
        if kind == "any" || node.is_null() {
            return;
        }
        match custom(kind, node) {
            Some(Ok(())) => return,
            Some(Err(message)) => {
                found.push(Misfit { collected: false, ..misfit(node.span, message) });
                return;
            }
            None => {}
        }
        if let Some(item) = kind.strip_prefix("[]") {
            match &node.value {
                Value::Sequence(items) => items.iter().for_each(|each| self.walk(each, item, custom, found)),
                _ => found.push(mismatch(node, kind)),
            }
        } else if let Some(item) = kind.strip_prefix("{}") {
            match &node.value {
                Value::Mapping(entries) => {
                    for entry in entries {
                        self.walk(&entry.value, item, custom, found);
                    }
                }
                _ => found.push(mismatch(node, kind)),
            }
        } else if let Some(known) = self.types.get(kind) {
            match &node.value {
                Value::Mapping(_) => self.fields(node, kind, known, custom, found),
                // What reads its own YAML may take a text as well.
                Value::Scalar(_) | Value::Sequence(_) if known.plain && known.fields.is_empty() => {}
                _ => {
                    let message = format!("cannot unmarshal {} into {}", shown(node), known.called(kind));
                    found.push(misfit(node.span, message));
                }
            }
        } else if let Some(fault) = builtin(node, kind) {
            found.push(fault);
        }
    }

    fn fields(&self, node: &Node, kind: &str, known: &Type, custom: &Custom<'_>, found: &mut Vec<Misfit>) {
        for entry in node.entries() {
            let field = known.fields.get(entry.key.as_str()).or_else(|| known.fields.get("*"));
            if let Some(field) = field {
                self.walk(&entry.value, field, custom, found);
                continue;
            }
            let nearest = nearest(&entry.key, known.fields.keys().copied());
            let message = format!("field {} not found in type {}", entry.key, known.called(kind));
            found.push(Misfit { unknown_field: true, nearest, ..misfit(entry.span, message) });
        }
    }
}

fn misfit(span: Span, message: String) -> Misfit {
    Misfit { span, message, unknown_field: false, collected: true, nearest: None }
}

/// `client.Config#2` is `client.Config` to its program.
fn bare(kind: &str) -> &str {
    kind.split(['#', '<']).next().unwrap_or(kind)
}

/// The name that the library gives to a type which reads its own YAML through a copy of itself.
fn plain(kind: &str) -> String {
    format!("{}.plain", bare(kind).split('.').next().unwrap_or_default())
}

/// The nearest of some names, when it is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|each| (strsim::osa_distance(name, each), each));
    scored
        .min()
        .filter(|(distance, each)| *distance <= (each.len().max(name.len()) / 3).max(1))
        .map(|(_, each)| each)
}

/// In the library's words: `cannot unmarshal !!str `soon` into time.Duration`.
pub fn mismatch(node: &Node, kind: &str) -> Misfit {
    misfit(node.span, format!("cannot unmarshal {} into {}", shown(node), go_type(kind)))
}

fn shown(node: &Node) -> String {
    let Value::Scalar(text) = &node.value else {
        return if matches!(node.value, Value::Sequence(_)) { "!!seq" } else { "!!map" }.to_owned();
    };
    let tag = match scalar::resolve(node) {
        Some(scalar::Scalar::Bool(_)) => "!!bool",
        Some(scalar::Scalar::Int(_)) => "!!int",
        Some(scalar::Scalar::Float(_)) => "!!float",
        Some(scalar::Scalar::Null) => "!!null",
        _ => "!!str",
    };
    let short: String = text.chars().take(7).collect();
    if text.chars().count() > 10 { format!("{tag} `{short}...`") } else { format!("{tag} `{text}`") }
}

fn go_type(kind: &str) -> String {
    match (kind.strip_prefix("[]"), kind.strip_prefix("{}")) {
        (Some(item), _) => format!("[]{}", go_type(item)),
        (_, Some(item)) => format!("map[string]{}", go_type(item)),
        _ if kind == "any" => "interface {}".to_owned(),
        _ => bare(kind).to_owned(),
    }
}

/// Go's own types, and the durations of the Prometheus family.
fn builtin(node: &Node, kind: &str) -> Option<Misfit> {
    let Value::Scalar(text) = &node.value else {
        let scalar =
            matches!(kind, "bool" | "string" | "time.Duration" | "model.Duration") || is_number(kind);
        return scalar.then(|| mismatch(node, kind));
    };
    let value = scalar::resolve(node);
    let fits = match kind {
        "bool" => {
            // Go's older library, which these programs use, knows the words of YAML 1.1.
            matches!(value, Some(scalar::Scalar::Bool(_)))
                || matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n")
        }
        "time.Duration" => {
            matches!(value, Some(scalar::Scalar::Int(_) | scalar::Scalar::Float(_)))
                || duration::go(text).is_ok()
        }
        "model.Duration" => {
            return duration::prometheus(text)
                .err()
                .map(|error| Misfit { collected: false, ..misfit(node.span, error) });
        }
        "float64" | "float32" => matches!(value, Some(scalar::Scalar::Int(_) | scalar::Scalar::Float(_))),
        _ if is_number(kind) => match value {
            Some(scalar::Scalar::Int(number)) => !kind.starts_with('u') || number >= 0,
            // It takes the whole part.
            Some(scalar::Scalar::Float(number)) => number.abs() < 9e18,
            _ => false,
        },
        _ => true,
    };
    (!fits).then(|| mismatch(node, kind))
}

fn is_number(kind: &str) -> bool {
    matches!(
        kind,
        "int"
            | "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "float32"
            | "float64"
    )
}

#[cfg(test)]
mod tests {
    use stack::yaml;

    use super::*;

    const TABLE: &str = "a.Config\n\tname: string\n\twait: time.Duration\n\tevery: model.Duration\n\tparts: []a.Part\n\tby_name: {}a.Part\na.Part *\n\tcount: uint\n\ton: bool\n";

    fn misfits(text: &str) -> Vec<String> {
        let nodes = yaml::parse(text, 0).expect("valid YAML");
        let found = Schema::read(TABLE).misfits(&nodes[0], "a.Config", &|_, _| None);
        found.iter().map(|each| format!("{}: {}", each.span.line, each.message)).collect()
    }

    #[test]
    fn what_fits_is_accepted() {
        assert_eq!(
            misfits("name: x\nwait: 5s\nevery: 1d\nparts: [{count: 2, on: yes}]\nby_name: {a: {on: true}}\n"),
            [""; 0]
        );
    }

    #[test]
    fn unknown_fields_and_wrong_types_are_told_in_the_librarys_words() {
        assert_eq!(misfits("nam: x\n"), ["1: field nam not found in type a.Config"]);
        assert_eq!(misfits("parts:\n  - cont: 1\n"), ["2: field cont not found in type a.plain"]);
        assert_eq!(misfits("wait: soon\n"), ["1: cannot unmarshal !!str `soon` into time.Duration"]);
        assert_eq!(misfits("every: 15\n"), ["1: not a valid duration string: \"15\""]);
        assert_eq!(misfits("parts: {}\n"), ["1: cannot unmarshal !!map into []a.Part"]);
        assert_eq!(
            misfits("by_name: {a: {count: a long text}}\n"),
            ["1: cannot unmarshal !!str `a long ...` into uint"]
        );
    }

    #[test]
    fn a_misspelt_field_leads_to_the_nearest_one() {
        assert_eq!(
            nearest("scrape_intervall", ["scrape_interval", "scrape_timeout"].into_iter()),
            Some("scrape_interval")
        );
        assert_eq!(nearest("nonsense", ["name", "wait"].into_iter()), None);
    }
}
