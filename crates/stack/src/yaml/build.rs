//! From parser events to nodes.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, Span as EventSpan, StructureStyle, Tag};

use super::{Entry, Node, Span, Style, Value, scalar};

/// How many nodes a file may have after its aliases are expanded. Compose has the same limit: it stops
/// files that are small on disk and endless in memory.
pub const MAX_NODES: usize = 100_000;

/// How much text a file may have after its aliases are expanded, in bytes.
pub const MAX_TEXT: usize = 32 << 20;

/// How deep nodes may nest, aliases included.
pub const MAX_DEPTH: usize = 128;

/// A text that is not the YAML we can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// Where.
    pub span: Span,
    /// What is wrong, for people.
    pub message: String,
}

/// Reads every document of a text; empty documents are left out. `file` is put into every span.
///
/// The first syntax error ends the reading; of duplicate keys and the like all are reported.
pub fn parse(text: &str, file: usize) -> Result<Vec<Node>, Vec<YamlError>> {
    let options = granit_parser::options! { emit_comments: false };
    let mut build = Build {
        text,
        parser: Parser::new_from_str_with_options(text, options),
        file,
        anchors: HashMap::new(),
        nodes: 0,
        text_size: 0,
        errors: Vec::new(),
    };
    let mut documents = Vec::new();
    if let Err(fatal) = build.stream(&mut documents) {
        build.errors.push(fatal);
    }
    if build.errors.is_empty() { Ok(documents) } else { Err(build.errors) }
}

struct Build<'a> {
    text: &'a str,
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    file: usize,
    /// Finished anchored nodes by the parser's number.
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    /// Bytes of text so far, copies included.
    text_size: usize,
    /// What is wrong without ending the reading.
    errors: Vec<YamlError>,
}

struct Anchored {
    node: Node,
    size: usize,
    text_size: usize,
    height: usize,
}

