//! What the environment and the command line say.

use std::time::Duration;

pub fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub fn is_set(name: &str) -> bool {
    text(name).is_some_and(|value| value != "0")
}

pub fn number(name: &str) -> Option<f64> {
    text(name)?.parse().ok()
}

/// `5s`, `250ms`, or a bare number of seconds.
pub fn duration(name: &str) -> Option<Duration> {
    let value = text(name)?;
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (value.strip_suffix('s').unwrap_or(&value), 1.0),
    };
    number.parse::<f64>().ok().map(|number| Duration::from_secs_f64((number * unit).max(0.0)))
}

/// The version that the program says it has, without a leading `v`.
pub fn version() -> String {
    text("STANDIN_VERSION").unwrap_or_else(|| "0.0.0".into()).trim_start_matches('v').to_owned()
}

/// Where the program listens: everywhere, or where a test wants it.
pub fn address(usual: &str) -> String {
    text("STANDIN_ADDRESS").unwrap_or_else(|| usual.to_owned())
}

/// `-name`, `--name` and `--name=true` all count, as in Go's flag package.
pub fn has_flag(arguments: &[String], name: &str) -> bool {
    arguments.iter().any(|argument| {
        let bare = argument.trim_start_matches('-');
        argument.starts_with('-') && (bare == name || bare.strip_suffix("=true") == Some(name))
    })
}

/// The value of `-name=value` or `--name value`; the last one counts.
pub fn flag_value<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let (mut rest, mut found) = (arguments.iter(), None);
    while let Some(argument) = rest.next() {
        let bare = argument.trim_start_matches('-');
        if !argument.starts_with('-') {
            continue;
        }
        if bare == name {
            found = rest.clone().next().map(String::as_str);
        }
        if let Some(value) = bare.strip_prefix(name).and_then(|tail| tail.strip_prefix('=')) {
            found = Some(value);
        }
    }
    found
}

/// A duration as Go writes it (`1h30m`, `15ms`) or as Prometheus does (`7d`), in seconds.
pub fn go_duration(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 10] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
        ("d", 86_400.0),
        ("w", 604_800.0),
        ("y", 31_536_000.0),
    ];
    if text == "0" {
        return Some(0.0);
    }
    let (mut rest, mut seconds, mut any) = (text, 0.0, false);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let length = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let unit = UNITS.iter().find(|(name, _)| *name == &rest[..length])?;
        seconds += number * unit.1;
        rest = &rest[length..];
        any = true;
    }
    any.then_some(seconds)
}

/// Seconds as Go prints a duration: `1440h0m0s`, `1m0s`, `1s`.
pub fn go_text(seconds: f64) -> String {
    let whole = seconds as u64;
    match (whole / 3600, whole / 60 % 60, seconds - (whole / 60 * 60) as f64) {
        (0, 0, rest) if rest > 0.0 && rest < 1.0 => format!("{}ms", rest * 1000.0),
        (0, 0, rest) => format!("{rest}s"),
        (0, minutes, rest) => format!("{minutes}m{rest}s"),
        (hours, minutes, rest) => format!("{hours}h{minutes}m{rest}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_the_programs_read_them() {
        assert_eq!(go_duration("1h30m"), Some(5400.0));
        assert_eq!(go_duration("15ms"), Some(0.015));
        assert_eq!(go_duration("168h"), Some(604_800.0));
        assert_eq!(go_duration("7d"), Some(604_800.0));
        assert_eq!(go_duration("x"), None);
        assert_eq!(go_duration("5"), None);
        assert_eq!(go_text(5_184_000.0), "1440h0m0s");
        assert_eq!(go_text(15.0), "15s");
    }

    #[test]
    fn flags_are_found_in_both_forms() {
        let arguments: Vec<String> =
            ["-config.file=/a", "--storage.path", "/b", "-verify-config"].map(str::to_owned).to_vec();
        assert_eq!(flag_value(&arguments, "config.file"), Some("/a"));
        assert_eq!(flag_value(&arguments, "storage.path"), Some("/b"));
        assert!(has_flag(&arguments, "verify-config"));
        assert!(!has_flag(&arguments, "health"));
    }
}
