//! What is wrong, where, and when the program would notice.

use std::fmt;

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The file, by the path that the program knows it by.
    pub file: String,
    /// 1-based; 0 when the fault is of the file as a whole.
    pub line: usize,
    /// 1-based, in characters; 0 when the fault is of a line, or of the file, as a whole.
    pub column: usize,
    /// The fault in the program's own words where it has some, without the file's name.
    pub message: String,
    /// When the program notices.
    pub stage: Stage,
    /// What the owner probably meant, such as the nearest known name. For people, in English.
    pub hint: Option<String>,
}

/// When a program notices a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// While it reads the file: it cannot be found, read, expanded or understood.
    Parse,
    /// While it looks at what it has read, which its own check does too.
    Validate,
    /// Only when it starts: its own check passes such a file.
    Start,
    /// Never. It starts, and then does something else than its owner meant.
    Accepted,
}

impl Complaint {
    /// A fault at a place.
    pub fn at(file: &str, line: usize, column: usize, stage: Stage, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, column, message: message.into(), stage, hint: None }
    }

    /// A fault of the file as a whole.
    pub fn whole(file: &str, stage: Stage, message: impl Into<String>) -> Self {
        Self::at(file, 0, 0, stage, message)
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the program does not start with it.
    pub fn is_fatal(&self) -> bool {
        self.stage != Stage::Accepted
    }
}

/// `file:line:column: message (hint)`, as compilers do.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}
