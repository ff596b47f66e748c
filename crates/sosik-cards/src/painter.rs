#[cfg(test)]
mod checks;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sosik_content::{Card, Edition, Topic};

use crate::canvas::{Area, Canvas, Style};
use crate::colour::Colour;
use crate::contrast;
use crate::encode::{FileKind, encode};
use crate::error::CardError;
use crate::face::Face;
use crate::fonts::{Fonts, Weight, clusters};
use crate::format::CardFormat;
use crate::icon::{Drawing, drawing};
use crate::layout::{Block, Left, Mark, Placed, Setting, stack};
use crate::logo::Logo;
use crate::picture::scrim_needed;
use crate::template::{Layer, Stack, Templates, When};
use crate::theme::Theme;

/// Draws cards in one theme and format. Fonts are read once.
pub struct Painter {
    theme: Theme,
    format: CardFormat,
    kind: FileKind,
    fonts: Fonts,
    templates: Templates,
    drawings: Mutex<HashMap<(Topic, u32), Arc<Drawing>>>,
}

impl fmt::Debug for Painter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Painter").field("theme", &self.theme).field("format", &self.format).finish_non_exhaustive()
    }
}

/// A picture of a card.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drawn {
    /// The file.
    pub file: Vec<u8>,
    /// What the file is.
    pub kind: FileKind,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Every text on it, in reading order, for those who cannot see it.
    pub alt: String,
    /// What found no room, for another card or another wording.
    pub left: Vec<Left>,
    /// The characters that no face has, which are not drawn.
    pub missing: String,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drawn({}x{}, {} bytes, {:?})", self.width, self.height, self.file.len(), self.alt)
    }
}

impl Painter {
    /// The most pictures that one card becomes: a reader leaves one that goes on and on.
    pub const MOST: usize = 4;

    /// A painter of a theme in a format, with the theme's faces before the embedded ones, and the templates that are made,
    /// for JPEG.
    ///
    /// # Errors
    ///
    /// [`CardError::Template`] when a text of a template that is made would have a contrast below 4.5:1 in this theme.
    pub fn new(theme: Theme, format: CardFormat) -> Result<Self, CardError> {
        let templates = Templates::made()?;
        let embedded = Fonts::embedded();
        let fonts = (theme.typefaces().iter())
            .try_fold(embedded, |fonts, (weight, file)| fonts.with_face(*weight, file.clone()))?;
        templates.all().try_for_each(|template| contrast::check(template, &theme, format))?;
        Ok(Self { theme, format, kind: FileKind::Jpeg, fonts, templates, drawings: Mutex::default() })
    }

    /// The painter with other faces.
    #[must_use]
    pub fn with_fonts(mut self, fonts: Fonts) -> Self {
        self.fonts = fonts;
        self
    }

    /// The painter for other files.
    #[must_use]
    pub fn with_kind(mut self, kind: FileKind) -> Self {
        self.kind = kind;
        self
    }

    /// The painter with a template of a city's own, which takes the place of one of the same name.
    ///
    /// # Errors
    ///
    /// [`CardError::Template`] with the line, or the layer, that cannot be: such as a text whose contrast with what is
    /// behind it is below 4.5:1 in the painter's theme.
    pub fn with_template(mut self, file: &str) -> Result<Self, CardError> {
        contrast::check(self.templates.add(file)?, &self.theme, self.format)?;
        Ok(self)
    }

