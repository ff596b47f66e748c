//! Bizgo's requests, as its SDK 1.2.0 writes them.

pub(crate) mod alimtalk;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sosik_channel::{Body, BrandTemplate, MediaRef, Message, Recipient, Refusal, TextMessage};

pub(crate) use self::shown::kind;
use self::shown::{Shown, shown};

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
    /// The recipients, each with the values of the variables that the message has.
    pub(crate) fn all(recipients: &'a [Recipient], message: &Message) -> Vec<Self> {
        let names = replaced(&message.body);
        let of = |to: &'a Recipient| {
            let replace_words = names.as_ref().map(|names| {
                let value = |name: &String| to.variables.get(name).map(|value| (name.clone(), value.as_str()));
                names.iter().filter_map(value).collect()
            });
            Self { to: to.phone.expose(), reference: &to.reference, replace_words }
        };
        recipients.iter().map(of).collect()
    }
}

/// The variables that the dealer replaces; `None` where it replaces none.
fn replaced(body: &Body) -> Option<BTreeSet<String>> {
    match body {
        Body::Alimtalk(template) => Some(template.variables()),
        Body::Template(template) => Some(template.variables()).filter(|names| !names.is_empty()),
        _ => None,
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FlowItem<'a> {
    Alimtalk(Alimtalk<'a>),
    BrandMessage(Box<BrandMessage<'a>>),
    #[serde(rename = "brandmessage")]
    BrandTemplate(ByTemplate<'a>),
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
    #[serde(skip_serializing_if = "Option::is_none")]
    adult: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribe_phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_tag_key: Option<&'a str>,
    #[serde(flatten)]
    shown: Shown<'a>,
}

/// A brand message by its template: with variables the dealer fills in `replaceWords` (`template`), without any it goes
/// as it was registered (`basic`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ByTemplate<'a> {
    send_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_type: Option<&'static str>,
    sender_key: &'a str,
    template_code: &'a str,
    targeting: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribe_phone_number: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Text<'a> {
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    file_key: Vec<&'a str>,
}

/// What is registered as a template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Template<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    template_code: Option<&'a str>,
    sender_key: &'a str,
    sender_key_type: &'static str,
    send_type: &'static str,
    template_name: &'a str,
    msg_type: &'static str,
    #[serde(flatten)]
    shown: Shown<'a>,
}

impl<'a> Template<'a> {
    /// What a template shows; `code` is that of one that is changed.
    pub(crate) fn of(
        body: &'a Body,
        name: &'a str,
        sender_key: &'a str,
        code: Option<&'a str>,
    ) -> Result<Self, String> {
        let (msg_type, shown) = shown(body)?;
        let (sender_key_type, send_type, template_name) = ("S", "basic", name);
        Ok(Self { template_code: code, sender_key, sender_key_type, send_type, template_name, msg_type, shown })
    }
}

/// Whose messages they are, and under what they are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) sender_key: &'a str,
    pub(crate) group_tag: Option<&'a str>,
}

/// A message as the list of what Bizgo tries in turn; `Err` names what cannot be written.
pub(crate) fn flow<'a>(message: &'a Message, profile: Profile<'a>) -> Result<Vec<FlowItem<'a>>, String> {
    let Profile { sender_key, group_tag } = profile;
    let first = match &message.body {
        Body::Alimtalk(template) => {
            FlowItem::Alimtalk(Alimtalk { send_type: "template", sender_key, template_code: &template.code })
        }
        Body::Template(template) => FlowItem::BrandTemplate(by_template(template, message, sender_key)?),
        Body::Text(text) => text_item(text)?,
        body => {
            let (msg_type, shown) = shown(body)?;
            FlowItem::BrandMessage(Box::new(BrandMessage {
                send_type: "free",
                msg_type,
                sender_key,
                targeting: message.targeting.code(),
                ad_flag: if message.advertising.is_some() { "Y" } else { "N" },
                adult: message.adults_only.then_some("Y"),
                unsubscribe_phone_number: refusal_number(message),
                group_tag_key: group_tag,
                shown,
            }))
        }
    };
    let fallback = message.fallback.as_ref().map(text_item).transpose()?;
    Ok([first].into_iter().chain(fallback).collect())
}

fn by_template<'a>(
    template: &'a BrandTemplate,
    message: &'a Message,
    sender_key: &'a str,
) -> Result<ByTemplate<'a>, String> {
    let (msg_type, _) = shown(template.shown())?;
    let basic = template.variables().is_empty();
    Ok(ByTemplate {
        send_type: if basic { "basic" } else { "template" },
        msg_type: basic.then_some(msg_type),
        sender_key,
        template_code: template.code(),
        targeting: message.targeting.code(),
        unsubscribe_phone_number: refusal_number(message),
    })
}

/// The free number to refuse by, which goes along with the message.
fn refusal_number(message: &Message) -> Option<&str> {
    match message.advertising.as_ref().map(|marks| &marks.refusal) {
        Some(Refusal::FreeCall(number)) => Some(number.expose()),
        _ => None,
    }
}

