//! Photographs that others made: read within fixed memory, turned upright, cut to an area around what matters.

use std::cell::RefCell;
use std::fmt;
use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::canvas::Canvas;
use crate::colour::Colour;

/// How large a picture may be before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureLimits {
    /// Pixels in all. Reading takes 3 to 12 bytes a pixel (a progressive JPEG 9, a PNG of 16 bits 12), and 3 while it is kept.
    pub pixels: u64,
    /// Bytes of its file.
    pub bytes: usize,
}

impl Default for PictureLimits {
    /// 50 million pixels (a phone's camera has 12 to 50), 30 MB.
    fn default() -> Self {
        Self { pixels: 50_000_000, bytes: 30_000_000 }
    }
}

/// A photograph, upright, without transparency.
#[derive(Clone)]
pub struct Picture {
    pixels: Canvas,
    focus: Option<(f32, f32)>,
    is_animated: bool,
}

impl Picture {
    /// Reads a JPEG, PNG, WebP or GIF; of an animation its first frame. What is transparent becomes white; grey, CMYK and
    /// 16-bit pictures become plain colours, by the plain rule and without their profiles.
    ///
    /// # Errors
    ///
    /// [`PictureError`] with what to do, before memory is taken for a picture above the limits.
    pub fn read(file: &[u8], limits: &PictureLimits) -> Result<Self, PictureError> {
        if file.len() > limits.bytes {
            return Err(PictureError::new(format!(
                "the file has {} bytes, {} are allowed: save it smaller",
                file.len(),
                limits.bytes
            )));
        }
        match image::guess_format(file) {
            Ok(ImageFormat::Jpeg) => jpeg(file, limits),
            Ok(format @ (ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) => other(file, format, limits),
            Ok(format) => {
                let name =
                    format.extensions_str().first().map_or_else(|| "another".to_owned(), |name| name.to_uppercase());
                Err(PictureError::new(format!("{name} is not among its formats: save it as JPEG or PNG")))
            }
            Err(_) => Err(PictureError::new("it is no picture: give a JPEG, PNG, WebP or GIF")),
        }
    }

    /// The picture with the point that stays in sight however it is cut, from (0, 0) at the top left to (1, 1).
    #[must_use]
    pub fn with_focus(mut self, x: f32, y: f32) -> Self {
        let within = |place: f32| if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.5 };
        self.focus = Some((within(x), within(y)));
        self
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> usize {
        self.pixels.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> usize {
        self.pixels.height
    }

    /// Whether it is the first frame of an animation.
    #[must_use]
    pub fn is_animated(&self) -> bool {
        self.is_animated
    }

    /// The point around which it is cut: the one given, or where most is to be seen.
    #[must_use]
    pub fn focus(&self) -> (f32, f32) {
        self.focus.unwrap_or_else(|| saliency(&self.pixels))
    }

    /// The part around the focus that covers so many pixels, in a buffer that is needed no more: a new one of some megabytes
    /// costs as much as a tenth of a card.
    pub(crate) fn cover(&self, width: usize, height: usize, mut buffer: Vec<u8>) -> Result<Canvas, PictureError> {
        let (have_width, have_height) = (as_f64(self.pixels.width), as_f64(self.pixels.height));
        let scale = (have_width / as_f64(width)).min(have_height / as_f64(height));
        let (cut_width, cut_height) = (as_f64(width) * scale, as_f64(height) * scale);
        let needs_cut = have_width - cut_width > 0.5 || have_height - cut_height > 0.5;
        let (x, y) = if needs_cut { self.focus() } else { (0.5, 0.5) };
        let from =
            |focus: f32, have: f64, cut: f64| (f64::from(focus) * have - cut / 2.0).clamp(0.0, (have - cut).max(0.0));
        let (left, top) = (from(x, have_width, cut_width), from(y, have_height, cut_height));
        let side = |pixels: usize| u32::try_from(pixels).map_err(|_| PictureError::new("it is too large"));
        let failed = |error: &dyn std::error::Error| PictureError::new(format!("it cannot be scaled: {error}"));
        let source =
            ImageRef::new(side(self.pixels.width)?, side(self.pixels.height)?, &self.pixels.pixels, PixelType::U8x3)
                .map_err(|error| failed(&error))?;
        buffer.resize(width * height * 3, 0);
        let mut target =
            Image::from_vec_u8(side(width)?, side(height)?, buffer, PixelType::U8x3).map_err(|error| failed(&error))?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).crop(
            left,
            top,
            cut_width.min(have_width),
            cut_height.min(have_height),
        );
        RESIZER
            .with_borrow_mut(|resizer| resizer.resize(&source, &mut target, &options))
            .map_err(|error| failed(&error))?;
        Ok(Canvas { width, height, pixels: target.into_vec() })
    }
}

thread_local! {
    /// It keeps what it needs between two steps from one card to the next.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}x{})", self.pixels.width, self.pixels.height)
    }
}

#[expect(clippy::cast_precision_loss, reason = "pictures are far smaller")]
fn as_f64(pixels: usize) -> f64 {
    pixels as f64
}

