//! Reading the files of a stack, with a memory of what was looked for: also one that is not there may come.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Reads files, and remembers how each was before it was read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    stamps: RefCell<Stamps>,
    /// A text that is read in the place of what a file holds.
    instead: Option<(PathBuf, String)>,
}

/// How files were at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stamps(BTreeMap<PathBuf, Stamp>);

/// Size, time of the last change and number of a file; `None` where there is none.
type Stamp = Option<(u64, SystemTime, u64)>;

impl Reader {
    /// Reads this text where the file would be read.
    pub(crate) fn with(path: PathBuf, text: String) -> Self {
        Self { instead: Some((path, text)), ..Self::default() }
    }

    /// How everything was that was looked for.
    pub(crate) fn stamps(self) -> Stamps {
        self.stamps.into_inner()
    }

    pub(crate) fn is_file(&self, path: &Path) -> bool {
        self.note(path);
        path.is_file()
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &Path) -> io::Result<String> {
        self.note(path);
        if let Some((_, text)) = self.instead.as_ref().filter(|(instead, _)| instead == path) {
            return Ok(text.clone());
        }
        String::from_utf8(std::fs::read(path)?).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + good.split(|byte| *byte == b'\n').skip(1).count();
            io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not valid UTF-8"))
        })
    }

    /// Before it is read: what is written while it is read is another file afterwards.
    fn note(&self, path: &Path) {
        self.stamps.borrow_mut().0.entry(path.to_owned()).or_insert_with(|| stamp(path));
    }
}

impl Stamps {
    /// Takes the stamp of one more file or folder.
    pub(crate) fn add(&mut self, path: &Path) {
        self.0.insert(path.to_owned(), stamp(path));
    }

    /// Whether everything is still as it was.
    pub(crate) fn are_current(&self) -> bool {
        self.0.iter().all(|(path, before)| stamp(path) == *before)
    }

    /// The folders in which something can change; of a folder that is not there, the nearest that is.
    pub(crate) fn folders(&self) -> BTreeSet<PathBuf> {
        let folders = self.0.keys().filter_map(|path| path.ancestors().skip(1).find(|it| it.is_dir()));
        folders.map(Path::to_owned).collect()
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    // A folder changes with everything in it; only whether it is there counts.
    if metadata.is_dir() {
        return Some((0, SystemTime::UNIX_EPOCH, 0));
    }
    Some((metadata.len(), metadata.modified().ok()?, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_comes_or_goes_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (there, comes) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&there, "1").unwrap();
        let stamps = || {
            let reader = Reader::default();
            let _ = reader.read(&there);
            let _ = reader.read(&comes);
            reader.stamps()
        };
        let first = stamps();
        assert!(first.are_current());
        std::fs::write(&comes, "2").unwrap();
        assert!(!first.are_current(), "one has come");
        let second = stamps();
        std::fs::write(&there, "11").unwrap();
        assert!(!second.are_current(), "one is another");
        let third = stamps();
        std::fs::remove_file(&comes).unwrap();
        assert!(!third.are_current(), "one has gone");
    }

    #[test]
    fn a_file_that_is_written_while_it_is_read_is_another_one_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "1").unwrap();
        let reader = Reader::default();
        reader.read(&path).unwrap();
        std::fs::write(&path, "22").unwrap();
        reader.read(&path).unwrap();
        assert!(!reader.stamps().are_current());
    }
}
