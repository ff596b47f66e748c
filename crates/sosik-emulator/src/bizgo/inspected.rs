//! Templates of 알림톡 (Alimtalk) and how far their inspection is.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bizgo::alimtalk::Input;
use crate::bizgo::answer::{Refusal, success};
use crate::bizgo::center::{Queried, asked, with_body};
use crate::bizgo::check::refuse;
use crate::journal::{CenterEvent, Event};
use crate::ledger::Ledger;
use crate::server::Shared;
use crate::template::Template;
use crate::time::seoul;

/// A template, as it stands at the centre.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Inspected {
    pub(crate) input: Input,
    /// `REG`, `REQ`, `APR` or `REJ`.
    pub(crate) state: String,
    pub(crate) made: DateTime<Utc>,
    pub(crate) changed: DateTime<Utc>,
    pub(crate) comments: Vec<Comment>,
}

/// What was said of a template.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Comment {
    pub(crate) at: DateTime<Utc>,
    pub(crate) status: String,
    pub(crate) text: String,
}

impl Inspected {
    /// What messages by it are filled in from.
    pub(crate) fn template(&self) -> Template {
        let Input { template_code, text, .. } = &self.input;
        let template = Template::new(template_code.clone().unwrap_or_default(), text.clone().unwrap_or_default());
        self.input.more().into_iter().fold(template, Template::with)
    }

    fn tell(&self, in_list: bool) -> Value {
        let stamp = |at: DateTime<Utc>| seoul(at).format("%Y-%m-%d %H:%M:%S").to_string();
        let mut told = serde_json::to_value(&self.input).unwrap_or_default();
        let pictured = self.input.template_emphasize_type.as_deref() == Some("IMAGE");
        told["senderKeyType"] = json!("S");
        told["msgType"] = json!(if pictured { "AI" } else { "AT" });
        told["inspectionStatus"] = json!(self.state);
        told["status"] = json!(if self.state == "APR" { "A" } else { "R" });
        (told["block"], told["dormant"]) = (json!("false"), json!("false"));
        (told["createdAt"], told["modifiedAt"]) = (json!(stamp(self.made)), json!(stamp(self.changed)));
        if !in_list {
            let comment = |(at, comment): (usize, &Comment)| {
                json!({
                    "id": at + 1, "createdAt": stamp(comment.at), "status": comment.status, "content": comment.text,
                    "attachment": [],
                })
            };
            told["comments"] = self.comments.iter().enumerate().map(comment).collect();
        }
        told
    }
}

impl Ledger {
    fn inspected(&self, sender_key: &str, code: &str) -> Result<&Inspected, Refusal> {
        let found = self.bizgo.alimtalk.get(&(sender_key.to_owned(), code.to_owned()));
        found.map_or_else(|| refuse("A505", "templateCode: no such template"), Ok)
    }

    pub(crate) fn put_alimtalk(&mut self, input: Input, is_new: bool) -> Result<Value, Refusal> {
        input.check(&self.pictures)?;
        let (key, code) =
            (input.sender_key.clone().unwrap_or_default(), input.template_code.clone().unwrap_or_default());
        let before = self.bizgo.alimtalk.get(&(key.clone(), code.clone()));
        let (made, comments) = match (before, is_new) {
            (None, true) if !self.templates.contains_key(&code) => (self.now(), Vec::new()),
            (_, true) => return refuse("A505", "templateCode: there is one already"),
            (None, false) => return refuse("A505", "templateCode: no such template"),
            (Some(before), false) if matches!(before.state.as_str(), "REG" | "REJ") => {
                (before.made, before.comments.clone())
            }
            (Some(before), false) => {
                let state = &before.state;
                return refuse("A824", format!("templateCode: in the state {state} nothing is changed here"));
            }
        };
        let template = Inspected { input, state: "REG".to_owned(), made, changed: self.now(), comments };
        self.write_down(Event::Center(CenterEvent::Drafted {
            sender_key: key.clone(),
            code: code.clone(),
            template: Box::new(template),
        }))?;
        self.alimtalk(&key, &code)
    }

    pub(crate) fn alimtalk(&self, sender_key: &str, code: &str) -> Result<Value, Refusal> {
        self.inspected(sender_key, code).map(|template| json!({ "alimtalk": template.tell(false) }))
    }

    pub(crate) fn alimtalks(&self, sender_key: &str, state: Option<&str>, offset: usize, limit: usize) -> Value {
        let ours = self
            .bizgo
            .alimtalk
            .iter()
            .filter(|((key, _), template)| key == sender_key && state.is_none_or(|state| template.state == state));
        let told: Vec<Value> = ours.skip(offset).take(limit).map(|(_, template)| template.tell(true)).collect();
        json!({ "alimtalk": { "templates": told } })
    }

    pub(crate) fn request_inspection(
        &mut self,
        sender_key: &str,
        code: &str,
        comment: Option<String>,
    ) -> Result<(), Refusal> {
        if self.inspected(sender_key, code)?.state != "REG" {
            return refuse("A824", "templateCode: only one that is registered (REG) is inspected");
        }
        self.inspect(sender_key, code, "REQ", comment)
    }

    pub(crate) fn cancel_inspection(&mut self, sender_key: &str, code: &str) -> Result<(), Refusal> {
        if self.inspected(sender_key, code)?.state != "REQ" {
            return refuse("A824", "templateCode: no inspection was asked for");
        }
        self.inspect(sender_key, code, "REG", None)
    }

