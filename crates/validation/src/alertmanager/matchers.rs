//! Conditions on labels. Alertmanager reads them in two ways, the newer one first, and falls back to the older one.

use crate::{Invocation, go_regex, gotemplate};

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher {
    pub(super) name: String,
    pub(super) operator: Operator,
    pub(super) value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

/// Which of the two ways are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Fallback,
    Classic,
    Utf8,
}

impl Mode {
    /// As `--enable-feature` says.
    pub(super) fn of(invocation: &Invocation<'_>) -> Self {
        let features = invocation.flag("enable-feature").unwrap_or_default();
        let has = |name: &str| features.split(',').any(|feature| feature.trim() == name);
        match (has("classic-mode"), has("utf8-strict-mode")) {
            (true, _) => Self::Classic,
            (_, true) => Self::Utf8,
            _ => Self::Fallback,
        }
    }

    /// Whether a label may have this name.
    pub(super) fn allows(self, name: &str) -> bool {
        if self == Self::Classic { is_classic(name) } else { !name.is_empty() }
    }
}

/// Whether a name is of letters, digits and `_`, with no digit at its beginning.
pub(super) fn is_classic(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
    begins && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

impl Operator {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "=~" => Self::Regex,
            "!~" => Self::NotRegex,
            _ => return None,
        })
    }
}

impl Matcher {
    /// The words of Go when the value is no regular expression where one is wanted.
    pub(super) fn new(name: String, operator: Operator, value: String) -> Result<Self, String> {
        if matches!(operator, Operator::Regex | Operator::NotRegex) {
            go_regex::check(&format!("^(?:{value})$"))?;
        }
        Ok(Self { name, operator, value })
    }
}

/// The conditions of one text such as `{severity="warning", service=~"a|b"}`.
pub(super) fn parse(text: &str, mode: Mode) -> Result<Vec<Matcher>, String> {
    match mode {
        Mode::Classic => classic(text),
        Mode::Utf8 => Utf8 { text, at: 0 }.all(),
        Mode::Fallback => {
            let older = classic(text);
            match (Utf8 { text, at: 0 }.all(), &older) {
                // Where both can read it and differ, the older one is taken.
                (Ok(_), Ok(_)) | (Err(_), _) => older,
                (newer, Err(_)) => newer,
            }
        }
    }
}

fn classic(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let (mut quoted, mut escaped) = (false, false);
    let mut parts = Vec::new();
    let mut part = String::new();
    for c in text.chars() {
        match c {
            ',' if !quoted => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
        part.push(c);
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts.iter().map(|part| classic_one(part)).collect()
}

fn classic_one(text: &str) -> Result<Matcher, String> {
    let bad = || format!("bad matcher format: {text}");
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0c']);
    let end = trimmed.find(|c: char| c != '_' && c != ':' && !c.is_ascii_alphanumeric()).ok_or_else(bad)?;
    let (name, rest) = trimmed.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(bad());
    }
    let rest = rest.trim_start();
    let sign = ["=~", "=", "!=", "!~"].into_iter().find(|sign| rest.starts_with(sign)).ok_or_else(bad)?;
    let raw = rest[sign.len()..].trim_start();
    let unescaped = || format!("matcher value contains unescaped double quote: {raw}");
    let (inner, mut open) = raw.strip_prefix('"').map_or((raw, false), |inner| (inner, true));
    let mut value = String::new();
    let mut characters = inner.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some(escaped @ ('"' | '\\')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            '"' if open && characters.peek().is_none() => open = false,
            '"' => return Err(unescaped()),
            other => value.push(other),
        }
    }
    if open {
        return Err(unescaped());
    }
    Matcher::new(name.to_owned(), Operator::of(sign).ok_or_else(bad)?, value)
}

/// The newer way: names and values of any characters, in quotes where they have one of those with a meaning.
struct Utf8<'a> {
    text: &'a str,
    at: usize,
}

enum Token {
    End,
    /// A brace, a comma or an operator.
    Sign(String),
    /// A name or a value.
    Word(String),
}

