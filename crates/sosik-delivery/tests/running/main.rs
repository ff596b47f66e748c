//! The engine and its runner over memory: rates, patience, events, emergencies, budgets, brakes, reports.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod by_hand;
mod channels;
mod group_sends;
#[cfg(feature = "runner")]
mod runner;
mod tickets;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{
    Capabilities, Message, RecordingTransport, SendError, SendErrorKind, Tariff, TextMessage, Transport, Won,
};
use sosik_core::{ChannelId, ManualClock};
use sosik_delivery::{
    Brake, Budget, Campaign, CampaignKey, CampaignState, Change, Deed, DeliveryError, Engine, EngineBuilder, Event,
    MemoryOutbox, Outbox, Patience, Plan, RecipientState, Report, Transition, estimate, explain, plan,
};
use sosik_registry::{
    ConsentEvent, Identity, MemorySubscriberStore, Purpose, Relation, RelationState, Segment, SubscriberStore,
};
use sosik_schedule::MessageClass;
use sosik_testkit::{MockTransport, campaign_key, consented, noon, phone};

fn message() -> Message {
    TextMessage::new(phone(0), "(광고)예시시청 소식\n무료수신거부 080-000-0000").unwrap().into()
}

struct City {
    outbox: Arc<MemoryOutbox>,
    people: Arc<MemorySubscriberStore>,
    transport: Arc<RecordingTransport>,
}

impl City {
    async fn of(people: u32) -> Self {
        let store = MemorySubscriberStore::new(1);
        let purposes = [Purpose::PublicSafety, Purpose::Collection];
        let citizen = |number| {
            let agreed = purposes.map(|purpose| ConsentEvent::granted(purpose, noon() - TimeDelta::days(9), "form"));
            let known = consented(number).with_identity(Identity::AppUser(number.to_string()));
            agreed.into_iter().fold(known, sosik_registry::NewSubscriber::with_consent)
        };
        store.put(&(1..=people).map(citizen).collect::<Vec<_>>(), noon()).await.unwrap();
        let transport = Arc::new(RecordingTransport::new());
        Self { outbox: Arc::new(MemoryOutbox::new()), people: Arc::new(store), transport }
    }

    fn engine(&self) -> EngineBuilder {
        self.engine_over(Arc::clone(&self.transport) as _)
    }

    fn engine_over(&self, transport: Arc<dyn Transport>) -> EngineBuilder {
        Engine::builder(Arc::clone(&self.outbox) as _, Arc::clone(&self.people) as _, transport)
    }

    fn request(key: CampaignKey, class: MessageClass, at: DateTime<Utc>) -> Plan {
        Plan::new(key, message(), class, Segment::All, at, 10)
    }

    async fn plan(&self, request: &Plan, now: DateTime<Utc>) -> Campaign {
        plan(&*self.outbox, &*self.people, request, now).await.unwrap().campaign
    }

    async fn friday(&self) -> Campaign {
        self.plan(&Self::request(campaign_key("w48"), MessageClass::Advertising, noon()), noon()).await
    }
}

#[tokio::test]
async fn batches_go_no_faster_than_their_rate_and_emergencies_do_not_wait() {
    let city = City::of(100).await;
    let friday = city.friday().await;
    let engine = city.engine().at_most(20).build();
    let mut sent = Vec::new();
    for second in 0..40 {
        engine.run_due(noon() + TimeDelta::milliseconds(second * 250), 10).await.unwrap();
        sent.push(city.transport.sent().len());
    }
    // Twenty a second: a batch of ten every half second.
    assert_eq!(sent[..5], [10, 10, 20, 20, 30], "{sent:?}");
    let before = city.transport.sent().len();
    let now = noon() + TimeDelta::seconds(10);
    city.plan(&City::request(campaign_key("alert"), MessageClass::EmergencyCritical, now), now).await;
    engine.run_due(now, 10).await.unwrap();
    assert_eq!(city.transport.sent().len(), before + 100, "all of it at once");
    assert_eq!(city.outbox.tally(friday.id).await.unwrap().planned(), 100);
}

