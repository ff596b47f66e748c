//! Colours, and how well one is read on another.

use std::fmt;
use std::str::FromStr;

/// An opaque colour in sRGB, written `#rrggbb`.
///
/// ```
/// use sosik_cards::Colour;
///
/// let white: Colour = "#ffffff".parse()?;
/// assert!((white.contrast("#000000".parse()?) - 21.0).abs() < 1e-6);
/// assert!("red".parse::<Colour>().is_err());
/// # Ok::<(), sosik_cards::ColourError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour(pub(crate) [u8; 3]);

/// The least contrast of text with what is behind it: WCAG 2.2, 1.4.3 (KWCAG 2.2, 5.4.3).
pub(crate) const READABLE: f64 = 4.5;

impl Colour {
    pub(crate) const BLACK: Self = Self([0; 3]);
    pub(crate) const WHITE: Self = Self([255; 3]);

    /// A colour of its parts.
    #[must_use]
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Its relative luminance (WCAG 2.2): 0 black, 1 white.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of two colours (WCAG 2.2): 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        ratio(self.luminance(), other.luminance())
    }
}

impl Colour {
    /// What is seen of this colour under another that covers it so far.
    pub(crate) fn under(self, over: Self, opacity: f32) -> Self {
        let part = |at: usize| {
            let (below, above) = (f32::from(self.0[at]), f32::from(over.0[at]));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two parts of colours")]
            let mixed = (below + (above - below) * opacity.clamp(0.0, 1.0)).round() as u8;
            mixed
        };
        Self([part(0), part(1), part(2)])
    }
}

/// The contrast ratio of two luminances.
pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A part of a colour as light.
pub(crate) fn linear(part: u8) -> f64 {
    let value = f64::from(part) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let fail = || ColourError { given: text.chars().take(20).collect() };
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii()).ok_or_else(fail)?;
        let value = u32::from_str_radix(digits, 16).map_err(|_| fail())?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

/// The text is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no colour: write one such as #1b4f9c")]
pub struct ColourError {
    given: String,
}
