//! Whether a post is fit for a card at all.

use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::AreaCode;

use super::{Reason, body, day};
use crate::classify::COMMERCIAL;
use crate::extract::dates;
use crate::{Brief, Post, Topic, points, text};

/// What keeps a post from a card; one that is only too old may still fill an edition.
pub(super) fn unfit(post: &Post, brief: &Brief) -> Option<Reason> {
    let choices = &brief.choices;
    if let Some(why) = choices.drops.get(&post.id) {
        return Some(Reason::Dropped { why: why.clone() });
    }
    if let Some(until) = choices.embargoes.get(&post.id).filter(|until| **until > brief.news_until) {
        return Some(Reason::Embargo { until: *until });
    }
    let Some(published) = post.published else { return Some(Reason::Undated) };
    let today = day(brief.news_until, brief);
    if published > brief.news_until {
        return Some(Reason::Future);
    }
    if choices.is_pinned(&post.id) {
        return None;
    }
    if post.valid_from.is_some_and(|from| from > today) {
        return Some(Reason::Future);
    }
    if brief.news_until.signed_duration_since(published) > brief.fresh_for {
        return Some(Reason::Old);
    }
    unusable(post, brief, published)
}

/// Whether an older post may fill an edition that would else be too short: one up to three spans of news old.
pub(super) fn may_fill(post: &Post, published: DateTime<Utc>, brief: &Brief) -> bool {
    let age = brief.news_until.signed_duration_since(published);
    age <= brief.fresh_for * 3 && unusable(post, brief, published).is_none()
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
    if let Some(areas) = elsewhere(post, brief) {
        return Some(Reason::Elsewhere { areas });
    }
    let topic = brief.kind(post).topic;
    let (today, written) = (day(brief.news_until, brief), day(published, brief));
    if let Some(ended) = post.valid_until {
        return (ended < today).then_some(Reason::Past { ended });
    }
    let is_dated = matches!(topic, Topic::Culture | Topic::Festival | Topic::Tourism);
    let ended = end(post, written).filter(|ended| is_dated && *ended < today)?;
    Some(Reason::Past { ended })
}

/// The districts that a post concerns, where none of them is the channel's, a part of it, or around it.
fn elsewhere(post: &Post, brief: &Brief) -> Option<Vec<String>> {
    let here = brief.area.as_ref()?;
    let areas = brief.areas(post);
    let is_here = areas.is_empty() || areas.iter().any(|area| area.is_within(here) || here.is_within(area));
    let name = |area: &AreaCode| brief.names.name(area).unwrap_or(area.as_str()).to_owned();
    (!is_here).then(|| areas.iter().map(name).collect())
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
