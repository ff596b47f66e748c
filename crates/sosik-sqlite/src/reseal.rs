//! What is sealed under a key of before, sealed anew, step by step.

use rusqlite::{Transaction, params};
use sosik_registry::{Identity, Lookup, StoreError, StoreErrorKind, Vault};

use crate::error::{database, unreadable};
use crate::query::{all, one, run};

/// Up to which person everything is sealed anew.
const DONE: &str = "resealed-to";

/// Under which key, by its fingerprint.
pub(crate) const NEXT: &str = "key-next";

pub(crate) const FINGERPRINT: &str = "key-fingerprint";

/// What is needed of keys that are gone.
const RETIRED: &str = "retired-keys";

/// The vault as this database is sealed now: whichever of the keys that were given comes first, everyone seals with the same
/// one, so that nothing is left behind under another.
pub(crate) fn led(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    let lead = match meta(transaction, NEXT)? {
        Some(next) => Some(next),
        None => meta(transaction, FINGERPRINT)?,
    };
    let Some(lead) = lead else { return Ok(vault.clone()) };
    vault.led_by(&lead).ok_or_else(|| {
        let message = "this database is sealed under another key than those that were given";
        StoreError::new(StoreErrorKind::WrongKey, message)
    })
}

/// The vault with what was noted of keys that are gone.
pub(crate) fn with_retired(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    match meta(transaction, RETIRED)? {
        Some(noted) => {
            vault.clone().with_retired(&noted).map_err(|error| unreadable("note of keys that are gone", error))
        }
        None => Ok(vault.clone()),
    }
}

pub(crate) fn meta(transaction: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    one(transaction, include_str!("../queries/meta_get.sql"), [name], |row| row.get(0))
}

fn note(transaction: &Transaction<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    run(transaction, include_str!("../queries/meta_put.sql"), params![name, value]).map(drop)
}

/// Seals anew what belongs to at most so many people, and says how many are left to look at.
pub(crate) fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: usize) -> Result<u64, StoreError> {
    let current = vault.fingerprint();
    let next = meta(transaction, NEXT)?;
    if next.as_ref().is_some_and(|next| *next != current) {
        let message = "this database is being sealed anew under another key: end that first";
        return Err(StoreError::new(StoreErrorKind::WrongKey, message));
    }
    if next.is_none() {
        if meta(transaction, FINGERPRINT)?.as_deref() == Some(&current) {
            return Ok(0);
        }
        // From here on everyone seals with this key.
        note(transaction, NEXT, &current)?;
        note(transaction, RETIRED, &vault.retired())?;
    }
    let done = meta(transaction, DONE)?;
    let done = match done.as_deref().map(<[u8; 8]>::try_from) {
        None => 0,
        Some(Ok(bytes)) => i64::from_be_bytes(bytes),
        Some(Err(_)) => return Err(unreadable("progress of sealing anew", "it is no number")),
    };
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
    let left: i64 =
        one(transaction, include_str!("../queries/reseal_left.sql"), [last], |row| row.get(0))?.unwrap_or(0);
    if left == 0 {
        note(transaction, FINGERPRINT, &current)?;
        for name in [NEXT, DONE] {
            run(transaction, include_str!("../queries/meta_delete.sql"), [name])?;
        }
    } else {
        note(transaction, DONE, &last.to_be_bytes())?;
    }
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
