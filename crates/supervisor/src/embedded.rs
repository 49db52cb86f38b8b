//! The stack that Switchyard ships with, and its demo, written to disk at first run and brought up to date later.
//!
//! A file that the user edited is never overwritten: the version that came with the update is put beside
//! it as `<name>.new`, and the caller is told.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    api::error::{AppError, ErrorCode},
    files::{self, Privacy, unreadable, unwritable, write_atomically},
};

/// The stack.
pub(crate) static STACK: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/stack");
/// The services that show it at work.
pub(crate) static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/demo");

/// Remembers what was written, so that an edit can be told from an old version.
const MANIFEST: &str = ".switchyard.json";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// Path to the SHA-256 of what was written there.
    files: BTreeMap<String, String>,
}

/// Files that differ from what ships now and were left alone, since the user edited them.
pub(crate) type Kept = Vec<PathBuf>;

/// Makes the folder hold what is shipped.
pub(crate) fn write(shipped: &Dir<'static>, folder: &Path) -> Result<Kept, AppError> {
    let mut files = BTreeMap::new();
    collect(shipped, &mut files);
    update(folder, &files)
}

fn collect(dir: &Dir<'static>, files: &mut BTreeMap<String, &'static [u8]>) {
    for file in dir.files() {
        files.insert(file.path().to_string_lossy().replace('\\', "/"), file.contents());
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

fn update(folder: &Path, shipped: &BTreeMap<String, &[u8]>) -> Result<Kept, AppError> {
    let path = folder.join(MANIFEST);
    let before = match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Manifest::default(),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let mut now = Manifest::default();
    let mut kept = Kept::new();
    for (name, content) in shipped {
        let target = folder.join(name);
        let new = digest(content);
        let written = before.files.get(name);
        let on_disk = match std::fs::read(&target) {
            Ok(text) => Some(digest(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(&target, &error)),
        };
        let untouched = on_disk.is_none() || on_disk.as_ref() == written;
        if on_disk.as_ref() == Some(&new) {
            now.files.insert(name.clone(), new);
        } else if untouched {
            write_atomically(&target, content, Privacy::Shared)?;
            open_folders(folder, &target)?;
            now.files.insert(name.clone(), new);
        } else {
            // The manifest keeps the old entry: the file stays "edited" until the user takes the new one.
            if let Some(written) = written {
                now.files.insert(name.clone(), written.clone());
            }
            if written != Some(&new) {
                write_atomically(&beside(&target), content, Privacy::Shared)?;
                kept.push(target);
            }
        }
    }
    if now.files != before.files {
        let text = serde_json::to_vec_pretty(&now)
            .map_err(|error| AppError::new(ErrorCode::Internal, MANIFEST, error.to_string()))?;
        write_atomically(&path, &text, Privacy::Shared)?;
    }
    Ok(kept)
}

/// Components read their files as users of their own, whatever this user's umask is.
#[cfg(unix)]
fn open_folders(root: &Path, file: &Path) -> Result<(), AppError> {
    use std::os::unix::fs::PermissionsExt as _;
    for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
            .map_err(|error| unwritable(folder, &error))?;
    }
    Ok(())
}
#[cfg(not(unix))]
fn open_folders(_: &Path, _: &Path) -> Result<(), AppError> {
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn digest(content: &[u8]) -> String {
    files::hex(&Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(content: &'static str) -> BTreeMap<String, &'static [u8]> {
        BTreeMap::from([("loki/loki.yml".to_owned(), content.as_bytes())])
    }

    fn read(folder: &Path, name: &str) -> Option<String> {
        std::fs::read_to_string(folder.join(name)).ok()
    }

    #[test]
    fn an_update_replaces_what_nobody_edited() {
        let folder = tempfile::tempdir().unwrap();
        assert!(update(folder.path(), &shipped("one")).unwrap().is_empty());
        assert!(update(folder.path(), &shipped("two")).unwrap().is_empty());
        assert_eq!(read(folder.path(), "loki/loki.yml").as_deref(), Some("two"));
    }

    #[test]
    fn an_edited_file_stays_and_the_new_one_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        update(folder.path(), &shipped("one")).unwrap();
        std::fs::write(folder.path().join("loki/loki.yml"), "mine").unwrap();
        assert!(update(folder.path(), &shipped("one")).unwrap().is_empty(), "nothing new, nothing to say");
        let kept = update(folder.path(), &shipped("two")).unwrap();
        assert_eq!(kept, [folder.path().join("loki/loki.yml")]);
        assert_eq!(read(folder.path(), "loki/loki.yml").as_deref(), Some("mine"));
        assert_eq!(read(folder.path(), "loki/loki.yml.new").as_deref(), Some("two"));
    }

    #[test]
    fn a_file_of_the_user_that_was_there_first_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("loki")).unwrap();
        std::fs::write(folder.path().join("loki/loki.yml"), "mine").unwrap();
        assert_eq!(update(folder.path(), &shipped("one")).unwrap().len(), 1);
        assert_eq!(read(folder.path(), "loki/loki.yml").as_deref(), Some("mine"));
    }

    #[test]
    fn what_is_shipped_is_complete_and_holds_no_secret_file() {
        for shipped in [&STACK, &DEMO] {
            let mut files = BTreeMap::new();
            collect(shipped, &mut files);
            assert!(files.contains_key("docker-compose.yml") && files.contains_key(".env.example"));
            assert!(!files.contains_key(".env"), "a developer's own .env must not be shipped");
        }
        assert!(DEMO.contains("services/main.mjs"));
    }
}
