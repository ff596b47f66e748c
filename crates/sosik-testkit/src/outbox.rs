//! The contract of [`Outbox`], rule by rule.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use sosik_channel::{GroupSendState, GroupSendStatus};
use sosik_core::ChannelId;
use sosik_delivery::{
    ApprovalRule, Attestation, Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignKey, CampaignState, Change,
    Claim, Claimed, Deed, Evidence, Friends, History, Outbox, OutboxError, Presence, RecipientState, Route, Sealed,
    Share, Ticket, Transition,
};
use sosik_registry::{Segment, SubscriberId, Suppression};

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

/// Rule 1.
pub async fn rule_1_a_campaign_is_drafted_once(outbox: &dyn Outbox) {
    let rule = ApprovalRule::of(2).or_author();
    let history = History::new(rule, did(Deed::Draft, "editor"));
    let mut first = campaign("w48").with_segment("area:4163053000 and not text".parse().unwrap());
    (first.history, first.send_by) = (history, noon() + TimeDelta::hours(5));
    let drafted = outbox.draft(&first).await.unwrap();
    assert_eq!((drafted.already, &drafted.campaign), (false, &first));
    let mut again = campaign("w48").with_segment(Segment::AllowsText);
    again.send_at = noon() + TimeDelta::hours(1);
    let answer = outbox.draft(&again).await.unwrap();
    assert_eq!((answer.already, &answer.campaign), (true, &first));
    assert_eq!(outbox.campaign(first.id).await.unwrap(), Some(first));
    assert_eq!(outbox.campaign(campaign("w49").id).await.unwrap(), None);
}

/// Rule 2.
pub async fn rule_2_only_what_follows_is_done_with_a_campaign(outbox: &dyn Outbox) {
    let mut draft = campaign("w48");
    draft.history = History::new(ApprovalRule::of(1), did(Deed::Draft, "editor"));
    let missing = outbox.transition(draft.id, &did(Deed::Approve, "head")).await.unwrap_err();
    assert!(matches!(missing, OutboxError::NoCampaign { .. }), "{missing}");
    outbox.draft(&draft).await.unwrap();
    for (deed, by) in [(Deed::Plan, "engine"), (Deed::Start, "engine"), (Deed::Approve, "editor")] {
        let refused = outbox.transition(draft.id, &did(deed, by)).await.unwrap_err();
        assert!(matches!(refused, OutboxError::Transition { .. }), "{deed}: {refused}");
    }
    assert!(matches!(outbox.begin(draft.id).await.unwrap_err(), OutboxError::Transition { .. }));
    let state = outbox.transition(draft.id, &did(Deed::Approve, "head")).await.unwrap();
    assert_eq!(state, CampaignState::Approved);
    let state = outbox.transition(draft.id, &did(Deed::Cancel, "head")).await.unwrap();
    assert_eq!(state, CampaignState::Cancelled);
    let kept = outbox.campaign(draft.id).await.unwrap().unwrap();
    let steps = [did(Deed::Draft, "editor"), did(Deed::Approve, "head"), did(Deed::Cancel, "head")];
    assert_eq!((kept.state(), kept.history.steps()), (CampaignState::Cancelled, &steps[..]));
}

