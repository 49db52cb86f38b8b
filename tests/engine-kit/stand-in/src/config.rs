//! The few settings of a configuration file that a stand-in acts upon. The files were accepted by the checkers before,
//! so their keys can be looked for by name alone.

use std::path::Path;

use regex::Regex;

use crate::settings;

pub struct Config(String);

impl Config {
    /// With `${NAME}` and `${NAME:-value}` replaced, and without comments.
    pub fn read(path: Option<&str>) -> Self {
        let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let bare = |line: &str| line.split(" #").next().unwrap_or_default().to_owned();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', '/'])).map(bare);
        Self(expanded(&lines.collect::<Vec<_>>().join("\n")))
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// The first value of a key, in a block or in braces.
    pub fn value(&self, key: &str) -> Option<String> {
        let pattern = format!(r#"(?m)(?:^|[\s{{,-]){}\s*[:=]\s*["']?([^"'\s,}}]+)"#, regex::escape(key));
        Regex::new(&pattern).ok()?.captures(&self.0).map(|found| found[1].to_owned())
    }

    /// In seconds.
    pub fn duration(&self, key: &str) -> Option<f64> {
        settings::go_duration(&self.value(key)?)
    }

    /// A number with an optional unit such as MB or KiB, in bytes.
    pub fn bytes(&self, key: &str) -> Option<f64> {
        let value = self.value(key)?;
        let digits =
            value.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(value.len());
        let unit = match value[digits..].to_ascii_lowercase().chars().next() {
            Some('k') => 1024.0,
            Some('m') => 1_048_576.0,
            Some('g') => 1_073_741_824.0,
            _ => 1.0,
        };
        Some(value[..digits].parse::<f64>().ok()? * unit)
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.value(key).as_deref() == Some("true")
    }
}

fn expanded(text: &str) -> String {
    let Ok(pattern) = Regex::new(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-?([^}]*))?\}") else {
        return text.to_owned();
    };
    let value = |found: &regex::Captures| {
        settings::text(&found[1]).unwrap_or_else(|| found.get(2).map_or("", |rest| rest.as_str()).to_owned())
    };
    pattern.replace_all(text, value).into_owned()
}

/// Whether a folder can be written to; the error in the words of the system.
pub fn writable(folder: &str) -> Result<(), String> {
    let probe = Path::new(folder).join(".stand-in");
    std::fs::write(&probe, "").map_err(|error| crate::http::client::words_of(&error))?;
    // Best effort: an empty marker in a test's volume does no harm.
    let _ = std::fs::remove_file(probe);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_blocks_and_braces() {
        let config =
            Config("a:\n  min_ready_duration: 1s\nfrontend: { dns: 250ms, size: 8MB }\nx: \"y\"\n".into());
        assert_eq!(config.duration("min_ready_duration"), Some(1.0));
        assert_eq!(config.duration("dns"), Some(0.25));
        assert_eq!(config.bytes("size"), Some(8_388_608.0));
        assert_eq!(config.value("x").as_deref(), Some("y"));
        assert_eq!(config.value("ready_duration"), None);
    }

    #[test]
    fn defaults_stand_in_for_variables_that_are_not_set() {
        assert_eq!(
            expanded("a: ${STANDIN_NOT_SET:-5m}, ${env:STANDIN_NOT_SET:-7}, ${STANDIN_NOT_SET}"),
            "a: 5m, 7, "
        );
    }
}
