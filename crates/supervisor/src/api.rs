//! The contract between the supervisor and every face. Plain data, self-contained, never stack or engine types.

pub mod component;
pub mod error;
pub mod intent;
pub mod overall;
pub mod snapshot;
#[cfg(test)]
mod typescript_tests;
pub mod window;
