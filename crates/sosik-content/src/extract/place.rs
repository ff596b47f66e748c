//! Where something takes place: `옥정호수공원 중앙광장에서`, `장소: 시청 대강당`.

use std::ops::Range;

use super::pattern::patterns;
use super::{Confidence, Found, Sentence};

/// Endings of words that name a place.
const ENDINGS: &str = "센터 회관 공원 도서관 문학관 미술관 박물관 전시관 체육관 수목원 학교 대학교 고등학교 중학교 초등학교 대학 강당 광장 마당 경기장 운동장 시험장 교육장 회의실 대기소 주무대 야외무대 \
    특설무대 일원 일대 전통시장 재래시장 중앙시장 시청 군청 구청 청사 보건소 복지관 마을 리조트 컨트리클럽 호텔 극장 공연장 전시장 행사장 캠핑장 휴양림 테니스장 야구장 축구장 수영장 \
    스포츠파크 파크 스파 플라자 타워 역 터미널 향교 서원 사찰 정원 호수 저수지 유적지 문화원 체험장 체험관 홍보관 기념관 생가 천문대 농장 목장 아트홀 콘서트홀 홀 카페 앞 옆 소회의실 \
    대회의실 국장실 장실 숲체원 어린이집 유치원 경로당 주차장 광역시 특별시 공사 산업 거리 국국장 둔치 체육공원 읍사무소 면사무소 행정복지센터 주민센터 금성관 관아지 병원 영아원 요양원 수련원 \
    연수원 대사관 영사관 로터리 사거리 해변";

/// Words that are no place though something happens "in" them.
const NOT_PLACES: &str = "현장 행사 축제 과정 분야 점 상황 무대 공연 지역 강좌 개회식 교육 가운데 측면 차원 자리 간담회 대회 회의 사업 조사 평가 기간 이날 시중 전국 해외 국내 시장 관계자 정원 근거리 행사장";

/// What is done at a counter, or what is asked there: no event.
const ERRANDS: &str = "확인 신청 접수 구입 예매 안내받 발급 판매 문의 열람 가능 할인 재배되 생산되 온라인 배부";

/// What follows a place of any name when something takes place there.
const HELD: &str = "열린 열리는 열릴 열렸 열려 열리 개최 진행한 진행된 진행되 펼쳐";

/// Words that end the name of a place to their right.
const BREAKS: &str = "최근 오는 지난 이날 매년 올해 함께 위해 통해 등 또한 특히 그리고 주관으로 대상으로 일환으로 누구나 직접 새롭게 처음 먼저 이후 이번 현재 다음 같은 각각 총 약 매월 매주 관내 여름밤 한 두 \
    각종 다양한 지역 인근";

/// Last letters of words that are no part of a name.
const PARTICLES: &[char] = &[
    '은', '는', '을', '를', '에', '로', '의', '도', '며', '고', '한', '된', '인', '던', '할', '게', '여', '해', '히',
    '들', '와', '과', '가', '이',
];

patterns! {
    LABEL = r"(?:장\s?소|위\s?치)\s*[:：]\s*(?P<value>[^\s,;/|][^\n,;/|]{1,59})";
    TOKEN = r"\S+";
    AT = r"^(?P<name>.+?)(?:에서|에서는|에서도)$";
    VILLAGE = r"[읍면시군]\s\S{2,}[리동]$";
}

/// The places in a sentence.
pub(crate) fn places(sentence: &Sentence<'_>, out: &mut Vec<Found<String>>) {
    let text = sentence.text;
    if let Some(value) = LABEL.captures(text).and_then(|found| found.name("value")) {
        let name = value.as_str().trim_end();
        push(sentence, value.start()..value.start() + name.len(), Confidence::Stated, out);
        return;
    }
    let tokens: Vec<Range<usize>> = TOKEN.find_iter(text).map(|token| token.range()).collect();
    for (at, token) in tokens.iter().enumerate() {
        let word = &text[token.clone()];
        let following = |n: usize| tokens.get(at + n).map_or("", |next| &text[next.clone()]);
        let (name, visits) = if let Some(found) = AT.captures(word) {
            (found.name("name").map_or(0, |name| name.len()), false)
        } else if word.ends_with(['을', '를']) && ["찾아", "방문해"].iter().any(|verb| following(1).starts_with(verb))
        {
            (word.len() - '를'.len_utf8(), true)
        } else {
            continue;
        };
        // `체육센터(구 실내체육관)에서`: the name stands before the brackets.
        let end = without_brackets(text, token.start + name);
        let Some((at, token)) = tokens[..=at].iter().enumerate().rev().find(|(_, token)| token.start < end) else {
            continue;
        };
        let head = text[token.start..end].trim_start_matches(OPENING);
        if head.is_empty() || words(NOT_PLACES).any(|word| word == head) || following(1).ends_with("까지") {
            continue;
        }
        let errand = (1..=3).any(|n| words(ERRANDS).any(|word| following(n).starts_with(word)));
        let is_held = words(HELD).any(|word| following(1).starts_with(word));
        let is_place = is_named(head) || VILLAGE.is_match(&text[..end]);
        if errand || !is_place && !is_held {
            continue;
        }
        let start = name_start(text, &tokens, at);
        let start = trimmed(text, start, end);
        if text[start..end]
            .split_whitespace()
            .all(|word| words(GENERIC).any(|kind| kind == word.trim_end_matches(['와', '과'])))
        {
            continue;
        }
        let confidence = if visits || !is_place { Confidence::Guessed } else { Confidence::Likely };
        push(sentence, start..end, confidence, out);
    }
}

