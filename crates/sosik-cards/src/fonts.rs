//! Faces: what is drawn with what, and how wide it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

use crate::error::CardError;

/// A weight of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Weight {
    /// For facts.
    Regular,
    /// For labels.
    Bold,
    /// For titles.
    ExtraBold,
}

/// The file of the regular face: for pages that show what the cards are part of.
#[must_use]
pub fn regular_font() -> &'static [u8] {
    include_bytes!("../fonts/NanumSquareR.ttf")
}

/// The faces that cards are drawn with: three weights, and faces for what those lack.
///
/// [`Fonts::embedded`] has NanumSquare (SIL Open Font License 1.1; the 2,479 syllables that are in use), `NanumGothic` for the
/// rest of the 11,172 syllables and for 4,620 hanja, Noto Sans for the Latin letters of other languages, Greek and Cyrillic,
/// and Noto Emoji (the same licence), each as its makers give it. A sign that a face lists and does not draw, as NanumSquare
/// does with rare syllables, counts as one that it lacks.
///
/// ```
/// use sosik_cards::{Fonts, Weight};
///
/// let fonts = Fonts::embedded();
/// assert_eq!(fonts.missing("양주시 韓國 😀 Aa"), "");
/// assert!(fonts.width("가나", Weight::Bold, 40.0) > fonts.width("가", Weight::Bold, 40.0));
/// ```
#[derive(Clone)]
pub struct Fonts {
    inner: Arc<Inner>,
    /// Whether the faces for other alphabets come before those of the city.
    alphabets_first: bool,
}

struct Inner {
    faces: Vec<Face>,
    /// What a cluster of characters becomes, by weight.
    shaped: Mutex<HashMap<ShapeKey, Known>>,
    /// Glyphs as they cover pixels.
    masks: Mutex<HashMap<MaskKey, Arc<GlyphMask>>>,
}

/// A weight, whether other alphabets come first, and a cluster.
type ShapeKey = (Weight, bool, Box<str>);

/// A cluster as glyphs, or that no face has it.
type Known = Option<Arc<Shaped>>;

struct Face {
    data: Cow<'static, [u8]>,
    /// For which weight it is; nothing where it stands in for all.
    weight: Option<Weight>,
    stands_in: StandsIn,
    units: f32,
}

/// For what a face stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandsIn {
    /// For nothing: it is the city's own.
    Nothing,
    /// For letters of other alphabets, in its weight.
    Alphabets,
    /// For syllables and hanja that are rare, in its weight.
    Rare,
    /// For emoji.
    Emoji,
    /// For whatever no other face has.
    Rest,
}

/// A cluster of characters as glyphs, in ems.
pub(crate) struct Shaped {
    pub(crate) glyphs: Vec<Placed>,
    pub(crate) advance: f32,
}

pub(crate) struct Placed {
    face: usize,
    glyph: u32,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct MaskKey {
    face: usize,
    glyph: u32,
    /// In 64ths of a pixel.
    size: u32,
    /// In quarters of a pixel.
    shift: u8,
}

/// How a glyph covers pixels.
pub(crate) struct GlyphMask {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: usize,
    pub(crate) coverage: Vec<u8>,
}

/// So many glyphs are kept drawn; then they are drawn anew. A card has some 200.
const MASKS: usize = 8_192;

impl Fonts {
    /// The embedded faces.
    #[must_use]
    pub fn embedded() -> Self {
        let face =
            |data: &'static [u8], weight, stands_in| Face { data: Cow::Borrowed(data), weight, stands_in, units: 1.0 };
        let (regular, bold): (&[u8], &[u8]) =
            (include_bytes!("../fonts/NotoSans-Regular.ttf"), include_bytes!("../fonts/NotoSans-Bold.ttf"));
        let (rare, rare_bold): (&[u8], &[u8]) =
            (include_bytes!("../fonts/NanumGothic.ttf"), include_bytes!("../fonts/NanumGothicBold.ttf"));
        Self::of(vec![
            face(regular_font(), Some(Weight::Regular), StandsIn::Nothing),
            face(include_bytes!("../fonts/NanumSquareB.ttf"), Some(Weight::Bold), StandsIn::Nothing),
            face(include_bytes!("../fonts/NanumSquareEB.ttf"), Some(Weight::ExtraBold), StandsIn::Nothing),
            face(regular, Some(Weight::Regular), StandsIn::Alphabets),
            face(bold, Some(Weight::Bold), StandsIn::Alphabets),
            face(bold, Some(Weight::ExtraBold), StandsIn::Alphabets),
            face(rare, Some(Weight::Regular), StandsIn::Rare),
            face(rare_bold, Some(Weight::Bold), StandsIn::Rare),
            face(rare_bold, Some(Weight::ExtraBold), StandsIn::Rare),
            face(include_bytes!("../fonts/NotoEmoji-Bold.ttf"), None, StandsIn::Emoji),
        ])
    }

