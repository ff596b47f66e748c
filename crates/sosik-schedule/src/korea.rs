use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use icu_calendar::{Date, types::Month};

use crate::holiday::{Holiday, HolidayCalendar, HolidayKind};

/// Korea's public holidays, computed from 관공서의 공휴일에 관한 규정 (Presidential Decree 36290, in force 2026-05-01).
///
/// Each rule carries the dates between which it holds: 대체공휴일 since 2013-11-05 with its extensions of 2021, 2023
/// and 2026; 제헌절 until 2007 and again from 2026; 노동절 from 2026.
/// Lunar days come from the traditional Korean calendar of ICU4X, whose table agrees with the Korea Astronomy and
/// Space Science Institute (KASI) for 1900 to 2050.
/// Temporary holidays and elections are proclaimed, not computed: those known when this release was made are in
/// [`new`](Self::new), later ones are added with [`with_day`](Self::with_day).
///
/// Answers hold for 2013-11-05 to 2050-12-31. Outside these years the same rules are applied, without any promise.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_schedule::{HolidayCalendar, HolidayKind, KoreanCalendar};
///
/// let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
/// let calendar = KoreanCalendar::new().with_day(day, "임시공휴일", HolidayKind::Temporary);
/// assert!(calendar.holiday(day).is_some());
/// ```
#[derive(Clone, Debug)]
pub struct KoreanCalendar {
    proclaimed: BTreeMap<NaiveDate, (String, HolidayKind)>,
}

/// Items of article 2 of the decree, as far as they differ in what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// 2: 국경일.
    National,
    /// 3: 1 January.
    NewYear,
    /// 4 and 9: 설날 and 추석 with the days around them.
    Feast,
    /// 5: 부처님 오신 날.
    Buddha,
    /// 6: 노동절.
    Labour,
    /// 7: 어린이날.
    Children,
    /// 8: 현충일.
    Memorial,
    /// 10: 기독탄신일.
    Christmas,
}

struct FixedDay {
    month: u32,
    day: u32,
    name: &'static str,
    item: Item,
    /// The years in which it is a holiday.
    years: &'static [std::ops::RangeInclusive<i32>],
}

const ALWAYS: &[std::ops::RangeInclusive<i32>] = &[i32::MIN..=i32::MAX];

const FIXED: &[FixedDay] = &[
    FixedDay { month: 1, day: 1, name: "1월 1일", item: Item::NewYear, years: ALWAYS },
    FixedDay { month: 3, day: 1, name: "3·1절", item: Item::National, years: ALWAYS },
    FixedDay { month: 5, day: 1, name: "노동절", item: Item::Labour, years: &[2026..=i32::MAX] },
    FixedDay { month: 5, day: 5, name: "어린이날", item: Item::Children, years: ALWAYS },
    FixedDay { month: 6, day: 6, name: "현충일", item: Item::Memorial, years: ALWAYS },
    FixedDay { month: 7, day: 17, name: "제헌절", item: Item::National, years: &[i32::MIN..=2007, 2026..=i32::MAX] },
    FixedDay { month: 8, day: 15, name: "광복절", item: Item::National, years: ALWAYS },
    FixedDay { month: 10, day: 3, name: "개천절", item: Item::National, years: ALWAYS },
    FixedDay { month: 10, day: 9, name: "한글날", item: Item::National, years: &[i32::MIN..=1990, 2013..=i32::MAX] },
    FixedDay { month: 12, day: 25, name: "기독탄신일", item: Item::Christmas, years: ALWAYS },
];

struct LunarDay {
    month: u8,
    day: u8,
    /// Days after that day of the lunar calendar.
    offset: i64,
    name: &'static str,
    item: Item,
}

const LUNAR: &[LunarDay] = &[
    LunarDay { month: 1, day: 1, offset: -1, name: "설날 전날", item: Item::Feast },
    LunarDay { month: 1, day: 1, offset: 0, name: "설날", item: Item::Feast },
    LunarDay { month: 1, day: 1, offset: 1, name: "설날 다음 날", item: Item::Feast },
    LunarDay { month: 4, day: 8, offset: 0, name: "부처님 오신 날", item: Item::Buddha },
    LunarDay { month: 8, day: 15, offset: -1, name: "추석 전날", item: Item::Feast },
    LunarDay { month: 8, day: 15, offset: 0, name: "추석", item: Item::Feast },
    LunarDay { month: 8, day: 15, offset: 1, name: "추석 다음 날", item: Item::Feast },
];

/// What article 3 gives a substitute for, from a day on.
struct Substitution {
    from: (i32, u32, u32),
    /// Given when the holiday falls on Saturday or Sunday.
    weekend: &'static [Item],
    /// Given when it falls on Sunday only.
    sunday: &'static [Item],
}

