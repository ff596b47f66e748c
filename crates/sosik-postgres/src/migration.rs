//! The schema, made and brought up to date.

use deadpool_postgres::Transaction;
use sosik_registry::{StoreError, StoreErrorKind, Vault, keys};

use crate::error::{database, unreadable};
use crate::query::{get, meta, note, one, run};
use crate::reseal::Noted;

/// The migrations, in order; `meta` says how many a schema has had.
const MIGRATIONS: [&str; 9] = [
    include_str!("../migrations/0001_registry.sql"),
    include_str!("../migrations/0002_accesses.sql"),
    include_str!("../migrations/0003_rights.sql"),
    include_str!("../migrations/0004_delivery.sql"),
    include_str!("../migrations/0005_routes.sql"),
    include_str!("../migrations/0006_presences.sql"),
    include_str!("../migrations/0007_chats.sql"),
    include_str!("../migrations/0008_desk.sql"),
    include_str!("../migrations/0009_clicks.sql"),
];

const VERSION: &str = "version";

/// Brings a schema up to date: of several programs that begin at once one does it, and the others find it done.
pub(crate) async fn migrate(transaction: &Transaction<'_>, schema: &str, vault: &Vault) -> Result<(), StoreError> {
    // The lock of those who write, before there is a schema.
    run(transaction, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[&schema]).await?;
    // Asked first: who may not make one may use one that is there.
    let there = one(transaction, "SELECT to_regnamespace($1) IS NOT NULL", &[&schema]).await?;
    if !there.map(|row| get::<bool>(&row, 0)).transpose()?.unwrap_or(false) {
        transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await.map_err(database)?;
    }
    let tables = "SELECT count(*), count(*) FILTER (WHERE relname = 'meta') FROM pg_class \
                  WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'";
    let tables = one(transaction, tables, &[&schema]).await?.ok_or_else(|| unreadable("schema", "it says nothing"))?;
    let (tables, metas): (i64, i64) = (get(&tables, 0)?, get(&tables, 1)?);
    if tables > 0 && metas == 0 {
        let message = format!("the schema {schema} holds tables of another program: name another schema");
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    let version = if metas == 0 { 0 } else { version(transaction).await? };
    let known = MIGRATIONS.len();
    if version > known {
        let message = format!("the database has version {version}, this release knows up to {known}");
        return Err(StoreError::new(StoreErrorKind::Newer, message));
    }
    if version > 0 {
        keys::check(&mut Noted(transaction), vault).await?;
    }
    for migration in MIGRATIONS.iter().skip(version) {
        transaction.batch_execute(migration).await.map_err(database)?;
    }
    if version < known {
        note(transaction, VERSION, known.to_string().as_bytes()).await?;
        keys::check(&mut Noted(transaction), vault).await?;
    }
    Ok(())
}

async fn version(transaction: &Transaction<'_>) -> Result<usize, StoreError> {
    let noted = meta(transaction, VERSION).await?.unwrap_or_default();
    let version = std::str::from_utf8(&noted).ok().and_then(|text| text.parse().ok());
    version.ok_or_else(|| unreadable("version", "it is no number"))
}
