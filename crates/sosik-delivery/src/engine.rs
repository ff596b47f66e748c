use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{Message, SendError, Transport};
use sosik_registry::{SubscriberId, SubscriberStore};
use sosik_schedule::SendWindow;

use crate::carriers::{Carrier, Carriers};
use crate::events::{Ends, Listeners};
use crate::pace::Pace;
use crate::tickets::{Found, Tickets};
use crate::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, CampaignState, Caps, Claim, Claimed, Deed,
    DeliveryError, EngineBuilder, Event, Outbox, OutboxError, Patience, Transition, Withheld,
};

/// Moves campaigns on, one bounded round at a time.
///
/// It holds no state that a crash could lose: everything is in the [`Outbox`], and what was in doubt when the crash
/// came is looked up at the transport before anything is repeated.
///
/// # Cancellation
///
/// Dropping the future of [`run_due`](Self::run_due) is a crash like any other: the batch is in doubt until the next
/// round looks it up.
#[derive(Debug)]
pub struct Engine {
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) subscribers: Arc<dyn SubscriberStore>,
    pub(crate) carriers: Carriers,
    pub(crate) worker: String,
    /// The names under which batches are claimed: as many as are moved on at once.
    pub(crate) lanes: Vec<String>,
    pub(crate) lease: TimeDelta,
    pub(crate) patience: Patience,
    pub(crate) pace: Pace,
    pub(crate) listeners: Listeners,
    pub(crate) poll_every: TimeDelta,
    pub(crate) inquire_after: TimeDelta,
    pub(crate) give_up_after: TimeDelta,
    pub(crate) windows: Vec<SendWindow>,
    pub(crate) caps: Caps,
    pub(crate) tickets: Option<Tickets>,
    turn: tokio::sync::Mutex<()>,
}

/// When a batch is to be looked at next; `None` when there is nothing more to do for it.
pub(crate) type Next = Option<DateTime<Utc>>;

/// What one round did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Step {
    /// How many batches it looked at, in vain or not.
    pub batches: usize,
    /// How many recipients the transport newly took.
    pub accepted: u64,
    /// How many steps forward receipts brought.
    pub settled: usize,
    /// Batches that a person has to look at, and why.
    pub held: Vec<(BatchId, String)>,
    /// What the transport could not do for now; it is tried again when due.
    pub trouble: Option<SendError>,
    /// When the next round has something to do; `None` when nothing is open.
    pub next_due: Option<DateTime<Utc>>,
}

impl Step {
    /// Adds what another lane did.
    fn take_in(&mut self, other: Self) {
        self.batches += other.batches;
        self.accepted += other.accepted;
        self.settled += other.settled;
        self.held.extend(other.held);
        self.trouble = self.trouble.take().or(other.trouble);
    }
}

impl Engine {
    /// An engine over an outbox, a subscriber store and a transport.
    pub fn builder(
        outbox: Arc<dyn Outbox>,
        subscribers: Arc<dyn SubscriberStore>,
        transport: Arc<dyn Transport>,
    ) -> EngineBuilder {
        EngineBuilder(Self {
            outbox,
            subscribers,
            carriers: Carriers::new(transport),
            worker: "engine".to_owned(),
            lanes: vec!["engine".to_owned()],
            lease: TimeDelta::minutes(1),
            patience: Patience::new(),
            pace: Pace::default(),
            listeners: Listeners::none(),
            poll_every: TimeDelta::seconds(1),
            inquire_after: TimeDelta::minutes(1),
            give_up_after: TimeDelta::days(1),
            windows: vec![SendWindow::statutory_day()],
            caps: Caps::none(),
            tickets: None,
            turn: tokio::sync::Mutex::new(()),
        })
    }

    /// The outbox.
    #[must_use]
    pub fn outbox(&self) -> &Arc<dyn Outbox> {
        &self.outbox
    }

