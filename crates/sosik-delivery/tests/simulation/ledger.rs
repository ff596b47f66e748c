//! The outbox, each call of which fate may have its way with.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;
use sosik_delivery::{
    Batch, BatchId, BatchUpdate, Campaign, CampaignId, CampaignState, Change, Claim, Claimed, Evidence, MemoryOutbox,
    Outbox, OutboxError, PlannedCampaign, Presence, Sealed, Tally, Ticket, Transition,
};
use sosik_registry::{StoreError, StoreErrorKind, SubscriberId};

use crate::fate::Fate;

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) kept: Arc<MemoryOutbox>,
    pub(crate) fate: Fate,
}

fn failed(_done: bool) -> OutboxError {
    StoreError::new(StoreErrorKind::Unavailable, "the database cannot answer now").into()
}

#[async_trait]
impl Outbox for Ledger {
    async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError> {
        self.fate.call(self.kept.draft(campaign), failed).await
    }
    async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
        self.fate.call(self.kept.transition(id, transition), failed).await
    }
    async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError> {
        self.fate.call(self.kept.note(id, evidence), failed).await
    }
    async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError> {
        self.fate.call(self.kept.begin(id), failed).await
    }
    async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError> {
        self.fate.call(self.kept.add(id, token, batches), failed).await
    }
    async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError> {
        self.fate.call(self.kept.seal(id, token, sealed), failed).await
    }
    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError> {
        self.fate.call(self.kept.campaign(id), failed).await
    }
    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError> {
        self.fate.call(self.kept.batch(id), failed).await
    }
    async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError> {
        self.fate.call(self.kept.claim(claim), failed).await
    }
    async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError> {
        self.fate.call(self.kept.waiting(now, limit), failed).await
    }
    async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError> {
        self.fate.call(self.kept.update(update), failed).await
    }
    async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError> {
        self.fate.call(self.kept.settle(batch, changes), failed).await
    }
    async fn reopen(&self, batch: BatchId, send_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, OutboxError> {
        self.fate.call(self.kept.reopen(batch, send_by, now), failed).await
    }
    async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError> {
        self.fate.call(self.kept.held(limit), failed).await
    }
    async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError> {
        self.fate.call(self.kept.place(id, person), failed).await
    }
    async fn presences(&self, people: &[SubscriberId], since: DateTime<Utc>) -> Result<Vec<Presence>, OutboxError> {
        self.fate.call(self.kept.presences(people, since), failed).await
    }
    async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError> {
        self.fate.call(self.kept.campaigns(channel, limit), failed).await
    }
    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError> {
        self.fate.call(self.kept.forget(before), failed).await
    }
    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
        self.fate.call(self.kept.open_campaigns(), failed).await
    }
    async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError> {
        self.fate.call(self.kept.finished(), failed).await
    }
    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
        self.fate.call(self.kept.tally(id), failed).await
    }
    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
        self.fate.call(self.kept.next_due(worker), failed).await
    }
}
