//! Statements run: each is prepared once a connection and kept.

use deadpool_postgres::Transaction;
use sosik_registry::StoreError;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql};

use crate::error::database;

pub(crate) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Runs a statement, and says how many rows it changed.
pub(crate) async fn run(transaction: &Transaction<'_>, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
    let statement = transaction.prepare_cached(sql).await.map_err(database)?;
    transaction.execute(&statement, values).await.map_err(database)
}

/// Every row of a query.
pub(crate) async fn all(transaction: &Transaction<'_>, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
    let statement = transaction.prepare_cached(sql).await.map_err(database)?;
    transaction.query(&statement, values).await.map_err(database)
}

/// The first row of a query.
pub(crate) async fn one(
    transaction: &Transaction<'_>,
    sql: &str,
    values: Values<'_>,
) -> Result<Option<Row>, StoreError> {
    Ok(all(transaction, sql, values).await?.into_iter().next())
}

/// Goes through every row of a query, however many, some in memory at a time.
pub(crate) async fn each(
    transaction: &Transaction<'_>,
    sql: &str,
    mut see: impl FnMut(&Row),
) -> Result<(), StoreError> {
    /// Rows that are fetched together.
    const ROWS: i32 = 10_000;

    let statement = transaction.prepare_cached(sql).await.map_err(database)?;
    let portal = transaction.bind(&statement, &[]).await.map_err(database)?;
    loop {
        let rows = transaction.query_portal(&portal, ROWS).await.map_err(database)?;
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter().for_each(&mut see);
    }
}

/// A column of a row.
pub(crate) fn get<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(database)
}

/// What is noted under a name.
pub(crate) async fn meta(transaction: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    one(transaction, "SELECT value FROM meta WHERE name = $1", &[&name]).await?.map(|row| get(&row, 0)).transpose()
}

pub(crate) async fn note(transaction: &Transaction<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    let put = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    run(transaction, put, &[&name, &value]).await.map(drop)
}