/// Each batch that a rate holds back has an instant of its own: it is not looked at again and again.
#[tokio::test]
async fn what_a_rate_holds_back_is_put_off_once() {
    let city = City::of(100).await;
    city.friday().await;
    let engine = city.engine().at_most(10).build();
    let mut events = engine.events();
    let (mut now, mut put_off) = (noon(), Vec::new());
    while city.transport.sent().len() < 100 {
        let step = engine.run_due(now, 20).await.unwrap();
        now = step.next_due.unwrap_or(now).max(now + TimeDelta::milliseconds(1));
        while let Ok(event) = events.try_recv() {
            if let Event::PutOff { batch, until, .. } = event {
                put_off.push((batch.number, until));
            }
        }
        assert!(now < noon() + TimeDelta::seconds(30));
    }
    let expected: Vec<_> = (1..10).map(|number| (number, noon() + TimeDelta::seconds(i64::from(number)))).collect();
    assert_eq!(put_off, expected);
}

/// What a policy wants tried is tried with a few guests first, with the words that everyone gets.
#[tokio::test]
async fn a_trial_goes_to_guests_before_anything_goes_to_all() {
    let city = City::of(40).await;
    let mut guests = Vec::new();
    for number in 1..=3 {
        guests.push(city.people.find(&phone(number).into()).await.unwrap().unwrap().id);
    }
    let guests = Segment::people(guests).unwrap();
    let engine = city.engine().build();
    let early = noon() - TimeDelta::hours(1);
    let request = City::request(campaign_key("w48"), MessageClass::Advertising, noon()).after_trial();
    let missing =
        async |request: &Plan| plan(&*city.outbox, &*city.people, request, early).await.unwrap_err().to_string();
    assert!(missing(&request).await.ends_with("is missing: it was never sent"));
    let trial = city.plan(&request.trial(guests.clone(), early), early).await;
    assert_eq!(trial.audience, 3);
    assert!(missing(&request).await.ends_with("it has not arrived with anyone yet"));
    for _ in 0..2 {
        engine.run_due(early, 5).await.unwrap();
    }
    assert_eq!(city.transport.sent().len(), 3);
    let campaign = city.plan(&request, early).await;
    assert_eq!((campaign.state(), campaign.audience), (CampaignState::Planned, 40));
    let mut other = City::request(campaign_key("w49"), MessageClass::Advertising, noon()).after_trial();
    city.plan(&other.trial(guests, early), early).await;
    other.message = TextMessage::new(phone(0), "(광고)다른 소식\n무료수신거부 080-000-0000").unwrap().into();
    assert!(missing(&other).await.ends_with("it had other words"));
}

