mod fitness;
mod reason;
mod score;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use self::fitness::{may_fill, unfit};
pub use self::reason::{LeftOut, Reason};
use self::score::score;
pub use self::score::{Score, ScorePart};
use crate::similarity::Announcement;
use crate::{Brief, Card, Edition, EditionId, Post, Story, Topic, points, text};

/// What curation made of a week's posts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Curation {
    /// The cards that go out.
    pub edition: Edition,
    /// Every post that does not, in the order in which the posts were given.
    pub left_out: Vec<LeftOut>,
    /// How useful each post that was fit is, and why: the most useful first.
    pub scores: Vec<Score>,
    /// Of which of the given posts each card was made, by its place among them: where two sources give one post, that which
    /// says more.
    pub carried: Vec<usize>,
}

/// The posts do not give an edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} of {given} posts are fit for a card, the edition needs {needed}{}{}", reasons(left_out), told(unmet))]
#[non_exhaustive]
pub struct CurateError {
    /// How many posts were fit.
    pub found: usize,
    /// How many posts were given.
    pub given: usize,
    /// How many cards the brief asks for.
    pub needed: usize,
    /// Why the others were not.
    pub left_out: Vec<LeftOut>,
    /// Posts that an editor pinned and that cannot be carried, each with why.
    pub unmet: Vec<String>,
}

/// The pins that are not met: `; pinned and not carried: …`.
fn told(unmet: &[String]) -> String {
    if unmet.is_empty() { String::new() } else { format!("; pinned and not carried: {}", unmet.join(", ")) }
}

/// The reasons, counted: ` (12 old, 1 thin)`.
fn reasons(left_out: &[LeftOut]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for left in left_out {
        *counts.entry(left.reason.code()).or_default() += 1;
    }
    let list: Vec<String> = counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    if list.is_empty() { String::new() } else { format!(" ({})", list.join(", ")) }
}

struct Candidate<'a> {
    post: &'a Post,
    old: bool,
    topic: Topic,
    pinned: bool,
    score: Score,
    published: DateTime<Utc>,
    title: String,
    story: Story,
    /// Whether it only tells of what is over.
    reports: bool,
}

