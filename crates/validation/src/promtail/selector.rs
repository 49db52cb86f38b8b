//! The selectors of Promtail's `match` stages: matchers of labels and filters of lines. A language smaller than `LogQL`,
//! read by the scanner of Go's own texts: no backquotes, no comma at the end, no parsers.

use crate::go_regex;

/// Why a selector is refused, each in words of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It cannot be read.
    Syntax(String),
    /// The expression of a matcher cannot be read.
    Matcher(String),
    /// The expression of a filter of lines cannot be read.
    Filter(String),
}

/// Whether Promtail can read a selector.
pub(super) fn check(selector: &str) -> Result<(), Refused> {
    let mut reader = Reader { letters: selector.chars().collect(), at: 0, line: 1, column: 1 };
    reader.expect("{", "{")?;
    loop {
        reader.expect("IDENTIFIER", "IDENTIFIER")?;
        let operator = reader.one_of(&["=", "!=", "=~", "!~"])?;
        let value = reader.text()?;
        if operator.ends_with('~') {
            go_regex::check(&value).map_err(Refused::Matcher)?;
        }
        if reader.one_of(&["}", ","])? == "}" {
            break;
        }
    }
    let mut refused = Ok(());
    while reader.peek()?.kind != END {
        let operator = reader.one_of(&["!=", "!~", "|~", "|="])?;
        let value = reader.text()?;
        if operator.ends_with('~') {
            refused = go_regex::check(&value).map_err(Refused::Filter).and(refused);
        }
    }
    refused
}

const END: &str = "$end";

struct Token {
    kind: &'static str,
    /// Of a text, what it says.
    text: String,
    line: usize,
    column: usize,
}

struct Reader {
    letters: Vec<char>,
    at: usize,
    line: usize,
    column: usize,
}

impl Reader {
    fn expect(&mut self, kind: &'static str, expected: &str) -> Result<Token, Refused> {
        let token = self.token()?;
        if token.kind == kind { Ok(token) } else { Err(unexpected(&token, expected)) }
    }

