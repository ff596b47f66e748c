//! Brand messages by a template that was registered with the dealer (기본형).

use std::collections::{BTreeMap, BTreeSet};

use sosik_content::WebLink;

use crate::alimtalk::{MissingVariable, filled_in, names_in};
use crate::button::{Action, Button};
use crate::fit;
use crate::message::Body;

/// A brand message (브랜드 메시지) by a template that was registered with the dealer (기본형): what is sent are its code
/// and each recipient's values of its variables.
///
/// What it shows is here so that it can be checked and shown before it goes. Variables are written `#{name}`: in its
/// words, the descriptions of its coupons, and its links, there after everything else and with names of ASCII letters,
/// digits and `_` only, since an address has no others. Labels of buttons, titles of coupons and what goes to apps and
/// chatbots have none.
///
/// ```
/// use std::collections::BTreeMap;
/// use sosik_channel::{Body, BrandTemplate, Bubble, Button};
/// use sosik_content::WebLink;
///
/// let link = WebLink::parse("https://www.example.go.kr/events/#{event}")?;
/// let bubble = Bubble::new("#{이름}님, 금요일에 만나요.").with_button(Button::new("보기", link));
/// let template = BrandTemplate::new("WEEKLY1", Body::Bubble(bubble))?;
/// assert_eq!(template.variables().into_iter().collect::<Vec<_>>(), ["event", "이름"]);
///
/// let values = BTreeMap::from([("이름".to_owned(), "시민".to_owned()), ("event".to_owned(), "17".to_owned())]);
/// let Body::Bubble(filled) = template.fill(&values)? else { unreachable!() };
/// assert_eq!(filled.text, "시민님, 금요일에 만나요.");
/// assert_eq!(filled.buttons[0].link().map(WebLink::as_str), Some("https://www.example.go.kr/events/17"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandTemplate {
    code: String,
    shown: Box<Body>,
}

impl BrandTemplate {
    /// A template by the code under which the dealer knows it, and what it shows.
    ///
    /// # Errors
    ///
    /// [`BrandTemplateError`] when what is shown is no brand message, a variable stands where none can, or one in a link
    /// has a name that an address cannot hold.
    pub fn new(code: impl Into<String>, shown: Body) -> Result<Self, BrandTemplateError> {
        if matches!(shown, Body::Alimtalk(_) | Body::Template(_) | Body::Text(_)) {
            return Err(BrandTemplateError::Kind(shown.kind()));
        }
        let mut template = Self { code: code.into(), shown: Box::new(shown) };
        let mut unfit = None;
        template.links(&mut |link| {
            let mut names = names_in(link.as_str());
            unfit = unfit.take().or_else(|| names.find(|name| !is_plain(name)).map(str::to_owned));
        });
        if let Some(name) = unfit {
            return Err(BrandTemplateError::Name(name));
        }
        for (buttons, coupon) in template.shown.feet_mut() {
            let title = coupon.map(|coupon| coupon.title.to_string());
            let fixed = buttons.iter().flat_map(fixed).chain(title.as_deref());
            if let Some(name) = fixed.flat_map(names_in).next() {
                return Err(BrandTemplateError::Place(name.to_owned()));
            }
        }
        Ok(template)
    }

    /// The code under which the dealer knows it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it shows, with its variables not filled in: a brand message of one of its types.
    #[must_use]
    pub fn shown(&self) -> &Body {
        &self.shown
    }

    pub(crate) fn shown_mut(&mut self) -> &mut Body {
        &mut self.shown
    }

    /// The names of its variables.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut copy = self.clone();
        copy.texts(&mut |text| names.extend(names_in(text).map(str::to_owned)));
        copy.links(&mut |link| names.extend(names_in(link.as_str()).map(str::to_owned)));
        names
    }

    /// What it shows with its variables filled in.
    ///
    /// # Errors
    ///
    /// [`FillError`] names the first variable without a value, or says that a link with its values is none: a value in a
    /// link is percent-encoded by whoever gives it. It holds no value. Values beyond are passed over.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<Body, FillError> {
        if let Some(name) = self.variables().into_iter().find(|name| !values.contains_key(name)) {
            return Err(FillError::Missing(MissingVariable { name }));
        }
        let mut filled = self.clone();
        filled.texts(&mut |text| *text = filled_in(text, values));
        let mut broken = false;
        filled.links(&mut |link| {
            if names_in(link.as_str()).next().is_some() {
                // The dealer puts the values in as they are: what an address would write otherwise breaks it.
                let written = filled_in(link.as_str(), values);
                match WebLink::parse(&written) {
                    Ok(whole) if whole.as_str() == written => *link = whole,
                    _ => broken = true,
                }
            }
        });
        if broken { Err(FillError::Link) } else { Ok(*filled.shown) }
    }

    /// Lets every text pass by: its words, and what coupons say.
    fn texts(&mut self, visit: &mut dyn FnMut(&mut String)) {
        for (_, text) in fit::words(&mut self.shown) {
            visit(text);
        }
        for coupon in self.shown.feet_mut().into_iter().filter_map(|(_, coupon)| coupon) {
            visit(&mut coupon.description);
        }
    }

    /// Lets every link pass by.
    fn links(&mut self, visit: &mut dyn FnMut(&mut WebLink)) {
        self.shown.own_links_mut().into_iter().for_each(&mut *visit);
        for (buttons, coupon) in self.shown.feet_mut() {
            for button in buttons {
                match &mut button.action {
                    Action::Web { mobile, desktop } => {
                        visit(mobile);
                        desktop.iter_mut().for_each(&mut *visit);
                    }
                    Action::App { mobile, .. } => mobile.iter_mut().for_each(&mut *visit),
                    _ => {}
                }
            }
            coupon.and_then(|coupon| coupon.link.as_mut()).into_iter().for_each(&mut *visit);
        }
    }
}

