//! Reservations: messages that go at a time to come, and can be taken back before it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, post};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bizgo::answer::{Refusal, success, with_reservation};
use crate::bizgo::center::with_body;
use crate::bizgo::check::{length, refuse};
use crate::bizgo::group_send::civil;
use crate::bizgo::request::{Destination, FlowItem, SendOmni};
use crate::bizgo::routes::{counted, parse};
use crate::faults::lost;
use crate::journal::{CenterEvent, Event};
use crate::ledger::Ledger;
use crate::server::Shared;
use crate::time::{is_open, later, seoul};

const BASE: &str = "/api/comm/v1/reservation";

/// The body of a reservation: that of a sending without its keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reserve {
    destinations: Vec<Destination>,
    message_flow: Vec<FlowItem>,
    resv_send_time: String,
    resv_name: Option<String>,
    payment_code: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
}

/// The body of a change.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    resv_send_time: String,
    resv_name: Option<String>,
}

/// A reservation, and where its messages stand.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Reservation {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) made: DateTime<Utc>,
    pub(crate) due: DateTime<Utc>,
    pub(crate) advertises: bool,
    /// The keys of its messages.
    pub(crate) messages: Vec<String>,
    #[serde(default)]
    pub(crate) cancelled: Option<DateTime<Utc>>,
    /// When its time was changed last.
    #[serde(default)]
    pub(crate) changed: Option<DateTime<Utc>>,
}

impl Reservation {
    fn status(&self, now: DateTime<Utc>) -> &'static str {
        match self.cancelled {
            Some(_) => "CANCELLED",
            None if now < self.due => "PENDING",
            None => "PROCESSING",
        }
    }

    fn tell(&self, seq: usize, now: DateTime<Utc>) -> Value {
        let stamp = |at: DateTime<Utc>| seoul(at).format("%Y-%m-%d %H:%M:%S").to_string();
        let sent = if self.status(now) == "PROCESSING" { self.messages.len() } else { 0 };
        json!({
            "seq": seq + 1, "resvKey": self.key, "resvName": self.name, "productType": "MESSAGE",
            "status": self.status(now), "adYn": if self.advertises { "Y" } else { "N" },
            "resvSendTime": stamp(self.due), "expectedCnt": self.messages.len(), "sentCnt": sent,
            "regDate": stamp(self.made), "updateDate": stamp(self.cancelled.or(self.changed).unwrap_or(self.made)),
        })
    }
}

fn advertises(item: &FlowItem) -> bool {
    let marked = |text: &Option<String>| text.as_deref().is_some_and(|text| text.starts_with("(광고)"));
    match item {
        FlowItem { brandmessage: Some(message), .. } => message.ad_flag.as_deref() != Some("N"),
        FlowItem { sms: Some(sms), .. } => marked(&sms.text),
        FlowItem { mms: Some(mms), .. } => marked(&mms.text),
        _ => false,
    }
}

/// When it goes, if that can be: ten minutes to a year ahead, and an advertisement by day.
fn due(text: &str, advertises: bool, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let at = |form| civil(text, form);
    let Some(due) = at("%Y-%m-%d %H:%M:%S").or_else(|| at("%Y-%m-%dT%H:%M:%S")) else {
        return refuse("A315", "resvSendTime: yyyy-MM-dd HH:mm:ss in Seoul");
    };
    if due < later(now, TimeDelta::minutes(10)) {
        return refuse("A316", "resvSendTime: at least 10 minutes ahead");
    }
    if due > later(now, TimeDelta::days(365)) {
        return refuse("A331", "resvSendTime: a year ahead at the most");
    }
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let time = seoul(due).time();
    if advertises && (time < hour(8) || time >= hour(20)) {
        return refuse("A330", "resvSendTime: an advertisement between 08:00 and 20:00 in Seoul");
    }
    Ok(due)
}

impl Ledger {
    fn reserve(&mut self, body: Reserve) -> Result<(Value, String, bool), Refusal> {
        let now = self.now();
        let advertises = body.message_flow.iter().any(advertises);
        let due = due(&body.resv_send_time, advertises, now)?;
        length("A300", "resvName", body.resv_name.as_deref(), 1, 100)?;
        length("A300", "ref", body.reference.as_deref(), 1, 200)?;
        let request = SendOmni {
            destinations: body.destinations,
            message_flow: body.message_flow,
            payment_code: body.payment_code,
            group_key: None,
            idempotency_key: None,
            idempotency_ttl: None,
            reference: body.reference,
        };
        let before = self.messages.len();
        let sent = self.send_at(&request, due)?;
        let key = self.name(&format!("reservation {}", self.bizgo.reservations.len() + 1), 16);
        let messages = self.messages[before..].iter().map(|message| message.key.clone()).collect();
        let name = body.resv_name;
        let reservation = Reservation {
            key: key.clone(),
            name,
            made: now,
            due,
            advertises,
            messages,
            cancelled: None,
            changed: None,
        };
        self.write_down(Event::Center(CenterEvent::Reserved { reservation }))?;
        Ok((json!({ "destinations": sent.destinations }), key, sent.lost))
    }

    fn reservation(&self, key: &str) -> Result<(usize, &Reservation), Refusal> {
        let found = self.bizgo.reservations.iter().enumerate().find(|(_, reservation)| reservation.key == key);
        found.map_or_else(|| refuse("A820", "resvKey: no such reservation"), Ok)
    }

    /// That it waits still, and its place.
    fn waiting(&self, key: &str) -> Result<(usize, &Reservation), Refusal> {
        let (seq, reservation) = self.reservation(key)?;
        match reservation.status(self.now()) {
            "PENDING" => Ok((seq, reservation)),
            status => refuse("A824", format!("resvKey: not possible in the state {status}")),
        }
    }

