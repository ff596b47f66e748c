//! Whatever comes as an answer or a report is read or refused, and never more is believed than it can say.

use proptest::prelude::*;
use sosik_channel::Answer;
use sosik_testkit::answers::{damaged, three};

use crate::answers::{Item, ListAnswer, SendAnswer};
use crate::client::acceptances;
use crate::webhook;

const SENT: &str = r#"{"failedMessageList":[{"to":"01000000002","from":"0310000000","type":"SMS","statusMessage":"중복","country":"82","messageId":"M2","statusCode":"1026","accountId":"1","customFields":{"ref":"r-2"}}],"groupInfo":{"groupId":"G1","status":"SENDING","count":{"total":3,"registeredFailed":1,"registeredSuccess":2}},"messageList":[{"messageId":"M1","statusCode":"2000","statusMessage":"접수","customFields":{"key":"k","ref":"r-1"}},{"messageId":"M3","statusCode":"2000","customFields":{"ref":"r-3"}}]}"#;
const LIST: &str = r#"{"startKey":null,"nextKey":"M2","limit":20,"messageList":{"M1":{"messageId":"M1","groupId":"G1","to":"01000000001","statusCode":"4000","type":"SMS","customFields":{"key":"k","ref":"r-1"},"dateUpdated":"2026-11-27T06:00:01Z"}}}"#;
const REPORT: &str =
    r#"[{"messageId":"M4V1","groupId":"G4V1","to":"01000000000","type":"BMS_FREE","statusCode":"4000"}]"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_to_sendings(damage in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4)) {
        let bytes = damaged(SENT, &damage);
        let Ok(answer) = serde_json::from_slice::<SendAnswer<'_>>(&bytes) else { return Ok(()) };
        let counted = answer.group_info.count.registered_success;
        match acceptances(&three(), answer) {
            Ok(all) => {
                let references: Vec<&str> = all.iter().map(|one| one.reference.as_str()).collect();
                prop_assert_eq!(references, ["r-1", "r-2", "r-3"]);
                let taken = all.iter().filter(|one| one.answer == Answer::Accepted).count();
                prop_assert_eq!(taken, counted, "as many as the dealer counts");
            }
            Err(error) => prop_assert!(error.may_have_arrived() || error.code().is_some(), "{error:?}"),
        }
    }

    #[test]
    fn lists_and_reports(damage in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..4)) {
        if let Ok(list) = serde_json::from_slice::<ListAnswer>(&damaged(LIST, &damage)) {
            prop_assert!(list.message_list.values().filter_map(Item::receipt).count() <= list.message_list.len());
        }
        if let Ok(named) = webhook::named(&damaged(REPORT, &damage)) {
            let mut names = named.messages.iter().chain(&named.groups);
            prop_assert!(names.all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        }
    }

    #[test]
    fn anything_at_all(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(serde_json::from_slice::<SendAnswer<'_>>(&bytes).is_err());
        prop_assert!(webhook::named(&bytes).is_err());
    }
}
