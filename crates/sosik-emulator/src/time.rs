//! Korea's time, and the hours of brand messages.

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};

pub(crate) fn later(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(at)
}

pub(crate) fn seoul(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // Korea keeps nine hours, without summer time since 1988.
    match FixedOffset::east_opt(9 * 3600) {
        Some(zone) => at.with_timezone(&zone),
        None => at.fixed_offset(),
    }
}

/// Whether brand messages are delivered at an instant: 08:00 to 20:50 in Seoul.
pub(crate) fn is_open(at: DateTime<Utc>) -> bool {
    let time = seoul(at).time();
    let edge = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    edge(8, 0).is_some_and(|opens| time >= opens) && edge(20, 50).is_some_and(|closes| time < closes)
}

/// The opening and the closing of brand messages on the day of an instant, in Seoul.
fn hours(at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let day = seoul(at);
    let edge = |hour, minute| {
        let civil = day.date_naive().and_hms_opt(hour, minute, 0)?;
        Some(civil.and_local_timezone(*day.offset()).single()?.to_utc())
    };
    (edge(8, 0).unwrap_or(at), edge(20, 50).unwrap_or(at))
}

/// How many seconds between two instants brand messages are delivered.
pub(crate) fn open_seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    let mut seconds = 0;
    let mut day = from;
    while day < to {
        let (opens, closes) = hours(day);
        seconds += to.min(closes).signed_duration_since(from.max(opens)).num_seconds().max(0);
        day = later(opens, TimeDelta::days(1));
    }
    seconds
}

/// When this many seconds of delivery are over.
pub(crate) fn after_open(from: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    let (mut at, mut left) = (from, seconds);
    // A year of days is more than any sending takes.
    for _ in 0..366 {
        let (opens, closes) = hours(at);
        let today = closes.signed_duration_since(at.max(opens)).num_seconds().max(0);
        if left <= today {
            return later(at.max(opens), TimeDelta::seconds(left));
        }
        left -= today;
        at = later(opens, TimeDelta::days(1));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("{text}+09:00")).unwrap().to_utc()
    }

    #[test]
    fn nights_are_not_counted() {
        let friday = at("2026-11-27T20:40:00");
        assert_eq!(open_seconds(friday, at("2026-11-27T20:45:00")), 300);
        assert_eq!(open_seconds(friday, at("2026-11-28T07:59:59")), 600);
        assert_eq!(open_seconds(friday, at("2026-11-28T08:01:00")), 660);
        assert_eq!(open_seconds(at("2026-11-27T03:00:00"), at("2026-11-29T23:00:00")), 3 * (12 * 60 + 50) * 60);
        assert_eq!(open_seconds(friday, friday), 0);
        assert_eq!(after_open(friday, 600), at("2026-11-27T20:50:00"));
        assert_eq!(after_open(friday, 660), at("2026-11-28T08:01:00"));
        assert_eq!(after_open(at("2026-11-27T05:00:00"), 1), at("2026-11-27T08:00:01"));
    }
}
