use std::time::Duration;

use crate::AudienceKind;

/// What a transport can do, asked before sending instead of discovered afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The kinds of audience it serves.
    pub audiences: Vec<AudienceKind>,
    /// The most named recipients of one submission.
    pub batch: usize,
    /// The most recipients a second.
    pub recipients_per_second: u32,
    /// The most other calls a second.
    pub calls_per_second: u32,
    /// What it does with a submission that it has seen before.
    pub idempotency: Idempotency,
    /// Whether it sends the fallback text by itself where the message fails.
    pub falls_back: bool,
}

impl Capabilities {
    /// Named recipients only, in batches and at a rate.
    #[must_use]
    pub fn named(batch: usize, recipients_per_second: u32, calls_per_second: u32) -> Self {
        Self {
            audiences: vec![AudienceKind::Named],
            batch,
            recipients_per_second,
            calls_per_second,
            idempotency: Idempotency::None,
            falls_back: false,
        }
    }

    /// The capabilities with this guard against sending twice.
    #[must_use]
    pub fn with_idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// The capabilities of a transport that sends fallbacks by itself.
    #[must_use]
    pub fn with_fallback(mut self) -> Self {
        self.falls_back = true;
        self
    }
}

/// What a transport does with a submission under a key that it has seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// It sends again: a submission in doubt may only be looked up, never repeated.
    None,
    /// Each recipient that it accepted under the key is not sent to again, as long as the key lives. A submission in
    /// doubt may be repeated, and also for fewer recipients.
    #[non_exhaustive]
    PerRecipient {
        /// How long a key lives after its first use.
        lifetime: Duration,
    },
}

impl Idempotency {
    /// Keys that guard each recipient for `lifetime`.
    #[must_use]
    pub fn per_recipient(lifetime: Duration) -> Self {
        Self::PerRecipient { lifetime }
    }
}
