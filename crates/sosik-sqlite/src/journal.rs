use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};
use sosik_registry::journal::{Entry, Journal, Line, ends, may_be_purged};
use sosik_registry::{Chain, KeyId, LedgerEnd, LedgerReport, Link, StoreError, Vault};

use crate::error::{database, unreadable};
use crate::ledger::end_under;
use crate::query::{all, one, run};
use crate::rows::{instant, micros};
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<E: Entry> Journal<E> for SqliteStore {
    async fn add_entry(&self, entry: &E) -> Result<(), StoreError> {
        let kept = entry.to_line();
        self.write(move |transaction, vault| {
            let [end, _] = ends::<E>();
            let mut chain = Chain::resume(vault, end_under(transaction, &end)?.as_ref());
            let link = chain.add_line(E::TAG, &kept);
            let insert = format!(
                "INSERT INTO {0} (at, who, place, whose, what, key, link, number) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, (SELECT max(number) + 1 FROM {0}), 1))",
                E::NAME
            );
            let Line { at, who, place, whose, what, .. } = &kept;
            let current = vault.current();
            let (key, link) = (current.as_bytes().as_slice(), link.as_bytes().as_slice());
            // Where the end is not as it was noted, what is added is kept all the same, behind everything.
            let number = chain.is_whole().then(|| i64::try_from(chain.entries()).unwrap_or(i64::MAX));
            run(transaction, &insert, params![micros(*at), who, place, whose, what, key, link, number])?;
            if chain.is_whole() {
                note(transaction, &end, &chain)?;
            }
            Ok(((), false))
        })
        .await
    }

    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<(u64, E)>, StoreError> {
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let query = format!(
            "SELECT at, who, place, whose, what, number FROM {} WHERE number > ?1 ORDER BY number LIMIT ?2",
            E::NAME
        );
        self.reader()
            .call(move |transaction| {
                all(transaction, &query, params![after, limit], |row| {
                    let number: i64 = row.get(5).map_err(database)?;
                    let entry =
                        E::from_line(line(row)?).ok_or_else(|| unreadable(E::NAME, "an entry is of another form"))?;
                    Ok((u64::try_from(number).unwrap_or(0), entry))
                })
            })
            .await
    }

    async fn verify_entries(&self) -> Result<LedgerReport, StoreError> {
        self.read(verify::<E>).await
    }

    async fn purge_entries(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(move |transaction, vault| Ok((purge::<E>(transaction, vault, before)?, false))).await
    }
}

fn note(transaction: &Transaction<'_>, name: &str, chain: &Chain<'_>) -> Result<(), StoreError> {
    let noted = LedgerEnd::of(chain).to_bytes();
    run(transaction, include_str!("../queries/meta_put.sql"), params![name, noted]).map(drop)
}

fn line(row: &Row<'_>) -> Result<Line, StoreError> {
    let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    let (at, who, place, whose, what): (i64, String, String, String, String) = read().map_err(database)?;
    Ok(Line::new(instant(at)?, who, place, whose, what))
}

fn verify<E: Entry>(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let [end, start] = ends::<E>();
    let mut chain = Chain::resume(vault, end_under(transaction, &start)?.as_ref());
    let select = format!("SELECT at, who, place, whose, what, key, link FROM {} ORDER BY number", E::NAME);
    let mut select = transaction.prepare(&select).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let (key, link): ([u8; 4], Vec<u8>) = (row.get(5).map_err(database)?, row.get(6).map_err(database)?);
        match line(row) {
            Ok(kept) => chain.check_line(E::TAG, &kept, KeyId::from_bytes(key), Link::from_bytes(&link).as_ref()),
            Err(error) => chain.breaks(error.to_string()),
        }
    }
    chain.ends_at(end_under(transaction, &end)?.as_ref());
    Ok(chain.report())
}

fn purge<E: Entry>(transaction: &Transaction<'_>, vault: &Vault, before: DateTime<Utc>) -> Result<u64, StoreError> {
    may_be_purged::<E>(&verify::<E>(transaction, vault)?)?;
    // Up to the first that is not old.
    let last = format!(
        "SELECT number, link FROM {0} WHERE number < coalesce((SELECT min(number) FROM {0} WHERE at >= ?1), \
         9223372036854775807) ORDER BY number DESC LIMIT 1",
        E::NAME
    );
    let last = one(transaction, &last, [micros(before)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let Some((number, link)) = last else { return Ok(0) };
    let head = Link::from_bytes(&link).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?;
    let [_, start] = ends::<E>();
    note(transaction, &start, &Chain::after(vault, u64::try_from(number).unwrap_or(0), head))?;
    let dropped = run(transaction, &format!("DELETE FROM {} WHERE number <= ?1", E::NAME), [number])?;
    Ok(dropped as u64)
}
