//! Pictures as a phone would receive them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{TimeZone, Utc};
use sosik_cards::{CardError, CardFormat, Painter, Theme};
use sosik_content::{Brief, Edition, Post, Topic, WebLink, curate};
use sosik_core::ChannelId;

fn edition() -> Edition {
    let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
    let brief = Brief::builder(ChannelId::parse("yangju-city").unwrap(), slot, chrono_tz::Asia::Seoul)
        .name("양주시 소식")
        .build()
        .unwrap();
    let posts: Vec<Post> = [
        ("산불조심기간, 소각은 안 돼요", "산불조심기간입니다. 소각을 하지 마세요.\n기간: 11. 1.(일) ~ 12. 15.(화)\n문의: 산림과 031-8082-0000"),
        ("12월 자동차세 납부 안내", "자동차세를 납부하세요. 기한을 넘기면 가산금이 붙습니다.\n기간: 12. 16.(수) ~ 12. 31.(목)"),
        ("옥정호수공원 겨울빛 점등식", "축제 점등식을 엽니다. 누구나 볼 수 있습니다.\n일시: 12. 5.(토) 17:00\n장소: 옥정호수공원 중앙광장\n비용: 무료"),
        ("장욱진미술관 기획전시 안내", "미술관에서 전시를 엽니다. 관람은 무료입니다."),
        ("겨울 딸기농장 나들이 어때요", "딸기농장 체험이 시작됩니다. 나들이로 좋습니다."),
        ("대형폐기물, 이렇게 버려 주세요", "대형폐기물은 스티커를 사서 붙이고 내놓습니다. 누리집에서 신고합니다."),
    ]
    .iter()
    .enumerate()
    .map(|(n, (title, body))| {
        Post::new(title, WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap(), body).with_published(slot)
    })
    .collect();
    curate(&posts, &brief).unwrap().edition
}

#[test]
fn every_topic_gives_a_picture_of_the_size_that_kakao_takes() {
    let edition = edition();
    assert_eq!(edition.cards().iter().map(sosik_content::Card::topic).collect::<Vec<_>>(), Topic::ALL);
    let painter = Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed()).unwrap();
    for place in 0..6 {
        let drawn = painter.draw(&edition, place).unwrap();
        let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(&drawn.file));
        let pixels = decoder.decode().unwrap();
        assert_eq!(decoder.dimensions(), Some((800, 400)));
        assert!(drawn.file.len() <= 500_000, "{} bytes", drawn.file.len());
        // Something dark is written on something light.
        assert!(pixels.iter().filter(|value| **value < 64).count() > 2_000);
    }
}

#[test]
fn the_alternative_text_says_all_that_stands_on_the_picture() {
    let painter = Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed()).unwrap();
    let alt = painter.draw(&edition(), 2).unwrap().alt;
    let expected = "축제·행사\n옥정호수공원 겨울빛 점등식\n일시 12. 5.(토) 17:00\n장소 옥정호수공원 중앙광장\n비용 무료\n\
                    양주시 소식 11월 4주\n3/6";
    assert_eq!(alt, expected);
}

#[test]
fn the_same_card_gives_the_same_bytes() {
    let edition = edition();
    let draw =
        || Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed()).unwrap().draw(&edition, 0).unwrap();
    assert_eq!(draw(), draw());
}

#[test]
fn a_card_that_is_not_there_is_an_error() {
    let painter = Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed()).unwrap();
    assert!(matches!(painter.draw(&edition(), 6), Err(CardError::Missing { place: 6, cards: 6, .. })));
}
