//! Pixels, and what is painted on them: shapes, shades, pictures and glyphs.

use crate::colour::Colour;
use crate::fonts::{Fonts, GlyphMask, Weight, clusters};

/// How a line of text is written.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Area {
    pub(crate) fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f32 {
        self.y + self.height
    }
}

/// Opaque pixels, three bytes each, line by line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// A part of a way, of 255.
fn over(below: u8, above: u8, alpha: u32) -> u8 {
    let value = u32::from(below) * (255 - alpha) + u32::from(above) * alpha;
    // Exact division by 255 of what is below 65,536.
    u8::try_from((value + 128 + ((value + 128) >> 8)) >> 8).unwrap_or(u8::MAX)
}

/// The pixels that a stretch touches, within so many.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to what there is"
)]
fn pixels(from: f32, to: f32, most: usize) -> std::ops::Range<usize> {
    let within = |value: f32| value.clamp(0.0, most as f32) as usize;
    within(from.floor())..within(to.ceil())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 255")]
fn alpha_of(coverage: f32) -> u32 {
    (coverage.clamp(0.0, 1.0) * 255.0 + 0.5) as u32
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize, ground: Colour) -> Self {
        Self { width, height, pixels: ground.0.repeat(width * height) }
    }

    /// Paints a rectangle with round corners.
    pub(crate) fn fill(&mut self, area: Area, radius: f32, colour: Colour, opacity: f32) {
        let radius = radius.min(area.width / 2.0).min(area.height / 2.0).max(0.0);
        let rows = pixels(area.y, area.bottom(), self.height);
        let columns = pixels(area.x, area.right(), self.width);
        for y in rows {
            let row = y * self.width * 3;
            for x in columns.clone() {
                let coverage = corner_coverage(&area, radius, x, y);
                let alpha = alpha_of(coverage * opacity);
                let at = row + x * 3;
                match alpha {
                    0 => {}
                    255 => self.pixels[at..at + 3].copy_from_slice(&colour.0),
                    _ => blend(&mut self.pixels[at..at + 3], colour, alpha),
                }
            }
        }
    }

    /// Darkens or lightens towards a colour, line by line: `opacity(0)` at the top of the area to `opacity(1)` at its bottom.
    pub(crate) fn shade(&mut self, area: Area, colour: Colour, opacity: impl Fn(f32) -> f32) {
        let rows = pixels(area.y, area.bottom(), self.height);
        let columns = pixels(area.x, area.right(), self.width);
        // A line is shaded by a table of 256 for each part of its colour.
        let mut tables = [[0_u8; 256]; 3];
        let mut made_for = 0;
        for y in rows {
            #[expect(clippy::cast_precision_loss, reason = "pictures are far smaller")]
            let down = ((y as f32 + 0.5 - area.y) / area.height.max(1.0)).clamp(0.0, 1.0);
            let alpha = alpha_of(opacity(down));
            if alpha == 0 {
                continue;
            }
            if alpha != made_for {
                made_for = alpha;
                for (table, above) in tables.iter_mut().zip(colour.0) {
                    for (below, value) in (0..=u8::MAX).zip(table.iter_mut()) {
                        *value = over(below, above, alpha);
                    }
                }
            }
            let row = y * self.width * 3;
            for pixel in self.pixels[row + columns.start * 3..row + columns.end * 3].chunks_exact_mut(3) {
                for (part, table) in pixel.iter_mut().zip(&tables) {
                    *part = table[usize::from(*part)];
                }
            }
        }
    }

    /// Puts a picture of exactly an area's size there, with round corners.
    pub(crate) fn put(&mut self, picture: &Canvas, x: usize, y: usize, radius: f32) {
        let width = picture.width.min(self.width.saturating_sub(x));
        if width == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "pictures are far smaller")]
        let area = Area { x: x as f32, y: y as f32, width: width as f32, height: picture.height as f32 };
        for line in 0..picture.height.min(self.height.saturating_sub(y)) {
            let from = &picture.pixels[line * picture.width * 3..][..width * 3];
            let at = ((y + line) * self.width + x) * 3;
            #[expect(clippy::cast_precision_loss, reason = "pictures are far smaller")]
            let in_corner = radius > 0.0 && ((line as f32) < radius || (line as f32) >= area.height - radius - 1.0);
            if in_corner {
                for column in 0..width {
                    let alpha = alpha_of(corner_coverage(&area, radius, x + column, y + line));
                    let pixel = &from[column * 3..column * 3 + 3];
                    blend(
                        &mut self.pixels[at + column * 3..at + column * 3 + 3],
                        Colour([pixel[0], pixel[1], pixel[2]]),
                        alpha,
                    );
                }
            } else {
                self.pixels[at..at + width * 3].copy_from_slice(from);
            }
        }
    }

    /// Writes a line of text from `x` on, its letters standing on `baseline`.
    pub(crate) fn write(&mut self, fonts: &Fonts, text: &str, style: Style, x: f32, baseline: f32) {
        let Style { weight, size, colour } = style;
        let mut pen = x;
        for cluster in clusters(text) {
            let Some(shaped) = fonts.shaped(cluster, weight) else { continue };
            for placed in &shaped.glyphs {
                let (at, down) = (pen + placed.x * size, baseline - placed.y * size);
                let mask = fonts.mask(placed, size, at - at.floor());
                #[expect(clippy::cast_possible_truncation, reason = "places are within the canvas or near it")]
                self.stamp(&mask, at.floor() as i64, down.round() as i64, colour);
            }
            pen += shaped.advance * size;
        }
    }

    /// Blends a colour into a pixel, where there is one.
    pub(crate) fn dot(&mut self, x: usize, y: usize, colour: Colour, alpha: u8) {
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 3;
            blend(&mut self.pixels[at..at + 3], colour, u32::from(alpha));
        }
    }

    /// Blends a colour in where a glyph covers.
    fn stamp(&mut self, mask: &GlyphMask, x: i64, y: i64, colour: Colour) {
        if mask.width == 0 {
            return;
        }
        let left = x + i64::from(mask.left);
        for (line, top) in mask.coverage.chunks_exact(mask.width).zip(y + i64::from(mask.top)..) {
            let Some(row) = usize::try_from(top).ok().filter(|row| *row < self.height) else { continue };
            for (alpha, column) in line.iter().zip(left..) {
                if *alpha == 0 {
                    continue;
                }
                let Some(column) = usize::try_from(column).ok().filter(|column| *column < self.width) else { continue };
                let at = (row * self.width + column) * 3;
                blend(&mut self.pixels[at..at + 3], colour, u32::from(*alpha));
            }
        }
    }
}