impl Substitution {
    /// Given when it falls, on a weekday, on another holiday: the items of both lists.
    fn overlap(&self, item: Item) -> bool {
        self.weekend.contains(&item) || self.sunday.contains(&item)
    }
}

/// Article 3 in its four versions (sosik's sources: the decree's text of 2021 and 2026; for 2013 and 2023 secondary).
const SUBSTITUTIONS: &[Substitution] = &[
    Substitution { from: (2013, 11, 5), weekend: &[Item::Children], sunday: &[Item::Feast] },
    Substitution { from: (2021, 8, 4), weekend: &[Item::National, Item::Children], sunday: &[Item::Feast] },
    Substitution {
        from: (2023, 5, 4),
        weekend: &[Item::National, Item::Buddha, Item::Children, Item::Christmas],
        sunday: &[Item::Feast],
    },
    Substitution {
        from: (2026, 5, 1),
        weekend: &[Item::National, Item::Buddha, Item::Labour, Item::Children, Item::Christmas],
        sunday: &[Item::Feast],
    },
];

/// Days proclaimed up to 2026-11, and elections whose day follows from 공직선거법 articles 34 and 35.
const PROCLAIMED: &[(i32, u32, u32, &str, HolidayKind)] = &[
    (2014, 6, 4, "지방선거일", HolidayKind::Election),
    (2015, 8, 14, "임시공휴일", HolidayKind::Temporary),
    (2016, 4, 13, "국회의원 선거일", HolidayKind::Election),
    (2016, 5, 6, "임시공휴일", HolidayKind::Temporary),
    (2017, 5, 9, "대통령 선거일", HolidayKind::Election),
    (2017, 10, 2, "임시공휴일", HolidayKind::Temporary),
    (2018, 6, 13, "지방선거일", HolidayKind::Election),
    (2020, 4, 15, "국회의원 선거일", HolidayKind::Election),
    (2020, 8, 17, "임시공휴일", HolidayKind::Temporary),
    (2022, 3, 9, "대통령 선거일", HolidayKind::Election),
    (2022, 6, 1, "지방선거일", HolidayKind::Election),
    (2023, 10, 2, "임시공휴일", HolidayKind::Temporary),
    (2024, 4, 10, "국회의원 선거일", HolidayKind::Election),
    (2024, 10, 1, "임시공휴일", HolidayKind::Temporary),
    (2025, 1, 27, "임시공휴일", HolidayKind::Temporary),
    (2025, 6, 3, "대통령 선거일", HolidayKind::Election),
    (2026, 6, 3, "지방선거일", HolidayKind::Election),
    (2028, 4, 12, "국회의원 선거일", HolidayKind::Election),
    (2030, 3, 27, "대통령 선거일", HolidayKind::Election),
    (2030, 6, 12, "지방선거일", HolidayKind::Election),
    (2034, 5, 31, "지방선거일", HolidayKind::Election),
];

impl KoreanCalendar {
    /// The decree's holidays, with the days proclaimed up to 2026-11 and the elections that follow from the law.
    #[must_use]
    pub fn new() -> Self {
        let proclaimed = PROCLAIMED
            .iter()
            .filter_map(|(y, m, d, name, kind)| {
                Some((NaiveDate::from_ymd_opt(*y, *m, *d)?, ((*name).to_owned(), *kind)))
            })
            .collect();
        Self { proclaimed }
    }

    /// The calendar with a day that was proclaimed since: a temporary holiday or an election.
    #[must_use]
    pub fn with_day(mut self, date: NaiveDate, name: impl Into<String>, kind: HolidayKind) -> Self {
        self.proclaimed.insert(date, (name.into(), kind));
        self
    }

    /// Every holiday of a year, by date; two names on one day are one holiday.
    ///
    /// ```
    /// let names: Vec<_> = sosik_schedule::KoreanCalendar::new().year(2026).into_iter().map(|h| h.name).collect();
    /// assert_eq!(names.len(), 22);
    /// ```
    #[must_use]
    pub fn year(&self, year: i32) -> Vec<Holiday> {
        let days = self.regular(year);
        let mut out: BTreeMap<NaiveDate, Holiday> = BTreeMap::new();
        for (date, found) in &days {
            let mut names: Vec<&str> = found.iter().map(|(name, ..)| *name).collect();
            names.sort_unstable();
            let kind = found.iter().map(|(_, _, kind)| *kind).min().unwrap_or(HolidayKind::Fixed);
            out.insert(*date, Holiday::new(*date, names.join("/"), kind));
        }
        for (date, (name, kind)) in self.proclaimed.range(first(year)..=last(year)) {
            out.entry(*date).or_insert_with(|| Holiday::new(*date, name.as_str(), *kind));
        }
        for (date, found) in &days {
            let Some(owed) = owed_substitute(*date, found) else { continue };
            let mut day = *date;
            // Article 3: the next day that is no holiday; if that is a Saturday, the next after it.
            while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || out.contains_key(&day) {
                let Some(next) = day.checked_add_signed(TimeDelta::days(1)) else { break };
                day = next;
            }
            out.insert(day, Holiday::new(day, format!("대체공휴일({owed})"), HolidayKind::Substitute));
        }
        out.into_values().filter(|holiday| holiday.date.year() == year).collect()
    }

