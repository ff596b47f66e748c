//! The labelled facts of a post: `일시: 12월 5일(토) 14시`, `장소 - 옥정호수공원`.

use crate::card::Point;
use crate::text;

/// The labels that a card can show, and the other words that posts use for them.
const LABELS: &[(&str, &[&str])] = &[
    ("일시", &["일시", "행사일시", "운영일시", "관람시간", "운영시간", "시간"]),
    ("기간", &["기간", "운영기간", "행사기간", "전시기간", "납부기간", "공사기간"]),
    ("신청기간", &["신청기간", "접수기간", "모집기간"]),
    ("장소", &["장소", "위치", "행사장소", "구간", "통제구간"]),
    ("대상", &["대상", "지원대상", "모집대상", "신청대상", "신청자격"]),
    ("비용", &["비용", "참가비", "관람료", "입장료", "요금", "수강료", "체험비", "지원금액", "지원내용"]),
    ("신청", &["신청", "신청방법", "접수", "접수방법", "예약", "참여방법"]),
    ("문의", &["문의", "문의처", "연락처"]),
];

/// What stands before a label in a list.
const BULLETS: [char; 22] =
    ['-', '•', '·', '○', '●', '▶', '■', '□', '◆', '*', '※', '✔', '☑', 'ㅇ', '◦', '❍', '▷', '→', '◎', '‣', '　', ' '];

/// A line without its bullet: a sign, `1.`, `1)` or `가.`.
pub(crate) fn unbulleted(line: &str) -> &str {
    let line = line.trim_start_matches(BULLETS);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let letter = line.strip_prefix(|c: char| "가나다라마바사아자차카타파하".contains(c)).unwrap_or(line);
    for rest in [number, letter] {
        let digits = line.len() - rest.len();
        if (1..=3).contains(&digits)
            && let Some(rest) = rest.strip_prefix(['.', ')'])
            && rest.starts_with(' ')
        {
            return rest.trim_start_matches(BULLETS);
        }
    }
    line
}

/// Up to `most` facts, in the order of [`LABELS`].
pub(crate) fn points(body: &str, most: usize, value_units: usize) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for (label, words) in LABELS {
        if out.len() == most {
            break;
        }
        let value = body.lines().find_map(|line| {
            let line = unbulleted(line);
            words.iter().find_map(|word| labelled(line, word))
        });
        if let Some(value) = value {
            out.push(Point::new(*label, text::shorten(&value, value_units)));
        }
    }
    out
}

/// A labelled line where it stands.
pub(crate) struct Labelled {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    /// The line: bytes of the text.
    pub(crate) span: std::ops::Range<usize>,
}

/// The labelled lines of a text, in its order.
pub(crate) fn labelled_in(text: &str) -> Vec<Labelled> {
    let mut out = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let span = start..start + line.len();
        start += whole.len();
        let line = unbulleted(line);
        let found = LABELS.iter().find_map(|(label, words)| {
            let value = words.iter().find_map(|word| labelled(line, word))?;
            Some((*label, value))
        });
        if let Some((label, value)) = found {
            out.push(Labelled { label, value, span });
        }
    }
    out
}

/// Whether a line is a labelled fact and no prose.
pub(crate) fn is_labelled(line: &str) -> bool {
    let line = unbulleted(line);
    LABELS.iter().flat_map(|(_, words)| words.iter()).any(|word| labelled(line, word).is_some())
}

fn labelled(line: &str, word: &str) -> Option<String> {
    // `일 시` is written with a space to fill a column.
    let spaced: String = word.chars().flat_map(|c| [c, ' ']).collect();
    let rest = line.strip_prefix(word).or_else(|| line.strip_prefix(spaced.trim_end()))?;
    let value = rest.trim_start().strip_prefix([':', '：', '|', '-', '–'])?;
    let value = text::clean_line(value.trim_start_matches([':', ' ']));
    // The heading row of a table says no value.
    let is_label = LABELS.iter().any(|(_, words)| words.contains(&value.trim_end_matches([':', ' '])));
    (!value.is_empty() && !is_label).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labelled_lines_become_points_and_prose_does_not() {
        let body = "✔ 일 시 : 12월 5일(토) 14:00\n장소는 많습니다.\n장소: 옥정호수공원 중앙광장\n문의 031-8082-0000";
        let found = points(body, 3, 40);
        assert_eq!(found, [Point::new("일시", "12월 5일(토) 14:00"), Point::new("장소", "옥정호수공원 중앙광장")]);
        for line in
            ["ㅇ 일시: 12월 5일", "1. 일시 : 12월 5일", "가. 일시: 12월 5일", "▷ 일시: 12월 5일", "2) 일시: 12월 5일"]
        {
            assert_eq!(points(line, 3, 40), [Point::new("일시", "12월 5일")], "{line}");
        }
        assert_eq!(points("일시: 장소:", 3, 40), []);
    }
}
