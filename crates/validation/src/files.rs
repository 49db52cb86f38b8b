//! The files that a program would find, as it would find them.

use std::collections::BTreeMap;

/// How a checker reads. Paths are absolute and those of the program, such as `/etc/loki/loki-config.yml`.
pub trait Files {
    /// The content of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
    /// The names in a folder, sorted.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError>;
}

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there.
    #[error("no such file or directory")]
    Absent,
    /// A folder stands where a file is wanted.
    #[error("is a directory")]
    Folder,
    /// A file stands where a folder is wanted.
    #[error("not a directory")]
    NotAFolder,
    /// It may not be read.
    #[error("permission denied")]
    Denied,
    /// It is larger than [`MAX_FILE`].
    #[error("larger than 4 MiB")]
    TooLarge,
    /// It is part of the image, which cannot be looked into from here: no statement is made about it.
    #[error("is part of the image")]
    Hidden,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

/// The largest file that is looked at, in bytes. No component's configuration comes near it.
pub const MAX_FILE: u64 = 4 << 20;

/// Files from memory, by their whole path.
#[derive(Debug, Clone, Default)]
pub struct Texts(pub BTreeMap<String, String>);

impl Texts {
    /// A single file.
    pub fn one(path: &str, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(path.to_owned(), text.into())]))
    }

    /// With another file.
    #[must_use]
    pub fn and(mut self, path: &str, text: impl Into<String>) -> Self {
        self.0.insert(path.to_owned(), text.into());
        self
    }
}

impl Files for Texts {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(text) = self.0.get(path) {
            return Ok(text.clone().into_bytes());
        }
        let folder = format!("{}/", path.trim_end_matches('/'));
        let is_folder = self.0.keys().any(|known| known.starts_with(&folder));
        Err(if is_folder { ReadError::Folder } else { ReadError::Absent })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        if self.0.contains_key(folder) {
            return Err(ReadError::NotAFolder);
        }
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let inside = self.0.keys().filter_map(|path| path.strip_prefix(&folder));
        let mut names: Vec<String> =
            inside.filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect();
        names.dedup();
        if names.is_empty() { Err(ReadError::Absent) } else { Ok(names) }
    }
}
