//! What all programs do between their start and their end.

use std::process::exit;

use crate::{clock, settings, signals};

/// What this program needs by itself, in MiB.
const OWN_MEMORY: f64 = 2.0;

/// Holds so much memory that the engine's statistics look like those of the real program when it is idle. With
/// `STANDIN_MEMORY=0.5` it is half as much, with 0 nothing.
pub fn hold_memory(recorded_mib: f64) {
    let share = settings::number("STANDIN_MEMORY").unwrap_or(1.0);
    let bytes = ((recorded_mib * share - OWN_MEMORY).max(0.0) * 1_048_576.0) as usize;
    // Touched by writing other than zero, or the kernel would never have to provide the pages.
    let held = vec![0xA5_u8; bytes];
    std::hint::black_box(&held);
    std::mem::forget(held);
}

/// On SIGTERM: says what `last_words` says, takes as long as the real program, and exits with 0.
/// SIGHUP goes to `reload`.
pub fn end_on_signal(
    seconds: impl Fn() -> f64 + Send + 'static,
    last_words: impl Fn() + Send + 'static,
    reload: impl Fn() + Send + 'static,
) {
    signals::watch(move |signal| {
        if signal == signals::SIGHUP {
            reload();
            return;
        }
        last_words();
        std::thread::sleep(clock::scaled(seconds()));
        exit(0)
    });
}

/// Carries out the faults of a start, and stays.
pub fn stay() -> ! {
    crate::faults::after_start();
    loop {
        std::thread::park();
    }
}

/// A line as Loki and Promtail write one; `rest` is all that follows the time.
pub fn logfmt(level: &str, rest: &str) {
    eprintln!("level={level} ts={} {rest}", clock::rfc3339(clock::nanos(), 9));
}

/// Quoted as in a value of logfmt, and in Go's `%q`.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out + "\""
}

/// Bytes of this process that are in memory, for `process_resident_memory_bytes`.
pub fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// What every Go program tells about itself.
pub fn process_metrics() -> String {
    format!(
        "# HELP go_goroutines Number of goroutines that currently exist.\n# TYPE go_goroutines gauge\n\
         go_goroutines 42\n\
         # HELP process_resident_memory_bytes Resident memory size in bytes.\n\
         # TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {}\n\
         # HELP process_start_time_seconds Start time of the process since unix epoch in seconds.\n\
         # TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {}\n",
        resident_bytes(),
        clock::started_nanos() as f64 / 1e9,
    )
}
