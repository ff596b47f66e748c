//! What Kakao posts: the chatbot's requests, who added or blocked a channel, who left the city's app.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::TimeDelta;
use secrecy::SecretString;
use sosik_channel::Webhook;
use sosik_core::Clock;
use sosik_kakao::skill::{Callbacks, Later, SkillDoor};
use sosik_kakao::webhook::{self, WebhookError};
use sosik_kakao::{registry, skill};
use sosik_registry::{Channels, Event, SubscriberStore};

use crate::limits::{UNCACHED, limited};
use crate::rate::Rate;
use crate::webhook::has_secret;

/// Kakao takes an answer to a webhook within three seconds (kakaotalk-channel/callback, read 2026-11): half a second is the network's.
const WEBHOOK_WITHIN: Duration = Duration::from_millis(2_500);
/// How far Kakao's clock may be before ours: what is told of later than that is refused, since of two events the later holds.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Takes what Kakao tells of people, and answers when it is kept.
///
/// | route | what |
/// | --- | --- |
/// | `POST /kakao/channel` | someone added or blocked a channel: 204 |
/// | `GET` or `POST /kakao/unlink` | someone left the city's app: 200 |
///
/// What is told twice leaves the same behind, in whatever order it comes (rule 9 of [`SubscriberStore`]). 401 without the app's
/// primary admin key, 400 for another form, 413 for too much, 429 for more a second than are taken, 503 where it cannot be kept now: Kakao may tell it again. Of a channel
/// that is none of the city's nothing is kept, and 204 answered.
#[must_use]
pub struct Webhooks(Told);

struct Told {
    key: SecretString,
    channels: Arc<Channels>,
    store: Arc<dyn SubscriberStore>,
    clock: Arc<dyn Clock>,
    rate: Rate,
}

impl Webhooks {
    /// Takes what comes with the app's primary admin key, of these channels.
    pub fn new(
        primary_admin_key: impl Into<SecretString>,
        channels: Arc<Channels>,
        store: Arc<dyn SubscriberStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Told { key: primary_admin_key.into(), channels, store, clock, rate: Rate::default() })
    }

    /// Takes at most so many calls a second of whoever may make them, instead of [`MOST_A_SECOND`](crate::MOST_A_SECOND).
    pub fn at_most(mut self, calls: u32) -> Self {
        self.0.rate = Rate::of(calls);
        self
    }

    /// The routes.
    pub fn router(self) -> Router {
        let routes = Router::new()
            .route("/kakao/channel", post(channel))
            .route("/kakao/unlink", get(unlink_get).post(unlink_post))
            .with_state(Arc::new(self.0));
        limited(routes, webhook::MAX_BYTES, WEBHOOK_WITHIN, UNCACHED)
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("store", &self.0.store).finish_non_exhaustive()
    }
}

impl Told {
    fn request(&self, headers: &HeaderMap, body: Vec<u8>) -> Webhook {
        crate::webhook::request(headers, body, self.clock.now())
    }

    async fn keep(&self, event: Event, done: StatusCode) -> Response {
        if let Err(refused) = self.rate.take(self.clock.now()) {
            return refused.into_response();
        }
        match self.store.apply(&[event], self.clock.now()).await {
            Ok(()) => done.into_response(),
            Err(error) => {
                tracing::error!(%error, "what Kakao told was not kept");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    }
}

async fn channel(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> Response {
    let request = told.request(&headers, body.into());
    let event = match webhook::channel_event(&told.key, &request) {
        Ok(event) => event,
        Err(error) => return refused(error),
    };
    if event.at > request.received + AHEAD {
        return (StatusCode::BAD_REQUEST, "updated_at is in the future").into_response();
    }
    if let Some(event) = registry::told(&event, &told.channels) {
        return told.keep(event, StatusCode::NO_CONTENT).await;
    }
    tracing::warn!("Kakao told of a channel that is none of the city's");
    StatusCode::NO_CONTENT.into_response()
}

async fn unlink_get(State(told): State<Arc<Told>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    unlink(&told, &headers, query.unwrap_or_default().into_bytes()).await
}

async fn unlink_post(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> Response {
    unlink(&told, &headers, body.into()).await
}

async fn unlink(told: &Told, headers: &HeaderMap, form: Vec<u8>) -> Response {
    let request = told.request(headers, form);
    match webhook::unlink(&told.key, &request) {
        Ok(unlink) => told.keep(registry::unlinked(&unlink, request.received), StatusCode::OK).await,
        Err(error) => refused(error),
    }
}

fn refused(error: WebhookError) -> Response {
    let status = match error {
        WebhookError::Key => StatusCode::UNAUTHORIZED,
        WebhookError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    tracing::warn!(%error, "a webhook was refused");
    (status, error.to_string()).into_response()
}

/// The skill of a city's chatbot, behind the secret header of its settings.
///
/// `POST /kakao/skill`: 413 above [`MAX_BYTES`](skill::MAX_BYTES), 401 without the secret, 429 for more a second than
/// are taken; else 200 and an answer that a citizen can
/// read, whatever came ([`SkillDoor`]). Late answers go to their callback beside it.
#[must_use]
pub struct Chatbot(Bot);

struct Bot {
    door: SkillDoor,
    header: HeaderName,
    secret: SecretString,
    callbacks: Callbacks,
    clock: Arc<dyn Clock>,
    rate: Rate,
}

impl Chatbot {
    /// A skill that is called with a header of this name (`x-sosik-secret`) and value: both stand in its settings at Kakao.
    pub fn new(
        door: SkillDoor,
        header: HeaderName,
        secret: impl Into<SecretString>,
        callbacks: Callbacks,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Bot { door, header, secret: secret.into(), callbacks, clock, rate: Rate::default() })
    }

    /// Takes at most so many calls a second of whoever may make them, instead of [`MOST_A_SECOND`](crate::MOST_A_SECOND).
    pub fn at_most(mut self, calls: u32) -> Self {
        self.0.rate = Rate::of(calls);
        self
    }

    /// The route.
    pub fn router(self) -> Router {
        let routes = Router::new().route("/kakao/skill", post(answer)).with_state(Arc::new(self.0));
        limited(routes, skill::MAX_BYTES, skill::ANSWER_WITHIN, UNCACHED)
    }
}

impl fmt::Debug for Chatbot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chatbot").field("door", &self.0.door).field("header", &self.0.header).finish_non_exhaustive()
    }
}

impl Bot {
    async fn answer_late(&self, later: Later) {
        let ready = later.ready().await;
        if let Some(problem) = &ready.problem {
            tracing::error!(%problem, "a late answer says where else to turn");
        }
        if let Err(error) = self.callbacks.post(&ready.callback, &ready.answer).await {
            tracing::error!(%error, "a late answer did not arrive");
            return;
        }
        if let Err(error) = ready.shown(self.clock.now()).await {
            tracing::error!(%error, "that a late answer arrived was not kept");
        }
    }
}

async fn answer(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: Bytes) -> Response {
    if !has_secret(&headers, &bot.header, &bot.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Err(refused) = bot.rate.take(bot.clock.now()) {
        return refused.into_response();
    }
    let served = bot.door.serve(&body, bot.clock.now()).await;
    if let Some(problem) = &served.problem {
        tracing::error!(%problem, "a citizen was told where else to turn");
    }
    if let Some(later) = served.later {
        let bot = Arc::clone(&bot);
        #[expect(
            clippy::disallowed_methods,
            reason = "the answer goes on beside the request, within its callback's minute"
        )]
        tokio::spawn(async move { bot.answer_late(later).await });
    }
    ([(header::CONTENT_TYPE, "application/json")], served.json).into_response()
}
