//! The chatbot (챗봇 관리자센터, Open Builder): what a citizen said, as Kakao hands it over, and what is answered.
//!
//! Kakao posts a skill request (스킬) and shows whatever comes back within 5 seconds. Where an answer takes longer, and the
//! block allows it, [`Answer::later`] tells the citizen to wait and the answer proper goes to [`SkillRequest::callback`]
//! within a minute. Kakao signs nothing: put a secret of your own into a header of the skill's settings, and compare it.
//!
//! ```
//! use sosik_kakao::skill::{Answer, Button, SkillRequest, TextCard};
//!
//! let body = r#"{"userRequest": {"utterance": "여권 어디서 만들어요?", "user": {"id": "key", "type": "botUserKey"}}}"#;
//! let request = SkillRequest::parse(body.as_bytes())?;
//! assert!(request.utterance.contains("여권"));
//!
//! let card = TextCard::new("여권 발급", "평일 09:00~18:00, 시청 민원실")
//!     .with_button(Button::web("신청 안내", "https://www.example.go.kr/passport"));
//! let json = Answer::new().with(card).quick("처음으로", "처음으로").to_json()?;
//! assert!(json.contains("textCard"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`SkillDoor`] answers with the city's window ([`sosik_chat`]), whatever comes and in time; [`Callbacks`] posts what takes longer.
//!
//! The facts are those of Kakao's skill guide (`skill_guide/answer_json_format` and `ai_chatbot_callback_guide`), read in 2026-11.
//! What its pages leave open is not refused, but told by [`Answer::doubts`].

mod answer;
mod buttons;
mod callbacks;
mod cards;
mod check;
mod door;
mod facts;
mod goods;
pub mod limits;
mod render;
mod request;

pub use answer::{Answer, ContextValue, Output, QuickReply, SimpleImage, SimpleText};
pub use buttons::{Action, Button, ButtonLayout};
pub use callbacks::{CallbackTaken, Callbacks};
pub use cards::{
    BasicCard, Carousel, CarouselHeader, CarouselItems, Link, ListCard, ListHeader, ListItem, TextCard, Thumbnail,
};
pub use check::{AnswerError, Fault};
pub use door::{ANSWER_WITHIN, CALLBACK_WITHIN, DoorError, Later, Ready, Served, SkillDoor};
pub use facts::{Head, ImageTitle, Item, ItemAlignment, ItemCard, ItemProfile};
pub use goods::{CommerceCard, Currency, Profile};
pub use limits::Limit;
pub use request::{CallbackUrl, Context, Detail, MAX_BYTES, Named, SkillError, SkillMedia, SkillRequest, SkillUser};
