//! Coupons.

use std::fmt;

use sosik_content::WebLink;
use sosik_content::text::units;

/// A coupon (쿠폰) under a message or a card.
///
/// ```
/// use sosik_channel::{Coupon, CouponTitle};
///
/// let title: CouponTitle = "5000원 할인 쿠폰".parse()?;
/// assert_eq!(title, CouponTitle::WonOff(5_000));
/// assert_eq!(Coupon::new(title, "양주 로컬푸드 직매장").title.to_string(), "5000원 할인 쿠폰");
/// assert!("5,000원 할인 쿠폰".parse::<CouponTitle>().is_err());
/// # Ok::<(), sosik_channel::CouponTitleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coupon {
    /// What it gives, in one of Kakao's forms.
    pub title: CouponTitle,
    /// A few words about it.
    pub description: String,
    /// Where it leads.
    pub link: Option<WebLink>,
}

impl Coupon {
    /// A coupon.
    #[must_use]
    pub fn new(title: CouponTitle, description: impl Into<String>) -> Self {
        Self { title, description: description.into(), link: None }
    }

    /// The coupon with a link.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }
}

/// What a coupon gives: the five forms that Kakao takes (NHN Cloud guide 2026-06-23, SOLAPI SDK 6.0.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CouponTitle {
    /// `… 무료 쿠폰`: something for nothing, in at most 7 characters.
    Free(String),
    /// `N% 할인 쿠폰`: 1 to 100.
    PercentOff(u8),
    /// `배송비 할인 쿠폰`.
    Shipping,
    /// `… UP 쿠폰`: more of something, in at most 7 characters.
    Up(String),
    /// `N원 할인 쿠폰`: 1 to 99,999,999.
    WonOff(u32),
}

impl CouponTitle {
    /// Whether it keeps to its form's bounds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let short = |text: &str| (1..=7).contains(&units(text)) && !text.contains('\n');
        match self {
            Self::Free(what) | Self::Up(what) => short(what),
            Self::PercentOff(percent) => (1..=100).contains(percent),
            Self::Shipping => true,
            Self::WonOff(won) => (1..=99_999_999).contains(won),
        }
    }
}

impl fmt::Display for CouponTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free(what) => write!(f, "{what} 무료 쿠폰"),
            Self::PercentOff(percent) => write!(f, "{percent}% 할인 쿠폰"),
            Self::Shipping => f.write_str("배송비 할인 쿠폰"),
            Self::Up(what) => write!(f, "{what} UP 쿠폰"),
            Self::WonOff(won) => write!(f, "{won}원 할인 쿠폰"),
        }
    }
}

impl std::str::FromStr for CouponTitle {
    type Err = CouponTitleError;

    fn from_str(text: &str) -> Result<Self, CouponTitleError> {
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let title = if text == "배송비 할인 쿠폰" {
            Some(Self::Shipping)
        } else if let Some(won) = text.strip_suffix("원 할인 쿠폰") {
            number(won).map(Self::WonOff)
        } else if let Some(percent) = text.strip_suffix("% 할인 쿠폰") {
            number(percent).and_then(|percent| u8::try_from(percent).ok()).map(Self::PercentOff)
        } else if let Some(what) = text.strip_suffix(" 무료 쿠폰") {
            Some(Self::Free(what.to_owned()))
        } else {
            text.strip_suffix(" UP 쿠폰").map(|what| Self::Up(what.to_owned()))
        };
        title.filter(Self::is_valid).ok_or(CouponTitleError)
    }
}

/// The text is none of the five forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a coupon is titled `N원 할인 쿠폰` (1 to 99999999), `N% 할인 쿠폰` (1 to 100), `배송비 할인 쿠폰`, `… 무료 쿠폰` or `… UP 쿠폰` \
     (at most 7 characters before)"
)]
#[non_exhaustive]
pub struct CouponTitleError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_forms_are_read_and_written() {
        for text in [
            "1원 할인 쿠폰",
            "99999999원 할인 쿠폰",
            "100% 할인 쿠폰",
            "배송비 할인 쿠폰",
            "첫방문고객님 무료 쿠폰",
            "포인트 UP 쿠폰",
        ] {
            assert_eq!(text.parse::<CouponTitle>().unwrap().to_string(), text);
        }
        for text in [
            "0원 할인 쿠폰",
            "100000000원 할인 쿠폰",
            "101% 할인 쿠폰",
            "1,000원 할인 쿠폰",
            "여덟글자가넘는것 UP 쿠폰",
            " 무료 쿠폰",
            "특별 쿠폰",
            "",
        ] {
            assert_eq!(text.parse::<CouponTitle>(), Err(CouponTitleError), "{text}");
        }
    }
}
