use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Batch, BatchId, BatchState, Campaign, CampaignId, Change, OutboxError, Tally};

/// Where campaigns and their batches are kept: the ledger of what was sent.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::outbox_conformance!`.
///
/// 1. [`plan`](Self::plan) keeps a campaign with its batches, or nothing. A campaign that is kept already stays as it
///    is and is given back.
/// 2. [`claim`](Self::claim) gives an open batch that is due and not leased by another worker, the earliest due first,
///    and leases it. No two workers hold one batch at a time.
/// 3. A worker that claims under a name gets back at once what was leased under that name: whoever starts again after
///    a crash need not wait for its own lease to run out.
/// 4. Every claim has a higher token than the one before it. An [`update`](Self::update) under an older token is
///    refused as [`LeaseLost`](OutboxError::LeaseLost) and changes nothing.
/// 5. Recipients' states only go forward, whichever call brings the news.
/// 6. [`settle`](Self::settle) takes news of any batch at any time, leased or not; batches and places that are not
///    known are passed over. A batch of which nothing more is to come is settled.
/// 7. [`tally`](Self::tally) counts every planned recipient exactly once.
/// 8. [`reopen`](Self::reopen) lets a held batch go on by [`Batch::reopen`], and no other.
/// 9. [`open_campaigns`](Self::open_campaigns) names each campaign with a batch that a worker has something to do for.
/// 10. What a call has answered is kept through a crash.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync {
    /// Keeps a campaign with its batches, unless it is kept already.
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was kept.
    async fn plan(&self, campaign: &Campaign, batches: &[Batch]) -> Result<PlannedCampaign, OutboxError>;

    /// A campaign.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError>;

    /// A batch.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError>;

    /// Leases the next batch that is due.
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was leased.
    async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError>;

    /// Writes down what the holder of a lease did.
    ///
    /// # Errors
    ///
    /// [`OutboxError::LeaseLost`] when someone else has claimed the batch since; nothing was changed.
    async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError>;

    /// Writes down what became of recipients, and tells how many of these steps went forward.
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was changed.
    async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError>;

    /// Lets a held batch go on until `send_by`, and tells whether there was such a batch.
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was changed.
    async fn reopen(&self, batch: BatchId, send_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, OutboxError>;

    /// The campaigns that are not at their end, by the time of their sending.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError>;

    /// How many recipients of a campaign stand where.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError>;

    /// When a worker of this name has something to do next; `None` when nothing is open.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<O: Outbox + ?Sized> Outbox for $pointer<O> {
            async fn plan(&self, campaign: &Campaign, batches: &[Batch]) -> Result<PlannedCampaign, OutboxError> {
                (**self).plan(campaign, batches).await
            }
            async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError> {
                (**self).campaign(id).await
            }
            async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError> {
                (**self).batch(id).await
            }
            async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError> {
                (**self).claim(claim).await
            }
            async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError> {
                (**self).update(update).await
            }
            async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError> {
                (**self).settle(batch, changes).await
            }
            async fn reopen(
                &self,
                batch: BatchId,
                send_by: DateTime<Utc>,
                now: DateTime<Utc>,
            ) -> Result<bool, OutboxError> {
                (**self).reopen(batch, send_by, now).await
            }
            async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
                (**self).open_campaigns().await
            }
            async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
                (**self).tally(id).await
            }
            async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
                (**self).next_due(worker).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// A campaign as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedCampaign {
    /// The campaign.
    pub campaign: Campaign,
    /// Whether it was kept before.
    pub already: bool,
}

impl PlannedCampaign {
    /// A campaign as it is kept.
    #[must_use]
    pub fn new(campaign: Campaign, already: bool) -> Self {
        Self { campaign, already }
    }
}

/// A worker that asks for a batch.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Claim<'a> {
    /// The worker's name. One process at a time works under it.
    pub worker: &'a str,
    /// The present instant.
    pub now: DateTime<Utc>,
    /// How long the lease lasts.
    pub lease: TimeDelta,
}

impl<'a> Claim<'a> {
    /// A claim of a worker.
    #[must_use]
    pub fn new(worker: &'a str, now: DateTime<Utc>, lease: TimeDelta) -> Self {
        Self { worker, now, lease }
    }
}

/// A leased batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// The batch.
    pub batch: Batch,
    /// The lease's token, by which its holder writes.
    pub token: u64,
}

impl Claimed {
    /// A leased batch.
    #[must_use]
    pub fn new(batch: Batch, token: u64) -> Self {
        Self { batch, token }
    }
}

/// What the holder of a lease did with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchUpdate {
    /// The batch.
    pub id: BatchId,
    /// The lease's token.
    pub token: u64,
    /// Where the batch stands from now on.
    pub state: BatchState,
    /// When it is to be looked at next.
    pub due: DateTime<Utc>,
    /// How often it was submitted.
    pub attempts: u32,
    /// When it was first submitted.
    pub first_sent: Option<DateTime<Utc>>,
    /// What was wrong.
    pub note: Option<String>,
    /// What became of its recipients.
    pub changes: Vec<Change>,
    /// Whether the lease ends.
    pub release: bool,
}

impl BatchUpdate {
    /// An update that changes nothing and keeps the lease.
    #[must_use]
    pub fn of(claimed: &Claimed) -> Self {
        let batch = &claimed.batch;
        Self {
            id: batch.id,
            token: claimed.token,
            state: batch.state,
            due: batch.due,
            attempts: batch.attempts,
            first_sent: batch.first_sent,
            note: batch.note.clone(),
            changes: Vec::new(),
            release: false,
        }
    }

    /// Carries the update out on a batch: the rule that every outbox follows.
    pub fn apply(&self, batch: &mut Batch) {
        batch.state = self.state;
        batch.due = self.due;
        batch.attempts = self.attempts;
        batch.first_sent = self.first_sent;
        batch.note.clone_from(&self.note);
        for change in &self.changes {
            batch.outcomes.apply(change);
        }
        if batch.outcomes.are_final() {
            batch.state = BatchState::Settled;
        }
    }
}
