//! Every fact that is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde::Deserialize;
use sosik_content::extract::extract;
use sosik_content::review::Reviewer;
use sosik_content::{Post, Story, WebLink};

use crate::corpus::{Score, Text, corpus, hold, print, same, texts};

/// What a reader found in a post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    file: String,
    item: usize,
    #[serde(default)]
    dates: BTreeSet<String>,
    #[serde(default)]
    times: BTreeSet<String>,
    #[serde(default)]
    places: BTreeSet<String>,
    #[serde(default)]
    phones: BTreeSet<String>,
    #[serde(default)]
    fees: BTreeSet<String>,
    #[serde(default)]
    ages: BTreeSet<String>,
    #[serde(default)]
    links: BTreeSet<String>,
}

#[test]
fn precision_and_recall_by_hand_made_labels() {
    let Some(corpus) = corpus() else { return };
    for (name, labels) in [
        ("posts that the rules were made with", include_str!("labels.jsonl")),
        ("posts labelled when the rules stood", include_str!("unseen.jsonl")),
    ] {
        let labels: Vec<Label> = labels.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let scores = measured(&corpus, &labels);
        print(&format!("{} {name}", labels.len()), &scores);
        if name.ends_with("made with") {
            hold(
                &scores,
                &[
                    ("dates", 0.98, 0.97),
                    ("times", 0.9, 0.9),
                    ("places", 0.9, 0.87),
                    ("phones", 1.0, 1.0),
                    ("fees", 0.8, 1.0),
                ],
            );
        }
    }
}

/// The scores of each field.
fn measured(corpus: &Path, labels: &[Label]) -> BTreeMap<&'static str, Score> {
    let mut files: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let show = std::env::var_os("SOSIK_SHOW").is_some();
    for label in labels {
        let posts = files.entry(label.file.clone()).or_insert_with(|| texts(&corpus.join(&label.file)));
        let post = &posts[label.item];
        let facts = extract(&format!("{}\n{}", post.title, post.body), post.published);
        let fields: [(&str, BTreeSet<String>, &BTreeSet<String>); 7] = [
            ("dates", facts.days.iter().map(|found| found.value.to_string()).collect(), &label.dates),
            ("times", facts.hours.iter().map(|found| found.value.to_string()).collect(), &label.times),
            ("places", facts.places.iter().map(|found| found.value.clone()).collect(), &label.places),
            ("phones", facts.phones.iter().map(|found| found.value.number.clone()).collect(), &label.phones),
            ("fees", facts.fees.iter().map(|found| found.value.to_string()).collect(), &label.fees),
            ("ages", facts.ages.iter().map(|found| found.value.to_string()).collect(), &label.ages),
            ("links", facts.addresses.iter().map(|found| found.value.written.clone()).collect(), &label.links),
        ];
        for (field, found, expected) in fields {
            let score = scores.entry(field).or_default();
            let missed: Vec<_> =
                expected.iter().filter(|label| !found.iter().any(|one| same(field, one, label))).collect();
            let wrong: Vec<_> =
                found.iter().filter(|one| !expected.iter().any(|label| same(field, one, label))).collect();
            score.right += expected.len() - missed.len();
            score.labelled += expected.len();
            score.found += expected.len() - missed.len() + wrong.len();
            if show && (!missed.is_empty() || !wrong.is_empty()) {
                println!("{} {} {field}: missed {missed:?}, wrong {wrong:?}", label.file, label.item);
            }
        }
    }
    scores
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_what_is_found_stands_there(
        text in "([0-9]{1,4}|년|월|일|시|분|세|원|[.~∼～〜–/:() -]|부터|까지|매주|신청|센터|에 |하세요|주세요|[.] |오는|지난|무료|문의|장소:|에서|[가-힣]{1,3}|\\PC|\n){0,40}",
    ) {
        let found = extract(&text, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
        let spans = found.days.iter().map(|found| (&found.span, &found.sentence));
        let spans = spans.chain(found.hours.iter().map(|found| (&found.span, &found.sentence)));
        let spans = spans.chain(found.places.iter().map(|found| (&found.span, &found.sentence)));
        let spans = spans.chain(found.phones.iter().map(|found| (&found.span, &found.sentence)));
        let spans = spans.chain(found.fees.iter().map(|found| (&found.span, &found.sentence)));
        let spans = spans.chain(found.ages.iter().map(|found| (&found.span, &found.sentence)));
        for (span, sentence) in spans.chain(found.addresses.iter().map(|found| (&found.span, &found.sentence))) {
            prop_assert!(text.get(span.clone()).is_some_and(|words| !words.is_empty()), "{:?} of {:?}", span, text);
            prop_assert!(sentence.start <= span.start && span.end <= sentence.end && text.get(sentence.clone()).is_some());
        }
        let post = Post::new("제목", WebLink::parse("https://example.go.kr/1").unwrap(), &text)
            .with_published("2026-11-20T00:00:00Z".parse().unwrap());
        let story = Story::of(&post, chrono_tz::Asia::Seoul);
        for found in story.steps.iter().chain(&story.apply_place) {
            prop_assert!(story.source(&found.span).contains(&found.value), "{:?} of {:?}", found, story.text);
        }
        drop(Reviewer::new(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(), chrono_tz::Asia::Seoul).review(&[post]));
    }
}
