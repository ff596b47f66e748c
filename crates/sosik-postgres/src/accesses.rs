use async_trait::async_trait;
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use sosik_registry::access::{Access, AccessLog, Did, Whose};
use sosik_registry::{Chain, LedgerEnd, LedgerReport, Link, StoreError};
use tokio_postgres::Row;

use crate::error::{database, unreadable};
use crate::ledger::{end_under, key};
use crate::query::{Values, all, get, note, one, run};
use crate::reseal::led;
use crate::store::{PostgresStore, reading, writing};

/// The names under which the end of the log is noted, and where it begins since some of it was dropped.
const END: &str = "accesses-end";
const START: &str = "accesses-start";

/// How many accesses are read at once.
const ROWS: i32 = 10_000;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl AccessLog for PostgresStore {
    async fn note_access(&self, access: &Access) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let end = end_under(&transaction, END).await?;
        let (entries, head) = end.map_or((0, Link::START), |end| (end.entries, end.head));
        let mut chain = Chain::after(&vault, entries, head);
        let link = chain.add_access(access);
        let insert = "INSERT INTO accesses (number, at, who, place, whose, what, key, link) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (number, whose) = (i64::try_from(chain.entries()).unwrap_or(i64::MAX), access.whose.to_string());
        let (current, what) = (vault.current(), access.what.code());
        let (key, link) = (current.as_bytes().as_slice(), link.as_bytes().as_slice());
        let values: Values<'_> = &[&number, &access.at, &access.who, &access.place, &whose, &what, &key, &link];
        run(&transaction, insert, values).await?;
        note(&transaction, END, &LedgerEnd::of(&chain).to_bytes()).await?;
        transaction.commit().await.map_err(database)
    }

    async fn accesses(&self, after: u64, limit: usize) -> Result<Vec<(u64, Access)>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let query =
            "SELECT at, who, place, whose, what, number FROM accesses WHERE number > $1 ORDER BY number LIMIT $2";
        let rows = all(&transaction, query, &[&after, &limit]).await?;
        rows.iter().map(|row| Ok((u64::try_from(get::<i64>(row, 5)?).unwrap_or(0), access(row)?))).collect()
    }

    async fn verify_accesses(&self) -> Result<LedgerReport, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let start = end_under(&transaction, START).await?;
        let mut chain = match &start {
            None => Chain::new(&vault),
            Some(start) => Chain::after(&vault, start.entries, start.head),
        };
        if start.is_some_and(|start| !start.is_sealed(&vault)) {
            chain.breaks("where the log begins since some of it was dropped is not as it was noted");
            return Ok(chain.report());
        }
        let select = "SELECT at, who, place, whose, what, key, link FROM accesses ORDER BY number";
        let select = transaction.prepare_cached(select).await.map_err(database)?;
        let portal = transaction.bind(&select, &[]).await.map_err(database)?;
        loop {
            let rows = transaction.query_portal(&portal, ROWS).await.map_err(database)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                match access(row) {
                    Ok(access) => chain.check_access(&access, key(row, 5)?, Link::from_bytes(get(row, 6)?).as_ref()),
                    Err(error) => chain.breaks(error.to_string()),
                }
            }
        }
        chain.ends_at(end_under(&transaction, END).await?.as_ref());
        Ok(chain.report())
    }

    async fn purge_accesses(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let dropped = purge(&transaction, &vault, before).await?;
        transaction.commit().await.map_err(database)?;
        Ok(dropped)
    }
}

fn access(row: &Row) -> Result<Access, StoreError> {
    let whose = Whose::from_stored(get(row, 3)?).ok_or_else(|| unreadable("access", "it does not say whose data"))?;
    let what = Did::from_code(get(row, 4)?).ok_or_else(|| unreadable("access", "it does not say what was done"))?;
    Ok(Access::new(get(row, 0)?, get::<String>(row, 1)?, get::<String>(row, 2)?, whose, what))
}

async fn purge(
    transaction: &Transaction<'_>,
    vault: &sosik_registry::Vault,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    // Up to the first that is not old.
    let last = "SELECT number, link FROM accesses WHERE number < coalesce(\
                (SELECT min(number) FROM accesses WHERE at >= $1), 9223372036854775807) ORDER BY number DESC LIMIT 1";
    let Some(last) = one(transaction, last, &[&before]).await? else { return Ok(0) };
    let number: i64 = get(&last, 0)?;
    let head = Link::from_bytes(get(&last, 1)?).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?;
    let start = Chain::after(vault, u64::try_from(number).unwrap_or(0), head);
    note(transaction, START, &LedgerEnd::of(&start).to_bytes()).await?;
    run(transaction, "DELETE FROM accesses WHERE number <= $1", &[&number]).await
}
