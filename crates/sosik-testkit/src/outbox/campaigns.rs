//! Campaigns: how they come, are planned, listed, ended and forgotten, and what is known of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use sosik_channel::{GroupSendState, GroupSendStatus};
use sosik_core::ChannelId;
use sosik_delivery::{
    ApprovalRule, Attestation, BatchId, BatchState, BatchUpdate, Campaign, CampaignState, Change, Deed, Evidence,
    Friends, History, Outbox, OutboxError, RecipientState, Route, Transition,
};
use sosik_registry::{Segment, Suppression};

use super::{batch, claim, did, plan, planned, sealed};
use crate::{campaign, noon};

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

/// A planned campaign by another route than to named recipients.
async fn elsewhere(outbox: &dyn Outbox, edition: &str, route: Route) -> Campaign {
    plan(outbox, &campaign(edition).with_route(route), &[]).await
}

fn group(status: GroupSendStatus, sent: u64, seconds: i64) -> Evidence {
    let state = GroupSendState::new("7", status).with_counts(Some(100), Some(sent));
    Evidence::of(&state, noon() + TimeDelta::seconds(seconds))
}