/// Whoever wants to be left alone is sent to when those hours are over, and nobody else waits for them.
#[tokio::test]
async fn those_who_want_to_be_left_alone_are_sent_to_later() {
    // It is three o'clock in Seoul.
    let city = City::of(30).await;
    let quiet = |hours: &str| sosik_registry::QuietHours::parse(hours).unwrap();
    let of = |number: u32, hours: &str| consented(number).with_quiet(quiet(hours));
    let people: Vec<_> = (1..=4).map(|number| of(number, "14:00-17:00")).chain([of(5, "14:00-22:00")]).collect();
    city.people.put(&people, noon()).await.unwrap();
    let request = City::request(campaign_key("w48"), MessageClass::Advertising, noon())
        .with_send_by(noon() + TimeDelta::hours(6));
    let campaign = city.plan(&request, noon()).await;
    assert_eq!(campaign.audience, 30);
    let engine = city.engine().build();
    for minute in 0..5 {
        engine.run_due(noon() + TimeDelta::minutes(minute), 20).await.unwrap();
    }
    let tally = city.outbox.tally(campaign.id).await.unwrap();
    // One of them is left alone for longer than its time.
    assert_eq!((tally.delivered, tally.pending, tally.suppressed.values().sum::<u64>()), (25, 4, 1), "{tally:?}");
    let id = city.people.find(&phone(1).into()).await.unwrap().unwrap().id;
    let why = explain(&*city.outbox, &*city.people, campaign.id, id, noon()).await.unwrap().to_string();
    assert!(why.contains("they would not be sent to: quiet-hours"), "{why}");
    // One changes their mind before five o'clock, and one beside them wants to be left alone from then on.
    city.people.put(&[of(1, "22:00-07:00"), of(2, "17:00-19:00")], noon()).await.unwrap();
    let five = noon() + TimeDelta::hours(2);
    for minute in 0..3 {
        engine.run_due(five + TimeDelta::minutes(minute), 20).await.unwrap();
    }
    let tally = city.outbox.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.pending, tally.suppressed.values().sum::<u64>()), (28, 0, 2), "{tally:?}");
    // A warning of danger comes at any hour.
    let alert = City::request(campaign_key("alert"), MessageClass::EmergencyCritical, noon());
    let alert = city.plan(&alert, noon()).await;
    for minute in 0..3 {
        engine.run_due(five + TimeDelta::minutes(5 + minute), 20).await.unwrap();
    }
    assert_eq!(city.outbox.tally(alert.id).await.unwrap().delivered, 30);
}

/// Each channel has its own sender at the dealer; where one of them is refused, the others go on.
#[tokio::test]
async fn each_channel_goes_by_its_own_transport_and_one_that_is_refused_stops_no_other() {
    let city = City::of(30).await;
    let own = |name: &str| ChannelId::parse(name).unwrap();
    let (refused, district) = (own("yangju-baekseok"), own("yangju-hoecheon1"));
    for channel in [&refused, &district] {
        let mut key = campaign_key(channel.as_str());
        key.channel = channel.clone();
        city.plan(&City::request(key, MessageClass::Advertising, noon()), noon()).await;
    }
    let friday = city.friday().await;
    let of_district = Arc::new(RecordingTransport::new());
    let mut wrong_key = MockTransport::new();
    wrong_key.expect_name().return_const("wrong".to_owned());
    wrong_key.expect_capabilities().return_const(Capabilities::named(10, 1_000, 1_000));
    wrong_key.expect_receipts().returning(|| Err(SendError::new(SendErrorKind::Unauthorized, "wrong")));
    wrong_key.expect_submit().times(2).returning(|_| Err(SendError::new(SendErrorKind::Unauthorized, "wrong")));
    let engine =
        city.engine().channel(refused.clone(), Arc::new(wrong_key)).channel(district, Arc::clone(&of_district) as _);
    let engine = engine.build();
    for second in 0..20 {
        let step = engine.run_due(noon() + TimeDelta::seconds(second), 5).await.unwrap();
        assert!(step.trouble.is_none_or(|error| error.kind() == SendErrorKind::Unauthorized));
    }
    assert_eq!((city.transport.sent().len(), of_district.sent().len()), (30, 30));
    assert_eq!(city.outbox.campaign(friday.id).await.unwrap().unwrap().state(), CampaignState::Settled);
    let mut key = campaign_key(refused.as_str());
    key.channel = refused;
    // Nothing of it is held or lost: it is tried again when the key is mended.
    let tally = city.outbox.tally(key.id()).await.unwrap();
    assert_eq!((tally.pending, tally.held), (30, 0));
    engine.run_due(noon() + TimeDelta::minutes(3), 5).await.unwrap();
    let alone = city.engine_over(Arc::new(away(SendErrorKind::Unauthorized))).build();
    let error = alone.run_due(noon() + TimeDelta::minutes(9), 5).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Transport(_)), "a single one that is refused ends the round");
}

