//! A Friday without phone numbers: one group send to the friends of the channel.

use chrono::TimeDelta;
use sosik::Clock;
use sosik::bizgo::{Bizgo, BizgoTransport};
use sosik::channel::{
    Advertising, Body, Button, CarouselCard, CarouselFeed, GroupSend, GroupSendState, GroupSendStatus, GroupSender,
    GroupSenderExt, Kept, Media, Message, PictureFormat, Refusal, SendError, SendErrorKind, Started, TemplateRef,
    TransportExt, Watch,
};
use sosik::content::WebLink;
use sosik_emulator::{Emulator, Fault, Options};
use sosik_testkit::MockGroupSender;
use sosik_testkit::transport::jpeg;

use crate::city::City;

fn sender(emulator: &Emulator) -> BizgoTransport {
    Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap()
}

fn link() -> WebLink {
    WebLink::parse("https://www.example.go.kr/1").unwrap()
}

/// The week's cards, and their picture.
fn cards() -> (Message, Media) {
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "행사 알림", jpeg(800, 400));
    let card = |title: &str| {
        let card = CarouselCard::new(title, "이번 주 금요일 오후 4시", media.picture.clone());
        card.with_button(Button::new("자세히", link()))
    };
    let feed = CarouselFeed::new(vec![card("첫째 소식"), card("둘째 소식")]).with_tail(link());
    let advertising = Advertising::new("예시시청", Refusal::BlockChannel);
    (Message::new(Body::CarouselFeed(feed)).with_advertising(advertising), media)
}

