//! What is sealed under a key of before, sealed anew, step by step.

use deadpool_postgres::Transaction;
use sosik_registry::{Identity, Lookup, StoreError, StoreErrorKind, Vault};
use uuid::Uuid;

use crate::error::unreadable;
use crate::people::lookup;
use crate::query::{all, get, meta, note, one, run};

/// Up to which person everything is sealed anew.
const DONE: &str = "resealed-to";

/// Under which key, by its fingerprint.
pub(crate) const NEXT: &str = "key-next";

pub(crate) const FINGERPRINT: &str = "key-fingerprint";

/// What is needed of keys that are gone.
const RETIRED: &str = "retired-keys";

/// The vault as this database is sealed now: whichever of the keys that were given comes first, everyone seals with the same
/// one, so that nothing is left behind under another.
pub(crate) async fn led(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    let lead = match meta(transaction, NEXT).await? {
        Some(next) => Some(next),
        None => meta(transaction, FINGERPRINT).await?,
    };
    let Some(lead) = lead else { return Ok(vault.clone()) };
    vault.led_by(&lead).ok_or_else(|| {
        let message = "this database is sealed under another key than those that were given";
        StoreError::new(StoreErrorKind::WrongKey, message)
    })
}

/// The vault with what was noted of keys that are gone.
pub(crate) async fn with_retired(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    match meta(transaction, RETIRED).await? {
        Some(noted) => {
            vault.clone().with_retired(&noted).map_err(|error| unreadable("note of keys that are gone", error))
        }
        None => Ok(vault.clone()),
    }
}

/// Seals anew what belongs to at most so many people, and says how many are left to look at.
pub(crate) async fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: usize) -> Result<u64, StoreError> {
    let current = vault.fingerprint();
    let next = meta(transaction, NEXT).await?;
    if next.as_ref().is_some_and(|next| *next != current) {
        let message = "this database is being sealed anew under another key: end that first";
        return Err(StoreError::new(StoreErrorKind::WrongKey, message));
    }
    if next.is_none() {
        if meta(transaction, FINGERPRINT).await?.as_deref() == Some(&current) {
            return Ok(0);
        }
        // From here on everyone seals with this key.
        note(transaction, NEXT, &current).await?;
        note(transaction, RETIRED, &vault.retired()).await?;
    }
    let done = match meta(transaction, DONE).await?.as_deref().map(<[u8; 8]>::try_from) {
        None => 0,
        Some(Ok(bytes)) => i64::from_be_bytes(bytes),
        Some(Err(_)) => return Err(unreadable("progress of sealing anew", "it is no number")),
    };
    let limit = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
    let next = "SELECT number, id, phone FROM subscribers WHERE number > $1 ORDER BY number LIMIT $2";
    let mut last = done;
    for row in all(transaction, next, &[&done, &limit]).await? {
        last = get(&row, 0)?;
        person(transaction, vault, last, &get::<Uuid>(&row, 1)?.into_bytes(), get(&row, 2)?).await?;
    }
    let left = one(transaction, "SELECT count(*) FROM subscribers WHERE number > $1", &[&last]).await?;
    let left: i64 = left.map(|row| get(&row, 0)).transpose()?.unwrap_or(0);
    if left == 0 {
        note(transaction, FINGERPRINT, &current).await?;
        run(transaction, "DELETE FROM meta WHERE name = ANY($1)", &[&vec![NEXT, DONE]]).await?;
    } else {
        note(transaction, DONE, &last.to_be_bytes()).await?;
    }
    Ok(u64::try_from(left).unwrap_or(0))
}

async fn person(
    transaction: &Transaction<'_>,
    vault: &Vault,
    number: i64,
    id: &[u8],
    phone: Option<&[u8]>,
) -> Result<(), StoreError> {
    let is_old = |sealed: &[u8]| Vault::key_of(sealed) != Some(vault.current());
    let open = |sealed: &[u8]| vault.open(sealed, id).map_err(|error| unreadable("identity", error));
    if let Some(sealed) = phone.filter(|sealed| is_old(sealed)) {
        let phone = open(sealed)?;
        let anew = vault.seal(&phone, id);
        run(transaction, "UPDATE subscribers SET phone = $2 WHERE number = $1", &[&number, &anew]).await?;
        for older in vault.older_indexes(&phone) {
            moved(transaction, number, older, vault.index(&phone), None).await?;
        }
    }
    let others = "SELECT lookup, sealed FROM identities WHERE subscriber = $1 AND sealed IS NOT NULL";
    for row in all(transaction, others, &[&number]).await? {
        let sealed: &[u8] = get(&row, 1)?;
        if is_old(sealed) {
            let identity: Identity = open(sealed)?;
            let anew = vault.seal(&identity, id);
            moved(transaction, number, lookup(get(&row, 0)?)?, vault.index(&identity), Some(&anew)).await?;
        }
    }
    Ok(())
}

/// Moves an identity, and what was told by it, from one hash to another.
async fn moved(
    transaction: &Transaction<'_>,
    number: i64,
    from: Lookup,
    to: Lookup,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    let (from, to) = (from.as_slice(), to.as_slice());
    let identity = "UPDATE identities SET lookup = $2, sealed = $3 WHERE lookup = $1";
    run(transaction, identity, &[&from, &to, &sealed]).await?;
    let relations = "UPDATE relations SET lookup = $3 WHERE subscriber = $1 AND lookup = $2";
    run(transaction, relations, &[&number, &from, &to]).await.map(drop)
}
