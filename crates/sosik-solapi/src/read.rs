//! SOLAPI's JSON as messages.

use serde_json::Value;
use sosik_channel::{
    Action, Body, Bubble, Button, CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, Commerce, CommerceCard,
    Coupon, ImageBubble, Message, Picture, Place, PremiumVideo, Price, Product, Targeting, TextMessage, WideBubble,
    WideItem, WideItemList,
};
use sosik_content::WebLink;
use sosik_core::PhoneNumber;

use crate::wire::{Bms, Row, WireButton, WireCard, WireCommerce, WireCoupon, WireError, WireItem};

/// Reads an item of `messages` as the message that it is. `picture` says what is known of a picture by its name at the
/// dealer and its place in the message.
///
/// # Errors
///
/// [`WireError`] names the field: one that is missing or wrong, or that the message's type does not take.
///
/// ```
/// use sosik_channel::{Media, MediaRef, PictureFormat};
/// use sosik_solapi::wire;
///
/// let row = serde_json::json!({ "to": "01000000001", "text": "소식", "type": "BMS_FREE", "kakaoOptions": {
///     "pfId": "KA01PF000000000000000000000000000",
///     "bms": { "targeting": "I", "chatBubbleType": "WIDE", "imageId": "ST01" } } });
/// let message = wire::read(&row, &|name, place| {
///     assert_eq!(wire::upload_type(place), "BMS_WIDE");
///     let mut picture = Media::new(PictureFormat::Jpeg, (800, 600), "그림", vec![1]).picture;
///     picture.media = Some(MediaRef::new(name));
///     picture
/// })?;
/// assert_eq!(message.body.kind(), "wide");
/// # Ok::<(), wire::WireError>(())
/// ```
pub fn read(row: &Value, picture: &dyn Fn(&str, Place) -> Picture) -> Result<Message, WireError> {
    let row: Row = serde_json::from_value(row.clone()).map_err(|error| WireError::new("message", error.to_string()))?;
    let Some(options) = row.kakao_options else { return text(row, picture).map(Message::from) };
    let path = "kakaoOptions.bms";
    if row.image_id.is_some() {
        return Err(WireError::new("imageId", "only a text shows one beside"));
    }
    if options.template_id.is_some() {
        return Err(WireError::new("kakaoOptions.templateId", "templates are not read"));
    }
    let bms = options.bms.ok_or_else(|| WireError::new(path, "it is missing"))?;
    let targeting = Targeting::from_code(&bms.targeting);
    let targeting = targeting.ok_or_else(|| WireError::new(format!("{path}.targeting"), "it is I, M, N or O"))?;
    let adults_only = bms.adult == Some(true);
    let message = Message::new(body(bms, row.text.as_deref(), picture)?).with_targeting(targeting);
    Ok(if adults_only { message.for_adults_only() } else { message })
}

fn text(row: Row, picture: &dyn Fn(&str, Place) -> Picture) -> Result<TextMessage, WireError> {
    let from = row.from.ok_or_else(|| WireError::new("from", "a text has a sending number"))?;
    let from = PhoneNumber::parse(&from).map_err(|error| WireError::new("from", error.to_string()))?;
    let words = row.text.ok_or_else(|| WireError::new("text", "it is missing"))?;
    let text = TextMessage::new(from, words).map_err(|error| WireError::new("text", error.to_string()))?;
    let text = row.image_id.iter().fold(text, |text, name| text.with_picture(picture(name, Place::Text)));
    match row.subject {
        Some(title) => text.with_title(title).map_err(|error| WireError::new("subject", error.to_string())),
        None => Ok(text),
    }
}

/// The fields that a type takes beside `targeting`, `chatBubbleType` and `adult` (npm solapi 6.0.1).
const TAKES: [(&str, &[&str]); 8] = [
    ("TEXT", &["content", "buttons", "coupon"]),
    ("IMAGE", &["content", "imageId", "imageLink", "buttons", "coupon"]),
    ("WIDE", &["content", "imageId", "buttons", "coupon"]),
    ("WIDE_ITEM_LIST", &["header", "mainWideItem", "subWideItemList", "buttons", "coupon"]),
    ("COMMERCE", &["additionalContent", "imageId", "commerce", "buttons", "coupon"]),
    ("CAROUSEL_FEED", &["carousel"]),
    ("CAROUSEL_COMMERCE", &["additionalContent", "carousel"]),
    ("PREMIUM_VIDEO", &["header", "content", "video", "buttons", "coupon"]),
];

