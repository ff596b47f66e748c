//! Cleaning and shortening of Korean text.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// The length of a text in UTF-16 code units: of the ways in which providers count, the largest.
///
/// ```
/// assert_eq!(sosik_content::text::units("소식"), 2);
/// assert_eq!(sosik_content::text::units("😀"), 2);
/// ```
#[must_use]
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Composes Hangul (NFC), drops invisible and control characters, and folds white space, keeping line breaks.
///
/// ```
/// use sosik_content::text::clean;
///
/// assert_eq!(clean("\u{1112}\u{1161}\u{11ab}글\u{200b}　공백  둘 \r\n\n\n\n다음 "), "한글 공백 둘\n\n다음");
/// ```
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut breaks = 0;
    let mut space = false;
    // What cannot be seen goes first: it stands between marks that belong together.
    for c in text.chars().filter(|c| *c == '\n' || !is_invisible(*c)).nfc() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => breaks += 1,
            _ if c.is_whitespace() || c == '\u{3164}' => space = true,
            _ => {
                if !out.is_empty() {
                    match breaks {
                        0 if space => out.push(' '),
                        0 => {}
                        1 => out.push('\n'),
                        _ => out.push_str("\n\n"),
                    }
                }
                (breaks, space) = (0, false);
                out.push(c);
            }
        }
    }
    out
}

/// [`clean`], on one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\r')
}

/// What a bracket before a title says that citizens must know: the bracket stays.
const TELLING: [&str; 21] = [
    "취소",
    "연기",
    "마감",
    "종료",
    "중단",
    "중지",
    "변경",
    "정정",
    "수정",
    "긴급",
    "재공고",
    "추가",
    "연장",
    "모집",
    "주의",
    "경보",
    "휴관",
    "휴장",
    "휴무",
    "통제",
    "단수",
];

/// A title for a card: without emoji and ornaments, without the `[양주시]` that stands before everything. A bracket that
/// says something, such as `[취소]`, stays, and so do names in `〈〉`.
///
/// ```
/// use sosik_content::text::plain_title;
///
/// assert_eq!(plain_title("📢 [양주시]  김장쓰레기,   이렇게 버려요~!! ♥"), "김장쓰레기, 이렇게 버려요!");
/// ```
#[must_use]
pub fn plain_title(title: &str) -> String {
    let mut rest = without_ornaments(title);
    loop {
        let trimmed = rest.trim_start();
        let inner = [('[', ']'), ('【', '】')].into_iter().find_map(|(open, close)| {
            let body = trimmed.strip_prefix(open)?;
            let end = body.find(close)?;
            let (inside, after) = (&body[..end], &body[end + close.len_utf8()..]);
            let tells = TELLING.iter().any(|word| inside.contains(word));
            (units(inside) <= 12 && !tells && !after.trim().is_empty()).then(|| after.to_owned())
        });
        match inner {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    let rest = without_sender(&rest);
    let mut out = String::with_capacity(rest.len());
    for c in rest.chars() {
        let repeated = matches!(c, '!' | '?' | '~' | '.') && out.ends_with(c);
        if !repeated {
            out.push(c);
        }
    }
    let out = out.replace("~!", "!").replace(" !", "!").replace(" ,", ",");
    out.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(['~', ' ', '-', ':', '|']).to_owned()
}

/// A title without the city that stands before it, as in press releases: `양주시, 점등식 개최`. The channel says whose it is.
fn without_sender(title: &str) -> &str {
    let Some((sender, rest)) = title.split_once(',') else { return title };
    let sender = sender.trim();
    let is_city = (3..=4).contains(&sender.chars().count())
        && sender.ends_with(['시', '군', '구'])
        && sender.chars().all(|c| ('가'..='힣').contains(&c));
    if is_city && !rest.trim().is_empty() { rest } else { title }
}

/// The text with a space in the place of emoji, hearts, stars and the like, which fonts lack and text messages cannot
/// carry, and `…` in the place of three dots or more. Arrows and the circles and triangles of `홍○○` mean something and stay.
///
/// ```
/// use sosik_content::text::without_ornaments;
///
/// assert_eq!(without_ornaments("요금 1,500원 ⇒ 1,700원 (홍○○)♥"), "요금 1,500원 → 1,700원 (홍○○) ");
/// assert_eq!(without_ornaments("겨울이면 생각나는 과일 ......."), "겨울이면 생각나는 과일 …");
/// ```
#[must_use]
pub fn without_ornaments(text: &str) -> String {
    let kept = |c: char| match u32::from(c) {
        // Joiners and variants of the sign before them.
        0xfe00..=0xfe0f | 0x200d | 0x20e3 | 0xe0000..=0xe007f => None,
        0x2190..=0x2194 | 0x25b3 | 0x25cb | 0x25ce => Some(c),
        0x21d2 | 0x27a1 | 0x2794 | 0x279c => Some('→'),
        0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x25a0..=0x25ff | 0x2190..=0x21ff | 0x3030 | 0x303d => {
            Some(' ')
        }
        _ => Some(c),
    };
    let mut out = String::with_capacity(text.len());
    let mut dots = 0;
    for c in text.chars().filter_map(kept) {
        dots = if c == '.' { dots + 1 } else { 0 };
        match dots {
            3 => {
                out.truncate(out.len() - "..".len());
                out.push('…');
            }
            4.. => {}
            _ => out.push(c),
        }
    }
    out
}

/// Cuts a line to at most `max` units at the end of a word, with `…` in the place of what is gone.
///
/// ```
/// use sosik_content::text::shorten;
///
/// assert_eq!(shorten("회암사지 왕실축제 자원봉사자 모집", 20), "회암사지 왕실축제 자원봉사자 모집");
/// assert_eq!(shorten("회암사지 왕실축제 자원봉사자를 모집합니다", 16), "회암사지 왕실축제…");
/// ```
#[must_use]
pub fn shorten(line: &str, max: usize) -> String {
    if units(line) <= max {
        return line.to_owned();
    }
    if max == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    let mut boundary = 0;
    for c in line.chars() {
        if c.is_whitespace() && used > 0 {
            boundary = kept.len();
        }
        if used + c.len_utf16() + 1 > max {
            break;
        }
        used += c.len_utf16();
        kept.push(c);
    }
    // A single long word is cut inside, which is better than nothing at all.
    if boundary > 0 && units(&kept[..boundary]) * 2 >= max {
        kept.truncate(boundary);
    }
    let kept = kept.trim_end().trim_end_matches([',', '·', '-', '~', ':', '(', '[', '\'', '"', '“', '‘']).trim_end();
    format!("{kept}…")
}

/// The sentences of a text, in order, each on one line.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    sentence_spans(text).into_iter().map(|span| clean_line(&text[span])).filter(|line| !line.is_empty()).collect()
}

/// Where the sentences of a text stand, in order, without the white space around them.
pub(crate) fn sentence_spans(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        // A full stop ends a sentence only after a Korean ending (다. 요. 죠.), never in 11. 28. or www.
        let stop = matches!(c, '!' | '?' | '。') || c == '.' && before.is_some_and(|c| ('가'..='힣').contains(&c));
        if c == '\n' || stop && chars.peek().is_none_or(|(_, next)| next.is_whitespace()) {
            push_span(text, start..end, &mut out);
            start = end;
        }
        before = Some(c);
    }
    push_span(text, start..text.len(), &mut out);
    out
}

