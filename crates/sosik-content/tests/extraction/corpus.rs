//! Posts of the corpus, and how often what is read out of them is right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

/// A post of the corpus.
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) published: NaiveDate,
}

/// Where the corpus is.
pub(crate) fn corpus() -> Option<PathBuf> {
    let path = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from);
    assert!(path.is_some() || std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
    if path.is_none() {
        println!("skipped: SOSIK_CORPUS is not set");
    }
    path
}

/// The day on which the table of services is read: it says of no service when it was published.
const SERVICES_READ: NaiveDate = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();

/// The posts of a file, in its order.
pub(crate) fn texts(path: &Path) -> Vec<Text> {
    let content = std::fs::read_to_string(path).unwrap();
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("public_services")) {
        return content.lines().map(service).collect();
    }
    if path.extension().is_some_and(|extension| extension == "jsonl") {
        let posts = content.lines().map(|line| serde_json::from_str::<BTreeMap<String, String>>(line).unwrap());
        return posts
            .map(|post| Text {
                title: post["title"].clone(),
                body: post["body"].clone(),
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
            Text { title: between(item, "title"), body: String::new(), published: published.unwrap() }
        })
        .collect()
}

/// A service that a city offers: its name, whom it helps and how to apply.
fn service(line: &str) -> Text {
    let service: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |field: &str| service[field].as_str().unwrap().to_owned();
    Text {
        title: text("name"),
        body: format!("{}\n{}", text("benefit"), text("how_to_apply")),
        published: SERVICES_READ,
    }
}

/// How often a field is right.
#[derive(Default)]
pub(crate) struct Score {
    pub(crate) right: usize,
    pub(crate) found: usize,
    pub(crate) labelled: usize,
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
pub(crate) fn same(field: &str, found: &str, label: &str) -> bool {
    let plain = |text: &str| text.replace(' ', "");
    let (found, label) = (plain(found), plain(label));
    found == label
        || matches!(field, "place" | "places" | "office")
            && (found.contains(&label) || label.contains(&found) && found.chars().count() >= 3)
}

/// Fails where a field became worse than it has been.
pub(crate) fn hold(scores: &BTreeMap<&str, Score>, floors: &[(&str, f64, f64)]) {
    for (field, precision, recall) in floors {
        let score = &scores[field];
        assert!(score.precision() >= *precision, "precision of {field}: {:.3}", score.precision());
        assert!(score.recall() >= *recall, "recall of {field}: {:.3}", score.recall());
    }
}

/// Prints the scores as a table.
pub(crate) fn print(title: &str, scores: &BTreeMap<&str, Score>) {
    println!("\n{title}");
    println!("{:8} {:>8} {:>8} {:>8} {:>10} {:>8}", "field", "labelled", "found", "right", "precision", "recall");
    for (field, score) in scores {
        let (labelled, found, right) = (score.labelled, score.found, score.right);
        println!("{field:8} {labelled:>8} {found:>8} {right:>8} {:>10.3} {:>8.3}", score.precision(), score.recall());
    }
}
