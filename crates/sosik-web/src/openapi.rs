//! The endpoints for machines, as `OpenAPI` 3.1: what is posted here, and what is answered.

use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::get;

use crate::limits::{UNCACHED, limited};

/// The document.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /openapi.json`.
pub fn router() -> Router {
    let answer = async || ([(header::CONTENT_TYPE, "application/json")], DOCUMENT);
    limited(Router::new().route("/openapi.json", get(answer)), 0, Duration::from_secs(1), UNCACHED)
}
