//! As much of LogQL as journeys and demos ask: selectors, line and label filters, `json` and `logfmt`, counts and rates
//! of ranges, sums, and numbers.

use regex::Regex;

use crate::settings::go_duration;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Text(String),
    Word(String),
    Number(String),
    Sign(&'static str),
    End,
}

impl Token {
    /// As the real parser calls it in its errors.
    fn name(&self) -> String {
        match self {
            Self::Text(_) => "STRING".into(),
            Self::Word(word) if is_function(word) => word.to_uppercase(),
            Self::Word(_) => "IDENTIFIER".into(),
            Self::Number(text) if text.parse::<f64>().is_ok() => "NUMBER".into(),
            Self::Number(_) => "DURATION".into(),
            Self::Sign(sign) => (*sign).to_owned(),
            Self::End => "$end".into(),
        }
    }
}

pub enum Expression {
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

fn is_function(word: &str) -> bool {
    RANGES.contains(&word) || SUMS.contains(&word)
}

type Result<T> = std::result::Result<T, String>;

pub fn parse(query: &str) -> Result<Expression> {
    if query.trim().is_empty() {
        return Err("parse error : syntax error: unexpected $end".into());
    }
    let mut parser = Parser { tokens: tokens(query)?, at: 0 };
    let found = parser.expression()?;
    match parser.peek() {
        Token::End => Ok(found),
        _ => Err(parser.unexpected("")),
    }
}

fn error(column: usize, message: &str) -> String {
    format!("parse error at line 1, col {column}: {message}")
}

/// Each with its column, from 1.
fn tokens(query: &str) -> Result<Vec<(Token, usize)>> {
    let letters: Vec<char> = query.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let (letter, column) = (letters[at], at + 1);
        if letter.is_whitespace() {
            at += 1;
        } else if letter == '"' || letter == '`' {
            let mut text = String::new();
            at += 1;
            loop {
                match letters.get(at) {
                    None => return Err(error(column, "literal not terminated")),
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
            found.push((Token::Text(text), column));
        } else if letter.is_ascii_alphanumeric() || letter == '_' || letter == '.' {
            let start = at;
            while letters.get(at).is_some_and(|next| next.is_ascii_alphanumeric() || "_.:".contains(*next)) {
                at += 1;
            }
            let word: String = letters[start..at].iter().collect();
            let token = if letter.is_ascii_digit() { Token::Number(word) } else { Token::Word(word) };
            found.push((token, column));
        } else {
            let rest: String = letters[at..(at + 2).min(letters.len())].iter().collect();
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| error(column, &format!("syntax error: unexpected {letter}")))?;
            found.push((Token::Sign(sign), column));
            at += sign.len();
        }
    }
    found.push((Token::End, letters.len() + 1));
    Ok(found)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
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
    fn want(&mut self, sign: &str, expecting: &str) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(expecting)) }
    }
    fn unexpected(&self, expecting: &str) -> String {
        let (token, column) = &self.tokens[self.at];
        let more = if expecting.is_empty() { String::new() } else { format!(", expecting {expecting}") };
        error(*column, &format!("syntax error: unexpected {}{more}", token.name()))
    }

    fn expression(&mut self) -> Result<Expression> {
        let mut left = self.term()?;
        loop {
            let sign = match self.peek() {
                Token::Sign(sign @ ("+" | "-" | "*" | "/" | ">" | "<" | ">=" | "<=" | "==")) => *sign,
                _ => return Ok(left),
            };
            self.next();
            left = Expression::Binary(Box::new(left), sign, Box::new(self.term()?));
        }
    }

    fn term(&mut self) -> Result<Expression> {
        if self.is("{") {
            return Ok(Expression::Lines(self.pipeline()?));
        }
        if self.take("(") {
            let inner = self.expression()?;
            self.want(")", "")?;
            return Ok(inner);
        }
        match self.peek().clone() {
            Token::Number(text) => match text.parse() {
                Ok(number) => {
                    self.next();
                    Ok(Expression::Number(number))
                }
                Err(_) => Err(self.unexpected("")),
            },
            Token::Word(word) if RANGES.contains(&word.as_str()) => self.range(word),
            Token::Word(word) if SUMS.contains(&word.as_str()) => self.sum(word),
            Token::Word(word) if word == "vector" => {
                self.next();
                self.want("(", "(")?;
                let Token::Number(text) = self.next() else { return Err(self.unexpected("NUMBER")) };
                self.want(")", ")")?;
                Ok(Expression::Vector(text.parse().unwrap_or(0.0)))
            }
            _ => Err(self.unexpected("")),
        }
    }

    fn range(&mut self, function: String) -> Result<Expression> {
        self.next();
        self.want("(", "(")?;
        let mut pipeline = self.pipeline()?;
        self.want("[", "")?;
        let Token::Number(text) = self.next() else { return Err(self.unexpected("DURATION")) };
        let seconds = go_duration(&text).ok_or_else(|| self.unexpected("DURATION"))?;
        self.want("]", "]")?;
        // The filters may stand behind the range too.
        self.stages(&mut pipeline.stages)?;
        self.want(")", ")")?;
        Ok(Expression::Range { function, pipeline, seconds })
    }

    fn sum(&mut self, name: String) -> Result<Expression> {
        self.next();
        let mut by = self.grouping()?;
        self.want("(", "(")?;
        let of = Box::new(self.expression()?);
        self.want(")", ")")?;
        if by.is_none() {
            by = self.grouping()?;
        }
        Ok(Expression::Sum { name, by, of })
    }

    fn grouping(&mut self) -> Result<Option<(bool, Vec<String>)>> {
        let by = match self.peek() {
            Token::Word(word) if word == "by" => true,
            Token::Word(word) if word == "without" => false,
            _ => return Ok(None),
        };
        self.next();
        self.want("(", "(")?;
        let mut names = Vec::new();
        while !self.take(")") {
            match self.next() {
                Token::Word(name) => names.push(name),
                Token::Sign(",") => {}
                _ => return Err(self.unexpected(")")),
            }
        }
        Ok(Some((by, names)))
    }

    fn pipeline(&mut self) -> Result<Pipeline> {
        self.want("{", "")?;
        let mut matchers = Vec::new();
        while !self.take("}") {
            if !matchers.is_empty() {
                self.want(",", "} or ,")?;
                if self.is("}") {
                    continue;
                }
            }
            let Token::Word(name) = self.peek().clone() else {
                return Err(self.unexpected("IDENTIFIER or }"));
            };
            self.next();
            matchers.push(self.matcher(name)?);
        }
        if !matchers.iter().any(|matcher| matches!(matcher.sign, "=" | "=~") && !matcher.matches("")) {
            return Err(
                "parse error : queries require at least one regexp or equality matcher that does not have \
                 an empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but \
                 app=~\".+\" will"
                    .into(),
            );
        }
        let mut stages = Vec::new();
        self.stages(&mut stages)?;
        Ok(Pipeline { matchers, stages })
    }

    fn matcher(&mut self, name: String) -> Result<Matcher> {
        let sign = match self.peek() {
            Token::Sign("==") => "=",
            Token::Sign(sign @ ("=" | "!=" | "=~" | "!~")) => *sign,
            _ => return Err(self.unexpected("= or != or =~ or !~")),
        };
        self.next();
        let value = match self.next() {
            Token::Text(value) | Token::Number(value) => value,
            _ => return Err(self.unexpected("STRING")),
        };
        let regex = match sign {
            "=~" | "!~" => Some(compiled(&format!("^(?:{value})$"))?),
            _ => None,
        };
        Ok(Matcher { name, sign, value, regex })
    }

    fn stages(&mut self, stages: &mut Vec<Stage>) -> Result<()> {
        loop {
            let sign = match self.peek() {
                Token::Sign(sign @ ("|=" | "|~" | "!=" | "!~")) => *sign,
                Token::Sign("|") => "|",
                _ => return Ok(()),
            };
            self.next();
            if sign != "|" {
                let Token::Text(text) = self.next() else { return Err(self.unexpected("STRING")) };
                let regex = if sign.ends_with('~') { Some(compiled(&text)?) } else { None };
                stages.push(Stage::Line { sign, text, regex });
                continue;
            }
            let Token::Word(word) = self.peek().clone() else { return Err(self.unexpected("")) };
            self.next();
            match word.as_str() {
                "json" => stages.push(Stage::Json),
                "logfmt" => stages.push(Stage::Logfmt),
                _ if matches!(self.peek(), Token::Sign("=" | "==" | "!=" | "=~" | "!~")) => {
                    stages.push(Stage::Label(self.matcher(word)?));
                }
                _ => return Err(self.unexpected("")),
            }
        }
    }
}

fn compiled(pattern: &str) -> Result<Regex> {
    Regex::new(pattern).map_err(|_| format!("parse error : error parsing regexp: `{pattern}`"))
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