    #[expect(clippy::unused_self, reason = "the decree is the same for every instance; it reads as the calendar's own")]
    fn regular(&self, year: i32) -> BTreeMap<NaiveDate, Vec<(&'static str, Item, HolidayKind)>> {
        let mut days: BTreeMap<NaiveDate, Vec<(&'static str, Item, HolidayKind)>> = BTreeMap::new();
        for fixed in FIXED.iter().filter(|fixed| fixed.years.iter().any(|years| years.contains(&year))) {
            if let Some(date) = NaiveDate::from_ymd_opt(year, fixed.month, fixed.day) {
                days.entry(date).or_default().push((fixed.name, fixed.item, HolidayKind::Fixed));
            }
        }
        for lunar in LUNAR {
            if let Some(date) = solar(year, lunar) {
                days.entry(date).or_default().push((lunar.name, lunar.item, HolidayKind::Lunar));
            }
        }
        days
    }
}

impl Default for KoreanCalendar {
    fn default() -> Self {
        Self::new()
    }
}

impl HolidayCalendar for KoreanCalendar {
    fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        self.year(date.year()).into_iter().find(|holiday| holiday.date == date)
    }
}

fn first(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN)
}

fn last(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn solar(year: i32, lunar: &LunarDay) -> Option<NaiveDate> {
    let date = Date::try_new_korean_traditional(year, Month::new(lunar.month), lunar.day).ok()?;
    let iso = date.to_calendar(icu_calendar::Iso);
    let day = NaiveDate::from_ymd_opt(
        iso.year().extended_year(),
        u32::from(iso.month().ordinal),
        u32::from(iso.day_of_month().0),
    )?;
    day.checked_add_signed(TimeDelta::days(lunar.offset))
}

/// The names of the holidays on `date` for which article 3 gives a substitute day.
fn owed_substitute(date: NaiveDate, found: &[(&'static str, Item, HolidayKind)]) -> Option<String> {
    let rule = SUBSTITUTIONS
        .iter()
        .rev()
        .find(|rule| NaiveDate::from_ymd_opt(rule.from.0, rule.from.1, rule.from.2).is_some_and(|from| from <= date))?;
    let given = |item: Item| match date.weekday() {
        Weekday::Sat => rule.weekend.contains(&item),
        Weekday::Sun => rule.overlap(item),
        // Two on one weekday owe one substitute between them (practice: 5 May 2025 gave 6 May only).
        _ => found.len() > 1 && rule.overlap(item),
    };
    let mut names: Vec<&str> = found.iter().filter(|(_, item, _)| given(*item)).map(|(name, ..)| *name).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn the_hard_days_fall_where_the_decree_puts_them() {
        let calendar = KoreanCalendar::new();
        for (date, name) in [
            (day(2025, 5, 6), "대체공휴일(부처님 오신 날/어린이날)"),
            (day(2027, 5, 3), "대체공휴일(노동절)"),
            (day(2028, 10, 3), "개천절/추석"),
            (day(2028, 10, 5), "대체공휴일(개천절/추석)"),
            (day(2033, 9, 8), "추석"),
            (day(2036, 10, 6), "대체공휴일(개천절/추석 전날)"),
            (day(2036, 10, 7), "대체공휴일(추석 다음 날)"),
            (day(2044, 5, 5), "부처님 오신 날/어린이날"),
        ] {
            assert_eq!(calendar.holiday(date).map(|h| h.name).as_deref(), Some(name), "{date}");
        }
        assert!(calendar.holiday(day(2039, 10, 4)).is_some() && calendar.holiday(day(2039, 10, 5)).is_some());
        for none in [day(2025, 5, 7), day(2025, 7, 17), day(2025, 5, 1), day(2022, 5, 9), day(2028, 10, 6)] {
            assert_eq!(calendar.holiday(none), None, "{none}");
        }
    }

    #[test]
    fn korean_new_year_is_not_the_chinese_one() {
        // 2027: 7 February in Korea, 6 February in China.
        let calendar = KoreanCalendar::new();
        assert_eq!(calendar.holiday(day(2027, 2, 7)).unwrap().name, "설날");
    }
}
