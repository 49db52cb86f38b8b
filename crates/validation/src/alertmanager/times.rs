//! Intervals of time: days, months, years, and times of day.

use stack::yaml::{Node, Value};

use crate::place::text;

/// What a type of an interval makes of a value; nothing for other types.
pub(super) fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    let kind = kind.strip_prefix("timeinterval.")?;
    if kind == "TimeRange" {
        return matches!(node.value, Value::Mapping(_)).then(|| times(node));
    }
    let Value::Scalar(value) = &node.value else { return None };
    Some(match kind {
        "WeekdayRange" => range(value, weekday).and_then(|(begin, end)| {
            if begin > end { Err("start day cannot be before end day".to_owned()) } else { Ok(()) }
        }),
        "MonthRange" => range(value, month).and_then(|(begin, end)| {
            if begin > end {
                return Err(format!(
                    "end month {} is before start month {}",
                    month_name(end),
                    month_name(begin)
                ));
            }
            Ok(())
        }),
        "YearRange" => range(value, number).and_then(|(begin, end)| {
            if begin > end { Err(format!("end year {end} is before start year {begin}")) } else { Ok(()) }
        }),
        "DayOfMonthRange" => range(value, number).and_then(days),
        // Which time zones there are is not known here.
        "Location" => Ok(()),
        _ => return None,
    })
}

/// `monday:friday` or `monday`.
fn range(text: &str, member: fn(&str) -> Result<i64, String>) -> Result<(i64, i64), String> {
    let text = text.to_lowercase();
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        [one] => member(one).map(|value| (value, value)),
        [begin, end] => Ok((member(begin)?, member(end)?)),
        _ => Err(format!("couldn't parse range {text}, invalid format")),
    }
}

fn weekday(text: &str) -> Result<i64, String> {
    const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    position(&DAYS, text).ok_or_else(|| format!("{text} is not a valid weekday"))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(text: &str) -> Result<i64, String> {
    let named = position(&MONTHS, text).map(|index| index + 1);
    named.or_else(|| text.parse().ok()).ok_or_else(|| format!("{text} is not a valid month"))
}

fn month_name(number: i64) -> &'static str {
    usize::try_from(number - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

fn position(of: &[&str], text: &str) -> Option<i64> {
    of.iter().position(|known| *known == text).and_then(|index| i64::try_from(index).ok())
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
}

fn days((begin, end): (i64, i64)) -> Result<(), String> {
    for day in [begin, end] {
        if day == 0 || !(-31..=31).contains(&day) {
            return Err(format!("{day} is not a valid day of the month: out of range"));
        }
    }
    if begin < 0 && end > 0 {
        return Err("end day must be negative if start day is negative".to_owned());
    }
    // The shortest month decides.
    let from_beginning = |day: i64| if day < 0 { 28 + day } else { day };
    if from_beginning(begin) > from_beginning(end) {
        return Err(format!("end day {end} is always before start day {begin}"));
    }
    Ok(())
}

fn times(node: &Node) -> Result<(), String> {
    if let Some(unknown) = node.entries().iter().find(|it| it.key != "start_time" && it.key != "end_time") {
        return Err(format!("field {} not found in type timeinterval.yamlTimeRange", unknown.key));
    }
    let (Some(start), Some(end)) = (text(node, "start_time"), text(node, "end_time")) else {
        return Err("both start and end times must be provided".to_owned());
    };
    if minutes(start)? >= minutes(end)? {
        return Err("start time cannot be equal or greater than end time".to_owned());
    }
    Ok(())
}

/// `09:30` in minutes.
fn minutes(text: &str) -> Result<u32, String> {
    let read = || {
        let (hours, minutes) = text.split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hours) || !digits(minutes) {
            return None;
        }
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        let valid = (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
        valid.then_some(hours * 60 + minutes)
    };
    read().ok_or_else(|| format!("couldn't parse timestamp {text}, invalid format"))
}
