//! How often what citizens write is understood, by phrasings with the intent that each has.
//!
//! `phrasings.tsv` holds those with which the table of intents was made, `phrasings_unseen.tsv` those that were written by someone
//! who did not know it, and were measured before it was changed after them. Whoever changes a cue has new ones written, and adds the
//! old ones to the first.
//!
//! `cargo test -p sosik-chat --test phrasings -- --nocapture` prints the table; with `SOSIK_SHOW` set each one that is not
//! understood.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "the table is what the test is for")]
#![expect(clippy::disallowed_methods, reason = "a test reads what it is to show")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sosik_chat::{Emergencies, Intent, Intents, Matcher, Offices};
use sosik_registry::Directory;

const DISTRICTS: &str = include_str!("districts.csv");
const OFFICES: &str = include_str!("offices.csv");

fn matcher() -> Matcher {
    let districts = Directory::from_csv(DISTRICTS.as_bytes()).unwrap();
    let offices = Offices::from_csv(OFFICES.as_bytes()).unwrap();
    Matcher::new(Intents::sosik(), "양주", Arc::new(districts), Arc::new(offices))
}

/// What a phrasing is understood as.
fn understood(matcher: &Matcher, said: &str) -> String {
    if let Some(emergency) = Emergencies::sosik().find(said) {
        return format!("emergency:{}", emergency.lines[0].number);
    }
    let friday = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    matcher.read(said, friday).intent.map_or_else(|| "none".to_owned(), |intent| intent.to_string())
}

/// How many phrasings of each intent there are, how many were understood as it, and how many of those rightly.
fn measured(table: &str) -> BTreeMap<String, (usize, usize, usize)> {
    let matcher = matcher();
    let mut scores: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (expected, said) in table.lines().filter_map(|line| line.split_once('\t')) {
        let found = understood(&matcher, said);
        scores.entry(expected.to_owned()).or_default().0 += 1;
        scores.entry(found.clone()).or_default().1 += 1;
        if found == expected {
            scores.entry(found).or_default().2 += 1;
        } else if std::env::var_os("SOSIK_SHOW").is_some() {
            println!("`{said}` is {expected}, and was understood as {found}");
        }
    }
    scores
}

fn print(title: &str, scores: &BTreeMap<String, (usize, usize, usize)>) -> (usize, usize) {
    println!("\n{title}");
    println!("{:16} {:>9} {:>8} {:>8} {:>10} {:>8}", "intent", "phrasings", "found", "right", "precision", "recall");
    let share = |part: usize, of: usize| {
        (part * 100).checked_div(of).map_or_else(|| "-".to_owned(), |share| format!("{share}%"))
    };
    for (intent, (labelled, found, right)) in scores {
        let (precision, recall) = (share(*right, *found), share(*right, *labelled));
        println!("{intent:16} {labelled:>9} {found:>8} {right:>8} {precision:>10} {recall:>8}");
    }
    let all = scores.values().fold((0, 0), |(labelled, right), of| (labelled + of.0, right + of.2));
    println!("{:16} {:>9} {:>8} {:>8} {:>19}", "all", all.0, "", all.1, share(all.1, all.0));
    all
}

#[test]
fn phrasings_are_understood() {
    let known = measured(include_str!("phrasings.tsv"));
    let (labelled, right) = print("phrasings with which the table was made", &known);
    assert!(right * 100 >= labelled * FLOOR, "{right} of {labelled}");
    for (intent, (labelled, _, right)) in &known {
        // Who is in danger is told so: each of these was looked at.
        assert!(!intent.starts_with("emergency") || right * 100 >= labelled * 90, "{intent}: {right} of {labelled}");
    }
    print("phrasings that were written without the table", &measured(include_str!("phrasings_unseen.tsv")));
}

#[test]
fn every_button_says_what_it_means_in_every_language() {
    let (intents, matcher) = (Intents::sosik(), matcher());
    for intent in Intent::ALL {
        let rule = intents.get(&intent).unwrap();
        for label in std::iter::once(&rule.label).chain(rule.labels.values()) {
            assert_eq!(understood(&matcher, label), intent.code(), "{label}");
            assert!(label.chars().count() <= 14, "{label} is too long for a button");
        }
        assert_eq!(rule.labels.len() + 1, sosik_chat::Words::sosik().languages().count(), "{intent}");
    }
}

/// Of a hundred phrasings that are known, so many are understood.
const FLOOR: usize = 90;
