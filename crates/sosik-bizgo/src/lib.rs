//! A client of the message dealer Bizgo (비즈고, Infobank): Kakao brand messages and text messages.
//!
//! # What it is for
//!
//! [`BizgoTransport`] is a [`Transport`](sosik_channel::Transport) over Bizgo's Communication API v1: it uploads
//! pictures, sends a brand message (브랜드 메시지) with its text fallback to up to 200 named recipients a request under
//! an idempotency key, looks lost requests up, and takes receipts by polling or by [`webhook`].
//!
//! It is a [`GroupSender`](sosik_channel::GroupSender) too: a message goes to all friends of the channel, or to a friend
//! group, without anyone's number ([`validate_for_friends`] says what can). A friend group is kept with
//! [`BizgoTransport::make_friend_group`] and its neighbours.
//!
//! What a city keeps up there beside its sendings is here too: templates of brand messages
//! ([`register_template`](BizgoTransport::register_template)) and of 알림톡 Alimtalk, which Kakao inspects ([`AlimtalkDraft`]),
//! [group tags](GroupTag), the [permission](BizgoTransport::may_ask_for_permission) to write to whoever consented, and
//! [insights](InsightQuery).
//!
//! # Where it sits
//!
//! Above `sosik-channel`. It knows no store, no schedule and no other dealer.
//!
//! # Quick start
//!
//! ```no_run
//! use sosik_bizgo::Bizgo;
//! use sosik_channel::{Throttled, Transport};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let clock = std::sync::Arc::new(sosik_core::SystemClock::new());
//! let key = "the key that the console shows";
//! let transport = Bizgo::builder(key, "SENDER_KEY").sandbox().build()?;
//! let transport = Throttled::new(transport, clock); // 200 recipients a second, 5 other calls
//! assert_eq!(transport.capabilities().batch, 200);
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - **Once to each.** Bizgo remembers which recipients it took under a key for up to a day; a repeated recipient comes
//!   back as already taken (`A301`). The client never repeats a request by itself.
//! - **Plain HTTP goes to this machine only**: the key travels in a header.
//! - Facts are those of Bizgo's own Python SDK 1.2.0 (2026-09), where each limit and code has its source.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Catalogues, variables' values part by part (`basic` with `messageVariable`), files beside the request for an inspection,
//! stopping a reservation while it goes out and adding to it, what Bizgo does for other channels than these.
//! Waiting and turning to another dealer: adaptors of `sosik-channel` and the engine of `sosik-delivery` do that.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod alimtalk;
mod answers;
mod builder;
mod client;
mod codes;
mod errors;
mod friends;
#[cfg(test)]
mod fuzz;
mod group_send;
mod group_tags;
mod insights;
pub mod limits;
mod permission;
mod reservation;
mod templates;
pub mod webhook;
mod wire;

pub use alimtalk::{AlimtalkCategory, AlimtalkDraft, AlimtalkStatus, Inspection, InspectionComment};
pub use builder::{Bizgo, BizgoBuilder, BizgoError};
pub use client::BizgoTransport;
pub use codes::{Code, code};

pub use friends::FriendGroup;
pub use group_send::validate_for_friends;
pub use group_tags::GroupTag;
pub use insights::{Insight, InsightQuery, Product};
pub use templates::TemplateStatus;
