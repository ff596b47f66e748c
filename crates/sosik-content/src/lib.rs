//! What a city says: posts, their curation, and the card-news edition that comes of them.
//!
//! # What it is for
//!
//! A city's blog has more posts in a week than anyone wants to be sent.
//! This crate turns [`Post`]s and a [`Brief`] (which channel, which slot, how many cards of which topic)
//! into an [`Edition`] of a few cards, and says of every post left out why it was.
//! The same posts and the same brief always give the same edition.
//!
//! # Where it sits
//!
//! Above `sosik-core`. Below `sosik-feeds` (which makes posts), `sosik-cards` (which draws cards) and
//! `sosik-channel` (which composes messages).
//!
//! # Quick start
//!
//! ```
//! use chrono::{TimeDelta, TimeZone, Utc};
//! use sosik_content::{Brief, Post, Topic, WebLink, curate};
//! use sosik_core::ChannelId;
//!
//! let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap(); // Friday 15:00 in Seoul
//! let brief = Brief::builder(ChannelId::parse("yangju-city")?, slot, chrono_tz::Asia::Seoul).build()?;
//! let posts: Vec<Post> = [
//!     ("겨울철 수도 동파, 이렇게 막아요", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
//!     ("옥정호수도서관 12월 전시 안내", "옥정호수도서관에서 그림책 원화 전시를 엽니다. 관람은 무료입니다."),
//!     ("산불조심기간, 논·밭두렁 태우지 마세요", "12월 15일까지 산불조심기간입니다. 산림 근처에서 불을 쓰지 마세요."),
//! ]
//! .iter()
//! .enumerate()
//! .map(|(n, (title, text))| {
//!     let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}"))?;
//!     Ok(Post::new(*title, link, *text).with_published(slot - TimeDelta::days(1)))
//! })
//! .collect::<Result<_, sosik_content::WebLinkError>>()?;
//!
//! let curation = curate(&posts, &brief)?;
//! assert_eq!(curation.edition.cards().len(), 3);
//! assert!(curation.edition.cards().iter().any(|card| card.topic() == Topic::Safety));
//! assert!(curation.left_out.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! - [`Topic`]: the seven kinds of news that the city names; [`classify`](classify::classify) finds one by words and
//!   blog category, and shows which of them spoke; other ways implement [`Classifier`](classify::Classifier).
//! - [`Quotas`]: how many cards of each topic an edition may carry.
//! - [`LeftOut`]: a post that did not make it, with its [`Reason`]; [`Score`]: how useful one is, and what said so.
//! - [`Choices`]: what an editor decided (must-carry, dropped, held back, order, other words): data that survives a new run.
//! - [`Story`]: what a citizen needs of a post, each field with the sentence from which it comes; [`extract`] finds it.
//! - [`AreaNames`]: whom a post concerns, by the districts that its title names; [`Translation`] and [`Phrases`]: what it
//!   says in other languages.
//! - [`review`]: what to put right before publication, by rules with sources.
//! - [`search`]: finds what was published as citizens write it: by initial consonants, with a slip, words run together.
//! - [`stored`]: the versioned JSON in which editions are kept.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! The time of day (the brief carries the slot), recipients, I/O, and the limits of any channel: the brief carries
//! how long texts may be.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod area_names;
mod brief;
mod brief_problem;
mod card;
mod choices;
pub mod classify;
mod curate;
mod edition;
pub mod extract;
pub mod josa;
mod link;
mod phrases;
mod picture;
mod points;
mod post;
pub mod review;
pub mod search;
mod similarity;
pub mod stored;
mod story;
pub mod style;
pub mod text;
mod topic;
mod translation;
pub mod wording;

pub use area_names::AreaNames;
pub use brief::{Brief, BriefBuilder, BriefError, Quota, Quotas, TextLimits};
pub use brief_problem::BriefProblem;
pub use card::{Card, Point};
pub use choices::{Choices, Rewrite};
pub use curate::{CurateError, Curation, LeftOut, Reason, Score, ScorePart, curate};
pub use edition::{Edition, EditionId};
pub use link::{WebLink, WebLinkError};
pub use phrases::{Label, Phrases, PhrasesError};
pub use picture::CardPicture;
pub use post::Post;
pub use sosik_core::{Language, LanguageError};
pub use story::Story;
pub use topic::{Topic, TopicError};
pub use translation::Translation;
