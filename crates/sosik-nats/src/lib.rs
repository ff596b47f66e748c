//! The sosik work queue on NATS JetStream: which batches are worth a look, told to many workers.
//!
//! # What it is for
//!
//! Workers on several machines that ask one database for the next batch get in one another's way at some number of them.
//! With a [`NatsQueue`] they take tickets from a stream instead, and ask the database only for the batch that a ticket
//! names.
//!
//! # Where it sits
//!
//! Above `sosik-delivery`, whose port [`Queue`](sosik_delivery::Queue) it implements. It knows no database and no
//! transport.
//!
//! # Quick start
//!
//! ```no_run
//! use std::sync::Arc;
//! use sosik_delivery::{Engine, MemoryOutbox};
//! use sosik_nats::NatsQueue;
//! # use sosik_channel::RecordingTransport;
//! # use sosik_registry::MemorySubscriberStore;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (outbox, people) = (Arc::new(MemoryOutbox::new()), Arc::new(MemorySubscriberStore::new(1)));
//! # let transport = Arc::new(RecordingTransport::new());
//! let queue = NatsQueue::builder("nats://queue.example.go.kr").replicas(3).connect().await?;
//! let engine = Engine::builder(outbox, people, transport).worker("worker-7").queue(Arc::new(queue)).build();
//! # let _ = engine;
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - The outbox is the ledger. A ticket says that a batch is worth a look; whoever takes it claims the batch there, under a
//!   fencing token. A queue that loses, repeats or mixes up tickets, or is away, costs time and never a message: what waits
//!   is told again, and while the server does not answer workers ask the outbox themselves. Only a worker that begins needs
//!   the server.
//! - One work-queue stream, `SOSIK_BATCHES` unless [named otherwise](NatsQueueBuilder::stream), kept on disk. Its subjects
//!   are `sosik.batches.urgent.<channel>` and `sosik.batches.normal.<channel>`, so that a server shows what waits where.
//!   Every worker takes from all of them, urgent ones first.
//! - `Nats-Msg-Id` is the ticket's id, known again for two minutes, so that several workers who tell the same do no harm.
//! - A ticket is acknowledged when what was done for its batch is written down; where the batch is to be looked at again
//!   soon, as after an error, it is put off by a negative acknowledgement with a delay. Unanswered it comes again after the
//!   [hold](NatsQueueBuilder::hold).
//! - On a cluster ask for [three replicas](NatsQueueBuilder::replicas) (R3): one server of three may go away.
//! - Addresses, numbers and texts of citizens never pass through it: a ticket names a batch.
//!
//! Servers from 2.9 on (tests run against 2.9.10).
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! The ledger, and a server.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod queue;
mod wire;

pub use builder::{Login, NatsQueueBuilder};
pub use queue::NatsQueue;
