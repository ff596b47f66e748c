//! Counts and times for Prometheus.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use sosik_chat::{ChatStore, TicketState};
use sosik_core::Clock;
use sosik_delivery::Outbox;
use subtle::ConstantTimeEq as _;

use crate::limits::{UNCACHED, limited};

const REQUESTS: &str = "sosik_http_requests_total";
const SECONDS: &str = "sosik_http_request_seconds";
/// Up to which times requests are counted, in seconds: around what Kakao waits for (3 and 5), and far below it.
const BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0];
/// Tickets and batches that are counted; more than that is more than anyone works off.
const MOST: usize = 10_000;
/// Methods that are counted by their names: whatever else a stranger sends is one.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/// `GET /metrics`: what was counted since the start, and what waits now, in the text format of Prometheus.
///
/// | metric | what |
/// | --- | --- |
/// | `sosik_http_requests_total{method,route,status}` | requests |
/// | `sosik_http_request_seconds{route}` | how long they took |
/// | `sosik_batches_held`, `sosik_campaigns_open` | batches that wait for a person, campaigns that are not at their end |
/// | `sosik_tickets_waiting`, `sosik_tickets_late` | questions to be answered, and of those the late ones |
/// | `sosik_recipients_settled_total{end}` and others | what the engine counts: the feature `metrics` of `sosik-delivery` |
#[derive(Clone)]
pub struct Metrics(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    handle: PrometheusHandle,
    token: Option<SecretString>,
    waits: Option<Waits>,
}

/// Where it is looked for what waits.
#[derive(Clone)]
struct Waits {
    outbox: Arc<dyn Outbox>,
    chats: Arc<dyn ChatStore>,
    clock: Arc<dyn Clock>,
}

impl Metrics {
    /// Takes whatever is counted in this process from now on. Once in a program.
    ///
    /// # Errors
    ///
    /// [`MetricsError`] where something else counts already.
    pub fn install() -> Result<Self, MetricsError> {
        let matcher = Matcher::Full(SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &BUCKETS);
        let recorder = builder.map_err(MetricsError::Build)?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Taken)?;
        metrics::describe_counter!(REQUESTS, "Requests by method, route and status");
        metrics::describe_histogram!(
            SECONDS,
            metrics::Unit::Seconds,
            "How long requests took until their answer began"
        );
        metrics::describe_gauge!("sosik_batches_held", "Batches that wait for a person");
        metrics::describe_gauge!("sosik_campaigns_open", "Campaigns that are not at their end");
        metrics::describe_gauge!("sosik_tickets_waiting", "Questions to be answered");
        metrics::describe_gauge!("sosik_tickets_late", "Questions whose answer is late");
        Ok(Self(Arc::new(Parts { handle, token: None, waits: None })))
    }

    /// For whoever sends this bearer token alone.
    #[must_use]
    pub fn with_token(self, token: impl Into<SecretString>) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.token = Some(token.into());
        Self(Arc::new(parts))
    }

    /// With what waits at the moment in which it is asked.
    #[must_use]
    pub fn waiting(self, outbox: Arc<dyn Outbox>, chats: Arc<dyn ChatStore>, clock: Arc<dyn Clock>) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.waits = Some(Waits { outbox, chats, clock });
        Self(Arc::new(parts))
    }

    /// The route.
    pub fn router(self) -> Router {
        let routes = Router::new().route("/metrics", get(told)).with_state(self.0);
        limited(routes, 0, Duration::from_secs(10), UNCACHED)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("has_token", &self.0.token.is_some()).finish_non_exhaustive()
    }
}

/// Nothing can be counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricsError {
    /// The recorder could not be built.
    #[error("the recorder could not be built")]
    Build(#[source] BuildError),
    /// Something else in this process counts already.
    #[error("something else in this process counts already: install it once")]
    Taken,
}

/// Counts a request.
pub(crate) fn count(method: &Method, route: &str, status: u16, took: Duration) {
    let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
    let (route, status): (Cow<'static, str>, _) = (route.to_owned().into(), status.to_string());
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!(SECONDS, "route" => route).record(took);
}

async fn told(State(parts): State<Arc<Parts>>, headers: HeaderMap) -> Response {
    if let Some(token) = &parts.token {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let is_theirs = given.is_some_and(|given| given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into());
        if !is_theirs {
            return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
        }
    }
    if let Err(error) = look(&parts).await {
        tracing::error!(error = &*error, "what waits could not be counted");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    parts.handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], parts.handle.render()).into_response()
}

/// Looks at what waits.
async fn look(parts: &Parts) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Some(Waits { outbox, chats, clock }) = &parts.waits else { return Ok(()) };
    let tickets = chats.queue(&[TicketState::Waiting, TicketState::Taken], None, MOST).await?;
    let now = clock.now();
    let late = tickets.iter().filter(|ticket| ticket.is_late(now)).count();
    for (name, count) in [
        ("sosik_batches_held", outbox.held(MOST).await?.len()),
        ("sosik_campaigns_open", outbox.open_campaigns().await?.len()),
        ("sosik_tickets_waiting", tickets.len()),
        ("sosik_tickets_late", late),
    ] {
        metrics::gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }
    Ok(())
}
