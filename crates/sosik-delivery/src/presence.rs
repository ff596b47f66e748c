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
    /// Who, and whether something may have reached them: `false` while nothing was submitted, or when it failed.
    pub people: BTreeMap<SubscriberId, bool>,
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
            let may_have_arrived = match state {
                RecipientState::Suppressed(_) => continue,
                RecipientState::Failed { .. } => false,
                RecipientState::Pending => batch.first_sent.is_some(),
                _ => true,
            };
            if people.contains(person) {
                let known = self.people.entry(*person).or_default();
                *known |= may_have_arrived;
            }
        }
    }
}
