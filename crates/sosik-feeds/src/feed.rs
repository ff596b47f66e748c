use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use feed_rs::model::Entry;
use sosik_content::text::{clean_line, units};
use sosik_content::{Post, WebLink};

use crate::error::FeedError;
use crate::html::{plain, unescape};
use crate::source;

/// What a feed holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Feed {
    /// What it calls itself.
    pub title: String,
    /// The items that are posts, in the feed's order.
    pub posts: Vec<Post>,
    /// The items that are not.
    pub rejected: Vec<Rejected>,
}

/// An item that cannot be a post.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Its place in the feed, from 1.
    pub number: usize,
    /// Its title, where it has one.
    pub title: String,
    /// Why.
    pub reason: &'static str,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} `{}`: {}", self.number, self.title, self.reason)
    }
}

/// The largest feed that is read.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Reads a feed: RSS, Atom or JSON Feed, in the encoding that it declares, up to [`MAX_BYTES`].
///
/// # Errors
///
/// [`FeedError`] when it is no feed, is broken (with the place), is too large, or has no item at all.
pub fn parse(bytes: &[u8]) -> Result<Feed, FeedError> {
    if bytes.len() > MAX_BYTES {
        let problem = format!("it is larger than {MAX_BYTES} bytes");
        return Err(FeedError::Malformed { line: None, column: None, problem });
    }
    let utf8 = source::to_utf8(bytes);
    let (mut feed, bad_items) = source::read(&utf8, &|builder| builder.timestamp_parser(korean_time))?;
    let bytes = &*utf8;
    if feed.entries.iter().any(|entry| entry.published.is_none()) && bad_items.is_empty() {
        // Dates in other forms: the feed parser's own reading of them is wider, and takes what has no zone for UTC.
        if let Ok((other, _)) = source::read(bytes, &|builder| builder) {
            for (entry, other) in feed.entries.iter_mut().zip(other.entries) {
                entry.published = entry.published.or(other.published);
                entry.updated = entry.updated.or(other.updated);
            }
        }
    }
    let title = feed.title.as_ref().map(|text| line(&text.content)).unwrap_or_default();
    if feed.entries.is_empty() && bad_items.is_empty() {
        return Err(FeedError::Empty { title });
    }
    let site = feed.links.iter().find(|link| link.rel.as_deref() != Some("self")).map(|link| link.href.as_str());
    let mut posts = Vec::new();
    let bad =
        |number: &usize| Rejected { number: *number, title: String::new(), reason: "it is no item of a JSON Feed" };
    let mut rejected: Vec<Rejected> = bad_items.iter().map(bad).collect();
    // Items that were taken out before keep their numbers.
    let numbers = (1..).filter(|number| !bad_items.contains(number));
    for (number, entry) in numbers.zip(&feed.entries) {
        match post(entry, site) {
            Ok(post) => posts.push(post),
            Err(reason) => {
                let title = entry.title.as_ref().map(|text| line(&text.content)).unwrap_or_default();
                rejected.push(Rejected { number, title, reason });
            }
        }
    }
    rejected.sort_by_key(|rejected| rejected.number);
    Ok(Feed { title, posts, rejected })
}

/// Instants as Korean feeds write them, where a date alone, or a time without a zone, is meant in Seoul.
fn korean_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = text.strip_suffix("KST").map_or_else(|| text.to_owned(), |time| format!("{time}+0900"));
    if let Ok(at) = DateTime::parse_from_rfc2822(&zoned).or_else(|_| DateTime::parse_from_rfc3339(&zoned)) {
        return Some(at.with_timezone(&Utc));
    }
    // `2026-11-27 15:00:00.0`, as Java writes it, and `Fri Nov 27 15:00:00 KST 2026`.
    let whole = text.rsplit_once('.').filter(|(time, part)| time.contains(':') && !part.contains([':', ' ']));
    let text = whole.map_or(text, |(time, _)| time);
    let java = text.replace(" KST ", " ");
    let plain = text.replace('T', " ").replace(['.', '/'], "-").replace("- ", "-");
    let plain = plain.trim_end_matches(['-', ' ']);
    let civil = NaiveDateTime::parse_from_str(plain, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(plain, "%Y-%m-%d %H:%M"))
        .or_else(|_| NaiveDateTime::parse_from_str(&java, "%a %b %e %H:%M:%S %Y"))
        .or_else(|_| NaiveDate::parse_from_str(plain, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN)))
        .ok()?;
    let seoul = FixedOffset::east_opt(9 * 3600)?;
    Some(seoul.from_local_datetime(&civil).single()?.with_timezone(&Utc))
}

