use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::{AreaCode, ChannelId, Language, PhoneNumber};
use uuid::Uuid;

use crate::{ConsentEvent, Identity, Need, Note, QuietHours, Reach, Relation, RelationState, Suppression};

/// The name of a subscriber within one store. It says nothing about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(Uuid);

impl SubscriberId {
    /// The name for a UUID.
    #[must_use]
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A citizen to be kept, as an import or a sign-up gives them.
///
/// What is `None` leaves what is known of someone as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewSubscriber {
    identities: Vec<Identity>,
    /// Where they live; not known of someone new.
    pub area: Option<AreaCode>,
    /// What they want to hear of, in the channel's own words; an empty set means everything, as it does for someone new.
    pub topics: Option<BTreeSet<String>>,
    /// Whether a text message may come where `KakaoTalk` cannot; for someone new it may not.
    pub allows_text: Option<bool>,
    /// In which language they want to read; in Korean where it is not known.
    pub language: Option<Language>,
    /// When they want to be left alone, beyond what the law says.
    pub quiet: Option<QuietHours>,
    /// The day on which a child becomes 14 years old: until then only a guardian can agree for them (개인정보 보호법
    /// 제22조의2). Kept instead of the day of birth, which is not needed.
    pub child_until: Option<NaiveDate>,
    /// What they agreed to or withdrew.
    pub consents: Vec<ConsentEvent>,
}

impl NewSubscriber {
    /// A citizen by number and district, of whom nothing else is said.
    #[must_use]
    pub fn new(phone: PhoneNumber, area: AreaCode) -> Self {
        let mut new = Self::known_by(phone);
        new.area = Some(area);
        new
    }

    /// A citizen of whom no more than one identity is known.
    #[must_use]
    pub fn known_by(identity: impl Into<Identity>) -> Self {
        Self {
            identities: vec![identity.into()],
            area: None,
            topics: None,
            allows_text: None,
            language: None,
            quiet: None,
            child_until: None,
            consents: Vec::new(),
        }
    }

    /// By what they are known: the first is the one by which they are looked up. There is always one.
    #[must_use]
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// Their number, where it is known.
    #[must_use]
    pub fn phone(&self) -> Option<&PhoneNumber> {
        phone(&self.identities)
    }

    /// The citizen with one more identity, in the place of another of its kind.
    #[must_use]
    pub fn with_identity(mut self, identity: impl Into<Identity>) -> Self {
        place(&mut self.identities, identity.into());
        self
    }

    /// The citizen with one more topic.
    #[must_use]
    pub fn with_topic(mut self, topic: impl Into<String>) -> Self {
        self.topics.get_or_insert_default().insert(topic.into());
        self
    }

    /// The citizen with one more consent or withdrawal.
    #[must_use]
    pub fn with_consent(mut self, consent: ConsentEvent) -> Self {
        self.consents.push(consent);
        self
    }

    /// The citizen who allows text messages.
    #[must_use]
    pub fn with_text(mut self) -> Self {
        self.allows_text = Some(true);
        self
    }

    /// The citizen who wants no text messages.
    #[must_use]
    pub fn without_text(mut self) -> Self {
        self.allows_text = Some(false);
        self
    }

    /// The citizen who reads this language.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// The citizen who wants to be left alone at these hours.
    #[must_use]
    pub fn with_quiet(mut self, quiet: QuietHours) -> Self {
        self.quiet = Some(quiet);
        self
    }

    /// The citizen as a child who becomes 14 on this day.
    #[must_use]
    pub fn as_child_until(mut self, day: NaiveDate) -> Self {
        self.child_until = Some(day);
        self
    }
}

