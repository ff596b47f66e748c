//! The desk over HTTP on the loopback, on a real SQLite file: as browsers use it, and as others would like to.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test has a server of its own, and reads where the corpus is")]

mod campaigns;
mod door;
mod people;
mod rights;
mod strangers;
mod tickets;
mod week;
mod world;
