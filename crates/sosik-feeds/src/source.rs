//! What is done to a feed's bytes before, and around, the feed parser.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::Feed;
use feed_rs::parser::Builder;
use serde_json::Value;

use crate::error::FeedError;

/// The bytes in UTF-8, when they declare another encoding that is known: Korean pages write `CP949` and `MS949`, which
/// are names that the standard of the web has not.
pub(crate) fn to_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(head) = bytes.get(..bytes.len().min(200)).filter(|head| head.starts_with(b"<?xml")) else {
        return Cow::Borrowed(bytes);
    };
    let Some(end) = head.windows(2).position(|pair| pair == b"?>") else { return Cow::Borrowed(bytes) };
    let declaration = String::from_utf8_lossy(&head[..end]).into_owned();
    let label = declaration.split("encoding").nth(1).and_then(|rest| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        rest.strip_prefix(['"', '\'']).and_then(|rest| rest.split(['"', '\'']).next())
    });
    let Some(label) = label else { return Cow::Borrowed(bytes) };
    let name = label.trim().to_ascii_lowercase();
    let encoding = match name.as_str() {
        "cp949" | "ms949" | "uhc" | "ksc5601" | "ksc_5601" => Some(encoding_rs::EUC_KR),
        other => encoding_rs::Encoding::for_label(other.as_bytes()),
    };
    let Some(encoding) = encoding.filter(|encoding| *encoding != encoding_rs::UTF_8) else {
        return Cow::Borrowed(bytes);
    };
    let (text, _, _) = encoding.decode(bytes);
    let place = text.find("?>").unwrap_or(0);
    let declared = text[..place].replacen(label, "UTF-8", 1);
    Cow::Owned([declared.as_bytes(), &text.as_bytes()[place..]].concat())
}

/// Reads a feed, and gives the numbers of the items that had to be taken out for it, from 1.
///
/// The parser panics on some texts, such as an address of mail right beside Hangul: those are taken out before, and none
/// of them does a post need. Of a JSON Feed it takes all items or none: then each is tried by itself.
pub(crate) fn read(bytes: &[u8], set: &dyn Fn(Builder) -> Builder) -> Result<(Feed, Vec<usize>), FeedError> {
    let mail_beside_hangul = |text: &str| text.contains('@') && !text.is_ascii();
    let problem = match attempt(&without(bytes, &TROUBLE, &mail_beside_hangul), set) {
        Attempt::Read(feed) => return Ok((*feed, Vec::new())),
        Attempt::Refused(problem) => problem,
        // Whatever it stumbled over, it is less likely to stand in what is left.
        Attempt::Panicked => match attempt(&without(bytes, &TROUBLE, &|_| true), set) {
            Attempt::Read(feed) => return Ok((*feed, Vec::new())),
            Attempt::Refused(problem) => problem,
            Attempt::Panicked => "the feed parser cannot read it".to_owned(),
        },
    };
    match item_by_item(bytes, set) {
        Some(read) => Ok(read),
        None => Err(FeedError::diagnose(bytes, &problem)),
    }
}

enum Attempt {
    Read(Box<Feed>),
    Refused(String),
    Panicked,
}

fn attempt(bytes: &[u8], set: &dyn Fn(Builder) -> Builder) -> Attempt {
    // An item without an id gets none here, and later its link's: under a new title it stays the same post.
    let builder = Builder::new().id_generator(|_, _, _| String::new());
    let parser = set(builder).build();
    match catch_unwind(AssertUnwindSafe(|| parser.parse(bytes))) {
        Ok(Ok(feed)) => Attempt::Read(Box::new(feed)),
        Ok(Err(error)) => Attempt::Refused(error.to_string()),
        Err(_) => Attempt::Panicked,
    }
}

/// Elements whose texts make the parser panic, and which no post needs.
const TROUBLE: [&str; 7] =
    ["author", "managingEditor", "webMaster", "dc:creator", "itunes:author", "itunes:duration", "itunes:owner"];

/// The text without some elements, where `remove` says so of what they hold.
fn without<'a>(bytes: &'a [u8], names: &[&str], remove: &dyn Fn(&str) -> bool) -> Cow<'a, [u8]> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Cow::Borrowed(bytes) };
    let mut text: Cow<'_, str> = Cow::Borrowed(text);
    for name in names {
        if !text.contains(&format!("<{name}")) {
            continue;
        }
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        let mut out = String::with_capacity(text.len());
        let mut rest = &*text;
        while let Some(start) = rest.find(&open) {
            let is_whole = rest[start + open.len()..].starts_with(['>', ' ', '\t', '\n', '\r', '/']);
            let end = rest[start..].find(&close).filter(|end| is_whole && remove(&rest[start..start + end]));
            let keep = end.map_or(start + open.len(), |_| start);
            out.push_str(&rest[..keep]);
            rest = end.map_or(&rest[keep..], |end| &rest[start + end + close.len()..]);
        }
        out.push_str(rest);
        text = Cow::Owned(out);
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// A JSON Feed with those of its items that can be read by themselves.
fn item_by_item(bytes: &[u8], set: &dyn Fn(Builder) -> Builder) -> Option<(Feed, Vec<usize>)> {
    let mut feed: Value = serde_json::from_slice(bytes).ok()?;
    let items = feed.get_mut("items")?.as_array_mut()?;
    let items = std::mem::take(items);
    let mut whole = |items: Vec<Value>| {
        feed["items"] = Value::Array(items);
        let text = feed.to_string();
        match attempt(text.as_bytes(), set) {
            Attempt::Read(feed) => Some(*feed),
            _ => None,
        }
    };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (number, item) in (1..).zip(items) {
        let item = mended(item);
        if whole(vec![item.clone()]).is_some() { good.push(item) } else { bad.push(number) }
    }
    whole(good).map(|feed| (feed, bad))
}

/// An item with numbers for ids as text, and without what is null.
fn mended(item: Value) -> Value {
    let Value::Object(fields) = item else { return item };
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
        Value::Number(number) if name == "id" => (name, Value::String(number.to_string())),
        other => (name, other),
    });
    Value::Object(fields.collect())
}
