//! What the client makes of the answers that a dealer gives, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_channel::{
    Answer, Audience, Body, Bubble, Media, Message, Outcome, PictureFormat, Proof, Recipient, Route, SendErrorKind,
    Submission, TextMessage, Transport, TransportExt, Webhook, Won,
};
use sosik_core::{Clock, ManualClock, PhoneNumber, SystemEntropy};
use sosik_emulator::{Emulator, Fault, Options};
use sosik_solapi::{Credentials, Solapi, SolapiTransport};
use sosik_testkit::{answers, noon, phone};

struct Dealer {
    clock: Arc<ManualClock>,
    emulator: Emulator,
}

impl Dealer {
    async fn new(shape: impl FnOnce(Options) -> Options) -> Self {
        let clock = Arc::new(ManualClock::at(noon()));
        let options = Options::new("KEY").with_clock(Arc::clone(&clock) as _).with_solapi("KEY", "SECRET");
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), shape(options)).await.unwrap();
        Self { clock, emulator }
    }

    fn client(&self) -> SolapiTransport {
        client(&self.emulator.url(), "SECRET", Arc::clone(&self.clock) as _)
    }
}

fn client(url: &str, secret: &str, clock: Arc<dyn Clock>) -> SolapiTransport {
    Solapi::builder(Credentials::new("KEY", secret), "KA01PF0", clock, Arc::new(SystemEntropy::new()))
        .base_url(url)
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap()
}

fn text() -> TextMessage {
    TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap()
}

