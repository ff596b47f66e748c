//! Shortening by rule: what a message says, within what a dealer takes, where the sender allows it.

use sosik_content::text::{shorten, units};

use crate::message::{Body, Message};
use crate::{Limit, Unit};

/// Which words may be shortened, by their part: `carousel.cards[].text`.
///
/// Labels of buttons, names of goods, coupons and links are not among them unless they are named: half a label misleads.
///
/// ```
/// use sosik_channel::{Body, Bubble, FitRules, KAKAO_BRAND_MESSAGE, Message, fit};
///
/// let long = "이번 주 소식입니다. ".repeat(200);
/// let message = Message::new(Body::Bubble(Bubble::new(long)));
/// let fitted = fit(message, KAKAO_BRAND_MESSAGE, &FitRules::words());
/// assert_eq!(fitted.shortened[0].part, "bubble.text");
/// assert!(sosik_channel::validate(&fitted.message, KAKAO_BRAND_MESSAGE).is_ok());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FitRules(Vec<String>);

impl FitRules {
    /// Nothing may be shortened.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The running text of every kind: bodies, titles of cards and items, lines beside goods.
    #[must_use]
    pub fn words() -> Self {
        let parts = [
            "bubble.text",
            "carousel-commerce.cards[].more",
            "carousel-commerce.head.header",
            "carousel-commerce.head.text",
            "carousel.cards[].header",
            "carousel.cards[].text",
            "commerce.more",
            "image.text",
            "premium-video.header",
            "premium-video.text",
            "wide-item-list.header",
            "wide-item-list.main.title",
            "wide-item-list.rest[].title",
            "wide.text",
        ];
        parts.into_iter().fold(Self::none(), Self::and)
    }

    /// The rules, and this part may be shortened too.
    #[must_use]
    pub fn and(mut self, part: impl Into<String>) -> Self {
        self.0.push(part.into());
        self
    }

    /// The rules, but this part is left as it is.
    #[must_use]
    pub fn but(mut self, part: &str) -> Self {
        self.0.retain(|allowed| allowed != part);
        self
    }
}

/// A message that was made to fit, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fitted {
    /// The message. What could not be made to fit is as it was: validate it.
    pub message: Message,
    /// What was shortened, in the order of the message.
    pub shortened: Vec<Shortened>,
}

/// A text that was shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shortened {
    /// Where it stands: `carousel.cards[0].text`.
    pub path: String,
    /// The part of its limit: `carousel.cards[].text`.
    pub part: String,
    /// How long it was, in UTF-16 units.
    pub from: usize,
    /// How long it is.
    pub to: usize,
}

/// Shortens what is too long, at the end of a word and with `…`, and joins lines beyond those that are taken, where the
/// rules allow it. The narrowest of several limits of a part counts.
#[must_use]
pub fn fit(mut message: Message, limits: &[Limit], rules: &FitRules) -> Fitted {
    let mut shortened = Vec::new();
    for (path, text) in words(&mut message.body) {
        let part = general(&path);
        if !rules.0.contains(&part) {
            continue;
        }
        let most =
            |unit| limits.iter().filter(|limit| limit.part == part && limit.unit == unit).map(|limit| limit.max).min();
        let before = units(text);
        if let Some(breaks) = most(Unit::LineBreaks) {
            *text = joined(text, breaks);
        }
        if let Some(most) = most(Unit::Utf16) {
            *text = shorten(text, most);
        }
        if units(text) != before {
            shortened.push(Shortened { part, path, from: before, to: units(text) });
        }
    }
    Fitted { message, shortened }
}