/// The words of a list.
fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split_whitespace()
}

fn is_named(word: &str) -> bool {
    words(ENDINGS).any(|ending| word.ends_with(ending))
}

/// The end of a name before brackets that end there.
fn without_brackets(text: &str, end: usize) -> usize {
    let open = text[..end].strip_suffix([')', '）']).and_then(|inside| inside.rfind(['(', '（']));
    open.map_or(end, |open| text[..open].trim_end().len())
}

/// Kinds of places, which name none by themselves.
const GENERIC: &str = "학교 대학교 대학 고등학교 중학교 초등학교 공원 도서관 센터 회관 마을 농장 카페 병원 경로당 어린이집 유치원 거리 역 호텔 극장 내 및";

const OPENING: [char; 8] = ['‘', '\'', '“', '"', '(', '[', '「', '〈'];
const CLOSING: [char; 9] = ['’', '\'', '”', '"', ')', ']', '」', '〉', ','];

/// Where the name of a place begins of which the last word is known.
fn name_start(text: &str, tokens: &[Range<usize>], last: usize) -> usize {
    let mut start = tokens[last].start;
    for before in tokens[..last].iter().rev().take(4) {
        if text[start..].starts_with(OPENING) {
            break;
        }
        let word = &text[before.clone()];
        let joins = ["와", "과"].iter().any(|and| word.strip_suffix(and).is_some_and(is_named));
        let named = word == "등" && words(ENDINGS).any(|ending| text[start..].trim_start().contains(ending));
        let ends = word.ends_with(CLOSING)
            || words(BREAKS).any(|end| end == word) && !named
            || word.ends_with(PARTICLES) && !joins && !named
            || word.ends_with("부터")
            || word.ends_with("까지")
            || word.ends_with("만에")
            || word.ends_with('간')
            || word.ends_with(['시', '분', '일', '월']) && word.contains(|c: char| c.is_ascii_digit())
            || word.ends_with(['다', '.', '…', ':', ';', '!', '?', '~', '■', '▲'])
            || word.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '~' || c == '.');
        if ends && !joins {
            break;
        }
        start = before.start;
    }
    start
}

/// Without what opens a quotation before it.
fn trimmed(text: &str, start: usize, end: usize) -> usize {
    let name = &text[start..end];
    end - name.trim_start_matches(OPENING).len()
}

fn push(sentence: &Sentence<'_>, span: Range<usize>, confidence: Confidence, out: &mut Vec<Found<String>>) {
    let name = sentence.text[span.clone()].to_owned();
    if !name.is_empty() {
        out.push(sentence.found(name, span, confidence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_in_full_and_errands_are_none() {
        for (text, expected) in [
            ("오는 6일 오후 3시부터 관아지 앞마당에서 공연을 연다.", &["관아지 앞마당"][..]),
            ("장소: 옥정호수공원 중앙광장", &["옥정호수공원 중앙광장"]),
            ("장소:  시청 ", &["시청"]),
            ("장소: 년", &[]),
            ("최근 옥정호수공원 야외무대에서 음악회를 열었다.", &["옥정호수공원 야외무대"]),
            ("5일간 장흥에서 개최된 박람회", &["장흥"]),
            ("옥정호수도서관과 고읍도서관 일원에서 열린다.", &["옥정호수도서관과 고읍도서관 일원"]),
            ("행정복지센터에서 신청할 수 있다. 이번 행사에서 많은 시민이 함께했다.", &[]),
            ("다리에서 산책길까지 이어지는 길", &[]),
            ("지난 8일 옥정중학교를 찾아 캠페인을 벌였다.", &["옥정중학교"]),
        ] {
            let mut out = Vec::new();
            places(&Sentence { text, start: 0 }, &mut out);
            assert_eq!(out.iter().map(|place| place.value.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
