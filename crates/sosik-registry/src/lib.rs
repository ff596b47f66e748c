//! Who receives: subscribers, their consents, the districts they live in, and the port to where they are kept.
//!
//! # What it is for
//!
//! A city must be able to show who agreed to what, when and how, and must not leak a single phone number.
//! This crate holds the rules for both: [`consent`](ConsentEvent)s are events that are only ever added, what stands
//! today is computed from them, and a [`Vault`] seals phone numbers before any store sees them.
//!
//! # Where it sits
//!
//! Above `sosik-core`. Below `sosik-delivery` (which asks for audiences) and the database crates such as
//! `sosik-sqlite` (which implement [`SubscriberStore`]). It never sees content.
//!
//! # Quick start
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use sosik_core::{AreaCode, PhoneNumber};
//! use sosik_registry::{
//!     AudienceRequest, ConsentEvent, MemorySubscriberStore, NewSubscriber, Purpose, Segment, SubscriberStore,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemorySubscriberStore::new(7);
//! let then = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
//! let consent = ConsentEvent::granted(Purpose::Advertising, then, "주민센터 서면 신청서");
//! let citizen = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?)
//!     .with_consent(consent);
//! store.put(&[citizen], then).await?;
//!
//! let request = AudienceRequest::new(Segment::All, Purpose::Advertising, then);
//! assert_eq!(store.audience(&request).await?.members.len(), 1);
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - [`Segment`]: who is meant, as types or as text (`area:4163053000 and topic:culture`), and explained for one person.
//!   [`SubscriberStore::count_of`] counts them. [`AudienceRequest`]: who of them may be sent to, for which [`Purpose`].
//!   Everyone who may not is counted under a [`Suppression`].
//! - [`Chain`]: what binds each consent to all before it, so that a change shows; [`SubscriberStore::verify`] names the
//!   first entry that is not as it was written.
//! - [`import`]: subscribers from a CSV file or a workbook, its columns guessed and shown, with each bad row named.
//! - [`Directory`]: the 읍면동 districts of a city by code, valid from and until, with what became of them and the legal areas
//!   that citizens write; [`Channels`]: the city's channel and its districts', found by a part of their name, by initial
//!   consonants and by area.
//! - [`access`]: who looked at whose data; [`Audited`]: a store that notes it; [`rights`]: who may; [`Journal`]: where both
//!   are recorded. [`portable`]: all that a store keeps, taken
//!   into another.
//! - [`duties`]: what is owed to someone, by the day; [`destroy_due`]: destroys what may be kept no longer.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `xlsx` | no | imports from XLSX workbooks |
//!
//! # What is not here
//!
//! SQL, transports, content, and where keys come from: a program reads its key and gives it to the [`Vault`].

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod access;
mod audience;
mod audited;
mod channels;
mod consent;
mod destruction;
mod directory;
mod duty;
mod event;
mod identity;
pub mod import;
pub mod journal;
pub mod keys;
mod ledger;
mod memory;
mod memory_journal;
mod need;
pub mod portable;
mod preference;
mod relation;
pub mod rights;
pub mod rows;
mod segment;
mod seoul;
mod store;
mod subscriber;
mod vault;

pub use async_trait::async_trait;
pub use audience::{Address, AudienceRequest, FrozenAudience, Gathering, Member, Reach, Suppression};
pub use audited::Audited;
pub use channels::{ChannelEntry, Channels};
pub use consent::{ConsentEvent, ConsentText, GuardianCheck, Medium, Purpose, standing};
pub use destruction::destroy_due;
pub use directory::{Directory, DirectoryError, District, LegalArea, Place};
pub use duty::{Duty, DutyKind, DutyRule, Note, NoteKind, RULES, Request, Within, duties, is_to_be_destroyed};
pub use event::Event;
pub use identity::Identity;
pub use journal::{Entry, Journal, RetentionRule};
pub use ledger::{BrokenEntry, Chain, Digest, Erasure, LedgerEnd, LedgerEntry, LedgerReport, Link};
pub use memory::MemorySubscriberStore;
pub use memory_journal::MemoryJournal;
pub use need::Need;
pub use preference::{PreferenceError, QuietHours};
pub use relation::{Relation, RelationState};
pub use segment::{Explanation, Segment, SegmentError};
pub use store::{Page, Put, StoreError, StoreErrorKind, SubscriberStore};
pub use subscriber::{NewSubscriber, Subscriber, SubscriberId};
pub use vault::{KeyId, Lookup, SecretKey, SecretKeyError, Vault, VaultError};
