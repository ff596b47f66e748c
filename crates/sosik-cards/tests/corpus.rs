//! Pictures and texts that others made: each picture is taken or refused with what to do, and no text is lost.
//!
//! They lie where `SOSIK_CORPUS` says. `cargo test -p sosik-cards --test corpus -- --nocapture` prints what became of each.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads where the corpus is")]
#![expect(clippy::print_stdout, reason = "the table is what the test is for")]

use std::path::{Path, PathBuf};

use sosik_cards::{CardFormat, Face, FileKind, Painter, Picture, PictureLimits, Theme};
use sosik_content::Topic;

fn corpus(folder: &str) -> Option<PathBuf> {
    let path = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from);
    assert!(path.is_some() || std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
    if path.is_none() {
        println!("skipped: SOSIK_CORPUS is not set");
    }
    path.map(|path| path.join(folder))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// What is damaged or of another format; all others are taken.
const REFUSED: [&str; 22] = [
    "hostile/Pillow__badwidth.bmp",
    "hostile/Pillow__broken.png",
    "hostile/Pillow__cross_scan_line_truncated.tga",
    "hostile/Pillow__decompression_bomb.gif",
    "hostile/Pillow__decompression_bomb.ico",
    "hostile/Pillow__oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif",
    "hostile/Pillow__truncated_image.png",
    "hostile/image__Bad_clrsUsed.bmp",
    "hostile/image__Bad_height.bmp",
    "hostile/image__Bad_shortfile.bmp",
    "hostile/image__Bad_width.bmp",
    "hostile/image__zero-loop-count.gif",
    "jpeg/Pillow__ossfuzz-4836216264589312.pcx",
    "jpeg/libjpeg-turbo__testimgari.jpg", // arithmetic coding, which phones do not show either
    "pngsuite/image-png__xc9n2c08.png",
    "pngsuite/image-png__xcsn0g01.png",
    "pngsuite/image-png__xd0n2c08.png",
    "pngsuite/image-png__xd9n2c08.png",
    "pngsuite/image-png__xhdn0g08.png",
    "pngsuite/image-png__xlfn0g04.png",
    "pngsuite/image-png__xs2n0g01.png",
    "pngsuite/image-png__xs7n0g01.png",
];

#[test]
fn every_picture_is_taken_or_refused_with_what_to_do() {
    let Some(folder) = corpus("images") else { return };
    let painter = Painter::new(Theme::new("예시시"), CardFormat::kakao_carousel_feed()).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        let file = std::fs::read(&path).unwrap();
        let limits = PictureLimits::default();
        match Picture::read(&file, &limits) {
            Ok(picture) => {
                let frame = if picture.is_animated() { ", its first frame" } else { "" };
                println!("{name}: {}x{}{frame}", picture.width(), picture.height());
                assert!(!REFUSED.contains(&name.as_str()), "{name}");
                // One that is cut short is no picture, though decoders would fill it up.
                let half = Picture::read(&file[..file.len() / 2], &limits);
                assert!(half.is_err() || name.contains(".mpo") || picture.is_animated(), "half of {name} is taken");
                let face = Face::new("event", Topic::Tourism).with_text("title", "사진").with_picture(picture);
                painter.draw_face(&face).unwrap();
                taken += 1;
            }
            Err(error) => {
                println!("{name}: {error}");
                assert!(REFUSED.contains(&name.as_str()), "{name}: {error}");
                assert!(error.to_string().contains(": save it") || error.to_string().contains(": give a"), "{error}");
                refused += 1;
            }
        }
    }
    println!("{taken} taken, {refused} refused");
    assert_eq!(refused, REFUSED.len());
}

#[test]
fn a_picture_stands_upright_as_its_camera_was_held() {
    let Some(folder) = corpus("images/orientation") else { return };
    // The same photograph in each orientation: turned upright they are alike.
    let read =
        |name: &str| Picture::read(&std::fs::read(folder.join(name)).unwrap(), &PictureLimits::default()).unwrap();
    let draw = |picture: Picture| {
        let painter = Painter::new(Theme::new("예시시"), CardFormat::square()).unwrap().with_kind(FileKind::Png);
        let drawn = painter.draw_face(&Face::new("cover", Topic::Tourism).with_picture(picture)).unwrap();
        image::load_from_memory(&drawn.file).unwrap().into_rgb8()
    };
    let first = draw(read("Pillow__hopper_orientation_2.jpg"));
    for name in ["_3.webp", "_4.jpg", "_5.jpg", "_6.webp", "_7.jpg"] {
        let other = draw(read(&format!("Pillow__hopper_orientation{name}")));
        let differs: u64 = first.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = differs / u64::try_from(first.len()).unwrap();
        assert!(mean < 8, "{name} differs by {mean} of 255");
    }
}

#[test]
fn what_is_larger_than_allowed_is_refused_before_it_is_read() {
    // 60,000 x 60,000 pixels in 70 bytes: the head of a PNG.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
    let crc = bomb[12..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    bomb.extend((!crc).to_be_bytes());
    bomb.extend(*b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
    let error = Picture::read(&bomb, &PictureLimits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the picture is not taken: it has 60000x60000 pixels, 50 million are allowed: save it smaller"
    );
    let mut limits = PictureLimits::default();
    limits.bytes = 50;
    assert!(Picture::read(&bomb, &limits).unwrap_err().to_string().contains("50 are allowed: save it smaller"));
}

/// The characters of a text that can be seen.
fn seen(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let unseen = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '…';
    text.nfc().filter(unseen).filter(|c| !matches!(u32::from(*c), 0xad | 0x115f | 0x1160 | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0x3164 | 0xfeff | 0xfff9..=0xfffb)).collect()
}

#[test]
fn of_nasty_texts_nothing_is_lost_and_no_card_fails() {
    let Some(folder) = corpus("nasty_text") else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut texts: Vec<String> = serde_json::from_str(&read("blns_shared.json")).unwrap();
    // Emoji sequences as they are written at the end of their lines, and Hangul in pieces.
    texts.extend(
        read("emoji_zwj_and_flags.txt")
            .lines()
            .filter_map(|line| Some(line.split_once('#')?.1.trim().to_owned()))
            .step_by(9),
    );
    texts.extend(
        read("normalization_hangul_every_10th.txt").lines().filter(|line| !line.starts_with('#')).step_by(23).map(
            |line| {
                let codes = line.split(';').nth(2).unwrap_or_default().split(' ');
                codes.filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)).collect()
            },
        ),
    );
    assert!(texts.len() > 400, "{}", texts.len());
    let painter = Painter::new(Theme::new("예시시"), CardFormat::kakao_carousel_feed()).unwrap();
    for text in &texts {
        let drawn = painter.draw_face(&Face::new("event", Topic::Living).with_text("title", text)).unwrap();
        let left: String = drawn.left.iter().map(|left| left.text.as_str()).collect();
        let told = seen(&format!("{}{left}", drawn.alt));
        let lost: String = seen(text).chars().filter(|c| !told.contains(*c)).collect();
        assert_eq!(lost, "", "of {text:?}");
    }
    println!("{} texts", texts.len());
}
