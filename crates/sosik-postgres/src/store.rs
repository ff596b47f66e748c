use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Transaction};
use sosik_core::Entropy;
use sosik_registry::{StoreError, StoreErrorKind, Vault, keys};
use tokio_postgres::{IsolationLevel, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{database, pool};
use crate::migration::migrate;
use crate::query::{Values, run};
use crate::reseal::Noted;
use crate::settings::Settings;

/// The registry on PostgreSQL. Clones share its connections.
#[derive(Clone)]
pub struct PostgresStore {
    pool: Pool,
    pub(crate) vault: Vault,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl PostgresStore {
    /// How long a call waits for a connection when all are in use.
    const WAIT: Duration = Duration::from_secs(30);

    /// Connects, makes what is missing, and brings it up to date.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the database cannot be reached, is of a newer release ([`Newer`](StoreErrorKind::Newer)), or was
    /// made under another key ([`WrongKey`](StoreErrorKind::WrongKey)). What is refused is left as it is.
    pub async fn connect(settings: &Settings, vault: Vault, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        let tls = MakeRustlsConnect::new(settings.tls()?);
        // Of a connection out of the pool it is asked whether it is still open, and nothing else.
        let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(settings.config(), tls, recycle);
        let pool = Pool::builder(manager)
            .max_size(settings.connections())
            .wait_timeout(Some(Self::WAIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| {
                StoreError::new(StoreErrorKind::Unavailable, "there are no connections").with_source(error)
            })?;
        let mut store = Self { pool, vault, entropy };
        let mut client = store.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        migrate(&transaction, settings.schema(), &store.vault).await?;
        store.vault = keys::with_retired(&mut Noted(&transaction), &store.vault).await?;
        transaction.commit().await.map_err(database)?;
        Ok(store)
    }

    /// Runs one statement, which is all of it: no other of ours waits for it.
    pub(crate) async fn at_once(&self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(database)?;
        client.execute(&statement, values).await.map_err(database)
    }

    /// Every row of one query.
    pub(crate) async fn found(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(database)?;
        client.query(&statement, values).await.map_err(database)
    }

    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        self.pool.get().await.map_err(pool)
    }
}

/// A transaction that writes: no other writes beside it, in whichever program.
pub(crate) async fn writing(client: &mut Client) -> Result<Transaction<'_>, StoreError> {
    let transaction = client.transaction().await.map_err(database)?;
    run(&transaction, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 0))", &[]).await?;
    Ok(transaction)
}

/// A transaction that reads what stands at one moment.
pub(crate) async fn reading(client: &mut Client) -> Result<Transaction<'_>, StoreError> {
    let begin = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    begin.start().await.map_err(database)
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("connections", &self.pool.status().size).finish_non_exhaustive()
    }
}
