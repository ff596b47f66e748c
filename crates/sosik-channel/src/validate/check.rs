//! What brand messages break.

use sosik_content::WebLink;
use sosik_content::text::units;

use super::Fault;
use crate::brand::{Price, Product, WideItemList};
use crate::button::{Action, Button};
use crate::carousel::{CarouselCommerce, CarouselFeed};
use crate::coupon::Coupon;
use crate::media::Picture;
use crate::message::{Body, Message};
use crate::{Limit, Unit};

/// The faults of a message, as they are found.
pub(super) struct Check<'a> {
    pub(super) limits: &'a [Limit],
    pub(super) faults: Vec<Fault>,
}

/// Which actions a button may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actions {
    All,
    Links,
}

const NHN_BUTTONS: &str = "NHN Cloud Brand Message API guide (2026-06-23); SOLAPI SDK 6.0.1 agrees";
const KAKAO_TV: &str = "NHN Cloud Brand Message API guide (2026-06-23); SOLAPI SDK 6.0.1 agrees";
impl Check<'_> {
    pub(super) fn body(&mut self, message: &Message) {
        match &message.body {
            Body::Alimtalk(template) => self.alimtalk(template, message.advertising.is_some()),
            Body::Template(template) => {
                self.in_template(|check| check.shown(template.shown()));
                for (path, link) in message.links() {
                    self.link("template.link", &path, Some(link));
                }
            }
            Body::Text(text) => self.text("text", text, message.advertising.as_ref()),
            body => self.shown(body),
        }
        let always = match &message.body {
            Body::CarouselCommerce(_) | Body::CarouselFeed(_) => Some("a carousel always goes as an advertisement"),
            Body::Template(_) => Some("a brand message by a template always goes as an advertisement"),
            Body::WideItemList(_) => Some("a list of items always goes as an advertisement"),
            _ => None,
        };
        if let (Some(problem), None) = (always, &message.advertising) {
            let source =
                "Bizgo SDK 1.2.0 (2026-09): FC, FA and FL are sent with adFlag Y only, and templates have none";
            self.fault("advertising".to_owned(), problem, source);
        }
    }

    /// Checks the parts of a template, with their paths in it.
    pub(super) fn in_template(&mut self, check: impl FnOnce(&mut Self)) {
        let before = self.faults.len();
        check(self);
        for fault in &mut self.faults[before..] {
            fault.path.insert_str(0, "template.");
        }
    }

    /// Who may be told that a message is for adults only.
    pub(super) fn adults(&mut self, message: &Message) {
        const SOURCE: &str = "PyPI bizgo-sdk-comm 1.2.0 and npm solapi 6.0.1: a field of free-form brand messages";
        if !message.adults_only {
            return;
        }
        if matches!(message.body, Body::Alimtalk(_) | Body::Template(_) | Body::Text(_)) {
            self.fault("adults-only".to_owned(), "only a brand message of free form is for adults only", SOURCE);
        }
        if message.fallback.is_some() {
            self.fault("fallback".to_owned(), "a text is read by anyone, and the message is for adults only", SOURCE);
        }
    }

    /// What a brand message shows.
    pub(super) fn shown(&mut self, body: &Body) {
        match body {
            // Each is checked where it stands.
            Body::Alimtalk(_) | Body::Template(_) | Body::Text(_) => {}
            Body::Bubble(bubble) => {
                self.line("bubble.text", "bubble.text", &bubble.text);
                self.foot("bubble", &bubble.buttons, bubble.coupon.as_ref(), Actions::All);
            }
            Body::CarouselCommerce(carousel) => self.goods(carousel),
            Body::CarouselFeed(feed) => self.carousel(feed),
            Body::Commerce(commerce) => {
                self.product("commerce.product", "commerce.product", &commerce.product);
                self.optional("commerce.more", "commerce.more", commerce.more.as_deref());
                self.picture("commerce.picture", "commerce.picture", &commerce.picture);
                self.foot("commerce", &commerce.buttons, commerce.coupon.as_ref(), Actions::Links);
            }
            Body::Image(image) => {
                self.line("image.text", "image.text", &image.text);
                self.link("image.link", "image.link", image.link.as_ref());
                self.picture("image.picture", "image.picture", &image.picture);
                self.foot("image", &image.buttons, image.coupon.as_ref(), Actions::All);
            }
            Body::PremiumVideo(video) => {
                if !video.video.as_str().starts_with("https://tv.kakao.com/") {
                    let problem = "a video is one of Kakao TV: its address begins with https://tv.kakao.com/";
                    self.fault("premium-video.video".to_owned(), problem, KAKAO_TV);
                }
                self.link("premium-video.video", "premium-video.video", Some(&video.video));
                self.optional("premium-video.header", "premium-video.header", video.header.as_deref());
                self.optional("premium-video.text", "premium-video.text", video.text.as_deref());
                if let Some(picture) = &video.thumbnail {
                    self.picture("premium-video.thumbnail", "premium-video.thumbnail", picture);
                }
                self.foot("premium-video", &video.buttons, video.coupon.as_ref(), Actions::All);
            }
            Body::Wide(wide) => {
                self.line("wide.text", "wide.text", &wide.text);
                self.picture("wide.picture", "wide.picture", &wide.picture);
                self.foot("wide", &wide.buttons, wide.coupon.as_ref(), Actions::All);
            }
            Body::WideItemList(list) => self.items(list),
        }
    }

    fn carousel(&mut self, feed: &CarouselFeed) {
        self.count("carousel.cards", "carousel.cards", Unit::Items, feed.cards.len());
        for (at, card) in feed.cards.iter().enumerate() {
            let path = |rest: &str| format!("carousel.cards[{at}].{rest}");
            self.line("carousel.cards[].header", &path("header"), &card.header);
            self.line("carousel.cards[].text", &path("text"), &card.text);
            self.link("carousel.cards[].link", &path("link"), card.link.as_ref());
            self.under(
                "carousel.cards[]",
                &format!("carousel.cards[{at}]"),
                &card.buttons,
                card.coupon.as_ref(),
                Actions::Links,
            );
            self.picture("carousel.cards[].picture", &path("picture"), &card.picture);
        }
        self.link("carousel.tail", "carousel.tail", feed.tail.as_ref());
    }

    fn goods(&mut self, carousel: &CarouselCommerce) {
        let cards =
            if carousel.head.is_some() { "carousel-commerce.cards with head" } else { "carousel-commerce.cards" };
        self.count(cards, "carousel-commerce.cards", Unit::Items, carousel.cards.len());
        if let Some(head) = &carousel.head {
            let part = |rest: &str| format!("carousel-commerce.head.{rest}");
            self.line(&part("header"), &part("header"), &head.header);
            self.line(&part("text"), &part("text"), &head.text);
            self.link(&part("link"), &part("link"), head.link.as_ref());
            self.picture(&part("picture"), &part("picture"), &head.picture);
        }
        for (at, card) in carousel.cards.iter().enumerate() {
            let part = |rest: &str| format!("carousel-commerce.cards[].{rest}");
            let path = |rest: &str| format!("carousel-commerce.cards[{at}].{rest}");
            self.product(&part("product"), &path("product"), &card.product);
            self.optional(&part("more"), &path("more"), card.more.as_deref());
            self.link(&part("link"), &path("link"), card.link.as_ref());
            let place = format!("carousel-commerce.cards[{at}]");
            self.under("carousel-commerce.cards[]", &place, &card.buttons, card.coupon.as_ref(), Actions::Links);
            self.picture(&part("picture"), &path("picture"), &card.picture);
        }
        self.link("carousel-commerce.tail", "carousel-commerce.tail", carousel.tail.as_ref());
        let mut ratios = carousel.cards.iter().map(|card| ratio(&card.picture));
        let first = ratios.next();
        if ratios.any(|other| Some(other) != first) {
            let problem = "the pictures of the goods are all of one ratio";
            self.fault("carousel-commerce.cards".to_owned(), problem, NHN_BUTTONS);
        }
    }

    fn items(&mut self, list: &WideItemList) {
        self.line("wide-item-list.header", "wide-item-list.header", &list.header);
        self.count("wide-item-list.rest", "wide-item-list.rest", Unit::Items, list.rest.len());
        let rest = list.rest.iter().enumerate();
        let main = std::iter::once(("wide-item-list.main".to_owned(), "wide-item-list.main", &list.main));
        let rest = rest.map(|(at, item)| (format!("wide-item-list.rest[{at}]"), "wide-item-list.rest[]", item));
        for (path, part, item) in main.chain(rest) {
            self.line(&format!("{part}.title"), &format!("{path}.title"), &item.title);
            self.link(&format!("{part}.link"), &format!("{path}.link"), Some(&item.link));
            self.picture(&format!("{part}.picture"), &format!("{path}.picture"), &item.picture);
        }
        self.foot("wide-item-list", &list.buttons, list.coupon.as_ref(), Actions::All);
    }

    fn product(&mut self, part: &str, path: &str, product: &Product) {
        self.line(&format!("{part}.title"), &format!("{path}.title"), &product.title);
        let price = product.price;
        for won in [Some(price.regular()), price.now()].into_iter().flatten() {
            self.count(&format!("{part}.price"), &format!("{path}.price"), Unit::Won, won as usize);
        }
        match price {
            Price::LessPercent { percent, .. } => {
                self.count(&format!("{part}.percent"), &format!("{path}.percent"), Unit::Percent, percent.into());
            }
            Price::LessWon { less, .. } => {
                self.count(&format!("{part}.less"), &format!("{path}.less"), Unit::Won, less as usize);
            }
            Price::Regular(_) => {}
        }
    }

    /// Buttons and coupon of a message whose parts are named by its kind.
    fn foot(&mut self, kind: &str, buttons: &[Button], coupon: Option<&Coupon>, actions: Actions) {
        self.under(kind, kind, buttons, coupon, actions);
    }

    fn under(&mut self, part: &str, path: &str, buttons: &[Button], coupon: Option<&Coupon>, actions: Actions) {
        self.count(&format!("{part}.buttons"), &format!("{path}.buttons"), Unit::Items, buttons.len());
        if coupon.is_some() {
            self.count(&format!("{part}.buttons with coupon"), &format!("{path}.buttons"), Unit::Items, buttons.len());
        }
        for (n, button) in buttons.iter().enumerate() {
            let at = |rest: &str| format!("{path}.buttons[{n}].{rest}");
            // Kakao writes this label itself.
            if button.action != Action::AddChannel || !button.label.is_empty() {
                self.line(&format!("{part}.buttons[].label"), &at("label"), &button.label);
            }
            self.one_line(at("label"), &button.label);
            self.link(&format!("{part}.buttons[].link"), &at("link"), button.link());
            if let Action::Web { desktop, .. } = &button.action {
                self.link(&format!("{part}.buttons[].link"), &at("link"), desktop.as_ref());
            }
            let is_link = matches!(button.action, Action::App { .. } | Action::Web { .. });
            if actions == Actions::Links && !is_link {
                self.fault(
                    at("action"),
                    "the buttons of cards and goods open pages or apps only (WL, AL)",
                    NHN_BUTTONS,
                );
            }
            if let Action::App { mobile: None, android: None, ios: None } = &button.action {
                self.fault(at("action"), "an app button (AL) has at least one address", NHN_BUTTONS);
            }
        }
        let Some(coupon) = coupon else { return };
        if !coupon.title.is_valid() {
            self.fault(format!("{path}.coupon.title"), &crate::coupon::CouponTitleError.to_string(), NHN_BUTTONS);
        }
        self.line(&format!("{part}.coupon.description"), &format!("{path}.coupon.description"), &coupon.description);
        self.one_line(format!("{path}.coupon.description"), &coupon.description);
        self.link(&format!("{part}.coupon.link"), &format!("{path}.coupon.link"), coupon.link.as_ref());
    }

    pub(super) fn one_line(&mut self, path: String, text: &str) {
        if text.contains('\n') {
            self.fault(path, "it is one line, without breaks", "our own rule: it is shown in one line");
        }
    }

    pub(super) fn picture(&mut self, part: &str, path: &str, picture: &Picture) {
        self.count(&format!("{part}.width"), &format!("{path}.width"), Unit::Pixels, picture.width as usize);
        self.count(&format!("{part}.height"), &format!("{path}.height"), Unit::Pixels, picture.height as usize);
        self.count(&format!("{part}.ratio"), &format!("{path}.ratio"), Unit::Thousandths, ratio(picture));
        self.count(&format!("{part}.file"), &format!("{path}.file"), Unit::Bytes, picture.bytes);
        if picture.alt.trim().is_empty() {
            self.fault(format!("{path}.alt"), "a picture needs a text for those who cannot see it", "KWCAG 2.2, 1.1.1");
        }
    }

    pub(super) fn optional(&mut self, part: &str, path: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(part, path, text);
        }
    }

    fn link(&mut self, part: &str, path: &str, link: Option<&WebLink>) {
        if let Some(link) = link {
            self.line(part, path, link.as_str());
        }
    }

    pub(super) fn line(&mut self, part: &str, path: &str, text: &str) {
        self.count(part, path, Unit::Utf16, units(text));
        self.count(part, path, Unit::LineBreaks, text.matches('\n').count());
    }

    pub(super) fn count(&mut self, part: &str, path: &str, unit: Unit, found: usize) {
        for limit in self.limits.iter().filter(|limit| limit.part == part && limit.unit == unit) {
            if (limit.min..=limit.max).contains(&found) {
                continue;
            }
            let what = unit.words();
            let problem = match limit.max {
                0 => format!("it has {found} {what}, and may have none"),
                most => format!("it has {found} {what}, allowed are {} to {most}", limit.min),
            };
            self.fault(path.to_owned(), &problem, &format!("{}, {}", limit.source, limit.as_of));
        }
    }

    pub(super) fn fault(&mut self, path: String, problem: &str, source: &str) {
        self.faults.push(Fault { path, problem: problem.to_owned(), source: source.to_owned() });
    }
}

/// Height to width, in thousandths.
fn ratio(picture: &Picture) -> usize {
    (picture.height as usize * 1000).checked_div(picture.width as usize).unwrap_or(0)
}
