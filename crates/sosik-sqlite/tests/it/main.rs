//! The store on files as they lie on disk.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chats;
mod conformance;
mod drawn;
mod files;
mod journals;
mod kills;
mod old;
mod readonly;

use std::path::Path;
use std::sync::Arc;

use sosik_core::{SeededEntropy, SystemEntropy};
use sosik_registry::{SecretKey, StoreError, Vault};
use sosik_sqlite::SqliteStore;

fn key(byte: &str) -> SecretKey {
    SecretKey::from_hex(&byte.repeat(32)).unwrap()
}

fn vault() -> Vault {
    Vault::new(&key("0f"), Arc::new(SeededEntropy::new(1)))
}

/// Each opening draws ids of its own.
fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, vault(), Arc::new(SystemEntropy::new()))
}
