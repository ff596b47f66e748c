mod score;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use self::score::score;
pub use self::score::{Score, ScorePart};
use crate::classify::COMMERCIAL;
use crate::extract::dates;
use crate::{Brief, Card, Edition, EditionId, Post, Topic, points, similarity, text};

/// Titles that share this many hundredths of their letter pairs announce the same thing.
const ALIKE: usize = 45;

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
}

/// A post that is in no card, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The post.
    pub post_id: String,
    /// Its title.
    pub title: String,
    /// Why.
    pub reason: Reason,
}

/// Why a post is in no card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It sells something.
    #[non_exhaustive]
    Commercial {
        /// The words that said so.
        words: String,
    },
    /// An editor dropped it.
    #[non_exhaustive]
    Dropped {
        /// Why, in the editor's words.
        why: String,
    },
    /// An editor holds it back until after the message goes.
    #[non_exhaustive]
    Embargo {
        /// From when on it may go.
        until: DateTime<Utc>,
    },
    /// It announces what a newer post announces.
    #[non_exhaustive]
    Duplicate {
        /// The title of the one that is kept.
        of: String,
    },
    /// Other posts were more useful, and the edition was full.
    Full,
    /// It is published only after the message goes.
    Future,
    /// It was published before the brief's span of news.
    Old,
    /// What it announces is over at the slot.
    #[non_exhaustive]
    Past {
        /// The last day that it names.
        ended: NaiveDate,
    },
    /// Its topic had its share already.
    #[non_exhaustive]
    Quota {
        /// The topic.
        topic: Topic,
        /// The most cards of that topic.
        max: usize,
    },
    /// Its body says too little for a card.
    Thin,
    /// It does not say when it was published.
    Undated,
}

impl Reason {
    /// A stable name for reports: `old`, `quota` and so on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Commercial { .. } => "commercial",
            Self::Dropped { .. } => "dropped",
            Self::Duplicate { .. } => "duplicate",
            Self::Embargo { .. } => "embargo",
            Self::Full => "full",
            Self::Future => "future",
            Self::Old => "old",
            Self::Past { .. } => "past",
            Self::Quota { .. } => "quota",
            Self::Thin => "thin",
            Self::Undated => "undated",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commercial { words } => write!(f, "it sells something (`{words}`)"),
            Self::Dropped { why } => write!(f, "an editor dropped it: {why}"),
            Self::Embargo { until } => write!(f, "an editor holds it back until {until}"),
            Self::Duplicate { of } => write!(f, "a newer post says the same: {of}"),
            Self::Full => f.write_str("other posts were more useful and the edition is full"),
            Self::Future => f.write_str("it is published only after the message goes"),
            Self::Old => f.write_str("it is older than the span of news"),
            Self::Past { ended } => write!(f, "what it announces was over on {ended}"),
            Self::Quota { topic, max } => write!(f, "{} has its {max} cards already", topic.korean()),
            Self::Thin => f.write_str("its body says too little for a card"),
            Self::Undated => f.write_str("it does not say when it was published"),
        }
    }
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
}

/// Chooses the posts of an edition and makes their cards.
///
/// An edition that would be shorter than the brief's least number of cards is filled with posts beyond their topic's
/// quota, and then with posts up to three spans of news old.
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
        .filter(|(_, candidate)| !candidate.old || candidate.pinned || may_fill(candidate, brief))
        .collect();

    drop_duplicates(&mut candidates, &mut reasons);
    candidates.sort_by(|(_, a), (_, b)| {
        b.pinned
            .cmp(&a.pinned)
            .then(b.score.total.cmp(&a.score.total))
            .then(b.published.cmp(&a.published))
            .then_with(|| name(a.post).cmp(&name(b.post)))
    });
    let chosen = choose(&candidates, brief, &mut reasons);
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
    };
    Ok(Curation { edition, left_out, scores })
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

