//! How often messages may go: caps, distances, and the history they look at.

use std::fmt;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::blackout::next_quarter;
use crate::civil::day_start;
use crate::class::ContentClass;

/// A message that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct PastSend {
    /// When.
    pub at: DateTime<Utc>,
    /// The nominal slot that it was sent for: by it a decision knows that it asks about the same one again.
    pub nominal: DateTime<Utc>,
    /// What it was about.
    pub content: Option<ContentClass>,
}

/// What went out before, as a plain value: of a channel, or to one recipient.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::History;
///
/// let friday = Utc.with_ymd_and_hms(2026, 11, 20, 6, 0, 0).unwrap();
/// let history = History::new().with_send(friday, friday);
/// assert_eq!(history.last(), Some(friday));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    sends: Vec<PastSend>,
}

impl History {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The history with a message that went out at an instant for a nominal slot.
    #[must_use]
    pub fn with_send(mut self, at: DateTime<Utc>, nominal: DateTime<Utc>) -> Self {
        self.add(PastSend { at, nominal, content: None });
        self
    }

    /// The history with a message about something.
    #[must_use]
    pub fn with_content(mut self, at: DateTime<Utc>, nominal: DateTime<Utc>, content: ContentClass) -> Self {
        self.add(PastSend { at, nominal, content: Some(content) });
        self
    }

    fn add(&mut self, send: PastSend) {
        let place = self.sends.partition_point(|kept| kept <= &send);
        self.sends.insert(place, send);
    }

    /// When the last message went out.
    #[must_use]
    pub fn last(&self) -> Option<DateTime<Utc>> {
        self.sends.last().map(|send| send.at)
    }

    /// What went out, by time.
    #[must_use]
    pub fn sends(&self) -> impl DoubleEndedIterator<Item = &PastSend> {
        self.sends.iter()
    }

    /// What went out within a span before or after an instant.
    fn near(&self, at: DateTime<Utc>, span: TimeDelta) -> impl Iterator<Item = &PastSend> {
        let edge = |span: TimeDelta| at.checked_add_signed(span).unwrap_or(at);
        let from = self.sends.partition_point(|send| send.at < edge(-span));
        let to = edge(span);
        self.sends[from..].iter().take_while(move |send| send.at <= to)
    }

    /// What went out for other slots than this one.
    pub(crate) fn others(&self, nominal: DateTime<Utc>) -> impl DoubleEndedIterator<Item = &PastSend> {
        self.sends.iter().filter(move |send| send.nominal != nominal)
    }
}

/// A span in which messages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// A day of the calendar.
    Day,
    /// A month of the calendar.
    Month,
    /// A quarter of the calendar.
    Quarter,
    /// The span before each instant.
    Rolling(TimeDelta),
    /// A week of the calendar, from Monday.
    Week,
}

impl Period {
    /// The first instant of the calendar's period after that in which an instant lies.
    fn next(self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let date = at.with_timezone(&zone).date_naive();
        let next = match self {
            Self::Rolling(span) => return at.checked_add_signed(span).unwrap_or(at),
            Self::Day => date.succ_opt(),
            Self::Week => date.checked_add_days(Days::new(7 - u64::from(date.weekday().num_days_from_monday()))),
            Self::Month if date.month() == 12 => NaiveDate::from_ymd_opt(date.year() + 1, 1, 1),
            Self::Month => NaiveDate::from_ymd_opt(date.year(), date.month() + 1, 1),
            Self::Quarter => Some(next_quarter(date)),
        };
        day_start(next.unwrap_or(date), zone)
    }

    /// A span that is no shorter than the period, wherever the clocks are changed.
    #[must_use]
    pub fn longest(self) -> TimeDelta {
        match self {
            Self::Rolling(span) => span,
            Self::Day => TimeDelta::hours(26),
            Self::Week => TimeDelta::days(8),
            Self::Month => TimeDelta::days(32),
            Self::Quarter => TimeDelta::days(93),
        }
    }

    /// What tells the calendar's period in which an instant lies from every other.
    fn name(self, at: DateTime<Utc>, zone: Tz) -> i32 {
        let date = at.with_timezone(&zone).date_naive();
        let days = date.num_days_from_ce();
        let months = date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0);
        match self {
            Self::Day | Self::Rolling(_) => days,
            // 1 January of the year 1 was a Monday.
            Self::Week => (days - 1).div_euclid(7),
            Self::Month => months,
            Self::Quarter => months.div_euclid(3),
        }
    }

    pub(crate) fn korean(self) -> String {
        match self {
            Self::Day => "하루".to_owned(),
            Self::Week => "한 주(월~일)".to_owned(),
            Self::Month => "한 달".to_owned(),
            Self::Quarter => "한 분기".to_owned(),
            Self::Rolling(span) => format!("최근 {}", korean_span(span)),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day => f.write_str("a day"),
            Self::Week => f.write_str("a week (Monday to Sunday)"),
            Self::Month => f.write_str("a month"),
            Self::Quarter => f.write_str("a quarter"),
            Self::Rolling(span) => write!(f, "any {}", english_span(*span)),
        }
    }
}

