use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A button of a card: at most 14 characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    #[serde(flatten)]
    pub action: Action,
    /// What comes back as [`SkillRequest::client_extra`](super::SkillRequest::client_extra).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Map<String, Value>>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Action {
    /// It leads to a block.
    Block {
        /// Which.
        block_id: String,
        /// What whoever presses it is shown to say.
        #[serde(skip_serializing_if = "Option::is_none")]
        message_text: Option<String>,
    },
    /// Whoever presses it says something.
    Message {
        /// What.
        message_text: String,
    },
    /// It leads to a person, in the channel's own chat.
    Operator,
    /// It calls a number.
    Phone {
        /// The number, digits alone.
        phone_number: String,
    },
    /// It hands the card on to a friend.
    Share,
    /// It opens a page.
    WebLink {
        /// Which.
        web_link_url: String,
    },
}

impl Button {
    fn of(label: impl Into<String>, action: Action) -> Self {
        Self { label: label.into(), action, extra: None }
    }

    /// One that opens a page.
    #[must_use]
    pub fn web(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::of(label, Action::WebLink { web_link_url: url.into() })
    }

    /// One that says something.
    #[must_use]
    pub fn says(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::of(label, Action::Message { message_text: text.into() })
    }

    /// One that calls a number.
    #[must_use]
    pub fn call(label: impl Into<String>, phone: &sosik_core::PhoneNumber) -> Self {
        let phone_number = phone.expose().chars().filter(char::is_ascii_digit).collect();
        Self::of(label, Action::Phone { phone_number })
    }

    /// One that leads to a person.
    #[must_use]
    pub fn operator(label: impl Into<String>) -> Self {
        Self::of(label, Action::Operator)
    }
}

/// How buttons stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ButtonLayout {
    /// Side by side.
    Horizontal,
    /// One below the other.
    Vertical,
}

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

macro_rules! with_buttons {
    ($($name:ident),+) => {$(
        impl $name {
            /// The card with one more button.
            #[must_use]
            pub fn with_button(mut self, button: Button) -> Self {
                self.buttons.push(button);
                self
            }
        }
    )+};
}
with_buttons!(BasicCard, CommerceCard, ItemCard, ListCard, TextCard);

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
        Self { title: Some(title.into()), description: Some(description.into()), ..Self::default() }
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
    #[serde(alias = "title")]
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
    /// A line that opens a page.
    #[must_use]
    pub fn web(title: impl Into<String>, description: impl Into<String>, url: impl Into<String>) -> Self {
        let link = Some(Link { web: Some(url.into()), ..Link::default() });
        Self { title: title.into(), description: Some(description.into()), link, ..Self::default() }
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

/// The sum below facts.
pub type ItemTitle = Item;

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
    pub profile: Option<Profile>,
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
    pub item_list_summary: Option<ItemTitle>,
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
