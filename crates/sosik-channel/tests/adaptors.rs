//! What the adaptors do when the transport inside them fails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_channel::{
    Audience, Breaker, Capabilities, CarouselCard, CarouselFeed, FailOver, Found, Idempotency, Media, MediaRef,
    Message, Outcome, PictureFormat, Proof, Receipt, ReceiptPage, Recipient, RecordingTransport, Route, SendError,
    SendErrorKind, Submission, Submitted, TextMessage, Transport, TransportExt,
};
use sosik_core::{ManualClock, PhoneNumber};
use sosik_testkit::{MockTransport, Sequence, noon, phone};

fn error<T>(kind: SendErrorKind) -> Result<T, SendError> {
    Err(SendError::new(kind, "mock"))
}

fn submission(key: &str) -> Submission {
    let text = TextMessage::new(PhoneNumber::parse("031-000-0000").unwrap(), "소식").unwrap();
    Submission::new(key, Message::from(text), Audience::Named(vec![Recipient::new("r1", phone(1))]))
}

fn mock() -> MockTransport {
    let mut mock = MockTransport::new();
    mock.expect_name().return_const("mock".to_owned());
    mock.expect_capabilities().return_const(Capabilities::named(100, 10, 5));
    mock
}

#[tokio::test]
async fn a_breaker_leaves_a_failing_transport_alone_and_tries_it_again() {
    let clock = Arc::new(ManualClock::at(noon()));
    let mut inner = mock();
    let mut sequence = Sequence::new();
    for kind in [SendErrorKind::Unavailable, SendErrorKind::OutcomeUnknown, SendErrorKind::Unavailable] {
        inner.expect_submit().times(1).in_sequence(&mut sequence).returning(move |_| error(kind));
    }
    let well = || Ok(Submitted::new(Proof::PerRecipient(Vec::new())));
    inner.expect_submit().times(1).in_sequence(&mut sequence).returning(move |_| well());
    let breaker = Breaker::new(inner, 2, TimeDelta::seconds(30), Arc::clone(&clock) as _);
    for _ in 0..2 {
        assert!(breaker.submit(&submission("k")).await.is_err());
    }
    clock.advance(TimeDelta::seconds(10));
    let refused = breaker.submit(&submission("k")).await.unwrap_err();
    assert!(refused.is_retryable() && !refused.may_have_arrived(), "{refused}");
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(20)));
    assert!(breaker.receipts().await.is_err(), "no call at all goes through");
    // The one that tries fails, and it is left alone again.
    clock.advance(TimeDelta::seconds(20));
    assert!(breaker.submit(&submission("k")).await.unwrap_err().retry_after().is_none());
    assert!(breaker.submit(&submission("k")).await.unwrap_err().retry_after().is_some());
    clock.advance(TimeDelta::seconds(30));
    assert!(breaker.submit(&submission("k")).await.is_ok());
}

#[tokio::test]
async fn a_breaker_does_not_count_what_was_answered() {
    let mut inner = mock();
    inner.expect_submit().times(10).returning(|_| error(SendErrorKind::InvalidContent));
    let breaker = Breaker::new(inner, 2, TimeDelta::seconds(30), Arc::new(ManualClock::at(noon())));
    for _ in 0..10 {
        assert_eq!(breaker.submit(&submission("k")).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
    }
}

#[tokio::test]
async fn only_what_was_certainly_not_taken_goes_to_the_second() {
    for (kind, moves) in [
        (SendErrorKind::Unavailable, true),
        (SendErrorKind::Unauthorized, true),
        (SendErrorKind::NotPermitted, true),
        (SendErrorKind::OutcomeUnknown, false),
        (SendErrorKind::RateLimited, false),
        (SendErrorKind::InvalidContent, false),
        (SendErrorKind::Refused, false),
    ] {
        let mut first = mock();
        first.expect_submit().times(1).returning(move |_| error(kind));
        let second = Arc::new(RecordingTransport::new());
        let both = FailOver::new(first, Arc::clone(&second));
        assert_eq!(both.capabilities().idempotency, Idempotency::None);
        let submitted = both.submit(&submission("k")).await;
        assert_eq!((submitted.is_ok(), second.sent().len()), (moves, usize::from(moves)), "{kind:?}");
    }
}

#[tokio::test]
async fn pictures_have_their_names_at_the_second() {
    let mut first = mock();
    first.expect_upload().returning(|_| Ok(MediaRef::new("first-1")));
    first.expect_submit().times(2).returning(|_| error(SendErrorKind::Unavailable));
    let mut second = mock();
    second.expect_upload().times(1).returning(|_| Ok(MediaRef::new("second-1")));
    second.expect_submit().times(1).returning(|submission| {
        let names: Vec<_> = submission.message.pictures().map(|picture| picture.media.clone().unwrap()).collect();
        assert_eq!(names, [MediaRef::new("second-1"), MediaRef::new("second-1")]);
        Ok(Submitted::new(Proof::PerRecipient(Vec::new())))
    });
    let both = FailOver::new(first, second);
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "그림", vec![1]);
    let card = || CarouselCard::new("소식", "본문", media.picture.clone());
    let message = Message::new(sosik_channel::Body::CarouselFeed(CarouselFeed::new(vec![card(), card()])));
    let message = both.upload_all(message, std::slice::from_ref(&media)).await.unwrap();
    let audience = || Audience::Named(vec![Recipient::new("r1", phone(1))]);
    assert!(both.submit(&Submission::new("k", message.clone(), audience())).await.is_ok());
    // One whose pictures the second never saw stays with the first.
    let stranger = message.with_media(|_| Some(MediaRef::new("first-2")));
    let error = both.submit(&Submission::new("l", stranger, audience())).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::Unavailable);
}

#[tokio::test]
async fn both_are_asked_and_each_gets_its_own_pages_back() {
    let page = |id: &str| ReceiptPage::new(id, vec![Receipt::new(id, Route::Kakao, Outcome::Delivered)]);
    let mut first = mock();
    first.expect_receipts().returning(|| error(SendErrorKind::Unavailable));
    first.expect_find().returning(|_, _| Ok(vec![Found::new("a", None)]));
    let mut second = mock();
    second.expect_find().returning(|_, _| Ok(vec![Found::new("b", None)]));
    let given = page("p:7");
    second.expect_receipts().returning(move || Ok(given.clone()));
    second.expect_acknowledge().withf(|id| id == "p:7").times(1).returning(|_| Ok(()));
    let both = FailOver::new(first, second);
    let found = both.find(&submission("k"), noon()).await.unwrap();
    assert_eq!(found.iter().map(|found| found.reference.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let id = both.receipts().await.unwrap().id.unwrap();
    both.acknowledge(&id).await.unwrap();
    assert!(both.acknowledge("p:7").await.is_err());

    // When either cannot be asked, nothing is known.
    let mut deaf = mock();
    deaf.expect_find().returning(|_, _| error(SendErrorKind::Unavailable));
    assert!(FailOver::new(RecordingTransport::new(), deaf).find(&submission("k"), noon()).await.is_err());
}
