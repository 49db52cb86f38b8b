//! The words of a query. Loki reads them with the scanner of Go's own language: Go's comments, numbers and escapes
//! count here, and whatever it does not know is an identifier.

mod literal;
mod token;

use std::fmt::Display;

use crate::duration;

use super::{LogqlError, words};
use token::{FUNCTIONS, KEYWORDS, SIGNS};
pub(super) use token::{Kind, Token};

pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    column: usize,
}

impl Lexer {
    pub(super) fn new(query: &str) -> Self {
        let chars = query.strip_prefix('\u{feff}').unwrap_or(query).chars().collect();
        Self { chars, at: 0, line: 1, column: 1 }
    }

    fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        if next == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(next)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.next();
        }
    }

    /// The next word. Nothing follows the end but the end.
    pub(super) fn token(&mut self) -> Result<Token, LogqlError> {
        self.skip_blanks()?;
        let mut token = self.here();
        let start = self.at;
        match self.peek() {
            None => {}
            Some(c) if c == '_' || c.is_alphabetic() => {
                self.skip_while(|c| c == '_' || c.is_alphanumeric());
                token.text = self.chars[start..self.at].iter().collect();
                token.kind = self.word(&token.text);
            }
            Some(c)
                if c.is_ascii_digit() || c == '.' && self.ahead(1).is_some_and(|c| c.is_ascii_digit()) =>
            {
                self.number().map_err(|it| words::syntax(&token, it))?;
                token.text = self.chars[start..self.at].iter().collect();
                token.kind = Kind::Number;
                self.with_unit(&mut token);
            }
            Some(quote @ ('"' | '`')) => {
                token.kind = Kind::Text;
                token.text = self.text(&token, quote)?;
            }
            Some('\'') => {
                token.kind = Kind::Identifier;
                if self.quoted(&token, '\'')? != 1 {
                    return Err(words::syntax(&token, "invalid char literal"));
                }
            }
            Some('[') => self.range(&mut token)?,
            Some('-') => self.minus(&mut token),
            Some(_) => self.sign(&mut token),
        }
        Ok(token)
    }

    fn here(&self) -> Token {
        let (line, column) = (self.line, self.column);
        Token { kind: Kind::End, text: String::new(), line, column, told_line: line }
    }

    /// White space and comments: `#` is Loki's, `//` and `/* */` are Go's.
    fn skip_blanks(&mut self) -> Result<(), LogqlError> {
        loop {
            self.skip_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
            match (self.peek(), self.ahead(1)) {
                (Some('#'), _) | (Some('/'), Some('/')) => self.skip_while(|c| c != '\n'),
                (Some('/'), Some('*')) => {
                    let opening = self.here();
                    self.skip(2);
                    while (self.peek(), self.ahead(1)) != (Some('*'), Some('/')) {
                        self.next().ok_or_else(|| words::syntax(&opening, "comment not terminated"))?;
                    }
                    self.skip(2);
                }
                _ => return Ok(()),
            }
        }
    }

    fn word(&self, text: &str) -> Kind {
        let lower = text.to_lowercase();
        if let Some((name, _)) = FUNCTIONS.iter().find(|(name, _)| *name == lower) {
            return match *name {
                _ if !self.opens() => Kind::Identifier,
                "ip" | "label_replace" => Kind::Word(name),
                _ => Kind::Function(name),
            };
        }
        KEYWORDS.iter().find(|known| **known == lower).map_or(Kind::Identifier, |keyword| Kind::Word(keyword))
    }

    /// Whether `(`, `by (` or `without (` follows.
    fn opens(&self) -> bool {
        let blanks = |chars: &[char]| chars.iter().take_while(|c| c.is_whitespace()).count();
        let rest = &self.chars[self.at..];
        let rest = &rest[blanks(rest)..];
        let grouping = ["by", "without"].into_iter().find(|word| {
            rest.len() >= word.len() && word.chars().zip(rest).all(|(a, b)| a == b.to_ascii_lowercase())
        });
        match grouping {
            None => rest.first() == Some(&'('),
            Some(word) => {
                let rest = &rest[word.len()..];
                rest.get(blanks(rest)) == Some(&'(')
            }
        }
    }

    /// A number that goes on as a duration or as an amount of bytes.
    fn with_unit(&mut self, token: &mut Token) {
        if let Some(text) = self.duration_after(&token.text) {
            (token.kind, token.text, token.told_line) = (Kind::Duration, text, 0);
        } else if let Some(text) = self.bytes_after(&token.text) {
            (token.kind, token.text, token.told_line) = (Kind::Bytes, text, 0);
        }
    }

    fn range(&mut self, token: &mut Token) -> Result<(), LogqlError> {
        (token.kind, token.told_line) = (Kind::Range, 0);
        self.next();
        let start = self.at;
        self.skip_while(|c| c != ']');
        token.text = self.chars[start..self.at].iter().collect();
        let fault = |it: &dyn Display| Err(words::syntax(token, &it.to_string()));
        if self.next().is_none() {
            return fault(&"missing closing ']' in duration");
        }
        duration::prometheus(&token.text).map(|_| ()).or_else(|it| fault(&it))
    }

    /// A flag, a duration below zero, or the sign.
    fn minus(&mut self, token: &mut Token) {
        let length = self.chars[self.at..].iter().take_while(|c| **c == '-' || c.is_alphabetic()).count();
        let flag: String = self.chars[self.at..self.at + length].iter().collect();
        if flag == "--strict" || flag == "--keep-empty" {
            self.skip(length);
            (token.kind, token.text, token.told_line) = (Kind::Flag, flag, 0);
            return;
        }
        self.next();
        token.kind = Kind::Word("-");
        if let Some(text) = self.duration_after("-") {
            (token.kind, token.text, token.told_line) = (Kind::Duration, text, 0);
        }
    }

    fn sign(&mut self, token: &mut Token) {
        let rest = &self.chars[self.at..];
        let begins = |sign: &&&str| {
            sign.len() <= rest.len() && sign.chars().zip(rest).all(|(wanted, found)| wanted == *found)
        };
        if let Some(sign) = SIGNS.iter().find(begins) {
            token.kind = Kind::Word(sign);
            if sign.len() > 1 {
                token.told_line = 0;
            }
            self.skip(sign.len());
        } else {
            token.kind = Kind::Identifier;
            self.next();
        }
    }
}
