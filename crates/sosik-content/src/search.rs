//! Search in Korean: by words with or without their particles, parts of compounds, initial consonants (초성), words run
//! together, and with a slip of the finger.
//!
//! ```
//! use sosik_content::search::{How, Index};
//!
//! let mut index = Index::new();
//! let lights = index.add(&[(3, "옥정호수공원 겨울빛 점등식"), (1, "12월 5일 중앙광장에서 불을 밝힙니다.")]);
//! let market = index.add(&[(3, "덕정 오일장 이전 안내"), (1, "공영주차장으로 옮깁니다.")]);
//! let best = |query: &str| index.search(query, 10).first().map(|hit| (hit.document, hit.because[0].how));
//!
//! assert_eq!(best("점등식은 어디서 하나요?"), Some((lights, How::Same)));
//! assert_eq!(best("호수공원"), Some((lights, How::Within)));
//! assert_eq!(best("ㅇㅇㅈ"), Some((market, How::Initials)));
//! assert_eq!(best("점등싯"), Some((lights, How::Slip)));
//! assert_eq!(best("수영장"), None);
//! ```

mod words;

use std::collections::BTreeMap;

use sosik_core::hangul;

use crate::{Card, Point};

/// What can be found, and the words in which.
///
/// It is kept in memory: made for the editions of a city's channels, some ten thousand cards. The same documents and the same
/// question always give the same answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// By each word, the documents that have it, with the greatest weight of a text in which it stands.
    words: BTreeMap<String, BTreeMap<usize, u64>>,
    /// The text of each document without what stands between words, as often as a text counts.
    dense: Vec<Vec<(u64, String)>>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hit {
    /// Which: as [`Index::add`] named it.
    pub document: usize,
    /// How well it answers, compared with others of the same search.
    pub score: u64,
    /// What of the question was found, and as what.
    pub because: Vec<Because>,
}

/// A word of a question that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Because {
    /// The word of the question.
    pub term: String,
    /// As what it stands in the document.
    pub word: String,
    /// How they are alike.
    pub how: How,
}

/// How a word of a question is like one of a document, from the surest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum How {
    /// It is the same, particles aside.
    Same,
    /// The document's begins with it.
    Begins,
    /// It is a part of the document's, which is a compound.
    Within,
    /// It is the initial consonants of the document's.
    Initials,
    /// Words of the document, run together, have it.
    RunTogether,
    /// It differs by a letter or two.
    Slip,
}

impl How {
    /// How much it counts, in hundredths.
    fn worth(self) -> u64 {
        match self {
            Self::Same => 100,
            Self::Begins => 85,
            Self::Within => 70,
            Self::Initials | Self::RunTogether => 60,
            Self::Slip => 45,
        }
    }
}

/// The letters that a word needs for one slip in it to be borne with, and for two.
const SLIPS: [(usize, usize); 2] = [(10, 2), (5, 1)];

impl Index {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a document: its texts, and how much what is found in each counts. Gives its number: the first is 0.
    pub fn add(&mut self, texts: &[(u64, &str)]) -> usize {
        let document = self.dense.len();
        let mut dense = Vec::new();
        for (weight, text) in texts {
            let words = words::words(text);
            dense.push((*weight, words.concat()));
            for word in words {
                let stands = self.words.entry(word).or_default().entry(document).or_default();
                *stands = (*stands).max(*weight);
            }
        }
        self.dense.push(dense);
        document
    }

    /// Adds a card: what its title says counts most, then its points, its body and the name of its topic.
    pub fn add_card(&mut self, card: &Card) -> usize {
        let points: Vec<&str> = card.points().iter().map(Point::value).collect();
        self.add(&[(4, card.title()), (2, &points.join(" ")), (1, card.body()), (1, card.topic().korean())])
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dense.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dense.is_empty()
    }

    /// The documents that answer a question, at most so many: the best first, and of equal ones that which was added last. At
    /// least half of what the question looks for stands in each.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.found(query, limit, |found, terms| found * 2 >= terms)
    }

    /// The documents that have anything of what a question looks for, however little of it that is: for short documents, such as
    /// names, and long questions.
    #[must_use]
    pub fn search_any(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.found(query, limit, |_, _| true)
    }

    fn found(&self, query: &str, limit: usize, is_enough: impl Fn(usize, usize) -> bool) -> Vec<Hit> {
        /// Words that are looked for: a question has fewer, and each takes a look at every word there is.
        const MOST: usize = 8;

        let mut terms = words::terms(query);
        terms.truncate(MOST);
        let mut found: BTreeMap<usize, Vec<(u64, Because)>> = BTreeMap::new();
        for term in &terms {
            let of_term = self.of_term(term);
            // What few documents have says more of each.
            let rarity = u64::from((self.len() / of_term.len().max(1)).max(1).ilog2()) + 2;
            for (document, (worth, because)) in of_term {
                found.entry(document).or_default().push((worth * rarity, because));
            }
        }
        let mut hits: Vec<Hit> = found
            .into_iter()
            .filter(|(_, of)| is_enough(of.len(), terms.len()))
            .map(|(document, of)| {
                let sum: u64 = of.iter().map(|(worth, _)| worth).sum();
                let share = u64::try_from(of.len()).unwrap_or(u64::MAX);
                Hit {
                    document,
                    score: sum.saturating_mul(share),
                    because: of.into_iter().map(|(_, one)| one).collect(),
                }
            })
            .collect();
        hits.sort_by_key(|hit| (std::cmp::Reverse(hit.score), std::cmp::Reverse(hit.document)));
        hits.truncate(limit);
        hits
    }

    /// The documents that have a word of a question, each with what that is worth.
    fn of_term(&self, term: &str) -> BTreeMap<usize, (u64, Because)> {
        let mut found = BTreeMap::new();
        for (word, stands) in &self.words {
            if let Some(how) = likeness(term, word) {
                take(&mut found, term, word, how, stands.iter().map(|(document, weight)| (*document, *weight)));
            }
        }
        if found.is_empty() && term.chars().count() >= 4 {
            let has = |(document, texts): (usize, &Vec<(u64, String)>)| {
                let has = texts.iter().filter(|(_, text)| text.contains(words::stem(term)));
                has.map(|(weight, _)| *weight).max().map(|weight| (document, weight))
            };
            take(&mut found, term, words::stem(term), How::RunTogether, self.dense.iter().enumerate().filter_map(has));
        }
        if found.is_empty() {
            for (word, stands) in self.words.iter().filter(|(word, _)| is_slip(term, word)) {
                take(&mut found, term, word, How::Slip, stands.iter().map(|(document, weight)| (*document, *weight)));
            }
        }
        found
    }
}

