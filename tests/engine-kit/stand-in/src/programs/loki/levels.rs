//! The level that Loki finds in a line by itself.

use std::collections::BTreeMap;

use serde_json::Value;

const NAMES: [&str; 5] = ["level", "LEVEL", "Level", "severity", "lvl"];
/// As found in a line, and what it is called then; the first that is found counts.
const WORDS: [(&str, &str); 11] = [
    ("fatal", "fatal"),
    ("critical", "critical"),
    ("error", "error"),
    ("err:", "error"),
    ("exception", "error"),
    ("warn", "warn"),
    ("wrn:", "warn"),
    ("info", "info"),
    ("debug", "debug"),
    ("trace", "trace"),
    ("verbose", "debug"),
];

pub fn detected(
    labels: &BTreeMap<String, String>,
    metadata: &BTreeMap<String, String>,
    line: &str,
) -> String {
    let named = NAMES.iter().find_map(|name| labels.get(*name).or_else(|| metadata.get(*name)).cloned());
    let written = named.or_else(|| in_json(line)).or_else(|| in_logfmt(line));
    if let Some(level) = written {
        return normal(&level);
    }
    let lower: String = line.chars().take(200).collect::<String>().to_lowercase();
    WORDS.iter().find(|(word, _)| lower.contains(word)).map_or("unknown", |(_, level)| *level).to_owned()
}

fn in_json(line: &str) -> Option<String> {
    let Value::Object(fields) = serde_json::from_str(line).ok()? else { return None };
    NAMES.iter().find_map(|name| match fields.get(*name)? {
        Value::String(level) => Some(level.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn in_logfmt(line: &str) -> Option<String> {
    NAMES.iter().find_map(|name| {
        let value = line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim_matches('"').to_owned())
    })
}

/// What a level is called in the end.
pub fn normal(level: &str) -> String {
    match level.to_lowercase().as_str() {
        "10" | "trace" => "trace",
        "20" | "debug" | "verbose" => "debug",
        "30" | "info" | "log" | "notice" | "information" => "info",
        "40" | "warn" | "warning" => "warn",
        "50" | "err" | "error" => "error",
        "60" | "fatal" | "panic" => "fatal",
        "critical" => "critical",
        _ => "unknown",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_found_where_it_is_written() {
        let of = |line: &str| detected(&BTreeMap::new(), &BTreeMap::new(), line);
        assert_eq!(of(r#"{"level":50,"msg":"x"}"#), "error");
        assert_eq!(of("level=warn msg=x"), "warn");
        assert_eq!(of("error: coloured failure"), "error");
        assert_eq!(of("client connected"), "unknown");
        let labels = BTreeMap::from([("level".to_owned(), "info".to_owned())]);
        assert_eq!(detected(&labels, &BTreeMap::new(), "error"), "info");
    }
}
