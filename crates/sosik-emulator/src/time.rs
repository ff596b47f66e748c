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
