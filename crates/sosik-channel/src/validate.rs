//! What a message breaks, all at once.

use std::fmt;

use sosik_content::WebLink;
use sosik_content::text::units;

use crate::alimtalk::{AlimtalkTemplate, Emphasis};
use crate::brand::{Price, Product, WideItemList};
use crate::button::{Action, Button};
use crate::carousel::{CarouselCommerce, CarouselFeed};
use crate::coupon::Coupon;
use crate::media::Picture;
use crate::message::{Advertising, Body, Message, Refusal};
use crate::text::cp949_bytes;
use crate::{Audience, Limit, Submission, TextMessage, Unit};

/// One limit that a message breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where: `carousel.cards[2].header`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// Who says so, and since when.
    pub source: String,
}

impl Fault {
    /// A fault at a path, as who says it: for checks of a dealer's own.
    #[must_use]
    pub fn new(path: impl Into<String>, problem: impl Into<String>, source: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), source: source.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.path, self.problem, self.source)
    }
}

/// The most faults of one sentence: a request may have ten thousand recipients.
const SHOWN: usize = 20;

/// Every limit that a message breaks. Its `Display` tells the first twenty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults, in the order of the message.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// What was found, with more found elsewhere: `Ok` when there is nothing.
    ///
    /// # Errors
    ///
    /// All of them, those of `checked` first.
    pub fn join(checked: Result<(), Self>, more: impl IntoIterator<Item = Fault>) -> Result<(), Self> {
        let mut faults = checked.err().map_or_else(Vec::new, |Self(faults)| faults);
        faults.extend(more);
        if faults.is_empty() { Ok(()) } else { Err(Self(faults)) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the message breaks {} limit(s): ", self.0.len())?;
        for (at, fault) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "; " })?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Faults {}

/// Checks a message against a provider's limits and the law's marks.
///
/// ```
/// use sosik_channel::{KAKAO_CAROUSEL_FEED, Body, CarouselFeed, Message, validate};
///
/// let empty = Message::new(Body::CarouselFeed(CarouselFeed::new(vec![])));
/// let faults = validate(&empty, KAKAO_CAROUSEL_FEED).unwrap_err();
/// let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
/// assert_eq!(paths, ["carousel.cards", "advertising"]);
/// ```
///
/// # Errors
///
/// [`Faults`] names every limit broken, not only the first.
pub fn validate(message: &Message, limits: &[Limit]) -> Result<(), Faults> {
    let mut check = Check { limits, faults: Vec::new() };
    check.body(message);
    if let Some(fallback) = &message.fallback {
        check.text("fallback", fallback, message.advertising.as_ref());
    }
    if check.faults.is_empty() { Ok(()) } else { Err(Faults(check.faults)) }
}

