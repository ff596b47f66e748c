//! Bizgo's calls.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::bizgo::alimtalk;
use crate::bizgo::answer::{Refusal, success, with_reference};
use crate::bizgo::center;
use crate::bizgo::desk::History;
use crate::bizgo::picture;
use crate::bizgo::request::SendOmni;
use crate::bizgo::{insight, inspected, reservation, tags};
use crate::faults::lost;
use crate::ledger::Ledger;
use crate::server::Shared;

impl Shared {
    pub(crate) fn authorized(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match headers.get("authorization") {
            Some(key) if key.as_bytes() == self.key.as_bytes() => Ok(()),
            Some(_) => Err(Refusal::gateway(401, "A401", "Authorization: not a key of this account")),
            None => Err(Refusal::gateway(401, "A401", "Authorization: the key itself, without a prefix")),
        }
    }

    /// Answers a call other than a sending, and counts it when it is refused.
    pub(crate) fn call(
        &self,
        headers: &HeaderMap,
        work: impl FnOnce(&mut Ledger) -> Result<Response, Refusal>,
    ) -> Response {
        let mut ledger = self.ledger();
        let answer = self.authorized(headers).and_then(|()| ledger.call()).and_then(|()| work(&mut ledger));
        counted(&mut ledger, answer)
    }
}

pub(crate) fn counted(ledger: &mut Ledger, answer: Result<Response, Refusal>) -> Response {
    answer.unwrap_or_else(|refusal| {
        ledger.refused(refusal.code());
        refusal.into_response()
    })
}

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/comm/v1/send/omni", post(send))
        .route("/api/comm/v1/file/brandmessage/{*kind}", post(upload))
        .route("/api/comm/v1/file/mms", post(upload_mms))
        .route("/api/comm/v1/file/alimtalk/template", post(upload_for_alimtalk))
        .route("/api/comm/v1/report/polling", get(poll))
        .route("/api/comm/v1/report/polling/{id}", delete(acknowledge))
        .route("/api/comm/v1/report/inquiry/{key}", get(inquiry))
        .route("/api/comm/v1/message/inquiry/msgKey/{key}", get(by_key))
        .route("/api/comm/v1/message/inquiry/requestId/{id}", get(by_request))
        .route("/api/comm/v1/message/history", get(history))
        .merge(center::router())
        .merge(reservation::router())
        .merge(inspected::router())
        .merge(insight::router())
        .merge(tags::router())
        .layer(DefaultBodyLimit::max(8 * 1024 * 1024))
}

/// The answer to a call that is not served.
pub(crate) async fn unknown() -> Response {
    Refusal::gateway(404, "A404", "no such operation is served here").into_response()
}

async fn send(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut ledger = shared.ledger();
    let answer = shared.authorized(&headers).and_then(|()| {
        let request: SendOmni = parse(&body)?;
        let sent = ledger.send(&request)?;
        if sent.lost {
            return Ok(lost());
        }
        Ok(with_reference(&json!({ "destinations": sent.destinations }), request.reference.as_deref()))
    });
    counted(&mut ledger, answer)
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::service("A010", format!("the body is no JSON: {error}")))?;
    serde_json::from_value(value).map_err(|error| Refusal::service("A011", format!("the JSON does not fit: {error}")))
}

async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Response {
    let file = read_file(&mut form, &[]).await;
    shared.call(&headers, |ledger| {
        let File { content: file, media_type, .. } = file?;
        let (kind, ratio) = picture::check(&kind, &file, media_type.as_deref())?;
        let address = ledger.upload(kind, ratio, file)?;
        Ok(success(json!({ "imgUrl": address })))
    })
}

async fn upload_mms(State(shared): State<Arc<Shared>>, headers: HeaderMap, mut form: Multipart) -> Response {
    let file = read_file(&mut form, &[]).await;
    shared.call(&headers, |ledger| {
        let File { content: file, media_type, .. } = file?;
        let ratio = picture::check_mms(&file, media_type.as_deref())?;
        let key = ledger.upload(picture::MMS, ratio, file)?;
        // For how long a key holds is not documented; here it does not end.
        Ok(success(json!({ "fileKey": key })))
    })
}

