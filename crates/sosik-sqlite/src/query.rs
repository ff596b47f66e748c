//! Statements run: each is planned once and kept.

use rusqlite::{OptionalExtension, Params, Row, Transaction};
use sosik_registry::StoreError;

use crate::error::database;

/// Runs a statement, and says how many rows it changed.
pub(crate) fn run(transaction: &Transaction<'_>, sql: &str, values: impl Params) -> Result<usize, StoreError> {
    transaction.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(database)
}

/// The first row of a query.
pub(crate) fn one<T>(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    let mut statement = transaction.prepare_cached(sql).map_err(database)?;
    statement.query_row(values, read).optional().map_err(database)
}

/// Every row of a query.
pub(crate) fn all<T>(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = transaction.prepare_cached(sql).map_err(database)?;
    let mut rows = statement.query(values).map_err(database)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(database)? {
        out.push(read(row)?);
    }
    Ok(out)
}