/// Rule 3.
pub async fn rule_3_nothing_is_claimed_of_what_is_half_planned(outbox: &dyn Outbox) {
    let draft = campaign("w48");
    outbox.draft(&draft).await.unwrap();
    let ghost = outbox.begin(draft.id).await.unwrap();
    outbox.add(draft.id, ghost, &[batch(&draft, 0, 2), batch(&draft, 1, 2)]).await.unwrap();
    assert!(claim(outbox, "a", 60).await.is_none(), "it is half planned");
    assert_eq!(outbox.next_due("a").await.unwrap(), None);
    assert!(outbox.open_campaigns().await.unwrap().is_empty() && outbox.finished().await.unwrap().is_empty());
    // Whoever planned it went away, or seemed to.
    let heir = outbox.begin(draft.id).await.unwrap();
    assert!(heir > ghost);
    assert_eq!(outbox.tally(draft.id).await.unwrap().batches, 0, "what was half planned is dropped");
    let late = outbox.add(draft.id, ghost, &[batch(&draft, 2, 2)]).await.unwrap_err();
    assert!(matches!(late, OutboxError::PlanningLost { .. }), "{late}");
    assert!(outbox.seal(draft.id, ghost, &sealed(4)).await.is_err());
    // All of a call or nothing: one of them is there already.
    outbox.add(draft.id, heir, &[batch(&draft, 0, 3)]).await.unwrap();
    assert!(outbox.add(draft.id, heir, &[batch(&draft, 1, 2), batch(&draft, 0, 1)]).await.is_err());
    assert_eq!(outbox.tally(draft.id).await.unwrap().planned(), 3);
    outbox.add(draft.id, heir, &[batch(&draft, 1, 1)]).await.unwrap();
    let planned = outbox.seal(draft.id, heir, &sealed(4)).await.unwrap();
    assert_eq!((planned.state(), planned.audience), (CampaignState::Planned, 4));
    assert_eq!(planned.suppressed, BTreeMap::from([(Suppression::Withdrawn, 3)]));
    assert_eq!(outbox.campaign(draft.id).await.unwrap(), Some(planned));
    assert_eq!(outbox.batch(BatchId::new(draft.id, 0)).await.unwrap(), Some(batch(&draft, 0, 3)));
    assert_eq!(outbox.batch(BatchId::new(draft.id, 2)).await.unwrap(), None);
    assert_eq!(outbox.tally(draft.id).await.unwrap().planned(), 4);
    assert!(claim(outbox, "a", 60).await.is_some());
    let after = outbox.add(draft.id, heir, &[batch(&draft, 3, 1)]).await.unwrap_err();
    assert!(matches!(after, OutboxError::PlanningLost { .. }), "{after}");
    assert!(outbox.begin(draft.id).await.is_err(), "it is planned");
    // One that is called off while it is planned leaves nothing behind.
    let dropped = campaign("w49");
    outbox.draft(&dropped).await.unwrap();
    let token = outbox.begin(dropped.id).await.unwrap();
    outbox.add(dropped.id, token, &[batch(&dropped, 0, 2)]).await.unwrap();
    outbox.transition(dropped.id, &did(Deed::Cancel, "head")).await.unwrap();
    assert_eq!(outbox.tally(dropped.id).await.unwrap().batches, 0);
    let late = outbox.add(dropped.id, token, &[batch(&dropped, 1, 2)]).await.unwrap_err();
    assert!(matches!(late, OutboxError::PlanningLost { .. }), "{late}");
}

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