fn text_item(text: &TextMessage) -> Result<FlowItem<'_>, String> {
    let file_key = text.pictures().iter().enumerate().map(|(at, picture)| {
        let name = picture.media.as_ref().map(MediaRef::as_str);
        name.ok_or_else(|| format!("picture {} of the text is not uploaded", at + 1))
    });
    let file_key = file_key.collect::<Result<_, _>>()?;
    let item = Text { from: text.from().expose(), title: text.title(), text: text.text(), file_key };
    Ok(if text.is_short() { FlowItem::Sms(item) } else { FlowItem::Mms(item) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sosik_channel::{
        Advertising, CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, CommerceCard, Media, MediaRef,
        PictureFormat, Price, Refusal, WideItemList,
    };
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

    fn profile(sender_key: &str) -> Profile<'_> {
        Profile { sender_key, group_tag: None }
    }

    fn request() -> Value {
        let message = message();
        let request = SendRequest {
            destinations: vec![Destination { to: "01000000000", reference: "r1", replace_words: None }],
            message_flow: flow(&message, profile("SENDER_KEY_EXAMPLE")).unwrap(),
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
            let flow = serde_json::to_value(flow(&message, profile("S")).unwrap()).unwrap();
            for (name, value) in [("sendType", "free"), ("senderKey", "S"), ("targeting", "I"), ("adFlag", "Y")] {
                expected[name] = json!(value);
            }
            assert_eq!(flow, json!([{ "brandmessage": expected }]));
        }
    }

    /// As the SDK's models take them: `template` with `replaceWords`, `basic` without, and an MMS by its file's key.
    #[test]
    fn a_template_and_an_mms_are_written_with_the_dealer_s_own_names() {
        use sosik_channel::{Bubble, Targeting};

        let template = |text: &str| {
            let refusal = Refusal::FreeCall(PhoneNumber::parse("080-000-0000").unwrap());
            let shown = BrandTemplate::new("T1", Body::Bubble(Bubble::new(text))).unwrap();
            let message = Message::new(Body::Template(shown)).with_targeting(Targeting::Consented);
            message.with_advertising(Advertising::new("예시시청", refusal))
        };
        let own = template("#{이름}님, 소식입니다.");
        let mut expected = json!({ "sendType": "template", "senderKey": "S", "templateCode": "T1", "targeting": "M",
            "unsubscribePhoneNumber": "0800000000" });
        assert_eq!(
            serde_json::to_value(flow(&own, profile("S")).unwrap()).unwrap(),
            json!([{ "brandmessage": expected }])
        );
        let to = [Recipient::new("r1", PhoneNumber::parse("010-0000-0001").unwrap())
            .with_variable("이름", "시민")
            .with_variable("또", "아무")];
        let destinations = |message: &Message| serde_json::to_value(Destination::all(&to, message)).unwrap();
        let plain = json!({ "to": "01000000001", "ref": "r1" });
        let mut with_words = plain.clone();
        with_words["replaceWords"] = json!({ "이름": "시민" });
        assert_eq!(destinations(&own), json!([with_words]));

        let same = template("소식입니다.");
        (expected["sendType"], expected["msgType"]) = (json!("basic"), json!("FT"));
        assert_eq!(
            serde_json::to_value(flow(&same, profile("S")).unwrap()).unwrap(),
            json!([{ "brandmessage": expected }])
        );
        assert_eq!(destinations(&same), json!([plain]));

        let mut picture = Media::new(PictureFormat::Jpeg, (800, 400), "글", vec![1]).picture;
        let mms = |picture| {
            let from = PhoneNumber::parse("031-000-0000").unwrap();
            Message::from(TextMessage::new(from, "소식").unwrap().with_picture(picture))
        };
        assert_eq!(flow(&mms(picture.clone()), profile("S")).unwrap_err(), "picture 1 of the text is not uploaded");
        picture.media = Some(MediaRef::new("FILE1"));
        assert_eq!(
            serde_json::to_value(flow(&mms(picture), profile("S")).unwrap()).unwrap(),
            json!([{ "mms": { "from": "0310000000", "text": "소식", "fileKey": ["FILE1"] } }])
        );
    }

    #[test]
    fn a_group_tag_goes_with_a_message_of_free_form_and_not_with_a_template() {
        let tagged = Profile { sender_key: "S", group_tag: Some("weekly") };
        let news = message();
        let written = serde_json::to_value(flow(&news, tagged).unwrap()).unwrap();
        assert_eq!(written[0]["brandmessage"]["groupTagKey"], "weekly");
        let shown = BrandTemplate::new("T1", Body::Bubble(sosik_channel::Bubble::new("소식"))).unwrap();
        let by_template = Message::new(Body::Template(shown));
        let written = serde_json::to_value(flow(&by_template, tagged).unwrap()).unwrap();
        assert_eq!(written[0]["brandmessage"]["groupTagKey"], Value::Null);
    }

    #[test]
    fn what_is_for_adults_only_says_so_and_goes_to_no_group() {
        let message = message().without_fallback().for_adults_only();
        let flow = serde_json::to_value(flow(&message, profile("S")).unwrap()).unwrap();
        assert_eq!(flow[0]["brandmessage"]["adult"], "Y");
        let faults = crate::validate_for_friends(&message).unwrap_err();
        assert!(faults.to_string().contains("adults-only"), "{faults}");
    }

    #[test]
    fn a_picture_that_was_not_uploaded_is_named() {
        let mut message = message();
        if let Body::CarouselFeed(feed) = &mut message.body {
            feed.cards[1].picture.media = None;
        }
        assert_eq!(flow(&message, profile("S")).unwrap_err(), "the picture of card 2 is not uploaded");
    }
}
