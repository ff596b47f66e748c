//! Days, times and sums as Koreans write them on cards: `12. 5.(토) 14:00~16:00`, `무료`, `5,000원`.
//!
//! ```
//! use chrono::NaiveDate;
//! use sosik_content::style;
//!
//! let day = NaiveDate::from_ymd_opt(2026, 12, 5).unwrap();
//! assert_eq!(style::day(day), "12. 5.(토)");
//! assert_eq!(style::long_day(day), "12월 5일(토)");
//! assert_eq!(style::won(5_000), "5,000원");
//! assert_eq!(style::won(0), "무료");
//! ```

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use crate::extract::{Ages, Days, Hours, Precision};

/// A weekday in one letter.
#[must_use]
pub fn weekday(weekday: Weekday) -> char {
    match weekday {
        Weekday::Mon => '월',
        Weekday::Tue => '화',
        Weekday::Wed => '수',
        Weekday::Thu => '목',
        Weekday::Fri => '금',
        Weekday::Sat => '토',
        Weekday::Sun => '일',
    }
}

/// A day: `12. 5.(토)`.
#[must_use]
pub fn day(day: NaiveDate) -> String {
    format!("{}. {}.({})", day.month(), day.day(), weekday(day.weekday()))
}

/// A day in words: `12월 5일(토)`.
#[must_use]
pub fn long_day(day: NaiveDate) -> String {
    format!("{}월 {}일({})", day.month(), day.day(), weekday(day.weekday()))
}

/// Days: `12. 5.(토)~12. 7.(월)`, `~12. 31.(목)`, `12. 1.(화)부터`, `매주 금요일`, `12월`.
#[must_use]
pub fn days(days: &Days) -> String {
    match days {
        Days::Weekly { weekdays } => {
            let letters: Vec<String> = weekdays.iter().map(|day| weekday(*day).to_string()).collect();
            format!("매주 {}요일", letters.join("·"))
        }
        Days::Span { first, last, precision: Precision::Month, .. } => {
            let month = |day: NaiveDate| format!("{}월", day.month());
            match (first, last) {
                (Some(first), Some(last)) if first.month() == last.month() => month(*first),
                (Some(first), Some(last)) => format!("{}~{}", month(*first), month(*last)),
                (Some(first), None) => format!("{}부터", month(*first)),
                (None, Some(last)) => format!("{}까지", month(*last)),
                (None, None) => String::new(),
            }
        }
        Days::Span { first, last, .. } => match (first, last) {
            (Some(first), Some(last)) if first == last => day(*first),
            (Some(first), Some(last)) => format!("{}~{}", day(*first), day(*last)),
            (Some(first), None) => format!("{}부터", day(*first)),
            (None, Some(last)) => format!("~{}", day(*last)),
            (None, None) => String::new(),
        },
    }
}

/// Times of day: `14:00~16:00`, `14:00`, `~18:00`.
#[must_use]
pub fn hours(hours: &Hours) -> String {
    let time = |time: NaiveTime| time.format("%H:%M").to_string();
    match (hours.from, hours.until) {
        (Some(from), Some(until)) => format!("{}~{}", time(from), time(until)),
        (Some(from), None) => time(from),
        (None, Some(until)) => format!("~{}", time(until)),
        (None, None) => String::new(),
    }
}

/// A sum: `5,000원`, and `무료` for nothing.
#[must_use]
pub fn won(won: u32) -> String {
    if won == 0 {
        return "무료".to_owned();
    }
    let digits = won.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + "원"
}

/// Ages: `6~18세`, `65세 이상`, `12세 이하`.
#[must_use]
pub fn ages(ages: &Ages) -> String {
    match (ages.from, ages.to) {
        (Some(from), Some(to)) => format!("{from}~{to}세"),
        (Some(from), None) => format!("{from}세 이상"),
        (None, Some(to)) => format!("{to}세 이하"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;

    #[test]
    fn what_was_read_is_written_in_one_style() {
        let published = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        for (text, expected) in [
            ("오는 12월 5일 연다", "12. 5.(토)"),
            ("12월 5일부터 7일까지", "12. 5.(토)~12. 7.(월)"),
            ("~12.31까지", "~12. 31.(목)"),
            ("12월 1일부터", "12. 1.(화)부터"),
            ("매주 금요일", "매주 금요일"),
            ("매주 화, 목", "매주 화·목요일"),
            ("12월 중", "12월"),
            ("9월 말부터 12월까지", "9월~12월"),
        ] {
            assert_eq!(days(&extract(text, published).days[0].value), expected, "{text}");
        }
        let found = extract("오후 2시부터 4시까지, 만 6세부터 18세 이하", published);
        assert_eq!((hours(&found.hours[0].value), ages(&found.ages[0].value)), ("14:00~16:00".into(), "6~18세".into()));
        assert_eq!((won(1_234_567), won(100)), ("1,234,567원".into(), "100원".into()));
    }
}
