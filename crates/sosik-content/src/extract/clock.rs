//! Times of day: `오후 2시`, `14:00~16:00`, `오전 9시부터 오후 6시까지`.

use std::fmt;

use chrono::NaiveTime;
use regex::Captures;

use super::pattern::patterns;
use super::scan::{after, before, number};
use super::{Confidence, Found, Sentence};

/// When in a day something begins, and when it ends where that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Hours {
    /// The beginning; nothing where only the end is said.
    pub from: Option<NaiveTime>,
    /// The end; nothing where only the beginning is said.
    pub until: Option<NaiveTime>,
    /// Whether it is said to begin then and go on (`부터`), rather than to be at that time.
    pub goes_on: bool,
}

impl fmt::Display for Hours {
    /// `14:00`, `14:00/` (from then on), `14:00/16:00`, `/18:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from {
            write!(f, "{}", from.format("%H:%M"))?;
        }
        if self.goes_on || self.until.is_some() {
            f.write_str("/")?;
        }
        match self.until {
            Some(until) => write!(f, "{}", until.format("%H:%M")),
            None => Ok(()),
        }
    }
}

patterns! {
    TIME = r"(?P<half>오전|오후|저녁|밤|낮|새벽|아침)?\s*(?:(?P<h>\d{1,2})시(?:\s*(?:(?P<m>\d{1,2})분|(?P<thirty>반)))?|(?P<hh>\d{1,2}):(?P<mm>[0-5]\d)|(?P<noon>정오))";
    FIRST_OF_TWO = r"(?:(?P<half>오전|오후|저녁|밤|낮|새벽|아침)\s*)?(?P<h>\d{1,2})\s*[~∼～〜–-]\s*$";
    TO = r"^\s*(?:부터|에서|[~∼～〜–—-])\s*$";
}

struct Time {
    at: NaiveTime,
    /// Whether the text says which half of the day.
    half: Option<bool>,
    start: usize,
    end: usize,
}

/// The times of day in a sentence.
pub(crate) fn hours(sentence: &Sentence<'_>) -> Vec<Found<Hours>> {
    let text = sentence.text;
    let times = TIME.captures_iter(text).filter_map(|found| time(text, &found));
    let times: Vec<Time> = times.flat_map(|time| first_of_two(text, &time).into_iter().chain([time])).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < times.len() {
        let first = &times[at];
        let joined = times.get(at + 1).filter(|next| TO.is_match(&text[first.end..next.start]));
        let rest = &text[joined.map_or(first.end, |next| next.end)..];
        let (hours, end, sure) = if let Some(last) = joined {
            // `오후 6시부터 9시까지`: the end is in the same half where it says none.
            let (from, sure_from) = resolved(first, None);
            let (mut until, sure_until) = resolved(last, first.half);
            if until <= from && last.half.is_none() {
                until = later(until).unwrap_or(until);
            }
            let hours = Hours { from: Some(from), until: Some(until), goes_on: true };
            (hours, last.end, sure_from && (sure_until || first.half.is_some()))
        } else {
            let (time, sure) = resolved(first, None);
            let is_end = rest.starts_with("까지") || super::scan::dash_before(text, first.start);
            let goes_on = !is_end && (rest.starts_with("부터") || rest.starts_with(['~', '∼', '～']));
            let hours = if is_end {
                Hours { from: None, until: Some(time), goes_on: true }
            } else {
                Hours { from: Some(time), until: None, goes_on }
            };
            (hours, first.end, sure)
        };
        let confidence = if sure { Confidence::Stated } else { Confidence::Guessed };
        out.push(sentence.found(hours, first.start..end, confidence));
        at += if joined.is_some() { 2 } else { 1 };
    }
    out
}

/// The first of `09~18시`, which says its hour alone.
fn first_of_two(text: &str, last: &Time) -> Option<Time> {
    let found = FIRST_OF_TWO.captures(&text[..last.start]).filter(|_| text[last.start..last.end].ends_with('시'))?;
    let digits = found.name("h")?;
    let stands_alone =
        before(text, digits.start()).is_none_or(|c| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',' | '/' | '-'));
    let hour: u32 = number(digits.as_str()).filter(|_| stands_alone)?;
    let at = NaiveTime::from_hms_opt(hour, 0, 0)?;
    let word = found.name("half").map(|half| half.as_str());
    let said = word.map(|word| !(matches!(word, "오전" | "새벽" | "아침") || word == "낮" && (7..12).contains(&hour)));
    let half = said.or((hour > 12 || digits.as_str().starts_with('0')).then_some(hour >= 12));
    Some(Time { at, half, start: found.get(0)?.start(), end: digits.end() })
}

