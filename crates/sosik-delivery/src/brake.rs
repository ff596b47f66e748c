use std::fmt;

use chrono::{DateTime, Utc};
use sosik_channel::GroupSendStatus;
use sosik_registry::{Need, SubscriberStore, Suppression};

use crate::plan::purpose;
use crate::{BatchId, Campaign, Deed, DeliveryError, Evidence, Outbox, Plan, RecipientState, Route, Tally};

/// What must not happen after a message for the next one to go out by itself.
///
/// People who block a channel after a message say that it was not for them, and a number of failures says that something is
/// wrong with the list or the provider. Where more than these shares of a campaign's recipients were lost to it, a person
/// looks before the next one: [`Plan::with_brake`](crate::Plan::with_brake).
///
/// ```
/// use sosik_delivery::{Aftermath, Brake, Tally};
///
/// let mut tally = Tally::default();
/// (tally.delivered, tally.failed) = (900, 100);
/// let brake = Brake::new().failures(50).blocks(10);
/// let why = brake.look(&Aftermath::new(tally, 3)).unwrap();
/// assert_eq!(why.to_string(), "100 of 1000 were not delivered (10.0 %, at most 5.0 %)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Brake {
    /// The most failures, of a thousand recipients.
    pub failures: u32,
    /// The most of its recipients who blocked or left the channel since, of a thousand.
    pub blocks: u32,
    /// The most people of whom no one can say, of a thousand recipients.
    pub unknown: u32,
    /// Campaigns to fewer say nothing.
    pub at_least: u64,
}

impl Brake {
    /// Ten of a hundred failures, two of a hundred blocks, one of a hundred in doubt, from a hundred recipients on. These are
    /// ours, and no one's rule: set them by what the city sees.
    #[must_use]
    pub fn new() -> Self {
        Self { failures: 100, blocks: 20, unknown: 10, at_least: 100 }
    }

    /// With at most so many failures of a thousand.
    #[must_use]
    pub fn failures(mut self, of_thousand: u32) -> Self {
        self.failures = of_thousand;
        self
    }

    /// With at most so many blocks of a thousand.
    #[must_use]
    pub fn blocks(mut self, of_thousand: u32) -> Self {
        self.blocks = of_thousand;
        self
    }

    /// With at most so many in doubt of a thousand.
    #[must_use]
    pub fn unknown(mut self, of_thousand: u32) -> Self {
        self.unknown = of_thousand;
        self
    }

    /// For campaigns to so many and more.
    #[must_use]
    pub fn at_least(mut self, recipients: u64) -> Self {
        self.at_least = recipients;
        self
    }

    /// Why a person should look before the next campaign, if one should.
    #[must_use]
    pub fn look(&self, after: &Aftermath) -> Option<Braked> {
        let tally = &after.tally;
        let sent = tally.delivered + tally.fallback + tally.failed + tally.unknown + tally.accepted;
        if sent < self.at_least.max(1) {
            return None;
        }
        let checks = [
            ("were not delivered", tally.failed, self.failures),
            ("blocked or left the channel since", after.blocked, self.blocks),
            ("are in doubt", tally.unknown, self.unknown),
        ];
        let (what, lost, most) = checks
            .into_iter()
            .find(|(_, lost, most)| lost.saturating_mul(1_000) > sent.saturating_mul(u64::from(*most)))?;
        Some(Braked { what, lost, sent, most })
    }
}

impl Default for Brake {
    fn default() -> Self {
        Self::new()
    }
}

/// What became of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aftermath {
    /// Where its recipients stand.
    pub tally: Tally,
    /// How many of its recipients blocked or left the channel since.
    pub blocked: u64,
}

impl Aftermath {
    /// What became of a campaign.
    #[must_use]
    pub fn new(tally: Tally, blocked: u64) -> Self {
        Self { tally, blocked }
    }

    /// What is known of a group send that is done: it failed with whom it was meant for and did not go to. Of one that was
    /// halted on its way, and of what a clerk sent, nothing is known.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let mut tally = Tally::default();
        if let (Some(GroupSendStatus::Done), Some(expected), Some(sent)) =
            (&evidence.status, evidence.expected, evidence.sent)
        {
            (tally.delivered, tally.failed) = (sent, expected.saturating_sub(sent));
        }
        Self { tally, blocked: 0 }
    }
}

