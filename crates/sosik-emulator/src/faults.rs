//! What can go wrong with a call on its way, by share or by script.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::server::Shared;

/// Something that goes wrong with one call of a dealer's API.
///
/// As JSON, for `POST /_emulator/faults`: `"none"`, `"no_answer"`, `{"too_many": {"seconds": 1}}`,
/// `{"status": {"code": 503}}`, `{"slow": {"milliseconds": 200}}` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// Nothing: the call goes through. In a script, to let calls pass before the next fault.
    None,
    /// The connection breaks before the call is read: nothing was done.
    NoEntry,
    /// The call is done, and the connection breaks before its answer.
    NoAnswer,
    /// Nothing is done and nothing is answered for this long; then the connection breaks. For clients' time-outs.
    #[non_exhaustive]
    Silence {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// The call is done and answered after this long.
    #[non_exhaustive]
    Slow {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Refused with 429 and `Retry-After`: nothing was done.
    #[non_exhaustive]
    TooMany {
        /// The seconds to wait.
        seconds: u64,
    },
    /// Answered with this status and no JSON: nothing was done.
    #[non_exhaustive]
    Status {
        /// The status: 500, 502, 503.
        code: u16,
    },
    /// The call is done, and its answer ends in the middle.
    Truncated,
    /// The call is done, and answered with JSON of another form.
    WrongJson,
}

impl Fault {
    /// A [`Slow`](Self::Slow) answer.
    #[must_use]
    pub fn slow(milliseconds: u64) -> Self {
        Self::Slow { milliseconds }
    }

    /// A [`Silence`](Self::Silence).
    #[must_use]
    pub fn silence(milliseconds: u64) -> Self {
        Self::Silence { milliseconds }
    }

    /// A refusal as [`TooMany`](Self::TooMany).
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        Self::TooMany { seconds }
    }

    /// An answer of this [`Status`](Self::Status).
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code }
    }
}

/// Lets a call through, or lets it go wrong.
pub(crate) async fn disturb(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let bizgo = request.uri().path().starts_with("/api/comm/");
    let fault = shared.next_fault();
    if fault != Fault::None {
        shared.ledger().refused(&format!("fault:{}", name(fault)));
    }
    match fault {
        Fault::None => next.run(request).await,
        Fault::NoEntry => lost(),
        Fault::NoAnswer => {
            drop(next.run(request).await);
            lost()
        }
        Fault::Silence { milliseconds } => {
            pause(milliseconds).await;
            lost()
        }
        Fault::Slow { milliseconds } => {
            let response = next.run(request).await;
            pause(milliseconds).await;
            response
        }
        Fault::TooMany { seconds } => too_many(bizgo, seconds),
        Fault::Status { code } => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, "<html><body>the gateway is not well</body></html>").into_response()
        }
        Fault::Truncated => truncated(next.run(request).await).await,
        Fault::WrongJson => {
            let response = next.run(request).await;
            (response.status(), Json(json!({ "message": ["not", "what", "was", "asked", "for"] }))).into_response()
        }
    }
}

fn name(fault: Fault) -> String {
    let value = serde_json::to_value(fault).unwrap_or_default();
    let key = value.as_object().and_then(|fields| fields.keys().next().cloned());
    key.or_else(|| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a slow answer takes its time")]
async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

fn too_many(bizgo: bool, seconds: u64) -> Response {
    let body = if bizgo {
        json!({
            "common": { "authCode": "A000", "authResult": "Success", "infobankTrId": "EMULATOR" },
            "data": { "code": "A020", "result": "too many in a second" },
        })
    } else {
        json!({ "errorCode": "EmuTooMany", "errorMessage": "too many in a second" })
    };
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The answer, cut in its middle: the connection closes before the length that was promised.
async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(parts, Body::from_stream(Broken(Some(bytes.slice(..bytes.len() / 2)), false)))
}

/// An answer that breaks off before its first byte: the client learns nothing.
pub(crate) fn lost() -> Response {
    let mut response = Response::new(Body::from_stream(Broken(None, false)));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("100"));
    response
}

/// A body that breaks off, after what it holds.
struct Broken(Option<Bytes>, bool);

impl futures_core::Stream for Broken {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let item = match self.0.take() {
            Some(bytes) => Some(Ok(bytes)),
            None if self.1 => None,
            None => {
                self.1 = true;
                Some(Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the answer is lost")))
            }
        };
        std::task::Poll::Ready(item)
    }
}
