//! Compose files: the model, the loader that fills it, and the hash that docker compose shares with us.
//!
//! The loader keeps compose-go's order of things, because the result depends on it: read, interpolate
//! the values, merge the files, turn short forms into long ones, decode, fill in what is implied, check.

mod check;
mod decode;
pub mod duration;
mod environment;
mod error;
mod field;
pub mod hash;
mod interpolate;
mod keys;
mod load;
mod merge;
pub mod model;
mod name;
pub mod render;
pub mod size;

pub use decode::{ports, split_command};
pub use duration::GoDuration;
pub use environment::{EnvironmentError, environment};
pub use error::{LoadError, LoadErrorKind, LoadErrors};
pub use load::{LoadInput, SourceFile, load};
pub use model::*;
pub use name::{is_normalised, normalise};
pub use size::ByteSize;
