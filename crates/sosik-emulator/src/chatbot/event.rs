//! The Event API: the bot speaks first. A block says its text to people of the channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::people::{Gone, of_the_bot};
use super::{has_key, is_json, refused};
use crate::server::Shared;

/// People to whom one call tells an event (Kakao's answers to questions on the Event API).
const PEOPLE: usize = 100;
/// Characters of the text that a block says (skill guide: a simple text).
const TEXT: usize = 1_000;

/// A bot whose blocks take events. `Debug` does not show its key.
#[derive(Clone)]
pub(crate) struct EventBot {
    pub(crate) bot: String,
    pub(crate) key: String,
    /// The text of the block that takes an event, by the event's name.
    pub(crate) blocks: BTreeMap<String, String>,
}

impl std::fmt::Debug for EventBot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EventBot({}, {} blocks)", self.bot, self.blocks.len())
    }
}

/// What was taken, by its name.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Vec<Task>);

#[derive(Debug)]
struct Task {
    all: usize,
    unresolved: usize,
    failed: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    event: EventPart,
    user: Vec<UserPart>,
    #[serde(default)]
    params: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventPart {
    name: String,
    #[serde(default)]
    data: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserPart {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/v2/bots/{bot}/talk", post(talk)).route("/v1/tasks/{task}", get(task))
}

async fn talk(State(shared): State<Arc<Shared>>, Path(bot): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(known) = shared.event_bot.as_ref().filter(|known| has_key(&headers, &known.key)) else {
        return refused(&shared, StatusCode::UNAUTHORIZED, -401, "this app key does not exist");
    };
    let taken =
        if known.bot == bot { take(&shared, known, &headers, &body) } else { Err("there is no such bot".into()) };
    match taken {
        Ok(task) => Json(json!({
            "taskId": task, "status": "SUCCESS", "message": "",
            "timestamp": shared.ledger().callers_now().timestamp_millis(),
        }))
        .into_response(),
        Err(problem) => refused(&shared, StatusCode::BAD_REQUEST, -2, &problem),
    }
}

fn take(shared: &Shared, known: &EventBot, headers: &HeaderMap, body: &[u8]) -> Result<String, String> {
    if !is_json(headers) {
        return Err("Content-Type: application/json".to_owned());
    }
    let Body { event, user, params } = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let block = known.blocks.get(&event.name).ok_or("no block takes an event of this name")?;
    let text = filled(block, &event.data)?;
    if !(1..=TEXT).contains(&text.chars().count()) {
        return Err(format!("the block's text would have {} characters", text.chars().count()));
    }
    if !(1..=PEOPLE).contains(&user.len()) {
        return Err(format!("user has {} entries", user.len()));
    }
    // What a skill of the block would get is not looked at here: there is none.
    if !params.is_empty() || user.iter().any(|user| !user.properties.is_empty()) {
        return Err("params and properties are not looked at here".to_owned());
    }
    let mut seen = BTreeSet::new();
    for user in &user {
        if !matches!(user.kind.as_str(), "appUserId" | "plusfriendUserKey" | "botUserKey") {
            return Err("user.type is none that is known".to_owned());
        }
        if user.id.is_empty() || !seen.insert((&user.kind, &user.id)) {
            return Err("user.id is empty, or stands there twice".to_owned());
        }
    }
    let template = json!({ "outputs": [{ "simpleText": { "text": text } }] });
    let now = shared.ledger().callers_now().timestamp();
    let mut task = Task { all: user.len(), unresolved: 0, failed: Vec::new() };
    for UserPart { kind, id, .. } in user {
        let person = match kind.as_str() {
            "plusfriendUserKey" => Some(id.as_str()),
            "botUserKey" => of_the_bot(&id),
            // Whom an app knows is not known here.
            _ => None,
        };
        let told = person.ok_or(Gone::Unknown).and_then(|person| shared.people().tell(person, &template));
        let Err(why) = told else { continue };
        task.unresolved += usize::from(why == Gone::Unknown);
        let error = match why {
            Gone::Unknown => json!({ "errorType": "EMU_UNKNOWN", "msg": "no such user" }),
            Gone::Left => json!({ "errorType": "EMU_NOT_FRIEND", "msg": "not a friend of the channel" }),
        };
        task.failed.push(json!({ "userId": id, "reqUserType": kind, "createdAt": now, "errorMsg": error }));
    }
    let mut tasks = shared.tasks();
    tasks.0.push(task);
    Ok(format!("task-event-{:06}", tasks.0.len()))
}

/// A block's text with an event's values; every value that it names has to be there.
fn filled(block: &str, data: &Map<String, Value>) -> Result<String, String> {
    /// Before the name of a value, and behind it.
    const MARKS: (&str, &str) = ("{{#current.event.data.", "}}");

    let mut parts = block.split(MARKS.0);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(MARKS.1).ok_or("the block's text has a value without an end")?;
        let value = data.get(name).and_then(Value::as_str);
        text.push_str(value.ok_or_else(|| format!("event.data.{name} is no text, and the block's text names it"))?);
        text.push_str(rest);
    }
    Ok(text)
}

async fn task(State(shared): State<Arc<Shared>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if !shared.event_bot.as_ref().is_some_and(|known| has_key(&headers, &known.key)) {
        return refused(&shared, StatusCode::UNAUTHORIZED, -401, "this app key does not exist");
    }
    let number: Option<usize> = name.strip_prefix("task-event-").and_then(|number| number.parse().ok());
    let told = {
        let tasks = shared.tasks();
        let task = number.and_then(|number| tasks.0.get(number.checked_sub(1)?));
        task.map(|Task { all, unresolved, failed }| {
            let status = if failed.is_empty() { "ALL SUCCESS".to_owned() } else { format!("{} FAIL", failed.len()) };
            json!({
                "taskId": name, "status": status, "allRequestCount": all, "successCount": all - failed.len(),
                "userKeyResolvingFailCount": unresolved, "fail": { "count": failed.len(), "list": failed },
            })
        })
    };
    match told {
        Some(told) => Json(told).into_response(),
        None => refused(&shared, StatusCode::NOT_FOUND, -2, "there is no such task"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_s_text_has_every_value_that_it_names() {
        let data = Map::from_iter([("text".to_owned(), json!("고쳤습니다")), ("n".to_owned(), json!(1))]);
        let of = |block: &str| filled(block, &data);
        assert_eq!(
            of("답: {{#current.event.data.text}} ({{#current.event.data.text}})").unwrap(),
            "답: 고쳤습니다 (고쳤습니다)"
        );
        assert_eq!(of("없음").unwrap(), "없음");
        for block in ["{{#current.event.data.title}}", "{{#current.event.data.n}}", "{{#current.event.data.text"] {
            assert!(of(block).is_err(), "{block}");
        }
    }
}
