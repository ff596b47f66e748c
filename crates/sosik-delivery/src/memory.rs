use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;
use sosik_registry::{StoreError, StoreErrorKind, SubscriberId};

use crate::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, CampaignState, Change, Claim, Claimed, Deed,
    Evidence, Outbox, OutboxError, PlannedCampaign, Presence, Route, Sealed, Tally, Ticket, Transition,
};

/// An outbox in memory: for tests and first steps. A crash loses it.
#[derive(Debug, Default)]
pub struct MemoryOutbox {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    campaigns: BTreeMap<CampaignId, Campaign>,
    batches: BTreeMap<BatchId, Held>,
    /// Campaigns of which only numbers are left.
    forgotten: BTreeSet<CampaignId>,
    token: u64,
    /// The token of each campaign that is being planned.
    plannings: BTreeMap<CampaignId, u64>,
}

fn is_open(campaigns: &BTreeMap<CampaignId, Campaign>, batch: &Batch) -> bool {
    campaigns.get(&batch.id.campaign).is_some_and(|campaign| batch.state.is_open_in(campaign.state()))
}

#[derive(Debug)]
struct Held {
    batch: Batch,
    token: u64,
    lease: Option<(String, DateTime<Utc>)>,
}

impl Held {
    /// Whether nothing of it was submitted, nor is about to be.
    fn is_idle(&self) -> bool {
        let is_free = self.batch.state == BatchState::Ready && self.lease.is_none();
        self.batch.first_sent.is_none() && (self.batch.state == BatchState::Held || is_free)
    }
}

fn is_called_off(campaign: &Campaign) -> bool {
    matches!(campaign.state(), CampaignState::Cancelled | CampaignState::Expired)
}

impl State {
    /// The batches whose recipients are known.
    fn known(&self) -> impl Iterator<Item = &Batch> {
        let batches = self.batches.values().map(|held| &held.batch);
        batches.filter(|batch| !self.forgotten.contains(&batch.id.campaign))
    }
}

impl MemoryOutbox {
    /// An empty outbox.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Outbox for MemoryOutbox {
    async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError> {
        let mut state = self.lock();
        if let Some(kept) = state.campaigns.get(&campaign.id) {
            return Ok(PlannedCampaign::new(kept.clone(), true));
        }
        state.campaigns.insert(campaign.id, campaign.clone());
        Ok(PlannedCampaign::new(campaign.clone(), false))
    }

