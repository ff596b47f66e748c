//! A message of every kind.

use sosik::PhoneNumber;
use sosik::channel::{
    Advertising, AlimtalkButton, AlimtalkTemplate, Body, Bubble, Button, CarouselCard, CarouselCommerce, CarouselFeed,
    CarouselHead, Commerce, CommerceCard, Coupon, CouponTitle, ImageBubble, Media, Message, Picture, PictureFormat,
    PremiumVideo, Price, Recipient, Refusal, TextMessage, WideBubble, WideItem, WideItemList,
};
use sosik::content::WebLink;
use sosik_testkit::phone;
use sosik_testkit::transport::jpeg;

pub(crate) fn link(path: &str) -> WebLink {
    WebLink::parse(&format!("https://www.example.go.kr/{path}")).unwrap()
}

/// A picture twice as wide as high, and a square one.
pub(crate) fn pictures() -> [Media; 2] {
    [(800, 400), (800, 800)].map(|(width, height): (u16, u16)| {
        let size = (width.into(), height.into());
        Media::new(PictureFormat::Jpeg, size, "행사 알림", jpeg(width, height))
    })
}

pub(crate) fn marks() -> Advertising {
    Advertising::new("예시시청", Refusal::BlockChannel)
}

pub(crate) fn from() -> PhoneNumber {
    PhoneNumber::parse("031-000-0000").unwrap()
}

pub(crate) fn to(numbers: std::ops::RangeInclusive<u32>) -> Vec<Recipient> {
    let of = |n| Recipient::new(format!("r{n}"), phone(n)).with_variable("이름", format!("시민 {n}"));
    numbers.map(of).collect()
}

pub(crate) fn passport() -> AlimtalkTemplate {
    AlimtalkTemplate::new("PASSPORT1", "#{이름}님, 여권이 나왔습니다.")
        .with_button(AlimtalkButton::web("찾는 곳", "https://www.example.go.kr/passport"))
}

/// Brand messages of every type, each by its name.
pub(crate) fn brands(wide: &Picture, square: &Picture) -> Vec<(&'static str, Body)> {
    let button = || Button::new("자세히", link("news"));
    let coupon = || Coupon::new(CouponTitle::PercentOff(10), "전통시장").with_link(link("coupon"));
    let item = |title: &str, picture: &Picture| WideItem::new(title, picture.clone(), link("item"));
    let card = |n: u32| {
        CarouselCard::new(format!("카드 {n}"), format!("내용 {n}"), wide.clone())
            .with_link(link(&n.to_string()))
            .with_button(button())
    };
    let price = || Price::less_percent(20_000, 18_000, 10);
    let goods = || CommerceCard::new("햅쌀 10kg", price(), wide.clone()).with_button(button()).with_coupon(coupon());
    let rest = vec![item("둘", square), item("셋", square), item("넷", square)];
    let video = PremiumVideo::new(WebLink::parse("https://tv.kakao.com/v/1").unwrap());
    vec![
        ("bubble", Body::Bubble(Bubble::new("금요일 소식입니다.").with_button(button()))),
        ("image", Body::Image(ImageBubble::new(wide.clone(), "금요 장터").with_button(button()))),
        ("wide", Body::Wide(WideBubble::new(wide.clone(), "가을 축제"))),
        ("wide item list", Body::WideItemList(WideItemList::new("이번 주", item("하나", wide), rest))),
        ("carousel feed", Body::CarouselFeed(CarouselFeed::new(vec![card(1), card(2)]).with_tail(link("all")))),
        ("commerce", Body::Commerce(Commerce::new("햅쌀 10kg", price(), wide.clone()).with_button(button()))),
        (
            "carousel of goods",
            Body::CarouselCommerce(
                CarouselCommerce::new(vec![goods(), goods()])
                    .with_head(CarouselHead::new("장터", "금요일에 만나요", wide.clone()).with_link(link("market"))),
            ),
        ),
        ("video", Body::PremiumVideo(video.with_header("영상 소식").with_thumbnail(wide.clone()))),
    ]
}

/// A short text, a long one, one with a picture, and a brand message with a text behind it.
pub(crate) fn texts(picture: &Picture) -> Vec<(&'static str, Message)> {
    let text = |words: &str| TextMessage::new(from(), words).unwrap();
    vec![
        ("sms", text("내일 단수 안내").into()),
        ("lms", text(&"내일 단수 안내입니다. ".repeat(10)).with_title("단수 안내").unwrap().into()),
        ("mms", text("금요 장터").with_picture(picture.clone()).into()),
    ]
}
