//! The contract between the supervisor and every face. Plain data, self-contained, never stack or engine types.

mod codes;
pub mod component;
pub mod error;
pub mod facts;
pub mod failure;
pub mod intent;
pub mod notice;
pub mod operation;
pub mod overall;
pub mod settings;
pub mod snapshot;
#[cfg(test)]
mod typescript_tests;
pub mod view;
pub mod window;
