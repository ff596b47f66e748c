//! How much a request may be, how long it may take, and what every answer says of itself.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;

/// What answers to machines say: they are kept by no cache.
pub(crate) const UNCACHED: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// What pages for anyone say: what they may load, and that nothing frames them.
pub(crate) const fn page(policy: &'static str) -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ]
}

/// A router whose requests have at most so many bytes and take at most so long (a body that trickles in included), and whose
/// answers all have these headers: one that took too long as well.
pub(crate) fn limited<const N: usize>(
    router: Router,
    bytes: usize,
    within: Duration,
    headers: [(HeaderName, &'static str); N],
) -> Router {
    router.layer(DefaultBodyLimit::max(bytes)).layer(middleware::from_fn(move |request: Request, next: Next| {
        let headers = headers.clone();
        async move {
            let mut response = match tokio::time::timeout(within, next.run(request)).await {
                Ok(response) => response,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            };
            for (name, value) in headers {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            response
        }
    }))
}
