//! The engine's words for a container's state.
//!
//! A list carries health and exit code only in its status sentence. Reading them there saves one
//! inspection for each container.

use stack::observed::{Health, State};

/// A state by the engine's word. Podman has words of its own.
pub(crate) fn state(word: &str) -> State {
    match word {
        "created" | "configured" | "initialized" => State::Created,
        "running" | "stopping" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        "exited" | "stopped" => State::Exited,
        "removing" => State::Removing,
        "dead" => State::Dead,
        _ => State::Unknown,
    }
}

/// A verdict by its word in a status sentence, an inspection or an event.
pub(crate) fn health_word(word: &str) -> Option<Health> {
    match word {
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        "starting" | "health: starting" => Some(Health::Starting),
        _ => None,
    }
}

/// Health from `Up 3 minutes (healthy)`.
pub(crate) fn health(status: &str) -> Option<Health> {
    let (_, word) = status.strip_suffix(')')?.rsplit_once('(')?;
    health_word(word)
}

/// Exit code from `Exited (137) 2 hours ago` or `Restarting (1) 3 seconds ago`.
pub(crate) fn exit_code(status: &str) -> Option<i64> {
    let rest = status.strip_prefix("Exited (").or_else(|| status.strip_prefix("Restarting ("))?;
    rest.split_once(')')?.0.parse().ok()
}

/// Nanoseconds since 1970 of an RFC 3339 time as Go writes it, `2024-05-01T10:00:00.123456789Z` or with
/// an offset. Go's zero time, year 1, means "never" and is `None`.
pub(crate) fn nanos(time: &str) -> Option<i64> {
    let bytes = time.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let mut rest = bytes.get(19..)?;
    let mut fraction = 0;
    if let Some(digits) = rest.strip_prefix(b".") {
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        for place in 0..9 {
            let digit = digits[..count].get(place).map_or(0, |digit| i64::from(digit - b'0'));
            fraction = fraction * 10 + digit;
        }
        rest = &digits[count..];
    }
    let offset = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 5 => {
            let start = bytes.len() - 5;
            let minutes = number(start, start + 2)? * 60 + number(start + 3, start + 5)?;
            if *sign == b'+' { minutes * 60 } else { -minutes * 60 }
        }
        _ => return None,
    };
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Whole seconds of [`nanos`].
pub(crate) fn seconds(time: &str) -> Option<i64> {
    nanos(time).map(|nanos| nanos / 1_000_000_000)
}

/// Howard Hinnant's `days_from_civil`, with years that start in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_read_from_the_sentence() {
        assert_eq!(health("Up 3 minutes (healthy)"), Some(Health::Healthy));
        assert_eq!(health("Up 2 hours (unhealthy)"), Some(Health::Unhealthy));
        assert_eq!(health("Up 5 seconds (health: starting)"), Some(Health::Starting));
        assert_eq!(health("Up 5 seconds (starting)"), Some(Health::Starting));
        assert_eq!(health("Up 3 minutes (Paused)"), None);
        assert_eq!(health("Exited (137) 2 hours ago"), None);
        assert_eq!(health("Up Less than a second"), None);
    }

    #[test]
    fn the_exit_code_is_read_from_the_sentence() {
        assert_eq!(exit_code("Exited (137) 2 hours ago"), Some(137));
        assert_eq!(exit_code("Restarting (1) 3 seconds ago"), Some(1));
        assert_eq!(exit_code("Exited (-1) 3 seconds ago"), Some(-1));
        assert_eq!(exit_code("Up 3 minutes (healthy)"), None);
        assert_eq!(exit_code("Created"), None);
    }

    #[test]
    fn unknown_states_are_unknown_and_no_error() {
        assert_eq!(state("stopped"), State::Exited);
        assert_eq!(state("hibernating"), State::Unknown);
    }

    #[test]
    fn times_are_read_to_the_nanosecond() {
        assert_eq!(nanos("1970-01-01T00:00:01Z"), Some(1_000_000_000));
        assert_eq!(nanos("2024-02-29T12:30:00.5Z"), Some(1_709_209_800_500_000_000));
        assert_eq!(nanos("2024-02-29T14:30:00.123456789+02:00"), Some(1_709_209_800_123_456_789));
        assert_eq!(nanos("0001-01-01T00:00:00Z"), None);
        assert_eq!(nanos("yesterday"), None);
        assert_eq!(seconds("2026-11-22T21:29:00.9Z"), Some(1_795_382_940));
    }
}
