//! What a message shows, whichever dealer it came by.

use serde_json::Value;

use crate::journal::{Dealer, Message};

/// A message as a phone shows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// What it is: `브랜드 메시지 FC`, `알림톡`, `문자`.
    pub(crate) kind: String,
    pub(crate) advertises: bool,
    /// The line above the whole.
    pub(crate) header: Option<String>,
    pub(crate) cards: Vec<Card>,
    /// Smaller items, one below the other.
    pub(crate) items: Vec<Card>,
    pub(crate) tail: Option<String>,
}

/// A bubble, a card of a carousel, or an item of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    /// The picture, by the name it was uploaded under.
    pub(crate) picture: Option<String>,
    pub(crate) header: Option<String>,
    pub(crate) lines: Vec<String>,
    /// Labels and where they lead.
    pub(crate) buttons: Vec<(String, String)>,
    pub(crate) coupon: Option<String>,
}

/// The names that a dealer gives to the same things.
struct Names {
    buttons: &'static str,
    label: &'static str,
    link: &'static str,
    text: &'static str,
}

const BIZGO: Names = Names { buttons: "button", label: "name", link: "urlMobile", text: "message" };
const SOLAPI: Names = Names { buttons: "buttons", label: "name", link: "linkMobile", text: "content" };

impl View {
    /// A template of Bizgo's, as it is sent to friends.
    pub(crate) fn of_template(content: &Value) -> Self {
        bizgo(content, None)
    }

    pub(crate) fn of(message: &Message) -> Self {
        let content = &*message.content;
        match message.dealer {
            Dealer::Bizgo => bizgo(content, message.shown.as_deref()),
            Dealer::Solapi => solapi(content, &message.kind, message.shown.as_deref()),
        }
    }
}

fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A number with a comma before each three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn short(kind: &str, value: &Value, title: &str) -> View {
    let card = Card { header: text(value, title), lines: text(value, "text").into_iter().collect(), ..Card::default() };
    View { kind: kind.to_owned(), cards: vec![card], ..View::default() }
}

/// A text with its picture, as an MMS shows it.
fn with_picture(mut view: View, picture: Option<&str>) -> View {
    let Some(picture) = picture else { return view };
    "사진 문자".clone_into(&mut view.kind);
    view.cards[0].picture = Some(picture.to_owned());
    view
}

fn alimtalk(words: Option<&str>) -> View {
    let card = Card { lines: words.map(str::to_owned).into_iter().collect(), ..Card::default() };
    View { kind: "알림톡".to_owned(), cards: vec![card], ..View::default() }
}

fn foot(card: &mut Card, value: &Value, names: &Names) {
    let buttons = value.get(names.buttons).and_then(Value::as_array).into_iter().flatten();
    card.buttons = buttons
        .map(|button| {
            let label = text(button, names.label).unwrap_or_else(|| "채널 추가".to_owned());
            (label, text(button, names.link).unwrap_or_default())
        })
        .collect();
    card.coupon = value.get("coupon").filter(|coupon| !coupon.is_null()).map(|coupon| {
        let (title, words) = (text(coupon, "title"), text(coupon, "description"));
        format!("{} {}", title.unwrap_or_default(), words.unwrap_or_default())
    });
    if let Some(goods) = value.get("commerce").filter(|goods| !goods.is_null()) {
        let won = |field: &str| goods.get(field).and_then(Value::as_i64);
        card.lines.extend(text(goods, "title"));
        card.lines.push(match (won("regularPrice"), won("discountPrice")) {
            (Some(regular), Some(now)) => format!("{}원 (정가 {}원)", grouped(now), grouped(regular)),
            (regular, _) => format!("{}원", grouped(regular.unwrap_or_default())),
        });
    }
}

fn bizgo(content: &Value, words: Option<&str>) -> View {
    if let Some(sms) = content.get("sms") {
        return short("문자", sms, "title");
    }
    if let Some(mms) = content.get("mms") {
        let first = mms.get("fileKey").and_then(|keys| keys.get(0)).and_then(Value::as_str);
        return with_picture(short("긴 문자", mms, "title"), first);
    }
    let Some(brand) = content.get("brandmessage") else { return alimtalk(words) };
    let none = Value::Null;
    let below = brand.get("attachment").unwrap_or(&none);
    let image = |value: &Value| value.get("image").and_then(|image| text(image, "imgUrl"));
    let mut view = View {
        kind: format!("브랜드 메시지 {}", text(brand, "msgType").unwrap_or_default()),
        advertises: brand.get("adFlag").and_then(Value::as_str) != Some("N"),
        header: text(brand, "header"),
        ..View::default()
    };
    if let Some(carousel) = brand.get("carousel").filter(|carousel| !carousel.is_null()) {
        view.cards.extend(carousel.get("head").filter(|head| !head.is_null()).map(|head| Card {
            picture: text(head, "imageUrl"),
            header: text(head, "header"),
            lines: text(head, "content").into_iter().collect(),
            ..Card::default()
        }));
        let list = carousel.get("list").and_then(Value::as_array).into_iter().flatten();
        view.cards.extend(list.map(|item| {
            let below = item.get("attachment").unwrap_or(&none);
            let lines = text(item, BIZGO.text).into_iter().collect();
            let mut card = Card { picture: image(below), header: text(item, "header"), lines, ..Card::default() };
            foot(&mut card, below, &BIZGO);
            card
        }));
        view.tail = carousel.get("tail").and_then(|tail| text(tail, BIZGO.link));
        return view;
    }
    let video = below.get("video").filter(|video| !video.is_null());
    let mut card = Card {
        picture: image(below).or_else(|| video.and_then(|video| text(video, "thumbnailUrl"))),
        lines: video.and_then(|video| text(video, "videoUrl")).map(|link| format!("▶ {link}")).into_iter().collect(),
        ..Card::default()
    };
    card.lines.extend(text(brand, "text"));
    foot(&mut card, below, &BIZGO);
    card.lines.extend(text(brand, "additionalContent"));
    let items = below.get("item").and_then(|item| item.get("list")).and_then(Value::as_array).into_iter().flatten();
    view.items = items.map(|item| listed(item, "imgUrl")).collect();
    view.cards.push(card);
    view
}