/// The part of a path: its numbers are left out.
fn general(path: &str) -> String {
    path.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A text with at most so many line breaks: the last lines become one. Of blank lines one break is enough.
fn joined(text: &str, breaks: usize) -> String {
    if text.matches('\n').count() <= breaks {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let (kept, rest) = lines.split_at(breaks.min(lines.len()));
    let last = rest.join(" ");
    kept.iter().copied().chain(Some(last.as_str()).filter(|last| !last.is_empty())).collect::<Vec<_>>().join("\n")
}

/// Every text of a message that may be shortened at all, with its path.
pub(crate) fn words(body: &mut Body) -> Vec<(String, &mut String)> {
    let named = |path: &str| path.to_owned();
    match body {
        Body::Bubble(bubble) => vec![(named("bubble.text"), &mut bubble.text)],
        Body::Image(image) => vec![(named("image.text"), &mut image.text)],
        Body::Wide(wide) => vec![(named("wide.text"), &mut wide.text)],
        Body::Commerce(goods) => {
            let title = (named("commerce.product.title"), &mut goods.product.title);
            std::iter::once(title).chain(goods.more.iter_mut().map(|more| (named("commerce.more"), more))).collect()
        }
        Body::PremiumVideo(video) => {
            let header = video.header.iter_mut().map(|text| (named("premium-video.header"), text));
            header.chain(video.text.iter_mut().map(|text| (named("premium-video.text"), text))).collect()
        }
        Body::WideItemList(list) => {
            let rest = list.rest.iter_mut().enumerate();
            let rest = rest.map(|(at, item)| (format!("wide-item-list.rest[{at}].title"), &mut item.title));
            let main = (named("wide-item-list.main.title"), &mut list.main.title);
            [(named("wide-item-list.header"), &mut list.header), main].into_iter().chain(rest).collect()
        }
        Body::CarouselFeed(feed) => {
            let cards = feed.cards.iter_mut().enumerate();
            let both = cards.flat_map(|(at, card)| {
                let path = |what| format!("carousel.cards[{at}].{what}");
                [(path("header"), &mut card.header), (path("text"), &mut card.text)]
            });
            both.collect()
        }
        Body::CarouselCommerce(carousel) => {
            let head = carousel.head.iter_mut().flat_map(|head| {
                let path = |what| format!("carousel-commerce.head.{what}");
                [(path("header"), &mut head.header), (path("text"), &mut head.text)]
            });
            let cards = carousel.cards.iter_mut().enumerate().flat_map(|(at, card)| {
                let title = (format!("carousel-commerce.cards[{at}].product.title"), &mut card.product.title);
                let more = card.more.iter_mut().map(move |more| (format!("carousel-commerce.cards[{at}].more"), more));
                std::iter::once(title).chain(more)
            });
            head.chain(cards).collect()
        }
        // What goes by a template is sent as it was approved, and a text is checked when it is made.
        Body::Alimtalk(_) | Body::Template(_) | Body::Text(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, samples, validate};

    fn limits() -> Vec<Limit> {
        [KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED].concat()
    }

    #[test]
    fn what_is_too_long_fits_in_every_kind_and_what_fits_is_left_alone() {
        let mut kinds = 0;
        for message in samples::messages() {
            let as_it_was = fit(message.clone(), &limits(), &FitRules::words());
            assert_eq!((&as_it_was.message, as_it_was.shortened.len()), (&message, 0));
            let mut long = message.clone();
            let mut places = 0;
            for (path, text) in words(&mut long.body) {
                if !path.ends_with("product.title") {
                    *text = "이번 주 소식은 셋입니다.\n\n".repeat(120);
                    places += 1;
                }
            }
            if places == 0 {
                continue;
            }
            kinds += 1;
            assert!(validate(&long, &limits()).is_err());
            let fitted = fit(long.clone(), &limits(), &FitRules::words());
            validate(&fitted.message, &limits()).unwrap();
            assert_eq!(fitted.shortened.len(), places, "{:?}", fitted.shortened);
            assert!(fitted.shortened.iter().all(|one| one.to < one.from));
            assert_eq!(fit(long.clone(), &limits(), &FitRules::none()).message, long);
            assert_eq!(fit(fitted.message.clone(), &limits(), &FitRules::words()).shortened, []);
        }
        assert!(kinds >= 8, "{kinds}");
    }

    #[test]
    fn lines_beyond_those_that_are_taken_become_one_and_names_are_left_unless_they_are_named() {
        assert_eq!(joined("하나\n둘\n\n셋\n넷", 2), "하나\n둘\n셋 넷");
        assert_eq!(joined("하나\n둘", 0), "하나 둘");
        assert_eq!(joined("하나\n\n\n", 1), "하나");
        assert_eq!(joined("하나\n\n둘", 2), "하나\n\n둘");
        let goods = samples::messages().into_iter().find(|one| matches!(one.body, Body::Commerce(_))).unwrap();
        let mut long = goods;
        if let Body::Commerce(commerce) = &mut long.body {
            commerce.product.title = "양주 배 한 상자 ".repeat(8);
        }
        assert_eq!(fit(long.clone(), &limits(), &FitRules::words()).shortened, []);
        let named = fit(long.clone(), &limits(), &FitRules::words().and("commerce.product.title"));
        assert_eq!((named.shortened.len(), named.shortened[0].to <= 30), (1, true));
        let spared = FitRules::words().and("commerce.product.title").but("commerce.product.title");
        assert_eq!(fit(long, &limits(), &spared).shortened, []);
    }
}
