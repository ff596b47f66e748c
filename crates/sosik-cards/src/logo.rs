//! A city's logo at the foot of its cards.

use std::fmt;
use std::sync::Arc;

use resvg::usvg::{Options, Tree};
use tiny_skia::{Pixmap, Transform};

use crate::error::CardError;
use crate::icon::Drawing;
use crate::theme::ThemeError;

/// A logo: a drawing in SVG whose letters are outlines.
#[derive(Clone)]
pub(crate) struct Logo {
    tree: Arc<Tree>,
    /// What it was read from.
    svg: Arc<str>,
}

/// A logo is no wider than so many times its height, and no narrower than one of so many.
const WIDEST: f32 = 6.0;

impl Logo {
    pub(crate) fn from_svg(svg: &str) -> Result<Self, ThemeError> {
        for (tag, why) in [
            ("<text", "letters would look otherwise on each machine: turn them into outlines"),
            ("<image", "a picture within it is not drawn: take a drawing"),
        ] {
            if svg.contains(tag) {
                return Err(ThemeError(format!("logo: it has `{tag}`: {why}")));
            }
        }
        let tree = Tree::from_str(svg, &Options::default())
            .map_err(|error| ThemeError(format!("logo: it is no drawing in SVG: {error}")))?;
        let logo = Self { tree: Arc::new(tree), svg: svg.into() };
        let aspect = logo.aspect();
        if !(1.0 / WIDEST..=WIDEST).contains(&aspect) {
            return Err(ThemeError(format!(
                "logo: it is {aspect:.1} times as wide as high, not within 1/{WIDEST} and {WIDEST}"
            )));
        }
        Ok(logo)
    }

    /// How much wider than high it is.
    pub(crate) fn aspect(&self) -> f32 {
        self.tree.size().width() / self.tree.size().height()
    }

    /// The logo so many pixels high.
    pub(crate) fn drawn(&self, height: f32) -> Result<Drawing, CardError> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cards are far smaller")]
        let side = |pixels: f32| pixels.round().max(1.0) as u32;
        let mut pixels = Pixmap::new(side(height * self.aspect()), side(height))
            .ok_or_else(|| CardError::Render("a logo without pixels".into()))?;
        let scale = height / self.tree.size().height();
        resvg::render(&self.tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        Ok(Drawing(pixels))
    }
}

impl PartialEq for Logo {
    fn eq(&self, other: &Self) -> bool {
        self.svg == other.svg
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({}x{})", self.tree.size().width(), self.tree.size().height())
    }
}
