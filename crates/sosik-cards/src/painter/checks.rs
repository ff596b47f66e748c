//! What holds for every card whatever it says.

use proptest::prelude::*;
use sosik_content::Topic;

use super::*;

/// Whether a mark never stands first on a line.
const CLOSING: &str = ",.!?)]}…’”」』〉》】";

fn painters() -> Vec<Painter> {
    CardFormat::ALL.map(|format| Painter::new(Theme::new("예시시"), format).unwrap()).into()
}

/// Pixels that a line of text covers: left, top, right, bottom.
fn ink(painter: &Painter, line: &Placed) -> Option<(f32, f32, f32, f32)> {
    // On a ground larger than its room, so that what would be cut off is seen.
    let margin = (line.size * 1.5).ceil();
    let (x, y) = ((line.area.x - margin).floor(), (line.area.y - margin).floor());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cards are far smaller")]
    let size = |side: f32| (side + 2.0 * margin).ceil() as usize;
    let mut canvas = Canvas::new(size(line.area.width), size(line.area.height), Colour::WHITE);
    let style = Style { weight: line.weight, size: line.size, colour: Colour::BLACK };
    canvas.write(&painter.fonts, &line.text, style, line.x - x, line.baseline - y);
    let mut bounds: Option<(usize, usize, usize, usize)> = None;
    let inked = canvas.pixels.chunks_exact(3).enumerate().filter(|(_, pixel)| pixel[0] < 200);
    for (column, row) in inked.map(|(at, _)| (at % canvas.width, at / canvas.width)) {
        let (left, top, right, bottom) = bounds.unwrap_or((column, row, column, row));
        bounds = Some((left.min(column), top.min(row), right.max(column), bottom.max(row)));
    }
    #[expect(clippy::cast_precision_loss, reason = "cards are far smaller")]
    let place = |pixels: usize, from: f32| pixels as f32 + from;
    bounds.map(|(left, top, right, bottom)| (place(left, x), place(top, y), place(right + 1, x), place(bottom + 1, y)))
}

/// The clusters of a text that are seen.
fn seen(text: &str) -> Vec<&str> {
    clusters(text).map(str::trim).filter(|cluster| !cluster.is_empty()).collect()
}

fn check(with: &Painter, face: &Face) -> Result<(), TestCaseError> {
    let painted = with.paint(face).map_err(|error| TestCaseError::fail(error.to_string()))?;
    for line in &painted.lines {
        prop_assert!(line.size >= with.format.legible().round() - 0.5, "{} is too small: {}", line.size, line.text);
        prop_assert!(with.fonts.width(&line.text, line.weight, line.size) <= line.area.width + 0.5, "{:?}", line.text);
        let Some((left, top, right, bottom)) = ink(with, line) else { continue };
        // A glyph may overhang its own room by a little, and emoji are as high as a line.
        let overhang = 0.12 * line.size;
        let area = line.area;
        prop_assert!(left >= area.x - overhang && right <= area.right() + overhang, "{left}..{right} of {line:?}");
        prop_assert!(top >= area.y - overhang && bottom <= area.bottom() + overhang, "{top}..{bottom} of {line:?}");
        #[expect(clippy::cast_precision_loss, reason = "cards are far smaller")]
        let (across, down) = (with.format.width() as f32, with.format.height() as f32);
        prop_assert!(left >= 0.0 && top >= 0.0 && right <= across && bottom <= down, "{line:?} is cut off");
    }
    // The foot is on every card but the cover.
    let with_foot = face.template == "cover" || painted.alt.ends_with("3/6") || !face.texts.contains_key("place");
    prop_assert!(with_foot && !painted.left.iter().any(|left| left.name == "topic"), "{:?}", painted.alt);
    // Every character is drawn, or told; and as often as it is said.
    let pairs = face.pairs.values().flat_map(|all| all.iter().map(|(label, value)| format!("{label}\n{value}")));
    // Numbered steps say no label of their own but the one that is given.
    // Texts apart from one another, so that a mark of one is not taken for a part of another's letter.
    let texts = face.texts.iter().filter(|(name, _)| *name != "place").map(|(_, text)| text.clone());
    let said = texts.chain(pairs).collect::<Vec<_>>().join("\n");
    let lines = painted.lines.iter().map(|line| line.text.as_str());
    let told = lines.chain(painted.left.iter().map(|left| left.text.as_str())).collect::<Vec<_>>().join("\n");
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for cluster in seen(&told) {
        *counts.entry(cluster).or_default() += 1;
    }
    for cluster in seen(&said).into_iter().filter(|cluster| *cluster != "…") {
        let count = counts.entry(cluster).or_default();
        *count -= 1;
        prop_assert!(*count >= 0, "`{cluster}` is lost of `{said}`: `{told}`");
    }
    Ok(())
}

