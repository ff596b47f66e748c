//! The contract of [`Transport`], rule by rule.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sosik_channel::{
    Acceptance, Answer, Audience, AudienceKind, Idempotency, Media, Message, PictureFormat, Proof, Recipient,
    SendErrorKind, Submission, TextMessage, Transport, TransportExt, Webhook,
};
use sosik_core::PhoneNumber;

use crate::{noon, phone};

/// One test for each rule of the contract, on what `$make` gives: an async function of a transport that has sent
/// nothing, whose receipts come within a few seconds.
#[macro_export]
macro_rules! transport_conformance {
    ($make:path) => {
        $crate::transport_conformance!(@ $make:
            rule_1_every_recipient_is_answered_for
            rule_2_too_large_a_batch_sends_nothing
            rule_3_a_repeated_recipient_is_not_sent_to_again
            rule_4_an_audience_it_cannot_serve_is_refused
            rule_5_receipts_come_until_they_are_acknowledged
            rule_6_finding_never_sends
            rule_7_an_upload_answers_with_a_name
            rule_8_what_is_cancelled_in_time_is_never_sent
            rule_9_a_webhook_of_no_ones_is_no_receipt
            rule_10_what_is_prepared_is_sent_once_or_cancelled
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let (transport, _guard) = $make().await;
                $crate::transport::$rule(&transport).await;
            });
        }
    )+};
}

fn message() -> Message {
    TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap().into()
}

fn recipients(numbers: std::ops::Range<u32>) -> Vec<Recipient> {
    numbers.map(|number| Recipient::new(format!("ref-{number}"), phone(number))).collect()
}

async fn submit(transport: &dyn Transport, key: &str, audience: &Audience) -> Vec<Acceptance> {
    let submitted = transport.submit(&Submission::new(key, message(), audience.clone())).await.unwrap();
    match submitted.proof {
        Proof::PerRecipient(answers) => answers,
        other => panic!("no answer for each recipient: {other:?}"),
    }
}

async fn receipts(transport: &dyn Transport, wanted: usize) -> Vec<String> {
    let mut references = Vec::new();
    for _ in 0..50 {
        references.extend(transport.drain_receipts().await.unwrap().into_iter().filter_map(|r| r.reference));
        if references.len() >= wanted {
            break;
        }
        wait().await;
    }
    references.sort();
    references
}

#[expect(clippy::disallowed_methods, reason = "receipts of a real transport take their time")]
pub(crate) async fn wait() {
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
}

/// Rule 1.
pub async fn rule_1_every_recipient_is_answered_for(transport: &dyn Transport) {
    let answers = submit(transport, "rule-1", &Audience::Named(recipients(1..6))).await;
    let references: BTreeSet<&str> = answers.iter().map(|answer| answer.reference.as_str()).collect();
    assert_eq!(references, BTreeSet::from(["ref-1", "ref-2", "ref-3", "ref-4", "ref-5"]));
    assert_eq!(answers.len(), 5);
    assert!(answers.iter().all(|answer| answer.answer == Answer::Accepted), "{answers:?}");
}

/// Rule 2.
pub async fn rule_2_too_large_a_batch_sends_nothing(transport: &dyn Transport) {
    let most = u32::try_from(transport.capabilities().batch).unwrap();
    let audience = Audience::Named(recipients(0..most + 1));
    let error = transport.submit(&Submission::new("rule-2", message(), audience)).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    assert_eq!(receipts(transport, 0).await, Vec::<String>::new());
}

/// Rule 3.
pub async fn rule_3_a_repeated_recipient_is_not_sent_to_again(transport: &dyn Transport) {
    let Idempotency::PerRecipient { .. } = transport.capabilities().idempotency else { return };
    submit(transport, "rule-3", &Audience::Named(recipients(1..3))).await;
    let mut again = submit(transport, "rule-3", &Audience::Named(recipients(1..4))).await;
    again.sort_by(|a, b| a.reference.cmp(&b.reference));
    let answers: Vec<Answer> = again.into_iter().map(|answer| answer.answer).collect();
    assert_eq!(answers, [Answer::Already, Answer::Already, Answer::Accepted]);
    assert_eq!(receipts(transport, 3).await, ["ref-1", "ref-2", "ref-3"]);
}

/// Rule 4.
pub async fn rule_4_an_audience_it_cannot_serve_is_refused(transport: &dyn Transport) {
    for audience in [Audience::all_friends(), Audience::Hands] {
        if transport.capabilities().audiences.contains(&audience.kind()) {
            continue;
        }
        let error = transport.submit(&Submission::new("rule-4", message(), audience)).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Unsupported);
    }
    assert!(
        transport
            .capabilities()
            .audiences
            .iter()
            .all(|kind| { matches!(kind, AudienceKind::Friends | AudienceKind::Hands | AudienceKind::Named) })
    );
    assert_eq!(receipts(transport, 0).await, Vec::<String>::new());
}

/// Rule 5.
pub async fn rule_5_receipts_come_until_they_are_acknowledged(transport: &dyn Transport) {
    submit(transport, "rule-5", &Audience::Named(recipients(1..3))).await;
    let mut page = transport.receipts().await.unwrap();
    for _ in 0..50 {
        if page.receipts.len() == 2 {
            break;
        }
        wait().await;
        page = transport.receipts().await.unwrap();
    }
    let again = transport.receipts().await.unwrap();
    assert_eq!((page.receipts.len(), &again.receipts), (2, &page.receipts));
    let id = page.id.unwrap();
    transport.acknowledge(&id).await.unwrap();
    transport.acknowledge(&id).await.unwrap();
    assert_eq!(transport.receipts().await.unwrap().receipts, []);
}

