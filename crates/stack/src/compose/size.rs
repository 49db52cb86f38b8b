//! Byte sizes as compose reads them (`512m`, `1gb`) and as compose-go writes them (`"536870912"`).

use std::fmt;

use serde::{Serialize, Serializer};

/// A number of bytes. Signed, because compose takes `-1` for "no limit" of swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSize(pub i64);

/// A text that is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a size; write for example 512m, 1g or 1.5gb")]
pub struct SizeError(pub String);

impl ByteSize {
    /// The size in bytes.
    pub fn bytes(self) -> i64 {
        self.0
    }

    /// Whether there is nothing to say, in which case compose-go leaves the field out.
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// Reads a plain number of bytes or one with a unit. Units are powers of 1024 in every spelling:
    /// `k`, `kb`, `kib`, `K` …
    pub fn parse(text: &str) -> Result<Self, SizeError> {
        let invalid = || SizeError(text.to_owned());
        if let Ok(bytes) = text.parse::<i64>() {
            return Ok(Self(bytes));
        }
        let number_end = text.rfind(|c: char| c.is_ascii_digit() || c == '.').ok_or_else(invalid)? + 1;
        let (number, suffix) = text.split_at(number_end);
        let suffix = suffix.strip_prefix(' ').unwrap_or(suffix).to_ascii_lowercase();
        // Rust's float grammar is wider ("inf", "1e3"); the digits and dots of go-units are narrower.
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(invalid());
        }
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let power = match suffix.as_bytes() {
            [] | [b'b'] => 0,
            [unit] | [unit, b'b'] | [unit, b'i', b'b'] => {
                1 + "kmgtp".bytes().position(|known| known == *unit).ok_or_else(invalid)?
            }
            _ => return Err(invalid()),
        };
        let scaled = (0..power).fold(number, |size, _| size * 1024.0);
        #[expect(clippy::cast_precision_loss, reason = "only a bound")]
        if scaled >= i64::MAX as f64 {
            return Err(invalid());
        }
        #[expect(clippy::cast_possible_truncation, reason = "the bound is checked; Go truncates too")]
        Ok(Self(scaled as i64))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
