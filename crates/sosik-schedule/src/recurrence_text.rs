//! The text of recurrences: what is taken of RFC 5545, and what is refused before it is expanded.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::civil::Civil;
use crate::recurrence::RecurrenceError;

/// The longest rule and the longest text that are read, in bytes.
const LONGEST_RULE: usize = 1_000;
const LONGEST_TEXT: usize = 64 * 1024;
/// How many dates may be added or left out, and how many times a day may name.
const MOST_DATES: usize = 1_000;
const MOST_TIMES_A_DAY: usize = 24;

const KEYS: [&str; 14] = [
    "FREQ",
    "UNTIL",
    "COUNT",
    "INTERVAL",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
];

pub(crate) fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

/// The rule in capitals with its parts in the standard's order and UNTIL as a civil time of the zone, or what is wrong
/// with it.
pub(crate) fn canonical(rule: &str, zone: Tz) -> Result<String, RecurrenceError> {
    let wrong = |problem: String| RecurrenceError::Rule { problem };
    if rule.len() > LONGEST_RULE {
        return Err(wrong(format!("it is longer than {LONGEST_RULE} bytes")));
    }
    let rule = rule.trim().to_ascii_uppercase();
    let rule = rule.strip_prefix("RRULE:").unwrap_or(&rule);
    let mut parts: Vec<(usize, &str, String)> = Vec::new();
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(|| wrong(format!("`{part}` has no `=`")))?;
        let place = KEYS.iter().position(|known| *known == key);
        let place =
            place.ok_or_else(|| wrong(format!("`{key}` is not known; it may be one of {}", KEYS.join(", "))))?;
        if parts.iter().any(|(_, known, _)| *known == key) {
            return Err(wrong(format!("{key} stands twice")));
        }
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b",+-".contains(&byte)) {
            return Err(wrong(format!("{key} has no value, or one that cannot be")));
        }
        let value = match key {
            "UNTIL" => until(value, zone).ok_or_else(|| wrong(format!("UNTIL={value} is no date and no time")))?,
            "FREQ" if !["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value) => {
                return Err(wrong(format!("FREQ={value} is not taken: DAILY, WEEKLY, MONTHLY or YEARLY are")));
            }
            "INTERVAL" if !value.parse::<u16>().is_ok_and(|every| every > 0) => {
                return Err(wrong(format!("INTERVAL={value} is not 1 to 65535")));
            }
            "COUNT" if !value.parse::<u32>().is_ok_and(|count| count > 0) => {
                return Err(wrong(format!("COUNT={value} is not a number above 0")));
            }
            "BYMONTHDAY" | "BYYEARDAY" | "BYWEEKNO" | "BYSETPOS"
                if value.split(',').any(|number| number.parse() == Ok(0)) =>
            {
                return Err(wrong(format!("{key}={value} counts from 1, or from -1 backwards: there is no 0")));
            }
            _ => value.to_owned(),
        };
        parts.push((place, key, value));
    }
    if !parts.iter().any(|(_, key, _)| *key == "FREQ") {
        return Err(wrong("FREQ is missing, such as FREQ=WEEKLY".to_owned()));
    }
    let values = |name: &str| parts.iter().find(|(_, key, _)| *key == name).map_or(1, |part| part.2.split(',').count());
    if values("BYHOUR") * values("BYMINUTE") * values("BYSECOND") > MOST_TIMES_A_DAY {
        return Err(wrong(format!("it names more than {MOST_TIMES_A_DAY} times a day")));
    }
    let value = |name: &str| parts.iter().find(|(_, key, _)| *key == name).map(|part| part.2.as_str());
    let numbered = value("BYDAY").is_some_and(|days| days.bytes().any(|byte| byte.is_ascii_digit()));
    let takes_numbers = matches!(value("FREQ"), Some("MONTHLY" | "YEARLY")) && value("BYWEEKNO").is_none();
    if numbered && !takes_numbers {
        return Err(wrong(
            "BYDAY with a number, such as 1FR, goes with MONTHLY, or YEARLY without BYWEEKNO".to_owned(),
        ));
    }
    if parts.iter().any(|part| part.1 == "COUNT") && parts.iter().any(|part| part.1 == "UNTIL") {
        return Err(wrong("COUNT and UNTIL exclude each other".to_owned()));
    }
    parts.sort();
    Ok(parts.iter().map(|(_, key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";"))
}

/// UNTIL as a civil time of the zone: a date means the end of that day.
fn until(value: &str, zone: Tz) -> Option<String> {
    let local = match time(value)? {
        Time::Date(date) => date.and_hms_opt(23, 59, 59)?,
        Time::Civil(local) => local,
        Time::Instant(at) => at.with_timezone(&zone).naive_local(),
    };
    Some(local.format("%Y%m%dT%H%M%S").to_string())
}

/// The rule as the expansion takes it, which knows no zone: UNTIL looks like an instant.
pub(crate) fn for_expansion(rule: &str) -> String {
    map_until(rule, |value| format!("{value}Z"))
}

/// The rule as others read it: with a zone, UNTIL is an instant.
pub(crate) fn for_others(rule: &str, civil: Civil, zone: Tz) -> String {
    map_until(rule, |value| match time(value) {
        Some(Time::Civil(local)) => civil.resolve(local, zone).format("%Y%m%dT%H%M%SZ").to_string(),
        _ => value.to_owned(),
    })
}