    fn one_of(&mut self, kinds: &[&'static str]) -> Result<&'static str, Refused> {
        let token = self.token()?;
        if kinds.contains(&token.kind) {
            Ok(token.kind)
        } else {
            Err(unexpected(&token, &kinds.join(" or ")))
        }
    }

    fn text(&mut self) -> Result<String, Refused> {
        self.expect("STRING", "STRING").map(|token| token.text)
    }

    fn peek(&mut self) -> Result<Token, Refused> {
        let (at, line, column) = (self.at, self.line, self.column);
        let token = self.token();
        (self.at, self.line, self.column) = (at, line, column);
        token
    }

    fn ahead(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.ahead()?;
        self.at += 1;
        if letter == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(letter)
    }

    fn skip(&mut self, also: impl Fn(char) -> bool) {
        while self.ahead().is_some_and(&also) {
            self.next();
        }
    }

    fn blanks(&mut self) {
        loop {
            self.skip(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r'));
            let comment = self.ahead() == Some('/') && self.letters.get(self.at + 1) == Some(&'/');
            if !comment {
                return;
            }
            self.skip(|letter| letter != '\n');
        }
    }

    fn token(&mut self) -> Result<Token, Refused> {
        self.blanks();
        let (line, column) = (self.line, self.column);
        let mut token = Token { kind: "IDENTIFIER", text: String::new(), line, column };
        let Some(letter) = self.next() else {
            token.kind = END;
            return Ok(token);
        };
        let faulty = |words: &str| Refused::Syntax(at(line, column, words));
        match letter {
            '"' => {
                token.text = self.quoted(&faulty)?;
                token.kind = "STRING";
            }
            // Texts in other quotes are read, and then are none.
            '`' => {
                self.skip(|letter| letter != '`');
                self.next().ok_or_else(|| faulty("literal not terminated"))?;
            }
            '\'' => {
                let mut count = 0;
                loop {
                    match self.next() {
                        Some('\'') => break,
                        Some('\\') => {
                            self.next();
                        }
                        Some('\n') | None => return Err(faulty("literal not terminated")),
                        Some(_) => {}
                    }
                    count += 1;
                }
                if count != 1 {
                    return Err(faulty("invalid char literal"));
                }
            }
            '{' | '}' | ',' | '.' | '=' | '!' | '|' => {
                let two = self.ahead().and_then(|second| match (letter, second) {
                    ('=', '~') => Some("=~"),
                    ('!', '=') => Some("!="),
                    ('!', '~') => Some("!~"),
                    ('|', '=') => Some("|="),
                    ('|', '~') => Some("|~"),
                    _ => None,
                });
                if let Some(two) = two {
                    self.next();
                    token.kind = two;
                    // Of these the program has lost the line when it complains.
                    token.line = 0;
                } else {
                    let single = ["{", "}", ",", ".", "="];
                    let known = single.into_iter().find(|it| it.starts_with(letter));
                    token.kind = known.unwrap_or(token.kind);
                }
            }
            letter if letter == '_' || letter.is_alphanumeric() => {
                self.skip(|letter| letter == '_' || letter.is_alphanumeric());
            }
            _ => {}
        }
        Ok(token)
    }

    fn quoted(&mut self, faulty: &dyn Fn(&str) -> Refused) -> Result<String, Refused> {
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape().ok_or_else(|| faulty("invalid char escape"))?),
                Some('\n') | None => return Err(faulty("literal not terminated")),
                Some(letter) => text.push(letter),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.next()?;
        let (first, radix, more) = match letter {
            'a' => return Some('\x07'),
            'b' => return Some('\x08'),
            'f' => return Some('\x0c'),
            'n' => return Some('\n'),
            'r' => return Some('\r'),
            't' => return Some('\t'),
            'v' => return Some('\x0b'),
            '\\' | '"' => return Some(letter),
            '0'..='7' => (letter.to_digit(8)?, 8, 2),
            'x' => (0, 16, 2),
            'u' => (0, 16, 4),
            'U' => (0, 16, 8),
            _ => return None,
        };
        let mut value = first;
        for _ in 0..more {
            value = value.checked_mul(radix)? + self.next()?.to_digit(radix)?;
        }
        char::from_u32(value)
    }
}

fn at(line: usize, column: usize, words: &str) -> String {
    format!("parse error at line {line}, col {column}: {words}")
}

fn unexpected(token: &Token, expected: &str) -> Refused {
    let words = format!("syntax error: unexpected {}, expecting {expected}", token.kind);
    Refused::Syntax(at(token.line, token.column, &words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_and_filters_of_lines_are_read() {
        for good in [
            r#"{job="x"}"#,
            r#"{job!="x", b!~"y"}"#,
            r#" { job =~ "\\d+" } // all of them"#,
            r#"{job="x"} |= "a" != "b" |~ "c.*" !~ "\x41""#,
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    /// The words are those that Promtail's own reader printed for these selectors.
    #[test]
    fn others_are_refused_in_promtails_words() {
        for (bad, words) in [
            (r#"{job="x",}"#, "line 1, col 10: syntax error: unexpected }, expecting IDENTIFIER"),
            ("{}", "line 1, col 2: syntax error: unexpected }, expecting IDENTIFIER"),
            ("{job}", "line 1, col 5: syntax error: unexpected }, expecting = or != or =~ or !~"),
            ("{job=}", "line 1, col 6: syntax error: unexpected }, expecting STRING"),
            (r#"{job="x""#, "line 1, col 9: syntax error: unexpected $end, expecting } or ,"),
            (r#"{job="x"} |= "#, "line 1, col 14: syntax error: unexpected $end, expecting STRING"),
            (
                r#"{job="x"} | json"#,
                "line 1, col 11: syntax error: unexpected IDENTIFIER, expecting != or !~ or |~ or |=",
            ),
            (r#"job="x""#, "line 1, col 1: syntax error: unexpected IDENTIFIER, expecting {"),
            ("{job='x'}", "line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING"),
            ("{job='abc'}", "line 1, col 6: invalid char literal"),
            ("{job=`abc`}", "line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING"),
            (r#"{job="\d+"}"#, "line 1, col 6: invalid char escape"),
            (r#"{job="x}"#, "line 1, col 6: literal not terminated"),
            (r#"{job=="x"}"#, "line 1, col 6: syntax error: unexpected =, expecting STRING"),
            (r#"{job.a="x"}"#, "line 1, col 5: syntax error: unexpected ., expecting = or != or =~ or !~"),
            (r#"{job|="x"}"#, "line 0, col 5: syntax error: unexpected |=, expecting = or != or =~ or !~"),
            (r#"{job="x"}}"#, "line 1, col 10: syntax error: unexpected }, expecting != or !~ or |~ or |="),
        ] {
            assert_eq!(check(bad), Err(Refused::Syntax(format!("parse error at {words}"))), "{bad}");
        }
        let bracket = || "error parsing regexp: missing closing ): `(`".to_owned();
        assert_eq!(check(r#"{job=~"("}"#), Err(Refused::Matcher(bracket())));
        assert_eq!(check(r#"{job="a"} |~ "(""#), Err(Refused::Filter(bracket())));
    }
}
