//! Promtail's configuration.

mod jmespath;
mod selector;
pub mod stages;
mod template;
