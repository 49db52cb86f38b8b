//! The files that an agent reads, one over another.

use std::sync::LazyLock;

use stack::yaml::{Node, Span, Style, Value, scalar};

use crate::{
    Complaint, Invocation, ReadError, Stage, document, hcl, json,
    mapstructure::{JSON_NUMBER, Types},
};

use super::flags::Flags;

/// What stands for a file where the flags are at fault.
pub(super) const COMMAND: &str = "command";

/// The variable whose value the image's entrypoint writes to a file.
const VARIABLE: &str = "CONSUL_LOCAL_CONFIG";

/// The folder that the image's entrypoint gives to every agent.
const FOLDER: &str = "/consul/config";

static TYPES: LazyLock<Types> =
    LazyLock::new(|| Types::read(include_str!("../../schemas/consul.txt")).lenient());

/// What has been read, with the names of the files by the number in each span.
pub(super) struct Sources {
    pub names: Vec<String>,
    pub roots: Vec<Node>,
    /// Whether something could not be seen.
    pub hidden: bool,
}

impl Sources {
    pub(super) fn read(of: &Invocation<'_>, flags: &Flags, agent: bool) -> Result<Self, Complaint> {
        let mut sources = Self { names: Vec::new(), roots: Vec::new(), hidden: false };
        let format = flags.values.get("config-format").map_or("", String::as_str);
        if !matches!(format, "" | "json" | "hcl") {
            let words = "config: -config-format must be either 'hcl' or 'json'";
            return Err(Complaint::whole(COMMAND, Stage::Parse, words));
        }
        if agent {
            if of.files.list(FOLDER).is_ok() {
                sources.path(of, FOLDER, format)?;
            }
            if let Some(text) = of.environment.get(VARIABLE).filter(|text| !text.is_empty()) {
                sources.text(VARIABLE, text, "json")?;
            }
        }
        for path in &flags.paths {
            sources.path(of, path, format)?;
        }
        for (index, text) in flags.hcl.iter().enumerate() {
            sources.text(&format!("flags-{index}.hcl"), text, "hcl")?;
        }
        Ok(sources)
    }

    fn path(&mut self, of: &Invocation<'_>, path: &str, format: &str) -> Result<(), Complaint> {
        let kind = if format.is_empty() { extension(path) } else { format };
        match of.files.read(path) {
            Ok(_) if kind.is_empty() => {
                let words = format!(
                    "file {path} has unknown extension; must be .hcl or .json, or config format must be set"
                );
                Err(Complaint::whole(path, Stage::Parse, words))
            }
            Ok(bytes) => self.text(path, &String::from_utf8_lossy(&bytes), kind),
            Err(ReadError::Hidden) => {
                self.hidden = true;
                Ok(())
            }
            Err(ReadError::Folder) => {
                let names = of.files.list(path).unwrap_or_default();
                for name in names {
                    let file = format!("{}/{name}", path.trim_end_matches('/'));
                    let kind = if format.is_empty() { extension(&file) } else { format };
                    match of.files.read(&file) {
                        Ok(bytes) if !kind.is_empty() => {
                            self.text(&file, &String::from_utf8_lossy(&bytes), kind)?;
                        }
                        Err(error @ (ReadError::Denied | ReadError::Absent)) if !kind.is_empty() => {
                            let words = document::unreadable(&file, &error);
                            let words = format!("config: failed to read {file}: {words}");
                            return Err(Complaint::whole(&file, Stage::Parse, words));
                        }
                        // Folders in the folder and files of other kinds are passed over.
                        _ => {}
                    }
                }
                Ok(())
            }
            Err(error) => {
                let words = format!("config: Open failed on {path}. {}", document::unreadable(path, &error));
                Err(Complaint::whole(path, Stage::Parse, words))
            }
        }
    }

    fn text(&mut self, name: &str, text: &str, kind: &str) -> Result<(), Complaint> {
        let number = self.names.len();
        self.names.push(name.to_owned());
        // An empty file is no file.
        if text.is_empty() {
            return Ok(());
        }
        let root = if kind == "json" {
            let node = json::parse(text).map_err(|error| {
                Complaint::at(name, error.line, error.column, Stage::Parse, error.message)
            })?;
            from_json(hcl::in_file(node, number))
        } else {
            hcl::parse(text, number).map_err(|error| {
                Complaint::at(name, error.line, error.column, Stage::Parse, error.to_string())
            })?
        };
        match root.value {
            Value::Mapping(_) => self.roots.push(root),
            _ if root.is_null() => {}
            Value::Sequence(_) => {
                let words = "json: cannot unmarshal array into Go value of type map[string]interface {}";
                return Err(Complaint::at(name, root.span.line, root.span.column, Stage::Parse, words));
            }
            Value::Scalar(_) => {
                let kind = match scalar::resolve(&root) {
                    Some(scalar::Scalar::Bool(_)) => "bool",
                    Some(scalar::Scalar::Text(_)) => "string",
                    _ => "number",
                };
                let words =
                    format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}");
                return Err(Complaint::at(name, root.span.line, root.span.column, Stage::Parse, words));
            }
        }
        Ok(())
    }

    pub(super) fn complaint(&self, span: Span, stage: Stage, words: impl Into<String>) -> Complaint {
        let file = self.names.get(span.file).map_or(COMMAND, String::as_str);
        Complaint::at(file, span.line, span.column, stage, words)
    }

    /// What does not fit the types. Names that are not known are looked at only when everything else fits.
    pub(super) fn misfits(&self, of: &Invocation<'_>) -> Vec<Complaint> {
        let mut found = Vec::new();
        for root in &self.roots {
            let faults = TYPES.faults(root, "config.decodeTarget", "", "", &|_, _| None);
            let fit = faults.iter().all(|fault| fault.unknown.is_some());
            for fault in faults.into_iter().filter(|fault| fit || fault.unknown.is_none()) {
                let stage = if fault.unknown.is_some() && !of.knows_fields() {
                    Stage::Accepted
                } else {
                    Stage::Parse
                };
                if is_tolerated(&fault.words) {
                    continue;
                }
                let complaint = self.complaint(fault.span, stage, fault.words);
                found.push(match fault.unknown.and_then(|(_, nearest)| nearest) {
                    Some(nearest) => complaint.hint(format!("did you mean {nearest}?")),
                    None => complaint,
                });
            }
        }
        found
    }
}

/// Names that the agent only warns of.
fn is_tolerated(words: &str) -> bool {
    words == "invalid config key acl_enforce_version_8"
        || (words.starts_with("invalid config key audit.sink[") && words.ends_with("].name"))
}

fn extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((_, kind @ ("json" | "hcl"))) => kind,
        _ => "",
    }
}

/// Every number of JSON is a float to Go.
fn from_json(mut node: Node) -> Node {
    match &mut node.value {
        Value::Scalar(text) => {
            let number =
                node.style == Style::Plain && text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
            node.tag = number.then(|| JSON_NUMBER.to_owned());
        }
        Value::Sequence(items) => {
            for item in items {
                *item = from_json(std::mem::replace(item, Node::null(Span::default())));
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                entry.value = from_json(std::mem::replace(&mut entry.value, Node::null(Span::default())));
            }
        }
    }
    node
}
