//! `JMESPath` as Promtail's library reads it: `trace-id` and `@timestamp` are no names in it, which is seldom known.

/// What is wrong with an expression, as in `SyntaxError: Unexpected token at the end of the expression: tNumber`.
pub(super) fn check(expression: &str) -> Result<(), String> {
    let tokens = tokens(expression).map_err(syntax_error)?;
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    match parser.expression(0) {
        Err(words) if words.is_empty() => return Ok(()),
        parsed => parsed.map_err(syntax_error)?,
    }
    match parser.current() {
        Token::Eof => Ok(()),
        other => {
            Err(syntax_error(format!("Unexpected token at the end of the expression: {}", other.name())))
        }
    }
}

fn syntax_error(words: impl std::fmt::Display) -> String {
    format!("SyntaxError: {words}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Unknown,
    Star,
    Dot,
    Filter,
    Flatten,
    Lparen,
    Rparen,
    Lbracket,
    Rbracket,
    Lbrace,
    Rbrace,
    Or,
    Pipe,
    Number,
    UnquotedIdentifier,
    QuotedIdentifier,
    Comma,
    Colon,
    Lt,
    Lte,
    Gt,
    Gte,
    Eq,
    Ne,
    JsonLiteral,
    StringLiteral,
    Current,
    Expref,
    And,
    Not,
    Eof,
}

impl Token {
    fn name(self) -> String {
        match self {
            Self::Lt => "tLT".to_owned(),
            Self::Lte => "tLTE".to_owned(),
            Self::Gt => "tGT".to_owned(),
            Self::Gte => "tGTE".to_owned(),
            Self::Eq => "tEQ".to_owned(),
            Self::Ne => "tNE".to_owned(),
            Self::JsonLiteral => "tJSONLiteral".to_owned(),
            Self::Eof => "tEOF".to_owned(),
            other => format!("t{other:?}"),
        }
    }

    /// How tightly it binds what stands before it.
    fn power(self) -> u8 {
        match self {
            Self::Pipe => 1,
            Self::Or => 2,
            Self::And => 3,
            Self::Eq | Self::Ne | Self::Lt | Self::Lte | Self::Gt | Self::Gte => 5,
            Self::Flatten => 9,
            Self::Star => 20,
            Self::Filter => 21,
            Self::Dot => 40,
            Self::Not => 45,
            Self::Lbrace => 50,
            Self::Lbracket => 55,
            Self::Lparen => 60,
            _ => 0,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let pair = |letters: &mut std::iter::Peekable<std::str::Chars<'_>>, second, both, single| {
            if letters.next_if_eq(&second).is_some() { both } else { single }
        };
        found.push(match letter {
            ' ' | '\t' | '\n' | '\r' => continue,
            'a'..='z' | 'A'..='Z' | '_' => {
                while letters.next_if(|c| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
                Token::UnquotedIdentifier
            }
            '-' | '0'..='9' => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                Token::Number
            }
            '.' => Token::Dot,
            '*' => Token::Star,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '{' => Token::Lbrace,
            '}' => Token::Rbrace,
            ']' => Token::Rbracket,
            '(' => Token::Lparen,
            ')' => Token::Rparen,
            '@' => Token::Current,
            '[' if letters.next_if_eq(&'?').is_some() => Token::Filter,
            '[' => pair(&mut letters, ']', Token::Flatten, Token::Lbracket),
            '|' => pair(&mut letters, '|', Token::Or, Token::Pipe),
            '<' => pair(&mut letters, '=', Token::Lte, Token::Lt),
            '>' => pair(&mut letters, '=', Token::Gte, Token::Gt),
            '!' => pair(&mut letters, '=', Token::Ne, Token::Not),
            '=' => pair(&mut letters, '=', Token::Eq, Token::Unknown),
            '&' => pair(&mut letters, '&', Token::And, Token::Expref),
            '"' => quoted(&mut letters, '"', Token::QuotedIdentifier)?,
            '`' => quoted(&mut letters, '`', Token::JsonLiteral)?,
            '\'' => quoted(&mut letters, '\'', Token::StringLiteral)?,
            other if other.is_ascii() => return Err(format!("Unknown char: {other:?}")),
            other => return Err(format!("Unknown char: '\\u{:04x}'", u32::from(other))),
        });
    }
    found.push(Token::Eof);
    Ok(found)
}

fn quoted(letters: &mut impl Iterator<Item = char>, end: char, token: Token) -> Result<Token, String> {
    while let Some(letter) = letters.next() {
        if letter == end {
            return Ok(token);
        }
        if letter == '\\' {
            letters.next();
        }
    }
    Err(format!("Unclosed delimiter: {end}"))
}

/// What nests deeper is taken as it is: an error without words.
const MAX_DEPTH: usize = 200;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn ahead(&self, by: usize) -> Token {
        self.tokens.get(self.at + by).copied().unwrap_or(Token::Eof)
    }

    fn current(&self) -> Token {
        self.ahead(0)
    }

    fn expect(&mut self, token: Token) -> Result<(), String> {
        let current = self.current();
        if current == token {
            self.at += 1;
            return Ok(());
        }
        Err(format!("Expected {}, received: {}", token.name(), current.name()))
    }

    fn expression(&mut self, power: u8) -> Result<(), String> {
        if self.depth == MAX_DEPTH {
            return Err(String::new());
        }
        self.depth += 1;
        let token = self.current();
        self.at += 1;
        self.beginning(token)?;
        while power < self.current().power() {
            let token = self.current();
            self.at += 1;
            self.continuation(token)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// What an expression may begin with.
    fn beginning(&mut self, token: Token) -> Result<(), String> {
        match token {
            Token::QuotedIdentifier if self.current() == Token::Lparen => {
                Err("Can't have quoted identifier as function name.".to_owned())
            }
            Token::JsonLiteral
            | Token::StringLiteral
            | Token::UnquotedIdentifier
            | Token::QuotedIdentifier
            | Token::Current => Ok(()),
            Token::Star if self.current() == Token::Rbracket => Ok(()),
            Token::Star => self.projection(Token::Star.power()),
            Token::Filter => self.filter(),
            Token::Lbrace => self.hash(),
            Token::Flatten => self.projection(Token::Flatten.power()),
            Token::Lbracket => match (self.current(), self.ahead(1)) {
                (Token::Number | Token::Colon, _) => {
                    // The library forgets about an error here.
                    if self.index() == Ok(true) { self.projection(Token::Star.power()) } else { Ok(()) }
                }
                (Token::Star, Token::Rbracket) => {
                    self.at += 2;
                    self.projection(Token::Star.power())
                }
                _ => self.list(),
            },
            Token::Expref => self.expression(0),
            Token::Not => self.expression(Token::Not.power()),
            Token::Lparen => {
                self.expression(0)?;
                self.expect(Token::Rparen)
            }
            Token::Eof => Err("Incomplete expression".to_owned()),
            other => Err(format!("Invalid token: {}", other.name())),
        }
    }

    /// What may follow on an expression.
    fn continuation(&mut self, token: Token) -> Result<(), String> {
        match token {
            Token::Dot if self.current() == Token::Star => {
                self.at += 1;
                self.projection(Token::Dot.power())
            }
            Token::Dot => self.after_dot(Token::Dot.power()),
            Token::Pipe
            | Token::Or
            | Token::And
            | Token::Eq
            | Token::Ne
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte => self.expression(token.power()),
            Token::Lparen => {
                while self.current() != Token::Rparen {
                    self.expression(0)?;
                    if self.current() == Token::Comma {
                        self.at += 1;
                    }
                }
                self.expect(Token::Rparen)
            }
            Token::Filter => self.filter(),
            Token::Flatten => self.projection(Token::Flatten.power()),
            Token::Lbracket if matches!(self.current(), Token::Number | Token::Colon) => {
                if self.index()? {
                    self.projection(Token::Star.power())
                } else {
                    Ok(())
                }
            }
            Token::Lbracket => {
                self.expect(Token::Star)?;
                self.expect(Token::Rbracket)?;
                self.projection(Token::Star.power())
            }
            other => Err(format!("Unexpected token: {}", other.name())),
        }
    }

    /// `0]` or `1:2:3]`: whether it is the latter.
    fn index(&mut self) -> Result<bool, String> {
        if self.current() != Token::Colon && self.ahead(1) != Token::Colon {
            self.at += 1;
            return self.expect(Token::Rbracket).map(|()| false);
        }
        let mut colons = 0;
        while self.current() != Token::Rbracket && colons < 3 {
            match self.current() {
                Token::Colon => colons += 1,
                Token::Number => {}
                other => return Err(format!("Expected tColon or tNumber, received: {}", other.name())),
            }
            self.at += 1;
        }
        self.expect(Token::Rbracket).map(|()| true)
    }

    fn list(&mut self) -> Result<(), String> {
        loop {
            self.expression(0)?;
            if self.current() == Token::Rbracket {
                self.at += 1;
                return Ok(());
            }
            self.expect(Token::Comma)?;
        }
    }

    fn hash(&mut self) -> Result<(), String> {
        loop {
            if !matches!(self.current(), Token::UnquotedIdentifier | Token::QuotedIdentifier) {
                return Err("Expected tQuotedIdentifier or tUnquotedIdentifier".to_owned());
            }
            self.at += 1;
            self.expect(Token::Colon)?;
            self.expression(0)?;
            match self.current() {
                Token::Comma => self.at += 1,
                Token::Rbrace => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    fn filter(&mut self) -> Result<(), String> {
        self.expression(0)?;
        self.expect(Token::Rbracket)?;
        if self.current() == Token::Flatten { Ok(()) } else { self.projection(Token::Filter.power()) }
    }

    fn after_dot(&mut self, power: u8) -> Result<(), String> {
        match self.current() {
            Token::QuotedIdentifier | Token::UnquotedIdentifier | Token::Star => self.expression(power),
            Token::Lbracket => {
                self.at += 1;
                self.list()
            }
            Token::Lbrace => {
                self.at += 1;
                self.hash()
            }
            _ => Err("Expected identifier, lbracket, or lbrace".to_owned()),
        }
    }

    fn projection(&mut self, power: u8) -> Result<(), String> {
        match self.current() {
            weak if weak.power() < 10 => Ok(()),
            Token::Lbracket | Token::Filter => self.expression(power),
            Token::Dot => {
                self.at += 1;
                self.after_dot(power)
            }
            _ => Err("Error".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_library_are_accepted() {
        for good in [
            "level",
            "log.level",
            "\"trace-id\"",
            "\"@timestamp\"",
            "@",
            "items[0].name",
            "items[*].name | [0]",
            "items[?level=='error'].msg",
            "[level, msg]",
            "{a: level, b: msg.text}",
            "length(items)",
            "level || severity",
            "!a && b",
            "a[1:3]",
            "a[]",
            "*.a",
            "`{\"a\": 1}`",
            "max_by(items, &size)",
            "[0",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn names_with_a_hyphen_or_an_at_sign_are_refused_in_the_librarys_words() {
        for (bad, words) in [
            ("trace-id", "Unexpected token at the end of the expression: tNumber"),
            ("@timestamp", "Unexpected token at the end of the expression: tUnquotedIdentifier"),
            ("log.", "Expected identifier, lbracket, or lbrace"),
            ("$.level", "Unknown char: '$'"),
            ("a b", "Unexpected token at the end of the expression: tUnquotedIdentifier"),
            ("level ==", "Incomplete expression"),
            ("a[b]", "Expected tStar, received: tUnquotedIdentifier"),
            ("\"a", "Unclosed delimiter: \""),
            ("a = b", "Unexpected token at the end of the expression: tUnknown"),
            (".a", "Invalid token: tDot"),
            ("{a}", "Expected tColon, received: tRbrace"),
            ("niño", "Unknown char: '\\u00f1'"),
        ] {
            assert_eq!(check(bad), Err(format!("SyntaxError: {words}")), "{bad}");
        }
    }
}
