//! Receipts: taken in pages or from webhooks, and written down.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{Outcome, Receipt, SendError, SendErrorKind};

use crate::carriers::Carrier;
use crate::engine::{Engine, Step, after};
use crate::events::Ends;
use crate::{BatchId, Change, DeliveryError, RecipientRef, RecipientState};

impl Engine {
    /// Takes the receipts that wait at each transport.
    pub(crate) async fn poll(&self, now: DateTime<Utc>, step: &mut Step) -> Result<(), DeliveryError> {
        for carrier in self.carriers.asked() {
            self.poll_one(carrier, now, step).await?;
        }
        Ok(())
    }

    /// Takes the receipts that wait, and says so to the transport only when they are written down.
    async fn poll_one(&self, carrier: &Carrier, now: DateTime<Utc>, step: &mut Step) -> Result<(), DeliveryError> {
        if !carrier.polls() || carrier.memory().poll.is_some_and(|next| now < next) {
            return Ok(());
        }
        let page = match carrier.transport.receipts().await {
            Ok(page) => page,
            Err(error) if error.kind() == SendErrorKind::Unauthorized && self.carriers.ends_all(error.kind()) => {
                return Err(error.into());
            }
            Err(error) => {
                carrier.memory().poll = Some(self.asked_later(&error, now));
                step.trouble.get_or_insert(error);
                return Ok(());
            }
        };
        let is_empty = page.receipts.is_empty();
        step.settled += self.record(&page.receipts, now).await?;
        if let Some(id) = &page.id {
            // Unacknowledged, it comes again, which does no harm: but not at once.
            if let Err(error) = carrier.transport.acknowledge(id).await {
                carrier.memory().poll = Some(self.asked_later(&error, now));
                step.trouble.get_or_insert(error);
                return Ok(());
            }
        }
        let mut memory = carrier.memory();
        memory.empty = if is_empty { memory.empty.saturating_add(1) } else { 0 };
        // The first empty answer waits once the interval, the next twice, and so on.
        let doublings = memory.empty.saturating_sub(1).min(10);
        let wait = self.poll_every * i32::try_from(1_u32 << doublings).unwrap_or(i32::MAX);
        memory.poll = Some(if is_empty { after(now, wait.min(TimeDelta::minutes(1))) } else { now });
        Ok(())
    }

    /// When receipts are asked for after an error.
    fn asked_later(&self, error: &SendError, now: DateTime<Utc>) -> DateTime<Utc> {
        let wait = error.retry_after().and_then(|asked| TimeDelta::from_std(asked).ok());
        after(now, wait.unwrap_or(TimeDelta::seconds(1)).max(self.poll_every))
    }

    /// Writes receipts down, from a page or a webhook: late, twice, in any order. Tells how many brought news.
    ///
    /// Receipts without a reference of ours are passed over.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`] when a store fails; the receipts may be given again.
    pub async fn record(&self, receipts: &[Receipt], now: DateTime<Utc>) -> Result<usize, DeliveryError> {
        let mut by_batch: BTreeMap<BatchId, Vec<(usize, &Receipt)>> = BTreeMap::new();
        for receipt in receipts {
            if let Some(Ok(reference)) = receipt.reference.as_deref().map(str::parse::<RecipientRef>) {
                by_batch.entry(reference.batch).or_default().push((reference.index, receipt));
            } else {
                tracing::debug!("a receipt without a reference of ours");
            }
        }
        let mut news = 0;
        for (id, receipts) in by_batch {
            // Nothing was ever submitted of such a batch: whoever says otherwise is not the dealer.
            let Some(batch) = self.outbox.batch(id).await?.filter(|batch| batch.first_sent.is_some()) else { continue };
            let (mut gone, mut known) = (Vec::new(), batch.outcomes.clone());
            let mut changes = Vec::with_capacity(receipts.len());
            for (index, receipt) in receipts {
                let state = RecipientState::of_receipt(receipt.route, &receipt.outcome, batch.fallback);
                let change = Change::new(index, state);
                // A receipt that comes again says nothing of someone who has signed up again since.
                let is_news = known.apply(&change);
                if is_news && matches!(receipt.outcome, Outcome::Failed { gone: true, .. }) {
                    gone.extend(batch.recipients.get(index));
                }
                changes.push(change);
            }
            // First, since a receipt that comes again is no news any more.
            self.mark_gone(&gone, now).await?;
            news += self.outbox.settle(id, &changes).await?;
            self.say_ends(id, Ends::of(&batch.outcomes, &changes));
        }
        Ok(news)
    }
}
