//! Templates of 알림톡 (Alimtalk) that were approved, and of brand messages at SOLAPI.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A template of 알림톡 (Alimtalk) that Kakao approved, or of a brand message at SOLAPI. Variables are written `#{name}`.
///
/// ```
/// use sosik_emulator::{Options, Template};
///
/// let template = Template::new("KA01TP0", "#{이름}님, 여권이 나왔습니다.").with("https://www.example.go.kr/#{번호}");
/// let options = Options::new("KEY").with_template(template);
/// assert_eq!(options.templates.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Template {
    /// Its code.
    pub code: String,
    /// Its words.
    pub text: String,
    /// Its other texts and links, as far as they have variables.
    #[serde(default)]
    pub more: Vec<String>,
    /// Of a brand message at SOLAPI the type of bubble, as `TEXT`: its templates are registered by hand there.
    #[serde(default)]
    pub bubble: Option<String>,
}

/// The most characters of a template with its variables filled in: what every dealer takes.
const TEXT: usize = 1_000;

/// The most characters of a brand message; its type may take fewer, which is looked at beside.
const BRAND_TEXT: usize = 1_300;

impl Template {
    /// An approved template.
    #[must_use]
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into(), more: Vec::new(), bubble: None }
    }

    /// A registered template of a brand message at SOLAPI, by its type of bubble, as `TEXT`.
    #[must_use]
    pub fn brand(code: impl Into<String>, bubble: impl Into<String>, text: impl Into<String>) -> Self {
        Self { bubble: Some(bubble.into()), ..Self::new(code, text) }
    }

    /// The template with one more text or link.
    #[must_use]
    pub fn with(mut self, more: impl Into<String>) -> Self {
        self.more.push(more.into());
        self
    }

    fn variables(&self) -> BTreeSet<&str> {
        std::iter::once(&self.text).chain(&self.more).flat_map(|text| names(text)).collect()
    }

    /// The words with these values, or what is wrong with them.
    pub(crate) fn fill(&self, values: &BTreeMap<String, String>) -> Result<String, String> {
        no_more_no_fewer(&self.variables(), values)?;
        let text = filled(&self.text, values);
        let most = if self.bubble.is_some() { BRAND_TEXT } else { TEXT };
        match text.encode_utf16().count() {
            units if (1..=most).contains(&units) => Ok(text),
            units => Err(format!("the words have {units} characters, {most} at the most")),
        }
    }
}

/// That the values are those of a template's variables, or what is wrong with them.
pub(crate) fn no_more_no_fewer(wanted: &BTreeSet<&str>, values: &BTreeMap<String, String>) -> Result<(), String> {
    if let Some(name) = wanted.iter().find(|name| !values.contains_key(**name)) {
        return Err(format!("the template's variable {name} has no value"));
    }
    match values.keys().find(|name| !wanted.contains(name.as_str())) {
        Some(name) => Err(format!("the template has no variable {name}")),
        None => Ok(()),
    }
}

/// The names of the variables of a text.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("#{").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// A text with its variables filled in, each once: a value with `#{…}` in it stays what it is.
pub(crate) fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_template_no_more_and_no_fewer() {
        let template = Template::new("T", "#{a}님 #{b}").with("https://www.example.go.kr/#{c}");
        let values = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        assert_eq!(template.fill(&values(&["a", "b", "c"])), Ok("x님 x".to_owned()));
        assert!(template.fill(&values(&["a", "b"])).is_err_and(|error| error.contains("variable c")));
        assert!(template.fill(&values(&["a", "b", "c", "d"])).is_err_and(|error| error.contains("no variable d")));
        let long = BTreeMap::from([("a".to_owned(), "가".repeat(1_001))]);
        assert!(Template::new("T", "#{a}").fill(&long).is_err());
    }
}
