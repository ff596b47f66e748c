//! What is sealed under a key of before, sealed anew, step by step.

use rusqlite::{Transaction, params};
use sosik_registry::keys::{self, Notes};
use sosik_registry::{Identity, Lookup, StoreError, Vault};

use crate::chats;
use crate::error::{database, unreadable};
use crate::people::at_once;
use crate::query::{all, one, run};

/// What is noted under names, within a transaction.
pub(crate) struct Noted<'a>(pub(crate) &'a Transaction<'a>);

#[expect(clippy::future_not_send, reason = "they wait for nothing and end on the thread on which they begin")]
impl Notes for Noted<'_> {
    async fn noted(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        one(self.0, include_str!("../queries/meta_get.sql"), [name], |row| row.get(0))
    }

    async fn note(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        run(self.0, include_str!("../queries/meta_put.sql"), params![name, value]).map(drop)
    }

    async fn forget(&mut self, name: &str) -> Result<(), StoreError> {
        run(self.0, include_str!("../queries/meta_delete.sql"), [name]).map(drop)
    }
}

/// The vault as the file is sealed now.
pub(crate) fn led(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    at_once(keys::led(&mut Noted(transaction), vault))
}

/// Seals anew what belongs to at most so many people, and as many tickets, and says how many are left to look at.
pub(crate) fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: usize) -> Result<u64, StoreError> {
    let Some(done) = at_once(keys::begin(&mut Noted(transaction), vault))? else { return Ok(0) };
    let limit = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
    let next = all(transaction, include_str!("../queries/reseal_next.sql"), params![done, limit], |row| {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        read().map_err(database)
    })?;
    let mut last = done;
    let next: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = next;
    for (number, id, phone) in next {
        person(transaction, vault, number, &id, phone)?;
        last = number;
    }
    let left = one(transaction, include_str!("../queries/reseal_left.sql"), [last], |row| row.get::<_, i64>(0))?;
    let tickets = chats::reseal(transaction, vault, usize::try_from(limit).unwrap_or(usize::MAX))?;
    let left = left.unwrap_or(0) + tickets;
    at_once(keys::end(&mut Noted(transaction), vault, last, left))?;
    Ok(u64::try_from(left).unwrap_or(0))
}

fn person(
    transaction: &Transaction<'_>,
    vault: &Vault,
    number: i64,
    id: &[u8],
    phone: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let is_old = |sealed: &[u8]| Vault::key_of(sealed) != Some(vault.current());
    let open = |sealed: &[u8]| vault.open(sealed, id).map_err(|error| unreadable("identity", error));
    if let Some(sealed) = phone.filter(|sealed| is_old(sealed)) {
        let phone = open(&sealed)?;
        let anew = vault.seal(&phone, id);
        run(transaction, "UPDATE subscribers SET phone = ?2 WHERE number = ?1", params![number, anew])?;
        for older in vault.older_indexes(&phone) {
            moved(transaction, number, older, vault.index(&phone), None)?;
        }
    }
    let others = all(transaction, include_str!("../queries/identities_of.sql"), [number], |row| {
        let read = || Ok((row.get(0)?, row.get(1)?));
        read().map_err(database)
    })?;
    for (lookup, sealed) in others {
        let (lookup, sealed): (Lookup, Vec<u8>) = (lookup, sealed);
        if is_old(&sealed) {
            let identity: Identity = open(&sealed)?;
            moved(transaction, number, lookup, vault.index(&identity), Some(&vault.seal(&identity, id)))?;
        }
    }
    Ok(())
}

/// Moves an identity, and what was told by it, from one hash to another.
fn moved(
    transaction: &Transaction<'_>,
    number: i64,
    from: Lookup,
    to: Lookup,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    let (from, to) = (from.as_slice(), to.as_slice());
    run(transaction, include_str!("../queries/identity_reseal.sql"), params![from, to, sealed])?;
    run(transaction, include_str!("../queries/relations_move.sql"), params![number, from, number, to]).map(drop)
}
