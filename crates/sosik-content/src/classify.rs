//! Which [`Topic`] a post is about, by rules that are data.

use crate::{Post, Topic};

/// One word that speaks for a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cue {
    /// The word, looked for anywhere in the text.
    pub word: &'static str,
    /// The topic it speaks for.
    pub topic: Topic,
    /// How strongly: counted threefold in the title, and twofold in the source's category.
    pub weight: u32,
}

/// What a post was found to be about, and what said so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Classification {
    /// The topic with the most weight; everyday life where no word spoke.
    pub topic: Topic,
    /// The weight of that topic.
    pub weight: u32,
    /// The cues that were found, in the order of [`CUES`].
    pub cues: Vec<Cue>,
}

macro_rules! cues {
    ($($topic:ident: $($word:literal $weight:literal),+;)+) => {
        /// The words that tell topics apart. Our own list, made from the notice boards of Korean cities.
        pub const CUES: &[Cue] = &[$($(Cue { word: $word, topic: Topic::$topic, weight: $weight },)+)+];
    };
}

cues! {
    Safety: "재난" 3, "안전" 1, "산불" 3, "한파" 3, "대설" 3, "폭설" 3, "결빙" 3, "빙판" 2, "화재" 3, "동파" 2, "지진" 3, "호우" 3,
        "태풍" 3, "폭염" 3, "대피" 3, "감염병" 3, "독감" 2, "방역" 3, "조류인플루엔자" 3, "주의보" 3, "경보" 3, "예방" 1, "단속" 1,
        "소각" 2, "제설" 2, "미세먼지" 2, "식중독" 2, "안전사고" 3;
    Policy: "정책" 2, "지원금" 3, "지원사업" 3, "수당" 3, "복지" 2, "신청" 1, "시정" 2, "조례" 2, "예산" 2, "민원" 1, "청년" 1,
        "출산" 2, "보건소" 1, "납부" 2, "세금" 2, "자동차세" 3, "주민등록" 2, "공모" 1, "설문" 1, "일자리" 2, "채용" 2, "바우처" 2,
        "경기지역화폐" 2, "지역화폐" 2, "GTX" 2, "착공" 2, "개통" 2, "테크노밸리" 2, "치매안심센터" 2, "평생학습" 1, "모집" 1;
    Festival: "축제" 4, "페스티벌" 4, "행사" 1, "개막" 2, "불꽃" 2, "박람회" 3, "마라톤" 3, "걷기대회" 3, "장터" 2, "한마당" 3,
        "트리" 1, "점등식" 3, "해맞이" 3, "야행" 3, "대회" 1, "체험행사" 2;
    Culture: "전시" 3, "공연" 3, "미술관" 3, "박물관" 2, "도서관" 3, "음악회" 3, "콘서트" 3, "영화" 2, "연극" 3, "강연" 2, "작가" 2,
        "문화" 1, "국악" 3, "별산대놀이" 3, "소놀이굿" 3, "합창" 2, "독서" 2, "그림책" 1, "책방" 1, "무형유산" 3, "뮤지컬" 3;
    Tourism: "관광" 3, "여행" 3, "나들이" 3, "명소" 3, "산보" 2, "둘레길" 3, "산행" 2, "등산" 2, "캠핑" 3, "천문대" 2, "맛집" 2,
        "풍경" 2, "단풍" 2, "코스" 1, "농장" 2, "딸기" 2, "저수지" 2, "회암사지" 1, "관아지" 1, "장흥" 1, "불곡산" 2, "가볼 만한" 3;
    Living: "생활" 2, "쓰레기" 3, "분리배출" 3, "재활용" 2, "수도" 2, "단수" 4, "버스" 3, "노선" 3, "도로" 2, "공사" 2, "통제" 2,
        "주차" 2, "요금" 1, "김장" 2, "전통시장" 2, "오일장" 2, "5일장" 2, "교통" 2, "우회" 2, "대형폐기물" 3, "반려동물" 2, "점검" 1;
}

/// Words in which a cue stands without meaning it: they are read as what they mean.
const FALSE_FRIENDS: &[(&str, &str)] = &[
    // 화재, a fire.
    ("문화재", "문화유산"),
    // 경보, an alarm.
    ("환경보", "환경 보"),
    // 책, a book. 정책 itself is a cue.
    ("대책", "대응"),
    ("산책", "산보"),
    ("책임", "담당"),
    ("책정", "결정"),
    // 공사, works.
    ("도시공사", "도시기관"),
    ("관광공사", "관광기관"),
];

