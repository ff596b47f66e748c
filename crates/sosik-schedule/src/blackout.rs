//! Days on which some messages do not go: elections, mourning, and what a city decides itself.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::civil::day_start;
use crate::class::{ContentClass, MessageClass};
use crate::election::Election;

/// A span of days on which messages of some classes do not go.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{Blackout, MessageClass};
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
/// let mourning = Blackout::new("mourning", day(3)..=day(5), "국가애도기간", "national mourning", "the city's decision of 2026-12-02");
/// assert!(mourning.covers(MessageClass::Advertising, day(5)));
/// assert!(!mourning.covers(MessageClass::EmergencySafety, day(5)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blackout {
    /// Its stable name.
    pub code: Cow<'static, str>,
    /// Its first and last day.
    pub days: RangeInclusive<NaiveDate>,
    /// What it is, in Korean.
    pub korean: Cow<'static, str>,
    /// What it is, in English.
    pub english: Cow<'static, str>,
    /// Who decided it, or which law.
    pub source: Cow<'static, str>,
    /// Which messages it stops.
    pub classes: Vec<MessageClass>,
}

impl Blackout {
    /// A blackout of everything but emergencies.
    #[must_use]
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        days: RangeInclusive<NaiveDate>,
        korean: impl Into<Cow<'static, str>>,
        english: impl Into<Cow<'static, str>>,
        source: impl Into<Cow<'static, str>>,
    ) -> Self {
        let classes = vec![MessageClass::Advertising, MessageClass::Informational];
        let (code, korean, english, source) = (code.into(), korean.into(), english.into(), source.into());
        Self { code, days, korean, english, source, classes }
    }

    /// The blackout of these classes only.
    #[must_use]
    pub fn with_classes(mut self, classes: impl IntoIterator<Item = MessageClass>) -> Self {
        self.classes = classes.into_iter().collect();
        self
    }

    /// Whether it stops a message of a class on a day.
    #[must_use]
    pub fn covers(&self, class: MessageClass, date: NaiveDate) -> bool {
        self.classes.contains(&class) && self.days.contains(&date)
    }

    /// The first instant after it.
    pub(crate) fn ends(&self, zone: Tz) -> DateTime<Utc> {
        after(*self.days.end(), zone)
    }
}

/// The first instant of the day after a date.
pub(crate) fn after(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    day_start(date.succ_opt().unwrap_or(date), zone)
}

/// Whether content may go in the 180 days before the election of the local government's head (공직선거법 86⑤ with its
/// exceptions, 공직선거관리규칙 47④).
pub(crate) fn permitted_before_own_election(content: ContentClass) -> bool {
    content != ContentClass::Publicity
}

/// Whether content may go in the 60 days before any election (공직선거법 86②): events may not be announced.
pub(crate) fn permitted_before_any_election(content: ContentClass) -> bool {
    content != ContentClass::EventNotice
}

/// Days before an election on which publicity stops (86⑤) and on which events stop (86②).
pub(crate) const PUBLICITY_DAYS: u16 = 180;
/// See [`PUBLICITY_DAYS`].
pub(crate) const EVENT_DAYS: u16 = 60;

/// The election whose window of so many days a date lies in.
pub(crate) fn in_window(elections: &[Election], days: u16, own: bool, date: NaiveDate) -> Option<&Election> {
    elections
        .iter()
        .filter(|election| !own || election.kind.elects_head())
        .find(|election| election.last_days(days).contains(&date))
}

/// The first day of the quarter after that of a date.
pub(crate) fn next_quarter(date: NaiveDate) -> NaiveDate {
    let (year, quarter) = (date.year(), date.month0() / 3);
    let first = if quarter == 3 {
        NaiveDate::from_ymd_opt(year + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(year, quarter * 3 + 4, 1)
    };
    first.unwrap_or(date)
}
