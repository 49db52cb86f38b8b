//! The contract between the supervisor and every face. Plain data, self-contained, never stack or engine types.

pub mod error;
pub mod intent;
pub mod snapshot;
pub mod window;
#[cfg(test)]
mod typescript;
