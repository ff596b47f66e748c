//! What Kakao's Bot API posts: answered within a second, and the citizen by the event's token.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use sosik_channel::SendError;
use sosik_core::Clock;
use sosik_kakao::bot::{self, BotClient, BotDoor, BotEvent, BotReply};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{UNCACHED, limited};
use crate::rate::Rate;
use crate::webhook::has_secret;

/// Answers that are made at once. More wait at Kakao: 503, and nothing of theirs is begun.
const AT_ONCE: usize = 256;
/// So long an event is known again: above the five minutes of its token.
const KNOWN: TimeDelta = TimeDelta::minutes(10);
/// Events that are known again at the most; the oldest are forgotten first.
const MOST_KNOWN: usize = 100_000;

/// The webhook of a city's bot, behind the secret header of its settings.
///
/// `POST /kakao/bot`: 204 where an event was taken, whether it is one that is answered or not, and again for one that was taken before,
/// which is answered once. 401 without the secret, 400 for another form, 413 above [`MAX_BYTES`](bot::MAX_BYTES), 429 for more a
/// second than are taken, 503 while as many answers are made as can be. What was taken and not answered when a server stops is lost: [`idle`](Self::idle) waits for it.
#[derive(Clone)]
pub struct BotWebhook(Arc<Hook>);

struct Hook {
    door: BotDoor,
    header: HeaderName,
    secret: SecretString,
    client: BotClient,
    clock: Arc<dyn Clock>,
    room: Arc<Semaphore>,
    known: Mutex<Known>,
    rate: Rate,
}

/// Events that were taken, by room and number.
#[derive(Default)]
struct Known {
    taken: HashSet<(String, String)>,
    order: VecDeque<((String, String), DateTime<Utc>)>,
}

impl Known {
    /// Whether an event is new; it is known from now on.
    fn is_new(&mut self, event: (String, String), now: DateTime<Utc>) -> bool {
        let is_past = |(_, at): &(_, DateTime<Utc>)| *at + KNOWN < now;
        while self.order.len() >= MOST_KNOWN || self.order.front().is_some_and(is_past) {
            let Some((oldest, _)) = self.order.pop_front() else { break };
            self.taken.remove(&oldest);
        }
        let is_new = self.taken.insert(event.clone());
        if is_new {
            self.order.push_back((event, now));
        }
        is_new
    }
}

impl BotWebhook {
    /// A webhook that is called with a header of this name and value: both stand in the bot's settings at Kakao.
    pub fn new(
        door: BotDoor,
        header: HeaderName,
        secret: impl Into<SecretString>,
        client: BotClient,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (secret, room) = (secret.into(), Arc::new(Semaphore::new(AT_ONCE)));
        let (known, rate) = (Mutex::default(), Rate::default());
        Self(Arc::new(Hook { door, header, secret, client, clock, room, known, rate }))
    }

    /// The route.
    pub fn router(self) -> Router {
        let routes = Router::new().route("/kakao/bot", post(take)).with_state(self.0);
        limited(routes, bot::MAX_BYTES, bot::ANSWER_WITHIN, UNCACHED)
    }

    /// Waits until every answer that was begun is given: for servers that stop.
    pub async fn idle(&self) {
        // Nobody closes it: all of it is free when nobody answers.
        let _ = self.0.room.acquire_many(u32::try_from(AT_ONCE).unwrap_or(u32::MAX)).await;
    }
}

impl fmt::Debug for BotWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotWebhook").field("door", &self.0.door).field("header", &self.0.header).finish_non_exhaustive()
    }
}

async fn take(State(hook): State<Arc<Hook>>, headers: HeaderMap, body: Bytes) -> Response {
    if !has_secret(&headers, &hook.header, &hook.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Err(refused) = hook.rate.take(hook.clock.now()) {
        return refused.into_response();
    }
    let event = match BotEvent::parse(&body) {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!(%error, "an event of a bot's was refused");
            return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
        }
    };
    if !BotDoor::answers(&event) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let Ok(place) = Arc::clone(&hook.room).try_acquire_owned() else {
        tracing::warn!("an event of a bot's was put off: there are too many");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let now = hook.clock.now();
    let name = event.id.clone().map(|id| (event.room.clone().unwrap_or_default(), id));
    // What is told again is answered once.
    if name.is_some_and(|name| !hook.known().is_new(name, now)) {
        return StatusCode::NO_CONTENT.into_response();
    }
    #[expect(clippy::disallowed_methods, reason = "the answer goes on beside the request, which has a second")]
    tokio::spawn(async move { hook.answer(event, now, place).await });
    StatusCode::NO_CONTENT.into_response()
}

impl Hook {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, event: BotEvent, at: DateTime<Utc>, _place: OwnedSemaphorePermit) {
        let Some(reply) = self.door.answer(&event, at).await else { return };
        if let Some(problem) = &reply.problem {
            tracing::error!(%problem, "a citizen was told where else to turn");
        }
        if let Err(error) = self.reply(&reply).await {
            tracing::error!(%error, "a bot's answer did not arrive");
            return;
        }
        if let Err(error) = reply.shown(self.clock.now()).await {
            tracing::error!(%error, "that a bot's answer arrived was not kept");
        }
    }

    /// Gives an answer: again after a while where it was certainly not taken, since its token holds for minutes.
    async fn reply(&self, reply: &BotReply) -> Result<(), SendError> {
        /// So many seconds are waited before it is given again, unless Kakao says how long.
        const AGAIN: [u64; 4] = [1, 2, 4, 8];
        /// Whoever chats waits no longer.
        const MOST: Duration = Duration::from_secs(20);

        for wait in AGAIN {
            match self.client.reply(&reply.to, &reply.answer).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_retryable() => {
                    tracing::warn!(%error, "a bot's answer is given again");
                    #[expect(clippy::disallowed_methods, reason = "a server waits for another")]
                    tokio::time::sleep(error.retry_after().unwrap_or(Duration::from_secs(wait)).min(MOST)).await;
                }
                Err(error) => return Err(error),
            }
        }
        self.client.reply(&reply.to, &reply.answer).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn an_event_is_new_once_and_again_after_its_time() {
        let now = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        let event = |n: usize| ("room".to_owned(), n.to_string());
        let mut known = Known::default();
        assert!(known.is_new(event(1), now));
        assert!(!known.is_new(event(1), now + TimeDelta::minutes(10)));
        assert!(known.is_new(("other".to_owned(), "1".to_owned()), now), "of another room");
        assert!(known.is_new(event(1), now + TimeDelta::minutes(11)));
        for n in 2..MOST_KNOWN + 10 {
            assert!(known.is_new(event(n), now + TimeDelta::minutes(11)));
        }
        assert_eq!((known.order.len(), known.taken.len()), (MOST_KNOWN, MOST_KNOWN), "no more than that");
    }
}