    /// The names of the templates, and what each is for.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.templates.iter()
    }

    /// Draws the card at a place of an edition, from 0.
    ///
    /// # Errors
    ///
    /// [`CardError`] when there is no such card, or its picture cannot be made small enough.
    pub fn draw(&self, edition: &Edition, place: usize) -> Result<Drawn, CardError> {
        let cards = edition.cards();
        let card = cards.get(place).ok_or(CardError::Missing { place, cards: cards.len() })?;
        self.draw_face(&face_of(card, edition, place))
    }

    /// Draws what a card says.
    ///
    /// # Errors
    ///
    /// [`CardError`] when there is no such template, or the picture cannot be made small enough.
    pub fn draw_face(&self, face: &Face) -> Result<Drawn, CardError> {
        let painted = self.paint(face)?;
        let file = encode(&painted.canvas, self.kind, self.format.max_bytes())?;
        Ok(Drawn {
            file,
            kind: self.kind,
            width: self.format.width(),
            height: self.format.height(),
            alt: painted.alt,
            left: painted.left,
            missing: painted.missing,
        })
    }

    /// Draws what a card says, and what has no room on it on further cards: whole facts, numbered as they were, under the
    /// same title. Most often that is one picture; it is never more than [`MOST`](Self::MOST). What no card takes up is told
    /// on the one that left it away.
    ///
    /// # Errors
    ///
    /// As [`draw_face`](Self::draw_face).
    pub fn draw_whole(&self, face: &Face) -> Result<Vec<Drawn>, CardError> {
        let mut drawn = vec![self.draw_face(face)?];
        let mut face = face.clone();
        while drawn.len() < Self::MOST {
            let Some(last) = drawn.last_mut() else { break };
            let Some((next, kept)) = face.rest(last.left.clone()) else { break };
            let mut further = self.draw_face(&next)?;
            // A template of a city's own may show nothing of it.
            if further.left.len() + kept.len() > last.left.len() {
                break;
            }
            last.left = kept;
            // The kind of news stands on the first, whether or not there is room for it here.
            further.left.retain(|left| left.name != "topic");
            drawn.push(further);
            face = next;
        }
        Ok(drawn)
    }

    pub(crate) fn paint(&self, face: &Face) -> Result<Painted, CardError> {
        let template = self.templates.named(&face.template)?;
        let (width, height) = (self.format.width() as usize, self.format.height() as usize);
        let mut painted = Painted {
            canvas: Canvas { width, height, pixels: Vec::new() },
            alt: String::new(),
            left: Vec::new(),
            missing: String::new(),
            lines: Vec::new(),
            shown: BTreeSet::new(),
            photograph: None,
            fonts: self.fonts.for_texts(&face.words().collect::<Vec<_>>()),
        };
        let mut texts: Vec<String> = Vec::new();
        let covering = self.covering(&template.layers, face);
        if covering.is_none() {
            painted.canvas = Canvas::new(width, height, self.theme.colours(face.topic).ground);
        }
        for layer in &template.layers[covering.unwrap_or(0)..] {
            if layer.is_there(face.picture.is_some()) {
                self.paint_layer(layer, face, &mut painted, &mut texts)?;
            }
        }
        painted.left.extend(crate::layout::without_place(face, &painted.shown));
        painted.missing = self.fonts.missing(&face.words().collect::<Vec<_>>().join(" "));
        painted.alt = texts.join("\n").replace('\u{a0}', " ");
        Ok(painted)
    }

    /// The photograph that covers the card, where there is one: it hides what is behind it.
    fn covering(&self, layers: &[Layer], face: &Face) -> Option<usize> {
        let covers = |layer: &Layer| match layer {
            Layer::Picture { area, round: false, when } if *when != Some(When::NoPicture) => {
                face.picture.is_some() && area.of(self.format.shape()) == Some([0.0, 0.0, 1_000.0, 1_000.0])
            }
            _ => false,
        };
        layers.iter().rposition(covers)
    }

    fn paint_layer(
        &self,
        layer: &Layer,
        face: &Face,
        painted: &mut Painted,
        texts: &mut Vec<String>,
    ) -> Result<(), CardError> {
        let canvas = &mut painted.canvas;
        let radius = self.theme.radius() * self.format.unit();
        match layer {
            Layer::Ground { colour, .. } => {
                *canvas = Canvas::new(canvas.width, canvas.height, self.theme.role(*colour, face.topic));
            }
            Layer::Panel { area, colour, opacity, radius: own, .. } => {
                if let Some(area) = area.on(self.format) {
                    let radius = own.map_or(radius, |own| own * self.format.unit());
                    canvas.fill(area, radius, self.theme.role(*colour, face.topic), *opacity);
                }
            }
            Layer::Circle { area, colour, opacity, .. } => {
                if let Some(area) = area.on(self.format) {
                    let side = area.width.min(area.height);
                    let (x, y) = (area.x + (area.width - side) / 2.0, area.y + (area.height - side) / 2.0);
                    let square = Area { x, y, width: side, height: side };
                    canvas.fill(square, side / 2.0, self.theme.role(*colour, face.topic), *opacity);
                }
            }
            Layer::Picture { area, round, .. } => {
                if let (Some(area), Some(picture)) = (area.on(self.format), &face.picture) {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "areas are within the card"
                    )]
                    let [x, y, right, bottom] =
                        [area.x, area.y, area.right(), area.bottom()].map(|side| side.round().max(0.0) as usize);
                    let (right, bottom) = (right.min(canvas.width), bottom.min(canvas.height));
                    if x >= right || y >= bottom {
                        return Ok(());
                    }
                    painted.shown.insert("picture".to_owned());
                    painted.photograph = Some(area);
                    let (width, height) = (right - x, bottom - y);
                    if (width, height) == (canvas.width, canvas.height) && !round {
                        *canvas = picture.cover(width, height, std::mem::take(&mut canvas.pixels))?;
                    } else {
                        let cut = picture.cover(width, height, Vec::new())?;
                        canvas.put(&cut, x, y, if *round { radius } else { 0.0 });
                    }
                }
            }
            Layer::Icon { area, .. } => {
                if let Some(area) = area.on(self.format) {
                    self.drawing(face.topic, &area)?.paint(canvas, &area);
                }
            }
            Layer::Stack(layer) => {
                if let Some(area) = layer.area.on(self.format) {
                    self.paint_stack(layer, area, face, painted, texts)?;
                }
            }
        }
        Ok(())
    }

    fn paint_stack(
        &self,
        layer: &Stack,
        area: Area,
        face: &Face,
        painted: &mut Painted,
        texts: &mut Vec<String>,
    ) -> Result<(), CardError> {
        let fonts = painted.fonts.clone();
        let setting = Setting {
            face,
            fonts: &fonts,
            format: self.format,
            city: self.theme.city(),
            mark: self.theme.logo().map_or(1.0, Logo::aspect),
        };
        let (block, left) = stack(layer, area, &setting);
        painted.left.extend(left);
        painted.shown.extend(layer.items.iter().flat_map(crate::layout::names));
        if let Some(photograph) = painted.photograph.filter(|_| layer.on_picture) {
            self.shade(&block, photograph, &mut painted.canvas);
        }
        for mark in &block.marks {
            self.paint_mark(mark, face, painted)?;
        }
        texts.extend(block.texts);
        Ok(())
    }

    /// Shades the photograph behind the texts of a block, from a little above them down, as far as they need to be read.
    fn shade(&self, block: &Block, photograph: Area, canvas: &mut Canvas) {
        if block.marks.is_empty() {
            return;
        }
        let above = 90.0 * self.format.unit();
        let (top, bottom) = ((block.area.y - above).max(photograph.y), photograph.bottom());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "areas are within the card")]
        let [from, to, left, right] =
            [block.area.y, block.area.bottom(), block.area.x, block.area.right()].map(|side| side.max(0.0) as usize);
        let needed = scrim_needed(canvas, from..to + 1, left..right, Colour::WHITE, Colour::BLACK);
        let full = ((block.area.y - top) / (bottom - top).max(1.0)).max(0.001);
        let area = Area { x: photograph.x, y: top, width: photograph.width, height: bottom - top };
        canvas.shade(area, Colour::BLACK, |down| needed * (down / full).min(1.0));
    }

    fn paint_mark(&self, mark: &Mark, face: &Face, painted: &mut Painted) -> Result<(), CardError> {
        let (canvas, fonts) = (&mut painted.canvas, &painted.fonts);
        match mark {
            Mark::Strip { area, radius, colour } => {
                canvas.fill(*area, *radius, self.theme.role(*colour, face.topic), 1.0);
            }
            Mark::Line(line) => {
                let colour = self.theme.role(line.colour, face.topic);
                let style = Style { weight: line.weight, size: line.size, colour };
                canvas.write(fonts, &line.text, style, line.x, line.baseline);
                painted.lines.push(line.clone());
            }
            Mark::Code { area } => {
                if let Some(link) = &face.code {
                    code(canvas, *area, link.as_str())?;
                }
            }
            Mark::City { area } => {
                if let Some(logo) = self.theme.logo() {
                    logo.drawn(area.height.min(area.width / logo.aspect()))?.paint(canvas, area);
                    return Ok(());
                }
                // An ornament: it repeats the first letter of the name beside it.
                let palette = self.theme.palette();
                canvas.fill(*area, area.width * 0.3, palette.mark, 1.0);
                let letter = clusters(self.theme.city()).next().unwrap_or_default();
                let size = area.width * 0.62;
                let x = area.x + (area.width - fonts.width(letter, Weight::ExtraBold, size)) / 2.0;
                let style = Style { weight: Weight::ExtraBold, size, colour: palette.on_strong };
                canvas.write(fonts, letter, style, x, area.y + area.height * 0.72);
            }
        }
        Ok(())
    }

    fn drawing(&self, topic: Topic, area: &Area) -> Result<Arc<Drawing>, CardError> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "areas are within the card")]
        let side = area.width.min(area.height).round().max(1.0) as u32;
        let mut known = self.drawings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(drawing) = known.get(&(topic, side)) {
            return Ok(Arc::clone(drawing));
        }
        let drawing = Arc::new(drawing(topic, self.theme.colours(topic), side)?);
        known.insert((topic, side), Arc::clone(&drawing));
        Ok(drawing)
    }
}

