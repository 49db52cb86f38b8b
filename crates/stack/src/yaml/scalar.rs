//! What a plain scalar stands for: the rules of Go's YAML library, which docker compose uses.
//!
//! They are those of YAML 1.1 for numbers (`0644` is 420, `1_000` is 1000) and those of YAML 1.2 for
//! booleans (`yes` and `on` are texts). Dates stay texts.

use super::{Node, Style, Value};

/// A scalar with its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    /// Empty, `~`, `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Another number.
    Float(f64),
    /// Everything else.
    Text(&'a str),
}

/// The scalar of a node; `None` for mappings and sequences.
pub fn resolve(node: &Node) -> Option<Scalar<'_>> {
    let Value::Scalar(text) = &node.value else { return None };
    let plain = node.style == Style::Plain;
    match node.tag.as_deref() {
        Some("!!str" | "!") => Some(Scalar::Text(text)),
        Some("!!int" | "!!float" | "!!bool" | "!!null") => Some(resolve_plain(text)),
        _ if plain => Some(resolve_plain(text)),
        _ => Some(Scalar::Text(text)),
    }
}

/// The type of a text without quotes.
pub fn resolve_plain(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Scalar::Text(text);
    }
    let digits = text.replace('_', "");
    if let Some(whole) = whole_number(&digits) {
        return Scalar::Int(whole);
    }
    if is_decimal(&digits)
        && let Ok(number) = digits.parse::<f64>()
    {
        return Scalar::Float(number);
    }
    Scalar::Text(text)
}

/// The text that compose makes of a scalar where it wants a string but takes numbers too (`environment`,
/// `labels`): Go's `fmt.Sprint` of the typed value, so `1.10` is "1.1". `None` for null and collections.
pub fn as_text(node: &Node) -> Option<String> {
    match resolve(node)? {
        Scalar::Null => None,
        Scalar::Bool(value) => Some(value.to_string()),
        Scalar::Int(value) => Some(value.to_string()),
        Scalar::Float(value) => Some(go_float(value)),
        Scalar::Text(text) => Some(text.to_owned()),
    }
}

/// A float as Go prints it: the shortest form, with an exponent below 1e-4 and from 1e21 on.
fn go_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = value.abs();
    if size == 0.0 || (1e-4..1e21).contains(&size) {
        return value.to_string();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// Go's `ParseInt(text, 0, 64)`: decimal, `0x`, `0o`, `0b`, and a leading zero for octal.
fn whole_number(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    // Go reads "-0" as the float that it is.
    if negative && (size == 0 || size > 1 << 63) {
        return None;
    }
    Some(if negative { -i128::from(size) } else { i128::from(size) })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number_ok = match number.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(number),
    };
    number_ok && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}