    /// Does what is due at `now`: looks at up to `limit` batches, and asks for receipts. It never sleeps. A limit below the
    /// number of its [lanes](EngineBuilder::lanes) leaves some of them without work.
    ///
    /// Two calls at once on one engine take turns.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`] when a store fails, or the transport cannot be used whatever is sent: its key is wrong, or
    /// the account may not send (any more). Nothing is held for that; what was written down stays, and the round may
    /// be repeated.
    pub async fn run_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Step, DeliveryError> {
        let _turn = self.turn.lock().await;
        let mut step = Step::default();
        self.tell(now).await?;
        let lanes = self.lanes.iter().enumerate().map(|(lane, name)| {
            // Together they look at no more than was asked for.
            let share = limit / self.lanes.len() + usize::from(lane < limit % self.lanes.len());
            self.run_lane(name, now, share)
        });
        // Each lane comes to its end, also where another fails: what was sent is written down.
        let mut failed = None;
        for done in futures_util::future::join_all(lanes).await {
            match done {
                Ok(done) => step.take_in(done),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.poll(now, &mut step).await?;
        for id in self.outbox.finished().await? {
            self.note(id, Deed::Settle, now).await?;
        }
        let mut due = None;
        // Lanes that had no share this time have none the next.
        for name in self.lanes.iter().take(limit.max(1)) {
            due = due.into_iter().chain(self.outbox.next_due(name).await?).min();
        }
        let due = self.with_tickets(due, step.batches, now);
        let poll = self.carriers.next_poll();
        step.next_due = due.map(|due| poll.map_or(due, |poll| due.min(poll)));
        Ok(step)
    }

    /// Moves batches on one after the other, under the name of a lane.
    async fn run_lane(&self, name: &str, now: DateTime<Utc>, limit: usize) -> Result<Step, DeliveryError> {
        let mut step = Step::default();
        while step.batches < limit && step.trouble.is_none() {
            let (claimed, ticket) = match self.next(&Claim::new(name, now, self.lease)).await? {
                Found::Batch(claimed, ticket) => (claimed, ticket),
                Found::Nothing => break,
                Found::Vain => {
                    step.batches += 1;
                    continue;
                }
            };
            step.batches += 1;
            let next = match self.advance(&claimed, now, &mut step).await {
                // Someone else has the batch now, and knows more of it.
                Err(DeliveryError::Outbox(OutboxError::LeaseLost { batch, .. })) => {
                    tracing::warn!(%batch, "lease lost");
                    None
                }
                Err(error) => {
                    self.begin_again(name);
                    return Err(error);
                }
                Ok(next) => next,
            };
            self.hand_in(ticket, next, now).await;
        }
        Ok(step)
    }

    /// How many batches it moves on at once.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    async fn advance(&self, claimed: &Claimed, now: DateTime<Utc>, step: &mut Step) -> Result<Next, DeliveryError> {
        let id = claimed.batch.id;
        let Some(campaign) = self.outbox.campaign(id.campaign).await? else {
            return self.hold(claimed, "its campaign is missing", step).await;
        };
        let work = Work {
            claimed,
            campaign: &campaign,
            carrier: self.carriers.of(&campaign.key.channel),
            message: Arc::new(message(&campaign, claimed.batch.fallback)),
            now,
        };
        match claimed.batch.state {
            BatchState::Ready => {
                let state = match campaign.state() {
                    CampaignState::Planned => self.note(id.campaign, Deed::Start, now).await?,
                    state => state,
                };
                if let Some(reason) = called_off(state) {
                    return self.withhold(&work, reason).await;
                }
                // It may have been paused since it was claimed: then the batch waits, as it stands.
                if !state.sends() {
                    return Ok(self.finish(claimed, work.update(&claimed.batch)).await?);
                }
                self.send(&work, claimed.batch.clone(), step).await
            }
            BatchState::InDoubt => self.look_up(&work, step).await,
            BatchState::Taken => self.inquire(&work, step).await,
            BatchState::Held | BatchState::Settled => Ok(None),
        }
    }

    /// Notes what happened with a campaign, unless another worker did, and tells where it stands.
    async fn note(&self, id: CampaignId, deed: Deed, now: DateTime<Utc>) -> Result<CampaignState, DeliveryError> {
        match self.outbox.transition(id, &Transition::new(deed, self.worker.as_str(), now)).await {
            Err(OutboxError::Transition { why, .. }) => {
                tracing::debug!(campaign = %id, %why, "noted by another worker");
                let campaign = self.outbox.campaign(id).await?;
                Ok(campaign.ok_or_else(|| OutboxError::no_campaign(id))?.state())
            }
            other => {
                let state = other?;
                self.say(Event::Moved { campaign: id, state });
                Ok(state)
            }
        }
    }

    pub(crate) async fn mark_gone(&self, gone: &[SubscriberId], now: DateTime<Utc>) -> Result<(), DeliveryError> {
        if gone.is_empty() { Ok(()) } else { Ok(self.subscribers.mark_gone(gone, now).await?) }
    }

    async fn hold(&self, claimed: &Claimed, note: &str, step: &mut Step) -> Result<Next, DeliveryError> {
        self.hold_batch(claimed, &claimed.batch, note, step).await
    }

    pub(crate) async fn hold_batch(
        &self,
        claimed: &Claimed,
        batch: &Batch,
        note: &str,
        step: &mut Step,
    ) -> Result<Next, DeliveryError> {
        let mut update = BatchUpdate::of(&Claimed::new(batch.clone(), claimed.token));
        update.state = BatchState::Held;
        update.note = Some(note.to_owned());
        step.held.push((batch.id, note.to_owned()));
        let next = self.finish(claimed, update).await?;
        self.say(Event::Held { batch: batch.id, note: note.to_owned() });
        Ok(next)
    }

    /// Writes down where the batch stands, gives up its lease, and tells when it is to be looked at next.
    pub(crate) async fn finish(&self, claimed: &Claimed, mut update: BatchUpdate) -> Result<Next, OutboxError> {
        update.release = true;
        self.outbox.update(&update).await?;
        self.say_ends(update.id, Ends::of(&claimed.batch.outcomes, &update.changes));
        Ok(update.state.is_open().then_some(update.due))
    }
}

/// A claimed batch with what is needed to move it on.
pub(crate) struct Work<'a> {
    pub(crate) claimed: &'a Claimed,
    pub(crate) campaign: &'a Campaign,
    pub(crate) carrier: &'a Carrier,
    pub(crate) message: Arc<Message>,
    pub(crate) now: DateTime<Utc>,
}

impl Work<'_> {
    pub(crate) fn update(&self, batch: &Batch) -> BatchUpdate {
        BatchUpdate::of(&Claimed::new(batch.clone(), self.claimed.token))
    }
}

/// Why nothing more of a campaign is submitted that stands so.
fn called_off(state: CampaignState) -> Option<Withheld> {
    match state {
        CampaignState::Cancelled => Some(Withheld::Cancelled),
        CampaignState::Expired => Some(Withheld::Expired),
        _ => None,
    }
}

fn message(campaign: &Campaign, fallback: bool) -> Message {
    if fallback { campaign.message.clone() } else { campaign.message.clone().without_fallback() }
}

pub(crate) fn after(now: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(span).unwrap_or(now)
}