/// The texts of a button that are the same for everyone.
fn fixed(button: &Button) -> impl Iterator<Item = &str> {
    let more = match &button.action {
        Action::App { android, ios, .. } => [android.as_deref(), ios.as_deref()],
        Action::Form { key } => [key.as_deref(), None],
        action => [action.extra(), None],
    };
    std::iter::once(button.label.as_str()).chain(more.into_iter().flatten())
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Something is no template of a brand message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrandTemplateError {
    /// It shows a message of this kind, which is no brand message.
    #[error("a template shows a brand message of one of its types, not a message of the kind {0}")]
    Kind(&'static str),
    /// This variable in a link has a name that an address cannot hold.
    #[error("the variable `#{{{0}}}` stands in a link: its name may have ASCII letters, digits and _ only")]
    Name(String),
    /// This variable stands where every recipient gets the same: in a label, a coupon's title, or what goes to an app or
    /// a chatbot.
    #[error(
        "the variable `#{{{0}}}` stands where none can: in a label, a coupon's title, or what goes to apps and bots"
    )]
    Place(String),
}

/// A template cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FillError {
    /// With its values a link is no address any more.
    #[error("with its values a link is no address any more")]
    Link,
    /// A variable has no value.
    #[error(transparent)]
    Missing(MissingVariable),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn variables_are_found_and_filled_in_every_text_and_link_of_every_kind() {
        let values = BTreeMap::from([("a".to_owned(), "17".to_owned())]);
        for message in samples::messages() {
            if matches!(message.body, Body::Alimtalk(_) | Body::Template(_) | Body::Text(_)) {
                continue;
            }
            let kind = message.body.kind();
            let mut template = BrandTemplate::new("T", message.body).unwrap();
            assert!(template.variables().is_empty());
            let (mut texts, mut links) = (0, 0);
            template.texts(&mut |text| {
                *text = "#{a} #{".to_owned();
                texts += 1;
            });
            template.links(&mut |link| {
                *link = WebLink::parse("https://www.example.go.kr/x#{a}").unwrap();
                links += 1;
            });
            assert!(texts > 0 && links > 0 || kind == "bubble", "{kind}");
            assert_eq!(template.variables().len(), 1, "{kind}");
            assert_eq!(
                template.fill(&BTreeMap::new()),
                Err(FillError::Missing(MissingVariable { name: "a".to_owned() }))
            );
            let mut filled = BrandTemplate::new("T", template.fill(&values).unwrap()).unwrap();
            filled.texts(&mut |text| assert_eq!(text, "17 #{"));
            filled.links(&mut |link| assert_eq!(link.as_str(), "https://www.example.go.kr/x17"));
        }
    }

    #[test]
    fn what_is_no_template_is_named_and_no_value_is_told() {
        let text = samples::messages().into_iter().find(|message| matches!(message.body, Body::Text(_))).unwrap();
        assert_eq!(BrandTemplate::new("T", text.body), Err(BrandTemplateError::Kind("text")));
        let bubble = |link: &str| {
            let button = Button::new("보기", WebLink::parse(link).unwrap());
            BrandTemplate::new("T", Body::Bubble(crate::Bubble::new("소식").with_button(button)))
        };
        let error = bubble("https://www.example.go.kr/#{번호}").unwrap_err();
        assert!(matches!(error, BrandTemplateError::Name(_)), "{error}");
        let fill = |value: &str| {
            bubble("https://www.example.go.kr#{a}").unwrap().fill(&BTreeMap::from([("a".to_owned(), value.to_owned())]))
        };
        // What is put in is never part of the host.
        let Body::Bubble(filled) = fill(":99999999").unwrap() else { panic!() };
        assert_eq!(filled.buttons[0].link().unwrap().as_str(), "https://www.example.go.kr/:99999999");
        for odd in ["두 낱말", "a b", "(1)"] {
            assert_eq!(fill(odd), Err(FillError::Link), "{odd}");
        }
        let label = Button::of("#{이름}", Action::AddChannel);
        let app = Action::App { mobile: None, android: Some("app://#{id}".to_owned()), ios: None };
        let bot = Action::Message { extra: Some("#{id}".to_owned()) };
        for button in [label, Button::of("보기", app), Button::of("묻기", bot)] {
            let error = BrandTemplate::new("T", Body::Bubble(crate::Bubble::new("소식").with_button(button)));
            assert!(matches!(error, Err(BrandTemplateError::Place(_))), "{error:?}");
        }
    }
}
