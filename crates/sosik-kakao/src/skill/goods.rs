use serde::{Deserialize, Serialize};

use super::buttons::{Button, with_buttons};
use super::cards::Thumbnail;

/// The one currency that Kakao knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Currency {
    /// Won.
    #[default]
    #[serde(rename = "won", alias = "WON")]
    Won,
}

/// Who offers something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Profile {
    /// The name.
    pub nickname: String,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

/// A card with a price.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CommerceCard {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// In won.
    pub price: u64,
    /// Won.
    pub currency: Currency,
    /// How much less, in won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<u64>,
    /// How much less, of a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_rate: Option<u8>,
    /// What it costs then, in won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discounted_price: Option<u64>,
    /// Exactly one.
    pub thumbnails: Vec<Thumbnail>,
    /// Who offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// One to three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

with_buttons!(CommerceCard);
