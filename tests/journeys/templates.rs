//! Brand messages by template, with words of each citizen's own, and texts with pictures: by either dealer.

use std::sync::Arc;

use sosik::PhoneNumber;
use sosik::bizgo::{Bizgo, BizgoTransport};
use sosik::channel::{
    Advertising, Audience, Body, BrandTemplate, Bubble, Button, ImageBubble, Media, Message, Outcome, PictureFormat,
    Place, Recipient, Refusal, Route, SendErrorKind, Submission, Targeting, TextMessage, Transport, TransportExt,
};
use sosik::content::WebLink;
use sosik_emulator::{Options, Template};
use sosik_testkit::phone;
use sosik_testkit::transport::jpeg;
use sosik_tests::http;

use crate::city::{City, Dealer};

fn bizgo(city: &City) -> BizgoTransport {
    Bizgo::builder("KEY", "SENDER").base_url(city.emulator.url()).build().unwrap()
}

fn marks() -> Advertising {
    Advertising::new("예시시청", Refusal::BlockChannel)
}

fn bubble() -> Body {
    let link = WebLink::parse("https://www.example.go.kr/events/#{event}").unwrap();
    Body::Bubble(Bubble::new("#{이름}님, 금요일에 만나요.").with_button(Button::new("보기", link)))
}

fn citizens(numbers: std::ops::RangeInclusive<u32>) -> Vec<Recipient> {
    numbers
        .map(|n| {
            let to = Recipient::new(format!("r{n}"), phone(n));
            to.with_variable("이름", format!("시민 {n}")).with_variable("event", n.to_string())
        })
        .collect()
}

fn message(template: BrandTemplate) -> Message {
    Message::new(Body::Template(template)).with_advertising(marks())
}

/// The words and the link of the first button in what Bizgo was given to show.
fn own_words(content: &serde_json::Value) -> (String, String) {
    let brand = &content["brandmessage"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&brand["text"]), text(&brand["attachment"]["button"][0]["urlMobile"]))
}

fn submission(key: &str, message: Message, to: Vec<Recipient>) -> Submission {
    Submission::new(key, message, Audience::Named(to))
}

