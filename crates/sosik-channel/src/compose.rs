use sosik_content::text::{shorten, units};
use sosik_content::{Edition, EditionId, WebLink, WebLinkError};
use sosik_core::PhoneNumber;

use crate::button::Button;
use crate::carousel::{CarouselCard, CarouselFeed};
use crate::media::Picture;
use crate::message::{Advertising, Body, Message, Refusal};
use crate::text::{TextError, TextMessage, cp949_bytes, to_cp949};
use crate::validate::{Faults, validate};
use crate::{KAKAO_CAROUSEL_FEED, Limit, TEXT_MESSAGE};

/// How one channel presents itself in its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelProfile {
    sender: String,
    home: WebLink,
    contact: PhoneNumber,
    refusal_call: PhoneNumber,
    button: String,
    counted: Option<WebLink>,
}

impl ChannelProfile {
    /// A profile: the sender's name (`양주시청`), the page that `더보기` opens, the number that texts come from, and the
    /// free number (080) by which texts are refused.
    pub fn builder(
        sender: impl Into<String>,
        home: WebLink,
        contact: PhoneNumber,
        refusal_call: PhoneNumber,
    ) -> ChannelProfileBuilder {
        let sender = sender.into();
        ChannelProfileBuilder(Self {
            sender,
            home,
            contact,
            refusal_call,
            button: "자세히 보기".to_owned(),
            counted: None,
        })
    }

    /// The sender's name.
    #[must_use]
    pub fn sender(&self) -> &str {
        &self.sender
    }

    /// Where a card's link goes through the archive.
    fn counted(&self, edition: &Edition, number: usize) -> Result<Option<WebLink>, ComposeError> {
        let Some(archive) = &self.counted else { return Ok(None) };
        let base = archive.to_string();
        let link = WebLink::parse(&format!("{}/editions/{}/{number}", base.trim_end_matches('/'), edition.id()))?;
        Ok(Some(link))
    }
}

/// As what a link in a message is known to whoever counts visits.
const MEDIUM: &str = "brandmessage";

/// A link of an edition, as whoever counts visits at its end knows it: `utm_source=kakao`, `utm_medium`, `utm_campaign` (the
/// edition's name) and `utm_content` (such as `card1`).
#[must_use]
pub fn tracked(link: &WebLink, edition: &EditionId, medium: &str, content: &str) -> WebLink {
    link.with_params([
        ("utm_source", "kakao"),
        ("utm_medium", medium),
        ("utm_campaign", edition.as_str()),
        ("utm_content", content),
    ])
}

/// Makes a [`ChannelProfile`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ChannelProfileBuilder(ChannelProfile);

impl ChannelProfileBuilder {
    /// What stands on each card's button; `자세히 보기` unless set.
    pub fn button(mut self, label: impl Into<String>) -> Self {
        self.0.button = label.into();
        self
    }

    /// Links of cards go through the city's archive, which counts them and leads on: where it is, without a slash at its end, such as
    /// `https://news.example.go.kr`. They stand as long as the archive does.
    pub fn counted_at(mut self, archive: WebLink) -> Self {
        self.0.counted = Some(archive);
        self
    }

    /// The profile.
    ///
    /// # Errors
    ///
    /// [`ChannelProfileError`] lists everything that cannot be.
    pub fn build(self) -> Result<ChannelProfile, ChannelProfileError> {
        let mut problems = Vec::new();
        if self.0.sender.trim().is_empty() || cp949_bytes(&self.0.sender).is_none() {
            problems.push("sender: it must be named, in characters that text messages can carry".to_owned());
        }
        if !self.0.refusal_call.expose().starts_with("080") {
            problems.push("refusal_call: a free number begins with 080".to_owned());
        }
        if self.0.button.is_empty() || units(&self.0.button) > 8 {
            problems.push(format!("button: `{}` is not 1 to 8 characters", self.0.button));
        }
        if problems.is_empty() { Ok(self.0) } else { Err(ChannelProfileError { problems }) }
    }
}

/// A profile that no message can carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the channel's profile cannot be used: {}", problems.join("; "))]
pub struct ChannelProfileError {
    problems: Vec<String>,
}

