//! Days: `11. 28.(토)`, `오는 12월 5일`, `9월 26일부터 28일까지`, `매주 금요일`, `~12.31까지`.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::scan::{DASHES, after, before, dash_before};
use super::{Confidence, Found, Sentence};

mod atom;
mod resolve;

use atom::{Atom, Shape};

/// How exactly days are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month: the days are its first and its last.
    Month,
}

/// The days that a text speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Days {
    /// A day or days in a row.
    #[non_exhaustive]
    Span {
        /// The first; nothing where only the last is said (`까지`).
        first: Option<NaiveDate>,
        /// The last; nothing where only the first is said (`부터`).
        last: Option<NaiveDate>,
        /// To the day, or to the month.
        precision: Precision,
        /// The weekday that the text gives to the first of the two that it names; it may be wrong.
        weekday: Option<Weekday>,
    },
    /// The same weekdays each week.
    #[non_exhaustive]
    Weekly {
        /// Which, in the text's order.
        weekdays: Vec<Weekday>,
    },
}

impl Days {
    /// The last day that is named: the end, or the beginning where no end is.
    #[must_use]
    pub fn last(&self) -> Option<NaiveDate> {
        match self {
            Self::Span { first, last, .. } => last.or(*first),
            Self::Weekly { .. } => None,
        }
    }

    /// The first day that is named: the beginning, or the end where no beginning is.
    #[must_use]
    pub fn first(&self) -> Option<NaiveDate> {
        match self {
            Self::Span { first, last, .. } => first.or(*last),
            Self::Weekly { .. } => None,
        }
    }

    /// Whether only an end is said: a deadline, `까지`.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self, Self::Span { first: None, last: Some(_), .. })
    }

    /// Whether only a beginning is said: `부터`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Span { first: Some(_), last: None, .. })
    }
}

impl fmt::Display for Days {
    /// As ISO 8601 writes spans: `2026-11-28`, `2026-11-28/2026-12-05`, `/2026-12-31`, `2026-11-28/`, `2026-12`; and
    /// `weekly FRI`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span { first, last, precision, .. } => {
                let one = |day: &NaiveDate| match precision {
                    Precision::Day => day.to_string(),
                    Precision::Month => day.format("%Y-%m").to_string(),
                };
                match (first, last) {
                    (Some(first), Some(last)) if one(first) == one(last) => f.write_str(&one(first)),
                    (first, last) => {
                        let end = |day: &Option<NaiveDate>| day.as_ref().map(one).unwrap_or_default();
                        write!(f, "{}/{}", end(first), end(last))
                    }
                }
            }
            Self::Weekly { weekdays } => {
                let names: Vec<String> = weekdays.iter().map(|day| day.to_string().to_uppercase()).collect();
                write!(f, "weekly {}", names.join(","))
            }
        }
    }
}

