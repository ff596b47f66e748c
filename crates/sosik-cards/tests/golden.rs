//! Cards as they were when someone looked at them: small pictures, compared within what an eye does not see.
//!
//! After a change that is meant, look at what `SOSIK_BLESS=1 cargo test -p sosik-cards --test golden` writes to
//! `tests/golden` before it is committed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test is told to write its pictures anew")]

use std::path::PathBuf;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use sosik_cards::{CardFormat, FileKind, Fonts, Painter, Theme};

#[path = "../examples/gallery/faces.rs"]
mod faces;

/// The longer side of the pictures that are kept.
const SIDE: u32 = 240;

/// Of 255, over all pixels and parts: other rounding, and no other letter.
const MEAN: f64 = 0.6;

/// Of 255, over a square of 8 pixels: a letter that moved by a pixel is more.
const BLOCK: f64 = 9.0;

fn small(painter: &Painter, at: usize) -> RgbImage {
    let face = faces::faces().unwrap()[at]
        .clone()
        .with_text("edition", "예시시 소식 11월 4주")
        .with_text("place", format!("{}/7", at + 1));
    let drawn = painter.draw_face(&face).unwrap();
    let picture = image::load_from_memory(&drawn.file).unwrap().into_rgb8();
    let longer = picture.width().max(picture.height());
    resize(&picture, picture.width() * SIDE / longer, picture.height() * SIDE / longer, FilterType::Triangle)
}

/// How much two pictures differ: on the whole, and where they differ most.
fn difference(a: &RgbImage, b: &RgbImage) -> (f64, f64) {
    let at = |x: u32, y: u32| -> f64 {
        a.get_pixel(x, y).0.iter().zip(b.get_pixel(x, y).0).map(|(a, b)| f64::from(a.abs_diff(b))).sum::<f64>() / 3.0
    };
    let (mut sum, mut worst) = (0.0, 0.0_f64);
    for top in (0..a.height()).step_by(8) {
        for left in (0..a.width()).step_by(8) {
            let (right, bottom) = ((left + 8).min(a.width()), (top + 8).min(a.height()));
            let block: f64 =
                (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).map(|(x, y)| at(x, y)).sum();
            sum += block;
            worst = worst.max(block / f64::from((right - left) * (bottom - top)));
        }
    }
    (sum / f64::from(a.width() * a.height()), worst)
}

#[test]
fn cards_look_as_they_did() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("SOSIK_BLESS").is_some();
    for (theme, format) in [
        ("bright", CardFormat::square()),
        ("blue-green", CardFormat::kakao_carousel_feed()),
        ("warm", CardFormat::tall()),
        ("night", CardFormat::wide()),
    ] {
        let painter = Painter::new(Theme::named("예시시", theme).unwrap(), format).unwrap().with_kind(FileKind::Png);
        for at in 0..faces::faces().unwrap().len() {
            let path = folder.join(format!("{theme}-{}-{}.png", format.name(), at + 1));
            let drawn = small(&painter, at);
            if bless {
                std::fs::create_dir_all(&folder).unwrap();
                drawn.save(&path).unwrap();
                continue;
            }
            let golden = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into_rgb8();
            assert_eq!(golden.dimensions(), drawn.dimensions(), "{}", path.display());
            let (mean, worst) = difference(&golden, &drawn);
            assert!(
                mean <= MEAN && worst <= BLOCK,
                "{} differs by {mean:.2} on the whole and {worst:.2} at most",
                path.display()
            );
        }
    }
}

#[test]
fn a_letter_that_is_another_is_seen() {
    // That the comparison can fail: the same cards in a face whose weights are exchanged.
    let painter = |fonts: Fonts| {
        let theme = Theme::named("예시시", "bright").unwrap();
        Painter::new(theme, CardFormat::square()).unwrap().with_kind(FileKind::Png).with_fonts(fonts)
    };
    let regular =
        Fonts::embedded().with_face(sosik_cards::Weight::ExtraBold, sosik_cards::regular_font().to_vec()).unwrap();
    let (mean, worst) = difference(&small(&painter(Fonts::embedded()), 1), &small(&painter(regular), 1));
    assert!(mean > MEAN && worst > BLOCK, "{mean} {worst}");
}
