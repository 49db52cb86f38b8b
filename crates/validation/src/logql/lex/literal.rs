//! Numbers and texts, as Go's scanner reads them.

use std::iter;

use crate::duration;

use super::{Lexer, Token};
use crate::logql::{LogqlError, words};

impl Lexer {
    /// A number of Go, such as `1`, `.5`, `1e3`, `0x1p-2`, `1_000`.
    pub(super) fn number(&mut self) -> Result<(), &'static str> {
        let radix = match (self.peek(), self.ahead(1).map(|c| c.to_ascii_lowercase())) {
            (Some('0'), Some('x')) => 16,
            (Some('0'), Some('o')) => 8,
            (Some('0'), Some('b')) if matches!(self.ahead(2), Some('0' | '1')) => 2,
            _ => 10,
        };
        // `0` before digits makes them octal, but not in a fraction.
        let octal = radix == 8 || radix == 10 && self.peek() == Some('0');
        if radix != 10 {
            self.skip(2);
        }
        let whole = self.digits(radix);
        let fraction = self.peek() == Some('.');
        let part = if fraction {
            self.next();
            self.digits(radix)
        } else {
            String::new()
        };
        let mantissa = format!("{whole}{part}").replace('_', "");
        if mantissa.is_empty() {
            return Err(match radix {
                16 => "hexadecimal literal has no digits",
                8 => "octal literal has no digits",
                2 => "binary literal has no digits",
                _ => "decimal literal has no digits",
            });
        }
        let exponent = self.peek().map(|c| c.to_ascii_lowercase());
        let power = radix != 16 && exponent == Some('e') || exponent == Some('p');
        let mut exponent = String::new();
        if power {
            match self.next() {
                Some('p') if radix != 16 => return Err("'p' exponent requires hexadecimal mantissa"),
                Some('P') if radix != 16 => return Err("'P' exponent requires hexadecimal mantissa"),
                Some('e') if radix != 10 => return Err("'e' exponent requires decimal mantissa"),
                Some('E') if radix != 10 => return Err("'E' exponent requires decimal mantissa"),
                _ => {}
            }
            if matches!(self.peek(), Some('+' | '-')) {
                self.next();
            }
            exponent = self.digits(10);
            if exponent.replace('_', "").is_empty() {
                return Err("exponent has no digits");
            }
        }
        if octal && !fraction && !power {
            match mantissa.chars().find(|c| *c > '7') {
                Some('8') => return Err("invalid digit '8' in octal literal"),
                Some(_) => return Err("invalid digit '9' in octal literal"),
                None => {}
            }
        }
        // What stands before the digits of a radix counts as one of them.
        let after_radix = if radix == 10 { &whole } else { whole.strip_prefix('_').unwrap_or(&whole) };
        let misplaced = |run: &str| run.starts_with('_') || run.ends_with('_') || run.contains("__");
        if [after_radix, &part, &exponent].into_iter().any(misplaced) {
            return Err("'_' must separate successive digits");
        }
        Ok(())
    }

    fn digits(&mut self, radix: u32) -> String {
        // Go takes any decimal digit here and judges it later.
        let radix = radix.max(10);
        let digit = |c: &char| *c == '_' || c.is_digit(radix);
        iter::from_fn(|| {
            let next = self.peek().filter(digit);
            next.and_then(|_| self.next())
        })
        .collect()
    }

    /// What goes on after `so_far` makes it a duration.
    pub(super) fn duration_after(&mut self, so_far: &str) -> Option<String> {
        let whole = format!(
            "{so_far}{}",
            self.run(|c| c.is_numeric() || matches!(c, 'n' | 'u' | 'µ' | '.') || "mshdwy".contains(c))
        );
        let more = whole.len() > so_far.len();
        let is_one = more && (duration::prometheus(&whole).is_ok() || duration::go(&whole).is_ok());
        is_one.then(|| self.take(so_far, whole))
    }

    /// What goes on after a number makes it an amount of bytes.
    pub(super) fn bytes_after(&mut self, number: &str) -> Option<String> {
        let whole = format!("{number}{}", self.run(|c| c.is_numeric() || "BikKMGTP.".contains(c)));
        let digits = whole.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.').len();
        let unit = whole[digits..].to_ascii_lowercase();
        let is_one = whole.len() > number.len()
            && whole[..digits].bytes().all(|it| it.is_ascii_digit() || it == b'.')
            && whole[..digits].parse::<f64>().is_ok()
            && (unit.is_empty() || unit == "b" || {
                let letters = unit.strip_suffix('b').unwrap_or(&unit);
                let letters = letters.strip_suffix('i').unwrap_or(letters);
                matches!(letters, "k" | "m" | "g" | "t" | "p")
            });
        is_one.then(|| self.take(number, whole))
    }

    fn run(&self, of: impl Fn(char) -> bool) -> String {
        self.chars[self.at..].iter().take_while(|c| of(**c)).collect()
    }

    fn take(&mut self, before: &str, whole: String) -> String {
        self.skip(whole[before.len()..].chars().count());
        whole
    }

    /// A text in double quotes or backticks: what it means.
    pub(super) fn text(&mut self, token: &Token, quote: char) -> Result<String, LogqlError> {
        let start = self.at + 1;
        self.quoted(token, quote)?;
        let inner: String = self.chars[start..self.at - 1].iter().collect();
        if quote == '`' {
            return Ok(inner);
        }
        unescaped(&inner).ok_or_else(|| words::syntax(token, "invalid syntax"))
    }

    /// Reads up to the closing quote. Returns how many characters it encloses.
    pub(super) fn quoted(&mut self, token: &Token, quote: char) -> Result<usize, LogqlError> {
        let open = || words::syntax(token, "literal not terminated");
        self.next();
        for count in 0.. {
            match self.next() {
                Some(c) if c == quote => return Ok(count),
                Some(_) if quote == '`' => {}
                None | Some('\n') => return Err(open()),
                Some('\\') => self.escape(quote).map_err(|()| words::syntax(token, "invalid char escape"))?,
                Some(_) => {}
            }
        }
        Err(open())
    }

    fn escape(&mut self, quote: char) -> Result<(), ()> {
        let (radix, count) = match self.peek() {
            Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\') => (0, 1),
            Some(c) if c == quote => (0, 1),
            Some('0'..='7') => (8, 3),
            Some('x') => (16, 2),
            Some('u') => (16, 4),
            Some('U') => (16, 8),
            _ => return Err(()),
        };
        if radix != 8 {
            self.next();
        }
        for _ in 0..if radix == 0 { 0 } else { count } {
            self.next().filter(|c| c.is_digit(radix)).ok_or(())?;
        }
        Ok(())
    }
}

/// What well-formed escapes mean; nothing when one stands for no character.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let escape = rest.next()?;
        let mut code = |before: &str, radix, count| {
            let digits: String = before.chars().chain(rest.by_ref().take(count)).collect();
            u32::from_str_radix(&digits, radix).ok()
        };
        let number = match escape {
            'x' => code("", 16, 2)?,
            'u' => code("", 16, 4)?,
            'U' => code("", 16, 8).filter(|code| *code <= u32::from(char::MAX))?,
            '0'..='7' => code(&escape.to_string(), 8, 2).filter(|code| *code < 256)?,
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            other => u32::from(other),
        };
        plain.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Some(plain)
}