fn only_what_it_takes(bms: &Bms) -> Result<(), WireError> {
    let kind = bms.chat_bubble_type.as_str();
    let takes = TAKES.iter().find(|(known, _)| *known == kind).map(|(_, takes)| *takes);
    let takes = takes.ok_or_else(|| WireError::new("kakaoOptions.bms.chatBubbleType", "it is not known"))?;
    let given = [
        ("header", bms.header.is_some()),
        ("content", bms.content.is_some()),
        ("additionalContent", bms.additional_content.is_some()),
        ("imageId", bms.image_id.is_some()),
        ("imageLink", bms.image_link.is_some()),
        ("mainWideItem", bms.main_wide_item.is_some()),
        ("subWideItemList", bms.sub_wide_item_list.is_some()),
        ("carousel", bms.carousel.is_some()),
        ("commerce", bms.commerce.is_some()),
        ("video", bms.video.is_some()),
        ("buttons", bms.buttons.is_some()),
        ("coupon", bms.coupon.is_some()),
    ];
    match given.iter().find(|(name, given)| *given && !takes.contains(name)) {
        Some((name, _)) => Err(WireError::new(format!("kakaoOptions.bms.{name}"), format!("{kind} does not take it"))),
        None => Ok(()),
    }
}

fn need<T>(value: Option<T>, name: &str) -> Result<T, WireError> {
    value.ok_or_else(|| WireError::new(format!("kakaoOptions.bms.{name}"), "it is missing"))
}

fn body(bms: Bms, top: Option<&str>, picture: &dyn Fn(&str, Place) -> Picture) -> Result<Body, WireError> {
    only_what_it_takes(&bms)?;
    let words = bms.content.clone().or(top.map(str::to_owned));
    let buttons = bms.buttons.unwrap_or_default().into_iter().map(button).collect::<Result<Vec<_>, _>>()?;
    let coupon = bms.coupon.map(coupon).transpose()?;
    let beside = |kind: &str| match top {
        Some(_) => Err(WireError::new("text", format!("{kind} shows no text beside its own"))),
        None => Ok(()),
    };
    Ok(match bms.chat_bubble_type.as_str() {
        "TEXT" => {
            let mut body = Bubble::new(need(words, "content")?);
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::Bubble(body)
        }
        "IMAGE" => {
            let mut body =
                ImageBubble::new(picture(&need(bms.image_id, "imageId")?, Place::Image), words.unwrap_or_default());
            body.link = optional(bms.image_link, "imageLink")?;
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::Image(body)
        }
        "WIDE" => {
            let mut body =
                WideBubble::new(picture(&need(bms.image_id, "imageId")?, Place::Wide), words.unwrap_or_default());
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::Wide(body)
        }
        "WIDE_ITEM_LIST" => {
            beside("a list")?;
            let item = |item: WireItem, place| {
                let link = link(&item.link_mobile, "items.linkMobile")?;
                Ok::<_, WireError>(WideItem::new(item.title.unwrap_or_default(), picture(&item.image_id, place), link))
            };
            let main = item(need(bms.main_wide_item, "mainWideItem")?, Place::WideItemMain)?;
            let rest = need(bms.sub_wide_item_list, "subWideItemList")?;
            let rest = rest.into_iter().map(|one| item(one, Place::WideItemRest)).collect::<Result<_, _>>()?;
            let mut body = WideItemList::new(need(bms.header, "header")?, main, rest);
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::WideItemList(body)
        }
        "COMMERCE" => {
            let Product { title, price, .. } = goods(need(bms.commerce, "commerce")?)?;
            let mut body = Commerce::new(title, price, picture(&need(bms.image_id, "imageId")?, Place::Image));
            body.more = bms.additional_content;
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::Commerce(body)
        }
        "PREMIUM_VIDEO" => {
            let video = need(bms.video, "video")?;
            let mut body = PremiumVideo::new(link(&video.video_url, "video.videoUrl")?);
            body.thumbnail = video.image_id.map(|name| picture(&name, Place::Thumbnail));
            (body.header, body.text) = (bms.header, words);
            (body.buttons, body.coupon) = (buttons, coupon);
            Body::PremiumVideo(body)
        }
        kind => {
            beside("a carousel")?;
            let carousel = need(bms.carousel, "carousel")?;
            let tail = optional(carousel.tail.map(|tail| tail.link_mobile), "carousel.tail.linkMobile")?;
            let list = carousel.list.into_iter();
            if kind == "CAROUSEL_FEED" {
                if carousel.head.is_some() {
                    return Err(WireError::new("kakaoOptions.bms.carousel.head", "a feed has none"));
                }
                let mut body = CarouselFeed::new(list.map(|card| feed_card(card, picture)).collect::<Result<_, _>>()?);
                body.tail = tail;
                Body::CarouselFeed(body)
            } else {
                let cards = list.map(|card| goods_card(card, picture)).collect::<Result<_, _>>()?;
                let mut body = CarouselCommerce::new(cards);
                if let Some(head) = carousel.head {
                    let shown = picture(&head.image_id, Place::CarouselGoods);
                    let mut read = CarouselHead::new(head.header, head.content, shown);
                    read.link = optional(head.link_mobile, "carousel.head.linkMobile")?;
                    body.head = Some(read);
                }
                body.tail = tail;
                Body::CarouselCommerce(body)
            }
        }
    })
}

