//! The store on a real server: its address is in `SOSIK_TEST_POSTGRES_URL`, or the tests say that they were skipped, which
//! `SOSIK_REQUIRE_POSTGRES` makes a failure. Each test has a schema of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests read where the server is, and play several programs")]

mod chats;
mod conformance;
mod kills;
mod servers;

use std::sync::Arc;

use sosik_core::{Entropy, SeededEntropy, SystemEntropy};
use sosik_postgres::{PostgresStore, Settings};
use sosik_registry::{SecretKey, StoreError, Vault};
use tokio_postgres::{Client, NoTls};

fn key(byte: &str) -> SecretKey {
    SecretKey::from_hex(&byte.repeat(32)).unwrap()
}

fn vault() -> Vault {
    Vault::new(&key("0f"), Arc::new(SeededEntropy::new(1)))
}

fn address() -> Option<String> {
    let address = std::env::var("SOSIK_TEST_POSTGRES_URL").ok();
    assert!(
        address.is_some() || std::env::var_os("SOSIK_REQUIRE_POSTGRES").is_none(),
        "SOSIK_TEST_POSTGRES_URL is not set"
    );
    address
}

/// An empty schema for the test that asks, and a connection of its own beside the store's.
struct Database {
    schema: String,
    settings: Settings,
    direct: Client,
}

impl Database {
    async fn new() -> Option<Self> {
        Self::named(std::thread::current().name().unwrap_or("main")).await
    }

    async fn named(name: &str) -> Option<Self> {
        let address = address()?;
        // The names of tests are longer than a schema's may be.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let schema = format!("sosik_test_{hash:016x}");
        let settings = Settings::parse(&address).unwrap().with_schema(&schema).unwrap().with_connections(4);
        let (direct, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
        tokio::task::spawn(async move { drop(connection.await) });
        direct
            .batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; SET search_path = {schema}"))
            .await
            .unwrap();
        Some(Self { schema, settings, direct })
    }

    fn schema(&self) -> &str {
        &self.schema
    }

    async fn open(&self) -> Result<PostgresStore, StoreError> {
        self.open_with(vault()).await
    }

    async fn open_with(&self, vault: Vault) -> Result<PostgresStore, StoreError> {
        PostgresStore::connect(&self.settings, vault, Arc::new(SystemEntropy::new())).await
    }

    async fn seeded(&self, seed: u64) -> PostgresStore {
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
        PostgresStore::connect(&self.settings, vault(), entropy).await.unwrap()
    }
}
