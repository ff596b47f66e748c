//! How much alike two titles are: the share of letter pairs they have in common (Jaccard index).

use std::collections::BTreeSet;

/// The pairs of neighbouring letters and digits of a title.
pub(crate) fn pairs(title: &str) -> BTreeSet<(char, char)> {
    let letters: Vec<char> = title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Hundredths of their pairs that two titles share, over all pairs of both.
pub(crate) fn likeness(a: &BTreeSet<(char, char)>, b: &BTreeSet<(char, char)>) -> usize {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    (common * 100).checked_div(all).unwrap_or(0)
}

/// Words of a title that say what kind of notice it is, not what it is about.
const NOTICE: [&str; 16] = [
    "안내",
    "공지",
    "알림",
    "공고",
    "소식",
    "개최",
    "신청",
    "모집",
    "접수",
    "실시",
    "운영",
    "및",
    "하세요",
    "오세요",
    "함께해요",
    "놓치지",
];

/// What a title is about: its words without those of notices, countdowns and counts of times.
pub(crate) fn words(title: &str) -> BTreeSet<String> {
    let split = title.split(|c: char| !c.is_alphanumeric() && c != '-');
    split
        .map(|word| word.trim_matches('-').to_lowercase())
        .filter(|word| !word.is_empty() && !NOTICE.contains(&word.as_str()))
        .filter(|word| !(word.starts_with('제') && word.ends_with('회') && word.chars().any(|c| c.is_ascii_digit())))
        .filter(|word| !word.strip_prefix("d-").is_some_and(|days| days.bytes().all(|byte| byte.is_ascii_digit())))
        .collect()
}

/// Whether each of two titles has a word that the other lacks: then they are of different things, however alike.
///
/// A word with a particle behind it is the word: `점등식` and `점등식을`.
pub(crate) fn differ(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let lacks = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.iter().any(|word| !other.iter().any(|known| known.starts_with(word) || word.starts_with(known)))
    };
    lacks(a, b) && lacks(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_different_things_differ_however_alike_they_sound() {
        for (one, other) in [
            ("회천1동 주민자치회 위원 모집", "회천2동 주민자치회 위원 모집"),
            ("옥정1동 주민센터 이전 안내", "옥정2동 주민센터 이전 안내"),
            ("덕계도서관 12월 문화행사 안내", "고읍도서관 12월 문화행사 안내"),
            ("청년 월세 지원 신청 안내", "청년 교통비 지원 신청 안내"),
            ("12월 자동차세 납부 안내", "12월 재산세 납부 안내"),
        ] {
            assert!(differ(&words(one), &words(other)), "{one} / {other}");
        }
        for (one, other) in [
            ("제3회 옥정호수공원 겨울빛 점등식 안내", "[D-3] 옥정호수공원 겨울빛 점등식!"),
            ("옥정호수공원 겨울빛 점등식", "[취소] 옥정호수공원 겨울빛 점등식을 안내"),
        ] {
            assert!(!differ(&words(one), &words(other)), "{one} / {other}");
        }
    }

    #[test]
    fn the_same_event_announced_twice_is_alike_and_another_is_not() {
        let a = pairs("제3회 옥정호수공원 겨울빛 점등식 안내");
        let b = pairs("[D-3] 옥정호수공원 겨울빛 점등식!");
        let c = pairs("옥정호수도서관 12월 강연 안내");
        assert!(likeness(&a, &b) >= 50, "{}", likeness(&a, &b));
        assert!(likeness(&a, &c) < 35, "{}", likeness(&a, &c));
    }
}
