//! Durations as compose reads them (`1m30s`) and as Go writes them (`1m30s`, `0s`).

use std::{fmt, time::Duration};

use serde::{Serialize, Serializer};

/// A span of time that reads and writes itself as Go's `time.Duration` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GoDuration(pub Duration);

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// A bare number: compose wants the unit.
    #[error("the duration {0:?} has no unit; write for example {0}s")]
    NoUnit(String),
    /// Anything else that is not a sequence of numbers with units.
    #[error("{0:?} is not a duration; write for example 30s, 1m30s or 2h")]
    Malformed(String),
    /// More than about 292 years.
    #[error("the duration {0:?} is too long")]
    TooLong(String),
}

const UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
    ("d", 86_400 * SECOND),
];
const SECOND: u64 = 1_000_000_000;
const WEEK: u64 = 7 * 86_400 * SECOND;

impl GoDuration {
    /// Reads numbers with units, such as `1m30s`, `1.5h` or `2w3d`; only `0` needs no unit.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        let malformed = || DurationError::Malformed(text.to_owned());
        let too_long = || DurationError::TooLong(text.to_owned());
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        if rest == "0" {
            return Ok(Self::default());
        }
        if rest.is_empty() {
            return Err(malformed());
        }
        if rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DurationError::NoUnit(text.to_owned()));
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let number =
                rest.split_at_checked(rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count());
            let (number, after) = number.ok_or_else(malformed)?;
            let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at(unit_end);
            let scale = if unit == "w" {
                WEEK
            } else {
                UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?.1
            };
            let nanos = scaled(number, scale).map_err(|misfit| match misfit {
                Misfit::NoNumber => malformed(),
                Misfit::TooLarge => too_long(),
            })?;
            total =
                total.checked_add(nanos).filter(|sum| i64::try_from(*sum).is_ok()).ok_or_else(too_long)?;
            rest = after;
        }
        Ok(Self(Duration::from_nanos(total)))
    }
}

enum Misfit {
    NoNumber,
    TooLarge,
}

/// A decimal number times a unit, in nanoseconds.
fn scaled(number: &str, scale: u64) -> Result<u64, Misfit> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(Misfit::NoNumber);
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| Misfit::TooLarge)? };
    let mut nanos = 0_u64;
    let mut step = scale;
    for digit in fraction.bytes() {
        // Digits below a nanosecond are dropped, as in Go.
        step /= 10;
        nanos += step * u64::from(digit - b'0');
    }
    whole.checked_mul(scale).and_then(|whole| whole.checked_add(nanos)).ok_or(Misfit::TooLarge)
}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let second = u128::from(SECOND);
        if nanos == 0 {
            return f.write_str("0s");
        }
        if nanos < second {
            let (scale, digits, unit) = match nanos {
                0..1_000 => (1, 0, "ns"),
                1_000..1_000_000 => (1_000, 3, "µs"),
                _ => (1_000_000, 6, "ms"),
            };
            return write_decimal(f, nanos / scale, nanos % scale, digits, unit);
        }
        let seconds = nanos / second;
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if hours > 0 || minutes > 0 {
            write!(f, "{minutes}m")?;
        }
        write_decimal(f, seconds % 60, nanos % second, 9, "s")
    }
}

fn write_decimal(
    f: &mut fmt::Formatter<'_>,
    whole: u128,
    fraction: u128,
    digits: usize,
    unit: &str,
) -> fmt::Result {
    if fraction == 0 {
        return write!(f, "{whole}{unit}");
    }
    let fraction = format!("{fraction:0digits$}");
    write!(f, "{whole}.{}{unit}", fraction.trim_end_matches('0'))
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Duration> for GoDuration {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<GoDuration> for Duration {
    fn from(duration: GoDuration) -> Self {
        duration.0
    }
}
