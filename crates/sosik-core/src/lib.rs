//! Identifiers, areas, phone numbers, clock and entropy that the sosik crates share.
//!
//! # What it is for
//!
//! A few small types stand in the signatures of several sosik crates: which channel a message goes to,
//! which district a citizen lives in, the number a message is sent to, what time it is.
//! They live here so that those crates agree without knowing each other.
//!
//! # Where it sits
//!
//! At the bottom: it knows no other sosik crate, and every other one may know it.
//! A type is admitted when two crates need it, and when it does no I/O and decides nothing.
//!
//! # Quick start
//!
//! ```
//! use sosik_core::{AreaCode, ChannelId, PhoneNumber};
//!
//! let channel = ChannelId::parse("yangju-city")?;
//! let district = AreaCode::parse("4163053000")?; // 회천1동
//! let phone = PhoneNumber::parse("010-0000-0001")?;
//! assert_eq!(channel.as_str(), "yangju-city");
//! assert!(district.is_within(&AreaCode::parse("41630")?));
//! assert_eq!(format!("{phone:?}"), "PhoneNumber(010****0001)"); // personal data hides itself
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! - **Time is an argument.** Pure code takes `now`; long-lived objects hold an `Arc<dyn Clock>`.
//!   [`SystemClock`] is the only place in the workspace that reads the machine's clock.
//! - **Randomness likewise**: [`Entropy`], with [`SeededEntropy`] for tests that must repeat.
//! - **Letters**: [`hangul`], for whoever looks things up by initial consonants (초성) or as they were mistyped.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `system-clock` | yes | [`SystemClock`], the only reader of the machine's clock |
//! | `system-entropy` | yes | [`SystemEntropy`], the only reader of the machine's random numbers |
//!
//! # What is not here
//!
//! Anything that decides (holidays, consent, limits), anything that does I/O, and error types of other crates.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod area;
mod channel;
mod clock;
mod entropy;
pub mod hangul;
mod language;
mod phone;

pub use area::{AreaCode, AreaCodeError};
pub use channel::{ChannelId, ChannelIdError};
#[cfg(feature = "system-clock")]
pub use clock::SystemClock;
pub use clock::{Clock, ManualClock, ShiftedClock};
#[cfg(feature = "system-entropy")]
pub use entropy::SystemEntropy;
pub use entropy::{Entropy, SeededEntropy, uuid_v7, uuids_v7};
pub use language::{Language, LanguageError};
pub use phone::{PhoneNumber, PhoneNumberError};