fn map_until(rule: &str, write: impl Fn(&str) -> String) -> String {
    let parts = rule.split(';').map(|part| match part.strip_prefix("UNTIL=") {
        Some(value) => format!("UNTIL={}", write(value)),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(";")
}

enum Time {
    Date(NaiveDate),
    Civil(NaiveDateTime),
    Instant(DateTime<Utc>),
}

/// `20261127`, `20261127T150000` or `20261127T060000Z`; years from 1600 to 9999.
fn time(text: &str) -> Option<Time> {
    if !text.is_ascii() || text.len() < 8 {
        return None;
    }
    let digits =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let (date, rest) = text.split_at(8);
    let number = digits(date)?;
    let year = i32::try_from(number / 10_000).ok().filter(|year| *year >= 1600)?;
    let date = NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100)?;
    if rest.is_empty() {
        return Some(Time::Date(date));
    }
    let (clock, utc) = match rest.strip_prefix('T')?.split_at_checked(6)? {
        (clock, "") => (clock, false),
        (clock, "Z") => (clock, true),
        _ => return None,
    };
    let number = digits(clock)?;
    let clock = NaiveTime::from_hms_opt(number / 10_000, number / 100 % 100, number % 100)?;
    let local = date.and_time(clock);
    Some(if utc { Time::Instant(local.and_utc()) } else { Time::Civil(local) })
}

/// The lines of a recurrence.
pub(crate) struct Lines {
    pub(crate) start: (NaiveDateTime, Tz),
    pub(crate) rule: Option<String>,
    pub(crate) dates: BTreeSet<NaiveDateTime>,
    pub(crate) except: BTreeSet<NaiveDateTime>,
}

/// A property: its line, name, parameters and value.
struct Property {
    line: usize,
    name: String,
    parameters: String,
    value: String,
}

pub(crate) fn lines(input: &str) -> Result<Lines, RecurrenceError> {
    if input.len() > LONGEST_TEXT {
        return Err(RecurrenceError::line(1, format!("the text is longer than {LONGEST_TEXT} bytes")));
    }
    let mut properties: Vec<Property> = Vec::new();
    for (number, line) in (1..).zip(input.lines()) {
        // A line that begins with a space goes on with the one before (RFC 5545, 3.1).
        if let (true, Some(last)) = (line.starts_with([' ', '\t']), properties.last_mut()) {
            last.value.push_str(line[1..].trim_end());
            continue;
        }
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (head, value) =
            line.split_once(':').ok_or_else(|| RecurrenceError::line(number, "it has no `:` after its name"))?;
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        properties.push(Property {
            line: number,
            name: name.to_ascii_uppercase(),
            parameters: parameters.to_owned(),
            value: value.to_owned(),
        });
    }
    let starts: Vec<&Property> = properties.iter().filter(|property| property.name == "DTSTART").collect();
    let [start] = starts[..] else {
        let line = starts.get(1).map_or(1, |second| second.line);
        return Err(RecurrenceError::line(
            line,
            "there must be one DTSTART, such as DTSTART;TZID=Asia/Seoul:20260102T150000",
        ));
    };
    let zone = zone(start)?.unwrap_or(Tz::UTC);
    let [local] = times(start, zone)?[..] else {
        return Err(RecurrenceError::line(start.line, "DTSTART is one time"));
    };
    let mut found = Lines { start: (local, zone), rule: None, dates: BTreeSet::new(), except: BTreeSet::new() };
    for property in &properties {
        match property.name.as_str() {
            "DTSTART" => {}
            "RRULE" if found.rule.is_none() => found.rule = Some(property.value.clone()),
            "RRULE" => return Err(RecurrenceError::line(property.line, "there is more than one RRULE")),
            "RDATE" => found.dates.extend(times(property, zone)?),
            "EXDATE" => found.except.extend(times(property, zone)?),
            other => {
                let problem = format!("`{other}` is not read; DTSTART, RRULE, RDATE and EXDATE are");
                return Err(RecurrenceError::line(property.line, problem));
            }
        }
    }
    if found.dates.len() + found.except.len() > MOST_DATES {
        return Err(RecurrenceError::line(1, format!("more than {MOST_DATES} dates are added or left out")));
    }
    Ok(found)
}

fn zone(property: &Property) -> Result<Option<Tz>, RecurrenceError> {
    let name = property.parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.eq_ignore_ascii_case("TZID").then_some(value.trim_matches('"'))
    });
    let Some(name) = name else { return Ok(None) };
    let known = name.parse::<Tz>().map(Some);
    known.map_err(|_| RecurrenceError::line(property.line, format!("`{name}` is no zone by its IANA name")))
}

/// The times of a property, as civil times of `home`.
fn times(property: &Property, home: Tz) -> Result<Vec<NaiveDateTime>, RecurrenceError> {
    let own = zone(property)?;
    property
        .value
        .split(',')
        .map(|value| {
            let wrong = || {
                let problem = format!("{} has a value that is no time, such as 20260102T150000", property.name);
                RecurrenceError::line(property.line, problem)
            };
            match time(value.trim()).ok_or_else(wrong)? {
                Time::Instant(at) => Ok(at.with_timezone(&home).naive_local()),
                Time::Civil(local) => Ok(match own.filter(|zone| *zone != home) {
                    Some(zone) => Civil::default().resolve(local, zone).with_timezone(&home).naive_local(),
                    None => local,
                }),
                Time::Date(_) => Err(wrong()),
            }
        })
        .collect()
}
