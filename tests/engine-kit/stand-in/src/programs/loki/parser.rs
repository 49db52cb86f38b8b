//! As much of LogQL as journeys and demos ask: selectors, line and label filters, `json` and `logfmt`, counts and rates
//! of ranges, sums, and numbers. What is a query at all is decided by the checkers of the product, with Loki's words.

use regex::Regex;

use validation::logql::{self, Kind};

use crate::settings::go_duration;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Text(String),
    Word(String),
    Number(String),
    Sign(&'static str),
    End,
}

pub enum Expression {
    /// A good query of a kind that is not understood here: it finds nothing.
    Beyond(Kind),
    Lines(Pipeline),
    Number(f64),
    /// `vector(1)`.
    Vector(f64),
    Range {
        function: String,
        pipeline: Pipeline,
        seconds: f64,
    },
    Sum {
        name: String,
        by: Option<(bool, Vec<String>)>,
        of: Box<Expression>,
    },
    Binary(Box<Expression>, &'static str, Box<Expression>),
}

pub struct Pipeline {
    pub matchers: Vec<Matcher>,
    pub stages: Vec<Stage>,
}

pub enum Stage {
    Line { sign: &'static str, text: String, regex: Option<Regex> },
    Json,
    Logfmt,
    Label(Matcher),
}

pub struct Matcher {
    pub name: String,
    pub sign: &'static str,
    pub value: String,
    regex: Option<Regex>,
}

impl Matcher {
    pub fn matches(&self, value: &str) -> bool {
        match self.sign {
            "=" => value == self.value,
            "!=" => value != self.value,
            "=~" => self.regex.as_ref().is_some_and(|regex| regex.is_match(value)),
            _ => self.regex.as_ref().is_some_and(|regex| !regex.is_match(value)),
        }
    }
}

const SIGNS: [&str; 25] = [
    "|=", "|~", "!=", "!~", "=~", "==", ">=", "<=", "{", "}", "(", ")", "[", "]", ",", "|", "=", "+", "-",
    "*", "/", "%", "^", ">", "<",
];
const RANGES: [&str; 5] = ["count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"];
const SUMS: [&str; 5] = ["sum", "avg", "min", "max", "count"];

/// The error is Loki's.
pub fn parse(query: &str) -> Result<Expression, String> {
    // Loki does not get as far as its parser then.
    if query.trim().is_empty() {
        return Err("parse error : syntax error: unexpected $end".into());
    }
    let kind = logql::check(query).map_err(|error| error.message)?;
    Ok(understood(query).unwrap_or(Expression::Beyond(kind)))
}

fn understood(query: &str) -> Option<Expression> {
    let mut parser = Parser { tokens: tokens(query)?, at: 0 };
    let found = parser.expression()?;
    (*parser.peek() == Token::End).then_some(found)
}

fn tokens(query: &str) -> Option<Vec<Token>> {
    let letters: Vec<char> = query.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let letter = letters[at];
        if letter.is_whitespace() {
            at += 1;
        } else if letter == '"' || letter == '`' {
            let mut text = String::new();
            at += 1;
            loop {
                match letters.get(at) {
                    None => return None,
                    Some(end) if *end == letter => break,
                    Some('\\') if letter == '"' => {
                        at += 1;
                        text.push(match letters.get(at) {
                            Some('n') => '\n',
                            Some('t') => '\t',
                            other => other.copied().unwrap_or('\\'),
                        });
                    }
                    Some(other) => text.push(*other),
                }
                at += 1;
            }
            at += 1;
            found.push(Token::Text(text));
        } else if letter.is_ascii_alphanumeric() || letter == '_' || letter == '.' {
            let start = at;
            while letters.get(at).is_some_and(|next| next.is_ascii_alphanumeric() || "_.:".contains(*next)) {
                at += 1;
            }
            let word: String = letters[start..at].iter().collect();
            let token = if letter.is_ascii_digit() { Token::Number(word) } else { Token::Word(word) };
            found.push(token);
        } else {
            let rest: String = letters[at..(at + 2).min(letters.len())].iter().collect();
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            found.push(Token::Sign(sign));
            at += sign.len();
        }
    }
    found.push(Token::End);
    Some(found)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }
    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }
    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }
    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        if found {
            self.next();
        }
        found
    }
    fn want(&mut self, sign: &str) -> Option<()> {
        self.take(sign).then_some(())
    }

    fn expression(&mut self) -> Option<Expression> {
        let mut left = self.term()?;
        loop {
            let sign = match self.peek() {
                Token::Sign(sign @ ("+" | "-" | "*" | "/" | ">" | "<" | ">=" | "<=" | "==")) => *sign,
                _ => return Some(left),
            };
            self.next();
            left = Expression::Binary(Box::new(left), sign, Box::new(self.term()?));
        }
    }

    fn term(&mut self) -> Option<Expression> {
        if self.is("{") {
            return Some(Expression::Lines(self.pipeline()?));
        }
        if self.take("(") {
            let inner = self.expression()?;
            self.want(")")?;
            return Some(inner);
        }
        match self.peek().clone() {
            Token::Number(text) => {
                self.next();
                Some(Expression::Number(text.parse().ok()?))
            }
            Token::Word(word) if RANGES.contains(&word.as_str()) => self.range(word),
            Token::Word(word) if SUMS.contains(&word.as_str()) => self.sum(word),
            Token::Word(word) if word == "vector" => {
                self.next();
                self.want("(")?;
                let Token::Number(text) = self.next() else { return None };
                self.want(")")?;
                Some(Expression::Vector(text.parse().unwrap_or(0.0)))
            }
            _ => None,
        }
    }

    fn range(&mut self, function: String) -> Option<Expression> {
        self.next();
        self.want("(")?;
        let mut pipeline = self.pipeline()?;
        self.want("[")?;
        let Token::Number(text) = self.next() else { return None };
        let seconds = go_duration(&text)?;
        self.want("]")?;
        // The filters may stand behind the range too.
        self.stages(&mut pipeline.stages)?;
        self.want(")")?;
        Some(Expression::Range { function, pipeline, seconds })
    }

    fn sum(&mut self, name: String) -> Option<Expression> {
        self.next();
        let mut by = self.grouping()?;
        self.want("(")?;
        let of = Box::new(self.expression()?);
        self.want(")")?;
        if by.is_none() {
            by = self.grouping()?;
        }
        Some(Expression::Sum { name, by, of })
    }

    fn grouping(&mut self) -> Option<Option<(bool, Vec<String>)>> {
        let by = match self.peek() {
            Token::Word(word) if word == "by" => true,
            Token::Word(word) if word == "without" => false,
            _ => return Some(None),
        };
        self.next();
        self.want("(")?;
        let mut names = Vec::new();
        while !self.take(")") {
            match self.next() {
                Token::Word(name) => names.push(name),
                Token::Sign(",") => {}
                _ => return None,
            }
        }
        Some(Some((by, names)))
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        self.want("{")?;
        let mut matchers = Vec::new();
        while !self.take("}") {
            if !matchers.is_empty() {
                self.want(",")?;
                if self.is("}") {
                    continue;
                }
            }
            let Token::Word(name) = self.peek().clone() else {
                return None;
            };
            self.next();
            matchers.push(self.matcher(name)?);
        }
        let mut stages = Vec::new();
        self.stages(&mut stages)?;
        Some(Pipeline { matchers, stages })
    }

    fn matcher(&mut self, name: String) -> Option<Matcher> {
        let sign = match self.peek() {
            Token::Sign("==") => "=",
            Token::Sign(sign @ ("=" | "!=" | "=~" | "!~")) => *sign,
            _ => return None,
        };
        self.next();
        let value = match self.next() {
            Token::Text(value) | Token::Number(value) => value,
            _ => return None,
        };
        let regex = match sign {
            "=~" | "!~" => Some(compiled(&format!("^(?:{value})$"))?),
            _ => None,
        };
        Some(Matcher { name, sign, value, regex })
    }

    fn stages(&mut self, stages: &mut Vec<Stage>) -> Option<()> {
        loop {
            let sign = match self.peek() {
                Token::Sign(sign @ ("|=" | "|~" | "!=" | "!~")) => *sign,
                Token::Sign("|") => "|",
                _ => return Some(()),
            };
            self.next();
            if sign != "|" {
                let Token::Text(text) = self.next() else { return None };
                let regex = if sign.ends_with('~') { Some(compiled(&text)?) } else { None };
                stages.push(Stage::Line { sign, text, regex });
                continue;
            }
            let Token::Word(word) = self.peek().clone() else { return None };
            self.next();
            match word.as_str() {
                "json" => stages.push(Stage::Json),
                "logfmt" => stages.push(Stage::Logfmt),
                _ if matches!(self.peek(), Token::Sign("=" | "==" | "!=" | "=~" | "!~")) => {
                    stages.push(Stage::Label(self.matcher(word)?));
                }
                _ => return None,
            }
        }
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// As `format_query` writes it.
impl std::fmt::Display for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let matcher = |matcher: &Matcher| format!("{}{}\"{}\"", matcher.name, matcher.sign, matcher.value);
        write!(f, "{{{}}}", self.matchers.iter().map(matcher).collect::<Vec<_>>().join(", "))?;
        for stage in &self.stages {
            match stage {
                Stage::Line { sign, text, .. } => write!(f, " {sign} \"{text}\"")?,
                Stage::Json => write!(f, " | json")?,
                Stage::Logfmt => write!(f, " | logfmt")?,
                Stage::Label(label) => write!(f, " | {}", matcher(label))?,
            }
        }
        Ok(())
    }
}
