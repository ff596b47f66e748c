//! Which [`Topic`] a post is about: by words that are data, or by whatever implements [`Classifier`].

mod classifier;
mod words;

pub use self::classifier::{Classifier, ClassifyError, Kinds};
pub use self::words::{Words, WordsError};
use crate::{Post, Topic};

/// One word that speaks for a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cue {
    /// The word, looked for anywhere in the text; of other classifiers, what they say of their reason.
    pub word: String,
    /// The topic it speaks for.
    pub topic: Topic,
    /// How strongly: counted threefold in the title, and twofold in the source's category.
    pub weight: u32,
}

impl Cue {
    /// A word, the topic it speaks for, and how strongly.
    #[must_use]
    pub fn new(word: impl Into<String>, topic: Topic, weight: u32) -> Self {
        Self { word: word.into(), topic, weight }
    }
}

/// What a post was found to be about, and what said so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Classification {
    /// The topic with the most weight; everyday life where no word spoke.
    pub topic: Topic,
    /// The weight of that topic.
    pub weight: u32,
    /// The cues that were found, for this topic and for others.
    pub cues: Vec<Cue>,
}

impl Classification {
    /// That a post is about a topic, as certain as the weight says.
    #[must_use]
    pub fn new(topic: Topic, weight: u32) -> Self {
        Self { topic, weight, cues: Vec::new() }
    }

    /// With what said so; call it once for each.
    #[must_use]
    pub fn with_cue(mut self, cue: Cue) -> Self {
        self.cues.push(cue);
        self
    }
}

/// Finds what a post is about by sosik's own [`Words`]. The same post always gives the same answer.
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
    Words::sosik().classify(post)
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
    fn what_one_can_apply_for_is_a_kind_of_its_own() {
        for title in [
            "2026년 상반기 기간제근로자 채용 공고",
            "주민자치회 위원 모집",
            "어린이 그림 공모전 작품 접수",
            "겨울방학 대학생 아르바이트 신청 접수",
        ] {
            assert_eq!(topic(title, "시정소식", ""), Topic::Recruitment, "{title}");
        }
        // The city was granted something: nobody can apply.
        assert_eq!(topic("양주시, 도시재생 공모사업 선정", "시정소식", "예산 10억 원을 확보했습니다."), Topic::Policy);
        // An exhibition that takes bookings is an exhibition.
        assert_eq!(topic("장욱진미술관 기획전시", "문화", "관람 신청은 누리집에서 합니다."), Topic::Culture);
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
