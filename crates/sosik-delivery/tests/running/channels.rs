//! One edition through several channels, and how often one person hears of the city.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::FutureExt;
use sosik_channel::{Capabilities, SendErrorKind, Transport};
use sosik_core::ChannelId;
use sosik_delivery::{
    BatchId, Campaign, CampaignKey, CampaignState, Caps, Change, Deed, Engine, Outbox, RecipientState, Report,
    Transition, Withheld, explain, plan,
};
use sosik_registry::{Event, Identity, Relation, RelationState, Segment, SubscriberId, SubscriberStore, Suppression};
use sosik_schedule::{FrequencyCap, MessageClass, Period, Policy, Scope};
use sosik_testkit::{MockTransport, campaign_key, noon, phone};

use crate::{City, away};

const DISTRICT: &str = "yangju-hoecheon1";

fn district() -> ChannelId {
    ChannelId::parse(DISTRICT).unwrap()
}

/// A city of forty people, of whom twelve added the district's channel.
async fn city() -> City {
    let city = City::of(40).await;
    let told = |number: u32| {
        let relation = Relation::new(district(), RelationState::Added, noon() - TimeDelta::days(1), "webhook");
        Event::related(Identity::AppUser(number.to_string()), relation)
    };
    city.people.apply(&(1..=12).map(told).collect::<Vec<_>>(), noon()).await.unwrap();
    city
}

fn of_district(edition: &str) -> CampaignKey {
    let mut key = campaign_key(edition);
    key.channel = district();
    key
}

async fn to_district(city: &City) -> Campaign {
    let mut request = City::request(of_district("w48"), MessageClass::Advertising, noon());
    request.segment = Segment::Channel(district());
    city.plan(&request, noon()).await
}

async fn send(engine: &Engine) {
    for minute in 0..3 {
        engine.run_due(noon() + TimeDelta::minutes(minute), 20).await.unwrap();
    }
}

