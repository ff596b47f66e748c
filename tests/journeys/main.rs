//! Stories through the facade: a city's week, with crashes, lost answers and changed minds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod center;
mod city;
mod crashes;
mod friday;
mod friends;
mod lifecycle;
mod minds;
mod templates;
mod webhooks;
