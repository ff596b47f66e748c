use chrono::{DateTime, Utc};
use tokio::sync::broadcast;

use crate::engine::Engine;
use crate::{BatchId, CampaignId, CampaignState, Change, Outcomes, RecipientState};

/// How many events wait for a listener that is slow; it is told of how many more it missed.
const CAPACITY: usize = 1_024;

/// What an engine did, as it happens: for a progress display or an alarm. The ledger is the outbox; an event may be missed.
///
/// It names campaigns and batches, and nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A batch waits for a person.
    #[non_exhaustive]
    Held {
        /// The batch.
        batch: BatchId,
        /// Why.
        note: String,
    },
    /// A campaign was brought to another state by the engine.
    #[non_exhaustive]
    Moved {
        /// The campaign.
        campaign: CampaignId,
        /// Where it stands.
        state: CampaignState,
    },
    /// A batch waits: for the window, for its rate, for a provider that is away.
    #[non_exhaustive]
    PutOff {
        /// The batch.
        batch: BatchId,
        /// Until when.
        until: DateTime<Utc>,
        /// Why.
        note: String,
    },
    /// Recipients came to their end.
    #[non_exhaustive]
    Settled {
        /// The batch.
        batch: BatchId,
        /// How many.
        ends: Ends,
    },
    /// The transport took a batch.
    #[non_exhaustive]
    Taken {
        /// The batch.
        batch: BatchId,
        /// How many recipients it newly accepted.
        accepted: u64,
    },
}

/// How many recipients came to which end. Someone who was unknown and is delivered after all counts under both, and a receipt
/// that two processes read at once may count twice: the ledger is [`Outbox::tally`](crate::Outbox::tally).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ends {
    /// Delivered.
    pub delivered: u64,
    /// Delivered as the fallback text.
    pub fallback: u64,
    /// Not delivered.
    pub failed: u64,
    /// Not sent.
    pub suppressed: u64,
    /// No one can say.
    pub unknown: u64,
}

impl Ends {
    /// Those whom changes bring to an end that they were not at.
    pub(crate) fn of(before: &Outcomes, changes: &[Change]) -> Self {
        let (mut known, mut ends) = (before.clone(), Self::default());
        for change in changes {
            // Someone unknown of whom news comes after all is told of again.
            if !known.apply(change) {
                continue;
            }
            match change.state {
                RecipientState::Delivered => ends.delivered += 1,
                RecipientState::DeliveredAsText => ends.fallback += 1,
                RecipientState::Failed { .. } => ends.failed += 1,
                RecipientState::Suppressed(_) => ends.suppressed += 1,
                RecipientState::Unknown => ends.unknown += 1,
                RecipientState::Accepted | RecipientState::FallingBack { .. } | RecipientState::Pending => {}
            }
        }
        ends
    }

    fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Whoever listens.
#[derive(Debug)]
pub(crate) struct Listeners(broadcast::Sender<Event>);

impl Listeners {
    pub(crate) fn none() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Engine {
    /// What the engine does from now on, as it happens.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sosik_channel::RecordingTransport;
    /// # use sosik_delivery::{Engine, MemoryOutbox};
    /// # use sosik_registry::MemorySubscriberStore;
    /// use tokio::sync::broadcast::error::RecvError;
    ///
    /// # async fn listen() {
    /// # let (outbox, people) = (Arc::new(MemoryOutbox::new()), Arc::new(MemorySubscriberStore::new(1)));
    /// let engine = Engine::builder(outbox, people, Arc::new(RecordingTransport::new())).build();
    /// let mut events = engine.events();
    /// loop {
    ///     match events.recv().await {
    ///         Ok(event) => println!("{event:?}"),
    ///         Err(RecvError::Lagged(missed)) => println!("{missed} events were missed"),
    ///         Err(RecvError::Closed) => break,
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.listeners.0.subscribe()
    }

    /// Tells whoever listens, the log and the metrics.
    pub(crate) fn say(&self, event: Event) {
        match &event {
            Event::Held { batch, note } => tracing::warn!(%batch, note, "a batch waits for a person"),
            Event::Moved { campaign, state } => tracing::info!(%campaign, %state, "a campaign moved"),
            Event::PutOff { batch, until, note } => tracing::info!(%batch, %until, note, "a batch is put off"),
            Event::Settled { batch, ends } => tracing::debug!(%batch, ?ends, "recipients came to their end"),
            Event::Taken { batch, accepted } => tracing::debug!(%batch, accepted, "a batch was taken"),
        }
        #[cfg(feature = "metrics")]
        measure(&event);
        // No one may listen.
        let _ = self.listeners.0.send(event);
    }

    /// Tells of recipients who came to their end.
    pub(crate) fn say_ends(&self, batch: BatchId, ends: Ends) {
        if !ends.is_none() {
            self.say(Event::Settled { batch, ends });
        }
    }
}

/// Counts an event under the names that the crate's documentation lists.
#[cfg(feature = "metrics")]
fn measure(event: &Event) {
    match event {
        Event::Held { .. } => metrics::counter!("sosik_batches_held_total").increment(1),
        Event::Moved { state, .. } => {
            metrics::counter!("sosik_campaigns_moved_total", "state" => state.code()).increment(1);
        }
        Event::PutOff { .. } => metrics::counter!("sosik_batches_put_off_total").increment(1),
        Event::Settled { ends, .. } => {
            let Ends { delivered, fallback, failed, suppressed, unknown } = *ends;
            for (end, count) in [
                ("delivered", delivered),
                ("fallback", fallback),
                ("failed", failed),
                ("suppressed", suppressed),
                ("unknown", unknown),
            ] {
                metrics::counter!("sosik_recipients_settled_total", "end" => end).increment(count);
            }
        }
        Event::Taken { accepted, .. } => {
            metrics::counter!("sosik_batches_taken_total").increment(1);
            metrics::counter!("sosik_recipients_accepted_total").increment(*accepted);
        }
    }
}
