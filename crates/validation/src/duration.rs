//! Durations and sizes, as the programs write and read them.

/// Go's `time.ParseDuration`: `1h30m`, `1.5s`, `0`. Nanoseconds.
pub fn go(text: &str) -> Result<i128, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total = 0.0;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let value: f64 = rest[..number].parse().map_err(|_| invalid())?;
        rest = &rest[number..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let nanoseconds = match &rest[..unit] {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            unknown => return Err(format!("time: unknown unit {unknown:?} in duration {text:?}")),
        };
        total += value * nanoseconds;
        rest = &rest[unit..];
    }
    if total > 9.2e18 {
        return Err(invalid());
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^63 as just checked")]
    Ok(if text.starts_with('-') { -(total as i128) } else { total as i128 })
}

/// Prometheus' durations: `1d`, `2h30m`, units from the largest to the smallest, whole numbers. Milliseconds.
pub fn prometheus(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 7] = [
        ("y", 365 * 86_400_000),
        ("w", 7 * 86_400_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    match text {
        "" => return Err("empty duration string".to_owned()),
        "0" => return Ok(0),
        _ => {}
    }
    let invalid = || format!("not a valid duration string: {text:?}");
    let (mut rest, mut units, mut total) = (text, UNITS.iter(), 0_u64);
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| invalid())?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (unit, after) = rest.split_at(end);
        if !unit.is_empty() && !UNITS.iter().any(|(known, _)| *known == unit) {
            return Err(format!("unknown unit {unit:?} in duration {text:?}"));
        }
        let (_, size) = units.find(|(known, _)| *known == unit).ok_or_else(invalid)?;
        total = number
            .checked_mul(*size)
            .and_then(|part| total.checked_add(part))
            .filter(|sum| *sum < 9_223_372_036_854)
            .ok_or_else(|| "duration out of range".to_owned())?;
        rest = after;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_adds_up_numbers_with_units() {
        assert_eq!(go("1h30m"), Ok(5_400_000_000_000));
        assert_eq!(go("-1.5s"), Ok(-1_500_000_000));
        assert_eq!(go("0"), Ok(0));
        assert_eq!(go("5"), Err("time: missing unit in duration \"5\"".into()));
        assert_eq!(go("1d"), Err("time: unknown unit \"d\" in duration \"1d\"".into()));
        assert!(go("soon").is_err() && go("").is_err() && go("1..2s").is_err());
    }

    #[test]
    fn prometheus_wants_units_from_large_to_small() {
        assert_eq!(prometheus("1d12h"), Ok(129_600_000));
        assert_eq!(prometheus("250ms"), Ok(250));
        assert_eq!(prometheus("0"), Ok(0));
        for wrong in ["15", "1h1d", "five", "1s1s", "-1s"] {
            assert_eq!(prometheus(wrong), Err(format!("not a valid duration string: {wrong:?}")), "{wrong}");
        }
        for (unknown, unit) in [("1.5h", "."), ("1 s", " s"), ("5min", "min"), ("1D", "D")] {
            let words = format!("unknown unit {unit:?} in duration {unknown:?}");
            assert_eq!(prometheus(unknown), Err(words), "{unknown}");
        }
    }
}