    fn of(mut faces: Vec<Face>) -> Self {
        for face in &mut faces {
            let font = FontRef::new(&face.data).ok();
            face.units = font
                .map_or(1_000.0, |font| f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em));
        }
        let inner = Inner { faces, shaped: Mutex::default(), masks: Mutex::default() };
        Self { inner: Arc::new(inner), alphabets_first: false }
    }

    /// The faces with another for a weight: a TrueType or OpenType file. What it lacks is drawn with the embedded one.
    ///
    /// # Errors
    ///
    /// [`CardError::Font`] when the file is no font, or has no outlines.
    pub fn with_face(self, weight: Weight, file: Vec<u8>) -> Result<Self, CardError> {
        self.with(file, Some(weight))
    }

    /// The faces with one more for what all of the others lack: another script.
    ///
    /// # Errors
    ///
    /// [`CardError::Font`] when the file is no font, or has no outlines.
    pub fn with_fallback(self, file: Vec<u8>) -> Result<Self, CardError> {
        self.with(file, None)
    }

    fn with(self, file: Vec<u8>, weight: Option<Weight>) -> Result<Self, CardError> {
        let font = FontRef::new(&file).map_err(|error| CardError::Font(Box::new(error)))?;
        if font.outline_glyphs().format().is_none() || font.charmap().mappings().next().is_none() {
            return Err(CardError::Font("it has no outlines".into()));
        }
        let mut faces: Vec<Face> = self
            .inner
            .faces
            .iter()
            .map(|face| Face { data: face.data.clone(), weight: face.weight, stands_in: face.stands_in, units: 1.0 })
            .collect();
        let stands_in = if weight.is_some() { StandsIn::Nothing } else { StandsIn::Rest };
        let face = Face { data: Cow::Owned(file), weight, stands_in, units: 1.0 };
        if weight.is_some() {
            faces.insert(0, face);
        } else {
            faces.push(face);
        }
        Ok(Self::of(faces))
    }

    /// The faces as a card with these texts wants them. Where none of them is Korean and the city's own face lacks some
    /// letter (`ế`), all are set in the face that has it, so that no word changes its face in the middle.
    pub(crate) fn for_texts(&self, texts: &[&str]) -> Self {
        let is_hangul = |c: char| matches!(c, '가'..='힣' | 'ㄱ'..='ㆎ');
        let has = |stands_in, c: char| self.inner.faces.iter().any(|face| face.stands_in == stands_in && face.has(c));
        let lacks = |c: char| c.is_alphabetic() && !has(StandsIn::Nothing, c) && has(StandsIn::Alphabets, c);
        let has_hangul = texts.iter().any(|text| text.chars().any(is_hangul));
        let alphabets_first = !has_hangul && texts.iter().any(|text| text.chars().any(lacks));
        Self { inner: Arc::clone(&self.inner), alphabets_first }
    }

