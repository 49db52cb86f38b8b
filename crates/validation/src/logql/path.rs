//! What the stages `json` and `logfmt` take for a label: `a.b[0]["c d"]`, or a key.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    End,
    Dot,
    Open,
    Close,
    Text,
    Field,
    Index,
}

impl Word {
    fn name(self) -> &'static str {
        match self {
            Self::End => "$end",
            Self::Dot => "DOT",
            Self::Open => "LSB",
            Self::Close => "RSB",
            Self::Text => "STRING",
            Self::Field => "FIELD",
            Self::Index => "INDEX",
        }
    }
}

/// Whether an expression of the stage `json` can be read.
pub(super) fn json(text: &str) -> Result<(), String> {
    let mut words = Words { rest: text, fault: None };
    let mut first = true;
    loop {
        match words.next() {
            Word::Open => {
                match words.next() {
                    Word::Text | Word::Index => {}
                    other => return unexpected(other.name(), ", expecting STRING or INDEX"),
                }
                match words.next() {
                    Word::Close => {}
                    other => return unexpected(other.name(), ", expecting RSB"),
                }
            }
            Word::Field if first => {}
            Word::Dot if !first => match words.next() {
                Word::Field => {}
                other => return unexpected(other.name(), ", expecting FIELD"),
            },
            Word::End if !first => return words.fault.map_or(Ok(()), Err),
            other => return unexpected(other.name(), if first { ", expecting LSB or FIELD" } else { "" }),
        }
        first = false;
    }
}

/// Whether an expression of the stage `logfmt` can be read: a key or a text, then texts.
pub(super) fn logfmt(text: &str) -> Result<(), String> {
    let mut words = Words { rest: text, fault: None };
    let mut first = true;
    loop {
        match words.key() {
            Word::Field if first => {}
            Word::Text => {}
            Word::End if !first => return words.fault.map_or(Ok(()), Err),
            Word::Field => return unexpected("KEY", ""),
            _ => return unexpected("$end", ", expecting STRING or KEY"),
        }
        first = false;
    }
}

fn unexpected(name: &str, expecting: &str) -> Result<(), String> {
    Err(format!("syntax error: unexpected {name}{expecting}"))
}

fn starts_field(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

/// The words of an expression. One that Loki does not know is an end for it, and a fault only where an end may be.
struct Words<'a> {
    rest: &'a str,
    fault: Option<String>,
}

impl Words<'_> {
    fn next(&mut self) -> Word {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n']);
        let Some(first) = self.rest.chars().next() else { return Word::End };
        let length = |of: &dyn Fn(char) -> bool| self.rest.len() - self.rest.trim_start_matches(of).len();
        let (word, taken) = match first {
            '.' => (Word::Dot, 1),
            '[' => (Word::Open, 1),
            ']' => (Word::Close, 1),
            // A bracket ends a text as well as a quote does.
            '"' => (Word::Text, self.rest[1..].find(['"', ']']).map_or(self.rest.len(), |at| at + 2)),
            c if starts_field(c) => (Word::Field, length(&|c| starts_field(c) || c.is_ascii_digit())),
            c if c.is_ascii_digit() => {
                let digits = length(&|c| c.is_ascii_digit());
                match self.rest[digits..].chars().next() {
                    Some('.') => return self.unknown("cannot use float as array index".to_owned()),
                    None | Some(']' | ' ' | '\t' | '\n') => {}
                    Some(other) => return self.unknown(format!("non-integer value: {other}")),
                }
                (Word::Index, digits)
            }
            other => return self.unknown(format!("unexpected char {other}")),
        };
        self.rest = &self.rest[taken..];
        word
    }

    /// The same where only keys and texts are known.
    fn key(&mut self) -> Word {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n']);
        match self.rest.chars().next() {
            Some(other) if other != '"' && !starts_field(other) => {
                self.unknown(format!("unexpected char {other}"))
            }
            _ => self.next(),
        }
    }

    fn unknown(&mut self, fault: String) -> Word {
        self.fault = Some(fault);
        self.rest = "";
        Word::End
    }
}
