use std::fmt;
use std::future::Future;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{AckKind, Context};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::future::try_join_all;
use sosik_delivery::{Queue, QueueError, QueueErrorKind, TakenTicket, Ticket};

use crate::builder::unavailable;
use crate::{NatsQueueBuilder, wire};

/// After so long without a word it is asked whether the server is there at all. It says at once that there is nothing, where it
/// sees that; of two who ask for one last ticket it sees it for neither, and says nothing to the second (nats-server 2.9.10). A
/// request with an end of its own is no way out: the server lets it wait to its end whenever there is nothing.
const SILENCE: Duration = Duration::from_millis(100);

/// Tickets in a work-queue stream of NATS JetStream.
///
/// # Cancellation
///
/// Dropping the future of [`take`](Queue::take) may leave tickets taken that nobody has: they are given again when the
/// hold is over.
pub struct NatsQueue {
    pub(crate) client: Client,
    pub(crate) context: Context,
    pub(crate) urgent: PullConsumer,
    pub(crate) normal: PullConsumer,
    pub(crate) stream: String,
    pub(crate) prefix: String,
    pub(crate) patience: Duration,
}

impl fmt::Debug for NatsQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsQueue").field("stream", &self.stream).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl NatsQueue {
    /// A queue on the server of this address, such as `nats://queue.example.go.kr:4222`; of a cluster, several with commas
    /// between them.
    pub fn builder(address: impl Into<String>) -> NatsQueueBuilder {
        NatsQueueBuilder::new(address)
    }

    /// Removes the stream with everything in it. Nothing is lost: what waits is in the outbox.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when the server does not answer.
    pub async fn remove(&self) -> Result<(), QueueError> {
        let removed = self.context.delete_stream(&self.stream).await;
        removed.map(drop).map_err(|error| unavailable("the stream on NATS cannot be removed", error))
    }

    /// What the server answers within the time that it has.
    async fn within<T, E>(&self, what: &str, asked: impl Future<Output = Result<T, E>> + Send) -> Result<T, QueueError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if self.client.connection_state() == State::Disconnected {
            return Err(QueueError::new(QueueErrorKind::Unavailable, "the connection to NATS is lost"));
        }
        let answered = tokio::time::timeout(self.patience, asked).await;
        let answered = answered.map_err(|error| unavailable("NATS does not answer", error))?;
        answered.map_err(|error| unavailable(format!("NATS cannot {what} now"), error))
    }

    async fn taken(&self, consumer: &PullConsumer, limit: usize) -> Result<Vec<TakenTicket>, QueueError> {
        let mut messages = self.within("be asked", consumer.fetch().max_messages(limit).messages()).await?;
        let mut taken = Vec::new();
        loop {
            let Ok(next) = tokio::time::timeout(SILENCE, messages.next()).await else {
                // Whoever does not listen any more is given nothing. What came is taken.
                drop(messages);
                if taken.is_empty() {
                    self.within("say how its tickets stand", consumer.get_info()).await?;
                }
                return Ok(taken);
            };
            let Some(message) = next else { return Ok(taken) };
            let message = match message {
                Ok(message) => message,
                // What came is taken; the rest another time.
                Err(error) if taken.is_empty() => return Err(unavailable("NATS cannot give tickets now", error)),
                Err(_) => return Ok(taken),
            };
            let by = message.reply.as_ref().map(ToString::to_string).unwrap_or_default();
            if let Some(ticket) = wire::from_bytes(&message.payload) {
                taken.push(TakenTicket::new(ticket, by));
            } else {
                tracing::warn!(stream = self.stream, "a message in the stream is no ticket, and is taken out");
                self.answer(&by, AckKind::Term).await?;
            }
        }
    }

    async fn answer(&self, by: &str, answer: AckKind) -> Result<(), QueueError> {
        self.within("take an answer", self.client.publish(by.to_owned(), answer.into())).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Queue for NatsQueue {
    async fn put(&self, tickets: &[Ticket], _now: DateTime<Utc>) -> Result<(), QueueError> {
        let mut acknowledgements = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let kind = if ticket.urgent { "urgent" } else { "normal" };
            let subject = format!("{}.{kind}.{}", self.prefix, ticket.channel);
            let message = PublishMessage::build().message_id(ticket.id()).payload(wire::to_bytes(ticket));
            let sent = self.within("take a ticket", self.context.send_publish(subject, message)).await?;
            acknowledgements.push(sent.into_future());
        }
        self.within("take a ticket", try_join_all(acknowledgements)).await.map(drop)
    }

    async fn take(&self, limit: usize, _now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut taken = self.taken(&self.urgent, limit).await?;
        if taken.len() < limit {
            taken.extend(self.taken(&self.normal, limit - taken.len()).await?);
        }
        Ok(taken)
    }

    async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError> {
        self.answer(&taken.by, AckKind::Ack).await
    }

    async fn later(&self, taken: &TakenTicket, delay: Duration, _now: DateTime<Utc>) -> Result<(), QueueError> {
        // Without any delay the server would take it for an answer without one, which is the same.
        self.answer(&taken.by, AckKind::Nak(Some(delay).filter(|delay| !delay.is_zero()))).await
    }
}
