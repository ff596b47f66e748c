//! Card-news pictures: layouts as data, Korean typography, photographs, embedded open fonts; JPEG, PNG and WebP.
//!
//! # What it is for
//!
//! What a card says ([`Face`], or a card of an edition) becomes a picture within the pixels and bytes of a message
//! ([`CardFormat`]), in the look of a city ([`Theme`]): no text clipped, none smaller than a phone's reader can read, no word
//! torn that fits a line, and an alternative text that says all that stands on it. What finds no room goes to one more
//! card ([`Painter::draw_whole`]) or is told ([`Drawn::left`]). The same card gives the same picture everywhere: fonts are embedded, and nothing is fetched.
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
//! assert!(drawn.file.len() <= 500_000);
//! assert!(drawn.alt.contains("수도 동파 예방"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! - Templates say what stands where, for wide, square and tall cards: `cover`, `event`, `notice`, `list`, `deadline`,
//!   `disaster`, `closing` and `more` are made ([`Painter::templates`] says what each is for), and a city adds its own as TOML
//!   ([`Painter::with_template`]); those in `templates/` of this crate are of the same form.
//! - Themes are four, light and dark, and a city's own as TOML ([`Theme::from_toml`]), with its logo and typefaces
//!   ([`Theme::with_files`]), checked for contrast with every template.
//! - A [`Picture`] is read within fixed memory, turned upright, cut around what is to be seen, and shaded behind text as far
//!   as its own pixels ask for.
//!
//! # Fonts
//!
//! `NanumSquare` Regular, Bold and `ExtraBold`, and `NanumGothic` Regular and Bold for rare syllables and hanja, by NAVER
//! Corporation (`fonts/OFL.txt`), Noto Sans Regular and Bold
//! (`fonts/NotoSans-OFL.txt`: Latin letters of other languages such as Vietnamese, Greek, Cyrillic) and Noto Emoji Bold
//! (`fonts/NotoEmoji-OFL.txt`) by Google, unmodified, under the SIL Open Font License 1.1. Others take their place at run
//! time ([`Fonts::with_face`]), and other scripts are added ([`Fonts::with_fallback`]).
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Colour profiles of photographs, scripts that are written from right to left, and uploads.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod canvas;
mod colour;
mod contrast;
mod encode;
mod error;
mod face;
mod fonts;
mod format;
mod icon;
mod layout;
mod logo;
mod painter;
mod picture;
mod rest;
mod sheet;
mod story;
mod template;
mod text;
mod theme;

pub use colour::{Colour, ColourError};
pub use encode::FileKind;
pub use error::CardError;
pub use face::Face;
pub use fonts::{Fonts, Weight, regular_font};
pub use format::{CardFormat, Shape};
pub use layout::Left;
pub use painter::{Drawn, Painter};
pub use picture::{Picture, PictureError, PictureLimits};
pub use sheet::{SheetCard, contact_sheet};
pub use theme::{Theme, ThemeError, TopicColours};
