//! What citizens get at the window, conversation by conversation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod danger;
mod news;
mod notices;
mod person;
mod rights;
mod strangers;
mod subscribing;
mod world;
