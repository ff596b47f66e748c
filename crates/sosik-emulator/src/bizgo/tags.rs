//! Group tags, the permission to write beyond a channel's friends, and the free number to refuse by.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, post};
use chrono::{DateTime, Months, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bizgo::answer::{Refusal, success};
use crate::bizgo::center::{Queried, asked, with_body};
use crate::bizgo::check::{length, refuse};
use crate::bizgo::routes::read_file;
use crate::journal::{CenterEvent, Dealer, Event, Message};
use crate::ledger::Ledger;
use crate::server::Shared;

/// The body about a group tag. It names no sender profile: tags are the account's here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tag {
    group_tag_key: String,
    group_tag_name: String,
}

/// The body about the free number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefusalContent {
    sender_key: String,
    unsubscribe_phone_number: String,
    unsubscribe_auth_number: Option<String>,
}

/// How many friends a channel needs for the permission.
const FRIENDS: u64 = 50_000;

/// How old its last Alimtalk may be.
const RECENT: Months = Months::new(3);

fn told<'a>(tags: impl Iterator<Item = (&'a String, &'a String)>) -> Value {
    let tags: Vec<Value> = tags.map(|(key, name)| json!({ "groupTagKey": key, "groupTagName": name })).collect();
    json!({ "groupTags": tags })
}

impl Ledger {
    pub(crate) fn put_tag(&mut self, tag: Tag, is_new: bool) -> Result<Value, Refusal> {
        let Tag { group_tag_key: key, group_tag_name: name } = tag;
        length("A300", "groupTagKey", Some(&key), 1, 40)?;
        if name.is_empty() {
            return refuse("A300", "groupTagName: it is empty");
        }
        match (self.bizgo.tags.contains_key(&key), is_new) {
            (true, true) => return refuse("A300", "groupTagKey: there is one already"),
            (false, false) => return refuse("A820", "groupTagKey: no such tag"),
            _ => {}
        }
        self.write_down(Event::Center(CenterEvent::Tagged { key: key.clone(), name: Some(name) }))?;
        self.tag(&key)
    }

    pub(crate) fn tag(&self, key: &str) -> Result<Value, Refusal> {
        match self.bizgo.tags.get_key_value(key) {
            Some(found) => Ok(told(std::iter::once(found))),
            None => refuse("A820", "groupTagKey: no such tag"),
        }
    }

    pub(crate) fn tags(&self) -> Value {
        told(self.bizgo.tags.iter())
    }

    pub(crate) fn delete_tag(&mut self, key: &str) -> Result<(), Refusal> {
        self.tag(key)?;
        self.write_down(Event::Center(CenterEvent::Tagged { key: key.to_owned(), name: None }))
    }

    /// That the permission can be asked for. Its makers name the conditions, and not by which code it is denied.
    pub(crate) fn may_ask(&self, sender_key: &str) -> Result<(), Refusal> {
        let now = self.now();
        let recent = |message: &Message| {
            let alimtalk = message.dealer == Dealer::Bizgo && message.tries.iter().any(|it| it.service == "ALIMTALK");
            alimtalk && message.at <= now && is_recent(message.at, now)
        };
        let met = self.options.friends >= FRIENDS
            && self.bizgo.evidence.contains(sender_key)
            && !self.bizgo.asked.contains(sender_key)
            && self.messages.iter().any(recent);
        if met { Ok(()) } else { refuse("A325", "a condition of the permission is not met") }
    }

    /// It is asked for, and not given: whether Kakao gave it is told when the emulator is started.
    pub(crate) fn ask(&mut self, sender_key: &str) -> Result<(), Refusal> {
        length("A502", "senderKey", Some(sender_key), 1, 40)?;
        self.may_ask(sender_key)?;
        self.write_down(Event::Center(CenterEvent::Asked { sender_key: sender_key.to_owned() }))
    }

    pub(crate) fn keep_evidence(&mut self, sender_key: &str, file: &[u8]) -> Result<Value, Refusal> {
        length("A502", "senderKey", Some(sender_key), 1, 40)?;
        if file.is_empty() {
            return refuse("A204", "file: it is empty");
        }
        self.write_down(Event::Center(CenterEvent::Evidence { sender_key: sender_key.to_owned() }))?;
        let key = self.name(&format!("evidence {sender_key}"), 12);
        Ok(json!({ "marketingAgree": { "fileKey": key } }))
    }

    pub(crate) fn keep_refusal(&mut self, content: &RefusalContent) -> Result<(), Refusal> {
        length("A502", "senderKey", Some(&content.sender_key), 1, 40)?;
        let digits: String = content.unsubscribe_phone_number.split('-').collect();
        let is_free = digits.starts_with("080") && (10..=11).contains(&digits.len());
        if !is_free || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse("A300", "unsubscribePhoneNumber: a free number, 080-0000-0000");
        }
        length("A300", "unsubscribeAuthNumber", content.unsubscribe_auth_number.as_deref(), 1, 10)?;
        let number = content.unsubscribe_phone_number.clone();
        let event = CenterEvent::RefusedBy { sender_key: content.sender_key.clone(), number };
        self.write_down(Event::Center(event))
    }
}

fn is_recent(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at.checked_add_months(RECENT).is_none_or(|end| end >= now)
}

const BASE: &str = "/api/comm/v1/center/brandmessage";

type Server = State<Arc<Shared>>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    let at = |path: &str| format!("{BASE}/{path}");
    Router::new()
        .route(&at("groupTag"), post(make).put(rename).get(one))
        .route(&at("groupTag/list"), get(list))
        .route(&at("groupTag/senderKey/{key}/groupTagKey/{tag}"), delete(forget))
        .route(&at("sendPermission"), get(may_ask).post(ask))
        .route(&at("marketingAgree"), post(evidence))
        .route(&at("unSubscribeContent"), post(refusal))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Tagged {
    group_tag: Tag,
}

async fn make(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Tagged { group_tag }| ledger.put_tag(group_tag, true))
}

async fn rename(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Tagged { group_tag }| ledger.put_tag(group_tag, false))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TagQuery {
    #[serde(rename = "senderKey")]
    _sender_key: String,
    group_tag_key: String,
}

async fn one(State(shared): Server, headers: HeaderMap, query: Queried<TagQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| ledger.tag(&query.group_tag_key))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SenderQuery {
    sender_key: String,
}

async fn list(State(shared): Server, headers: HeaderMap, query: Queried<SenderQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, _| Ok(ledger.tags()))
}

async fn forget(State(shared): Server, Path((_, tag)): Path<(String, String)>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.delete_tag(&tag).map(|()| success(json!({}))))
}

async fn may_ask(State(shared): Server, headers: HeaderMap, query: Queried<SenderQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| ledger.may_ask(&query.sender_key).map(|()| json!({})))
}

/// Here with a capital M.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Application {
    brand_message: SenderQuery,
}

async fn ask(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Application { brand_message }| {
        ledger.ask(&brand_message.sender_key).map(|()| json!({}))
    })
}

async fn evidence(State(shared): Server, headers: HeaderMap, mut form: Multipart) -> Response {
    let file = read_file(&mut form, &["senderKey"]).await;
    shared.call(&headers, |ledger| {
        let file = file?;
        if !file.has_type() {
            return refuse("A205", "file: it has no type");
        }
        let sender_key = file.fields.get("senderKey").map(String::as_str).unwrap_or_default();
        ledger.keep_evidence(sender_key, &file.content).map(success)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Brand {
    brandmessage: RefusalContent,
}

async fn refusal(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Brand { brandmessage }| {
        ledger.keep_refusal(&brandmessage).map(|()| json!({}))
    })
}
