//! The addresses of a channel, and the QR code that leads to one: for posters and the last card of an edition.
//!
//! Plain `https` addresses only: they open `KakaoTalk` where it is installed, and a page elsewhere
//! (developers.kakao.com, kakaotalk-channel/common).

use std::fmt;

use qrcode::render::svg;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

use crate::ChannelPublicId;

const HOST: &str = "https://pf.kakao.com";

/// The channel's own page.
#[must_use]
pub fn home(channel: &ChannelPublicId) -> String {
    format!("{HOST}/{}", channel.as_str())
}

/// Where a citizen adds the channel.
///
/// ```
/// use sosik_kakao::{ChannelPublicId, links};
///
/// let channel = ChannelPublicId::parse("_ZeUTxl")?;
/// assert_eq!(links::friend(&channel), "https://pf.kakao.com/_ZeUTxl/friend");
/// # Ok::<(), sosik_kakao::IdError>(())
/// ```
#[must_use]
pub fn friend(channel: &ChannelPublicId) -> String {
    format!("{HOST}/{}/friend", channel.as_str())
}

/// Where a citizen talks with the channel.
#[must_use]
pub fn chat(channel: &ChannelPublicId) -> String {
    format!("{HOST}/{}/chat", channel.as_str())
}

/// A QR code: a square of dark and light modules. A quarter of it may be dirty or torn (error correction Q).
///
/// ```
/// use sosik_kakao::{ChannelPublicId, links};
///
/// let code = links::friend_qr(&ChannelPublicId::parse("_ZeUTxl")?);
/// assert!(code.svg(400).starts_with("<?xml"));
/// assert_eq!(code.modules().count(), code.width() * code.width());
/// # Ok::<(), sosik_kakao::IdError>(())
/// ```
#[derive(Clone)]
pub struct Qr(QrCode);

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qr").field("width", &self.width()).finish_non_exhaustive()
    }
}

/// The QR code of the address under which a channel is added.
///
/// # Panics
///
/// Never: an id has 32 characters at the most, and a code holds hundreds.
#[must_use]
pub fn friend_qr(channel: &ChannelPublicId) -> Qr {
    let code = QrCode::with_error_correction_level(friend(channel), EcLevel::Q);
    #[expect(clippy::expect_used, reason = "an id has 32 characters at the most")]
    Qr(code.expect("a short address fits"))
}

impl Qr {
    /// Modules of one side, without the empty margin of 4 that a reader needs.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// The modules, row by row; `true` is dark.
    pub fn modules(&self) -> impl Iterator<Item = bool> {
        self.0.to_colors().into_iter().map(|color| color == Color::Dark)
    }

    /// A drawing with its margin, of at least so many units a side, black on white.
    #[must_use]
    pub fn svg(&self, least: u32) -> String {
        self.0.render::<svg::Color<'_>>().min_dimensions(least, least).build()
    }
}
