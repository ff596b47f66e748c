//! Batches: who holds them, and what becomes of their recipients.

use chrono::TimeDelta;
use sosik_delivery::{
    BatchId, BatchState, BatchUpdate, CampaignState, Change, Claim, Deed, Outbox, OutboxError, RecipientState, Ticket,
};
use sosik_registry::Suppression;

use super::{LEASE, batch, claim, did, planned, sealed};
use crate::{campaign, noon};

/// Rule 4.
pub async fn rule_4_no_two_workers_hold_one_batch(outbox: &dyn Outbox) {
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

/// Rule 4, of campaigns that are paused and go on.
pub async fn rule_4_of_a_paused_campaign_only_receipts_are_asked_for(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[1, 1]).await;
    let taken = claim(outbox, "a", 5).await.unwrap();
    let mut update = BatchUpdate::of(&taken);
    (update.state, update.release, update.due) = (BatchState::Taken, true, noon() + TimeDelta::seconds(20));
    outbox.update(&update).await.unwrap();
    assert_eq!(outbox.transition(campaign.id, &did(Deed::Pause, "head")).await.unwrap(), CampaignState::Paused);
    assert!(claim(outbox, "a", 10).await.is_none());
    assert_eq!(outbox.next_due("a").await.unwrap(), Some(noon() + TimeDelta::seconds(20)));
    let asked = claim(outbox, "a", 30).await.unwrap();
    assert_eq!(asked.batch.id, taken.batch.id);
    assert!(claim(outbox, "b", 30).await.is_none());
    outbox.transition(campaign.id, &did(Deed::Resume, "head")).await.unwrap();
    assert_eq!(claim(outbox, "b", 30).await.unwrap().batch.id, BatchId::new(campaign.id, 1));
}

/// Rule 4, of emergencies.
pub async fn rule_4_what_is_urgent_is_claimed_first(outbox: &dyn Outbox) {
    planned(outbox, "w48", &[1, 1]).await;
    let alert = campaign("alert");
    outbox.draft(&alert).await.unwrap();
    let token = outbox.begin(alert.id).await.unwrap();
    let mut due_at_9 = batch(&alert, 0, 1).with_urgency(true);
    due_at_9.due = noon() + TimeDelta::seconds(9);
    outbox.add(alert.id, token, &[due_at_9]).await.unwrap();
    outbox.seal(alert.id, token, &sealed(1)).await.unwrap();
    assert_eq!(outbox.next_due("a").await.unwrap(), Some(noon()));
    assert_ne!(claim(outbox, "a", 5).await.unwrap().batch.id.campaign, alert.id, "it is not due yet");
    let claimed = claim(outbox, "b", 9).await.unwrap();
    assert_eq!((claimed.batch.id.campaign, claimed.batch.urgent), (alert.id, true));
    assert!(!claim(outbox, "c", 9).await.unwrap().batch.urgent);
}

/// Rule 4, of a batch that is asked for by name.
pub async fn rule_4_one_batch_is_claimed_or_none(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[1, 1, 1]).await;
    let id = |number| BatchId::new(campaign.id, number);
    let of = async |worker: &str, number, seconds| {
        let claim = Claim::new(worker, noon() + TimeDelta::seconds(seconds), LEASE).of(id(number));
        outbox.claim(&claim).await.unwrap()
    };
    let claimed = of("a", 1, 5).await.unwrap();
    assert_eq!(claimed.batch.id, id(1), "and not the earliest due");
    assert!(of("b", 1, 5).await.is_none(), "it is leased");
    assert_eq!(of("a", 1, 5).await.unwrap().batch.id, id(1), "by oneself");
    assert!(of("b", 2, 1).await.is_none(), "it is not due");
    assert!(of("b", 7, 5).await.is_none(), "there is none");
    assert_eq!(of("b", 1, 70).await.unwrap().batch.id, id(1), "the lease has run out");
}

