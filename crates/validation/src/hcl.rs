//! HCL in its first version, as Consul writes its configuration, in the same tree as YAML. A block may come several
//! times, so it is a list of mappings, with the tag [`BLOCKS`].

mod scan;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use stack::yaml::{Entry, Node, Span, Style, Value};

use crate::json;

use self::{
    scan::{Kind, Place, Scanner, Token},
    text::{heredoc, unquote},
};

/// The tag of a list that is made of blocks of one name.
pub const BLOCKS: &str = "!blocks";

/// How deep blocks and lists may nest.
const MAX_DEPTH: usize = 200;

/// Why a text is no HCL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("At {line}:{column}: {message}")]
pub struct HclError {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// The library's words, as in `literal not terminated`.
    pub message: String,
}

/// Reads a text; its values get `file` into their spans.
pub fn parse(text: &str, file: usize) -> Result<Node, HclError> {
    // What begins with a brace is taken for JSON.
    if text.trim_start().starts_with('{') {
        return json::parse(text).map(|node| in_file(node, file)).map_err(|error| HclError {
            line: error.line,
            column: error.column,
            message: error.message,
        });
    }
    let text = text.replace("\r\n", "\n");
    let mut reader = Reader {
        scanner: Scanner::new(&text),
        token: Token { kind: Kind::Eof, text: "", at: (1, 1) },
        kept: false,
        file,
        depth: 0,
    };
    let read = reader.items(false);
    // What the scanner says is nearer to the fault than what the parser makes of it.
    if let Some(((line, column), message)) = reader.scanner.fault {
        return Err(HclError { line, column, message });
    }
    let entries =
        read.map_err(|fault| HclError { line: fault.at.0, column: fault.at.1, message: fault.message })?;
    Ok(Node::mapping(entries, Span { file, line: 1, column: 1 }))
}

/// The same value in a file of another number.
pub(crate) fn in_file(mut node: Node, file: usize) -> Node {
    node.span.file = file;
    match &mut node.value {
        Value::Sequence(items) => {
            for item in items {
                *item = in_file(std::mem::replace(item, Node::null(Span::default())), file);
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                entry.span.file = file;
                entry.value = in_file(std::mem::replace(&mut entry.value, Node::null(Span::default())), file);
            }
        }
        Value::Scalar(_) => {}
    }
    node
}

struct Fault {
    at: Place,
    message: String,
    /// The text ended where something new would have begun, which is no fault at the outermost level.
    end: bool,
}