/// Chooses the posts of an edition and makes their cards.
///
/// An edition that would be shorter than the brief's least number of cards is filled with posts beyond their topic's
/// quota, then with posts that only tell of what is over, and then with posts up to three spans of news old.
/// What an editor pinned is in it whatever else is said, and first of all when there is too much; what they dropped or hold
/// back is not.
/// It is deterministic: the answer depends on nothing but the posts and the brief, and not on the posts' order.
///
/// # Errors
///
/// [`CurateError`] when fewer posts are fit than the brief's least number of cards, with the reason for each, or when a post
/// that an editor pinned cannot be carried: it is not among them, is dropped, or does not say when it was published.
pub fn curate(posts: &[Post], brief: &Brief) -> Result<Curation, CurateError> {
    let mut reasons: Vec<Option<Reason>> = posts.iter().map(|post| unfit(post, brief)).collect();
    let mut candidates: Vec<(usize, Candidate<'_>)> = posts
        .iter()
        .enumerate()
        .filter(|(at, _)| matches!(reasons[*at], None | Some(Reason::Old)))
        .filter_map(|(at, post)| Some((at, candidate(post, brief, post.published?))))
        .filter(|(_, candidate)| {
            !candidate.old || candidate.pinned || may_fill(candidate.post, candidate.published, brief)
        })
        .collect();

    drop_duplicates(&mut candidates, &mut reasons);
    candidates.sort_by(|(_, a), (_, b)| {
        b.pinned
            .cmp(&a.pinned)
            .then(b.score.total.cmp(&a.score.total))
            .then(b.published.cmp(&a.published))
            .then_with(|| name(a.post).cmp(&name(b.post)))
    });
    let (carried, chosen): (Vec<usize>, Vec<&Candidate<'_>>) =
        choose(&candidates, brief, &mut reasons).into_iter().unzip();
    let scores = candidates.iter().map(|(_, candidate)| candidate.score.clone()).collect();

    let left_out: Vec<LeftOut> = posts
        .iter()
        .zip(&reasons)
        .filter_map(|(post, reason)| {
            let reason = reason.clone()?;
            Some(LeftOut { post_id: post.id.clone(), title: post.title.clone(), reason })
        })
        .collect();
    let unmet = unmet(&chosen, &left_out, brief);
    if chosen.len() < brief.min_cards || !unmet.is_empty() {
        return Err(CurateError { found: chosen.len(), given: posts.len(), needed: brief.min_cards, left_out, unmet });
    }
    let cards = chosen.into_iter().map(|c| card(c, brief)).collect();
    let edition = Edition {
        id: EditionId::weekly(&brief.channel, brief.slot, brief.zone),
        channel: brief.channel.clone(),
        slot: brief.slot,
        title: title(brief),
        cards,
        area: brief.area.clone(),
    };
    Ok(Curation { edition, left_out, scores, carried })
}

/// What an editor pinned and is not among the chosen.
fn unmet(chosen: &[&Candidate<'_>], left_out: &[LeftOut], brief: &Brief) -> Vec<String> {
    let says = |post: &Post| brief.choices.body_of(&post.id).is_some() || !body(post, brief).is_empty();
    let carried = |pin: &&String| chosen.iter().any(|candidate| candidate.post.id == **pin && says(candidate.post));
    let why = |pin: &String| {
        let left = left_out.iter().find(|left| left.post_id == *pin);
        let is_there = chosen.iter().any(|candidate| candidate.post.id == *pin);
        let none = if is_there { Reason::Thin.to_string() } else { "there is no such post".to_owned() };
        left.map_or(none, |left| left.reason.to_string())
    };
    brief.choices.pins.iter().filter(|pin| !carried(pin)).map(|pin| format!("{pin} ({})", why(pin))).collect()
}

fn day(instant: DateTime<Utc>, brief: &Brief) -> NaiveDate {
    instant.with_timezone(&brief.zone).date_naive()
}

fn candidate<'a>(post: &'a Post, brief: &Brief, published: DateTime<Utc>) -> Candidate<'a> {
    let pinned = brief.choices.is_pinned(&post.id);
    let story = Story::of(post, brief.zone);
    let reports = story.is_over(day(brief.news_until, brief));
    Candidate {
        post,
        // What is pinned is as good as new.
        old: !pinned && brief.news_until.signed_duration_since(published) > brief.fresh_for,
        pinned,
        topic: brief.kind(post).topic,
        score: score(post, brief, published, reports),
        published,
        title: text::plain_title(&post.title),
        story,
        reports,
    }
}

/// What tells posts apart whose id is the same, so that the order in which they came never decides: the one that says more
/// comes first.
fn name(post: &Post) -> impl Ord + '_ {
    let more = post.areas.len() + post.translations.len() + post.images.len();
    let validity = (post.valid_from, post.valid_until);
    let rest = format!("{:?} {:?} {:?}", post.translations, post.images, post.alts);
    let words = (post.link.as_str(), &post.title, &post.text, &post.categories);
    (&post.id, std::cmp::Reverse((more, validity)), words, &post.areas, rest)
}