    fn change_reservation(&mut self, key: &str, change: Change) -> Result<Value, Refusal> {
        let now = self.now();
        let (seq, reservation) = self.waiting(key)?;
        length("A332", "resvName", change.resv_name.as_deref(), 1, 100)?;
        let due = due(&change.resv_send_time, reservation.advertises, now)?;
        let by_kakao = |key: &String| {
            let message = self.by_key.get(key).map(|place| &self.messages[*place]);
            message.is_some_and(|message| message.tries.iter().any(|attempt| attempt.service == "BRANDMESSAGE"))
        };
        if is_open(due) != is_open(reservation.due) && reservation.messages.iter().any(by_kakao) {
            return refuse("A300", "resvSendTime: into the night or out of it a brand message is not moved here");
        }
        let event = CenterEvent::Rescheduled { key: key.to_owned(), at: now, due, name: change.resv_name };
        self.write_down(Event::Center(event))?;
        Ok(self.bizgo.reservations[seq].tell(seq, now))
    }

    fn take_out(&mut self, key: &str, message: &str) -> Result<(), Refusal> {
        let (_, reservation) = self.waiting(key)?;
        if !reservation.messages.iter().any(|one| one == message) {
            return refuse("A820", "msgKey: no such recipient");
        }
        let event = CenterEvent::TakenOut { key: key.to_owned(), message: message.to_owned() };
        self.write_down(Event::Center(event))
    }

    fn cancel_reservation(&mut self, key: &str) -> Result<Value, Refusal> {
        let now = self.now();
        let (seq, _) = self.waiting(key)?;
        self.write_down(Event::Center(CenterEvent::Withdrawn { key: key.to_owned(), at: now }))?;
        Ok(self.bizgo.reservations[seq].tell(seq, now))
    }
}

type Server = State<Arc<Shared>>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route(BASE, post(create))
        .route(&format!("{BASE}/list"), get(list))
        .route(&format!("{BASE}/resvKey/{{key}}"), get(one).put(change))
        .route(&format!("{BASE}/resvKey/{{key}}/cancel"), post(cancel))
        .route(&format!("{BASE}/resvKey/{{key}}/destinations"), get(destinations))
        .route(&format!("{BASE}/resvKey/{{key}}/destinations/msgKey/{{message}}"), delete(take_out))
}

async fn create(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    let mut ledger = shared.ledger();
    let answer = shared.authorized(&headers).and_then(|()| {
        let body: Reserve = parse(&body)?;
        let reference = body.reference.clone();
        let (data, key, is_lost) = ledger.reserve(body)?;
        Ok(if is_lost { lost() } else { with_reservation(&data, reference.as_deref(), &key) })
    });
    counted(&mut ledger, answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListQuery {
    resv_send_time: String,
    payment_code: Option<String>,
    last_seq: Option<usize>,
    limit: Option<usize>,
}

async fn list(
    State(shared): Server,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    shared.call(&headers, |ledger| {
        let Query(query) = query.map_err(|error| Refusal::service("A300", error.to_string()))?;
        let Some(from) = civil(&query.resv_send_time, "%Y-%m-%d %H:%M:%S") else {
            return refuse("A300", "resvSendTime: yyyy-MM-dd HH:mm:ss in Seoul");
        };
        if query.payment_code.is_some() {
            return refuse("A300", "paymentCode: not served here, and so refused");
        }
        let limit @ 1..=1000 = query.limit.unwrap_or(100) else { return refuse("A300", "limit: 1 to 1000") };
        let now = ledger.now();
        let all = ledger.bizgo.reservations.iter().enumerate();
        let mut rest = all.skip(query.last_seq.unwrap_or(0)).filter(|(_, reservation)| reservation.due >= from);
        let page: Vec<_> = rest.by_ref().take(limit).collect();
        let (last, more) = (page.last().map_or(0, |(seq, _)| seq + 1), rest.next().is_some());
        let told: Vec<Value> = page.into_iter().map(|(seq, reservation)| reservation.tell(seq, now)).collect();
        Ok(success(json!({ "lastSeq": last, "hasNext": more, "reservations": told })))
    })
}

async fn one(State(shared): Server, Path(key): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| {
        let (seq, reservation) = ledger.reservation(&key)?;
        Ok(success(reservation.tell(seq, ledger.now())))
    })
}

async fn cancel(State(shared): Server, Path(key): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.cancel_reservation(&key).map(success))
}

async fn change(State(shared): Server, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, change| ledger.change_reservation(&key, change))
}

async fn take_out(State(shared): Server, Path((key, message)): Path<(String, String)>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.take_out(&key, &message).map(|()| success(json!({}))))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PageQuery {
    last_seq: Option<usize>,
    limit: Option<usize>,
}

async fn destinations(
    State(shared): Server,
    Path(key): Path<String>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    shared.call(&headers, |ledger| {
        let Query(query) = query.map_err(|error| Refusal::service("A300", error.to_string()))?;
        let limit @ 1..=1000 = query.limit.unwrap_or(100) else { return refuse("A300", "limit: 1 to 1000") };
        let (_, reservation) = ledger.reservation(&key)?;
        let skip = query.last_seq.unwrap_or(0);
        let page: Vec<Value> = reservation.messages.iter().enumerate().skip(skip).take(limit).map(|(seq, key)| {
            let message = ledger.by_key.get(key).map(|place| &ledger.messages[*place]);
            json!({
                "msgKey": key, "destSeq": seq + 1, "to": message.and_then(|message| message.to.clone()), "status": "PENDING",
            })
        }).collect();
        let last = skip + page.len();
        let more = last < reservation.messages.len();
        Ok(success(json!({ "lastSeq": last, "hasNext": more, "destinations": page })))
    })
}
