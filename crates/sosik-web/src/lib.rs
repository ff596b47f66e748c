//! Routers to mount: the public archive of a city's news, what Kakao posts, and whether the server is alive and ready.
//!
//! # What it is for
//!
//! A city's server has to answer Kakao in time, whatever comes: a chatbot's request within five seconds, a webhook within three,
//! and only after what it says is kept. And every edition that it sends is a page that anyone can read, find and print. This
//! crate has both as [`axum`] routers.
//!
//! # Where it sits
//!
//! Above `sosik-content`, whose editions it shows, `sosik-kakao`, whose readers and door it mounts, and `sosik-registry`, whose
//! store takes what webhooks tell. It knows no database and no dealer.
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
//! - [`health`]: `/healthz` (it runs) and `/readyz` (what it needs is there).
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! TLS (a proxy before it has that), SQL, and the wire forms: those are read where they are written.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod archive;
pub mod desk;
pub mod health;
pub mod kakao;
mod limits;
