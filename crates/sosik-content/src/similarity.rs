//! Whether two posts announce the same: by their titles (the share of letter pairs they have in common, the Jaccard index),
//! or by the day and the place that both name.

use std::collections::BTreeSet;

use crate::Story;
use crate::extract::{Days, Hours, Precision};

/// Titles that share this many hundredths of their letter pairs announce the same thing.
const ALIKE: usize = 45;
/// Bodies that share this many, about the same day and place.
const ALIKE_BODIES: usize = 40;

/// What is known of an announcement, to tell whether another is the same.
pub(crate) struct Announcement {
    pub(crate) title: String,
    pairs: BTreeSet<(char, char)>,
    words: BTreeSet<String>,
    body: BTreeSet<(char, char)>,
    when: Option<Days>,
    hours: Option<Hours>,
    place: Option<String>,
}

impl Announcement {
    pub(crate) fn of(title: &str, story: &Story) -> Self {
        Self {
            title: title.to_owned(),
            pairs: pairs(title),
            words: words(title),
            body: pairs(story.body()),
            when: story.when.as_ref().map(|when| when.value.clone()),
            hours: story.hours.as_ref().map(|hours| hours.value),
            place: story.place.as_ref().map(|place| place.value.split_whitespace().collect()),
        }
    }

    /// Whether both announce the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        likeness(&self.pairs, &other.pairs) >= ALIKE && !differ(&self.words, &other.words) || self.is_same_event(other)
    }

    /// The same day, at the same place, and not at another time: in other words, about the same.
    fn is_same_event(&self, other: &Self) -> bool {
        let (Some(place), Some(other_place)) = (&self.place, &other.place) else { return false };
        let (Some(when), Some(other_when)) = (&self.when, &other.when) else { return false };
        let is_there = place.contains(other_place.as_str()) || other_place.contains(place.as_str());
        let at_another_time = self.hours.as_ref().zip(other.hours.as_ref()).is_some_and(|(one, two)| one != two);
        // `1기`, `2부`, `회천1동`: numbers tell apart what is else alike.
        let numbered = |words: &BTreeSet<String>| -> BTreeSet<String> {
            let has_digit = |word: &&String| word.chars().any(|c| c.is_ascii_digit());
            words.iter().filter(has_digit).cloned().collect()
        };
        // A word that names the event: no word of the place, of a city, of a season, or of every other title.
        let names = |word: &&String| {
            let is_of_place = place.contains(word.as_str()) || other_place.contains(word.as_str());
            let is_number = word.chars().any(|c| c.is_ascii_digit());
            let is_area = word.ends_with(['시', '군', '구', '읍', '면', '동']);
            let is_common = COMMON.iter().any(|common| word.starts_with(common));
            word.chars().count() >= 3 && !is_of_place && !is_number && !is_area && !is_common
        };
        let shared = self.words.iter().filter(names).any(|word| {
            other
                .words
                .iter()
                .filter(names)
                .any(|known| known.starts_with(word.as_str()) || word.starts_with(known.as_str()))
        });
        is_there
            && !at_another_time
            && is_same_days(when, other_when)
            && !differ(&numbered(&self.words), &numbered(&other.words))
            && (shared || likeness(&self.body, &other.body) >= ALIKE_BODIES)
    }
}

/// Words that many titles have in common.
const COMMON: [&str; 22] = [
    "겨울",
    "여름",
    "새봄",
    "가을",
    "방학",
    "학기",
    "프로그램",
    "어린이",
    "청소년",
    "어르신",
    "가족",
    "시민",
    "수강생",
    "참가자",
    "도서관",
    "박물관",
    "미술관",
    "평생학습",
    "문화행사",
    "체험",
    "함께하는",
    "찾아가는",
];

/// Whether both are the same days in a row, known to the day.
fn is_same_days(one: &Days, other: &Days) -> bool {
    let days = |days: &Days| match days {
        Days::Span { first, last, precision: Precision::Day, .. } => Some((*first, *last)),
        _ => None,
    };
    days(one).is_some_and(|one| days(other) == Some(one))
}

/// The pairs of neighbouring letters and digits of a title.
fn pairs(title: &str) -> BTreeSet<(char, char)> {
    let letters: Vec<char> = title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Hundredths of their pairs that two titles share, over all pairs of both.
fn likeness(a: &BTreeSet<(char, char)>, b: &BTreeSet<(char, char)>) -> usize {
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
fn words(title: &str) -> BTreeSet<String> {
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
fn differ(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
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

    fn announcement(title: &str, text: &str) -> Announcement {
        let link = crate::WebLink::parse("https://blog.example.go.kr/1").unwrap();
        let post = crate::Post::new(title, link, text).with_published("2026-11-20T03:00:00Z".parse().unwrap());
        Announcement::of(title, &Story::of(&post, chrono_tz::Asia::Seoul))
    }

    #[test]
    fn the_same_day_at_the_same_place_is_the_same_event_however_it_is_called() {
        let lights = announcement(
            "옥정호수공원 겨울빛 점등식 안내",
            "12월 5일(토) 17시에 점등식을 엽니다. 불빛이 겨우내 호수를 밝힙니다.\n장소: 옥정호수공원 중앙광장",
        );
        let again = announcement(
            "가족과 함께 보는 점등식",
            "12월 5일 17시, 호수에 불이 켜집니다. 따뜻한 차도 나눕니다.\n장소: 옥정호수공원",
        );
        assert!(lights.is_same(&again) && again.is_same(&lights));
        for (title, text) in [
            // Something else there, on that day or from that day on.
            ("12월 가족 겨울 걷기", "12월 5일 17시에 호수를 걷습니다.\n장소: 옥정호수공원"),
            ("12월 얼음 조각 전시", "12월 5일부터 31일까지 얼음 조각을 전시합니다.\n장소: 옥정호수공원"),
            ("별산대놀이 한마당", "12월 5일 17시에 별산대놀이를 엽니다.\n장소: 옥정호수공원"),
            // At another time, on another day, elsewhere, for others.
            ("어린이 점등식", "12월 5일 10시에 어린이와 불을 켭니다.\n장소: 옥정호수공원"),
            ("겨울빛 점등식", "12월 6일 17시에 점등식을 엽니다.\n장소: 나리공원"),
            ("새봄맞이 점등식", "3월 5일 17시에 점등식을 엽니다.\n장소: 옥정호수공원"),
        ] {
            assert!(!lights.is_same(&announcement(title, text)), "{title}");
        }
        let term = |number: u8| {
            let text = "12월 5일에 개강합니다. 그림책을 함께 읽고 만듭니다.\n장소: 덕계도서관";
            announcement(&format!("그림책 교실 {number}기"), text)
        };
        assert!(!term(1).is_same(&term(2)) && term(1).is_same(&term(1)));
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
