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

mod alimtalk;
mod form;

use serde::Deserialize;
use sosik_content::WebLink;
use sosik_core::PhoneNumber;

use self::form::{
    StoredAction, StoredAdvertising, StoredBody, StoredButton, StoredCard, StoredCoupon, StoredFoot, StoredGoods,
    StoredHead, StoredItem, StoredMessage, StoredPicture, StoredProduct, StoredText,
};
use crate::brand::{Bubble, Commerce, ImageBubble, PremiumVideo, Price, Product, WideBubble, WideItem, WideItemList};
use crate::brand_template::BrandTemplate;
use crate::button::{Action, Button};
use crate::carousel::{CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, CommerceCard};
use crate::coupon::{Coupon, CouponTitle};
use crate::media::{MediaRef, Picture, PictureFormat};
use crate::message::{Advertising, Body, Message, Refusal, Targeting};
use crate::text::TextMessage;

/// The version that this release writes.
pub const VERSION: u32 = 1;

/// A message as JSON, on one line.
#[must_use]
pub fn to_json(message: &Message) -> String {
    let stored = StoredMessage {
        version: VERSION,
        body: store_body(&message.body),
        targeting: Some(message.targeting)
            .filter(|targeting| *targeting != Targeting::default())
            .map(|targeting| targeting.code().to_owned()),
        advertising: message.advertising.as_ref().map(|advertising| StoredAdvertising {
            sender: advertising.sender.clone(),
            refusal_call: match &advertising.refusal {
                Refusal::BlockChannel => None,
                Refusal::FreeCall(number) => Some(number.expose().to_owned()),
            },
        }),
        fallback: message.fallback.as_ref().map(store_text),
        adults_only: message.adults_only,
    };
    serde_json::to_string(&stored).unwrap_or_default()
}

fn store_body(body: &Body) -> StoredBody {
    let text = |text: &Option<String>| text.clone();
    match body {
        Body::Alimtalk(template) => StoredBody::Alimtalk(alimtalk::store(template)),
        Body::Bubble(bubble) => {
            StoredBody::Bubble { text: bubble.text.clone(), foot: store_foot(&bubble.buttons, bubble.coupon.as_ref()) }
        }
        Body::CarouselCommerce(carousel) => StoredBody::CarouselCommerce {
            head: carousel.head.as_ref().map(|head| StoredHead {
                header: head.header.clone(),
                text: head.text.clone(),
                picture: store_picture(&head.picture),
                link: store_link(head.link.as_ref()),
            }),
            cards: carousel
                .cards
                .iter()
                .map(|card| StoredGoods {
                    product: store_product(&card.product),
                    picture: store_picture(&card.picture),
                    link: store_link(card.link.as_ref()),
                    more: text(&card.more),
                    foot: store_foot(&card.buttons, card.coupon.as_ref()),
                })
                .collect(),
            tail: store_link(carousel.tail.as_ref()),
        },
        Body::CarouselFeed(feed) => StoredBody::CarouselFeed {
            cards: feed
                .cards
                .iter()
                .map(|card| StoredCard {
                    header: card.header.clone(),
                    text: card.text.clone(),
                    picture: store_picture(&card.picture),
                    link: store_link(card.link.as_ref()),
                    foot: store_foot(&card.buttons, card.coupon.as_ref()),
                })
                .collect(),
            tail: store_link(feed.tail.as_ref()),
        },
        Body::Commerce(commerce) => StoredBody::Commerce {
            product: store_product(&commerce.product),
            picture: store_picture(&commerce.picture),
            more: text(&commerce.more),
            foot: store_foot(&commerce.buttons, commerce.coupon.as_ref()),
        },
        Body::Image(image) => StoredBody::Image {
            picture: store_picture(&image.picture),
            link: store_link(image.link.as_ref()),
            text: image.text.clone(),
            foot: store_foot(&image.buttons, image.coupon.as_ref()),
        },
        Body::PremiumVideo(video) => StoredBody::PremiumVideo {
            video: video.video.as_str().to_owned(),
            thumbnail: video.thumbnail.as_ref().map(store_picture),
            header: text(&video.header),
            text: text(&video.text),
            foot: store_foot(&video.buttons, video.coupon.as_ref()),
        },
        Body::Template(template) => {
            StoredBody::Template { code: template.code().to_owned(), shown: Box::new(store_body(template.shown())) }
        }
        Body::Text(text) => StoredBody::Text(store_text(text)),
        Body::Wide(wide) => StoredBody::Wide {
            picture: store_picture(&wide.picture),
            text: wide.text.clone(),
            foot: store_foot(&wide.buttons, wide.coupon.as_ref()),
        },
        Body::WideItemList(list) => StoredBody::WideItemList {
            header: list.header.clone(),
            items: list
                .items()
                .map(|item| StoredItem {
                    title: item.title.clone(),
                    picture: store_picture(&item.picture),
                    link: item.link.as_str().to_owned(),
                })
                .collect(),
            foot: store_foot(&list.buttons, list.coupon.as_ref()),
        },
    }
}

fn store_link(link: Option<&WebLink>) -> Option<String> {
    link.map(|link| link.as_str().to_owned())
}

