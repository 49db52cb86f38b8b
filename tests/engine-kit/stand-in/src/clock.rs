//! Time: what the program takes for now, and how fast its recorded seconds go by.
//!
//! `STANDIN_SPEED=20` lets a start that took the real program ten seconds take half a second; 1 is the pace of the real
//! one. With 0 time stands still, and `POST /_standin/age/SECONDS` moves it on. `STANDIN_CLOCK=SECONDS` (since
//! 1970) is what the program takes for now when it starts.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::settings;

/// What `/_standin/age/…` asked for, in milliseconds; negative while nobody did.
static ASKED_AGE: AtomicI64 = AtomicI64::new(-1);

struct Start {
    instant: Instant,
    nanos: u64,
    speed: f64,
}

// The one place that asks for the time.
#[allow(clippy::disallowed_methods)]
fn start() -> &'static Start {
    static START: OnceLock<Start> = OnceLock::new();
    START.get_or_init(|| {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
        let asked = settings::number("STANDIN_CLOCK").map(|seconds| (seconds * 1e9) as u64);
        Start {
            instant: Instant::now(),
            nanos: asked.unwrap_or(real),
            speed: settings::number("STANDIN_SPEED").unwrap_or(1.0).max(0.0),
        }
    })
}

/// To be called first: the program's age counts from here.
pub fn begin() {
    start();
}

/// Nanoseconds since 1970. Stands still with the start.
pub fn nanos() -> u64 {
    let passed = if start().speed > 0.0 { uptime() } else { age() };
    start().nanos + (passed * 1e9) as u64
}

/// When the program started, in nanoseconds since 1970.
pub fn started_nanos() -> u64 {
    start().nanos
}

/// Seconds since the start, not scaled.
pub fn uptime() -> f64 {
    start().instant.elapsed().as_secs_f64()
}

/// Seconds since the start as the recordings count them.
pub fn age() -> f64 {
    match ASKED_AGE.load(Ordering::Relaxed) {
        asked if asked >= 0 => asked as f64 / 1000.0,
        _ => uptime() * start().speed,
    }
}

pub fn set_age(seconds: f64) {
    ASKED_AGE.store((seconds * 1000.0) as i64, Ordering::Relaxed);
}

/// How long something takes here that took the real program so many seconds.
pub fn scaled(seconds: f64) -> Duration {
    if start().speed > 0.0 {
        Duration::from_secs_f64(seconds.max(0.0) / start().speed)
    } else {
        Duration::ZERO
    }
}

/// Sleeps until the program is so many recorded seconds old.
pub fn sleep_until_age(seconds: f64) {
    let due = scaled(seconds);
    std::thread::sleep(due.saturating_sub(start().instant.elapsed()));
}

/// `2026-11-28T05:16:39.968339441Z`, with so many digits after the point.
pub fn rfc3339(nanos: u64, digits: usize) -> String {
    let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if digits > 0 {
        text.push('.');
        text.push_str(&format!("{fraction:09}")[..digits]);
    }
    text + "Z"
}

/// Nanoseconds since 1970 of a time in RFC 3339, in UTC.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(str::parse::<u64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse::<u64>().ok()?, time.next()?.parse::<u64>().ok()?);
    let second = time.next()?.parse::<f64>().ok()?;
    let whole = days(year, month, day)? * 86_400 + hour * 3600 + minute * 60;
    Some(whole * 1_000_000_000 + (second * 1e9).round() as u64)
}

/// Year, month and day of a number of days since 1970, by the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted from 1 March of the year 0, so that the leap day comes last in its year.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let month_from_march = if month > 2 { month.checked_sub(3)? } else { month + 9 };
    let of_year = (153 * month_from_march + 2) / 5 + day.checked_sub(1)?;
    (era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_being_written_and_read() {
        for (nanos, text) in [
            (1_795_843_341_058_842_624, "2026-11-28T05:22:21.058842624Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
        ] {
            assert_eq!(rfc3339(nanos, 9), text);
            assert_eq!(parse_rfc3339(text).map(|read| read / 1000), Some(nanos / 1000));
        }
        assert_eq!(parse_rfc3339("yesterday"), None);
    }
}
