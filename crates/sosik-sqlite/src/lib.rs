//! Every sosik store on SQLite: subscribers and consents, campaigns and the outbox, conversations and tickets, in one file.
//!
//! # What it is for
//!
//! A city with one machine needs no database server. [`SqliteStore`] keeps the registry and the ledger of what was sent
//! in one file, safe through crashes: write-ahead logging, every answer on disk before it is given.
//!
//! # Where it sits
//!
//! Above `sosik-registry`, `sosik-delivery`, `sosik-chat` and `sosik-desk`, whose ports
//! [`SubscriberStore`](sosik_registry::SubscriberStore), [`Outbox`](sosik_delivery::Outbox),
//! [`ChatStore`](sosik_chat::ChatStore), [`StaffStore`](sosik_desk::StaffStore) and [`DraftStore`](sosik_desk::DraftStore) it
//! implements. It knows no transport.
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//! use sosik_core::{SystemEntropy, Entropy};
//! use sosik_registry::{SecretKey, SubscriberStore, Vault};
//! use sosik_sqlite::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sosik.db");
//! let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
//! let vault = Vault::new(&SecretKey::generate(&entropy), entropy.clone());
//! let store = SqliteStore::open(&path, vault, entropy)?;
//! assert_eq!(store.count().await?, 0);
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - Phone numbers are sealed by a [`Vault`](sosik_registry::Vault) before they reach the file and found by a keyed hash.
//!   The key is never in the file; a file that was made under another key is refused by the key's fingerprint.
//! - One thread owns the connection; calls queue for it. A batch's row is the unit of writing.
//! - Migrations run when a file is opened; a file of a newer release is refused and left alone.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Several machines on one file, and other databases.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod chats;
mod clicks;
mod desk;
mod error;
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
mod sets;
mod store;
mod subscribers;
mod worker;

pub use store::SqliteStore;
