//! 알림톡 (Alimtalk): informational messages by templates that Kakao approved.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::media::Picture;

/// A template of 알림톡 (Alimtalk), as Kakao approved it: what is sent are its code and the values of its variables.
///
/// The words are here so that a message can be checked and shown before it goes. Variables are written `#{name}`, in
/// any of its texts and links.
///
/// ```
/// use std::collections::BTreeMap;
/// use sosik_channel::{AlimtalkButton, AlimtalkTemplate};
///
/// let template = AlimtalkTemplate::new("KA01TP0", "#{이름}님, 여권이 나왔습니다. #{날짜}까지 찾아가세요.")
///     .with_button(AlimtalkButton::web("찾는 곳", "https://www.example.go.kr/passport/#{번호}"));
/// assert_eq!(template.variables().into_iter().collect::<Vec<_>>(), ["날짜", "번호", "이름"]);
///
/// let mut values = BTreeMap::from([("이름".to_owned(), "시민".to_owned()), ("날짜".to_owned(), "12월 4일".to_owned())]);
/// assert_eq!(template.fill(&values).unwrap_err().to_string(), "no value is given for `#{번호}`");
/// values.insert("번호".to_owned(), "17".to_owned());
/// assert_eq!(template.fill(&values)?.text, "시민님, 여권이 나왔습니다. 12월 4일까지 찾아가세요.");
/// # Ok::<(), sosik_channel::MissingVariable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlimtalkTemplate {
    /// The code under which the dealer knows it.
    pub code: String,
    /// The words.
    pub text: String,
    /// Words that stand below for every message (부가 정보).
    pub extra: Option<String>,
    /// What stands out above the words.
    pub emphasis: Emphasis,
    /// The buttons below.
    pub buttons: Vec<AlimtalkButton>,
    /// The replies to choose from below the message (바로연결).
    pub quick_replies: Vec<AlimtalkButton>,
}

/// What stands out above the words of an [`AlimtalkTemplate`] (강조 유형).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Emphasis {
    /// A picture (이미지형).
    Image(Picture),
    /// A list of names and values (아이템 리스트형).
    Items(AlimtalkItems),
    /// Nothing (기본형).
    #[default]
    None,
    /// A title (강조 표기형).
    #[non_exhaustive]
    Title {
        /// The title.
        title: String,
        /// The line over it.
        subtitle: Option<String>,
    },
}

/// A list of names and values in an [`AlimtalkTemplate`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlimtalkItems {
    /// The line above.
    pub header: Option<String>,
    /// A title and a line about it.
    pub highlight: Option<(String, String)>,
    /// Names and values.
    pub list: Vec<(String, String)>,
    /// The name and the sum at the end.
    pub summary: Option<(String, String)>,
}

impl AlimtalkItems {
    /// A list of names and values.
    #[must_use]
    pub fn new(list: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { list: list.into_iter().collect(), ..Self::default() }
    }
}

/// A button or a quick reply of an [`AlimtalkTemplate`]. Its links may hold variables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlimtalkButton {
    /// What stands on it.
    pub label: String,
    /// Kakao's two letters for what it does: `WL`, `AL`, `AC`, `BK`, `MD`, `BC`, `BT`, `DS`.
    pub kind: String,
    /// Links by what they are for: `mobile`, `pc`, `android`, `ios`.
    pub links: BTreeMap<String, String>,
}

impl AlimtalkButton {
    /// A button that opens a page.
    #[must_use]
    pub fn web(label: impl Into<String>, link: impl Into<String>) -> Self {
        let link = link.into();
        let links = [("mobile", link.clone()), ("pc", link)].map(|(name, link)| (name.to_owned(), link));
        Self { label: label.into(), kind: "WL".to_owned(), links: links.into() }
    }

    /// A button of a kind, without links yet.
    #[must_use]
    pub fn of(label: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { label: label.into(), kind: kind.into(), links: BTreeMap::new() }
    }

    /// The button with a link for `mobile`, `pc`, `android` or `ios`.
    #[must_use]
    pub fn with_link(mut self, name: impl Into<String>, link: impl Into<String>) -> Self {
        self.links.insert(name.into(), link.into());
        self
    }
}

