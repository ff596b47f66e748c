//! Civil times as instants.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// What a civil time means that the clocks skip, when they go forward over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gap {
    /// The first instant after the gap: 02:30 becomes 03:00.
    After,
    /// As much later as the gap is long, as RFC 5545 (3.3.5) says: 02:30 becomes 03:30.
    #[default]
    Later,
}

/// What a civil time means that the clocks show twice, when they go back over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overlap {
    /// The first time, as RFC 5545 (3.3.5) says.
    #[default]
    First,
    /// The second time.
    Last,
}

/// How civil times become instants where the clocks change. Korea's clocks have not since 1988.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{Civil, Gap};
///
/// // Berlin, 29 March 2026: 02:00 becomes 03:00.
/// let skipped = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap().and_hms_opt(2, 30, 0).unwrap();
/// let berlin = chrono_tz::Europe::Berlin;
/// assert_eq!(Civil::default().resolve(skipped, berlin).to_rfc3339(), "2026-03-29T01:30:00+00:00");
/// assert_eq!(Civil::default().with_gap(Gap::After).resolve(skipped, berlin).to_rfc3339(), "2026-03-29T01:00:00+00:00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Civil {
    gap: Gap,
    overlap: Overlap,
}

impl Civil {
    /// The policy with another meaning of skipped times.
    #[must_use]
    pub fn with_gap(mut self, gap: Gap) -> Self {
        self.gap = gap;
        self
    }

    /// The policy with another meaning of repeated times.
    #[must_use]
    pub fn with_overlap(mut self, overlap: Overlap) -> Self {
        self.overlap = overlap;
        self
    }

    /// The instant of a civil time in a zone.
    #[must_use]
    pub fn resolve(self, local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
        match zone.from_local_datetime(&local) {
            chrono::LocalResult::Single(at) => at.to_utc(),
            chrono::LocalResult::Ambiguous(first, last) => match self.overlap {
                Overlap::First => first.to_utc(),
                Overlap::Last => last.to_utc(),
            },
            chrono::LocalResult::None => self.skipped(local, zone),
        }
    }

    fn skipped(self, local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
        // The offset before the gap: no zone has skipped more than a day.
        let day_before = local.checked_sub_signed(TimeDelta::hours(25)).unwrap_or(local);
        let mut before = offset_at(zone, day_before);
        let mut probe = day_before;
        // Another change may lie within that day; the last time that exists tells.
        for _ in 0..100 {
            probe = probe.checked_add_signed(TimeDelta::minutes(15)).unwrap_or(probe);
            if probe >= local {
                break;
            }
            if let Some(at) = zone.from_local_datetime(&probe).latest() {
                before = at.offset().fix().local_minus_utc();
            }
        }
        let shift = TimeDelta::seconds(before.into());
        let later = local.checked_sub_signed(shift).unwrap_or(local);
        if self.gap == Gap::Later {
            return later.and_utc();
        }
        // The change itself: the first instant at which the offset is no longer that before the gap.
        let (mut low, mut high) = (later.and_utc().timestamp() - 25 * 3600, later.and_utc().timestamp());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let there = DateTime::from_timestamp(middle, 0).unwrap_or_default().naive_utc();
            if zone.offset_from_utc_datetime(&there).fix().local_minus_utc() == before {
                low = middle;
            } else {
                high = middle;
            }
        }
        DateTime::from_timestamp(high, 0).unwrap_or_default()
    }
}

fn offset_at(zone: Tz, local: NaiveDateTime) -> i32 {
    zone.offset_from_utc_datetime(&local).fix().local_minus_utc()
}

/// The instant of a civil date and time in a zone, by the default [`Civil`] policy.
///
/// ```
/// use chrono::{NaiveDate, NaiveTime};
///
/// let date = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
/// let at = sosik_schedule::resolve(date, NaiveTime::from_hms_opt(15, 0, 0).unwrap(), chrono_tz::Asia::Seoul);
/// assert_eq!(at.to_rfc3339(), "2026-11-27T06:00:00+00:00");
/// ```
#[must_use]
pub fn resolve(date: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    Civil::default().resolve(date.and_time(time), zone)
}

/// The first instant of a date in a zone.
pub(crate) fn day_start(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    Civil::default().with_gap(Gap::After).resolve(date.and_time(NaiveTime::MIN), zone)
}

