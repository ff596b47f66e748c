//! What the client makes of the answers that a dealer gives, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use sosik_bizgo::Bizgo;
use sosik_channel::{
    Advertising, Answer, Audience, Body, Bubble, GroupSend, GroupSender, Media, Message, Outcome, PictureFormat, Proof,
    Recipient, Refusal, Route, SendErrorKind, Submission, TextMessage, Transport, TransportExt, Webhook,
};
use sosik_core::{Clock, ManualClock, PhoneNumber, ShiftedClock, SystemClock};
use sosik_emulator::{Emulator, Options};
use sosik_testkit::{answers, noon, phone};

fn options() -> Options {
    let clock = ShiftedClock::starting_at(noon(), Arc::new(SystemClock::new()));
    Options::new("KEY").with_clock(Arc::new(clock)).with_receipt_delay(TimeDelta::zero())
}

async fn emulator(options: Options) -> Emulator {
    Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

fn client(url: &str, key: &str) -> impl Transport + use<> {
    Bizgo::builder(key, "SENDER").base_url(url).timeout(Duration::from_secs(2)).build().unwrap()
}

fn text() -> TextMessage {
    TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap()
}

fn to(numbers: std::ops::Range<u32>) -> Audience {
    Audience::Named(numbers.map(|number| Recipient::new(format!("r{number}"), phone(number))).collect())
}

fn submission(key: &str, numbers: std::ops::Range<u32>) -> Submission {
    Submission::new(key, Message::from(text()), to(numbers))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_stops_the_transport_and_never_shows() {
    let emulator = emulator(options()).await;
    let error = client(&emulator.url(), "geheim").submit(&submission("k", 1..2)).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::Unauthorized);
    assert!(!format!("{error} {error:?}").contains("geheim"));
    assert_eq!(emulator.stats().accepted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_fast_is_told_with_the_wait() {
    let emulator = emulator(options()).await;
    let client = client(&emulator.url(), "KEY");
    client.submit(&submission("one", 0..200)).await.unwrap();
    let error = client.submit(&submission("two", 200..400)).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (SendErrorKind::RateLimited, Some(Duration::from_secs(1))));
    assert_eq!(emulator.stats().accepted, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leaves_the_outcome_unknown_and_can_be_looked_up() {
    let emulator = emulator(options().with_lost_answers(1.0)).await;
    let client = client(&emulator.url(), "KEY");
    let sent = submission("key", 1..4);
    let error = client.submit(&sent).await.unwrap_err();
    assert!(error.may_have_arrived(), "{error:?}");
    let found = client.find(&sent, noon()).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].settled, Some((Route::Text, Outcome::Delivered)));
    assert_eq!(emulator.stats().accepted, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_no_known_form_leave_a_sending_in_doubt() {
    answers::odd_answers_leave_a_sending_in_doubt(|url| client(url, "KEY")).await;
    // Everything went well, and no one is named.
    let url = answers::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 79\r\n\r\n{\"common\":{\"authCode\":\"A000\"},\"data\":{\"code\":\"A000\",\"data\":{\"destinations\":[]}}}").await;
    assert!(client(&url, "KEY").submit(&submission("k", 1..2)).await.unwrap_err().may_have_arrived());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_leave_is_no_doubt() {
    answers::what_did_not_leave_is_no_doubt(|url| client(url, "KEY")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_number_is_that_recipients_alone() {
    let emulator = emulator(options()).await;
    let client = client(&emulator.url(), "KEY");
    let land_line = Recipient::new("land", PhoneNumber::parse("031-8082-0001").unwrap());
    let audience = Audience::Named(vec![land_line, Recipient::new("mobile", phone(1))]);
    let submitted = client.submit(&Submission::new("k", Message::from(text()), audience)).await.unwrap();
    let Proof::PerRecipient(answers) = submitted.proof else { panic!("no answers") };
    assert_eq!(answers[0].answer, Answer::rejected("A306", true));
    assert_eq!(answers[1].answer, Answer::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_none_is_refused_by_its_code() {
    let emulator = emulator(options()).await;
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "시험", &b"not a picture"[..]);
    let error = client(&emulator.url(), "KEY").upload(&media).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (SendErrorKind::InvalidContent, Some("A206")));
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_name_the_recipient_and_say_how_it_went() {
    let emulator = emulator(options().with_failures(0.0, 1.0)).await;
    let client = client(&emulator.url(), "KEY");
    client.submit(&submission("k", 7..8)).await.unwrap();
    let receipts = client.drain_receipts().await.unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!((receipts[0].reference.as_deref(), receipts[0].route), (Some("r7"), Route::Text));
    assert_eq!(receipts[0].outcome, Outcome::failed("EMU2", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_inside_the_dealer_for_one_recipient_is_no_final_failure() {
    let url = answers::answering(
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"common\":{\"authCode\":\"A000\"},\"data\":{\"code\":\"A000\",\"data\":{\"destinations\":[{\"ref\":\"r1\",\"code\":\"A910\"}]}}}",
    )
    .await;
    let error = client(&url, "KEY").submit(&submission("k", 1..2)).await.unwrap_err();
    assert!(error.may_have_arrived(), "{error:?}");
}

/// A webhook as the dealer signs it: the vector that its own SDK signed.
fn signed(body: String, at: i64) -> Webhook {
    let webhook = Webhook::new(body, DateTime::from_timestamp_millis(at).unwrap());
    let webhook = webhook.with_header("X-IB-Timestamp", "1795470896078");
    webhook.with_header("x-ib-signature", "441b8a6f647bda86dfb5e00b41caea7a912379802864dc493e2f6517f59ce5d3")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_a_hint_that_the_dealer_is_asked_about() {
    let emulator = emulator(options().with_failures(0.0, 1.0)).await;
    let builder = Bizgo::builder("KEY", "SENDER").base_url(emulator.url());
    let client = builder.webhook_secret("test-webhook-secret".to_owned()).build().unwrap();
    let Proof::PerRecipient(answers) = client.submit(&submission("k", 1..2)).await.unwrap().proof else { panic!() };
    let key = answers[0].message_key.clone().unwrap();
    let body = |key: &str| {
        format!(r#"{{"msgKey":"{key}","serviceType":"SMS","msgType":"SM","reportCode":"10000","ref":"r1"}}"#)
    };
    // It says that it arrived; the dealer says that it did not.
    let given = client.webhook(&signed(body(&key), 1_795_470_900_000)).await.unwrap();
    assert_eq!(given.receipts.len(), 1);
    assert_ne!(given.receipts[0].outcome, Outcome::Delivered);
    assert_eq!(given.reply, format!(r#"{{"msgKey":"{key}"}}"#));
    let kind = async |webhook: Webhook| client.webhook(&webhook).await.unwrap_err().kind();
    assert_eq!(kind(signed(body("NOBODY"), 1_795_470_900_000)).await, SendErrorKind::InvalidContent);
    assert_eq!(kind(signed(body("a/../../b?c"), 1_795_470_900_000)).await, SendErrorKind::InvalidContent);
    assert_eq!(kind(signed(body(&key), 1_795_471_900_000)).await, SendErrorKind::Unauthorized, "it is a replay");
    assert_eq!(kind(Webhook::new(body(&key), noon())).await, SendErrorKind::Unauthorized, "it is not signed");
    // What the dealer cannot confirm yet comes again.
    let slow = self::emulator(options().with_receipt_delay(TimeDelta::hours(1))).await;
    let builder = Bizgo::builder("KEY", "SENDER").base_url(slow.url());
    let early = builder.webhook_secret("test-webhook-secret".to_owned()).build().unwrap();
    let Proof::PerRecipient(answers) = early.submit(&submission("k", 1..2)).await.unwrap().proof else { panic!() };
    let unknown = signed(body(answers[0].message_key.as_ref().unwrap()), 1_795_470_900_000);
    assert_eq!(early.webhook(&unknown).await.unwrap_err().kind(), SendErrorKind::Unavailable);
    let deaf = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
    let error = deaf.webhook(&signed(body(&key), 1_795_470_900_000)).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::Unsupported);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friend_group_is_kept_and_sent_to() {
    let clock = Arc::new(ManualClock::at(noon()));
    let options = Options::new("KEY").with_clock(Arc::clone(&clock) as _).without_rates();
    let emulator = emulator(options.with_receipt_delay(TimeDelta::minutes(1))).await;
    let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
    let people: Vec<PhoneNumber> = (0..12).map(phone).collect();
    bizgo.make_friend_group("회천1동/a b", &people[..9]).await.unwrap();
    assert!(!bizgo.friend_group("회천1동/a b").await.unwrap().is_ready(), "it is being made");
    assert_eq!(bizgo.add_friends("회천1동/a b", &people).await.unwrap_err().code(), Some("A824"));
    clock.advance(TimeDelta::minutes(1));
    assert!(!bizgo.friend_group("회천1동/a b").await.unwrap().is_ready(), "nine are too few");
    bizgo.add_friends("회천1동/a b", &people).await.unwrap();
    clock.advance(TimeDelta::minutes(1));
    bizgo.remove_friends("회천1동/a b", &people[..1]).await.unwrap();
    clock.advance(TimeDelta::minutes(1));
    let group = bizgo.friend_group("회천1동/a b").await.unwrap();
    assert_eq!((group.users, group.friends, group.is_ready()), (11, Some(11), true));
    assert_eq!(bizgo.friend_groups().await.unwrap(), [group]);

    let marks = Advertising::new("예시시청", Refusal::BlockChannel);
    let message = Message::new(Body::Bubble(Bubble::new("이번 주 소식"))).with_advertising(marks);
    let plan = GroupSend::new("w48", message, bizgo.rules().earliest(clock.now())).to_group("회천1동/a b");
    assert_eq!(bizgo.outlook(&plan).await.unwrap().reachable, 11);
    let template = bizgo.register("w48", &plan.message).await.unwrap();
    let handle = bizgo.start(&plan, &template).await.unwrap().handle().unwrap().to_owned();
    clock.advance(TimeDelta::minutes(30));
    assert_eq!(bizgo.state(&handle).await.unwrap().sent, Some(11));

    bizgo.forget_friend_group("회천1동/a b").await.unwrap();
    assert_eq!(bizgo.friend_group("회천1동/a b").await.unwrap_err().code(), Some("A820"));
    for people in [vec![], vec![phone(1); 10_001]] {
        assert_eq!(bizgo.make_friend_group("k", &people).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
    }
    assert!(bizgo.make_friend_group("", &people).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reserved_goes_at_its_time_and_is_taken_back_before() {
    let clock = Arc::new(ManualClock::at(noon()));
    let options = Options::new("KEY").with_clock(Arc::clone(&clock) as _).without_rates();
    let emulator = emulator(options).await;
    let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
    let at = noon() + TimeDelta::hours(1);
    let kept = bizgo.submit(&submission("kept", 1..4).at(at)).await.unwrap().handle.unwrap();
    let gone = bizgo.submit(&submission("gone", 4..8).at(at)).await.unwrap().handle.unwrap();
    bizgo.cancel(&gone).await.unwrap();
    assert_eq!(bizgo.find(&submission("gone", 4..8).at(at), noon()).await.unwrap(), [], "it may be submitted again");
    let found = bizgo.find(&submission("kept", 1..4).at(at), noon()).await.unwrap();
    assert!(found.len() == 3 && found.iter().all(|one| one.handle.as_deref() == Some(kept.as_str())), "{found:?}");
    clock.advance(TimeDelta::minutes(59));
    assert_eq!((emulator.stats().delivered, bizgo.drain_receipts().await.unwrap().len()), (0, 0));
    clock.advance(TimeDelta::minutes(2));
    let receipts = bizgo.drain_receipts().await.unwrap();
    let references: Vec<_> = receipts.iter().filter_map(|receipt| receipt.reference.as_deref()).collect();
    assert_eq!((references, emulator.stats().cancelled), (vec!["r1", "r2", "r3"], 4));
    assert_eq!(bizgo.cancel(&kept).await.unwrap_err().kind(), SendErrorKind::Refused);
    assert_eq!(bizgo.cancel("a/../b").await.unwrap_err().code(), Some("A820"));
    // Too near, too far, and an advertisement in the evening.
    let marked =
        TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "(광고)예시시청 소식 무료수신거부 080-000-0000")
            .unwrap();
    let evening = Submission::new("evening", Message::from(marked), to(1..2))
        .at(noon() + TimeDelta::hours(5) + TimeDelta::minutes(30));
    let near = submission("near", 1..2).at(clock.now() + TimeDelta::minutes(9));
    let far = submission("far", 1..2).at(noon() + TimeDelta::days(367));
    let long = submission(&"k".repeat(101), 1..2).at(noon() + TimeDelta::hours(2));
    for (odd, code) in [(near, Some("A316")), (far, Some("A331")), (evening, Some("A330")), (long, None)] {
        let error = bizgo.submit(&odd).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (SendErrorKind::InvalidContent, code), "{error}");
    }
    assert_eq!(emulator.stats().accepted, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_whose_answer_was_lost_is_found_with_its_handle() {
    let emulator = emulator(options().with_lost_answers(1.0)).await;
    let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
    let later = submission("lost", 1..3).at(noon() + TimeDelta::hours(2));
    assert!(bizgo.submit(&later).await.unwrap_err().may_have_arrived());
    let found = bizgo.find(&later, noon()).await.unwrap();
    assert_eq!(found.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>(), ["r1", "r2"]);
    bizgo.cancel(found[0].handle.as_deref().unwrap()).await.unwrap();
    bizgo.cancel(found[0].handle.as_deref().unwrap()).await.unwrap();
    assert_eq!(emulator.stats().cancelled, 2);
}