/// The days in a sentence of a text that was published on a day.
pub(crate) fn days(sentence: &Sentence<'_>, published: NaiveDate) -> Vec<Found<Days>> {
    let text = sentence.text;
    let atoms = atom::atoms(text, published);
    let mut out = Vec::new();
    let (mut known, is_past): (Option<NaiveDate>, bool) = (None, sentence.is_past());
    let mut at = 0;
    while at < atoms.len() {
        let first = &atoms[at];
        at += 1;
        if let Shape::Weekly(weekdays) = &first.shape {
            out.push(sentence.found(
                Days::Weekly { weekdays: weekdays.clone() },
                first.start..first.end,
                Confidence::Stated,
            ));
            continue;
        }
        let second = atoms
            .get(at)
            .filter(|next| !matches!(next.shape, Shape::Weekly(_)) && atom::joins(&text[first.end..next.start]));
        let is_until = !first.is_range_start
            && second.is_none()
            && (text[first.end..].trim_start().starts_with("까지")
                || atom::ends_after_time(&text[first.end..])
                || dash_before(text, first.start));
        let anchor = resolve::Anchor { published, known, is_past, is_until };
        let Some((day, sure)) = resolve::first(first, &anchor) else { continue };
        if second.is_none() && is_attribution(sentence, first, day, published, is_past) {
            continue;
        }
        known = Some(day);
        let (days, end, sure) = match second.and_then(|next| Some((next, resolve::last(next, first, day, published)?)))
        {
            Some((next, (last, sure_last))) => {
                at += 1;
                known = Some(last);
                let days = span(Some((first, day)), Some((next, last)));
                (days, next.end, sure && sure_last)
            }
            None if is_until => (span(None, Some((first, day))), first.end, sure),
            None if is_from(text, first) => match atom::lasting(&text[first.end..]).filter(|_| !first.is_month()) {
                // `12일부터 이틀에 걸쳐`: the end is counted.
                Some((days, length)) => {
                    let last = day.checked_add_days(chrono::Days::new(days.saturating_sub(1))).unwrap_or(day);
                    (span(Some((first, day)), Some((first, last))), first.end + length, sure)
                }
                None => (span(Some((first, day)), None), first.end, sure),
            },
            None => (span(Some((first, day)), Some((first, day))), first.end, sure),
        };
        let confidence = if sure { Confidence::Stated } else { Confidence::Likely };
        out.push(sentence.found(days, first.start..end, confidence));
    }
    out
}

/// A day on which someone says something: `27일 밝혔다`, `27일 나주시에 따르면`.
fn is_attribution(sentence: &Sentence<'_>, atom: &Atom, day: NaiveDate, published: NaiveDate, is_past: bool) -> bool {
    if !matches!(atom.shape, Shape::Day { .. }) || atom.lead.is_some() {
        return false;
    }
    let after = sentence.text[atom.end..].trim_start();
    let said = ["밝혔", "밝힌", "전했", "말했", "설명했", "강조했", "발표했", "알렸", "당부했"];
    let according = after.find("에 따르면").is_some_and(|to| after[..to].chars().count() <= 20);
    let until = after.starts_with("부터") || after.starts_with("까지");
    said.iter().any(|word| after.starts_with(word))
        || according
        || day == published && !until && sentence.is_said() && !is_past
}

/// Whether something goes on from a day: `부터`, `12.5.~`.
fn is_from(text: &str, atom: &Atom) -> bool {
    let rest = text[atom.end..].trim_start();
    let dash = rest.strip_prefix(&DASHES[..4]).map(str::trim_start);
    rest.starts_with("부터") || dash.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit()))
}

