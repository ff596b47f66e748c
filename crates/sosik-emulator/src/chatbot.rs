//! Kakao's chatbot: what a citizen says is posted to the city's skill, and what comes back is looked at as strictly as it is
//! written down, and shown. By the Bot API the same goes by a webhook and a token, and by it and the Event API a bot speaks first.

pub(crate) mod bot;
mod bot_check;
mod check;
pub(crate) mod event;
pub(crate) mod people;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

pub use self::bot::BotHook;
use crate::server::Shared;

/// The largest answer that is taken, and how long one may take (skill guide, `answer_json_format`).
const BYTES: usize = 30_720;
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a callback takes its one answer (`ai_chatbot_callback_guide`).
const CALLBACK: TimeDelta = TimeDelta::minutes(1);

/// A chatbot's skill, as an emulator is told. `Debug` does not show its header.
#[derive(Clone)]
#[non_exhaustive]
pub struct Skill {
    /// Where it is: plain HTTP on this machine.
    pub url: String,
    /// A header that the console was told to send with each request, and its value.
    pub header: Option<(String, String)>,
    /// Whether its block allows a callback.
    pub allows_callback: bool,
}

impl fmt::Debug for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Skill({}, callback: {})", self.url, self.allows_callback)
    }
}

impl Skill {
    /// A skill at an address, whose block allows no callback.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), header: None, allows_callback: false }
    }

    /// With a header of the console's settings.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.header = Some((name.into(), value.into()));
        self
    }

    /// Whose block allows a callback.
    #[must_use]
    pub fn with_callback(mut self) -> Self {
        self.allows_callback = true;
        self
    }
}

/// What a citizen sees of an answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shown {
    /// The template of an answer that Kakao takes.
    Answer(Value),
    /// The block's own text, because the answer was none that Kakao takes: why not.
    Fallback(String),
    /// That they have to wait: what they are told, and the callback to which the answer goes.
    Waiting {
        /// What they are told.
        text: Option<String>,
        /// The callback's name.
        callback: String,
    },
}

/// Callbacks that were given out.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    number: u64,
    open: BTreeMap<String, Callback>,
}

#[derive(Debug)]
struct Callback {
    until: DateTime<Utc>,
    answer: watch::Sender<Option<Value>>,
}

impl Callbacks {
    fn give(&mut self, now: DateTime<Utc>) -> String {
        self.number += 1;
        let name = format!("callback{:08}", self.number);
        self.open.insert(name.clone(), Callback { until: now + CALLBACK, answer: watch::Sender::new(None) });
        name
    }
}

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/v1/callback/{name}", post(called_back)).merge(bot::router()).merge(event::router())
}

/// The page on which the Kakao side is played, and what it asks.
pub(crate) fn played() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_emulator/chat", get(async || Html(include_str!("chatbot/page.html"))).post(play))
        .route("/_emulator/chat/{callback}", get(play_late))
        .merge(people::played())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Played {
    user: String,
    said: String,
    /// Whether it is said to the bot's webhook, and not to the skill.
    #[serde(default)]
    to_bot: bool,
}

async fn play(State(shared): State<Arc<Shared>>, Json(played): Json<Played>) -> Response {
    if played.to_bot {
        let Some(hook) = shared.hook() else {
            return (StatusCode::CONFLICT, "the emulator knows no bot: set one").into_response();
        };
        return match bot::say(&shared, &hook, &played.user, &played.said).await {
            Ok(token) => Json(json!({ "callback": token })).into_response(),
            Err(problem) => Json(json!({ "fallback": problem })).into_response(),
        };
    }
    let Some(skill) = shared.skill() else {
        return (StatusCode::CONFLICT, "the emulator knows no skill: set one").into_response();
    };
    match say(&shared, &skill, &played.user, &played.said).await {
        Ok(Shown::Answer(template)) => Json(json!({ "template": template })).into_response(),
        Ok(Shown::Fallback(why)) => Json(json!({ "fallback": why })).into_response(),
        Ok(Shown::Waiting { text, callback }) => Json(json!({ "waiting": text, "callback": callback })).into_response(),
        Err(problem) => (StatusCode::BAD_REQUEST, problem).into_response(),
    }
}

async fn play_late(State(shared): State<Arc<Shared>>, Path(callback): Path<String>) -> Response {
    let patience = Duration::from_secs(60);
    let template = match late(&shared, &callback, patience).await {
        Some(template) => Some(template),
        None => bot::answer(&shared, &callback, patience).await,
    };
    Json(json!({ "template": template })).into_response()
}

