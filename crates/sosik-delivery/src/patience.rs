use std::time::Duration;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use sosik_channel::SendError;

use crate::BatchId;

/// How a batch that failed is tried again, as data.
///
/// After attempt *n* it waits between half and all of `first` × 2ⁿ⁻¹, at most `longest`; or as long as the provider asks
/// for ([`SendError::retry_after`]), and up to a fifth more. Where in between is chosen by the batch and the attempt, so that
/// the batches of a campaign do not come back all at once, and the same history gives the same instants.
///
/// ```
/// use std::time::Duration;
/// use sosik_delivery::Patience;
///
/// let patience = Patience::new().between(Duration::from_secs(2), Duration::from_secs(300)).attempts(12);
/// assert_eq!(patience.attempts, Some(12));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Patience {
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After how many attempts of which nothing was taken the batch is held for a person; `None` where it is tried until its
    /// time is past.
    pub attempts: Option<u32>,
}

impl Patience {
    /// From a second to a minute, until the batch's time is past.
    #[must_use]
    pub fn new() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(60), attempts: None }
    }

    /// With this first wait and this longest one.
    #[must_use]
    pub fn between(mut self, first: Duration, longest: Duration) -> Self {
        (self.first, self.longest) = (first, longest);
        self
    }

    /// For so many attempts.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// Whether a person should look instead of another attempt.
    #[must_use]
    pub fn is_over(&self, attempts: u32) -> bool {
        self.attempts.is_some_and(|most| attempts >= most)
    }

    /// How long a batch waits after an error, which came at the so many-th attempt.
    #[must_use]
    pub fn wait(&self, batch: BatchId, attempts: u32, error: &SendError) -> TimeDelta {
        let digest = Sha256::digest(format!("{batch}.{attempts}"));
        let chance = f64::from(u16::from_be_bytes([digest[0], digest[1]])) / f64::from(u16::MAX);
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let own = self.first.saturating_mul(doubled).min(self.longest).mul_f64(0.5 + chance / 2.0);
        let wait = error.retry_after().map_or(own, |asked| asked.mul_f64(1.0 + chance / 5.0));
        TimeDelta::from_std(wait).unwrap_or(TimeDelta::minutes(1))
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;
    use sosik_channel::SendErrorKind;
    use sosik_content::EditionId;
    use sosik_core::ChannelId;

    use super::*;
    use crate::CampaignKey;

    fn batch(number: u32) -> BatchId {
        let channel = ChannelId::parse("yangju-city").unwrap();
        let key = CampaignKey::new(channel, DateTime::<Utc>::default(), EditionId::from_stored("w48"));
        BatchId::new(key.id(), number)
    }

    proptest! {
        #[test]
        fn a_wait_is_within_its_bounds_and_the_same_when_asked_again(number in 0..1_000_u32, attempts in 0..2_000_u32, asked in proptest::option::of(1..600_u64)) {
            let patience = Patience::new();
            let error = SendError::new(SendErrorKind::Unavailable, "dealer");
            let error = match asked {
                Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
                None => error,
            };
            let wait = patience.wait(batch(number), attempts, &error).to_std().unwrap();
            match asked {
                Some(seconds) => prop_assert!(wait >= Duration::from_secs(seconds) && wait <= Duration::from_secs(seconds * 6 / 5 + 1)),
                None => prop_assert!(wait >= patience.first / 2 && wait <= patience.longest),
            }
            prop_assert_eq!(wait, patience.wait(batch(number), attempts, &error).to_std().unwrap());
        }
    }

    #[test]
    fn waits_grow_and_spread() {
        let patience = Patience::new();
        let error = SendError::new(SendErrorKind::Unavailable, "dealer");
        let waits = |attempts| -> Vec<TimeDelta> {
            (0..100).map(|number| patience.wait(batch(number), attempts, &error)).collect()
        };
        let (first, fifth) = (waits(1), waits(5));
        assert!(first.iter().max() < fifth.iter().min());
        let different: std::collections::BTreeSet<_> = fifth.iter().collect();
        assert!(different.len() > 90, "{} different waits of 100 batches", different.len());
        assert!(patience.attempts(3).is_over(3) && !patience.attempts(3).is_over(2) && !patience.is_over(u32::MAX));
    }
}