pub(crate) fn english_span(span: TimeDelta) -> String {
    let minutes = span.num_minutes();
    match (minutes % (24 * 60), minutes % 60) {
        (0, _) => format!("{} days", minutes / (24 * 60)),
        (_, 0) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

pub(crate) fn korean_span(span: TimeDelta) -> String {
    english_span(span).replace(" days", "일").replace(" hours", "시간").replace(" minutes", "분")
}

/// Whose messages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// All that the channel sends.
    Channel,
    /// All that one recipient gets.
    Recipient,
}

/// No more messages in a period than so many.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_schedule::{FrequencyCap, History, Period, Scope};
///
/// let weekly = FrequencyCap::new(Scope::Channel, 1, Period::Week);
/// let friday = Utc.with_ymd_and_hms(2026, 11, 20, 6, 0, 0).unwrap();
/// let history = History::new().with_send(friday, friday);
/// let saturday = friday + TimeDelta::days(1);
/// // Monday, 23 November, 00:00 in Seoul.
/// let monday = Utc.with_ymd_and_hms(2026, 11, 22, 15, 0, 0).unwrap();
/// assert_eq!(weekly.allows_from(&history, saturday, saturday, chrono_tz::Asia::Seoul), monday);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FrequencyCap {
    /// Whose messages are counted.
    pub scope: Scope,
    /// How many there may be.
    pub max: u32,
    /// In which period.
    pub period: Period,
}

impl FrequencyCap {
    /// A cap.
    #[must_use]
    pub fn new(scope: Scope, max: u32, period: Period) -> Self {
        Self { scope, max, period }
    }

    /// The first instant from `at` on at which one more message may go, for the slot `nominal`; that slot's own earlier
    /// messages do not count. A cap of none never lets one go: the answer is the end of time.
    #[must_use]
    pub fn allows_from(&self, history: &History, nominal: DateTime<Utc>, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let Some(more) = self.max.checked_sub(1) else { return DateTime::<Utc>::MAX_UTC };
        if let Period::Rolling(span) = self.period {
            // With `max` of them in the span, the one that leaves it first opens it again. Those later than `at` are
            // plans already made, and count.
            let leaves = |send: &PastSend| send.at.checked_add_signed(span).unwrap_or(at);
            let mut recent = history.others(nominal).rev().map(leaves).take_while(|leaves| *leaves > at);
            return recent.nth(more as usize).map_or(at, |leaves| leaves.max(at));
        }
        let mut at = at;
        loop {
            let inside = history.near(at, self.period.longest()).filter(|send| {
                send.nominal != nominal && self.period.name(send.at, zone) == self.period.name(at, zone)
            });
            if inside.count() <= more as usize {
                return at;
            }
            let ends = self.period.next(at, zone);
            if ends <= at {
                return at;
            }
            at = ends;
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    const SEOUL: Tz = chrono_tz::Asia::Seoul;

    fn at(hours: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hours)
    }

    #[test]
    fn a_rolling_cap_opens_when_the_oldest_leaves() {
        let cap = FrequencyCap::new(Scope::Recipient, 2, Period::Rolling(TimeDelta::days(7)));
        let history = History::new().with_send(at(10), at(10)).with_send(at(50), at(50));
        assert_eq!(cap.allows_from(&history, at(60), at(60), SEOUL), at(10 + 7 * 24));
        assert_eq!(cap.allows_from(&history, at(50), at(60), SEOUL), at(60), "the same slot again");
        let none = FrequencyCap::new(Scope::Channel, 0, Period::Day);
        assert_eq!(none.allows_from(&History::new(), at(0), at(0), SEOUL), DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn a_plan_of_next_week_does_not_count_in_this_one() {
        let (this, next) = (at(24 * 5), at(24 * 12));
        let history = History::new().with_send(next, next);
        let weekly = FrequencyCap::new(Scope::Channel, 1, Period::Week);
        assert_eq!(weekly.allows_from(&history, this, this, SEOUL), this);
        assert!(weekly.allows_from(&history, this, next, SEOUL) > next);
    }

    #[test]
    fn calendar_periods_end_in_the_zone() {
        // Thursday, 31 December 2026, 23:30 in Seoul.
        let eve = Utc.with_ymd_and_hms(2026, 12, 31, 14, 30, 0).unwrap();
        let midnight = Utc.with_ymd_and_hms(2026, 12, 31, 15, 0, 0).unwrap();
        for (period, next) in [
            (Period::Day, midnight),
            (Period::Month, midnight),
            (Period::Quarter, midnight),
            (Period::Week, midnight + TimeDelta::days(3)),
        ] {
            assert_eq!(period.next(eve, SEOUL), next, "{period}");
        }
    }

    proptest! {
        #[test]
        fn what_the_cap_allows_keeps_within_it(
            sends in prop::collection::vec(0i64..2_000, 0..20), ask in 0i64..2_000, max in 1u32..4, which in 0usize..4,
        ) {
            let period = [Period::Day, Period::Week, Period::Month, Period::Rolling(TimeDelta::hours(30))][which];
            let cap = FrequencyCap::new(Scope::Channel, max, period);
            let history = sends.iter().fold(History::new(), |history, hours| history.with_send(at(*hours), at(*hours)));
            let nominal = at(ask) + TimeDelta::minutes(1);
            let allowed = cap.allows_from(&history, nominal, nominal, SEOUL);
            prop_assert!(allowed >= nominal);
            prop_assert_eq!(cap.allows_from(&history, nominal, allowed, SEOUL), allowed);
            // Counted by hand: those that are in the period of the allowed instant, or in the span before it.
            let same = |hours: i64| match period {
                Period::Rolling(span) => at(hours) + span > allowed,
                _ => period.next(at(hours), SEOUL) == period.next(allowed, SEOUL),
            };
            let inside = sends.iter().filter(|hours| same(**hours)).count();
            prop_assert!(inside < max as usize, "{inside} of {max}");
        }
    }
}
