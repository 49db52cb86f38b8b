//! The house rules, as code that fails: `cargo test -p tests --test tidy`.

mod layers;
mod text;

use std::{fs, path::PathBuf, process::Command};

use tests::repository;

/// A file of the repository.
pub(crate) struct File {
    /// Its path from the repository's folder, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl File {
    /// How its name ends, without the dot.
    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// A program, a script, a style sheet: something that people write and read.
    pub(crate) fn is_source(&self) -> bool {
        const SOURCES: [&str; 11] =
            ["rs", "ts", "js", "mjs", "svelte", "css", "html", "sh", "yml", "yaml", "toml"];
        SOURCES.contains(&self.extension()) && !self.is_generated()
    }

    /// Written by a program.
    pub(crate) fn is_generated(&self) -> bool {
        self.extension() == "lock" || self.path.contains("-lock.") || self.path.ends_with("backend/api.ts")
    }

    /// A module of tests in a file of its own.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/")
    }

    /// Lines with their numbers, without those of `#[cfg(test)]` modules at the end of a file.
    pub(crate) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.take_while(|(_, line)| {
            !line.trim_start().starts_with("#[cfg(test)]") && !line.starts_with("#[cfg(all(test")
        })
    }
}

/// Every text file that git has or would take, but for those that were deleted meanwhile.
pub(crate) fn files() -> Vec<File> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let read = |path: &str| {
        let full: PathBuf = repository().join(path);
        let text = String::from_utf8(fs::read(full).ok()?).ok()?;
        Some(File { path: path.to_owned(), text })
    };
    let files: Vec<File> = names.split('\0').filter(|name| !name.is_empty()).filter_map(read).collect();
    assert!(files.len() > 100, "only {} files were found", files.len());
    files
}

/// Fails with every finding on a line of its own.
#[track_caller]
pub(crate) fn none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}\n  {}", findings.join("\n  "));
}
