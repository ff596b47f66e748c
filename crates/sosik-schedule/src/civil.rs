use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant of a civil date and time in a zone.
///
/// Where clocks go forward over it, the time after the gap; where they go back over it, the first of the two.
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
    let mut local = date.and_time(time);
    // No zone has skipped more than a day; a step of 15 minutes divides every gap on record.
    for _ in 0..=96 {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return at.with_timezone(&Utc),
            LocalResult::None => {
                local = local.checked_add_signed(TimeDelta::minutes(15)).unwrap_or(local);
            }
        }
    }
    local.and_utc()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(zone: Tz, y: i32, mo: u32, d: u32, h: u32, mi: u32) -> String {
        resolve(NaiveDate::from_ymd_opt(y, mo, d).unwrap(), NaiveTime::from_hms_opt(h, mi, 0).unwrap(), zone)
            .to_rfc3339()
    }

    #[test]
    fn a_gap_gives_the_time_after_it_and_an_overlap_the_first() {
        // Berlin, 29 March 2026: 02:00 becomes 03:00; 25 October: 03:00 becomes 02:00.
        assert_eq!(at(chrono_tz::Europe::Berlin, 2026, 3, 29, 2, 30), "2026-03-29T01:00:00+00:00");
        assert_eq!(at(chrono_tz::Europe::Berlin, 2026, 10, 25, 2, 30), "2026-10-25T00:30:00+00:00");
        // Apia left out the whole of 30 December 2011.
        assert_eq!(at(chrono_tz::Pacific::Apia, 2011, 12, 30, 15, 0), "2011-12-30T10:00:00+00:00");
    }

    proptest! {
        #[test]
        fn a_civil_time_that_exists_comes_back(days in 0i64..20_000, minutes in 0u32..1440, zone in 0usize..5) {
            let zone = [chrono_tz::Asia::Seoul, chrono_tz::Europe::Berlin, chrono_tz::America::New_York,
                chrono_tz::Australia::Lord_Howe, chrono_tz::UTC][zone];
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(days);
            let time = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap();
            let there = resolve(date, time, zone).with_timezone(&zone).naive_local();
            if zone.from_local_datetime(&date.and_time(time)) == LocalResult::None { prop_assert!(there > date.and_time(time)) } else { prop_assert_eq!(there, date.and_time(time)) }
        }
    }
}
