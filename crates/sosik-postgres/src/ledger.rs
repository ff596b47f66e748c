//! The ledger of consents in the database: each entry is linked as it is written, and all are read again on demand.

use deadpool_postgres::Transaction;
use sosik_registry::{
    Chain, ConsentEvent, Digest, Erasure, KeyId, LedgerEnd, LedgerEntry, LedgerReport, Link, Note, NoteKind,
    StoreError, SubscriberId, Vault,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::unreadable;
use crate::query::{all, each, get, meta, note, one, run};
use crate::rows::{consent, noted};

/// The name under which the end of the ledger is noted.
const END: &str = "ledger-end";

/// What stands as the purpose of an entry that says that someone was erased.
const ERASURE: &str = "erasure";

/// The ledger while entries are added to it in a transaction: its end is noted once, by [`close`](Self::close).
pub(crate) struct Ledger<'a> {
    chain: Chain<'a>,
    key: [u8; 4],
    seq: i64,
    /// Whether anything was added.
    is_longer: bool,
}

/// An entry that is linked, and not yet written.
pub(crate) struct Linked {
    pub(crate) seq: i64,
    pub(crate) key: [u8; 4],
    pub(crate) link: Link,
}

impl<'a> Ledger<'a> {
    pub(crate) async fn open(transaction: &Transaction<'_>, vault: &'a Vault) -> Result<Self, StoreError> {
        let chain = Chain::resume(vault, end(transaction).await?.as_ref());
        let seq = if chain.is_whole() {
            i64::try_from(chain.entries()).unwrap_or(i64::MAX)
        } else {
            // What is said is kept all the same, behind everything.
            let last = one(transaction, "SELECT coalesce(max(seq), 0) FROM consents", &[]).await?;
            last.map(|row| get(&row, 0)).transpose()?.unwrap_or_default()
        };
        Ok(Self { chain, key: *vault.current().as_bytes(), seq, is_longer: false })
    }

    /// Links what someone said, and did not say yet.
    pub(crate) fn link(&mut self, who: SubscriberId, entry: LedgerEntry<'_>) -> Linked {
        let link = self.chain.add(who, entry);
        self.seq += 1;
        self.is_longer = true;
        Linked { seq: self.seq, key: self.key, link }
    }

    /// Adds what someone said, who has this number.
    pub(crate) async fn add(
        &mut self,
        transaction: &Transaction<'_>,
        (who, number): (SubscriberId, i64),
        said: &ConsentEvent,
    ) -> Result<(), StoreError> {
        let linked = self.link(who, LedgerEntry::Said(said));
        let (purpose, details) = (said.purpose.code(), said.details());
        insert(transaction, &linked, number, (purpose, said.granted, said.at), (&said.evidence, &details)).await
    }

    /// Adds what was noted of someone.
    pub(crate) async fn note(
        &mut self,
        transaction: &Transaction<'_>,
        (who, number): (SubscriberId, i64),
        note: &Note,
    ) -> Result<(), StoreError> {
        let linked = self.link(who, LedgerEntry::Noted(note));
        let about = note.about.map(|about| about.timestamp_micros().to_string()).unwrap_or_default();
        insert(transaction, &linked, number, (note.kind.code(), false, note.at), (&note.evidence, &about)).await
    }

    /// Adds that someone was erased, and clears the evidence of what they said.
    pub(crate) async fn erase(
        &mut self,
        transaction: &Transaction<'_>,
        (who, number): (SubscriberId, i64),
        erasure: &Erasure,
    ) -> Result<(), StoreError> {
        let said = "SELECT seq, evidence, key FROM consents \
                    WHERE subscriber = $1 AND purpose <> 'erasure' AND evidence IS NOT NULL";
        for row in all(transaction, said, &[&number]).await? {
            let (seq, evidence): (i64, String) = (get(&row, 0)?, get(&row, 1)?);
            let digest = self.chain.digest(key(&row, 2)?, &evidence);
            let digest = digest.ok_or_else(|| unreadable("evidence", "its key is not given"))?;
            let clear = "UPDATE consents SET evidence = NULL, digest = $2 WHERE seq = $1";
            run(transaction, clear, &[&seq, &digest.as_slice()]).await?;
        }
        let linked = self.link(who, LedgerEntry::Erased(erasure));
        insert(transaction, &linked, number, (ERASURE, false, erasure.at), (&erasure.ground, "")).await
    }

