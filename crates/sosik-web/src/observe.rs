//! What the server did: a line for each request, and counts for whoever watches it.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::time::Instant;

/// A router whose every request is told to the log (target `sosik_web::access`: method, route, status, microseconds) and, with
/// the feature `metrics`, counted. A route is told by its pattern: what stands in an address may be someone's.
pub fn observed(router: Router) -> Router {
    router.layer(middleware::from_fn(observe))
}

async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    tracing::info!(target: "sosik_web::access", %method, route, status, micros = took.as_micros());
    #[cfg(feature = "metrics")]
    crate::metrics::count(&method, route, status, took);
    response
}
