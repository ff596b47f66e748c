//! Which days someone asks about.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use sosik_content::extract::{self, Precision, extract};

use crate::text::dense;

/// Days in a row about which someone asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedDays {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
}

impl AskedDays {
    /// Days in a row.
    #[must_use]
    pub fn new(first: NaiveDate, last: NaiveDate) -> Self {
        Self { first, last: last.max(first) }
    }
}

/// Words for days, the longest first: how many days on from today the first is, or the weekday of which week, and how many.
const WORDS: [(&str, Said); 20] = [
    ("다다음주주말", Said::Weekend(2)),
    ("다음주주말", Said::Weekend(1)),
    ("이번주주말", Said::Weekend(0)),
    ("이번주말", Said::Weekend(0)),
    ("다음주말", Said::Weekend(1)),
    ("돌아오는주말", Said::Weekend(0)),
    ("요번주말", Said::Weekend(0)),
    ("담주말", Said::Weekend(1)),
    ("주말", Said::Weekend(0)),
    ("weekend", Said::Weekend(0)),
    ("오늘", Said::Day(0)),
    ("today", Said::Day(0)),
    ("내일모레", Said::Day(2)),
    ("내일", Said::Day(1)),
    ("낼", Said::Day(1)),
    ("tomorrow", Said::Day(1)),
    ("모레", Said::Day(2)),
    ("글피", Said::Day(3)),
    ("다음주", Said::Week(1)),
    ("이번달", Said::Month),
];

#[derive(Clone, Copy)]
enum Said {
    Day(u64),
    Weekend(u64),
    Week(u64),
    Month,
}

/// The days that a question names; today is by the city's clock.
pub(crate) fn asked(said: &str, today: NaiveDate) -> Option<AskedDays> {
    // A weekday or a day of a month says it more closely than a week does.
    if let Some(found) = weekday(said, today) {
        return Some(found);
    }
    let facts = extract(said, today);
    for day in &facts.days {
        if let extract::Days::Span { first: Some(first), last, precision: Precision::Day, .. } = &day.value {
            return Some(AskedDays::new(*first, last.unwrap_or(*first)));
        }
    }
    let text = dense(said);
    WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, said)| said.days(today))
}

impl Said {
    fn days(self, today: NaiveDate) -> AskedDays {
        let on = |day: NaiveDate, by: u64| day.checked_add_days(Days::new(by)).unwrap_or(day);
        let monday = today.week(Weekday::Mon).first_day();
        match self {
            Self::Day(by) => AskedDays::new(on(today, by), on(today, by)),
            // On a Sunday the weekend is that day.
            Self::Weekend(weeks) => {
                let saturday = on(monday, weeks * 7 + 5);
                AskedDays::new(saturday.max(today), on(saturday, 1))
            }
            Self::Week(weeks) => AskedDays::new(on(monday, weeks * 7), on(monday, weeks * 7 + 6)),
            Self::Month => {
                let next = today.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)));
                AskedDays::new(today, next.and_then(|next| next.pred_opt()).unwrap_or(today))
            }
        }
    }
}

/// A weekday of this week or the next: `이번 주 토요일`, `다음주 금욜`; without either the next that comes.
fn weekday(said: &str, today: NaiveDate) -> Option<AskedDays> {
    const DAYS: [(&str, Weekday); 7] = [
        ("월", Weekday::Mon),
        ("화", Weekday::Tue),
        ("수", Weekday::Wed),
        ("목", Weekday::Thu),
        ("금", Weekday::Fri),
        ("토", Weekday::Sat),
        ("일", Weekday::Sun),
    ];
    let text = dense(said);
    let is_named =
        |letter: &str| [format!("{letter}요일"), format!("{letter}욜")].iter().any(|form| text.contains(form));
    let (_, weekday) = DAYS.iter().find(|(letter, _)| is_named(letter))?;
    let monday = today.week(Weekday::Mon).first_day();
    let offset = u64::from(weekday.num_days_from_monday());
    let day = if text.contains("다음주") || text.contains("담주") {
        monday + Days::new(7 + offset)
    } else {
        let this = monday + Days::new(offset);
        if this < today { this + Days::new(7) } else { this }
    };
    Some(AskedDays::new(day, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_that_a_citizen_means() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // A Friday.
        let friday = day("2026-11-27");
        for (said, first, last) in [
            ("이번 주말 행사", "2026-11-28", "2026-11-29"),
            ("주말에 뭐해?", "2026-11-28", "2026-11-29"),
            ("다음 주말", "2026-12-05", "2026-12-06"),
            ("오늘 뭐 있어요", "2026-11-27", "2026-11-27"),
            ("낼 행사", "2026-11-28", "2026-11-28"),
            ("이번주 토욜", "2026-11-28", "2026-11-28"),
            ("다음주 수요일", "2026-12-02", "2026-12-02"),
            ("목요일", "2026-12-03", "2026-12-03"),
            ("12월 5일에 뭐하나요", "2026-12-05", "2026-12-05"),
            ("12월 5일부터 7일까지", "2026-12-05", "2026-12-07"),
            ("다음 주 행사", "2026-11-30", "2026-12-06"),
            ("이번 달 행사", "2026-11-27", "2026-11-30"),
        ] {
            let found = asked(said, friday);
            assert_eq!(found, Some(AskedDays::new(day(first), day(last))), "{said}");
        }
        let sunday = asked("주말 행사", day("2026-11-29")).unwrap();
        assert_eq!((sunday.first, sunday.last), (day("2026-11-29"), day("2026-11-29")));
        assert_eq!(asked("축제 소식", friday), None);
    }
}
