//! Friend groups: lists of numbers at the dealer, to which a group send can go.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bizgo::answer::Refusal;
use crate::bizgo::check::refuse;
use crate::journal::{CenterEvent, Event};
use crate::ledger::Ledger;
use crate::text::is_mobile;
use crate::time::{later, seoul};

/// The body of a registration, and of a change.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    sender_key: String,
    friend_group_key: String,
    file_key: Option<String>,
    phone_numbers: Option<Vec<String>>,
}

/// A friend group. Of its members only keyed hashes are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct FriendGroup {
    pub(crate) members: BTreeSet<String>,
    pub(crate) made: DateTime<Utc>,
    pub(crate) changes: Vec<Change>,
}

/// A registration or a change of a friend group.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) who: Vec<String>,
}

impl FriendGroup {
    /// Whether the last change is done: it takes as long as a receipt.
    pub(crate) fn is_done(&self, now: DateTime<Utc>, takes: TimeDelta) -> bool {
        self.changes.last().is_none_or(|last| later(last.at, takes) <= now)
    }
}

impl Ledger {
    pub(crate) fn friend_group(&self, sender_key: &str, key: &str) -> Result<&FriendGroup, Refusal> {
        let found = self.bizgo.friend_groups.get(&(sender_key.to_owned(), key.to_owned()));
        found.map_or_else(|| refuse("A820", "friendGroupKey: no such group of this sender profile"), Ok)
    }

    /// Makes a group (`NEW`), or adds to one (`ADD`), or takes out of it (`DELETE`).
    pub(crate) fn change_friends(&mut self, input: &Input, kind: &str) -> Result<Value, Refusal> {
        let Input { sender_key, friend_group_key: key, file_key, phone_numbers } = input;
        if sender_key.is_empty() || sender_key.chars().count() > 40 {
            return refuse("A502", "senderKey: 1 to 40 characters");
        }
        if key.is_empty() || key.chars().count() > 50 {
            return refuse("A300", "friendGroupKey: 1 to 50 characters");
        }
        if file_key.is_some() {
            return refuse("A300", "fileKey: numbers by file are not served here, and so refused");
        }
        let numbers = phone_numbers.as_deref().unwrap_or_default();
        if numbers.is_empty() || numbers.len() > 10_000 {
            return refuse("A300", "phoneNumbers: 1 to 10000");
        }
        if let Some(at) = numbers.iter().position(|number| !is_mobile(number)) {
            return refuse("A306", format!("phoneNumbers[{at}]: not a mobile number"));
        }
        let known = self.bizgo.friend_groups.get(&(sender_key.clone(), key.clone()));
        match (kind, known) {
            ("NEW", Some(_)) => return refuse("A300", "friendGroupKey: a group of this key is there already"),
            ("NEW", None) => {}
            (_, None) => return refuse("A820", "friendGroupKey: no such group of this sender profile"),
            (_, Some(group)) if !group.is_done(self.now(), self.options.receipt_delay) => {
                return refuse("A824", "friendGroupKey: a change is under way");
            }
            _ => {}
        }
        let change = Change {
            id: (3_930_171_852_209_730_143 + self.bizgo.changes + 1).to_string(),
            kind: kind.to_owned(),
            at: self.now(),
            who: numbers.iter().map(|number| self.who(number)).collect(),
        };
        let answer = json!({ "friendGroup": self.process(key, &change) });
        let (sender_key, key) = (sender_key.clone(), key.clone());
        self.write_down(Event::Center(CenterEvent::Friends { sender_key, key, change }))?;
        Ok(answer)
    }

    fn process(&self, key: &str, change: &Change) -> Value {
        let done = later(change.at, self.options.receipt_delay) <= self.now();
        json!({
            "friendGroupKey": key, "requestId": change.id, "type": if change.kind == "DELETE" { "DELETE" } else { "ADD" },
            "status": if done { "COMPLETED" } else { "IN_PROGRESS" },
            "processedCount": if done { change.who.len() } else { 0 },
            "createdAt": stamp(change.at), "modifiedAt": stamp(change.at),
        })
    }

    pub(crate) fn friend_group_answer(&self, sender_key: &str, key: &str) -> Result<Value, Refusal> {
        let group = self.friend_group(sender_key, key)?;
        let done = group.is_done(self.now(), self.options.receipt_delay);
        let mut answer = json!({
            "friendGroupKey": key, "userCount": group.members.len(),
            "status": if done { "COMPLETED" } else { "IN_PROGRESS" },
            "createdAt": stamp(group.made),
            "modifiedAt": stamp(group.changes.last().map_or(group.made, |last| last.at)),
        });
        if done {
            answer["friendCount"] = json!((group.members.len() as u64).min(self.options.friends));
        }
        Ok(answer)
    }

    pub(crate) fn friend_groups(&self, sender_key: &str) -> Result<Value, Refusal> {
        let ours = self.bizgo.friend_groups.keys().filter(|(owner, _)| owner == sender_key);
        let list: Result<Vec<_>, _> = ours.map(|(_, key)| self.friend_group_answer(sender_key, key)).collect();
        Ok(json!({ "friendGroups": list? }))
    }

    /// The changes of a group after one of them, the oldest first.
    pub(crate) fn friend_changes(
        &self,
        sender_key: &str,
        key: &str,
        after: Option<&str>,
        count: usize,
    ) -> Result<Value, Refusal> {
        let group = self.friend_group(sender_key, key)?;
        let start = match after {
            None => 0,
            Some(id) => match group.changes.iter().position(|change| change.id == id) {
                Some(at) => at + 1,
                None => return refuse("A820", "lastRequestId: no such request"),
            },
        };
        let page: Vec<_> =
            group.changes.iter().skip(start).take(count).map(|change| self.process(key, change)).collect();
        let has_next = start + page.len() < group.changes.len();
        Ok(json!({ "friendGroups": page, "hasNext": has_next }))
    }

    pub(crate) fn friend_change(&self, sender_key: &str, key: &str, id: &str) -> Result<Value, Refusal> {
        let group = self.friend_group(sender_key, key)?;
        match group.changes.iter().find(|change| change.id == id) {
            Some(change) => Ok(json!({ "friendGroup": self.process(key, change) })),
            None => refuse("A820", "requestId: no such request"),
        }
    }

    pub(crate) fn forget_friends(&mut self, sender_key: &str, key: &str) -> Result<(), Refusal> {
        self.friend_group(sender_key, key)?;
        let (sender_key, key) = (sender_key.to_owned(), key.to_owned());
        self.write_down(Event::Center(CenterEvent::Forgotten { sender_key, key }))
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    seoul(at).format("%Y-%m-%d %H:%M:%S").to_string()
}
