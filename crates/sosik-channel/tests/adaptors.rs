//! What the adaptors do when the transport inside them fails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_channel::{
    Acceptance, Answer, Audience, Backoff, Body, Breaker, Bubble, Call, Capabilities, CarouselCard, CarouselFeed,
    FailOver, Found, Idempotency, Limit, Media, MediaRef, Message, Outcome, PictureFormat, Proof, Receipt, ReceiptPage,
    Recipient, RecordingTransport, Route, SendError, SendErrorKind, Submission, Submitted, TextMessage, Transport,
    TransportExt, Unit, Won, validate,
};
use sosik_core::{ManualClock, PhoneNumber, SeededEntropy};
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
    let message = Message::new(Body::CarouselFeed(CarouselFeed::new(vec![card(), card()])));
    let message = both.upload_all(message, std::slice::from_ref(&media)).await.unwrap();
    let audience = || Audience::Named(vec![Recipient::new("r1", phone(1))]);
    assert!(both.submit(&Submission::new("k", message.clone(), audience())).await.is_ok());
    // One whose pictures the second never saw stays with the first.
    let stranger = message.with_media(|_, _| Some(MediaRef::new("first-2")));
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

fn brand(key: &str, people: u32) -> Submission {
    let fallback = TextMessage::new(PhoneNumber::parse("031-000-0000").unwrap(), "소식").unwrap();
    let message = Message::new(Body::Bubble(Bubble::new("소식"))).with_fallback(fallback);
    let to = (0..people).map(|n| Recipient::new(format!("r{n}"), phone(n))).collect();
    Submission::new(key, message, Audience::Named(to))
}

fn accepted(references: &[&str]) -> Submitted {
    let answer = |reference: &&str| Acceptance::new(*reference, Some(format!("m-{reference}")), Answer::Accepted);
    Submitted::new(Proof::PerRecipient(references.iter().map(answer).collect()))
}

fn texted(submission: &Submission) -> bool {
    matches!(submission.message.body, Body::Text(_))
}