/// Rule 12.
pub async fn rule_12_what_waits_is_named_and_not_leased(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[1, 1, 1, 1]).await;
    let waiting = async |seconds, limit| {
        let tickets = outbox.waiting(noon() + TimeDelta::seconds(seconds), limit).await.unwrap();
        tickets.into_iter().map(|ticket| ticket.batch.number).collect::<Vec<_>>()
    };
    assert_eq!(waiting(2, 10).await, [0, 1, 2], "those that are due");
    assert_eq!(waiting(2, 2).await, [0, 1]);
    let first = outbox.waiting(noon(), 1).await.unwrap();
    assert_eq!(first, [Ticket::of(&batch(&campaign, 0, 1), campaign.key.channel.clone())]);
    let taken = claim(outbox, "a", 5).await.unwrap();
    assert_eq!(waiting(5, 10).await, [1, 2, 3], "what is leased is not named");
    assert_eq!(waiting(70, 10).await, [0, 1, 2, 3], "until the lease has run out");
    let mut update = BatchUpdate::of(&taken);
    (update.state, update.attempts, update.release) = (BatchState::Taken, 2, true);
    update.due = noon() + TimeDelta::seconds(20);
    outbox.update(&update).await.unwrap();
    let last = outbox.waiting(noon() + TimeDelta::seconds(20), 10).await.unwrap().pop().unwrap();
    assert_eq!((last.batch.number, last.attempts, last.due), (0, 2, update.due));
    outbox.transition(campaign.id, &did(Deed::Pause, "head")).await.unwrap();
    assert_eq!(waiting(30, 10).await, [0], "of a paused campaign what was taken");
    let alert = crate::campaign("alert");
    outbox.draft(&alert).await.unwrap();
    let planning = outbox.begin(alert.id).await.unwrap();
    let mut late = batch(&alert, 7, 1).with_urgency(true);
    late.due = noon() + TimeDelta::seconds(29);
    outbox.add(alert.id, planning, &[late]).await.unwrap();
    outbox.seal(alert.id, planning, &sealed(1)).await.unwrap();
    assert_eq!(waiting(30, 10).await, [7, 0], "what is urgent first");
}

/// Rule 5.
pub async fn rule_5_a_worker_gets_its_own_batch_back_at_once(outbox: &dyn Outbox) {
    planned(outbox, "w48", &[1]).await;
    let before = claim(outbox, "a", 0).await.unwrap();
    assert!(claim(outbox, "b", 1).await.is_none());
    let after = claim(outbox, "a", 1).await.unwrap();
    assert_eq!(after.batch, before.batch);
    assert_eq!(outbox.next_due("a").await.unwrap(), Some(noon()));
}

/// Rule 6.
pub async fn rule_6_an_older_token_changes_nothing(outbox: &dyn Outbox) {
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
    update.handle = Some("group-1".to_owned());
    outbox.update(&update).await.unwrap();
    let kept = outbox.batch(heir.batch.id).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.attempts, kept.first_sent), (BatchState::InDoubt, 1, Some(noon())));
    assert_eq!((kept.note.as_deref(), kept.handle.as_deref()), (Some("no answer"), Some("group-1")));
}

/// Rule 7.
pub async fn rule_7_states_only_go_forward(outbox: &dyn Outbox) {
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

/// Rule 8.
pub async fn rule_8_news_comes_at_any_time(outbox: &dyn Outbox) {
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

/// Rule 9.
pub async fn rule_9_every_recipient_is_counted_once(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[4, 3]).await;
    planned(outbox, "w49", &[5]).await;
    let states = [
        RecipientState::Accepted,
        RecipientState::Delivered,
        RecipientState::DeliveredAsText,
        RecipientState::Suppressed(Suppression::Withdrawn.into()),
    ];
    let news: Vec<Change> = states.into_iter().enumerate().map(|(at, state)| Change::new(at, state)).collect();
    outbox.settle(BatchId::new(campaign.id, 0), &news).await.unwrap();
    let news = [Change::new(0, RecipientState::failed("A306")), Change::new(2, RecipientState::Unknown)];
    outbox.settle(BatchId::new(campaign.id, 1), &news).await.unwrap();
    let tally = outbox.tally(campaign.id).await.unwrap();
    assert_eq!((tally.batches, tally.planned(), tally.outstanding()), (2, 7, 2));
    assert_eq!((tally.pending, tally.accepted, tally.delivered, tally.fallback), (1, 1, 1, 1));
    assert_eq!((tally.failed, tally.unknown, tally.codes.get("A306")), (1, 1, Some(&1)));
    assert_eq!(tally.suppressed.get(&Suppression::Withdrawn.into()), Some(&1));
}

/// Rule 10.
pub async fn rule_10_a_held_batch_goes_on_and_no_other(outbox: &dyn Outbox) {
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
