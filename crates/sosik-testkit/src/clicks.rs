//! The contract of [`ClickStore`], rule by rule.

use std::sync::Arc;

use chrono::NaiveDate;
use sosik_content::EditionId;
use sosik_delivery::{ClickStore, Clicks};

/// One test for each rule of the contract, for what `$make` gives: an async function of an empty [`ClickStore`] in an `Arc`.
/// After `live`, of an empty one or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! click_store_conformance {
    (live $make:path) => { $crate::click_store_conformance!(@ live $make); };
    ($make:path) => { $crate::click_store_conformance!(@ sure $make); };
    (@ $kind:ident $make:path) => {
        $crate::rules!($kind clicks, $make:
            rule_1_none_is_lost_of_many_at_once
            rule_2_they_are_an_edition_s_by_card_and_day
        );
    };
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn edition(week: u32) -> EditionId {
    EditionId::from_stored(format!("city-2026-W{week}"))
}

/// Rule 1.
pub async fn rule_1_none_is_lost_of_many_at_once(store: Arc<dyn ClickStore>) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.count_click(&edition(48), 1 + n % 3, day(27)).await.unwrap() });
    }
    tasks.join_all().await;
    let counted = store.clicks_of(&edition(48)).await.unwrap();
    assert_eq!(counted, [1, 2, 3].map(|card| Clicks::new(card, day(27), 20)));
}

/// Rule 2.
pub async fn rule_2_they_are_an_edition_s_by_card_and_day(store: Arc<dyn ClickStore>) {
    for (week, card, on) in [(48, 10, 27), (48, 2, 28), (48, 2, 27), (49, 2, 27), (48, 2, 28)] {
        store.count_click(&edition(week), card, day(on)).await.unwrap();
    }
    let expected = [Clicks::new(2, day(27), 1), Clicks::new(2, day(28), 2), Clicks::new(10, day(27), 1)];
    assert_eq!(store.clicks_of(&edition(48)).await.unwrap(), expected);
    assert!(store.clicks_of(&edition(50)).await.unwrap().is_empty());
}
