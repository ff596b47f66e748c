//! Civil time in Seoul, by which the law counts: nine hours ahead, without summer time since 1988.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// How far Seoul is ahead.
const AHEAD: TimeDelta = TimeDelta::hours(9);

/// What the clocks there show at an instant; at the end of the calendar they stand still.
pub(crate) fn civil(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().checked_add_signed(AHEAD).unwrap_or(NaiveDateTime::MAX)
}

/// The instant at which the clocks there show this; `None` before the calendar.
pub(crate) fn instant(civil: NaiveDateTime) -> Option<DateTime<Utc>> {
    civil.checked_sub_signed(AHEAD).map(|utc| utc.and_utc())
}