    /// The width of a line of text, in pixels at a size in pixels. What no face has takes no room.
    #[must_use]
    pub fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        let ems: f32 =
            clusters(text).filter_map(|cluster| self.shaped(cluster, weight)).map(|shaped| shaped.advance).sum();
        ems * size
    }

    /// The characters of a text that no face has, each once, in the text's order.
    #[must_use]
    pub fn missing(&self, text: &str) -> String {
        let mut missing = String::new();
        for cluster in clusters(text).filter(|cluster| !cluster.trim().is_empty()) {
            if self.shaped(cluster, Weight::Regular).is_none() && !missing.contains(cluster) {
                missing.push_str(cluster);
            }
        }
        missing
    }

    /// A cluster as glyphs; nothing where no face has it.
    pub(crate) fn shaped(&self, cluster: &str, weight: Weight) -> Option<Arc<Shaped>> {
        let key = (weight, self.alphabets_first, cluster.into());
        let mut known = self.inner.shaped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shaped) = known.get(&key) {
            return shaped.clone();
        }
        let shaped = self.shape(cluster, weight).map(Arc::new);
        if known.len() > 4 * MASKS {
            known.clear();
        }
        known.insert(key, shaped.clone());
        shaped
    }

    fn shape(&self, cluster: &str, weight: Weight) -> Option<Shaped> {
        let wants_emoji = cluster.contains(['\u{fe0f}', '\u{200d}', '\u{20e3}']);
        let rank = |face: &Face| match (face.stands_in, face.weight) {
            (StandsIn::Alphabets, Some(own)) if own == weight && self.alphabets_first => 0,
            (StandsIn::Nothing, Some(own)) if own == weight => 1,
            (StandsIn::Alphabets, Some(own)) if own == weight => 2,
            (StandsIn::Rare, Some(own)) if own == weight => 3,
            (_, None) => 4,
            _ => 5,
        };
        let mut order: Vec<_> = self.inner.faces.iter().enumerate().collect();
        order.sort_by_key(|(_, face)| rank(face));
        if wants_emoji {
            order.sort_by_key(|(_, face)| face.stands_in != StandsIn::Emoji);
        }
        order.into_iter().find_map(|(at, face)| face.shape(at, cluster))
    }

    /// A glyph as it covers pixels: at a size, and a part of a pixel to the right.
    pub(crate) fn mask(&self, placed: &Placed, size: f32, shift: f32) -> Arc<GlyphMask> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small and positive")]
        let (size_key, shift_key) = ((size * 64.0).round() as u32, (shift * 4.0).floor().clamp(0.0, 3.0) as u8);
        let key = MaskKey { face: placed.face, glyph: placed.glyph, size: size_key, shift: shift_key };
        let mut known = self.inner.masks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mask) = known.get(&key) {
            return Arc::clone(mask);
        }
        let mask = Arc::new(self.inner.faces[placed.face].mask(placed.glyph, size, f32::from(shift_key) / 4.0));
        if known.len() >= MASKS {
            known.clear();
        }
        known.insert(key, Arc::clone(&mask));
        mask
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} faces)", self.inner.faces.len())
    }
}

/// The clusters of characters that people see as one.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    unicode_segmentation::UnicodeSegmentation::graphemes(text, true)
}

impl Face {
    fn has(&self, c: char) -> bool {
        FontRef::new(&self.data).is_ok_and(|font| font.charmap().map(c).is_some_and(|glyph| draws(&font, glyph, c)))
    }

    fn shape(&self, at: usize, cluster: &str) -> Option<Shaped> {
        let font = FontRef::new(&self.data).ok()?;
        let map = font.charmap();
        let mut chars = cluster.chars();
        let first = chars.next()?;
        if chars.next().is_none() {
            let glyph = map.map(first).filter(|glyph| draws(&font, *glyph, first))?;
            let advance = font.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(glyph)?;
            let glyphs = vec![Placed { face: at, glyph: glyph.to_u32(), x: 0.0, y: 0.0 }];
            return Some(Shaped { glyphs, advance: advance / self.units });
        }
        // What only joins or varies the signs beside it need not be in the face.
        let joins =
            |c: char| matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') || ('\u{e0000}'..='\u{e007f}').contains(&c);
        if !cluster.chars().all(|c| joins(c) || map.map(c).is_some()) {
            return None;
        }
        let shaping = FontRef::from_index(&self.data, 0).ok()?;
        let data = harfrust::ShaperData::new(&shaping);
        let mut buffer = harfrust::UnicodeBuffer::new();
        buffer.push_str(cluster);
        buffer.guess_segment_properties();
        let output = data.shaper(&shaping).build().shape(buffer, harfrust::ShapeOptions::new());
        let (mut glyphs, mut x) = (Vec::new(), 0.0);
        for (info, position) in output.glyph_infos().iter().zip(output.glyph_positions()) {
            if info.glyph_id == 0 {
                return None;
            }
            #[expect(clippy::cast_precision_loss, reason = "font units are small")]
            let ems = |units: i32| units as f32 / self.units;
            let placed =
                Placed { face: at, glyph: info.glyph_id, x: x + ems(position.x_offset), y: ems(position.y_offset) };
            glyphs.push(placed);
            x += ems(position.x_advance);
        }
        Some(Shaped { glyphs, advance: x })
    }