fn drop_duplicates(candidates: &mut Vec<(usize, Candidate<'_>)>, reasons: &mut [Option<Reason>]) {
    // The newest announcement has the last word.
    // What an editor pinned stands whatever comes after it.
    candidates.sort_by(|(_, a), (_, b)| {
        b.pinned.cmp(&a.pinned).then(b.published.cmp(&a.published)).then_with(|| name(a.post).cmp(&name(b.post)))
    });
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let mut kept: Vec<Announcement> = Vec::new();
    candidates.retain(|(at, candidate)| {
        // The same post out of two sources.
        if !ids.insert(&candidate.post.id) {
            reasons[*at] = Some(Reason::Duplicate { of: candidate.title.clone() });
            return false;
        }
        let announcement = Announcement::of(&candidate.title, &candidate.story);
        let known = kept.iter().find(|known| known.is_same(&announcement)).filter(|_| !candidate.pinned);
        if let Some(known) = known {
            reasons[*at] = Some(Reason::Duplicate { of: known.title.clone() });
            return false;
        }
        kept.push(announcement);
        true
    });
}

fn choose<'a>(
    candidates: &'a [(usize, Candidate<'a>)],
    brief: &Brief,
    reasons: &mut [Option<Reason>],
) -> Vec<(usize, &'a Candidate<'a>)> {
    let mut taken = vec![false; candidates.len()];
    let count =
        |taken: &[bool], topic| candidates.iter().zip(taken).filter(|((_, c), t)| **t && c.topic == topic).count();
    // What an editor pinned comes first of all.
    for at in 0..candidates.len() {
        taken[at] = candidates[at].1.pinned && taken.iter().filter(|t| **t).count() < brief.max_cards;
    }
    // Then the room that each topic keeps, in the brief's order, but not for what only tells of what is over; then whatever
    // is most useful.
    for quota in brief.quotas.iter() {
        for at in 0..candidates.len() {
            let room = taken.iter().filter(|t| **t).count() < brief.max_cards
                && !candidates[at].1.old
                && !candidates[at].1.reports;
            if room && candidates[at].1.topic == quota.topic && count(&taken, quota.topic) < quota.min {
                taken[at] = true;
            }
        }
    }
    for at in 0..candidates.len() {
        if taken[at] || candidates[at].1.old {
            continue;
        }
        if candidates[at].1.reports {
            reasons[candidates[at].0] = Some(Reason::Report);
            continue;
        }
        let topic = candidates[at].1.topic;
        let quota = brief.quotas.of(topic);
        if count(&taken, topic) >= quota.max {
            reasons[candidates[at].0] = Some(Reason::Quota { topic, max: quota.max });
        } else if taken.iter().filter(|t| **t).count() >= brief.max_cards {
            reasons[candidates[at].0] = Some(Reason::Full);
        } else {
            taken[at] = true;
        }
    }
    // An edition that would be too short is filled: with what its quota kept out, then with what only tells of what is over,
    // then with what is older.
    for filler in [(false, false), (false, true), (true, false), (true, true)] {
        for at in 0..candidates.len() {
            let short = taken.iter().filter(|t| **t).count() < brief.min_cards;
            if short && !taken[at] && (candidates[at].1.old, candidates[at].1.reports) == filler {
                taken[at] = true;
                reasons[candidates[at].0] = None;
            }
        }
    }
    let mut chosen: Vec<(usize, &Candidate<'_>)> =
        candidates.iter().zip(&taken).filter(|(_, t)| **t).map(|((at, c), _)| (*at, c)).collect();
    chosen.sort_by_key(|(_, c)| (brief.choices.rank(&c.post.id), brief.quotas.rank(c.topic)));
    chosen
}

fn card(candidate: &Candidate<'_>, brief: &Brief) -> Card {
    let post = candidate.post;
    let rewrite = brief.choices.rewrites.get(&post.id);
    let title = rewrite.and_then(|rewrite| rewrite.title.clone()).unwrap_or_else(|| candidate.title.clone());
    Card {
        post_id: post.id.clone(),
        topic: candidate.topic,
        header: text::shorten(&title, brief.text.header),
        title,
        body: brief.choices.body_of(&post.id).map_or_else(|| body(post, brief), str::to_owned),
        points: points::points(&text::without_ornaments(&post.text), 3, 44),
        link: post.link.clone(),
        areas: brief.areas(post),
        valid_until: candidate.story.valid_until(),
    }
}

/// The first sentences that fit, then the labelled facts where there is room for a line of each.
fn body(post: &Post, brief: &Brief) -> String {
    let limits = brief.text;
    let plain = text::without_ornaments(&post.text);
    let mut room = limits.body;
    let mut facts: Vec<String> = Vec::new();
    for point in points::points(&plain, limits.line_breaks, 40) {
        let fact = format!("{} {}", point.label(), point.value());
        let needs = text::units(&fact) + 1;
        // A third of the room is the lead's.
        if needs <= room.saturating_sub(limits.body / 3) {
            room -= needs;
            facts.push(fact);
        }
    }
    let mut lead = String::new();
    for sentence in text::sentences(&plain) {
        // A labelled line is shown as a fact below, and a cut-off sentence says nothing for sure.
        if points::is_labelled(&sentence) {
            continue;
        }
        let sentence = points::unbulleted(&sentence);
        let more = text::units(sentence) + usize::from(!lead.is_empty());
        if text::units(&lead) + more > room {
            if lead.is_empty() {
                lead = text::shorten(sentence, room);
            }
            break;
        }
        if !lead.is_empty() {
            lead.push(' ');
        }
        lead.push_str(sentence);
    }
    let mut lines = vec![lead];
    lines.extend(facts);
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn title(brief: &Brief) -> String {
    let date = day(brief.slot, brief);
    let week = (date.day() - 1) / 7 + 1;
    format!("{} {}월 {week}주", brief.name, date.month()).trim().to_owned()
}
