use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Transaction};
use sosik_core::Entropy;
use sosik_registry::{StoreError, StoreErrorKind, Vault};

use crate::error::database;
use crate::worker::{Worker, transact};
use crate::{ledger, sets};

/// The migrations, in order; the database's `user_version` says how many it has had.
const MIGRATIONS: [Migration; 2] = [
    Migration::Sql(include_str!("../migrations/0001_initial.sql")),
    Migration::Registry(
        include_str!("../migrations/0002_registry.sql"),
        include_str!("../migrations/0002_registry_after.sql"),
    ),
];

/// A step from one version to the next.
enum Migration {
    /// Statements alone.
    Sql(&'static str),
    /// Between the two the consents of before are linked, which needs the key, and the sets are made out of what is there.
    Registry(&'static str, &'static str),
}

/// Tells a sosik file from any other SQLite database: `sosk`.
const APPLICATION: i32 = 0x736f_736b;

/// Every sosik store, in one SQLite file.
///
/// Clones share one connection.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    pub(crate) worker: Worker,
    pub(crate) vault: Vault,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl SqliteStore {
    /// Opens a file, makes it where there is none, and brings it up to date.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the file cannot be opened, is no sosik database, is of a newer release
    /// ([`Newer`](StoreErrorKind::Newer)), or was made under another key ([`WrongKey`](StoreErrorKind::WrongKey)).
    /// A file that is refused is left as it is.
    pub fn open(path: &Path, vault: Vault, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path).map_err(database)?, vault, entropy)
    }

    /// A store in memory, which ends with its last clone: for tests.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for [`open`](Self::open).
    pub fn in_memory(vault: Vault, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory().map_err(database)?, vault, entropy)
    }

    /// Closes the file and waits until that is done, so that all of it stands in one file without its log: for the end of a
    /// program, which loses nothing without it. `false` when other handles keep the file open.
    #[must_use = "other handles may keep the file open"]
    pub fn close(self) -> bool {
        self.worker.end()
    }

    fn prepare(mut connection: Connection, vault: Vault, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5)).map_err(database)?;
        // Looked at before anything is changed: a file that is not ours stays as it is.
        check(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(database)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(database)?;
        connection.pragma_update(None, "foreign_keys", "ON").map_err(database)?;
        // 64 MB, in KiB: what an import touches stays in memory instead of going to the log and back.
        connection.pragma_update(None, "cache_size", -65_536).map_err(database)?;
        // A statement is planned once, whatever values it gets: otherwise it is planned again with each.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(database)?;
        connection.set_prepared_statement_cache_capacity(64);
        transact(&mut connection, |transaction| {
            // A wrong key changes nothing.
            if number(transaction, "user_version")? > 0 {
                check_key(transaction, &vault)?;
            }
            migrate(transaction, &vault)?;
            check_key(transaction, &vault)
        })?;
        Ok(Self { worker: Worker::start(connection)?, vault, entropy })
    }
}

fn number(connection: &Connection, pragma: &str) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(database)
}

fn check(connection: &Connection) -> Result<(), StoreError> {
    let version = number(connection, "user_version")?;
    let application = number(connection, "application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(database)?;
    if application != i64::from(APPLICATION) && (tables > 0 || version > 0) {
        return Err(StoreError::new(StoreErrorKind::Corrupt, "the file is a database of another program"));
    }
    if usize::try_from(version).is_ok_and(|version| version > MIGRATIONS.len()) {
        let message = format!("the database has version {version}, this release knows up to {}", MIGRATIONS.len());
        return Err(StoreError::new(StoreErrorKind::Newer, message));
    }
    Ok(())
}

fn migrate(transaction: &Transaction<'_>, vault: &Vault) -> Result<(), StoreError> {
    let version = usize::try_from(number(transaction, "user_version")?).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(version) {
        match migration {
            Migration::Sql(sql) => transaction.execute_batch(sql).map_err(database)?,
            Migration::Registry(before, after) => {
                transaction.execute_batch(before).map_err(database)?;
                ledger::link_all(transaction, vault)?;
                sets::build(transaction)?;
                transaction.execute_batch(after).map_err(database)?;
            }
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION).map_err(database)?;
    transaction
        .pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
        .map_err(database)
}

fn check_key(transaction: &Transaction<'_>, vault: &Vault) -> Result<(), StoreError> {
    let name = "key-fingerprint";
    let fingerprint = vault.fingerprint().to_vec();
    let kept: Option<Vec<u8>> = transaction
        .query_row(include_str!("../queries/meta_get.sql"), [name], |row| row.get(0))
        .optional()
        .map_err(database)?;
    match kept {
        Some(kept) if kept == fingerprint => Ok(()),
        Some(_) => {
            Err(StoreError::new(StoreErrorKind::WrongKey, "the key is not the one under which this database was made"))
        }
        None => {
            let insert = include_str!("../queries/meta_set.sql");
            transaction.execute(insert, rusqlite::params![name, fingerprint]).map_err(database)?;
            Ok(())
        }
    }
}
