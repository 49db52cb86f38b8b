//! The files that a stack is read from: read, read again when they are other ones, and tried with edits that are not
//! written yet.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use stack::{compose::Project, dotenv};

use crate::{
    api::{
        error::{AppError, ErrorCode},
        intent::Edit,
    },
    files::{Privacy, unreadable, write_atomically},
    folder::{self, Folder, Places},
    reader::{Reader, Stamps},
};

/// How often files are read again that change while they are read. An editor is done sooner.
const TRIES: usize = 5;

/// Which stack is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The one that Switchyard brings.
    Shipped,
    /// The one in this folder, or of this compose file.
    At(PathBuf),
}

/// Where a stack comes from.
#[derive(Debug, Clone)]
pub struct Source {
    which: Which,
    places: Places,
}

/// The stack's files as they were at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Loading {
    pub(crate) result: Result<Folder, Vec<AppError>>,
    pub(crate) stamps: Stamps,
}

/// The stack as it would be with edits.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) project: Arc<Project>,
    pub(crate) edit: FileEdit,
}

/// A change of a file, with what the file held when the change was thought out.
#[derive(Clone)]
pub(crate) struct FileEdit {
    path: PathBuf,
    before: Option<String>,
    after: String,
}

impl std::fmt::Debug for FileEdit {
    /// Without the texts, which hold secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FileEdit").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Source {
    /// Nothing is read yet.
    pub fn new(which: Which, places: Places) -> Self {
        Self { which, places }
    }

    /// The folder that it is in, as far as that can be said before it is read.
    pub fn folder(&self) -> PathBuf {
        match &self.which {
            Which::Shipped => self.places.shipped_stack(),
            Which::At(path) if path.is_file() => path.parent().unwrap_or(path).to_owned(),
            Which::At(path) => path.clone(),
        }
    }

    /// Reads it for the first time. The shipped stack is written or brought up to date before.
    pub(crate) fn open(&self) -> Loading {
        if self.which == Which::Shipped {
            match folder::open_shipped(&self.places) {
                Ok(first) => {
                    let mut loading = self.load();
                    if let Ok(folder) = &mut loading.result {
                        (folder.kept, folder.env_created) = (first.kept, first.env_created);
                    }
                    return loading;
                }
                Err(errors) => return Loading { result: Err(errors), ..self.load() },
            }
        }
        self.load()
    }

    /// Reads it. What changes in the middle of it is read again.
    pub(crate) fn load(&self) -> Loading {
        let mut loading = self.load_once();
        for _ in 1..TRIES {
            if loading.stamps.are_current() {
                break;
            }
            loading = self.load_once();
        }
        loading
    }

    fn load_once(&self) -> Loading {
        let (path, reader) = (self.path(), Reader::default());
        let result = folder::open_with(&path, &self.places, &reader);
        let mut stamps = reader.stamps();
        stamps.add(&path);
        Loading { result, stamps }
    }

    fn path(&self) -> PathBuf {
        match &self.which {
            Which::Shipped => self.places.shipped_stack(),
            Which::At(path) => path.clone(),
        }
    }

    /// The stack as it would be with other values in `.env`. Nothing is written.
    ///
    /// Only variables that the stack declares can be set, to values with which it can be read.
    pub(crate) fn try_edits(&self, project: &Project, edits: &[Edit]) -> Result<Trial, AppError> {
        let declared = |name: &str| project.meta.env.iter().any(|field| field.name == name);
        if let Some(unknown) = edits.iter().find(|edit| !declared(&edit.name)) {
            return Err(AppError::new(ErrorCode::VariableMissing, &unknown.name, ""));
        }
        let path = project.working_dir.join(".env");
        let before = text_of(&path)?;
        let mut after = before.clone().unwrap_or_default();
        for edit in edits {
            after = dotenv::set(&after, &edit.name, &edit.value);
        }
        let reader = Reader::with(path.clone(), after.clone());
        let folder = folder::open_with(&self.path(), &self.places, &reader).map_err(|errors| {
            let name = edits.first().map_or("", |edit| edit.name.as_str());
            errors.into_iter().next().unwrap_or_else(|| AppError::new(ErrorCode::StackInvalid, name, ""))
        })?;
        Ok(Trial { project: folder.project, edit: FileEdit { path, before, after } })
    }
}

impl FileEdit {
    /// Writes it, unless the file holds something else by now: that was not shown to anybody.
    pub(crate) fn write(&self) -> Result<(), AppError> {
        if text_of(&self.path)? != self.before {
            return Err(AppError::new(ErrorCode::FileChanged, self.path.display().to_string(), ""));
        }
        write_atomically(&self.path, self.after.as_bytes(), Privacy::Private)
    }
}

/// The text of a file; `None` where there is none.
fn text_of(path: &Path) -> Result<Option<String>, AppError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}
