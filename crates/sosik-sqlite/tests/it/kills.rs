//! A process that is killed in the middle of something leaves it done or not done, and never half done.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sosik_core::SystemEntropy;
use sosik_registry::{StoreError, Vault};
use sosik_sqlite::SqliteStore;
use sosik_testkit::kills::{Killed, Work, nothing_is_half_done};

use crate::old::old_file;

/// Files in a folder.
struct Files(tempfile::TempDir);

/// People in a file of an older release.
const OLD: u32 = 1_000;

impl Killed for Files {
    type Store = SqliteStore;

    const TEST: &'static str = "kills::a_killed_process_leaves_nothing_half_done";

    fn within(_: Work) -> Duration {
        Duration::from_millis(60)
    }

    async fn open(place: &str, vault: Vault) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(Path::new(place), vault, Arc::new(SystemEntropy::new()))
    }

    async fn place(&self, kill: u32, work: Work) -> (String, u32) {
        let path: PathBuf = self.0.path().join(format!("{kill}.db"));
        let is_old = work == Work::Migrate;
        if is_old {
            drop(old_file(&path, kill % 8 < 4, OLD));
        }
        (path.to_str().unwrap().to_owned(), if is_old { OLD } else { 0 })
    }

    async fn look(store: &SqliteStore) {
        assert_eq!(store.integrity().await.unwrap(), None);
    }
}

#[test]
fn a_killed_process_leaves_nothing_half_done() {
    nothing_is_half_done(&Files(tempfile::tempdir().unwrap()), 50);
}
