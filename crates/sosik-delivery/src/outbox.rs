use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::ChannelId;
use sosik_registry::{SubscriberId, Suppression};

use crate::{
    Batch, BatchId, BatchState, Campaign, CampaignId, CampaignState, Change, Evidence, OutboxError, Presence, Tally,
    Ticket, Transition,
};

/// Where campaigns and their batches are kept: the ledger of what was sent.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::outbox_conformance!`.
///
/// 1. [`draft`](Self::draft) keeps a campaign of no one yet. One that is kept already stays as it is and is given back.
/// 2. [`transition`](Self::transition) takes what [`History::take`](crate::History::take) allows, and refuses everything else; of two
///    at once, the second sees the first.
/// 3. [`begin`](Self::begin) opens the planning of an approved campaign under a token that is higher than any before, and
///    drops what an earlier planning left, and with it any planning of the same slot and edition for another channel that is not
///    sealed: who is at that has to begin again, and finds who was chosen here. [`add`](Self::add) keeps all of its batches or none. From
///    [`seal`](Self::seal) on the campaign is planned and its batches are claimed, never before. Under an older token, or
///    after the seal, both are refused as [`PlanningLost`](OutboxError::PlanningLost) and change nothing. Of a campaign that
///    is called off meanwhile nothing is left.
/// 4. [`claim`](Self::claim) gives an open batch that is due and not leased by another worker, what is urgent first and
///    then the earliest due, and leases it. No two workers hold one batch at a time. Of a campaign that is paused only what
///    was [taken](BatchState::Taken) is claimed. Asked for [one batch](Claim::of) it gives that, or nothing.
/// 5. A worker that claims under a name gets back at once what was leased under that name: whoever starts again after
///    a crash need not wait for its own lease to run out.
/// 6. Every claim has a higher token than the one before it. An [`update`](Self::update) under an older token is
///    refused as [`LeaseLost`](OutboxError::LeaseLost) and changes nothing.
/// 7. Recipients' states only go forward, whichever call brings the news.
/// 8. [`settle`](Self::settle) takes news of any batch at any time, leased or not; batches and places that are not
///    known are passed over. A batch of which nothing more is to come is settled.
/// 9. [`tally`](Self::tally) counts every planned recipient exactly once.
/// 10. [`reopen`](Self::reopen) lets a held batch go on by [`Batch::reopen`], and no other.
/// 11. [`open_campaigns`](Self::open_campaigns) names each campaign with a batch that a worker has something to do for, and
///     of those by another [route](crate::Route) than to named recipients each that is planned and not over, or whose
///     [evidence is open](Evidence::is_open). [`finished`](Self::finished) names each campaign to named recipients that
///     [sends](crate::CampaignState::sends) or is paused and whose batches are all settled.
/// 12. [`waiting`](Self::waiting) names what a claim would give, in that order, and leases nothing.
/// 13. [`campaigns`](Self::campaigns) names those of a channel, or of all, from the latest slot on, and
///     [`held`](Self::held) the batches that wait for a person.
/// 14. [`place`](Self::place) finds a person in a campaign.
/// 15. [`forget`](Self::forget) drops who the recipients were of campaigns that ended before and have nothing open. Their
///     numbers stay.
/// 16. What a call has answered is kept through a crash.
/// 17. [`note`](Self::note) takes evidence in by [`Evidence::take`], of a campaign in any state, and gives back all that is
///     known; of two at once neither is lost.
/// 18. [`presences`](Self::presences) names each planned campaign of a slot or of a later one in which one of these people
///     is and was not passed over, by [`Presence::take`], in the order of its sending. Nothing half planned is among them, nor,
///     of one that was called off, what was not submitted and is held or leased by nobody.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync {
    /// Keeps a campaign, unless it is kept already.
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was kept.
    async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError>;

    /// Writes down what was done with a campaign, and tells where it stands from then on.
    ///
    /// # Errors
    ///
    /// [`OutboxError::Transition`] when it cannot follow, [`OutboxError::NoCampaign`] when there is none; nothing was
    /// changed.
    async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError>;

    /// Takes in what is known of a campaign that does not go to named recipients, and gives back all that is known of it.
    ///
    /// # Errors
    ///
    /// [`OutboxError::NoCampaign`] when there is none; nothing was kept.
    async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError>;

    /// Opens the planning of an approved campaign, and gives its token.
    ///
    /// # Errors
    ///
    /// [`OutboxError::Transition`] when it is not approved, or is planned already; nothing was changed.
    async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError>;

    /// Keeps batches of a campaign that is being planned.
    ///
    /// # Errors
    ///
    /// [`OutboxError::PlanningLost`] when someone else plans it since, or it is planned; nothing was kept.
    async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError>;

    /// Ends the planning of a campaign, with how many people were chosen and who was left out: its batches may be claimed.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError>;

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

    /// What is due and leased by nobody, up to a limit: for a [`Queue`](crate::Queue).
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError>;

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

    /// Batches that wait for a person, up to a limit.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError>;

    /// The batch in which a campaign has a person, and their place in it.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError>;

    /// In which campaigns of slots from an instant on these people are.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn presences(&self, people: &[SubscriberId], since: DateTime<Utc>) -> Result<Vec<Presence>, OutboxError>;

    /// The campaigns of a channel, or of all, from the latest slot on, up to a limit.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError>;

    /// Forgets who the recipients were of campaigns that ended before an instant, and tells how many campaigns these were.
    /// Where each of them stood remains as a number: [`tally`](Self::tally).
    ///
    /// # Errors
    ///
    /// [`OutboxError`]; nothing was changed.
    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError>;

    /// The campaigns that are not at their end, by the time of their sending.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError>;

    /// The campaigns that are on their way, or paused, and of which nothing more is to come.
    ///
    /// # Errors
    ///
    /// [`OutboxError`].
    async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError>;

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
            async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError> {
                (**self).draft(campaign).await
            }
            async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
                (**self).transition(id, transition).await
            }
            async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError> {
                (**self).note(id, evidence).await
            }
            async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError> {
                (**self).begin(id).await
            }
            async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError> {
                (**self).add(id, token, batches).await
            }
            async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError> {
                (**self).seal(id, token, sealed).await
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
            async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError> {
                (**self).waiting(now, limit).await
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
            async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError> {
                (**self).held(limit).await
            }
            async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError> {
                (**self).place(id, person).await
            }
            async fn presences(
                &self,
                people: &[SubscriberId],
                since: DateTime<Utc>,
            ) -> Result<Vec<Presence>, OutboxError> {
                (**self).presences(people, since).await
            }
            async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError> {
                (**self).campaigns(channel, limit).await
            }
            async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError> {
                (**self).forget(before).await
            }
            async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
                (**self).open_campaigns().await
            }
            async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError> {
                (**self).finished().await
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

/// The end of a campaign's planning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sealed {
    /// How many people were chosen.
    pub audience: u64,
    /// How many of those meant were not, by reason.
    pub suppressed: BTreeMap<Suppression, u64>,
    /// Who planned it, and when: a [`Deed::Plan`](crate::Deed::Plan).
    pub transition: Transition,
}

impl Sealed {
    /// The end of a planning.
    #[must_use]
    pub fn new(audience: u64, suppressed: BTreeMap<Suppression, u64>, transition: Transition) -> Self {
        Self { audience, suppressed, transition }
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
    /// The one batch that is asked for, where it is one.
    pub only: Option<BatchId>,
}

impl<'a> Claim<'a> {
    /// A claim of a worker.
    #[must_use]
    pub fn new(worker: &'a str, now: DateTime<Utc>, lease: TimeDelta) -> Self {
        Self { worker, now, lease, only: None }
    }

    /// A claim of one batch and no other.
    #[must_use]
    pub fn of(mut self, batch: BatchId) -> Self {
        self.only = Some(batch);
        self
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
    /// Under which of the provider's handles it was submitted, or is about to be.
    pub handle: Option<String>,
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
            handle: batch.handle.clone(),
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
        batch.handle.clone_from(&self.handle);
        for change in &self.changes {
            batch.outcomes.apply(change);
        }
        if batch.outcomes.are_final() {
            batch.state = BatchState::Settled;
        }
    }
}