async fn upload_for_alimtalk(State(shared): State<Arc<Shared>>, headers: HeaderMap, mut form: Multipart) -> Response {
    let file = read_file(&mut form, &[]).await;
    shared.call(&headers, |ledger| {
        let File { content, media_type, name, .. } = file?;
        let ratio = picture::check_for_alimtalk(&content, media_type.as_deref())?;
        let address = ledger.upload(alimtalk::PICTURE, ratio, content)?;
        Ok(success(json!({ "imgUrl": address, "fileName": name })))
    })
}

/// A file in a form, and the other fields that its call takes.
pub(crate) struct File {
    pub(crate) content: Bytes,
    media_type: Option<String>,
    name: String,
    pub(crate) fields: HashMap<String, String>,
}

impl File {
    /// Whether it says of what type it is.
    pub(crate) fn has_type(&self) -> bool {
        self.media_type.is_some()
    }
}

pub(crate) async fn read_file(form: &mut Multipart, own: &[&str]) -> Result<File, Refusal> {
    let mut file = None;
    let mut fields = HashMap::new();
    loop {
        let field = form.next_field().await.map_err(|error| Refusal::service("A207", error.to_string()))?;
        let Some(field) = field else { break };
        match field.name() {
            Some("file") => {
                let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
                    return Err(Refusal::service("A208", "file: it has no name"));
                };
                let media_type = field.content_type().map(str::to_owned);
                let content = field.bytes().await.map_err(|error| Refusal::service("A202", error.to_string()))?;
                file = Some((content, media_type, name));
            }
            Some(name) if own.contains(&name) => {
                let name = name.to_owned();
                let text = field.text().await.map_err(|error| Refusal::service("A213", error.to_string()))?;
                fields.insert(name, text);
            }
            Some("fileKey" | "imageName") if own.is_empty() => {}
            other => return Err(Refusal::service("A213", format!("no such field: {}", other.unwrap_or_default()))),
        }
    }
    let (content, media_type, name) = file.ok_or_else(|| Refusal::service("A204", "file: it is missing"))?;
    Ok(File { content, media_type, name, fields })
}

async fn poll(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| Ok(success(ledger.poll())))
}

async fn acknowledge(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.acknowledge(&id).map(|()| success(json!({}))))
}

async fn inquiry(State(shared): State<Arc<Shared>>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| ledger.inquiry(&key).map(success))
}

async fn by_key(State(shared): State<Arc<Shared>>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| Ok(success(ledger.statuses(|message| message.key == key))))
}

async fn by_request(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    shared.call(&headers, |ledger| {
        Ok(success(ledger.statuses(|message| message.key.len() == id.len() + 3 && message.key.starts_with(&id))))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HistoryQuery {
    request_time: Option<String>,
    service_type: Option<String>,
    group_key: Option<String>,
    last_seq: Option<i64>,
    limit: Option<usize>,
}

async fn history(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    query: Result<Query<HistoryQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    shared.call(&headers, |ledger| {
        let Query(query) = query.map_err(|error| Refusal::service("A300", error.to_string()))?;
        let from = query.request_time.as_deref().and_then(instant);
        let from = from.ok_or_else(|| Refusal::service("A300", "requestTime: yyyy-MM-ddTHH:mm:ss in Seoul"))?;
        let limit = query.limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            return Err(Refusal::service("A300", "limit: 1 to 1000"));
        }
        let services = query.service_type.map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default();
        let query = History { group: query.group_key, services, cursor: query.last_seq, limit };
        Ok(success(ledger.history(from, &query)))
    })
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let civil = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()?;
    Some(FixedOffset::east_opt(9 * 3600)?.from_local_datetime(&civil).single()?.with_timezone(&Utc))
}
