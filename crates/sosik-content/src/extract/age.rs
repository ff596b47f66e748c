//! Who may take part by age: `만 6세부터 18세 이하`, `65세 이상`, `(19~34세)`.

use std::fmt;

use super::pattern::patterns;
use super::scan::{before, number};
use super::{Confidence, Found, Sentence};

/// From which age and up to which one may take part, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Ages {
    /// The youngest.
    pub from: Option<u8>,
    /// The oldest.
    pub to: Option<u8>,
}

impl fmt::Display for Ages {
    /// `6..18`, `65..`, `..12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
        write!(f, "{}..{}", end(self.from), end(self.to))
    }
}

patterns! {
    SPAN = r"(?:만\s*)?(\d{1,3})\s*세?\s*(?:이상)?\s*(?:부터|에서|[~∼～〜–—-])\s*(?:만\s*)?(\d{1,3})\s*세\s*(미만|이하|까지)?";
    BOTH = r"(?:만\s*)?(\d{1,3})\s*세\s*(이상|초과)\s*(?:만\s*)?(\d{1,3})\s*세\s*(이하|미만|까지)";
    ONE = r"(?:만\s*)?(\d{1,3})\s*세\s*(이상|초과|이하|미만|부터|까지)";
}

/// The ages in a sentence.
pub(crate) fn ages(sentence: &Sentence<'_>, out: &mut Vec<Found<Ages>>) {
    let text = sentence.text;
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    for (pattern, both) in [(&SPAN, true), (&BOTH, true), (&ONE, false)] {
        for found in pattern.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            let span = whole.range();
            let inside = taken.iter().any(|other| span.start < other.end && other.start < span.end);
            if inside || before(text, span.start).is_some_and(|c| c.is_ascii_digit()) {
                continue;
            }
            // `65세 이상 인구`: who there are, and not who may come.
            let rest = text[span.end..].trim_start();
            if ["인구", "노인 인구", "비율", "비중"].iter().any(|count| rest.starts_with(count)) {
                continue;
            }
            let age =
                |group: usize| found.get(group).and_then(|age| number::<u8>(age.as_str())).filter(|age| *age <= 120);
            let word = |group: usize| found.get(group).map(|word| word.as_str());
            let at_least = |age: u8, word: Option<&str>| if word == Some("초과") { age + 1 } else { age };
            let at_most =
                |age: u8, word: Option<&str>| if word == Some("미만") { age.saturating_sub(1) } else { age };
            let ages = if both {
                let (to_group, word_group) = if found.len() == 5 { (3, 4) } else { (2, 3) };
                let (Some(from), Some(to)) = (age(1), age(to_group)) else { continue };
                let from = if found.len() == 5 { at_least(from, word(2)) } else { from };
                Ages { from: Some(from), to: Some(at_most(to, word(word_group))) }
            } else {
                let Some(age) = age(1) else { continue };
                match word(2) {
                    Some("이상" | "초과" | "부터") => Ages { from: Some(at_least(age, word(2))), to: None },
                    word => Ages { from: None, to: Some(at_most(age, word)) },
                }
            };
            if ages.from.zip(ages.to).is_some_and(|(from, to)| from > to) {
                continue;
            }
            taken.push(span.clone());
            out.push(sentence.found(ages, span, Confidence::Stated));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_however_they_are_written() {
        for (text, expected) in [
            ("만 6세부터 18세 이하의 어린이", &["6..18"][..]),
            ("18세~45세 청년", &["18..45"]),
            ("청년층(19~34세)", &["19..34"]),
            ("65세 이상 어르신", &["65.."]),
            ("12세 이하부터 일반부까지", &["..12"]),
            ("만 18세 미만", &["..17"]),
            ("19세 이상 39세 이하", &["19..39"]),
            ("강모 어르신(74세)은", &[]),
            ("관내 65세 이상 노인 인구 비율이 늘었다", &[]),
        ] {
            let mut out = Vec::new();
            ages(&Sentence { text, start: 0 }, &mut out);
            let found: Vec<String> = out.iter().map(|ages| ages.value.to_string()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