fn span(first: Option<(&Atom, NaiveDate)>, last: Option<(&Atom, NaiveDate)>) -> Days {
    let is_month = |end: &Option<(&Atom, NaiveDate)>| end.is_some_and(|(atom, _)| atom.is_month());
    let precision = if is_month(&first) || is_month(&last) { Precision::Month } else { Precision::Day };
    let last_day = |(atom, day): (&Atom, NaiveDate)| {
        let next = atom.is_month().then(|| day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()).flatten();
        next.unwrap_or(day)
    };
    let weekday = first.or(last).and_then(|(atom, _)| atom.weekday);
    Days::Span { first: first.map(|(_, day)| day), last: last.map(last_day), precision, weekday }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let published = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        days(&Sentence { text, start: 0 }, published).iter().map(|days| days.value.to_string()).collect()
    }

    #[test]
    fn days_are_read_however_they_are_written() {
        for (text, expected) in [
            ("11. 28.(토) 14:00~16:00", &["2026-11-28"][..]),
            ("오는 12월 5일", &["2026-12-05"]),
            ("오는 12월 5일(토)과 6일(일)", &["2026-12-05", "2026-12-06"]),
            ("매주 금요일", &["weekly FRI"]),
            ("매주 화, 수, 목 오전 9시부터", &["weekly TUE,WED,THU"]),
            ("매주 월~금요일", &["weekly MON,TUE,WED,THU,FRI"]),
            ("매주 수업을 듣고 매주 200개", &[]),
            ("~12.31까지", &["/2026-12-31"]),
            ("모집(~8/24)", &["/2026-08-24"]),
            ("모집(~11월 26일(목))", &["/2026-11-26"]),
            ("12.1. ~ 12.5.", &["2026-12-01/2026-12-05"]),
            ("2026. 12. 5. ~ 2026. 12. 9.", &["2026-12-05/2026-12-09"]),
            ("26. 12. 5.(토)", &["2026-12-05"]),
            ("2026-12-05", &["2026-12-05"]),
            ("9월 26일부터 28일까지 사흘간", &["2026-09-26/2026-09-28"]),
            ("11월 21일부터 내년 1월 4일까지", &["2026-11-21/2027-01-04"]),
            ("12월 5~7일 축제", &["2026-12-05/2026-12-07"]),
            ("12월 5일 14시부터 12월 7일 18시까지", &["2026-12-05/2026-12-07"]),
            ("지난 16일~17일 이틀간", &["2026-11-16/2026-11-17"]),
            ("1월 3일까지 접수한다", &["/2027-01-03"]),
            ("12월 1일부터 접수", &["2026-12-01/"]),
            ("오는 12월부터", &["2026-12/"]),
            ("9월 말부터 12월까지", &["2026-09/2026-12"]),
            ("12월 중 지급", &["2026-12"]),
            ("이달부터", &["2026-11/"]),
            ("내년 7월까지", &["/2027-07"]),
            ("지난해 3월부터", &["2025-03/"]),
            ("지난 3월부터", &["2026-03/"]),
            ("지난 18일 열렸다", &["2026-11-18"]),
            ("14~16일 시청에서 연다", &["2026-11-14/2026-11-16"]),
            ("12월 1일(화)∼ 선착순 30명", &["2026-12-01/"]),
            ("11월∼12월 운영", &["2026-11/2026-12"]),
            ("6~8월 운영", &["2026-06/2026-08"]),
            ("일시: 11. 28. 14:00", &["2026-11-28"]),
            ("신청: 11. 30. 18:00까지", &["/2026-11-30"]),
            ("전시기간: 11. 20. ~ 12. 10. 18:00", &["2026-11-20/2026-12-10"]),
            ("일시 – 12월 5일(토)", &["2026-12-05"]),
            ("2024년 12월 1일부터 이듬해 2월 28일까지", &["2024-12-01/2025-02-28"]),
            ("3월 1일(일)부터", &["2026-03-01/"]),
            ("적설 1.5~3.5cm, 3일 동안, 1일 평균, 주 5일 운영", &[]),
            ("오는 5일 연다", &["2026-12-05"]),
            ("다음 주 금요일에 연다", &["2026-11-27"]),
            ("공연을 연다고 20일 밝혔다", &[]),
            ("20일 양주시(시장 홍○○)에 따르면 연다", &[]),
            ("지난 19일 열었다고 20일 밝혔다", &["2026-11-19"]),
            (
                "참가비 1.5배, 3.14, 031-8082-0000, 14:00, 5일간, 축제 3일 차, 2~3일간, 3일 전, 1일 2회, 13월 40일, 100일",
                &[],
            ),
            ("12일부터 이틀에 걸쳐 나눈다", &["2026-11-12/2026-11-13"]),
            ("12월 1일부터 5일간 연다", &["2026-12-01/2026-12-05"]),
            ("사업기간 : ’26. 1. ~ 12. 지원대상", &["2026-01/2026-12"]),
            ("2026. 9. ~ 11.", &["2026-09/2026-11"]),
            ("10월의 나들이, 3개월, 6월 호국보훈의 달", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn the_weekday_that_is_written_is_kept_though_it_is_wrong() {
        let published = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let found = days(&Sentence { text: "11월 28일(금)", start: 0 }, published);
        assert!(matches!(found[0].value, Days::Span { weekday: Some(Weekday::Fri), .. }));
        assert_eq!(found[0].value.to_string(), "2026-11-28");
    }
}
