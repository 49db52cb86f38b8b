//! Failures on demand. All are off unless their variable is set:
//!
//! | variable | effect |
//! | --- | --- |
//! | `STANDIN_READY_AFTER=5s` | not ready until then, with the words of the real program |
//! | `STANDIN_UNHEALTHY=1` | never healthy (`POST /_standin/healthy` ends it) |
//! | `STANDIN_EXIT=3` | exits with this code once it has started, after `STANDIN_EXIT_AFTER` if set |
//! | `STANDIN_OOM=1` | takes memory until the kernel kills it |
//! | `STANDIN_LOG_LINES=100000` | prints that many numbered lines at start |
//! | `STANDIN_LOG_EVERY=100ms` | prints a numbered line at that pace for ever |
//! | `STANDIN_IGNORE_TERM=1` | stays on SIGTERM, so that a stop runs into its grace period |

use std::io::Write;
use std::process::exit;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

const AS_TIMED: u8 = 0;
const HEALTHY: u8 = 1;
const UNHEALTHY: u8 = 2;

/// What `/_standin/*` asked for last; until then time decides.
static ASKED: AtomicU8 = AtomicU8::new(AS_TIMED);

#[derive(Clone, Copy)]
pub struct Readiness {
    started: Instant,
    after: Duration,
}

impl Readiness {
    pub fn begin() -> Self {
        if is_set("STANDIN_UNHEALTHY") {
            ASKED.store(UNHEALTHY, Ordering::Relaxed);
        }
        Self { started: Instant::now(), after: duration("STANDIN_READY_AFTER").unwrap_or_default() }
    }

    pub fn healthy(self) -> bool {
        match ASKED.load(Ordering::Relaxed) {
            HEALTHY => true,
            UNHEALTHY => false,
            _ => self.started.elapsed() >= self.after,
        }
    }
}

/// Handles `POST /_standin/…`; the answer is `None` for an unknown order.
pub fn order(path: &str) -> Option<&'static str> {
    match path.strip_prefix("/_standin/")? {
        "unhealthy" => ASKED.store(UNHEALTHY, Ordering::Relaxed),
        "healthy" => ASKED.store(HEALTHY, Ordering::Relaxed),
        other => {
            let code = other.strip_prefix("exit/")?.parse().ok()?;
            // The caller gets its answer first.
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(50));
                exit(code)
            });
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

/// PID 1 ignores signals that it has no handler for, so a container without an init would be killed only after the
/// grace period. std offers no signal handling and this program takes no dependency.
pub fn obey_sigterm() {
    const SIGINT: i32 = 2;
    const SIGTERM: i32 = 15;
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }
    if is_set("STANDIN_IGNORE_TERM") {
        return;
    }
    let handler = leave as extern "C" fn(i32) as usize;
    // SAFETY: `leave` calls nothing but `_exit`, which is async-signal-safe.
    unsafe {
        signal(SIGTERM, handler);
        signal(SIGINT, handler);
    }
}

extern "C" fn leave(_: i32) {
    unsafe extern "C" {
        fn _exit(code: i32) -> !;
    }
    // SAFETY: ends the process at once; every line that was printed has been written already.
    unsafe { _exit(0) }
}

fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_set(name: &str) -> bool {
    text(name).is_some_and(|value| value != "0")
}

/// `5s`, `250ms`, or a bare number of seconds.
fn duration(name: &str) -> Option<Duration> {
    let value = text(name)?;
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (value.strip_suffix('s').unwrap_or(&value), 1.0),
    };
    number.parse::<f64>().ok().map(|number| Duration::from_secs_f64((number * unit).max(0.0)))
}
