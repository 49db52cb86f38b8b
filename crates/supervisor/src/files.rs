//! Writing files so that a crash at any moment leaves the old one or the new one, never half of one.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::api::error::{AppError, ErrorCode};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Everybody whom the folder lets in.
    Shared,
    /// The owner alone: mode 0600.
    Private,
}

/// Replaces the file: written beside it, flushed to the disk, renamed over it.
pub(crate) fn write_atomically(path: &Path, content: &[u8], privacy: Privacy) -> Result<(), AppError> {
    let attempt = || -> io::Result<()> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        // tempfile makes files for the owner alone; configuration must be readable inside containers.
        #[cfg(unix)]
        if privacy == Privacy::Shared {
            use std::os::unix::fs::PermissionsExt as _;
            file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        }
        #[cfg(not(unix))]
        let _ = privacy;
        file.persist(path)?;
        Ok(())
    };
    attempt().map_err(|error| unwritable(path, &error))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The error for a file that cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> AppError {
    AppError::new(ErrorCode::FileUnreadable, path.display().to_string(), error.to_string())
}

/// The error for a file that cannot be written; a full disk is told apart.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> AppError {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::FileUnwritable,
    };
    AppError::new(code, path.display().to_string(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/.env");
        write_atomically(&path, b"A=1\n", Privacy::Private).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        write_atomically(&path, b"A=2\n", Privacy::Shared).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"A=2\n");
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error_with_the_path() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write_atomically(&file.path().join("x"), b"", Privacy::Shared).unwrap_err();
        assert_eq!(error.code, ErrorCode::FileUnwritable);
        assert!(error.subject.ends_with('x'));
    }
}
