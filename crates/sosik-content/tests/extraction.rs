//! How often what is read out of real posts is right, by labels that were made by hand.
//!
//! The posts lie where `SOSIK_CORPUS` says; the labels stand in `tests/extraction`, by file and item. With `SOSIK_SHOW` set
//! each difference is shown.
//!
//! Labelled is what a citizen needs: days but those on which someone said something, times, where something takes place,
//! numbers to call, what taking part costs (0: free), ages, and addresses of pages. A place that is named more or less
//! closely than the label does is right. Whoever changes a rule labels new posts after it, and adds the old ones to
//! `labels.jsonl`: of posts that a rule was made with it says little how often the rule is right.
//!
//! `cargo test -p sosik-content --test extraction -- --nocapture` prints the table.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads where the corpus is")]
#![expect(clippy::print_stdout, reason = "the table is what the test is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use proptest::prelude::*;
use serde::Deserialize;
use sosik_content::extract::extract;
use sosik_content::review::Reviewer;
use sosik_content::{Post, WebLink};

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
    #[serde(default, rename = "deadline")]
    _deadline: Option<String>,
}

/// A post of the corpus.
struct Text {
    text: String,
    published: NaiveDate,
}

fn corpus() -> Option<PathBuf> {
    let path = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from);
    assert!(path.is_some() || std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
    if path.is_none() {
        println!("skipped: SOSIK_CORPUS is not set");
    }
    path
}

/// The posts of a file, in its order.
fn texts(path: &Path) -> Vec<Text> {
    let content = std::fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "jsonl") {
        let posts = content.lines().map(|line| serde_json::from_str::<BTreeMap<String, String>>(line).unwrap());
        return posts
            .map(|post| Text {
                text: format!("{}\n{}", post["title"], post["body"]),
                published: post["published"].parse().unwrap(),
            })
            .collect();
    }
    // Notices whose descriptions say when they were published: `[학사] - 교무팀 (2026-08-19)`.
    let between = |item: &str, tag: &str| {
        let (_, rest) = item.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once(&format!("</{tag}>"))
            .unwrap()
            .0
            .replace("&#x27;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
    };
    content
        .split("<item>")
        .skip(1)
        .map(|item| {
            let description = between(item, "description");
            let published = description[description.rfind('(').unwrap() + 1..description.rfind(')').unwrap()].parse();
            Text { text: between(item, "title"), published: published.unwrap() }
        })
        .collect()
}

#[derive(Default)]
struct Score {
    right: usize,
    found: usize,
    labelled: usize,
}

impl Score {
    /// The share of what was found that is right.
    fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// The share of what is to be found that was.
    fn recall(&self) -> f64 {
        share(self.right, self.labelled)
    }
}

fn share(part: usize, of: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap());
    if of == 0 { 1.0 } else { number(part) / number(of) }
}

/// Of places, one that names another more closely is right: `나주문화예술회관 공연장`.
fn same(field: &str, found: &str, label: &str) -> bool {
    let plain = |text: &str| text.replace(' ', "");
    let (found, label) = (plain(found), plain(label));
    found == label
        || field == "places" && (found.contains(&label) || label.contains(&found) && found.chars().count() >= 3)
}

#[test]
fn precision_and_recall_by_hand_made_labels() {
    let Some(corpus) = corpus() else { return };
    for (name, labels) in [
        ("posts that the rules were made with", include_str!("extraction/labels.jsonl")),
        ("posts labelled when the rules stood", include_str!("extraction/unseen.jsonl")),
    ] {
        let labels: Vec<Label> = labels.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let scores = measured(&corpus, &labels);
        println!("\n{} {name}", labels.len());
        println!("{:8} {:>8} {:>8} {:>8} {:>10} {:>8}", "field", "labelled", "found", "right", "precision", "recall");
        for (field, score) in &scores {
            let (labelled, found, right) = (score.labelled, score.found, score.right);
            println!(
                "{field:8} {labelled:>8} {found:>8} {right:>8} {:>10.3} {:>8.3}",
                score.precision(),
                score.recall()
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
        let facts = extract(&post.text, post.published);
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
        text in "([0-9]{1,4}|년|월|일|시|분|세|원|[.~∼～〜–/:() -]|부터|까지|매주|오는|지난|무료|문의|장소:|에서|[가-힣]{1,3}|\\PC|\n){0,40}",
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
        drop(Reviewer::new(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(), chrono_tz::Asia::Seoul).review(&[post]));
    }
}
