//! The whole server: the dealers' calls, and a window on what they took.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::faults::{Fault, disturb};
use crate::journal::Event;
use crate::server::Shared;
use crate::template::Template;
use crate::{bizgo, chatbot, kakao, page, solapi};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let dealers = Router::new()
        .merge(bizgo::routes::router())
        .merge(solapi::routes::router())
        .merge(kakao::router())
        .merge(chatbot::router());
    Router::new()
        .merge(dealers.layer(from_fn_with_state(Arc::clone(&shared), disturb)))
        .route("/_emulator", get(page))
        .route("/_emulator/messages", get(messages))
        .route("/_emulator/pictures/{digest}", get(picture))
        .route("/_emulator/stats", get(stats))
        .route("/_emulator/faults", post(faults))
        .route("/_emulator/templates", post(templates))
        .route("/_emulator/clock", get(time).post(move_on))
        .route("/_emulator/inspections", post(inspections))
        .route("/_emulator/friends", post(kakao::friends))
        .merge(chatbot::played())
        .fallback(bizgo::routes::unknown)
        .with_state(shared)
}

async fn page(State(shared): State<Arc<Shared>>) -> Response {
    Html(page::html(&shared.ledger())).into_response()
}

async fn picture(State(shared): State<Arc<Shared>>, Path(digest): Path<String>) -> Response {
    let ledger = shared.ledger();
    let mut found = ledger.pictures.values().filter(|picture| picture.digest == digest);
    match found.find_map(|picture| picture.file.clone()) {
        Some(file) => {
            let media_type = crate::picture::decode(&file).map_or("application/octet-stream", |it| it.media_type());
            ([(header::CONTENT_TYPE, media_type)], file).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Most {
    limit: Option<usize>,
}

/// The last messages, the newest first. To whom they went is not told.
async fn messages(State(shared): State<Arc<Shared>>, Query(most): Query<Most>) -> Response {
    let ledger = shared.ledger();
    let newest = ledger.messages.iter().rev().take(most.limit.unwrap_or(100));
    let list: Vec<_> = newest
        .map(|message| {
            json!({
                "dealer": message.dealer, "key": message.key, "ref": message.reference, "fields": message.fields,
                "group": message.group, "at": message.at, "tries": message.tries,
                "content": *message.content, "shown": message.shown,
            })
        })
        .collect();
    Json(list).into_response()
}

async fn stats(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.stats()).into_response()
}

/// Takes a list of faults for the next calls.
async fn faults(State(shared): State<Arc<Shared>>, body: axum::body::Bytes) -> Response {
    match serde_json::from_slice::<Vec<Fault>>(&body) {
        Ok(faults) => {
            let count = faults.len();
            shared.script(faults);
            Json(json!({ "scripted": count })).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("a list of faults is wanted: {error}\n")).into_response(),
    }
}

/// Takes a list of approved templates.
async fn templates(State(shared): State<Arc<Shared>>, body: axum::body::Bytes) -> Response {
    match serde_json::from_slice::<Vec<Template>>(&body) {
        Ok(templates) => {
            let mut ledger = shared.ledger();
            ledger.templates.extend(templates.into_iter().map(|template| (template.code.clone(), template)));
            Json(json!({ "approved": ledger.templates.len() })).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("a list of templates is wanted: {error}\n")).into_response(),
    }
}

async fn time(State(shared): State<Arc<Shared>>) -> Response {
    Json(json!({ "now": shared.ledger().now().to_rfc3339() })).into_response()
}

/// How far the clock is moved on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ahead {
    seconds: u32,
}

async fn move_on(State(shared): State<Arc<Shared>>, body: axum::body::Bytes) -> Response {
    match serde_json::from_slice::<Ahead>(&body) {
        Ok(Ahead { seconds }) => {
            let mut ledger = shared.ledger();
            match ledger.happen(Event::MovedOn { seconds }) {
                Ok(()) => Json(json!({ "now": ledger.now().to_rfc3339() })).into_response(),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
            }
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("seconds are wanted: {error}\n")).into_response(),
    }
}

/// What Kakao's inspectors decide of a template of Alimtalk that waits for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    code: String,
    /// `APR` or `REJ`.
    #[serde(rename = "verdict")]
    state: String,
    comment: Option<String>,
}

async fn inspections(State(shared): State<Arc<Shared>>, body: axum::body::Bytes) -> Response {
    let bad = |why: String| (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response();
    let Verdict { code, state, comment } = match serde_json::from_slice(&body) {
        Ok(verdict) => verdict,
        Err(error) => return bad(format!("a code and a verdict are wanted: {error}")),
    };
    if !matches!(state.as_str(), "APR" | "REJ") {
        return bad("verdict: APR or REJ".to_owned());
    }
    match shared.ledger().decide(&code, &state, comment) {
        Ok(()) => Json(json!({ "code": code, "inspectionStatus": state })).into_response(),
        Err(refusal) => bad(refusal.detail().to_owned()),
    }
}