fn fault<T>(at: Place, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at, message: message.into(), end: false })
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    token: Token<'a>,
    /// Whether the token is to be read once more.
    kept: bool,
    file: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn scan(&mut self) -> Token<'a> {
        if self.kept {
            self.kept = false;
            return self.token;
        }
        self.token = self.scanner.token();
        while self.token.kind == Kind::Comment {
            self.token = self.scanner.token();
        }
        self.token
    }

    fn keep(&mut self) {
        self.kept = true;
    }

    fn span(&self, at: Place) -> Span {
        Span { file: self.file, line: at.0, column: at.1 }
    }

    fn is(token: Token<'_>, sign: &str) -> bool {
        matches!(token.kind, Kind::Sign(text, _) if text == sign)
    }

    fn items(&mut self, inside: bool) -> Result<Vec<Entry>, Fault> {
        let mut items = Items::default();
        loop {
            if inside {
                let token = self.scan();
                self.keep();
                if Self::is(token, "}") {
                    return Ok(items.entries);
                }
            }
            match self.item() {
                Ok(entry) => items.add(entry),
                Err(Fault { end: true, .. }) => return Ok(items.entries),
                Err(fault) => return Err(fault),
            }
            if !Self::is(self.scan(), ",") {
                self.keep();
            }
        }
    }

    fn item(&mut self) -> Result<Entry, Fault> {
        let keys = self.keys()?;
        let token = self.token;
        let value = if Self::is(token, "=") {
            self.value()?
        } else if Self::is(token, "{") {
            self.object()?
        } else {
            let names: Vec<&str> = keys.iter().map(|key| key.text).collect();
            let words =
                format!("key '{}' expected start of object ('{{') or assignment ('=')", names.join(" "));
            return fault(token.at, words);
        };
        let mut keys = keys.into_iter().rev();
        let entry =
            |this: &Self, key: Token<'_>, value| Entry { key: name(key), span: this.span(key.at), value };
        let Some(last) = keys.next() else { return fault(token.at, "no object keys found!") };
        let mut inner = entry(self, last, value);
        // `service "web" { … }` is a block in a block.
        for key in keys {
            let span = inner.span;
            inner = entry(self, key, blocks(Node::mapping(vec![inner], span)));
        }
        Ok(inner)
    }

    fn keys(&mut self) -> Result<Vec<Token<'a>>, Fault> {
        let mut keys = Vec::new();
        loop {
            let token = self.scan();
            match token.kind {
                Kind::Eof if keys.is_empty() => {
                    return Err(Fault { at: token.at, message: "EOF token found".to_owned(), end: true });
                }
                Kind::Identifier | Kind::Text => keys.push(token),
                Kind::Sign("=", _) if keys.len() > 1 => {
                    return fault(token.at, "nested object expected: LBRACE got: ASSIGN");
                }
                Kind::Sign("=", _) if keys.is_empty() => return fault(token.at, "no object keys found!"),
                Kind::Sign("{", _) if keys.is_empty() => {
                    return fault(token.at, "expected: IDENT | STRING got: LBRACE");
                }
                // At the end of a block its last keys have no value, which is told as such.
                Kind::Eof | Kind::Sign("=" | "{", _) => return Ok(keys),
                Kind::Sign("}", _) if !keys.is_empty() => return Ok(keys),
                Kind::Illegal => return fault(token.at, "illegal character"),
                other => {
                    let words = format!("expected: IDENT | STRING | ASSIGN | LBRACE got: {}", other.name());
                    return fault(token.at, words);
                }
            }
        }
    }

    fn value(&mut self) -> Result<Node, Fault> {
        let token = self.scan();
        match token.kind {
            Kind::Number | Kind::Float | Kind::Bool | Kind::Text | Kind::Heredoc => Ok(self.literal(token)),
            Kind::Sign("{", _) => self.object(),
            Kind::Sign("[", _) => self.list(),
            Kind::Eof => Err(Fault { at: token.at, message: "EOF token found".to_owned(), end: true }),
            other => {
                let (line, column) = token.at;
                fault(token.at, format!("Unknown token: {line}:{column} {} {}", other.name(), token.text))
            }
        }
    }

    fn literal(&self, token: Token<'_>) -> Node {
        let span = self.span(token.at);
        match token.kind {
            Kind::Text => Node::text(unquote(token.text), span),
            Kind::Heredoc => Node::text(heredoc(token.text), span),
            _ => Node { value: Value::Scalar(token.text.to_owned()), span, tag: None, style: Style::Plain },
        }
    }

    fn deeper<T>(&mut self, at: Place, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= MAX_DEPTH {
            return fault(at, format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// After its `{`.
    fn object(&mut self) -> Result<Node, Fault> {
        let at = self.token.at;
        let entries = self.deeper(at, |reader| reader.items(true))?;
        let token = self.scan();
        if !Self::is(token, "}") {
            return fault(token.at, format!("object expected closing RBRACE got: {}", token.kind.name()));
        }
        Ok(blocks(Node::mapping(entries, self.span(at))))
    }

    /// After its `[`.
    fn list(&mut self) -> Result<Node, Fault> {
        let at = self.token.at;
        let items = self.deeper(at, Self::list_items)?;
        let value = Value::Sequence(items);
        Ok(Node { value, span: self.span(at), tag: None, style: Style::Flow })
    }

    fn list_items(&mut self) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        let mut needs_comma = false;
        loop {
            let token = self.scan();
            let ends = Self::is(token, "]");
            if needs_comma && !ends && !Self::is(token, ",") {
                let words =
                    format!("error parsing list, expected comma or list end, got: {}", token.kind.name());
                return fault(token.at, words);
            }
            match token.kind {
                _ if ends => return Ok(items),
                Kind::Sign(",", _) => needs_comma = false,
                Kind::Number | Kind::Float | Kind::Bool | Kind::Text | Kind::Heredoc => {
                    items.push(self.literal(token));
                    needs_comma = true;
                }
                Kind::Sign("{", _) => {
                    let object =
                        self.object().map_err(|inner| nested(token.at, "object within list", &inner))?;
                    // In a list an object is one and not several of its name.
                    items.extend(object.items().first().cloned());
                    needs_comma = true;
                }
                Kind::Sign("[", _) => {
                    items.push(self.list().map_err(|inner| nested(token.at, "list within list", &inner))?);
                }
                other => {
                    return fault(token.at, format!("unexpected token while parsing list: {}", other.name()));
                }
            }
        }
    }
}

fn nested(at: Place, what: &str, inner: &Fault) -> Fault {
    let words = if inner.end {
        inner.message.clone()
    } else {
        format!("At {}:{}: {}", inner.at.0, inner.at.1, inner.message)
    };
    Fault { at, message: format!("error while trying to parse {what}: {words}"), end: false }
}

fn name(key: Token<'_>) -> String {
    if key.kind == Kind::Text { unquote(key.text) } else { key.text.to_owned() }
}

/// A list of one block.
fn blocks(block: Node) -> Node {
    let span = block.span;
    Node { value: Value::Sequence(vec![block]), span, tag: Some(BLOCKS.to_owned()), style: Style::Collection }
}

/// Blocks of one name come together, and so do lists; of other values the last one counts.
#[derive(Default)]
struct Items {
    entries: Vec<Entry>,
    known: BTreeMap<String, usize>,
}

impl Items {
    fn add(&mut self, entry: Entry) {
        let Some(index) = self.known.get(&entry.key) else {
            self.known.insert(entry.key.clone(), self.entries.len());
            return self.entries.push(entry);
        };
        match (&mut self.entries[*index].value, entry.value) {
            (Node { value: Value::Sequence(old), .. }, Node { value: Value::Sequence(new), .. }) => {
                old.extend(new);
            }
            (old, new) => *old = new,
        }
    }
}
