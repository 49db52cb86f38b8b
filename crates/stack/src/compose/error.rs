//! What the loader has to say about a file, with the place to look at.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use super::model::LoadWarning;
use crate::yaml::Span;

/// One thing that is wrong in a compose file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file as the caller named it.
    pub file: PathBuf,
    /// 1-based; 0 when the error belongs to no line, such as a bad project name on the command line.
    pub line: usize,
    /// 1-based, in characters; 0 when unknown.
    pub column: usize,
    /// The place in the model, such as `services.grafana.ports[0]`; may be empty.
    pub path: String,
    /// What sort of error it is.
    pub kind: LoadErrorKind,
    /// What is wrong and what would be right, for people.
    pub message: String,
}

/// The sorts of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoadErrorKind {
    /// Not YAML, or a key twice.
    Syntax,
    /// A faulty `${…}`, or a required variable without a value.
    Variable,
    /// A key that compose does not know.
    UnknownKey,
    /// A key that compose knows and Switchyard does not, yet.
    NotSupported,
    /// A value that the key cannot have.
    Value,
    /// The name of something that does not exist.
    Reference,
    /// Services that wait for each other.
    Cycle,
    /// An `env_file` that cannot be read.
    EnvFile,
    /// The project's name or the choice of files.
    Project,
}

/// More errors than this help nobody, and the search for them has to end.
const MAX_ERRORS: usize = 100;

/// Everything that is wrong, in the order of the files; of very much, the first hundred. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadErrors(pub Vec<LoadError>);

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.as_os_str().is_empty() {
            write!(f, "{}:", self.file.display())?;
            if self.line > 0 {
                write!(f, "{}:{}:", self.line, self.column)?;
            }
            f.write_str(" ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}
impl std::error::Error for LoadErrors {}

/// Where the parts of the loader put what they find, so that one fault does not hide the next.
pub(super) struct Problems {
    files: Vec<PathBuf>,
    errors: RefCell<Vec<(Span, LoadError)>>,
    warnings: RefCell<BTreeSet<LoadWarning>>,
}

impl Problems {
    pub(super) fn new(files: Vec<PathBuf>) -> Self {
        Self { files, errors: RefCell::default(), warnings: RefCell::default() }
    }

    pub(super) fn file(&self, span: Span) -> &Path {
        self.files.get(span.file).map_or(Path::new(""), PathBuf::as_path)
    }

    pub(super) fn error(&self, span: Span, path: String, kind: LoadErrorKind, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let file = self.file(span).to_owned();
        let Span { line, column, .. } = span;
        let error = LoadError { file, line, column, path, kind, message: message.into() };
        let mut errors = self.errors.borrow_mut();
        // An anchor is decoded wherever it is used; its faults are told once.
        if !errors.iter().any(|(known, other)| *known == span && other.message == error.message && line > 0) {
            errors.push((span, error));
        }
    }

    /// Whether so much is wrong that nothing more is taken.
    pub(super) fn is_full(&self) -> bool {
        self.errors.borrow().len() >= MAX_ERRORS
    }

    /// An error that belongs to no place in a file.
    pub(super) fn project(&self, message: impl Into<String>) {
        self.error(
            Span { file: usize::MAX, ..Span::default() },
            String::new(),
            LoadErrorKind::Project,
            message,
        );
    }

    pub(super) fn warn(&self, warning: LoadWarning) {
        self.warnings.borrow_mut().insert(warning);
    }

    pub(super) fn warnings(&self) -> Vec<LoadWarning> {
        self.warnings.borrow().iter().cloned().collect()
    }

    /// The errors so far, by place, or nothing.
    pub(super) fn check(&self) -> Result<(), LoadErrors> {
        let mut errors = self.errors.take();
        if errors.is_empty() {
            return Ok(());
        }
        errors.sort_by_key(|(span, _)| *span);
        Err(LoadErrors(errors.into_iter().map(|(_, error)| error).collect()))
    }
}
