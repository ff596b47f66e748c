//! Pictures as a phone would receive them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{TimeZone, Utc};
use sosik_cards::{CardError, CardFormat, Face, FileKind, Painter, Picture, PictureLimits, Theme};
use sosik_content::{Brief, Edition, Post, Topic, WebLink, curate};
use sosik_core::ChannelId;

fn edition() -> Edition {
    let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
    let brief = Brief::builder(ChannelId::parse("yangju-city").unwrap(), slot, chrono_tz::Asia::Seoul)
        .name("양주시 소식")
        .cards(3, 7)
        .build()
        .unwrap();
    let posts: Vec<Post> = [
        ("산불조심기간, 소각은 안 돼요", "산불조심기간입니다. 소각을 하지 마세요.\n기간: 11. 1.(일) ~ 12. 15.(화)\n문의: 산림과 031-8082-0000"),
        ("12월 자동차세 납부 안내", "자동차세를 납부하세요. 기한을 넘기면 가산금이 붙습니다.\n기간: 12. 16.(수) ~ 12. 31.(목)"),
        ("옥정호수공원 겨울빛 점등식", "축제 점등식을 엽니다. 누구나 볼 수 있습니다.\n일시: 12. 5.(토) 17:00\n장소: 옥정호수공원 중앙광장\n비용: 무료"),
        ("장욱진미술관 기획전시 안내", "미술관에서 전시를 엽니다. 관람은 무료입니다."),
        ("겨울 딸기농장 나들이 어때요", "딸기농장 체험이 시작됩니다. 나들이로 좋습니다."),
        ("대형폐기물, 이렇게 버려 주세요", "대형폐기물은 스티커를 사서 붙이고 내놓습니다. 누리집에서 신고합니다."),
        ("겨울방학 그림책 수업 수강생 모집", "수강생을 모집합니다. 12월 4일까지 신청하세요. 누구나 무료입니다."),
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
    for place in 0..7 {
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
                    양주시 소식 11월 4주\n3/7";
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
    assert!(matches!(painter.draw(&edition(), 7), Err(CardError::Missing { place: 7, cards: 7, .. })));
}

fn drawn(kind: FileKind) -> Vec<u8> {
    let painter = Painter::new(Theme::new("양주시"), CardFormat::kakao_carousel_feed()).unwrap().with_kind(kind);
    painter.draw(&edition(), 0).unwrap().file
}

#[test]
fn a_photograph_with_a_film_behind_it_is_taken_and_one_without_its_end_is_not() {
    let photo = drawn(FileKind::Jpeg);
    let limits = PictureLimits::default();
    // As telephones write moving photographs: marks of a JPEG stand in the film by chance.
    let film = [&photo[..], b"ftypmp42\xff\xda\x00\x08\xff\xd8 and more"].concat();
    assert_eq!(Picture::read(&film, &limits).unwrap().width(), 800);
    for cut in [photo.len() / 2, photo.len() - 2] {
        let error = Picture::read(&photo[..cut], &limits).unwrap_err().to_string();
        assert_eq!(error, "the picture is not taken: the JPEG is damaged or cut short: save it anew");
    }
}

#[test]
fn pieces_that_promise_more_than_there_is_are_refused_before_memory_is_taken() {
    let limits = PictureLimits::default();
    let mut webp = drawn(FileKind::WebP);
    assert_eq!(Picture::read(&webp, &limits).unwrap().height(), 400);
    webp.extend(b"EXIF\xfe\xff\xff\xff");
    assert!(Picture::read(&webp, &limits).is_err());
    // A GIF of 1x1 with a frame of 65,535x65,535.
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0\x3b";
    assert!(Picture::read(gif, &limits).is_err());
}

#[test]
fn what_a_template_has_no_place_for_is_told() {
    let painter = Painter::new(Theme::new("양주시"), CardFormat::square()).unwrap();
    let face = Face::new("event", Topic::Culture)
        .with_text("title", "제목")
        .with_text("lead", "머리말")
        .with_pair("steps", "", "첫째")
        .with_code(WebLink::parse("https://pf.kakao.com/_ZeUTxl").unwrap());
    let left: Vec<(String, String)> =
        painter.draw_face(&face).unwrap().left.into_iter().map(|left| (left.name, left.text)).collect();
    let expected = [("lead", "머리말"), ("steps", "첫째"), ("code", "https://pf.kakao.com/_ZeUTxl")];
    assert_eq!(left, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    // The code's address stands where the picture cannot be seen.
    let face = Face::new("closing", Topic::Policy).with_code(WebLink::parse("https://pf.kakao.com/_ZeUTxl").unwrap());
    assert!(painter.draw_face(&face).unwrap().alt.contains("https://pf.kakao.com/_ZeUTxl"));
}

#[test]
fn what_has_no_room_goes_on_on_another_card_with_whole_facts_and_their_numbers() {
    let steps: Vec<String> = (1..=9)
        .map(|at| format!("{at}번째로 할 일은 신청서를 쓰고 서류를 모두 갖추어 담당 부서에 내는 것입니다"))
        .collect();
    for format in CardFormat::ALL {
        let painter = Painter::new(Theme::new("양주시"), format).unwrap();
        let mut face = Face::new("notice", Topic::Recruitment).with_text("title", "수강생 모집");
        face = steps.iter().fold(face, |face, step| face.with_pair("steps", "", step));
        let drawn = painter.draw_whole(&face).unwrap();
        assert!((2..=Painter::MOST).contains(&drawn.len()), "{}: {} pictures", format.name(), drawn.len());
        let alt = drawn.iter().map(|drawn| drawn.alt.as_str()).collect::<Vec<_>>().join("\n");
        let (last, others) = drawn.split_last().unwrap();
        for (at, step) in steps.iter().enumerate() {
            let step = format!("{} {step}", at + 1);
            let is_told = last.left.iter().any(|left| left.text == step);
            assert!(alt.contains(&step) || is_told, "{}: step {} is lost", format.name(), at + 1);
        }
        // The smallest has no room for all nine on as many cards as a reader follows.
        assert!(last.left.is_empty() || drawn.len() == Painter::MOST && format.name() == "feed");
        assert!(others.iter().all(|drawn| drawn.left.is_empty()), "{}", format.name());
        assert!(drawn.iter().all(|drawn| drawn.alt.contains("수강생 모집")));
        // What fits is one card.
        let short = Face::new("notice", Topic::Living).with_text("title", "안내").with_pair("steps", "", "한다");
        assert_eq!(painter.draw_whole(&short).unwrap().len(), 1);
    }
}

#[test]
fn a_fact_longer_than_any_card_is_told_and_does_not_go_on_for_ever() {
    let painter = Painter::new(Theme::new("양주시"), CardFormat::square()).unwrap();
    let long = "가나다라마바사 ".repeat(200);
    let face = Face::new("event", Topic::Culture).with_text("title", "긴 것").with_pair("facts", "장소", &long);
    let drawn = painter.draw_whole(&face).unwrap();
    assert!(drawn.len() <= Painter::MOST);
    assert!(drawn.last().unwrap().left.iter().any(|left| left.name == "facts"));
}

#[test]
fn a_template_whose_text_cannot_be_read_is_refused_with_the_colours() {
    let painter = || Painter::new(Theme::new("양주시"), CardFormat::square()).unwrap();
    let template = |layers: &str, text: &str| {
        format!(
            "name = \"own\"\nwhat = \"x\"\n[[layer]]\nis = \"ground\"\ncolour = \"ground\"\n{layers}\n[[layer]]\nis = \"stack\"\n\
             area = [100, 100, 800, 300]\nitem = [{{ is = \"text\", text = \"title\", size = [80, 40], colour = \"{text}\" }}]\n"
        )
    };
    assert!(painter().with_template(&template("", "ink")).is_ok());
    let strong = "[[layer]]\nis = \"panel\"\narea = [0, 0, 1000, 500]\ncolour = \"strong\"\n";
    assert!(painter().with_template(&template(strong, "on-strong")).is_ok());
    // What hides a photograph, and a circle around all of the text, are what it stands on.
    let hidden = "[[layer]]\nis = \"picture\"\narea = [0, 0, 1000, 1000]\n[[layer]]\nis = \"panel\"\narea = [20, 20, 960, 960]\ncolour = \"panel\"\n";
    assert!(painter().with_template(&template(hidden, "ink")).is_ok());
    let round = "[[layer]]\nis = \"circle\"\narea = [-500, -750, 2000, 2000]\ncolour = \"strong\"\n";
    assert!(painter().with_template(&template(round, "on-strong")).is_ok());
    for (layers, text, told) in [
        ("", "soft", "template `own`, square, without a photograph, safety: soft #f9c9c3 on ground"),
        (strong, "ink", "ink #191f28 on strong"),
        ("[[layer]]\nis = \"panel\"\narea = [0, 0, 500, 500]\ncolour = \"strong\"\n", "ink", "on strong"),
        (
            "[[layer]]\nis = \"picture\"\narea = [0, 0, 1000, 300]\n",
            "ink",
            "with a photograph, safety: texts stand on the photograph",
        ),
        (
            "[[layer]]\nis = \"picture\"\narea = [0, 0, 1000, 1000]\n[[layer]]\nis = \"panel\"\narea = [20, 20, 960, 960]\ncolour = \"panel\"\nopacity = 0.5\n",
            "ink",
            "texts stand on the photograph",
        ),
        ("[[layer]]\nis = \"icon\"\narea = [800, 0, 200, 200]\n", "ink", "texts stand on the drawing"),
    ] {
        let error = painter().with_template(&template(layers, text)).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let covered = template("", "ink") + "[[layer]]\nis = \"panel\"\narea = [0, 0, 500, 500]\ncolour = \"panel\"\n";
    let error = painter().with_template(&covered).unwrap_err().to_string();
    assert!(error.contains("a later layer lies over the texts"), "{error}");
}

#[test]
fn a_citys_logo_stands_at_the_foot_in_place_of_its_letter() {
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="60" height="20" fill="#12f034"/></svg>"##;
    let toml = format!("logo = \"logo.svg\"\n{}", Theme::FORM);
    let theme = Theme::with_files("양주시", &toml, |_| Ok(svg.as_bytes().to_vec())).unwrap();
    let face = Face::new("event", Topic::Culture).with_text("title", "겨울 전시");
    let painter = Painter::new(theme, CardFormat::square()).unwrap().with_kind(FileKind::Png);
    let picture = image::load_from_memory(&painter.draw_face(&face).unwrap().file).unwrap().to_rgb8();
    let places: Vec<(u32, u32)> = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0 == [0x12, 0xf0, 0x34])
        .map(|(x, y, _)| (x, y))
        .collect();
    let (left, right) =
        (places.iter().map(|place| place.0).min().unwrap(), places.iter().map(|place| place.0).max().unwrap());
    let (top, bottom) =
        (places.iter().map(|place| place.1).min().unwrap(), places.iter().map(|place| place.1).max().unwrap());
    // Three times as wide as high, at the foot on the left.
    let aspect = f64::from(right - left + 1) / f64::from(bottom - top + 1);
    assert!((2.9..3.1).contains(&aspect) && left < 100 && top > 900, "{left}..{right}, {top}..{bottom}");
}
