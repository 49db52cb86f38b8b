//! SIGTERM, SIGINT and SIGHUP as bytes in a socket, which a thread reads. PID 1 ignores signals that it has no handler
//! for, so a container without an init would be killed only after the grace period; std offers no signal handling.

use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::settings;

pub const SIGHUP: u8 = 1;
const SIGINT: i32 = 2;
const SIGTERM: i32 = 15;
/// What `signal` takes for "do nothing".
const IGNORE: usize = 1;

static PIPE: AtomicI32 = AtomicI32::new(-1);

unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
    fn write(descriptor: i32, bytes: *const u8, count: usize) -> isize;
    fn _exit(code: i32) -> !;
}

extern "C" fn note(number: i32) {
    let byte = number as u8;
    // SAFETY: `write` is async-signal-safe, and the byte lives until it returns.
    unsafe { write(PIPE.load(Ordering::Relaxed), &raw const byte, 1) };
}

extern "C" fn leave(_: i32) {
    // SAFETY: ends the process at once; every line that was printed has been written already.
    unsafe { _exit(0) }
}

/// Calls `act` with each signal that arrives, in a thread of its own.
pub fn watch(mut act: impl FnMut(u8) + Send + 'static) {
    let Ok((mut reader, writer)) = UnixStream::pair() else { return };
    PIPE.store(writer.as_raw_fd(), Ordering::Relaxed);
    // Must stay open for as long as the process lives.
    std::mem::forget(writer);
    install(note);
    std::thread::spawn(move || {
        let mut byte = [0_u8];
        while reader.read_exact(&mut byte).is_ok() {
            act(byte[0]);
        }
    });
}

/// For the small servers of the kit, which have nothing to tidy up.
pub fn end_at_once() {
    install(leave);
}

fn install(handler: extern "C" fn(i32)) {
    let chosen = if settings::is_set("STANDIN_IGNORE_TERM") { IGNORE } else { handler as usize };
    // SAFETY: both handlers call nothing that is not async-signal-safe.
    unsafe {
        signal(SIGTERM, chosen);
        signal(SIGINT, chosen);
        signal(i32::from(SIGHUP), handler as usize);
    }
}
