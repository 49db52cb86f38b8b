//! What the stages do with their texts: what Loki finds only when it puts them together.

use std::net::IpAddr;

use crate::{go_regex, gotemplate};

use super::{lex::Token, pattern};

/// The functions of Loki's templates, beside those of Go.
#[rustfmt::skip]
const FUNCTIONS: [&str; 67] = [
    "ToLower", "ToUpper", "Replace", "Trim", "TrimLeft", "TrimRight", "TrimPrefix", "TrimSuffix",
    "TrimSpace", "regexReplaceAll", "regexReplaceAllLiteral", "count", "urldecode", "urlencode", "bytes",
    "duration", "duration_seconds", "unixEpochMillis", "unixEpochNanos", "toDateInZone", "unixToTime",
    "alignLeft", "alignRight", "__line__", "__timestamp__", "b64enc", "b64dec", "lower", "upper", "title",
    "trunc", "substr", "contains", "hasPrefix", "hasSuffix", "indent", "nindent", "replace", "repeat",
    "trim", "trimAll", "trimSuffix", "trimPrefix", "int", "float64", "add", "sub", "mul", "div", "mod",
    "addf", "subf", "mulf", "divf", "max", "min", "maxf", "minf", "ceil", "floor", "round", "fromJson",
    "date", "toDate", "now", "unixEpoch", "default",
];

pub(super) struct LabelFormat {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) is_template: bool,
}

pub(super) fn line_filter(operator: &str, text: &str) -> Option<String> {
    match operator {
        "|~" | "!~" => go_regex::check(text).err(),
        "|>" | "!>" => pattern::line_filter(text),
        _ => None,
    }
}

pub(super) fn address_filter(operator: &str, text: &str) -> Option<String> {
    if matches!(operator, "|=" | "!=") { addresses(text) } else { Some("ip: invalid operation".to_owned()) }
}

/// An address, a network or a range.
pub(super) fn addresses(text: &str) -> Option<String> {
    let address = |text: &str| {
        // A zone stands only behind an address of IPv6.
        let (bare, zone) = text.split_once('%').map_or((text, None), |(bare, zone)| (bare, Some(zone)));
        let address: IpAddr = bare.parse().ok()?;
        zone.is_none_or(|zone| address.is_ipv6() && !zone.is_empty()).then_some(address)
    };
    let network = || {
        let (bare, bits) = text.split_once('/')?;
        let address: IpAddr = bare.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let plain = bits.bytes().all(|it| it.is_ascii_digit()) && (bits.len() == 1 || !bits.starts_with('0'));
        Some(plain && bits.parse::<u8>().ok()? <= most)
    };
    let range = || {
        let (from, to) = text.split_once('-')?;
        let (from, to): (IpAddr, IpAddr) = (from.parse().ok()?, to.parse().ok()?);
        Some(from.is_ipv4() == to.is_ipv4() && from <= to)
    };
    let good = address(text).is_some() || network() == Some(true) || range() == Some(true);
    (!good).then(|| format!("ip: invalid pattern: {}", super::words::quote(text)))
}

pub(super) fn regexp(text: &str) -> Option<String> {
    if let Err(error) = go_regex::check(text) {
        return Some(error);
    }
    let names: Vec<String> = go_regex::groups(text).into_iter().filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Some("at least one named capture must be supplied".to_owned());
    }
    let twice = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
    twice.map(|(_, name)| format!("duplicate extracted label name '{name}'"))
}

pub(super) fn extracted(all: &[(String, Token)], read: fn(&str) -> Result<(), String>) -> Option<String> {
    all.iter().find_map(|(_, from)| {
        let error = read(&from.text).err()?;
        Some(format!("cannot parse expression [{}]: {error}", from.text))
    })
}

pub(super) fn line_format(text: &str) -> Option<String> {
    template("line", text).map(|error| format!("invalid line template: {error}"))
}

pub(super) fn label_format(formats: &[LabelFormat]) -> Option<String> {
    for (index, format) in formats.iter().enumerate() {
        let name = &format.name;
        if name == "__error__" {
            return Some("__error__ cannot be formatted".to_owned());
        }
        if formats[..index].iter().any(|before| before.name == *name) {
            return Some(format!("multiple label name '{name}' not allowed in a single format operation"));
        }
    }
    formats.iter().filter(|it| it.is_template).find_map(|it| {
        let error = template("label", &it.value)?;
        Some(format!("invalid template for label '{}': {error}", it.name))
    })
}

fn template(name: &str, text: &str) -> Option<String> {
    gotemplate::check(name, text, &FUNCTIONS).err().map(|error| error.message)
}
