//! Whether a component can read its configuration, by the rules of the component's own program.
//!
//! A component that refuses its configuration ends at once, or, worse, starts and does something else than its
//! owner meant. The programs' own checkers see only a part of that, and only where the program runs. So the rules are
//! here once: they look at files before anything is started, they judge the files that are shipped, and the stand-ins
//! of the test kit refuse what they refuse.
//!
//! The crate is pure: files come in through [`Files`], and the answer is a list of [`Complaint`]s in the program's own
//! words, which a user can search for.

pub mod alertmanager;
pub mod alloy;
pub mod complaint;
mod config_file;
mod config_types;
pub mod consul;
pub mod document;
pub mod duration;
pub mod expand;
pub mod files;
pub mod go_regex;
pub mod go_url;
pub mod go_yaml;
pub mod gotemplate;
mod grafana;
pub mod hcl;
pub(crate) mod http_client;
pub mod jaeger;
pub mod js_regex;
pub mod json;
pub mod links;
pub mod logql;
mod loki;
mod mapstructure;
pub(crate) mod paths;
pub(crate) mod place;
pub mod program;
pub mod prometheus;
pub mod promql;
pub mod promtail;
pub mod schema;
pub mod size;
mod socket_proxy;
mod surroundings;

pub use complaint::{Complaint, Stage};
pub use files::{Files, ReadError};
pub use program::{Invocation, Program};

/// What is wrong with the configuration that a program is started with, in the order in which it would say so.
pub fn check(invocation: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = surroundings::check(invocation);
    complaints.extend(invocation.program.check(invocation));
    complaints
}
