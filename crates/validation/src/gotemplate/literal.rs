//! Texts, characters and numbers as Go writes them.

/// A text in quotes, as Go's `%q` shows it.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                shown.push('\\');
                shown.push(c);
            }
            '\x07' => shown.push_str("\\a"),
            '\x08' => shown.push_str("\\b"),
            '\x0c' => shown.push_str("\\f"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\x0b' => shown.push_str("\\v"),
            _ if c.is_ascii_control() => shown.extend(format!("\\x{:02x}", u32::from(c)).chars()),
            _ if c.is_control() || (c.is_whitespace() && c != ' ') => {
                shown.extend(format!("\\u{:04x}", u32::from(c)).chars());
            }
            _ => shown.push(c),
        }
    }
    shown.push('"');
    shown
}

/// What a text in quotes stands for: `"`, `` ` ``, or `'` in Prometheus' expressions.
pub(crate) fn unquote(literal: &str) -> Result<String, String> {
    let invalid = || "invalid syntax".to_owned();
    if let Some(raw) = literal.strip_prefix('`') {
        return Ok(raw.trim_end_matches('`').replace('\r', ""));
    }
    let mut rest = literal.get(1..literal.len() - 1).ok_or_else(invalid)?;
    let quote = if literal.starts_with('\'') { '\'' } else { '"' };
    let mut text = Vec::new();
    while !rest.is_empty() {
        rest = unescape(rest, quote, &mut text).ok_or_else(invalid)?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Whether a constant such as `'a'` is one character.
pub(super) fn character(literal: &str) -> Result<(), String> {
    match unescape(&literal[1..], '\'', &mut Vec::new()) {
        None => Err("invalid syntax".to_owned()),
        Some("'") => Ok(()),
        Some(_) => Err(format!("malformed character constant: {literal}")),
    }
}

/// Reads one character, which may be escaped, and returns what follows it.
fn unescape<'a>(text: &'a str, quote: char, into: &mut Vec<u8>) -> Option<&'a str> {
    let mut push = |c: char| into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == quote {
        return None;
    }
    if first != '\\' {
        push(first);
        return Some(characters.as_str());
    }
    let escaped = characters.next()?;
    let rest = characters.as_str();
    let (digits, base) = match escaped {
        'x' => (2, 16),
        'u' => (4, 16),
        'U' => (8, 16),
        '0'..='7' => (3, 8),
        _ => {
            push(match escaped {
                'a' => '\x07',
                'b' => '\x08',
                'f' => '\x0c',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\x0b',
                '\\' => '\\',
                _ if escaped == quote => quote,
                _ => return None,
            });
            return Some(rest);
        }
    };
    let number = if base == 8 { &text[1..] } else { rest };
    let code = u32::from_str_radix(number.get(..digits).filter(|it| !it.starts_with('+'))?, base).ok()?;
    if matches!(escaped, 'u' | 'U') {
        push(char::from_u32(code)?);
    } else {
        into.push(u8::try_from(code).ok()?);
    }
    Some(&number[digits..])
}

/// Whether what looks like a number is one, and in range.
pub(super) fn number(literal: &str) -> Result<(), String> {
    let illegal = || Err(format!("illegal number syntax: {}", quoted(literal)));
    let unsigned = literal.strip_prefix(['+', '-']).unwrap_or(literal);
    if unsigned.contains(['+', '-']) && unsigned.ends_with('i') {
        return Ok(());
    }
    let unsigned = unsigned.strip_suffix('i').unwrap_or(unsigned);
    let lower = unsigned.to_ascii_lowercase();
    let (prefixed, digits, base) = match lower.get(..2) {
        Some("0x") => (true, &lower[2..], 16),
        Some("0o") => (true, &lower[2..], 8),
        Some("0b") => (true, &lower[2..], 2),
        _ if lower.len() > 1 && lower.starts_with('0') => (true, &lower[1..], 8),
        _ => (false, lower.as_str(), 10),
    };
    // Single ones between digits, or after the prefix.
    let separated =
        !digits.contains("__") && !digits.ends_with('_') && (prefixed || !digits.starts_with('_'));
    if let (true, Ok(value)) = (separated, u64::from_str_radix(&digits.replace('_', ""), base)) {
        // A sign makes it a signed one, which has half the range.
        let signed = literal.starts_with(['+', '-']);
        if !signed || value <= i64::MAX.unsigned_abs() + u64::from(literal.starts_with('-')) {
            return Ok(());
        }
    }
    if base == 16 {
        return if digits.contains('p') { Ok(()) } else { illegal() };
    }
    if lower.parse::<f64>().is_err() {
        return illegal();
    }
    if lower.contains(['.', 'e']) { Ok(()) } else { Err(format!("integer overflow: {}", quoted(literal))) }
}