fn store_picture(picture: &Picture) -> StoredPicture {
    StoredPicture {
        digest: picture.digest.clone(),
        format: picture.format.extension().to_owned(),
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes,
        alt: picture.alt.clone(),
        media: picture.media.as_ref().map(|media| media.as_str().to_owned()),
    }
}

fn store_product(product: &Product) -> StoredProduct {
    let (mut less_won, mut less_percent) = (None, None);
    match product.price {
        Price::LessPercent { percent, .. } => less_percent = Some(percent),
        Price::LessWon { less, .. } => less_won = Some(less),
        Price::Regular(_) => {}
    }
    let (regular, now) = (product.price.regular(), product.price.now());
    StoredProduct { title: product.title.clone(), regular, now, less_won, less_percent }
}

fn store_foot(buttons: &[Button], coupon: Option<&Coupon>) -> StoredFoot {
    let buttons = buttons.iter().map(|button| StoredButton {
        label: button.label.clone(),
        action: match button.action.clone() {
            Action::AddChannel => StoredAction::AddChannel,
            Action::App { mobile, android, ios } => {
                StoredAction::App { mobile: store_link(mobile.as_ref()), android, ios }
            }
            Action::Consult { extra } => StoredAction::Consult { extra },
            Action::Form { key } => StoredAction::Form { key },
            Action::Keyword { extra } => StoredAction::Keyword { extra },
            Action::Message { extra } => StoredAction::Message { extra },
            Action::Switch { extra } => StoredAction::Switch { extra },
            Action::Web { mobile, desktop } => {
                StoredAction::Web { mobile: mobile.as_str().to_owned(), desktop: store_link(desktop.as_ref()) }
            }
        },
    });
    let coupon = coupon.map(|coupon| StoredCoupon {
        title: coupon.title.to_string(),
        description: coupon.description.clone(),
        link: store_link(coupon.link.as_ref()),
    });
    StoredFoot { buttons: buttons.collect(), coupon }
}

