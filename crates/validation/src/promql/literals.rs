//! Texts, numbers and durations as they are written.

use crate::gotemplate::quoted;

use super::lex::{Kind, Lexer, is_word};

impl Lexer<'_> {
    pub(super) fn raw_string(&mut self) -> Result<(), String> {
        let Some(end) = self.rest().find('`') else { return Err("unterminated raw string".to_owned()) };
        self.at += end + 1;
        self.emit(Kind::Text);
        Ok(())
    }

    pub(super) fn string(&mut self, quote: char) -> Result<(), String> {
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some('\\') => self.escape(quote)?,
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        self.emit(Kind::Text);
        Ok(())
    }

    fn escape(&mut self, quote: char) -> Result<(), String> {
        let (mut digits, base, most) = match self.next() {
            Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\') => return Ok(()),
            Some(c) if c == quote => return Ok(()),
            Some('0'..='7') => {
                self.at -= 1;
                (3, 8, 255)
            }
            Some('x') => (2, 16, 255),
            Some('u') => (4, 16, 0x0010_ffff),
            Some('U') => (8, 16, 0x0010_ffff),
            None => return Err("escape sequence not terminated".to_owned()),
            Some(other) => return Err(format!("unknown escape sequence {}", code(other))),
        };
        let mut value = 0_u32;
        while digits > 0 {
            let next = self.next().ok_or("escape sequence not terminated")?;
            let digit = next
                .to_digit(base)
                .ok_or_else(|| format!("illegal character {} in escape sequence", code(next)))?;
            value = value.wrapping_mul(base).wrapping_add(digit);
            digits -= 1;
        }
        if value > most || (0xd800..0xe000).contains(&value) {
            return Err("escape sequence is an invalid Unicode code point".to_owned());
        }
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<(), String> {
        self.at = self.start;
        if self.digits() {
            self.emit(Kind::Number);
        } else if self.units() {
            self.emit(Kind::Duration);
        } else {
            return Err(format!(
                "bad number or duration syntax: {}",
                quoted(&self.text[self.start..self.at])
            ));
        }
        Ok(())
    }

    /// A number; false when what follows it is none, perhaps the unit of a duration.
    fn digits(&mut self) -> bool {
        let mut digits = "0123456789";
        if self.eat("0") && self.eat("xX") {
            self.eat("_");
            digits = "0123456789abcdefABCDEF";
        }
        self.eat(".");
        self.eat(digits);
        let (mut point, mut exponent) = (false, false);
        loop {
            match self.peek() {
                Some('.') if point => {
                    self.at += 1;
                    return false;
                }
                Some('.') => {
                    self.at += 1;
                    point = true;
                    if self.eat("_.") || digits.len() > 10 {
                        return false;
                    }
                }
                Some('e' | 'E') if exponent => {
                    self.at += 1;
                    return false;
                }
                Some('e' | 'E') => {
                    self.at += 1;
                    exponent = true;
                    self.eat("+-");
                    if self.eat("._eE") || self.peek().is_none() {
                        return false;
                    }
                }
                Some('_') => {
                    self.at += 1;
                    if self.eat("._eE") || self.peek().is_none() {
                        return false;
                    }
                }
                Some(c) if digits.contains(c) => self.skip(|c| digits.contains(c)),
                next => return !next.is_some_and(is_word),
            }
        }
    }

    /// The rest of a duration such as `1h30m`.
    fn units(&mut self) -> bool {
        if !self.eat("smhdwy") {
            return false;
        }
        self.eat("s");
        while self.eat("0123456789") {
            self.skip(|c| c.is_ascii_digit());
            if !self.eat("smhdw") {
                return false;
            }
            self.eat("s");
        }
        let ended = !self.peek().is_some_and(is_word);
        if !ended {
            self.at += 1;
        }
        ended
    }
}

/// `U+0071 'q'`.
fn code(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    if c.is_control() { code } else { format!("{code} '{c}'") }
}