fn time(text: &str, found: &Captures<'_>) -> Option<Time> {
    let whole = found.get(0)?;
    let first =
        found.name("half").or_else(|| found.name("h")).or_else(|| found.name("hh")).or_else(|| found.name("noon"))?;
    // `3시 반려동물`: no half past.
    let half_past = found.name("thirty").filter(|half| {
        after(text, half.end()).is_none_or(|c| !('가'..='힣').contains(&c) || matches!(c, '에' | '부' | '까'))
    });
    let end = if found.name("thirty").is_some() && half_past.is_none() {
        found.name("h").map_or(whole.end(), |hour| hour.end() + '시'.len_utf8())
    } else {
        whole.end()
    };
    let start = first.start();
    // `3시간`, `10:10:30`, `1,200시`.
    if before(text, start).is_some_and(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ','))
        || after(text, end).is_some_and(|c| c.is_ascii_digit() || matches!(c, '간' | ':' | '군'))
    {
        return None;
    }
    let word = found.name("half").map(|half| half.as_str());
    let hour_said = found.name("h").and_then(|hour| number::<u32>(hour.as_str()));
    // `낮 11시` is before noon.
    let before_noon = word == Some("낮") && hour_said.is_some_and(|hour| (7..12).contains(&hour));
    let half = word.map(|word| !matches!(word, "오전" | "새벽" | "아침") && !before_noon);
    let (hour, minute) = if found.name("noon").is_some() {
        (12, 0)
    } else if let Some(hour) = found.name("h") {
        let minute = match (found.name("m"), half_past) {
            (Some(minute), _) => number(minute.as_str())?,
            (None, Some(_)) => 30,
            (None, None) => 0,
        };
        (number::<u32>(hour.as_str())?, minute)
    } else {
        (number::<u32>(&found["hh"])?, number(&found["mm"])?)
    };
    // A clock with 24 hours, and one that begins with a nought, leave nothing open.
    let full = found.name("hh").is_some_and(|hour| hour.as_str().starts_with('0') || hour.as_str().len() == 2);
    let half = half.or((hour > 12 || full || found.name("noon").is_some()).then_some(hour >= 12));
    // `밤 12시` is midnight, `낮 12시` noon.
    let is_midnight = hour == 24 || hour == 12 && matches!(word, Some("밤" | "오전" | "새벽"));
    let (hour, half) = if is_midnight { (0, Some(false)) } else { (hour, half) };
    Some(Time { at: NaiveTime::from_hms_opt(hour, minute, 0)?, half, start, end })
}

/// The time in its half of the day, and whether the text leaves no other.
fn resolved(time: &Time, half: Option<bool>) -> (NaiveTime, bool) {
    use chrono::Timelike as _;
    let hour = time.at.hour();
    match time.half.or(half) {
        Some(true) if hour < 12 => (later(time.at).unwrap_or(time.at), true),
        Some(_) => (time.at, true),
        // What is open is by day: nine to noon, and one to eight after it.
        None if (1..=6).contains(&hour) => (later(time.at).unwrap_or(time.at), false),
        None => (time.at, hour >= 7),
    }
}

fn later(time: NaiveTime) -> Option<NaiveTime> {
    use chrono::Timelike as _;
    time.with_hour(time.hour() + 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        hours(&Sentence { text, start: 0 }).iter().map(|hours| hours.value.to_string()).collect()
    }

    #[test]
    fn times_are_read_however_they_are_written() {
        for (text, expected) in [
            ("오후 3시부터", &["15:00/"][..]),
            ("저녁 7시 개막", &["19:00"]),
            ("오후 6시부터 9시까지", &["18:00/21:00"]),
            ("오전 9시부터 오후 6시까지", &["09:00/18:00"]),
            ("14:00~16:00", &["14:00/16:00"]),
            ("10시~17시", &["10:00/17:00"]),
            ("평일 낮 시간(09~18시)", &["09:00/18:00"]),
            ("2~4시", &["14:00/16:00"]),
            ("오후 7~9시", &["19:00/21:00"]),
            ("저녁 7~9시", &["19:00/21:00"]),
            ("오전 1~3시", &["01:00/03:00"]),
            ("새벽 2~4시", &["02:00/04:00"]),
            ("12.1~18시", &["/18:00"]),
            ("10시~5시", &["10:00/17:00"]),
            ("오후 2시 30분", &["14:30"]),
            ("오후 2시 반", &["14:30"]),
            ("정오에", &["12:00"]),
            ("12시부터", &["12:00/"]),
            ("18:00까지", &["/18:00"]),
            ("3시", &["15:00"]),
            ("9시", &["09:00"]),
            ("낮 12시", &["12:00"]),
            ("밤 12시까지", &["/00:00"]),
            ("낮 11시", &["11:00"]),
            ("오후 3시 반려동물 교실", &["15:00"]),
            ("3시간 동안, 양주시는, 1:1 상담, 25시", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_half_of_the_day_was_guessed_is_said() {
        let confidence = |text: &str| hours(&Sentence { text, start: 0 })[0].confidence;
        assert_eq!(confidence("오후 3시"), Confidence::Stated);
        assert_eq!(confidence("14:00"), Confidence::Stated);
        assert_eq!(confidence("3시"), Confidence::Guessed);
    }
}