    /// What Kakao's inspectors decide of a template that was asked for, wherever it is registered.
    pub(crate) fn decide(&mut self, code: &str, verdict: &str, comment: Option<String>) -> Result<(), Refusal> {
        let waiting =
            self.bizgo.alimtalk.iter().find(|((_, known), template)| known == code && template.state == "REQ");
        let Some(((sender_key, _), _)) = waiting else {
            return refuse("A505", "no template of this code waits for its inspection");
        };
        let sender_key = sender_key.clone();
        self.inspect(&sender_key, code, verdict, comment)
    }

    fn inspect(&mut self, sender_key: &str, code: &str, state: &str, text: Option<String>) -> Result<(), Refusal> {
        let at = self.now();
        let comment = text.map(|text| Comment { at, status: state.to_owned(), text });
        self.write_down(Event::Center(CenterEvent::Inspected {
            sender_key: sender_key.to_owned(),
            code: code.to_owned(),
            state: state.to_owned(),
            at,
            comment,
        }))
    }

    pub(crate) fn delete_alimtalk(&mut self, sender_key: &str, code: &str) -> Result<(), Refusal> {
        let state = &self.inspected(sender_key, code)?.state;
        if !matches!(state.as_str(), "REG" | "REJ") {
            return refuse("A824", format!("templateCode: in the state {state} it is not deleted here"));
        }
        self.write_down(Event::Center(CenterEvent::Discarded {
            sender_key: sender_key.to_owned(),
            code: code.to_owned(),
        }))
    }
}

const BASE: &str = "/api/comm/v1/center/alimtalk";

type Server = State<Arc<Shared>>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    let at = |path: &str| format!("{BASE}/{path}");
    Router::new()
        .route(&at("template"), post(register).put(change).get(one))
        .route(&at("template/list"), get(list))
        .route(&at("template/request"), post(request))
        .route(&at("template/request/cancel"), post(cancel))
        .route(&at("template/senderKey/{key}/templateCode/{code}"), delete(discard))
        .route(&at("category"), get(categories))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alimtalk<T> {
    alimtalk: T,
}

async fn register(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Alimtalk { alimtalk }| ledger.put_alimtalk(alimtalk, true))
}

async fn change(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Alimtalk { alimtalk }| ledger.put_alimtalk(alimtalk, false))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OneQuery {
    sender_key: String,
    template_code: String,
}

async fn one(State(shared): Server, headers: HeaderMap, query: Queried<OneQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| ledger.alimtalk(&query.sender_key, &query.template_code))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListQuery {
    sender_key: String,
    sender_key_type: Option<String>,
    status: Option<String>,
    inspection_status: Option<String>,
    template_type: Option<String>,
    offset: Option<usize>,
    limit: Option<usize>,
}

async fn list(State(shared): Server, headers: HeaderMap, query: Queried<ListQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        if !matches!(query.sender_key_type.as_deref(), None | Some("S")) {
            return refuse("A300", "senderKeyType: S only here");
        }
        if query.status.is_some() || query.template_type.is_some() {
            return refuse("A300", "status and templateType: their words are not documented, and so refused");
        }
        if !matches!(query.inspection_status.as_deref(), None | Some("REG" | "REQ" | "APR" | "REJ")) {
            return refuse("A300", "inspectionStatus: REG, REQ, APR or REJ");
        }
        let limit @ 1..=1000 = query.limit.unwrap_or(100) else {
            return refuse("A300", "limit: 1 to 1000");
        };
        let state = query.inspection_status.as_deref();
        Ok(ledger.alimtalks(&query.sender_key, state, query.offset.unwrap_or(0), limit))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    sender_key: String,
    sender_key_type: Option<String>,
    template_code: String,
    comment: Option<String>,
}

/// Files beside a request come as a form, which is no JSON: that is refused here.
async fn request(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Alimtalk { alimtalk }: Alimtalk<Request>| {
        if !matches!(alimtalk.sender_key_type.as_deref(), None | Some("S")) {
            return refuse("A300", "senderKeyType: S only here");
        }
        ledger.request_inspection(&alimtalk.sender_key, &alimtalk.template_code, alimtalk.comment)?;
        Ok(json!({}))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Cancel {
    sender_key: String,
    template_code: String,
}

async fn cancel(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Alimtalk { alimtalk }: Alimtalk<Cancel>| {
        ledger.cancel_inspection(&alimtalk.sender_key, &alimtalk.template_code).map(|()| json!({}))
    })
}

async fn discard(State(shared): Server, Path((key, code)): Path<(String, String)>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.delete_alimtalk(&key, &code).map(|()| success(json!({}))))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CategoryQuery {
    category_code: Option<String>,
}

/// Kakao's list is not published; the one category here is that of templates which name none (NHN Cloud's Alimtalk API
/// v2.3, 2026-06-23).
async fn categories(State(shared): Server, headers: HeaderMap, query: Queried<CategoryQuery>) -> Response {
    asked(&shared, &headers, query, |_, query| {
        let other = json!({ "code": "999999", "name": "기타", "groupName": "기타" });
        match query.category_code.as_deref() {
            None => Ok(json!({ "categories": [other] })),
            Some("999999") => Ok(json!({ "category": other })),
            Some(_) => refuse("A820", "categoryCode: no such category is here"),
        }
    })
}