fn post(entry: &Entry, site: Option<&str>) -> Result<Post, &'static str> {
    let title = entry.title.as_ref().map(|text| line(&text.content)).filter(|title| !title.is_empty());
    let title = title.ok_or("it has no title")?;
    let base = entry.base.as_deref().or(site);
    let named = entry
        .links
        .iter()
        .filter(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .map(|link| link.href.as_str())
        .chain(entry.links.iter().map(|link| link.href.as_str()))
        .find_map(|href| resolve(href, base));
    let link = named.or_else(|| WebLink::parse(&entry.id).ok()).ok_or("it has no link to read on")?;

    let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref().map(|text| text.content.as_str());
    let bodies = [content, summary].into_iter().flatten().map(plain);
    // The longer of the two says more: some feeds put the whole post into one, some into the other.
    let body = bodies.max_by_key(|body| units(&body.text)).unwrap_or_default();

    // Naver marks readers who come from the feed; citizens who come from a message are not those.
    let link = link.with_params([("fromRss", ""), ("trackingCode", "")]);
    let mut post = Post::new(title, link, &body.text);
    if !entry.id.is_empty() {
        post = post.with_id(entry.id.as_str());
    }
    post.author =
        entry.authors.iter().filter_map(|person| person.name.as_deref().map(clean_line)).find(|name| !name.is_empty());
    for category in &entry.categories {
        let name = line(category.label.as_deref().unwrap_or(&category.term));
        if !name.is_empty() {
            post = post.with_category(name);
        }
    }
    post.published = entry.published.or(entry.updated);
    post.truncated = ["...", "…", "[…]", "[...]"].iter().any(|mark| post.text.ends_with(mark));
    for (image, alt) in body.images.iter().zip(&body.alts) {
        if let Some(image) = resolve(image, base.or(Some(post.link.as_str()))) {
            post = post.with_picture(image, alt);
        }
    }
    Ok(post)
}

fn line(text: &str) -> String {
    let text = unescape(text);
    let text = if text.contains("</") || text.contains("<br") { plain(&text).text } else { text };
    clean_line(&text)
}

fn resolve(href: &str, base: Option<&str>) -> Option<WebLink> {
    WebLink::parse(href).ok().or_else(|| {
        let joined = WebLink::parse(base?).ok()?.as_url().join(href.trim()).ok()?;
        WebLink::parse(joined.as_str()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_zone_is_meant_in_seoul() {
        for (text, instant) in [
            ("2025-10-16", "2025-10-15T15:00:00+00:00"),
            (" 2025. 10. 16 ", "2025-10-15T15:00:00+00:00"),
            ("2025-10-16 09:30:00", "2025-10-16T00:30:00+00:00"),
            ("SUN, 21 JUL 2019 12:00:00 KST", "2019-07-21T03:00:00+00:00"),
            ("Fri, 27 Nov 2026 15:00:00 +0900", "2026-11-27T06:00:00+00:00"),
            ("2026-11-27T06:00:00Z", "2026-11-27T06:00:00+00:00"),
            ("2026-11-27 15:00:00.0", "2026-11-27T06:00:00+00:00"),
            ("2026-11-27T15:00:00", "2026-11-27T06:00:00+00:00"),
            ("2026-11-27T15:00:00.123+09:00", "2026-11-27T06:00:00.123+00:00"),
            ("2026. 11. 27.", "2026-11-26T15:00:00+00:00"),
            ("2026.11.27 15:00", "2026-11-27T06:00:00+00:00"),
            ("Fri Nov 27 15:00:00 KST 2026", "2026-11-27T06:00:00+00:00"),
        ] {
            assert_eq!(korean_time(text).map(|at| at.to_rfc3339()).as_deref(), Some(instant), "{text}");
        }
        assert_eq!(korean_time("어제"), None);
    }
}
