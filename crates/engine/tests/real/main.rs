//! The engine crate against a real dockerd: `tests/with-engine cargo test -p engine --features real-engine --test real`.
#![allow(missing_docs, reason = "a test binary has no API")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod certificates;
mod failures;
mod inside;
mod life;
mod stand;
mod streams;
#[path = "../support/tls.rs"]
mod tls;