    /// Notes the end. One that was not as it was noted stays so, until a person has looked: what is said meanwhile is kept,
    /// and does not hide that something is missing.
    pub(crate) async fn close(self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        if !(self.chain.is_whole() && self.is_longer) {
            return Ok(());
        }
        note(transaction, END, &LedgerEnd::of(&self.chain).to_bytes()).await
    }
}

async fn insert(
    transaction: &Transaction<'_>,
    Linked { seq, key, link }: &Linked,
    number: i64,
    (purpose, granted, at): (&str, bool, chrono::DateTime<chrono::Utc>),
    (evidence, details): (&str, &str),
) -> Result<(), StoreError> {
    let insert = "INSERT INTO consents (seq, subscriber, purpose, granted, at, evidence, details, key, link) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (key, link) = (key.as_slice(), link.as_bytes().as_slice());
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 9] =
        [seq, &number, &purpose, &granted, &at, &evidence, &details, &key, &link];
    run(transaction, insert, &values).await.map(drop)
}

/// The end of the ledger as it was noted.
async fn end(transaction: &Transaction<'_>) -> Result<Option<LedgerEnd>, StoreError> {
    end_under(transaction, END).await
}

/// The end of a chain as it was noted under a name.
pub(crate) async fn end_under(transaction: &Transaction<'_>, name: &str) -> Result<Option<LedgerEnd>, StoreError> {
    let noted = meta(transaction, name).await?;
    let read = |noted: Vec<u8>| LedgerEnd::from_bytes(&noted).ok_or_else(|| unreadable("ledger", "its end is none"));
    noted.map(read).transpose()
}

pub(crate) fn key(row: &Row, at: usize) -> Result<KeyId, StoreError> {
    let key: [u8; 4] = get::<&[u8]>(row, at)?.try_into().map_err(|error| unreadable("name of a key", error))?;
    Ok(KeyId::from_bytes(key))
}

/// Reads the whole ledger again.
pub(crate) async fn verify(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let mut chain = Chain::new(vault);
    let select = "SELECT purpose, granted, at, evidence, details, digest, key, link, coalesce(s.id, erased.id) \
                  FROM consents AS c LEFT JOIN subscribers AS s ON s.number = c.subscriber \
                  LEFT JOIN erased ON erased.number = c.subscriber ORDER BY seq";
    each(transaction, select, |row| {
        if let Err(error) = check(&mut chain, row) {
            chain.breaks(error.to_string());
        }
    })
    .await?;
    chain.ends_at(end(transaction).await?.as_ref());
    Ok(chain.report())
}

fn check(chain: &mut Chain<'_>, row: &Row) -> Result<(), StoreError> {
    let who = SubscriberId::new(get::<Uuid>(row, 8)?);
    let (key, link) = (key(row, 6)?, Link::from_bytes(get(row, 7)?));
    if get::<&str>(row, 0)? == ERASURE {
        let erasure = Erasure::new(get(row, 2)?, get::<String>(row, 3)?);
        chain.check(who, LedgerEntry::Erased(&erasure), key, link.as_ref());
        return Ok(());
    }
    if NoteKind::from_code(get(row, 0)?).is_some() {
        let note = noted(row, (0, 2, 3, 4))?;
        match get::<Option<&[u8]>>(row, 5)? {
            None => chain.check(who, LedgerEntry::Noted(&note), key, link.as_ref()),
            Some(digest) => {
                let digest: Digest = digest.try_into().map_err(|error| unreadable("digest", error))?;
                chain.check(who, LedgerEntry::NotedOnce(&note, &digest), key, link.as_ref());
            }
        }
        return Ok(());
    }
    let said = consent(row)?;
    match get::<Option<&[u8]>>(row, 5)? {
        None => chain.check(who, LedgerEntry::Said(&said), key, link.as_ref()),
        Some(digest) => {
            let digest: Digest = digest.try_into().map_err(|error| unreadable("digest", error))?;
            chain.check(who, LedgerEntry::SaidOnce(&said, &digest), key, link.as_ref());
        }
    }
    Ok(())
}
