//! Carousels: cards to swipe through.

use sosik_content::WebLink;

use crate::brand::{Price, Product};
use crate::button::{Button, with_foot};
use crate::coupon::Coupon;
use crate::media::Picture;

with_foot!(CarouselCard, CommerceCard);

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
    /// A coupon.
    pub coupon: Option<Coupon>,
}

impl CarouselCard {
    /// A card of header, text and picture, without buttons yet.
    #[must_use]
    pub fn new(header: impl Into<String>, text: impl Into<String>, picture: Picture) -> Self {
        Self { header: header.into(), text: text.into(), picture, link: None, buttons: Vec::new(), coupon: None }
    }

    /// The card with a link behind its picture.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }
}

/// A Kakao carousel of goods (캐러셀 커머스형), such as a city's own farmers' market.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarouselCommerce {
    /// The card before the goods.
    pub head: Option<CarouselHead>,
    /// The goods.
    pub cards: Vec<CommerceCard>,
    /// Where `더보기` behind the last card leads.
    pub tail: Option<WebLink>,
}

impl CarouselCommerce {
    /// A carousel of these goods.
    #[must_use]
    pub fn new(cards: Vec<CommerceCard>) -> Self {
        Self { head: None, cards, tail: None }
    }

    /// The carousel with a card before its goods.
    #[must_use]
    pub fn with_head(mut self, head: CarouselHead) -> Self {
        self.head = Some(head);
        self
    }

    /// The carousel with a link behind its last card.
    #[must_use]
    pub fn with_tail(mut self, tail: WebLink) -> Self {
        self.tail = Some(tail);
        self
    }
}

/// The card before the goods of a [`CarouselCommerce`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarouselHead {
    /// Its line.
    pub header: String,
    /// Its text.
    pub text: String,
    /// Its picture.
    pub picture: Picture,
    /// Where a tap on it leads.
    pub link: Option<WebLink>,
}

impl CarouselHead {
    /// A card of header, text and picture.
    #[must_use]
    pub fn new(header: impl Into<String>, text: impl Into<String>, picture: Picture) -> Self {
        Self { header: header.into(), text: text.into(), picture, link: None }
    }

    /// The card with a link.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }
}

/// One of the goods of a [`CarouselCommerce`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommerceCard {
    /// What it is, and what it costs.
    pub product: Product,
    /// Its picture.
    pub picture: Picture,
    /// Where a tap on the picture leads.
    pub link: Option<WebLink>,
    /// A line more about it.
    pub more: Option<String>,
    /// The buttons below.
    pub buttons: Vec<Button>,
    /// A coupon for it.
    pub coupon: Option<Coupon>,
}

impl CommerceCard {
    /// A card of a product with its picture, without buttons yet.
    #[must_use]
    pub fn new(title: impl Into<String>, price: Price, picture: Picture) -> Self {
        let product = Product::new(title, price);
        Self { product, picture, link: None, more: None, buttons: Vec::new(), coupon: None }
    }

    /// The card with a link behind its picture.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }

    /// The card with a line more.
    #[must_use]
    pub fn with_more(mut self, more: impl Into<String>) -> Self {
        self.more = Some(more.into());
        self
    }
}
