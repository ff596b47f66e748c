//! Where a line of Korean text may end: between words, and never where the sense would tear.

use crate::fonts::clusters;

/// A piece of text that stays on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    /// Whether a space stands between it and the piece before it, where both are on a line.
    pub(crate) spaced: bool,
}

/// What never begins a line.
const NEVER_FIRST: &str = ",.!?)]}·:;~…%’”」』〉》】、。，．！？）］｝：；～〜-–—→×+/&㎡℃";

/// What never ends a line.
const NEVER_LAST: &str = "([{‘“「『〈《【（［｛#";

/// What a number is not parted from.
const UNITS: &str = "원 명 개 월 일 시 분 초 년 회 차 세 층 대 곳 권 편 점 팀 종 가구 세대 만 천 억 조 석 장 호 번 주 부 쪽 리 동 km m kg g cm mm % 여 인 매 동 기 학년 박 도 톤";

/// What is not parted from the number after it.
const BEFORE_NUMBERS: &str = "오전 오후 약 총 만 제 매월 매년 새벽 저녁 밤 낮 최대 최소 연 월 주";

/// The pieces of a line of text, which has no line break in it.
pub(crate) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut out: Vec<Piece<'_>> = Vec::new();
    let mut start = 0;
    let mut end = 0;
    // Whether a space stands before the piece that begins at `start`.
    let mut spaced = false;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        for (nth, part) in after_dots(word).enumerate() {
            // Where the part stands in the line.
            let at = part.as_ptr() as usize - line.as_ptr() as usize;
            if end > start && (nth > 0 || !stay_together(&line[start..end], part)) {
                out.push(Piece { text: &line[start..end], spaced });
                (start, spaced) = (at, nth == 0);
            } else if end == start {
                start = at;
            }
            end = at + part.len();
        }
    }
    if end > start {
        out.push(Piece { text: &line[start..end], spaced });
    }
    out
}

/// The parts of a word between which a line may end although no space stands there: behind dots that lead on
/// (`나주영산강축제’…시민이`).
fn after_dots(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        let leads_on = |at: &usize| {
            let behind = all[at + '…'.len_utf8()..].chars().next();
            behind.is_some_and(|c| c.is_alphanumeric() || NEVER_LAST.contains(c))
        };
        let found = all.match_indices('…').map(|(at, _)| at).find(|at| *at > 0 && leads_on(at));
        let Some(at) = found else { return Some(all) };
        let (part, behind) = all.split_at(at + '…'.len_utf8());
        rest = Some(behind);
        Some(part)
    })
}

/// Whether two words stay on one line.
fn stay_together(before: &str, after: &str) -> bool {
    let last = before.rsplit(' ').next().unwrap_or(before);
    let (Some(ends), Some(begins)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let words = |list: &'static str| list.split(' ');
    if NEVER_FIRST.contains(begins) || NEVER_LAST.contains(ends) {
        return true;
    }
    // `5천 원`, `12월 5일`, `3 km`.
    let is_number = last.chars().any(|c| c.is_ascii_digit())
        && (ends.is_ascii_digit() || ['천', '만', '억', '백', '월', '년'].contains(&ends));
    if is_number && (words(UNITS).any(|unit| begins_with_unit(after, unit)) || ends == '월' && begins.is_ascii_digit())
    {
        return true;
    }
    // `오후 3시`.
    if begins.is_ascii_digit() && words(BEFORE_NUMBERS).any(|word| word == last) {
        return true;
    }
    // `5일 (토)`.
    begins == '(' && ends_day(last) && clusters(after).count() <= 5
}

/// Whether a word is a unit, with no more than a particle behind it.
fn begins_with_unit(word: &str, unit: &str) -> bool {
    word.strip_prefix(unit).is_some_and(|rest| clusters(rest).count() <= 3)
}

fn ends_day(word: &str) -> bool {
    word.ends_with(['일', '.']) && word.starts_with(|c: char| c.is_ascii_digit())
}

/// Parts a piece that is wider than a line, so that each part fits; `fits` tells whether a text does.
pub(crate) fn parted<'a>(piece: Piece<'a>, fits: &impl Fn(&str) -> bool) -> Vec<Piece<'a>> {
    // First where words meet, then inside.
    let mut out = Vec::new();
    for (at, word) in piece.text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let spaced = if at == 0 { piece.spaced } else { true };
        part_word(Piece { text: word, spaced }, fits, &mut out);
    }
    out
}

fn part_word<'a>(word: Piece<'a>, fits: &impl Fn(&str) -> bool, out: &mut Vec<Piece<'a>>) {
    let mut rest = word.text;
    let mut spaced = word.spaced;
    while !rest.is_empty() {
        if fits(rest) {
            out.push(Piece { text: rest, spaced });
            return;
        }
        // The longest beginning that fits and may end a line; the longest that fits where none may.
        let mut longest = 0;
        let mut allowed = 0;
        let mut at = 0;
        let mut all = clusters(rest).peekable();
        while let Some(cluster) = all.next() {
            at += cluster.len();
            if !fits(&rest[..at]) && longest > 0 {
                break;
            }
            longest = at;
            if all.peek().is_none_or(|next| may_part(cluster, next)) {
                allowed = at;
            }
        }
        // A cluster wider than a line stands alone on it.
        let cut = if allowed > 0 { allowed } else { longest };
        out.push(Piece { text: &rest[..cut], spaced });
        rest = &rest[cut..];
        spaced = false;
    }
}

/// Whether a line may end between two clusters of a word.
fn may_part(before: &str, after: &str) -> bool {
    let (Some(ends), Some(begins)) = (before.chars().next_back(), after.chars().next()) else { return true };
    let together = ends.is_ascii_digit() && (begins.is_ascii_digit() || begins == ',' || begins == '.');
    !together && !NEVER_FIRST.contains(begins) && !NEVER_LAST.contains(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        pieces(line).iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn numbers_stay_with_their_units_and_marks_with_their_words() {
        assert_eq!(texts("참가비 5천 원 무료"), ["참가비", "5천 원", "무료"]);
        assert_eq!(texts("오는 12월 5일 (토) 오후 3시 개막"), ["오는", "12월 5일 (토)", "오후 3시", "개막"]);
        assert_eq!(texts("시청 → 역 까지"), ["시청 →", "역", "까지"]);
        assert_eq!(texts("걷기 ( 5 km ) 대회"), ["걷기", "( 5 km )", "대회"]);
        assert_eq!(texts("12월 축제"), ["12월", "축제"]);
        let led_on = pieces("‘2025 영산강축제’…시민이 즐겼다…");
        let led_on: Vec<_> = led_on.iter().map(|piece| (piece.text, piece.spaced)).collect();
        assert_eq!(led_on, [("‘2025", false), ("영산강축제’…", true), ("시민이", false), ("즐겼다…", true)]);
        assert_eq!(texts(""), Vec::<&str>::new());
    }

    #[test]
    fn a_word_wider_than_a_line_is_parted_where_it_may_be() {
        let fits = |text: &str| clusters(text).count() <= 4;
        let parts =
            |text| parted(Piece { text, spaced: true }, &fits).iter().map(|piece| piece.text).collect::<Vec<_>>();
        assert_eq!(parts("가나다라마바사"), ["가나다라", "마바사"]);
        // Not before a closing mark, and not within a number.
        assert_eq!(parts("가나다라)마"), ["가나다", "라)마"]);
        assert_eq!(parts("가나12345"), ["가나", "1234", "5"]);
        assert_eq!(parts("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦"), ["👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]);
    }
}