/// The text in which cues are looked for.
fn legible(text: &str) -> String {
    FALSE_FRIENDS.iter().fold(
        text.to_owned(),
        |text, (from, to)| {
            if text.contains(from) { text.replace(from, to) } else { text }
        },
    )
}

/// Finds what a post is about. The same post always gives the same answer.
///
/// ```
/// use sosik_content::{Post, Topic, WebLink, classify::classify};
///
/// let link = WebLink::parse("https://blog.example.go.kr/1")?;
/// let found = classify(&Post::new("옥정호수도서관 12월 전시", link, "그림책 원화를 전시합니다."));
/// assert_eq!(found.topic, Topic::Culture);
/// assert!(found.cues.iter().any(|cue| cue.word == "도서관"));
/// # Ok::<(), sosik_content::WebLinkError>(())
/// ```
#[must_use]
pub fn classify(post: &Post) -> Classification {
    let categories = legible(&post.categories.join(" "));
    let (title, text) = (legible(&post.title), legible(&post.text));
    let mut weights = [0; Topic::ALL.len()];
    let mut cues = Vec::new();
    for cue in CUES {
        let times = 3 * u32::from(title.contains(cue.word))
            + 2 * u32::from(categories.contains(cue.word))
            + u32::from(text.contains(cue.word));
        if times > 0 {
            weights[cue.topic as usize] += times * cue.weight;
            cues.push(*cue);
        }
    }
    // The first of equals, in the order of `Topic::ALL`: safety before anything else.
    let mut best = (Topic::Living, 0);
    for topic in Topic::ALL {
        if weights[topic as usize] > best.1 {
            best = (topic, weights[topic as usize]);
        }
    }
    Classification { topic: best.0, weight: best.1, cues }
}

/// Words of a post that sells something. A city's channel does not carry it. Buying by itself is none of them: citizens
/// buy bag stickers and tickets of the city's own.
pub(crate) const COMMERCIAL: &[&str] = &[
    "구매고객",
    "구매 고객",
    "할인쿠폰",
    "할인 쿠폰",
    "영수증 인증",
    "방문 후기 이벤트",
    "제품 체험단",
    "협찬을 받",
    "협찬받",
    "원고료",
    "파격 할인",
    "특가 판매",
    "특가 행사",
    "할인 판매",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WebLink;

    fn topic(title: &str, category: &str, text: &str) -> Topic {
        let link = WebLink::parse("https://blog.example.go.kr/1").unwrap();
        classify(&Post::new(title, link, text).with_category(category)).topic
    }

    #[test]
    fn plain_cases_fall_where_a_clerk_would_put_them() {
        assert_eq!(topic("산불조심기간 운영", "안전·재난", "논밭두렁 소각 금지"), Topic::Safety);
        assert_eq!(topic("12월 자동차세 납부 안내", "시정소식", "12월 31일까지 납부"), Topic::Policy);
        assert_eq!(topic("양주 해맞이 축제", "문화·행사", "불곡산에서"), Topic::Festival);
        assert_eq!(topic("장욱진미술관 기획전시", "문화·행사", "관람 안내"), Topic::Culture);
        assert_eq!(topic("겨울 딸기농장 나들이", "관광·맛집", "체험 안내"), Topic::Tourism);
        assert_eq!(topic("대형폐기물 배출 방법", "생활정보", "스티커"), Topic::Living);
    }

    #[test]
    fn words_within_other_words_do_not_count() {
        assert_eq!(topic("양주 문화재 야행", "", "밤에 걷는 관아지"), Topic::Festival);
        assert_ne!(topic("환경보호 교육", "", "누구나 듣습니다"), Topic::Safety);
        assert_ne!(topic("겨울 대책 회의", "", "회의를 엽니다"), Topic::Culture);
        let sells = |text: &str| COMMERCIAL.iter().any(|word| text.contains(word));
        assert!(!sells("대형폐기물 스티커를 구매하여 붙이세요. 시민체험단 모집. 후원·협찬: 체육회. 특가법 개정"));
        assert!(sells("본 글은 업체에서 원고료를 받아 썼습니다"));
    }

    #[test]
    fn a_post_without_any_cue_is_everyday_life() {
        assert_eq!(topic("안녕하세요", "", "반갑습니다"), Topic::Living);
    }
}
