use std::fmt;

use sosik_content::text::units;

use crate::message::{Advertising, Body, CarouselFeed, Message, Refusal};
use crate::text::cp949_bytes;
use crate::{Limit, TextMessage, Unit};

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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.path, self.problem, self.source)
    }
}

/// Every limit that a message breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults, in the order of the message.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the message breaks {} limit(s): ", self.0.len())?;
        for (at, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
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
    match &message.body {
        Body::CarouselFeed(feed) => check.carousel(feed, message.advertising.as_ref()),
        Body::Text(text) => check.text("text", text, message.advertising.as_ref()),
    }
    if let Some(fallback) = &message.fallback {
        check.text("fallback", fallback, message.advertising.as_ref());
    }
    if check.faults.is_empty() { Ok(()) } else { Err(Faults(check.faults)) }
}

struct Check<'a> {
    limits: &'a [Limit],
    faults: Vec<Fault>,
}

const LAW: &str = "Network Act (정보통신망법) art. 50(4) and decree table 6";

impl Check<'_> {
    fn carousel(&mut self, feed: &CarouselFeed, advertising: Option<&Advertising>) {
        self.count("carousel.cards", "carousel.cards", Unit::Items, feed.cards.len());
        for (at, card) in feed.cards.iter().enumerate() {
            let path = |rest: &str| format!("carousel.cards[{at}].{rest}");
            self.line("carousel.cards[].header", &path("header"), &card.header);
            self.line("carousel.cards[].text", &path("text"), &card.text);
            if let Some(link) = &card.link {
                self.line("carousel.cards[].link", &path("link"), link.as_str());
            }
            self.count("carousel.cards[].buttons", &path("buttons"), Unit::Items, card.buttons.len());
            for (n, button) in card.buttons.iter().enumerate() {
                self.line("carousel.cards[].buttons[].label", &path(&format!("buttons[{n}].label")), &button.label);
                self.line(
                    "carousel.cards[].buttons[].link",
                    &path(&format!("buttons[{n}].link")),
                    button.link.as_str(),
                );
            }
            let picture = &card.picture;
            self.count("carousel.cards[].picture.width", &path("picture.width"), Unit::Pixels, picture.width as usize);
            let ratio = (picture.height as usize * 1000).checked_div(picture.width as usize).unwrap_or(0);
            self.count("carousel.cards[].picture.ratio", &path("picture.ratio"), Unit::Thousandths, ratio);
            self.count("carousel.cards[].picture.file", &path("picture.file"), Unit::Bytes, picture.bytes);
            if picture.alt.trim().is_empty() {
                self.fault(
                    path("picture.alt"),
                    "a picture needs a text for those who cannot see it",
                    "KWCAG 2.2, 1.1.1",
                );
            }
        }
        if let Some(tail) = &feed.tail {
            self.line("carousel.tail", "carousel.tail", tail.as_str());
        }
        if advertising.is_none() {
            let source = "Bizgo SDK 1.2.0 (2026-09): FC is sent with adFlag Y only";
            self.fault("advertising".to_owned(), "a carousel always goes as an advertisement", source);
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

    fn line(&mut self, part: &'static str, path: &str, text: &str) {
        self.count(part, path, Unit::Utf16, units(text));
        self.count(part, path, Unit::LineBreaks, text.matches('\n').count());
    }

    fn count(&mut self, part: &str, path: &str, unit: Unit, found: usize) {
        for limit in self.limits.iter().filter(|limit| limit.part == part && limit.unit == unit) {
            if (limit.min..=limit.max).contains(&found) {
                continue;
            }
            let what = match unit {
                Unit::Bytes => "bytes",
                Unit::Cp949 => "bytes in CP949",
                Unit::Items => "items",
                Unit::LineBreaks => "line breaks",
                Unit::Pixels => "pixels",
                Unit::Thousandths => "thousandths of height to width",
                Unit::Utf16 => "UTF-16 units",
            };
            let problem = format!("it has {found} {what}, allowed are {} to {}", limit.min, limit.max);
            self.fault(path.to_owned(), &problem, &format!("{}, {}", limit.source, limit.as_of));
        }
    }

    fn fault(&mut self, path: String, problem: &str, source: &str) {
        self.faults.push(Fault { path, problem: problem.to_owned(), source: source.to_owned() });
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
