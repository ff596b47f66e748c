mod office;
mod roles;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use sosik_core::{AreaCode, Language};

use self::roles::Roles;
use crate::classify::{Classification, classify};
use crate::extract::{
    Address, Ages, Days, Facts, Found, Hours, Phone, Sentence, end_of_body, extract, is_past, sentences,
};
use crate::points::{self, Labelled};
use crate::{Post, Translation, WebLink, text};

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
    /// The office or the page where to apply, as the sentence that says how names it.
    pub apply_place: Option<Found<String>>,
    /// What to do, sentence by sentence, in the post's order: those that ask for something (`… 주세요`).
    pub steps: Vec<Found<String>>,
    /// Whom to ask.
    pub contacts: Vec<Found<Phone>>,
    /// Where to apply, where the post gives an address beside how to apply.
    pub apply_at: Option<Found<Address>>,
    /// Where citizens read all of it.
    pub link: WebLink,
    /// Pictures of the post.
    pub pictures: Vec<WebLink>,
    /// The districts that it concerns, as its source says; those that its title names are found by a brief's
    /// [`AreaNames`](crate::AreaNames), and are [`Card::areas`](crate::Card::areas).
    pub areas: Vec<AreaCode>,
    /// The days from and until which it is of use, as the source says: see [`valid_from`](Self::valid_from) and
    /// [`valid_until`](Self::valid_until).
    pub stated_validity: (Option<NaiveDate>, Option<NaiveDate>),
    /// What it says in other languages.
    pub translations: BTreeMap<Language, Translation>,
}

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
        let roles = Roles { text: &text, labels, facts: &facts, published };
        let deadline = roles.deadline();
        let when = roles.when(deadline.as_ref());
        Self {
            post_id: post.id.clone(),
            title: text::plain_title(&post.title),
            published,
            kind: classify(post),
            hours: roles.hours(when.as_ref()),
            place: roles.place(when.as_ref()),
            when,
            audience: roles.labelled("대상"),
            ages: roles.ages(),
            cost: roles.cost(),
            deadline,
            apply: roles.labelled("신청").or_else(|| roles.how_to_apply()),
            contacts: facts.phones.clone(),
            apply_at: roles.apply_at(),
            apply_place: roles.apply_place(),
            steps: roles.steps(),
            link: post.link.clone(),
            pictures: post.images.clone(),
            areas: post.areas.clone(),
            stated_validity: (post.valid_from, post.valid_until),
            translations: post.translations.clone(),
            facts,
            text,
        }
    }

    /// A part of what was read, such as the sentence of a field.
    #[must_use]
    pub fn source(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// When it takes place, where that was still to come when the post was written: neither over by then nor told of as
    /// something that was.
    #[must_use]
    pub fn announced(&self) -> Option<&Found<Days>> {
        self.when.as_ref().filter(|when| match when.value.last() {
            Some(last) if !when.value.is_open() && Some(last) != self.published => Some(last) > self.published,
            _ => !self.is_past(&when.sentence),
        })
    }

    /// The first day on which it is of use: as the source says, else the day of its publication.
    #[must_use]
    pub fn valid_from(&self) -> Option<NaiveDate> {
        self.stated_validity.0.or(self.published)
    }

    /// The last day on which it is of use: as the source says, else the deadline or the last day on which it takes place,
    /// whichever is later.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        let deadline = self.deadline.as_ref().map(|deadline| deadline.value);
        let until = match self.announced().map(|when| &when.value) {
            // What goes on has no last day.
            Some(when) if when.is_open() || when.last().is_none() => None,
            Some(when) => when.last().max(deadline),
            None => deadline,
        };
        self.stated_validity.1.or(until)
    }

    /// Whether it only tells of what is over on a day: nobody can come, apply or do anything any more.
    #[must_use]
    pub fn is_over(&self, today: NaiveDate) -> bool {
        let lasts = |when: &Days| when.is_open() || when.last().is_none_or(|last| last >= today);
        let is_coming = self.announced().is_some_and(|when| lasts(&when.value));
        let may_apply = self.deadline.as_ref().is_some_and(|deadline| deadline.value >= today);
        let tells = || sentences(self.body()).iter().take(2).any(Sentence::is_past);
        !is_coming && !may_apply && self.steps.is_empty() && self.apply_place.is_none() && tells()
    }

    /// What was read of the body, without the captions of pictures.
    #[must_use]
    pub fn body(&self) -> &str {
        let body = self.text.split_once('\n').map_or("", |(_, body)| body);
        &body[..end_of_body(body)]
    }

    /// Whether a part of what was read, such as the sentence of a field, tells of what is over.
    #[must_use]
    pub fn is_past(&self, span: &Range<usize>) -> bool {
        is_past(self.source(span))
    }

    /// The languages in which it can be told: Korean, and those into which it was translated.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        std::iter::once(Language::korean()).chain(self.translations.keys().cloned())
    }
}