fn unfit(post: &Post, brief: &Brief) -> Option<Reason> {
    let choices = &brief.choices;
    if let Some(why) = choices.drops.get(&post.id) {
        return Some(Reason::Dropped { why: why.clone() });
    }
    if let Some(until) = choices.embargoes.get(&post.id).filter(|until| **until > brief.news_until) {
        return Some(Reason::Embargo { until: *until });
    }
    let Some(published) = post.published else { return Some(Reason::Undated) };
    if published > brief.news_until {
        return Some(Reason::Future);
    }
    if choices.is_pinned(&post.id) {
        return None;
    }
    if brief.news_until.signed_duration_since(published) > brief.fresh_for {
        return Some(Reason::Old);
    }
    unusable(post, brief, published)
}

/// Whether an older post may fill an edition that would else be too short: one up to three spans of news old.
fn may_fill(candidate: &Candidate<'_>, brief: &Brief) -> bool {
    let age = brief.news_until.signed_duration_since(candidate.published);
    age <= brief.fresh_for * 3 && unusable(candidate.post, brief, candidate.published).is_none()
}

/// What is wrong with a post besides its age.
fn unusable(post: &Post, brief: &Brief, published: DateTime<Utc>) -> Option<Reason> {
    let all = format!("{}\n{}", post.title, post.text);
    if let Some(words) = COMMERCIAL.iter().find(|words| all.contains(**words)) {
        return Some(Reason::Commercial { words: (*words).to_owned() });
    }
    let rewritten = brief.choices.body_of(&post.id).is_some();
    if !rewritten && text::units(&post.text) < 20
        || text::plain_title(&post.title).is_empty()
        || !rewritten && body(post, brief).is_empty()
    {
        return Some(Reason::Thin);
    }
    let topic = brief.kind(post).topic;
    if matches!(topic, Topic::Culture | Topic::Festival | Topic::Tourism) {
        let (today, written) = (day(brief.news_until, brief), day(published, brief));
        if let Some(ended) = end(post, written).filter(|ended| *ended < today) {
            return Some(Reason::Past { ended });
        }
    }
    None
}

/// The last day of what a post announces, where it says one: by its labelled times, else by what its sentences announce.
/// A day from which something lasts is no end, and neither is the day on which something opened.
fn end(post: &Post, written: NaiveDate) -> Option<NaiveDate> {
    let plain = text::without_ornaments(&post.text);
    let last = |value: &str| dates(value, written).into_iter().max();
    let open =
        |value: &str| value.trim_end().ends_with("부터") || value.trim_end().ends_with('~') || value.contains("상시");
    let labelled: Vec<String> = points::points(&plain, usize::MAX, 200)
        .iter()
        .filter(|point| ["일시", "기간"].contains(&point.label()))
        .map(|point| point.value().to_owned())
        .collect();
    if labelled.iter().any(|value| open(value)) {
        return None;
    }
    if let Some(end) = labelled.iter().filter_map(|value| last(value)).max() {
        return Some(end);
    }
    let coming = ["열립니다", "열려요", "개최", "진행", "운영", "만나", "까지", "펼쳐", "상영", "공연", "관람"];
    let reports = ["열렸", "열린", "마쳤", "성료", "막을 내", "다녀왔"];
    let opens = ["개장", "개관", "개통", "문을 열", "시작"];
    let sentences = text::sentences(&format!("{}\n{plain}", post.title));
    let announced = sentences.iter().filter(|sentence| {
        let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        (says(&coming) || says(&reports)) && !says(&opens)
    });
    let announced = announced
        .filter(|sentence| !sentence.contains("부터") || sentence.contains("까지") || sentence.contains('~'))
        .filter(|sentence| !open(sentence))
        .filter_map(|sentence| last(sentence))
        .max();
    // Something else that the post dates later may still be to come.
    announced.map(|end| last(&plain).map_or(end, |latest| latest.max(end)))
}

fn day(instant: DateTime<Utc>, brief: &Brief) -> NaiveDate {
    instant.with_timezone(&brief.zone).date_naive()
}