impl<'a> Build<'a> {
    fn stream(&mut self, documents: &mut Vec<Node>) -> Result<(), YamlError> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => {
                    let (node, _) = self.node(event, span, 0)?;
                    if !node.is_null() {
                        documents.push(node);
                    }
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, EventSpan), YamlError> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => {
                let marker = error.marker();
                let span = Span { file: self.file, line: marker.line().max(1), column: marker.col() + 1 };
                Err(self
                    .tab(span, &error.info())
                    .unwrap_or(YamlError { span, message: plain_words(&error.info()) }))
            }
            None => Ok((Event::StreamEnd, EventSpan::default())),
        }
    }

    /// A tab in the indentation is what YAML's errors are most often about and seldom name: the line of
    /// it is looked for from the place of the error on.
    fn tab(&self, at: Span, info: &str) -> Option<YamlError> {
        if !info.contains("tab") {
            return None;
        }
        let lines = self.text.lines().enumerate().skip(at.line - 1).take(3);
        let (line, column) = lines.into_iter().find_map(|(index, line)| {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            Some((index + 1, line[..indentation].find('\t')? + 1))
        })?;
        let message = "this line is indented with a tab; YAML wants spaces".to_owned();
        Some(YamlError { span: Span { line, column, ..at }, message })
    }

    fn span(&self, span: EventSpan) -> Span {
        Span { file: self.file, line: span.start.line().max(1), column: span.start.col() + 1 }
    }

    /// The node that begins with this event, and its height.
    fn node(&mut self, event: Event<'a>, at: EventSpan, depth: usize) -> Result<(Node, usize), YamlError> {
        let span = self.span(at);
        let text_before = self.text_size;
        let own_text = if let Event::Scalar(text, ..) = &event { text.len() } else { 0 };
        self.count(1, own_text, span)?;
        if depth >= MAX_DEPTH {
            return Err(YamlError { span, message: format!("nested deeper than {MAX_DEPTH} levels") });
        }
        let before = self.nodes;
        let (node, height, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let value = Value::Scalar(text.into_owned());
                (Node { value, span, tag: tag_text(tag.as_deref()), style }, 1, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                let (items, height) = self.items(depth)?;
                let value = Value::Sequence(items);
                let style = structure(style);
                (Node { value, span, tag: tag_text(tag.as_deref()), style }, height + 1, anchor)
            }
            Event::MappingStart(style, anchor, tag) => {
                let (entries, height) = self.entries(depth)?;
                let value = Value::Mapping(entries);
                let style = structure(style);
                (Node { value, span, tag: tag_text(tag.as_deref()), style }, height + 1, anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, span, depth),
            other => {
                let message = format!("unexpected {other:?}");
                return Err(YamlError { span, message });
            }
        };
        if anchor != 0 {
            let size = self.nodes - before + 1;
            let text_size = self.text_size - text_before;
            // The copy that is kept takes memory too.
            self.count(0, text_size, span)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, text_size, height });
        }
        Ok((node, height))
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Node>, usize), YamlError> {
        let mut items = Vec::new();
        let mut height = 0;
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok((items, height));
            }
            let (item, item_height) = self.node(event, span, depth + 1)?;
            height = height.max(item_height);
            items.push(item);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<Entry>, usize), YamlError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merge: Option<Entry> = None;
        let mut lines: HashMap<String, usize> = HashMap::new();
        let mut height = 0;
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let (key, _) = self.node(event, at, depth + 1)?;
            let (event, at) = self.next()?;
            let (value, value_height) = self.node(event, at, depth + 1)?;
            height = height.max(value_height);
            let span = key.span;
            let is_merge = key.style == Style::Plain;
            let Some(key) = self.key(key) else { continue };
            if let Some(first) = lines.get(&key) {
                let message = format!(
                    "the key {key:?} is here twice: first in line {first}, again in line {}",
                    span.line
                );
                self.errors.push(YamlError { span, message });
                continue;
            }
            lines.insert(key.clone(), span.line);
            let entry = Entry { key, span, value };
            if is_merge && entry.key == "<<" {
                merge = Some(entry);
            } else {
                entries.push(entry);
            }
        }
        if let Some(merge) = merge {
            self.merge(&mut entries, merge);
        }
        Ok((entries, height))
    }

    /// The text of a key. Compose takes texts only: `80: …` has to be written `"80": …`.
    fn key(&mut self, key: Node) -> Option<String> {
        let span = key.span;
        let is_text = matches!(scalar::resolve(&key), Some(scalar::Scalar::Text(_)));
        if let (true, Value::Scalar(text)) = (is_text, &key.value) {
            return Some(text.clone());
        }
        let message = match key.value {
            Value::Scalar(text) if text.is_empty() => "a key is missing here".to_owned(),
            Value::Scalar(text) => format!("the key {text} is not a text; write \"{text}\""),
            Value::Sequence(_) | Value::Mapping(_) => {
                "a list or mapping cannot be a key; a text with brackets or braces needs quotes".to_owned()
            }
        };
        self.errors.push(YamlError { span, message });
        None
    }

    /// `<<`: a mapping or a list of mappings whose keys count where the mapping has none of its own;
    /// of several, the first one wins.
    fn merge(&mut self, entries: &mut Vec<Entry>, merge: Entry) {
        let mut known: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        let sources = match merge.value.value {
            Value::Sequence(items) => items,
            value => vec![Node { value, ..Node::null(merge.value.span) }],
        };
        for source in sources {
            let Value::Mapping(merged) = source.value else {
                let message = "<< takes a mapping or a list of mappings".to_owned();
                self.errors.push(YamlError { span: merge.span, message });
                continue;
            };
            entries.extend(merged.into_iter().filter(|entry| known.insert(entry.key.clone())));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<(Node, usize), YamlError> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            let message = "the alias stands inside of the very node that it refers to".to_owned();
            return Err(YamlError { span, message });
        };
        if depth + anchored.height > MAX_DEPTH {
            return Err(YamlError { span, message: format!("nested deeper than {MAX_DEPTH} levels") });
        }
        let (size, text_size) = (anchored.size, anchored.text_size);
        self.count(size, text_size, span)?;
        let anchored = &self.anchors[&anchor];
        Ok((anchored.node.clone(), anchored.height))
    }

    fn count(&mut self, nodes: usize, text_size: usize, span: Span) -> Result<(), YamlError> {
        self.text_size = self.text_size.saturating_add(text_size);
        if self.text_size > MAX_TEXT {
            let message = "more than 32 MB of text, counting what aliases repeat".to_owned();
            return Err(YamlError { span, message });
        }
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values, counting what aliases repeat");
            return Err(YamlError { span, message });
        }
        Ok(())
    }
}

/// The parser's words where they are not plain enough.
fn plain_words(info: &str) -> String {
    match info {
        "recursion limit exceeded" => format!("nested deeper than {MAX_DEPTH} levels"),
        "illegal placement of ':' indicator" => {
            "a colon cannot stand here; is a bracket, a brace or a quote left open above?".to_owned()
        }
        "unclosed quote" => "the quote that begins here is never closed".to_owned(),
        "while parsing node, found unknown anchor" => "there is no anchor of this name above".to_owned(),
        "while parsing a block mapping, did not find expected key" => {
            "a key is expected here; the indentation does not fit the lines above".to_owned()
        }
        other => other.to_owned(),
    }
}

fn structure(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Collection,
        StructureStyle::Flow => Style::Flow,
    }
}

/// A tag in its short form: `!!str`, `!reset`.
fn tag_text(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    let handle = if tag.handle() == "tag:yaml.org,2002:" { "!!" } else { tag.handle() };
    Some(format!("{handle}{}", tag.suffix()))
}