impl AlimtalkTemplate {
    /// A template of words alone.
    #[must_use]
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: text.into(),
            extra: None,
            emphasis: Emphasis::None,
            buttons: Vec::new(),
            quick_replies: Vec::new(),
        }
    }

    /// The template with words that stand below for every message.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<String>) -> Self {
        self.extra = Some(extra.into());
        self
    }

    /// The template with a title over its words.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>, subtitle: Option<String>) -> Self {
        self.emphasis = Emphasis::Title { title: title.into(), subtitle };
        self
    }

    /// The template with a list over its words.
    #[must_use]
    pub fn with_items(mut self, items: AlimtalkItems) -> Self {
        self.emphasis = Emphasis::Items(items);
        self
    }

    /// The template with a picture over its words.
    #[must_use]
    pub fn with_picture(mut self, picture: Picture) -> Self {
        self.emphasis = Emphasis::Image(picture);
        self
    }

    /// The template with one more button.
    #[must_use]
    pub fn with_button(mut self, button: AlimtalkButton) -> Self {
        self.buttons.push(button);
        self
    }

    /// The template with one more quick reply.
    #[must_use]
    pub fn with_quick_reply(mut self, reply: AlimtalkButton) -> Self {
        self.quick_replies.push(reply);
        self
    }

    /// The names of its variables.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut copy = self.clone();
        copy.texts(&mut |text| names.extend(names_in(text).map(str::to_owned)));
        names
    }

    /// The template with its variables filled in.
    ///
    /// # Errors
    ///
    /// [`MissingVariable`] names the first one without a value. Values beyond are passed over.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<Self, MissingVariable> {
        if let Some(name) = self.variables().into_iter().find(|name| !values.contains_key(name)) {
            return Err(MissingVariable { name });
        }
        let mut filled = self.clone();
        filled.texts(&mut |text| *text = filled_in(text, values));
        Ok(filled)
    }

    /// Lets every text and link pass by.
    fn texts(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(&mut self.text);
        self.extra.iter_mut().for_each(&mut *visit);
        match &mut self.emphasis {
            Emphasis::Title { title, subtitle } => {
                visit(title);
                subtitle.iter_mut().for_each(&mut *visit);
            }
            Emphasis::Items(AlimtalkItems { header, highlight, list, summary }) => {
                header.iter_mut().for_each(&mut *visit);
                for (name, value) in highlight.iter_mut().chain(list).chain(summary) {
                    visit(name);
                    visit(value);
                }
            }
            Emphasis::Image(_) | Emphasis::None => {}
        }
        for button in self.buttons.iter_mut().chain(&mut self.quick_replies) {
            visit(&mut button.label);
            button.links.values_mut().for_each(&mut *visit);
        }
    }
}

/// The names between `#{` and `}`.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("#{").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Each variable replaced once, so that a value with `#{…}` in it stays what it is.
pub(crate) fn filled_in(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("#{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}').and_then(|(name, rest)| Some((values.get(name)?, rest))) {
            Some((value, rest)) => out.extend([value.as_str(), rest]),
            None => out.extend(["#{", part]),
        }
    }
    out
}

/// A variable of a template has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
}

impl fmt::Display for MissingVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no value is given for `#{{{}}}`", self.name)
    }
}

impl std::error::Error for MissingVariable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_variable_stays_what_it_is() {
        let template = AlimtalkTemplate::new("T", "#{a} #{b} #{ #{");
        let values = BTreeMap::from([("a".to_owned(), "#{b}".to_owned()), ("b".to_owned(), "x".to_owned())]);
        assert_eq!(template.fill(&values).unwrap().text, "#{b} x #{ #{");
    }

    #[test]
    fn variables_are_found_in_every_part() {
        let mut items = AlimtalkItems::new([("#{a}".to_owned(), "#{b}".to_owned())]);
        (items.header, items.highlight) = (Some("#{c}".to_owned()), Some(("#{d}".to_owned(), "#{e}".to_owned())));
        items.summary = Some(("합계".to_owned(), "#{f}".to_owned()));
        let template = AlimtalkTemplate::new("T", "#{g}")
            .with_extra("#{h}")
            .with_items(items)
            .with_button(AlimtalkButton::web("#{i}", "https://www.example.go.kr/#{j}"))
            .with_quick_reply(AlimtalkButton::of("#{k}", "BK"));
        let names: String = template.variables().into_iter().collect();
        assert_eq!(names, "abcdefghijk");
    }
}
