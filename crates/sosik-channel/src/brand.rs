//! Brand messages (브랜드 메시지) of one bubble.

use sosik_content::WebLink;

use crate::button::{Button, with_foot};
use crate::coupon::Coupon;
use crate::media::Picture;

with_foot!(Bubble, Commerce, ImageBubble, PremiumVideo, WideBubble, WideItemList);

/// Words in a bubble (텍스트형).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bubble {
    /// The words.
    pub text: String,
    /// The buttons below.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl Bubble {
    /// A bubble of words.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), buttons: Vec::new(), coupon: None }
    }
}

/// A picture with words below (이미지형).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageBubble {
    /// The picture.
    pub picture: Picture,
    /// Where a tap on it leads.
    pub link: Option<WebLink>,
    /// The words.
    pub text: String,
    /// The buttons below.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl ImageBubble {
    /// A picture with words below.
    #[must_use]
    pub fn new(picture: Picture, text: impl Into<String>) -> Self {
        Self { picture, link: None, text: text.into(), buttons: Vec::new(), coupon: None }
    }

    /// The message with a link behind its picture.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }
}

/// A large picture with a line of words (와이드 이미지형).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WideBubble {
    /// The picture.
    pub picture: Picture,
    /// The words.
    pub text: String,
    /// The buttons below, beside each other.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl WideBubble {
    /// A large picture with a line of words.
    #[must_use]
    pub fn new(picture: Picture, text: impl Into<String>) -> Self {
        Self { picture, text: text.into(), buttons: Vec::new(), coupon: None }
    }
}

/// A list of links with pictures (와이드 아이템 리스트형): a large one, and smaller ones below.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WideItemList {
    /// The line above.
    pub header: String,
    /// The large item; its title may be empty.
    pub main: WideItem,
    /// The smaller items.
    pub rest: Vec<WideItem>,
    /// The buttons below.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl WideItemList {
    /// A list of a large item and smaller ones.
    #[must_use]
    pub fn new(header: impl Into<String>, main: WideItem, rest: Vec<WideItem>) -> Self {
        Self { header: header.into(), main, rest, buttons: Vec::new(), coupon: None }
    }

    /// Its items, the large one first.
    pub fn items(&self) -> impl Iterator<Item = &WideItem> {
        std::iter::once(&self.main).chain(&self.rest)
    }
}

/// An item of a [`WideItemList`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WideItem {
    /// Its line.
    pub title: String,
    /// Its picture.
    pub picture: Picture,
    /// Where it leads.
    pub link: WebLink,
}

impl WideItem {
    /// An item.
    #[must_use]
    pub fn new(title: impl Into<String>, picture: Picture, link: WebLink) -> Self {
        Self { title: title.into(), picture, link }
    }
}

/// One of the goods (커머스형).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commerce {
    /// What it is, and what it costs.
    pub product: Product,
    /// Its picture.
    pub picture: Picture,
    /// A line more about it.
    pub more: Option<String>,
    /// The buttons below.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl Commerce {
    /// A product with its picture.
    #[must_use]
    pub fn new(title: impl Into<String>, price: Price, picture: Picture) -> Self {
        Self { product: Product::new(title, price), picture, more: None, buttons: Vec::new(), coupon: None }
    }

    /// The product with a line more about it.
    #[must_use]
    pub fn with_more(mut self, more: impl Into<String>) -> Self {
        self.more = Some(more.into());
        self
    }
}

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Product {
    /// What it is.
    pub title: String,
    /// What it costs.
    pub price: Price,
}

impl Product {
    /// A product at a price.
    #[must_use]
    pub fn new(title: impl Into<String>, price: Price) -> Self {
        Self { title: title.into(), price }
    }
}

/// What a product costs, in won: the three forms that Kakao takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Price {
    /// Less by an amount.
    #[non_exhaustive]
    LessWon {
        /// The usual price.
        regular: u32,
        /// The price now.
        now: u32,
        /// By how much it is less.
        less: u32,
    },
    /// Less by a share.
    #[non_exhaustive]
    LessPercent {
        /// The usual price.
        regular: u32,
        /// The price now.
        now: u32,
        /// By how many hundredths it is less.
        percent: u8,
    },
    /// The usual price.
    Regular(u32),
}

impl Price {
    /// A price that is less by an amount.
    #[must_use]
    pub fn less_won(regular: u32, now: u32, less: u32) -> Self {
        Self::LessWon { regular, now, less }
    }

    /// A price that is less by hundredths.
    #[must_use]
    pub fn less_percent(regular: u32, now: u32, percent: u8) -> Self {
        Self::LessPercent { regular, now, percent }
    }

    /// The usual price.
    #[must_use]
    pub fn regular(self) -> u32 {
        match self {
            Self::LessPercent { regular, .. } | Self::LessWon { regular, .. } | Self::Regular(regular) => regular,
        }
    }

    /// The price now, where it is less.
    #[must_use]
    pub fn now(self) -> Option<u32> {
        match self {
            Self::LessPercent { now, .. } | Self::LessWon { now, .. } => Some(now),
            Self::Regular(_) => None,
        }
    }
}

/// A video of Kakao TV (프리미엄 동영상형).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PremiumVideo {
    /// The video: an address that begins with `https://tv.kakao.com/`.
    pub video: WebLink,
    /// The picture before it plays.
    pub thumbnail: Option<Picture>,
    /// The line above.
    pub header: Option<String>,
    /// The words.
    pub text: Option<String>,
    /// The button below.
    pub buttons: Vec<Button>,
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl PremiumVideo {
    /// A video.
    #[must_use]
    pub fn new(video: WebLink) -> Self {
        Self { video, thumbnail: None, header: None, text: None, buttons: Vec::new(), coupon: None }
    }

    /// The video with a line above it.
    #[must_use]
    pub fn with_header(mut self, header: impl Into<String>) -> Self {
        self.header = Some(header.into());
        self
    }

    /// The video with words.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The video with a picture before it plays.
    #[must_use]
    pub fn with_thumbnail(mut self, picture: Picture) -> Self {
        self.thumbnail = Some(picture);
        self
    }
}