/// Rule 13.
pub async fn rule_13_campaigns_and_what_is_held_are_listed(outbox: &dyn Outbox) {
    let editions = async |channel: Option<&ChannelId>, limit| {
        let campaigns = outbox.campaigns(channel, limit).await.unwrap();
        campaigns.into_iter().map(|campaign| campaign.key.edition.to_string()).collect::<Vec<_>>()
    };
    assert!(editions(None, 9).await.is_empty() && outbox.held(9).await.unwrap().is_empty());
    let first = planned(outbox, "w48", &[1, 2, 1]).await;
    let channels = [first.key.channel.clone(), ChannelId::parse("yangju-hoecheon1").unwrap()];
    for (edition, channel, weeks) in [("w49", 0, 1), ("w47", 0, -1), ("district", 1, 2)] {
        let mut key = first.key.clone();
        (key.slot, key.channel) = (key.slot + TimeDelta::weeks(weeks), channels[channel].clone());
        key.edition = sosik_content::EditionId::from_stored(edition);
        let history = History::new(ApprovalRule::none(), did(Deed::Draft, "editor"));
        let drafted = Campaign::new(key, first.class, first.message.clone(), first.send_at, history);
        outbox.draft(&drafted).await.unwrap();
    }
    assert_eq!(editions(None, 9).await, ["district", "w49", "w48", "w47"]);
    assert_eq!(editions(Some(&channels[0]), 2).await, ["w49", "w48"]);
    assert_eq!(editions(Some(&channels[1]), 2).await, ["district"]);
    for number in 0..2 {
        let mut update = BatchUpdate::of(&claim(outbox, "a", 9).await.unwrap());
        (update.state, update.note, update.release) = (BatchState::Held, Some("refused".to_owned()), true);
        outbox.update(&update).await.unwrap();
        assert_eq!(update.id.number, number);
    }
    let held = outbox.held(9).await.unwrap();
    assert_eq!(held.iter().map(|batch| batch.id.number).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((held[1].recipients.len(), held[1].note.as_deref()), (2, Some("refused")));
    assert_eq!(outbox.held(1).await.unwrap().len(), 1);
}

/// Rule 14.
pub async fn rule_14_a_person_is_found_in_a_campaign(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[3, 3]).await;
    let sought = batch(&campaign, 1, 3).recipients[2];
    let (found, place) = outbox.place(campaign.id, sought).await.unwrap().unwrap();
    assert_eq!((found, place), (batch(&campaign, 1, 3), 2));
    let nobody = SubscriberId::new(uuid::Uuid::from_u128(77));
    assert_eq!(outbox.place(campaign.id, nobody).await.unwrap(), None);
    // What lies across two people is no person.
    let across = [&sought.as_uuid().as_bytes()[8..], &sought.as_uuid().as_bytes()[..8]].concat();
    let across = SubscriberId::new(uuid::Uuid::from_slice(&across).unwrap());
    assert_eq!(outbox.place(campaign.id, across).await.unwrap(), None);
    let other = planned(outbox, "w49", &[1]).await;
    assert_eq!(outbox.place(other.id, sought).await.unwrap(), None);
}

