//! Two readings of the same limits: whatever `validate` passes the emulator takes, and whatever it refuses the emulator
//! refuses. They share no code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sosik_bizgo::Bizgo;
use sosik_channel::{
    Advertising, Audience, Body, Bubble, Button, CarouselCard, CarouselFeed, ImageBubble, KAKAO_BRAND_MESSAGE,
    KAKAO_CAROUSEL_FEED, Limit, Media, Message, Picture, PictureFormat, Place, Recipient, Refusal, SendErrorKind,
    Submission, Transport, WideBubble, validate,
};
use sosik_content::WebLink;
use sosik_emulator::{Emulator, Options};
use sosik_testkit::{phone, transport::jpeg};

/// Pictures of each place, as uploaded.
struct Uploaded {
    feed: Picture,
    image: Picture,
    wide: Picture,
}

fn link(n: usize) -> WebLink {
    WebLink::parse(&format!("https://www.example.go.kr/{n}")).unwrap()
}

fn words(units: usize) -> String {
    "가나다라마바사아자차".chars().cycle().take(units).collect()
}

fn buttons(labels: &[usize]) -> Vec<Button> {
    labels.iter().enumerate().map(|(n, label)| Button::new(words(*label), link(n))).collect()
}

/// What is drawn for one message: its kind, how long its words are, its buttons' labels, its cards.
type Draw = (usize, usize, usize, Vec<usize>, usize, usize, bool);

fn message((kind, text, header, labels, cards, breaks, advertising): &Draw, pictures: &Uploaded) -> Message {
    let body = match kind {
        0 => {
            let mut bubble = Bubble::new(words(*text));
            bubble.buttons = buttons(labels);
            Body::Bubble(bubble)
        }
        1 => {
            let mut image = ImageBubble::new(pictures.image.clone(), words(text / 3)).with_link(link(9));
            image.buttons = buttons(labels);
            Body::Image(image)
        }
        2 => {
            let mut wide = WideBubble::new(pictures.wide.clone(), words(text / 17));
            wide.buttons = buttons(labels);
            Body::Wide(wide)
        }
        _ => {
            let card = |n: usize| {
                let lines = vec![words((text / 7) / (breaks + 1)); breaks + 1].join("\n");
                let mut card = CarouselCard::new(words((header + n) % 23), lines, pictures.feed.clone());
                card.buttons = buttons(labels);
                card.with_link(link(n))
            };
            Body::CarouselFeed(CarouselFeed::new((0..*cards).map(card).collect()).with_tail(link(0)))
        }
    };
    let message = Message::new(body);
    if *advertising {
        message.with_advertising(Advertising::new("예시시청", Refusal::BlockChannel))
    } else {
        message
    }
}

#[test]
fn what_validate_passes_the_dealer_takes_and_what_it_refuses_the_dealer_refuses() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (emulator, client, pictures) = runtime.block_on(async {
        let options = Options::new("KEY").without_rates();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let client = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
        let upload = async |place, height: u16| {
            let size = (800, u32::from(height));
            let media = Media::new(PictureFormat::Jpeg, size, "그림", jpeg(800, height)).at(place);
            let mut picture = media.picture.clone();
            picture.media = Some(client.upload(&media).await.unwrap());
            picture
        };
        let feed = upload(Place::CarouselFeed, 400).await;
        let image = upload(Place::Image, 400).await;
        let wide = upload(Place::Wide, 600).await;
        (emulator, client, Uploaded { feed, image, wide })
    });
    let limits: Vec<Limit> = [KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, sosik_bizgo::LIMITS].concat();
    let draw = (
        0usize..4,
        prop_oneof![1_180usize..1_420, 1_290usize..1_310, 0usize..40],
        0usize..23,
        prop::collection::vec(prop_oneof![5usize..11, 0usize..17], 0..7),
        1usize..8,
        0usize..4,
        prop::bool::weighted(0.9),
    );
    let config = Config { cases: 800, failure_persistence: None, ..Config::default() };
    let (passed, refused, number) = (std::cell::Cell::new(0), std::cell::Cell::new(0), std::cell::Cell::new(0));
    TestRunner::new(config)
        .run(&draw, |draw| {
            let message = message(&draw, &pictures);
            let ours = validate(&message, &limits);
            number.set(number.get() + 1);
            let to = vec![Recipient::new("r", phone(1))];
            let submission = Submission::new(format!("key-{}", number.get()), message, Audience::Named(to));
            let theirs = runtime.block_on(client.submit(&submission));
            match (&ours, &theirs) {
                (Ok(()), Ok(_)) => passed.set(passed.get() + 1),
                (Err(_), Err(error)) => {
                    prop_assert_eq!(error.kind(), SendErrorKind::InvalidContent, "{}", error);
                    refused.set(refused.get() + 1);
                }
                _ => prop_assert!(false, "ours: {ours:?}\ntheirs: {theirs:?}"),
            }
            Ok(())
        })
        .unwrap();
    assert!(passed.get() > 100 && refused.get() > 100, "{} passed, {} refused", passed.get(), refused.get());
    drop(emulator);
}