/// Takes the one answer of a callback.
async fn called_back(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = shared.ledger().callers_now();
    let told = |status: &str, message: &str| {
        Json(json!({
            "taskId": format!("task-{name}"), "status": status, "message": message, "timestamp": now.timestamp_millis(),
        }))
        .into_response()
    };
    if !is_json(&headers) {
        return (StatusCode::BAD_REQUEST, told("ERROR", "Content-Type: application/json")).into_response();
    }
    let answer = match check::answer(&body, false) {
        Ok(check::Answer::Template(template)) => template,
        Ok(check::Answer::Later(_)) => return told("FAIL", "useCallback has no place in a callback's answer"),
        Err(problem) => return told("FAIL", &problem),
    };
    let callbacks = shared.callbacks();
    match callbacks.open.get(&name) {
        Some(callback) if now < callback.until && callback.answer.borrow().is_none() => {
            callback.answer.send_replace(Some(answer));
            told("SUCCESS", "")
        }
        Some(_) => told("FAIL", "the callback was used, or has expired"),
        None => (StatusCode::NOT_FOUND, told("ERROR", "there is no such callback")).into_response(),
    }
}

/// Says something to the skill in a citizen's name, and tells what they see.
pub(crate) async fn say(shared: &Arc<Shared>, skill: &Skill, user: &str, utterance: &str) -> Result<Shown, String> {
    shared.people().speaks(user);
    let callback = skill.allows_callback.then(|| {
        let now = shared.ledger().callers_now();
        shared.callbacks().give(now)
    });
    let body = request(user, utterance, callback.as_deref()).to_string();
    let asked = call(&skill.url, skill.header.as_ref(), body, PATIENCE).await;
    Ok(match asked {
        Err(problem) => Shown::Fallback(problem),
        Ok((status, _)) if status != StatusCode::OK => Shown::Fallback(format!("the skill answered {status}")),
        Ok((_, body)) => match (check::answer(&body, true), callback) {
            (Ok(check::Answer::Template(template)), _) => Shown::Answer(template),
            (Ok(check::Answer::Later(text)), Some(callback)) => Shown::Waiting { text, callback },
            (Ok(check::Answer::Later(_)), None) => Shown::Fallback("the block allows no callback".to_owned()),
            (Err(problem), _) => Shown::Fallback(problem),
        },
    })
}

/// Posts JSON to a program of this machine's, and gives what it answers within a time.
async fn call(
    url: &str,
    header: Option<&(String, String)>,
    body: String,
    patience: Duration,
) -> Result<(StatusCode, Bytes), String> {
    let uri: Uri = url.parse().map_err(|_| "the address is none".to_owned())?;
    let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if uri.scheme_str() != Some("http") || !is_here {
        return Err("calls go to http:// and 127.0.0.1 or localhost only".to_owned());
    }
    let mut request = Request::post(uri).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let asked = async {
        let response = client.request(request).await.map_err(|error| format!("it cannot be reached: {error}"))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), BYTES).collect().await;
        let body = body.map_err(|_| format!("the answer is larger than {BYTES} bytes"))?.to_bytes();
        Ok((status, body))
    };
    tokio::time::timeout(patience, asked).await.map_err(|_| format!("no answer within {patience:?}"))?
}

/// Whether a call has a key of Kakao's.
pub(crate) fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.strip_prefix("KakaoAK ") == Some(key)
}

/// Whether a call says that it has JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim() == "application/json")
}

/// A call that is not served, as Kakao tells it; it is counted.
fn refused(shared: &Shared, status: StatusCode, code: i64, problem: &str) -> Response {
    shared.ledger().refused(&format!("kakao:{code}"));
    (status, Json(json!({ "code": code, "msg": problem }))).into_response()
}

/// Waits for what comes by a callback, so long; `None` where nothing did.
pub(crate) async fn late(shared: &Arc<Shared>, callback: &str, patience: Duration) -> Option<Value> {
    let mut answer = shared.callbacks().open.get(callback)?.answer.subscribe();
    let arrived = tokio::time::timeout(patience, answer.wait_for(Option::is_some)).await;
    arrived.ok()?.ok()?.clone()
}

/// A request as Kakao makes it (version 2, of a block that is the bot's fallback).
fn request(user: &str, utterance: &str, callback: Option<&str>) -> Value {
    let mut asked = json!({
        "timezone": "Asia/Seoul",
        "params": { "ignoreMe": "true", "surface": "Kakaotalk.plusfriend" },
        "block": { "id": "block-emulated", "name": "폴백 블록" },
        "utterance": utterance,
        "lang": "ko",
        "user": {
            "id": format!("bot-{user}"),
            "type": "botUserKey",
            "properties": {
                "botUserKey": format!("bot-{user}"), "bot_user_key": format!("bot-{user}"),
                "plusfriendUserKey": user, "plusfriend_user_key": user, "isFriend": true,
            },
        },
    });
    if let Some(callback) = callback {
        asked["callbackUrl"] = json!(format!("https://bot-api.kakao.com/v1/callback/{callback}"));
    }
    json!({
        "intent": { "id": "block-emulated", "name": "폴백 블록" },
        "userRequest": asked,
        "bot": { "id": "bot-emulated", "name": "emulator" },
        "action": { "name": "skill", "clientExtra": null, "params": {}, "id": "action-emulated", "detailParams": {} },
        "contexts": [],
        "flow": { "trigger": { "type": "TEXT_INPUT" } },
    })
}
