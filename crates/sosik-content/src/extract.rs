//! What a text says of itself: days, times, places, numbers to call, fees, ages and addresses, each where it stands.
//!
//! Korean prose is read by rules, sentence by sentence. Nothing is invented: what a text does not say stays empty, and what a
//! rule had to add (a year, half of the day) lowers the [`Confidence`].
//!
//! ```
//! use chrono::NaiveDate;
//! use sosik_content::extract::extract;
//!
//! let published = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
//! let text = "오는 11. 28.(토) 14:00~16:00 옥정호수공원에서 점등식을 엽니다. 참가비는 5천 원이며 ~11.25까지 신청합니다.";
//! let found = extract(text, published);
//! let days: Vec<String> = found.days.iter().map(|day| day.value.to_string()).collect();
//! assert_eq!(days, ["2026-11-28", "/2026-11-25"]);
//! assert_eq!(found.hours[0].value.to_string(), "14:00/16:00");
//! assert_eq!(found.places[0].value, "옥정호수공원");
//! assert_eq!(found.fees[0].value, 5_000);
//! assert_eq!(&text[found.days[0].span.clone()], "11. 28.(토)");
//! assert!(found.phones.is_empty());
//! ```
//!
//! How often it is right is measured on posts of cities, with labels made by hand: `cargo test -p sosik-content --test
//! extraction -- --nocapture` prints precision and recall for each field.

use std::ops::Range;

use chrono::NaiveDate;

mod age;
mod clock;
mod contact;
mod day;
mod fee;
pub(crate) mod pattern;
mod place;
pub(crate) mod scan;
mod sentence;

pub use age::Ages;
pub use clock::Hours;
pub use contact::{Address, Phone};
pub use day::{Days, Precision};

pub(crate) use contact::addresses;
pub(crate) use sentence::{Sentence, end_of_body, is_past, sentences};

/// How sure it is that a text says what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// Something that the text leaves open was guessed: `3시` was taken as three in the afternoon.
    Guessed,
    /// Something was added by a rule that rarely errs: the year of a date near its publication.
    Likely,
    /// The text says it in full.
    Stated,
}

/// What was found in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found<T> {
    /// What it is.
    pub value: T,
    /// Where it stands: bytes of the text that was given.
    pub span: Range<usize>,
    /// The sentence in which it stands: bytes of the text that was given.
    pub sentence: Range<usize>,
    /// How sure it is.
    pub confidence: Confidence,
}

impl<T> Found<T> {
    /// The same with another value.
    pub(crate) fn map<U>(self, value: impl FnOnce(T) -> U) -> Found<U> {
        Found { value: value(self.value), span: self.span, sentence: self.sentence, confidence: self.confidence }
    }
}

/// Everything that was found in a text, each kind in the order of its sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Days, spans of days, weekdays that come round. Days on which someone only said something are left out.
    pub days: Vec<Found<Days>>,
    /// Times of day.
    pub hours: Vec<Found<Hours>>,
    /// Where something takes place.
    pub places: Vec<Found<String>>,
    /// Numbers to call.
    pub phones: Vec<Found<Phone>>,
    /// What taking part costs, in won; 0 where it is free.
    pub fees: Vec<Found<u32>>,
    /// Who may take part, by age.
    pub ages: Vec<Found<Ages>>,
    /// Addresses of pages.
    pub addresses: Vec<Found<Address>>,
}

/// Reads a text that was published on a day, by the clock of the place that it is about.
///
/// The captions of pictures at a press release's end (`사진설명)`) are not read: they repeat what stands above.
#[must_use]
pub fn extract(text: &str, published: NaiveDate) -> Facts {
    let mut facts = Facts::default();
    for sentence in sentences(text) {
        let days = day::days(&sentence, published);
        let hours = clock::hours(&sentence);
        place::places(&sentence, &mut facts.places);
        contact::phones(&sentence, &mut facts.phones);
        addresses(&sentence, &mut facts.addresses);
        fee::fees(&sentence, &mut facts.fees);
        age::ages(&sentence, &mut facts.ages);
        facts.days.extend(days);
        facts.hours.extend(hours);
    }
    facts
}

/// The days that a text names, to the day, in its order; of a span both ends.
pub(crate) fn dates(text: &str, published: NaiveDate) -> Vec<NaiveDate> {
    let mut out = Vec::new();
    for sentence in sentences(text) {
        for found in day::days(&sentence, published) {
            if let Days::Span { first, last, precision: Precision::Day, .. } = found.value {
                out.extend(first);
                out.extend(last.filter(|last| Some(*last) != first));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_spans_are_named() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        for (text, expected) in [
            ("일시: 11. 28.(토) 14:00~16:00", vec![day(2026, 11, 28)]),
            ("2026. 12. 5. ~ 12. 7.", vec![day(2026, 12, 5), day(2026, 12, 7)]),
            ("12.5(토)부터", vec![day(2026, 12, 5)]),
            ("11월 20일부터 30일까지 전시", vec![day(2026, 11, 20), day(2026, 11, 30)]),
            ("11. 20.(금) ~ 30.(월) 운영", vec![day(2026, 11, 20), day(2026, 11, 30)]),
            ("11월 20일부터 접수, 12월 5일~7일 축제", vec![day(2026, 11, 20), day(2026, 12, 5), day(2026, 12, 7)]),
            ("11월 20일 10시~14시", vec![day(2026, 11, 20)]),
            ("참가비 1.5배, 3.14, 031-8082-0000, 14:00", vec![]),
        ] {
            assert_eq!(dates(text, day(2026, 11, 20)), expected, "{text}");
        }
    }
}
