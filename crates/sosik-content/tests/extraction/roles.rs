//! Which of the facts is which: when and where something takes place, until when and where to apply, what it costs, what
//! kind of news it is.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sosik_content::{Post, Story, WebLink};

use crate::corpus::{Score, Text, corpus, hold, print, same, texts};

/// What a reader found in a post: for each field every answer that is right, an empty one where there is nothing to find.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    file: String,
    item: usize,
    kind: Option<Vec<String>>,
    when: Option<Vec<String>>,
    hours: Option<Vec<String>>,
    place: Option<Vec<String>>,
    cost: Option<Vec<String>>,
    deadline: Option<Vec<String>>,
    office: Option<Vec<String>>,
}

#[test]
fn roles_by_hand_made_labels() {
    let Some(corpus) = corpus() else { return };
    let read =
        |labels: &str| -> Vec<Roles> { labels.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let known = read(include_str!("roles.jsonl"));
    let scores = measured(&corpus, &known);
    print(&format!("{} roles, posts that the rules were made with", known.len()), &scores);
    let unseen = read(include_str!("roles_unseen.jsonl"));
    let title = format!("{} roles, posts labelled when the rules stood", unseen.len());
    print(&title, &measured(&corpus, &unseen));
    let floors = [
        ("cost", 1.0, 1.0),
        ("deadline", 1.0, 1.0),
        ("hours", 1.0, 1.0),
        ("kind", 0.9, 0.9),
        ("office", 1.0, 0.8),
        ("place", 0.95, 0.95),
        ("when", 0.9, 0.88),
    ];
    hold(&scores, &floors);
}

fn measured(corpus: &Path, labels: &[Roles]) -> BTreeMap<&'static str, Score> {
    let mut files: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let show = std::env::var_os("SOSIK_SHOW").is_some();
    for label in labels {
        let posts = files.entry(label.file.clone()).or_insert_with(|| texts(&corpus.join(&label.file)));
        let story = story(&posts[label.item]);
        let text = |found: Option<String>| found.unwrap_or_default();
        let fields = [
            ("kind", story.kind.topic.code().to_owned(), label.kind.as_ref()),
            ("when", text(story.when.map(|when| when.value.to_string())), label.when.as_ref()),
            ("hours", text(story.hours.map(|hours| hours.value.to_string())), label.hours.as_ref()),
            ("place", text(story.place.map(|place| place.value)), label.place.as_ref()),
            ("cost", text(story.cost.map(|cost| cost.value.to_string())), label.cost.as_ref()),
            ("deadline", text(story.deadline.map(|day| day.value.to_string())), label.deadline.as_ref()),
            ("office", text(story.apply_place.map(|place| place.value)), label.office.as_ref()),
        ];
        for (field, found, right) in fields.into_iter().filter_map(|(field, found, right)| Some((field, found, right?)))
        {
            let score = scores.entry(field).or_default();
            let is_right = right.iter().any(|right| found.is_empty() == right.is_empty() && same(field, &found, right));
            // To find is what no label lets be empty, or what was found rightly where it may be.
            let is_labelled = !right.iter().any(String::is_empty) || is_right && !found.is_empty();
            score.labelled += usize::from(is_labelled);
            score.found += usize::from(!found.is_empty());
            score.right += usize::from(is_right && !found.is_empty());
            if show && !is_right {
                println!("{} {} {field}: `{found}` is none of {right:?}", label.file, label.item);
            }
        }
    }
    scores
}

pub(crate) fn story(text: &Text) -> Story {
    let link = WebLink::parse("https://example.go.kr/1").unwrap();
    let noon = text.published.and_hms_opt(3, 0, 0).unwrap().and_utc();
    Story::of(&Post::new(&text.title, link, &text.body).with_published(noon), chrono_tz::Asia::Seoul)
}
