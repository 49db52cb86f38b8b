//! Switchyard reads, hashes and runs a compose project as docker compose does: `tests/with-engine cargo test -p tests
//! --test compat`. The reference is the docker compose of the machine, so no expectation is written down here.

mod config;
mod takeover;

use std::{fs, path::PathBuf};

use serde_json::Value;
use tests::Stack;

/// The small projects in `tests/compat/projects/`, by name.
pub(crate) fn projects() -> Vec<(String, PathBuf)> {
    let folder = tests::repository().join("tests/compat/projects");
    let entries = fs::read_dir(folder).expect("the projects are there").flatten().map(|entry| entry.path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let mut projects: Vec<(String, PathBuf)> = files
        .map(|path| (path.file_stem().expect("it has a name").to_string_lossy().into_owned(), path))
        .collect();
    projects.sort();
    assert!(projects.len() >= 15, "{projects:?}");
    projects
}

/// One of them as a stack of its own, with the files it refers to.
pub(crate) fn open(name: &str, path: &PathBuf) -> Stack {
    let stack = Stack::of(&format!("compat-{name}"), &fs::read_to_string(path).expect("it is there"));
    let folder = path.parent().expect("it stands in a folder");
    fs::copy(folder.join("app.env"), stack.folder.join("app.env")).expect("it can be copied");
    let dotenv = fs::read_to_string(folder.join("dotenv")).expect("it is there");
    for (variable, value) in dotenv.lines().filter_map(|line| line.split_once('=')) {
        stack.set(variable, value);
    }
    stack
}

/// Every place in which two JSON values differ, but for what is intended.
pub(crate) fn differences(
    place: &str,
    ours: &Value,
    theirs: &Value,
    is_intended: &dyn Fn(&str, &Value, &Value) -> bool,
    found: &mut Vec<String>,
) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (ours, theirs) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(&format!("{place}.{key}"), ours, theirs, is_intended, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (ours, theirs)) in a.iter().zip(b).enumerate() {
                differences(&format!("{place}[{index}]"), ours, theirs, is_intended, found);
            }
        }
        // 1 and 1.0 are one number.
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        _ if ours == theirs || is_intended(place, ours, theirs) => {}
        _ => found.push(format!("{place}: ours {ours}, theirs {theirs}")),
    }
}
