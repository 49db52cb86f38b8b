//! Alloy's tokens. A line ends a statement where one can end, so a newline is a token after some tokens and nothing after
//! others; comments are kept for the formatter.

use std::fmt;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not a token; the fault has been told.
    Illegal,
    /// The end of the file.
    Eof,
    /// `// …` or `/* … */`.
    Comment,
    /// A name.
    Identifier,
    /// A whole number.
    Number,
    /// Another number.
    Float,
    /// `"…"` or `` `…` ``.
    Text,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// The end of a statement.
    Terminator,
    /// An operator or a bracket.
    Sign(&'static str),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Illegal => "ILLEGAL",
            Self::Eof => "EOF",
            Self::Comment => "COMMENT",
            Self::Identifier => "IDENT",
            Self::Number => "NUMBER",
            Self::Float => "FLOAT",
            Self::Text => "STRING",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::Terminator => "TERMINATOR",
            Self::Sign(sign) => sign,
        })
    }
}

/// A token with its text and where it begins, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub at: usize,
}

/// A fault and where it is, in bytes.
pub(super) type Fault = (usize, String);

const SIGNS: [&str; 26] = [
    "||", "&&", "!=", "!", "==", "=", "<=", "<", ">=", ">", "+", "-", "*", "/", "%", "^", "{", "}", "(", ")",
    "[", "]", ",", ".", "|", "&",
];

/// Cuts a text into tokens, one at a time.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Whether a newline here ends a statement.
    may_end: bool,
    pub faults: Vec<Fault>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, may_end: false, faults: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) {
        self.faults.push((at, message.into()));
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        self.blanks();
        let at = self.at;
        let token = |kind, end: usize| Token { kind, text: &self.text[at..end], at };
        let Some(first) = self.peek() else {
            let ends = std::mem::take(&mut self.may_end);
            return Token { kind: if ends { Kind::Terminator } else { Kind::Eof }, text: "\n", at };
        };
        if first == '\n' {
            self.at += 1;
            self.may_end = false;
            return Token { kind: Kind::Terminator, text: "\n", at };
        }
        if is_letter(first) {
            let rest = self.rest();
            let length = rest.find(|c: char| !is_letter(c) && !is_digit(c)).unwrap_or(rest.len());
            self.at += length;
            self.may_end = true;
            let kind = match &rest[..length] {
                "true" | "false" => Kind::Bool,
                "null" => Kind::Null,
                _ => Kind::Identifier,
            };
            return token(kind, at + length);
        }
        if first.is_ascii_digit()
            || (first == '.' && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            let kind = self.number();
            self.may_end = true;
            return Token { kind, text: &self.text[at..self.at], at };
        }
        match first {
            '"' | '`' | '\'' => {
                if first == '\'' {
                    self.fault(at, "illegal single-quoted string; use double quotes");
                }
                self.at += 1;
                self.quoted(at, first);
                self.may_end = true;
                let kind = if first == '\'' { Kind::Illegal } else { Kind::Text };
                Token { kind, text: &self.text[at..self.at], at }
            }
            '/' if self.rest().starts_with("//") || self.rest().starts_with("/*") => {
                if self.may_end && self.comment_ends_line() {
                    self.may_end = false;
                    return Token { kind: Kind::Terminator, text: "\n", at };
                }
                self.comment();
                self.may_end = false;
                let text = self.text[at..self.at].trim_end_matches('\r');
                Token { kind: Kind::Comment, text, at }
            }
            _ => self.sign(first),
        }
    }

    fn blanks(&mut self) {
        let may_end = self.may_end;
        let rest = self.rest();
        let kept = |c: char| !(matches!(c, ' ' | '\t' | '\r') || (c == '\n' && !may_end));
        self.at += rest.find(kept).unwrap_or(rest.len());
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        let mut kind = Kind::Number;
        self.digits();
        if self.rest().starts_with('.') {
            kind = Kind::Float;
            self.at += 1;
            self.digits();
        }
        if self.rest().starts_with(['e', 'E']) {
            kind = Kind::Float;
            self.at += 1;
            if self.rest().starts_with(['+', '-']) {
                self.at += 1;
            }
            if self.digits() == 0 {
                self.fault(start, "exponent has no digits");
            }
        }
        kind
    }

    fn digits(&mut self) -> usize {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.at += length;
        length
    }

    /// The rest of a text in quotes, of which the opening one has been read.
    fn quoted(&mut self, start: usize, quote: char) {
        loop {
            match self.peek() {
                None => return self.fault(start, "string literal not terminated"),
                Some('\n') if quote != '`' => return self.fault(start, "string literal not terminated"),
                Some('\\') if quote != '`' => {
                    self.at += 1;
                    self.escape();
                }
                Some(other) => {
                    self.at += other.len_utf8();
                    if other == quote {
                        return;
                    }
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) {
        let at = self.at;
        let (digits, radix, most) = match self.peek() {
            Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"') => {
                self.at += 1;
                return;
            }
            Some('0'..='7') => (3, 8, 255),
            Some('x') => (2, 16, 255),
            Some('u') => (4, 16, 0x0010_ffff),
            Some('U') => (8, 16, 0x0010_ffff),
            Some(_) => return self.fault(at, "unknown escape sequence"),
            None => return self.fault(at, "escape sequence not terminated"),
        };
        if radix == 16 {
            self.at += 1;
        }
        let mut value = 0_u32;
        for _ in 0..digits {
            let Some(next) = self.peek() else { return self.fault(at, "escape sequence not terminated") };
            let Some(digit) = next.to_digit(radix) else {
                return self.fault(at, format!("illegal character {} in escape sequence", named(next)));
            };
            value = value.saturating_mul(radix).saturating_add(digit);
            self.at += 1;
        }
        if value > most || (0xd800..0xe000).contains(&value) {
            self.fault(at, "escape sequence is invalid Unicode code point");
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        if self.rest().starts_with("//") {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        } else if let Some(length) = self.rest()[2..].find("*/") {
            self.at += length + 4;
        } else {
            self.at = self.text.len();
            self.fault(start, "block comment not terminated");
        }
    }

    /// Whether nothing but comments follows in this line.
    fn comment_ends_line(&self) -> bool {
        let mut rest = self.rest();
        loop {
            if rest.is_empty() || rest.starts_with('\n') || rest.starts_with("//") {
                return true;
            }
            let Some(comment) = rest.strip_prefix("/*") else { return false };
            let (inside, after) = comment.split_once("*/").unwrap_or((comment, ""));
            if inside.contains('\n') {
                return true;
            }
            rest = after.trim_start_matches([' ', '\t', '\r']);
        }
    }

    fn sign(&mut self, first: char) -> Token<'a> {
        let at = self.at;
        let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) else {
            self.at += first.len_utf8();
            if first != '\u{feff}' {
                self.fault(at, format!("illegal character {}", named(first)));
            }
            return Token { kind: Kind::Illegal, text: &self.text[at..self.at], at };
        };
        self.at += sign.len();
        self.may_end = matches!(*sign, "}" | ")" | "]");
        let kind = match *sign {
            "|" => {
                self.fault(self.at, "missing second | in ||");
                Kind::Sign("||")
            }
            "&" => {
                self.fault(self.at, "missing second & in &&");
                Kind::Sign("&&")
            }
            sign => Kind::Sign(sign),
        };
        Token { kind, text: sign, at }
    }
}

