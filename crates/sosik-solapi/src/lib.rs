//! The message dealer SOLAPI (솔라피): a [`Transport`](sosik_channel::Transport) over its API v4, with its wire forms,
//! limits, status codes and signatures.
//!
//! # What it is for
//!
//! [`Solapi::builder`] makes a transport that signs each request, sends up to 10,000 messages in one, looks for those
//! whose answer was lost, and reads receipts from the list of messages. A submission for later is scheduled and can be
//! taken back; [`SolapiTransport::open_group`] puts more than 10,000 together before they go. A report that SOLAPI sends
//! by itself is unsigned: what it names is read again before it becomes a receipt.
//!
//! A [`Message`](sosik_channel::Message) becomes the JSON that SOLAPI's API v4 takes ([`wire::write`]), and JSON that
//! was sent, or kept at the dealer, becomes a message again ([`wire::read`]). [`limits::all`] is what SOLAPI takes, as
//! data, [`code`] what its status codes mean, and [`Credentials`] sign requests.
//!
//! The dealer's own SDK for Node.js (6.0.1) was asked about boundary messages; the tests hold its answers beside ours.
//! The transport itself is tested over HTTP against `sosik-emulator`, which the dealer's own SDKs can talk to as well;
//! no test has reached the dealer.
//!
//! # Where it sits
//!
//! Above `sosik-channel`. It knows no store, no schedule, no engine and no other dealer.
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::{TimeZone, Utc};
//! use sosik_channel::{Body, Bubble, Message, Recipient, validate};
//! use sosik_core::{PhoneNumber, SystemClock, SystemEntropy};
//! use sosik_solapi::{Credentials, Solapi, limits, wire};
//!
//! let message = Message::new(Body::Bubble(Bubble::new("양주시 소식입니다.")));
//! validate(&message, &limits::all())?;
//!
//! let to = Recipient::new("r-0", PhoneNumber::parse("010-0000-0001")?);
//! let row = wire::write(&message, &to, "KA01PF000000000000000000000000000")?;
//! assert_eq!(row["kakaoOptions"]["bms"]["chatBubbleType"], "TEXT");
//!
//! let clock = Arc::new(SystemClock::new());
//! let credentials = Credentials::new("KEY", "SECRET");
//! let transport = Solapi::builder(credentials, "KA01PF000000000000000000000000000", clock, Arc::new(SystemEntropy::new()))
//!     .build()?;
//! assert_eq!(sosik_channel::Transport::name(&transport), "solapi");
//!
//! let now = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
//! let header = Credentials::new("KEY", "SECRET").authorization(now, "0123456789abcdef");
//! assert!(header.starts_with("HMAC-SHA256 apiKey=KEY, date=2026-11-27T06:00:00Z, salt=0123456789abcdef, signature="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! The registering of templates.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod answers;
mod auth;
mod body;
mod builder;
mod client;
mod codes;
mod errors;
#[cfg(test)]
mod fuzz;
mod group;
pub mod limits;
mod read;
mod receipts;
mod webhook;
pub mod wire;

pub use account::{Balance, Statistics};
pub use auth::Credentials;
pub use builder::{Solapi, SolapiBuilder, SolapiError};
pub use client::SolapiTransport;
pub use codes::{Code, CodeKind, code};
pub use group::{Group, GroupCount};
