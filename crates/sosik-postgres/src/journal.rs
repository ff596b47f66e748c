use async_trait::async_trait;
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use sosik_registry::journal::{Entry, Journal, Line, ends, may_be_purged};
use sosik_registry::{Chain, LedgerEnd, LedgerReport, Link, StoreError, Vault};
use tokio_postgres::Row;

use crate::error::{database, unreadable};
use crate::ledger::{end_under, key};
use crate::query::{Values, all, each, get, note, one, run};
use crate::reseal::led;
use crate::store::{PostgresStore, reading, writing};

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<E: Entry> Journal<E> for PostgresStore {
    async fn add_entry(&self, entry: &E) -> Result<(), StoreError> {
        let kept = entry.to_line();
        let Line { at, who, place, whose, what, .. } = &kept;
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let [end, _] = ends::<E>();
        let mut chain = Chain::resume(&vault, end_under(&transaction, &end).await?.as_ref());
        let link = chain.add_line(E::TAG, &kept);
        let insert = format!(
            "INSERT INTO {0} (number, at, who, place, whose, what, key, link) \
             VALUES (coalesce($1, (SELECT max(number) + 1 FROM {0}), 1), $2, $3, $4, $5, $6, $7, $8)",
            E::NAME
        );
        // Where the end is not as it was noted, what is added is kept all the same, behind everything.
        let number = chain.is_whole().then(|| i64::try_from(chain.entries()).unwrap_or(i64::MAX));
        let current = vault.current();
        let (key, link) = (current.as_bytes().as_slice(), link.as_bytes().as_slice());
        let values: Values<'_> = &[&number, at, who, place, whose, what, &key, &link];
        run(&transaction, &insert, values).await?;
        if chain.is_whole() {
            note(&transaction, &end, &LedgerEnd::of(&chain).to_bytes()).await?;
        }
        transaction.commit().await.map_err(database)
    }

    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<(u64, E)>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let query = format!(
            "SELECT at, who, place, whose, what, number FROM {} WHERE number > $1 ORDER BY number LIMIT $2",
            E::NAME
        );
        let read = |row: &Row| {
            let entry = E::from_line(line(row)?).ok_or_else(|| unreadable(E::NAME, "an entry is of another form"))?;
            Ok((u64::try_from(get::<i64>(row, 5)?).unwrap_or(0), entry))
        };
        all(&transaction, &query, &[&after, &limit]).await?.iter().map(read).collect()
    }

    async fn verify_entries(&self) -> Result<LedgerReport, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        verify::<E>(&transaction, &vault).await
    }

    async fn purge_entries(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let dropped = purge::<E>(&transaction, &vault, before).await?;
        transaction.commit().await.map_err(database)?;
        Ok(dropped)
    }
}

fn line(row: &Row) -> Result<Line, StoreError> {
    let text = |at| get::<String>(row, at);
    Ok(Line::new(get(row, 0)?, text(1)?, text(2)?, text(3)?, text(4)?))
}

async fn verify<E: Entry>(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let [end, start] = ends::<E>();
    let mut chain = Chain::resume(vault, end_under(transaction, &start).await?.as_ref());
    let select = format!("SELECT at, who, place, whose, what, key, link FROM {} ORDER BY number", E::NAME);
    each(transaction, &select, |row| {
        if let Err(error) = check::<E>(&mut chain, row) {
            chain.breaks(error.to_string());
        }
    })
    .await?;
    chain.ends_at(end_under(transaction, &end).await?.as_ref());
    Ok(chain.report())
}

fn check<E: Entry>(chain: &mut Chain<'_>, row: &Row) -> Result<(), StoreError> {
    let (kept, key, link) = (line(row)?, key(row, 5)?, Link::from_bytes(get(row, 6)?));
    chain.check_line(E::TAG, &kept, key, link.as_ref());
    Ok(())
}

async fn purge<E: Entry>(
    transaction: &Transaction<'_>,
    vault: &Vault,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    may_be_purged::<E>(&verify::<E>(transaction, vault).await?)?;
    // Up to the first that is not old.
    let last = format!(
        "SELECT number, link FROM {0} WHERE number < coalesce((SELECT min(number) FROM {0} WHERE at >= $1), \
         9223372036854775807) ORDER BY number DESC LIMIT 1",
        E::NAME
    );
    let Some(last) = one(transaction, &last, &[&before]).await? else { return Ok(0) };
    let number: i64 = get(&last, 0)?;
    let head = Link::from_bytes(get(&last, 1)?).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?;
    let start = Chain::after(vault, u64::try_from(number).unwrap_or(0), head);
    let [_, noted] = ends::<E>();
    note(transaction, &noted, &LedgerEnd::of(&start).to_bytes()).await?;
    run(transaction, &format!("DELETE FROM {} WHERE number <= $1", E::NAME), &[&number]).await
}