/// A character as Go's `%#U` prints it.
fn named(c: char) -> String {
    if c.is_control() { format!("U+{:04X}", u32::from(c)) } else { format!("U+{:04X} '{c}'", u32::from(c)) }
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

/// Whether a text is one name and nothing else.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut lexer = Lexer::new(text);
    let token = lexer.next();
    token.kind == Kind::Identifier && token.text == text
}

/// The text that a quoted token stands for.
pub(super) fn unquote(token: &str) -> String {
    if let Some(raw) = token.strip_prefix('`') {
        return raw.strip_suffix('`').unwrap_or(raw).replace('\r', "");
    }
    let inner = token.strip_prefix('"').unwrap_or(token);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let (digits, radix, first) = match rest.next() {
            Some('x') => (2, 16, 0),
            Some('u') => (4, 16, 0),
            Some('U') => (8, 16, 0),
            Some(digit @ '0'..='7') => (2, 8, digit.to_digit(8).unwrap_or_default()),
            Some(other) => {
                bytes.extend(simple_escape(other).encode_utf8(&mut [0; 4]).bytes());
                continue;
            }
            None => break,
        };
        let value = rest.by_ref().take(digits).fold(first, |value, digit| {
            value.wrapping_mul(radix).wrapping_add(digit.to_digit(radix).unwrap_or_default())
        });
        match u8::try_from(value) {
            // Two hexadecimal or three octal digits are a byte.
            Ok(byte) if digits == 2 => bytes.push(byte),
            _ => bytes.extend(char::from_u32(value).unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn simple_escape(c: char) -> char {
    match c {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let mut lexer = Lexer::new(text);
        let mut found = Vec::new();
        loop {
            let token = lexer.next();
            if token.kind == Kind::Eof {
                return found;
            }
            found.push(token.kind.to_string());
        }
    }

    #[test]
    fn a_newline_is_a_token_only_where_a_statement_can_end() {
        assert_eq!(
            kinds("a = [\n1,\n]\nb { }\n"),
            ["IDENT", "=", "[", "NUMBER", ",", "]", "TERMINATOR", "IDENT", "{", "}", "TERMINATOR"]
        );
        assert_eq!(kinds("a = 1 // x\n"), ["IDENT", "=", "NUMBER", "TERMINATOR", "COMMENT"]);
        assert_eq!(kinds("a /* x */ = .5e3"), ["IDENT", "COMMENT", "=", "FLOAT", "TERMINATOR"]);
    }

    #[test]
    fn escapes_stand_for_what_they_name() {
        assert_eq!(unquote(r#""a\"\\\t\x41\u00e9\101\xc3\xa9""#), "a\"\\\tAéAé");
        assert_eq!(unquote("`\\d+`"), "\\d+");
    }
}
