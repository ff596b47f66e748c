use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A source of random bytes.
///
/// ```
/// use sosik_core::{Entropy, SeededEntropy};
///
/// let mut one = [0; 8];
/// let mut two = [0; 8];
/// SeededEntropy::new(7).fill(&mut one);
/// SeededEntropy::new(7).fill(&mut two);
/// assert_eq!(one, two); // the same seed, the same bytes
/// ```
pub trait Entropy: fmt::Debug + Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl<E: Entropy + ?Sized> Entropy for std::sync::Arc<E> {
    fn fill(&self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// The operating system's random numbers: fit for keys and nonces.
#[cfg(feature = "system-entropy")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemEntropy;

#[cfg(feature = "system-entropy")]
impl SystemEntropy {
    /// The operating system's random numbers.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

#[cfg(feature = "system-entropy")]
impl Entropy for SystemEntropy {
    /// # Panics
    ///
    /// When the operating system has no random numbers to give: nothing safe can be done without them.
    #[expect(clippy::expect_used, clippy::disallowed_methods, reason = "no key or nonce may be made without entropy")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random numbers");
    }
}

/// Bytes computed from a seed (`SplitMix64`): for tests and samples that must repeat. Never for keys.
#[derive(Debug)]
pub struct SeededEntropy {
    state: Mutex<u64>,
}

impl SeededEntropy {
    /// A source that gives the same bytes for the same `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new(seed) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A version 7 UUID: it sorts by `now`, to the millisecond.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_core::{SeededEntropy, uuid_v7};
///
/// let now = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
/// let entropy = SeededEntropy::new(1);
/// assert!(uuid_v7(now, &entropy) < uuid_v7(now + TimeDelta::seconds(1), &entropy));
/// ```
#[must_use]
pub fn uuid_v7(now: DateTime<Utc>, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// So many version 7 UUIDs of one instant, in ascending order: what is kept under them in their order lies in order.
///
/// ```
/// use sosik_core::{SeededEntropy, uuids_v7};
///
/// let now = chrono::DateTime::UNIX_EPOCH;
/// let ids = uuids_v7(now, &SeededEntropy::new(1), 100);
/// assert!(ids.is_sorted() && ids.len() == 100);
/// ```
#[must_use]
pub fn uuids_v7(now: DateTime<Utc>, entropy: &dyn Entropy, count: usize) -> Vec<Uuid> {
    // One draw for all: a call of the operating system for each costs more than what is done with it.
    let mut random = vec![0; 10 * count];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    let (random, _) = random.as_chunks::<10>();
    let one = |random: &[u8; 10]| uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid();
    let mut ids: Vec<Uuid> = random.iter().map(one).collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_source_never_repeats_within_a_run() {
        let source = SeededEntropy::new(42);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let mut bytes = [0; 16];
            source.fill(&mut bytes);
            assert!(seen.insert(bytes));
        }
    }
}
