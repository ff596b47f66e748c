use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

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
    /// How far ahead it takes submissions for later; `None` when it sends at once only.
    pub schedule: Option<Ahead>,
}

/// How far ahead something may be scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ahead {
    /// At the least.
    pub least: TimeDelta,
    /// At the most.
    pub most: TimeDelta,
}

impl Ahead {
    /// From `least` to `most` ahead.
    #[must_use]
    pub fn new(least: TimeDelta, most: TimeDelta) -> Self {
        Self { least, most }
    }

    /// Whether an instant is within it at `now`.
    #[must_use]
    pub fn takes(&self, instant: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let ahead = instant.signed_duration_since(now);
        ahead >= self.least && ahead <= self.most
    }
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
            schedule: None,
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

    /// The capabilities of a transport that takes submissions for later.
    #[must_use]
    pub fn with_schedule(mut self, ahead: Ahead) -> Self {
        self.schedule = Some(ahead);
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
    /// What was [prepared](crate::Transport::prepare) under a handle is sent once, whatever is said again, and never
    /// after it was [cancelled](crate::Transport::cancel). Of a submission in doubt, cancelling tells: where that is
    /// refused, it was sent.
    Prepared,
}

impl Idempotency {
    /// Keys that guard each recipient for `lifetime`.
    #[must_use]
    pub fn per_recipient(lifetime: Duration) -> Self {
        Self::PerRecipient { lifetime }
    }
}