/// Tries until it works, a minute apart: what a program does about errors that it may retry.
async fn insist<T>(city: &City, mut attempt: impl AsyncFnMut() -> Result<T, SendError>) -> T {
    for _ in 0..200 {
        match attempt().await {
            Ok(done) => return done,
            Err(error) => assert!(error.is_retryable() || error.may_have_arrived(), "{error:?}"),
        }
        city.clock.advance(TimeDelta::seconds(1));
    }
    panic!("it never worked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weeks_cards_go_to_all_friends_and_are_counted() {
    let city = City::of(0, |options| options.with_friends(30_000).with_friends_left(200)).await;
    let sender = sender(&city.emulator);
    let (message, media) = cards();
    let message = sender.upload_all(message, &[media]).await.unwrap();
    let now = city.clock.now();
    let plan = GroupSend::new("city/2026-w48", message, sender.rules().earliest(now));
    sender.rules().check(&plan, now).unwrap();
    let closes = sender.rules().closing(plan.starts);
    let outlook = sender.outlook(&plan).await.unwrap();
    assert_eq!((outlook.friends, outlook.reachable, outlook.fits(closes)), (30_000, 30_000, true));

    let template = sender.register(&plan.campaign, &plan.message).await.unwrap();
    let handle = sender.start(&plan, &template).await.unwrap().handle().unwrap().to_owned();
    let watch = Watch::until(closes);
    let mut looked = sender.keep(&handle, &watch, city.clock.now()).await.unwrap();
    assert_eq!((looked.state.status.clone(), looked.state.sent), (GroupSendStatus::Ready, Some(0)));
    assert_eq!(looked.state.campaign.as_deref(), Some("city/2026-w48"));
    while let Some(at) = looked.again {
        city.clock.set(at);
        looked = sender.keep(&handle, &watch, at).await.unwrap();
    }
    // Those who left since are not sent to.
    assert_eq!((looked.state.expected, looked.state.sent), (Some(30_000), Some(29_800)));
    assert_eq!(looked.state.status, GroupSendStatus::Done);
    assert!(city.clock.now() <= outlook.finishes + watch.every);
    let stats = city.emulator.stats();
    assert_eq!((stats.group_sends, stats.group_sent, stats.accepted), (1, 29_800, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_answer_was_lost_is_not_repeated() {
    let city = City::of(0, |options| options).await;
    let sender = sender(&city.emulator);
    let (message, media) = cards();
    let message = sender.upload_all(message, &[media]).await.unwrap();
    for (number, (fault, taken)) in
        [(Fault::NoAnswer, true), (Fault::NoEntry, false), (Fault::Truncated, true), (Fault::WrongJson, true)]
            .into_iter()
            .enumerate()
    {
        let starts = city.clock.now() + TimeDelta::minutes(20);
        let plan = GroupSend::new(format!("city/{number}"), message.clone(), starts);
        let template = sender.register(&plan.campaign, &plan.message).await.unwrap();
        let before = city.emulator.stats().group_sends;
        city.emulator.fail_next([fault]);
        let error = sender.start(&plan, &template).await.unwrap_err();
        assert!(error.may_have_arrived(), "{fault:?}: {error:?}");
        let again = sender.start(&plan, &template).await.unwrap();
        if taken {
            // It goes, and no one here can stop it: that has to be said to a person.
            assert_eq!(again, Started::before(None), "{fault:?}");
        } else {
            assert!(again.handle().is_some(), "{fault:?}");
        }
        assert_eq!(city.emulator.stats().group_sends, before + 1, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_nothing_goes_twice_and_what_is_watched_does_not_go_on_saturday() {
    let (mut watched, mut unwatched) = (0, 0);
    let faults =
        [Fault::NoEntry, Fault::NoAnswer, Fault::status(503), Fault::too_many(1), Fault::Truncated, Fault::WrongJson];
    for (fault, seed) in faults.into_iter().flat_map(|fault| [(fault, 1), (fault, 2), (fault, 3)]) {
        let shape = |mut options: Options| {
            options.seed = seed;
            options.with_fault(fault, 0.3).with_friends(50_000)
        };
        let city = City::of(0, shape).await;
        let sender = sender(&city.emulator);
        let (message, media) = cards();
        let message =
            insist(&city, async || sender.upload_all(message.clone(), std::slice::from_ref(&media)).await).await;
        // Half an hour before the hours end: far too late for 50,000 at 10 a second.
        let starts = sender.rules().closing(city.clock.now()) - TimeDelta::minutes(30);
        let plan = GroupSend::new("city/2026-w48", message, starts).with_rate(10);
        let closes = sender.rules().closing(starts);
        let template: TemplateRef = insist(&city, async || sender.register("w48", &plan.message).await).await;
        let started = insist(&city, async || sender.start(&plan, &template).await).await;
        assert_eq!(city.emulator.stats().group_sends, 1, "{fault:?}");
        let Some(handle) = started.handle().map(str::to_owned) else {
            // Its answer was lost: no one here can end it, and it goes on when the hours begin again.
            assert!(!sender.outlook(&plan).await.is_ok_and(|outlook| outlook.fits(closes)), "it was to be foreseen");
            city.clock.set(closes);
            let friday = city.emulator.stats().group_sent;
            city.clock.set(closes + TimeDelta::hours(14));
            assert!(city.emulator.stats().group_sent > friday, "{fault:?}");
            unwatched += 1;
            continue;
        };
        watched += 1;
        let watch = Watch::until(closes);
        let last: Kept = loop {
            let now = city.clock.now();
            let looked = insist(&city, async || sender.keep(&handle, &watch, city.clock.now()).await).await;
            match looked.again {
                Some(at) => city.clock.set(at.max(now)),
                None => break looked,
            }
        };
        assert_eq!(last.state.status, GroupSendStatus::Terminated, "{fault:?}");
        city.clock.set(closes + TimeDelta::hours(14));
        assert_eq!(Some(city.emulator.stats().group_sent), last.state.sent, "{fault:?}");
        assert!(last.state.sent < Some(50_000));
    }
    assert!(watched >= 12 && unwatched > 0, "{watched} were watched, {unwatched} were not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_not_uploaded_is_named_before_anything_is_registered() {
    let city = City::of(0, |options| options).await;
    let (message, _) = cards();
    let error = sender(&city.emulator).register("w48", &message).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    assert!(error.to_string().contains("card 1"), "{error}");
}

/// A sender that says how it stands, and refuses to end it.
fn stubborn(states: [GroupSendStatus; 2]) -> MockGroupSender {
    let mut sender = MockGroupSender::new();
    let mut states = states.into_iter();
    sender.expect_state().times(2).returning(move |_| Ok(GroupSendState::new("7", states.next().unwrap())));
    let refusal = || SendError::new(SendErrorKind::InvalidContent, "mock").with_code("A824");
    sender.expect_terminate().times(1).returning(move |_| Err(refusal()));
    sender
}

#[tokio::test]
async fn one_that_ends_by_itself_while_it_is_being_ended_is_settled_and_one_that_does_not_is_an_error() {
    let now = sosik_testkit::noon();
    let watch = Watch::until(now);
    let raced = stubborn([GroupSendStatus::Sending, GroupSendStatus::Done]).keep("7", &watch, now).await.unwrap();
    assert_eq!((raced.state.status, raced.again), (GroupSendStatus::Done, None));
    let blocked = stubborn([GroupSendStatus::Blocked, GroupSendStatus::Blocked]).keep("7", &watch, now).await;
    assert_eq!(blocked.unwrap_err().code(), Some("A824"));
}
