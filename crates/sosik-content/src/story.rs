use std::ops::Range;

use chrono::NaiveDate;

use crate::classify::{Classification, classify};
use crate::extract::{Address, Ages, Confidence, Days, Facts, Found, Hours, Phone, Precision, Sentence, extract};
use crate::points::{self, Labelled};
use crate::{Post, WebLink, text};

/// What a citizen needs of a post: what, when, where, for whom, at what cost, until when and how to apply, and whom to ask.
///
/// Nothing is invented: what the post does not say is empty, and every field says from which sentence it comes.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_content::{Post, Story, WebLink};
///
/// let post = Post::new(
///     "별산대 탈 만들기 수강생 모집",
///     WebLink::parse("https://blog.example.go.kr/1")?,
///     "12월 5일(토) 14시부터 16시까지 별산대놀이마당에서 탈을 만듭니다. 초등학생 누구나 무료입니다. \
///      신청은 11월 30일까지 문화관광과(031-8082-0000)로 하세요.",
/// )
/// .with_published(Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap());
/// let story = Story::of(&post, chrono_tz::Asia::Seoul);
/// assert_eq!(story.when.as_ref().unwrap().value.to_string(), "2026-12-05");
/// assert_eq!(story.hours.as_ref().unwrap().value.to_string(), "14:00/16:00");
/// assert_eq!(story.place.as_ref().unwrap().value, "별산대놀이마당");
/// assert_eq!(story.cost.as_ref().unwrap().value, 0);
/// assert_eq!(story.deadline.as_ref().unwrap().value.to_string(), "2026-11-30");
/// assert_eq!(story.contacts[0].value.number, "031-8082-0000");
/// assert!(story.source(&story.cost.as_ref().unwrap().sentence).contains("누구나 무료"));
/// # Ok::<(), sosik_content::WebLinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Story {
    /// The post of which it is made.
    pub post_id: String,
    /// The title, as a card shows it.
    pub title: String,
    /// The day on which the post was published, by the brief's clock.
    pub published: Option<NaiveDate>,
    /// What kind of news it is, and which words said so.
    pub kind: Classification,
    /// What was read: title and body, without ornaments.
    pub text: String,
    /// Everything that was found in it.
    pub facts: Facts,
    /// When it takes place.
    pub when: Option<Found<Days>>,
    /// At what time.
    pub hours: Option<Found<Hours>>,
    /// Where.
    pub place: Option<Found<String>>,
    /// For whom, as the post labels it.
    pub audience: Option<Found<String>>,
    /// For whom, by age.
    pub ages: Option<Found<Ages>>,
    /// What taking part costs, in won; 0 where it is free.
    pub cost: Option<Found<u32>>,
    /// The last day to apply.
    pub deadline: Option<Found<NaiveDate>>,
    /// How to apply: the sentence, or what the post labels so.
    pub apply: Option<Found<String>>,
    /// Whom to ask.
    pub contacts: Vec<Found<Phone>>,
    /// Where to apply, where the post gives an address beside how to apply.
    pub apply_at: Option<Found<Address>>,
    /// Where citizens read all of it.
    pub link: WebLink,
    /// Pictures of the post.
    pub pictures: Vec<WebLink>,
}

/// Words of a sentence that says how to take part.
const APPLYING: [&str; 10] = ["신청", "접수", "모집", "제출", "응모", "예약", "예매", "납부", "신고", "지원서"];

/// Words of a sentence that says what takes place.
const TAKING_PLACE: [&str; 20] = [
    "개최",
    "열린",
    "열립",
    "열려",
    "연다",
    "엽니다",
    "열 예정",
    "진행",
    "운영",
    "공연",
    "전시",
    "축제",
    "행사",
    "강연",
    "체험",
    "상영",
    "개막",
    "만듭",
    "만나",
    "실시",
];

impl Story {
    /// The story of a post; days are read by the clock of `zone`.
    #[must_use]
    pub fn of(post: &Post, zone: chrono_tz::Tz) -> Self {
        let published = post.published.map(|instant| instant.with_timezone(&zone).date_naive());
        let text = text::without_ornaments(&format!("{}\n{}", post.title, post.text));
        // Days are not resolved against a day that is not known: then none is said.
        let facts = published.map(|day| extract(&text, day)).unwrap_or_default();
        let labels = points::labelled_in(&text);
        Self::assembled(post, published, text, facts, &labels)
    }

