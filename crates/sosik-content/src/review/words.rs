//! Words, characters, numbers, links and pictures.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::{Field, Finding, OUT, Part, about, law};
use crate::extract::pattern::{patterns, service};
use crate::extract::scan::{after, before};
use crate::extract::{Sentence, addresses};
use crate::{Post, text};

patterns! {
    PHONE = r"(0\d{1,2})\s?[-)–]\s?(\d{2,5})\s?[-–]\s?(\d{2,5})";
    SERVICE = concat!("(", service!(), r")\s?[-–]\s?(\d{3,5})");
}

/// Numbers to call that no one can dial.
pub(super) fn phones(part: &Part<'_>, out: &mut Vec<Finding>) {
    let text = part.text;
    let alone = |start: usize, end: usize| {
        before(text, start).is_none_or(|c| !c.is_ascii_digit() && c != '-' && c != '.')
            && after(text, end).is_none_or(|c| !c.is_ascii_digit() && c != '-')
    };
    for found in PHONE.captures_iter(text) {
        let (Some(area), Some(exchange), Some(line)) = (found.get(1), found.get(2), found.get(3)) else { continue };
        let known = matches!(area.as_str(), "02" | "070" | "080" | "050")
            || (area.as_str().starts_with(['0'])
                && area.as_str().len() == 3
                && matches!(area.as_str().as_bytes()[1], b'1' | b'3'..=b'6'));
        let fits = (3..=4).contains(&exchange.len()) && line.len() == 4;
        if alone(area.start(), line.end()) && known && !fits {
            let written = &text[area.start()..line.end()];
            // A mobile number is someone's, though it is wrong.
            let named = if area.as_str().starts_with("01") { "a number".to_owned() } else { format!("`{written}`") };
            let message = format!("{named}: behind {} stand 3 or 4 digits, and then 4", area.as_str());
            out.extend(part.finding("phone", area.start()..line.end(), message, None));
        }
    }
    for found in SERVICE.captures_iter(text) {
        let (Some(first), Some(line)) = (found.get(1), found.get(2)) else { continue };
        if alone(first.start(), line.end()) && line.len() != 4 {
            let message = format!(
                "`{}` has {} digits behind {}, such numbers have 4",
                &text[first.start()..line.end()],
                line.len(),
                first.as_str()
            );
            out.extend(part.finding("phone", first.start()..line.end(), message, None));
        }
    }
}

/// Links in a text.
pub(super) fn links(part: &Part<'_>, dead: &BTreeSet<String>, out: &mut Vec<Finding>) {
    let mut found = Vec::new();
    addresses(&Sentence { text: part.text, start: 0 }, &mut found);
    for address in found {
        let written = &address.value.written;
        if written.starts_with("http://") {
            let fix = written.replacen("http://", "https://", 1);
            out.extend(part.finding(
                "link-http",
                address.span.clone(),
                format!("`{written}` is not encrypted"),
                Some(fix),
            ));
        }
        if dead.contains(written.as_str()) || dead.contains(address.value.link.as_str()) {
            out.extend(part.finding("link-dead", address.span, format!("`{written}` leads nowhere"), None));
        }
    }
}

/// The post's own address.
pub(super) fn own_link(post: &Post, dead: &BTreeSet<String>, out: &mut Vec<Finding>) {
    let link = post.link.as_str();
    if link.starts_with("http://") {
        let fix = link.replacen("http://", "https://", 1);
        out.extend(about(&post.id, Field::Link, "link-http", format!("`{link}` is not encrypted"), Some(fix)));
    }
    if dead.contains(link) {
        out.extend(about(&post.id, Field::Link, "link-dead", format!("`{link}` leads nowhere"), None));
    }
}

/// Hard words, with plain ones.
static PLAIN: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../../data/plain_words.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(hard, rest)| (hard, rest.split('\t').next().unwrap_or(rest)))
        .collect()
});

pub(super) fn hard(part: &Part<'_>, out: &mut Vec<Finding>) {
    for (hard, plain) in PLAIN.iter() {
        if let Some(at) = part.text.find(hard)
            // `충전금일`: within another word it means something else.
            && before(part.text, at).is_none_or(|c| !('가'..='힣').contains(&c) && !c.is_ascii_alphabetic())
        {
            out.extend(part.finding(
                "hard-word",
                at..at + hard.len(),
                format!("`{hard}` is hard"),
                Some((*plain).to_owned()),
            ));
        }
    }
}

