//! Posts out of feeds, JSON and Markdown.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Asia::Seoul;
use serde::Deserialize;
use serde_json::json;
use sosik::content::review::Finding;
use sosik::content::{Post, Translation, WebLink};
use sosik::{AreaCode, Language};

use crate::{Failure, say};

/// A post as JSON.
#[derive(Deserialize)]
struct Written {
    title: String,
    #[serde(alias = "url")]
    link: String,
    #[serde(alias = "body")]
    text: String,
    /// A day, or an instant.
    published: String,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    images: Vec<WrittenImage>,
    /// Codes of the districts that it concerns.
    #[serde(default)]
    areas: Vec<String>,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    /// By codes of languages.
    #[serde(default)]
    translations: BTreeMap<String, WrittenTranslation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTranslation {
    title: String,
    #[serde(default)]
    text: String,
    place: Option<String>,
    audience: Option<String>,
    link: Option<String>,
}

#[derive(Deserialize)]
struct WrittenImage {
    src: String,
    #[serde(default)]
    alt: String,
}

/// Reads the posts of a file, by its ending.
pub(crate) fn read(path: &Path) -> Result<Vec<Post>, Failure> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| named(&error))?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let text = || String::from_utf8(bytes.clone()).map_err(|error| named(&error));
    let posts = match ending {
        "md" => vec![markdown(&text()?).map_err(|error| named(&error))?],
        "jsonl" => text()?
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(at, line)| {
                serde_json::from_str::<Written>(line)
                    .map_err(Failure::from)
                    .and_then(|post| written(&post))
                    .map_err(|error| named(&format!("line {}: {error}", at + 1)))
            })
            .collect::<Result<_, _>>()?,
        "json" if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') => {
            let all: Vec<Written> = serde_json::from_str(&text()?).map_err(|error| named(&error))?;
            all.iter().map(|post| written(post).map_err(|error| named(&error))).collect::<Result<_, _>>()?
        }
        _ => {
            let feed = sosik::feeds::parse(&bytes).map_err(|error| named(&error))?;
            for rejected in &feed.rejected {
                say(&format!("         not a post: {rejected}"))?;
            }
            feed.posts
        }
    };
    if posts.is_empty() { Err(named(&"there is no post in it").into()) } else { Ok(posts) }
}

fn written(post: &Written) -> Result<Post, Failure> {
    let link = WebLink::parse(&post.link)?;
    let mut made = Post::new(&post.title, link, &post.text).with_published(instant(&post.published)?);
    for category in &post.categories {
        made = made.with_category(category);
    }
    for image in &post.images {
        made = made.with_picture(WebLink::parse(&image.src)?, &image.alt);
    }
    for area in &post.areas {
        made = made.with_area(AreaCode::parse(area)?);
    }
    for (language, words) in &post.translations {
        let mut translation = Translation::new(&words.title, &words.text);
        if let Some(place) = &words.place {
            translation = translation.with_place(place);
        }
        if let Some(audience) = &words.audience {
            translation = translation.with_audience(audience);
        }
        if let Some(link) = &words.link {
            translation = translation.with_link(WebLink::parse(link)?);
        }
        made = made.with_translation(Language::parse(language)?, translation);
    }
    Ok(made.with_validity(post.valid_from, post.valid_until))
}

/// A post in Markdown: `title:`, `link:`, `published:` and `category:` between two lines of `---`, then the body.
fn markdown(text: &str) -> Result<Post, Failure> {
    let rest = text
        .trim_start()
        .strip_prefix("---")
        .ok_or("it does not begin with `---`, `title: …`, `link: …`, `published: …`, `---`")?;
    let (head, body) = rest.split_once("\n---").ok_or("the line `---` after the head is missing")?;
    let field = |name: &str| {
        let found = head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name));
        found.map(|(_, value)| value.trim().trim_matches('"').to_owned())
    };
    let needed = |name: &str| field(name).ok_or_else(|| format!("`{name}:` is missing in the head"));
    let mut words = String::new();
    let mut pictures = Vec::new();
    for line in body.lines() {
        let line = line.trim();
        if let Some((alt, source)) = line.strip_prefix("![").and_then(|rest| rest.strip_suffix(')')?.split_once("](")) {
            pictures.push((alt.to_owned(), source.to_owned()));
        } else {
            words.push_str(line.trim_start_matches('#').trim().replace("**", "").as_str());
            words.push('\n');
        }
    }
    let link = WebLink::parse(&needed("link")?)?;
    let mut post = Post::new(needed("title")?, link.clone(), words).with_published(instant(&needed("published")?)?);
    if let Some(category) = field("category") {
        post = post.with_category(category);
    }
    for (alt, source) in pictures {
        let source = link.as_url().join(&source).map_err(|error| format!("picture `{source}`: {error}"))?;
        post = post.with_picture(WebLink::parse(source.as_str())?, alt);
    }
    Ok(post)
}

/// An instant, or noon in Seoul of a day.
fn instant(text: &str) -> Result<DateTime<Utc>, Failure> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    let day: NaiveDate = text.parse().map_err(|_| format!("published: `{text}` is no day such as 2026-11-27"))?;
    at(day, 12)
}

fn at(day: NaiveDate, hour: u32) -> Result<DateTime<Utc>, Failure> {
    let time = day.and_hms_opt(hour, 0, 0).ok_or("there is no such hour")?;
    Ok(Seoul.from_local_datetime(&time).single().ok_or("there is no such hour in Seoul")?.with_timezone(&Utc))
}

/// The edition's slot: Friday 15:00 in Seoul, of a week, or after the newest post.
pub(crate) fn slot(posts: &[Post], week: Option<&str>) -> Result<DateTime<Utc>, Failure> {
    let friday = if let Some(week) = week {
        let wrong = || format!("week: `{week}` is no week such as 2026-W48");
        let (year, number) = week.split_once("-W").ok_or_else(wrong)?;
        let (year, number) = (year.parse().map_err(|_| wrong())?, number.parse().map_err(|_| wrong())?);
        NaiveDate::from_isoywd_opt(year, number, Weekday::Fri).ok_or_else(wrong)?
    } else {
        let newest = posts.iter().filter_map(|post| post.published).max();
        let newest = newest.ok_or("no post says when it was published: give a week, such as --week 2026-W48")?;
        let day = newest.with_timezone(&Seoul).date_naive();
        let ahead = (Weekday::Fri.num_days_from_monday() + 7 - day.weekday().num_days_from_monday()) % 7;
        day.checked_add_days(Days::new(u64::from(ahead))).ok_or("the calendar ends")?
    };
    let slot = at(friday, 15)?;
    // A post of Friday evening goes with the next edition.
    let is_late = week.is_none() && posts.iter().filter_map(|post| post.published).any(|published| published > slot);
    Ok(if is_late { slot + chrono::TimeDelta::days(7) } else { slot })
}

/// Findings as JSON.
pub(crate) fn findings_json(findings: &[Finding]) -> serde_json::Value {
    let all = findings.iter().map(|finding| {
        json!({
            "rule": finding.rule.code,
            "severity": finding.severity().to_string(),
            "post": finding.place.post_id,
            "field": finding.place.field.to_string(),
            "from": finding.place.span.as_ref().map(|span| span.start),
            "to": finding.place.span.as_ref().map(|span| span.end),
            "message": finding.message,
            "fix": finding.fix,
            "source": finding.rule.source,
        })
    });
    all.collect()
}
