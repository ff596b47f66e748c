//! Card-news pictures: layout, Korean line breaking, an embedded open font, JPEG.
//!
//! # What it is for
//!
//! A [`Card`](sosik_content::Card) becomes a picture of 800×400 pixels that a message can carry, with nothing clipped
//! and nothing broken inside a word, and with an alternative text that says all that stands on it.
//! The same card gives the same picture everywhere: fonts are embedded, and nothing is fetched.
//!
//! # Where it sits
//!
//! Above `sosik-content`. It knows no transport and no store.
//!
//! # Quick start
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use sosik_cards::{CardFormat, Painter, Theme};
//! use sosik_content::{Brief, Post, WebLink, curate};
//!
//! # let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
//! # let brief = Brief::builder(sosik_core::ChannelId::parse("yangju-city")?, slot, chrono_tz::Asia::Seoul).cards(1, 6).build()?;
//! # let post = Post::new("수도 동파 예방", WebLink::parse("https://blog.example.go.kr/1")?, "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다.").with_published(slot);
//! # let edition = curate(&[post], &brief)?.edition;
//! let painter = Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed())?;
//! let drawn = painter.draw(&edition, 0)?;
//! assert_eq!((drawn.width, drawn.height), (800, 400));
//! assert!(drawn.jpeg.len() <= 500_000);
//! assert!(drawn.alt.contains("수도 동파 예방"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Fonts
//!
//! `NanumSquare` Regular, Bold and `ExtraBold` by NAVER Corporation, unmodified, under the SIL Open Font License 1.1;
//! the licence is in `fonts/OFL.txt`.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Photographs, other sizes than 2:1, other encodings, and uploads.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod font;
mod format;
mod icon;
mod layout;
mod painter;
mod theme;
mod wrap;

pub use error::CardError;
pub use font::regular_font;
pub use format::CardFormat;
pub use painter::{Drawn, Painter};
pub use theme::{Theme, ThemeError, TopicColours};
