//! The Bot API: the same conversation by a webhook that is answered within a second, and a token for the answer proper.
//!
//! Kakao posts an event to the address of the bot's settings, with a header of your own, and wants 2xx within a second. What is
//! answered goes to [`BotClient::reply`] with the event's token, once and within five minutes; [`BotClient::send`] writes to someone
//! of the channel's chat who did not just say something, and [`BotNotifier`] tells by it what someone waits for.
//!
//! **Whether a city's bot is admitted is Kakao's to say**: by its pages of 2026-11 the API is for services in group chats, and bots
//! that answer questions or advertise are refused. Until one is admitted, the skill ([`skill`](crate::skill)) is the door.
//!
//! ```
//! use sosik_kakao::bot::{BotEvent, BotEventKind};
//!
//! let body = r#"{"op": 0, "t": "MESSAGE_CREATE", "d": {"id": 1, "content": "여권 어디서 만들어요?", "timestamp": "2026-11-27T15:15:00+09:00",
//!     "isChannelChatroom": true, "botGroupKey": "group", "botUserKey": "key-0001", "callbackToken": "token"}}"#;
//! let event = BotEvent::parse(body.as_bytes())?;
//! assert_eq!(event.kind, BotEventKind::Message);
//! assert!(event.is_channel && event.callback.is_some());
//! # Ok::<(), sosik_kakao::bot::BotEventError>(())
//! ```
//!
//! The form of events, calls and errors is that of a published package which quotes Kakao's pages (`PyPI` package `kakaotalk-bot` 0.1.0,
//! 2026); those could not be read themselves. What a bubble may hold is what a skill's may ([`skill::limits`](crate::skill::limits))
//! and the package's types: no blocks, nothing to remember, and no field of a card left out.

mod client;
mod door;
mod event;
mod render;

pub use client::{BotClient, BotNotifier, BotSent};
pub use door::{ANSWER_WITHIN, BotDoor, BotReply};
pub use event::{BotEvent, BotEventError, BotEventKind, CallbackToken, MAX_BYTES};