/// Words of Korean, Latin letters, numbers with units, emoji, marks, and what no face has.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[가-힣]{1,9}",
        1 => "[a-zA-Z]{1,14}",
        2 => "[0-9]{1,5}(원|명|일|시|월|km| 원| 시)",
        1 => Just("😀👨‍👩‍👧‍👦🇰🇷1️⃣".to_owned()),
        1 => "[「『(]?[一-龥]{1,3}[」』)]?",
        1 => "[.,!?~·…:;()\\[\\]<>&\"'-]{1,3}",
        1 => "\\PC{1,6}",
        1 => "[가-힣]{20,60}",
        1 => Just("👩\u{200d}".repeat(40) + "👩"),
    ];
    proptest::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_clipped_lost_or_too_small(
        title in text(), lead in text(), facts in proptest::collection::vec((text(), text()), 0..7), template in 0_usize..7,
    ) {
        for painter in painters() {
            let template = painter.templates().nth(template).unwrap().0.to_owned();
            let mut face = Face::new(template, Topic::Festival)
                .with_text("title", &title)
                .with_text("lead", &lead)
                .with_text("deadline", &lead)
                .with_text("edition", "예시시 소식")
                .with_text("place", "3/6");
            for (label, value) in &facts {
                for name in ["facts", "steps", "days"] {
                    face = face.with_pair(name, label, value);
                }
            }
            check(&painter, &face)?;
        }
    }

    #[test]
    fn no_line_begins_with_a_mark_that_closes(title in "[가-힣]{1,8}( [가-힣]{1,8}[,.!?)…]{0,2}| [(‘][가-힣]{1,6}[)’]){0,9}") {
        for painter in painters() {
            let painted = painter.paint(&Face::new("event", Topic::Culture).with_text("title", &title)).unwrap();
            for line in &painted.lines {
                prop_assert!(!line.text.starts_with(|c| CLOSING.contains(c)), "{:?} of {title:?}", line.text);
            }
        }
    }
}

#[test]
fn a_text_on_a_photograph_has_the_contrast_that_it_needs() {
    // The lightest photograph there is.
    let white = vec![255_u8; 64 * 64 * 3];
    let mut file = Vec::new();
    image::ImageEncoder::write_image(
        image::codecs::png::PngEncoder::new(&mut file),
        &white,
        64,
        64,
        image::ExtendedColorType::Rgb8,
    )
    .unwrap();
    let photo = crate::Picture::read(&file, &crate::PictureLimits::default()).unwrap();
    for painter in painters() {
        let face = Face::new("cover", Topic::Tourism)
            .with_text("title", "하얀 눈밭")
            .with_text("lead", "겨울 나들이")
            .with_picture(photo.clone());
        let painted = painter.paint(&face).unwrap();
        assert!(painted.lines.len() >= 2);
        for line in &painted.lines {
            // At the right end of its room, where no letter stands, at its top and at its bottom.
            assert!(painter.fonts.width(&line.text, line.weight, line.size) < line.area.width - 4.0);
            for y in [line.area.y, line.area.bottom() - 1.0] {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the card")]
                let (x, y) = ((line.area.right() - 2.0) as usize, y as usize);
                let pixel = &painted.canvas.pixels[(y * painted.canvas.width + x) * 3..][..3];
                let contrast = Colour::WHITE.contrast(Colour([pixel[0], pixel[1], pixel[2]]));
                assert!(contrast >= 4.5, "{contrast} behind {line:?}");
            }
        }
        // And the photograph is not darkened where nothing stands on it.
        assert_eq!(painted.canvas.pixels[..3], [255; 3]);
    }
}

#[test]
fn templates_that_cannot_be_are_refused_or_drawn_and_never_a_panic() {
    let head = "name = \"odd\"\nwhat = \"\"\n[[layer]]\nis = \"ground\"\ncolour = \"ground\"\n";
    let item = "item = [{ is = \"text\", text = \"title\", size = [80, 50] }]";
    let white = "item = [{ is = \"text\", text = \"title\", size = [80, 50], colour = \"white\" }]";
    let layers = [
        ("[[layer]]\nis = \"picture\"\narea = [1500, 0, 100, 1000]".to_owned(), true),
        ("[[layer]]\nis = \"icon\"\narea = [0, 0, 200000, 200000]".to_owned(), false),
        (format!("[[layer]]\nis = \"stack\"\narea = [0, 0, nan, 1000]\n{item}"), false),
        (format!("[[layer]]\nis = \"stack\"\narea = [990, 0, 10, 1000]\n{item}"), false),
        (format!("[[layer]]\nis = \"stack\"\non-picture = true\narea = [0, 0, 1000, 1000]\n{item}"), false),
        // White on what may be no photograph.
        (format!("[[layer]]\nis = \"stack\"\non-picture = true\narea = [0, 0, 1000, 1000]\n{white}"), false),
        (format!("[[layer]]\nis = \"picture\"\narea = [0, 0, 1000, 1000]\n[[layer]]\nis = \"stack\"\non-picture = true\nwhen = \"picture\"\narea = [0, 0, 1000, 1000]\n{white}"), true),
        ("[[layer]]\nis = \"ground\"\ncolour = \"soft\"".to_owned(), false),
        ("[[layer]]\nis = \"stack\"\narea = [0, 0, 1000, 1000]\nitem = [{ is = \"space\", size = nan }]".to_owned(), false),
        ("[[layer]]\nis = \"stack\"\narea = [0, 0, 1000, 1000]\nitem = [{ is = \"text\", text = \"title\", size = [80, 50], lines = 4000 }]".to_owned(), false),
    ];
    for (layer, is_taken) in layers {
        for painter in painters() {
            match painter.with_template(&format!("{head}{layer}")) {
                Ok(odd) => {
                    assert!(is_taken, "{layer}");
                    let face =
                        Face::new("odd", Topic::Policy).with_text("title", "제목").with_text("lead", "갈 곳 없는 말");
                    let painted = odd.paint(&face).unwrap();
                    assert!(painted.left.iter().any(|left| left.text == "갈 곳 없는 말"), "{:?}", painted.left);
                }
                Err(error) => assert!(!is_taken && error.to_string().contains("template `odd`"), "{layer}: {error}"),
            }
        }
    }
}