impl Utf8<'_> {
    fn column(&self, at: usize) -> usize {
        self.text[..at].chars().count()
    }

    /// The next word with where it begins.
    fn next(&mut self) -> Result<(usize, Token), String> {
        let rest = &self.text[self.at..];
        let start = self.at + rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            self.at = self.text.len();
            return Ok((start, Token::End));
        };
        let mut place = |length: usize| {
            self.at = start + length;
            let (from, to) = (self.column(start), self.column(self.at));
            format!("{from}:{to}: {}", &self.text[start..self.at])
        };
        let token = match first {
            '{' | '}' | ',' => Token::Sign(first.to_string()),
            '=' | '!' => {
                let Some(sign) = ["=~", "!=", "!~", "="].into_iter().find(|sign| rest.starts_with(sign))
                else {
                    let (words, ends) = (place(1), rest.len() == 1);
                    let place = words.trim_end_matches(": !");
                    return Err(if ends {
                        format!("{place}: unexpected end of input, expected one of '=~'")
                    } else {
                        format!("{words}: expected one of '=~'")
                    });
                };
                Token::Sign(sign.to_owned())
            }
            '"' => {
                let end = closing(rest).ok_or_else(|| format!("{}: missing end \"", place(rest.len())))?;
                let literal = &rest[..=end];
                let words = place(literal.len());
                let word = gotemplate::unquote(literal).map_err(|_| format!("{words}: invalid input"))?;
                return Ok((start, Token::Word(word)));
            }
            '~' | '\\' | '\'' | '`' => return Err(format!("{}: invalid input", place(first.len_utf8()))),
            _ => {
                let reserved = |c: char| c.is_whitespace() || "{}!=~,\\\"'`".contains(c);
                Token::Word(rest[..rest.find(reserved).unwrap_or(rest.len())].to_owned())
            }
        };
        let (Token::Sign(text) | Token::Word(text)) = &token else { return Ok((start, token)) };
        self.at = start + text.len();
        Ok((start, token))
    }

    /// The next word where something is wanted, which is told if it is no word at all.
    fn next_of(&mut self, wanted: &str) -> Result<(usize, Token), String> {
        self.next().map_err(|words| format!("{words}: {wanted}"))
    }

    fn unexpected(&self, start: usize, token: &Token, wanted: &str) -> String {
        if matches!(token, Token::End) {
            return format!("end of input: {wanted}");
        }
        let (from, to) = (self.column(start), self.column(self.at));
        format!("{from}:{to}: unexpected {}: {wanted}", &self.text[start..self.at])
    }

    fn all(mut self) -> Result<Vec<Matcher>, String> {
        let mut matchers = Vec::new();
        let (mut start, mut token) = self.next()?;
        let braces = matches!(&token, Token::Sign(sign) if sign == "{");
        if braces {
            (start, token) = self.next()?;
        } else if matches!(token, Token::End) {
            return Ok(matchers);
        }
        loop {
            match token {
                Token::Sign(sign) if sign == "}" => {
                    if !braces {
                        return Err(format!("0:{}: }}: expected opening brace", self.column(self.at)));
                    }
                    let (start, token) = self.next_of("expected end of input")?;
                    if matches!(token, Token::End) {
                        return Ok(matchers);
                    }
                    let (from, to) = (self.column(start), self.column(self.at));
                    let word = &self.text[start..self.at];
                    return Err(format!("{from}:{to}: {word}: expected end of input"));
                }
                Token::End if braces => {
                    return Err(format!("0:{}: end of input: expected close brace", self.column(self.at)));
                }
                Token::End if !matchers.is_empty() => return Ok(matchers),
                Token::Word(name) => matchers.push(self.one(name)?),
                other => return Err(self.unexpected(start, &other, "expected label name")),
            }
            let wanted = "expected a comma or close brace";
            (start, token) = self.next_of(wanted)?;
            if matches!(&token, Token::Sign(sign) if sign == ",") {
                let wanted = "expected a matcher or close brace after comma";
                (start, token) = self.next_of(wanted)?;
                if matches!(&token, Token::Sign(sign) if sign != "}") {
                    return Err(self.unexpected(start, &token, wanted));
                }
            } else if matches!(&token, Token::Word(_)) || matches!(&token, Token::Sign(sign) if sign != "}") {
                return Err(self.unexpected(start, &token, wanted));
            }
        }
    }

    fn one(&mut self, name: String) -> Result<Matcher, String> {
        let wanted = "expected an operator such as '=', '!=', '=~' or '!~'";
        let (start, token) = self.next_of(wanted)?;
        let operator = if let Token::Sign(sign) = &token { Operator::of(sign) } else { None };
        let Some(operator) = operator else {
            return Err(self.unexpected(start, &token, wanted));
        };
        let wanted = "expected label value";
        let (start, token) = self.next_of(wanted)?;
        let Token::Word(value) = token else {
            return Err(self.unexpected(start, &token, wanted));
        };
        Matcher::new(name, operator, value).map_err(|words| format!("failed to create matcher: {words}"))
    }
}

/// Where the quote ends that a text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(index, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(index)
    })
}
