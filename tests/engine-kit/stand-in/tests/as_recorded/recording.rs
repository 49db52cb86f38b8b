//! The recordings, as they stand in files: a comment, the request, the answer.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

pub struct Recording {
    pub name: String,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub answer: Answer,
}

/// What came back, here or there.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

pub fn folder(program: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recordings").join(program)
}

/// Names of all files of a program.
pub fn names(program: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(program)).expect("recordings");
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

pub fn text(program: &str, name: &str) -> String {
    fs::read_to_string(folder(program).join(name)).unwrap_or_else(|error| panic!("{program}/{name}: {error}"))
}

pub fn read(program: &str, name: &str) -> Recording {
    parse(name, &text(program, name)).unwrap_or_else(|| panic!("{program}/{name} is not of the known form"))
}

fn parse(name: &str, text: &str) -> Option<Recording> {
    let lines: Vec<&str> = text.lines().skip_while(|line| line.starts_with('#')).collect();
    let mut words = lines.first()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let status_line = lines.iter().position(|line| line.starts_with("HTTP/1.1 "))?;
    let (headers, body) = head_and_body(&lines[1..status_line]);
    let status = lines[status_line].split(' ').nth(1)?.parse().ok()?;
    let (answer_headers, answer_body) = head_and_body(&lines[status_line + 1..]);
    Some(Recording {
        name: name.to_owned(),
        method,
        target,
        headers,
        body: body.into_bytes(),
        answer: Answer { status, headers: answer_headers, body: answer_body },
    })
}

fn head_and_body(lines: &[&str]) -> (Vec<(String, String)>, String) {
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    let pairs = lines[..end].iter().filter_map(|line| line.split_once(':'));
    let headers = pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let body = lines.get(end + 1..).unwrap_or_default().join("\n");
    (headers, body.trim_end_matches('\n').to_owned())
}
