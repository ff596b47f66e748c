//! Kakao's own channel API: relations of people to channels, and customer files. Kept in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::chatbot::has_key;
use crate::server::Shared;

type Server = State<Arc<Shared>>;

/// How someone stands to a channel, as an emulator is told.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Friend {
    /// Their number in the app.
    pub user_id: u64,
    /// The channel's public id.
    pub channel_public_id: String,
    /// `ADDED`, `BLOCKED` or `NONE`.
    pub relation: String,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Friend {
    /// Someone's standing to a channel since an instant.
    #[must_use]
    pub fn new(
        user_id: u64,
        channel_public_id: impl Into<String>,
        relation: impl Into<String>,
        updated_at: DateTime<Utc>,
    ) -> Self {
        Self { user_id, channel_public_id: channel_public_id.into(), relation: relation.into(), updated_at }
    }
}

/// What is known on Kakao's side.
#[derive(Debug, Default)]
pub(crate) struct Kakao {
    /// Relations by person and channel.
    relations: BTreeMap<u64, BTreeMap<String, Friend>>,
    channels: BTreeSet<String>,
    files: BTreeMap<u64, File>,
}

/// A customer file.
#[derive(Debug)]
struct File {
    channel: String,
    name: String,
    schema: BTreeMap<String, String>,
    people: BTreeMap<(String, String), Value>,
}

impl Kakao {
    pub(crate) fn learn(&mut self, friend: Friend) {
        self.channels.insert(friend.channel_public_id.clone());
        let known = self.relations.entry(friend.user_id).or_default();
        known.insert(friend.channel_public_id.clone(), friend);
    }

    /// How someone stands to channels; `None` for someone who is not connected to the app.
    fn tell(&self, user: u64, wanted: &BTreeSet<String>) -> Option<Value> {
        let known = self.relations.get(&user)?;
        let channels: Vec<Value> = wanted
            .iter()
            .map(|channel| match known.get(channel) {
                Some(friend) => {
                    let at = friend.updated_at.to_rfc3339_opts(SecondsFormat::Secs, true);
                    json!({
                        "channel_uuid": format!("@{}", &channel[1..]), "channel_public_id": channel,
                        "relation": friend.relation, "created_at": at, "updated_at": at,
                    })
                }
                None => {
                    json!({ "channel_uuid": format!("@{}", &channel[1..]), "channel_public_id": channel, "relation": "NONE" })
                }
            })
            .collect();
        Some(json!({ "user_id": user, "channels": channels }))
    }
}

/// A call that is not served.
struct Refused(StatusCode, i64, String);

impl Refused {
    fn parameter(what: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, -2, what.into())
    }
}

/// Answers a call, and counts it when it is refused.
fn answer(shared: &Shared, headers: &HeaderMap, work: impl FnOnce(&mut Kakao) -> Result<Value, Refused>) -> Response {
    let answered = match &shared.kakao_key {
        Some(key) if has_key(headers, key) => work(&mut shared.kakao()),
        _ => Err(Refused(StatusCode::UNAUTHORIZED, -401, "this app key does not exist".to_owned())),
    };
    match answered {
        Ok(value) => Json(value).into_response(),
        Err(Refused(status, code, msg)) => {
            shared.ledger().refused(&format!("kakao:{code}"));
            (status, Json(json!({ "code": code, "msg": msg }))).into_response()
        }
    }
}

fn media(headers: &HeaderMap, wanted: &str) -> Result<(), Refused> {
    let given = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = given.split(';').next().is_some_and(|media| media.trim() == wanted);
    if fits { Ok(()) } else { Err(Refused(StatusCode::BAD_REQUEST, -8, format!("Content-Type: {wanted}"))) }
}

fn parse<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refused> {
    media(headers, "application/json")?;
    serde_json::from_slice(body).map_err(|error| Refused::parameter(error.to_string()))
}

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v2/api/talk/channels", get(one))
        .route("/v2/api/talk/channels/multi", get(many))
        .route("/v1/talkchannel/create/target_user_file", post(create))
        .route("/v1/talkchannel/update/target_users", post(update))
        .route("/v1/talkchannel/delete/target_users", post(delete))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    target_id_type: String,
    target_id: Option<u64>,
    target_ids: Option<String>,
    channel_ids: Option<String>,
    channel_id_type: Option<String>,
}

impl Asked {
    /// Which channels are asked about: all that are linked where none is named.
    fn channels(&self, kakao: &Kakao) -> Result<BTreeSet<String>, Refused> {
        if self.target_id_type != "user_id" {
            return Err(Refused::parameter("target_id_type: user_id"));
        }
        match (&self.channel_ids, self.channel_id_type.as_deref()) {
            (None, None) => Ok(kakao.channels.clone()),
            (Some(ids), Some("channel_public_id")) => {
                let ids: BTreeSet<String> = ids.split(',').map(str::to_owned).collect();
                match ids.iter().find(|id| !kakao.channels.contains(*id)) {
                    Some(_) => Err(Refused::parameter("channel_ids: a channel that is not linked to the app")),
                    None => Ok(ids),
                }
            }
            _ => Err(Refused::parameter("channel_ids and channel_id_type=channel_public_id go together")),
        }
    }
}

type Question = Result<Query<Asked>, QueryRejection>;

fn asked(headers: &HeaderMap, question: Question) -> Result<Asked, Refused> {
    media(headers, "application/x-www-form-urlencoded")?;
    question.map(|Query(asked)| asked).map_err(|error| Refused::parameter(error.to_string()))
}