/// A citizen as a store keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscriber {
    /// Their name in the store.
    pub id: SubscriberId,
    /// By what they are known, in order; at most one of a kind.
    pub identities: Vec<Identity>,
    /// How they stand to channels: one for each, in order of the channels.
    pub relations: Vec<Relation>,
    /// Where they live, where it is known.
    pub area: Option<AreaCode>,
    /// What they want to hear of; everything where it is empty.
    pub topics: BTreeSet<String>,
    /// Whether a text message may come where `KakaoTalk` cannot.
    pub allows_text: bool,
    /// In which language they want to read.
    pub language: Option<Language>,
    /// When they want to be left alone.
    pub quiet: Option<QuietHours>,
    /// The day on which a child becomes 14 years old.
    pub child_until: Option<NaiveDate>,
    /// Every consent and withdrawal, in the order in which they were recorded.
    pub consents: Vec<ConsentEvent>,
    /// What they asked for, and what was done for them, in the order in which it was noted.
    pub notes: Vec<Note>,
    /// When receipts said that the channel no longer reaches them.
    pub gone: Option<DateTime<Utc>>,
    /// Since when they are kept.
    pub since: DateTime<Utc>,
}

impl Subscriber {
    /// A citizen kept under this name since an instant, of whom nothing else is known: for stores, which read the rest.
    #[must_use]
    pub fn bare(id: SubscriberId, since: DateTime<Utc>) -> Self {
        Self {
            id,
            identities: Vec::new(),
            relations: Vec::new(),
            area: None,
            topics: BTreeSet::new(),
            allows_text: false,
            language: None,
            quiet: None,
            child_until: None,
            consents: Vec::new(),
            notes: Vec::new(),
            gone: None,
            since,
        }
    }

    /// A citizen kept under this name since an instant.
    #[must_use]
    pub fn new(id: SubscriberId, mut new: NewSubscriber, since: DateTime<Utc>) -> Self {
        let mut kept = Self { consents: std::mem::take(&mut new.consents), ..Self::bare(id, since) };
        kept.update(&new);
        kept
    }

    /// Their number, where it is known.
    #[must_use]
    pub fn phone(&self) -> Option<&PhoneNumber> {
        phone(&self.identities)
    }

    /// How they stand to a channel, where that was ever told.
    #[must_use]
    pub fn relation(&self, channel: &ChannelId) -> Option<RelationState> {
        self.relation_to(channel).map(|relation| relation.state)
    }

    /// Why a need does not hold of them, whether there is a number to send to or not; `None` where it holds.
    #[must_use]
    pub fn bar(&self, need: &Need) -> Option<Suppression> {
        Reach::of(self).bar(need, self.relation_for(need))
    }

    fn relation_to(&self, channel: &ChannelId) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.channel == *channel)
    }

    /// How they stand to the channel that a need is for.
    pub(crate) fn relation_for(&self, need: &Need) -> Option<&Relation> {
        need.channel.as_ref().and_then(|channel| self.relation_to(channel))
    }

    /// Brings in what is newly said of a citizen: the rule that every store follows. Consents are only added.
    pub fn update(&mut self, new: &NewSubscriber) {
        for identity in &new.identities {
            place(&mut self.identities, identity.clone());
        }
        self.identities.sort();
        said(&mut self.area, new.area.as_ref());
        said(&mut self.language, new.language.as_ref());
        said(&mut self.quiet, new.quiet.as_ref());
        said(&mut self.child_until, new.child_until.as_ref());
        if let Some(topics) = &new.topics {
            self.topics.clone_from(topics);
        }
        self.allows_text = new.allows_text.unwrap_or(self.allows_text);
        for event in &new.consents {
            if !self.consents.contains(event) {
                self.consents.push(event.clone());
            }
        }
    }
}

/// Brings in what is newly said of one thing, where something is.
fn said<T: Clone>(kept: &mut Option<T>, new: Option<&T>) {
    if let Some(new) = new {
        *kept = Some(new.clone());
    }
}

fn phone(identities: &[Identity]) -> Option<&PhoneNumber> {
    identities.iter().find_map(|identity| match identity {
        Identity::Phone(phone) => Some(phone),
        _ => None,
    })
}

/// Puts an identity in, in the place of another of its kind.
fn place(identities: &mut Vec<Identity>, identity: Identity) {
    match identities.iter_mut().find(|known| identity.replaces(known)) {
        Some(known) => *known = identity,
        None => identities.push(identity),
    }
}