async fn id(city: &City, number: u32) -> SubscriberId {
    city.people.find(&phone(number).into()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn an_edition_goes_to_each_person_once_by_whichever_channel() {
    let city = city().await;
    let (part, rest) = (to_district(&city).await, city.friday().await);
    assert_eq!((part.audience, rest.audience), (12, 28));
    assert_eq!(rest.suppressed, [(Suppression::Elsewhere, 12)].into());
    send(&city.engine().build()).await;
    assert_eq!(city.transport.sent().len(), 40);
    for number in 1..=40 {
        let person = id(&city, number).await;
        let has = async |campaign: &Campaign| city.outbox.place(campaign.id, person).await.unwrap().is_some();
        assert_eq!((has(&part).await, has(&rest).await), (number <= 12, number > 12));
    }
    let why = async |campaign: &Campaign, number: u32| {
        let person = id(&city, number).await;
        explain(&*city.outbox, &*city.people, campaign.id, person, noon()).await.unwrap().to_string()
    };
    let said = why(&rest, 5).await;
    let whole = "was not chosen for it.\nThey have the same edition by the channel `yangju-hoecheon1`.";
    assert!(said.contains(whole), "{said}");
    assert!(!why(&rest, 30).await.contains("the same edition"), "it does not");
}

#[tokio::test]
async fn the_channel_that_is_planned_first_has_its_people_and_one_that_is_called_off_has_none() {
    let planned_later = city().await;
    let (rest, part) = (planned_later.friday().await, to_district(&planned_later).await);
    assert_eq!((part.audience, rest.audience), (0, 40));
    assert_eq!(part.suppressed, [(Suppression::Elsewhere, 12)].into());

    let called_off = city().await;
    let part = to_district(&called_off).await;
    let cancel = Transition::new(Deed::Cancel, "head", noon());
    called_off.outbox.transition(part.id, &cancel).await.unwrap();
    // Before an engine has looked at it.
    assert_eq!(called_off.friday().await.audience, 40, "nothing was sent to them");

    // Another edition, and the trial of this one, have nothing to do with it.
    let other = city().await;
    to_district(&other).await;
    let request = City::request(campaign_key("w48"), MessageClass::Advertising, noon());
    let mut of_district = request.trial(Segment::All, noon());
    of_district.key.channel = district();
    assert_eq!(other.plan(&of_district, noon()).await.audience, 40);
    assert_eq!(other.plan(&request.trial(Segment::All, noon()), noon()).await.audience, 40);
    let another = City::request(campaign_key("extra"), MessageClass::Advertising, noon());
    assert_eq!(other.plan(&another, noon()).await.audience, 40);
}

fn weekly() -> Caps {
    Caps::of(&Policy::city().with_cap(FrequencyCap::new(Scope::Recipient, 1, Period::Week)))
}

#[tokio::test]
async fn nobody_is_planned_for_more_than_so_many_messages_a_week() {
    let city = city().await;
    let part = to_district(&city).await;
    let request = |edition: &str, class| City::request(campaign_key(edition), class, noon()).with_caps(weekly());
    let extra = city.plan(&request("extra", MessageClass::Advertising), noon()).await;
    assert_eq!((part.audience, extra.audience), (12, 28), "another edition of the same week");
    assert_eq!(extra.suppressed, [(Suppression::Capped, 12)].into());
    // An emergency is for everyone, and counts for nothing.
    assert_eq!(city.plan(&request("alert", MessageClass::EmergencyCritical), noon()).await.audience, 40);
    let monday = noon() + TimeDelta::days(3);
    let mut next = request("next", MessageClass::Advertising);
    (next.send_at, next.key.slot) = (monday, monday);
    assert_eq!(city.plan(&next, noon()).await.audience, 40, "a new week");
}

/// What is planned for later counts within the span, and what failed never.
#[tokio::test]
async fn what_is_planned_for_weeks_later_keeps_nobody_back_now() {
    let city = City::of(10).await;
    let cap = FrequencyCap::new(Scope::Recipient, 1, Period::Rolling(TimeDelta::days(7)));
    let caps = Caps::of(&Policy::city().with_cap(cap));
    let plan = async |edition: &str, days: i64| {
        let at = noon() + TimeDelta::days(days);
        let mut request = City::request(campaign_key(edition), MessageClass::Advertising, at).with_caps(caps.clone());
        request.key.slot = at;
        city.plan(&request, noon()).await
    };
    assert_eq!(plan("christmas", 21).await.audience, 10);
    let friday = plan("friday", 0).await;
    assert_eq!(friday.audience, 10);
    assert_eq!(plan("sunday", 2).await.audience, 0);
    assert_eq!(plan("the week before", 15).await.audience, 0, "it would be two in seven days");
    // It fails with everyone.
    send(&city.engine().build()).await;
    let failed: Vec<_> = (0..10).map(|index| Change::new(index, RecipientState::failed("3018"))).collect();
    assert_eq!(city.outbox.tally(friday.id).await.unwrap().delivered, 10);
    let other = City::of(10).await;
    let first = other.plan(&City::request(campaign_key("w48"), MessageClass::Advertising, noon()), noon()).await;
    other.outbox.settle(BatchId::new(first.id, 0), &failed).await.unwrap();
    let again = City::request(campaign_key("again"), MessageClass::Advertising, noon()).with_caps(caps.clone());
    assert_eq!(other.plan(&again, noon()).await.audience, 10, "they had nothing");
}

/// What was put off to the next day counts on that day.
#[tokio::test]
async fn what_went_a_day_late_counts_when_it_went() {
    let city = City::of(10).await;
    let daily = Caps::of(&Policy::city().with_cap(FrequencyCap::new(Scope::Recipient, 1, Period::Day)));
    let late = City::request(campaign_key("late"), MessageClass::Advertising, noon())
        .with_send_by(noon() + TimeDelta::days(2));
    let late = city.plan(&late, noon()).await;
    let next_day = noon() + TimeDelta::days(1);
    let engine = city.engine().caps(daily).build();
    for minute in 0..3 {
        engine.run_due(next_day + TimeDelta::minutes(minute), 5).await.unwrap();
    }
    assert_eq!(city.outbox.tally(late.id).await.unwrap().delivered, 10);
    let mut extra = City::request(campaign_key("extra"), MessageClass::Advertising, next_day);
    extra.key.slot = next_day;
    let extra = city.plan(&extra, next_day).await;
    for minute in 5..8 {
        engine.run_due(next_day + TimeDelta::minutes(minute), 5).await.unwrap();
    }
    let tally = city.outbox.tally(extra.id).await.unwrap();
    assert_eq!(tally.suppressed.get(&Withheld::Person(Suppression::Capped)), Some(&10), "{tally:?}");
}

#[tokio::test]
async fn who_has_had_as_many_since_is_passed_over_when_it_is_sent() {
    let city = city().await;
    let part = to_district(&city).await;
    let extra = city.plan(&City::request(campaign_key("extra"), MessageClass::Advertising, noon()), noon()).await;
    let alert = city.plan(&City::request(campaign_key("alert"), MessageClass::EmergencyCritical, noon()), noon()).await;
    assert_eq!((extra.audience, alert.audience), (40, 40));
    send(&city.engine().caps(weekly()).build()).await;
    let of = async |campaign: &Campaign| city.outbox.tally(campaign.id).await.unwrap();
    assert_eq!((of(&alert).await.delivered, of(&part).await.planned()), (40, 12));
    let (part_got, extra_got) = (of(&part).await.delivered, of(&extra).await.delivered);
    assert_eq!(part_got + extra_got, 40, "each one of them, and nobody both");
    let capped = of(&extra).await.suppressed.get(&Withheld::Person(Suppression::Capped)).copied().unwrap_or(0);
    assert_eq!(capped, 40 - extra_got);
    for number in 1..=12 {
        let person = id(&city, number).await;
        let mut ends = Vec::new();
        for campaign in [&part, &extra] {
            let told = explain(&*city.outbox, &*city.people, campaign.id, person, noon()).await.unwrap();
            ends.push(told.place.unwrap().outcome);
        }
        let capped = RecipientState::Suppressed(Suppression::Capped.into());
        assert!(ends.contains(&capped) && ends.contains(&RecipientState::Delivered), "{ends:?}");
    }
    assert_eq!(city.outbox.campaign(extra.id).await.unwrap().unwrap().state(), CampaignState::Settled);
}

/// Senders of one account: the receipts of all come to whoever asks.
#[tokio::test]
async fn of_one_account_receipts_are_asked_for_once() {
    let city = city().await;
    let (part, rest) = (to_district(&city).await, city.friday().await);
    let mut beside = MockTransport::new();
    beside.expect_name().return_const("beside".to_owned());
    beside.expect_capabilities().return_const(Capabilities::named(20, 1_000, 1_000));
    beside.expect_receipts().never();
    let account = Arc::clone(&city.transport);
    beside.expect_submit().times(1..).returning(move |submission| account.submit(submission).now_or_never().unwrap());
    let engine = city.engine().channel_beside(district(), Arc::new(beside)).build();
    send(&engine).await;
    for campaign in [part, rest] {
        let tally = city.outbox.tally(campaign.id).await.unwrap();
        assert_eq!(tally.delivered, campaign.audience);
    }
}

#[tokio::test]
async fn a_segment_that_could_not_be_read_again_is_refused_and_guests_are_named_in_no_report() {
    let city = City::of(3).await;
    let mut long = City::request(campaign_key("w48"), MessageClass::Advertising, noon());
    for number in 0..400_u32 {
        long.segment = long.segment.or(Segment::Topic(format!("a topic with a long name, number {number:06}")));
    }
    let refused = plan(&*city.outbox, &*city.people, &long, noon()).await.unwrap_err();
    let why = std::error::Error::source(&refused).map_or_else(|| refused.to_string(), ToString::to_string);
    assert!(why.contains("too long to be kept"), "{why}");
    assert_eq!(city.outbox.campaign(long.key.id()).await.unwrap(), None);
    let ids = (0..101).map(|number| SubscriberId::new(uuid::Uuid::from_u128(number)));
    assert!(Segment::people(ids).unwrap_err().to_string().contains("101 people are named, at most 100 may be"));

    let guest = id(&city, 1).await;
    let mut few = City::request(campaign_key("w49"), MessageClass::Advertising, noon());
    few.segment = Segment::people([guest, id(&city, 2).await]).unwrap().and(Segment::AllowsText);
    let campaign = city.plan(&few, noon()).await;
    assert_eq!(campaign.audience, 2);
    let report = Report::new(campaign.clone(), city.outbox.tally(campaign.id).await.unwrap());
    for text in [report.to_json().to_string(), report.to_html(), report.to_csv()] {
        assert!(!text.contains(&guest.to_string()), "{text}");
    }
    assert!(report.to_html().contains("(person or person) and text"));
}

/// One wrong key is that of every channel of the account: nothing can be done until it is mended. One sender that may not send
/// stops no other.
#[tokio::test]
async fn of_one_account_a_wrong_key_ends_the_round_and_a_sender_that_may_not_send_does_not() {
    for (why, ends) in [(SendErrorKind::Unauthorized, true), (SendErrorKind::NotPermitted, false)] {
        let city = city().await;
        let (part, rest) = (to_district(&city).await, city.friday().await);
        let engine = city.engine().channel_beside(district(), Arc::new(away(why))).build();
        let mut ended = false;
        for second in 0..10 {
            ended |= engine.run_due(noon() + TimeDelta::seconds(second), 20).await.is_err();
        }
        let of = async |campaign: &Campaign| city.outbox.tally(campaign.id).await.unwrap();
        assert_eq!((ended, of(&part).await.pending, of(&part).await.held), (ends, 12, 0), "{why:?}");
        assert!(ends || of(&rest).await.delivered == rest.audience, "{why:?}");
    }
}
