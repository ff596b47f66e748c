//! The whole server: the dealers' calls, and a window on what they took.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::faults::{Fault, disturb};
use crate::server::Shared;
use crate::template::Template;
use crate::{bizgo, solapi};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let dealers = Router::new().merge(bizgo::routes::router()).merge(solapi::routes::router());
    Router::new()
        .merge(dealers.layer(from_fn_with_state(Arc::clone(&shared), disturb)))
        .route("/_emulator/stats", get(stats))
        .route("/_emulator/faults", post(faults))
        .route("/_emulator/templates", post(templates))
        .fallback(bizgo::routes::unknown)
        .with_state(shared)
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
