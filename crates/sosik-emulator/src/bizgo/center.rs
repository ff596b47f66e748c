//! The calls of Bizgo's centre: templates of brand messages, friend groups, group sends.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bizgo::answer::{Refusal, success};
use crate::bizgo::brand;
use crate::bizgo::check::refuse;
use crate::bizgo::group_send::{Control, Start, civil, estimated};
use crate::bizgo::routes::{counted, parse};
use crate::bizgo::{friends, registered};
use crate::ledger::Ledger;
use crate::server::Shared;
use crate::text::is_mobile;

const BASE: &str = "/api/comm/v1/center/brandmessage";

pub(crate) type Queried<T> = Result<Query<T>, QueryRejection>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    let at = |path: &str| format!("{BASE}/{path}");
    Router::new()
        .route(&at("template"), post(register).get(template).put(change))
        .route(&at("template/list"), get(templates))
        .route(&at("template/senderKey/{key}/templateCode/{code}"), delete(unregister))
        .route(&at("friendGroup"), post(make_friends).get(friend_group))
        .route(&at("friendGroup/list"), get(friend_groups))
        .route(&at("friendGroup/senderKey/{key}/friendGroupKey/{group}"), delete(forget_friends))
        .route(&at("friendGroup/phoneNumber/update"), post(add_friends))
        .route(&at("friendGroup/phoneNumber/delete"), post(remove_friends))
        .route(&at("friendGroup/phoneNumber/requests"), get(friend_changes))
        .route(&at("friendGroup/phoneNumber/request"), get(friend_change))
        .route(&at("groupMessage"), post(start).get(group_send))
        .route(&at("groupMessage/pause"), post(pause))
        .route(&at("groupMessage/resume"), post(resume))
        .route(&at("groupMessage/terminate"), post(terminate))
        .route(&at("groupMessage/friendCount"), get(friend_count))
        .route(&at("groupMessage/possible"), get(possible))
        .route(&at("groupMessage/friend/possible"), post(possible_of))
        .route(&at("groupMessage/estimate"), get(estimate))
}

/// Answers a call that carries JSON.
pub(crate) fn with_body<T: DeserializeOwned>(
    shared: &Shared,
    headers: &HeaderMap,
    body: &[u8],
    work: impl FnOnce(&mut Ledger, T) -> Result<Value, Refusal>,
) -> Response {
    shared.call(headers, |ledger| {
        let body = parse(body)?;
        work(ledger, body).map(success)
    })
}

