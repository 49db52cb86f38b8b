//! The words of a template.

use super::literal::quoted;

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not a word; the text is what is wrong.
    Fault,
    Text,
    Open,
    Close,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    /// A printable character that has no meaning of its own.
    Char,
    CharConstant,
    Number,
    /// `"…"` or `` `…` ``, with its quotes.
    Quoted,
    Variable,
    Field,
    Dot,
    Bool,
    Identifier,
    Keyword(Keyword),
    End,
}

/// The words with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// In bytes from the beginning of the template.
    pub(super) offset: usize,
}

impl Token {
    /// How Go shows it.
    pub(super) fn shown(&self) -> String {
        match self.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Fault => self.text.clone(),
            Kind::Keyword(_) | Kind::Dot => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                format!("{}...", quoted(&self.text.chars().take(10).collect::<String>()))
            }
            _ => quoted(&self.text),
        }
    }
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// All words up to the end or to the first fault.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    if let Err(fault) = lexer.template() {
        lexer.tokens.push(fault);
    }
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip(&mut self, matches: impl Fn(char) -> bool) {
        self.at = self.text.len() - self.rest().trim_start_matches(matches).len();
    }

    fn push(&mut self, kind: Kind, from: usize) {
        self.tokens.push(Token { kind, text: self.text[from..self.at].to_owned(), offset: from });
    }

    fn fault(from: usize, message: impl Into<String>) -> Token {
        Token { kind: Kind::Fault, text: message.into(), offset: from }
    }

    fn template(&mut self) -> Result<(), Token> {
        loop {
            let from = self.at;
            let Some(length) = self.rest().find("{{") else {
                self.at = self.text.len();
                if self.at > from {
                    self.push(Kind::Text, from);
                }
                self.push(Kind::End, self.at);
                return Ok(());
            };
            let trims = trims_before(&self.rest()[length + 2..]);
            let before = &self.rest()[..length];
            let kept = if trims { before.trim_end_matches(SPACE) } else { before }.len();
            self.at = from + kept;
            if kept > 0 {
                self.push(Kind::Text, from);
            }
            self.at = from + length;
            let marker = if trims { 2 } else { 0 };
            if self.rest()[2 + marker..].starts_with("/*") {
                self.at += 2 + marker;
                self.comment()?;
            } else {
                self.at += 2;
                self.push(Kind::Open, from + length);
                self.at += marker;
                self.action()?;
            }
        }
    }

    fn comment(&mut self) -> Result<(), Token> {
        let from = self.at;
        let Some(end) = self.rest()[2..].find("*/") else {
            return Err(Self::fault(from, "unclosed comment"));
        };
        self.at += 2 + end + 2;
        let Some(trims) = self.at_close() else {
            return Err(Self::fault(from, "comment ends before closing delimiter"));
        };
        self.close(trims);
        self.tokens.pop();
        Ok(())
    }

    /// Whether an action ends here, and if so, whether it also takes the blanks after it.
    fn at_close(&self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with("}}") {
            return Some(false);
        }
        rest.strip_prefix(SPACE).is_some_and(|rest| rest.starts_with("-}}")).then_some(true)
    }

    fn close(&mut self, trims: bool) {
        if trims {
            self.at += 2;
        }
        let from = self.at;
        self.at += 2;
        self.push(Kind::Close, from);
        if trims {
            self.skip(|c| SPACE.contains(&c));
        }
    }

    fn action(&mut self) -> Result<(), Token> {
        let mut depth = 0_usize;
        loop {
            let from = self.at;
            if let Some(trims) = self.at_close() {
                if depth > 0 {
                    return Err(Self::fault(from, "unclosed left paren"));
                }
                self.close(trims);
                return Ok(());
            }
            let Some(next) = self.next() else { return Err(Self::fault(from, "unclosed action")) };
            match next {
                ' ' | '\t' | '\r' | '\n' => self.space(from),
                '=' => self.push(Kind::Assign, from),
                ':' if self.next() == Some('=') => self.push(Kind::Declare, from),
                ':' => return Err(Self::fault(from, "expected :=")),
                '|' => self.push(Kind::Pipe, from),
                '"' => self.quote(from, '"', Kind::Quoted, "unterminated quoted string")?,
                '\'' => self.quote(from, '\'', Kind::CharConstant, "unterminated character constant")?,
                '`' => {
                    let Some(end) = self.rest().find('`') else {
                        return Err(Self::fault(from, "unterminated raw quoted string"));
                    };
                    self.at += end + 1;
                    self.push(Kind::Quoted, from);
                }
                '$' => self.name(from, Kind::Variable)?,
                '.' if self.peek().is_some_and(|c| !c.is_ascii_digit()) => self.name(from, Kind::Field)?,
                '.' | '+' | '-' | '0'..='9' => self.number(from)?,
                '(' => {
                    depth += 1;
                    self.push(Kind::LeftParen, from);
                }
                ')' if depth == 0 => return Err(Self::fault(from, "unexpected right paren")),
                ')' => {
                    depth -= 1;
                    self.push(Kind::RightParen, from);
                }
                _ if is_word(next) => self.word(from)?,
                _ if next.is_ascii_graphic() => self.push(Kind::Char, from),
                _ => {
                    let message = format!("unrecognized character in action: {}", unicode(next));
                    return Err(Self::fault(from, message));
                }
            }
        }
    }

    /// Blanks. The last one of them may belong to the end of the action.
    fn space(&mut self, from: usize) {
        self.skip(|c| SPACE.contains(&c));
        if self.rest().starts_with("-}}") {
            self.at -= 1;
        }
        if self.at > from {
            self.push(Kind::Space, from);
        }
    }

    fn quote(&mut self, from: usize, end: char, kind: Kind, unterminated: &str) -> Result<(), Token> {
        loop {
            match self.next() {
                Some('\\') if self.next().is_some_and(|c| c != '\n') => {}
                Some('\\' | '\n') | None => return Err(Self::fault(from, unterminated)),
                Some(other) if other == end => break,
                Some(_) => {}
            }
        }
        self.push(kind, from);
        Ok(())
    }

    /// Whether a name may end here.
    fn at_end_of_name(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with("}}"),
        }
    }

    fn ended(&self, from: usize) -> Result<(), Token> {
        if self.at_end_of_name() {
            return Ok(());
        }
        Err(Self::fault(from, format!("bad character {}", self.peek().map(unicode).unwrap_or_default())))
    }

    /// `.name`, `.`, `$name` or `$`, after its first character.
    fn name(&mut self, from: usize, kind: Kind) -> Result<(), Token> {
        if self.at_end_of_name() {
            self.push(if kind == Kind::Field { Kind::Dot } else { kind }, from);
            return Ok(());
        }
        self.skip(is_word);
        self.ended(from)?;
        self.push(kind, from);
        Ok(())
    }

    fn word(&mut self, from: usize) -> Result<(), Token> {
        self.skip(is_word);
        self.ended(from)?;
        let kind = match &self.text[from..self.at] {
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "nil" => Kind::Keyword(Keyword::Nil),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.push(kind, from);
        Ok(())
    }

    fn number(&mut self, from: usize) -> Result<(), Token> {
        self.at = from;
        let mut good = self.digits();
        if good && self.rest().starts_with(['+', '-']) {
            good = self.digits() && self.text[..self.at].ends_with('i');
        }
        if !good {
            return Err(Self::fault(
                from,
                format!("bad number syntax: {}", quoted(&self.text[from..self.at])),
            ));
        }
        self.push(Kind::Number, from);
        Ok(())
    }

    /// A number as far as its characters go; whether it is one is seen later. False when a letter follows.
    fn digits(&mut self) -> bool {
        let mut base = 10;
        self.one(&['+', '-']);
        if self.one(&['0']) {
            base = match self.peek() {
                Some('x' | 'X') => 16,
                Some('o' | 'O') => 8,
                Some('b' | 'B') => 2,
                _ => 10,
            };
            if base != 10 {
                self.at += 1;
            }
        }
        let digit = |c: char| c == '_' || c.is_digit(base);
        self.skip(digit);
        if self.one(&['.']) {
            self.skip(digit);
        }
        if base == 10 && self.one(&['e', 'E']) || base == 16 && self.one(&['p', 'P']) {
            self.one(&['+', '-']);
            self.skip(|c| c == '_' || c.is_ascii_digit());
        }
        self.one(&['i']);
        if self.peek().is_some_and(is_word) {
            self.next();
            return false;
        }
        true
    }

    fn one(&mut self, of: &[char]) -> bool {
        let found = self.rest().starts_with(of);
        if found {
            self.at += 1;
        }
        found
    }
}

fn trims_before(after_open: &str) -> bool {
    after_open.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACE))
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// `U+0025 '%'`.
fn unicode(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    if c.is_control() { code } else { format!("{code} '{c}'") }
}
