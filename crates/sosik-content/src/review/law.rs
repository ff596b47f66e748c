//! What the law asks for: people's numbers, advertising, elections.

use std::ops::Range;

use super::{CITY, Finding, OFFICE, OUT, Part};
use crate::classify::COMMERCIAL;
use crate::extract::pattern::patterns;
use crate::extract::scan::{after, before};

patterns! {
    RESIDENT = r"(\d{2})(\d{2})(\d{2})\s?[-–]?\s?([1-8])(\d{6}|[\d*●○Xx]{6})";
    MOBILE = r"01[016789]\s?[-.–]?\s?\d{3,4}\s?[-.–]?\s?\d{4}";
    TITLE = r"(?:([가-힣]{2,4})\s)?(?:[가-힣]{1,4}(?:시장|군수|구청장|도지사)|시장|군수|구청장)(?:\s?([가-힣]{3})(?:은|는|이|가)?)?";
    ACHIEVEMENT = r"민선\s?\d기|공약|치적|임기\s?(?:중|동안)|(?:시장|군수|구청장)(?:의|이)?\s?(?:성과|업적|결단|리더십)";
}

/// Numbers that are someone's.
pub(super) fn people(part: &Part<'_>, out: &mut Vec<Finding>) {
    let text = part.text;
    let alone = |span: &Range<usize>| {
        before(text, span.start).is_none_or(|c| !c.is_ascii_digit())
            && after(text, span.end).is_none_or(|c| !c.is_ascii_digit())
    };
    for found in RESIDENT.captures_iter(text) {
        let Some(whole) = found.get(0).filter(|whole| alone(&whole.range())) else { continue };
        let number = |group: usize| found[group].parse::<u32>().unwrap_or(0);
        if (1..=12).contains(&number(2)) && (1..=31).contains(&number(3)) {
            let message = "a resident registration number stands in the text";
            out.extend(part.finding("resident-number", whole.range(), message, Some(OUT.to_owned())));
        }
    }
    for found in MOBILE.find_iter(text).filter(|found| alone(&found.range())) {
        // Placeholders are no one's.
        let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        if !digits[3..].starts_with("0000") {
            let message = "a mobile number stands in the text: is it an office's, or did its owner agree?";
            out.extend(part.finding("personal-number", found.range(), message, Some(OFFICE.to_owned())));
        }
    }
}

/// Whether a text holds numbers that are someone's, and is not to be repeated.
pub(super) fn is_private(text: &str) -> bool {
    RESIDENT.is_match(text) || MOBILE.is_match(text) || text.chars().filter(char::is_ascii_digit).count() >= 9
}

/// Words that sell, in a message that informs.
pub(super) fn advertising(part: &Part<'_>, out: &mut Vec<Finding>) {
    for words in COMMERCIAL {
        if let Some(at) = part.text.find(words) {
            let message = format!("`{words}` promotes a sale: send it as an advertisement, or leave it out");
            out.extend(part.finding("advertisement", at..at + words.len(), message, None));
        }
    }
}

/// The head of the city, and what they achieved.
pub(super) fn election(part: &Part<'_>, heads: &[String], out: &mut Vec<Finding>) {
    let text = part.text;
    let mut named: Vec<Range<usize>> = Vec::new();
    for head in heads.iter().filter(|head| !head.is_empty()) {
        if let Some(at) = text.find(head.as_str()) {
            named.push(at..at + head.len());
            let message = format!("`{head}` is the head of the city");
            out.extend(part.finding("election-head", at..at + head.len(), message, Some(CITY.to_owned())));
        }
    }
    // Who holds the office is told by the title beside a name, though no one gave the name.
    for found in TITLE.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let words = whole.as_str();
        // 시장 is a market too.
        let title = words
            .split_whitespace()
            .find(|word| ["시장", "군수", "구청장", "도지사"].iter().any(|title| word.contains(title)));
        let title = title.unwrap_or(words);
        let is_market = MARKETS.iter().any(|market| title.starts_with(market));
        let whole_word = after(text, whole.end()).is_none_or(|c| !('가'..='힣').contains(&c));
        let before_is_bracket = before(text, whole.start()) == Some('(');
        let is_before = found.get(1).is_some_and(|name| is_name(name.as_str()));
        // `양주시장 홍길동은`, and not `시장 이용객이`.
        let is_behind = found.get(2).is_some_and(|name| is_name(name.as_str()))
            && (title.chars().count() >= 4 || before_is_bracket)
            && whole_word;
        if is_market || !is_before && !is_behind {
            continue;
        }
        if named.iter().all(|known| whole.end() <= known.start || known.end <= whole.start()) {
            let message = format!("`{}` names the head of a city", whole.as_str());
            out.extend(part.finding("election-head", whole.range(), message, Some(CITY.to_owned())));
            break;
        }
    }
    if let Some(found) = ACHIEVEMENT.find(text) {
        let message = format!("`{}` tells of what the head achieved or pledged", found.as_str());
        out.extend(part.finding("election-achievement", found.range(), message, None));
    }
}

/// What makes a 시장 a market.
const MARKETS: [&str; 12] =
    ["전통", "재래", "골목", "도매", "농산물", "수산", "오일", "5일", "중앙", "벼룩", "노동", "새벽"];

/// The surnames that nine of ten Koreans bear (census of 2015).
const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민";

/// Whether a word is a person's name: a surname and two syllables.
fn is_name(word: &str) -> bool {
    word.chars().count() == 3
        && word.starts_with(|c| SURNAMES.contains(c))
        && !word.ends_with(['시', '군', '구', '도', '청'])
}
