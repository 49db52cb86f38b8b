//! The tokens of HCL.

/// Line and column, 1-based, in characters.
pub(super) type Place = (usize, usize);

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Illegal,
    Eof,
    Comment,
    Identifier,
    Number,
    Float,
    Bool,
    Text,
    Heredoc,
    /// A bracket or an operator, and its name.
    Sign(&'static str, &'static str),
}

impl Kind {
    /// The library's name of it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Illegal => "ILLEGAL",
            Self::Eof => "EOF",
            Self::Comment => "COMMENT",
            Self::Identifier => "IDENT",
            Self::Number => "NUMBER",
            Self::Float => "FLOAT",
            Self::Bool => "BOOL",
            Self::Text => "STRING",
            Self::Heredoc => "HEREDOC",
            Self::Sign(_, name) => name,
        }
    }
}

const SIGNS: [Kind; 9] = [
    Kind::Sign("[", "LBRACK"),
    Kind::Sign("]", "RBRACK"),
    Kind::Sign("{", "LBRACE"),
    Kind::Sign("}", "RBRACE"),
    Kind::Sign(",", "COMMA"),
    Kind::Sign("=", "ASSIGN"),
    Kind::Sign("+", "ADD"),
    Kind::Sign("-", "SUB"),
    Kind::Sign(".", "PERIOD"),
];

/// A token with its text and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub at: Place,
}

/// Cuts a text into tokens.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// Where the last character stands that was read.
    at: Place,
    after_newline: bool,
    /// The last fault.
    pub fault: Option<(Place, String)>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, at: (1, 0), after_newline: false, fault: None }
    }

    fn next(&mut self) -> Option<char> {
        self.at = if self.after_newline { (self.at.0 + 1, 1) } else { (self.at.0, self.at.1 + 1) };
        self.after_newline = false;
        let next = self.rest.chars().next()?;
        self.after_newline = next == '\n';
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn fault(&mut self, message: &str) {
        self.fault = Some((self.at, message.to_owned()));
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) -> usize {
        let mut count = 0;
        while self.peek().is_some_and(&is) {
            self.next();
            count += 1;
        }
        count
    }

    pub(super) fn token(&mut self) -> Token<'a> {
        self.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let start = self.rest;
        let first = self.next();
        let at = self.at;
        let kind = match first {
            None => Kind::Eof,
            Some(c) if is_letter(c) => {
                self.skip(|c| is_letter(c) || is_digit(c) || matches!(c, '-' | '.'));
                self.look_beyond(1);
                match &start[..start.len() - self.rest.len()] {
                    "true" | "false" => Kind::Bool,
                    _ => Kind::Identifier,
                }
            }
            Some(c) if c.is_ascii_digit() => self.number(c),
            Some('-') if self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                let digit = self.next().unwrap_or_default();
                self.number(digit)
            }
            Some('.') if self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                self.skip(|c| c.is_ascii_digit());
                self.exponent();
                Kind::Float
            }
            Some('"') => {
                self.string();
                Kind::Text
            }
            Some('#' | '/') => {
                self.comment(first == Some('#'));
                Kind::Comment
            }
            Some('<') => {
                self.heredoc();
                Kind::Heredoc
            }
            Some(c) => {
                let sign =
                    SIGNS.iter().find(|sign| matches!(sign, Kind::Sign(text, _) if text.starts_with(c)));
                if sign.is_none() {
                    self.fault("illegal char");
                }
                sign.copied().unwrap_or(Kind::Illegal)
            }
        };
        Token { kind, text: &start[..start.len() - self.rest.len()], at }
    }

    /// The library reads on after a word and then steps back, which it cannot at the end of the text: its places there
    /// are further to the right.
    fn look_beyond(&mut self, times: usize) {
        if self.rest.is_empty() {
            self.at.1 += times;
        }
    }

    fn number(&mut self, first: char) -> Kind {
        if first == '0' && matches!(self.peek(), Some('x' | 'X')) {
            self.next();
            if self.skip(|c| c.is_ascii_hexdigit()) == 0 {
                self.next();
                self.fault("illegal hexadecimal number");
            }
            return Kind::Number;
        }
        self.skip(|c| c.is_ascii_digit());
        self.look_beyond(if first == '0' { 1 } else { 2 });
        let mut kind = Kind::Number;
        if self.peek() == Some('.') {
            self.next();
            self.skip(|c| c.is_ascii_digit());
            kind = Kind::Float;
        }
        if self.exponent() {
            kind = Kind::Float;
        }
        kind
    }

    fn exponent(&mut self) -> bool {
        if !matches!(self.peek(), Some('e' | 'E')) {
            return false;
        }
        self.next();
        if matches!(self.peek(), Some('+' | '-')) {
            self.next();
        }
        self.skip(|c| c.is_ascii_digit());
        true
    }

    /// The rest of a text in quotes. Inside of `${…}` other quotes may stand.
    fn string(&mut self) {
        let mut braces = 0_usize;
        loop {
            match self.next() {
                None => return self.fault("literal not terminated"),
                Some('\n') if braces == 0 => return self.fault("literal not terminated"),
                Some('"') if braces == 0 => return,
                Some('$') if braces == 0 && self.peek() == Some('{') => {
                    self.next();
                    braces = 1;
                }
                Some('{') if braces > 0 => braces += 1,
                Some('}') if braces > 0 => braces -= 1,
                Some('\\') => self.escape(),
                Some(_) => {}
            }
        }
    }

    fn escape(&mut self) {
        let (digits, radix) = match self.next() {
            Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"') => return,
            Some('0'..='7') => (2, 8),
            Some('x') => (2, 16),
            Some('u') => (4, 16),
            Some('U') => (8, 16),
            _ => return self.fault("illegal char escape"),
        };
        for _ in 0..digits {
            if !self.peek().is_some_and(|c| c.is_digit(radix)) {
                self.next();
                return self.fault("illegal char escape");
            }
            self.next();
        }
    }

    fn comment(&mut self, hash: bool) {
        if hash || self.peek() == Some('/') {
            self.skip(|c| c != '\n');
        } else if self.peek() == Some('*') {
            self.next();
            let mut last = ' ';
            loop {
                match self.next() {
                    None => return self.fault("comment not terminated"),
                    Some('/') if last == '*' => return,
                    Some(c) => last = c,
                }
            }
        } else {
            self.fault("expected '/' for comment");
        }
    }

    /// `<<END` up to a line with nothing but `END`.
    fn heredoc(&mut self) {
        if self.next() != Some('<') {
            return self.fault("heredoc expected second '<', didn't see it");
        }
        if self.peek() == Some('-') {
            self.next();
        }
        let start = self.rest;
        self.skip(|c| is_letter(c) || is_digit(c));
        let anchor = &start[..start.len() - self.rest.len()];
        match self.next() {
            None => return self.fault("heredoc not terminated"),
            Some('\n') if anchor.is_empty() => return self.fault("zero-length heredoc anchor"),
            Some('\n') => {}
            Some(_) => return self.fault("invalid characters in heredoc anchor"),
        }
        loop {
            let line = self.rest.split('\n').next().unwrap_or_default();
            let ends = line.trim() == anchor && self.rest.len() > line.len();
            self.skip(|c| c != '\n');
            if ends {
                return;
            }
            if self.next().is_none() {
                return self.fault("heredoc not terminated");
            }
        }
    }
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}
