//! The reading half of the crate against docker compose's own answers, and against bad input.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test fails where it stands")]

mod dotenv;
mod fuzz;
mod load_errors;
mod loading;
mod own_stack;
mod render;
mod speed;
mod template;
mod yaml;

use std::{collections::BTreeMap, io, path::Path, path::PathBuf};

use stack::compose::{LoadErrors, LoadInput, Project, SourceFile, load};

/// A project of the given files, named `p`, in `/srv/p`, with an empty environment and no other files.
fn load_files(files: &[(&str, &str)], env: &[(&str, &str)]) -> Result<Project, LoadErrors> {
    load_reading(files, env, &|_| Err(io::Error::from(io::ErrorKind::NotFound)))
}

fn load_reading(
    files: &[(&str, &str)],
    env: &[(&str, &str)],
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<Project, LoadErrors> {
    load(LoadInput {
        files: files
            .iter()
            .map(|(path, text)| SourceFile { path: PathBuf::from(path), text: (*text).to_owned() })
            .collect(),
        working_dir: PathBuf::from("/srv/p"),
        project_name: Some("p".to_owned()),
        env: variables(env),
        home: Some(PathBuf::from("/home/me")),
        read,
    })
}

fn variables(env: &[(&str, &str)]) -> BTreeMap<String, String> {
    env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The lines of a golden file as JSON.
fn golden_lines(text: &str) -> impl Iterator<Item = serde_json::Value> {
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap())
}

/// The `env` of a golden line as a lookup.
fn golden_lookup(line: &serde_json::Value) -> impl Fn(&str) -> Option<String> {
    let env = line.get("env").cloned().unwrap_or_default();
    move |name| env.get(name).and_then(|value| value.as_str()).map(str::to_owned)
}
