//! Regular expressions as Go reads them (RE2), which Loki, Promtail, Alloy, Prometheus, Alertmanager and the socket
//! proxy use. No library for Rust has this syntax to the letter, and a near one would refuse what they accept.

/// Go refuses to repeat something more often, counting repetitions inside of repetitions.
const MAX_REPEAT: u32 = 1000;
/// How deep groups may nest.
const MAX_DEPTH: usize = 1000;

/// What Go says of an expression that it cannot read, as in ``error parsing regexp: missing closing ): `(` ``.
pub fn check(expression: &str) -> Result<(), String> {
    let mut reader = Reader { text: expression, at: 0, depth: 0, groups: Vec::new() };
    reader.alternatives().and_then(|_| {
        if reader.at < expression.len() { Err(fault("unexpected )", expression)) } else { Ok(()) }
    })
}

/// The names of an expression's groups, in their order; empty for a group without one.
pub fn groups(expression: &str) -> Vec<String> {
    let mut reader = Reader { text: expression, at: 0, depth: 0, groups: Vec::new() };
    // A bad expression has its own complaint; the groups before the fault are what there is.
    let _ = reader.alternatives();
    reader.groups
}

fn fault(what: &str, part: &str) -> String {
    format!("error parsing regexp: {what}: `{part}`")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    groups: Vec<String>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Reads up to the end or to a `)` that is not its own. Returns how often its parts are repeated at most.
    fn alternatives(&mut self) -> Result<u32, String> {
        let mut most = 1;
        // What the next operator would repeat, and how often that repeats its own parts; nothing at a beginning.
        let mut before: Option<u32> = None;
        while let Some(next) = self.rest().chars().next() {
            match next {
                ')' => break,
                '|' => {
                    self.at += 1;
                    before = None;
                }
                '*' | '+' | '?' => before = Some(self.repeated(before, 1)?),
                '{' => {
                    let Some((length, low, high)) = self.repetition() else {
                        self.at += 1;
                        before = Some(1);
                        continue;
                    };
                    let part = &self.rest()[..length];
                    let times = high.max(1);
                    let whole = before.unwrap_or(1).saturating_mul(times);
                    if low > MAX_REPEAT || high < low || whole > MAX_REPEAT {
                        return Err(fault("invalid repeat count", part));
                    }
                    before = Some(self.repeated(before, times)?);
                }
                '(' => before = Some(self.group(before)?),
                '[' => {
                    self.class()?;
                    before = Some(1);
                }
                '\\' => {
                    if let Some(quoted) = self.rest().strip_prefix("\\Q") {
                        let length = quoted.find("\\E").map_or(quoted.len(), |end| end + 2);
                        self.at += 2 + length;
                        before = if length == 0 { before } else { Some(1) };
                    } else {
                        self.escape(false)?;
                        before = Some(1);
                    }
                }
                other => {
                    self.at += other.len_utf8();
                    before = Some(1);
                }
            }
            most = most.max(before.unwrap_or(1));
        }
        Ok(most)
    }

    /// An operator of repetition with its `?`; another one after it is not Perl's.
    fn repeated(&mut self, before: Option<u32>, times: u32) -> Result<u32, String> {
        let start = self.at;
        let length = self.operator();
        let part = &self.text[start..start + length];
        let Some(inner) = before else { return Err(fault("missing argument to repetition operator", part)) };
        self.at += length;
        self.eat("?");
        let again = self.operator();
        if again > 0 {
            return Err(fault("invalid nested repetition operator", &self.text[start..self.at + again]));
        }
        Ok(inner.saturating_mul(times))
    }

    /// The length of the operator of repetition that stands here.
    fn operator(&self) -> usize {
        match self.rest().bytes().next() {
            Some(b'*' | b'+' | b'?') => 1,
            Some(b'{') => self.repetition().map_or(0, |(length, ..)| length),
            _ => 0,
        }
    }

    /// `{2}`, `{2,}` or `{2,3}`: length, least and most. Other braces stand for themselves.
    fn repetition(&self) -> Option<(usize, u32, u32)> {
        let (inner, _) = self.rest().strip_prefix('{')?.split_once('}')?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(u32::MAX))
        };
        let (low, high) = match inner.split_once(',') {
            None => (number(inner)?, number(inner)?),
            Some((low, "")) => (number(low)?, number(low)?),
            Some((low, high)) => (number(low)?, number(high)?),
        };
        Some((inner.len() + 2, low, high))
    }

    fn group(&mut self, before: Option<u32>) -> Result<u32, String> {
        let perl = "invalid or unsupported Perl syntax";
        let whole = self.rest();
        self.at += 1;
        if self.eat("?P<") || self.eat("?<") {
            let Some((name, _)) = self.rest().split_once('>') else {
                return Err(fault("invalid named capture", whole));
            };
            let opened = whole.len() - self.rest().len();
            let word = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
            if !word {
                return Err(fault("invalid named capture", &whole[..=opened + name.len()]));
            }
            self.groups.push(name.to_owned());
            self.at += name.len() + 1;
        } else if self.eat("?") {
            let mut minus = false;
            loop {
                match self.next() {
                    Some('i' | 'm' | 's' | 'U') => {}
                    Some('-') if !minus => minus = true,
                    Some(':') => break,
                    // Flags for what follows: nothing that could be repeated.
                    Some(')') => return Ok(before.unwrap_or(1)),
                    _ => {
                        let end = whole.len() - self.rest().len();
                        return Err(fault(perl, &whole[..end]));
                    }
                }
            }
        } else {
            self.groups.push(String::new());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(fault("expression nests too deeply", self.text));
        }
        let inner = self.alternatives()?;
        self.depth -= 1;
        if !self.eat(")") {
            return Err(fault("missing closing )", self.text));
        }
        Ok(inner)
    }

    /// What follows a backslash. Returns the character that it stands for, when it is a single one.
    fn escape(&mut self, in_class: bool) -> Result<Option<char>, String> {
        let start = self.at;
        self.at += 1;
        let Some(escaped) = self.next() else {
            return Err(fault("trailing backslash at end of expression", ""));
        };
        match escaped {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'p' | 'P' => self.property(start).map(|()| None),
            'A' | 'b' | 'B' | 'z' | 'C' if !in_class => Ok(None),
            'a' => Ok(Some('\x07')),
            'f' => Ok(Some('\x0c')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            't' => Ok(Some('\t')),
            'v' => Ok(Some('\x0b')),
            'x' => self.hex(start).map(Some),
            '0' => {
                // Up to two more octal digits.
                for _ in 0..2 {
                    if self.rest().starts_with(|c: char| ('0'..='7').contains(&c)) {
                        self.at += 1;
                    }
                }
                Ok(Some('\0'))
            }
            '1'..='7' if self.rest().starts_with(|c: char| ('0'..='7').contains(&c)) => {
                self.at += 1;
                if self.rest().starts_with(|c: char| ('0'..='7').contains(&c)) {
                    self.at += 1;
                }
                Ok(Some('\x01'))
            }
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(Some(other)),
            _ => Err(fault("invalid escape sequence", &self.text[start..self.at])),
        }
    }

    fn hex(&mut self, start: usize) -> Result<char, String> {
        let bad = |reader: &Self| fault("invalid escape sequence", &reader.text[start..reader.at]);
        let digits = if self.eat("{") {
            let Some((digits, _)) = self.rest().split_once('}') else {
                self.at = self.text.len();
                return Err(bad(self));
            };
            self.at += digits.len() + 1;
            digits
        } else {
            let digits = self.rest().get(..2).unwrap_or(self.rest());
            self.at += digits.len();
            if digits.len() < 2 {
                return Err(bad(self));
            }
            digits
        };
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or_else(|| bad(self))
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`.
    fn property(&mut self, start: usize) -> Result<(), String> {
        let name = if self.eat("{") {
            let name = self.rest().split_once('}').map_or(self.rest(), |(name, _)| name);
            self.at = (self.at + name.len() + 1).min(self.text.len());
            name
        } else {
            let name = self.rest().chars().next().map_or("", |c| &self.rest()[..c.len_utf8()]);
            self.at += name.len();
            name
        };
        let known = regex_syntax::parse(&format!("\\p{{{}}}", name.trim_start_matches('^'))).is_ok();
        if known { Ok(()) } else { Err(fault("invalid character class range", &self.text[start..self.at])) }
    }

    /// `[…]`. The first character may be `]` itself.
    fn class(&mut self) -> Result<(), String> {
        let whole = self.rest();
        let unclosed = || Err(fault("missing closing ]", whole));
        self.at += 1;
        self.eat("^");
        let mut first = true;
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return unclosed();
            }
            if !first && self.eat("]") {
                return Ok(());
            }
            if rest.starts_with("[:")
                && let Some(end) = rest.find(":]")
            {
                let name = rest[2..end].trim_start_matches('^');
                if !POSIX.contains(&name) {
                    return Err(fault("invalid character class range", &rest[..end + 2]));
                }
                self.at += end + 2;
                first = false;
                continue;
            }
            first = false;
            let start = self.at;
            let Some(low) = self.member()? else { continue };
            if self.rest().starts_with('-') && !self.rest().starts_with("-]") && self.rest().len() > 1 {
                self.at += 1;
                let escape = self.at;
                let high = self.member()?;
                let Some(high) = high else {
                    return Err(fault("invalid escape sequence", &self.text[escape..self.at]));
                };
                if high < low {
                    return Err(fault("invalid character class range", &self.text[start..self.at]));
                }
            }
        }
    }

    fn member(&mut self) -> Result<Option<char>, String> {
        if self.rest().starts_with('\\') { self.escape(true) } else { Ok(self.next()) }
    }
}

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_reads_is_accepted() {
        for good in [
            r#"^(?P<level>TRACE|DEBUG)[^A-Za-z]"#,
            r"(?i)(?:level|severity)[=\x22': ]+",
            r"\Qa.b(\E+",
            r"a{,5}",
            r"{job}",
            r"[[:space:]]\pL\p{Greek}\d\bz\z",
            r"(?<name>x)(?P<1a>y)(?P<1a>z)",
            r"(?s:.*)(?-i)(?U)a+",
            r"x{1000}",
            r"\C\_\-\ \07\x{1F600}",
            r"[]a][^]a][a&&b][\d-z][a-]",
            r"(|a)*|",
            r"\Q",
            "日本",
            "a*?b+?c??d{2}?",
            "",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    /// The words are those that Go itself printed for these expressions.
    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (bad, words) in [
            ("(", "missing closing ): `(`"),
            ("^(?s:()$", "missing closing ): `^(?s:()$`"),
            ("(?:a|b", "missing closing ): `(?:a|b`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("[^]", "missing closing ]: `[^]`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("x(*y", "missing argument to repetition operator: `*`"),
            ("|*", "missing argument to repetition operator: `*`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<!a)b", "invalid named capture: `(?<!a)b`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?R)a", "invalid or unsupported Perl syntax: `(?R`"),
            ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
            ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
            ("(?P<a", "invalid named capture: `(?P<a`"),
            ("(?P<n-m>x)", "invalid named capture: `(?P<n-m>`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("(a{999}){999}", "invalid repeat count: `{999}`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a+?+", "invalid nested repetition operator: `+?+`"),
            ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
            (r"\u0041", r"invalid escape sequence: `\u`"),
            (r"\1", r"invalid escape sequence: `\1`"),
            (r"\8", r"invalid escape sequence: `\8`"),
            (r"[a-\d]", r"invalid escape sequence: `\d`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            (r"\pX", r"invalid character class range: `\pX`"),
            (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
            (r"a\", "trailing backslash at end of expression: ``"),
        ] {
            assert_eq!(check(bad), Err(format!("error parsing regexp: {words}")), "{bad}");
        }
    }

    #[test]
    fn groups_are_found_in_their_order() {
        assert_eq!(groups("(?P<a>x)(y)(?:z)(?<b>[(?P<no>])"), ["a", "", "b"]);
    }
}