fn candidate<'a>(post: &'a Post, brief: &Brief, published: DateTime<Utc>) -> Candidate<'a> {
    let pinned = brief.choices.is_pinned(&post.id);
    Candidate {
        post,
        // What is pinned is as good as new.
        old: !pinned && brief.news_until.signed_duration_since(published) > brief.fresh_for,
        pinned,
        topic: brief.kind(post).topic,
        score: score(post, brief, published),
        published,
        title: text::plain_title(&post.title),
    }
}

/// What tells posts apart whose id is the same: so the order in which they came never decides.
fn name(post: &Post) -> (&str, &str, &str, &str, &[String]) {
    (&post.id, post.link.as_str(), &post.title, &post.text, &post.categories)
}

/// What is known of an announcement that is kept, to tell whether another is the same.
struct Announced {
    pairs: BTreeSet<(char, char)>,
    words: BTreeSet<String>,
    title: String,
}

fn drop_duplicates(candidates: &mut Vec<(usize, Candidate<'_>)>, reasons: &mut [Option<Reason>]) {
    // The newest announcement has the last word.
    // What an editor pinned stands whatever comes after it.
    candidates.sort_by(|(_, a), (_, b)| {
        b.pinned.cmp(&a.pinned).then(b.published.cmp(&a.published)).then_with(|| name(a.post).cmp(&name(b.post)))
    });
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let mut kept: Vec<Announced> = Vec::new();
    candidates.retain(|(at, candidate)| {
        // The same post out of two sources.
        if !ids.insert(&candidate.post.id) {
            reasons[*at] = Some(Reason::Duplicate { of: candidate.title.clone() });
            return false;
        }
        let (pairs, words) = (similarity::pairs(&candidate.title), similarity::words(&candidate.title));
        let same = |known: &&Announced| {
            similarity::likeness(&known.pairs, &pairs) >= ALIKE && !similarity::differ(&known.words, &words)
        };
        if let Some(Announced { title, .. }) = kept.iter().find(same).filter(|_| !candidate.pinned) {
            reasons[*at] = Some(Reason::Duplicate { of: title.clone() });
            false
        } else {
            kept.push(Announced { pairs, words, title: candidate.title.clone() });
            true
        }
    });
}

fn choose<'a>(
    candidates: &'a [(usize, Candidate<'a>)],
    brief: &Brief,
    reasons: &mut [Option<Reason>],
) -> Vec<&'a Candidate<'a>> {
    let mut taken = vec![false; candidates.len()];
    let count =
        |taken: &[bool], topic| candidates.iter().zip(taken).filter(|((_, c), t)| **t && c.topic == topic).count();
    // What an editor pinned comes first of all.
    for at in 0..candidates.len() {
        taken[at] = candidates[at].1.pinned && taken.iter().filter(|t| **t).count() < brief.max_cards;
    }
    // Then the room that each topic keeps, in the brief's order; then whatever is most useful.
    for quota in brief.quotas.iter() {
        for at in 0..candidates.len() {
            let room = taken.iter().filter(|t| **t).count() < brief.max_cards && !candidates[at].1.old;
            if room && candidates[at].1.topic == quota.topic && count(&taken, quota.topic) < quota.min {
                taken[at] = true;
            }
        }
    }
    for at in 0..candidates.len() {
        if taken[at] || candidates[at].1.old {
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
    // An edition that would be too short is filled: with what its quota kept out, then with what is older.
    for old in [false, true] {
        for at in 0..candidates.len() {
            let short = taken.iter().filter(|t| **t).count() < brief.min_cards;
            if short && !taken[at] && candidates[at].1.old == old {
                taken[at] = true;
                reasons[candidates[at].0] = None;
            }
        }
    }
    let mut chosen: Vec<&Candidate<'_>> =
        candidates.iter().zip(&taken).filter(|(_, t)| **t).map(|((_, c), _)| c).collect();
    chosen.sort_by_key(|c| (brief.choices.rank(&c.post.id), brief.quotas.rank(c.topic)));
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
