//! What the scenarios share: running programs, stacks that clean up after themselves, the engine's own view of the
//! world, and waiting for a condition in place of sleeping.
#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod docker;
mod fake_engine;
mod http;
mod program;
mod proxy;
mod registry;
mod stack;
mod wait;

pub use docker::{Container, containers, docker, inspect, require_engine};
pub use fake_engine::FakeEngine;
pub use http::{get, http, post};
pub use program::{Program, Ran, Running, switchyard_binary};
pub use proxy::Proxy;
pub use registry::Registry;
pub use stack::{Stack, free_port, names_and_ids};
pub use wait::{PATIENCE, eventually, eventually_right, eventually_within};

/// The repository's folder.
pub fn repository() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the repository")
}