fn feed_card(card: WireCard, picture: &dyn Fn(&str, Place) -> Picture) -> Result<CarouselCard, WireError> {
    if card.commerce.is_some() || card.additional_content.is_some() {
        return Err(WireError::new("kakaoOptions.bms.carousel.list", "a feed's card sells nothing"));
    }
    let shown = picture(&card.image_id, Place::CarouselFeed);
    let (header, content) = (need(card.header, "carousel.list.header")?, need(card.content, "carousel.list.content")?);
    let mut read = CarouselCard::new(header, content, shown);
    read.link = optional(card.image_link, "carousel.list.imageLink")?;
    read.buttons = card.buttons.into_iter().map(button).collect::<Result<_, _>>()?;
    read.coupon = card.coupon.map(coupon).transpose()?;
    Ok(read)
}

fn goods_card(card: WireCard, picture: &dyn Fn(&str, Place) -> Picture) -> Result<CommerceCard, WireError> {
    if card.header.is_some() || card.content.is_some() {
        return Err(WireError::new("kakaoOptions.bms.carousel.list", "a card of goods has no header and no content"));
    }
    let Product { title, price, .. } = goods(need(card.commerce, "carousel.list.commerce")?)?;
    let mut read = CommerceCard::new(title, price, picture(&card.image_id, Place::CarouselGoods));
    read.link = optional(card.image_link, "carousel.list.imageLink")?;
    read.more = card.additional_content;
    read.buttons = card.buttons.into_iter().map(button).collect::<Result<_, _>>()?;
    read.coupon = card.coupon.map(coupon).transpose()?;
    Ok(read)
}

fn goods(commerce: WireCommerce) -> Result<Product, WireError> {
    let WireCommerce { title, regular_price: regular, discount_price, discount_rate, discount_fixed } = commerce;
    let price = match (discount_price, discount_rate, discount_fixed) {
        (None, None, None) => Price::Regular(regular),
        (Some(now), Some(percent), None) => Price::less_percent(regular, now, percent),
        (Some(now), None, Some(less)) => Price::less_won(regular, now, less),
        _ => {
            let problem = "a price is regular alone, or with discountPrice and one of discountRate and discountFixed";
            return Err(WireError::new("kakaoOptions.bms.commerce", problem));
        }
    };
    Ok(Product::new(title, price))
}

fn button(wire: WireButton) -> Result<Button, WireError> {
    let path = "kakaoOptions.bms.buttons.linkMobile";
    let action = match wire.link_type.as_str() {
        "AC" => Action::AddChannel,
        "AL" => Action::App {
            mobile: optional(wire.link_mobile, "buttons.linkMobile")?,
            android: wire.link_android,
            ios: wire.link_ios,
        },
        "BC" => Action::Consult { extra: wire.chat_extra },
        "BF" => Action::Form { key: None },
        "BK" => Action::Keyword { extra: wire.chat_extra },
        "BT" => Action::Switch { extra: wire.chat_extra },
        "MD" => Action::Message { extra: wire.chat_extra },
        "WL" => Action::Web {
            mobile: link(
                &wire.link_mobile.ok_or_else(|| WireError::new(path, "it is missing"))?,
                "buttons.linkMobile",
            )?,
            desktop: optional(wire.link_pc, "buttons.linkPc")?,
        },
        _ => return Err(WireError::new("kakaoOptions.bms.buttons.linkType", "it is not known")),
    };
    Ok(Button::of(wire.name.unwrap_or_default(), action))
}

fn coupon(wire: WireCoupon) -> Result<Coupon, WireError> {
    let title = wire.title.parse();
    let title = title.map_err(|error: sosik_channel::CouponTitleError| {
        WireError::new("kakaoOptions.bms.coupon.title", error.to_string())
    })?;
    let mut coupon = Coupon::new(title, wire.description);
    coupon.link = optional(wire.link_mobile, "coupon.linkMobile")?;
    Ok(coupon)
}

fn link(text: &str, name: &str) -> Result<WebLink, WireError> {
    let path = || format!("kakaoOptions.bms.{name}");
    if text.contains("#{") {
        return Err(WireError::new(path(), "a link takes no variables here"));
    }
    WebLink::parse(text).map_err(|error| WireError::new(path(), error.to_string()))
}

fn optional(text: Option<String>, name: &str) -> Result<Option<WebLink>, WireError> {
    text.map(|text| link(&text, name)).transpose()
}
