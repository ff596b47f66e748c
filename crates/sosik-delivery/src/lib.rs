//! Making it happen once: campaigns, the outbox, and an engine that survives whatever crashes.
//!
//! # What it is for
//!
//! A message for a thousand citizens is planned once, sent once to each, and accounted for to the last one, whether
//! the program is killed half-way, the answer of the dealer is lost, or the receipts come late and twice.
//!
//! # Where it sits
//!
//! Above `sosik-channel` (what is sent, and the port it goes through), `sosik-registry` (who receives),
//! `sosik-schedule` (when it may go) and `sosik-content`. Below the database crates such as `sosik-sqlite`, which
//! implement [`Outbox`].
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//! use chrono::{TimeZone, Utc};
//! use sosik_channel::{RecordingTransport, TextMessage};
//! use sosik_content::EditionId;
//! use sosik_core::{AreaCode, ChannelId, PhoneNumber};
//! use sosik_delivery::{CampaignKey, Engine, MemoryOutbox, Outbox, Plan, plan};
//! use sosik_registry::{ConsentEvent, MemorySubscriberStore, NewSubscriber, Purpose, Segment, SubscriberStore};
//! use sosik_schedule::MessageClass;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
//! let subscribers = Arc::new(MemorySubscriberStore::new(1));
//! let outbox = Arc::new(MemoryOutbox::new());
//! let transport = Arc::new(RecordingTransport::new());
//! let consent = ConsentEvent::granted(Purpose::Advertising, now, "서면 신청서");
//! let citizen = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?);
//! subscribers.put(&[citizen.with_consent(consent)], now).await?;
//!
//! let key = CampaignKey::new(ChannelId::parse("yangju-city")?, now, EditionId::from_stored("yangju-city-2026-W48"));
//! let message = TextMessage::new(PhoneNumber::parse("031-8082-0000")?, "양주시 소식")?.into();
//! let request = Plan::new(key, message, MessageClass::Advertising, Segment::All, now, 200);
//! let campaign = plan(&*outbox, &*subscribers, &request, now).await?.campaign;
//!
//! let engine = Engine::builder(outbox.clone(), subscribers, transport).build();
//! while outbox.tally(campaign.id).await?.outstanding() > 0 {
//!     engine.run_due(now, 10).await?;
//! }
//! assert_eq!(outbox.tally(campaign.id).await?.delivered, 1);
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! 1. A campaign is keyed by channel, nominal slot and edition: planning it twice gives the same campaign. It is drafted,
//!    approved by as many as the [`ApprovalRule`] asks for, planned, sent and settled, or paused, cancelled, expired; its
//!    [`History`] says by whom and when.
//! 2. Planning freezes the audience into batches, page by page, so that memory does not grow with it; nothing of what is
//!    half planned is sent. A batch is the unit of writing, and holds what became of each of its recipients as one byte.
//! 3. That a batch is about to be sent is written down *before* it is. After a crash or a lost answer the engine asks
//!    the transport what it knows, and repeats only under the same idempotency key.
//! 4. The engine is stepped: [`Engine::run_due`] does one bounded round and never sleeps.
//! 5. Consent is checked again when a batch is sent, and the sending window with it. A pause or a cancellation takes effect
//!    before the next batch; what was submitted before is accounted for to the end.
//! 6. Workers find what is due in the outbox, or, where many would ask one database too often, by tickets of a [`Queue`].
//! 7. Before a campaign is planned its cost is [estimated](estimate) and kept within a [`Budget`], and a [`Brake`] may make
//!    it wait for a person. Afterwards a [`Report`] says what became of it, and [`explain`] what happened to one citizen.
//! 8. A campaign has a [`Route`]: named recipients, all friends of the channel by a group send ([`plan_friends`],
//!    [`FriendsEngine`]), or a clerk's hands ([`plan_by_hand`], [`attest`]). Of the latter two nobody here knows who got it;
//!    what is known is kept as [`Evidence`].
//! 9. An edition that goes through several channels goes to each person once ([`freeze`]), and [`Caps`] say how many messages
//!    one person gets in a while.
//! 10. Planned = delivered + failed + by text + suppressed + unknown, once nothing is outstanding: [`Tally`].
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `metrics` | no | counts by the `metrics` facade: `sosik_batches_taken_total`, `sosik_batches_held_total`, `sosik_batches_put_off_total`, `sosik_recipients_accepted_total`, `sosik_recipients_settled_total{end}`, `sosik_campaigns_moved_total{state}` |
//! | `runner` | no | `Runner` and `FriendsRunner`, the small loops that read the clock, step an engine and sleep |
//!
//! # What is not here
//!
//! SQL, HTTP, providers, clocks, and threads.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod batch;
mod brake;
mod builder;
mod by_hand;
mod campaign;
mod caps;
mod carriers;
mod clicks;
mod cost;
mod engine;
mod error;
mod events;
mod evidence;
mod explain;
mod freeze;
mod friends;
mod lifecycle;
mod look_up;
mod memory;
mod memory_queue;
mod outbox;
mod outcomes;
mod pace;
mod patience;
mod plan;
mod presence;
mod queue;
mod receipts;
mod report;
mod route;
#[cfg(feature = "runner")]
mod runner;
mod sending;
pub mod stored;
mod tally;
mod tickets;

pub use async_trait::async_trait;
pub use batch::{Batch, BatchId, BatchState, RecipientRef, RecipientRefError};
pub use brake::{Aftermath, Brake, Braked};
pub use builder::EngineBuilder;
pub use by_hand::{attest, extend, plan_by_hand, unattested};
pub use campaign::{Campaign, CampaignId, CampaignKey};
pub use caps::Caps;
pub use clicks::{ClickStore, Clicks, MemoryClicks};
pub use cost::{Budget, Estimate, estimate};
pub use engine::{Engine, Step};
pub use error::{DeliveryError, OutboxError};
pub use events::{Ends, Event};
pub use evidence::{Attestation, Evidence};
pub use explain::{Explanation, Whereabouts, explain};
pub use freeze::{Freeze, freeze};
pub use friends::{FriendsEngine, FriendsStep, Missed, plan_friends};
pub use lifecycle::{ApprovalRule, CampaignState, Deed, History, Transition, TransitionError};
pub use memory::MemoryOutbox;
pub use memory_queue::MemoryQueue;
pub use outbox::{BatchUpdate, Claim, Claimed, Outbox, PlannedCampaign, Sealed};
pub use outcomes::{Change, Outcomes, OutcomesError, RecipientState, Withheld};
pub use patience::Patience;
pub use plan::{Plan, plan};
pub use presence::{Presence, Share};
pub use queue::{Queue, QueueError, QueueErrorKind, TakenTicket, Ticket};
pub use report::Report;
pub use route::{Friends, Route};
#[cfg(feature = "runner")]
pub use runner::{FriendsRunner, Runner};
pub use tally::Tally;