#[tokio::test]
async fn whoever_was_not_reached_is_sent_the_text_once() {
    let mut inner = MockTransport::new();
    inner.expect_name().return_const("mock".to_owned());
    let keys = Idempotency::per_recipient(Duration::from_secs(60));
    inner.expect_capabilities().return_const(Capabilities::named(100, 10, 5).with_idempotency(keys));
    inner.expect_submit().times(1).withf(|sent| !texted(sent)).returning(|sent| {
        assert_eq!(sent.message.fallback, None, "the dealer is not to send it too");
        let mut submitted = accepted(&["r0", "r1"]);
        if let Proof::PerRecipient(all) = &mut submitted.proof {
            all.push(Acceptance::new("r2", None, Answer::rejected("3102", true)));
        }
        Ok(submitted)
    });
    let names = |sent: &Submission| match &sent.audience {
        Audience::Named(to) => to.iter().map(|one| one.reference.clone()).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    // Refused at once: the text goes at once.
    let mut sequence = Sequence::new();
    let first = inner.expect_submit().times(1).in_sequence(&mut sequence);
    first
        .withf(move |sent| texted(sent) && sent.key == "k:text" && names(sent) == ["r2"])
        .returning(|_| Ok(accepted(&["r2"])));
    // Not reached later: the text fails once, and goes when the receipts come again.
    let second = inner.expect_submit().times(1).in_sequence(&mut sequence);
    second.withf(move |sent| texted(sent) && names(sent) == ["r1"]).returning(|_| error(SendErrorKind::Unavailable));
    let third = inner.expect_submit().times(1).in_sequence(&mut sequence);
    third.withf(move |sent| texted(sent) && names(sent) == ["r1"]).returning(|_| Ok(accepted(&["r1"])));
    inner.expect_receipts().returning(|| {
        let well = Receipt::new("m-r0", Route::Kakao, Outcome::Delivered);
        let badly = Receipt::new("m-r1", Route::Kakao, Outcome::failed("3104", true)).with_reference("r1");
        // The same receipt can come twice.
        Ok(ReceiptPage::new("p", vec![well, badly.clone(), badly]))
    });

    let transport = inner.falling_back();
    let Proof::PerRecipient(answers) = transport.submit(&brand("k", 3)).await.unwrap().proof else { panic!() };
    assert!(answers.iter().all(|answer| answer.answer == Answer::Accepted), "{answers:?}");
    assert_eq!(transport.receipts().await.unwrap_err().kind(), SendErrorKind::Unavailable);
    assert_eq!(transport.receipts().await.unwrap().receipts.len(), 3);
    // The page comes again before it is acknowledged: nothing goes twice.
    assert_eq!(transport.receipts().await.unwrap().receipts.len(), 3);
}

#[tokio::test]
async fn a_text_in_doubt_is_not_repeated_where_nothing_guards_it() {
    let mut inner = mock();
    inner.expect_submit().times(1).withf(|sent| !texted(sent)).returning(|_| Ok(accepted(&["r0"])));
    inner.expect_submit().times(1).withf(texted).returning(|_| error(SendErrorKind::OutcomeUnknown));
    let failed = || Receipt::new("m-r0", Route::Kakao, Outcome::failed("3104", true));
    inner.expect_receipts().returning(move || Ok(ReceiptPage::new("p", vec![failed()])));
    let transport = inner.falling_back();
    transport.submit(&brand("k", 1)).await.unwrap();
    assert!(transport.receipts().await.is_ok());
    assert!(transport.receipts().await.is_ok());
}

#[tokio::test]
async fn a_text_that_can_never_go_holds_up_no_receipts() {
    let mut inner = mock();
    inner.expect_submit().times(1).withf(|sent| !texted(sent)).returning(|_| Ok(accepted(&["r0"])));
    inner.expect_submit().times(1).withf(texted).returning(|_| error(SendErrorKind::InvalidContent));
    let failed = || Receipt::new("m-r0", Route::Kakao, Outcome::failed("3104", true));
    inner.expect_receipts().returning(move || Ok(ReceiptPage::new("p", vec![failed()])));
    let transport = inner.falling_back();
    transport.submit(&brand("k", 1)).await.unwrap();
    assert_eq!(transport.receipts().await.unwrap().receipts.len(), 1);
}

#[tokio::test]
async fn no_text_goes_before_what_it_stands_for() {
    let mut inner = mock();
    inner.expect_submit().times(1).returning(|_| {
        Ok(Submitted::new(Proof::PerRecipient(vec![Acceptance::new("r0", None, Answer::rejected("3102", true))])))
    });
    let submitted = inner.falling_back().submit(&brand("k", 1).at(noon())).await.unwrap();
    assert_eq!(submitted.accepted(), 0, "the caller is told");
}

#[tokio::test]
async fn those_of_a_lost_answer_get_their_text_too() {
    let mut inner = mock();
    inner.expect_submit().times(1).withf(|sent| !texted(sent)).returning(|_| error(SendErrorKind::OutcomeUnknown));
    inner.expect_submit().times(1).withf(texted).returning(|_| Ok(accepted(&["r0"])));
    let failed = || Receipt::new("m-r0", Route::Kakao, Outcome::failed("3104", true)).with_reference("r0");
    inner.expect_receipts().returning(move || Ok(ReceiptPage::new("p", vec![failed()])));
    let transport = inner.falling_back();
    assert!(transport.submit(&brand(&"k".repeat(200), 1)).await.unwrap_err().may_have_arrived());
    transport.receipts().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_stays_in_doubt_whatever_comes_after_it() {
    for last in [SendErrorKind::Unavailable, SendErrorKind::Unauthorized, SendErrorKind::RateLimited] {
        let mut first = MockTransport::new();
        first.expect_name().return_const("mock".to_owned());
        let keys = Idempotency::per_recipient(Duration::from_secs(60));
        first.expect_capabilities().return_const(Capabilities::named(100, 10, 5).with_idempotency(keys));
        let mut calls = 0;
        first.expect_submit().returning(move |_| {
            calls += 1;
            error(if calls == 1 { SendErrorKind::OutcomeUnknown } else { last })
        });
        let second = Arc::new(RecordingTransport::new());
        let both = first.retrying(Backoff::new(), Arc::new(SeededEntropy::new(7))).failing_over(Arc::clone(&second));
        assert!(both.submit(&submission("k")).await.unwrap_err().may_have_arrived(), "{last:?}");
        assert!(second.sent().is_empty(), "{last:?}");
    }
}

#[tokio::test]
async fn pictures_go_to_the_second_where_the_first_is_not_there_and_so_do_their_messages() {
    let mut first = mock();
    first.expect_upload().times(1).returning(|_| error(SendErrorKind::Unavailable));
    let mut second = mock();
    second.expect_upload().times(1).returning(|_| Ok(MediaRef::new("second-1")));
    second.expect_submit().times(1).returning(|submission| {
        assert!(submission.message.pictures().all(|one| one.media == Some(MediaRef::new("second-1"))));
        Ok(accepted(&["r1"]).with_handle("g"))
    });
    let both = first.failing_over(second);
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "그림", vec![1]);
    let card = || CarouselCard::new("소식", "본문", media.picture.clone());
    let message = Message::new(Body::CarouselFeed(CarouselFeed::new(vec![card(), card()])));
    let message = both.upload_all(message, std::slice::from_ref(&media)).await.unwrap();
    let to = Audience::Named(vec![Recipient::new("r1", phone(1))]);
    let submitted = both.submit(&Submission::new("k", message, to)).await.unwrap();
    assert_eq!(submitted.handle.as_deref(), Some("2:g"));
    // Neither takes what not both can.
    let later = both.submit(&submission("later").at(noon())).await.unwrap_err();
    let friends = both.submit(&Submission::new("k", brand("k", 1).message, Audience::all_friends())).await.unwrap_err();
    assert_eq!((later.kind(), friends.kind()), (SendErrorKind::Unsupported, SendErrorKind::Unsupported));
}

#[tokio::test(start_paused = true)]
async fn only_what_is_safe_is_tried_again() {
    use SendErrorKind::{
        InvalidContent, NotPermitted, OutcomeUnknown, RateLimited, Refused, Unauthorized, Unavailable,
    };
    let backoff = || Backoff::new().attempts(3);
    for guarded in [false, true] {
        for (kind, attempts) in [
            (Unavailable, 3),
            (RateLimited, 3),
            (OutcomeUnknown, if guarded { 3 } else { 1 }),
            (InvalidContent, 1),
            (Refused, 1),
            (NotPermitted, 1),
            (Unauthorized, 1),
        ] {
            let mut inner = MockTransport::new();
            inner.expect_name().return_const("mock".to_owned());
            let keys = Idempotency::per_recipient(Duration::from_secs(60));
            let capabilities = Capabilities::named(100, 10, 5);
            let capabilities = if guarded { capabilities.with_idempotency(keys) } else { capabilities };
            inner.expect_capabilities().return_const(capabilities);
            inner.expect_submit().times(attempts).returning(move |_| error(kind));
            let transport = inner.retrying(backoff(), Arc::new(SeededEntropy::new(7)));
            assert_eq!(transport.submit(&submission("k")).await.unwrap_err().kind(), kind);
        }
    }
    // What is for later has no key anywhere.
    let mut inner = MockTransport::new();
    inner.expect_name().return_const("mock".to_owned());
    let keys = Idempotency::per_recipient(Duration::from_secs(60));
    inner.expect_capabilities().return_const(Capabilities::named(100, 10, 5).with_idempotency(keys));
    inner.expect_submit().times(1).returning(|_| error(OutcomeUnknown));
    let transport = inner.retrying(backoff(), Arc::new(SeededEntropy::new(7)));
    assert!(transport.submit(&submission("k").at(noon())).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_provider_asks_for_is_kept_and_patience_ends() {
    let mut inner = mock();
    inner.expect_submit().times(2).returning(|_| {
        Err(SendError::new(SendErrorKind::RateLimited, "mock").with_retry_after(Duration::from_secs(7)))
    });
    let transport = inner.retrying(Backoff::new().patience(Duration::from_secs(10)), Arc::new(SeededEntropy::new(7)));
    let before = tokio::time::Instant::now();
    assert!(transport.submit(&submission("k")).await.is_err());
    assert_eq!(before.elapsed(), Duration::from_secs(7), "a second wait of seven would pass ten");
}

#[tokio::test]
async fn exchanges_are_kept_without_anything_personal() {
    let transport = RecordingTransport::new().recorded(2, Arc::new(ManualClock::at(noon())));
    transport.submit(&submission("k")).await.unwrap();
    transport.cancel("nothing").await.unwrap_err();
    transport.find(&submission("k"), noon()).await.unwrap();
    let kept = transport.exchanges();
    assert_eq!(
        kept.iter().map(|one| (one.call, one.end)).collect::<Vec<_>>(),
        [(Call::Cancel, Err(SendErrorKind::Unsupported)), (Call::Find, Ok(1)),]
    );
    assert!(!format!("{kept:?}").contains("0100000"), "{kept:?}");
}

#[tokio::test]
async fn a_dry_run_checks_and_gives_the_dealer_nothing() {
    let mut inner = mock();
    inner.expect_price().return_const(Won::whole(53));
    let transport =
        inner.dry_run(|message| validate(message, &[Limit::new("bubble.text", Unit::Utf16, (1, 1), "test", "2026")]));
    assert_eq!(transport.submit(&brand("k", 1)).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
    assert!(transport.submit(&submission("k")).await.is_ok());
    assert_eq!((transport.sent().len(), transport.price(&brand("k", 1).message)), (1, Some(Won::whole(53))));
}

#[tokio::test]
async fn handles_go_back_to_whoever_gave_them() {
    let mut first = mock();
    first.expect_submit().returning(|_| Ok(accepted(&["r1"]).with_handle("g:7")));
    first.expect_find().returning(|_, _| Ok(vec![Found::new("a", None).under(Some("g1".to_owned()))]));
    first.expect_cancel().withf(|handle| handle == "g:7").times(1).returning(|_| Ok(()));
    let mut second = mock();
    second.expect_find().returning(|_, _| Ok(vec![Found::new("b", None).under(Some("g2".to_owned()))]));
    second.expect_cancel().withf(|handle| handle == "g2").times(1).returning(|_| Ok(()));
    let both = first.failing_over(second);
    let handle = both.submit(&submission("k")).await.unwrap().handle.unwrap();
    both.cancel(&handle).await.unwrap();
    let found = both.find(&submission("k"), noon()).await.unwrap();
    both.cancel(found[1].handle.as_ref().unwrap()).await.unwrap();
    assert!(both.cancel("g2").await.is_err());
}
