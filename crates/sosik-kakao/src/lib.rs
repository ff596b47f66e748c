//! Kakao's own channel API (카카오톡 채널): who added or blocked a channel, customer files, webhooks, the chatbot's wire, links and QR codes.
//!
//! # What it is for
//!
//! - [`KakaoClient::relations`] asks whether people added or blocked the city's channels.
//! - [`webhook::channel_event`] reads what Kakao tells when someone adds or blocks a channel, and [`webhook::unlink`] when
//!   someone leaves the city's app: both authenticated.
//! - [`KakaoClient::create_file`] and its neighbours keep customer files (고객파일): groups of people, for messages that are
//!   sent by hand from the partner centre; [`KakaoClient::fill_file`] fills one with a segment of the registry.
//! - [`skill`] reads what a citizen said to the channel's chatbot, and writes what is answered.
//! - [`bot`] is the same conversation by the newer Bot API: a webhook, and a callback token for the answer.
//! - [`event`] lets the chatbot speak first (Event API): for answers that someone waits for.
//! - [`links`] has the addresses under which a channel is opened, added and talked to, and the QR code for a poster.
//!
//! What is said in a chat is all that this crate sends: editions go through a dealer. Kakao gives no list of a channel's friends
//! and no count of them.
//!
//! # Where it sits
//!
//! Above `sosik-channel`, whose HTTP part and errors it shares, `sosik-registry`, whose events its webhooks become
//! ([`registry`]), and `sosik-chat`, to whose window the chatbot is a door ([`skill::SkillDoor`], [`bot::BotDoor`]). It knows no dealer and no store.
//!
//! # Quick start
//!
//! ```no_run
//! use sosik_kakao::{AppUserId, ChannelPublicId, Kakao, Standing};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let kakao = Kakao::builder("the admin key of the city's app".to_owned()).build()?;
//! let channel = ChannelPublicId::parse("_ZeUTxl")?;
//! let user = AppUserId::new(123_456_789);
//! let relations = kakao.relations(&user, &[channel]).await?;
//! if relations[0].standing == Standing::Blocked { /* the registry is told */ }
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - **Preconditions.** The app is a business app, the channel a business channel with the same business number, and the
//!   two are linked. One app for all channels of a city: webhooks come to one address.
//! - **Ids.** A channel's [`ChannelPublicId`] (`_ZeUTxl`) is not its [`SearchId`] (`@양주시청`), nor what a dealer calls it.
//!   A person is an [`AppUserId`] where they are connected to the app, else an [`OpenId`] that no call takes.
//! - **Errors** are those of `sosik-channel`: try again, stop, or drop the person.
//! - What Kakao's pages leave open is off until it is switched on by name: [`KakaoBuilder::many_at_once`].
//!   Phone numbers leave for Kakao only after [`KakaoBuilder::allow_phone_numbers`]: the law calls it a provision to a
//!   third party (개인정보 보호법 제17조).
//!
//! Facts are those of developers.kakao.com (kakaotalk-channel/rest-api, kakaotalk-channel/callback, kakaologin/callback,
//! rest-api/error-code), read in 2026-11. No test has reached Kakao: `sosik-emulator` stands in.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! The list of customer files (the form of its answer is not documented), what the chatbot answers, the bot's gateway over
//! WebSocket (its webhook says the same), its commands and guide, which are set once by hand, and sending of editions.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bot;
mod builder;
mod call;
mod chat_user;
mod client;
mod customers;
mod errors;
pub mod event;
mod files;
mod ids;
pub mod links;
pub mod registry;
mod relation;
pub mod skill;
pub mod webhook;

pub use builder::{Kakao, KakaoBuilder, KakaoError};
pub use chat_user::ChatUser;
pub use client::KakaoClient;
pub use customers::{FillError, Filled, Omitted, Sheet};
pub use errors::{Code, code};
pub use files::{Customer, CustomerId, FileId, Put, Schema, SchemaError, Value};
pub use ids::{AppUserId, ChannelPublicId, IdError, OpenId, SearchId};
pub use relation::{Known, Relation, Standing};
