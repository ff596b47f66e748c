//! A batch that is submitted: who of it may still be sent to, when, and what the answer means.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{Answer, Audience, Idempotency, Proof, Recipient, SendError, SendErrorKind, Submission, Submitted};
use sosik_registry::{Need, SubscriberId, Suppression};
use sosik_schedule::MessageClass;

use crate::engine::{Engine, Next, Step, Work, after};
use crate::events::Ends;
use crate::look_up;
use crate::plan::purpose;
use crate::{Batch, BatchState, BatchUpdate, Change, DeliveryError, Event, RecipientState, Withheld};

/// Who of a batch is sent to.
struct Sifted {
    recipients: Vec<Recipient>,
    /// Those who may not be sent to.
    passed_over: Vec<Change>,
    /// How many of these could be sent to later, and when.
    later: Option<(usize, DateTime<Utc>)>,
}

impl Engine {
    /// Brings a batch of a campaign that was called off to its end: nothing of it was submitted.
    pub(crate) async fn withhold(&self, work: &Work<'_>, reason: Withheld) -> Result<Next, DeliveryError> {
        let batch = &work.claimed.batch;
        let mut update = work.update(batch);
        update.changes = batch.outcomes.pending_to(&RecipientState::Suppressed(reason));
        // Of an earlier attempt some may have been taken.
        update.state = BatchState::Taken;
        update.due = after(work.now, self.inquire_after);
        Ok(self.finish(work.claimed, update).await?)
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
            return self.put_off(work, &batch, opening, "outside the sending window").await;
        }

