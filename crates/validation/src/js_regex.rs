//! Regular expressions as a browser reads them: Grafana runs those of derived fields, variables, overrides and
//! transformations there, not in Go. What Go knows and a browser does not, such as `(?i)`, leaves a link or a panel out
//! without a word.

/// What V8 says of an expression that `new RegExp` refuses, as in `Invalid regular expression: /(?i)x/: Invalid group`.
pub fn check(expression: &str) -> Result<(), String> {
    with_flags(expression, "")
}

/// The same for the fields in which Grafana takes `/…/i` as an expression with flags, and other texts as one that
/// has to match the whole.
pub fn check_field(text: &str) -> Result<(), String> {
    let Some(rest) = text.strip_prefix('/') else { return check(&format!("^{text}$")) };
    let delimited = rest.rsplit_once('/').filter(|(expression, flags)| {
        // Each flag once, in this order.
        let mut known = "gimys".chars();
        !expression.contains('\n') && flags.chars().all(|flag| known.any(|it| it == flag))
    });
    let Some((expression, flags)) = delimited else {
        return Err(format!("'{text}' is not a valid regular expression."));
    };
    with_flags(expression, flags)
}

fn with_flags(expression: &str, flags: &str) -> Result<(), String> {
    let Err(error) = regress::Regex::with_flags(expression, flags) else {
        return repeated_border(expression, flags);
    };
    match words(&error.text, expression) {
        Some(words) => Err(refusal(expression, flags, words)),
        None => Ok(()),
    }
}

fn refusal(expression: &str, flags: &str, words: &str) -> String {
    format!("Invalid regular expression: /{expression}/{flags}: {words}")
}

/// A border cannot be repeated, which the parser lets through.
fn repeated_border(expression: &str, flags: &str) -> Result<(), String> {
    let mut rest = expression;
    while let Some(at) = rest.find(['\\', '[']) {
        let found = &rest[at..];
        if let Some(class) = found.strip_prefix('[') {
            rest = after_class(class);
            continue;
        }
        let border = found.strip_prefix("\\b").or_else(|| found.strip_prefix("\\B"));
        if border.is_some_and(|after| after.starts_with(['*', '+', '?'])) {
            return Err(refusal(expression, flags, "Nothing to repeat"));
        }
        let escaped = found.chars().nth(1).map_or(0, char::len_utf8);
        rest = &found[1 + escaped..];
    }
    Ok(())
}

/// What follows the class whose inside this is.
fn after_class(inside: &str) -> &str {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => return &inside[at + 1..],
            _ => {}
        }
    }
    ""
}

/// V8's words for what the parser found; nothing for a limit that only the parser has.
fn words(found: &str, expression: &str) -> Option<&'static str> {
    Some(match found {
        "Invalid group modifier" => "Invalid group",
        "Invalid token at named capture group identifier" if expression.ends_with("(?") => "Invalid group",
        "Invalid token at named capture group identifier" => "Invalid capture group name",
        "Duplicate capture group name" => "Duplicate capture group name",
        "Invalid named backreference syntax" => "Invalid named reference",
        "Unbalanced parenthesis" if closes_too_much(expression) => "Unmatched ')'",
        "Unbalanced parenthesis" => "Unterminated group",
        "Unbalanced bracket" => "Unterminated character class",
        "Invalid atom character" | "Invalid braced quantifier" | "Quantifier not allowed here" => {
            "Nothing to repeat"
        }
        "Invalid quantifier" => "numbers out of order in {} quantifier",
        "Incomplete escape" => "\\ at end of pattern",
        other if other.starts_with("Range values reversed") => "Range out of order in character class",
        other if other.starts_with("Backreference to invalid") => "Invalid named capture referenced",
        other if other.contains("limit exceeded") || other.contains("too deeply") => return None,
        _ => "Invalid expression",
    })
}

