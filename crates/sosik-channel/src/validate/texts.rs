//! What Alimtalk and text messages break.

use super::check::Check;
use crate::alimtalk::{AlimtalkTemplate, Emphasis, names_in};
use crate::media::PictureFormat;
use crate::message::{Advertising, Refusal};
use crate::text::cp949_bytes;
use crate::{TextMessage, Unit};

const SUMMARY: &str = "Kakao Alimtalk guide; PyPI bizgo-sdk-comm 1.2.0 agrees";
const MMS: &str = "NHN Cloud SMS v3.0 and PyPI bizgo-sdk-comm 1.2.0: jpg only";
const LAW: &str = "Network Act (정보통신망법) art. 50(4) and decree table 6";

impl Check<'_> {
    /// A template, with its variables filled in or not.
    pub(super) fn alimtalk(&mut self, template: &AlimtalkTemplate, advertises: bool) {
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
                    if names_in(title).next().is_some() || !is_sum(value) {
                        let problem = "a summary has a title without variables, and a sum of money";
                        self.fault("alimtalk.summary".to_owned(), problem, SUMMARY);
                    }
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

    pub(super) fn text(&mut self, at: &str, text: &TextMessage, advertising: Option<&Advertising>) {
        let bytes = |text: &str| cp949_bytes(text).unwrap_or(usize::MAX);
        self.count("text.title", &format!("{at}.title"), Unit::Cp949, text.title().map_or(0, bytes));
        self.count("text.body", &format!("{at}.body"), Unit::Cp949, bytes(text.text()));
        self.count("text.pictures", &format!("{at}.pictures"), Unit::Items, text.pictures().len());
        for (n, picture) in text.pictures().iter().enumerate() {
            let path = format!("{at}.pictures[{n}]");
            self.picture("text.pictures[]", &path, picture);
            if picture.format != PictureFormat::Jpeg {
                self.fault(path, "an MMS shows JPEG only", MMS);
            }
        }
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
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a text is a sum of money: digits, signs and codes of currencies, and variables.
fn is_sum(text: &str) -> bool {
    // A variable may be any of it.
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let code = rest.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_uppercase()));
        let variable = rest.strip_prefix("#{").and_then(|after| after.find('}')).map(|end| end + 3);
        let length = match (variable, code) {
            (Some(length), _) => length,
            (None, Some(_)) => 3,
            (None, None) if is_money(first) => first.len_utf8(),
            (None, None) => return false,
        };
        rest = &rest[length..];
    }
    true
}

/// Digits and their marks, Unicode's currency signs (general category Sc), and the words for won, yuan and yen.
fn is_money(c: char) -> bool {
    const SIGNS: &str = "$¢£¤¥֏؋৲৳৻૱௹฿៛﷼﹩＄￠￡￥￦원元円";
    c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\u{20a0}'..='\u{20c0}') || SIGNS.contains(c)
}
