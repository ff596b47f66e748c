//! The lunar days that the decree names, as a table.
//!
//! The dates are those of the traditional Korean calendar, whose official source is the almanac (월력요항) of the Korea
//! Astronomy and Space Science Institute. The Chinese calendar differs on some of them.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

/// The years of the table.
pub(crate) const YEARS: RangeInclusive<i32> = 2013..=2050;

/// A lunar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lunar {
    /// 설날: the first day of the first month.
    NewYear = 0,
    /// 부처님 오신 날: the eighth day of the fourth month.
    Buddha = 1,
    /// 추석: the fifteenth day of the eighth month.
    Harvest = 2,
}

/// Month and day in the solar calendar of each of the three.
#[rustfmt::skip]
const TABLE: [[(u32, u32); 3]; 38] = [
    [(2, 10), (5, 17), (9, 19)], // 2013
    [(1, 31), (5, 6), (9, 8)], // 2014
    [(2, 19), (5, 25), (9, 27)], // 2015
    [(2, 8), (5, 14), (9, 15)], // 2016
    [(1, 28), (5, 3), (10, 4)], // 2017
    [(2, 16), (5, 22), (9, 24)], // 2018
    [(2, 5), (5, 12), (9, 13)], // 2019
    [(1, 25), (4, 30), (10, 1)], // 2020
    [(2, 12), (5, 19), (9, 21)], // 2021
    [(2, 1), (5, 8), (9, 10)], // 2022
    [(1, 22), (5, 27), (9, 29)], // 2023
    [(2, 10), (5, 15), (9, 17)], // 2024
    [(1, 29), (5, 5), (10, 6)], // 2025
    [(2, 17), (5, 24), (9, 25)], // 2026
    [(2, 7), (5, 13), (9, 15)], // 2027
    [(1, 27), (5, 2), (10, 3)], // 2028
    [(2, 13), (5, 20), (9, 22)], // 2029
    [(2, 3), (5, 9), (9, 12)], // 2030
    [(1, 23), (5, 28), (10, 1)], // 2031
    [(2, 11), (5, 16), (9, 19)], // 2032
    [(1, 31), (5, 6), (9, 8)], // 2033
    [(2, 19), (5, 25), (9, 27)], // 2034
    [(2, 8), (5, 15), (9, 16)], // 2035
    [(1, 28), (5, 3), (10, 4)], // 2036
    [(2, 15), (5, 22), (9, 24)], // 2037
    [(2, 4), (5, 11), (9, 13)], // 2038
    [(1, 24), (4, 30), (10, 2)], // 2039
    [(2, 12), (5, 18), (9, 21)], // 2040
    [(2, 1), (5, 7), (9, 10)], // 2041
    [(1, 22), (5, 26), (9, 28)], // 2042
    [(2, 10), (5, 16), (9, 17)], // 2043
    [(1, 30), (5, 5), (10, 5)], // 2044
    [(2, 17), (5, 24), (9, 25)], // 2045
    [(2, 6), (5, 13), (9, 15)], // 2046
    [(1, 26), (5, 2), (10, 4)], // 2047
    [(2, 14), (5, 20), (9, 22)], // 2048
    [(2, 2), (5, 9), (9, 11)], // 2049
    [(1, 23), (5, 28), (9, 30)], // 2050
];

/// The day of a solar year on which a lunar day falls; `None` outside [`YEARS`].
pub(crate) fn solar(year: i32, which: Lunar) -> Option<NaiveDate> {
    let row = usize::try_from(year.checked_sub(*YEARS.start())?).ok()?;
    let (month, day) = TABLE.get(row)?[which as usize];
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use icu_calendar::cal::{ChineseTraditional, KoreanTraditional};
    use icu_calendar::types::Month;
    use icu_calendar::{Calendar, Date, Iso};

    use super::*;

    /// The solar date of a lunar one by ICU4X, whose table for Korea claims agreement with the institute's.
    fn by_icu<C: Calendar + Copy>(calendar: C, year: i32, month: u8, day: u8) -> NaiveDate {
        use icu_calendar::types::YearInput;
        let date = Date::try_new(YearInput::from(year), Month::new(month), day, calendar).unwrap().to_calendar(Iso);
        NaiveDate::from_ymd_opt(
            date.year().extended_year(),
            u32::from(date.month().ordinal),
            u32::from(date.day_of_month().0),
        )
        .unwrap()
    }

    fn differences<C: Calendar + Copy>(calendar: C) -> Vec<(i32, Lunar)> {
        let days = [(Lunar::NewYear, 1, 1), (Lunar::Buddha, 4, 8), (Lunar::Harvest, 8, 15)];
        YEARS
            .flat_map(|year| days.map(|(which, month, day)| (year, which, month, day)))
            .filter(|(year, which, month, day)| solar(*year, *which) != Some(by_icu(calendar, *year, *month, *day)))
            .map(|(year, which, ..)| (year, which))
            .collect()
    }

    #[test]
    fn the_table_is_the_korean_calendar_s_and_not_the_chinese_one_s() {
        assert_eq!(differences(KoreanTraditional::new()), []);
        let chinese = differences(ChineseTraditional::new());
        for known in [(2023, Lunar::Buddha), (2027, Lunar::NewYear), (2028, Lunar::NewYear), (2040, Lunar::Harvest)] {
            assert!(chinese.contains(&known), "{known:?} differs, and the test sees it: {chinese:?}");
        }
    }

    #[test]
    fn other_years_are_not_known() {
        assert_eq!((solar(2012, Lunar::NewYear), solar(2051, Lunar::Harvest)), (None, None));
        assert_eq!(solar(2033, Lunar::Harvest), NaiveDate::from_ymd_opt(2033, 9, 8));
    }
}
