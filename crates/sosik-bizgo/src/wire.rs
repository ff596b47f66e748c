//! Bizgo's requests, as its SDK 1.2.0 writes them.

use std::collections::BTreeMap;

use serde::Serialize;
use sosik_channel::{
    Action, Body, CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, CommerceCard, Message, Picture, Price,
    Recipient, TextMessage, WideItemList,
};
use sosik_content::WebLink;

/// It has no `Debug`: it holds numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendRequest<'a> {
    pub(crate) destinations: Vec<Destination<'a>>,
    pub(crate) message_flow: Vec<FlowItem<'a>>,
    pub(crate) group_key: &'a str,
    pub(crate) idempotency_key: &'a str,
    pub(crate) idempotency_ttl: u64,
}

/// It has no `Debug`: it holds numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reservation<'a> {
    pub(crate) destinations: Vec<Destination<'a>>,
    pub(crate) message_flow: Vec<FlowItem<'a>>,
    pub(crate) resv_send_time: String,
    pub(crate) resv_name: &'a str,
}

/// It has no `Debug`: it holds a number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Destination<'a> {
    pub(crate) to: &'a str,
    #[serde(rename = "ref")]
    pub(crate) reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replace_words: Option<BTreeMap<String, &'a str>>,
}

impl<'a> Destination<'a> {
    /// A recipient, with the values of the variables that the message has.
    pub(crate) fn of(to: &'a Recipient, message: &Message) -> Self {
        let replace_words = match &message.body {
            Body::Alimtalk(template) => {
                let value = |name: String| to.variables.get(&name).map(|value| (name, value.as_str()));
                Some(template.variables().into_iter().filter_map(value).collect())
            }
            _ => None,
        };
        Self { to: to.phone.expose(), reference: &to.reference, replace_words }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FlowItem<'a> {
    Alimtalk(Alimtalk<'a>),
    BrandMessage(Box<BrandMessage<'a>>),
    Mms(Text<'a>),
    Sms(Text<'a>),
}

/// An Alimtalk by its template: the dealer writes the words, and fills in `replaceWords`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alimtalk<'a> {
    send_type: &'static str,
    sender_key: &'a str,
    template_code: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BrandMessage<'a> {
    send_type: &'static str,
    msg_type: &'static str,
    sender_key: &'a str,
    targeting: &'static str,
    ad_flag: &'static str,
    #[serde(flatten)]
    shown: Shown<'a>,
}

/// What a brand message shows.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
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
struct Button<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_pc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_android: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_ios: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    img_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    img_link: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Text<'a> {
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
}

/// A message that is registered, to be sent to friends later.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Template<'a> {
    sender_key: &'a str,
    sender_key_type: &'static str,
    send_type: &'static str,
    template_name: &'a str,
    msg_type: &'static str,
    #[serde(flatten)]
    shown: Shown<'a>,
}

impl<'a> Template<'a> {
    pub(crate) fn of(message: &'a Message, name: &'a str, sender_key: &'a str) -> Result<Self, String> {
        let (msg_type, shown) = shown(&message.body)?;
        Ok(Self { sender_key, sender_key_type: "S", send_type: "basic", template_name: name, msg_type, shown })
    }
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

/// A message as the list of what Bizgo tries in turn; `Err` names what cannot be written.
pub(crate) fn flow<'a>(message: &'a Message, sender_key: &'a str) -> Result<Vec<FlowItem<'a>>, String> {
    let first = match &message.body {
        Body::Alimtalk(template) => {
            FlowItem::Alimtalk(Alimtalk { send_type: "template", sender_key, template_code: &template.code })
        }
        Body::Text(text) => text_item(text),
        body => {
            let (msg_type, shown) = shown(body)?;
            FlowItem::BrandMessage(Box::new(BrandMessage {
                send_type: "free",
                msg_type,
                sender_key,
                targeting: message.targeting.code(),
                ad_flag: if message.advertising.is_some() { "Y" } else { "N" },
                shown,
            }))
        }
    };
    Ok([first].into_iter().chain(message.fallback.as_ref().map(text_item)).collect())
}

/// Bizgo's letters for a kind, and what it shows.
fn shown(body: &Body) -> Result<(&'static str, Shown<'_>), String> {
    let here = "the message";
    Ok(match body {
        Body::Bubble(bubble) => {
            let below = under(&bubble.buttons, bubble.coupon.as_ref(), here)?;
            ("FT", Shown { text: Some(&bubble.text), attachment: none_if_empty(below), ..Shown::default() })
        }
        Body::Image(shown) => {
            let below = Attachment {
                image: Some(image(&shown.picture, shown.link.as_ref(), here)?),
                ..under(&shown.buttons, shown.coupon.as_ref(), here)?
            };
            ("FI", Shown { text: Some(&shown.text), attachment: Some(below), ..Shown::default() })
        }
        Body::Wide(wide) => {
            let below = Attachment {
                image: Some(image(&wide.picture, None, here)?),
                ..under(&wide.buttons, wide.coupon.as_ref(), here)?
            };
            ("FW", Shown { text: Some(&wide.text), attachment: Some(below), ..Shown::default() })
        }
        Body::WideItemList(list) => {
            let below = Attachment { item: Some(items(list)?), ..under(&list.buttons, list.coupon.as_ref(), here)? };
            ("FL", Shown { header: Some(&list.header), attachment: Some(below), ..Shown::default() })
        }
        Body::Commerce(goods) => {
            let below = Attachment {
                image: Some(image(&goods.picture, None, here)?),
                commerce: Some(commerce(&goods.product)),
                ..under(&goods.buttons, goods.coupon.as_ref(), here)?
            };
            let additional_content = words(goods.more.as_deref());
            ("FM", Shown { additional_content, attachment: Some(below), ..Shown::default() })
        }
        Body::PremiumVideo(film) => {
            let thumbnail = film.thumbnail.as_ref().map(|picture| uploaded(picture, "the thumbnail")).transpose()?;
            let video = Video { video_url: film.video.as_str(), thumbnail_url: thumbnail };
            let below = Attachment { video: Some(video), ..under(&film.buttons, film.coupon.as_ref(), here)? };
            let (text, header) = (words(film.text.as_deref()), words(film.header.as_deref()));
            ("FP", Shown { text, header, attachment: Some(below), ..Shown::default() })
        }
        Body::CarouselFeed(feed) => ("FC", Shown { carousel: Some(carousel(feed)?), ..Shown::default() }),
        Body::CarouselCommerce(goods) => {
            ("FA", Shown { carousel: Some(carousel_of_goods(goods)?), ..Shown::default() })
        }
        other => return Err(format!("this client does not send messages of the kind {}", other.kind())),
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

fn text_item(text: &TextMessage) -> FlowItem<'_> {
    let item = Text { from: text.from().expose(), title: text.title(), text: text.text() };
    if text.is_short() { FlowItem::Sms(item) } else { FlowItem::Mms(item) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sosik_channel::{Advertising, Media, MediaRef, PictureFormat, Refusal};
    use sosik_content::WebLink;
    use sosik_core::PhoneNumber;

    use super::*;

    fn message() -> Message {
        let link = |path: &str| WebLink::parse(&format!("https://www.example.go.kr/{path}")).unwrap();
        let card = |n: u32| {
            let mut picture = Media::new(PictureFormat::Jpeg, (800, 400), "글", vec![1]).picture;
            picture.media = Some(MediaRef::new("https://mud-kage.kakao.com/dn/example/img_l.jpg"));
            CarouselCard::new(format!("카드 {n}"), format!("내용 {n}"), picture)
                .with_link(link(&n.to_string()))
                .with_button(sosik_channel::Button::new("자세히 보기", link("1")))
        };
        let from = PhoneNumber::parse("031-000-0000").unwrap();
        let text = TextMessage::new(from, "(광고) 예시시 주간 소식 무료거부 0800000000").unwrap();
        Message::new(Body::CarouselFeed(CarouselFeed::new(vec![card(1), card(2)]).with_tail(link("all"))))
            .with_advertising(Advertising::new("예시시청", Refusal::BlockChannel))
            .with_fallback(text.with_title("주간 소식").unwrap())
    }

    fn request() -> Value {
        let message = message();
        let request = SendRequest {
            destinations: vec![Destination { to: "01000000000", reference: "r1", replace_words: None }],
            message_flow: flow(&message, "SENDER_KEY_EXAMPLE").unwrap(),
            group_key: "weekly-2026w48-0001",
            idempotency_key: "weekly-2026w48-0001",
            idempotency_ttl: 86_400,
        };
        serde_json::to_value(request).unwrap()
    }

    /// The body that the dealer's own SDK 1.2.0 makes of the same message, plus what only we send: the group key, and
    /// the tail's address for PCs.
    #[test]
    fn a_carousel_with_its_fallback_is_written_as_the_dealer_s_sdk_writes_it() {
        let card = |n: u32| {
            json!({
                "header": format!("카드 {n}"), "message": format!("내용 {n}"),
                "attachment": {
                    "button": [{ "type": "WL", "name": "자세히 보기",
                        "urlPc": "https://www.example.go.kr/1", "urlMobile": "https://www.example.go.kr/1" }],
                    "image": { "imgUrl": "https://mud-kage.kakao.com/dn/example/img_l.jpg",
                        "imgLink": format!("https://www.example.go.kr/{n}") }
                }
            })
        };
        let all = "https://www.example.go.kr/all";
        let expected = json!({
            "destinations": [{ "to": "01000000000", "ref": "r1" }],
            "messageFlow": [
                { "brandmessage": { "sendType": "free", "msgType": "FC", "senderKey": "SENDER_KEY_EXAMPLE", "targeting": "I",
                    "adFlag": "Y", "carousel": { "list": [card(1), card(2)], "tail": { "urlMobile": all, "urlPc": all } } } },
                { "mms": { "from": "0310000000", "title": "주간 소식", "text": "(광고) 예시시 주간 소식 무료거부 0800000000" } }
            ],
            "groupKey": "weekly-2026w48-0001",
            "idempotencyKey": "weekly-2026w48-0001",
            "idempotencyTtl": 86400
        });
        assert_eq!(request(), expected);
    }

    /// Every other kind, as the SDK's models take it (its field names, and what it says of each type).
    #[test]
    fn every_kind_is_written_with_the_dealer_s_own_names() {
        use sosik_channel::{Commerce, Coupon, CouponTitle, PremiumVideo, WideItem};

        let link = WebLink::parse("https://www.example.go.kr/1").unwrap();
        let address = link.as_str();
        let picture = |name: &str| {
            let mut picture = Media::new(PictureFormat::Jpeg, (800, 400), "글", vec![1]).picture;
            picture.media = Some(MediaRef::new(name));
            picture
        };
        let button = || sosik_channel::Button::new("보기", link.clone());
        let coupon = || Coupon::new(CouponTitle::PercentOff(10), "시장").with_link(link.clone());
        let wire_button = json!([{ "type": "WL", "name": "보기", "urlMobile": address, "urlPc": address }]);
        let wire_coupon = json!({ "title": "10% 할인", "description": "시장", "urlMobile": address, "urlPc": address });
        let item = |title: &str| WideItem::new(title, picture(title), link.clone());
        let wire_item =
            |title: &str| json!({ "title": title, "imgUrl": title, "urlMobile": address, "urlPc": address });
        let price = || Price::less_percent(20_000, 18_000, 10);
        let goods = || CommerceCard::new("쌀", price(), picture("p")).with_button(button()).with_coupon(coupon());
        let wire_price = json!({ "title": "쌀", "regularPrice": 20_000, "discountPrice": 18_000, "discountRate": 10 });
        let wire_goods = json!({ "attachment": { "button": wire_button, "image": { "imgUrl": "p" },
            "coupon": wire_coupon, "commerce": wire_price } });
        let cases = [
            (
                Body::WideItemList(WideItemList::new("이번 주", item("가"), vec![item("나"), item("다")])),
                json!({ "msgType": "FL", "header": "이번 주",
                    "attachment": { "item": { "list": [wire_item("가"), wire_item("나"), wire_item("다")] } } }),
            ),
            (
                Body::Commerce(Commerce::new("쌀", price(), picture("p")).with_more("햅쌀").with_button(button())),
                json!({ "msgType": "FM", "additionalContent": "햅쌀", "attachment": { "button": wire_button,
                    "image": { "imgUrl": "p" }, "commerce": wire_price } }),
            ),
            (
                Body::CarouselCommerce(
                    CarouselCommerce::new(vec![goods(), goods()])
                        .with_head(CarouselHead::new("장터", "금요일", picture("h")).with_link(link.clone())),
                ),
                json!({ "msgType": "FA", "carousel": { "list": [wire_goods, wire_goods],
                    "head": { "header": "장터", "content": "금요일", "imageUrl": "h", "urlMobile": address, "urlPc": address } } }),
            ),
            (
                Body::PremiumVideo(
                    PremiumVideo::new(WebLink::parse("https://tv.kakao.com/v/1").unwrap())
                        .with_header("영상")
                        .with_thumbnail(picture("t"))
                        .with_coupon(coupon()),
                ),
                json!({ "msgType": "FP", "header": "영상", "attachment": { "coupon": wire_coupon,
                    "video": { "videoUrl": "https://tv.kakao.com/v/1", "thumbnailUrl": "t" } } }),
            ),
        ];
        for (body, mut expected) in cases {
            let message = Message::new(body).with_advertising(Advertising::new("예시시청", Refusal::BlockChannel));
            let flow = serde_json::to_value(flow(&message, "S").unwrap()).unwrap();
            for (name, value) in [("sendType", "free"), ("senderKey", "S"), ("targeting", "I"), ("adFlag", "Y")] {
                expected[name] = json!(value);
            }
            assert_eq!(flow, json!([{ "brandmessage": expected }]));
        }
    }

    #[test]
    fn a_picture_that_was_not_uploaded_is_named() {
        let mut message = message();
        if let Body::CarouselFeed(feed) = &mut message.body {
            feed.cards[1].picture.media = None;
        }
        assert_eq!(flow(&message, "S").unwrap_err(), "the picture of card 2 is not uploaded");
    }
}