/// What the emulator shows of the last messages, the latest first.
async fn seen(city: &City) -> Vec<serde_json::Value> {
    let answer = http(city.emulator.address(), "GET /_emulator/messages", &[], "").await;
    serde_json::from_value(answer.json()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_citizen_reads_their_own_words_by_bizgo() {
    let city = City::of(0, |options| options).await;
    let transport = bizgo(&city);
    let template = transport.register_template("weekly", bubble()).await.unwrap();
    let status = transport.template(template.code()).await.unwrap();
    assert_eq!((status.kind.as_deref(), status.is_usable()), (Some("FT"), true));

    let to = citizens(1..=3);
    let submitted = transport.submit(&submission("k1", message(template.clone()), to.clone())).await.unwrap();
    assert_eq!(submitted.accepted(), 3);
    let mut shown: Vec<(String, String)> = seen(&city).await.iter().map(|one| own_words(&one["content"])).collect();
    shown.sort();
    let own = |n: u32| (format!("시민 {n}님, 금요일에 만나요."), format!("https://www.example.go.kr/events/{n}"));
    assert_eq!(shown, [own(1), own(2), own(3)]);
    city.clock.advance(chrono::TimeDelta::seconds(2));
    let receipts = transport.drain_receipts().await.unwrap();
    assert!(receipts.iter().all(|receipt| (receipt.route, &receipt.outcome) == (Route::Kakao, &Outcome::Delivered)));
    assert_eq!((receipts.len(), city.emulator.stats().duplicates), (3, 0));

    // The same template with other values is another message, and not a duplicate.
    let mut others = citizens(1..=1);
    others[0] = others[0].clone().with_variable("이름", "이웃");
    transport.submit(&submission("k2", message(template.clone()), others)).await.unwrap();
    assert_eq!(city.emulator.stats().duplicates, 0);

    // A missing value, or one that is no part of an address, is named before anything leaves; and is not told.
    let nameless = vec![Recipient::new("r9", phone(9)).with_variable("event", "1")];
    let error = transport.submit(&submission("k3", message(template.clone()), nameless)).await.unwrap_err();
    assert!(error.to_string().contains("no value is given for `#{이름}`"), "{error}");
    let odd = vec![citizens(9..=9)[0].clone().with_variable("event", "비밀 7")];
    let error = transport.submit(&submission("k4", message(template.clone()), odd)).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    assert!(error.to_string().contains("a link is no address") && !error.to_string().contains("비밀"), "{error}");

    // Changed, it shows the new words; deleted, it is gone.
    let changed =
        BrandTemplate::new(template.code(), Body::Bubble(Bubble::new("#{이름}님, 다음 주에 만나요."))).unwrap();
    transport.change_template("weekly", &changed).await.unwrap();
    let to = vec![Recipient::new("r1", phone(1)).with_variable("이름", "시민")];
    transport.submit(&submission("k5", message(changed.clone()), to.clone())).await.unwrap();
    let texts: Vec<String> = seen(&city).await.iter().map(|one| own_words(&one["content"]).0).collect();
    assert_eq!(texts.iter().filter(|text| *text == "시민님, 다음 주에 만나요.").count(), 1, "{texts:?}");
    assert_eq!(transport.templates().await.unwrap().len(), 1);
    transport.delete_template(template.code()).await.unwrap();
    let error = transport.submit(&submission("k6", message(changed), to)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (SendErrorKind::InvalidContent, Some("A505")));
    assert_eq!(transport.templates().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_variables_a_template_goes_as_it_was_registered_to_whoever_consented() {
    let city = City::of(0, Options::approved).await;
    let transport = bizgo(&city);
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "행사 알림", jpeg(800, 400));
    let shown = Message::new(Body::Image(ImageBubble::new(media.picture.clone(), "금요 장터")));
    let shown = transport.upload_all(shown, &[media]).await.unwrap();
    let template = transport.register_template("market", shown.body).await.unwrap();
    let to = citizens(1..=1);
    let refusal = Refusal::FreeCall(PhoneNumber::parse("080-000-0000").unwrap());
    let consented = Message::new(Body::Template(template))
        .with_advertising(Advertising::new("예시시청", refusal))
        .with_targeting(Targeting::Consented);
    assert_eq!(transport.submit(&submission("k1", consented.clone(), to.clone())).await.unwrap().accepted(), 1);
    // Without the free number to refuse by, the dealer refuses it.
    let unnumbered = consented.with_advertising(marks());
    let error = transport.submit(&submission("k2", unnumbered, to)).await.unwrap_err();
    assert_eq!(error.code(), Some("A570"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_picture_goes_as_an_mms_by_either_dealer_and_as_a_fallback() {
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        let city = City::of(0, |options| options).await.by(dealer);
        let transport = city.transport();
        let media = Media::new(PictureFormat::Jpeg, (800, 400), "행사 알림", jpeg(800, 400));
        let from = PhoneNumber::parse("031-000-0000").unwrap();
        let text = TextMessage::new(from, "금요 장터가 열립니다.").unwrap().with_picture(media.picture.clone());
        let to = citizens(1..=2);
        let bare = transport.submit(&submission("k0", text.clone().into(), to.clone())).await.unwrap_err();
        assert_eq!(bare.kind(), SendErrorKind::InvalidContent, "{bare}");
        let mms = transport.upload_all(text.clone().into(), std::slice::from_ref(&media)).await.unwrap();
        assert_eq!(transport.submit(&submission("k1", mms, to.clone())).await.unwrap().accepted(), 2);
        city.clock.advance(chrono::TimeDelta::seconds(2));
        let receipts = transport.drain_receipts().await.unwrap();
        assert!(receipts.iter().all(|one| (one.route, &one.outcome) == (Route::Text, &Outcome::Delivered)));
        assert_eq!(receipts.len(), 2);
        // A picture for a card is not one for a text.
        let card = transport.upload(&media.clone().at(Place::Image)).await.unwrap();
        let wrong = Message::from(text).with_media(|_, _| Some(card.clone()));
        let refused = transport.submit(&submission("k2", wrong, to)).await;
        assert!(refused.map_or_else(|error| error.kind() == SendErrorKind::InvalidContent, |all| all.accepted() == 0));
    }
    // One picture in two places of a message is uploaded for each.
    let city = City::of(0, |options| options.with_failures(1.0, 0.0)).await;
    let transport = bizgo(&city);
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "행사 알림", jpeg(800, 400));
    let words = "(광고) 예시시청 소식\n무료수신거부 080-000-0000";
    let from = PhoneNumber::parse("031-000-0000").unwrap();
    let text = TextMessage::new(from, words).unwrap().with_picture(media.picture.clone());
    let image = Message::new(Body::Image(ImageBubble::new(media.picture.clone(), "금요 장터")));
    let both = transport.upload_all(image.with_advertising(marks()).with_fallback(text), &[media]).await.unwrap();
    transport.submit(&submission("k1", both, citizens(1..=1))).await.unwrap();
    city.clock.advance(chrono::TimeDelta::seconds(5));
    let receipts = transport.drain_receipts().await.unwrap();
    assert!(receipts.iter().any(|one| (one.route, &one.outcome) == (Route::Text, &Outcome::Delivered)), "{receipts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_was_registered_by_hand_goes_by_solapi() {
    let known =
        Template::brand("KA01TB0", "TEXT", "#{이름}님, 금요일에 만나요.").with("https://www.example.go.kr/#{event}");
    let city = City::of(0, |options| options.with_template(known)).await.by(Dealer::Solapi);
    let transport: Arc<dyn Transport> = city.transport();
    let template = BrandTemplate::new("KA01TB0", bubble()).unwrap();
    let to = citizens(1..=3);
    assert_eq!(transport.submit(&submission("k1", message(template), to.clone())).await.unwrap().accepted(), 3);
    city.clock.advance(chrono::TimeDelta::seconds(2));
    let receipts = transport.drain_receipts().await.unwrap();
    assert!(receipts.iter().all(|one| (one.route, &one.outcome) == (Route::Kakao, &Outcome::Delivered)));
    assert_eq!(receipts.len(), 3);
    let mut shown: Vec<String> =
        seen(&city).await.iter().map(|one| one["shown"].as_str().unwrap_or_default().to_owned()).collect();
    shown.sort();
    assert_eq!(shown, [1, 2, 3].map(|n| format!("시민 {n}님, 금요일에 만나요.")));
    // Another type of bubble than the template's, and a code that is not registered.
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "그림", jpeg(800, 400));
    let image = Body::Image(ImageBubble::new(media.picture, "#{이름} #{event}"));
    for wrong in [BrandTemplate::new("KA01TB0", image).unwrap(), BrandTemplate::new("KA01TB1", bubble()).unwrap()] {
        let answer = transport.submit(&submission("k2", message(wrong), to.clone())).await;
        let refused = answer.map_or_else(|error| error.code() == Some("1042"), |all| all.accepted() == 0);
        assert_eq!((refused, city.emulator.stats().accepted), (true, 3));
    }
}