/// Where a page of receipts cannot be acknowledged, it is not asked for in a busy loop.
#[tokio::test]
async fn receipts_that_cannot_be_acknowledged_are_asked_for_later() {
    let city = City::of(1).await;
    city.friday().await;
    let mut transport = MockTransport::new();
    transport.expect_name().return_const("away".to_owned());
    transport.expect_capabilities().return_const(Capabilities::named(10, 1_000, 1_000));
    transport.expect_submit().returning(|_| Err(SendError::new(SendErrorKind::Unavailable, "away")));
    transport.expect_receipts().times(2).returning(|| {
        let mut page = sosik_channel::ReceiptPage::default();
        (page.id, page.receipts) = (Some("page".to_owned()), Vec::new());
        Ok(page)
    });
    let busy = || SendError::new(SendErrorKind::RateLimited, "busy").with_retry_after(Duration::from_secs(7));
    transport.expect_acknowledge().times(2).returning(move |_| Err(busy()));
    let engine = city.engine_over(Arc::new(transport)).build();
    for second in 0..8 {
        engine.run_due(noon() + TimeDelta::seconds(second), 5).await.unwrap();
    }
}

#[tokio::test]
async fn an_emergency_goes_before_what_is_on_its_way() {
    let city = City::of(60).await;
    let friday = city.friday().await;
    let engine = city.engine().build();
    engine.run_due(noon(), 2).await.unwrap();
    let now = noon() + TimeDelta::seconds(1);
    let alert = city.plan(&City::request(campaign_key("alert"), MessageClass::EmergencyUrgent, now), now).await;
    engine.run_due(now, 6).await.unwrap();
    assert_eq!(city.outbox.tally(alert.id).await.unwrap().pending, 0);
    assert_eq!(city.outbox.tally(friday.id).await.unwrap().pending, 40, "it waits");
    engine.run_due(now, 6).await.unwrap();
    assert_eq!(city.outbox.tally(friday.id).await.unwrap().pending, 0);
}

/// A provider that is away.
fn away(kind: SendErrorKind) -> MockTransport {
    let mut transport = MockTransport::new();
    transport.expect_name().return_const("away".to_owned());
    transport.expect_capabilities().return_const(Capabilities::named(10, 1_000, 1_000));
    transport.expect_submit().returning(move |_| Err(SendError::new(kind, "away")));
    transport.expect_find().returning(|_, _| Ok(Vec::new()));
    transport.expect_receipts().returning(|| Ok(sosik_channel::ReceiptPage::default()));
    transport
}

#[tokio::test]
async fn what_failed_often_enough_is_a_dead_letter_that_a_person_lets_go_on() {
    let city = City::of(5).await;
    let campaign = city.friday().await;
    let patience = Patience::new().between(Duration::from_secs(1), Duration::from_secs(8)).attempts(4);
    let engine = city.engine_over(Arc::new(away(SendErrorKind::Unavailable))).patience(patience).build();
    let (mut now, mut tries) = (noon(), Vec::new());
    while city.outbox.held(9).await.unwrap().is_empty() {
        let step = engine.run_due(now, 5).await.unwrap();
        if let Some(error) = step.trouble {
            assert!(error.is_retryable(), "{error}");
            tries.push(now - noon());
        }
        now = step.next_due.unwrap_or(now).max(now);
        assert!(tries.len() < 10 && now < noon() + TimeDelta::minutes(5));
    }
    assert_eq!(tries.len(), 4);
    assert!(tries[3] - tries[2] > tries[1] - tries[0], "{tries:?}");
    let held = city.outbox.held(9).await.unwrap().pop().unwrap();
    assert_eq!((held.attempts, held.first_sent), (4, None));
    assert!(held.note.unwrap().starts_with("tried 4 times: "));
    let why = explain(&*city.outbox, &*city.people, campaign.id, held.recipients[2], now).await.unwrap().to_string();
    for part in ["is number 3 of batch 0", "provider took nothing of it", "waits for a person", "tried 4 times"] {
        assert!(why.contains(part), "{why}");
    }
    assert!(city.outbox.reopen(held.id, now + TimeDelta::hours(1), now).await.unwrap());
    let engine = city.engine().build();
    engine.run_due(now, 5).await.unwrap();
    engine.run_due(now, 5).await.unwrap();
    assert_eq!(city.outbox.tally(campaign.id).await.unwrap().delivered, 5);
    let why = explain(&*city.outbox, &*city.people, campaign.id, held.recipients[2], now).await.unwrap();
    assert_eq!(why.place.as_ref().unwrap().outcome, RecipientState::Delivered);
    assert!(why.to_string().contains("The message was delivered."), "{why}");
}

