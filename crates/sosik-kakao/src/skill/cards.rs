use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::buttons::{Button, ButtonLayout, with_buttons};
use super::facts::ItemCard;
use super::goods::CommerceCard;

/// Where a card leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<String>,
    /// On a computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pc: Option<String>,
    /// On a phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
}

/// A card's picture: twice as wide as high, unless `fixed_ratio` keeps its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Thumbnail {
    /// Where it lies.
    pub image_url: String,
    /// What it shows, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Whether it keeps its own ratio: then its size has to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_ratio: Option<bool>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl Thumbnail {
    /// A picture with what it shows in words.
    #[must_use]
    pub fn new(image_url: impl Into<String>, alt_text: impl Into<String>) -> Self {
        Self { image_url: image_url.into(), alt_text: Some(alt_text.into()), ..Self::default() }
    }
}

/// A card of text: a title, a description or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TextCard {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Up to three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// How they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button_layout: Option<ButtonLayout>,
}

impl TextCard {
    /// A card of a title and what it says.
    #[must_use]
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..Self::titled(title) }
    }

    /// A card of a title alone.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..Self::default() }
    }
}

/// A card with a picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BasicCard {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its picture.
    pub thumbnail: Thumbnail,
    /// Up to three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// How they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button_layout: Option<ButtonLayout>,
    /// Whether it may be handed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwardable: Option<bool>,
}

impl BasicCard {
    /// A card of a picture, a title and what it says.
    #[must_use]
    pub fn new(thumbnail: Thumbnail, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { thumbnail, title: Some(title.into()), description: Some(description.into()), ..Self::default() }
    }
}

/// The head of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListHeader {
    /// Its title.
    pub title: String,
}

/// A line of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListItem {
    /// Its title.
    pub title: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// `block` or `message`, where it does something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// To which block it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_id: Option<String>,
    /// What whoever presses it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_text: Option<String>,
    /// What comes back as [`SkillRequest::client_extra`](super::SkillRequest::client_extra).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Map<String, Value>>,
}

impl ListItem {
    /// A line that does nothing.
    #[must_use]
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { title: title.into(), description: Some(description.into()), ..Self::default() }
    }

    /// A line that opens a page.
    #[must_use]
    pub fn web(title: impl Into<String>, description: impl Into<String>, url: impl Into<String>) -> Self {
        let link = Some(Link { web: Some(url.into()), ..Link::default() });
        Self { link, ..Self::new(title, description) }
    }

    /// A line by which whoever presses it says something.
    #[must_use]
    pub fn says(title: impl Into<String>, description: impl Into<String>, said: impl Into<String>) -> Self {
        let (action, message_text) = (Some("message".to_owned()), Some(said.into()));
        Self { action, message_text, ..Self::new(title, description) }
    }
}

/// A list of one to five lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListCard {
    /// Its head.
    pub header: ListHeader,
    /// Its lines.
    pub items: Vec<ListItem>,
    /// Up to two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Whether it may be handed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwardable: Option<bool>,
    /// Whether it shows a lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<bool>,
}

impl ListCard {
    /// A list under a title.
    #[must_use]
    pub fn new(title: impl Into<String>, items: Vec<ListItem>) -> Self {
        Self { header: ListHeader { title: title.into() }, items, ..Self::default() }
    }
}

/// Cards side by side, all of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Carousel {
    /// The cards.
    #[serde(flatten)]
    pub items: CarouselItems,
    /// A card before them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<CarouselHeader>,
}

impl Carousel {
    /// Cards side by side.
    #[must_use]
    pub fn new(items: CarouselItems) -> Self {
        Self { items, header: None }
    }
}

/// The cards of a carousel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "items", rename_all = "camelCase")]
#[non_exhaustive]
pub enum CarouselItems {
    /// With pictures.
    BasicCard(Vec<BasicCard>),
    /// With prices.
    CommerceCard(Vec<CommerceCard>),
    /// Of facts.
    ItemCard(Vec<ItemCard>),
    /// Lists.
    ListCard(Vec<ListCard>),
    /// Of text.
    TextCard(Vec<TextCard>),
}

/// The card before the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CarouselHeader {
    /// Its title.
    pub title: String,
    /// What it says.
    pub description: String,
    /// Its picture.
    pub thumbnail: Thumbnail,
}

with_buttons!(BasicCard, ListCard, TextCard);