    async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
        let mut state = self.lock();
        let campaign = state.campaigns.get_mut(&id).ok_or_else(|| OutboxError::no_campaign(id))?;
        let after = campaign.history.take(transition.clone()).map_err(|why| OutboxError::transition(id, why))?;
        if after.is_over() && !campaign.history.is_planned() {
            state.plannings.remove(&id);
            state.batches.retain(|batch, _| batch.campaign != id);
        }
        Ok(after)
    }

    async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError> {
        let mut state = self.lock();
        let campaign = state.campaigns.get_mut(&id).ok_or_else(|| OutboxError::no_campaign(id))?;
        campaign.evidence.take(evidence);
        Ok(campaign.evidence.clone())
    }

    async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError> {
        let mut state = self.lock();
        let campaign = state.campaigns.get(&id).ok_or_else(|| OutboxError::no_campaign(id))?;
        campaign.history.may(Deed::Plan).map_err(|why| OutboxError::transition(id, why))?;
        let key = campaign.key.clone();
        let siblings =
            state.plannings.keys().filter(|of| state.campaigns.get(of).is_some_and(|of| of.key.is_same_edition(&key)));
        let dropped: BTreeSet<CampaignId> = siblings.copied().chain([id]).collect();
        state.plannings.retain(|of, _| !dropped.contains(of));
        state.batches.retain(|batch, _| !dropped.contains(&batch.campaign));
        state.token += 1;
        let token = state.token;
        state.plannings.insert(id, token);
        Ok(token)
    }

    async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError> {
        let mut state = self.lock();
        if state.plannings.get(&id) != Some(&token) {
            return Err(OutboxError::planning_lost(id));
        }
        if let Some(known) = batches.iter().find(|batch| state.batches.contains_key(&batch.id)) {
            let what = format!("batch {} is there already", known.id);
            return Err(StoreError::new(StoreErrorKind::Invalid, what).into());
        }
        for batch in batches {
            state.batches.insert(batch.id, Held { batch: batch.clone(), token: 0, lease: None });
        }
        Ok(())
    }

    async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError> {
        let mut state = self.lock();
        if state.plannings.get(&id) != Some(&token) {
            return Err(OutboxError::planning_lost(id));
        }
        let campaign = state.campaigns.get_mut(&id).ok_or_else(|| OutboxError::no_campaign(id))?;
        campaign.history.take(sealed.transition.clone()).map_err(|why| OutboxError::transition(id, why))?;
        (campaign.audience, campaign.suppressed) = (sealed.audience, sealed.suppressed.clone());
        let campaign = campaign.clone();
        state.plannings.remove(&id);
        Ok(campaign)
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError> {
        Ok(self.lock().campaigns.get(&id).cloned())
    }

    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError> {
        Ok(self.lock().known().find(|batch| batch.id == id).cloned())
    }

    async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError> {
        let mut state = self.lock();
        let token = state.token + 1;
        let State { campaigns, batches, .. } = &mut *state;
        let free = |held: &Held| match &held.lease {
            None => true,
            Some((worker, until)) => worker == claim.worker || *until <= claim.now,
        };
        let next = batches
            .values_mut()
            .filter(|held| claim.only.is_none_or(|only| held.batch.id == only))
            .filter(|held| is_open(campaigns, &held.batch) && held.batch.due <= claim.now && free(held))
            .min_by_key(|held| order(&held.batch));
        let Some(held) = next else { return Ok(None) };
        held.token = token;
        held.lease = Some((claim.worker.to_owned(), claim.now.checked_add_signed(claim.lease).unwrap_or(claim.now)));
        let claimed = Claimed::new(held.batch.clone(), token);
        state.token = token;
        Ok(Some(claimed))
    }

    async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError> {
        let state = self.lock();
        let free = |held: &&Held| held.lease.as_ref().is_none_or(|(_, until)| *until <= now);
        let open = state.batches.values().filter(free).map(|held| &held.batch);
        let mut due: Vec<&Batch> = open.filter(|batch| is_open(&state.campaigns, batch) && batch.due <= now).collect();
        due.sort_by_key(|batch| order(batch));
        let channel =
            |batch: &Batch| state.campaigns.get(&batch.id.campaign).map(|campaign| campaign.key.channel.clone());
        Ok(due.into_iter().filter_map(|batch| Some(Ticket::of(batch, channel(batch)?))).take(limit).collect())
    }

    async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError> {
        let mut state = self.lock();
        let Some(held) = state.batches.get_mut(&update.id).filter(|held| held.token == update.token) else {
            return Err(OutboxError::lease_lost(update.id));
        };
        update.apply(&mut held.batch);
        if update.release {
            held.lease = None;
        }
        Ok(())
    }

    async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError> {
        let mut state = self.lock();
        if state.forgotten.contains(&batch.campaign) {
            return Ok(0);
        }
        let Some(held) = state.batches.get_mut(&batch) else { return Ok(0) };
        let forward = changes.iter().filter(|change| held.batch.outcomes.apply(change)).count();
        if held.batch.outcomes.are_final() {
            held.batch.state = BatchState::Settled;
        }
        Ok(forward)
    }

    async fn reopen(&self, batch: BatchId, send_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, OutboxError> {
        let mut state = self.lock();
        let is_known = !state.forgotten.contains(&batch.campaign);
        Ok(is_known && state.batches.get_mut(&batch).is_some_and(|held| held.batch.reopen(send_by, now)))
    }

    async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError> {
        let state = self.lock();
        let held = state.known().filter(|batch| batch.state == BatchState::Held);
        Ok(held.take(limit).cloned().collect())
    }

    async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError> {
        let state = self.lock();
        let of = state.known().filter(|batch| batch.id.campaign == id);
        Ok(of.cloned().find_map(|batch| batch.with_place_of(person)))
    }

    async fn presences(&self, people: &[SubscriberId], since: DateTime<Utc>) -> Result<Vec<Presence>, OutboxError> {
        let state = self.lock();
        let people: BTreeSet<SubscriberId> = people.iter().copied().collect();
        let of = state.campaigns.values().filter(|campaign| campaign.key.slot >= since);
        let mut of: Vec<&Campaign> = of.filter(|campaign| !state.plannings.contains_key(&campaign.id)).collect();
        of.sort_by_key(|campaign| (campaign.send_at, campaign.id));
        let presences = of.into_iter().map(|campaign| {
            let mut presence = Presence::of(campaign);
            for held in state.batches.values().filter(|held| held.batch.id.campaign == campaign.id) {
                if !(is_called_off(campaign) && held.is_idle()) {
                    presence.take(&held.batch, &people);
                }
            }
            presence
        });
        Ok(presences.filter(|presence| !presence.people.is_empty()).collect())
    }

    async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError> {
        let state = self.lock();
        let of = state.campaigns.values().filter(|campaign| channel.is_none_or(|of| campaign.key.channel == *of));
        let mut campaigns: Vec<Campaign> = of.cloned().collect();
        campaigns.sort_by_key(|campaign| (Reverse(campaign.key.slot), Reverse(campaign.send_at), campaign.id));
        campaigns.truncate(limit);
        Ok(campaigns)
    }

    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError> {
        let mut state = self.lock();
        let ended = state.campaigns.values().filter(|campaign| campaign.ended().is_some_and(|at| at < before));
        let ended: Vec<CampaignId> = ended.map(|campaign| campaign.id).collect();
        let open: BTreeSet<CampaignId> =
            state.known().filter(|batch| batch.state.is_open()).map(|batch| batch.id.campaign).collect();
        let there: BTreeSet<CampaignId> = state.known().map(|batch| batch.id.campaign).collect();
        let gone = ended.into_iter().filter(|id| there.contains(id) && !open.contains(id)).collect::<Vec<_>>();
        state.forgotten.extend(gone.iter().copied());
        for held in state.batches.values_mut().filter(|held| gone.contains(&held.batch.id.campaign)) {
            held.batch.recipients = Vec::new();
        }
        Ok(gone.len() as u64)
    }

    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
        let state = self.lock();
        let batches = state.batches.values().map(|held| &held.batch);
        let open: BTreeSet<CampaignId> =
            batches.filter(|batch| is_open(&state.campaigns, batch)).map(|batch| batch.id.campaign).collect();
        let others = state.campaigns.values().filter(|campaign| campaign.is_open_elsewhere());
        let mut campaigns: Vec<CampaignId> = open.into_iter().chain(others.map(|campaign| campaign.id)).collect();
        campaigns.sort_by_key(|id| state.campaigns.get(id).map(|campaign| campaign.send_at));
        Ok(campaigns)
    }

    async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError> {
        let state = self.lock();
        let is_settled = |id: &CampaignId| {
            let mut batches = state.batches.values().map(|held| &held.batch).filter(|batch| batch.id.campaign == *id);
            batches.all(|batch| batch.state == BatchState::Settled)
        };
        let named = state.campaigns.values().filter(|campaign| campaign.route == Route::Recipients);
        let done = named.filter(|campaign| campaign.history.may(Deed::Settle).is_ok());
        Ok(done.map(|campaign| campaign.id).filter(is_settled).collect())
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
        let state = self.lock();
        Ok(Tally::of(state.batches.values().map(|held| &held.batch).filter(|batch| batch.id.campaign == id)))
    }

    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let state = self.lock();
        let due = state.batches.values().filter(|held| is_open(&state.campaigns, &held.batch)).map(|held| match &held
            .lease
        {
            Some((holder, until)) if holder != worker => held.batch.due.max(*until),
            _ => held.batch.due,
        });
        Ok(due.min())
    }
}

/// What is claimed first.
fn order(batch: &Batch) -> (bool, DateTime<Utc>, BatchId) {
    (!batch.urgent, batch.due, batch.id)
}
