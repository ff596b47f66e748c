//! Where something takes place: `옥정호수공원 중앙광장에서`, `장소: 시청 대강당`.

use std::ops::Range;

use super::pattern::patterns;
use super::{Confidence, Found, Sentence};

/// Endings of words that name a place.
const ENDINGS: &str = "센터 회관 공원 도서관 문학관 미술관 박물관 전시관 체육관 수목원 학교 대학교 고등학교 중학교 초등학교 대학 강당 광장 마당 경기장 운동장 시험장 교육장 회의실 대기소 주무대 야외무대 \
    특설무대 일원 일대 전통시장 재래시장 중앙시장 시청 군청 구청 청사 보건소 복지관 마을 리조트 컨트리클럽 호텔 극장 공연장 전시장 행사장 캠핑장 휴양림 테니스장 야구장 축구장 수영장 \
    스포츠파크 파크 스파 플라자 타워 역 터미널 향교 서원 사찰 정원 호수 저수지 유적지 문화원 체험장 체험관 홍보관 기념관 생가 천문대 농장 목장 아트홀 콘서트홀 홀 카페 앞 옆 소회의실 \
    대회의실 국장실 장실 숲체원 어린이집 유치원 경로당 주차장 광역시 특별시 공사 산업 거리 국국장 둔치 체육공원 읍사무소 면사무소 행정복지센터 주민센터 금성관 관아지 병원 영아원 요양원 수련원 \
    연수원 대사관 영사관 로터리 사거리 해변 \
    전망대 과학관 기술원 진흥원 해수욕장 둘레길 식물원 동물원 읍성 산성 고분군 선착장";

/// Words that are no place though something happens "in" them.
const NOT_PLACES: &str = "현장 행사 축제 과정 분야 점 상황 무대 공연 지역 강좌 개회식 교육 가운데 측면 차원 자리 간담회 대회 회의 사업 조사 평가 기간 이날 시중 전국 해외 국내 시장 관계자 정원 근거리 행사장 이사회 총회 위원회 \
    본회의 임시회 인터뷰 기자회견 온라인 유튜브 방송";

/// What is done at a counter, or what is asked there: no event.
const ERRANDS: &str = "확인 신청 접수 구입 예매 안내받 발급 판매 문의 열람 가능 할인 재배되 생산되 온라인 배부";

/// What follows a place of any name when something takes place there.
const HELD: &str = "열린 열리는 열릴 열렸 열려 열리 개최 진행한 진행된 진행되 펼쳐";

/// What is done where something takes place, further on in the same clause, when a day or a time stands right before the
/// place.
const DONE: &str = "열린 열리 열릴 열렸 열려 연다 열고 열어 열었 열기로 펼쳐 펼친 펼칠 막을 선보 치러 치른 만날 만나";

/// The same as nouns, which say so with a verb behind them: `개최한다`, and not `개최 결의안`.
const HELD_BY_NAME: &str = "개최 진행 운영 공연 거행 상영 전시 개막 개장 실시";

/// What may follow the name of a place and says no more than that it is there.
const AROUND: &str = "일원 일대 주변 인근 부근 내 안 앞 옆 등 곳곳 전역";

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
    WHEN = r"(?:\d\S*(?:일|월|시|분|까지|부터|간|\.)|\d{1,2}:\d{2}|[(（][월화수목금토일](?:요일)?[)）](?:부터|까지)?|이틀간|사흘간|나흘간|양일간)$";
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
        let Some((mut at, mut token)) = holding(&tokens[..=at], end) else { continue };
        let last = at;
        let mut end = end;
        let mut head = text[token.start..end].trim_start_matches(OPENING);
        // `영산강정원(영산동 1) 일원에서`: the name stands before the brackets.
        if words(AROUND).any(|word| word == head)
            && let Some(before) = at.checked_sub(1).map(|before| &tokens[before])
            && without_brackets(text, before.end) < before.end
            && let Some((name, holder)) = holding(&tokens[..at], without_brackets(text, before.end))
        {
            (end, at, token) = (without_brackets(text, before.end), name, holder);
            head = text[token.start..end].trim_start_matches(OPENING);
        }
        let following = |n: usize| tokens.get(last + n).map_or("", |next| &text[next.clone()]);
        if head.is_empty() || words(NOT_PLACES).any(|word| word == head) || following(1).ends_with("까지") {
            continue;
        }
        let errand = (1..=3).any(|n| words(ERRANDS).any(|word| following(n).starts_with(word)));
        let is_held = words(HELD).any(|word| following(1).starts_with(word));
        let start = name_start(text, &tokens, at);
        let mut clause = (1..=14).map(following).take_while(|word| !AT.is_match(word));
        let dated = clause.any(is_done);
        let dated = dated.then(|| dated_start(text, &tokens, start)).flatten();
        let is_place = dated.is_some() || is_named(head) || VILLAGE.is_match(&text[..end]);
        let start = dated.unwrap_or(start);
        if errand || !is_place && !is_held {
            continue;
        }
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