fn listed(item: &Value, picture: &str) -> Card {
    Card { picture: text(item, picture), lines: text(item, "title").into_iter().collect(), ..Card::default() }
}

fn solapi(content: &Value, kind: &str, words: Option<&str>) -> View {
    let Some(options) = content.get("kakaoOptions").filter(|options| !options.is_null()) else {
        let view = short(if kind == "lms" { "긴 문자" } else { "문자" }, content, "subject");
        return with_picture(view, content.get("imageId").and_then(Value::as_str));
    };
    let Some(bms) = options.get("bms").filter(|bms| !bms.is_null()) else { return alimtalk(words) };
    let mut view = View {
        kind: format!("브랜드 메시지 {}", text(bms, "chatBubbleType").unwrap_or_default()),
        // The dealer is not told: every brand message is shown as one.
        advertises: true,
        header: text(bms, "header"),
        tail: None,
        ..View::default()
    };
    if let Some(carousel) = bms.get("carousel").filter(|carousel| !carousel.is_null()) {
        let head = carousel.get("head").filter(|head| !head.is_null());
        let list = carousel.get("list").and_then(Value::as_array).into_iter().flatten();
        view.cards = head
            .into_iter()
            .chain(list)
            .map(|item| {
                let lines = text(item, SOLAPI.text).into_iter().collect();
                let mut card =
                    Card { picture: text(item, "imageId"), header: text(item, "header"), lines, ..Card::default() };
                foot(&mut card, item, &SOLAPI);
                card.lines.extend(text(item, "additionalContent"));
                card
            })
            .collect();
        view.tail = carousel.get("tail").and_then(|tail| text(tail, SOLAPI.link));
        return view;
    }
    let video = bms.get("video").filter(|video| !video.is_null());
    let mut card = Card {
        picture: text(bms, "imageId").or_else(|| video.and_then(|video| text(video, "imageId"))),
        lines: video.and_then(|video| text(video, "videoUrl")).map(|link| format!("▶ {link}")).into_iter().collect(),
        ..Card::default()
    };
    // Of a template the dealer knows the words.
    card.lines.extend(text(bms, "content").or_else(|| text(content, "text")).or_else(|| words.map(str::to_owned)));
    foot(&mut card, bms, &SOLAPI);
    card.lines.extend(text(bms, "additionalContent"));
    let main = bms.get("mainWideItem").filter(|main| !main.is_null());
    let rest = bms.get("subWideItemList").and_then(Value::as_array).into_iter().flatten();
    view.items = main.into_iter().chain(rest).map(|item| listed(item, "imageId")).collect();
    view.cards.push(card);
    view
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn view(dealer: Dealer, content: Value) -> View {
        View::of(&Message { dealer, content: Arc::new(content), ..Message::default() })
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!([0, 999, 1_000, 99_999_999].map(grouped), ["0", "999", "1,000", "99,999,999"]);
    }

    #[test]
    fn the_same_carousel_looks_the_same_by_either_dealer() {
        let bizgo = view(
            Dealer::Bizgo,
            json!({ "brandmessage": { "msgType": "FC", "adFlag": "Y", "carousel": {
                "list": [{ "header": "소식", "message": "본문", "attachment": {
                    "button": [{ "type": "WL", "name": "보기", "urlMobile": "https://a.kr/1" }],
                    "image": { "imgUrl": "p" }, "coupon": { "title": "배송비 할인", "description": "시장" } } }],
                "tail": { "urlMobile": "https://a.kr" } } } }),
        );
        let solapi = view(
            Dealer::Solapi,
            json!({ "kakaoOptions": { "bms": { "chatBubbleType": "FC", "carousel": {
                "list": [{ "header": "소식", "content": "본문", "imageId": "p",
                    "buttons": [{ "linkType": "WL", "name": "보기", "linkMobile": "https://a.kr/1" }],
                    "coupon": { "title": "배송비 할인", "description": "시장" } }],
                "tail": { "linkMobile": "https://a.kr" } } } } }),
        );
        assert_eq!(bizgo, solapi);
        assert_eq!(bizgo.cards[0].lines, ["본문"]);
        assert_eq!(bizgo.cards[0].coupon.as_deref(), Some("배송비 할인 시장"));
    }
}
