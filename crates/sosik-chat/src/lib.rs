//! The citizens' window: what someone said in a city's channel, understood, answered, or handed to a person.
//!
//! # What it is for
//!
//! A channel is also where citizens talk with their city without coming in person.
//! This crate is that conversation, whichever door it comes by: a [`Turn`] in, a [`Reply`] out. It gives this week's news and
//! finds past ones, news by district (읍면동), what is on at the weekend, which office handles what; it signs people up with the
//! terms shown and agreed to, shows them what is stored of them, withdraws consents and deletes; what it cannot answer goes to
//! a person under a ticket's number. Words of danger get the numbers to call before anything else.
//!
//! # Where it sits
//!
//! Above `sosik-content`, `sosik-registry` and `sosik-core`. Below the doors (`sosik-kakao` reads and writes the chatbot's
//! wire) and the databases that keep conversations. It is pure: what it knows it asks its ports.
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//! use chrono::NaiveDate;
//! use sosik_chat::{Intent, Intents, Matcher, Offices};
//! use sosik_registry::Directory;
//!
//! let districts = Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes())?;
//! let matcher = Matcher::new(Intents::sosik(), "양주", Arc::new(districts), Arc::new(Offices::default()));
//! let found = matcher.read("회천1동소식 알려줘", NaiveDate::from_ymd_opt(2026, 11, 27).unwrap());
//! assert_eq!(found.intent, Some(Intent::DistrictNews));
//! assert_eq!(found.slots.districts[0].as_str(), "4163053000");
//! # Ok::<(), sosik_registry::DirectoryError>(())
//! ```
//!
//! # Concepts
//!
//! - [`Window`]: the conversation with all its parts; [`Turn`] and [`Reply`]: in the terms of no door.
//! - [`Intents`]: what citizens want and the words that say so, as data; [`Matcher`] understands by them and says by which;
//!   other engines implement [`Understanding`].
//! - [`Slots`]: the districts, days, kinds of news and languages that a text names.
//! - [`Emergencies`]: words of danger, and whom to call, each number with its source.
//! - [`Archive`]: what was published, and the search in it; [`Offices`]: who handles what.
//! - [`Ticket`]: what goes to a person, with its states and transcript; [`mask`] hides personal numbers before anything is
//!   kept. [`ChatStore`]: where conversations, tickets and what was not understood are kept.
//! - [`Notifier`]: a door that can speak first; [`Window::tell_answers`] tells by it what staff answered.
//! - [`Words`]: what is said, in each language; [`Term`]: to what whoever signs up agrees.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! HTTP and the wire of any door, SQL, the clock (a turn carries its instant), and the limits of what a door shows: it cuts.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod archive;
mod builder;
mod day;
mod emergency;
mod intent;
mod mask;
mod matcher;
mod memory;
mod notice;
mod office;
mod reply;
mod session;
mod slots;
mod store;
pub mod stored;
mod talk;
mod tasks;
mod text;
mod ticket;
mod turn;
mod understand;
mod window;
mod words;

pub use archive::{Archive, ArchiveError, MemoryArchive, News};
pub use async_trait::async_trait;
pub use builder::{WindowBuildError, WindowBuilder};
pub use day::AskedDays;
pub use emergency::{Emergencies, Emergency, Hotline};
pub use intent::{Intent, IntentRule, Intents};
pub use mask::mask;
pub use matcher::Matcher;
pub use memory::MemoryChatStore;
pub use notice::{AnswersTold, Notice, Notifier, NotifyError, NotifyErrorKind, OneOfNotifiers};
pub use office::{Office, Offices};
pub use reply::{Bubble, Button, Choice, Does, Facts, Leads, Line, List, MOST_BUBBLES, MOST_CHOICES, NewsCard, Reply};
pub use session::{Pending, Session, ShownTerm};
pub use slots::Slots;
/// Cuts a text at the end of a word, for doors that show no more of it.
pub use sosik_content::text::shorten;
pub use store::{ChatStore, ChatStoreError, ChatStoreErrorKind};
pub use text::TableError;
pub use ticket::{
    Author, MOST_ANSWERED, MOST_ENTRIES, NewTicket, Ticket, TicketChange, TicketEntry, TicketError, TicketNumber,
    TicketState,
};
pub use turn::{MOST_SAID, Speaker, Turn};
pub use understand::{UnderstandError, Understanding, Understood};
pub use window::{City, CodeError, CodeSender, Term, Window, WindowError};
pub use words::Words;