/// Makes the message of an edition: a carousel with a button to each post, and its text fallback.
///
/// Links go through the city's archive where the profile [says so](ChannelProfileBuilder::counted_at); else they are
/// [tracked]. `pictures` are those of the cards, in their order. A carousel is always an advertisement at Kakao, so the message
/// carries the marks of one.
/// `limits` are those of the provider beyond Kakao's own.
///
/// # Errors
///
/// [`ComposeError`] when a card has no picture, or names every limit that the message breaks.
pub fn compose(
    edition: &Edition,
    pictures: &[Picture],
    profile: &ChannelProfile,
    limits: &[Limit],
) -> Result<Message, ComposeError> {
    if pictures.len() != edition.cards().len() {
        return Err(ComposeError::Pictures { cards: edition.cards().len(), pictures: pictures.len() });
    }
    let cards = edition
        .cards()
        .iter()
        .zip(pictures)
        .enumerate()
        .map(|(at, (card, picture))| {
            let to = match profile.counted(edition, at + 1)? {
                Some(counted) => counted,
                None => tracked(card.link(), edition.id(), MEDIUM, &format!("card{}", at + 1)),
            };
            Ok(CarouselCard::new(card.header(), card.body(), picture.clone())
                .with_link(to.clone())
                .with_button(Button::new(profile.button.as_str(), to)))
        })
        .collect::<Result<_, ComposeError>>()?;
    let feed = CarouselFeed::new(cards).with_tail(tracked(&profile.home, edition.id(), MEDIUM, "more"));
    let message = Message::new(Body::CarouselFeed(feed))
        .with_advertising(Advertising::new(profile.sender.as_str(), Refusal::BlockChannel))
        .with_fallback(fallback(edition, profile)?);
    let all: Vec<Limit> = [KAKAO_CAROUSEL_FEED, TEXT_MESSAGE, limits].concat();
    validate(&message, &all)?;
    Ok(message)
}

/// The edition as a long text: marked, with the sender, a line and a link for each card, and the free way to refuse.
fn fallback(edition: &Edition, profile: &ChannelProfile) -> Result<TextMessage, ComposeError> {
    let title = shorten_cp949(&format!("{}{}", Advertising::MARK, to_cp949(edition.title())), 40);
    let head = format!("{}{}\n{}\n", Advertising::MARK, profile.sender, to_cp949(edition.title()));
    let call = dashed(&profile.refusal_call);
    let foot = format!("\n전체 보기 {}\n문의 {}\n무료수신거부 {call}", profile.home, dashed(&profile.contact));
    let mut body = head;
    for (at, card) in edition.cards().iter().enumerate() {
        let to = profile.counted(edition, at + 1)?.map_or_else(|| card.link().to_string(), |link| link.to_string());
        let entry = format!("\n{}. {}\n{to}\n", at + 1, to_cp949(&shorten(card.title(), 40)));
        let size = |text: &str| cp949_bytes(text).unwrap_or(usize::MAX / 2);
        // Better a shorter list than a text that no carrier takes; the whole edition is behind the last link.
        if size(&body) + size(&entry) + size(&foot) <= 2000 {
            body.push_str(&entry);
        }
    }
    body.push_str(&foot);
    Ok(TextMessage::new(profile.contact.clone(), body)?.with_title(title)?)
}

fn shorten_cp949(text: &str, max: usize) -> String {
    let mut out = text.to_owned();
    while cp949_bytes(&out).is_none_or(|bytes| bytes > max) && out.pop().is_some() {}
    out
}

fn dashed(phone: &PhoneNumber) -> String {
    let digits = phone.expose();
    let head = if digits.starts_with("02") { 2 } else { 3 };
    let tail = digits.len().saturating_sub(4);
    format!("{}-{}-{}", &digits[..head], &digits[head..tail], &digits[tail..])
}

/// An edition cannot be made a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The message breaks limits.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// The archive's address makes no link.
    #[error("the archive's address and the edition's name make no link")]
    Link(#[from] WebLinkError),
    /// Not every card has a picture.
    #[error("the edition has {cards} cards and {pictures} pictures")]
    #[non_exhaustive]
    Pictures {
        /// How many cards.
        cards: usize,
        /// How many pictures.
        pictures: usize,
    },
    /// The fallback text cannot be sent.
    #[error("the fallback text cannot be sent")]
    Text(#[from] TextError),
}
