//! The words of a text as a search takes them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sosik_core::hangul;
use unicode_normalization::UnicodeNormalization;

/// What is passed over, as `data/search.tsv` says it.
struct Passed {
    particles: Vec<&'static str>,
    stops: BTreeSet<&'static str>,
}

static PASSED: LazyLock<Passed> = LazyLock::new(|| {
    let mut passed = Passed { particles: Vec::new(), stops: BTreeSet::new() };
    for line in include_str!("../../data/search.tsv").lines().filter(|line| !line.starts_with('#')) {
        match line.split_once('\t') {
            Some(("particle", word)) => passed.particles.push(word),
            Some(("stop", word)) => {
                passed.stops.insert(word);
            }
            _ => {}
        }
    }
    passed
});

/// The words of a text: letters and digits in a row, composed and in small letters.
pub(super) fn words(text: &str) -> Vec<String> {
    let text: String = text.nfc().flat_map(char::to_lowercase).collect();
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What is looked for in a question: its words without those that only ask, each once; all of them where nothing is left.
pub(super) fn terms(query: &str) -> Vec<String> {
    let all = words(query);
    let mut terms: Vec<String> = Vec::new();
    for word in all.iter().filter(|word| !PASSED.stops.contains(stem(word))) {
        if !PASSED.stops.contains(word.as_str()) && !terms.contains(word) {
            terms.push(word.clone());
        }
    }
    if terms.is_empty() { all } else { terms }
}

/// A word without the particle behind it, where two syllables are left; `옥정동에서는` is `옥정동`.
pub(super) fn stem(word: &str) -> &str {
    PASSED
        .particles
        .iter()
        .filter_map(|particle| word.strip_suffix(particle))
        .find(|rest| rest.chars().count() >= 2 && rest.chars().next_back().is_some_and(|c| !c.is_ascii_alphabetic()))
        .unwrap_or(word)
}

/// Whether all of a word is consonants as they are typed alone, two at least, and digits between them (`ㅎㅊ1ㄷ`).
pub(super) fn is_initials(word: &str) -> bool {
    word.chars().filter(|c| hangul::is_initial(*c)).count() >= 2
        && word.chars().all(|c| hangul::is_initial(c) || c.is_ascii_digit())
}

/// The consonants with which a word's syllables begin; what is no syllable stays.
pub(super) fn initials(word: &str) -> String {
    word.chars().map(|c| hangul::initial(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_fall_off_and_words_that_only_ask_are_passed_over() {
        for (word, expected) in [
            ("옥정동에서는", "옥정동"),
            ("축제가", "축제"),
            ("12월에", "12월"),
            ("도로", "도로"),
            ("회의", "회의"),
            ("GTX로", "GTX로"),
            ("도서관으로부터", "도서관"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
        assert_eq!(terms("옥정호수공원 축제 언제 하나요?"), ["옥정호수공원", "축제"]);
        assert_eq!(terms("소식 알려줘"), ["소식", "알려줘"], "where nothing is left all of it is asked");
        assert!(is_initials("ㅇㅈㅅ") && !is_initials("ㅇ") && !is_initials("ㅇ정") && !is_initials(""));
        assert_eq!(initials("회천1동"), "ㅎㅊ1ㄷ");
    }
}
