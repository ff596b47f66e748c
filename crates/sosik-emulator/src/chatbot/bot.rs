//! The Bot API: what a citizen says is posted to the bot's webhook, and answered by a token; and a bot may write first.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::people::{Gone, at_the_bot, of_the_bot};
use super::{bot_check, has_key, is_json, refused};
use crate::server::Shared;

/// Within this time a webhook is answered, and within this one its token takes the one answer (Bot API, as the package
/// kakaotalk-bot 0.1.0 quotes it).
const PATIENCE: Duration = Duration::from_secs(1);
const TOKEN: TimeDelta = TimeDelta::minutes(5);

/// A bot's webhook, as an emulator is told. `Debug` does not show its header.
#[derive(Clone)]
#[non_exhaustive]
pub struct BotHook {
    /// Where it is: plain HTTP on this machine.
    pub url: String,
    /// A header that the settings were told to send with each event, and its value.
    pub header: Option<(String, String)>,
}

impl BotHook {
    /// A webhook at an address.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), header: None }
    }

    /// With a header of the settings.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.header = Some((name.into(), value.into()));
        self
    }
}

impl fmt::Debug for BotHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BotHook({})", self.url)
    }
}

/// Tokens that were given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    number: u64,
    open: BTreeMap<String, Token>,
}

#[derive(Debug)]
struct Token {
    until: DateTime<Utc>,
    answer: watch::Sender<Option<Value>>,
}

impl Tokens {
    fn give(&mut self, now: DateTime<Utc>) -> (u64, String) {
        self.number += 1;
        let name = format!("token{:08}", self.number);
        self.open.insert(name.clone(), Token { until: now + TOKEN, answer: watch::Sender::new(None) });
        (self.number, name)
    }
}

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/v1/bot/callback", post(callback)).route("/v1/bot/send_message", post(send_message))
}

/// Tells a bot what someone said in the channel's chat, and gives the token by which it may answer.
pub(crate) async fn say(shared: &Arc<Shared>, hook: &BotHook, user: &str, content: &str) -> Result<String, String> {
    let now = shared.ledger().callers_now();
    let (number, token) = shared.tokens().give(now);
    shared.people().speaks(user);
    let event = json!({
        "op": 0,
        "t": "MESSAGE_CREATE",
        "d": {
            "id": number, "content": content, "timestamp": now.to_rfc3339_opts(SecondsFormat::Millis, true),
            "isChannelChatroom": true, "botGroupKey": format!("room-{user}"), "botUserKey": at_the_bot(user),
            "callbackToken": token,
        },
    });
    let (status, _) = super::call(&hook.url, hook.header.as_ref(), event.to_string(), PATIENCE).await?;
    if status.is_success() { Ok(token) } else { Err(format!("the webhook answered {status}")) }
}

/// Waits for what comes by a token, so long; `None` where nothing did.
pub(crate) async fn answer(shared: &Arc<Shared>, token: &str, patience: Duration) -> Option<Value> {
    let mut answer = shared.tokens().open.get(token)?.answer.subscribe();
    let arrived = tokio::time::timeout(patience, answer.wait_for(Option::is_some)).await;
    arrived.ok()?.ok()?.clone()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Body {
    bot_group_key: Option<String>,
    bot_user_key: Option<String>,
    skill_response: Value,
}

/// A call that is not served: the code, and why.
struct Refusal(i64, String);

/// A call with the bot's token and a body that is one.
fn read(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<(Body, Value), Refusal> {
    if !shared.bot_token.as_ref().is_some_and(|token| has_key(headers, token)) {
        return Err(Refusal(-401, "this bot's token does not exist".to_owned()));
    }
    if !is_json(headers) {
        return Err(Refusal(-870, "Content-Type: application/json".to_owned()));
    }
    let body: Body = serde_json::from_slice(body).map_err(|error| Refusal(-870, error.to_string()))?;
    let template = bot_check::template(&body.skill_response).map_err(|problem| Refusal(-878, problem))?;
    Ok((body, template))
}

fn answered(shared: &Shared, done: Result<(), Refusal>) -> Response {
    match done {
        Ok(()) => Json(json!({ "totalCount": 1, "sendCount": 1, "errorCount": 0 })).into_response(),
        Err(Refusal(code, problem)) => {
            let status = if code == -401 { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            refused(shared, status, code, &problem)
        }
    }
}

async fn callback(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answered(&shared, called_back(&shared, &headers, &body))
}

fn called_back(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let (body, template) = read(shared, headers, body)?;
    if body.bot_group_key.is_some() || body.bot_user_key.is_some() {
        return Err(Refusal(-876, "a callback goes to whom its token says".to_owned()));
    }
    let token = headers.get("x-bot-callback-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = shared.ledger().callers_now();
    let tokens = shared.tokens();
    match tokens.open.get(token).filter(|open| now < open.until && open.answer.borrow().is_none()) {
        Some(open) => {
            open.answer.send_replace(Some(template));
            Ok(())
        }
        None => Err(Refusal(-881, "the token was used, or has expired".to_owned())),
    }
}

async fn send_message(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answered(&shared, sent(&shared, &headers, &body))
}

fn sent(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let (body, template) = read(shared, headers, body)?;
    let bad = |code: i64, problem: &str| Err(Refusal(code, problem.to_owned()));
    match (body.bot_group_key, body.bot_user_key) {
        (None, Some(key)) => {
            let told = of_the_bot(&key).ok_or(Gone::Unknown).and_then(|user| shared.people().tell(user, &template));
            match told {
                Ok(()) => Ok(()),
                Err(Gone::Unknown) => bad(-876, "there is no such key"),
                Err(Gone::Left) => bad(-877, "not a friend of the channel"),
            }
        }
        (Some(_), None) => bad(-880, "rooms of several are none here"),
        _ => bad(-876, "one of botUserKey and botGroupKey"),
    }
}
