//! From a text to its variables.

use super::{Argument, Part, Variable};

pub(super) struct Parsed {
    pub parts: Vec<Part>,
    /// The backslashes that are taken away.
    pub eaten: Vec<usize>,
}

/// Where it fails, by the dollar sign of the variable, and why.
type Refused = (usize, &'static str);

const NO_NAME: &str = "unable to parse variable name";
const NO_BRACE: &str = "missing closing brace";
const BAD: &str = "bad substitution";
const NO_ARGUMENT: &str = "unable to parse substitution within function";
const NO_DEFAULT: &str = "unable to parse default function";

/// Deeper defaults of defaults are nobody's.
const MAX_DEPTH: usize = 100;

pub(super) fn parts(source: &str) -> Result<Parsed, Refused> {
    // The program's reader takes a zero byte for the end.
    let text = source.split('\0').next().unwrap_or_default();
    let mut reader = Reader { text, at: 0, depth: 0 };
    let mut parsed = Parsed { parts: Vec::new(), eaten: Vec::new() };
    let mut start = 0;
    let upto = |parsed: &mut Parsed, start: usize, end: usize| {
        if start < end {
            parsed.parts.push(Part::Text(start, end));
        }
    };
    while let Some(next) = reader.peek() {
        if reader.rest().starts_with("${") {
            upto(&mut parsed, start, reader.at);
            let variable = reader.variable()?;
            parsed.parts.push(Part::Variable(variable));
            start = reader.at;
        } else if reader.escaped() {
            upto(&mut parsed, start, reader.at);
            if next == '\\' {
                parsed.eaten.push(reader.at);
            }
            start = reader.at + 1;
            reader.at += 2;
        } else {
            reader.at += next.len_utf8();
        }
    }
    upto(&mut parsed, start, reader.at);
    Ok(parsed)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Whether the character here makes the next one stand for itself.
    fn escaped(&self) -> bool {
        ["$$", "\\/", "\\\\"].iter().any(|pair| self.rest().starts_with(pair))
    }

    /// As many of some characters as there are.
    fn while_any(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|letter| !accept(letter)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// `${` stands here.
    fn variable(&mut self) -> Result<Variable, Refused> {
        let at = self.at;
        self.at += 2;
        if self.depth == MAX_DEPTH {
            return Err((at, BAD));
        }
        self.depth += 1;
        let variable = self.inside(at)?;
        self.depth -= 1;
        Ok(variable)
    }

    fn inside(&mut self, at: usize) -> Result<Variable, Refused> {
        let word = |letter: char| letter.is_alphanumeric() || letter == '_';
        if self.peek() == Some('#') {
            self.at += 1;
            let name = self.while_any(word).to_owned();
            if name.is_empty() {
                return Err((at, BAD));
            }
            self.close(at)?;
            return Ok(Variable { at, name, function: "#".to_owned(), arguments: Vec::new() });
        }
        let name = self.while_any(word).to_owned();
        if name.is_empty() {
            return Err((at, NO_NAME));
        }
        let mut variable = Variable { at, name, function: String::new(), arguments: Vec::new() };
        match self.peek() {
            Some(':') => match self.rest()[1..].chars().next() {
                Some('=' | '-' | '?' | '+') => self.default(&mut variable, 2)?,
                // A slip of the library: it loses its place before a character of several bytes.
                Some(letter) if !letter.is_ascii() => return Err((at, BAD)),
                _ => self.part(&mut variable)?,
            },
            Some('=') => self.default(&mut variable, 1)?,
            Some(',' | '^') => {
                variable.function = self.operator(|letter| matches!(letter, ',' | '^'));
                self.close(at)?;
            }
            Some('/') => self.replacement(&mut variable)?,
            Some(sign @ ('#' | '%')) => {
                variable.function = self.operator(|letter| letter == sign);
                let pattern = self.argument(at, |letter| letter != '}', false)?;
                variable.arguments.push(pattern);
                self.close(at)?;
            }
            _ => {
                if self.peek() != Some('}') {
                    return Err((at, NO_BRACE));
                }
                self.at += 1;
            }
        }
        Ok(variable)
    }

    /// One or two characters.
    fn operator(&mut self, accept: impl Fn(char) -> bool) -> String {
        let operator: String = self.rest().chars().take(2).take_while(|letter| accept(*letter)).collect();
        self.at += operator.len();
        operator
    }

    fn close(&mut self, at: usize) -> Result<(), Refused> {
        if self.peek() != Some('}') {
            return Err((at, BAD));
        }
        self.at += 1;
        Ok(())
    }

    /// `${name:-default}`: texts and variables up to the brace.
    fn default(&mut self, variable: &mut Variable, sign: usize) -> Result<(), Refused> {
        self.rest()[..sign].clone_into(&mut variable.function);
        self.at += sign;
        if variable.function.is_empty() {
            return Err((variable.at, NO_DEFAULT));
        }
        while self.peek() != Some('}') {
            let argument = self.argument(variable.at, |letter| letter != '}', false)?;
            variable.arguments.push(argument);
        }
        self.close(variable.at)
    }

    /// `${name:position}` or `${name:position:length}`.
    fn part(&mut self, variable: &mut Variable) -> Result<(), Refused> {
        ":".clone_into(&mut variable.function);
        self.at += 1;
        if self.rest().is_empty() {
            return Err((variable.at, BAD));
        }
        let position = self.argument(variable.at, |letter| letter != ':' && letter != '}', false)?;
        variable.arguments.push(position);
        if self.peek() == Some('}') {
            return self.close(variable.at);
        }
        if self.while_any(|letter| letter == ':').is_empty() {
            return Err((variable.at, BAD));
        }
        let length = self.argument(variable.at, |letter| letter != '}', false)?;
        variable.arguments.push(length);
        self.close(variable.at)
    }

    /// `${name/this/that}`, with `//`, `/#` or `/%` for all, the beginning or the end.
    fn replacement(&mut self, variable: &mut Variable) -> Result<(), Refused> {
        self.at += 1;
        let second = self.peek().filter(|letter| matches!(letter, '/' | '#' | '%'));
        variable.function = "/".chars().chain(second).collect();
        self.at += variable.function.len() - 1;
        let this = self.argument(variable.at, |letter| letter != '/', true)?;
        variable.arguments.push(this);
        if self.while_any(|letter| letter == '/').is_empty() {
            return Err((variable.at, BAD));
        }
        if self.peek() != Some('}') {
            let that = self.argument(variable.at, |letter| letter != '}', true)?;
            variable.arguments.push(that);
        }
        self.close(variable.at)
    }

    /// A variable, or a text up to the next one or to a character that does not belong to it.
    fn argument(
        &mut self,
        at: usize,
        accept: impl Fn(char) -> bool,
        escapes: bool,
    ) -> Result<Argument, Refused> {
        if self.rest().starts_with("${") {
            return self.variable().map(Argument::Variable);
        }
        let mut text = String::new();
        while let Some(letter) = self.peek() {
            if self.rest().starts_with("${") {
                break;
            }
            if escapes && self.escaped() {
                self.at += 1;
                text.extend(self.peek());
                self.at += 1;
            } else if accept(letter) {
                text.push(letter);
                self.at += letter.len_utf8();
            } else {
                break;
            }
        }
        if text.is_empty() { Err((at, NO_ARGUMENT)) } else { Ok(Argument::Text(text)) }
    }
}
