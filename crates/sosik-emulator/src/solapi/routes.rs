//! SOLAPI's calls.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query as Asked, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::lost;
use crate::ledger::Ledger;
use crate::server::Shared;
use crate::solapi::answer::Refusal;
use crate::solapi::listing::Query;
use crate::solapi::request::{EmptyGroup, FillGroup, MakeGroup, Schedule, SendMany, Upload};

type Server = State<Arc<Shared>>;
type Question = Result<Asked<Query>, axum::extract::rejection::QueryRejection>;

/// 10,000 messages with a carousel each.
const BODY: usize = 64 * 1024 * 1024;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/messages/v4/send-many/detail", post(send_detail))
        .route("/messages/v4/send-many/fast", post(send_fast))
        .route("/messages/v4/list", get(list))
        .route("/messages/v4/statistics", get(statistics))
        .route("/messages/v4/groups", post(make).get(groups))
        .route("/messages/v4/groups/{id}", get(group).delete(remove))
        .route("/messages/v4/groups/{id}/messages", put(fill).get(messages).delete(empty))
        .route("/messages/v4/groups/{id}/send", post(send))
        .route("/messages/v4/groups/{id}/schedule", post(schedule).delete(cancel))
        .route("/storage/v1/files", post(upload))
        .route("/cash/v1/balance", get(balance))
        .layer(DefaultBodyLimit::max(BODY))
}

fn answer(
    shared: &Shared,
    headers: &HeaderMap,
    work: impl FnOnce(&mut Ledger) -> Result<Response, Refusal>,
) -> Response {
    let mut ledger = shared.ledger();
    let now = ledger.callers_now();
    let account = shared.solapi.as_ref().ok_or_else(|| Refusal::auth("InvalidAPIKey", "no account is set up here"));
    let allowed = account.and_then(|account| ledger.solapi.used.check(headers, account, now));
    allowed.and_then(|()| work(&mut ledger)).unwrap_or_else(|refusal| {
        ledger.refused(refusal.code());
        refusal.into_response()
    })
}

/// A call that is answered with JSON.
fn told(shared: &Shared, headers: &HeaderMap, work: impl FnOnce(&mut Ledger) -> Result<Value, Refusal>) -> Response {
    answer(shared, headers, |ledger| work(ledger).map(|value| Json(value).into_response()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(format!("the body does not fit: {error}")))
}

fn asked(question: Question) -> Result<Query, Refusal> {
    question.map(|Asked(query)| query).map_err(|error| Refusal::invalid(error.to_string()))
}

async fn send_detail(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    send_many(&shared, &headers, &body, "4")
}

async fn send_fast(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    send_many(&shared, &headers, &body, "v4-fast")
}

fn send_many(shared: &Shared, headers: &HeaderMap, body: &[u8], version: &str) -> Response {
    answer(shared, headers, |ledger| {
        let request: SendMany = parse(body)?;
        let (value, is_lost) = ledger.send_many(request, version)?;
        Ok(if is_lost { lost() } else { Json(value).into_response() })
    })
}

async fn list(State(shared): Server, headers: HeaderMap, question: Question) -> Response {
    told(&shared, &headers, |ledger| ledger.list(&asked(question)?))
}

async fn statistics(State(shared): Server, headers: HeaderMap, question: Question) -> Response {
    told(&shared, &headers, |ledger| ledger.statistics(&asked(question)?))
}

async fn make(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    told(&shared, &headers, |ledger| {
        let request: MakeGroup = parse(&body)?;
        ledger.make_group(request)
    })
}

async fn groups(State(shared): Server, headers: HeaderMap, question: Question) -> Response {
    told(&shared, &headers, |ledger| ledger.list_groups(&asked(question)?))
}

async fn group(State(shared): Server, Path(id): Path<String>, headers: HeaderMap) -> Response {
    told(&shared, &headers, |ledger| ledger.tell_group(&id))
}

async fn remove(State(shared): Server, Path(id): Path<String>, headers: HeaderMap) -> Response {
    told(&shared, &headers, |ledger| ledger.delete_group(&id))
}

async fn fill(State(shared): Server, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    told(&shared, &headers, |ledger| {
        let request: FillGroup = parse(&body)?;
        ledger.fill_group(&id, request.messages)
    })
}

async fn messages(State(shared): Server, Path(id): Path<String>, headers: HeaderMap, question: Question) -> Response {
    told(&shared, &headers, |ledger| ledger.list_group(&id, &asked(question)?))
}

async fn empty(State(shared): Server, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    told(&shared, &headers, |ledger| {
        let request: EmptyGroup = parse(&body)?;
        ledger.empty_group(&id, &request.message_ids)
    })
}

async fn send(State(shared): Server, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(&shared, &headers, |ledger| {
        let value = ledger.send_group(&id)?;
        Ok(if ledger.loses_group(&id) { lost() } else { Json(value).into_response() })
    })
}

async fn schedule(State(shared): Server, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    told(&shared, &headers, |ledger| {
        let request: Schedule = parse(&body)?;
        ledger.schedule_group(&id, &request.scheduled_date)
    })
}

async fn cancel(State(shared): Server, Path(id): Path<String>, headers: HeaderMap) -> Response {
    told(&shared, &headers, |ledger| ledger.cancel_group(&id))
}

async fn upload(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    told(&shared, &headers, |ledger| {
        let request: Upload = parse(&body)?;
        ledger.store(&request)
    })
}

async fn balance(State(shared): Server, headers: HeaderMap) -> Response {
    told(&shared, &headers, |ledger| Ok(json!({ "balance": ledger.balance(), "point": 0, "deposit": 0 })))
}
