use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::civil::resolve;

/// The hours of a day in which messages of some kind may be delivered: from the opening up to, not including, the close.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::SendWindow;
///
/// let window = SendWindow::kakao_brand_message();
/// let evening = Utc.with_ymd_and_hms(2026, 11, 27, 11, 50, 0).unwrap(); // 20:50 in Seoul
/// assert!(!window.is_open(evening));
/// assert_eq!(window.next_opening(evening).to_rfc3339(), "2026-11-27T23:00:00+00:00"); // 08:00 the next day
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendWindow {
    opens: NaiveTime,
    closes: NaiveTime,
    zone: Tz,
    code: &'static str,
    source: &'static str,
}

impl SendWindow {
    /// A window by its opening and close in a zone, under a stable code, with the source of the rule.
    ///
    /// A close at or before the opening means a window that closes on the next day.
    #[must_use]
    pub fn new(opens: NaiveTime, closes: NaiveTime, zone: Tz, code: &'static str, source: &'static str) -> Self {
        Self { opens, closes, zone, code, source }
    }

    /// Kakao's brand messages (브랜드 메시지): 08:00 to 20:50 in Asia/Seoul, every day.
    #[must_use]
    pub fn kakao_brand_message() -> Self {
        Self::new(
            hours(8, 0),
            hours(20, 50),
            chrono_tz::Asia::Seoul,
            "kakao-window",
            "Kakao brand message: NHN Cloud guide (2026-06-23), Bizgo SDK 1.2.0 (2026-09): 08:00-20:50",
        )
    }

    /// The law's day for advertisements: 08:00 to 21:00 in Asia/Seoul (정보통신망법 제50조 제3항).
    #[must_use]
    pub fn statutory_day() -> Self {
        Self::new(
            hours(8, 0),
            hours(21, 0),
            chrono_tz::Asia::Seoul,
            "statutory-night",
            "Network Act (정보통신망법) art. 50(3), Act 21988, in force 2026-10-02",
        )
    }

    /// The rule's stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Where the rule comes from.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// The opening, in the window's zone.
    #[must_use]
    pub fn opens(&self) -> NaiveTime {
        self.opens
    }

    /// The close, in the window's zone.
    #[must_use]
    pub fn closes(&self) -> NaiveTime {
        self.closes
    }

    /// Whether messages go through at `now`.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        let time = now.with_timezone(&self.zone).time();
        if self.opens < self.closes {
            (self.opens..self.closes).contains(&time)
        } else {
            time >= self.opens || time < self.closes
        }
    }

    /// `now` when the window is open, else when it opens next.
    #[must_use]
    pub fn next_opening(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.is_open(now) {
            return now;
        }
        let today = now.with_timezone(&self.zone).date_naive();
        let opening = resolve(today, self.opens, self.zone);
        if opening > now {
            return opening;
        }
        resolve(today.checked_add_signed(TimeDelta::days(1)).unwrap_or(today), self.opens, self.zone)
    }
}

fn hours(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_edges_are_in_at_the_opening_and_out_at_the_close() {
        let window = SendWindow::kakao_brand_message();
        let at = |h, m, s| {
            resolve(
                chrono::NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(),
                NaiveTime::from_hms_opt(h, m, s).unwrap(),
                chrono_tz::Asia::Seoul,
            )
        };
        for (instant, open) in
            [(at(7, 59, 59), false), (at(8, 0, 0), true), (at(20, 49, 59), true), (at(20, 50, 0), false)]
        {
            assert_eq!(window.is_open(instant), open, "{instant}");
        }
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_never_before(seconds in 0i64..400_000_000, wrap in any::<bool>()) {
            let now = Utc.timestamp_opt(1_700_000_000 + seconds, 0).unwrap();
            let window = if wrap {
                SendWindow::new(hours(22, 0), hours(5, 0), chrono_tz::Europe::Berlin, "night", "a test")
            } else {
                SendWindow::statutory_day()
            };
            let opening = window.next_opening(now);
            prop_assert!(opening >= now && window.is_open(opening));
            prop_assert!(opening - now <= TimeDelta::hours(25));
        }
    }
}
