//! The port to a country's public holidays.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};

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
/// 1. The answers depend on nothing but the arguments.
/// 2. Days of rest of the week, such as Sunday, are not holidays by themselves: [`rests_on`](Self::rests_on) names them.
/// 3. [`years`](Self::years) are the years for which the answers are complete. Outside them nothing is promised, and
///    decisions say so.
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

    /// Whether offices rest on every such day of the week.
    fn rests_on(&self, weekday: Weekday) -> bool;

    /// The years for which the holidays are known.
    fn years(&self) -> RangeInclusive<i32>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<C: HolidayCalendar + ?Sized> HolidayCalendar for $pointer<C> {
            fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
                (**self).holiday(date)
            }
            fn rests_on(&self, weekday: Weekday) -> bool {
                (**self).rests_on(weekday)
            }
            fn years(&self) -> RangeInclusive<i32> {
                (**self).years()
            }
        }
    )+};
}
forward!(Arc, Box);

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainCalendar {
    holidays: BTreeMap<NaiveDate, Holiday>,
    rest: Vec<Weekday>,
    years: RangeInclusive<i32>,
}

impl PlainCalendar {
    /// A calendar of these holidays, with rest on Saturday and Sunday; of two on one day the later one counts.
    ///
    /// It knows the years from its first to its last holiday, unless [`with_years`](Self::with_years) says otherwise.
    #[must_use]
    pub fn new(holidays: impl IntoIterator<Item = Holiday>) -> Self {
        let holidays: BTreeMap<NaiveDate, Holiday> =
            holidays.into_iter().map(|holiday| (holiday.date, holiday)).collect();
        let year = |date: Option<&NaiveDate>| date.map_or(1970, Datelike::year);
        let years = year(holidays.keys().next())..=year(holidays.keys().next_back());
        Self { holidays, rest: vec![Weekday::Sat, Weekday::Sun], years }
    }

    /// The calendar with other days of rest in each week, such as Friday and Saturday.
    #[must_use]
    pub fn with_rest_on(mut self, weekdays: impl IntoIterator<Item = Weekday>) -> Self {
        self.rest = weekdays.into_iter().collect();
        self
    }

    /// The calendar with the years that it knows completely.
    #[must_use]
    pub fn with_years(mut self, years: RangeInclusive<i32>) -> Self {
        self.years = years;
        self
    }

    /// Every holiday, by date.
    pub fn holidays(&self) -> impl Iterator<Item = &Holiday> {
        self.holidays.values()
    }
}

impl HolidayCalendar for PlainCalendar {
    fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        self.holidays.get(&date).cloned()
    }

    fn rests_on(&self, weekday: Weekday) -> bool {
        self.rest.contains(&weekday)
    }

    fn years(&self) -> RangeInclusive<i32> {
        self.years.clone()
    }
}
