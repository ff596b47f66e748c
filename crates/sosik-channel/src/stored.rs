//! The versioned JSON in which messages are kept in an outbox, apart from the types that code works with.
//!
//! ```
//! use sosik_channel::{Message, TextMessage, stored};
//! use sosik_core::PhoneNumber;
//!
//! let message: Message = TextMessage::new(PhoneNumber::parse("031-8082-0000")?, "양주시 소식")?.into();
//! assert_eq!(stored::from_json(&stored::to_json(&message))?, message);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};
use sosik_content::WebLink;
use sosik_core::PhoneNumber;

use crate::message::{
    Advertising, Body, Button, CarouselCard, CarouselFeed, MediaRef, Message, Picture, PictureFormat, Refusal,
};
use crate::text::TextMessage;

/// The version that this release writes.
pub const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct StoredMessage {
    version: u32,
    body: StoredBody,
    advertising: Option<StoredAdvertising>,
    fallback: Option<StoredText>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum StoredBody {
    CarouselFeed { cards: Vec<StoredCard>, tail: Option<String> },
    Text(StoredText),
}

#[derive(Serialize, Deserialize)]
struct StoredCard {
    header: String,
    text: String,
    picture: StoredPicture,
    link: Option<String>,
    buttons: Vec<StoredButton>,
}

#[derive(Serialize, Deserialize)]
struct StoredPicture {
    digest: String,
    format: String,
    width: u32,
    height: u32,
    bytes: usize,
    alt: String,
    media: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredButton {
    label: String,
    link: String,
}

#[derive(Serialize, Deserialize)]
struct StoredAdvertising {
    sender: String,
    refusal_call: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredText {
    from: String,
    title: Option<String>,
    text: String,
}

/// A message as JSON, on one line.
#[must_use]
pub fn to_json(message: &Message) -> String {
    let stored = StoredMessage {
        version: VERSION,
        body: match &message.body {
            Body::CarouselFeed(feed) => StoredBody::CarouselFeed {
                cards: feed.cards.iter().map(store_card).collect(),
                tail: feed.tail.as_ref().map(|link| link.as_str().to_owned()),
            },
            Body::Text(text) => StoredBody::Text(store_text(text)),
        },
        advertising: message.advertising.as_ref().map(|advertising| StoredAdvertising {
            sender: advertising.sender.clone(),
            refusal_call: match &advertising.refusal {
                Refusal::BlockChannel => None,
                Refusal::FreeCall(number) => Some(number.expose().to_owned()),
            },
        }),
        fallback: message.fallback.as_ref().map(store_text),
    };
    serde_json::to_string(&stored).unwrap_or_default()
}

fn store_card(card: &CarouselCard) -> StoredCard {
    let picture = &card.picture;
    StoredCard {
        header: card.header.clone(),
        text: card.text.clone(),
        picture: StoredPicture {
            digest: picture.digest.clone(),
            format: picture.format.extension().to_owned(),
            width: picture.width,
            height: picture.height,
            bytes: picture.bytes,
            alt: picture.alt.clone(),
            media: picture.media.as_ref().map(|media| media.as_str().to_owned()),
        },
        link: card.link.as_ref().map(|link| link.as_str().to_owned()),
        buttons: card
            .buttons
            .iter()
            .map(|button| StoredButton { label: button.label.clone(), link: button.link.as_str().to_owned() })
            .collect(),
    }
}

fn store_text(text: &TextMessage) -> StoredText {
    StoredText {
        from: text.from().expose().to_owned(),
        title: text.title().map(str::to_owned),
        text: text.text().to_owned(),
    }
}

/// Reads a message.
///
/// # Errors
///
/// [`StoredMessageError`] when the text is not such JSON, comes from a newer release, or a field cannot be read.
pub fn from_json(json: &str) -> Result<Message, StoredMessageError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_str(json)?;
    if version != VERSION {
        return Err(StoredMessageError::Version { found: version, known: VERSION });
    }
    let stored: StoredMessage = serde_json::from_str(json)?;
    let body = match stored.body {
        StoredBody::CarouselFeed { cards, tail } => {
            let mut feed = CarouselFeed::new(cards.into_iter().map(load_card).collect::<Result<_, _>>()?);
            feed.tail = tail.map(|link| load_link(&link)).transpose()?;
            Body::CarouselFeed(feed)
        }
        StoredBody::Text(text) => Body::Text(load_text(text)?),
    };
    let mut message = Message::new(body);
    if let Some(advertising) = stored.advertising {
        let refusal = match advertising.refusal_call {
            Some(number) => Refusal::FreeCall(load_phone(&number)?),
            None => Refusal::BlockChannel,
        };
        message = message.with_advertising(Advertising::new(advertising.sender, refusal));
    }
    message.fallback = stored.fallback.map(load_text).transpose()?;
    Ok(message)
}

fn load_card(card: StoredCard) -> Result<CarouselCard, StoredMessageError> {
    let stored = card.picture;
    let picture = Picture {
        digest: stored.digest,
        format: match stored.format.as_str() {
            "jpg" => PictureFormat::Jpeg,
            "png" => PictureFormat::Png,
            _ => return Err(StoredMessageError::field("picture format", "it is neither jpg nor png")),
        },
        width: stored.width,
        height: stored.height,
        bytes: stored.bytes,
        alt: stored.alt,
        media: stored.media.map(MediaRef::new),
    };
    let mut loaded = CarouselCard::new(card.header, card.text, picture);
    loaded.link = card.link.map(|link| load_link(&link)).transpose()?;
    for button in card.buttons {
        loaded = loaded.with_button(Button::new(button.label, load_link(&button.link)?));
    }
    Ok(loaded)
}

fn load_text(text: StoredText) -> Result<TextMessage, StoredMessageError> {
    let loaded =
        TextMessage::new(load_phone(&text.from)?, text.text).map_err(|e| StoredMessageError::field("text", e))?;
    match text.title {
        Some(title) => loaded.with_title(title).map_err(|e| StoredMessageError::field("title", e)),
        None => Ok(loaded),
    }
}

fn load_link(link: &str) -> Result<WebLink, StoredMessageError> {
    WebLink::parse(link).map_err(|e| StoredMessageError::field("link", e))
}

fn load_phone(number: &str) -> Result<PhoneNumber, StoredMessageError> {
    PhoneNumber::parse(number).map_err(|e| StoredMessageError::field("phone number", e))
}

/// A stored message cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredMessageError {
    /// A field holds what it cannot hold.
    #[error("the stored message has a wrong {field}")]
    #[non_exhaustive]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The text is not the JSON of a message.
    #[error("the text is not the JSON of a message")]
    Json(#[from] serde_json::Error),
    /// It was written by another release.
    #[error("the stored message has version {found}, this release reads {known}")]
    #[non_exhaustive]
    Version {
        /// Its version.
        found: u32,
        /// The version that can be read.
        known: u32,
    },
}

impl StoredMessageError {
    fn field(field: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Field { field, source: source.into() }
    }
}