/// Checks what each named recipient would get: that every variable of the message has a value, and that the words keep
/// the limits with the values in them.
///
/// ```
/// use sosik_channel::{ALIMTALK, AlimtalkTemplate, Audience, Body, Message, Recipient, Submission, validate_values};
/// use sosik_core::PhoneNumber;
///
/// let template = AlimtalkTemplate::new("KA01TP0", "#{이름}님, 여권이 나왔습니다.");
/// let to = Recipient::new("r-0", PhoneNumber::parse("010-0000-0001")?);
/// let submission = Submission::new("k", Message::new(Body::Alimtalk(template)), Audience::Named(vec![to]));
/// let faults = validate_values(&submission, ALIMTALK).unwrap_err();
/// assert!(faults.to_string().contains("recipients[r-0]: no value is given for `#{이름}`"), "{faults}");
/// # Ok::<(), sosik_core::PhoneNumberError>(())
/// ```
///
/// # Errors
///
/// [`Faults`] names each recipient by their reference, never a value.
pub fn validate_values(submission: &Submission, limits: &[Limit]) -> Result<(), Faults> {
    let (Body::Alimtalk(template), Audience::Named(recipients)) = (&submission.message.body, &submission.audience)
    else {
        return Ok(());
    };
    let mut faults = Vec::new();
    for to in recipients {
        let path = format!("recipients[{}]", to.reference);
        match template.fill(&to.variables) {
            Err(missing) => faults.push(Fault::new(path, missing.to_string(), "the template")),
            Ok(filled) => {
                let mut check = Check { limits, faults: Vec::new() };
                check.alimtalk(&filled, false);
                let found = check.faults.into_iter();
                faults.extend(found.map(|fault| Fault { path: format!("{path}.{}", fault.path), ..fault }));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
}

struct Check<'a> {
    limits: &'a [Limit],
    faults: Vec<Fault>,
}

/// Which actions a button may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actions {
    All,
    Links,
}

const NHN_BUTTONS: &str = "NHN Cloud Brand Message API guide (2026-06-23); SOLAPI SDK 6.0.1 agrees";
const KAKAO_TV: &str = "NHN Cloud Brand Message API guide (2026-06-23); SOLAPI SDK 6.0.1 agrees";
const LAW: &str = "Network Act (정보통신망법) art. 50(4) and decree table 6";

impl Check<'_> {
    fn body(&mut self, message: &Message) {
        match &message.body {
            Body::Alimtalk(template) => self.alimtalk(template, message.advertising.is_some()),
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
            Body::Text(text) => self.text("text", text, message.advertising.as_ref()),
            Body::Wide(wide) => {
                self.line("wide.text", "wide.text", &wide.text);
                self.picture("wide.picture", "wide.picture", &wide.picture);
                self.foot("wide", &wide.buttons, wide.coupon.as_ref(), Actions::All);
            }
            Body::WideItemList(list) => self.items(list),
        }
        let always = match &message.body {
            Body::CarouselCommerce(_) | Body::CarouselFeed(_) => Some("a carousel always goes as an advertisement"),
            Body::WideItemList(_) => Some("a list of items always goes as an advertisement"),
            _ => None,
        };
        if let (Some(problem), None) = (always, &message.advertising) {
            let source = "Bizgo SDK 1.2.0 (2026-09): FC, FA and FL are sent with adFlag Y only";
            self.fault("advertising".to_owned(), problem, source);
        }
    }

    /// A template, with its variables filled in or not.
    fn alimtalk(&mut self, template: &AlimtalkTemplate, advertises: bool) {
        if advertises {
            let problem = "Alimtalk carries no advertisements";
            self.fault("advertising".to_owned(), problem, "Kakao Alimtalk review guide: informational messages only");
        }
        let all = format!("{}{}", template.text, template.extra.as_deref().unwrap_or_default());
        self.line("alimtalk.text", "alimtalk.text", &all);
        self.count("alimtalk.variables", "alimtalk.variables", Unit::Items, template.variables().len());
        match &template.emphasis {
            Emphasis::None => {}
            Emphasis::Title { title, subtitle } => {
                self.line("alimtalk.title", "alimtalk.title", title);
                self.optional("alimtalk.subtitle", "alimtalk.subtitle", subtitle.as_deref());
            }
            Emphasis::Image(picture) => self.picture("alimtalk.picture", "alimtalk.picture", picture),
            Emphasis::Items(items) => {
                self.line("alimtalk.text with items", "alimtalk.text", &all);
                self.optional("alimtalk.header", "alimtalk.header", items.header.as_deref());
                self.count("alimtalk.items", "alimtalk.items", Unit::Items, items.list.len());
                for (at, (title, value)) in items.list.iter().enumerate() {
                    self.line("alimtalk.items[].title", &format!("alimtalk.items[{at}].title"), title);
                    self.line("alimtalk.items[].value", &format!("alimtalk.items[{at}].value"), value);
                }
                if let Some((title, text)) = &items.highlight {
                    self.line("alimtalk.highlight.title", "alimtalk.highlight.title", title);
                    self.line("alimtalk.highlight.text", "alimtalk.highlight.text", text);
                }
                if let Some((title, value)) = &items.summary {
                    self.line("alimtalk.summary.title", "alimtalk.summary.title", title);
                    self.line("alimtalk.summary.value", "alimtalk.summary.value", value);
                }
            }
        }
        let buttons = template.buttons.len();
        self.count("alimtalk.buttons", "alimtalk.buttons", Unit::Items, buttons);
        if !template.quick_replies.is_empty() {
            self.count("alimtalk.buttons with quick replies", "alimtalk.buttons", Unit::Items, buttons);
        }
        let replies = template.quick_replies.len();
        self.count("alimtalk.quick-replies", "alimtalk.quick-replies", Unit::Items, replies);
        for (name, list) in [("buttons", &template.buttons), ("quick-replies", &template.quick_replies)] {
            for (at, button) in list.iter().enumerate() {
                let path = format!("alimtalk.{name}[{at}].label");
                self.line(&format!("alimtalk.{name}[].label"), &path, &button.label);
                self.one_line(path, &button.label);
            }
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

    fn one_line(&mut self, path: String, text: &str) {
        if text.contains('\n') {
            self.fault(path, "it is one line, without breaks", "our own rule: it is shown in one line");
        }
    }

    fn picture(&mut self, part: &str, path: &str, picture: &Picture) {
        self.count(&format!("{part}.width"), &format!("{path}.width"), Unit::Pixels, picture.width as usize);
        self.count(&format!("{part}.ratio"), &format!("{path}.ratio"), Unit::Thousandths, ratio(picture));
        self.count(&format!("{part}.file"), &format!("{path}.file"), Unit::Bytes, picture.bytes);
        if picture.alt.trim().is_empty() {
            self.fault(format!("{path}.alt"), "a picture needs a text for those who cannot see it", "KWCAG 2.2, 1.1.1");
        }
    }

    fn optional(&mut self, part: &str, path: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(part, path, text);
        }
    }

    fn link(&mut self, part: &str, path: &str, link: Option<&WebLink>) {
        if let Some(link) = link {
            self.line(part, path, link.as_str());
        }
    }

    fn text(&mut self, at: &str, text: &TextMessage, advertising: Option<&Advertising>) {
        let bytes = |text: &str| cp949_bytes(text).unwrap_or(usize::MAX);
        self.count("text.title", &format!("{at}.title"), Unit::Cp949, text.title().map_or(0, bytes));
        self.count("text.body", &format!("{at}.body"), Unit::Cp949, bytes(text.text()));
        let Some(advertising) = advertising else { return };
        let first = text.title().unwrap_or(text.text());
        if !first.starts_with(Advertising::MARK) || !text.text().starts_with(Advertising::MARK) {
            self.fault(format!("{at}.body"), "an advertisement begins with (광고)", LAW);
        }
        if !text.text().contains(&advertising.sender) {
            self.fault(format!("{at}.body"), "an advertisement names its sender", LAW);
        }
        let last = text.text().lines().last().unwrap_or_default();
        let refused = match &advertising.refusal {
            Refusal::FreeCall(number) => digits(last).contains(number.expose()),
            Refusal::BlockChannel => digits(last).contains("080"),
        };
        if !refused || !(last.contains("무료수신거부") || last.contains("무료거부")) {
            self.fault(format!("{at}.body"), "an advertisement ends with the free way to refuse it", LAW);
        }
    }

    fn line(&mut self, part: &str, path: &str, text: &str) {
        self.count(part, path, Unit::Utf16, units(text));
        self.count(part, path, Unit::LineBreaks, text.matches('\n').count());
    }

    fn count(&mut self, part: &str, path: &str, unit: Unit, found: usize) {
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

    fn fault(&mut self, path: String, problem: &str, source: &str) {
        self.faults.push(Fault { path, problem: problem.to_owned(), source: source.to_owned() });
    }
}

/// Height to width, in thousandths.
fn ratio(picture: &Picture) -> usize {
    (picture.height as usize * 1000).checked_div(picture.width as usize).unwrap_or(0)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ALIMTALK, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, NHN_BRAND_MESSAGE, TEXT_MESSAGE, samples};

    fn kakao() -> Vec<Limit> {
        [ALIMTALK, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, NHN_BRAND_MESSAGE, TEXT_MESSAGE].concat()
    }

    #[test]
    fn each_kind_keeps_its_limits() {
        for message in samples::messages() {
            assert_eq!(validate(&message, &kakao()), Ok(()), "{}", message.body.kind());
        }
    }

    #[test]
    fn a_sentence_of_faults_has_an_end() {
        let fault = |n: usize| Fault::new(format!("recipients[{n}]"), "no value is given", "the template");
        let text = Faults((0..10_000).map(fault).collect()).to_string();
        assert!(text.len() < 2_000 && text.ends_with("and 9980 more"), "{text}");
    }

    #[test]
    fn every_row_of_the_table_is_looked_at() {
        // A table of limits that nothing keeps: each part that is asked for must break one of them.
        for limit in kakao() {
            let never = Limit { min: usize::MAX, max: usize::MAX, ..limit };
            let broken = samples::messages().iter().any(|message| {
                validate(message, &[never])
                    .is_err_and(|faults| faults.iter().any(|fault| fault.source.contains(limit.source)))
            });
            assert!(broken, "{} in {:?}", limit.part, limit.unit);
        }
    }

    #[test]
    fn what_a_type_forbids_is_named() {
        let faults = |message: &Message| -> Vec<String> {
            let faults = validate(message, &kakao()).unwrap_err();
            faults.iter().map(|fault| fault.path.clone()).collect()
        };
        let mut messages = samples::messages().into_iter();
        let mut of = |kind: &str| messages.find(|message| message.body.kind() == kind).unwrap();
        let mut bubble = of("bubble");
        if let Body::Bubble(bubble) = &mut bubble.body {
            let button = |action| Button::of("열다섯 글자나 되는 버튼입니다", action);
            bubble.buttons = vec![button(Action::App { mobile: None, android: None, ios: None })];
            bubble.coupon = Some(Coupon::new(crate::CouponTitle::PercentOff(101), "열세 글자나 되는 긴 설명"));
        }
        assert_eq!(
            faults(&bubble),
            ["bubble.buttons[0].label", "bubble.buttons[0].action", "bubble.coupon.title", "bubble.coupon.description"]
        );
        let mut feed = of("carousel-feed");
        if let Body::CarouselFeed(feed) = &mut feed.body {
            feed.cards[1].buttons[0].action = Action::Message { extra: None };
        }
        feed.advertising = None;
        assert_eq!(faults(&feed), ["carousel.cards[1].buttons[0].action", "advertising"]);
        let mut video = of("premium-video");
        if let Body::PremiumVideo(video) = &mut video.body {
            video.video = WebLink::parse("https://www.example.com/v/1").unwrap();
        }
        assert_eq!(faults(&video), ["premium-video.video"]);
    }
}