    fn mask(&self, glyph: u32, size: f32, shift: f32) -> GlyphMask {
        self.outline(glyph, size, shift).unwrap_or(GlyphMask { left: 0, top: 0, width: 0, coverage: Vec::new() })
    }

    fn outline(&self, glyph: u32, size: f32, shift: f32) -> Option<GlyphMask> {
        let font = FontRef::new(&self.data).ok()?;
        let outline = font.outline_glyphs().get(GlyphId::new(glyph))?;
        let mut pen = Pen(PathBuilder::new());
        outline.draw(DrawSettings::unhinted(Size::new(size), LocationRef::default()), &mut pen).ok()?;
        let path = pen.0.finish()?;
        let bounds = path.bounds();
        #[expect(clippy::cast_possible_truncation, reason = "glyphs are far smaller")]
        let (left, top) = ((bounds.left() + shift).floor() as i32 - 1, bounds.top().floor() as i32 - 1);
        #[expect(clippy::cast_precision_loss, reason = "glyphs are far smaller")]
        let (x, y) = (shift - left as f32, -(top as f32));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "glyphs are far smaller")]
        let (width, height) = ((bounds.right() + x).ceil() as u32 + 1, (bounds.bottom() + y).ceil() as u32 + 1);
        let mut mask = Mask::new(width, height)?;
        mask.fill_path(&path, FillRule::Winding, true, Transform::from_translate(x, y));
        Some(GlyphMask { left, top, width: usize::try_from(width).ok()?, coverage: mask.take() })
    }
}

/// Whether a face draws a character that is seen: some list what they leave empty.
fn draws(font: &FontRef<'_>, glyph: GlyphId, c: char) -> bool {
    let is_drawn = || {
        let mut pen = Pen(PathBuilder::new());
        let size = DrawSettings::unhinted(Size::new(16.0), LocationRef::default());
        let outline = font.outline_glyphs().get(glyph);
        outline.is_some_and(|outline| outline.draw(size, &mut pen).is_ok()) && pen.0.finish().is_some()
    };
    c.is_whitespace() || is_drawn()
}

/// Draws an outline with y growing downwards.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, -cy, x, -y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.cubic_to(ax, -ay, bx, -by, x, -y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(fonts: &Fonts, cluster: &str) -> usize {
        fonts.shaped(cluster, Weight::ExtraBold).unwrap().glyphs[0].face
    }

    #[test]
    fn every_syllable_and_every_hanja_of_the_standard_is_drawn_in_each_weight() {
        let fonts = Fonts::embedded();
        let drawn = |c: char, weight| {
            let mut bytes = [0; 4];
            let shaped = fonts.shaped(c.encode_utf8(&mut bytes), weight);
            shaped.is_some_and(|shaped| {
                shaped.glyphs.iter().any(|glyph| fonts.mask(glyph, 24.0, 0.0).coverage.iter().any(|part| *part > 0))
            })
        };
        for weight in [Weight::Regular, Weight::Bold, Weight::ExtraBold] {
            let blank: String = ('가'..='힣').filter(|c| !drawn(*c, weight)).collect();
            assert_eq!(blank, "", "{weight:?}");
            // KS X 1001 has 4,888 places for 4,620 hanja.
            assert_eq!(('一'..='\u{9fff}').filter(|c| drawn(*c, weight)).count(), 4_620, "{weight:?}");
        }
    }

    #[test]
    fn no_word_changes_its_face_in_the_middle() {
        let fonts = Fonts::embedded();
        let vietnamese = fonts.for_texts(&["Đường sách mùa đông", "Miễn phí"]);
        let faces: std::collections::BTreeSet<usize> =
            ["Đ", "ư", "ờ", "n", "g", "M", "ễ", "1"].map(|cluster| face(&vietnamese, cluster)).into();
        assert_eq!(faces.len(), 1, "{faces:?}");
        // What the city's own face has whole, and what is Korean, stays in it.
        for texts in [&["Winter lights"][..], &["카페 Café 12월"]] {
            let own = fonts.for_texts(texts);
            assert_eq!(face(&own, "n"), face(&fonts, "가"), "{texts:?}");
        }
        assert_eq!(fonts.missing("Café Đường Привет Ελλάδα"), "");
    }
}
