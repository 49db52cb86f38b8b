//! The labels of a container and the lines of its log, as the shipped pipelines make them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Result};
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;

use crate::clock;
use crate::programs::loki::levels;

/// A frame's header: the stream, three zeros, the length.
const HEADER: usize = 8;
const STDERR: u8 = 2;
const LONGEST: u32 = 1 << 20;

pub fn labels(container: &Value) -> BTreeMap<String, String> {
    let label = |name: &str| container["Labels"][name].as_str().unwrap_or_default();
    let name = container["Names"][0].as_str().unwrap_or_default().trim_start_matches('/');
    let project = label("com.docker.compose.project");
    let ours = Regex::new(&format!("^(?:{})$", super::projects())).is_ok_and(|regex| regex.is_match(project));
    let job = if label("rwa.stack") == "infrastructure" {
        "rwa-infrastructure"
    } else if (ours && !project.is_empty()) || (project.is_empty() && name.starts_with("rwa-")) {
        "rwa-backend"
    } else {
        "docker"
    };
    let service = match label("com.docker.compose.service") {
        "" => {
            let bare = name.strip_prefix("rwa-").unwrap_or(name);
            let digits = |letter: char| letter.is_ascii_digit();
            bare.trim_end_matches(digits).strip_suffix('-').filter(|rest| !rest.is_empty()).unwrap_or(bare)
        }
        service => service,
    };
    let all = [("job", job), ("service", service), ("container", name), ("compose_project", project)];
    let known = all.into_iter().filter(|(_, value)| !value.is_empty());
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Calls `act` with stream, time and text of each line until it returns false or the log ends.
pub fn each(
    body: &mut dyn Read,
    terminal: bool,
    mut act: impl FnMut(&'static str, u64, String) -> bool,
) -> Result<()> {
    let mut reader = BufReader::new(body);
    let mut line = |stream: &'static str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        match text.split_once(' ').map(|(time, text)| (clock::parse_rfc3339(time), text)) {
            Some((Some(time), text)) if !text.is_empty() => act(stream, time, text.to_owned()),
            _ => true,
        }
    };
    if terminal {
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            if !line("stdout", &bytes) {
                return Ok(());
            }
            bytes.clear();
        }
        return Ok(());
    }
    let mut header = [0_u8; HEADER];
    loop {
        if reader.fill_buf()?.is_empty() {
            return Ok(());
        }
        reader.read_exact(&mut header)?;
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]).min(LONGEST);
        let mut bytes = vec![0; length as usize];
        reader.read_exact(&mut bytes)?;
        if !line(if header[0] == STDERR { "stderr" } else { "stdout" }, &bytes) {
            return Ok(());
        }
    }
}

pub fn level(line: &str) -> Option<String> {
    static FORMS: OnceLock<Vec<Regex>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let named = r#"(?i)(?:level|severity)["'=: ]+(trace|debug|verbose|info|log|notice|warning|warn|error|err|fatal|panic|critical|[1-6]0)(?:[^a-z0-9]|$)"#;
        let capitals = r"^(?:.{0,100}?[^A-Za-z])?(TRACE|DEBUG|VERBOSE|INFO|LOG|WARNING|WARN|ERROR|FATAL|PANIC)[^A-Za-z]";
        [named, capitals].iter().filter_map(|form| Regex::new(form).ok()).collect()
    });
    forms.iter().find_map(|form| form.captures(line)).map(|found| levels::normal(&found[1]))
}

pub fn trace_id(line: &str) -> Option<String> {
    static FORM: OnceLock<Option<Regex>> = OnceLock::new();
    let form = FORM.get_or_init(|| {
        Regex::new(r"(?i)(?:trace[_-]?id[^0-9a-z]{1,6}|traceparent[^0-9a-z]{1,6}00-)([0-9a-f]{6,32})").ok()
    });
    form.as_ref()?.captures(line).map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn frames_become_lines_with_their_stream() {
        let mut body = Vec::new();
        for (stream, text) in [(1, "2026-11-28T05:22:21.5Z out\n"), (2, "2026-11-28T05:22:22Z err\n")] {
            body.extend([stream, 0, 0, 0, 0, 0, 0, text.len() as u8]);
            body.extend(text.as_bytes());
        }
        let mut found = Vec::new();
        let whole = each(&mut body.as_slice(), false, |stream, time, text| {
            found.push((stream, time / 100_000_000, text));
            true
        });
        assert!(whole.is_ok());
        assert_eq!(found[0], ("stdout", 17_958_433_415, "out".to_owned()));
        assert_eq!(found[1], ("stderr", 17_958_433_420, "err".to_owned()));
        assert!(each(&mut &body[..12], false, |_, _, _| true).is_err());
    }

    #[test]
    fn a_container_gets_the_labels_of_the_shipped_rules() {
        let alone = json!({"Names": ["/rwa-wallet-1"], "Labels": {}});
        assert_eq!(labels(&alone)["job"], "rwa-backend");
        assert_eq!(labels(&alone)["service"], "wallet");
        let of_stack = json!({"Names": ["/s-loki-1"], "Labels": {
            "rwa.stack": "infrastructure", "com.docker.compose.project": "s", "com.docker.compose.service": "loki"}});
        assert_eq!(labels(&of_stack)["job"], "rwa-infrastructure");
        assert_eq!(labels(&of_stack)["service"], "loki");
        assert_eq!(labels(&json!({"Names": ["/x"], "Labels": {}}))["job"], "docker");
    }

    #[test]
    fn levels_and_trace_ids_are_found() {
        assert_eq!(level(r#"{"level":50,"msg":"x"}"#).as_deref(), Some("error"));
        assert_eq!(level("2026-11-28 04:00:00.123 ERROR [main] broke").as_deref(), Some("error"));
        assert_eq!(level("client connected"), None);
        assert_eq!(trace_id(r#"{"trace_id":"abc123"}"#).as_deref(), Some("abc123"));
        assert_eq!(trace_id("nothing"), None);
    }
}
