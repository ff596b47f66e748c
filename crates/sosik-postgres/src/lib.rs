//! Every sosik store on PostgreSQL: subscribers, how they stand to channels, their consents and the ledger of these; campaigns,
//! and their batches for many workers; conversations and tickets; the desk's accounts and drafts; clicks.
//!
//! # What it is for
//!
//! A city whose programs run on several machines keeps its subscribers in one database server. [`PostgresStore`] holds what
//! `sosik-sqlite` holds in a file, under the same contract and with the same keys, so that a city can begin with the one
//! and go on with the other.
//!
//! # Where it sits
//!
//! Above `sosik-registry`, `sosik-delivery`, `sosik-chat` and `sosik-desk`, whose ports it implements:
//! [`SubscriberStore`](sosik_registry::SubscriberStore), [`Outbox`](sosik_delivery::Outbox),
//! [`ClickStore`](sosik_delivery::ClickStore), [`ChatStore`](sosik_chat::ChatStore), [`StaffStore`](sosik_desk::StaffStore) and
//! [`DraftStore`](sosik_desk::DraftStore). It knows no transport.
//!
//! # Quick start
//!
//! ```no_run
//! use std::sync::Arc;
//! use sosik_core::{Entropy, SystemEntropy};
//! use sosik_postgres::{PostgresStore, Settings};
//! use sosik_registry::{SecretKey, SubscriberStore, Vault};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
//! let vault = Vault::new(&SecretKey::generate(&entropy), entropy.clone());
//! let settings = Settings::parse("postgres://sosik@db.example.go.kr/sosik?sslmode=require")?;
//! let store = PostgresStore::connect(&settings, vault, entropy).await?;
//! assert_eq!(store.count().await?, 0);
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - Identities are sealed by a [`Vault`](sosik_registry::Vault) before they reach the server and found by a keyed hash.
//!   The key is never there; a database that was made under another key is refused by the key's fingerprint.
//! - Everything lies in a schema of its own, `sosik` unless [named otherwise](Settings::with_schema). What is missing there
//!   is made when the store connects, by one program at a time; a schema of a newer release is refused and left alone.
//! - Those who write of people do so one after the other, whichever program they are in: the ledger is one chain. Reading goes
//!   on beside it, and so do conversations, which wait only for one another's same row.
//! - Many new people at once go in by binary `COPY`.
//! - Workers claim batches by `FOR UPDATE SKIP LOCKED`: none waits for another, and they join and leave at any time.
//! - A connection to another machine is encrypted and the server's certificate checked, unless the address says
//!   `sslmode=disable`.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Backups, which are the server's own.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod chats;
mod clicks;
mod copy;
mod desk;
mod error;
mod events;
mod journal;
mod ledger;
mod migration;
mod outbox;
mod people;
mod portable;
mod put;
mod query;
mod reseal;
mod rows;
mod segments;
mod settings;
mod store;
mod subscribers;

pub use settings::Settings;
pub use store::PostgresStore;