fn within(width: u64, height: u64, limits: &PictureLimits) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        return Err(PictureError::new("it has no pixels"));
    }
    if width.saturating_mul(height) > limits.pixels {
        let millions = limits.pixels / 1_000_000;
        return Err(PictureError::new(format!(
            "it has {width}x{height} pixels, {millions} million are allowed: save it smaller"
        )));
    }
    Ok(())
}

fn jpeg(file: &[u8], limits: &PictureLimits) -> Result<Picture, PictureError> {
    let broken = |error: zune_jpeg::errors::DecodeErrors| PictureError::damaged("JPEG", &error);
    // The decoder fills what is missing with grey.
    if !has_end(file) {
        return Err(PictureError::damaged("JPEG", &"its end is missing"));
    }
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB).set_strict_mode(false);
    let options = options.set_max_width(65_535).set_max_height(65_535);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| PictureError::new("it has no pixels"))?;
    within(width as u64, height as u64, limits)?;
    let pixels = decoder.decode().map_err(broken)?;
    let orientation = decoder.exif().and_then(|exif| orientation(exif));
    let pixels = Canvas { width, height, pixels };
    if pixels.pixels.len() != width * height * 3 {
        return Err(PictureError::new("the JPEG has colours that cannot be read: save it as RGB"));
    }
    upright(pixels, orientation.unwrap_or(Orientation::NoTransforms), false)
}

/// Whether a JPEG goes on to its own end mark; what stands behind it (a film, another picture) does not matter.
fn has_end(file: &[u8]) -> bool {
    let mut at = 2;
    while let Some(mark) = file.get(at..at + 2) {
        if mark[0] != 0xff {
            at += 1;
            continue;
        }
        match mark[1] {
            0xd9 => return true,
            // Filling, stuffed data, restarts and marks without a length.
            0xff => at += 1,
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            // The data of a scan follow its head, up to the next mark.
            _ => {
                let Some(length) = file.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
        }
    }
    false
}

/// Refuses a WebP whose pieces are larger than it is, or whose pictures are larger than allowed, before a decoder believes them.
fn webp(mut rest: &[u8], limits: &PictureLimits) -> Result<(), PictureError> {
    while let (Some(kind), Some(length)) = (rest.get(..4), rest.get(4..8)) {
        let length = as_usize(u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
        let Some(inside) = rest.get(8..).and_then(|rest| rest.get(..length)) else {
            return Err(PictureError::damaged("WebP", &"a piece of it ends behind its end"));
        };
        let word =
            |at: usize| inside.get(at..at + 2).map_or(0, |bytes| u32::from(u16::from_le_bytes([bytes[0], bytes[1]])));
        match kind {
            b"VP8 " if inside.len() >= 10 => within((word(6) & 0x3fff).into(), (word(8) & 0x3fff).into(), limits)?,
            b"VP8L" if inside.len() >= 5 => {
                let bits = word(1) | word(3) << 16;
                within(u64::from(bits & 0x3fff) + 1, u64::from(bits >> 14 & 0x3fff) + 1, limits)?;
            }
            b"ANMF" => webp(inside.get(16..).unwrap_or_default(), limits)?,
            _ => {}
        }
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
    Ok(())
}

/// How the camera was held. Some programs leave the head in which JPEG has it.
fn orientation(exif: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
}

fn other(file: &[u8], format: ImageFormat, limits: &PictureLimits) -> Result<Picture, PictureError> {
    let name = format.extensions_str().first().map_or_else(String::new, |name| name.to_uppercase());
    let broken = |error: image::ImageError| PictureError::damaged(&name, &error);
    let mut decoding = image::Limits::default();
    decoding.max_alloc = Some(limits.pixels.saturating_mul(8));
    let (mut decoder, is_animated): (Box<dyn ImageDecoder + '_>, bool) = match format {
        ImageFormat::Png => {
            let decoder =
                image::codecs::png::PngDecoder::with_limits(Cursor::new(file), decoding.clone()).map_err(broken)?;
            let is_animated = decoder.is_apng().map_err(broken)?;
            (Box::new(decoder), is_animated)
        }
        ImageFormat::WebP => {
            webp(file.get(12..).unwrap_or_default(), limits)?;
            let decoder = image::codecs::webp::WebPDecoder::new(Cursor::new(file)).map_err(broken)?;
            let is_animated = decoder.has_animation();
            (Box::new(decoder), is_animated)
        }
        _ => {
            let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(file)).map_err(broken)?;
            let (width, height) = decoder.dimensions();
            within(width.into(), height.into(), limits)?;
            let mut frames = image::codecs::gif::GifDecoder::new(Cursor::new(file)).map_err(broken)?;
            frames.set_limits(decoding.clone()).map_err(broken)?;
            let frames = frames.into_frames();
            let is_animated = frames.take(2).flatten().count() > 1;
            (Box::new(decoder), is_animated)
        }
    };
    let (width, height) = decoder.dimensions();
    within(width.into(), height.into(), limits)?;
    decoder.set_limits(decoding).map_err(broken)?;
    let exif = decoder.exif_metadata().map_err(broken)?;
    let orientation = exif.as_deref().and_then(orientation).unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let (width, height) = (as_usize(image.width()), as_usize(image.height()));
    let pixels = if image.color().has_alpha() {
        let rgba = image.into_rgba8();
        let on_white = |part: u8, alpha: u8| {
            let value = u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from((value + 127) / 255).unwrap_or(u8::MAX)
        };
        rgba.pixels().flat_map(|pixel| [0, 1, 2].map(|part| on_white(pixel.0[part], pixel.0[3]))).collect()
    } else {
        image.into_rgb8().into_raw()
    };
    upright(Canvas { width, height, pixels }, orientation, is_animated)
}

fn as_usize(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

/// Turns a picture as its camera was held.
fn upright(pixels: Canvas, orientation: Orientation, is_animated: bool) -> Result<Picture, PictureError> {
    if orientation == Orientation::NoTransforms {
        return Ok(Picture { pixels, focus: None, is_animated });
    }
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let buffer = image::RgbImage::from_raw(side(pixels.width), side(pixels.height), pixels.pixels);
    let mut image = DynamicImage::from(buffer.ok_or_else(|| PictureError::new("it has no pixels"))?);
    image.apply_orientation(orientation);
    let (width, height) = (as_usize(image.width()), as_usize(image.height()));
    let pixels = Canvas { width, height, pixels: image.into_rgb8().into_raw() };
    Ok(Picture { pixels, focus: None, is_animated })
}

/// Where most is to be seen: the middle of what differs from what is beside it, in light and colour, more in the middle of
/// the picture than at its edges.
fn saliency(pixels: &Canvas) -> (f32, f32) {
    const GRID: usize = 48;
    let at = |column: usize, row: usize| -> [f32; 3] {
        let (x, y) = (column * (pixels.width - 1) / (GRID - 1), row * (pixels.height - 1) / (GRID - 1));
        let pixel = &pixels.pixels[(y * pixels.width + x) * 3..][..3];
        [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])]
    };
    let (mut sum, mut across, mut down) = (0.0, 0.0, 0.0);
    for row in 1..GRID - 1 {
        for column in 1..GRID - 1 {
            let here = at(column, row);
            let differs = |other: [f32; 3]| here.iter().zip(other).map(|(a, b)| (a - b).abs()).sum::<f32>();
            let edge = differs(at(column + 1, row)) + differs(at(column, row + 1));
            #[expect(clippy::cast_precision_loss, reason = "the grid is small")]
            let (x, y) = (column as f32 / (GRID - 1) as f32, row as f32 / (GRID - 1) as f32);
            let middle = 1.0 - 0.6 * ((x - 0.5).powi(2) + (y - 0.5).powi(2)) * 2.0;
            let weight = (edge - 24.0).max(0.0) * middle;
            sum += weight;
            across += weight * x;
            down += weight * y;
        }
    }
    if sum > 0.0 { (across / sum, down / sum) } else { (0.5, 0.5) }
}

/// A picture that is not taken, with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the picture is not taken: {why}")]
pub struct PictureError {
    why: String,
    /// What the decoder says, for `Debug`: it may repeat bytes of the file.
    detail: String,
}

impl PictureError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), detail: String::new() }
    }

    fn damaged(format: &str, detail: &dyn fmt::Display) -> Self {
        let detail = detail.to_string().chars().take(200).collect();
        Self { why: format!("the {format} is damaged or cut short: save it anew"), detail }
    }
}