#[tokio::test]
async fn what_happens_is_told_as_it_happens_and_names_no_one() {
    let city = City::of(12).await;
    let campaign = city.friday().await;
    let engine = city.engine().build();
    let mut events = engine.events();
    let night = noon() + TimeDelta::hours(7);
    engine.run_due(night, 1).await.unwrap();
    assert!(matches!(events.try_recv().unwrap(), Event::Moved { state: CampaignState::Sending, .. }));
    let Event::PutOff { until, note, .. } = events.try_recv().unwrap() else { panic!("it is night") };
    assert_eq!((until, note.as_str()), (noon() + TimeDelta::hours(17), "outside the sending window"));
    engine.run_due(until, 5).await.unwrap();
    engine.run_due(until, 5).await.unwrap();
    let (mut accepted, mut delivered, mut moved) = (0, 0, Vec::new());
    while let Ok(event) = events.try_recv() {
        match event {
            Event::Taken { accepted: more, .. } => accepted += more,
            Event::Settled { ends, .. } => delivered += ends.delivered,
            Event::Moved { state, .. } => moved.push(state),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((accepted, delivered, moved), (12, 12, vec![CampaignState::Settled]));
    assert_eq!(city.outbox.campaign(campaign.id).await.unwrap().unwrap().state(), CampaignState::Settled);
}

#[tokio::test]
async fn a_budget_is_asked_before_anything_is_planned_and_not_passed() {
    let city = City::of(50).await;
    let tariff = Tariff::new("contract").with("sms", Won::whole(18)).with("lms", Won::whole(30));
    let each = tariff.most(&message()).unwrap();
    let request = City::request(campaign_key("w48"), MessageClass::Advertising, noon());
    let told = estimate(&*city.people, &request, &tariff, noon()).await.unwrap();
    assert_eq!((told.audience, told.most), (50, Some(each.times(50))));
    let short = request.clone().with_budget(Budget::new(each, each.times(49)));
    let error = plan(&*city.outbox, &*city.people, &short, noon()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Budget { cost, .. } if cost == each.times(50)), "{error}");
    let kept = city.outbox.campaign(request.key.id()).await.unwrap().unwrap();
    assert_eq!((kept.state(), kept.audience), (CampaignState::Approved, 0));
    assert!(city.outbox.waiting(noon(), 9).await.unwrap().is_empty(), "nothing of it is sent");
    assert_eq!(city.outbox.tally(request.key.id()).await.unwrap().batches, 0);
    let enough = request.with_budget(Budget::new(each, each.times(50)));
    assert_eq!(city.plan(&enough, noon()).await.audience, 50);
}

#[tokio::test]
async fn after_many_failures_or_blocks_the_next_message_waits_for_a_person() {
    let city = City::of(200).await;
    let engine = city.engine().build();
    let week = |weeks: i64, edition: &str| {
        let mut key = campaign_key(edition);
        key.slot += TimeDelta::weeks(weeks);
        let at = noon() + TimeDelta::weeks(weeks);
        (City::request(key, MessageClass::Advertising, at).with_brake(Brake::new()), at)
    };
    let (request, at) = week(0, "w48");
    let first = city.plan(&request, at).await;
    assert_eq!(first.state(), CampaignState::Planned, "there is none before it");
    for _ in 0..4 {
        engine.run_due(at, 30).await.unwrap();
    }
    let (request, at) = week(1, "w49");
    let second = city.plan(&request, at).await;
    assert_eq!(second.state(), CampaignState::Planned, "all went well");
    city.outbox.transition(second.id, &Transition::new(Deed::Start, "engine", at)).await.unwrap();
    // One of ten and one more are not reached.
    for number in 0..20 {
        let news: Vec<Change> = (0..10)
            .map(|index| {
                let fails = index == 0 || number == 0 && index == 1;
                Change::new(index, if fails { RecipientState::failed("3018") } else { RecipientState::Delivered })
            })
            .collect();
        city.outbox.settle(sosik_delivery::BatchId::new(second.id, number), &news).await.unwrap();
    }
    let (request, at) = week(2, "w50");
    let third = city.plan(&request, at).await;
    assert_eq!(third.state(), CampaignState::Draft);
    let why = &third.history.steps()[0].note;
    assert!(why.contains("21 of 200 were not delivered (10.5 %, at most 10.0 %)"), "{why}");
    // Whoever wrote it is not who looks.
    let agree = |by: &str| Transition::new(Deed::Approve, by, at);
    assert!(city.outbox.transition(third.id, &agree("sosik")).await.is_err());
    city.outbox.transition(third.id, &agree("head")).await.unwrap();
    assert_eq!(city.plan(&request, at).await.state(), CampaignState::Planned);
    // An emergency does not wait for anyone.
    let alert = City::request(campaign_key("alert"), MessageClass::EmergencyCritical, at).with_brake(Brake::new());
    assert_eq!(city.plan(&alert, at).await.state(), CampaignState::Planned);
    // People who block the channel count, too.
    let channel = campaign_key("w48").channel;
    for _ in 0..4 {
        engine.run_due(at, 30).await.unwrap();
    }
    block(&city, &channel, 5, at).await;
    let (request, at) = week(3, "w51");
    let fourth = city.plan(&request, at).await;
    let why = &fourth.history.steps()[0].note;
    assert_eq!((fourth.state(), why.contains("5 of")), (CampaignState::Draft, true), "{why}");
}

async fn block(city: &City, channel: &ChannelId, people: u32, at: DateTime<Utc>) {
    let told = |number: u32| {
        let relation = Relation::new(channel.clone(), RelationState::Blocked, at, "webhook");
        sosik_registry::Event::related(Identity::AppUser(number.to_string()), relation)
    };
    city.people.apply(&(1..=people).map(told).collect::<Vec<_>>(), at).await.unwrap();
}

#[tokio::test]
async fn a_report_counts_everyone_and_escapes_what_people_wrote() {
    let city = City::of(30).await;
    let campaign = city.friday().await;
    let said = Transition::new(Deed::Pause, "head<b>", noon()).because("\"wait\" & see");
    city.outbox.transition(campaign.id, &said).await.unwrap();
    city.outbox.transition(campaign.id, &Transition::new(Deed::Resume, "head", noon())).await.unwrap();
    let id = sosik_delivery::BatchId::new(campaign.id, 0);
    city.outbox.settle(id, &[Change::new(0, RecipientState::failed("=3018,\"x\""))]).await.unwrap();
    let report = Report::new(
        city.outbox.campaign(campaign.id).await.unwrap().unwrap(),
        city.outbox.tally(campaign.id).await.unwrap(),
    );
    assert!(report.balances());
    let json = report.to_json();
    assert_eq!((&json["planned"], &json["failed"], &json["outstanding"]), (&30.into(), &1.into(), &29.into()));
    assert_eq!(json["failed_by_code"]["=3018,\"x\""], 1);
    assert_eq!(json["history"].as_array().unwrap().len(), campaign.history.steps().len() + 2);
    let csv = report.to_csv();
    assert!(csv.contains("failed by code,\"'=3018,\"\"x\"\"\",1\r\n"), "{csv}");
    let html = report.to_html();
    assert!(html.contains("head&lt;b&gt;") && html.contains("&quot;wait&quot; &amp; see") && !html.contains("head<b>"));
    assert!(html.contains("같습니다") && html.contains(">30<"), "{html}");
}
