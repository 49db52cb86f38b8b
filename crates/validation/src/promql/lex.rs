//! The words of an expression.

use crate::gotemplate::quoted;

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not a word; the text is what is wrong.
    Fault,
    End,
    /// An operator or a bracket of some kind.
    Symbol,
    /// A word with a meaning in some places.
    Keyword,
    Identifier,
    /// A name with a colon.
    Metric,
    /// In quotes.
    Text,
    Number,
    Duration,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// As it is written; what is wrong, for a fault.
    pub(super) text: String,
    /// In bytes from the beginning.
    pub(super) at: usize,
}

pub(super) const AGGREGATORS: [&str; 14] = [
    "sum",
    "avg",
    "count",
    "min",
    "max",
    "group",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "count_values",
    "quantile",
    "limitk",
    "limit_ratio",
];
const KEYWORDS: [&str; 13] = [
    "offset",
    "smoothed",
    "anchored",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "fill",
    "fill_left",
    "fill_right",
    "bool",
];
const WORD_OPERATORS: [&str; 4] = ["and", "or", "unless", "atan2"];
/// Words for times, which are functions as well.
pub(super) const PREPROCESSORS: [&str; 6] = ["start", "end", "step", "range", "max_of", "min_of"];
const IN_DURATIONS: [&str; 4] = ["step", "range", "max_of", "min_of"];

impl Token {
    pub(super) fn is(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// The keyword in lower case; nothing for other words.
    pub(super) fn keyword(&self) -> Option<String> {
        (self.kind == Kind::Keyword).then(|| self.text.to_ascii_lowercase())
    }

    /// How Prometheus shows it.
    pub(super) fn shown(&self) -> String {
        let short = || {
            let beginning: String = self.text.chars().take(10).collect();
            if self.text.len() > 10 { format!("{}...", quoted(&beginning)) } else { quoted(&self.text) }
        };
        match self.kind {
            Kind::Fault => self.text.clone(),
            Kind::End => "end of input".to_owned(),
            Kind::Identifier => format!("identifier {}", quoted(&self.text)),
            Kind::Metric => format!("metric identifier {}", quoted(&self.text)),
            Kind::Text => format!("string {}", short()),
            Kind::Number => format!("number {}", short()),
            Kind::Duration => format!("duration {}", short()),
            Kind::Symbol => match self.text.as_str() {
                "(" | ")" | "{" | "}" | "[" | "]" | "," | "=" | ":" => quoted(&self.text),
                operator => format!("<op:{operator}>"),
            },
            Kind::Keyword => {
                let word = self.text.to_ascii_lowercase();
                if AGGREGATORS.contains(&word.as_str()) {
                    format!("<aggr:{}>", self.text)
                } else if KEYWORDS.contains(&word.as_str()) {
                    format!("<{}>", self.text)
                } else if WORD_OPERATORS.contains(&word.as_str()) {
                    format!("<op:{}>", self.text)
                } else {
                    quoted(&self.text)
                }
            }
        }
    }
}

/// All words up to the end or to the first fault.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: 0,
        start: 0,
        tokens: Vec::new(),
        parentheses: 0,
        braces: false,
        bracket: Bracket::None,
        colon: false,
        duration: false,
    };
    if let Err(message) = lexer.all() {
        lexer.tokens.push(Token { kind: Kind::Fault, text: message, at: lexer.start });
    }
    lexer.tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    None,
    /// Before the first number.
    Begun,
    Open,
}

pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Where the word begins that is being read.
    pub(super) start: usize,
    tokens: Vec<Token>,
    parentheses: usize,
    braces: bool,
    bracket: Bracket,
    /// Whether the colon of a subquery was read.
    colon: bool,
    /// Whether a bracket has had a number.
    duration: bool,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_alpha(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

pub(super) fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// A character as Go's `%q` shows it.
fn rune(c: Option<char>) -> String {
    match c {
        None => "'\u{fffd}'".to_owned(),
        Some('\'') => r"'\''".to_owned(),
        Some('"') => "'\"'".to_owned(),
        Some(c) => {
            let text = quoted(&c.to_string());
            format!("'{}'", &text[1..text.len() - 1])
        }
    }
}

impl Lexer<'_> {
    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn skip(&mut self, matches: impl Fn(char) -> bool) {
        self.at = self.text.len() - self.rest().trim_start_matches(matches).len();
    }

    pub(super) fn eat(&mut self, of: &str) -> bool {
        let found = self.peek().is_some_and(|c| of.contains(c));
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn emit(&mut self, kind: Kind) {
        self.tokens.push(Token { kind, text: self.text[self.start..self.at].to_owned(), at: self.start });
        self.start = self.at;
    }

    fn all(&mut self) -> Result<(), String> {
        loop {
            self.skip(is_space);
            self.start = self.at;
            // In a bracket that has just begun, `#` is no comment.
            if self.bracket != Bracket::Begun && self.rest().starts_with('#') {
                self.skip(|c| c != '\n' && c != '\r');
                continue;
            }
            let Some(next) = self.next() else { return self.end() };
            if self.braces {
                self.in_braces(next)?;
            } else if self.bracket == Bracket::Begun {
                self.in_bracket(next)?;
            } else {
                self.statement(next)?;
            }
        }
    }

    fn end(&mut self) -> Result<(), String> {
        if self.braces {
            return Err("unexpected end of input inside braces".to_owned());
        }
        if self.bracket == Bracket::Begun {
            return Err("unexpected end of input in duration expression".to_owned());
        }
        if self.parentheses != 0 {
            return Err("unclosed left parenthesis".to_owned());
        }
        if self.bracket == Bracket::Open {
            return Err("unclosed left bracket".to_owned());
        }
        self.emit(Kind::End);
        Ok(())
    }

    fn statement(&mut self, next: char) -> Result<(), String> {
        match next {
            ',' | '*' | '/' | '%' | '+' | '-' | '^' | '@' => {}
            '=' if self.peek() == Some('~') => {
                return Err("unexpected character after '=': '~'".to_owned());
            }
            '=' => {
                self.eat("=");
            }
            '!' => {
                let after = self.next();
                if after != Some('=') {
                    return Err(format!("unexpected character after '!': {}", rune(after)));
                }
            }
            '<' | '>' => {
                self.eat("=/");
            }
            '0'..='9' => return self.number(),
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => return self.number(),
            '"' | '\'' => return self.string(next),
            '`' => return self.raw_string(),
            _ if is_alpha(next) || next == ':' => return self.word(next),
            '(' => self.parentheses += 1,
            ')' => return self.closed(),
            '{' => self.braces = true,
            '[' => {
                if self.bracket != Bracket::None {
                    return Err("unexpected left bracket '['".to_owned());
                }
                self.bracket = Bracket::Begun;
                self.colon = false;
            }
            ']' => {
                if self.bracket == Bracket::None {
                    return Err("unexpected right bracket ']'".to_owned());
                }
                self.bracket = Bracket::None;
            }
            _ => return Err(format!("unexpected character: {}", rune(Some(next)))),
        }
        self.emit(Kind::Symbol);
        Ok(())
    }

    fn closed(&mut self) -> Result<(), String> {
        let Some(open) = self.parentheses.checked_sub(1) else {
            self.start = self.at;
            return Err("unexpected right parenthesis ')'".to_owned());
        };
        self.parentheses = open;
        self.emit(Kind::Symbol);
        Ok(())
    }

    fn word(&mut self, next: char) -> Result<(), String> {
        if self.bracket != Bracket::None {
            if next == ':' && self.colon {
                return Err("unexpected colon ':'".to_owned());
            }
            if next == ':' {
                self.colon = true;
                self.emit(Kind::Symbol);
                return Ok(());
            }
            if self.duration_word(next) {
                return Ok(());
            }
            return Err(format!("unexpected character: {}, expected ':'", rune(Some(next))));
        }
        self.skip(|c| is_word(c) || c == ':');
        let word = self.text[self.start..self.at].to_ascii_lowercase();
        let kind = match word.as_str() {
            "inf" | "nan" => Kind::Number,
            "fill" | "fill_left" | "fill_right"
                if !self.rest().trim_start_matches(is_space).starts_with('(') =>
            {
                Kind::Identifier
            }
            word if AGGREGATORS.contains(&word)
                || KEYWORDS.contains(&word)
                || WORD_OPERATORS.contains(&word)
                || PREPROCESSORS.contains(&word) =>
            {
                Kind::Keyword
            }
            word if word.contains(':') => Kind::Metric,
            _ => Kind::Identifier,
        };
        self.emit(kind);
        Ok(())
    }

    /// One of the words that durations may have. They have no digits.
    fn duration_word(&mut self, next: char) -> bool {
        if !matches!(next.to_ascii_lowercase(), 's' | 'r' | 'm') {
            return false;
        }
        self.skip(is_alpha);
        let known = IN_DURATIONS.contains(&self.text[self.start..self.at].to_ascii_lowercase().as_str());
        if known {
            self.emit(Kind::Keyword);
        }
        known
    }

    /// After `[`, up to the first number.
    fn in_bracket(&mut self, next: char) -> Result<(), String> {
        match next {
            ']' => {
                self.bracket = Bracket::None;
                self.colon = false;
            }
            ':' => {
                self.start = self.at;
                if !self.duration {
                    return Err("unexpected colon before duration in duration expression".to_owned());
                }
                if self.colon {
                    return Err("unexpected repeated colon in duration expression".to_owned());
                }
                self.colon = true;
                self.start -= 1;
            }
            '(' => self.parentheses += 1,
            ')' => return self.closed(),
            '+' | '-' | '*' | '/' | '%' | '^' | ',' => {}
            '0'..='9' | '.' if next != '.' || self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                self.duration = true;
                self.bracket = Bracket::Open;
                return self.number();
            }
            _ => {
                if self.duration_word(next) {
                    return Ok(());
                }
                return Err(format!("unexpected character in duration expression: {}", rune(Some(next))));
            }
        }
        self.emit(Kind::Symbol);
        Ok(())
    }

    fn in_braces(&mut self, next: char) -> Result<(), String> {
        match next {
            ',' => {}
            '"' | '\'' => return self.string(next),
            '`' => return self.raw_string(),
            '=' => {
                self.eat("~");
            }
            '!' => {
                let after = self.next();
                if !matches!(after, Some('~' | '=')) {
                    return Err(format!("unexpected character after '!' inside braces: {}", rune(after)));
                }
            }
            '{' => return Err("unexpected left brace '{'".to_owned()),
            '}' => self.braces = false,
            _ if is_alpha(next) => {
                self.skip(is_word);
                self.emit(Kind::Identifier);
                return Ok(());
            }
            _ => return Err(format!("unexpected character inside braces: {}", rune(Some(next)))),
        }
        self.emit(Kind::Symbol);
        Ok(())
    }
}
