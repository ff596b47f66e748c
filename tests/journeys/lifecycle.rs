//! Campaigns that wait for someone's word, are paused, called off, or moved on by several lanes at once.

use chrono::TimeDelta;
use sosik::Clock;
use sosik::delivery::{ApprovalRule, CampaignState, Deed, Outbox, Plan, Transition, Withheld, plan};
use sosik::registry::Segment;
use sosik::schedule::MessageClass;
use sosik_testkit::noon;

use crate::city::{City, Dealer, message};

fn did(deed: Deed, by: &str) -> Transition {
    Transition::new(deed, by, noon())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_campaign_sends_nothing_until_it_is_resumed() {
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        let city = City::of(50, |options| options).await.by(dealer);
        let campaign = city.plan(10).await;
        let engine = city.engine().build();
        engine.run_due(city.clock.now(), 2).await.unwrap();
        city.store.transition(campaign.id, &did(Deed::Pause, "head")).await.unwrap();
        for _ in 0..5 {
            city.clock.advance(TimeDelta::minutes(1));
            engine.run_due(city.clock.now(), 10).await.unwrap();
        }
        let tally = city.store.tally(campaign.id).await.unwrap();
        assert_eq!((city.emulator.stats().accepted, tally.pending, tally.delivered), (20, 30, 20), "{dealer:?}");
        let state = city.store.transition(campaign.id, &did(Deed::Resume, "head")).await.unwrap();
        assert_eq!(state, CampaignState::Sending);
        city.settle(&engine, &campaign, 500).await;
        assert_eq!(city.store.tally(campaign.id).await.unwrap().delivered, 50);
        engine.run_due(city.clock.now(), 1).await.unwrap();
        let kept = city.store.campaign(campaign.id).await.unwrap().unwrap();
        assert_eq!(kept.state(), CampaignState::Settled);
        let deeds: Vec<Deed> = kept.history.steps().iter().map(|step| step.deed).collect();
        assert_eq!(deeds, [Deed::Draft, Deed::Plan, Deed::Start, Deed::Pause, Deed::Resume, Deed::Settle]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_cancelled_campaign_is_withheld_and_the_rest_accounted_for() {
    let city = City::of(50, |options| options).await.by(Dealer::Solapi);
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    engine.run_due(city.clock.now(), 1).await.unwrap();
    city.store.transition(campaign.id, &did(Deed::Cancel, "head")).await.unwrap();
    city.settle(&engine, &campaign, 500).await;
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.suppressed.get(&Withheld::Cancelled)), (10, Some(&40)), "{tally:?}");
    assert_eq!((tally.planned(), city.emulator.stats().accepted), (50, 10));
    let kept = city.store.campaign(campaign.id).await.unwrap().unwrap();
    assert_eq!(kept.state(), CampaignState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_planned_or_sent_before_two_others_agree() {
    let city = City::of(20, |options| options).await;
    let key = sosik_testkit::campaign_key("w48");
    let request = Plan::new(key, message(), MessageClass::Advertising, Segment::All, noon(), 10)
        .with_approval(ApprovalRule::of(2))
        .planned_by("editor");
    let (store, engine) = (&*city.store, city.engine().build());
    for approver in ["head", "officer"] {
        let draft = plan(store, store, &request, noon()).await.unwrap().campaign;
        assert_eq!((draft.state(), draft.audience), (CampaignState::Draft, 0));
        assert_eq!(engine.run_due(noon(), 10).await.unwrap().batches, 0);
        assert!(store.transition(draft.id, &did(Deed::Approve, "editor")).await.is_err());
        store.transition(draft.id, &did(Deed::Approve, approver)).await.unwrap();
    }
    let planned = plan(store, store, &request, noon()).await.unwrap();
    assert_eq!(
        (planned.already, planned.campaign.state(), planned.campaign.audience),
        (false, CampaignState::Planned, 20)
    );
    assert!(plan(store, store, &request, noon()).await.unwrap().already);
    city.settle(&engine, &planned.campaign, 500).await;
    assert_eq!(store.tally(planned.campaign.id).await.unwrap().delivered, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_lanes_send_to_everyone_once() {
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        let city = City::of(200, |options| options.with_lost_answers(0.2)).await.by(dealer);
        let campaign = city.plan(10).await;
        let engine = city.engine().lanes(4).build();
        city.settle(&engine, &campaign, 1_000).await;
        let (tally, stats) = (city.store.tally(campaign.id).await.unwrap(), city.emulator.stats());
        assert_eq!((tally.delivered, stats.accepted, stats.duplicates), (200, 200, 0), "{dealer:?}: {stats:?}");
    }
}
