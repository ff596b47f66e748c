use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::NaiveDate;
use sosik_content::EditionId;
use sosik_registry::StoreError;

/// How often citizens followed the links of an edition's cards: numbers by the day, and nothing of anyone.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::click_store_conformance!`.
///
/// 1. [`count_click`](Self::count_click) counts one of an edition, a card and a day; of many at once none is lost.
/// 2. [`clicks_of`](Self::clicks_of) gives those of an edition, by card and then by day, and nothing of another.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_content::EditionId;
/// use sosik_delivery::{ClickStore, Clicks, MemoryClicks};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, edition) = (MemoryClicks::new(), EditionId::from_stored("yangju-city-2026-W48"));
/// let friday = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
/// store.count_click(&edition, 1, friday).await?;
/// store.count_click(&edition, 1, friday).await?;
/// assert_eq!(store.clicks_of(&edition).await?, [Clicks::new(1, friday, 2)]);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait ClickStore: fmt::Debug + Send + Sync {
    /// Counts one.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was counted.
    async fn count_click(&self, edition: &EditionId, card: u32, day: NaiveDate) -> Result<(), StoreError>;

    /// What was counted of an edition.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn clicks_of(&self, edition: &EditionId) -> Result<Vec<Clicks>, StoreError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: ClickStore + ?Sized> ClickStore for $pointer<S> {
            async fn count_click(&self, edition: &EditionId, card: u32, day: NaiveDate) -> Result<(), StoreError> {
                (**self).count_click(edition, card, day).await
            }
            async fn clicks_of(&self, edition: &EditionId) -> Result<Vec<Clicks>, StoreError> {
                (**self).clicks_of(edition).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// How often a card's link was followed on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Clicks {
    /// The card, from 1.
    pub card: u32,
    /// The day, by the city's clock.
    pub day: NaiveDate,
    /// How often.
    pub count: u64,
}

impl Clicks {
    /// So many of a card on a day.
    #[must_use]
    pub fn new(card: u32, day: NaiveDate, count: u64) -> Self {
        Self { card, day, count }
    }
}

/// Clicks in memory: for tests and first steps.
#[derive(Debug, Default)]
pub struct MemoryClicks(Mutex<BTreeMap<(EditionId, u32, NaiveDate), u64>>);

impl MemoryClicks {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl ClickStore for MemoryClicks {
    async fn count_click(&self, edition: &EditionId, card: u32, day: NaiveDate) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept.entry((edition.clone(), card, day)).or_default() += 1;
        Ok(())
    }

    async fn clicks_of(&self, edition: &EditionId) -> Result<Vec<Clicks>, StoreError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = kept.iter().filter(|((of, ..), _)| of == edition);
        Ok(theirs.map(|((_, card, day), count)| Clicks::new(*card, *day, *count)).collect())
    }
}
