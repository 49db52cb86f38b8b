//! Variables in provisioning files. Grafana replaces them in every value, a query or a regular expression too; what is
//! not set becomes nothing, without a word.

use std::collections::BTreeMap;

use stack::yaml::{Entry, Node, Value};

use crate::{Complaint, Files, Invocation, ReadError, Stage};

/// A file whose values are being replaced.
pub(super) struct Expansion<'a> {
    path: &'a str,
    environment: &'a BTreeMap<String, String>,
    files: &'a dyn Files,
    /// Whether what is looked at is a secret, no part of which may be told.
    is_secret: bool,
    pub(super) complaints: Vec<Complaint>,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(of: &Invocation<'a>, path: &'a str) -> Self {
        Self { path, environment: of.environment, files: of.files, is_secret: false, complaints: Vec::new() }
    }

    /// The same tree with its values as Grafana sees them. Keys stay as they are.
    pub(super) fn node(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Scalar(text) => Value::Scalar(self.value(node, text)),
            Value::Sequence(items) => Value::Sequence(items.iter().map(|item| self.node(item)).collect()),
            Value::Mapping(entries) => {
                let entry = |entry: &Entry| {
                    let around = self.is_secret;
                    self.is_secret |= entry.key == "secureJsonData" || entry.key.ends_with("assword");
                    let value = self.node(&entry.value);
                    self.is_secret = around;
                    Entry { value, ..entry.clone() }
                };
                Value::Mapping(entries.iter().map(entry).collect())
            }
        };
        Node { value, ..node.clone() }
    }

    fn value(&mut self, node: &Node, text: &str) -> String {
        let parts: Vec<String> = text
            .split("$$")
            .map(|part| {
                let part = self.with_files(node, part);
                self.with_environment(node, &part)
            })
            .collect();
        parts.join("$")
    }

    /// `$__file{PATH}` and `$__env{NAME}`.
    fn with_files(&mut self, node: &Node, text: &str) -> String {
        let mut replaced = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("$__") {
            let found = &rest[at + 1..];
            replaced.push_str(&rest[..at]);
            let braced = found.split_once('{').and_then(|(kind, inner)| Some((kind, inner.split_once('}')?)));
            match braced {
                Some(("__env", (name, after))) => {
                    replaced.push_str(&self.variable(node, name, &format!("__env{{{name}}}")));
                    rest = after;
                }
                Some(("__file", (path, after))) => {
                    replaced.push_str(&self.file(node, path));
                    rest = after;
                }
                _ => {
                    replaced.push_str("$__");
                    rest = &rest[at + 3..];
                }
            }
        }
        replaced + rest
    }

    /// `$NAME` and `${NAME}` as Go's `os.ExpandEnv` has it.
    fn with_environment(&mut self, node: &Node, text: &str) -> String {
        let mut replaced = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            replaced.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
            let bare = after.len() - after.trim_start_matches(is_name).len();
            if let Some(inner) = after.strip_prefix('{') {
                let Some((name, after)) = inner.split_once('}') else {
                    // An open brace goes with its dollar.
                    self.swallowed(node, "{");
                    rest = inner;
                    continue;
                };
                replaced.push_str(&self.variable(node, name, &format!("{{{name}}}")));
                rest = after;
            } else if after.starts_with(|c: char| c.is_ascii_digit() || "*#@!?-".contains(c)) {
                self.swallowed(node, &after[..1]);
                rest = &after[1..];
            } else if bare > 0 {
                replaced.push_str(&self.variable(node, &after[..bare], &after[..bare]));
                rest = &after[bare..];
            } else {
                replaced.push('$');
                rest = after;
            }
        }
        replaced + rest
    }

    fn variable(&mut self, node: &Node, name: &str, written: &str) -> String {
        // The image sets these.
        let of_the_image = name.starts_with("GF_") || matches!(name, "PATH" | "HOME" | "HOSTNAME" | "PWD");
        if let Some(value) = self.environment.get(name) {
            return value.clone();
        }
        if !of_the_image {
            self.swallowed(node, written);
        }
        String::new()
    }

    fn swallowed(&mut self, node: &Node, written: &str) {
        let written = if self.is_secret { "…" } else { written };
        let message = format!("${written} is replaced by an environment variable that is not set");
        let complaint = Complaint::at(self.path, node.span.line, node.span.column, Stage::Accepted, message);
        self.complaints.push(complaint.hint(format!("a dollar sign that stays is written $${written}")));
    }

    fn file(&mut self, node: &Node, path: &str) -> String {
        let reason = match self.files.read(path) {
            Ok(bytes) => return String::from_utf8_lossy(&bytes).trim().to_owned(),
            Err(ReadError::Hidden) => return String::new(),
            Err(ReadError::Folder) => format!("read {path}: is a directory"),
            Err(ReadError::Absent) => format!("stat {path}: no such file or directory"),
            Err(error) => format!("open {path}: {error}"),
        };
        let place = node.span;
        self.complaints.push(Complaint::at(self.path, place.line, place.column, Stage::Parse, reason));
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use stack::yaml::Span;

    use super::*;
    use crate::{Program, files::Texts};

    fn expanded(node: &Node) -> (Node, Vec<String>) {
        let environment = BTreeMap::from([("NAME".to_owned(), "value".to_owned())]);
        let files = Texts::one("/run/secrets/key", " secret\n");
        let invocation = Invocation {
            program: Program::Grafana,
            version: None,
            arguments: &[],
            environment: &environment,
            files: &files,
        };
        let mut expansion = Expansion::new(&invocation, "x");
        let node = expansion.node(node);
        (node, expansion.complaints.into_iter().map(|it| it.message).collect())
    }

    fn text(text: &str) -> (String, Vec<String>) {
        let (node, complaints) = expanded(&Node::text(text, Span::default()));
        let Value::Scalar(text) = node.value else { unreachable!("a text stays one") };
        (text, complaints)
    }

    #[test]
    fn what_is_set_is_replaced_and_a_double_dollar_is_one() {
        for (written, becomes) in [
            ("$NAME-${NAME}", "value-value"),
            ("$__env{NAME}/$__file{/run/secrets/key}", "value/secret"),
            ("$${__value.raw}", "${__value.raw}"),
            ("^a$|$)b$", "^a$|$)b$"),
            ("$$NAME $$$NAME", "$NAME $value"),
            ("$GF_PATHS_DATA", ""),
        ] {
            assert_eq!(text(written), (becomes.to_owned(), Vec::new()), "{written}");
        }
    }

    #[test]
    fn what_is_swallowed_is_told() {
        for (written, becomes, told) in [
            ("rate(x[$__rate_interval])", "rate(x[])", "$__rate_interval"),
            ("${__value.raw}", "", "${__value.raw}"),
            ("(a)-$1", "(a)-", "$1"),
            ("$__env{OTHER}", "", "$__env{OTHER}"),
            ("a${b", "ab", "${"),
        ] {
            let message = format!("{told} is replaced by an environment variable that is not set");
            assert_eq!(text(written), (becomes.to_owned(), vec![message]), "{written}");
        }
        assert_eq!(text("$__file{/none}").1, ["stat /none: no such file or directory"]);
    }

    #[test]
    fn no_part_of_a_secret_is_told() {
        let nodes = stack::yaml::parse("secureJsonData: {password: pa$word}\nuser: $me\n", 0).unwrap();
        let told =
            ["…", "me"].map(|it| format!("${it} is replaced by an environment variable that is not set"));
        assert_eq!(expanded(&nodes[0]).1, told);
    }
}
