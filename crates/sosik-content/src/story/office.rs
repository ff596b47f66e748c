//! The office or page that a sentence names.

use std::ops::Range;

/// What offices and pages end with to which one applies.
const OFFICES: [&str; 10] = ["센터", "사무소", "시청", "구청", "군청", "보건소", "도서관", "누리집", "홈페이지", "앱"];

/// Where a sentence names an office or a page, with the words before it that belong to its name: `회천1동 행정복지센터`.
pub(super) fn office_in(sentence: &str) -> Option<Range<usize>> {
    let words: Vec<(usize, &str)> = spans_of_words(sentence).collect();
    let (at, name) = words.iter().enumerate().find_map(|(at, (_, word))| Some((at, office(word)?)))?;
    let first = (0..at).rev().take(2).take_while(|before| is_of_name(words[*before].1)).last().unwrap_or(at);
    let end = words[at].0 + words[at].1.find(name)? + name.len();
    let named = sentence.get(words[first].0..end)?.trim_start_matches(QUOTES);
    Some(end - named.len()..end)
}

/// Whether a word before an office may belong to its name: none that ends with a particle, no verb and no day.
fn is_of_name(word: &str) -> bool {
    let is_noun = !word.ends_with(|c| "은는이가을를에의도로와과및,.:;)”’".contains(c));
    let ends = ["해", "춰", "하고", "하며", "해서", "하면", "하여", "까지", "또는", "부터", "경우", "다음"];
    let is_day = word.strip_suffix('일').is_some_and(|day| day.bytes().all(|byte| byte.is_ascii_digit()));
    is_noun && !is_day && !ends.iter().any(|end| word.ends_with(end))
}

/// The words of a text, each with where it begins.
fn spans_of_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    text.split(char::is_whitespace).filter_map(move |word| {
        let at = from;
        from += word.len() + text[from + word.len()..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((at, word))
    })
}

/// What stands around names.
const QUOTES: [char; 6] = ['‘', '’', '“', '”', '\'', '('];

/// The office or page that a word names, without its particle.
fn office(word: &str) -> Option<&str> {
    let name = ["에서", "으로", "에", "로", "을", "를"].iter().find_map(|particle| word.strip_suffix(particle))?;
    let bare = name.trim_matches(QUOTES);
    // A department is where one goes (`일자리경제과로`), and no result that one hears of.
    let is_department = bare.ends_with(['과', '팀'])
        && !word.ends_with(['을', '를'])
        && !["결과", "효과", "성과", "경과", "통과", "참가팀", "우승팀"].iter().any(|end| bare.ends_with(end));
    let is_office = is_department || OFFICES.iter().any(|end| bare.ends_with(end));
    (is_office && bare.chars().count() > 2).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_named_as_far_as_its_name_goes() {
        for (sentence, expected) in [
            ("신청은 12월 11일까지 회천1동 행정복지센터에 하세요.", Some("회천1동 행정복지센터")),
            ("서류를 갖춰 시청 일자리경제과로 방문 제출하면 됩니다.", Some("시청 일자리경제과")),
            ("11일 시 누리집을 통해 접수할 수 있습니다.", Some("시 누리집")),
            ("‘덕계도서관’에서 신청할 수 있습니다.", Some("덕계도서관")),
            ("나설 참가팀을 모집하며, 신청은 12월 4일까지 누리집을 통해 할 수 있습니다.", Some("누리집")),
            ("선정결과를 신청자에게 문자를 통해 알립니다.", None),
        ] {
            assert_eq!(office_in(sentence).map(|span| &sentence[span]), expected, "{sentence}");
        }
    }
}
