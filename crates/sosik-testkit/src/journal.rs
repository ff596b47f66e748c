//! The contract of [`Journal`], rule by rule, of any kind of entry.

use chrono::{DateTime, TimeDelta, Utc};
use sosik_registry::access::{Access, Did, Whose};
use sosik_registry::journal::{Entry, Journal};
use sosik_registry::rights::{Rights, RightsChange};
use sosik_registry::{LedgerReport, SubscriberId};
use uuid::Uuid;

use crate::noon;

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty journal of `$entry`. After
/// `live`, of an empty journal or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! journal_conformance {
    (live $make:path, $entry:ty) => {
        $crate::journal_conformance!(@ live $make, $entry:
            rule_1_what_was_added_is_there
            rule_2_what_was_added_is_as_it_was
            rule_3_what_is_old_is_dropped_and_no_more
        );
    };
    ($make:path, $entry:ty) => {
        $crate::journal_conformance!(@ sure $make, $entry:
            rule_1_what_was_added_is_there
            rule_2_what_was_added_is_as_it_was
            rule_3_what_is_old_is_dropped_and_no_more
        );
    };
    (@ $kind:ident $make:path, $entry:ty: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                $crate::journal_conformance!(% $kind $make, $entry, $rule);
            });
        }
    )+};
    (% sure $make:path, $entry:ty, $rule:ident) => {
        $crate::journal::$rule::<$entry>(&$make().await).await
    };
    (% live $make:path, $entry:ty, $rule:ident) => {
        match $make().await {
            Some(journal) => $crate::journal::$rule::<$entry>(&journal).await,
            None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
        }
    };
}

/// A kind of entry of which the suite can draw some.
pub trait Sample: Entry + PartialEq {
    /// One of an instant, other than those of other numbers.
    fn sample(at: DateTime<Utc>, number: u32) -> Self;
}

impl Sample for Access {
    fn sample(at: DateTime<Utc>, number: u32) -> Self {
        let whose = match number % 3 {
            0 => Whose::Many(400 * u64::from(number)),
            _ => Whose::One(SubscriberId::new(Uuid::from_u128(number.into()))),
        };
        let who = if number < 6 { "clerk '1'" } else { "clerk 2" };
        Self::new(at, who, "192.0.2.1", whose, Did::ALL[number as usize % Did::ALL.len()])
    }
}

impl Sample for RightsChange {
    fn sample(at: DateTime<Utc>, number: u32) -> Self {
        let to = match number % 3 {
            0 => Rights::Granted(format!("look: '{number}'")),
            1 => Rights::Changed(String::new()),
            _ => Rights::Removed,
        };
        Self::new(at, "officer", "192.0.2.1", format!("clerk {}", number / 3), to)
    }
}

/// What was added in hour after hour from noon on.
async fn fill<E: Sample>(journal: &dyn Journal<E>) -> Vec<E> {
    let all: Vec<E> = (0..9).map(sample).collect();
    for entry in &all {
        journal.add_entry(entry).await.unwrap();
    }
    all
}

fn sample<E: Sample>(hours: u32) -> E {
    E::sample(noon() + TimeDelta::hours(hours.into()), hours)
}

async fn whole<E: Entry>(journal: &dyn Journal<E>, entries: u64) -> LedgerReport {
    let report = journal.verify_entries().await.unwrap();
    assert_eq!((report.entries, &report.broken), (entries, &None));
    report
}

/// Rule 1.
pub async fn rule_1_what_was_added_is_there<E: Sample>(journal: &dyn Journal<E>) {
    assert_eq!(journal.entries(0, 9).await.unwrap(), []);
    let numbered: Vec<(u64, E)> = (1..).zip(fill(journal).await).collect();
    assert_eq!(journal.entries(0, 100).await.unwrap(), numbered);
    assert_eq!(journal.entries(3, 2).await.unwrap(), numbered[3..5]);
}

/// Rule 2.
pub async fn rule_2_what_was_added_is_as_it_was<E: Sample>(journal: &dyn Journal<E>) {
    whole(journal, 0).await;
    fill(journal).await;
    let first = whole(journal, 9).await;
    journal.add_entry(&sample(20)).await.unwrap();
    assert_ne!(whole(journal, 10).await.head, first.head);
}

/// Rule 3.
pub async fn rule_3_what_is_old_is_dropped_and_no_more<E: Sample>(journal: &dyn Journal<E>) {
    assert_eq!(journal.purge_entries(noon()).await.unwrap(), 0);
    let all = fill(journal).await;
    assert_eq!(journal.purge_entries(noon()).await.unwrap(), 0);
    assert_eq!(journal.purge_entries(noon() + TimeDelta::hours(4)).await.unwrap(), 4);
    let left: Vec<(u64, E)> = (5..).zip(all[4..].iter().cloned()).collect();
    assert_eq!(journal.entries(0, 100).await.unwrap(), left);
    whole(journal, 9).await;
    journal.add_entry(&sample(20)).await.unwrap();
    assert_eq!(journal.entries(9, 100).await.unwrap(), [(10, sample(20))]);
    // All of it, and it goes on.
    assert_eq!(journal.purge_entries(noon() + TimeDelta::days(9)).await.unwrap(), 6);
    journal.add_entry(&sample(21)).await.unwrap();
    whole(journal, 11).await;
}

/// Rule 4, of a store that keeps both.
pub async fn rule_4_journals_do_not_touch_each_other<S>(store: &S)
where
    S: Journal<Access> + Journal<RightsChange>,
{
    let (accesses, rights): (&dyn Journal<Access>, &dyn Journal<RightsChange>) = (store, store);
    fill(accesses).await;
    whole(rights, 0).await;
    fill(rights).await;
    assert_eq!(accesses.purge_entries(noon() + TimeDelta::days(9)).await.unwrap(), 9);
    assert_eq!(rights.entries(0, 100).await.unwrap().len(), 9);
    whole(accesses, 9).await;
    whole(rights, 9).await;
}