/// Why a person should look before the next campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Braked {
    what: &'static str,
    lost: u64,
    sent: u64,
    most: u32,
}

impl fmt::Display for Braked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, lost, sent, most } = self;
        let tenths = lost.saturating_mul(1_000) / sent.max(&1);
        write!(f, "{lost} of {sent} {what} ({}.{} %, at most {}.{} %)", tenths / 10, tenths % 10, most / 10, most % 10)
    }
}

/// Whether the last campaign of the channel that was sent led to what a plan's brake forbids. Without `subscribers` nobody is
/// asked who blocked it.
pub(crate) async fn braked(
    outbox: &dyn Outbox,
    subscribers: Option<&dyn SubscriberStore>,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<Option<Braked>, DeliveryError> {
    let Some(brake) = plan.brake.filter(|_| !plan.class.is_emergency()) else { return Ok(None) };
    let was_sent = |campaign: &&Campaign| {
        let has_begun = campaign.history.steps().iter().any(|step| step.deed == Deed::Start);
        campaign.key.slot < plan.key.slot && has_begun && !campaign.class.is_emergency() && !campaign.key.is_trial()
    };
    // There may be many emergencies and drafts in between.
    let mut limit = LOOK_BACK;
    let last = loop {
        let before = outbox.campaigns(Some(&plan.key.channel), limit).await?;
        match before.iter().find(was_sent) {
            Some(last) => break last.clone(),
            None if before.len() < limit => return Ok(None),
            None => limit = limit.saturating_mul(2),
        }
    };
    if last.route != Route::Recipients {
        return Ok(brake.look(&Aftermath::of(&last.evidence)));
    }
    let tally = outbox.tally(last.id).await?;
    let blocked = match subscribers {
        Some(subscribers) => blocked_since(outbox, subscribers, &last, tally.batches, now).await?,
        None => 0,
    };
    Ok(brake.look(&Aftermath::new(tally, blocked)))
}

/// How many campaigns of a channel are looked through at first for the last that was sent.
const LOOK_BACK: usize = 20;

/// How many of those whom a campaign was sent to have blocked or left the channel by now.
async fn blocked_since(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    campaign: &Campaign,
    batches: u64,
    now: DateTime<Utc>,
) -> Result<u64, DeliveryError> {
    let need = Need::new(purpose(campaign.class), now).through(campaign.key.channel.clone());
    let mut blocked = 0;
    for number in 0..u32::try_from(batches).unwrap_or(u32::MAX) {
        let Some(batch) = outbox.batch(BatchId::new(campaign.id, number)).await? else { continue };
        let was_sent = |index: &usize| {
            let state = batch.outcomes.state(*index);
            !matches!(state, None | Some(RecipientState::Pending | RecipientState::Suppressed(_)))
        };
        let sent = (0..batch.recipients.len()).filter(was_sent);
        let ids: Vec<_> = sent.filter_map(|index| batch.recipients.get(index).copied()).collect();
        let addresses = subscribers.addresses(&ids, &need).await?;
        blocked += addresses.iter().filter(|address| address.phone == Err(Suppression::Blocked)).count() as u64;
    }
    Ok(blocked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(delivered: u64, failed: u64, unknown: u64, blocked: u64) -> Aftermath {
        let mut tally = Tally::default();
        (tally.delivered, tally.failed, tally.unknown) = (delivered, failed, unknown);
        Aftermath::new(tally, blocked)
    }

    #[test]
    fn what_is_at_a_limit_passes_and_one_more_does_not() {
        let brake = Brake::new();
        for (after, part) in [
            (after(900, 100, 0, 0), None),
            (after(899, 101, 0, 0), Some("not delivered")),
            (after(1_000, 0, 0, 20), None),
            (after(1_000, 0, 0, 21), Some("blocked")),
            (after(990, 0, 10, 0), None),
            (after(989, 0, 11, 0), Some("in doubt")),
            // Half of a few says nothing.
            (after(49, 50, 0, 9), None),
            (after(0, 0, 0, 5), None),
        ] {
            let why = brake.look(&after).map(|why| why.to_string());
            assert_eq!(why.is_some(), part.is_some(), "{after:?}: {why:?}");
            assert!(why.is_none_or(|why| why.contains(part.unwrap())));
        }
    }
}
