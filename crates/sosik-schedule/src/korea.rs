//! Korea's public holidays by the decree.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use crate::election::{ElectionKind, elections_by};
use crate::holiday::{Holiday, HolidayCalendar, HolidayKind};
use crate::lunar::{Lunar, YEARS, solar};
use crate::rule::{RuleInfo, SUBSTITUTES, day};

/// Korea's public holidays, computed from 관공서의 공휴일에 관한 규정 (Presidential Decree 36290, in force 2026-05-01).
///
/// Each rule carries the dates between which it holds: 대체공휴일 since 2013-11-05 with its extensions of 2021, 2023
/// and 2026; 제헌절 until 2007 and again from 2026; 노동절 from 2026.
/// Lunar days come from a table that agrees with the Korea Astronomy and Space Science Institute (KASI).
/// Elections at the end of a term follow from the law ([`regular_elections`](crate::regular_elections)).
/// Temporary holidays and other elections are proclaimed, not computed: those known when this release was made are in
/// [`new`](Self::new), later ones are added with [`with_day`](Self::with_day).
///
/// It knows 2013 to 2050, and no holiday outside these years.
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
    /// Every holiday, by date: looked up far more often than made.
    days: Arc<[Holiday]>,
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
    years: &'static [RangeInclusive<i32>],
}

const ALWAYS: &[RangeInclusive<i32>] = &[i32::MIN..=i32::MAX];

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
    day: Lunar,
    /// Days after that day of the lunar calendar.
    offset: i64,
    name: &'static str,
    item: Item,
}

const LUNAR: &[LunarDay] = &[
    LunarDay { day: Lunar::NewYear, offset: -1, name: "설날 전날", item: Item::Feast },
    LunarDay { day: Lunar::NewYear, offset: 0, name: "설날", item: Item::Feast },
    LunarDay { day: Lunar::NewYear, offset: 1, name: "설날 다음 날", item: Item::Feast },
    LunarDay { day: Lunar::Buddha, offset: 0, name: "부처님 오신 날", item: Item::Buddha },
    LunarDay { day: Lunar::Harvest, offset: -1, name: "추석 전날", item: Item::Feast },
    LunarDay { day: Lunar::Harvest, offset: 0, name: "추석", item: Item::Feast },
    LunarDay { day: Lunar::Harvest, offset: 1, name: "추석 다음 날", item: Item::Feast },
];

/// What article 3 gives a substitute for, while its rule holds.
struct Substitution {
    rule: &'static RuleInfo,
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
    Substitution { rule: SUBSTITUTES[0], weekend: &[Item::Children], sunday: &[Item::Feast] },
    Substitution { rule: SUBSTITUTES[1], weekend: &[Item::National, Item::Children], sunday: &[Item::Feast] },
    Substitution {
        rule: SUBSTITUTES[2],
        weekend: &[Item::National, Item::Buddha, Item::Children, Item::Christmas],
        sunday: &[Item::Feast],
    },
    Substitution {
        rule: SUBSTITUTES[3],
        weekend: &[Item::National, Item::Buddha, Item::Labour, Item::Children, Item::Christmas],
        sunday: &[Item::Feast],
    },
];

/// Temporary holidays (임시공휴일) proclaimed up to 2026-11.
const TEMPORARY: &[NaiveDate] = &[
    day(2015, 8, 14),
    day(2016, 5, 6),
    day(2017, 10, 2),
    day(2020, 8, 17),
    day(2023, 10, 2),
    day(2024, 10, 1),
    day(2025, 1, 27),
];

impl KoreanCalendar {
    /// The decree's holidays, with the days proclaimed up to 2026-11 and the elections that follow from the law.
    #[must_use]
    pub fn new() -> Self {
        static KNOWN: OnceLock<KoreanCalendar> = OnceLock::new();
        KNOWN.get_or_init(|| Self::bare().with_elections().with_days(&temporary())).clone()
    }

    fn bare() -> Self {
        Self { proclaimed: BTreeMap::new(), days: Arc::from([]) }
    }

    fn with_elections(mut self) -> Self {
        for year in YEARS {
            let regular = self.regular(year);
            for election in elections_by(year, &|date| regular.contains_key(&date)) {
                let name = match election.kind {
                    ElectionKind::President => "대통령 선거일",
                    ElectionKind::NationalAssembly => "국회의원 선거일",
                    _ => "지방선거일",
                };
                self.proclaimed.insert(election.day, (name.to_owned(), HolidayKind::Election));
            }
        }
        self
    }

    /// The calendar with a day that was proclaimed since: a temporary holiday or an election.
    #[must_use]
    pub fn with_day(self, date: NaiveDate, name: impl Into<String>, kind: HolidayKind) -> Self {
        self.with_days(&[Holiday::new(date, name, kind)])
    }

    /// The calendar with several days that were proclaimed since.
    #[must_use]
    pub fn with_days(mut self, days: &[Holiday]) -> Self {
        self.proclaimed.extend(days.iter().map(|day| (day.date, (day.name.clone(), day.kind))));
        self.days = YEARS.flat_map(|year| self.compute(year)).collect();
        self
    }

    /// Every holiday of a year, by date; two names on one day are one holiday.
    ///
    /// ```
    /// let calendar = sosik_schedule::KoreanCalendar::new();
    /// assert_eq!(calendar.year(2026).len(), 22);
    /// ```
    #[must_use]
    pub fn year(&self, year: i32) -> &[Holiday] {
        let from = self.days.partition_point(|holiday| holiday.date.year() < year);
        let to = self.days.partition_point(|holiday| holiday.date.year() <= year);
        &self.days[from..to]
    }

    fn compute(&self, year: i32) -> Vec<Holiday> {
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
            let date = solar(year, lunar.day).and_then(|day| day.checked_add_signed(TimeDelta::days(lunar.offset)));
            if let Some(date) = date {
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
        let place = self.days.binary_search_by_key(&date, |holiday| holiday.date).ok()?;
        self.days.get(place).cloned()
    }

    fn rests_on(&self, weekday: Weekday) -> bool {
        matches!(weekday, Weekday::Sat | Weekday::Sun)
    }

    fn years(&self) -> RangeInclusive<i32> {
        YEARS
    }
}

fn first(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN)
}

fn last(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn temporary() -> Vec<Holiday> {
    TEMPORARY.iter().map(|date| Holiday::new(*date, "임시공휴일", HolidayKind::Temporary)).collect()
}

/// The names of the holidays on `date` for which article 3 gives a substitute day.
fn owed_substitute(date: NaiveDate, found: &[(&'static str, Item, HolidayKind)]) -> Option<String> {
    let rule = SUBSTITUTIONS.iter().find(|substitution| substitution.rule.holds_on(date))?;
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
