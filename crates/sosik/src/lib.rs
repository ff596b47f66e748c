//! sosik (소식, "news"): the parts with which a city runs its official messaging channel.
//!
//! # What it is for
//!
//! A city's blog becomes a weekly *card news* message, goes to every citizen who agreed to it, once, within the law's
//! hours, and every one of them is accounted for. This crate is the front door: it re-exports the parts under one name
//! and defines nothing.
//!
//! # Where it sits
//!
//! Above all the others. Each part is a crate of its own and can be used alone.
//!
//! | module | what |
//! | --- | --- |
//! | [`content`] | what is said: posts, curation, editions |
//! | [`channel`] | how it is handed over: messages, limits as data, the transport port |
//! | [`registry`] | who receives: subscribers, consents, segments |
//! | [`schedule`] | when it may go: Korean holidays, slots, sending windows, explained decisions |
//! | [`delivery`] | making it happen once: campaigns, outbox, engine |
//! | [`chat`] | the citizens' window: what they said, understood, answered, or handed to a person |
//! | `feeds` | blog feeds into posts (feature `feeds`) |
//! | `cards` | pictures of cards (feature `cards`) |
//! | `bizgo` | the message dealer Bizgo (feature `bizgo`) |
//! | `solapi` | the message dealer SOLAPI (feature `solapi`) |
//! | `kakao` | Kakao's own channel API (feature `kakao`) |
//! | `nats` | the work queue on NATS JetStream (feature `nats`) |
//! | `postgres` | every store on PostgreSQL (feature `postgres`) |
//! | `sqlite` | every store on SQLite (feature `sqlite`) |
//! | `web` | routers to mount: what Kakao posts, health (feature `web`) |
//!
//! # Quick start
//!
//! ```
//! use sosik::schedule::{Facts, KoreanCalendar, MessageClass, Policy, Request, WeeklySlot, decide};
//!
//! let slot = WeeklySlot::friday_afternoon();
//! let monday = chrono::DateTime::parse_from_rfc3339("2026-12-21T09:00:00+09:00")?.to_utc();
//! let request = Request::new(MessageClass::Advertising, slot.next(monday));
//! let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
//! let decision = decide(&request, &Facts::new(&policy, &calendar), monday);
//! // Friday is Christmas: the message goes on Thursday.
//! assert_eq!(decision.due.to_rfc3339(), "2026-12-24T06:00:00+00:00");
//! # Ok::<(), chrono::ParseError>(())
//! ```
//!
//! The whole way, from a feed to receipts, is the example program `yangju-weekly`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `bizgo` | no | the message dealer Bizgo: `sosik::bizgo` |
//! | `cards` | no | pictures of cards: `sosik::cards` |
//! | `feeds` | no | blog feeds: `sosik::feeds` |
//! | `kakao` | no | Kakao's own channel API: `sosik::kakao` |
//! | `metrics` | no | counts for Prometheus: `web::metrics`, and those of the engine |
//! | `nats` | no | the work queue on NATS JetStream: `sosik::nats` |
//! | `postgres` | no | every store on PostgreSQL: `sosik::postgres` |
//! | `runner` | no | `delivery::Runner`, `channel::Throttled`, `channel::Retrying`: the parts that wait |
//! | `traced` | no | `channel::Traced`: spans of a transport's calls |
//! | `schedule-files` | no | policies as files, plans as JSON and iCalendar: `schedule::policy_file`, `json`, `ics` |
//! | `solapi` | no | the message dealer SOLAPI: `sosik::solapi` |
//! | `sqlite` | no | every store on SQLite: `sosik::sqlite` |
//! | `web` | no | routers to mount: `sosik::web` |
//! | `xlsx` | no | imports of subscribers from XLSX workbooks |
//! | `full` | no | all of the above |
//!
//! By default there are the domain crates only: no C code, no TLS, no runtime.
//!
//! # What is not here
//!
//! Code. And for tests of your own: `sosik-testkit` and `sosik-emulator` are dependencies by themselves.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "bizgo")]
pub use sosik_bizgo as bizgo;
#[cfg(feature = "cards")]
pub use sosik_cards as cards;
pub use sosik_channel as channel;
pub use sosik_chat as chat;
pub use sosik_content as content;
pub use sosik_core::{
    AreaCode, AreaCodeError, ChannelId, ChannelIdError, Clock, Entropy, Language, LanguageError, ManualClock,
    PhoneNumber, PhoneNumberError, SeededEntropy, ShiftedClock, SystemClock, SystemEntropy, uuid_v7, uuids_v7,
};
pub use sosik_delivery as delivery;
pub use sosik_desk as desk;
#[cfg(feature = "feeds")]
pub use sosik_feeds as feeds;
#[cfg(feature = "kakao")]
pub use sosik_kakao as kakao;
#[cfg(feature = "nats")]
pub use sosik_nats as nats;
#[cfg(feature = "postgres")]
pub use sosik_postgres as postgres;
pub use sosik_registry as registry;
pub use sosik_schedule as schedule;
#[cfg(feature = "solapi")]
pub use sosik_solapi as solapi;
#[cfg(feature = "sqlite")]
pub use sosik_sqlite as sqlite;
#[cfg(feature = "web")]
pub use sosik_web as web;

#[cfg(any(doc, doctest))]
pub mod guide {
    //! The pages of `docs/`.

    #[doc = include_str!("../docs/architecture.md")]
    pub mod architecture {}
    #[doc = include_str!("../docs/contributing.md")]
    pub mod contributing {}
}