/// Answers a call that asks.
pub(crate) fn asked<T>(
    shared: &Shared,
    headers: &HeaderMap,
    query: Queried<T>,
    work: impl FnOnce(&Ledger, T) -> Result<Value, Refusal>,
) -> Response {
    shared.call(headers, |ledger| {
        let Query(query) = query.map_err(|error| Refusal::service("A300", error.to_string()))?;
        work(ledger, query).map(success)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Brand<T> {
    brandmessage: T,
}

async fn register(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Brand { brandmessage }: Brand<registered::Input>| {
        ledger.register(brandmessage)
    })
}

async fn change(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, Brand { brandmessage }: Brand<registered::Input>| {
        ledger.change(brandmessage)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TemplateQuery {
    sender_key: String,
    template_code: String,
    send_type: Option<String>,
}

async fn template(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<TemplateQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        if !matches!(query.send_type.as_deref(), None | Some("basic")) {
            return refuse("A571", "sendType: only basic templates are here");
        }
        ledger.registered(&query.sender_key, &query.template_code)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TemplatesQuery {
    sender_key: String,
    sender_key_type: Option<String>,
    status: Option<String>,
    template_type: Option<String>,
    offset: Option<usize>,
    limit: Option<usize>,
}

async fn templates(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<TemplatesQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        if !matches!(query.sender_key_type.as_deref(), None | Some("S")) {
            return refuse("A300", "senderKeyType: S only here");
        }
        let limit @ 1..=1000 = query.limit.unwrap_or(100) else {
            return refuse("A300", "limit: 1 to 1000");
        };
        match query.status.as_deref() {
            None | Some("A") => {}
            // None is blocked here.
            Some("S") => return Ok(json!({ "brandmessage": { "templates": [] } })),
            Some(_) => return refuse("A300", "status: A or S"),
        }
        let offset = query.offset.unwrap_or(0);
        Ok(ledger.all_registered(&query.sender_key, query.template_type.as_deref(), offset, limit))
    })
}

async fn unregister(
    State(shared): State<Arc<Shared>>,
    Path((key, code)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    shared.call(&headers, |ledger| ledger.unregister(&key, &code).map(|()| success(json!({}))))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FriendsBody {
    friend_group: friends::Input,
}

async fn make_friends(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, body: FriendsBody| ledger.change_friends(&body.friend_group, "NEW"))
}

async fn add_friends(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, body: FriendsBody| ledger.change_friends(&body.friend_group, "ADD"))
}

async fn remove_friends(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, body: FriendsBody| ledger.change_friends(&body.friend_group, "DELETE"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SenderQuery {
    sender_key: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FriendsQuery {
    sender_key: String,
    friend_group_key: String,
}

async fn friend_group(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<FriendsQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        let group = ledger.friend_group_answer(&query.sender_key, &query.friend_group_key)?;
        Ok(json!({ "friendGroup": group }))
    })
}

async fn friend_groups(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<SenderQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| ledger.friend_groups(&query.sender_key))
}

async fn forget_friends(
    State(shared): State<Arc<Shared>>,
    Path((key, group)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    shared.call(&headers, |ledger| ledger.forget_friends(&key, &group).map(|()| success(json!({}))))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangesQuery {
    sender_key: String,
    friend_group_key: String,
    last_request_id: Option<String>,
    count: Option<usize>,
}

async fn friend_changes(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    query: Queried<ChangesQuery>,
) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        let count @ 1..=100 = query.count.unwrap_or(20) else {
            return refuse("A300", "count: 1 to 100");
        };
        ledger.friend_changes(&query.sender_key, &query.friend_group_key, query.last_request_id.as_deref(), count)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangeQuery {
    sender_key: String,
    friend_group_key: String,
    request_id: String,
}

async fn friend_change(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<ChangeQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        ledger.friend_change(&query.sender_key, &query.friend_group_key, &query.request_id)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StartBody {
    brandmessage: Start,
    payment_code: Option<String>,
}

/// A start counts among the sendings, not among the other calls.
async fn start(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut ledger = shared.ledger();
    let answer = shared.authorized(&headers).and_then(|()| {
        let body: StartBody = parse(&body)?;
        ledger.start_group_send(&body.brandmessage, body.payment_code.as_deref()).map(success)
    });
    counted(&mut ledger, answer)
}

/// A number in a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SendQuery {
    sender_key: String,
    request_id: u64,
}

async fn group_send(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<SendQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| ledger.group_send(&query.sender_key, query.request_id))
}

/// A string in a body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Handle {
    sender_key: String,
    request_id: String,
}

fn control(shared: &Shared, headers: &HeaderMap, body: &[u8], control: Control) -> Response {
    with_body(shared, headers, body, |ledger, Brand { brandmessage: handle }: Brand<Handle>| {
        let id = handle.request_id.parse().ok();
        let id = id.ok_or_else(|| Refusal::service("A820", "requestId: no such group send"))?;
        ledger.control(&handle.sender_key, id, control)
    })
}

async fn pause(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    control(&shared, &headers, &body, Control::Pause)
}

async fn resume(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    control(&shared, &headers, &body, Control::Resume)
}

async fn terminate(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    control(&shared, &headers, &body, Control::Terminate)
}

async fn friend_count(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<SenderQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, _| Ok(json!({ "brandmessage": { "count": ledger.options.friends } })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PossibleQuery {
    sender_key: String,
    msg_type: String,
    friend_group_key: Option<String>,
}

async fn possible(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<PossibleQuery>) -> Response {
    asked(&shared, &headers, query, |ledger, query| {
        if !brand::is_kind(&query.msg_type) {
            return refuse("A523", "msgType: FT, FI, FW, FL, FC, FM, FA or FP");
        }
        let count = ledger.audience(&query.sender_key, query.friend_group_key.as_deref())?;
        Ok(json!({ "brandmessage": { "possible": count } }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PossibleBody {
    #[serde(rename = "senderKey")]
    _sender_key: String,
    phone_numbers: Vec<String>,
}

async fn possible_of(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    with_body(&shared, &headers, &body, |ledger, body: PossibleBody| {
        if body.phone_numbers.len() < 10 {
            return refuse("A300", "phoneNumbers: at least 10");
        }
        let count = body.phone_numbers.iter().filter(|number| is_mobile(number)).count() as u64;
        Ok(json!({ "brandmessage": { "possible": count.min(ledger.options.friends) } }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EstimateQuery {
    #[serde(rename = "senderKey")]
    _sender_key: String,
    start_time: String,
    count: u64,
    target: Option<String>,
}

async fn estimate(State(shared): State<Arc<Shared>>, headers: HeaderMap, query: Queried<EstimateQuery>) -> Response {
    asked(&shared, &headers, query, |_, query| {
        if !matches!(query.target.as_deref(), None | Some("NONE" | "FRIEND_GROUP")) {
            return refuse("A300", "target: NONE or FRIEND_GROUP");
        }
        // Here, unlike in a start, with a T.
        let Some(starts) = civil(&query.start_time, "%Y-%m-%dT%H:%M:%S") else {
            return refuse("A300", "startTime: yyyy-MM-ddTHH:mm:ss in Seoul");
        };
        Ok(estimated(starts, query.count))
    })
}
