use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction};
use sosik_core::Entropy;
use sosik_registry::{StoreError, StoreErrorKind, Vault, keys};

use crate::error::database;
use crate::migration::{VERSION, migrate};
use crate::people::at_once;
use crate::reseal::{Noted, led};
use crate::worker::{Worker, transact};

/// How long a call waits for another program that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Tells a sosik file from any other SQLite database: `sosk`.
const APPLICATION: i32 = 0x736f_736b;

/// How many mebibytes of the file are kept in memory.
const CACHE: u32 = 96;

/// How many connections read beside the one that writes.
const READERS: usize = 2;

/// Every sosik store, in one SQLite file.
///
/// Clones share its connections: one that writes, and two that read beside it and see what was answered before.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    /// The connection that writes.
    pub(crate) worker: Worker,
    /// Those that read; none where the store is in memory, which one connection alone sees.
    readers: Vec<Worker>,
    next: Arc<AtomicUsize>,
    /// Whether someone was erased of whom something may be left in the log, since others were reading.
    owed: Arc<AtomicBool>,
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
        Self::open_within(path, CACHE, vault, entropy)
    }

    /// The same with another cache than 96 MiB: so much of the file all connections together keep in memory. An import into a
    /// large file is faster with more; a worker that sends needs little.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sosik_core::SystemEntropy;
    /// # use sosik_registry::{SecretKey, Vault};
    /// # use sosik_sqlite::SqliteStore;
    /// # let folder = tempfile::tempdir()?;
    /// let entropy = Arc::new(SystemEntropy::new());
    /// let vault = Vault::new(&SecretKey::generate(&*entropy), Arc::clone(&entropy) as _);
    /// let store = SqliteStore::open_within(&folder.path().join("city.db"), 12, vault, entropy)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for [`open`](Self::open).
    pub fn open_within(
        path: &Path,
        mebibytes: u32,
        vault: Vault,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        // The one that writes has twice as much as those that read.
        let share = i64::from(mebibytes) * 1_024 / 6;
        let mut store = Self::prepare(Connection::open(path).map_err(database)?, 4 * share, vault, entropy)?;
        for _ in 0..READERS {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags).map_err(database)?;
            settings(&connection, share)?;
            store.readers.push(Worker::start(connection, false)?);
        }
        Ok(store)
    }

    /// A store in memory, which ends with its last clone: for tests.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for [`open`](Self::open).
    pub fn in_memory(vault: Vault, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory().map_err(database)?, i64::from(CACHE) * 1_024, vault, entropy)
    }

    /// Closes the file and waits until that is done, so that all of it stands in one file without its log: for the end of a
    /// program, which loses nothing without it. `false` when other handles keep the file open.
    #[must_use = "other handles may keep the file open"]
    pub fn close(self) -> bool {
        let open = self.readers.into_iter().filter_map(|reader| (!reader.end()).then_some(())).count();
        // The last connection to close is the one that brings the log into the file.
        self.worker.end() && open == 0
    }

    /// Copies all that is kept into another file, while this one is read and written: a backup, which opens under the same
    /// key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the other file is there already or cannot be written; then there is none.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "the file for the backup is there already"));
        }
        let mut new = to.as_os_str().to_owned();
        new.push(".part");
        let new = PathBuf::from(new);
        let path = new.clone();
        let copy = move |connection: &mut Connection| {
            let _ = std::fs::remove_file(&path);
            let path = path.to_str().ok_or_else(|| {
                StoreError::new(StoreErrorKind::Unavailable, "the name of the file for the backup is not UTF-8")
            })?;
            // One reading transaction: as it stands at one moment, whatever is written meanwhile.
            connection.execute("VACUUM INTO ?1", [path]).map(drop).map_err(database)
        };
        self.reader().with(copy).await?;
        // Under its name only when it is whole and on disk.
        let whole = std::fs::File::open(&new).and_then(|file| file.sync_all());
        whole.and_then(|()| std::fs::rename(&new, to)).map_err(|error| {
            StoreError::new(StoreErrorKind::Unavailable, "the backup cannot be written").with_source(error)
        })
    }

    /// Lets the file grow to so many pages of 4 KB and no further, so that what else is on the disk keeps its room.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be read at all.
    pub async fn limit_pages(&self, pages: i64) -> Result<(), StoreError> {
        let limit = move |connection: &mut Connection| {
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(database)
        };
        self.worker.with(limit).await
    }

    /// Looks whether the file is sound, page by page: a `None` where it is, or what is wrong. It takes time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read at all.
    pub async fn integrity(&self) -> Result<Option<String>, StoreError> {
        let look = |connection: &mut Connection| {
            let said = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
            said.map(|said| Some(said).filter(|said| said != "ok")).map_err(database)
        };
        self.reader().with(look).await
    }

    /// Reads with the vault as the database is sealed.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>, &Vault) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let vault = self.vault.clone();
        self.reader().call(move |transaction| job(transaction, &led(transaction, &vault)?)).await
    }

    /// Writes with the vault as the database is sealed. A job says beside its answer whether someone was erased: then the log
    /// is emptied, at once or, while others are reading, with the next that writes.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>, &Vault) -> Result<(R, bool), StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let vault = self.vault.clone();
        let (answer, erased) =
            self.worker.call(move |transaction| job(transaction, &led(transaction, &vault)?)).await?;
        if erased || self.owed.load(Ordering::Acquire) {
            // What was answered stands, whatever becomes of this: it is tried again.
            let emptied = self.worker.checkpoint().await.unwrap_or(false);
            self.owed.store(!emptied, Ordering::Release);
        }
        Ok(answer)
    }

    /// A connection that reads, each in its turn.
    pub(crate) fn reader(&self) -> &Worker {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.readers.get(turn % self.readers.len().max(1)).unwrap_or(&self.worker)
    }

    fn prepare(
        mut connection: Connection,
        cache: i64,
        given: Vault,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY).map_err(database)?;
        // Looked at before anything is changed: a file that is not ours stays as it is.
        check(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(database)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(database)?;
        connection.pragma_update(None, "foreign_keys", "ON").map_err(database)?;
        // What is erased is overwritten.
        connection.pragma_update(None, "secure_delete", "ON").map_err(database)?;
        settings(&connection, cache)?;
        let vault = transact(&mut connection, true, |transaction| {
            let version = usize::try_from(number(transaction, "user_version")?).unwrap_or(0);
            // A wrong key changes nothing; and a file of before stays under the key that it has.
            let mut lead = given.clone();
            if version > 0 {
                at_once(keys::check(&mut Noted(transaction), &given))?;
                lead = led(transaction, &given)?;
            }
            migrate(transaction, &lead, version)?;
            transaction.pragma_update(None, "application_id", APPLICATION).map_err(database)?;
            let version = i64::try_from(VERSION).unwrap_or(i64::MAX);
            transaction.pragma_update(None, "user_version", version).map_err(database)?;
            at_once(keys::check(&mut Noted(transaction), &given))?;
            at_once(keys::with_retired(&mut Noted(transaction), &given))
        })?;
        drop(given);
        let worker = Worker::start(connection, true)?;
        Ok(Self { worker, readers: Vec::new(), next: Arc::default(), owed: Arc::default(), vault, entropy })
    }
}

/// What holds for every connection, which keeps so many kibibytes of the file in memory.
fn settings(connection: &Connection, cache: i64) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY).map_err(database)?;
    // Negative: in KiB. What an import touches stays in memory instead of going to the log and back.
    connection.pragma_update(None, "cache_size", -cache.max(64)).map_err(database)?;
    // A statement is planned once, whatever values it gets: otherwise it is planned again with each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(database)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
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
    if usize::try_from(version).is_ok_and(|version| version > VERSION) {
        let message = format!("the database has version {version}, this release knows up to {VERSION}");
        return Err(StoreError::new(StoreErrorKind::Newer, message));
    }
    Ok(())
}
