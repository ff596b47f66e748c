//! A strict loopback stand-in for the message dealers Bizgo (비즈고) and SOLAPI (솔라피) and for Kakao's channel API, as a
//! library and a program.
//!
//! # What it is for
//!
//! Kakao and its dealers cannot be reached from a test. This server answers on the loopback as Bizgo's Communication
//! API v1 would, by what its makers published with their SDK 1.2.0 (2026-09), and as SOLAPI's API v4 would, by its
//! official SDKs (npm `solapi` 6.0.1, crate `solapi` 0.2.0) and documents (2022-09), and as Kakao's channel API, by its pages
//! (2026-11). It is stricter than the real thing:
//! what it cannot check against a source it refuses. It counts what it took, and whether anyone would have got a message
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
//! let options = Options::new("KEY").with_solapi("KEY", "SECRET");
//! let emulator = Emulator::start("127.0.0.1:0".parse()?, options).await?;
//! println!("send to {}", emulator.url());
//! assert_eq!(emulator.stats().accepted, 0);
//! emulator.stop().await;
//! # Ok(()) }
//! ```
//!
//! As a program: `cargo run -p sosik-emulator -- --listen 127.0.0.1:8700 --bizgo-key KEY`, and for SOLAPI too
//! `--solapi-key KEY --solapi-secret SECRET`, for Kakao `--kakao-key KEY`.
//!
//! # What it serves
//!
//! | method and path | what |
//! | --- | --- |
//! | `POST /api/comm/v1/send/omni` | Bizgo: a message with fallbacks to 1 to 200 recipients |
//! | `POST /api/comm/v1/file/brandmessage/{default,wide,carouselFeed}` | a picture |
//! | `POST /api/comm/v1/file/mms` | a picture for an MMS |
//! | `GET /api/comm/v1/report/polling`, `DELETE /api/comm/v1/report/polling/{reportId}` | receipts, a page at a time |
//! | `GET /api/comm/v1/report/inquiry/{msgKey}` | the receipts of one message |
//! | `GET /api/comm/v1/message/inquiry/msgKey/{msgKey}`, `…/requestId/{requestId}` | where messages stand |
//! | `GET /api/comm/v1/message/history` | messages by request time and `groupKey` |
//! | `…/api/comm/v1/center/brandmessage/template` | templates of brand messages: register, change, read, list, delete |
//! | `…/api/comm/v1/center/brandmessage/groupTag` | group tags: make, rename, read, list, delete |
//! | `…/api/comm/v1/center/brandmessage/{sendPermission,marketingAgree,unSubscribeContent}` | the permission to write beyond a channel's friends |
//! | `…/api/comm/v1/center/alimtalk/template` | templates of Alimtalk: register, change, have inspected, read, list, delete |
//! | `POST /api/comm/v1/file/alimtalk/template`, `GET …/center/alimtalk/category` | their pictures and categories |
//! | `GET /api/comm/v1/center/statistics/{alimtalk,brandmessage}`, `…/reaction/hourly`, `…/template` | insights |
//! | `…/api/comm/v1/center/brandmessage/friendGroup` | friend groups: make, change, read, list, delete |
//! | `…/api/comm/v1/center/brandmessage/groupMessage` | group sends: look ahead, start, watch, pause, resume, terminate |
//! | `…/api/comm/v1/reservation` | messages for later: create, list, read, move, cancel, recipients |
//! | `POST /messages/v4/send-many/{detail,fast}` | SOLAPI: 1 to 10,000 messages, now or at `scheduledDate` |
//! | `POST`, `GET /messages/v4/groups`, `GET`, `DELETE …/{groupId}` | groups of messages |
//! | `PUT`, `GET`, `DELETE /messages/v4/groups/{groupId}/messages` | the messages of a group |
//! | `POST …/{groupId}/send`, `POST`, `DELETE …/{groupId}/schedule` | a group goes, now or later, or does not |
//! | `GET /messages/v4/list`, `GET /messages/v4/statistics` | where messages stand, and their counts |
//! | `POST /storage/v1/files` | a picture |
//! | `GET /cash/v1/balance` | what is left of the account's won |
//! | `GET /v2/api/talk/channels`, `…/multi` | Kakao: how people stand to channels |
//! | `POST /v1/talkchannel/{create/target_user_file,update/target_users,delete/target_users}` | customer files |
//! | `POST /v1/callback/{name}` | Kakao: a skill's late answer |
//! | `POST /v2/bots/{bot}/talk`, `GET /v1/tasks/{task}` | Kakao: the bot speaks first (Event API) |
//! | `POST /v1/bot/{callback,send_message}` | Kakao: what a bot answers, and writes first (Bot API) |
//! | `GET /_emulator` | a page that shows what it took as on a phone |
//! | `GET /_emulator/messages?limit=100` | the last messages as JSON, without numbers |
//! | `GET /_emulator/stats` | what it took, refused, and took twice |
//! | `POST /_emulator/faults` | what goes wrong with the next calls: a list of [`Fault`]s |
//! | `POST /_emulator/friends` | how people stand to channels: a list of [`Friend`]s |
//! | `GET /_emulator/chat`, `…?door=bot` | a page like a phone: a chat with the skill, or with the bot |
//! | `GET`, `POST /_emulator/clock` | its time; `{"seconds": 3600}` moves it on: to what is scheduled, or past the night |
//! | `POST /_emulator/inspections` | what Kakao decides of a template of Alimtalk: `{"code": …, "verdict": "APR"}`, or `REJ` and a `comment` |
//! | `POST /_emulator/templates` | approved templates of Alimtalk, and of brand messages at SOLAPI: a list of [`Template`]s |
//!
//! # What it is strict about
//!
//! - Bizgo's key, on every call; 200 recipients and 5 other calls a second, each from a bucket that starts full.
//! - SOLAPI's signatures: right, within 15 minutes of their date, and each of them once.
//! - Every length, count, size and required field that the SDKs document, and unknown fields.
//! - Bizgo's idempotency keys for their lifetime: a recipient who was taken under a key is answered `A301`, without a
//!   message key, and not sent to. SOLAPI has none: only a number that stands twice in one group is refused (`1026`).
//! - Alimtalk (알림톡): approved templates only, with a value for each of their variables and no other.
//! - Brand messages by template: at Bizgo each recipient's filled in message keeps every limit of its type, at SOLAPI, where
//!   templates are registered by hand, its words.
//! - Pictures, decoded to their last pixel: only those uploaded for the kind of message that shows them.
//! - The hours: a brand message outside 08:00 to 20:50 in Seoul is taken and reported as not delivered (`3022`, at
//!   SOLAPI `3108`).
//! - Group sends (동보): basic templates without variables, ten minutes ahead, a campaign once; they pause at 20:50 and go on
//!   by themselves at 08:00, and only counts are told of them.
//! - A chatbot's answers by its guide, within five seconds or by a callback, once and within a minute; a bot's within five minutes by
//!   its token, after a webhook that is answered within a second; events for 1 to 100 people who talked with it, nobody twice, to a
//!   block that has every value.
//! - Kakao's admin key, content types, linked channels, columns of customer files, and members that it does not know.
//! - Bizgo's receipts come again until they are acknowledged, and some come twice.
//! - Receipts come by themselves too, where [`Options::with_bizgo_webhook`] or [`Options::with_solapi_webhook`] says: signed
//!   as the dealer signs, and again when they are not answered as the dealer wants.
//! - Templates of Alimtalk as Kakao's guide limits them; nothing goes by one before it is approved. The permission to write
//!   beyond the friends can be asked for with 50,000 friends, evidence and an Alimtalk within three months; its refusal has
//!   the code `A325` here, which is not documented.
//!
//! What the dealers do not document is the emulator's own: Bizgo's report codes other than `10000` and `3022` begin
//! with `EMU`, SOLAPI's error codes other than those of signatures begin with `Emu`, messages of a cancelled group fail
//! with `2999`, and pages of SOLAPI's lists hold 20 entries unless asked for, and 500 at the most.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Brand messages with their variables' values part by part (`messageVariable` and so on), catalogues, stopping one of Bizgo's
//! reservations while it goes out, and RCS: they are refused. Kakao's relations across a restart, Kakao's webhooks, and real
//! sending of anything.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bizgo;
mod chatbot;
mod faults;
mod journal;
mod kakao;
mod ledger;
mod options;
mod page;
mod picture;
mod server;
mod solapi;
mod stats;
mod template;
mod text;
mod time;
mod view;
mod webhooks;
mod window;

pub use chatbot::{BotHook, Shown, Skill};
pub use faults::Fault;
pub use kakao::Friend;
pub use options::{Contents, Options};
pub use server::{Emulator, EmulatorError};
pub use stats::Stats;
pub use template::Template;
