//! What the last group send of a channel led to, before the next one.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use sosik_channel::{GroupRules, GroupSendState, GroupSendStatus, Outlook};
use sosik_delivery::{Brake, Campaign, CampaignState, Deed, Evidence, Friends, Outbox, Plan, Transition, plan_friends};
use sosik_schedule::MessageClass;
use sosik_testkit::{MockGroupSender, campaign_key, noon};

use crate::City;

fn sender() -> MockGroupSender {
    let hours = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let mut sender = MockGroupSender::new();
    sender.expect_rules().return_const(GroupRules::new(TimeDelta::minutes(5), (hours(8), hours(20)), 100, "a test"));
    sender.expect_outlook().returning(|_| Ok(Outlook::new(1_200, 1_000, noon() + TimeDelta::minutes(10))));
    sender
}

fn week(week: i64) -> DateTime<Utc> {
    noon() + TimeDelta::weeks(week)
}

fn request(number: i64) -> Plan {
    let mut key = campaign_key(&format!("w{number}"));
    key.slot = week(number);
    City::request(key, MessageClass::Advertising, week(number)).to_friends(Friends::all()).with_brake(Brake::new())
}

/// Plans a week's group send and lets it end with so many of a thousand.
async fn sent(city: &City, number: i64, status: GroupSendStatus, sent: u64) -> Campaign {
    let campaign = planned(city, number).await;
    city.outbox.transition(campaign.id, &Transition::new(Deed::Start, "engine", week(number))).await.unwrap();
    let state = GroupSendState::new("7", status).with_counts(Some(1_000), Some(sent));
    city.outbox.note(campaign.id, &Evidence::of(&state, week(number))).await.unwrap();
    campaign
}

async fn planned(city: &City, number: i64) -> Campaign {
    plan_friends(&*city.outbox, &sender(), &request(number), week(number)).await.unwrap().campaign
}

#[tokio::test]
async fn after_a_group_send_that_missed_many_the_next_one_waits_for_a_person() {
    let city = City::of(0).await;
    assert_eq!(sent(&city, 0, GroupSendStatus::Done, 990).await.state(), CampaignState::Planned);
    assert_eq!(sent(&city, 1, GroupSendStatus::Done, 899).await.state(), CampaignState::Planned, "all was well");
    let third = planned(&city, 2).await;
    assert_eq!(third.state(), CampaignState::Draft);
    let why = &third.history.steps()[0].note;
    assert!(why.contains("101 of 1000 were not delivered"), "{why}");
    // A person looks, and it goes on; called again nothing is braked anew.
    city.outbox.transition(third.id, &Transition::new(Deed::Approve, "head", week(2))).await.unwrap();
    assert_eq!(planned(&city, 2).await.state(), CampaignState::Planned);
    // One that was halted on its way says nothing of failures.
    sent(&city, 2, GroupSendStatus::Terminated, 10).await;
    assert_eq!(planned(&city, 3).await.state(), CampaignState::Planned);
}