        let refused = *work.carrier.refused();
        if let Some(until) = refused.filter(|until| now < *until) {
            return self.put_off(work, &batch, until, "its channel's account is refused").await;
        }
        let pending = batch.outcomes.iter().filter(|state| *state == RecipientState::Pending).count();
        if !work.campaign.class.is_emergency()
            && let Err(at) = self.pace.pass(&work.campaign.key.channel, pending, now)
        {
            return self.put_off(work, &batch, at, "kept to its rate").await;
        }
        let Sifted { recipients, passed_over, later } = self.recipients(work, &batch).await?;
        if let Some((_, until)) = later.filter(|(count, _)| *count > recipients.len()) {
            return self.put_off(work, &batch, until, "its recipients want to be left alone now").await;
        }
        for change in &passed_over {
            batch.outcomes.apply(change);
        }
        let mut update = work.update(&batch);
        update.changes = passed_over;
        if recipients.is_empty() {
            update.state = BatchState::Taken;
            update.due = after(now, self.inquire_after);
            return Ok(self.finish(work.claimed, update).await?);
        }
        let key = batch.id.idempotency_key();
        let mut submission = Submission::new(key, Arc::clone(&work.message), Audience::Named(recipients));
        if work.carrier.transport.capabilities().idempotency == Idempotency::Prepared {
            match work.carrier.transport.prepare(&submission).await {
                Ok(handle) => batch.handle = handle,
                Err(error) => {
                    batch.attempts += 1;
                    return self.failed(work, &batch, false, error, step).await;
                }
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
        self.say_ends(batch.id, Ends::of(&work.claimed.batch.outcomes, &update.changes));

        let answer = work.carrier.transport.submit(&submission).await;
        match answer {
            Ok(submitted) => self.taken(work, &batch, &submitted, step).await,
            Err(error) => self.failed(work, &batch, was_in_doubt, error, step).await,
        }
    }

    /// Those of a batch who are still to be sent to, and those who may not be. People of the same hours are in one batch: where
    /// the fewer want to be left alone, who told so since it was planned, they are passed over; where the more do, it waits.
    async fn recipients(&self, work: &Work<'_>, batch: &Batch) -> Result<Sifted, DeliveryError> {
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
        let capped = self.caps.capped(&*self.outbox, work.campaign, &ids, work.now).await?;
        let mut recipients = Vec::with_capacity(pending.len());
        let mut passed_over = Vec::new();
        let (now, mut later) = (work.now, None::<(usize, DateTime<Utc>)>);
        for ((index, person), address) in pending.into_iter().zip(addresses) {
            let quiet = address.quiet.filter(|quiet| quiet.holds(now) && !work.campaign.class.is_emergency());
            let reason = match (address.phone, quiet) {
                (Ok(_), Some(quiet)) => {
                    let end = quiet.end(now);
                    if end < batch.send_by {
                        let (count, until) = later.unwrap_or((0, end));
                        later = Some((count + 1, until.max(end)));
                    }
                    Suppression::Quiet
                }
                (Ok(_), None) if capped.contains(&person) => Suppression::Capped,
                (Ok(phone), None) if address.allows_text || !batch.fallback => {
                    recipients.push(Recipient::new(batch.id.reference(index), phone));
                    continue;
                }
                (Ok(_), None) => Suppression::NoText,
                (Err(reason), _) => reason,
            };
            // An earlier attempt may have reached them: then no one can say that nothing was sent.
            let in_doubt = batch.state == BatchState::InDoubt;
            let state = if in_doubt { RecipientState::Unknown } else { RecipientState::Suppressed(reason.into()) };
            passed_over.push(Change::new(index, state));
        }
        Ok(Sifted { recipients, passed_over, later })
    }

    async fn taken(
        &self,
        work: &Work<'_>,
        batch: &Batch,
        submitted: &Submitted,
        step: &mut Step,
    ) -> Result<Next, DeliveryError> {
        let mut update = work.update(batch);
        let (mut gone, mut accepted) = (Vec::new(), 0);
        let Proof::PerRecipient(answers) = &submitted.proof else {
            return self.hold_batch(work.claimed, batch, "the transport gave no answer for each recipient", step).await;
        };
        for acceptance in answers {
            let Some(index) = look_up::place(batch.id, &acceptance.reference) else { continue };
            let state = match &acceptance.answer {
                Answer::Accepted => {
                    accepted += 1;
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
        self.mark_gone(&gone, work.now).await?;
        let next = self.finish(work.claimed, update).await?;
        step.accepted += accepted;
        self.say(Event::Taken { batch: batch.id, accepted });
        work.carrier.expect_receipts(work.now);
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
        let wait = self.patience.wait(batch.id, batch.attempts, &error);
        // What is in doubt is asked for later and later: a question is no attempt.
        let age = work.now.signed_duration_since(batch.first_sent.unwrap_or(work.now));
        let longest = TimeDelta::from_std(self.patience.longest).unwrap_or(TimeDelta::minutes(1));
        update.due = after(work.now, if was_in_doubt { wait.max((age / 4).min(longest)) } else { wait });
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
            kind if self.carriers.ends_all(kind) => {
                update.due = work.now;
                self.finish(work.claimed, update).await?;
                Err(error.into())
            }
            SendErrorKind::Unauthorized | SendErrorKind::NotPermitted => {
                // Others go on meanwhile.
                (update.due, update.attempts) = (after(work.now, longest), work.claimed.batch.attempts);
                *work.carrier.refused() = Some(update.due);
                step.trouble = Some(error);
                Ok(self.finish(work.claimed, update).await?)
            }
            SendErrorKind::RateLimited | SendErrorKind::Unavailable
                if update.state == BatchState::Ready && self.patience.is_over(batch.attempts) =>
            {
                let note = format!("tried {} times: {error}", batch.attempts);
                step.trouble = Some(error);
                self.hold_as(work, update, note, step).await
            }
            SendErrorKind::OutcomeUnknown | SendErrorKind::RateLimited | SendErrorKind::Unavailable => {
                let note = error.to_string();
                step.trouble = Some(error);
                let next = self.finish(work.claimed, update).await?;
                if let Some(until) = next {
                    self.say(Event::PutOff { batch: batch.id, until, note });
                }
                Ok(next)
            }
            // The same again would be refused again: a person has to look.
            _ => self.hold_as(work, update, error.to_string(), step).await,
        }
    }

    /// Holds a batch for a person, with all else that an update says.
    async fn hold_as(
        &self,
        work: &Work<'_>,
        mut update: BatchUpdate,
        note: String,
        step: &mut Step,
    ) -> Result<Next, DeliveryError> {
        let batch = update.id;
        (update.state, update.note) = (BatchState::Held, Some(note.clone()));
        step.held.push((batch, note.clone()));
        let next = self.finish(work.claimed, update).await?;
        self.say(Event::Held { batch, note });
        Ok(next)
    }

    /// Lets a batch wait, as it stands.
    async fn put_off(
        &self,
        work: &Work<'_>,
        batch: &Batch,
        until: DateTime<Utc>,
        note: &str,
    ) -> Result<Next, DeliveryError> {
        let mut update = work.update(batch);
        (update.due, update.note) = (until, Some(note.to_owned()));
        let next = self.finish(work.claimed, update).await?;
        self.say(Event::PutOff { batch: batch.id, until, note: note.to_owned() });
        Ok(next)
    }
}
