//! The contract of [`Outbox`], rule by rule.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sosik_delivery::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, Change, Claim, Claimed, Outbox, OutboxError, RecipientState,
};
use sosik_registry::SubscriberId;

use crate::{campaign, noon};

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty outbox.
///
/// Rule 10, what is answered is kept through a crash, is for each implementation to test by its own means.
#[macro_export]
macro_rules! outbox_conformance {
    ($make:path) => {
        $crate::outbox_conformance!(@ $make:
            rule_1_a_campaign_is_planned_once
            rule_2_no_two_workers_hold_one_batch
            rule_3_a_worker_gets_its_own_batch_back_at_once
            rule_4_an_older_token_changes_nothing
            rule_5_states_only_go_forward
            rule_6_news_comes_at_any_time
            rule_7_every_recipient_is_counted_once
            rule_8_a_held_batch_goes_on_and_no_other
            rule_9_open_campaigns_are_named_by_their_time
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async { $crate::outbox::$rule(&$make().await).await });
        }
    )+};
}

const LEASE: TimeDelta = TimeDelta::minutes(1);

async fn planned(outbox: &dyn Outbox, edition: &str, sizes: &[usize]) -> Campaign {
    let campaign = campaign(edition).with_audience(sizes.iter().sum::<usize>() as u64, BTreeMap::default());
    let batches: Vec<Batch> = sizes.iter().zip(0..).map(|(size, number)| batch(&campaign, number, *size)).collect();
    let planned = outbox.plan(&campaign, &batches).await.unwrap();
    assert!(!planned.already);
    campaign
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

/// Rule 1.
pub async fn rule_1_a_campaign_is_planned_once(outbox: &dyn Outbox) {
    let first = planned(outbox, "w48", &[2, 1]).await;
    let mut again = campaign("w48").with_audience(9, BTreeMap::default());
    again.send_at = noon() + TimeDelta::hours(1);
    let more = [batch(&again, 0, 9), batch(&again, 7, 9)];
    let answer = outbox.plan(&again, &more).await.unwrap();
    assert!(answer.already);
    assert_eq!(answer.campaign, first);
    assert_eq!(outbox.campaign(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(outbox.tally(first.id).await.unwrap().planned(), 3);
    assert_eq!(outbox.batch(BatchId::new(first.id, 7)).await.unwrap(), None);
    assert_eq!(outbox.batch(BatchId::new(first.id, 1)).await.unwrap(), Some(batch(&first, 1, 1)));
    assert_eq!(outbox.campaign(campaign("w49").id).await.unwrap(), None);
}

/// Rule 2.
pub async fn rule_2_no_two_workers_hold_one_batch(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[1, 1]).await;
    assert_eq!(outbox.next_due("a").await.unwrap(), Some(noon()));
    assert!(claim(outbox, "a", -1).await.is_none(), "nothing is due yet");
    let first = claim(outbox, "a", 5).await.unwrap();
    assert_eq!(first.batch.id, BatchId::new(campaign.id, 0), "the earliest due comes first");
    let second = claim(outbox, "b", 5).await.unwrap();
    assert_eq!(second.batch.id, BatchId::new(campaign.id, 1));
    assert!(claim(outbox, "c", 5).await.is_none());
    assert_eq!(outbox.next_due("c").await.unwrap(), Some(noon() + TimeDelta::seconds(65)));
    // A lease that has run out is anyone's.
    let third = claim(outbox, "c", 65).await.unwrap();
    assert_eq!(third.batch.id, first.batch.id);
    // What is settled or held is nobody's.
    let mut update = BatchUpdate::of(&third);
    (update.state, update.release) = (BatchState::Held, true);
    outbox.update(&update).await.unwrap();
    assert_eq!(claim(outbox, "d", 90).await.unwrap().batch.id, second.batch.id);
}

/// Rule 3.
pub async fn rule_3_a_worker_gets_its_own_batch_back_at_once(outbox: &dyn Outbox) {
    planned(outbox, "w48", &[1]).await;
    let before = claim(outbox, "a", 0).await.unwrap();
    assert!(claim(outbox, "b", 1).await.is_none());
    let after = claim(outbox, "a", 1).await.unwrap();
    assert_eq!(after.batch, before.batch);
    assert_eq!(outbox.next_due("a").await.unwrap(), Some(noon()));
}

/// Rule 4.
pub async fn rule_4_an_older_token_changes_nothing(outbox: &dyn Outbox) {
    planned(outbox, "w48", &[2]).await;
    let ghost = claim(outbox, "a", 0).await.unwrap();
    let heir = claim(outbox, "b", 61).await.unwrap();
    assert!(heir.token > ghost.token);
    let mut late = BatchUpdate::of(&ghost);
    (late.state, late.attempts) = (BatchState::Taken, 9);
    late.changes.push(Change::new(0, RecipientState::Accepted));
    let error = outbox.update(&late).await.unwrap_err();
    assert!(matches!(error, OutboxError::LeaseLost { batch, .. } if batch == ghost.batch.id), "{error}");
    assert_eq!(outbox.batch(ghost.batch.id).await.unwrap(), Some(heir.batch.clone()));

    let mut update = BatchUpdate::of(&heir);
    (update.state, update.attempts) = (BatchState::InDoubt, 1);
    (update.first_sent, update.note) = (Some(noon()), Some("no answer".to_owned()));
    outbox.update(&update).await.unwrap();
    let kept = outbox.batch(heir.batch.id).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.attempts, kept.first_sent), (BatchState::InDoubt, 1, Some(noon())));
    assert_eq!(kept.note.as_deref(), Some("no answer"));
}