fn closes_too_much(expression: &str) -> bool {
    let (mut rest, mut open) = (expression, 0_usize);
    while let Some(at) = rest.find(['\\', '[', '(', ')']) {
        let after = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'[' => after_class(after),
            b'(' => {
                open += 1;
                after
            }
            b')' if open == 0 => return true,
            b')' => {
                open -= 1;
                after
            }
            _ => &after[after.chars().next().map_or(0, char::len_utf8)..],
        };
    }
    false
}

/// How many groups of an expression keep what they match.
pub fn groups(expression: &str) -> usize {
    let (mut rest, mut count) = (expression, 0);
    while let Some(at) = rest.find(['\\', '[', '(']) {
        let after = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'[' => after_class(after),
            b'(' => {
                let named = after.starts_with("?<") && !after.starts_with("?<=") && !after.starts_with("?<!");
                count += usize::from(named || !after.starts_with('?'));
                after
            }
            _ => &after[after.chars().next().map_or(0, char::len_utf8)..],
        };
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_reads_is_accepted() {
        for good in [
            r"(?<name>x)",
            r"(?<name>x)\k<name>",
            r"\k<name>",
            r"\k",
            r"(?=x)(?!y)(?<=z)(?<!w)",
            r"(?=x)*",
            r"{",
            r"}",
            r"{,5}",
            r"a{,5}",
            r"a{1",
            r"a{1,2",
            r"x{99999999999}",
            r"[]",
            r"[^]",
            r"[]a]",
            r"[a-\d]",
            r"[\d-z]",
            r"[\w-\d]",
            r"[[:alpha:]]",
            r"[[:alpha:]",
            r"[a&&b]",
            r"\Q",
            r"\Qa.b\E",
            r"\A",
            r"\z",
            r"\Z",
            r"\G",
            r"\h",
            r"\R",
            r"\X",
            r"\pL",
            r"\p{L}",
            r"\p{Greek}",
            r"\p",
            r"\x",
            r"\xg",
            r"\x4",
            r"\x41",
            r"\u",
            r"\u004",
            r"\u0041",
            r"\u{41}",
            r"\u{110000}",
            r"\c",
            r"\c1",
            r"\ca",
            r"[\c1]",
            r"\0",
            r"\00",
            r"\1",
            r"\8",
            r"\9",
            r"(a)\1",
            r"(a)\2",
            r"\1(a)",
            r"\_",
            r"\-",
            r"\/",
            r"/",
            r"a/b",
            r"\e",
            r"\a",
            r"\N",
            r"\n\r\t\v\f",
            r"\d\D\s\S\w\W",
            r"\b\B",
            r"$",
            r"^",
            r".",
            r"日本",
            r"[日-本]",
            r"😀+",
            r"[😀]",
            r"a|b|",
            r"|",
            r"()",
            r"(|a)",
            r"(?:)",
            r"a{0}",
            r"a{0,0}",
            r"a{2,}?",
            r".*?",
            r"^(?:a|b)$",
            r"^.*(?<!x)y$",
            r#"trace[_-]?[iI][dD]["'=: ]+"?([0-9a-fA-F]{6,32})"#,
            r"/foo/i",
            r"(?<año>x)",
            r"(?<$>x)",
            r"(?<\u0061>x)",
            r"[\b]",
            r"[\-a]",
            r"[a-]",
            r"[-a]",
            r"[--a]",
            r"[a-b-c]",
            r"[^\s]",
            r"\cJ",
            r"]",
            r"a]",
            r"}a{",
            r"\k<n>(?<n>a)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    /// The words are those that Node 20 printed for these expressions.
    #[test]
    fn what_a_browser_refuses_is_refused_in_its_words() {
        for (bad, words) in [
            (r"(?i)x", r"Invalid group"),
            (r"(?i)trace[_-]?id[^0-9a-z]{1,6}([0-9a-f]{16,32})", r"Invalid group"),
            (r"(?P<name>x)", r"Invalid group"),
            (r"(?P=name)", r"Invalid group"),
            (r"(?<a>x)\k<b>", r"Invalid named capture referenced"),
            (r"(?<a>x)\k", r"Invalid named reference"),
            (r"(?<1a>x)", r"Invalid capture group name"),
            (r"(?<a-b>x)", r"Invalid capture group name"),
            (r"(?<a", r"Invalid capture group name"),
            (r"(?<>x)", r"Invalid capture group name"),
            (r"(?<a>x)(?<a>y)", r"Duplicate capture group name"),
            (r#"(?#comment)"#, r"Invalid group"),
            (r"(?>x)", r"Invalid group"),
            (r"(?(1)a|b)", r"Invalid group"),
            (r"(?R)", r"Invalid group"),
            (r"(?x)a b", r"Invalid group"),
            (r"(?s).", r"Invalid group"),
            (r"(?<!", r"Unterminated group"),
            (r"x++", r"Nothing to repeat"),
            (r"x*+", r"Nothing to repeat"),
            (r"x?+", r"Nothing to repeat"),
            (r"x{2}+", r"Nothing to repeat"),
            (r"x**", r"Nothing to repeat"),
            (r"x*??", r"Nothing to repeat"),
            (r"+", r"Nothing to repeat"),
            (r"*a", r"Nothing to repeat"),
            (r"?", r"Nothing to repeat"),
            (r"a|*", r"Nothing to repeat"),
            (r"(*)", r"Nothing to repeat"),
            (r"(?:+)", r"Nothing to repeat"),
            (r"^*", r"Nothing to repeat"),
            (r"$+", r"Nothing to repeat"),
            (r"\b+", r"Nothing to repeat"),
            (r"{1}", r"Nothing to repeat"),
            (r"a{2,1}", r"numbers out of order in {} quantifier"),
            (r"a{1,2}{3}", r"Nothing to repeat"),
            (r"(", r"Unterminated group"),
            (r")", r"Unmatched ')'"),
            (r"a)", r"Unmatched ')'"),
            (r"(a", r"Unterminated group"),
            (r"(?:a", r"Unterminated group"),
            (r"(?", r"Invalid group"),
            (r"[", r"Unterminated character class"),
            (r"[a", r"Unterminated character class"),
            (r"[b-a]", r"Range out of order in character class"),
            (r"\", r"\ at end of pattern"),
            (r"a\", r"\ at end of pattern"),
            (r"\B*", r"Nothing to repeat"),
            (r"(?<a\>x)", r"Invalid capture group name"),
            (r"a{1}?{2}", r"Nothing to repeat"),
            (r"(?:a){3}{4}", r"Nothing to repeat"),
        ] {
            let message = format!("Invalid regular expression: /{bad}/: {words}");
            assert_eq!(check(bad), Err(message), "{bad}");
        }
    }

    /// Browsers know these since 2024 or 2025, Node 20 does not: an older one is no reason to refuse them.
    #[test]
    fn what_only_newer_browsers_read_is_accepted() {
        for newer in ["(?i:x)", "(?im-s:x)", "(?<a>x)|(?<a>y)"] {
            assert_eq!(check(newer), Ok(()), "{newer}");
        }
    }

    #[test]
    fn groups_are_counted() {
        assert_eq!(groups(r"(a)(?:b)(?<c>d)(?<=e)(?<!f)(?=g)[(]\((h(i))"), 4);
    }

    #[test]
    fn a_field_may_have_delimiters_and_flags() {
        assert_eq!(check_field("/^a.*(b|c)$/i"), Ok(()));
        assert_eq!(check_field("a/b"), Ok(()));
        assert_eq!(check_field("/a/b/gi"), Ok(()));
        let refused = |text: &str| check_field(text).unwrap_err();
        assert_eq!(refused("(?i)a"), "Invalid regular expression: /^(?i)a$/: Invalid group");
        assert_eq!(refused("/(a/i"), "Invalid regular expression: /(a/i: Unterminated group");
        assert_eq!(refused("/a/x"), "'/a/x' is not a valid regular expression.");
        assert_eq!(refused("/a/ii"), "'/a/ii' is not a valid regular expression.");
        assert_eq!(refused("/a"), "'/a' is not a valid regular expression.");
    }
}
