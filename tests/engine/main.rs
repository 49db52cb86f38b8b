//! Scenarios on a real engine: `tests/with-engine cargo test -p tests --test engine`.
//!
//! Each drives the command `switchyard` as a user does, and looks at the world with docker's own command. A test's
//! name says what a user can rely on.

mod bad_input;
mod compose_peer;
mod configuration;
mod demo;
mod failures;
mod first_contact;
mod images;
mod interruption;
mod logs;
mod ownership;
mod parts;
mod ready;
mod replacement;
mod secrets;
mod switching;
mod words;

/// A service of a small project that runs until it is stopped and is healthy after a second.
///
/// It is written as a YAML anchor, for `<<: *runs`.
pub(crate) const RUNS: &str = "
x-runs: &runs
  image: switchyard/test-base:1
  init: true
  command: sleep infinity
  stop_grace_period: 5s
  healthcheck: { test: [CMD, test, -e, /etc/test-base], interval: 1s, timeout: 5s, retries: 30 }
";

/// A compose file: [`RUNS`] and these services, volumes and networks.
pub(crate) fn compose(rest: &str) -> String {
    format!("{RUNS}{rest}")
}
