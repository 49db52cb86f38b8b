//! Waiting for a state of the world.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// After this long a condition is taken never to come. Generous: machines that run tests are busy.
pub const PATIENCE: Duration = Duration::from_secs(90);

const PAUSE: Duration = Duration::from_millis(40);

/// Asks until there is an answer, and fails with `what` when there is none within [`PATIENCE`].
#[track_caller]
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {} s in vain: {what}", PATIENCE.as_secs());
        sleep(PAUSE);
    }
}
