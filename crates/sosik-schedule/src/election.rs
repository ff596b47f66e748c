//! Elections: their days by law, and the days before them that bind a city's messages.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use crate::holiday::{HolidayCalendar, HolidayKind};
use crate::rule::day;

/// An election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Election {
    /// The day of the vote.
    pub day: NaiveDate,
    /// Who is elected.
    pub kind: ElectionKind,
}

/// Who is elected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ElectionKind {
    /// An election between terms (재보궐선거), of no concern to the city's own head.
    By,
    /// An election between terms of the city's own head (보궐선거): binds as the regular one does.
    ByOfHead,
    /// Local governments (지방선거), with the city's own head.
    Local,
    /// The National Assembly (국회의원선거).
    NationalAssembly,
    /// The president (대통령선거).
    President,
}

impl ElectionKind {
    /// Whether the city's own head is elected, which article 86(5) is about.
    #[must_use]
    pub fn elects_head(self) -> bool {
        matches!(self, Self::ByOfHead | Self::Local)
    }

    /// Its name, in Korean.
    #[must_use]
    pub fn korean(self) -> &'static str {
        match self {
            Self::By => "재보궐선거",
            Self::ByOfHead => "지방자치단체장 보궐선거",
            Self::Local => "지방선거",
            Self::NationalAssembly => "국회의원선거",
            Self::President => "대통령선거",
        }
    }
}

impl Election {
    /// An election on a day.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use sosik_schedule::{Election, ElectionKind};
    ///
    /// let election = Election::new(NaiveDate::from_ymd_opt(2030, 6, 12).unwrap(), ElectionKind::Local);
    /// assert_eq!(election.last_days(180).start().to_string(), "2029-12-14");
    /// ```
    #[must_use]
    pub fn new(day: NaiveDate, kind: ElectionKind) -> Self {
        Self { day, kind }
    }

    /// The days from so many days before the election to its day: plain subtraction.
    #[must_use]
    pub fn last_days(&self, days: u16) -> RangeInclusive<NaiveDate> {
        self.day.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(self.day)..=self.day
    }
}

/// A term that ends on the same day every so many years, and the election before its end.
struct Term {
    kind: ElectionKind,
    /// The first end of a term that the rule is applied to.
    first: i32,
    every: i32,
    end: (u32, u32),
    /// The election is on the first Wednesday this many days before the end or later (공직선거법 34조).
    before: i64,
}

const TERMS: [Term; 3] = [
    Term { kind: ElectionKind::NationalAssembly, first: 2016, every: 4, end: (5, 29), before: 50 },
    Term { kind: ElectionKind::Local, first: 2014, every: 4, end: (6, 30), before: 30 },
    // The term that began after the election of 2025-06-03.
    Term { kind: ElectionKind::President, first: 2030, every: 5, end: (6, 3), before: 70 },
];

/// Elections that did not follow from the end of a term, and those before the table's rules.
const HELD: [Election; 3] = [
    Election { day: day(2017, 5, 9), kind: ElectionKind::President },
    Election { day: day(2022, 3, 9), kind: ElectionKind::President },
    Election { day: day(2025, 6, 3), kind: ElectionKind::President },
];

/// The elections of a year: those held, and those that follow from the ends of terms (공직선거법 articles 34 and 35).
///
/// The day is the first Wednesday at 70 (president), 50 (National Assembly) or 30 days (local) before the end of the
/// term or later, and a week later when that day, its eve or its morrow is a holiday by `calendar`.
/// A dissolution, a vacancy or a by-election is proclaimed, not computed: add it where it matters.
///
/// ```
/// use sosik_schedule::{KoreanCalendar, regular_elections};
///
/// // 5 June 2030 is the first Wednesday; 6 June is a holiday, so it moves by a week.
/// let local = regular_elections(2030, &KoreanCalendar::new()).into_iter().find(|e| e.kind.elects_head()).unwrap();
/// assert_eq!(local.day.to_string(), "2030-06-12");
/// ```
#[must_use]
pub fn regular_elections(year: i32, calendar: &dyn HolidayCalendar) -> Vec<Election> {
    // Election days are holidays themselves; they do not move each other.
    let is_holiday = |date| calendar.holiday(date).is_some_and(|holiday| holiday.kind != HolidayKind::Election);
    let mut elections = elections_by(year, &is_holiday);
    elections.sort();
    elections
}

/// The election of a term, by what is a holiday without elections.
pub(crate) fn elections_by(year: i32, is_holiday: &dyn Fn(NaiveDate) -> bool) -> Vec<Election> {
    let terms = TERMS.iter().filter(|term| year >= term.first && (year - term.first) % term.every == 0);
    let computed = terms.filter_map(|term| by_term(year, term, is_holiday));
    HELD.into_iter().filter(|election| election.day.year() == year).chain(computed).collect()
}

fn by_term(year: i32, term: &Term, is_holiday: &dyn Fn(NaiveDate) -> bool) -> Option<Election> {
    let end = NaiveDate::from_ymd_opt(year, term.end.0, term.end.1)?;
    let earliest = end.checked_sub_signed(TimeDelta::days(term.before))?;
    let ahead = Weekday::Wed.days_since(earliest.weekday());
    let mut date = earliest.checked_add_signed(TimeDelta::days(ahead.into()))?;
    let near = [date.pred_opt()?, date, date.succ_opt()?];
    if near.into_iter().any(is_holiday) {
        date = date.checked_add_signed(TimeDelta::days(7))?;
    }
    Some(Election::new(date, term.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KoreanCalendar;

    #[test]
    fn the_law_gives_the_days_that_were_and_that_are_known_to_come() {
        let calendar = KoreanCalendar::new();
        let days = |kind| -> Vec<String> {
            let all = (2013..=2036).flat_map(|year| regular_elections(year, &calendar));
            all.filter(|election| election.kind == kind).map(|election| election.day.to_string()).collect()
        };
        assert_eq!(
            days(ElectionKind::Local),
            ["2014-06-04", "2018-06-13", "2022-06-01", "2026-06-03", "2030-06-12", "2034-05-31"]
        );
        assert_eq!(
            days(ElectionKind::NationalAssembly),
            ["2016-04-13", "2020-04-15", "2024-04-10", "2028-04-12", "2032-04-14", "2036-04-09"]
        );
        assert_eq!(days(ElectionKind::President)[..4], ["2017-05-09", "2022-03-09", "2025-06-03", "2030-03-27"]);
    }

    #[test]
    fn the_windows_are_plain_subtraction() {
        let local = Election::new(day(2030, 6, 12), ElectionKind::Local);
        for (days, first) in
            [(180, day(2029, 12, 14)), (120, day(2030, 2, 12)), (90, day(2030, 3, 14)), (60, day(2030, 4, 13))]
        {
            assert_eq!(local.last_days(days), first..=day(2030, 6, 12));
        }
    }
}
