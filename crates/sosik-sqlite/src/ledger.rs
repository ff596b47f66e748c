//! The ledger of consents in the database: each entry is linked as it is written, and all are read again on demand.

use rusqlite::{Row, Transaction, params};
use sosik_registry::{
    Chain, ConsentEvent, Digest, Erasure, KeyId, LedgerEnd, LedgerEntry, LedgerReport, Link, Note, NoteKind,
    StoreError, SubscriberId, Vault,
};

use crate::error::{database, unreadable};
use crate::query::{all, one, run};
use crate::rows::{consent, instant, micros, note, uuid};

/// The name under which the end of the ledger is noted.
const END: &str = "ledger-end";

/// What stands as the purpose of an entry that says that someone was erased.
const ERASURE: &str = "erasure";

/// The ledger while entries are added to it in a transaction: its end is noted once, by [`close`](Self::close).
pub(crate) struct Ledger<'a> {
    transaction: &'a Transaction<'a>,
    chain: Chain<'a>,
    key: [u8; 4],
    seq: i64,
    /// Whether anything was added.
    is_longer: bool,
}

impl<'a> Ledger<'a> {
    pub(crate) fn open(transaction: &'a Transaction<'a>, vault: &'a Vault) -> Result<Self, StoreError> {
        let chain = Chain::resume(vault, end(transaction)?.as_ref());
        let seq = if chain.is_whole() {
            i64::try_from(chain.entries()).unwrap_or(i64::MAX)
        } else {
            // What is said is kept all the same, behind everything.
            let last = one(transaction, include_str!("../queries/ledger_last_seq.sql"), [], |row| row.get(0))?;
            last.unwrap_or_default()
        };
        Ok(Self { transaction, chain, key: *vault.current().as_bytes(), seq, is_longer: false })
    }

    /// Adds what someone said, who has this number, and did not say it yet.
    pub(crate) fn add(&mut self, who: SubscriberId, number: i64, said: &ConsentEvent) -> Result<(), StoreError> {
        let link = self.chain.add(who, LedgerEntry::Said(said));
        let details = said.details();
        self.insert(number, said.purpose.code(), said.granted, micros(said.at), &said.evidence, &details, link)
    }

    /// Adds what was noted of someone.
    pub(crate) fn note(&mut self, who: SubscriberId, number: i64, note: &Note) -> Result<(), StoreError> {
        let link = self.chain.add(who, LedgerEntry::Noted(note));
        let about = note.about.map(|about| micros(about).to_string()).unwrap_or_default();
        self.insert(number, note.kind.code(), false, micros(note.at), &note.evidence, &about, link)
    }

    /// Adds that someone was erased, and clears the evidence of what they said.
    pub(crate) fn erase(&mut self, who: SubscriberId, number: i64, erasure: &Erasure) -> Result<(), StoreError> {
        let read =
            |row: &Row<'_>| -> rusqlite::Result<(i64, String, [u8; 4])> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) };
        let said = all(self.transaction, include_str!("../queries/evidence_of.sql"), [number], |row| {
            read(row).map_err(database)
        })?;
        for (seq, evidence, key) in said {
            let digest = self.chain.digest(KeyId::from_bytes(key), &evidence);
            let digest = digest.ok_or_else(|| unreadable("evidence", "its key is not given"))?;
            run(
                self.transaction,
                include_str!("../queries/evidence_clear.sql"),
                params![number, seq, digest.as_slice()],
            )?;
        }
        let link = self.chain.add(who, LedgerEntry::Erased(erasure));
        self.insert(number, ERASURE, false, micros(erasure.at), &erasure.ground, "", link)
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of a row")]
    fn insert(
        &mut self,
        number: i64,
        purpose: &str,
        granted: bool,
        at: i64,
        evidence: &str,
        details: &str,
        link: Link,
    ) -> Result<(), StoreError> {
        self.seq += 1;
        self.is_longer = true;
        let (key, link) = (self.key.as_slice(), link.as_bytes().as_slice());
        let values = params![number, self.seq, purpose, granted, at, evidence, details, key, link];
        run(self.transaction, include_str!("../queries/consent_insert.sql"), values).map(drop)
    }

    /// Notes the end. One that was not as it was noted stays so, until a person has looked: what is said meanwhile is kept,
    /// and does not hide that something is missing.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        if !(self.chain.is_whole() && self.is_longer) {
            return Ok(());
        }
        let noted = LedgerEnd::of(&self.chain).to_bytes();
        run(self.transaction, include_str!("../queries/meta_put.sql"), params![END, noted]).map(drop)
    }
}

/// The end of the ledger as it was noted.
fn end(transaction: &Transaction<'_>) -> Result<Option<LedgerEnd>, StoreError> {
    end_under(transaction, END)
}

/// The end of a chain as it was noted under a name.
pub(crate) fn end_under(transaction: &Transaction<'_>, name: &str) -> Result<Option<LedgerEnd>, StoreError> {
    let noted = one(transaction, include_str!("../queries/meta_get.sql"), [name], |row| row.get::<_, Vec<u8>>(0))?;
    let read = |noted: Vec<u8>| LedgerEnd::from_bytes(&noted).ok_or_else(|| unreadable("ledger", "its end is none"));
    noted.map(read).transpose()
}

/// Reads the whole ledger again.
pub(crate) fn verify(transaction: &Transaction<'_>, vault: &Vault) -> Result<LedgerReport, StoreError> {
    let mut chain = Chain::new(vault);
    let mut select = transaction.prepare(include_str!("../queries/ledger_entries.sql")).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        match Stored::read(row) {
            Ok(stored) => stored.check(&mut chain),
            Err(error) => chain.breaks(error.to_string()),
        }
    }
    chain.ends_at(end(transaction)?.as_ref());
    Ok(chain.report())
}

/// An entry as it stands in the database.
struct Stored {
    who: SubscriberId,
    what: What,
    key: KeyId,
    link: Option<Link>,
}

enum What {
    Erased(Erasure),
    Noted(Note, Option<Digest>),
    Said(ConsentEvent, Option<Digest>),
}

impl Stored {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let who: Vec<u8> = row.get(8).map_err(database)?;
        let purpose: String = row.get(0).map_err(database)?;
        let what = if purpose == ERASURE {
            let (at, ground): (i64, String) = (row.get(2).map_err(database)?, row.get(3).map_err(database)?);
            What::Erased(Erasure::new(instant(at)?, ground))
        } else if NoteKind::from_code(&purpose).is_some() {
            What::Noted(note(row)?, row.get(5).map_err(database)?)
        } else {
            What::Said(consent(row)?, row.get(5).map_err(database)?)
        };
        let (key, link): ([u8; 4], Vec<u8>) = (row.get(6).map_err(database)?, row.get(7).map_err(database)?);
        Ok(Self {
            who: SubscriberId::new(uuid(&who)?),
            what,
            key: KeyId::from_bytes(key),
            link: Link::from_bytes(&link),
        })
    }

    fn check(&self, chain: &mut Chain<'_>) {
        let entry = match &self.what {
            What::Erased(erasure) => LedgerEntry::Erased(erasure),
            What::Noted(note, None) => LedgerEntry::Noted(note),
            What::Noted(note, Some(digest)) => LedgerEntry::NotedOnce(note, digest),
            What::Said(said, None) => LedgerEntry::Said(said),
            What::Said(said, Some(digest)) => LedgerEntry::SaidOnce(said, digest),
        };
        chain.check(self.who, entry, self.key, self.link.as_ref());
    }
}