/// A card as pixels, and what is on it.
pub(crate) struct Painted {
    pub(crate) canvas: Canvas,
    pub(crate) alt: String,
    pub(crate) left: Vec<Left>,
    pub(crate) missing: String,
    /// The lines of text in their places.
    pub(crate) lines: Vec<Placed>,
    /// The names of what the template has a place for.
    shown: BTreeSet<String>,
    /// Where the photograph is.
    photograph: Option<Area>,
    /// What its texts are set in.
    pub(crate) fonts: Fonts,
}

/// What a card of an edition says.
fn face_of(card: &Card, edition: &Edition, place: usize) -> Face {
    let face = Face::new("event", card.topic())
        .with_text("title", card.title())
        .with_text("edition", edition.title())
        .with_text("place", format!("{}/{}", place + 1, edition.cards().len()));
    card.points().iter().fold(face, |face, point| face.with_pair("facts", point.label(), point.value()))
}

/// A code that a phone's camera reads, black on white with the margin of four modules that readers need (ISO/IEC 18004).
fn code(canvas: &mut Canvas, area: Area, text: &str) -> Result<(), CardError> {
    let code = qrcode::QrCode::new(text.as_bytes()).map_err(|error| CardError::Render(Box::new(error)))?;
    let (across, modules) = (code.width(), code.to_colors());
    #[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
    let side = (area.width / (across + 8) as f32).floor().max(1.0);
    #[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
    let whole = side * (across + 8) as f32;
    let (left, top) = ((area.x + (area.width - whole) / 2.0).round(), (area.y + (area.height - whole) / 2.0).round());
    canvas.fill(Area { x: left, y: top, width: whole, height: whole }, 0.0, Colour::WHITE, 1.0);
    for (at, _) in modules.iter().enumerate().filter(|(_, module)| **module == qrcode::Color::Dark) {
        #[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
        let (column, row) = ((at % across + 4) as f32, (at / across + 4) as f32);
        let area = Area { x: left + column * side, y: top + row * side, width: side, height: side };
        canvas.fill(area, 0.0, Colour::BLACK, 1.0);
    }
    Ok(())
}
