//! What the transport knows of batches that were submitted: where answers were lost, or receipts did not come.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik_channel::{Audience, Found, Idempotency, Outcome, SendError, SendErrorKind, Submission};
use sosik_registry::SubscriberId;

use crate::engine::{Engine, Next, Step, Work, after};
use crate::events::Ends;
use crate::{
    Batch, BatchId, BatchState, BatchUpdate, CampaignState, Change, DeliveryError, Outcomes, RecipientRef,
    RecipientState,
};

/// The code of whoever the provider refused in an answer that was lost.
const NOT_TAKEN: &str = "not-taken";

impl Engine {
    /// Asks what became of a submission whose answer was lost, and repeats it only under a key that still guards it.
    pub(crate) async fn look_up(&self, work: &Work<'_>, step: &mut Step) -> Result<Next, DeliveryError> {
        if work.campaign.state() == CampaignState::Paused {
            // It was paused since it was claimed: it waits, as it stands, for what becomes of the campaign.
            return Ok(self.finish(work.claimed, work.update(&work.claimed.batch)).await?);
        }
        let mut batch = work.claimed.batch.clone();
        let under_handle = batch.handle.is_some();
        if let Some(handle) = &batch.handle {
            match work.carrier.transport.cancel(handle).await {
                // Nothing of it was sent, nor ever will be: it begins anew.
                Ok(()) => return self.begin_anew(work).await,
                // It was sent: what the provider has of it is all of it.
                Err(error) if error.kind() == SendErrorKind::Refused => {}
                Err(error) => return self.failed(work, &batch, true, error, step).await,
            }
        }
        let (changes, gone) = match self.find(work, &batch).await {
            Ok(found) => found,
            Err(error) => return self.failed(work, &batch, true, error, step).await,
        };
        for change in &changes {
            batch.outcomes.apply(change);
        }
        let mut update = work.update(&batch);
        update.changes = changes;
        let pending = batch.outcomes.iter().any(|state| state == RecipientState::Pending);
        let first = batch.first_sent.unwrap_or(work.now);
        let guarded = match work.carrier.transport.capabilities().idempotency {
            Idempotency::PerRecipient { lifetime, .. } => {
                // A tenth of its life is kept as a margin for clocks that differ and requests that are slow.
                let alive = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::zero()) * 9 / 10;
                work.now.signed_duration_since(first) < alive
            }
            _ => false,
        };
        self.mark_gone(&gone, work.now).await?;
        if pending && under_handle {
            // It was sent after it was filled: whoever is not in it was refused, by a code that came with the lost answer.
            update.changes.extend(batch.outcomes.pending_to(&RecipientState::failed(NOT_TAKEN)));
            update.state = BatchState::Taken;
            update.due = after(work.now, self.inquire_after);
            return Ok(self.finish(work.claimed, update).await?);
        }
        let goes_on = work.campaign.state().sends();
        if pending && guarded && goes_on {
            self.outbox.update(&update).await?;
            self.say_ends(batch.id, Ends::of(&work.claimed.batch.outcomes, &update.changes));
            return self.send(work, batch, step).await;
        }
        if pending {
            update.changes.extend(batch.outcomes.pending_to(&RecipientState::Unknown));
            let note = if goes_on {
                "its answer was lost, and its idempotency key has run out"
            } else {
                "its answer was lost, and the campaign does not go on"
            };
            step.held.push((batch.id, note.to_owned()));
            update.note = Some(note.to_owned());
        }
        update.state = BatchState::Taken;
        update.due = after(work.now, self.inquire_after);
        Ok(self.finish(work.claimed, update).await?)
    }

    /// A batch of whose last attempt nothing was sent.
    async fn begin_anew(&self, work: &Work<'_>) -> Result<Next, DeliveryError> {
        let mut update = work.update(&work.claimed.batch);
        (update.state, update.due) = (BatchState::Ready, work.now);
        (update.first_sent, update.handle) = (None, None);
        Ok(self.finish(work.claimed, update).await?)
    }

    /// Asks for the receipts that did not come by themselves.
    pub(crate) async fn inquire(&self, work: &Work<'_>, step: &mut Step) -> Result<Next, DeliveryError> {
        let batch = &work.claimed.batch;
        let (changes, gone) = match self.find(work, batch).await {
            Ok(found) => found,
            Err(error) => {
                let mut update = work.update(batch);
                let age = work.now.signed_duration_since(batch.first_sent.unwrap_or(work.now));
                update.due =
                    after(work.now, self.patience.wait(batch.id, batch.attempts, &error).max(self.inquire_after));
                if age >= self.give_up_after {
                    give_up(&batch.outcomes, &mut update);
                }
                let next = self.finish(work.claimed, update).await?;
                if self.carriers.ends_all(error.kind()) {
                    return Err(error.into());
                }
                step.trouble = Some(error);
                return Ok(next);
            }
        };
        let mut after_all = batch.outcomes.clone();
        step.settled += changes.iter().filter(|change| after_all.apply(change)).count();
        let mut update = work.update(batch);
        update.changes = changes;
        let age = work.now.signed_duration_since(batch.first_sent.unwrap_or(work.now));
        if age >= self.give_up_after {
            give_up(&after_all, &mut update);
        }
        // Asked again later and later, at twice the age of the submission, and for the last time when it is given up.
        let rest = (self.give_up_after - age).max(self.inquire_after);
        update.due = after(work.now, self.inquire_after.max(age).min(rest));
        self.mark_gone(&gone, work.now).await?;
        Ok(self.finish(work.claimed, update).await?)
    }

    /// What the transport knows of a batch, and who of it cannot be reached any more.
    async fn find(&self, work: &Work<'_>, batch: &Batch) -> Result<(Vec<Change>, Vec<SubscriberId>), SendError> {
        let key = batch.id.idempotency_key();
        let audience = Audience::Named(Vec::new());
        let since = batch.first_sent.unwrap_or(work.now);
        let mut submission = Submission::new(key, Arc::clone(&work.message), audience);
        submission.handle.clone_from(&batch.handle);
        let found = work.carrier.transport.find(&submission, since).await?;
        let mut changes = Vec::new();
        let mut gone = Vec::new();
        for Found { reference, settled, .. } in found {
            let Some(index) = place(batch.id, &reference) else { continue };
            changes.push(Change::new(index, RecipientState::Accepted));
            if let Some((route, outcome)) = settled {
                if matches!(outcome, Outcome::Failed { gone: true, .. }) {
                    gone.extend(batch.recipients.get(index));
                }
                changes.push(Change::new(index, RecipientState::of_receipt(route, &outcome, batch.fallback)));
            }
        }
        Ok((changes, gone))
    }
}

/// What is still open is unknown from now on.
fn give_up(outcomes: &Outcomes, update: &mut BatchUpdate) {
    for (index, state) in outcomes.iter().enumerate() {
        if !state.is_final() {
            update.changes.push(Change::new(index, RecipientState::Unknown));
        }
    }
}

/// The place of a reference in a batch, if it is of that batch.
pub(crate) fn place(batch: BatchId, reference: &str) -> Option<usize> {
    reference.parse::<RecipientRef>().ok().filter(|found| found.batch == batch).map(|found| found.index)
}
