//! Amounts of bytes, as the programs write and read them.

/// `300MB`, `4 mb`, `1024`: the sizes of Loki's and Promtail's limits. Powers of 1024, whatever the case of the unit.
pub fn bytes(text: &str) -> Result<u64, String> {
    // The programs put it in capitals first, and so does their complaint.
    let upper = text.to_uppercase();
    let refused = |why: &str| format!("strconv.UnmarshalText: parsing {upper:?}: {why}");
    let digits = upper.len() - upper.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 {
        return Err(refused("invalid syntax"));
    }
    let power = match upper[digits..].trim() {
        "" | "B" | "BYTE" => 0,
        "K" | "KB" | "KILO" | "KILOBYTE" | "KILOBYTES" => 1,
        "M" | "MB" | "MEGA" | "MEGABYTE" | "MEGABYTES" => 2,
        "G" | "GB" | "GIGA" | "GIGABYTE" | "GIGABYTES" => 3,
        "T" | "TB" | "TERA" | "TERABYTE" | "TERABYTES" => 4,
        "P" | "PB" | "PETA" | "PETABYTE" | "PETABYTES" => 5,
        "E" | "EB" => 6,
        _ => return Err(refused("invalid syntax")),
    };
    let number: Option<u64> = upper[..digits].parse().ok();
    number.and_then(|it| it.checked_mul(1 << (10 * power))).ok_or_else(|| refused("value out of range"))
}

/// `512MiB`, `1GB`, `1.5KiB`, several of them in a row: the sizes of older settings. The unit is needed, and its case
/// counts.
pub fn units(text: &str) -> Result<i64, String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    let invalid = || format!("units: invalid {text}");
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let (mut rest, mut total) = (unsigned, 0.0);
    // Units with and without an `i` do not mix; the complaint is about the latter.
    let with_i = unsigned.contains("iB");
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let value: f64 = rest[..number].parse().map_err(|_| invalid())?;
        rest = &rest[number..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = &rest[..end];
        let power = match unit.strip_suffix('B').map(|prefix| prefix.strip_suffix('i').unwrap_or(prefix)) {
            Some("") if unit == "B" => 0,
            Some(prefix) if (unit.ends_with("iB")) == with_i => {
                let power = ["K", "M", "G", "T", "P", "E"].iter().position(|known| *known == prefix);
                power.map(|power| power + 1).ok_or_else(|| unknown(unit, text))?
            }
            _ => return Err(unknown(unit, text)),
        };
        total += value * 1024_f64.powi(i32::try_from(power).unwrap_or_default());
        rest = &rest[end..];
    }
    if total > 9.2e18 {
        return Err("units: overflow parsing unit".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^63 as just checked")]
    Ok(if text.starts_with('-') { -(total as i64) } else { total as i64 })
}

fn unknown(unit: &str, text: &str) -> String {
    format!("units: unknown unit {unit} in {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_take_units_in_any_case() {
        assert_eq!(bytes("300MB"), Ok(300 << 20));
        assert_eq!(bytes("4 mb"), Ok(4 << 20));
        assert_eq!(bytes("1024"), Ok(1024));
        assert_eq!(bytes("10X"), Err("strconv.UnmarshalText: parsing \"10X\": invalid syntax".into()));
        assert_eq!(bytes("lots"), Err("strconv.UnmarshalText: parsing \"LOTS\": invalid syntax".into()));
        assert_eq!(bytes("99eb"), Err("strconv.UnmarshalText: parsing \"99EB\": value out of range".into()));
        for wrong in ["", "-1MB", "1.5MB", "256KiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn older_settings_want_a_unit() {
        assert_eq!(units("512MiB"), Ok(512 << 20));
        assert_eq!(units("1GB"), Ok(1 << 30));
        assert_eq!(units("1.5KiB100B"), Ok(1636));
        assert_eq!(units("0"), Ok(0));
        assert_eq!(units("5"), Err("units: unknown unit  in 5".into()));
        assert_eq!(units("5kB"), Err("units: unknown unit kB in 5kB".into()));
        assert_eq!(units("x"), Err("units: invalid x".into()));
    }
}
