use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use sosik_registry::{StoreError, StoreErrorKind};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread that owns the connection: calls queue for it, and it ends when the last handle is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    thread: Arc<JoinHandle<()>>,
    /// Whether its transactions write.
    writes: bool,
}

impl Worker {
    pub(crate) fn start(mut connection: Connection, writes: bool) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new().name("sosik-sqlite".to_owned());
        let started = thread.spawn(move || {
            for job in queue {
                job(&mut connection);
            }
        });
        match started {
            Ok(thread) => Ok(Self { jobs, thread: Arc::new(thread), writes }),
            Err(error) => {
                Err(StoreError::new(StoreErrorKind::Unavailable, "no thread for the database").with_source(error))
            }
        }
    }

    /// Ends the thread when this is the last handle, and waits until the file is closed.
    pub(crate) fn end(self) -> bool {
        let Self { jobs, thread, .. } = self;
        drop(jobs);
        Arc::try_unwrap(thread).is_ok_and(|thread| thread.join().is_ok())
    }

    /// Does something with the connection, in one transaction that is kept when it succeeds and undone when it fails.
    pub(crate) async fn call<R, E>(
        &self,
        job: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let writes = self.writes;
        self.with(move |connection| transact(connection, writes, job)).await
    }

    /// Brings what is in the log into the file and empties it, so that nothing that was erased is left there.
    /// `false` while others read what is there.
    pub(crate) async fn checkpoint(&self) -> Result<bool, StoreError> {
        let empty = |connection: &mut Connection| {
            let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            busy.map(|busy| busy == 0).map_err(crate::error::database)
        };
        self.with(empty).await
    }

    /// Does something with the connection.
    pub(crate) async fn with<R, E>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // A caller that went away leaves nobody to answer; the work is done all the same.
            let _ = answer.send(job(connection));
        });
        let gone = || E::from(StoreError::new(StoreErrorKind::Unavailable, "the database's thread is gone"));
        self.jobs.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

pub(crate) fn transact<R, E: From<StoreError>>(
    connection: &mut Connection,
    writes: bool,
    job: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, E>,
) -> Result<R, E> {
    // One that will write begins as one, or it could fail half-way.
    let behavior = if writes { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
    let begun = connection.transaction_with_behavior(behavior);
    let transaction = begun.map_err(crate::error::database)?;
    let result = job(&transaction)?;
    transaction.commit().map_err(crate::error::database)?;
    Ok(result)
}