/// How dark what is behind a text has to be made so that it is read: the least opacity of `shade` over each pixel of an area
/// at which `ink` keeps the contrast, measured on the pixels.
pub(crate) fn scrim_needed(
    pixels: &Canvas,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    ink: Colour,
    shade: Colour,
) -> f32 {
    // The lightest pixel decides for light letters, the darkest for dark ones: of each part the worst.
    let is_light = ink.luminance() > 0.5;
    let pick = |a: u8, b: u8| if is_light { a.max(b) } else { a.min(b) };
    // Sixteen pixels at a time, so that the compiler can look at them together.
    let mut lanes = [if is_light { 0 } else { u8::MAX }; 48];
    for row in rows.start..rows.end.min(pixels.height) {
        let from = (row * pixels.width + columns.start) * 3;
        let to = (row * pixels.width + columns.end.min(pixels.width)) * 3;
        for chunk in pixels.pixels[from..to].chunks(48) {
            for (lane, part) in lanes.iter_mut().zip(chunk) {
                *lane = pick(*lane, *part);
            }
        }
    }
    let worst = [0, 1, 2].map(|part| lanes.iter().skip(part).step_by(3).copied().reduce(pick).unwrap_or_default());
    let shaded = |opacity: f32| {
        let mix = |below: u8, above: u8| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let value = (f32::from(below) * (1.0 - opacity) + f32::from(above) * opacity).round() as u8;
            value
        };
        Colour([mix(worst[0], shade.0[0]), mix(worst[1], shade.0[1]), mix(worst[2], shade.0[2])])
    };
    let mut opacity = 0.0;
    while opacity < 1.0 && ink.contrast(shaded(opacity)) < crate::colour::READABLE + 0.1 {
        opacity += 0.02;
    }
    opacity.min(1.0)
}
