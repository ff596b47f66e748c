use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{
    Answer, Audience, Idempotency, Message, Proof, Recipient, SendError, SendErrorKind, Submission, Submitted,
    Transport,
};
use sosik_registry::{Need, SubscriberId, SubscriberStore, Suppression};
use sosik_schedule::{MessageClass, SendWindow};

use crate::look_up;
use crate::plan::purpose;
use crate::tickets::Tickets;
use crate::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, CampaignState, Change, Claim, Claimed, Deed,
    DeliveryError, Outbox, OutboxError, Queue, RecipientState, Transition, Withheld,
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
    pub(crate) transport: Arc<dyn Transport>,
    worker: String,
    /// The names under which batches are claimed: as many as are moved on at once.
    lanes: Vec<String>,
    lease: TimeDelta,
    pub(crate) poll_every: TimeDelta,
    pub(crate) inquire_after: TimeDelta,
    pub(crate) give_up_after: TimeDelta,
    windows: Vec<SendWindow>,
    polling: Mutex<Polling>,
    pub(crate) tickets: Option<Tickets>,
    turn: tokio::sync::Mutex<()>,
}

/// When receipts are asked for next. Losing it in a crash costs one early question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Polling {
    pub(crate) next: Option<DateTime<Utc>>,
    pub(crate) empty: u32,
}

/// When a batch is to be looked at next; `None` when there is nothing more to do for it.
pub(crate) type Next = Option<DateTime<Utc>>;

/// Makes an [`Engine`].
#[derive(Debug)]
#[must_use]
pub struct EngineBuilder(Engine);

impl EngineBuilder {
    /// The name under which this process works; `engine` unless set. Two processes must not share one.
    pub fn worker(mut self, name: impl Into<String>) -> Self {
        self.0.worker = name.into();
        let lanes = self.0.lanes.len();
        self.lanes(lanes)
    }

    /// How many batches are moved on at once: while one waits for the provider, another is read and written down. One
    /// unless set.
    ///
    /// A process that begins again under its name should have as many lanes as before: what another lane held is free
    /// only when its lease has run out.
    pub fn lanes(mut self, lanes: usize) -> Self {
        let name = |lane: usize| if lane == 0 { self.0.worker.clone() } else { format!("{}/{lane}", self.0.worker) };
        self.0.lanes = (0..lanes.max(1)).map(name).collect();
        self
    }

    /// How long a batch is leased: longer than a submission can take. A minute unless set.
    pub fn lease(mut self, span: TimeDelta) -> Self {
        self.0.lease = span;
        self
    }

    /// The shortest wait between two questions for receipts. A second unless set; it doubles, up to a minute, while
    /// there are none.
    pub fn poll_every(mut self, span: TimeDelta) -> Self {
        self.0.poll_every = span;
        self
    }

    /// How long after a submission missing receipts are asked for one by one. A minute unless set.
    pub fn inquire_after(mut self, span: TimeDelta) -> Self {
        self.0.inquire_after = span;
        self
    }

    /// How long after a submission what is still missing counts as unknown. A day unless set.
    pub fn give_up_after(mut self, span: TimeDelta) -> Self {
        self.0.give_up_after = span;
        self
    }

    /// One more window that must be open when an advertisement is submitted, beside the law's
    /// ([`SendWindow::statutory_day`]), which always must.
    pub fn window(mut self, window: SendWindow) -> Self {
        self.0.windows.push(window);
        self
    }

