//! Reports that SOLAPI sends by itself. It signs nothing, so that every one is read again from its list of messages: put a
//! secret into the address that SOLAPI is given, so that not everyone can make it be asked.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde::Deserialize;
use sosik_channel::{Receipt, SendError, SendErrorKind, WebhookReceipts};

use crate::answers::{Item, ListAnswer};
use crate::client::{ANSWERS, SolapiTransport};
use crate::errors::NAME;
use crate::limits;

/// An entry of a report: of a message, or of a whole group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    message_id: Option<String>,
    group_id: Option<String>,
}

/// What a report names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Messages by their id.
    pub(crate) messages: BTreeSet<String>,
    /// Whole groups.
    pub(crate) groups: BTreeSet<String>,
}

/// Reads what a report names, each once.
pub(crate) fn named(body: &[u8]) -> Result<Named, SendError> {
    if body.len() > limits::WEBHOOK_BYTES {
        return Err(ANSWERS.invalid(&format!("a report of more than {} bytes", limits::WEBHOOK_BYTES)));
    }
    let wrong = |why: &str| ANSWERS.invalid(&format!("a report is a list of messages or groups: {why}"));
    let entries: Vec<Entry> = serde_json::from_slice(body)
        .map_err(|error| wrong(&format!("it cannot be read at line {}, column {}", error.line(), error.column())))?;
    let is_name =
        |name: &String| (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A page of a group's list tells as much as many questions for one of its messages each.
    let mut of_group: BTreeMap<String, usize> = BTreeMap::new();
    for group in entries.iter().filter_map(|entry| entry.group_id.clone()) {
        *of_group.entry(group).or_default() += 1;
    }
    of_group.retain(|_, count| *count >= limits::WEBHOOK_OF_GROUP);
    let mut named = Named::default();
    for (at, entry) in entries.into_iter().enumerate() {
        let (place, name, what) = match entry {
            Entry { message_id: Some(id), .. } if !is_name(&id) => {
                return Err(wrong(&format!("entry {at} has an odd messageId")));
            }
            Entry { message_id: Some(_), group_id: Some(group) } if of_group.contains_key(&group) => {
                (&mut named.groups, group, "groupId")
            }
            Entry { message_id: Some(id), .. } => (&mut named.messages, id, "messageId"),
            Entry { group_id: Some(id), .. } => (&mut named.groups, id, "groupId"),
            Entry { .. } => return Err(wrong(&format!("entry {at} has no messageId and no groupId"))),
        };
        if !is_name(&name) {
            return Err(wrong(&format!("entry {at} has an odd {what}")));
        }
        place.insert(name);
    }
    match named.messages.len() + named.groups.len() {
        0 => Err(wrong("it is empty")),
        1..=limits::WEBHOOK_NAMES => Ok(named),
        many => Err(wrong(&format!("it names {many} things, {} at the most", limits::WEBHOOK_NAMES))),
    }
}

impl SolapiTransport {
    /// What the list says of all that a report names.
    pub(crate) async fn confirmed(&self, body: &[u8]) -> Result<WebhookReceipts, SendError> {
        let named = named(body)?;
        let messages = named.messages.iter().map(|id| ("messageId", id));
        let groups = named.groups.iter().map(|id| ("groupId", id));
        let mut receipts: Vec<Receipt> = Vec::new();
        let (mut known, mut pages) = (false, 0);
        for (field, id) in messages.chain(groups) {
            let mut start: Option<String> = None;
            loop {
                pages += 1;
                if pages > limits::WEBHOOK_PAGES {
                    let error = SendError::new(SendErrorKind::Unavailable, NAME);
                    return Err(error.with_detail("it names more than is read at once: poll for the receipts"));
                }
                let mut query = vec![(field, id.clone()), ("limit", limits::PAGE.to_string())];
                query.extend(start.clone().map(|start| ("startKey", start)));
                let request = self.request(Method::GET, "messages/v4/list")?.query(&query);
                let page: ListAnswer = self.call(request).await?;
                known |= !page.message_list.is_empty();
                receipts.extend(page.message_list.values().filter_map(Item::receipt));
                match page.next_key {
                    None => break,
                    Some(next) if start.as_ref() == Some(&next) => {
                        return Err(ANSWERS.unreadable(false).with_detail("the list does not go on"));
                    }
                    next => start = next,
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
    use super::*;

    #[test]
    fn odd_reports_are_refused_by_what_is_odd() {
        let read = |body: &str| named(body.as_bytes()).map_err(|error| error.to_string());
        let both = read(r#"[{"messageId":"M1","groupId":"G1"},{"messageId":"M1"},{"groupId":"G2"}]"#).unwrap();
        assert_eq!((both.messages.len(), both.groups.into_iter().collect::<Vec<_>>()), (1, vec!["G2".to_owned()]));
        for (body, why) in [
            ("", "line 1"),
            ("{}", "line 1"),
            ("[]", "it is empty"),
            (r#"[{"to":"01000000001"}]"#, "entry 0 has no messageId"),
            (r#"[{"groupId":"G1"},{"groupId":"../x"}]"#, "entry 1 has an odd groupId"),
            (r#"[{"groupId":"G1","messageId":"M&limit=1"}]"#, "entry 0 has an odd messageId"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(why), "{body}: {error}");
        }
        // Of many messages of one group the group's list tells at once.
        let of_one = |count: usize| {
            let entries: Vec<String> =
                (0..count).map(|n| format!(r#"{{"messageId":"M{n}","groupId":"G1"}}"#)).collect();
            let named = named(format!("[{}]", entries.join(",")).as_bytes()).unwrap();
            (named.messages.len(), named.groups.len())
        };
        assert_eq!(of_one(limits::WEBHOOK_OF_GROUP - 1), (limits::WEBHOOK_OF_GROUP - 1, 0));
        assert_eq!(of_one(limits::WEBHOOK_OF_GROUP), (0, 1));
        let many: Vec<String> = (0..=limits::WEBHOOK_NAMES).map(|n| format!(r#"{{"groupId":"G{n}"}}"#)).collect();
        let error = named(format!("[{}]", many.join(",")).as_bytes()).unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    }
}
