use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// Its name, in the country's language; two names on one day are joined by `/`.
    pub name: String,
    /// What makes it one.
    pub kind: HolidayKind,
}

impl Holiday {
    /// A holiday.
    #[must_use]
    pub fn new(date: NaiveDate, name: impl Into<String>, kind: HolidayKind) -> Self {
        Self { date, name: name.into(), kind }
    }
}

/// What makes a day a public holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HolidayKind {
    /// A day of an election.
    Election,
    /// The same day each year.
    Fixed,
    /// A day of the lunar year.
    Lunar,
    /// A substitute (대체공휴일) for a holiday that fell on another day of rest.
    Substitute,
    /// Proclaimed for once (임시공휴일).
    Temporary,
}

/// A country's public holidays.
///
/// # Contract
///
/// 1. The answer depends on nothing but the date.
/// 2. Days of rest of the week (Saturday, Sunday) are not holidays by themselves.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{HolidayCalendar, KoreanCalendar};
///
/// let hangul_day = NaiveDate::from_ymd_opt(2026, 10, 9).unwrap();
/// assert_eq!(KoreanCalendar::new().holiday(hangul_day).unwrap().name, "한글날");
/// ```
pub trait HolidayCalendar: fmt::Debug + Send + Sync {
    /// The holiday on `date`, if it is one.
    fn holiday(&self, date: NaiveDate) -> Option<Holiday>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<C: HolidayCalendar + ?Sized> HolidayCalendar for $pointer<C> {
            fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
                (**self).holiday(date)
            }
        }
    )+};
}
forward!(Arc, Box);

/// Whether offices work on `date`: neither Saturday nor Sunday nor a holiday.
#[must_use]
pub fn is_working_day(calendar: &dyn HolidayCalendar, date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && calendar.holiday(date).is_none()
}

/// The last working day before `date`.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{KoreanCalendar, previous_working_day};
///
/// let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
/// let before = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
/// assert_eq!(previous_working_day(&KoreanCalendar::new(), new_year), before);
/// ```
#[must_use]
pub fn previous_working_day(calendar: &dyn HolidayCalendar, date: NaiveDate) -> NaiveDate {
    let mut day = date;
    // A calendar in which a whole year is holidays has no working day to give.
    for _ in 0..366 {
        let Some(before) = day.checked_sub_signed(TimeDelta::days(1)) else { break };
        day = before;
        if is_working_day(calendar, day) {
            break;
        }
    }
    day
}

/// Holidays given as plain data: for other countries, and for tests.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{Holiday, HolidayCalendar, HolidayKind, PlainCalendar};
///
/// let day = NaiveDate::from_ymd_opt(2026, 7, 4).unwrap();
/// let calendar = PlainCalendar::new([Holiday::new(day, "Independence Day", HolidayKind::Fixed)]);
/// assert!(calendar.holiday(day).is_some());
/// ```
#[derive(Clone, Debug, Default)]
pub struct PlainCalendar(BTreeMap<NaiveDate, Holiday>);

impl PlainCalendar {
    /// A calendar of these holidays; of two on one day the later one counts.
    #[must_use]
    pub fn new(holidays: impl IntoIterator<Item = Holiday>) -> Self {
        Self(holidays.into_iter().map(|holiday| (holiday.date, holiday)).collect())
    }
}

impl HolidayCalendar for PlainCalendar {
    fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        self.0.get(&date).cloned()
    }
}
