use std::fmt;
use std::sync::Arc;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use sosik_content::Edition;

use crate::error::CardError;
use crate::font::Fonts;
use crate::format::CardFormat;
use crate::layout::{Place, WIDTH, layout};
use crate::theme::Theme;

/// Draws the cards of editions in one theme and format. Fonts are read once.
pub struct Painter {
    theme: Theme,
    format: CardFormat,
    fonts: Fonts,
    database: Arc<Database>,
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
    pub jpeg: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Every text on it, in reading order, for those who cannot see it.
    pub alt: String,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drawn({}x{}, {} bytes, {:?})", self.width, self.height, self.jpeg.len(), self.alt)
    }
}

/// Qualities that are tried until the file is small enough.
const QUALITIES: [u8; 5] = [92, 85, 75, 60, 40];

impl Painter {
    /// A painter of a theme in a format.
    ///
    /// # Errors
    ///
    /// [`CardError::Render`] when the embedded fonts cannot be read.
    pub fn new(theme: Theme, format: CardFormat) -> Result<Self, CardError> {
        Ok(Self { theme, format, fonts: Fonts::new()?, database: Arc::new(Fonts::database()) })
    }

    /// Draws the card at a place of an edition, from 0.
    ///
    /// # Errors
    ///
    /// [`CardError`] when there is no such card, or its picture cannot be made small enough.
    pub fn draw(&self, edition: &Edition, place: usize) -> Result<Drawn, CardError> {
        let cards = edition.cards();
        let card = cards.get(place).ok_or(CardError::Missing { place, cards: cards.len() })?;
        let place = Place { number: place + 1, of: cards.len(), edition: edition.title() };
        let layout = layout(card, &place, &self.theme, &self.fonts);

        let options = Options { fontdb: Arc::clone(&self.database), ..Options::default() };
        let tree = Tree::from_str(&layout.svg, &options).map_err(|error| CardError::Render(Box::new(error)))?;
        let (width, height) = (self.format.width(), self.format.height());
        let mut pixels =
            Pixmap::new(width, height).ok_or_else(|| CardError::Render("a picture without pixels".into()))?;
        #[expect(clippy::cast_precision_loss, reason = "pictures are far smaller than 2^24 pixels across")]
        let scale = width as f32 / WIDTH;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());

        let jpeg = self.encode(&pixels)?;
        let alt = layout.texts.join("\n");
        Ok(Drawn { jpeg, width, height, alt })
    }

    fn encode(&self, pixels: &Pixmap) -> Result<Vec<u8>, CardError> {
        // The ground covers everything, so that no pixel is transparent and colours are what they seem.
        let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let side = |pixels: u32| u16::try_from(pixels).map_err(|error| CardError::Encode(Box::new(error)));
        let (width, height) = (side(self.format.width())?, side(self.format.height())?);
        let mut bytes = 0;
        for quality in QUALITIES {
            let mut file = Vec::new();
            let mut encoder = Encoder::new(&mut file, quality);
            // Letters in colour fray when colours are stored at half the resolution.
            encoder.set_sampling_factor(SamplingFactor::F_1_1);
            encoder.set_optimized_huffman_tables(true);
            encoder.encode(&rgb, width, height, ColorType::Rgb).map_err(|error| CardError::Encode(Box::new(error)))?;
            bytes = file.len();
            if bytes <= self.format.max_bytes() {
                return Ok(file);
            }
        }
        Err(CardError::TooLarge { bytes, max: self.format.max_bytes() })
    }
}