/// The token that holds what ends there.
fn holding(tokens: &[Range<usize>], end: usize) -> Option<(usize, &Range<usize>)> {
    tokens.iter().enumerate().rev().find(|(_, token)| token.start < end)
}

/// Where what stands between a day or a time and the end of a place begins: its name, or a list of names.
fn dated_start(text: &str, tokens: &[Range<usize>], start: usize) -> Option<usize> {
    let at = tokens.iter().position(|token| token.start == start)?;
    let mut is_list = false;
    for before in (0..at).rev().take(12) {
        let word = &text[tokens[before].clone()];
        if WHEN.is_match(word.trim_end_matches(',')) {
            return Some(tokens[before + 1].start);
        }
        is_list |= word.ends_with(',');
        let breaks = words(BREAKS).any(|end| end == word);
        if breaks
            || word.ends_with(['은', '는', '을', '를', '에', '의', '며', '고', '다', '.', '’', '”'])
            || !is_list && at - before > 2
        {
            return None;
        }
    }
    None
}

/// Whether a word says that something takes place: `개최한다`, and not `개최` or `개최를`.
fn is_done(word: &str) -> bool {
    let as_verb = |rest: &str| rest.starts_with(VERB);
    words(DONE).any(|done| word.starts_with(done))
        || words(HELD_BY_NAME).any(|noun| word.strip_prefix(noun).is_some_and(as_verb))
}

/// How what makes a verb of a noun begins.
const VERB: [char; 12] = ['하', '한', '할', '합', '해', '했', '되', '된', '될', '됩', '돼', '됐'];

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
    for before in tokens[..last].iter().rev().take(5) {
        if text[start..].starts_with(OPENING) {
            break;
        }
        let word = &text[before.clone()];
        let known = text[start..].split_whitespace().next().unwrap_or_default();
        let known = known.trim_end_matches("에서");
        // `병풍도 일원`, `선착장 및 도로`: what is around something, or beside it, names that too, whatever its last letter is.
        let is_bound = known == "및" || words(AROUND).any(|around| around == known);
        if word == "및" || is_bound && !word.ends_with(CLOSING) && !WHEN.is_match(word) {
            start = before.start;
            continue;
        }
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
            ("오는 3월 1일 별빛내린천에서 ‘그루브 축제’ 행사가 열린다.", &["별빛내린천"]),
            ("10월 3일부터 5일까지 증도면 병풍도 일원에서 축제를 연다.", &["증도면 병풍도 일원"]),
            ("10월 3일 장림항 선착장 및 도로 일원에서 행사가 열린다.", &["장림항 선착장 및 도로 일원"]),
            ("12일까지 영산강정원(나주시 영산동 757-1) 일원에서 열리는 축제", &["영산강정원"]),
            ("지난 23일 국회 소통관에서 기자회견을 열고 발표했다.", &["국회 소통관"]),
            ("10월 3일 오후 2시 가파도 상동항에서 축제가 열린다.", &["가파도 상동항"]),
            ("3일까지 평촌중앙공원, 삼덕공원, 범계로데오에서 축제를 연다.", &["평촌중앙공원, 삼덕공원, 범계로데오"]),
            ("지난 20일 제300회 임시회 본회의에서 축제 개최 결의안을 통과시켰다.", &[]),
            ("5일 온라인에서 강연이 진행된다.", &[]),
            ("지난 3일 별산대에서 축제 개최 계획을 밝혔다.", &[]),
            ("5일 이 자리에서 시장은 공연을 열겠다고 했다.", &[]),
            ("다리에서 산책길까지 이어지는 길", &[]),
            ("지난 8일 옥정중학교를 찾아 캠페인을 벌였다.", &["옥정중학교"]),
        ] {
            let mut out = Vec::new();
            places(&Sentence { text, start: 0 }, &mut out);
            assert_eq!(out.iter().map(|place| place.value.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