async fn one(State(shared): Server, headers: HeaderMap, question: Question) -> Response {
    answer(&shared, &headers, |kakao| {
        let asked = asked(&headers, question)?;
        let (Some(user), None) = (asked.target_id, &asked.target_ids) else {
            return Err(Refused::parameter("target_id: a number"));
        };
        let told = kakao.tell(user, &asked.channels(kakao)?);
        told.ok_or_else(|| Refused(StatusCode::BAD_REQUEST, -101, "NotRegisteredUserException".to_owned()))
    })
}

/// People who are not connected to the app are left out.
async fn many(State(shared): Server, headers: HeaderMap, question: Question) -> Response {
    answer(&shared, &headers, |kakao| {
        let asked = asked(&headers, question)?;
        let (Some(users), None) = (&asked.target_ids, asked.target_id) else {
            return Err(Refused::parameter("target_ids: numbers with commas between them"));
        };
        let users: Result<Vec<u64>, _> = users.split(',').map(str::parse).collect();
        let users = users.map_err(|_| Refused::parameter("target_ids: numbers with commas between them"))?;
        if users.len() > 200 {
            return Err(Refused::parameter("target_ids: 200 at the most"));
        }
        let channels = asked.channels(kakao)?;
        Ok(users.iter().filter_map(|user| kakao.tell(*user, &channels)).collect())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    channel_public_id: String,
    file_name: String,
    schema: BTreeMap<String, String>,
}

/// The columns that hold words.
const WORDS: [&str; 10] =
    ["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"];

async fn create(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, &headers, |kakao| {
        let Create { channel_public_id: channel, file_name: name, schema } = parse(&headers, &body)?;
        if !kakao.channels.contains(&channel) {
            return Err(Refused::parameter("channel_public_id: a channel that is not linked to the app"));
        }
        if name.trim().is_empty() || kakao.files.values().any(|file| file.channel == channel && file.name == name) {
            return Err(Refused(StatusCode::BAD_REQUEST, -2, "INVALID_FILE_NAME".to_owned()));
        }
        if schema.len() > 30 {
            return Err(Refused::parameter("schema: 30 columns at the most"));
        }
        for (column, kind) in &schema {
            let fits = match kind.as_str() {
                "string" => WORDS.contains(&column.as_str()),
                "number" => true,
                _ => false,
            };
            if !fits || column.trim().is_empty() {
                return Err(Refused::parameter("schema: string for Kakao's own columns, number for others"));
            }
        }
        let id = kakao.files.len() as u64 + 1;
        kakao.files.insert(id, File { channel, name, schema, people: BTreeMap::new() });
        Ok(json!({ "file_id": id }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    file_id: u64,
    channel_public_id: String,
    user_type: String,
    users: Vec<Row>,
}

/// Unlike at Kakao, where it is passed over in silence, an unknown member is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    #[serde(default)]
    field: BTreeMap<String, Value>,
}

impl Kakao {
    fn file(&mut self, id: u64, channel: &str) -> Result<&mut File, Refused> {
        let file = self.files.get_mut(&id).filter(|file| file.channel == channel);
        file.ok_or_else(|| Refused::parameter("file_id: no such file of this channel"))
    }
}

fn people(kind: &str, ids: &[&str]) -> Result<(), Refused> {
    if !(1..=2_000).contains(&ids.len()) {
        return Err(Refused::parameter("1 to 2,000 people in a call"));
    }
    let digits = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |id: &&str| match kind {
        "app" => digits(id),
        "phone" => digits(id) && id.starts_with("82") && !id.starts_with("820"),
        _ => false,
    };
    if ids.iter().all(fits) { Ok(()) } else { Err(Refused::parameter("user_type app or phone, with ids of that kind")) }
}

async fn update(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, &headers, |kakao| {
        let Update { file_id, channel_public_id, user_type, users } = parse(&headers, &body)?;
        people(&user_type, &users.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())?;
        let file = kakao.file(file_id, &channel_public_id)?;
        for (column, value) in users.iter().flat_map(|row| &row.field) {
            let fits = match file.schema.get(column).map(String::as_str) {
                Some("string") => value.is_string(),
                Some(_) => value.is_number(),
                None => false,
            };
            if !fits {
                return Err(Refused::parameter("field: a column that the file has not, or a value of another kind"));
            }
        }
        let count = users.len();
        file.people.extend(users.into_iter().map(|row| ((user_type.clone(), row.id), json!(row.field))));
        Ok(json!({ "file_id": file_id, "request_count": count, "success_count": count }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    file_id: u64,
    channel_public_id: String,
    user_type: String,
    user_ids: Vec<String>,
}

async fn delete(State(shared): Server, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, &headers, |kakao| {
        let Delete { file_id, channel_public_id, user_type, user_ids } = parse(&headers, &body)?;
        people(&user_type, &user_ids.iter().map(String::as_str).collect::<Vec<_>>())?;
        let file = kakao.file(file_id, &channel_public_id)?;
        let gone =
            user_ids.iter().filter(|id| file.people.remove(&(user_type.clone(), (*id).clone())).is_some()).count();
        Ok(json!({ "file_id": file_id, "request_count": user_ids.len(), "success_count": gone }))
    })
}

/// Takes a list of how people stand to channels: which links those channels to the app.
pub(crate) async fn friends(State(shared): Server, body: Bytes) -> Response {
    match serde_json::from_slice::<Vec<Friend>>(&body) {
        Ok(friends) if friends.iter().all(|friend| friend.channel_public_id.starts_with('_')) => {
            let count = friends.len();
            let mut kakao = shared.kakao();
            for friend in friends {
                kakao.learn(friend);
            }
            Json(json!({ "friends": count })).into_response()
        }
        Ok(_) => (StatusCode::BAD_REQUEST, "channel_public_id: it begins with _\n").into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, format!("a list of friends is wanted: {error}\n")).into_response(),
    }
}
