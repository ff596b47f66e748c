use serde::{Deserialize, Serialize};

use super::buttons::{Button, ButtonLayout, with_buttons};
use super::cards::Thumbnail;

/// A fact: its name and what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Item {
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: String,
}

impl Item {
    /// A fact.
    #[must_use]
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { title: title.into(), description: description.into() }
    }
}

/// The text above a card of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    /// What it says.
    pub title: String,
}

/// Whose a card of facts is: another form than that of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemProfile {
    /// The name.
    pub title: String,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// The text beside a card's picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageTitle {
    /// What it says.
    pub title: String,
    /// And below that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A picture beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

/// At which side facts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ItemAlignment {
    /// At the left.
    Left,
    /// At the right.
    Right,
}

/// Facts, line by line: a ticket number, a receipt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemCard {
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<Thumbnail>,
    /// The text above it; or a profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// Whose it is; or a head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ItemProfile>,
    /// The text beside the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_title: Option<ImageTitle>,
    /// The facts.
    pub item_list: Vec<Item>,
    /// At which side they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_list_alignment: Option<ItemAlignment>,
    /// Their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_list_summary: Option<Item>,
    /// A title below them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// And what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Up to three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// How they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button_layout: Option<ButtonLayout>,
}

impl ItemCard {
    /// Facts under a text.
    #[must_use]
    pub fn new(head: impl Into<String>, item_list: Vec<Item>) -> Self {
        Self { head: Some(Head { title: head.into() }), item_list, ..Self::default() }
    }
}

with_buttons!(ItemCard);