/// Characters that break on phones, or that a text message cannot carry.
pub(super) fn characters(part: &Part<'_>, out: &mut Vec<Finding>) {
    let jamo = |c: char| matches!(u32::from(c), 0x1100..=0x11ff | 0xa960..=0xa97f | 0xd7b0..=0xd7ff);
    if let Some(at) = part.text.find(jamo) {
        let end = part.text[at..].find(|c: char| !jamo(c)).map_or(part.text.len(), |length| at + length);
        let composed: String = part.text[at..end].nfc().collect();
        let message = format!("`{composed}` is written in parts");
        out.extend(part.finding("decomposed", at..end, message, Some(composed)));
    }
    let unseen = |c: char| {
        c.is_control() && !c.is_whitespace()
            || matches!(u32::from(c), 0xad | 0x200b | 0x200c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x3164 | 0xe000..=0xf8ff | 0xfeff | 0xfffd)
    };
    if let Some((at, c)) = part.text.char_indices().find(|(_, c)| unseen(*c)) {
        let message = format!("U+{:04X} cannot be seen", u32::from(c));
        out.extend(part.finding("unseen", at..at + c.len_utf8(), message, Some(OUT.to_owned())));
    }
    let carried = |c: char| {
        jamo(c) || unseen(c) || c.is_whitespace() || encoding_rs::EUC_KR.encode(c.encode_utf8(&mut [0; 4])).2.eq(&false)
    };
    let mut strange: Vec<char> = part.text.chars().filter(|c| !carried(*c)).collect();
    strange.dedup();
    if let Some(first) = strange.first() {
        let at = part.text.find(*first).unwrap_or_default();
        let list: String = strange.iter().take(8).collect();
        out.extend(part.finding(
            "not-in-texts",
            at..at + first.len_utf8(),
            format!("`{list}` cannot go as a text message"),
            None,
        ));
    }
}

/// Texts that are longer than the channel takes.
pub(super) fn limits(part: &Part<'_>, most: usize, breaks: Option<usize>, out: &mut Vec<Finding>) {
    let long = text::units(part.text);
    if long > most {
        let message = format!("it is {long} units long, {most} are taken");
        out.extend(part.finding(
            "limit",
            0..part.text.len(),
            message,
            Some(text::shorten(part.text, most)).filter(|fix| !law::is_private(fix)),
        ));
    }
    let lines = part.text.matches('\n').count();
    if let Some(breaks) = breaks.filter(|breaks| lines > *breaks) {
        let message = format!("it has {lines} line breaks, {breaks} are taken");
        out.extend(part.finding("limit", 0..part.text.len(), message, None));
    }
}

/// Pictures without words, and words that are on pictures alone.
pub(super) fn pictures(post: &Post, heads: &[String], out: &mut Vec<Finding>) {
    if !post.images.is_empty() && text::units(&post.text) < 40 {
        let message = "the post has pictures and hardly any text: what they say is not there for everyone";
        out.extend(about(&post.id, Field::Text, "picture-only", message, None));
    }
    for (at, _) in post.images.iter().enumerate() {
        let field = || Field::Picture(at);
        match post.alts.get(at).map(|alt| alt.trim()).filter(|alt| !alt.is_empty()) {
            None => out.extend(about(&post.id, field(), "alt-missing", "no text stands in its place", None)),
            Some(alt) => {
                let is_name = [".jpg", ".jpeg", ".png", ".gif", ".webp"]
                    .iter()
                    .any(|ending| alt.to_lowercase().ends_with(ending));
                let says_nothing =
                    ["이미지", "사진", "그림", "포스터", "카드뉴스", "image", "photo", "썸네일"].contains(&alt);
                if is_name || says_nothing || text::units(alt) < 5 {
                    let named = if law::is_private(alt) { "a number" } else { alt };
                    let message = format!("`{named}` does not say what is on it");
                    out.extend(about(&post.id, field(), "alt-thin", message, None));
                }
                if let Some(head) = heads.iter().find(|head| !head.is_empty() && alt.contains(head.as_str())) {
                    let message = format!("`{head}`, the head of the city, is on it");
                    out.extend(about(&post.id, field(), "election-photo", message, None));
                }
            }
        }
    }
}
