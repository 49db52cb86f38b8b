//! JSON with positions, in the same tree as YAML, and with the words of Go's `encoding/json`.

use std::iter;

use stack::yaml::{Entry, Node, Span, Style, Value};

/// How deep values may nest.
const MAX_DEPTH: usize = 200;

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// Go's words, as in `invalid character '}' looking for beginning of object key string`.
    pub message: String,
}

/// Reads one value. Of keys that stand twice, the last one counts, as it does for Go and for browsers.
pub fn parse(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { rest: text, line: 1, column: 1, depth: 0 };
    let value = reader.value()?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.invalid("after top-level value")),
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        if next == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(next)
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        while self.rest.starts_with([' ', '\t', '\r', '\n']) {
            self.next();
        }
        self.rest.chars().next()
    }

    fn span(&self) -> Span {
        Span { file: 0, line: self.line, column: self.column }
    }

    /// What Go says of the character that stands here.
    fn invalid(&self, context: &str) -> JsonError {
        // Go takes the text byte by byte.
        let message = match self.rest.bytes().next().map(char::from) {
            None => "unexpected end of JSON input".to_owned(),
            Some('"') => format!("invalid character '\"' {context}"),
            Some(c) => format!("invalid character {c:?} {context}"),
        };
        JsonError { line: self.line, column: self.column, message }
    }

    fn value(&mut self) -> Result<Node, JsonError> {
        let first = self.peek();
        let span = self.span();
        let plain = |text: String| Node { value: Value::Scalar(text), span, tag: None, style: Style::Plain };
        match first {
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::array),
            Some('"') => Ok(Node::text(self.string()?, span)),
            Some('-' | '0'..='9') => Ok(plain(self.number()?)),
            Some('t') => self.word("true").map(plain),
            Some('f') => self.word("false").map(plain),
            Some('n') => self.word("null").map(plain),
            _ => Err(self.invalid("looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Node, JsonError>) -> Result<Node, JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(JsonError {
                line: self.line,
                column: self.column,
                message: "exceeded max depth".to_owned(),
            });
        }
        let node = read(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn object(&mut self) -> Result<Node, JsonError> {
        let span = self.span();
        self.next();
        let mut entries: Vec<Entry> = Vec::new();
        if self.peek() == Some('}') {
            self.next();
            return Ok(Node::mapping(entries, span));
        }
        loop {
            if self.peek() != Some('"') {
                return Err(self.invalid("looking for beginning of object key string"));
            }
            let span_of_key = self.span();
            let key = self.string()?;
            if self.peek() != Some(':') {
                return Err(self.invalid("after object key"));
            }
            self.next();
            let value = self.value()?;
            entries.retain(|entry| entry.key != key);
            entries.push(Entry { key, span: span_of_key, value });
            match self.peek() {
                Some(',') => self.next(),
                Some('}') => {
                    self.next();
                    return Ok(Node::mapping(entries, span));
                }
                _ => return Err(self.invalid("after object key:value pair")),
            };
        }
    }

    fn array(&mut self) -> Result<Node, JsonError> {
        let span = self.span();
        self.next();
        let list = |items| Node { value: Value::Sequence(items), span, tag: None, style: Style::Flow };
        let mut items = Vec::new();
        if self.peek() == Some(']') {
            self.next();
            return Ok(list(items));
        }
        loop {
            items.push(self.value()?);
            match self.peek() {
                Some(',') => self.next(),
                Some(']') => {
                    self.next();
                    return Ok(list(items));
                }
                _ => return Err(self.invalid("after array element")),
            };
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.next();
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.rest.chars().next() {
                Some('"') => break,
                Some('\\') => {
                    self.next();
                    units.push(self.escape()?);
                }
                Some(c) if c >= ' ' => {
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                    self.next();
                }
                _ => return Err(self.invalid("in string literal")),
            }
        }
        self.next();
        Ok(String::from_utf16_lossy(&units))
    }

    fn escape(&mut self) -> Result<u16, JsonError> {
        let unit = match self.rest.chars().next() {
            Some('"') => b'"',
            Some('\\') => b'\\',
            Some('/') => b'/',
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('t') => b'\t',
            Some('u') => {
                self.next();
                let mut unit = 0;
                for _ in 0..4 {
                    let digit = self.rest.chars().next().and_then(|c| c.to_digit(16));
                    let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                        return Err(self.invalid("in \\u hexadecimal character escape"));
                    };
                    unit = unit << 4 | digit;
                    self.next();
                }
                return Ok(unit);
            }
            _ => return Err(self.invalid("in string escape code")),
        };
        self.next();
        Ok(u16::from(unit))
    }

    fn number(&mut self) -> Result<String, JsonError> {
        let start = self.rest;
        if self.rest.starts_with('-') {
            self.next();
        }
        // Nothing but a fraction or an exponent follows a zero.
        if self.rest.starts_with('0') {
            self.next();
        } else if self.digits() == 0 {
            return Err(self.invalid("in numeric literal"));
        }
        if self.rest.starts_with('.') {
            self.next();
            if self.digits() == 0 {
                return Err(self.invalid("after decimal point in numeric literal"));
            }
        }
        if self.rest.starts_with(['e', 'E']) {
            self.next();
            if self.rest.starts_with(['+', '-']) {
                self.next();
            }
            if self.digits() == 0 {
                return Err(self.invalid("in exponent of numeric literal"));
            }
        }
        Ok(start[..start.len() - self.rest.len()].to_owned())
    }

    fn digits(&mut self) -> usize {
        iter::from_fn(|| self.rest.starts_with(|c: char| c.is_ascii_digit()).then(|| self.next())).count()
    }

    fn word(&mut self, word: &str) -> Result<String, JsonError> {
        for expected in word.chars() {
            if !self.rest.starts_with(expected) {
                return Err(self.invalid(&format!("in literal {word} (expecting {expected:?})")));
            }
            self.next();
        }
        Ok(word.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_places() {
        let node =
            parse("{\n  \"a\": [1, -2.5e3, \"x\\u00e9\\ud83d\\ude00\\n\"],\n  \"b\": null, \"b\": {}\n}")
                .unwrap();
        let items = node.get("a").unwrap().items();
        assert_eq!(items[2].value, Value::Scalar("xé😀\n".to_owned()));
        assert_eq!((items[2].span.line, items[2].span.column), (2, 20));
        assert_eq!(items[1].value, Value::Scalar("-2.5e3".to_owned()));
        assert_eq!(node.entries().len(), 2);
        assert_eq!(node.get("b").unwrap().value, Value::Mapping(Vec::new()));
    }

    /// The words are those that Go printed for these texts.
    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (bad, line, column, words) in [
            ("", 1, 1, "unexpected end of JSON input"),
            ("  ", 1, 3, "unexpected end of JSON input"),
            ("{", 1, 2, "unexpected end of JSON input"),
            ("{\"a\"", 1, 5, "unexpected end of JSON input"),
            ("{\"a\":1", 1, 7, "unexpected end of JSON input"),
            ("{\"a\":1,}", 1, 8, "invalid character '}' looking for beginning of object key string"),
            ("{a:1}", 1, 2, "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", 1, 6, "invalid character '1' after object key"),
            ("{\"a\":1 \"b\":2}", 1, 8, "invalid character '\"' after object key:value pair"),
            ("[1,]", 1, 4, "invalid character ']' looking for beginning of value"),
            ("[1 2]", 1, 4, "invalid character '2' after array element"),
            ("[", 1, 2, "unexpected end of JSON input"),
            ("trux", 1, 4, "invalid character 'x' in literal true (expecting 'e')"),
            ("nulL", 1, 4, "invalid character 'L' in literal null (expecting 'l')"),
            ("falsy", 1, 5, "invalid character 'y' in literal false (expecting 'e')"),
            ("x", 1, 1, "invalid character 'x' looking for beginning of value"),
            ("'a'", 1, 1, "invalid character '\\'' looking for beginning of value"),
            ("\"a", 1, 3, "unexpected end of JSON input"),
            ("\"a\tb\"", 1, 3, "invalid character '\\t' in string literal"),
            ("\"\\x\"", 1, 3, "invalid character 'x' in string escape code"),
            ("\"\\u12g4\"", 1, 6, "invalid character 'g' in \\u hexadecimal character escape"),
            ("-a", 1, 2, "invalid character 'a' in numeric literal"),
            ("01", 1, 2, "invalid character '1' after top-level value"),
            ("1.x", 1, 3, "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", 1, 3, "invalid character 'x' in exponent of numeric literal"),
            ("{} {}", 1, 4, "invalid character '{' after top-level value"),
            ("[1]]", 1, 4, "invalid character ']' after top-level value"),
            ("// c\n{}", 1, 1, "invalid character '/' looking for beginning of value"),
            (
                "{\n\t\"a\": 1,\n\t\"b\": [1, 2,]\n}",
                3,
                13,
                "invalid character ']' looking for beginning of value",
            ),
            ("{\"a\":\"x\ny\"}", 1, 8, "invalid character '\\n' in string literal"),
            ("日", 1, 1, "invalid character 'æ' looking for beginning of value"),
            ("{\"a\":}", 1, 6, "invalid character '}' looking for beginning of value"),
            ("[\"\"\"]", 1, 4, "invalid character '\"' after array element"),
        ] {
            let error = parse(bad).unwrap_err();
            assert_eq!(error.message, words, "{bad}");
            assert_eq!((error.line, error.column), (line, column), "{bad}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_ok());
    }
}
