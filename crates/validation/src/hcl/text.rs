//! Texts of HCL: in quotes, and between anchors.

/// The text that a quoted token stands for.
pub(super) fn unquote(token: &str) -> String {
    let inner = token.strip_prefix('"').unwrap_or(token);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        let (digits, radix, first) = match rest.next() {
            Some('n') => {
                text.push('\n');
                continue;
            }
            Some('t') => {
                text.push('\t');
                continue;
            }
            Some('r') => {
                text.push('\r');
                continue;
            }
            Some('x') => (2, 16, 0),
            Some('u') => (4, 16, 0),
            Some('U') => (8, 16, 0),
            Some(digit @ '0'..='7') => (2, 8, digit.to_digit(8).unwrap_or_default()),
            Some(other) => {
                text.push(other);
                continue;
            }
            None => break,
        };
        let value = rest.by_ref().take(digits).fold(first, |value, digit| {
            value.wrapping_mul(radix).wrapping_add(digit.to_digit(radix).unwrap_or_default())
        });
        text.push(char::from_u32(value).unwrap_or('\u{fffd}'));
    }
    text
}

/// The lines between the anchors, less their common indentation after `<<-`.
pub(super) fn heredoc(token: &str) -> String {
    let mut lines: Vec<&str> = token.lines().collect();
    let indented = lines.first().is_some_and(|first| first.starts_with("<<-"));
    lines.pop();
    let lines = lines.get(1..).unwrap_or_default();
    let blanks = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let cut = if indented { lines.iter().map(blanks).min().unwrap_or_default() } else { 0 };
    lines.iter().fold(String::new(), |mut text, line| {
        text.push_str(&line[cut..]);
        text.push('\n');
        text
    })
}
