//! Working days, and how a date that is none moves to one.

use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::holiday::HolidayCalendar;

/// Where a date goes that is no working day: the roll conventions of ISDA and of every bank's calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Roll {
    /// To the next working day.
    Following,
    /// To the next working day, but to the one before when that lies in another month.
    ModifiedFollowing,
    /// To the working day before, but to the next one when that lies in another month.
    ModifiedPreceding,
    /// It stays.
    None,
    /// To the working day before, as a city's Friday news does.
    #[default]
    Preceding,
}

impl Roll {
    /// Every convention.
    pub const ALL: [Self; 5] =
        [Self::Following, Self::ModifiedFollowing, Self::ModifiedPreceding, Self::None, Self::Preceding];

    /// Its name in policy files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::ModifiedFollowing => "modified-following",
            Self::ModifiedPreceding => "modified-preceding",
            Self::None => "none",
            Self::Preceding => "preceding",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|roll| roll.code() == code)
    }

    /// Where a date goes.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use sosik_schedule::{KoreanCalendar, Roll};
    ///
    /// let calendar = KoreanCalendar::new();
    /// let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    /// assert_eq!(Roll::Preceding.apply(&calendar, new_year).to_string(), "2026-12-31");
    /// assert_eq!(Roll::ModifiedPreceding.apply(&calendar, new_year).to_string(), "2027-01-04");
    /// ```
    #[must_use]
    pub fn apply(self, calendar: &dyn HolidayCalendar, date: NaiveDate) -> NaiveDate {
        if self == Self::None || is_working_day(calendar, date) {
            return date;
        }
        let (before, after) = (|| previous_working_day(calendar, date), || next_working_day(calendar, date));
        let within = |moved: NaiveDate| moved.month0() == date.month0() && moved.year() == date.year();
        match self {
            Self::None => date,
            Self::Following => after(),
            Self::Preceding => before(),
            Self::ModifiedFollowing => Some(after()).filter(|day| within(*day)).unwrap_or_else(before),
            Self::ModifiedPreceding => Some(before()).filter(|day| within(*day)).unwrap_or_else(after),
        }
    }
}

/// Whether offices work on `date`: neither a day of rest of the week nor a holiday.
#[must_use]
pub fn is_working_day(calendar: &dyn HolidayCalendar, date: NaiveDate) -> bool {
    !calendar.rests_on(date.weekday()) && calendar.holiday(date).is_none()
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
    add_working_days(calendar, date, -1)
}

/// The first working day after `date`.
#[must_use]
pub fn next_working_day(calendar: &dyn HolidayCalendar, date: NaiveDate) -> NaiveDate {
    add_working_days(calendar, date, 1)
}

/// The date so many working days after `date`, or before it for a negative number. Zero gives the date itself.
///
/// A calendar that has no working day for a year ends the search there.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{KoreanCalendar, add_working_days};
///
/// // 추석 2026: from Wednesday the next working day is Monday.
/// let eve = NaiveDate::from_ymd_opt(2026, 9, 23).unwrap();
/// assert_eq!(add_working_days(&KoreanCalendar::new(), eve, 1).to_string(), "2026-09-28");
/// ```
#[must_use]
pub fn add_working_days(calendar: &dyn HolidayCalendar, date: NaiveDate, days: i32) -> NaiveDate {
    let step = TimeDelta::days(if days < 0 { -1 } else { 1 });
    let mut found = date;
    for _ in 0..days.unsigned_abs() {
        for _ in 0..366 {
            let Some(next) = found.checked_add_signed(step) else { return found };
            found = next;
            if is_working_day(calendar, found) {
                break;
            }
        }
    }
    found
}

/// How many working days there are from `from` up to, not including, `to`; 0 when `to` is not after it.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{KoreanCalendar, working_days_between};
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// assert_eq!(working_days_between(&KoreanCalendar::new(), day(9, 21), day(9, 28)), 3);
/// ```
#[must_use]
pub fn working_days_between(calendar: &dyn HolidayCalendar, from: NaiveDate, to: NaiveDate) -> u32 {
    let days = from.iter_days().take_while(|date| *date < to).filter(|date| is_working_day(calendar, *date)).count();
    u32::try_from(days).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::KoreanCalendar;

    fn date(days: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2013, 1, 1).unwrap() + TimeDelta::days(days)
    }

    #[test]
    fn the_ends_of_months_keep_to_their_month_when_modified() {
        let calendar = KoreanCalendar::new();
        let at = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        // Saturday, 31 October 2026; Sunday, 1 March 2026 with its substitute on Monday.
        assert_eq!(Roll::Following.apply(&calendar, at(2026, 10, 31)), at(2026, 11, 2));
        assert_eq!(Roll::ModifiedFollowing.apply(&calendar, at(2026, 10, 31)), at(2026, 10, 30));
        assert_eq!(Roll::Preceding.apply(&calendar, at(2026, 3, 1)), at(2026, 2, 27));
        assert_eq!(Roll::ModifiedPreceding.apply(&calendar, at(2026, 3, 1)), at(2026, 3, 3));
        assert_eq!(Roll::None.apply(&calendar, at(2026, 3, 1)), at(2026, 3, 1));
        for roll in Roll::ALL {
            assert_eq!(Roll::from_code(roll.code()), Some(roll));
        }
    }

    proptest! {
        #[test]
        fn a_rolled_date_is_a_working_day_and_rolls_no_further(days in 0i64..13_800, which in 0usize..5) {
            let (calendar, roll) = (KoreanCalendar::new(), Roll::ALL[which]);
            let moved = roll.apply(&calendar, date(days));
            if roll != Roll::None {
                prop_assert!(is_working_day(&calendar, moved));
            }
            prop_assert_eq!(roll.apply(&calendar, moved), moved);
            prop_assert!((moved - date(days)).num_days().abs() <= 10);
        }

        #[test]
        fn adding_and_taking_away_working_days_comes_back(days in 40i64..13_700, n in 1i32..20) {
            let calendar = KoreanCalendar::new();
            let from = Roll::Following.apply(&calendar, date(days));
            let there = add_working_days(&calendar, from, n);
            prop_assert_eq!(add_working_days(&calendar, there, -n), from);
            prop_assert_eq!(working_days_between(&calendar, from, there), n.unsigned_abs());
        }
    }
}
