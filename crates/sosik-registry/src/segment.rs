//! Who is meant: expressions over what is known of a subscriber, as types, as text, and explained for one person.

mod explain;
mod text;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sosik_core::{AreaCode, ChannelId, Language};

pub use self::explain::Explanation;
pub use self::text::SegmentError;
use crate::{Purpose, RelationState, Subscriber, SubscriberId, standing};

/// How many people may be named one by one.
const MOST_PEOPLE: usize = 100;

/// The language of whoever named none.
pub(crate) const KOREAN: &str = "ko";

/// Who is meant: an expression over what is known of a subscriber.
///
/// It is written as text too, in settings and at the command line:
///
/// ```
/// use sosik_core::{AreaCode, ChannelId};
/// use sosik_registry::{Purpose, Segment};
///
/// let hoecheon = Segment::Area(AreaCode::parse("4163053000")?);
/// let culture = Segment::Topic("culture".into()).or(Segment::Topic("가족 행사".into()));
/// let segment = hoecheon.and(culture).and(Segment::Consents(Purpose::Advertising));
/// let text = r#"area:4163053000 and (topic:culture or topic:"가족 행사") and consent:advertising"#;
/// assert_eq!(segment.to_string(), text);
/// assert_eq!(text.parse::<Segment>()?, segment);
///
/// let error = "area:4163053000 und topic:culture".parse::<Segment>().unwrap_err();
/// assert_eq!(error.to_string(), "at character 17: `and`, `or` or the end is wanted, not `und`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `not` binds strongest, then `and`, then `or`; a day after `since:` begins at midnight in Seoul. A topic of more than one
/// word stands in quotation marks, in which `\"` and `\\` stand for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Everyone: `everyone`.
    All,
    /// Those who allow a text message where `KakaoTalk` cannot: `text`.
    AllowsText,
    /// Those who live in an area or a part of it: `area:4163053000`.
    Area(AreaCode),
    /// Those who added a channel and did not leave or block it since: `channel:yangju-city`.
    Channel(ChannelId),
    /// Those of both: `… and …`.
    Both(Box<Self>, Box<Self>),
    /// Those whose consent to a purpose stands at the instant that is asked about: `consent:advertising`. Of night
    /// advertising it stands as long as that to advertising does; warnings need none.
    Consents(Purpose),
    /// Those of either: `… or …`.
    Either(Box<Self>, Box<Self>),
    /// Those who want to read in a language: `language:en`; whoever named none reads Korean, `ko`.
    Language(Language),
    /// Everyone else: `not …`.
    Not(Box<Self>),
    /// One person: `person:0190a3c0-0000-7000-8000-000000000001`. Several with `… or …`: the guests of a trial.
    Person(SubscriberId),
    /// Those who were kept at an instant or later: `since:2026-03-02`, or with a time of day,
    /// `since:2026-03-02T09:00:00+09:00`.
    Since(DateTime<Utc>),
    /// Those who want to hear of a topic; whoever named none wants to hear of all: `topic:culture`.
    Topic(String),
}

impl Segment {
    /// Those who are in this segment and in `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::Both(Box::new(self), Box::new(other))
    }

    /// Those who are in this segment or in `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Either(Box::new(self), Box::new(other))
    }

    /// Exactly these people, at most 100; of none, no one.
    ///
    /// ```
    /// # use sosik_registry::{Segment, SubscriberId};
    /// # let [clerk, head] = [1, 2].map(|n| SubscriberId::new(uuid::Uuid::from_u128(n)));
    /// let guests = Segment::people([clerk, head])?;
    /// assert_eq!(guests.to_string().parse(), Ok(guests));
    /// # Ok::<(), sosik_registry::SegmentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SegmentError`] where there are more: then ask for what they have in common, such as a topic.
    pub fn people(people: impl IntoIterator<Item = SubscriberId>) -> Result<Self, SegmentError> {
        let people: BTreeSet<SubscriberId> = people.into_iter().collect();
        if people.len() > MOST_PEOPLE {
            return Err(SegmentError::too_many(people.len(), MOST_PEOPLE));
        }
        let each = people.into_iter().map(Self::Person);
        Ok(each.reduce(Self::or).unwrap_or_else(|| Self::All.negated()))
    }

    /// The segment without the ids of those whom it names: for reports.
    ///
    /// ```
    /// # use sosik_registry::{Segment, SubscriberId};
    /// let guests = Segment::people([SubscriberId::new(uuid::Uuid::from_u128(7))])?.and(Segment::AllowsText);
    /// assert_eq!(guests.nameless(), "person and text");
    /// # Ok::<(), sosik_registry::SegmentError>(())
    /// ```
    #[must_use]
    pub fn nameless(&self) -> String {
        format!("{self:#}")
    }

    /// Everyone who is not in this segment.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether a subscriber is meant, by what stands at an instant.
    #[must_use]
    pub fn contains(&self, person: &Subscriber, at: DateTime<Utc>) -> bool {
        match self {
            Self::All => true,
            Self::AllowsText => person.allows_text,
            Self::Area(area) => person.area.as_ref().is_some_and(|lives| lives.is_within(area)),
            Self::Both(a, b) => a.contains(person, at) && b.contains(person, at),
            Self::Channel(channel) => person.relation(channel) == Some(RelationState::Added),
            Self::Consents(purpose) => consents(person, *purpose, at),
            Self::Either(a, b) => a.contains(person, at) || b.contains(person, at),
            Self::Language(language) => person.language.as_ref().map_or(KOREAN, Language::as_str) == language.as_str(),
            Self::Not(inner) => !inner.contains(person, at),
            Self::Person(id) => person.id == *id,
            Self::Since(from) => person.since >= *from,
            Self::Topic(topic) => person.topics.is_empty() || person.topics.contains(topic),
        }
    }

    /// Why a subscriber is meant or not, part by part. It tells of the person: it is for whoever may see them.
    #[must_use]
    pub fn explain(&self, person: &Subscriber, at: DateTime<Utc>) -> Explanation {
        Explanation::of(self, person, at)
    }
}

/// Whether a consent stands, as an audience asks for it.
fn consents(person: &Subscriber, purpose: Purpose, at: DateTime<Utc>) -> bool {
    let stands = |purpose| standing(&person.consents, purpose, at).is_some_and(|event| event.granted);
    match purpose {
        Purpose::PublicSafety => true,
        Purpose::NightAdvertising => stands(purpose) && stands(Purpose::Advertising),
        Purpose::Advertising | Purpose::Collection | Purpose::ThirdParty => stands(purpose),
    }
}
