//! The rooms of the house: who may know whom, and whether the papers say what the manifests do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use sosik_tests::{file, root};

/// Who may depend on whom, outside tests. Nothing else is allowed.
const EDGES: &[(&str, &[&str])] = &[
    ("sosik-core", &[]),
    ("sosik-content", &["sosik-core"]),
    ("sosik-schedule", &[]),
    ("sosik-registry", &["sosik-core"]),
    ("sosik-channel", &["sosik-content", "sosik-core"]),
    ("sosik-cards", &["sosik-content", "sosik-core"]),
    ("sosik-feeds", &["sosik-content", "sosik-core"]),
    ("sosik-delivery", &["sosik-channel", "sosik-content", "sosik-core", "sosik-registry", "sosik-schedule"]),
    ("sosik-chat", &["sosik-content", "sosik-core", "sosik-registry"]),
    // Beyond the plan: the city's side of the desk, with its ports, so that stores and pages need not know each other.
    ("sosik-desk", &["sosik-content", "sosik-core", "sosik-delivery", "sosik-registry"]),
    ("sosik-bizgo", &["sosik-channel", "sosik-content", "sosik-core"]),
    ("sosik-solapi", &["sosik-channel", "sosik-content", "sosik-core"]),
    // Channel beyond the plan: its HTTP part and its errors.
    ("sosik-kakao", &["sosik-channel", "sosik-chat", "sosik-core", "sosik-registry"]),
    // Channel and schedule beyond the plan: a campaign's message and class stand in its row.
    ("sosik-sqlite", &["sosik-chat", "sosik-content", "sosik-core", "sosik-delivery", "sosik-desk", "sosik-registry"]),
    (
        "sosik-postgres",
        &["sosik-chat", "sosik-content", "sosik-core", "sosik-delivery", "sosik-desk", "sosik-registry"],
    ),
    ("sosik-nats", &["sosik-core", "sosik-delivery"]),
    // Channel and schedule beyond the plan: a webhook as it comes, and when the week's message may go. Dealers it need not know:
    // a transport reads its own dealer's webhooks.
    (
        "sosik-web",
        &[
            "sosik-channel",
            "sosik-chat",
            "sosik-content",
            "sosik-core",
            "sosik-delivery",
            "sosik-desk",
            "sosik-kakao",
            "sosik-registry",
            "sosik-schedule",
        ],
    ),
    ("sosik-emulator", &["sosik-core"]),
    (
        "sosik-testkit",
        &[
            "sosik-channel",
            "sosik-chat",
            "sosik-content",
            "sosik-core",
            "sosik-delivery",
            "sosik-desk",
            "sosik-registry",
            "sosik-schedule",
        ],
    ),
    (
        "sosik",
        &[
            "sosik-bizgo",
            "sosik-cards",
            "sosik-channel",
            "sosik-chat",
            "sosik-content",
            "sosik-core",
            "sosik-delivery",
            "sosik-desk",
            "sosik-feeds",
            "sosik-kakao",
            "sosik-nats",
            "sosik-postgres",
            "sosik-registry",
            "sosik-schedule",
            "sosik-solapi",
            "sosik-sqlite",
            "sosik-web",
        ],
    ),
    ("json-lines", &["sosik"]),
    ("cardnews", &["sosik"]),
    ("citizen-desk", &["sosik", "sosik-emulator"]),
    ("partner-kit", &["sosik"]),
    ("rehearsal", &["sosik", "sosik-emulator"]),
    ("send", &["sosik"]),
    ("subscribers", &["sosik"]),
    ("when", &["sosik"]),
    ("yangju-weekly", &["sosik", "sosik-emulator"]),
    ("sosik-tests", &["sosik", "sosik-emulator", "sosik-testkit"]),
];

