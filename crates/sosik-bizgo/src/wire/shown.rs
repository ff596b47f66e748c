//! What a brand message shows, in Bizgo's names.

use serde::Serialize;
use sosik_channel::{
    Action, Body, CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, CommerceCard, Picture, Price,
    WideItemList,
};
use sosik_content::WebLink;

/// What a brand message shows.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carousel: Option<Carousel<'a>>,
}

#[derive(Debug, Serialize)]
struct Carousel<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head<'a>>,
    list: Vec<CarouselItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tail: Option<Tail<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tail<'a> {
    url_mobile: &'a str,
    url_pc: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    header: &'a str,
    content: &'a str,
    image_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_pc: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct CarouselItem<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    attachment: Attachment<'a>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Attachment<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    button: Vec<Button<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Items<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<Coupon<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commerce: Option<Commerce<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Video<'a>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Items<'a> {
    list: Vec<Item<'a>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    img_url: &'a str,
    url_mobile: &'a str,
    url_pc: &'a str,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Coupon<'a> {
    title: String,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_pc: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Commerce<'a> {
    title: &'a str,
    regular_price: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_price: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_rate: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_fixed: Option<u32>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Video<'a> {
    video_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Button<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url_pc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scheme_android: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scheme_ios: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    img_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    img_link: Option<&'a str>,
}

/// Bizgo's letters for the kind of a message.
pub(crate) fn kind(body: &Body) -> Option<&'static str> {
    Some(match body {
        Body::Bubble(_) => "FT",
        Body::Image(_) => "FI",
        Body::Wide(_) => "FW",
        Body::WideItemList(_) => "FL",
        Body::Commerce(_) => "FM",
        Body::PremiumVideo(_) => "FP",
        Body::CarouselFeed(_) => "FC",
        Body::CarouselCommerce(_) => "FA",
        _ => return None,
    })
}

/// Bizgo's letters for a brand message, and what it shows; `Err` names what cannot be written.
pub(crate) fn shown(body: &Body) -> Result<(&'static str, Shown<'_>), String> {
    let kind = kind(body).ok_or_else(|| unsent(body))?;
    Ok((kind, content(body)?))
}

fn unsent(body: &Body) -> String {
    format!("this client does not send messages of the kind {}", body.kind())
}

fn content(body: &Body) -> Result<Shown<'_>, String> {
    let here = "the message";
    Ok(match body {
        Body::Bubble(bubble) => {
            let below = under(&bubble.buttons, bubble.coupon.as_ref(), here)?;
            Shown { text: Some(&bubble.text), attachment: none_if_empty(below), ..Shown::default() }
        }
        Body::Image(shown) => {
            let below = Attachment {
                image: Some(image(&shown.picture, shown.link.as_ref(), here)?),
                ..under(&shown.buttons, shown.coupon.as_ref(), here)?
            };
            Shown { text: Some(&shown.text), attachment: Some(below), ..Shown::default() }
        }
        Body::Wide(wide) => {
            let below = Attachment {
                image: Some(image(&wide.picture, None, here)?),
                ..under(&wide.buttons, wide.coupon.as_ref(), here)?
            };
            Shown { text: Some(&wide.text), attachment: Some(below), ..Shown::default() }
        }
        Body::WideItemList(list) => {
            let below = Attachment { item: Some(items(list)?), ..under(&list.buttons, list.coupon.as_ref(), here)? };
            Shown { header: Some(&list.header), attachment: Some(below), ..Shown::default() }
        }
        Body::Commerce(goods) => {
            let below = Attachment {
                image: Some(image(&goods.picture, None, here)?),
                commerce: Some(commerce(&goods.product)),
                ..under(&goods.buttons, goods.coupon.as_ref(), here)?
            };
            let additional_content = words(goods.more.as_deref());
            Shown { additional_content, attachment: Some(below), ..Shown::default() }
        }
        Body::PremiumVideo(film) => {
            let thumbnail = film.thumbnail.as_ref().map(|picture| uploaded(picture, "the thumbnail")).transpose()?;
            let video = Video { video_url: film.video.as_str(), thumbnail_url: thumbnail };
            let below = Attachment { video: Some(video), ..under(&film.buttons, film.coupon.as_ref(), here)? };
            let (text, header) = (words(film.text.as_deref()), words(film.header.as_deref()));
            Shown { text, header, attachment: Some(below), ..Shown::default() }
        }
        Body::CarouselFeed(feed) => Shown { carousel: Some(carousel(feed)?), ..Shown::default() },
        Body::CarouselCommerce(goods) => Shown { carousel: Some(carousel_of_goods(goods)?), ..Shown::default() },
        other => return Err(unsent(other)),
    })
}

/// Words that are there: an empty line says nothing.
fn words(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn none_if_empty(below: Attachment<'_>) -> Option<Attachment<'_>> {
    Some(below).filter(|below| *below != Attachment::default())
}

fn carousel(feed: &CarouselFeed) -> Result<Carousel<'_>, String> {
    let list = feed.cards.iter().enumerate().map(|(at, card)| feed_item(at, card)).collect::<Result<_, _>>()?;
    Ok(Carousel { head: None, list, tail: tail(feed.tail.as_ref()) })
}

fn feed_item(at: usize, card: &CarouselCard) -> Result<CarouselItem<'_>, String> {
    let place = format!("card {}", at + 1);
    let attachment = Attachment {
        image: Some(image(&card.picture, card.link.as_ref(), &place)?),
        ..under(&card.buttons, card.coupon.as_ref(), &place)?
    };
    Ok(CarouselItem { header: Some(&card.header), message: Some(&card.text), attachment })
}