fn push_span(text: &str, span: Range<usize>, out: &mut Vec<Range<usize>>) {
    let inside = &text[span.clone()];
    let start = span.start + inside.len() - inside.trim_start().len();
    let end = start + inside.trim().len();
    if end > start {
        out.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_does_not_end_a_sentence() {
        let found = sentences("11. 28.(토) 14:00에 엽니다. 장소는 옥정호수공원입니다! 문의 031-8082-0000");
        assert_eq!(found, ["11. 28.(토) 14:00에 엽니다.", "장소는 옥정호수공원입니다!", "문의 031-8082-0000"]);
    }

    #[test]
    fn a_long_word_is_cut_inside() {
        assert_eq!(shorten("가나다라마바사아자차카타파하", 6), "가나다라마…");
    }

    #[test]
    fn a_title_keeps_its_brackets_when_nothing_else_is_there() {
        assert_eq!(plain_title("[공지]"), "[공지]");
        assert_eq!(plain_title("[시민기자단] [문화] 관아지의 가을"), "관아지의 가을");
        assert_eq!(plain_title("[양주시] [취소] 겨울빛 점등식"), "[취소] 겨울빛 점등식");
        assert_eq!(plain_title("〈가을의 노래〉 전시 안내"), "〈가을의 노래〉 전시 안내");
        assert_eq!(plain_title("양주시, ‘겨울빛 점등식’ 개최"), "‘겨울빛 점등식’ 개최");
        assert_eq!(plain_title("대형폐기물, 이렇게 버려요"), "대형폐기물, 이렇게 버려요");
        assert_eq!(plain_title("버스 노선 변경(덕정역→옥정지구)♥꼭"), "버스 노선 변경(덕정역→옥정지구) 꼭");
    }

    #[test]
    fn what_cannot_be_seen_between_marks_is_gone_before_they_are_put_in_order() {
        assert_eq!(clean("\u{816}\r\u{11d44}"), clean(&clean("\u{816}\r\u{11d44}")));
    }

    proptest! {
        #[test]
        fn what_is_shortened_fits(line in "\\PC{0,80}", max in 4usize..60) {
            prop_assert!(units(&shorten(&line, max)) <= max);
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in "[\\PC\\n\\r\\t\u{200b}\u{3000}]{0,80}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
