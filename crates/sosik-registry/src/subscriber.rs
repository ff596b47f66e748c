use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use sosik_core::{AreaCode, PhoneNumber};
use uuid::Uuid;

use crate::ConsentEvent;

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewSubscriber {
    /// Their number, which is their identity.
    pub phone: PhoneNumber,
    /// Where they live.
    pub area: AreaCode,
    /// What they want to hear of, in the channel's own words; an empty set means everything. `None` leaves what is
    /// known as it is, and is everything for someone new.
    pub topics: Option<BTreeSet<String>>,
    /// Whether a text message may come where KakaoTalk cannot. `None` leaves what is known as it is, and is no for
    /// someone new.
    pub allows_text: Option<bool>,
    /// What they agreed to or withdrew.
    pub consents: Vec<ConsentEvent>,
}

impl NewSubscriber {
    /// A citizen by number and district, of whom nothing else is said.
    #[must_use]
    pub fn new(phone: PhoneNumber, area: AreaCode) -> Self {
        Self { phone, area, topics: None, allows_text: None, consents: Vec::new() }
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
}

/// A citizen as a store keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscriber {
    /// Their name in the store.
    pub id: SubscriberId,
    /// Their number.
    pub phone: PhoneNumber,
    /// Where they live.
    pub area: AreaCode,
    /// What they want to hear of.
    pub topics: BTreeSet<String>,
    /// Whether a text message may come where KakaoTalk cannot.
    pub allows_text: bool,
    /// Every consent and withdrawal, in the order in which they were recorded.
    pub consents: Vec<ConsentEvent>,
    /// When receipts said that the channel no longer reaches them.
    pub gone: Option<DateTime<Utc>>,
    /// Since when they are kept.
    pub since: DateTime<Utc>,
}

impl Subscriber {
    /// A citizen kept under this name since an instant.
    #[must_use]
    pub fn new(id: SubscriberId, new: NewSubscriber, since: DateTime<Utc>) -> Self {
        let NewSubscriber { phone, area, topics, allows_text, consents } = new;
        let (topics, allows_text) = (topics.unwrap_or_default(), allows_text.unwrap_or(false));
        Self { id, phone, area, topics, allows_text, consents, gone: None, since }
    }

    /// Brings in what is newly said of a citizen: the rule that every store follows. Consents are only added.
    pub fn update(&mut self, new: &NewSubscriber) {
        self.area = new.area.clone();
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
