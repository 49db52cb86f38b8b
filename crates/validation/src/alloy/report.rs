//! What is wrong, with places in files rather than in bytes.

use crate::{Complaint, Stage};

use super::syntax::{Lines, Statement};

/// A file that has been read.
pub(super) struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub lines: Lines<'a>,
    pub body: Vec<Statement>,
}

impl Source<'_> {
    pub(super) fn complaint(&self, at: usize, stage: Stage, message: impl Into<String>) -> Complaint {
        let (line, column) = self.lines.place(at);
        Complaint::at(self.path, line, column, stage, message)
    }
}

/// Collects what is wrong in one of several files.
pub(super) struct Report<'a> {
    pub sources: &'a [Source<'a>],
    /// The file that is being looked at.
    pub current: usize,
    /// Whether the program is of the version whose names are known here.
    pub knows_names: bool,
    pub complaints: Vec<Complaint>,
}

impl Report<'_> {
    fn add(&mut self, at: usize, stage: Stage, message: impl Into<String>) {
        self.complaints.push(self.sources[self.current].complaint(at, stage, message));
    }

    pub(super) fn validate(&mut self, at: usize, message: impl Into<String>) {
        self.add(at, Stage::Validate, message);
    }

    pub(super) fn start(&mut self, at: usize, message: impl Into<String>) {
        self.add(at, Stage::Start, message);
    }

    pub(super) fn accepted(&mut self, at: usize, message: impl Into<String>) {
        self.add(at, Stage::Accepted, message);
    }

    /// Whether little enough has been found that it is still read one by one.
    pub(super) fn has_few(&self) -> bool {
        self.complaints.len() < 100
    }

    /// A name that is not known, which at another version may be one.
    pub(super) fn unknown(&mut self, at: usize, message: String, nearest: Option<&str>) {
        let stage = if self.knows_names { Stage::Validate } else { Stage::Accepted };
        let complaint = self.sources[self.current].complaint(at, stage, message);
        self.complaints.push(match nearest {
            Some(nearest) => complaint.hint(format!("did you mean {nearest}?")),
            None => complaint,
        });
    }

    /// The text between two places, the latter included.
    pub(super) fn text(&self, from: usize, to: usize) -> &str {
        self.sources[self.current].text.get(from..=to).unwrap_or_default()
    }
}
