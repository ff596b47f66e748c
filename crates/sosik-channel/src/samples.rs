//! One message of each kind, for this crate's own tests.

use sosik_content::WebLink;
use sosik_core::PhoneNumber;

use crate::{
    Action, Advertising, AlimtalkButton, AlimtalkItems, AlimtalkTemplate, Body, BrandTemplate, Bubble, Button,
    CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, Commerce, CommerceCard, Coupon, CouponTitle,
    ImageBubble, Media, Message, Picture, PictureFormat, PremiumVideo, Price, Refusal, Targeting, TextMessage,
    WideBubble, WideItem, WideItemList,
};

fn link(path: &str) -> WebLink {
    WebLink::parse(&format!("https://www.example.go.kr/{path}")).unwrap()
}

pub(crate) fn picture(width: u32, height: u32) -> Picture {
    Media::new(PictureFormat::Jpeg, (width, height), "그림의 글", vec![1, 2, 3]).picture
}

fn button() -> Button {
    Button::new("자세히 보기", link("1"))
}

fn coupon() -> Coupon {
    Coupon::new(CouponTitle::WonOff(1_000), "직매장").with_link(link("coupon"))
}

/// One of each kind, each within Kakao's limits.
pub(crate) fn messages() -> Vec<Message> {
    let actions = [
        Action::AddChannel,
        Action::App { mobile: Some(link("app")), android: Some("app://1".to_owned()), ios: None },
        Action::Consult { extra: Some("상담".to_owned()) },
        Action::Form { key: Some("form".to_owned()) },
    ];
    let rest = [Action::Keyword { extra: None }, Action::Message { extra: None }, Action::Switch { extra: None }];
    let with = |bubble: Bubble, actions: &[Action]| {
        actions.iter().fold(bubble, |bubble, action| bubble.with_button(Button::of("누르기", action.clone())))
    };
    let item = |title: &str, height| WideItem::new(title, picture(800, height), link("item"));
    let goods = |title: &str, price| {
        CommerceCard::new(title, price, picture(800, 400))
            .with_button(button())
            .with_link(link("goods"))
            .with_more("산지 직송")
            .with_coupon(coupon())
    };
    let bodies = vec![
        Body::Bubble(with(Bubble::new("소식입니다"), &actions).with_coupon(coupon())),
        Body::Bubble(with(Bubble::new("소식입니다"), &rest)),
        Body::Image(
            ImageBubble::new(picture(800, 400), "소식")
                .with_link(link("i"))
                .with_button(button())
                .with_coupon(coupon()),
        ),
        Body::Wide(WideBubble::new(picture(800, 600), "소식").with_button(button()).with_coupon(coupon())),
        Body::WideItemList(
            WideItemList::new("이번 주", item("첫째", 400), vec![item("둘째", 800), item("셋째", 800)])
                .with_button(button())
                .with_coupon(coupon()),
        ),
        Body::CarouselFeed(
            CarouselFeed::new(
                (1..=2)
                    .map(|n| {
                        CarouselCard::new(format!("카드 {n}"), "내용", picture(800, 400))
                            .with_link(link("card"))
                            .with_button(button())
                            .with_coupon(coupon())
                    })
                    .collect(),
            )
            .with_tail(link("more")),
        ),
        Body::CarouselCommerce(
            CarouselCommerce::new(vec![
                goods("쌀", Price::less_percent(10_000, 9_000, 10)),
                goods("꿀", Price::Regular(20_000)),
            ])
            .with_head(CarouselHead::new("장터", "금요 장터", picture(800, 400)).with_link(link("head")))
            .with_tail(link("more")),
        ),
        Body::CarouselCommerce(CarouselCommerce::new(vec![
            goods("쌀", Price::less_won(10_000, 9_000, 1_000)),
            goods("꿀", Price::Regular(20_000)),
        ])),
        Body::Commerce(
            Commerce::new("꿀", Price::less_percent(20_000, 18_000, 10), picture(800, 400))
                .with_button(button())
                .with_coupon(coupon()),
        ),
        Body::Commerce(
            Commerce::new("쌀", Price::less_won(10_000, 9_000, 1_000), picture(800, 400))
                .with_more("햅쌀")
                .with_button(button()),
        ),
        Body::PremiumVideo(
            PremiumVideo::new(WebLink::parse("https://tv.kakao.com/v/1").unwrap())
                .with_header("영상")
                .with_text("소식")
                .with_thumbnail(picture(800, 400))
                .with_button(button())
                .with_coupon(coupon()),
        ),
    ];
    let call = PhoneNumber::parse("080-000-0000").unwrap();
    let mut messages: Vec<Message> = bodies
        .into_iter()
        .map(|body| Message::new(body).with_advertising(Advertising::new("예시시청", Refusal::BlockChannel)))
        .collect();
    messages[0] = messages[0].clone().with_targeting(Targeting::Consented);
    messages[1] = messages[1].clone().without_fallback().for_adults_only();
    messages[0].advertising = Some(Advertising::new("예시시청", Refusal::FreeCall(call)));
    messages.extend(alimtalks());
    let from = PhoneNumber::parse("031-000-0000").unwrap();
    let text = TextMessage::new(from, "소식").unwrap().with_title("제목").unwrap();
    messages.push(text.clone().into());
    messages.push(text.with_picture(picture(1_000, 1_000)).into());
    let bubble = Bubble::new("#{이름}님, 소식입니다").with_button(Button::new("보기", link("#{id}")));
    let template = Body::Template(BrandTemplate::new("T1", Body::Bubble(bubble)).unwrap());
    messages.push(Message::new(template).with_advertising(Advertising::new("예시시청", Refusal::BlockChannel)));
    messages
}

fn alimtalks() -> Vec<Message> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut items = AlimtalkItems::new([pair("접수", "#{날짜}"), pair("창구", "1층 민원실")]);
    (items.header, items.highlight) = (Some("여권".to_owned()), Some(pair("여권이 나왔습니다", "찾아가세요")));
    items.summary = Some(pair("수수료", "50,000원"));
    let template = |text: &str| AlimtalkTemplate::new("KA01TP0", text).with_extra("문의 031-000-0000");
    [
        template("#{이름}님, 여권이 나왔습니다.")
            .with_items(items)
            .with_button(AlimtalkButton::web("찾는 곳", "https://www.example.go.kr/1")),
        template("#{이름}님, 내일은 쉽니다.")
            .with_title("쉬는 날", Some("시청".to_owned()))
            .with_button(AlimtalkButton::of("묻기", "BK").with_link("mobile", "https://www.example.go.kr/2"))
            .with_quick_reply(AlimtalkButton::of("예", "BK")),
        template("그림이 있습니다.").with_picture(picture(800, 400)),
        AlimtalkTemplate::new("KA01TP1", "글만 있습니다."),
    ]
    .into_iter()
    .map(|template| Message::new(Body::Alimtalk(template)))
    .collect()
}
