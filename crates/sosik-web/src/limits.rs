//! How much a request may be, and how long it may take.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

/// A router whose requests have at most so many bytes, take at most so long (a body that trickles in included), and whose answers are
/// kept by no cache.
pub(crate) fn limited(router: Router, bytes: usize, within: Duration) -> Router {
    router
        .layer(DefaultBodyLimit::max(bytes))
        .layer(middleware::from_fn(move |request: Request, next: Next| in_time(request, next, within)))
}

/// Pages for anyone: what they may load is said, nothing frames them, and no request has a body.
pub(crate) fn secured(router: Router, policy: &'static str) -> Router {
    /// A page takes some milliseconds.
    const WITHIN: Duration = Duration::from_secs(10);

    router.layer(DefaultBodyLimit::max(0)).layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let mut response = match tokio::time::timeout(WITHIN, next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }))
}

async fn in_time(request: Request, next: Next, within: Duration) -> Response {
    let mut response = match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
