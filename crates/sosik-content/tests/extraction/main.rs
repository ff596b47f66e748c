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
//! Roles are measured apart (`roles.jsonl`): which of the days is that on which something takes place, which is the deadline,
//! and what kind of news a post is. There a field holds every answer that a clerk would take; one that is not labelled is not
//! measured.
//!
//! Festivals are measured by a table that cities fill in (`festivals.rs`): its columns are what is to be found.
//!
//! `cargo test -p sosik-content --test extraction -- --nocapture` prints the tables.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads where the corpus is")]
#![expect(clippy::print_stdout, reason = "the tables are what the test is for")]

mod corpus;
mod facts;
mod festivals;
mod roles;