fn store_text(text: &TextMessage) -> StoredText {
    StoredText {
        from: text.from().expose().to_owned(),
        title: text.title().map(str::to_owned),
        text: text.text().to_owned(),
        pictures: text.pictures().iter().map(store_picture).collect(),
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
    let body = load_body(stored.body)?;
    let mut message = Message::new(body);
    if let Some(code) = &stored.targeting {
        let known = Targeting::from_code(code);
        message.targeting = known.ok_or_else(|| StoredMessageError::field("targeting", "it is not known"))?;
    }
    if let Some(advertising) = stored.advertising {
        let refusal = match advertising.refusal_call {
            Some(number) => Refusal::FreeCall(load_phone(&number)?),
            None => Refusal::BlockChannel,
        };
        message = message.with_advertising(Advertising::new(advertising.sender, refusal));
    }
    message.fallback = stored.fallback.map(load_text).transpose()?;
    message.adults_only = stored.adults_only;
    Ok(message)
}

type Load<T> = Result<T, StoredMessageError>;

fn load_body(body: StoredBody) -> Load<Body> {
    Ok(match body {
        StoredBody::Alimtalk(template) => Body::Alimtalk(alimtalk::load(template)?),
        StoredBody::Bubble { text, foot } => {
            let mut bubble = Bubble::new(text);
            (bubble.buttons, bubble.coupon) = load_foot(foot)?;
            Body::Bubble(bubble)
        }
        StoredBody::CarouselCommerce { head, cards, tail } => {
            let mut carousel = CarouselCommerce::new(cards.into_iter().map(load_goods).collect::<Load<_>>()?);
            carousel.head = head.map(load_head).transpose()?;
            carousel.tail = load_optional(tail)?;
            Body::CarouselCommerce(carousel)
        }
        StoredBody::CarouselFeed { cards, tail } => {
            let mut feed = CarouselFeed::new(cards.into_iter().map(load_card).collect::<Load<_>>()?);
            feed.tail = load_optional(tail)?;
            Body::CarouselFeed(feed)
        }
        StoredBody::Commerce { product, picture, more, foot } => {
            let Product { title, price } = load_product(product)?;
            let mut commerce = Commerce::new(title, price, load_picture(picture)?);
            commerce.more = more;
            (commerce.buttons, commerce.coupon) = load_foot(foot)?;
            Body::Commerce(commerce)
        }
        StoredBody::Image { picture, link, text, foot } => {
            let mut image = ImageBubble::new(load_picture(picture)?, text);
            image.link = load_optional(link)?;
            (image.buttons, image.coupon) = load_foot(foot)?;
            Body::Image(image)
        }
        StoredBody::PremiumVideo { video, thumbnail, header, text, foot } => {
            let mut loaded = PremiumVideo::new(load_link(&video)?);
            loaded.thumbnail = thumbnail.map(load_picture).transpose()?;
            (loaded.header, loaded.text) = (header, text);
            (loaded.buttons, loaded.coupon) = load_foot(foot)?;
            Body::PremiumVideo(loaded)
        }
        StoredBody::Template { code, shown } => {
            let template = BrandTemplate::new(code, load_body(*shown)?);
            Body::Template(template.map_err(|error| StoredMessageError::field("template", error))?)
        }
        StoredBody::Text(text) => Body::Text(load_text(text)?),
        StoredBody::Wide { picture, text, foot } => {
            let mut wide = WideBubble::new(load_picture(picture)?, text);
            (wide.buttons, wide.coupon) = load_foot(foot)?;
            Body::Wide(wide)
        }
        StoredBody::WideItemList { header, items, foot } => {
            let item =
                |item: StoredItem| Ok(WideItem::new(item.title, load_picture(item.picture)?, load_link(&item.link)?));
            let mut items = items.into_iter().map(item).collect::<Load<Vec<WideItem>>>()?.into_iter();
            let main = items.next().ok_or_else(|| StoredMessageError::field("list", "it has no items"))?;
            let mut list = WideItemList::new(header, main, items.collect());
            (list.buttons, list.coupon) = load_foot(foot)?;
            Body::WideItemList(list)
        }
    })
}

fn load_card(card: StoredCard) -> Load<CarouselCard> {
    let mut loaded = CarouselCard::new(card.header, card.text, load_picture(card.picture)?);
    loaded.link = load_optional(card.link)?;
    (loaded.buttons, loaded.coupon) = load_foot(card.foot)?;
    Ok(loaded)
}

fn load_head(head: StoredHead) -> Load<CarouselHead> {
    let mut loaded = CarouselHead::new(head.header, head.text, load_picture(head.picture)?);
    loaded.link = load_optional(head.link)?;
    Ok(loaded)
}

fn load_goods(goods: StoredGoods) -> Load<CommerceCard> {
    let Product { title, price } = load_product(goods.product)?;
    let mut loaded = CommerceCard::new(title, price, load_picture(goods.picture)?);
    loaded.link = load_optional(goods.link)?;
    loaded.more = goods.more;
    (loaded.buttons, loaded.coupon) = load_foot(goods.foot)?;
    Ok(loaded)
}

fn load_product(product: StoredProduct) -> Load<Product> {
    let price = match (product.now, product.less_won, product.less_percent) {
        (None, None, None) => Price::Regular(product.regular),
        (Some(now), Some(less), None) => Price::less_won(product.regular, now, less),
        (Some(now), None, Some(percent)) => Price::less_percent(product.regular, now, percent),
        _ => return Err(StoredMessageError::field("price", "it is none of the three forms")),
    };
    Ok(Product::new(product.title, price))
}

fn load_picture(stored: StoredPicture) -> Load<Picture> {
    let format = match stored.format.as_str() {
        "jpg" => PictureFormat::Jpeg,
        "png" => PictureFormat::Png,
        _ => return Err(StoredMessageError::field("picture format", "it is neither jpg nor png")),
    };
    let StoredPicture { digest, width, height, bytes, alt, media, .. } = stored;
    Ok(Picture { digest, format, width, height, bytes, alt, media: media.map(MediaRef::new) })
}

fn load_foot(foot: StoredFoot) -> Load<(Vec<Button>, Option<Coupon>)> {
    let button = |stored: StoredButton| {
        let action = match stored.action {
            StoredAction::AddChannel => Action::AddChannel,
            StoredAction::App { mobile, android, ios } => Action::App { mobile: load_optional(mobile)?, android, ios },
            StoredAction::Consult { extra } => Action::Consult { extra },
            StoredAction::Form { key } => Action::Form { key },
            StoredAction::Keyword { extra } => Action::Keyword { extra },
            StoredAction::Message { extra } => Action::Message { extra },
            StoredAction::Switch { extra } => Action::Switch { extra },
            StoredAction::Web { mobile, desktop } => {
                Action::Web { mobile: load_link(&mobile)?, desktop: load_optional(desktop)? }
            }
        };
        Ok(Button::of(stored.label, action))
    };
    let coupon = |stored: StoredCoupon| {
        let title: CouponTitle = stored.title.parse().map_err(|error| StoredMessageError::field("coupon", error))?;
        let mut coupon = Coupon::new(title, stored.description);
        coupon.link = load_optional(stored.link)?;
        Ok::<_, StoredMessageError>(coupon)
    };
    Ok((foot.buttons.into_iter().map(button).collect::<Load<_>>()?, foot.coupon.map(coupon).transpose()?))
}

fn load_optional(link: Option<String>) -> Load<Option<WebLink>> {
    link.map(|link| load_link(&link)).transpose()
}

fn load_text(text: StoredText) -> Result<TextMessage, StoredMessageError> {
    let loaded =
        TextMessage::new(load_phone(&text.from)?, text.text).map_err(|e| StoredMessageError::field("text", e))?;
    let pictures = text.pictures.into_iter().map(load_picture).collect::<Load<Vec<_>>>()?;
    let loaded = pictures.into_iter().fold(loaded, TextMessage::with_picture);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn every_kind_of_message_comes_back() {
        for message in samples::messages() {
            let json = to_json(&message);
            assert_eq!(from_json(&json).unwrap(), message, "{json}");
        }
    }
}