/// Rule 15.
pub async fn rule_15_who_they_were_is_forgotten_and_how_many_is_not(outbox: &dyn Outbox) {
    let id = |campaign: &Campaign| BatchId::new(campaign.id, 0);
    let end = async |edition: &str, days| {
        let campaign = planned(outbox, edition, &[2]).await;
        let news = [Change::new(0, RecipientState::Delivered), Change::new(1, RecipientState::failed("3018"))];
        outbox.settle(id(&campaign), &news).await.unwrap();
        let settled = Transition::new(Deed::Settle, "engine", noon() + TimeDelta::days(days));
        outbox.transition(campaign.id, &Transition::new(Deed::Start, "engine", noon())).await.unwrap();
        outbox.transition(campaign.id, &settled).await.unwrap();
        campaign
    };
    let (old, new) = (end("w48", 1).await, end("w49", 8).await);
    // One that was called off, and of which receipts are to come.
    let open = planned(outbox, "w50", &[1]).await;
    outbox.transition(open.id, &did(Deed::Cancel, "head")).await.unwrap();
    let before = outbox.tally(old.id).await.unwrap();
    let week = noon() + TimeDelta::days(7);
    assert_eq!(outbox.forget(week).await.unwrap(), 1);
    assert_eq!(outbox.forget(week).await.unwrap(), 0, "it is forgotten already");
    assert_eq!(outbox.batch(id(&old)).await.unwrap(), None);
    assert_eq!(outbox.place(old.id, batch(&old, 0, 2).recipients[0]).await.unwrap(), None);
    assert_eq!(outbox.settle(id(&old), &[Change::new(1, RecipientState::Delivered)]).await.unwrap(), 0);
    assert_eq!(outbox.tally(old.id).await.unwrap(), before);
    assert_eq!(outbox.campaign(old.id).await.unwrap().unwrap().state(), CampaignState::Settled);
    for kept in [&new, &open] {
        assert!(outbox.batch(id(kept)).await.unwrap().is_some());
    }
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

/// Rule 11.
pub async fn rule_11_open_campaigns_are_named_by_their_time_and_finished_ones_too(outbox: &dyn Outbox) {
    assert!(outbox.open_campaigns().await.unwrap().is_empty());
    let mut later = campaign("w49");
    later.send_at = noon() + TimeDelta::days(7);
    plan(outbox, &later, &[1]).await;
    let first = planned(outbox, "w48", &[1, 1]).await;
    assert_eq!(outbox.open_campaigns().await.unwrap(), [first.id, later.id]);
    for number in 0..2 {
        outbox.settle(BatchId::new(first.id, number), &[Change::new(0, RecipientState::Delivered)]).await.unwrap();
    }
    assert_eq!(outbox.open_campaigns().await.unwrap(), [later.id]);
    assert_eq!(outbox.finished().await.unwrap(), [first.id]);
    outbox.transition(first.id, &did(Deed::Settle, "engine")).await.unwrap();
    assert!(outbox.finished().await.unwrap().is_empty());
    // One of which nobody is left is finished at once.
    let empty = plan(outbox, &campaign("w50"), &[]).await;
    assert_eq!(outbox.finished().await.unwrap(), [empty.id]);
}

/// A planned campaign by another route than to named recipients.
async fn elsewhere(outbox: &dyn Outbox, edition: &str, route: Route) -> Campaign {
    plan(outbox, &campaign(edition).with_route(route), &[]).await
}

fn group(status: GroupSendStatus, sent: u64, seconds: i64) -> Evidence {
    let state = GroupSendState::new("7", status).with_counts(Some(100), Some(sent));
    Evidence::of(&state, noon() + TimeDelta::seconds(seconds))
}

/// Rule 11, for campaigns of which no one here can name a recipient.
pub async fn rule_11_what_goes_to_friends_is_open_until_it_is_known_to_be_over(outbox: &dyn Outbox) {
    let by_hand = elsewhere(outbox, "w47", Route::Hands).await;
    let friends = elsewhere(outbox, "w48", Route::Friends(Friends::of_group("12").with_rate(9))).await;
    outbox.draft(&campaign("w49").with_route(Route::Hands)).await.unwrap();
    let open = async || BTreeSet::from_iter(outbox.open_campaigns().await.unwrap());
    assert_eq!(open().await, BTreeSet::from([by_hand.id, friends.id]));
    assert!(outbox.finished().await.unwrap().is_empty(), "no batch of them was ever settled");
    outbox.transition(by_hand.id, &did(Deed::Settle, "clerk")).await.unwrap();
    outbox.transition(friends.id, &did(Deed::Start, "engine")).await.unwrap();
    outbox.note(friends.id, &group(GroupSendStatus::Sending, 1, 1)).await.unwrap();
    outbox.transition(friends.id, &did(Deed::Cancel, "head")).await.unwrap();
    assert_eq!(open().await, BTreeSet::from([friends.id]), "the provider goes on with it");
    outbox.note(friends.id, &group(GroupSendStatus::Terminated, 5, 2)).await.unwrap();
    assert!(open().await.is_empty());
    let kept = outbox.campaign(friends.id).await.unwrap().unwrap();
    assert_eq!((kept.route, kept.evidence.sent), (Route::Friends(Friends::of_group("12").with_rate(9)), Some(5)));
}

/// Rule 17.
pub async fn rule_17_what_is_known_of_friends_only_grows(outbox: &dyn Outbox) {
    let unknown = outbox.note(campaign("w50").id, &Evidence::new()).await;
    assert!(matches!(unknown, Err(OutboxError::NoCampaign { .. })));
    let friends = elsewhere(outbox, "w48", Route::Friends(Friends::all())).await;
    let looks = [
        group(GroupSendStatus::Sending, 40, 2),
        group(GroupSendStatus::Done, 99, 3),
        Evidence::asking("look at it", noon() + TimeDelta::seconds(4)),
        group(GroupSendStatus::Sending, 60, 5),
    ];
    let mut expected = Evidence::new();
    for look in &looks {
        expected.take(look);
        assert_eq!(outbox.note(friends.id, look).await.unwrap(), expected);
        assert_eq!(outbox.campaign(friends.id).await.unwrap().unwrap().evidence, expected);
    }
    assert_eq!((expected.sent, expected.status), (Some(99), Some(GroupSendStatus::Done)));
    // Two at once: neither is lost.
    let (mut handle, mut word) = (Evidence::new(), Evidence::new());
    handle.template = Some("T".to_owned());
    word.attestation = Some(Attestation::new("clerk", noon()).to(3));
    let other = elsewhere(outbox, "w49", Route::Hands).await;
    let (one, two) = tokio::join!(outbox.note(other.id, &handle), outbox.note(other.id, &word));
    assert!(one.is_ok() && two.is_ok());
    let kept = outbox.campaign(other.id).await.unwrap().unwrap().evidence;
    assert_eq!((kept.template, kept.attestation), (handle.template, word.attestation));
}

/// A campaign through another channel.
fn through(channel: &str, edition: &str) -> Campaign {
    let Campaign { key, class, message, send_at, history, .. } = campaign(edition);
    let key = CampaignKey::new(ChannelId::parse(channel).unwrap(), key.slot, key.edition);
    Campaign::new(key, class, message, send_at, history)
}

/// Rule 3, of an edition that goes through several channels.
pub async fn rule_3_of_one_edition_one_channel_is_planned_at_a_time(outbox: &dyn Outbox) {
    let (city, district, other) = (through("city", "w48"), through("district", "w48"), through("district", "w49"));
    for draft in [&city, &district, &other] {
        outbox.draft(draft).await.unwrap();
    }
    let (first, besides) = (outbox.begin(city.id).await.unwrap(), outbox.begin(other.id).await.unwrap());
    outbox.add(city.id, first, &[batch(&city, 0, 2)]).await.unwrap();
    outbox.add(other.id, besides, &[batch(&other, 0, 2)]).await.unwrap();
    let second = outbox.begin(district.id).await.unwrap();
    assert_eq!(outbox.tally(city.id).await.unwrap().batches, 0, "what was half planned is dropped");
    let lost = outbox.add(city.id, first, &[batch(&city, 1, 2)]).await.unwrap_err();
    assert!(matches!(lost, OutboxError::PlanningLost { .. }), "{lost}");
    assert!(outbox.seal(city.id, first, &sealed(2)).await.is_err());
    outbox.add(district.id, second, &[batch(&district, 0, 1)]).await.unwrap();
    outbox.seal(district.id, second, &sealed(1)).await.unwrap();
    // Another edition has nothing to do with it, and what is sealed stays.
    outbox.seal(other.id, besides, &sealed(2)).await.unwrap();
    let again = outbox.begin(city.id).await.unwrap();
    assert_eq!(outbox.tally(district.id).await.unwrap().planned(), 1);
    outbox.add(city.id, again, &[batch(&city, 0, 2)]).await.unwrap();
    outbox.seal(city.id, again, &sealed(2)).await.unwrap();
    assert_eq!(outbox.tally(city.id).await.unwrap().planned(), 2);
}

/// Rule 18.
pub async fn rule_18_people_are_found_in_what_they_get_besides(outbox: &dyn Outbox) {
    // In the first batch of each are the people from 0 on, in the second those from 2^64 on.
    let mut later = through("district", "w49");
    (later.send_at, later.history) = (noon() + TimeDelta::minutes(5), campaign("w49").history);
    let (city, later) = (plan(outbox, &through("city", "w48"), &[4, 2]).await, plan(outbox, &later, &[3]).await);
    let half = through("half", "w48");
    outbox.draft(&half).await.unwrap();
    let token = outbox.begin(half.id).await.unwrap();
    outbox.add(half.id, token, &[batch(&half, 0, 4)]).await.unwrap();
    let id = |at: u128| SubscriberId::new(uuid::Uuid::from_u128(at));
    let people = [id(3), id(1 << 64), id(77), id(0), id(2), id(1)];
    let since = city.key.slot;
    let found = async || outbox.presences(&people, since).await.unwrap();
    let of = |presence: &Presence| {
        let people: Vec<(u128, Share)> =
            presence.people.iter().map(|(id, share)| (id.as_uuid().as_u128(), *share)).collect();
        (presence.key.clone(), people)
    };
    let (planned, sent) = (Share::Planned, Share::Sent(noon()));
    let all = [(0, planned), (1, planned), (2, planned), (3, planned), (1 << 64, planned)];
    let first = found().await;
    assert_eq!(
        first.iter().map(of).collect::<Vec<_>>(),
        [(city.key.clone(), all.to_vec()), (later.key.clone(), all[..3].to_vec())],
        "by their sending, and nothing half planned"
    );
    assert_eq!((first[1].class, first[1].send_at), (later.class, later.send_at));
    // Nobody is asked for, nobody is found; nor what is before.
    assert!(outbox.presences(&[], since).await.unwrap().is_empty());
    assert!(outbox.presences(&[id(77)], since).await.unwrap().is_empty());
    assert!(outbox.presences(&people, since + TimeDelta::seconds(1)).await.unwrap().is_empty());

    // Where each stands: submitted and no answer kept, then passed over, failed and delivered.
    let claimed = outbox.claim(&Claim::new("a", noon(), LEASE).of(BatchId::new(city.id, 0))).await.unwrap().unwrap();
    let mut update = BatchUpdate::of(&claimed);
    (update.state, update.first_sent, update.attempts) = (BatchState::InDoubt, Some(noon()), 1);
    update.changes = vec![Change::new(0, RecipientState::Suppressed(Suppression::Blocked.into()))];
    outbox.update(&update).await.unwrap();
    let doubt = [(1, sent), (2, sent), (3, sent), (1 << 64, planned)];
    assert_eq!(of(&found().await[0]).1, doubt, "whoever was passed over is not there");
    let news = [Change::new(1, RecipientState::Delivered), Change::new(2, RecipientState::failed("3018"))];
    outbox.settle(BatchId::new(city.id, 0), &news).await.unwrap();
    assert_eq!(of(&found().await[0]).1, [(1, sent), (2, Share::Failed), (3, sent), (1 << 64, planned)]);

    // Of what was called off remains what was submitted, or may be by whoever holds it; nothing of it is left for others.
    let held = through("other", "w50");
    let held = plan(outbox, &held, &[2, 2, 2]).await;
    let of = |number| BatchId::new(held.id, number);
    let leased =
        outbox.claim(&Claim::new("b", noon() + TimeDelta::seconds(9), LEASE).of(of(1))).await.unwrap().unwrap();
    let claimed =
        outbox.claim(&Claim::new("c", noon() + TimeDelta::seconds(9), LEASE).of(of(2))).await.unwrap().unwrap();
    let mut update = BatchUpdate::of(&claimed);
    (update.state, update.release) = (BatchState::Held, true);
    outbox.update(&update).await.unwrap();
    let whom = [id(0), id(1 << 64), id(2 << 64)];
    let shares = async || {
        let all = outbox.presences(&whom, since).await.unwrap();
        all.into_iter().find(|presence| presence.key == held.key).map_or(0, |presence| presence.people.len())
    };
    assert_eq!(shares().await, 3);
    outbox.transition(held.id, &did(Deed::Cancel, "head")).await.unwrap();
    assert_eq!(shares().await, 1, "only whoever is leased");
    let mut update = BatchUpdate::of(&leased);
    update.release = true;
    outbox.update(&update).await.unwrap();
    assert_eq!(shares().await, 0);
}

/// Rule 18, of more batches than are read at a time.
pub async fn rule_18_people_are_found_in_many_batches(outbox: &dyn Outbox) {
    let campaign = plan(outbox, &campaign("w48"), &[1; 200]).await;
    let people: Vec<SubscriberId> =
        (0..200_u128).map(|number| SubscriberId::new(uuid::Uuid::from_u128(number << 64))).collect();
    let found = outbox.presences(&people, campaign.key.slot).await.unwrap();
    assert_eq!((found.len(), found[0].people.len()), (1, 200));
    let ends = [people[0], people[199]];
    let found = outbox.presences(&ends, campaign.key.slot).await.unwrap();
    assert_eq!(found[0].people.keys().copied().collect::<Vec<_>>(), ends);
}
