//! The desk of a city's newsroom (편집국): who works there, what they may do, and the week's draft until it is approved.
//!
//! # What it is for
//!
//! What a city sends to its citizens is written by some, agreed to by others, and sent once. Whoever looks later has to find who
//! did what. This crate has the accounts of staff and their roles, signing in, and the draft of a week's edition: what editors
//! decide of the posts, what they hand in, and who agrees to exactly that.
//!
//! # Where it sits
//!
//! Above `sosik-content`, whose [`Choices`](sosik_content::Choices) and editions a draft holds, `sosik-registry`, whose journal
//! keeps who was given which rights, and `sosik-delivery`, in which an edition that is agreed to becomes a campaign. Its pages
//! are in `sosik-web`, its tables in `sosik-sqlite`.
//!
//! # Quick start
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use sosik_core::ChannelId;
//! use sosik_desk::{Draft, DraftStore, Edit, MemoryDesk};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (store, slot) = (MemoryDesk::new(), Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap());
//! let draft = Draft::new(ChannelId::parse("yangju-city")?, slot);
//! let draft = draft.edited(&Edit::pin("https://blog.example.go.kr/1"), "editor-1", slot)?;
//! assert!(store.keep_draft(&draft).await?);
//! assert!(!store.keep_draft(&draft).await?, "someone else was faster: read it again");
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - A [`Role`] gives [`Right`]s; an [`Account`] is one person's and has one role or several. [`Staff`] makes accounts and signs
//!   people in: every try is counted before the password is looked at, and a store has neither passwords nor tokens, only what
//!   they are checked against.
//! - A [`Draft`] is edited, handed in, agreed to by its [digest](EditionDigest), and handed over. Whoever had a hand in it does
//!   not agree to it.
//! - A [`Newsroom`] is what the city's own program does for the desk: posts, pictures, and the campaign.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Pages, HTTP and SQL; single sign-on of a city's own directory (make the token yourself: a [`StaffStore`] takes any).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod draft;
mod edit;
mod hand_over;
mod memory;
mod newsroom;
mod password;
mod role;
mod sign_in;
mod staff;
mod store;
pub mod stored;

pub use account::{Account, AccountName, AccountNameError};
pub use async_trait::async_trait;
pub use draft::{Approved, Draft, DraftDeed, DraftError, DraftState, DraftStep, EditionDigest, Frozen};
pub use edit::{Edit, EditError};
pub use hand_over::{HandOverError, plan_approved};
pub use memory::MemoryDesk;
pub use newsroom::{Newsroom, NewsroomError};
pub use password::{LEAST as LEAST_PASSWORD, MOST as MOST_PASSWORD, PasswordError, PasswordHash};
pub use role::{Right, Role};
pub use sign_in::{SignIn, SignInKey, SignInRules, Token};
pub use staff::{Attempt, Attempted, By, SignedIn, Staff, StaffError};
pub use store::{DraftStore, StaffStore};
