//! The memory store under its contract, and what others say of files and numbers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
#[cfg(feature = "xlsx")]
mod peers;
