use sosik_channel::SendError;
use sosik_registry::StoreError;

use crate::BatchId;

/// An outbox cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The batch has been claimed by someone else since: what this worker knows of it is out of date.
    #[error("batch {batch} has been claimed by another worker since")]
    #[non_exhaustive]
    LeaseLost {
        /// The batch.
        batch: BatchId,
    },
    /// The store behind it failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OutboxError {
    /// A lost lease.
    #[must_use]
    pub fn lease_lost(batch: BatchId) -> Self {
        Self::LeaseLost { batch }
    }
}

/// A campaign cannot be planned or moved on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The outbox failed.
    #[error("the outbox failed")]
    Outbox(#[from] OutboxError),
    /// The subscriber store failed.
    #[error("the subscriber store failed")]
    Subscribers(#[from] StoreError),
    /// The transport cannot be used at all, whatever is sent: its key is wrong, or it has been away for too long.
    #[error("the transport cannot be used")]
    Transport(#[from] SendError),
}
