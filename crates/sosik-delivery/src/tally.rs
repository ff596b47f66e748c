use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::{Batch, BatchState, Outcomes, RecipientState, Withheld};

/// How many recipients of a campaign stand where. Together they are always the audience that was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Batches.
    pub batches: u64,
    /// Batches that a person has to look at.
    pub held: u64,
    /// Batches that a worker has something to do for.
    pub open: u64,
    /// Not sent yet, or not known to be.
    pub pending: u64,
    /// Taken; receipts are to come.
    pub accepted: u64,
    /// Delivered.
    pub delivered: u64,
    /// Delivered as the fallback text.
    pub fallback: u64,
    /// Not delivered.
    pub failed: u64,
    /// Not sent, by reason.
    pub suppressed: BTreeMap<Withheld, u64>,
    /// No one can say.
    pub unknown: u64,
    /// The failures by the provider's code.
    pub codes: BTreeMap<String, u64>,
}

/// Those of several campaigns together, as an edition that goes through several channels has.
impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        self.batches += other.batches;
        self.held += other.held;
        self.open += other.open;
        self.pending += other.pending;
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.fallback += other.fallback;
        self.failed += other.failed;
        self.unknown += other.unknown;
        for (reason, count) in &other.suppressed {
            *self.suppressed.entry(*reason).or_default() += count;
        }
        for (code, count) in &other.codes {
            *self.codes.entry(code.clone()).or_default() += count;
        }
    }
}

impl Tally {
    /// Counts the recipients of batches.
    pub fn of<'a, I>(batches: I) -> Self
    where
        I: IntoIterator<Item = &'a Batch>,
    {
        let mut tally = Self::default();
        for batch in batches {
            tally.add(batch.state, &batch.outcomes);
        }
        tally
    }

    /// Counts the recipients of one more batch.
    pub fn add(&mut self, state: BatchState, outcomes: &Outcomes) {
        self.batches += 1;
        self.held += u64::from(state == BatchState::Held);
        self.open += u64::from(state.is_open());
        for state in outcomes.iter() {
            self.count(state);
        }
    }

    fn count(&mut self, state: RecipientState) {
        match state {
            RecipientState::Pending => self.pending += 1,
            RecipientState::Accepted | RecipientState::FallingBack { .. } => self.accepted += 1,
            RecipientState::Delivered => self.delivered += 1,
            RecipientState::DeliveredAsText => self.fallback += 1,
            RecipientState::Failed { code } => {
                self.failed += 1;
                *self.codes.entry(code).or_default() += 1;
            }
            RecipientState::Suppressed(reason) => *self.suppressed.entry(reason).or_default() += 1,
            RecipientState::Unknown => self.unknown += 1,
        }
    }

    /// How many recipients were planned.
    #[must_use]
    pub fn planned(&self) -> u64 {
        self.outstanding()
            + self.delivered
            + self.fallback
            + self.failed
            + self.unknown
            + self.suppressed.values().sum::<u64>()
    }

    /// How many of them something is still to come for.
    #[must_use]
    pub fn outstanding(&self) -> u64 {
        self.pending + self.accepted
    }
}
