//! Business messages for Korean channels: the message model, its limits as data, and the port to whoever carries them.
//!
//! # What it is for
//!
//! An [`Edition`](sosik_content::Edition) becomes a [`Message`]: a carousel of cards (캐러셀) with its advertising
//! marks and its plain-text fallback. [`validate`] names every limit that a message breaks, and [`Transport`] is what
//! a dealer's client implements, so that whoever sends knows no dealer.
//!
//! # Where it sits
//!
//! Above `sosik-content` and `sosik-core`. Below `sosik-delivery` (which sends) and the dealer crates such as
//! `sosik-bizgo` (which implement [`Transport`]).
//!
//! # Quick start
//!
//! ```
//! use sosik_channel::{Audience, Message, Recipient, RecordingTransport, Submission, TextMessage, Transport, TransportExt};
//! use sosik_core::PhoneNumber;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = RecordingTransport::new();
//! let message: Message = TextMessage::new(PhoneNumber::parse("031-8082-0000")?, "양주시 소식입니다.")?.into();
//! let to = vec![Recipient::new("r-0", PhoneNumber::parse("010-0000-0001")?)];
//! let submitted = transport.submit(&Submission::new("key-1", message, Audience::Named(to))).await?;
//! assert_eq!(submitted.accepted(), 1);
//!
//! let receipts = transport.drain_receipts().await?;
//! assert_eq!(receipts[0].reference.as_deref(), Some("r-0"));
//! # Ok(()) }
//! ```
//!
//! # Concepts
//!
//! - **Audience and proof.** A message goes to *named recipients*, to the *friends of a channel*, or into *a person's
//!   hands*; what can be known of it afterwards is *per recipient*, *aggregate* or *attested*.
//!   See [`Audience`] and [`Proof`].
//! - **알림톡 (Alimtalk)** goes by an approved [`AlimtalkTemplate`] and each recipient's values of its variables;
//!   [`validate_values`] names who lacks one before anything leaves. A brand message goes so too, by a
//!   [`BrandTemplate`].
//! - **Group sends (동보)** go to friends whose numbers no one holds: [`GroupSender`] registers, starts, watches and
//!   ends them, and a [`Watch`] sees that what was meant for Friday does not go on on Saturday.
//! - **Limits are data**: each [`Limit`] has its unit, source and date. Providers disagree, so a set belongs to a
//!   provider. [`validate`] names all that is broken, and [`fit`] shortens by rule where the sender allows it.
//! - **[`SendError`] answers the caller's next question**: retry? when? is the recipient gone? may it have arrived?
//!
//! - **Adaptors** wrap a transport and are one. [`TransportExt`] lists them, in the order in which they make sense.
//! - **By hand**: [`kit`] makes the folder with which a clerk sends a message in Kakao's own console.
//! - **For later**: [`Submission::at`] lets a provider that [can](Capabilities::schedule) send it at an instant, and
//!   [`Transport::cancel`] takes it back. What a provider sends by itself is read by [`Transport::webhook`], and a
//!   [`Tariff`] tells what messages cost.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `http` | no | [`http`], what clients of dealers' HTTP APIs share |
//! | `retrying` | no | [`Retrying`], the adaptor that tries again where that is safe |
//! | `throttled` | no | [`Throttled`], the adaptor that keeps a transport within its rate |
//! | `traced` | no | [`Traced`], the adaptor that makes a span of `tracing` of each call |
//!
//! # What is not here
//!
//! Provider JSON and calls (in the dealers' crates), stores, schedules, and the choice of recipients.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod alimtalk;
mod audience;
mod brand;
mod brand_template;
mod breaker;
mod button;
mod capabilities;
mod carousel;
mod compose;
mod coupon;
mod dry_run;
mod error;
mod fail_over;
mod fallback;
mod fit;
mod group_plan;
mod group_send;
mod group_state;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub mod http;
pub mod kit;
mod limits;
mod media;
mod message;
mod parts;
pub mod preview;
mod receipt;
mod recorded;
mod recording;
#[cfg(feature = "retrying")]
mod retrying;
#[cfg(test)]
mod samples;
pub mod stored;
mod submission;
mod tariff;
mod text;
#[cfg(feature = "throttled")]
mod throttled;
#[cfg(feature = "traced")]
mod traced;
mod transport;
mod validate;
mod watched;
mod webhook;

pub use alimtalk::{AlimtalkButton, AlimtalkItems, AlimtalkTemplate, Emphasis, MissingVariable};
pub use async_trait::async_trait;
pub use audience::{Audience, AudienceKind, Recipient};
pub use brand::{Bubble, Commerce, ImageBubble, PremiumVideo, Price, Product, WideBubble, WideItem, WideItemList};
pub use brand_template::{BrandTemplate, BrandTemplateError, FillError};
pub use breaker::Breaker;
pub use button::{Action, Button};
pub use capabilities::{Ahead, Capabilities, Idempotency};
pub use carousel::{CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, CommerceCard};
pub use compose::{ChannelProfile, ChannelProfileBuilder, ChannelProfileError, ComposeError, compose, tracked};
pub use coupon::{Coupon, CouponTitle, CouponTitleError};
pub use dry_run::DryRun;
pub use error::{SendError, SendErrorKind};
pub use fail_over::FailOver;
pub use fallback::Fallback;
pub use fit::{FitRules, Fitted, Shortened, fit};
pub use group_plan::{GroupRules, GroupSend, Outlook};
pub use group_send::{GroupSender, GroupSenderExt, Started, TemplateRef};
pub use group_state::{GroupSendState, GroupSendStatus, Kept, Watch, WatchStep};
pub use limits::{
    ALIMTALK, BRAND_TEMPLATE, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, Limit, NHN_BRAND_MESSAGE, TEXT_MESSAGE, Unit,
};
pub use media::{Media, MediaRef, Picture, PictureFormat, Place};
pub use message::{Advertising, Body, Message, Refusal, Targeting};
pub use receipt::{Outcome, Receipt, ReceiptPage, Route};
pub use recorded::{Exchange, Recorded};
pub use recording::{RecordingTransport, Sent};
#[cfg(feature = "retrying")]
pub use retrying::{Backoff, Retrying};
pub use submission::{Acceptance, Answer, Found, Proof, Submission, Submitted};
pub use tariff::{Tariff, Won};
pub use text::{TextError, TextMessage, cp949_bytes, to_cp949};
#[cfg(feature = "throttled")]
pub use throttled::Throttled;
#[cfg(feature = "traced")]
pub use traced::Traced;
pub use transport::{Transport, TransportExt, Uploads};
pub use validate::{Fault, Faults, validate, validate_values};
pub use watched::Call;
pub use webhook::{Webhook, WebhookReceipts};
