//! Failures on demand. All are off unless their variable is set:
//!
//! | variable | effect |
//! | --- | --- |
//! | `STANDIN_READY_AFTER=5s` | not ready until then, whatever the recordings say, with the words of the real program |
//! | `STANDIN_UNHEALTHY=1` | never healthy (`POST /_standin/healthy` ends it) |
//! | `STANDIN_EXIT=3` | exits with this code once it has started, after `STANDIN_EXIT_AFTER` if set |
//! | `STANDIN_OOM=1` | takes memory until the kernel kills it |
//! | `STANDIN_LOG_LINES=100000` | prints that many numbered lines at start |
//! | `STANDIN_LOG_EVERY=100ms` | prints a numbered line at that pace for ever |
//! | `STANDIN_IGNORE_TERM=1` | stays on SIGTERM, so that a stop runs into its grace period |

use std::io::Write;
use std::process::exit;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use crate::clock;
use crate::settings::{duration, is_set, text};

const AS_TIMED: u8 = 0;
const HEALTHY: u8 = 1;
const UNHEALTHY: u8 = 2;

/// What `/_standin/*` asked for last; until then time decides.
static ASKED: AtomicU8 = AtomicU8::new(AS_TIMED);
static MEMORY_LIMIT: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy, PartialEq)]
pub enum Health {
    Good,
    /// As after so many recorded seconds.
    Starting(f64),
    /// Kept from being ready by a fault.
    Bad,
}

/// Whether the program is ready when the real one is after `first_good` seconds.
pub fn health(first_good: f64) -> Health {
    match ASKED.load(Ordering::Relaxed) {
        HEALTHY => return Health::Good,
        UNHEALTHY => return Health::Bad,
        _ => {}
    }
    match duration("STANDIN_READY_AFTER") {
        Some(after) if clock::uptime() < after.as_secs_f64() => Health::Bad,
        Some(_) => Health::Good,
        None if is_set("STANDIN_UNHEALTHY") => Health::Bad,
        None if clock::age() < first_good => Health::Starting(clock::age()),
        None => Health::Good,
    }
}

/// Whether `/_standin/memory-limit` asked for refusals.
pub fn memory_limit() -> bool {
    MEMORY_LIMIT.load(Ordering::Relaxed)
}

/// Handles `POST /_standin/…`; the answer is `None` for an unknown order.
pub fn order(path: &str) -> Option<&'static str> {
    let order = path.strip_prefix("/_standin/")?;
    match order {
        "unhealthy" => ASKED.store(UNHEALTHY, Ordering::Relaxed),
        "healthy" => ASKED.store(HEALTHY, Ordering::Relaxed),
        "memory-limit" => MEMORY_LIMIT.store(true, Ordering::Relaxed),
        _ => {
            if let Some(seconds) = order.strip_prefix("age/") {
                clock::set_age(seconds.parse().ok()?);
            } else {
                let code = order.strip_prefix("exit/")?.parse().ok()?;
                // The caller gets its answer first.
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(50));
                    exit(code)
                });
            }
        }
    }
    Some("ok\n")
}

/// Runs what the environment asks for; returns when the program should simply go on.
pub fn after_start() {
    let lines: u64 = text("STANDIN_LOG_LINES").and_then(|value| value.parse().ok()).unwrap_or(0);
    print_lines(lines);
    if let Some(pause) = duration("STANDIN_LOG_EVERY") {
        std::thread::spawn(move || {
            for number in 1_u64.. {
                println!("tick {number}");
                std::thread::sleep(pause);
            }
        });
    }
    if let Some(code) = text("STANDIN_EXIT").and_then(|value| value.parse().ok()) {
        std::thread::sleep(duration("STANDIN_EXIT_AFTER").unwrap_or_default());
        eprintln!("stand-in: exits with {code} as asked");
        exit(code);
    }
    if is_set("STANDIN_OOM") {
        take_memory();
    }
}

/// One write per many lines: a test of log throughput must not wait for us.
fn print_lines(count: u64) {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for number in 1..=count {
        if writeln!(
            out,
            "line {number:>8} the quick brown fox jumps over the lazy dog and runs on to the next line"
        )
        .is_err()
        {
            return;
        }
    }
}

fn take_memory() {
    let mut held = Vec::new();
    loop {
        // Touched by writing other than zero, or the kernel would never have to provide the pages.
        held.push(vec![0xA5_u8; 16 << 20]);
        std::hint::black_box(&held);
    }
}