    fn assembled(post: &Post, published: Option<NaiveDate>, text: String, facts: Facts, labels: &[Labelled]) -> Self {
        let sentence = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default();
        let says = |span: &Range<usize>, words: &[&str]| words.iter().any(|word| sentence(span).contains(word));
        let label_of = |span: &Range<usize>| {
            labels
                .iter()
                .find(|label| label.span.start <= span.start && span.end <= label.span.end)
                .map(|label| label.label)
        };
        let is_day = |days: &Days| !matches!(days, Days::Span { precision: Precision::Month, .. });
        let is_past = |span: &Range<usize>| Sentence { text: sentence(span), start: span.start }.is_past();
        let applies = |found: &Found<Days>| match label_of(&found.span) {
            Some(label) => matches!(label, "신청" | "신청기간"),
            None => says(&found.sentence, &APPLYING) && !is_past(&found.sentence),
        };
        // What stands right behind a fact: `월요일 휴관`, `65세 이상 무료`.
        let behind = |span: &Range<usize>, words: &[&str]| {
            let rest = text[span.end..].trim_start_matches([' ', ')', '은', '는', '에']);
            words.iter().any(|word| rest.starts_with(word))
        };
        let deadline: Option<Found<NaiveDate>> = facts
            .days
            .iter()
            .filter(|found| is_day(&found.value) && (found.value.is_deadline() || ends(&found.value)) && applies(found))
            .find_map(|found| found.value.last().map(|last| found.clone().map(|_| last)));
        let is_deadline = |found: &Found<Days>| deadline.as_ref().is_some_and(|deadline| deadline.span == found.span);
        let closed = |found: &Found<Days>| behind(&found.span, &["휴관", "휴무", "휴장", "제외", "쉽니다"]);
        let labelled_when =
            facts.days.iter().find(|found| matches!(label_of(&found.span), Some("일시" | "기간")) && !closed(found));
        let coming = |found: &Found<Days>| match (found.value.last(), published) {
            (Some(last), Some(published)) => last >= published,
            _ => true,
        };
        let told = facts.days.iter().filter(|found| {
            !closed(found) && is_day(&found.value) && !is_deadline(found) && !found.value.is_deadline()
        });
        let best = told
            .clone()
            .filter(|found| coming(found) && says(&found.sentence, &TAKING_PLACE))
            .chain(told.clone().filter(|found| coming(found)))
            .chain(told.filter(|found| says(&found.sentence, &TAKING_PLACE)))
            .next();
        let when = labelled_when.or(best).cloned();
        let near = |span: &Range<usize>| when.as_ref().is_some_and(|when: &Found<Days>| when.sentence == *span);
        let hours = facts.hours.iter().find(|found| near(&found.sentence)).or_else(|| {
            facts.hours.iter().find(|found| {
                label_of(&found.span) == Some("일시")
                    || label_of(&found.span).is_none() && says(&found.sentence, &TAKING_PLACE)
            })
        });
        let place = facts
            .places
            .iter()
            .find(|found| label_of(&found.span) == Some("장소"))
            .or_else(|| facts.places.iter().find(|found| near(&found.sentence)))
            .or_else(|| {
                facts.places.iter().max_by_key(|found| (found.confidence, std::cmp::Reverse(found.span.start)))
            });
        let labelled = |name: &str| {
            labels.iter().find(|label| label.label == name).map(|label| Found {
                value: label.value.clone(),
                span: label.span.clone(),
                sentence: label.span.clone(),
                confidence: Confidence::Stated,
            })
        };
        let apply = labelled("신청").or_else(|| how_to_apply(&text));
        let apply_at = facts.addresses.iter().find(|found| says(&found.sentence, &APPLYING)).cloned();
        Self {
            post_id: post.id.clone(),
            title: text::plain_title(&post.title),
            published,
            kind: classify(post),
            when,
            hours: hours.cloned(),
            place: place.cloned(),
            audience: labelled("대상"),
            ages: facts
                .ages
                .iter()
                .find(|found| !behind(&found.span, &["무료", "할인", "불가", "입장 불가", "제한", "면제"]))
                .cloned(),
            // What has to be paid is said before what is free.
            cost: facts.fees.iter().find(|found| found.value > 0).or(facts.fees.first()).cloned(),
            deadline,
            apply,
            contacts: facts.phones.clone(),
            apply_at,
            link: post.link.clone(),
            pictures: post.images.clone(),
            facts,
            text,
        }
    }

    /// A part of what was read, such as the sentence of a field.
    #[must_use]
    pub fn source(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The day after which it is of no use: the deadline, else the last day on which it takes place.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        let takes_place =
            self.when.as_ref().and_then(|when| if when.value.is_open() { None } else { when.value.last() });
        takes_place.max(self.deadline.as_ref().map(|deadline| deadline.value))
    }
}

/// The first sentence that says how to apply.
fn how_to_apply(text: &str) -> Option<Found<String>> {
    let how = ["하면 된다", "할 수 있", "하세요", "하시면", "해야 한다", "으로 ", "통해", "방문"];
    let says = |sentence: &str, words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let spans = text::sentence_spans(text);
    let span =
        spans.into_iter().find(|span| says(&text[span.clone()], &APPLYING) && says(&text[span.clone()], &how))?;
    let value = text[span.clone()].to_owned();
    Some(Found { value, span: span.clone(), sentence: span, confidence: Confidence::Likely })
}

/// Whether days have an end of their own.
fn ends(days: &Days) -> bool {
    matches!(days, Days::Span { first: Some(first), last: Some(last), .. } if first != last)
}
