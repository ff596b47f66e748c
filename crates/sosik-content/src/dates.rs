//! Dates as Korean posts write them: `11월 28일`, `11. 28.(토)`, `2026. 12. 5.`, `12.5(토)`.

use chrono::{Datelike, NaiveDate};

/// The dates a text names, in order, a date without a year being the one nearest to `published`.
pub(crate) fn dates(text: &str, published: NaiveDate) -> Vec<NaiveDate> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let fresh = at == 0
            || !(chars[at - 1].is_ascii_digit()
                || matches!(chars[at - 1], '.' | '-' | ':' | '/' | '~' | '%')
                    && at >= 2
                    && chars[at - 2].is_ascii_digit()
                    && chars[at - 1] != '~');
        if chars[at].is_ascii_digit()
            && fresh
            && let Some((date, end)) = date_at(&chars, at, published)
        {
            out.push(date);
            at = end;
            // The end of a range often has no month of its own: `11월 20일부터 30일까지`, `12월 5~7일`.
            if let Some((last, end)) = range_end(&chars, end, date) {
                out.push(last);
                at = end;
            }
            continue;
        }
        at += 1;
    }
    out
}

/// The last day of a range whose first day ends before `at`, where it names the day alone.
fn range_end(chars: &[char], at: usize, first: NaiveDate) -> Option<(NaiveDate, usize)> {
    // The `~` of `5~7일` was taken as what closes the first day.
    let mut next = if at > 0 && chars[at - 1] == '~' { at - 1 } else { at };
    let mut joined = false;
    for _ in 0..12 {
        match chars.get(next)? {
            '~' | '∼' | '〜' | '–' => joined = true,
            '부' if chars.get(next + 1) == Some(&'터') => {
                joined = true;
                next += 1;
            }
            ' ' | '.' | ',' => {}
            // A weekday in brackets.
            '(' if chars.get(next + 2) == Some(&')') => next += 2,
            digit if digit.is_ascii_digit() && joined => break,
            '일' if !joined => {}
            c if !joined && "월화수목금토일".contains(*c) || *c == ')' => {}
            _ => return None,
        }
        next += 1;
    }
    let (day, end) = number(chars, next, 2)?;
    let closed = match chars.get(end) {
        // `30.(월)`, and `30.` at the end of a line: not `11. 30.`, which has a month, and not `14:00`.
        Some('.') => !chars.get(end + 1..end + 4).unwrap_or_default().iter().any(char::is_ascii_digit),
        Some('일' | '(') => true,
        _ => false,
    };
    let last = first.with_day(day).filter(|last| closed && *last >= first)?;
    Some((last, end + 1))
}

fn number(chars: &[char], mut at: usize, most: usize) -> Option<(u32, usize)> {
    let start = at;
    let mut value = 0;
    while at < chars.len() && at - start <= most {
        let Some(digit) = chars[at].to_digit(10) else { break };
        value = value * 10 + digit;
        at += 1;
    }
    (at > start && at - start <= most).then_some((value, at))
}

fn skip(chars: &[char], mut at: usize, what: &[char]) -> Option<usize> {
    let mut seen = false;
    while at < chars.len() && (chars[at] == ' ' || what.contains(&chars[at])) {
        seen |= what.contains(&chars[at]);
        at += 1;
        if seen && chars.get(at).is_some_and(|c| what.contains(c)) {
            return None;
        }
    }
    seen.then_some(at)
}

fn date_at(chars: &[char], at: usize, published: NaiveDate) -> Option<(NaiveDate, usize)> {
    if let Some((year, end)) = number(chars, at, 4).filter(|(y, _)| (2000..2100).contains(y))
        && let Some(next) = skip(chars, end, &['년', '.'])
    {
        let (month, day, end) = month_day(chars, next, true)?;
        return Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, end));
    }
    let (month, day, end) = month_day(chars, at, false)?;
    let near = |year: i32| NaiveDate::from_ymd_opt(year, month, day);
    let best = [-1, 0, 1]
        .into_iter()
        .filter_map(|shift| near(published.year() + shift))
        .min_by_key(|date| date.signed_duration_since(published).num_days().abs())?;
    Some((best, end))
}

fn month_day(chars: &[char], at: usize, after_year: bool) -> Option<(u32, u32, usize)> {
    let (month, end) = number(chars, at, 2)?;
    let worded = chars.get(end) == Some(&'월');
    let next = if worded { skip(chars, end, &['월'])? } else { skip(chars, end, &['.'])? };
    let (day, end) = number(chars, next, 2)?;
    // `11. 28.`, `11.28(토)`, `11.28.` are dates; `1.5` and `3.14배` are not.
    let closed = match chars.get(end) {
        Some('일') => worded,
        Some('~') => true,
        Some('.' | '(') => !worded,
        _ => after_year && !worded,
    };
    (closed && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let published = day(2026, 11, 20);
        for (text, expected) in [
            ("11월 28일 토요일", vec![day(2026, 11, 28)]),
            ("일시: 11. 28.(토) 14:00~16:00", vec![day(2026, 11, 28)]),
            ("2026. 12. 5. ~ 12. 7.", vec![day(2026, 12, 5), day(2026, 12, 7)]),
            ("2026년 12월 5일", vec![day(2026, 12, 5)]),
            ("12.5(토)부터", vec![day(2026, 12, 5)]),
            ("11월 20일부터 30일까지 전시", vec![day(2026, 11, 20), day(2026, 11, 30)]),
            ("11. 20.(금) ~ 30.(월) 운영", vec![day(2026, 11, 20), day(2026, 11, 30)]),
            ("12월 5~7일 축제", vec![day(2026, 12, 5), day(2026, 12, 7)]),
            ("11월 20일부터 접수, 12월 5일~7일 축제", vec![day(2026, 11, 20), day(2026, 12, 5), day(2026, 12, 7)]),
            ("11월 20일 10시~14시", vec![day(2026, 11, 20)]),
            ("2026. 12. 5. ~ 2026. 12. 9.", vec![day(2026, 12, 5), day(2026, 12, 9)]),
            ("1월 3일까지", vec![day(2027, 1, 3)]),
            ("참가비 1.5배, 3.14, 031-8082-0000, 14:00", vec![]),
            ("13월 40일", vec![]),
        ] {
            assert_eq!(dates(text, published), expected, "{text}");
        }
    }
}