/// Rule 5.
pub async fn rule_5_states_only_go_forward(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[3]).await;
    let id = BatchId::new(campaign.id, 0);
    let claimed = claim(outbox, "a", 0).await.unwrap();
    assert_eq!(outbox.settle(id, &[Change::new(0, RecipientState::Delivered)]).await.unwrap(), 1);
    let mut update = BatchUpdate::of(&claimed);
    update.state = BatchState::Taken;
    update.changes = (0..3).map(|index| Change::new(index, RecipientState::Accepted)).collect();
    outbox.update(&update).await.unwrap();
    let states: Vec<RecipientState> = outbox.batch(id).await.unwrap().unwrap().outcomes.iter().collect();
    assert_eq!(states, [RecipientState::Delivered, RecipientState::Accepted, RecipientState::Accepted]);
    assert_eq!(outbox.settle(id, &[Change::new(0, RecipientState::failed("x"))]).await.unwrap(), 0);
}

/// Rule 6.
pub async fn rule_6_news_comes_at_any_time(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[2]).await;
    let id = BatchId::new(campaign.id, 0);
    let news = [Change::new(1, RecipientState::failed("3022")), Change::new(9, RecipientState::Delivered)];
    assert_eq!(outbox.settle(id, &news).await.unwrap(), 1);
    assert_eq!(outbox.settle(id, &news).await.unwrap(), 0, "the same news twice");
    assert_eq!(outbox.settle(BatchId::new(campaign.id, 5), &news).await.unwrap(), 0);
    assert_eq!(outbox.batch(id).await.unwrap().unwrap().state, BatchState::Ready);
    assert_eq!(outbox.settle(id, &[Change::new(0, RecipientState::Delivered)]).await.unwrap(), 1);
    let kept = outbox.batch(id).await.unwrap().unwrap();
    assert_eq!(kept.state, BatchState::Settled);
    assert_eq!(kept.outcomes.state(1), Some(RecipientState::failed("3022")));
    assert_eq!(outbox.next_due("a").await.unwrap(), None);
}

/// Rule 7.
pub async fn rule_7_every_recipient_is_counted_once(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[4, 3]).await;
    planned(outbox, "w49", &[5]).await;
    let states = [
        RecipientState::Accepted,
        RecipientState::Delivered,
        RecipientState::DeliveredAsText,
        RecipientState::Suppressed(sosik_registry::Suppression::Withdrawn),
    ];
    let news: Vec<Change> = states.into_iter().enumerate().map(|(at, state)| Change::new(at, state)).collect();
    outbox.settle(BatchId::new(campaign.id, 0), &news).await.unwrap();
    let news = [Change::new(0, RecipientState::failed("A306")), Change::new(2, RecipientState::Unknown)];
    outbox.settle(BatchId::new(campaign.id, 1), &news).await.unwrap();
    let tally = outbox.tally(campaign.id).await.unwrap();
    assert_eq!((tally.batches, tally.planned(), tally.outstanding()), (2, 7, 2));
    assert_eq!((tally.pending, tally.accepted, tally.delivered, tally.fallback), (1, 1, 1, 1));
    assert_eq!((tally.failed, tally.unknown, tally.codes.get("A306")), (1, 1, Some(&1)));
    assert_eq!(tally.suppressed.get(&sosik_registry::Suppression::Withdrawn), Some(&1));
}

/// Rule 8.
pub async fn rule_8_a_held_batch_goes_on_and_no_other(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[1, 1]).await;
    let later = noon() + TimeDelta::days(2);
    let id = |number| BatchId::new(campaign.id, number);
    assert!(!outbox.reopen(id(0), later, noon()).await.unwrap(), "it is not held");
    assert!(!outbox.reopen(id(9), later, noon()).await.unwrap(), "there is none");
    for (number, first_sent, state) in [(0, None, BatchState::Ready), (1, Some(noon()), BatchState::InDoubt)] {
        let claimed = claim(outbox, "a", 5).await.unwrap();
        assert_eq!(claimed.batch.id, id(number));
        let mut update = BatchUpdate::of(&claimed);
        (update.state, update.first_sent, update.release) = (BatchState::Held, first_sent, true);
        update.note = Some("refused".to_owned());
        outbox.update(&update).await.unwrap();
        assert!(outbox.reopen(id(number), later, noon() + TimeDelta::days(1)).await.unwrap());
        let kept = outbox.batch(id(number)).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.send_by, kept.note), (state, later, None));
        assert_eq!(kept.due, noon() + TimeDelta::days(1));
    }
}

/// Rule 9.
pub async fn rule_9_open_campaigns_are_named_by_their_time(outbox: &dyn Outbox) {
    assert!(outbox.open_campaigns().await.unwrap().is_empty());
    let mut later = campaign("w49").with_audience(1, BTreeMap::default());
    later.send_at = noon() + TimeDelta::days(7);
    outbox.plan(&later, &[batch(&later, 0, 1)]).await.unwrap();
    let first = planned(outbox, "w48", &[1, 1]).await;
    assert_eq!(outbox.open_campaigns().await.unwrap(), [first.id, later.id]);
    for number in 0..2 {
        outbox.settle(BatchId::new(first.id, number), &[Change::new(0, RecipientState::Delivered)]).await.unwrap();
    }
    assert_eq!(outbox.open_campaigns().await.unwrap(), [later.id]);
}