    /// By which workers tell one another what there is to do. Without one each asks the outbox, which is enough for some
    /// ten workers; where the queue is away, they do so too.
    pub fn queue(mut self, queue: Arc<dyn Queue>) -> Self {
        self.0.tickets = Some(Tickets::new(queue));
        self
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> Engine {
        self.0
    }
}

/// What one round did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Step {
    /// How many batches it looked at.
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
            transport,
            worker: "engine".to_owned(),
            lanes: vec!["engine".to_owned()],
            lease: TimeDelta::minutes(1),
            poll_every: TimeDelta::seconds(1),
            inquire_after: TimeDelta::minutes(1),
            give_up_after: TimeDelta::days(1),
            windows: vec![SendWindow::statutory_day()],
            polling: Mutex::new(Polling { next: None, empty: 0 }),
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
        let poll = self.polling().next;
        step.next_due = due.map(|due| poll.map_or(due, |poll| due.min(poll)));
        Ok(step)
    }

    /// Moves batches on one after the other, under the name of a lane.
    async fn run_lane(&self, name: &str, now: DateTime<Utc>, limit: usize) -> Result<Step, DeliveryError> {
        let mut step = Step::default();
        while step.batches < limit && step.trouble.is_none() {
            let Some((claimed, ticket)) = self.next(&Claim::new(name, now, self.lease)).await? else { break };
            step.batches += 1;
            let next = match self.advance(&claimed, now, &mut step).await {
                // Someone else has the batch now, and knows more of it.
                Err(DeliveryError::Outbox(OutboxError::LeaseLost { batch, .. })) => {
                    tracing::warn!(%batch, "lease lost");
                    None
                }
                other => other?,
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

    pub(crate) fn polling(&self) -> MutexGuard<'_, Polling> {
        self.polling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn advance(&self, claimed: &Claimed, now: DateTime<Utc>, step: &mut Step) -> Result<Next, DeliveryError> {
        let id = claimed.batch.id;
        let Some(campaign) = self.outbox.campaign(id.campaign).await? else {
            return self.hold(claimed, "its campaign is missing", step).await;
        };
        let work =
            Work { claimed, campaign: &campaign, message: Arc::new(message(&campaign, claimed.batch.fallback)), now };
        match claimed.batch.state {
            BatchState::Ready => {
                if let Some(reason) = called_off(campaign.state()) {
                    return self.withhold(&work, reason).await;
                }
                if campaign.state() == CampaignState::Planned {
                    self.note(id.campaign, Deed::Start, now).await?;
                }
                // It may have been paused or called off since it was claimed: then the batch waits, as it stands.
                let stands = self.outbox.campaign(id.campaign).await?.is_some_and(|campaign| campaign.state().sends());
                if !stands {
                    return Ok(self.finish(work.update(&claimed.batch)).await?);
                }
                self.send(&work, claimed.batch.clone(), step).await
            }
            BatchState::InDoubt => self.look_up(&work, step).await,
            BatchState::Taken => self.inquire(&work, step).await,
            BatchState::Held | BatchState::Settled => Ok(None),
        }
    }

    /// Brings a batch of a campaign that was called off to its end: nothing of it was submitted.
    async fn withhold(&self, work: &Work<'_>, reason: Withheld) -> Result<Next, DeliveryError> {
        let batch = &work.claimed.batch;
        let mut update = work.update(batch);
        update.changes = batch.outcomes.pending_to(&RecipientState::Suppressed(reason));
        // Of an earlier attempt some may have been taken.
        update.state = BatchState::Taken;
        update.due = after(work.now, self.inquire_after);
        Ok(self.finish(update).await?)
    }

    /// Notes what happened with a campaign, unless another worker did.
    async fn note(&self, id: CampaignId, deed: Deed, now: DateTime<Utc>) -> Result<(), DeliveryError> {
        match self.outbox.transition(id, &Transition::new(deed, self.worker.as_str(), now)).await {
            Err(OutboxError::Transition { why, .. }) => {
                tracing::debug!(campaign = %id, %why, "noted by another worker");
                Ok(())
            }
            other => Ok(other.map(drop)?),
        }
    }

    /// Submits those of a batch who are not known to be taken. `batch` is what is known of it by now.
    pub(crate) async fn send(&self, work: &Work<'_>, mut batch: Batch, step: &mut Step) -> Result<Next, DeliveryError> {
        let now = work.now;
        if now >= batch.send_by {
            return self.hold_batch(work.claimed, &batch, "its time is past: a person has to decide", step).await;
        }
        let closed = self.windows.iter().filter(|window| !window.is_open(now));
        let opening = closed.map(|window| window.next_opening(now)).max();
        if let (MessageClass::Advertising, Some(opening)) = (work.campaign.class, opening) {
            let mut update = work.update(&batch);
            update.due = opening;
            update.note = Some("outside the sending window".to_owned());
            return Ok(self.finish(update).await?);
        }

        let (recipients, passed_over) = self.recipients(work, &batch).await?;
        for change in &passed_over {
            batch.outcomes.apply(change);
        }
        let mut update = work.update(&batch);
        update.changes = passed_over;
        if recipients.is_empty() {
            update.state = BatchState::Taken;
            update.due = after(now, self.inquire_after);
            return Ok(self.finish(update).await?);
        }
        let key = batch.id.idempotency_key();
        let mut submission = Submission::new(key, Arc::clone(&work.message), Audience::Named(recipients));
        if self.transport.capabilities().idempotency == Idempotency::Prepared {
            match self.transport.prepare(&submission).await {
                Ok(handle) => batch.handle = handle,
                Err(error) => return self.failed(work, &batch, false, error, step).await,
            }
            submission.handle.clone_from(&batch.handle);
        }
        // Written down before the step that cannot be taken back.
        let was_in_doubt = batch.state == BatchState::InDoubt;
        batch.state = BatchState::InDoubt;
        batch.attempts += 1;
        batch.first_sent = Some(batch.first_sent.unwrap_or(now));
        (update.state, update.attempts, update.first_sent) = (batch.state, batch.attempts, batch.first_sent);
        update.handle.clone_from(&batch.handle);
        self.outbox.update(&update).await?;

        let answer = self.transport.submit(&submission).await;
        match answer {
            Ok(submitted) => self.taken(work, &batch, &submitted, step).await,
            Err(error) => self.failed(work, &batch, was_in_doubt, error, step).await,
        }
    }

    /// Those of a batch who are still to be sent to, and those who may no longer be.
    async fn recipients(&self, work: &Work<'_>, batch: &Batch) -> Result<(Vec<Recipient>, Vec<Change>), DeliveryError> {
        let pending: Vec<(usize, SubscriberId)> = batch
            .recipients
            .iter()
            .copied()
            .enumerate()
            .filter(|(index, _)| batch.outcomes.state(*index) == Some(RecipientState::Pending))
            .collect();
        let ids: Vec<SubscriberId> = pending.iter().map(|(_, id)| *id).collect();
        let need = Need::new(purpose(work.campaign.class), work.now).through(work.campaign.key.channel.clone());
        let addresses = self.subscribers.addresses(&ids, &need).await?;
        let mut recipients = Vec::with_capacity(pending.len());
        let mut passed_over = Vec::new();
        for ((index, _), address) in pending.into_iter().zip(addresses) {
            let reason = match address.phone {
                Ok(phone) if address.allows_text || !batch.fallback => {
                    recipients.push(Recipient::new(batch.id.reference(index), phone));
                    continue;
                }
                Ok(_) => Suppression::NoText,
                Err(reason) => reason,
            };
            // An earlier attempt may have reached them: then no one can say that nothing was sent.
            let in_doubt = batch.state == BatchState::InDoubt;
            let state = if in_doubt { RecipientState::Unknown } else { RecipientState::Suppressed(reason.into()) };
            passed_over.push(Change::new(index, state));
        }
        Ok((recipients, passed_over))
    }

    async fn taken(
        &self,
        work: &Work<'_>,
        batch: &Batch,
        submitted: &Submitted,
        step: &mut Step,
    ) -> Result<Next, DeliveryError> {
        let mut update = work.update(batch);
        let mut gone = Vec::new();
        let Proof::PerRecipient(answers) = &submitted.proof else {
            return self.hold_batch(work.claimed, batch, "the transport gave no answer for each recipient", step).await;
        };
        for acceptance in answers {
            let Some(index) = look_up::place(batch.id, &acceptance.reference) else { continue };
            let state = match &acceptance.answer {
                Answer::Accepted => {
                    step.accepted += 1;
                    RecipientState::Accepted
                }
                Answer::Rejected { code, gone: is_gone, .. } => {
                    if *is_gone {
                        gone.extend(batch.recipients.get(index));
                    }
                    RecipientState::failed(code.as_str())
                }
                // Taken before; an answer that we do not know is no proof of anything else.
                _ => RecipientState::Accepted,
            };
            update.changes.push(Change::new(index, state));
        }
        update.state = BatchState::Taken;
        update.due = after(work.now, self.inquire_after);
        update.note = None;
        let next = self.finish(update).await?;
        self.expect_receipts(work.now);
        self.mark_gone(&gone, work.now).await?;
        Ok(next)
    }

    pub(crate) async fn failed(
        &self,
        work: &Work<'_>,
        batch: &Batch,
        was_in_doubt: bool,
        error: SendError,
        step: &mut Step,
    ) -> Result<Next, DeliveryError> {
        let mut update = work.update(batch);
        update.note = Some(error.to_string());
        update.due = after(work.now, wait(&error, batch.attempts));
        match error.kind() {
            SendErrorKind::OutcomeUnknown => {}
            // Nothing of this attempt was taken; what an earlier one left in doubt stays so.
            _ if !was_in_doubt => {
                update.state = BatchState::Ready;
                (update.first_sent, update.handle) = (None, None);
            }
            _ => {}
        }
        match error.kind() {
            // The next batch would be refused as well: the round ends, and nothing is held.
            SendErrorKind::Unauthorized | SendErrorKind::NotPermitted => {
                update.due = work.now;
                self.finish(update).await?;
                Err(error.into())
            }
            SendErrorKind::OutcomeUnknown | SendErrorKind::RateLimited | SendErrorKind::Unavailable => {
                step.trouble = Some(error);
                Ok(self.finish(update).await?)
            }
            // The same again would be refused again: a person has to look.
            _ => {
                update.state = BatchState::Held;
                step.held.push((batch.id, error.to_string()));
                Ok(self.finish(update).await?)
            }
        }
    }

    pub(crate) async fn mark_gone(&self, gone: &[SubscriberId], now: DateTime<Utc>) -> Result<(), DeliveryError> {
        if gone.is_empty() { Ok(()) } else { Ok(self.subscribers.mark_gone(gone, now).await?) }
    }

    async fn hold(&self, claimed: &Claimed, note: &str, step: &mut Step) -> Result<Next, DeliveryError> {
        self.hold_batch(claimed, &claimed.batch, note, step).await
    }

    async fn hold_batch(
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
        Ok(self.finish(update).await?)
    }

    /// Writes down where the batch stands, gives up its lease, and tells when it is to be looked at next.
    pub(crate) async fn finish(&self, mut update: BatchUpdate) -> Result<Next, OutboxError> {
        update.release = true;
        self.outbox.update(&update).await?;
        Ok(update.state.is_open().then_some(update.due))
    }
}

/// A claimed batch with what is needed to move it on.
pub(crate) struct Work<'a> {
    pub(crate) claimed: &'a Claimed,
    pub(crate) campaign: &'a Campaign,
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

/// How long to wait after an error: as long as the provider asks, else 1, 2, 4 … up to 60 seconds.
pub(crate) fn wait(error: &SendError, attempts: u32) -> TimeDelta {
    let back_off = Duration::from_secs(2_u64.saturating_pow(attempts.saturating_sub(1).min(6)).min(60));
    TimeDelta::from_std(error.retry_after().unwrap_or(back_off)).unwrap_or(TimeDelta::minutes(1))
}
