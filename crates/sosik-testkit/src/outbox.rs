//! The contract of [`Outbox`], rule by rule.

mod batches;
mod campaigns;
mod presences;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sosik_delivery::{Batch, BatchId, Campaign, Claim, Claimed, Deed, Outbox, Sealed, Transition};
use sosik_registry::{SubscriberId, Suppression};

pub use self::batches::*;
pub use self::campaigns::*;
pub use self::presences::*;
use crate::{campaign, noon};

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty outbox. After `live`, of an
/// empty outbox or `None` where the server that it needs is not there.
///
/// Rule 16, what is answered is kept through a crash, is for each implementation to test by its own means.
#[macro_export]
macro_rules! outbox_conformance {
    (live $make:path) => {
        $crate::outbox_conformance!(@rules live $make);
    };
    ($make:path) => {
        $crate::outbox_conformance!(@rules sure $make);
    };
    (@rules $kind:ident $make:path) => {
        $crate::outbox_conformance!(@ $kind $make:
            rule_1_a_campaign_is_drafted_once
            rule_2_only_what_follows_is_done_with_a_campaign
            rule_3_nothing_is_claimed_of_what_is_half_planned
            rule_4_no_two_workers_hold_one_batch
            rule_5_a_worker_gets_its_own_batch_back_at_once
            rule_6_an_older_token_changes_nothing
            rule_7_states_only_go_forward
            rule_8_news_comes_at_any_time
            rule_9_every_recipient_is_counted_once
            rule_10_a_held_batch_goes_on_and_no_other
            rule_4_of_a_paused_campaign_only_receipts_are_asked_for
            rule_11_open_campaigns_are_named_by_their_time_and_finished_ones_too
            rule_4_what_is_urgent_is_claimed_first
            rule_4_one_batch_is_claimed_or_none
            rule_12_what_waits_is_named_and_not_leased
            rule_13_campaigns_and_what_is_held_are_listed
            rule_14_a_person_is_found_in_a_campaign
            rule_15_who_they_were_is_forgotten_and_how_many_is_not
            rule_11_what_goes_to_friends_is_open_until_it_is_known_to_be_over
            rule_17_what_is_known_of_friends_only_grows
            rule_3_of_one_edition_one_channel_is_planned_at_a_time
            rule_18_people_are_found_in_what_they_get_besides
            rule_18_people_are_found_in_many_batches
        );
    };
    (@ $kind:ident $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                $crate::outbox_conformance!(% $kind $make, $rule);
            });
        }
    )+};
    (% sure $make:path, $rule:ident) => {
        $crate::outbox::$rule(&$make().await).await
    };
    (% live $make:path, $rule:ident) => {
        match $make().await {
            Some(outbox) => $crate::outbox::$rule(&outbox).await,
            None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
        }
    };
}

const LEASE: TimeDelta = TimeDelta::minutes(1);

async fn planned(outbox: &dyn Outbox, edition: &str, sizes: &[usize]) -> Campaign {
    plan(outbox, &campaign(edition), sizes).await
}

/// Drafts a campaign and plans it.
async fn plan(outbox: &dyn Outbox, campaign: &Campaign, sizes: &[usize]) -> Campaign {
    assert!(!outbox.draft(campaign).await.unwrap().already);
    let token = outbox.begin(campaign.id).await.unwrap();
    let batches: Vec<Batch> = sizes.iter().zip(0..).map(|(size, number)| batch(campaign, number, *size)).collect();
    outbox.add(campaign.id, token, &batches).await.unwrap();
    outbox.seal(campaign.id, token, &sealed(sizes.iter().sum::<usize>() as u64)).await.unwrap()
}

fn sealed(audience: u64) -> Sealed {
    Sealed::new(audience, BTreeMap::from([(Suppression::Withdrawn, 3)]), did(Deed::Plan, "planner"))
}

fn did(deed: Deed, by: &str) -> Transition {
    Transition::new(deed, by, noon()).because("as agreed")
}

fn batch(campaign: &Campaign, number: u32, size: usize) -> Batch {
    let people = (0..size as u128).map(|at| SubscriberId::new(uuid::Uuid::from_u128(u128::from(number) << 64 | at)));
    let due = noon() + TimeDelta::seconds(number.into());
    let send_by = noon() + TimeDelta::hours(6);
    Batch::new(BatchId::new(campaign.id, number), number.is_multiple_of(2), people.collect(), due, send_by)
}

async fn claim(outbox: &dyn Outbox, worker: &str, seconds: i64) -> Option<Claimed> {
    outbox.claim(&Claim::new(worker, noon() + TimeDelta::seconds(seconds), LEASE)).await.unwrap()
}
