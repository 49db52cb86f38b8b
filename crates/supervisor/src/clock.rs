//! The clock of this machine. The state never asks it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) type Millis = f64;

/// The time now.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the clock")]
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}
