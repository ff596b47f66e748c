//! A program that is killed in the middle of something leaves it done or not done, and never half done.

use std::sync::Arc;
use std::time::Duration;

use sosik_core::SystemEntropy;
use sosik_postgres::{PostgresStore, Settings};
use sosik_registry::{StoreError, Vault};
use sosik_testkit::kills::{Killed, Work, nothing_is_half_done};

use crate::{Database, address};

/// Schemas of the server.
struct Schemas;

impl Killed for Schemas {
    type Store = PostgresStore;

    const TEST: &'static str = "kills::a_killed_program_leaves_nothing_half_done";

    fn within(work: Work) -> Duration {
        Duration::from_millis(if work == Work::Migrate { 50 } else { 400 })
    }

    async fn open(place: &str, vault: Vault) -> Result<PostgresStore, StoreError> {
        let settings = Settings::parse(&address().unwrap()).unwrap().with_schema(place).unwrap().with_connections(2);
        PostgresStore::connect(&settings, vault, Arc::new(SystemEntropy::new())).await
    }

    async fn place(&self, _: u32, _: Work) -> (String, u32) {
        // What the program of before did is over when its tables can be dropped.
        (Database::named(Self::TEST).await.unwrap().schema().to_owned(), 0)
    }

    async fn look(_: &PostgresStore) {}
}

#[test]
fn a_killed_program_leaves_nothing_half_done() {
    if address().is_some() {
        nothing_is_half_done(&Schemas, 28);
    }
}