fn blend(pixel: &mut [u8], colour: Colour, alpha: u32) {
    for (below, above) in pixel.iter_mut().zip(colour.0) {
        *below = over(*below, above, alpha);
    }
}

/// How much of a pixel is within a rectangle with round corners.
#[expect(clippy::cast_precision_loss, reason = "pictures are far smaller")]
fn corner_coverage(area: &Area, radius: f32, x: usize, y: usize) -> f32 {
    let (left, top) = (x as f32, y as f32);
    let across = ((left + 1.0).min(area.right()) - left.max(area.x)).clamp(0.0, 1.0);
    let down = ((top + 1.0).min(area.bottom()) - top.max(area.y)).clamp(0.0, 1.0);
    let (cx, cy) = (left + 0.5, top + 0.5);
    let dx = (area.x + radius - cx).max(cx - (area.right() - radius)).max(0.0);
    let dy = (area.y + radius - cy).max(cy - (area.bottom() - radius)).max(0.0);
    if dx == 0.0 || dy == 0.0 {
        return across * down;
    }
    (radius + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0).min(across * down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_exact_at_both_ends() {
        for below in [0, 1, 127, 254, 255] {
            for above in [0, 3, 128, 255] {
                assert_eq!((over(below, above, 0), over(below, above, 255)), (below, above));
                let exact = (f64::from(below) * 155.0 + f64::from(above) * 100.0) / 255.0;
                assert!((f64::from(over(below, above, 100)) - exact).abs() <= 0.5, "{below} {above}");
            }
        }
    }

    #[test]
    fn corners_are_round_and_edges_straight() {
        let mut canvas = Canvas::new(20, 20, Colour::WHITE);
        canvas.fill(Area { x: 2.0, y: 2.0, width: 16.0, height: 16.0 }, 6.0, Colour::BLACK, 1.0);
        let pixel = |x: usize, y: usize| canvas.pixels[(y * 20 + x) * 3];
        assert_eq!((pixel(10, 2), pixel(2, 10), pixel(10, 10)), (0, 0, 0));
        assert_eq!((pixel(2, 2), pixel(1, 10), pixel(18, 10)), (255, 255, 255));
        assert!((1..255).contains(&pixel(4, 3)) || (1..255).contains(&pixel(3, 4)), "the corner is smooth");
    }
}
