//! Patterns of the stage `pattern` and of the filters `|>` and `!>`: texts with captures such as `<_>` and `<method>`.

enum Part<'a> {
    Capture(&'a str),
    Literal,
}

/// What Loki has against a pattern that names what it extracts.
pub(super) fn parser(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(EMPTY.to_owned());
    }
    let parts = parts(text);
    let is_named = |part: &Part<'_>| matches!(part, Part::Capture(name) if *name != "_");
    if !parts.iter().any(is_named) {
        return Some("at least one capture is required".to_owned());
    }
    if let Some(fault) = consecutive(&parts) {
        return Some(fault);
    }
    let names: Vec<&str> = parts.iter().filter(|it| is_named(it)).map(Part::name).collect();
    let twice = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
    twice.map(|(_, name)| format!("duplicate capture name ({name}): invalid expression"))
}

/// What Loki has against a pattern that lines are filtered by.
pub(super) fn line_filter(text: &str) -> Option<String> {
    let parts = parts(text);
    consecutive(&parts).or_else(|| {
        let named = parts.iter().map(Part::name).find(|name| !matches!(*name, "" | "_"))?;
        Some(format!("named captures are not allowed: found '<{named}>'"))
    })
}

const EMPTY: &str =
    "parse error at line 1, col 1: syntax error: unexpected $end, expecting IDENTIFIER or LITERAL";

impl<'a> Part<'a> {
    /// Nothing for a literal.
    fn name(&self) -> &'a str {
        if let Self::Capture(name) = self { name } else { "" }
    }
}

fn consecutive(parts: &[Part<'_>]) -> Option<String> {
    let pair = parts.windows(2).find_map(|pair| match pair {
        [Part::Capture(first), Part::Capture(second)] => Some((first, second)),
        _ => None,
    });
    pair.map(|(first, second)| format!("found consecutive capture '<{first}><{second}>': invalid expression"))
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(name) = capture(rest) {
            parts.push(Part::Capture(name));
            rest = &rest[name.len() + 2..];
        } else {
            if !matches!(parts.last(), Some(Part::Literal)) {
                parts.push(Part::Literal);
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    parts
}

fn capture(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('<')?.split_once('>')?;
    let begins = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
    (begins && name.bytes().all(|it| it == b'_' || it.is_ascii_alphanumeric())).then_some(name)
}
