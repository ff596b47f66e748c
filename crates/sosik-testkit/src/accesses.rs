//! The contract of [`AccessLog`], rule by rule.

use chrono::TimeDelta;
use sosik_registry::SubscriberId;
use sosik_registry::access::{Access, AccessLog, Did, Whose, breach};
use uuid::Uuid;

use crate::noon;

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty log. After `live`, of an
/// empty log or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! access_log_conformance {
    (live $make:path) => {
        $crate::access_log_conformance!(@ live $make:
            rule_1_what_was_noted_is_there
            rule_2_what_was_noted_is_as_it_was
            rule_3_what_is_old_is_dropped_and_no_more
        );
    };
    ($make:path) => {
        $crate::access_log_conformance!(@ sure $make:
            rule_1_what_was_noted_is_there
            rule_2_what_was_noted_is_as_it_was
            rule_3_what_is_old_is_dropped_and_no_more
        );
    };
    (@ $kind:ident $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                $crate::access_log_conformance!(% $kind $make, $rule);
            });
        }
    )+};
    (% sure $make:path, $rule:ident) => {
        $crate::accesses::$rule(&$make().await).await
    };
    (% live $make:path, $rule:ident) => {
        match $make().await {
            Some(log) => $crate::accesses::$rule(&log).await,
            None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
        }
    };
}

fn access(hours: i64, who: &str) -> Access {
    let whose = match hours % 3 {
        0 => Whose::Many(400 * hours.unsigned_abs()),
        _ => Whose::One(SubscriberId::new(Uuid::from_u128(hours.unsigned_abs().into()))),
    };
    let what = Did::ALL[usize::try_from(hours).unwrap() % Did::ALL.len()];
    Access::new(noon() + TimeDelta::hours(hours), who, "192.0.2.1", whose, what)
}

async fn fill(log: &dyn AccessLog) -> Vec<Access> {
    let all: Vec<Access> = (0..9).map(|hours| access(hours, if hours < 6 { "clerk '1'" } else { "clerk 2" })).collect();
    for access in &all {
        log.note_access(access).await.unwrap();
    }
    all
}

/// Rule 1; and what a breach makes of it.
pub async fn rule_1_what_was_noted_is_there(log: &dyn AccessLog) {
    assert_eq!(log.accesses(0, 9).await.unwrap(), []);
    let all = fill(log).await;
    let numbered: Vec<(u64, Access)> = (1..).zip(all).collect();
    assert_eq!(log.accesses(0, 100).await.unwrap(), numbered);
    assert_eq!(log.accesses(3, 2).await.unwrap(), numbered[3..5]);
    let all_day = (noon(), noon() + TimeDelta::days(1));
    let found = breach(log, Some("clerk '1'"), all_day, noon()).await.unwrap();
    let people: Vec<u128> = found.people.iter().map(|id| id.as_uuid().as_u128()).collect();
    assert_eq!((people, &found.together[..]), (vec![1, 2, 4, 5], &[(1, 0), (4, 1_200)][..]));
    assert_eq!((found.report, found.tell_by), (true, noon() + TimeDelta::hours(72)));
    let later = breach(log, None, (noon() + TimeDelta::hours(7), all_day.1), noon()).await.unwrap();
    assert_eq!((later.people.len(), later.together.len(), later.report), (2, 0, false));
}

/// Rule 2.
pub async fn rule_2_what_was_noted_is_as_it_was(log: &dyn AccessLog) {
    let empty = log.verify_accesses().await.unwrap();
    assert_eq!((empty.entries, empty.broken), (0, None));
    fill(log).await;
    let first = log.verify_accesses().await.unwrap();
    assert_eq!((first.entries, &first.broken), (9, &None));
    log.note_access(&access(20, "clerk 1")).await.unwrap();
    let second = log.verify_accesses().await.unwrap();
    assert_eq!((second.entries, &second.broken), (10, &None));
    assert_ne!(second.head, first.head);
}

/// Rule 3.
pub async fn rule_3_what_is_old_is_dropped_and_no_more(log: &dyn AccessLog) {
    assert_eq!(log.purge_accesses(noon()).await.unwrap(), 0);
    let all = fill(log).await;
    assert_eq!(log.purge_accesses(noon()).await.unwrap(), 0);
    assert_eq!(log.purge_accesses(noon() + TimeDelta::hours(4)).await.unwrap(), 4);
    let left: Vec<(u64, Access)> = (5..).zip(all[4..].iter().cloned()).collect();
    assert_eq!(log.accesses(0, 100).await.unwrap(), left);
    let report = log.verify_accesses().await.unwrap();
    assert_eq!((report.entries, report.broken), (9, None));
    log.note_access(&access(20, "clerk 1")).await.unwrap();
    assert_eq!(log.accesses(9, 100).await.unwrap(), [(10, access(20, "clerk 1"))]);
    // All of it, and it goes on.
    assert_eq!(log.purge_accesses(noon() + TimeDelta::days(9)).await.unwrap(), 6);
    log.note_access(&access(21, "clerk 1")).await.unwrap();
    let report = log.verify_accesses().await.unwrap();
    assert_eq!((report.entries, report.broken), (11, None));
}
