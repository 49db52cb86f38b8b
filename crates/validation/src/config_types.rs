//! The values that Loki and Promtail read by code of their own: sizes, addresses, dates, levels, expressions.

use stack::yaml::{Node, Value};

use crate::{go_regex, go_url, schema, size};

/// What a type makes of a value, for [`schema::Schema::misfits`].
pub(crate) fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    if matches!(
        kind,
        "labels.Labels" | "validation.OverwriteMarshalingStringMap" | "flagext.LabelSet" | "config.Headers"
    ) {
        return Some(Ok(()));
    }
    if kind == "config.Tags" {
        let is_map = matches!(node.value, Value::Mapping(_));
        return Some(if is_map { Ok(()) } else { Err(schema::mismatch(node, "{}string").message) });
    }
    let list = match kind {
        "[]model.LabelName" => Some("model.LabelNames"),
        "[]targetgroup.Group" => Some("discovery.StaticConfig"),
        _ => None,
    };
    if let Some(name) = list {
        let is_list = matches!(node.value, Value::Sequence(_));
        return (!is_list).then(|| Err(schema::mismatch(node, name).message));
    }
    let read: fn(&str) -> Result<(), String> = match kind {
        "flagext.ByteSize" => |text| size::bytes(text).map(drop),
        "flagext.Bytes" => |text| size::units(text).map(drop),
        "flagext.URLValue" | "config.URL" => |text| go_url::parse(text).map(drop),
        "flagext.Secret" | "flagext.StringSliceCSV" | "config.Secret" => |_| Ok(()),
        "flagext.Time" => time,
        "config.DayTime" => day,
        "log.Level" => level,
        "relabel.Action" => action,
        "relabel.Regexp" => |text| go_regex::check(&format!("^(?s:{text})$")),
        _ => return None,
    };
    Some(match &node.value {
        Value::Scalar(text) => read(text),
        _ => Err(schema::mismatch(node, "string").message),
    })
}

fn level(text: &str) -> Result<(), String> {
    match text {
        "debug" | "info" | "warn" | "error" => Ok(()),
        _ => Err(format!("unrecognized log level {text:?}")),
    }
}

fn action(text: &str) -> Result<(), String> {
    match text.to_lowercase().as_str() {
        "replace" | "keep" | "drop" | "hashmod" | "labelmap" | "labeldrop" | "labelkeep" | "lowercase"
        | "uppercase" | "keepequal" | "dropequal" => Ok(()),
        _ => Err(format!("unknown relabel action {text:?}")),
    }
}

/// `2024-01-31`.
pub(crate) fn day(text: &str) -> Result<(), String> {
    const LAYOUT: &str = "2006-01-02";
    let wrong = |rest: &str, part: &str| {
        Err(format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {rest:?} as {part:?}"))
    };
    let mut rest = text;
    let mut numbers = [0_u32; 3];
    for (index, (digits, part)) in [(4, "2006"), (2, "01"), (2, "02")].into_iter().enumerate() {
        if index > 0 {
            let Some(after) = rest.strip_prefix('-') else { return wrong(rest, "-") };
            rest = after;
        }
        let number = rest.get(..digits).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(number) = number.and_then(|it| it.parse().ok()) else { return wrong(rest, part) };
        numbers[index] = number;
        rest = &rest[digits..];
    }
    let [year, month, day] = numbers;
    if !(1..=12).contains(&month) {
        return Err(format!("parsing time {text:?}: month out of range"));
    }
    if !rest.is_empty() {
        return Err(format!("parsing time {text:?}: extra text: {rest:?}"));
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if (1..=days).contains(&day) { Ok(()) } else { Err(format!("parsing time {text:?}: day out of range")) }
}

/// A day, with or without a time; how a time may be written is left to the program.
fn time(text: &str) -> Result<(), String> {
    let date = text.split('T').next().unwrap_or_default();
    if text == "0" || day(date).is_ok() { Ok(()) } else { Err(format!("failed to parse time: {text:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_go_reads_it() {
        assert_eq!(day("2024-02-29"), Ok(()));
        for (text, words) in [
            ("01.01.2024", " as \"2006-01-02\": cannot parse \"01.01.2024\" as \"2006\""),
            ("2024/01/01", " as \"2006-01-02\": cannot parse \"/01/01\" as \"-\""),
            ("2024-1-1", " as \"2006-01-02\": cannot parse \"1-1\" as \"01\""),
            ("2024-13-01", ": month out of range"),
            ("2023-02-29", ": day out of range"),
            ("2024-01-01T00:00", ": extra text: \"T00:00\""),
            ("", " as \"2006-01-02\": cannot parse \"\" as \"2006\""),
        ] {
            assert_eq!(day(text), Err(format!("parsing time {text:?}{words}")), "{text}");
        }
    }
}