/// Takes what documents have as that for which a word of a question is found, where it is worth more than what was.
fn take(
    found: &mut BTreeMap<usize, (u64, Because)>,
    term: &str,
    word: &str,
    how: How,
    documents: impl Iterator<Item = (usize, u64)>,
) {
    for (document, weight) in documents {
        let worth = weight * how.worth();
        if found.get(&document).is_none_or(|(known, _)| *known < worth) {
            found.insert(document, (worth, Because { term: term.to_owned(), word: word.to_owned(), how }));
        }
    }
}

/// How a word of a question is like one of a document, slips aside.
fn likeness(term: &str, word: &str) -> Option<How> {
    let (stem, of) = (words::stem(term), words::stem(word));
    if word == term || of == stem || of == term || word == stem {
        return Some(How::Same);
    }
    if words::is_initials(term) {
        return words::initials(word).starts_with(term).then_some(How::Initials);
    }
    // One letter stands within too many words, and a number within others is another one.
    if stem.chars().count() < 2 || stem.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    match word.find(stem) {
        Some(0) => Some(How::Begins),
        Some(_) => Some(How::Within),
        None => None,
    }
}

/// Whether two words differ by so few letters that it may be a slip.
fn is_slip(term: &str, word: &str) -> bool {
    let (term, word) = (hangul::letters(words::stem(term)), hangul::letters(words::stem(word)));
    let length = term.chars().count();
    let is_number = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    // A digit is no slip: 회천1동 is not 회천3동.
    let Some((_, most)) = SLIPS.into_iter().find(|(letters, _)| length >= *letters) else { return false };
    !is_number(&term)
        && !is_number(&word)
        && word.chars().count().abs_diff(length) <= most
        && strsim::osa_distance(&term, &word) <= most
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index() -> Index {
        let mut index = Index::new();
        for (title, body) in [
            ("회암사지 왕실축제 10월 개최", "회암사지에서 왕실 행렬을 볼 수 있습니다."),
            ("회천1동 주민자치회 위원 모집", "11월 30일까지 행정복지센터로 신청하세요."),
            ("회천3동 주민자치회 위원 모집", "행정복지센터로 신청하세요."),
            ("옥정호수공원 겨울빛 점등식", "12월 5일 17시 중앙광장에서 불을 밝힙니다."),
            ("GTX-C 덕정역 공사 안내", "도로가 통제됩니다. 돌아가 주세요."),
        ] {
            index.add(&[(3, title), (1, body)]);
        }
        index
    }

    #[test]
    fn what_is_looked_for_is_found_as_citizens_write_it() {
        let index = index();
        for (query, expected) in [
            ("회암사지왕실축제", vec![0]),
            ("왕실축재", vec![0]),
            ("왕실축제는 언제까지 해요?", vec![0]),
            ("회천1동 위원", vec![1, 2]),
            ("ㅎㅊ1ㄷ", vec![1]),
            ("ㅈㄷㅅ", vec![3]),
            ("행정복지센터", vec![2, 1]),
            ("gtx", vec![4]),
            ("덕정역에서", vec![4]),
            ("점등식 호수", vec![3]),
            ("수영장", vec![]),
            ("회천2동", vec![]),
            ("", vec![]),
            ("?!", vec![]),
            ("5", vec![]),
            ("5일", vec![3]),
        ] {
            let found: Vec<usize> = index.search(query, 10).into_iter().map(|hit| hit.document).collect();
            assert_eq!(found, expected, "{query}");
        }
        assert_eq!(index.search("신청", 1).len(), 1);
    }

    #[test]
    fn half_of_what_is_looked_for_must_be_there() {
        let index = index();
        assert_eq!(index.search("왕실축제 주차 요금", 10), []);
        let hit = &index.search("왕실축제 주차", 10)[0];
        assert_eq!((hit.document, hit.because.len()), (0, 1));
        assert!(hit.score < index.search("왕실축제 행렬", 10)[0].score, "more of it is better");
    }

    proptest! {
        #[test]
        fn every_word_of_a_document_finds_it_and_nothing_panics(
            texts in prop::collection::vec("[가-힣ㄱ-ㅎa-z0-9 .\\PC]{0,20}", 1..6),
            query in "\\PC{0,20}",
        ) {
            let mut index = Index::new();
            for text in &texts {
                index.add(&[(1, text)]);
            }
            drop(index.search(&query, 3));
            for (document, text) in texts.iter().enumerate() {
                for word in words::words(text) {
                    let hits = index.search(&word, texts.len());
                    prop_assert!(hits.iter().any(|hit| hit.document == document), "{word} of {text}");
                }
            }
        }
    }
}