#[cfg(test)]
mod tests {
    use chrono::LocalResult;
    use proptest::prelude::*;

    use super::*;

    fn at(civil: Civil, zone: Tz, y: i32, mo: u32, d: u32, h: u32, mi: u32) -> String {
        let date = NaiveDate::from_ymd_opt(y, mo, d).unwrap();
        civil.resolve(date.and_hms_opt(h, mi, 0).unwrap(), zone).to_rfc3339()
    }

    #[test]
    fn gaps_and_overlaps_by_each_policy() {
        let (berlin, apia, lord_howe) =
            (chrono_tz::Europe::Berlin, chrono_tz::Pacific::Apia, chrono_tz::Australia::Lord_Howe);
        let (later, after) = (Civil::default(), Civil::default().with_gap(Gap::After));
        let last = Civil::default().with_overlap(Overlap::Last);
        // Berlin, 29 March 2026: 02:00 becomes 03:00; 25 October: 03:00 becomes 02:00.
        assert_eq!(at(later, berlin, 2026, 3, 29, 2, 30), "2026-03-29T01:30:00+00:00");
        assert_eq!(at(after, berlin, 2026, 3, 29, 2, 30), "2026-03-29T01:00:00+00:00");
        assert_eq!(at(later, berlin, 2026, 10, 25, 2, 30), "2026-10-25T00:30:00+00:00");
        assert_eq!(at(last, berlin, 2026, 10, 25, 2, 30), "2026-10-25T01:30:00+00:00");
        // Apia left out the whole of 30 December 2011.
        assert_eq!(at(later, apia, 2011, 12, 30, 15, 0), "2011-12-31T01:00:00+00:00");
        assert_eq!(at(after, apia, 2011, 12, 30, 15, 0), "2011-12-30T10:00:00+00:00");
        // Lord Howe goes forward by half an hour: 02:00 becomes 02:30 (4 October 2026).
        assert_eq!(at(later, lord_howe, 2026, 10, 4, 2, 10), "2026-10-03T15:40:00+00:00");
        assert_eq!(at(after, lord_howe, 2026, 10, 4, 2, 10), "2026-10-03T15:30:00+00:00");
    }

    const ZONES: [Tz; 7] = [
        chrono_tz::Asia::Seoul,
        chrono_tz::Europe::Berlin,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::America::Sao_Paulo,
        chrono_tz::Pacific::Apia,
        chrono_tz::UTC,
    ];

    proptest! {
        #[test]
        fn a_time_that_exists_comes_back_and_one_that_does_not_moves_on(
            days in 0i64..20_000, minutes in 0u32..1440, zone in 0usize..ZONES.len(), after in any::<bool>(), last in any::<bool>(),
        ) {
            let zone = ZONES[zone];
            let civil = Civil::default()
                .with_gap(if after { Gap::After } else { Gap::Later })
                .with_overlap(if last { Overlap::Last } else { Overlap::First });
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(days);
            let local = date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap());
            let at = civil.resolve(local, zone);
            let there = at.with_timezone(&zone).naive_local();
            match zone.from_local_datetime(&local) {
                LocalResult::None => {
                    prop_assert!(there > local && there - local <= TimeDelta::hours(24));
                    if after {
                        // Nothing lies between the gap and the instant.
                        let before = (at - TimeDelta::seconds(1)).with_timezone(&zone).naive_local();
                        prop_assert!(before < local);
                    }
                }
                LocalResult::Single(only) => prop_assert_eq!(at, only.to_utc()),
                LocalResult::Ambiguous(first, second) => {
                    prop_assert_eq!(there, local);
                    prop_assert_eq!(at, if last { second.to_utc() } else { first.to_utc() });
                }
            }
        }

        #[test]
        fn times_in_order_stay_in_order(days in 0i64..20_000, a in 0u32..1440, b in 0u32..1440, zone in 0usize..ZONES.len()) {
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(days);
            let time = |minutes: u32| date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap());
            let (low, high) = (a.min(b), a.max(b));
            let after = Civil::default().with_gap(Gap::After);
            prop_assert!(after.resolve(time(low), ZONES[zone]) <= after.resolve(time(high), ZONES[zone]));
        }
    }
}
