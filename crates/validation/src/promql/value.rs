//! What is known of a part of an expression once it has been read.

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Scalar,
    Text,
    Vector,
    Matrix,
}

impl Type {
    /// The word that Prometheus' documentation uses.
    pub(super) fn documented(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Text => "string",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
        }
    }

    /// The word that the API uses.
    pub(super) fn bare(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Matrix => "matrix",
            other => other.documented(),
        }
    }
}

/// What something is, as far as later words care.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// A number as it is written.
    Number(f64),
    /// The selection of series, which a range, an offset and `@` go with.
    Selector {
        offset: bool,
        at: bool,
    },
    /// A selector with a range.
    Range {
        offset: bool,
        at: bool,
    },
    Subquery {
        offset: bool,
        at: bool,
    },
    Other,
}

/// A fault and where it is, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// A part of an expression.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) kind: Type,
    pub(super) shape: Shape,
    /// The first fault of types in it. Prometheus looks for those only when everything could be read.
    pub(super) fault: Option<Fault>,
}

impl Part {
    pub(super) fn new(start: usize, kind: Type) -> Self {
        Self { start, kind, shape: Shape::Other, fault: None }
    }

    pub(super) fn shaped(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    /// Keeps the first fault of those that are found one after the other.
    pub(super) fn check(&mut self, found: Option<Fault>) {
        if self.fault.is_none() {
            self.fault = found;
        }
    }

    /// A fault at a place when something is wrong.
    pub(super) fn expect(&mut self, good: bool, at: usize, message: impl FnOnce() -> String) {
        if !good && self.fault.is_none() {
            self.fault = Some(Fault { at, message: message() });
        }
    }
}
