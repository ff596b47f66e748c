//! Reports that SOLAPI sends by itself. It signs nothing, so that every one is read again from its list of messages.

use std::collections::BTreeSet;

use serde::Deserialize;
use sosik_channel::{Receipt, SendError, WebhookReceipts};

use crate::answers::{Item, ListAnswer};
use crate::client::{ANSWERS, SolapiTransport};
use crate::limits;

/// An entry of a report: of a message, or of a whole group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    message_id: Option<String>,
    group_id: Option<String>,
}

/// What a report names: whole groups, each once.
pub(crate) fn groups(body: &[u8]) -> Result<BTreeSet<String>, SendError> {
    if body.len() > limits::WEBHOOK_BYTES {
        return Err(ANSWERS.invalid(&format!("a report of more than {} bytes", limits::WEBHOOK_BYTES)));
    }
    let wrong = |why: &str| ANSWERS.invalid(&format!("a report is a list of messages or groups: {why}"));
    let entries: Vec<Entry> = serde_json::from_slice(body)
        .map_err(|error| wrong(&format!("it cannot be read at line {}, column {}", error.line(), error.column())))?;
    let is_name =
        |name: &String| (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut groups = BTreeSet::new();
    for (at, entry) in entries.into_iter().enumerate() {
        if entry.message_id.as_ref().is_some_and(|id| !is_name(id)) {
            return Err(wrong(&format!("entry {at} has an odd messageId")));
        }
        let group = entry.group_id.filter(is_name);
        groups.insert(group.ok_or_else(|| wrong(&format!("entry {at} has no groupId")))?);
    }
    match groups.len() {
        0 => Err(wrong("it is empty")),
        1..=limits::WEBHOOK_GROUPS => Ok(groups),
        many => Err(wrong(&format!("it names {many} groups, {} at the most", limits::WEBHOOK_GROUPS))),
    }
}

impl SolapiTransport {
    /// What the list says of all that a report names.
    pub(crate) async fn confirmed(&self, body: &[u8]) -> Result<WebhookReceipts, SendError> {
        let mut receipts: Vec<Receipt> = Vec::new();
        let mut known = false;
        for group in groups(body)? {
            let mut start: Option<String> = None;
            loop {
                let mut query = vec![("groupId", group.clone()), ("limit", limits::PAGE.to_string())];
                query.extend(start.clone().map(|start| ("startKey", start)));
                let page: ListAnswer =
                    self.call(self.request(reqwest::Method::GET, "messages/v4/list")?.query(&query)).await?;
                known |= !page.message_list.is_empty();
                receipts.extend(page.message_list.values().filter_map(Item::receipt));
                match page.next_key {
                    Some(next) if start.as_ref() != Some(&next) => start = Some(next),
                    _ => break,
                }
            }
        }
        if !known {
            return Err(ANSWERS.invalid("a report names no message of this account"));
        }
        Ok(WebhookReceipts::new(receipts, "{}"))
    }
}

#[cfg(test)]
mod tests {
    use sosik_channel::SendErrorKind;

    use super::*;

    #[test]
    fn odd_reports_are_refused_by_what_is_odd() {
        let groups_of = |body: &str| groups(body.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(groups_of(r#"[{"messageId":"M1","groupId":"G1"},{"groupId":"G1"}]"#).unwrap().len(), 1);
        for (body, why) in [
            ("", "line 1"),
            ("{}", "line 1"),
            ("[]", "it is empty"),
            (r#"[{"messageId":"M1"}]"#, "entry 0 has no groupId"),
            (r#"[{"groupId":"G1"},{"groupId":"../x"}]"#, "entry 1 has no groupId"),
            (r#"[{"groupId":"G1","messageId":"M&limit=1"}]"#, "entry 0 has an odd messageId"),
        ] {
            let error = groups_of(body).unwrap_err();
            assert!(error.contains(why), "{body}: {error}");
        }
        let many: Vec<String> = (0..=limits::WEBHOOK_GROUPS).map(|n| format!(r#"{{"groupId":"G{n}"}}"#)).collect();
        let error = groups(format!("[{}]", many.join(",")).as_bytes()).unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    }
}
