//! One operation at a time for a stack on an engine, across processes.
//!
//! The lock is the operating system's, on an open file: it ends with its holder, however that ends, so a
//! dead holder's lock needs no clean-up. The file's content only says who holds it.

use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    api::error::{AppError, ErrorCode, Fact},
    files::{hex, unwritable},
};

/// The right to change a stack, as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What came of asking for the lock.
pub(crate) enum Asked {
    Taken(Lock),
    /// Somebody has it; whoever waits for it gets it when he gives it up.
    Held {
        holder: String,
        wait: Wait,
    },
}

/// A lock that somebody else has.
pub(crate) struct Wait {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock, or says who has it (`Busy`, with the holder's words as detail).
    pub fn take(folder: &Path, endpoint: &str, project: &str) -> Result<Self, AppError> {
        match Self::ask(folder, endpoint, project)? {
            Asked::Taken(lock) => Ok(lock),
            Asked::Held { holder, .. } => {
                Err(AppError::new(ErrorCode::Busy, project, &holder).with(Fact::Holder(holder)))
            }
        }
    }

    /// Takes the lock, or says who has it and lets wait for it.
    pub(crate) fn ask(folder: &Path, endpoint: &str, project: &str) -> Result<Asked, AppError> {
        let name = Sha256::digest(format!("{endpoint}\n{project}"));
        let path = folder.join(format!("{}.lock", hex(&name[..8])));
        let fail = |error: &std::io::Error| unwritable(&path, error);
        std::fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        let mut options = File::options();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| fail(&error))?;
        match file.try_lock() {
            Ok(()) => Self::sign(file, &path).map(Asked::Taken),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // On some systems a locked file cannot be read; then the holder has no name.
                let _ = file.read_to_string(&mut holder);
                Ok(Asked::Held { holder: holder.trim().to_owned(), wait: Wait { file, path } })
            }
            Err(TryLockError::Error(error)) => Err(fail(&error)),
        }
    }

    /// Writes down who has it.
    fn sign(mut file: File, path: &Path) -> Result<Self, AppError> {
        let holder = format!("{} (process {})\n", program(), std::process::id());
        let mut write = || {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(holder.as_bytes())
        };
        write().map_err(|error: std::io::Error| unwritable(path, &error))?;
        Ok(Self { _file: file })
    }
}

impl Wait {
    /// Sleeps until the holder gives it up. Nothing can end this sooner but the end of the process.
    pub(crate) fn wait(self) -> Result<Lock, AppError> {
        self.file.lock().map_err(|error| unwritable(&self.path, &error))?;
        Lock::sign(self.file, &self.path)
    }
}

/// How this process was called, without its arguments.
fn program() -> String {
    std::env::current_exe()
        .ok()
        .and_then(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "switchyard".to_owned())
}
