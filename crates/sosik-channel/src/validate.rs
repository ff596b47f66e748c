//! What a message breaks, all at once.

mod check;
mod texts;

use std::fmt;

use self::check::Check;
use crate::brand_template::FillError;
use crate::message::{Body, Message};
use crate::{Audience, Limit, Submission};

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
    check.adults(message);
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
    let Audience::Named(recipients) = &submission.audience else { return Ok(()) };
    let mut faults = Vec::new();
    for to in recipients {
        let mut check = Check { limits, faults: Vec::new() };
        let filled = match &submission.message.body {
            Body::Alimtalk(template) => {
                template.fill(&to.variables).map_err(FillError::Missing).map(|filled| check.alimtalk(&filled, false))
            }
            Body::Template(template) => {
                template.fill(&to.variables).map(|filled| check.in_template(|check| check.shown(&filled)))
            }
            _ => return Ok(()),
        };
        let path = format!("recipients[{}]", to.reference);
        let found = check.faults.into_iter();
        faults.extend(found.map(|fault| Fault { path: format!("{path}.{}", fault.path), ..fault }));
        faults.extend(filled.err().map(|problem| Fault::new(path, problem.to_string(), "the template")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
}

#[cfg(test)]
mod tests {
    use sosik_content::WebLink;

    use super::*;
    use crate::{
        ALIMTALK, Action, BRAND_TEMPLATE, Button, Coupon, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, NHN_BRAND_MESSAGE,
        TEXT_MESSAGE, samples,
    };

    fn kakao() -> Vec<Limit> {
        [ALIMTALK, BRAND_TEMPLATE, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, NHN_BRAND_MESSAGE, TEXT_MESSAGE].concat()
    }

    #[test]
    fn each_kind_keeps_its_limits() {
        for message in samples::messages() {
            assert_eq!(validate(&message, &kakao()), Ok(()), "{}", message.body.kind());
        }
    }

    #[test]
    fn only_a_brand_message_of_free_form_without_a_text_is_for_adults_only() {
        for message in samples::messages() {
            let free = !matches!(message.body, Body::Alimtalk(_) | Body::Template(_) | Body::Text(_));
            let kind = message.body.kind();
            let adults = validate(&message.clone().without_fallback().for_adults_only(), &kakao());
            assert_eq!(adults.is_ok(), free, "{kind}: {adults:?}");
        }
        let text = crate::TextMessage::new(sosik_core::PhoneNumber::parse("031-000-0000").unwrap(), "소식").unwrap();
        let hidden = samples::messages().remove(1).with_fallback(text);
        let faults = validate(&hidden, &kakao()).unwrap_err();
        assert!(faults.iter().any(|fault| fault.path == "fallback"), "{faults}");
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
