//! Bizgo's JSON, as its SDK 1.2.0 writes and reads it.

use serde::{Deserialize, Serialize};
use sosik_channel::{Action, Body, CarouselCard, CarouselFeed, Coupon, Message, Picture, TextMessage};
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

/// It has no `Debug`: it holds a number.
#[derive(Serialize)]
pub(crate) struct Destination<'a> {
    pub(crate) to: &'a str,
    #[serde(rename = "ref")]
    pub(crate) reference: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FlowItem<'a> {
    BrandMessage(BrandMessage<'a>),
    Mms(Text<'a>),
    Sms(Text<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BrandMessage<'a> {
    send_type: &'static str,
    msg_type: &'static str,
    sender_key: &'a str,
    targeting: &'static str,
    ad_flag: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carousel: Option<Carousel<'a>>,
}

#[derive(Debug, Serialize)]
struct Carousel<'a> {
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
struct CarouselItem<'a> {
    header: &'a str,
    message: &'a str,
    attachment: Attachment<'a>,
}

#[derive(Debug, Serialize)]
struct Attachment<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    button: Vec<Button<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image<'a>>,
}

#[derive(Debug, Serialize)]
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

#[derive(Debug, Serialize)]
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

/// A message as the list of what Bizgo tries in turn; `Err` names the picture that was not uploaded.
pub(crate) fn flow<'a>(message: &'a Message, sender_key: &'a str) -> Result<Vec<FlowItem<'a>>, String> {
    let brand = |msg_type, text, attachment, carousel| {
        FlowItem::BrandMessage(BrandMessage {
            send_type: "free",
            msg_type,
            sender_key,
            targeting: message.targeting.code(),
            ad_flag: if message.advertising.is_some() { "Y" } else { "N" },
            text,
            attachment,
            carousel,
        })
    };
    let first = match &message.body {
        Body::Bubble(bubble) => {
            let below = under(&bubble.buttons, bubble.coupon.as_ref(), None, "the message")?;
            brand("FT", Some(bubble.text.as_str()), Some(below).filter(|below| !below.button.is_empty()), None)
        }
        Body::CarouselFeed(feed) => brand("FC", None, None, Some(carousel(feed)?)),
        Body::Image(shown) => {
            let image = image(&shown.picture, shown.link.as_ref(), "the message")?;
            let below = under(&shown.buttons, shown.coupon.as_ref(), Some(image), "the message")?;
            brand("FI", Some(shown.text.as_str()), Some(below), None)
        }
        Body::Text(text) => text_item(text),
        Body::Wide(wide) => {
            let image = image(&wide.picture, None, "the message")?;
            let below = under(&wide.buttons, wide.coupon.as_ref(), Some(image), "the message")?;
            brand("FW", Some(wide.text.as_str()), Some(below), None)
        }
        other => return Err(format!("this client does not send messages of the kind {}", other.kind())),
    };
    Ok([first].into_iter().chain(message.fallback.as_ref().map(text_item)).collect())
}

fn carousel(feed: &CarouselFeed) -> Result<Carousel<'_>, String> {
    let list = feed.cards.iter().enumerate().map(|(at, card)| item(at, card)).collect::<Result<_, _>>()?;
    let tail = feed.tail.as_ref().map(|link| Tail { url_mobile: link.as_str(), url_pc: link.as_str() });
    Ok(Carousel { list, tail })
}

fn item(at: usize, card: &CarouselCard) -> Result<CarouselItem<'_>, String> {
    let place = format!("card {}", at + 1);
    let image = image(&card.picture, card.link.as_ref(), &place)?;
    let attachment = under(&card.buttons, card.coupon.as_ref(), Some(image), &place)?;
    Ok(CarouselItem { header: &card.header, message: &card.text, attachment })
}

fn image<'a>(picture: &'a Picture, link: Option<&'a WebLink>, place: &str) -> Result<Image<'a>, String> {
    let media = picture.media.as_ref().ok_or_else(|| format!("the picture of {place} is not uploaded"))?;
    Ok(Image { img_url: media.as_str(), img_link: link.map(WebLink::as_str) })
}

/// What stands below a message or a card: `place` names it in errors.
fn under<'a>(
    buttons: &'a [sosik_channel::Button],
    coupon: Option<&Coupon>,
    image: Option<Image<'a>>,
    place: &str,
) -> Result<Attachment<'a>, String> {
    if coupon.is_some() {
        return Err(format!("{place} has a coupon, which this client does not send yet"));
    }
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
            Action::App { mobile, android, ios } => {
                wire.url_mobile = mobile.as_ref().map(WebLink::as_str);
                (wire.scheme_android, wire.scheme_ios) = (android.as_deref(), ios.as_deref());
            }
            other => return Err(format!("{place} has a button {}, which this client does not send yet", other.code())),
        }
        Ok(wire)
    });
    Ok(Attachment { button: button.collect::<Result<_, _>>()?, image })
}

fn text_item(text: &TextMessage) -> FlowItem<'_> {
    let item = Text { from: text.from().expose(), title: text.title(), text: text.text() };
    if text.is_short() { FlowItem::Sms(item) } else { FlowItem::Mms(item) }
}

/// What every answer is wrapped in: the gateway's verdict, then the service's.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) common: Option<Common>,
    pub(crate) data: Option<Service<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Common {
    pub(crate) auth_code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Service<T> {
    pub(crate) code: Option<String>,
    pub(crate) data: Option<T>,
}

/// It has no `Debug`: it holds numbers.
#[derive(Deserialize)]
pub(crate) struct SendAnswer {
    pub(crate) destinations: Option<Vec<DestinationAnswer>>,
}

/// It has no `Debug`: it holds a number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationAnswer {
    pub(crate) to: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) msg_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadAnswer {
    pub(crate) img_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PollAnswer {
    pub(crate) report_id: Option<String>,
    pub(crate) report: Option<Vec<Report>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Report {
    pub(crate) msg_key: Option<String>,
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) report_code: Option<String>,
    pub(crate) report_time: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryAnswer {
    pub(crate) messages: Option<Vec<Status>>,
    pub(crate) last_seq: Option<i64>,
    pub(crate) has_next: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) response_code: Option<String>,
    pub(crate) report_code: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

/// Nothing of interest.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

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
            destinations: vec![Destination { to: "01000000000", reference: "r1" }],
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

    #[test]
    fn a_picture_that_was_not_uploaded_is_named() {
        let mut message = message();
        if let Body::CarouselFeed(feed) = &mut message.body {
            feed.cards[1].picture.media = None;
        }
        assert_eq!(flow(&message, "S").unwrap_err(), "the picture of card 2 is not uploaded");
    }
}
