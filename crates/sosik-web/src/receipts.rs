//! What a message dealer tells by itself of what it sent: receipts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use sosik_channel::{SendErrorKind, Transport};
use sosik_core::Clock;
use sosik_delivery::{DeliveryError, Engine};

use crate::limits::{UNCACHED, limited};
use crate::rate::Rate;
use crate::webhook;

/// The most that a webhook may be, in bytes: a choice of ours. Bizgo posts one receipt, SOLAPI a list of them.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Bizgo waits five seconds for an answer (its API guide, report webhook, read 2026-11); one is the network's. How long SOLAPI waits is
/// not known.
const WITHIN: Duration = Duration::from_secs(4);

/// Takes what a dealer posts of its messages, and answers when it is kept.
///
/// The transport reads and verifies it as its dealer signs ([`Transport::webhook`]), the engine writes it down: late, twice and in
/// any order it leaves the same behind. 200 with what the dealer wants to hear; 400 for another form, 401 for whoever is not the
/// dealer, 413 for too much, 429 for more a second than are taken, 503 where it cannot be kept now: then it comes again, or is asked for.
#[must_use]
pub struct Receipts(Told);

struct Told {
    transport: Arc<dyn Transport>,
    engine: Arc<Engine>,
    clock: Arc<dyn Clock>,
    rate: Rate,
}

impl Receipts {
    /// Takes what the dealer of a transport posts, and gives it to an engine, which need not be the one that sends.
    pub fn new(transport: Arc<dyn Transport>, engine: Arc<Engine>, clock: Arc<dyn Clock>) -> Self {
        Self(Told { transport, engine, clock, rate: Rate::default() })
    }

    /// Takes at most so many calls a second of whoever may make them, instead of [`MOST_A_SECOND`](crate::MOST_A_SECOND).
    pub fn at_most(mut self, calls: u32) -> Self {
        self.0.rate = Rate::of(calls);
        self
    }

    /// The route, at a path such as `/receipts/bizgo`, as it stands in the dealer's settings.
    pub fn router(self, path: &str) -> Router {
        limited(Router::new().route(path, post(take)).with_state(Arc::new(self.0)), MAX_BYTES, WITHIN, UNCACHED)
    }
}

impl fmt::Debug for Receipts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipts").field("transport", &self.0.transport.name()).finish_non_exhaustive()
    }
}

async fn take(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> Response {
    let now = told.clock.now();
    let mut refused = None;
    let kept = async {
        let given = told.transport.webhook(&webhook::request(&headers, body.into(), now)).await?;
        refused = told.rate.take(now).err();
        if refused.is_some() {
            return Ok(given.reply);
        }
        told.engine.record(&given.receipts, now).await?;
        Ok::<_, DeliveryError>(given.reply)
    };
    let kept = kept.await;
    if let Some(refused) = refused {
        return refused.into_response();
    }
    match kept {
        Ok(reply) => ([(header::CONTENT_TYPE, "application/json")], reply).into_response(),
        Err(error) => {
            let status = match &error {
                DeliveryError::Transport(error) => match error.kind() {
                    SendErrorKind::InvalidContent => StatusCode::BAD_REQUEST,
                    SendErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
                    _ => StatusCode::SERVICE_UNAVAILABLE,
                },
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            tracing::warn!(%error, %status, "receipts were not taken");
            status.into_response()
        }
    }
}
