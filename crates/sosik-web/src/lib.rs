//! Routers to mount: the desk for staff, the public archive of a city's news, what Kakao and dealers post, health and metrics.
//!
//! # What it is for
//!
//! A city's server has to answer Kakao in time, whatever comes: a chatbot's request within five seconds, a webhook within three,
//! and only after what it says is kept. Every edition that it sends is a page that anyone can read, find and print. And whoever
//! makes it sits at a desk: drafts, approves, watches and answers. This crate has all of that as [`axum`] routers.
//!
//! # Where it sits
//!
//! Above `sosik-content`, whose editions it shows, `sosik-desk`, whose drafts and accounts its pages are for, `sosik-delivery`,
//! whose campaigns it watches, `sosik-chat`, whose tickets it answers, `sosik-kakao`, whose readers and door it mounts, and
//! `sosik-registry`, whose store takes what webhooks tell. It knows no database and no dealer.
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use sosik_core::SystemClock;
//! use sosik_registry::{Channels, MemorySubscriberStore};
//! use sosik_web::{health, kakao::Webhooks};
//!
//! let channels = Channels::from_csv("channel,name,public_id\nyangju-city,양주시청,_ZeUTxl\n".as_bytes())?;
//! let store = Arc::new(MemorySubscriberStore::new(7));
//! let webhooks = Webhooks::new("PRIMARY_ADMIN_KEY", Arc::new(channels), store, Arc::new(SystemClock::new()));
//! let app: axum::Router = webhooks.router().merge(health::router(Vec::new(), Duration::from_secs(1)));
//! # Ok::<(), sosik_registry::DirectoryError>(())
//! ```
//!
//! # Concepts
//!
//! - [`archive::Archive`]: every edition as a page, a list, search, feeds and a sitemap, from a [`Shelf`](archive::Shelf).
//! - [`kakao::Webhooks`]: who added or blocked a channel, and who left the app: authenticated, kept, then answered.
//! - [`kakao::Chatbot`]: the skill, behind the secret header of its settings; late answers go to their callback.
//! - [`bot::BotWebhook`]: the same conversation by the Bot API: a webhook that is answered within a second, and a token.
//! - [`desk::Desk`]: the pages of staff, each behind a right.
//! - [`receipts::Receipts`]: what a dealer tells of what it sent.
//! - [`health`]: `/healthz` (it runs) and `/readyz` (what it needs is there).
//! - `metrics::Metrics`: `/metrics` for Prometheus. [`observed`] tells each request to the log, and counts it.
//! - [`MOST_A_SECOND`]: how many calls a second each of these routers takes of whoever may make them, unless it is told otherwise.
//! - [`openapi`]: the endpoints for machines, as `OpenAPI`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `metrics` | no | `metrics::Metrics`, and that [`observed`] counts |
//!
//! # What is not here
//!
//! TLS (a proxy before it has that), SQL, and the wire forms: those are read where they are written.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod archive;
pub mod bot;
pub mod desk;
pub mod health;
pub mod kakao;
mod limits;
#[cfg(feature = "metrics")]
pub mod metrics;
mod observe;
pub mod openapi;
mod rate;
pub mod receipts;
mod webhook;

pub use observe::observed;
pub use rate::MOST_A_SECOND;
