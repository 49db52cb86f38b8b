//! What the functions make of a variable's value.

use super::glob;

/// Applies a function. Most signs that a shell knows are taken for a default.
pub(super) fn apply(function: &str, value: &str, arguments: &[String]) -> Result<String, String> {
    let first = arguments.first().map_or("", String::as_str);
    let second = arguments.get(1).map_or("", String::as_str);
    Ok(match function {
        "," => first_letter(value, |letter| letter.to_lowercase().collect()),
        ",," => value.to_lowercase(),
        "^" => first_letter(value, |letter| letter.to_uppercase().collect()),
        "^^" => value.to_uppercase(),
        "#" if arguments.is_empty() => value.len().to_string(),
        "#" => glob::without_beginning(value, first, glob::Most::Short),
        "##" => glob::without_beginning(value, first, glob::Most::Long),
        "%" => glob::without_end(value, first, glob::Most::Short),
        "%%" => glob::without_end(value, first, glob::Most::Long),
        ":" => return part(value, arguments),
        "/" => value.replacen(first, second, 1),
        "//" => value.replace(first, second),
        "/#" if arguments.len() == 2 && value.starts_with(first) => value.replacen(first, second, 1),
        "/%" if arguments.len() == 2 => match value.strip_suffix(first) {
            Some(rest) => format!("{rest}{second}"),
            None => value.to_owned(),
        },
        "/#" | "/%" => value.to_owned(),
        _ if value.is_empty() => arguments.concat(),
        _ => value.to_owned(),
    })
}

fn first_letter(value: &str, change: impl Fn(char) -> String) -> String {
    let mut letters = value.chars();
    let first = letters.next().map(change).unwrap_or_default();
    first + letters.as_str()
}

/// A part by its place in bytes, from the end when negative. What is no number leaves the value as it is.
fn part(value: &str, arguments: &[String]) -> Result<String, String> {
    let size = isize::try_from(value.len()).unwrap_or(isize::MAX);
    let number = |argument: &String| argument.parse::<isize>().ok();
    let Some(mut start) = arguments.first().and_then(number) else { return Ok(value.to_owned()) };
    if start < 0 {
        start = (size + start).max(0);
    }
    let end = match arguments.get(1) {
        None => size,
        Some(length) => match number(length) {
            Some(length) => start.saturating_add(length).min(size),
            None => return Ok(value.to_owned()),
        },
    };
    if start >= size && end >= size {
        return Ok(String::new());
    }
    // The program does not look at this, and ends.
    let bounds = || {
        let start = if end < 0 { String::new() } else { start.to_string() };
        format!("runtime error: slice bounds out of range [{start}:{end}]")
    };
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let bytes = range.and_then(|(start, end)| value.as_bytes().get(start..end)).ok_or_else(bounds)?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}
