//! Waiting for a state of the world.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// After this long a condition is taken never to come. Generous: machines that run tests are busy.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Asks until there is an answer, and fails with `what` when there is none within [`PATIENCE`].
#[track_caller]
pub fn eventually<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, ask)
}

/// The same for an answer that says what is wrong with it; the failure shows the last one.
#[track_caller]
pub fn eventually_right<E: std::fmt::Debug>(what: &str, mut ask: impl FnMut() -> Result<(), E>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(wrong) = ask() {
        assert!(Instant::now() < deadline, "waited {} s in vain: {what}\n{wrong:#?}", PATIENCE.as_secs());
        sleep(PATIENCE / 2000);
    }
}

/// The same with another patience, for what takes minutes by its nature.
#[track_caller]
pub fn eventually_within<T>(patience: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {} s in vain: {what}", patience.as_secs());
        sleep(patience / 2000);
    }
}
