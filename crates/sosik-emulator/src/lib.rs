//! A strict loopback stand-in for the Bizgo message dealer (비즈고), as a library and a program.
//!
//! # What it is for
//!
//! Kakao and its dealers cannot be reached from a test. This server answers on the loopback as Bizgo's Communication
//! API v1 would, by what its makers published with their SDK 1.2.0 (2026-09), and is stricter than the real thing: what
//! it cannot check against a source it refuses. It counts what it took, and whether anyone would have got a message
//! twice.
//!
//! # Where it sits
//!
//! On the other side of the wire: it knows `sosik-core` and shares no code with the clients it judges.
//!
//! # Quick start
//!
//! ```
//! use sosik_emulator::{Emulator, Options};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::start("127.0.0.1:0".parse()?, Options::new("KEY")).await?;
//! println!("send to {}", emulator.url());
//! assert_eq!(emulator.stats().accepted, 0);
//! emulator.stop().await;
//! # Ok(()) }
//! ```
//!
//! As a program: `cargo run -p sosik-emulator -- --listen 127.0.0.1:8700 --bizgo-key KEY`.
//!
//! # What it serves
//!
//! | method and path | what |
//! | --- | --- |
//! | `POST /api/comm/v1/send/omni` | a message with fallbacks to 1 to 200 recipients |
//! | `POST /api/comm/v1/file/brandmessage/{default,wide,carouselFeed}` | a picture |
//! | `GET /api/comm/v1/report/polling`, `DELETE /api/comm/v1/report/polling/{reportId}` | receipts, a page at a time |
//! | `GET /api/comm/v1/report/inquiry/{msgKey}` | the receipts of one message |
//! | `GET /api/comm/v1/message/inquiry/msgKey/{msgKey}`, `…/requestId/{requestId}` | where messages stand |
//! | `GET /api/comm/v1/message/history` | messages by request time and `groupKey` |
//! | `GET /_emulator/stats` | what it took, refused, and took twice |
//!
//! # What it is strict about
//!
//! - The key, on every call; 200 recipients and 5 other calls a second, each from a bucket that starts full.
//! - Every length, count, size and required field that the SDK documents, and unknown fields.
//! - Idempotency keys for their lifetime: a recipient who was taken under a key is answered `A301`, without a message
//!   key, and not sent to.
//! - Pictures: only those uploaded for the kind of message that shows them.
//! - The hours: a brand message outside 08:00 to 20:50 in Seoul is taken and reported as not delivered (code 3022).
//! - Receipts come again until they are acknowledged, and some come twice.
//!
//! Report codes other than `10000` and `3022` begin with `EMU`, since Bizgo documents no others.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Templates, group sends, Alimtalk, RCS and reservations: they are refused. Real sending of anything.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod bucket;
mod check;
mod journal;
mod ledger;
mod options;
mod picture;
mod request;
mod routes;
mod server;
mod stats;

pub use options::Options;
pub use server::{Emulator, EmulatorError};
pub use stats::Stats;