fn submission(key: &str, numbers: std::ops::Range<u32>) -> Submission {
    let to = numbers.map(|number| Recipient::new(format!("r{number}"), phone(number))).collect();
    Submission::new(key, Message::from(text()), Audience::Named(to))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_request_goes_piece_by_piece_by_a_client_of_one_s_own() {
    let dealer = Dealer::new(Options::without_rates).await;
    let http = sosik_channel::http::client("own", Duration::from_secs(30)).unwrap();
    let credentials = Credentials::new("KEY", "SECRET");
    let transport =
        Solapi::builder(credentials, "KA01PF0", Arc::clone(&dealer.clock) as _, Arc::new(SystemEntropy::new()))
            .base_url(dealer.emulator.url())
            .http_client(http)
            .build()
            .unwrap();
    // 1,300 characters, 2,000 times: more than five megabytes.
    let news = Message::new(Body::Bubble(Bubble::new("가".repeat(1_300))));
    let to = (0..2_000).map(|number| Recipient::new(format!("r{number}"), phone(number))).collect();
    let submitted = transport.submit(&Submission::new("k", news, Audience::Named(to))).await.unwrap();
    let Proof::PerRecipient(answers) = &submitted.proof else { panic!("no answers") };
    assert_eq!((submitted.accepted(), answers[1_999].reference.as_str()), (2_000, "r1999"));
    assert!(answers.iter().all(|answer| answer.message_key.is_some()));
    assert_eq!(dealer.emulator.stats().accepted, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_request_says_how_long_it_is_and_goes_out_unchunked() {
    use tokio::io::AsyncReadExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let transport = client(&url, "SECRET", Arc::new(ManualClock::at(noon())));
    let news = Message::new(Body::Bubble(Bubble::new("가".repeat(1_300))));
    let to = (0..500).map(|number| Recipient::new(format!("r{number}"), phone(number))).collect();
    let submission = Submission::new("k", news, Audience::Named(to));
    let takes = async {
        let (mut call, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        let mut piece = vec![0; 65_536];
        let (head, length) = loop {
            let many = call.read(&mut piece).await.unwrap();
            read.extend_from_slice(&piece[..many]);
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(read[..end].to_vec()).unwrap().to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                let length: usize = length.parse().unwrap();
                break (head, (end + 4, length));
            }
        };
        while read.len() < length.0 + length.1 {
            let many = call.read(&mut piece).await.unwrap();
            assert!(many > 0, "it ends before it said");
            read.extend_from_slice(&piece[..many]);
        }
        assert!(!head.contains("transfer-encoding"), "{head}");
        let body: serde_json::Value = serde_json::from_slice(&read[length.0..]).unwrap();
        (length.1, body["messages"].as_array().unwrap().len())
    };
    let (_, (bytes, messages)) = tokio::join!(transport.submit(&submission), takes);
    assert!(bytes > 1_000_000 && messages == 500, "{bytes} {messages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_or_clock_stops_the_transport_and_never_shows() {
    let dealer = Dealer::new(|options| options).await;
    let wrong = client(&dealer.emulator.url(), "geheim", Arc::clone(&dealer.clock) as _);
    let error = wrong.submit(&submission("k", 1..2)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (SendErrorKind::Unauthorized, Some("SignatureDoesNotMatch")));
    assert!(!format!("{error} {error:?} {wrong:?}").contains("geheim"));
    let late = client(&dealer.emulator.url(), "SECRET", Arc::new(ManualClock::at(noon() + TimeDelta::minutes(16))));
    let error = late.submit(&submission("k", 1..2)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (SendErrorKind::Unauthorized, Some("RequestTimeTooSkewed")));
    assert!(error.to_string().contains("clock"), "{error}");
    assert_eq!(dealer.emulator.stats().accepted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_go_in_one_request_and_each_is_answered_for() {
    let dealer = Dealer::new(|options| options.with_failures(0.0, 0.1)).await;
    let client = dealer.client();
    let submitted = client.submit(&submission("k", 0..10_000)).await.unwrap();
    let Proof::PerRecipient(all) = submitted.proof else { panic!("no answers") };
    assert!(all.len() == 10_000 && all.iter().all(|one| one.answer == Answer::Accepted && one.message_key.is_some()));
    dealer.clock.advance(TimeDelta::minutes(1));
    let receipts = client.drain_receipts().await.unwrap();
    let stats = dealer.emulator.stats();
    assert_eq!((receipts.len(), stats.accepted, stats.distinct), (10_000, 10_000, 10_000));
    let arrived = receipts.iter().filter(|receipt| receipt.outcome == Outcome::Delivered).count();
    assert_eq!(arrived as u64, stats.delivered);
    assert!((8_500..9_500).contains(&arrived), "{arrived}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leaves_the_outcome_unknown_and_can_be_looked_up() {
    let dealer = Dealer::new(|options| options.with_lost_answers(1.0)).await;
    let (client, sent) = (dealer.client(), submission("key", 1..4));
    let error = client.submit(&sent).await.unwrap_err();
    assert!(error.may_have_arrived(), "{error:?}");
    dealer.clock.advance(TimeDelta::minutes(1));
    let found = client.find(&sent, noon()).await.unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|found| found.settled == Some((Route::Text, Outcome::Delivered))), "{found:?}");
    assert_eq!(client.find(&submission("another", 1..4), noon()).await.unwrap(), []);
    assert_eq!(dealer.emulator.stats().accepted, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way_says_what_to_do_next() {
    let dealer = Dealer::new(|options| options).await;
    let client = dealer.client();
    for (number, (fault, kind, taken)) in [
        (Fault::NoEntry, SendErrorKind::OutcomeUnknown, 0),
        (Fault::NoAnswer, SendErrorKind::OutcomeUnknown, 1),
        (Fault::Truncated, SendErrorKind::OutcomeUnknown, 1),
        (Fault::WrongJson, SendErrorKind::OutcomeUnknown, 1),
        (Fault::silence(3_000), SendErrorKind::OutcomeUnknown, 0),
        (Fault::status(500), SendErrorKind::OutcomeUnknown, 0),
        (Fault::status(503), SendErrorKind::OutcomeUnknown, 0),
        (Fault::too_many(7), SendErrorKind::RateLimited, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let before = dealer.emulator.stats().accepted;
        dealer.emulator.fail_next([fault]);
        let sent = submission(&format!("key-{number}"), 1..2);
        let error = client.submit(&sent).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error:?}");
        assert_eq!(dealer.emulator.stats().accepted - before, taken, "{fault:?}");
        assert_eq!(client.find(&sent, noon()).await.unwrap().len() as u64, taken, "{fault:?}");
        if kind == SendErrorKind::RateLimited {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }
    // A slow answer is an answer.
    dealer.emulator.fail_next([Fault::slow(300)]);
    assert!(client.submit(&submission("slow", 1..2)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_number_is_that_recipient_s_alone() {
    let dealer = Dealer::new(|options| options).await;
    let land_line = Recipient::new("land", PhoneNumber::parse("031-8082-0001").unwrap());
    let audience = Audience::Named(vec![
        land_line,
        Recipient::new("mobile", phone(1)),
        Recipient::new("again", phone(1)),
        Recipient::new("other", phone(2)),
    ]);
    let submitted = dealer.client().submit(&Submission::new("k", Message::from(text()), audience)).await.unwrap();
    let Proof::PerRecipient(mut all) = submitted.proof else { panic!("no answers") };
    all.sort_by(|a, b| a.reference.cmp(&b.reference));
    let answers: Vec<_> = all.into_iter().map(|one| (one.reference, one.answer)).collect();
    assert_eq!(
        answers,
        [
            ("again".to_owned(), Answer::rejected("1026", false)),
            ("land".to_owned(), Answer::rejected("1011", false)),
            ("mobile".to_owned(), Answer::Accepted),
            ("other".to_owned(), Answer::Accepted),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_none_is_refused() {
    let dealer = Dealer::new(|options| options).await;
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "시험", &b"not a picture"[..]);
    let error = dealer.client().upload(&media).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_name_the_recipient_and_come_again_to_a_program_that_starts_anew() {
    let dealer = Dealer::new(|options| options.with_failures(0.0, 1.0)).await;
    let client = dealer.client();
    client.submit(&submission("k", 7..8)).await.unwrap();
    assert_eq!(client.drain_receipts().await.unwrap(), [], "nothing is settled yet");
    dealer.clock.advance(TimeDelta::hours(1));
    let receipts = client.drain_receipts().await.unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!((receipts[0].reference.as_deref(), receipts[0].route), (Some("r7"), Route::Text));
    assert_eq!(receipts[0].outcome, Outcome::failed("3043", false));
    assert_eq!(client.drain_receipts().await.unwrap(), []);
    assert_eq!(dealer.client().drain_receipts().await.unwrap(), receipts);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_no_known_form_leave_a_sending_in_doubt() {
    let make = |url: &str| client(url, "SECRET", Arc::new(ManualClock::at(noon())));
    answers::odd_answers_leave_a_sending_in_doubt(make).await;
    answers::what_did_not_leave_is_no_doubt(make).await;
}

fn report(body: &str) -> Webhook {
    Webhook::new(body.as_bytes(), noon())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scheduled_goes_at_its_time_and_is_taken_back_before() {
    let dealer = Dealer::new(|options| options).await;
    let client = dealer.client();
    let friday = noon() + TimeDelta::hours(1);
    let kept = client.submit(&submission("kept", 1..4).at(friday)).await.unwrap();
    let gone = client.submit(&submission("gone", 4..8).at(friday)).await.unwrap();
    client.cancel(gone.handle.as_deref().unwrap()).await.unwrap();
    dealer.clock.advance(TimeDelta::minutes(50));
    assert_eq!(dealer.emulator.stats().delivered, 0);
    assert!(client.find(&submission("kept", 1..4), noon()).await.unwrap().iter().all(|one| one.settled.is_none()));
    dealer.clock.advance(TimeDelta::minutes(20));
    let stats = dealer.emulator.stats();
    assert_eq!((stats.delivered, stats.cancelled), (3, 4));
    let error = client.cancel(kept.handle.as_deref().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::Refused, "{error}");
    // The past is no time to schedule for, nor is the year after next.
    for at in [noon(), noon() + TimeDelta::days(400)] {
        let error = client.submit(&submission("odd", 1..2).at(at)).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    }
    assert_eq!(dealer.emulator.stats().accepted, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_submission_whose_answer_was_lost_is_found_with_its_handle() {
    let dealer = Dealer::new(|options| options.with_lost_answers(1.0)).await;
    let (client, later) = (dealer.client(), submission("lost", 1..3).at(noon() + TimeDelta::hours(1)));
    assert!(client.submit(&later).await.unwrap_err().may_have_arrived());
    let found = client.find(&later, noon()).await.unwrap();
    let handle = found[0].handle.clone().unwrap();
    assert_eq!(found.len(), 2);
    client.cancel(&handle).await.unwrap();
    dealer.clock.advance(TimeDelta::hours(2));
    assert_eq!((dealer.emulator.stats().delivered, dealer.emulator.stats().cancelled), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_filled_in_parts_and_goes_as_one() {
    let dealer = Dealer::new(|options| options).await;
    let client = dealer.client();
    let group = client.open_group().await.unwrap();
    for part in 0..3 {
        let answers =
            client.add(&group.id, &submission(&format!("part-{part}"), part * 40..part * 40 + 40)).await.unwrap();
        assert!(answers.iter().all(|one| one.answer == Answer::Accepted && one.message_key.is_some()), "{answers:?}");
    }
    assert_eq!(dealer.emulator.stats().delivered, 0);
    let waiting = client.schedule_group(&group.id, noon() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!((waiting.status.as_str(), waiting.count.registered_success), ("SCHEDULED", 120));
    // Nothing is put into a group that waits.
    assert!(client.add(&group.id, &submission("late", 300..301)).await.is_err());
    dealer.clock.advance(TimeDelta::hours(2));
    let done = client.group(&group.id).await.unwrap();
    assert_eq!((done.status.as_str(), done.count.sent_success), ("COMPLETE", 120));
    assert_eq!(client.drain_receipts().await.unwrap().len(), 120);
    let day = client.statistics(noon() - TimeDelta::days(1), noon() + TimeDelta::days(1)).await.unwrap();
    assert_eq!((day.total["sms"], day.arrived["total"], day.failed["total"]), (120, 120, 0));
    let price = client.price(&submission("k", 1..2).message).unwrap();
    assert_eq!(price, Won::whole(18));
    let another = client.open_group().await.unwrap();
    let before = client.balance().await.unwrap().balance;
    client.add(&another.id, &submission("now", 200..210)).await.unwrap();
    client.send_group(&another.id).await.unwrap();
    assert!((before - client.balance().await.unwrap().balance - 180.0).abs() < 0.5);
    client.delete_group(&client.open_group().await.unwrap().id).await.unwrap();
    assert!(client.group("../secrets").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_a_receipt_only_when_the_list_says_so_too() {
    let dealer = Dealer::new(|options| options.with_failures(0.0, 0.5)).await;
    let client = dealer.client();
    let submitted = client.submit(&submission("k", 0..20)).await.unwrap();
    let group = submitted.handle.unwrap();
    let Proof::PerRecipient(all) = submitted.proof else { panic!("no answers") };
    dealer.clock.advance(TimeDelta::minutes(1));
    // It claims that one arrived.
    let one = all[0].message_key.clone().unwrap();
    let body =
        format!(r#"[{{"messageId":"{one}","groupId":"{group}","to":"01000000000","type":"SMS","statusCode":"4000"}}]"#);
    let before = dealer.emulator.stats().calls;
    let given = client.webhook(&report(&body)).await.unwrap();
    assert_eq!((given.receipts.len(), given.receipts[0].message_key.as_str()), (1, one.as_str()));
    assert_eq!(dealer.emulator.stats().calls - before, 1, "the rest of its group is not asked about");
    // And that a whole group is done.
    let body = format!(r#"[{{"groupId":"{group}","status":"COMPLETE"}}]"#);
    let given = client.webhook(&report(&body)).await.unwrap();
    let failed = given.receipts.iter().filter(|receipt| receipt.outcome != Outcome::Delivered).count();
    assert_eq!((given.receipts.len(), failed as u64), (20, dealer.emulator.stats().failed));
    assert!(failed > 0);
    assert!(client.webhook(&report(r#"[{"groupId":"G4V0","status":"COMPLETE"}]"#)).await.is_err());
}