/// Libraries that one crate alone may use.
const WALLS: &[(&str, &[&str])] = &[
    // The example measures an import against bare rows.
    ("rusqlite", &["sosik-sqlite", "subscribers"]),
    // The example measures an import against bare rows.
    ("tokio-postgres", &["sosik-postgres", "subscribers"]),
    ("reqwest", &["sosik-bizgo", "sosik-channel", "sosik-kakao", "sosik-solapi"]),
    ("async-nats", &["sosik-nats"]),
    ("mockall", &["sosik-testkit"]),
    ("axum", &["citizen-desk", "rehearsal", "sosik-emulator", "sosik-web"]),
    ("resvg", &["sosik-cards"]),
    ("feed-rs", &["sosik-feeds"]),
    ("icalendar", &["sosik-schedule"]),
    ("rrule", &["sosik-schedule"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn dependencies(package: &Package) -> BTreeSet<&str> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn crates_know_only_those_they_may() {
    let table: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(name, edges)| (*name, edges.iter().copied().collect())).collect();
    let metadata = metadata();
    let packages: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(packages, table.keys().copied().collect(), "every package has its row");
    for package in &metadata.packages {
        let ours: BTreeSet<&str> = dependencies(package).into_iter().filter(|name| name.starts_with("sosik")).collect();
        let allowed = &table[package.name.as_str()];
        assert!(ours.is_subset(allowed), "{} may not know {:?}", package.name, ours.difference(allowed));
    }
}

#[test]
fn what_one_crate_alone_may_use_no_other_uses() {
    for package in &metadata().packages {
        for (library, rooms) in WALLS {
            let uses = dependencies(package).contains(library);
            assert!(!uses || rooms.contains(&package.name.as_str()), "{} may not use {library}", package.name);
        }
    }
}

#[test]
fn every_feature_has_its_row_in_the_docs_and_its_comment_in_the_manifest() {
    for package in
        metadata().packages.iter().filter(|package| package.name.starts_with("sosik") && package.publish.is_none())
    {
        let docs = file(&format!("crates/{}/src/lib.rs", package.name));
        let manifest = file(&format!("crates/{}/Cargo.toml", package.name));
        let rows: BTreeSet<&str> = docs
            .lines()
            .skip_while(|line| *line != "//! # Features")
            .skip(1)
            .take_while(|line| !line.starts_with("//! #"))
            .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
            .collect();
        let features: BTreeSet<&str> =
            package.features.keys().map(String::as_str).filter(|name| *name != "default").collect();
        assert_eq!(rows, features, "{}", package.name);
        for feature in features {
            let at = manifest.find(&format!("\n{feature} = ")).unwrap();
            let before = manifest[..at].lines().last().unwrap();
            assert!(before.starts_with('#'), "{}: {feature} has no comment", package.name);
        }
    }
}

#[test]
fn every_crate_says_what_it_is_for_where_it_sits_and_what_it_is_not() {
    for (name, _) in EDGES.iter().filter(|(name, _)| name.starts_with("sosik") && *name != "sosik-tests") {
        let docs = file(&format!("crates/{name}/src/lib.rs"));
        let headings: Vec<&str> = docs.lines().filter_map(|line| line.strip_prefix("//! # ")).collect();
        for heading in ["What it is for", "Where it sits", "Quick start", "Features", "What is not here"] {
            assert!(headings.contains(&heading), "{name} has no `{heading}`");
        }
        assert_eq!(headings.last(), Some(&"What is not here"), "{name}");
        assert!(!file(&format!("crates/{name}/README.md")).is_empty());
    }
}

#[test]
fn the_papers_agree_with_the_manifests() {
    let metadata = metadata();
    let version = metadata.packages.iter().find(|package| package.name == "sosik").unwrap().version.to_string();
    assert!(metadata.packages.iter().all(|package| package.version.to_string() == version), "versions are in lockstep");
    let msrv = metadata.packages[0].rust_version.as_ref().unwrap().to_string();
    let readme = file("README.md");
    let minor =
        msrv.rsplit_once('.').filter(|_| msrv.matches('.').count() == 2).map_or(msrv.as_str(), |(minor, _)| minor);
    assert!(readme.contains(&format!("Rust {minor}")), "README names Rust {minor}");
    assert!(file("CHANGELOG.md").contains("## [Unreleased]"));
    let map = file("docs/architecture.md");
    for (name, _) in EDGES.iter().filter(|(name, _)| *name != "sosik-tests") {
        assert!(readme.contains(&format!("`{name}`")), "README does not name {name}");
        assert!(map.contains(&format!("`{name}`")), "docs/architecture.md does not name {name}");
    }
}

#[test]
fn the_readme_s_commands_are_those_that_ci_runs() {
    let readme = file("README.md");
    let script = file(".ci/run");
    for command in ["cargo test --workspace --all-features", "cargo run --release -p yangju-weekly"] {
        assert!(readme.contains(command), "README has no `{command}`");
        assert!(script.contains(command), ".ci/run has no `{command}`");
    }
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "crates",
        "examples",
        "tests",
        "docs",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "target",
    ];
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name} stands at the top");
    }
}

#[test]
fn main_stays_thin() {
    let lines = file("examples/yangju-weekly/src/main.rs").lines().count();
    assert!(lines <= 100, "main.rs has {lines} lines: what it needs more of belongs elsewhere");
}
