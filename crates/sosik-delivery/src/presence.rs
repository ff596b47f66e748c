use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sosik_registry::SubscriberId;
use sosik_schedule::MessageClass;

use crate::{Batch, Campaign, CampaignKey, RecipientState};

/// A campaign, and who of some people is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presence {
    /// The campaign.
    pub key: CampaignKey,
    /// What it is in law.
    pub class: MessageClass,
    /// When its sending begins.
    pub send_at: DateTime<Utc>,
    /// Who, and how far it is with them.
    pub people: BTreeMap<SubscriberId, Share>,
}

/// How far a campaign is with one of its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Share {
    /// It failed with them for certain.
    Failed,
    /// Nothing was submitted yet.
    Planned,
    /// Something may have reached them, since then.
    Sent(DateTime<Utc>),
}

impl Presence {
    /// A campaign with no one yet.
    #[must_use]
    pub fn of(campaign: &Campaign) -> Self {
        Self::new(campaign.key.clone(), campaign.class, campaign.send_at)
    }

    /// The same of what a store keeps.
    #[must_use]
    pub fn new(key: CampaignKey, class: MessageClass, send_at: DateTime<Utc>) -> Self {
        Self { key, class, send_at, people: BTreeMap::new() }
    }

    /// Takes in those of some people who are in a batch of the campaign and were not passed over: the rule that every outbox
    /// follows.
    pub fn take(&mut self, batch: &Batch, people: &BTreeSet<SubscriberId>) {
        for (person, state) in batch.recipients.iter().zip(batch.outcomes.iter()) {
            let share = match (state, batch.first_sent) {
                (RecipientState::Suppressed(_), _) => continue,
                (RecipientState::Failed { .. }, _) => Share::Failed,
                (RecipientState::Pending, None) => Share::Planned,
                (_, first) => Share::Sent(first.unwrap_or(batch.due)),
            };
            if people.contains(person) {
                let known = self.people.entry(*person).or_insert(share);
                *known = share.max(*known);
            }
        }
    }
}
