//! Whatever comes as an answer or a webhook is read or refused, and never more is believed than it can say.

use proptest::prelude::*;
use sosik_channel::Answer;
use sosik_testkit::answers::{damaged, three};

use crate::answers::{Envelope, HistoryAnswer, InquiryAnswer, PollAnswer, SendAnswer};
use crate::client::{acceptances, receipt};
use crate::webhook;

const SENT: &str = r#"{"common":{"authCode":"A000","authResult":"Success","infobankTrId":"T"},"data":{"code":"A000","result":"Success","data":{"destinations":[{"to":"01000000001","ref":"r-1","code":"A000","result":"Success","msgKey":"K1"},{"to":"01000000002","ref":"r-2","code":"A301","result":"Duplicated"},{"to":"01000000003","ref":"r-3","code":"A306","result":"Failed"}]}}}"#;
const POLLED: &str = r#"{"common":{"authCode":"A000"},"data":{"code":"A000","data":{"reportId":"R1","report":[{"msgKey":"K1","serviceType":"BRANDMESSAGE","msgType":"FC","reportTime":"2026-11-27T16:00:02.000+09:00","reportCode":"10000","ref":"r-1"}]}}}"#;
const HOOK: &str = r#"{"msgKey":"K1","serviceType":"KAKAO","msgType":"FC","sendTime":"2026-11-27T16:00:00","reportTime":"2026-11-27T16:00:02","reportType":"","reportCode":"10000","reportText":"Success","ref":"r1"}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_to_sendings(damage in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4)) {
        let bytes = damaged(SENT, &damage);
        let Ok(answer) = serde_json::from_slice::<Envelope<SendAnswer>>(&bytes) else { return Ok(()) };
        let Some(destinations) = answer.data.and_then(|data| data.data).and_then(|data| data.destinations) else { return Ok(()) };
        let told = destinations.iter().filter(|one| one.code.as_deref() == Some("A000")).count();
        match acceptances(&three(), destinations) {
            Ok(all) => {
                let references: Vec<&str> = all.iter().map(|one| one.reference.as_str()).collect();
                prop_assert_eq!(references, ["r-1", "r-2", "r-3"]);
                prop_assert!(all.iter().filter(|one| one.answer == Answer::Accepted).count() <= told);
            }
            Err(error) => prop_assert!(error.may_have_arrived(), "{error:?}"),
        }
    }

    #[test]
    fn receipts_and_webhooks(damage in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4)) {
        let polled = damaged(POLLED, &damage);
        if let Ok(answer) = serde_json::from_slice::<Envelope<PollAnswer>>(&polled) {
            let reports = answer.data.and_then(|data| data.data).and_then(|page| page.report).unwrap_or_default();
            for report in reports {
                let (key, code) = (report.msg_key.clone(), report.report_code.clone());
                if let Some(receipt) = receipt(report, &[]) {
                    prop_assert!(key == Some(receipt.message_key) && code.is_some_and(|code| !code.is_empty()));
                }
            }
        }
        let _ = serde_json::from_slice::<Envelope<InquiryAnswer>>(&polled);
        let _ = serde_json::from_slice::<Envelope<HistoryAnswer>>(&polled);
        if let Err(error) = webhook::parse(&damaged(HOOK, &damage)) {
            prop_assert_eq!(error, webhook::WebhookError::Body);
        }
    }

    #[test]
    fn anything_at_all(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(serde_json::from_slice::<Envelope<SendAnswer>>(&bytes).is_err());
        prop_assert!(webhook::parse(&bytes).is_err());
    }
}