/// Rule 6.
pub async fn rule_6_finding_never_sends(transport: &dyn Transport) {
    let submission = Submission::new("rule-6", message(), Audience::Named(recipients(1..4)));
    assert_eq!(transport.find(&submission, noon()).await.unwrap(), []);
    assert_eq!(receipts(transport, 0).await, Vec::<String>::new());
    submit(transport, "rule-6", &Audience::Named(recipients(1..3))).await;
    submit(transport, "another", &Audience::Named(recipients(3..4))).await;
    let found = transport.find(&submission, noon()).await.unwrap();
    let references: BTreeSet<&str> = found.iter().map(|found| found.reference.as_str()).collect();
    assert_eq!(references, BTreeSet::from(["ref-1", "ref-2"]));
}

/// Rule 7.
pub async fn rule_7_an_upload_answers_with_a_name(transport: &dyn Transport) {
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "시험", jpeg(800, 400));
    let first = transport.upload(&media).await.unwrap();
    let second = transport.upload(&media).await.unwrap();
    assert!(!first.as_str().is_empty() && !second.as_str().is_empty());
}

/// Rule 8.
pub async fn rule_8_what_is_cancelled_in_time_is_never_sent(transport: &dyn Transport) {
    // A world begins at noon, or by the machine's own clock later than that: an hour ahead of noon is told apart by the
    // transport's own clock, which the world gives it.
    let later = Submission::new("rule-8", message(), Audience::Named(recipients(1..3)));
    let Some(ahead) = transport.capabilities().schedule else {
        let error = transport.submit(&later.at(noon() + TimeDelta::hours(1))).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::Unsupported);
        assert_eq!(receipts(transport, 0).await, Vec::<String>::new());
        return;
    };
    let later = later.at(noon() + ahead.least.max(TimeDelta::minutes(30)) + TimeDelta::hours(1));
    let submitted = transport.submit(&later).await.unwrap();
    assert_eq!(submitted.accepted(), 2);
    let handle = submitted.handle.unwrap();
    let found = transport.find(&later, noon()).await.unwrap();
    let told: BTreeSet<_> = found.iter().map(|one| (one.reference.as_str(), one.handle.as_deref())).collect();
    assert_eq!(told, BTreeSet::from([("ref-1", Some(handle.as_str())), ("ref-2", Some(handle.as_str()))]));
    assert!(found.iter().all(|one| one.settled.is_none()), "{found:?}");
    transport.cancel(&handle).await.unwrap();
    transport.cancel(&handle).await.unwrap();
    // What was sent at once cannot be taken back.
    let sent =
        transport.submit(&Submission::new("rule-8b", message(), Audience::Named(recipients(3..4)))).await.unwrap();
    if let Some(handle) = sent.handle {
        assert_eq!(transport.cancel(&handle).await.unwrap_err().kind(), SendErrorKind::Refused);
    }
}

/// Rule 9.
pub async fn rule_9_a_webhook_of_no_ones_is_no_receipt(transport: &dyn Transport) {
    let bodies: [&[u8]; 6] = [
        b"",
        b"{",
        b"[]",
        br#"{"msgKey":"NOBODY","serviceType":"KAKAO","msgType":"FC","reportCode":"10000","ref":"ref-1"}"#,
        br#"[{"messageId":"NOBODY","groupId":"NOBODY","type":"SMS","statusCode":"4000","customFields":{"ref":"ref-1"}}]"#,
        br#"[{"groupId":"NOBODY","status":"COMPLETE"}]"#,
    ];
    for body in bodies {
        let error = transport.webhook(&Webhook::new(body, noon())).await.unwrap_err();
        let kind = error.kind();
        let refused =
            matches!(kind, SendErrorKind::InvalidContent | SendErrorKind::Unauthorized | SendErrorKind::Unsupported);
        assert!(refused, "{error}: {}", String::from_utf8_lossy(body));
    }
    assert_eq!(receipts(transport, 0).await, Vec::<String>::new());
}

/// A grey JPEG file of this size: one that a strict dealer can decode.
///
/// # Panics
///
/// When the encoder fails, which it does for no size above nothing.
#[must_use]
pub fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let pixels = vec![0x99; usize::from(width) * usize::from(height)];
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 40);
    encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Luma).unwrap();
    file
}

/// Rule 10.
pub async fn rule_10_what_is_prepared_is_sent_once_or_cancelled(transport: &dyn Transport) {
    let submission = Submission::new("rule-10", message(), Audience::Named(recipients(1..4)));
    let handle = transport.prepare(&submission).await.unwrap();
    if transport.capabilities().idempotency != Idempotency::Prepared {
        assert_eq!(handle, None);
        return;
    }
    let dropped = handle.unwrap();
    transport.cancel(&dropped).await.unwrap();
    transport.cancel(&dropped).await.unwrap();
    transport.submit(&submission.clone().under(&dropped)).await.unwrap_err();

    let handle = transport.prepare(&submission).await.unwrap().unwrap();
    assert_ne!(handle, dropped);
    let submission = submission.under(&handle);
    assert_eq!(transport.find(&submission, noon()).await.unwrap(), []);
    assert_eq!(transport.submit(&submission).await.unwrap().accepted(), 3);
    transport.submit(&submission).await.unwrap_err();
    assert_eq!(transport.cancel(&handle).await.unwrap_err().kind(), SendErrorKind::Refused);
    let found = transport.find(&submission, noon()).await.unwrap();
    let references: BTreeSet<&str> = found.iter().map(|found| found.reference.as_str()).collect();
    assert_eq!(references, BTreeSet::from(["ref-1", "ref-2", "ref-3"]));
    assert_eq!(receipts(transport, 3).await, ["ref-1", "ref-2", "ref-3"]);
}
