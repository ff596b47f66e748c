use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};
use sosik_registry::access::{Access, AccessLog, Did, Whose};
use sosik_registry::{Chain, KeyId, LedgerEnd, LedgerReport, Link, StoreError, Vault};

use crate::error::{database, unreadable};
use crate::ledger::end_under;
use crate::query::{all, one, run};
use crate::rows::{instant, micros};
use crate::store::SqliteStore;

/// The names under which the end of the log is noted, and where it begins since some of it was dropped.
const END: &str = "accesses-end";
const START: &str = "accesses-start";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl AccessLog for SqliteStore {
    async fn note_access(&self, access: &Access) -> Result<(), StoreError> {
        let access = access.clone();
        self.write(move |transaction, vault| {
            let (entries, head) = end_under(transaction, END)?.map_or((0, Link::START), |end| (end.entries, end.head));
            let mut chain = Chain::after(vault, entries, head);
            let link = chain.add_access(&access);
            let Access { at, who, place, whose, what, .. } = &access;
            let insert = "INSERT INTO accesses (at, who, place, whose, what, key, link, number) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let (current, whose) = (vault.current(), whose.to_string());
            let (key, link) = (current.as_bytes().as_slice(), link.as_bytes().as_slice());
            let number = i64::try_from(chain.entries()).unwrap_or(i64::MAX);
            let values = params![micros(*at), who, place, whose, what.code(), key, link, number];
            run(transaction, insert, values)?;
            note(transaction, END, &chain).map(|()| ((), false))
        })
        .await
    }

    async fn accesses(&self, after: u64, limit: usize) -> Result<Vec<(u64, Access)>, StoreError> {
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let query =
            "SELECT at, who, place, whose, what, number FROM accesses WHERE number > ?1 ORDER BY number LIMIT ?2";
        self.reader()
            .call(move |transaction| {
                all(transaction, query, params![after, limit], |row| {
                    let number: i64 = row.get(5).map_err(database)?;
                    Ok((u64::try_from(number).unwrap_or(0), access(row)?))
                })
            })
            .await
    }

    async fn verify_accesses(&self) -> Result<LedgerReport, StoreError> {
        self.read(verify).await
    }

    async fn purge_accesses(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(move |transaction, vault| Ok((purge(transaction, vault, before)?, false))).await
    }
}

fn note(transaction: &Transaction<'_>, name: &str, chain: &Chain<'_>) -> Result<(), StoreError> {
    let noted = LedgerEnd::of(chain).to_bytes();
    run(transaction, include_str!("../queries/meta_put.sql"), params![name, noted]).map(drop)
}

fn access(row: &Row<'_>) -> Result<Access, StoreError> {
    let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    let (at, who, place, whose, what): (i64, String, String, String, String) = read().map_err(database)?;
    let whose = Whose::from_stored(&whose).ok_or_else(|| unreadable("access", "it does not say whose data"))?;
    let what = Did::from_code(&what).ok_or_else(|| unreadable("access", "it does not say what was done"))?;
    Ok(Access::new(instant(at)?, who, place, whose, what))
}

fn verify(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let start = end_under(transaction, START)?;
    let mut chain = match &start {
        None => Chain::new(vault),
        Some(start) => Chain::after(vault, start.entries, start.head),
    };
    if start.is_some_and(|start| !start.is_sealed(vault)) {
        chain.breaks("where the log begins since some of it was dropped is not as it was noted");
        return Ok(chain.report());
    }
    let mut select = transaction
        .prepare("SELECT at, who, place, whose, what, key, link FROM accesses ORDER BY number")
        .map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let (key, link): ([u8; 4], Vec<u8>) = (row.get(5).map_err(database)?, row.get(6).map_err(database)?);
        match access(row) {
            Ok(access) => chain.check_access(&access, KeyId::from_bytes(key), Link::from_bytes(&link).as_ref()),
            Err(error) => chain.breaks(error.to_string()),
        }
    }
    chain.ends_at(end_under(transaction, END)?.as_ref());
    Ok(chain.report())
}

fn purge(transaction: &Transaction<'_>, vault: &Vault, before: DateTime<Utc>) -> Result<u64, StoreError> {
    // Up to the first that is not old.
    let last = "SELECT number, link FROM accesses WHERE number < coalesce(\
                (SELECT min(number) FROM accesses WHERE at >= ?1), 9223372036854775807) ORDER BY number DESC LIMIT 1";
    let last = one(transaction, last, [micros(before)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let Some((number, link)) = last else { return Ok(0) };
    let head = Link::from_bytes(&link).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?;
    note(transaction, START, &Chain::after(vault, u64::try_from(number).unwrap_or(0), head))?;
    let dropped = run(transaction, "DELETE FROM accesses WHERE number <= ?1", [number])?;
    Ok(dropped as u64)
}
