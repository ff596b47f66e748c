//! How useful a post is to a citizen at the slot, and why.

use chrono::{DateTime, TimeDelta, Utc};

use super::day;
use crate::extract::dates;
use crate::{Brief, Post, points, text};

/// How useful a post is, and what said so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Score {
    /// The post.
    pub post_id: String,
    /// The sum of its parts: posts with more go first.
    pub total: i64,
    /// What counts for and against it.
    pub parts: Vec<ScorePart>,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScorePart {
    /// What counts: `fresh`, `soon`, `report`, `district`, `labelled`, or the word that was found.
    pub what: String,
    /// How much.
    pub points: i64,
}

/// The most that freshness counts: all of it at the slot, none a span of news before.
const FRESH: i64 = 40;
/// For a day within three weeks of the slot.
const SOON: i64 = 25;
/// For a post that only tells of what is over: nothing to come to, to apply for or to do.
const REPORT: i64 = -25;
/// For a post for the district whose channel it is; and against one for a single district in the city's channel.
const DISTRICT: (i64, i64) = (20, -8);
/// Digits of a city's code: those of its districts have more.
const CITY: usize = 5;
/// For each fact that is labelled (`일시:`).
const LABELLED: i64 = 5;
/// Words that say who may come and what it costs, what can be done, and that it is only told of.
const WORDS: [(&[&str], i64); 3] = [
    (&["무료", "누구나", "시민"], 6),
    (&["신청", "접수", "마감", "까지"], 4),
    (&["후기", "다녀왔", "일상", "소감"], -15),
];

/// Fresh, dated, open to all, with what is needed to act on it.
pub(super) fn score(post: &Post, brief: &Brief, published: DateTime<Utc>, reports: bool) -> Score {
    let mut parts = Vec::new();
    let mut add = |what: &str, points: i64| {
        if points != 0 {
            parts.push(ScorePart { what: what.to_owned(), points });
        }
    };
    let age = brief.news_until.signed_duration_since(published);
    let span = brief.fresh_for.num_minutes().max(1);
    add("fresh", FRESH * (span - age.num_minutes()).max(0) / span);
    let today = day(brief.news_until, brief);
    let is_soon = dates(&post.text, day(published, brief))
        .into_iter()
        .any(|date| date >= today && date.signed_duration_since(today) <= TimeDelta::days(21));
    add("soon", if is_soon { SOON } else { 0 });
    add("report", if reports { REPORT } else { 0 });
    let areas = brief.areas(post);
    if let Some(here) = brief.area.as_ref().filter(|_| !areas.is_empty()) {
        let is_district = here.as_str().len() > CITY;
        let is_own = areas.iter().any(|area| area.is_within(here));
        let is_narrower = areas.iter().all(|area| area.is_within(here) && area != here);
        add(
            "district",
            match (is_district, is_own, is_narrower) {
                (true, true, _) => DISTRICT.0,
                (false, _, true) => DISTRICT.1,
                _ => 0,
            },
        );
    }
    let labelled = points::points(&text::without_ornaments(&post.text), usize::MAX, 80).len();
    add("labelled", LABELLED * i64::try_from(labelled).unwrap_or(0));
    for (words, each) in WORDS {
        for word in words.iter().filter(|word| post.text.contains(**word)) {
            add(word, each);
        }
    }
    let total = parts.iter().map(|part| part.points).sum();
    Score { post_id: post.id.clone(), total, parts }
}
