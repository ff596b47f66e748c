//! Rows that go in by binary `COPY`, with the columns that they have.

use deadpool_postgres::Transaction;
use sosik_registry::StoreError;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use crate::error::database;

/// Rows of people, in the order of the columns below.
pub(crate) async fn people(transaction: &Transaction<'_>) -> Result<BinaryCopyInWriter, StoreError> {
    let copy = "COPY subscribers (number, id, phone, mobile, area, topics, allows_text, language, quiet, child_until, \
                gone_at, by_events, created_at) FROM STDIN (FORMAT binary)";
    let types = [
        Type::INT8,
        Type::UUID,
        Type::BYTEA,
        Type::BOOL,
        Type::TEXT,
        Type::TEXT_ARRAY,
        Type::BOOL,
        Type::TEXT,
        Type::TEXT,
        Type::DATE,
        Type::TIMESTAMPTZ,
        Type::BOOL,
        Type::TIMESTAMPTZ,
    ];
    open(transaction, copy, &types).await
}

/// Rows of identities, in the order of the columns below.
pub(crate) async fn identities(transaction: &Transaction<'_>) -> Result<BinaryCopyInWriter, StoreError> {
    let copy = "COPY identities (lookup, subscriber, put_at, sealed) FROM STDIN (FORMAT binary)";
    open(transaction, copy, &[Type::BYTEA, Type::INT8, Type::TIMESTAMPTZ, Type::BYTEA]).await
}

/// Rows of the ledger, in the order of the columns below.
pub(crate) async fn entries(transaction: &Transaction<'_>) -> Result<BinaryCopyInWriter, StoreError> {
    let copy = "COPY consents (seq, subscriber, purpose, granted, at, evidence, details, digest, key, link) \
                FROM STDIN (FORMAT binary)";
    let types = [
        Type::INT8,
        Type::INT8,
        Type::TEXT,
        Type::BOOL,
        Type::TIMESTAMPTZ,
        Type::TEXT,
        Type::TEXT,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
    ];
    open(transaction, copy, &types).await
}

async fn open(transaction: &Transaction<'_>, copy: &str, types: &[Type]) -> Result<BinaryCopyInWriter, StoreError> {
    let sink = transaction.copy_in(copy).await.map_err(database)?;
    Ok(BinaryCopyInWriter::new(sink, types))
}
