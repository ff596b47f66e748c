//! The ledger of consents in the database: each entry is linked as it is written, and all are read again on demand.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use sosik_registry::{Chain, ConsentEvent, LedgerReport, Link, StoreError, SubscriberId, Vault};

use crate::error::{database, unreadable};
use crate::rows::{consent, micros, uuid};

/// The name under which the end of the ledger is noted: how many entries it has, and a seal over that and the last link.
const END: &str = "ledger-end";

/// The ledger while entries are added to it in a transaction: its end is noted once, by [`close`](Self::close).
pub(crate) struct Ledger<'a> {
    transaction: &'a Transaction<'a>,
    chain: Chain<'a>,
    /// Whether its end was as it was noted.
    was_whole: bool,
}

impl<'a> Ledger<'a> {
    pub(crate) fn open(transaction: &'a Transaction<'a>, vault: &'a Vault) -> Result<Self, StoreError> {
        let last: Option<Option<Vec<u8>>> = transaction
            .prepare_cached(include_str!("../queries/ledger_last.sql"))
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)).optional())
            .map_err(database)?;
        let head = match last.flatten() {
            None => Link::START,
            Some(bytes) => Link::from_bytes(&bytes).ok_or_else(|| unreadable("ledger", "its last link is none"))?,
        };
        let (entries, seal) = end(transaction)?.unwrap_or_default();
        let chain = Chain::after(vault, entries, head);
        Ok(Self { transaction, was_whole: seal == chain.seal(), chain })
    }

    /// Adds an entry of someone, who has this number, that is not there yet; whether it was not.
    pub(crate) fn add(&mut self, (who, number): (&[u8], i64), said: &ConsentEvent) -> Result<bool, StoreError> {
        let before = self.chain.clone();
        let link = self.chain.add(SubscriberId::new(uuid(who)?), said);
        let (purpose, at) = (said.purpose.code(), micros(said.at));
        let values = params![number, purpose, said.granted, at, said.evidence, link.as_bytes().as_slice()];
        let insert = include_str!("../queries/consent_insert.sql");
        let mut statement = self.transaction.prepare_cached(insert).map_err(database)?;
        let is_new = statement.execute(values).map_err(database)? > 0;
        if !is_new {
            self.chain = before;
        }
        Ok(is_new)
    }

    /// Notes the end. One that was not as it was noted stays so, until a person has looked: what is said meanwhile is kept,
    /// and does not hide that something is missing.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        if self.was_whole { note(self.transaction, &self.chain) } else { Ok(()) }
    }
}

/// Links every entry that stands there: of a file from before there were links.
pub(crate) fn link_all(transaction: &Transaction<'_>, vault: &Vault) -> Result<(), StoreError> {
    let mut chain = Chain::new(vault);
    let mut select = transaction.prepare(include_str!("../queries/ledger_entries.sql")).map_err(database)?;
    let mut update = transaction.prepare(include_str!("../queries/ledger_link.sql")).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let (who, said) = entry(row)?;
        let link = chain.add(who, &said);
        let seq: i64 = row.get(6).map_err(database)?;
        update.execute(params![seq, link.as_bytes().as_slice()]).map_err(database)?;
    }
    note(transaction, &chain)
}

/// Reads the whole ledger again.
pub(crate) fn verify(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let mut chain = Chain::new(vault);
    let mut select = transaction.prepare(include_str!("../queries/ledger_entries.sql")).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        match entry(row) {
            Ok((who, said)) => {
                let link: Option<Vec<u8>> = row.get(5).map_err(database)?;
                chain.check(who, &said, link.as_deref().and_then(Link::from_bytes).as_ref());
            }
            Err(error) => chain.breaks(error.to_string()),
        }
    }
    // Every file has an end noted, if it be that of nothing.
    let (entries, seal) = end(transaction)?.unwrap_or_default();
    chain.ends(entries, Some(&seal));
    Ok(chain.report())
}

fn entry(row: &Row<'_>) -> Result<(SubscriberId, ConsentEvent), StoreError> {
    let who: Vec<u8> = row.get(4).map_err(database)?;
    Ok((SubscriberId::new(uuid(&who)?), consent(row)?))
}

/// How many entries were noted, and the seal.
fn end(transaction: &Transaction<'_>) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    let noted: Option<Vec<u8>> = transaction
        .prepare_cached(include_str!("../queries/meta_get.sql"))
        .and_then(|mut statement| statement.query_row([END], |row| row.get(0)).optional())
        .map_err(database)?;
    let Some(noted) = noted else { return Ok(None) };
    let (entries, seal) = noted.split_first_chunk::<8>().ok_or_else(|| unreadable("ledger", "its end is none"))?;
    Ok(Some((u64::from_be_bytes(*entries), seal.to_vec())))
}

fn note(transaction: &Transaction<'_>, chain: &Chain<'_>) -> Result<(), StoreError> {
    let noted = [&chain.entries().to_be_bytes()[..], &chain.seal()[..]].concat();
    transaction
        .prepare_cached(include_str!("../queries/meta_put.sql"))
        .and_then(|mut statement| statement.execute(params![END, noted]))
        .map_err(database)
        .map(drop)
}
