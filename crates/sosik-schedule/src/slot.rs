//! A weekly appointment, the plainest recurrence.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::civil::resolve;

/// A weekly appointment: a weekday and a time of day in a zone.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::WeeklySlot;
///
/// let slot = WeeklySlot::friday_afternoon();
/// let monday = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
/// assert_eq!(slot.next(monday).to_rfc3339(), "2026-11-27T06:00:00+00:00");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeklySlot {
    weekday: Weekday,
    time: NaiveTime,
    zone: Tz,
}

impl WeeklySlot {
    /// A slot on a weekday at a time of day in a zone.
    #[must_use]
    pub fn new(weekday: Weekday, time: NaiveTime, zone: Tz) -> Self {
        Self { weekday, time, zone }
    }

    /// Friday 15:00 in Asia/Seoul, when Yangju's card news goes out.
    #[must_use]
    pub fn friday_afternoon() -> Self {
        Self::new(Weekday::Fri, NaiveTime::from_hms_opt(15, 0, 0).unwrap_or(NaiveTime::MIN), chrono_tz::Asia::Seoul)
    }

    /// The zone in which the weekday and the time are meant.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    pub(crate) fn weekday(&self) -> Weekday {
        self.weekday
    }

    pub(crate) fn time(&self) -> NaiveTime {
        self.time
    }

    /// The first nominal instant at or after `now`.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        let ahead = self.weekday.days_since(today.weekday());
        let day = today.checked_add_signed(TimeDelta::days(ahead.into())).unwrap_or(today);
        let slot = resolve(day, self.time, self.zone);
        if slot >= now {
            return slot;
        }
        resolve(day.checked_add_signed(TimeDelta::days(7)).unwrap_or(day), self.time, self.zone)
    }

    /// The nominal instant of the ISO week in which `now` lies, before or after it.
    #[must_use]
    pub fn this_week(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        let monday = today.checked_sub_signed(TimeDelta::days(today.weekday().num_days_from_monday().into()));
        let day = monday
            .and_then(|monday| monday.checked_add_signed(TimeDelta::days(self.weekday.num_days_from_monday().into())))
            .unwrap_or(today);
        resolve(day, self.time, self.zone)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn at_the_slot_itself_the_slot_is_now_and_a_second_later_it_is_next_week() {
        let slot = WeeklySlot::friday_afternoon();
        let friday = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        assert_eq!(slot.next(friday), friday);
        assert_eq!(slot.next(friday + TimeDelta::seconds(1)), friday + TimeDelta::days(7));
        assert_eq!(slot.this_week(friday + TimeDelta::hours(30)), friday);
        assert_eq!(slot.this_week(friday - TimeDelta::days(4)), friday);
    }
}
