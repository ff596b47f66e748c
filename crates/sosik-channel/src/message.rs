use bytes::Bytes;
use sha2::Digest as _;
use sosik_content::WebLink;
use sosik_core::PhoneNumber;

use crate::TextMessage;

/// A message as the sender means it, before any provider's wire form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// What is shown.
    pub body: Body,
    /// The marks of an advertisement; `None` for an informational message.
    pub advertising: Option<Advertising>,
    /// What is sent as text to those whom the message cannot reach and who allow it.
    pub fallback: Option<TextMessage>,
}

impl Message {
    /// A message of this body.
    #[must_use]
    pub fn new(body: Body) -> Self {
        Self { body, advertising: None, fallback: None }
    }

    /// The message as an advertisement (광고성 정보).
    #[must_use]
    pub fn with_advertising(mut self, advertising: Advertising) -> Self {
        self.advertising = Some(advertising);
        self
    }

    /// The message with a text for those whom it cannot reach.
    #[must_use]
    pub fn with_fallback(mut self, text: TextMessage) -> Self {
        self.fallback = Some(text);
        self
    }

    /// The message without its fallback text: for those who do not allow one.
    #[must_use]
    pub fn without_fallback(mut self) -> Self {
        self.fallback = None;
        self
    }

    /// The pictures it shows, in order.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        match &self.body {
            Body::CarouselFeed(feed) => feed.cards.as_slice(),
            Body::Text(_) => &[],
        }
        .iter()
        .map(|card| &card.picture)
    }

    /// The message with each picture's place at the provider filled in by `find`.
    #[must_use]
    pub fn with_media(mut self, find: impl Fn(&Picture) -> Option<MediaRef>) -> Self {
        if let Body::CarouselFeed(feed) = &mut self.body {
            for card in &mut feed.cards {
                if let Some(media) = find(&card.picture) {
                    card.picture.media = Some(media);
                }
            }
        }
        self
    }
}

impl From<TextMessage> for Message {
    fn from(text: TextMessage) -> Self {
        Self::new(Body::Text(text))
    }
}

/// What a message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// A Kakao carousel feed (캐러셀 피드형): 2 to 6 cards to swipe through.
    CarouselFeed(CarouselFeed),
    /// A text message (SMS or LMS by its length).
    Text(TextMessage),
}

/// Cards to swipe through, and a link to the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarouselFeed {
    /// The cards.
    pub cards: Vec<CarouselCard>,
    /// Where `더보기` behind the last card leads.
    pub tail: Option<WebLink>,
}

impl CarouselFeed {
    /// A carousel of these cards.
    #[must_use]
    pub fn new(cards: Vec<CarouselCard>) -> Self {
        Self { cards, tail: None }
    }

    /// The carousel with a link behind its last card.
    #[must_use]
    pub fn with_tail(mut self, tail: WebLink) -> Self {
        self.tail = Some(tail);
        self
    }
}

/// One card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarouselCard {
    /// The line over the text.
    pub header: String,
    /// The text.
    pub text: String,
    /// The picture above both.
    pub picture: Picture,
    /// Where a tap on the picture leads.
    pub link: Option<WebLink>,
    /// The buttons below.
    pub buttons: Vec<Button>,
}

impl CarouselCard {
    /// A card of header, text and picture, without buttons yet.
    #[must_use]
    pub fn new(header: impl Into<String>, text: impl Into<String>, picture: Picture) -> Self {
        Self { header: header.into(), text: text.into(), picture, link: None, buttons: Vec::new() }
    }

    /// The card with a link behind its picture.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }

    /// The card with one more button.
    #[must_use]
    pub fn with_button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }
}

/// A button that opens a web page (`WL`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it opens.
    pub link: WebLink,
}

impl Button {
    /// A button by its label and link.
    #[must_use]
    pub fn new(label: impl Into<String>, link: WebLink) -> Self {
        Self { label: label.into(), link }
    }
}

/// A picture in a message: what is known of it without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// The SHA-256 of its bytes, in lower-case hexadecimal: its identity.
    pub digest: String,
    /// The encoding.
    pub format: PictureFormat,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bytes.
    pub bytes: usize,
    /// All that it says, for those who cannot see it.
    pub alt: String,
    /// Where the provider keeps it, once uploaded.
    pub media: Option<MediaRef>,
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl PictureFormat {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The usual end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// A picture with its bytes, to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Media {
    /// What is known of it.
    pub picture: Picture,
    /// Its bytes.
    pub content: Bytes,
}

impl Media {
    /// A picture by its bytes; identity and size are taken from them.
    #[must_use]
    pub fn new(
        format: PictureFormat,
        (width, height): (u32, u32),
        alt: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let content = content.into();
        let digest = crate::text::hex(&sha2::Sha256::digest(&content));
        let picture = Picture { digest, format, width, height, bytes: content.len(), alt: alt.into(), media: None };
        Self { picture, content }
    }
}

/// The provider's name for an uploaded picture: an address or an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaRef(String);

impl MediaRef {
    /// The provider's name, as it gave it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The provider's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The marks that the law puts on an advertisement: who sends it, and how to refuse it.
///
/// 정보통신망법 제50조 제4항: the sender's name and contact and an easy way to refuse; the mark `(광고)` stands at the
/// very start. Carousels are always advertisements at Kakao, whatever they say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advertising {
    /// Who sends it.
    pub sender: String,
    /// How to refuse it.
    pub refusal: Refusal,
}

impl Advertising {
    /// The mark: exactly this, at the very start, in text.
    pub const MARK: &'static str = "(광고)";

    /// The marks of a sender.
    #[must_use]
    pub fn new(sender: impl Into<String>, refusal: Refusal) -> Self {
        Self { sender: sender.into(), refusal }
    }
}

/// How a citizen refuses further advertisements.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// By blocking the channel; KakaoTalk shows how (`수신거부 | 홈 > 채널차단`).
    BlockChannel,
    /// By a free call to a number beginning with 080.
    FreeCall(PhoneNumber),
}