fn carousel_of_goods(goods: &CarouselCommerce) -> Result<Carousel<'_>, String> {
    let list = goods.cards.iter().enumerate().map(|(at, card)| goods_item(at, card)).collect::<Result<_, _>>()?;
    let head = goods.head.as_ref().map(head).transpose()?;
    Ok(Carousel { head, list, tail: tail(goods.tail.as_ref()) })
}

fn goods_item(at: usize, card: &CommerceCard) -> Result<CarouselItem<'_>, String> {
    let place = format!("card {}", at + 1);
    if words(card.more.as_deref()).is_some() {
        return Err(format!("{place} has a line more, which Bizgo does not take in a carousel of goods"));
    }
    let attachment = Attachment {
        image: Some(image(&card.picture, card.link.as_ref(), &place)?),
        commerce: Some(commerce(&card.product)),
        ..under(&card.buttons, card.coupon.as_ref(), &place)?
    };
    Ok(CarouselItem { header: None, message: None, attachment })
}

fn head(head: &CarouselHead) -> Result<Head<'_>, String> {
    let link = head.link.as_ref().map(WebLink::as_str);
    let image_url = uploaded(&head.picture, "the first card")?;
    Ok(Head { header: &head.header, content: &head.text, image_url, url_mobile: link, url_pc: link })
}

fn tail(tail: Option<&WebLink>) -> Option<Tail<'_>> {
    tail.map(|link| Tail { url_mobile: link.as_str(), url_pc: link.as_str() })
}

fn items(list: &WideItemList) -> Result<Items<'_>, String> {
    let list = list.items().enumerate().map(|(at, item)| {
        let (img_url, link) = (uploaded(&item.picture, &format!("item {}", at + 1))?, item.link.as_str());
        Ok(Item { title: &item.title, img_url, url_mobile: link, url_pc: link })
    });
    Ok(Items { list: list.collect::<Result<_, String>>()? })
}

fn commerce(product: &sosik_channel::Product) -> Commerce<'_> {
    let (discount_rate, discount_fixed) = match product.price {
        Price::LessPercent { percent, .. } => (Some(percent), None),
        Price::LessWon { less, .. } => (None, Some(less)),
        _ => (None, None),
    };
    let (regular_price, discount_price) = (product.price.regular(), product.price.now());
    Commerce { title: &product.title, regular_price, discount_price, discount_rate, discount_fixed }
}

fn uploaded<'a>(picture: &'a Picture, place: &str) -> Result<&'a str, String> {
    let media = picture.media.as_ref().ok_or_else(|| format!("the picture of {place} is not uploaded"))?;
    Ok(media.as_str())
}

fn image<'a>(picture: &'a Picture, link: Option<&'a WebLink>, place: &str) -> Result<Image<'a>, String> {
    Ok(Image { img_url: uploaded(picture, place)?, img_link: link.map(WebLink::as_str) })
}

/// Bizgo documents the forms of titles without the word `쿠폰` that stands at their end elsewhere.
fn coupon(coupon: &sosik_channel::Coupon) -> Coupon<'_> {
    let title = coupon.title.to_string();
    let title = title.strip_suffix(" 쿠폰").map_or_else(|| title.clone(), str::to_owned);
    let link = coupon.link.as_ref().map(WebLink::as_str);
    Coupon { title, description: &coupon.description, url_mobile: link, url_pc: link }
}

/// The buttons and the coupon of a message or a card: `place` names it in errors.
fn under<'a>(
    buttons: &'a [sosik_channel::Button],
    offer: Option<&'a sosik_channel::Coupon>,
    place: &str,
) -> Result<Attachment<'a>, String> {
    let button = buttons.iter().map(|button| {
        let mut wire = Button {
            kind: button.action.code(),
            name: &button.label,
            url_mobile: None,
            url_pc: None,
            scheme_android: None,
            scheme_ios: None,
        };
        match &button.action {
            Action::Web { mobile, desktop } => {
                let pc = desktop.as_ref().unwrap_or(mobile);
                (wire.url_mobile, wire.url_pc) = (Some(mobile.as_str()), Some(pc.as_str()));
            }
            Action::App { mobile: Some(mobile), android, ios } if android.is_some() || ios.is_some() => {
                wire.url_mobile = Some(mobile.as_str());
                (wire.scheme_android, wire.scheme_ios) = (android.as_deref(), ios.as_deref());
            }
            Action::App { .. } => {
                let problem = "a button AL without an address for phones, or without one for an app";
                return Err(format!("{place} has {problem}: Bizgo asks for both"));
            }
            other => return Err(format!("{place} has a button {}, which Bizgo does not document", other.code())),
        }
        Ok(wire)
    });
    Ok(Attachment { button: button.collect::<Result<_, _>>()?, coupon: offer.map(coupon), ..Attachment::default() })
}
