//! What is sealed under a key of before, sealed anew, step by step.

use deadpool_postgres::Transaction;
use sosik_registry::keys::{self, Notes};
use sosik_registry::{Identity, Lookup, StoreError, Vault};
use uuid::Uuid;

use crate::chats;
use crate::error::unreadable;
use crate::people::lookup;
use crate::query::{all, get, meta, note, one, run};

/// What is noted under names, within a transaction.
pub(crate) struct Noted<'a>(pub(crate) &'a Transaction<'a>);

impl Notes for Noted<'_> {
    async fn noted(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        meta(self.0, name).await
    }

    async fn note(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        note(self.0, name, value).await
    }

    async fn forget(&mut self, name: &str) -> Result<(), StoreError> {
        run(self.0, "DELETE FROM meta WHERE name = $1", &[&name]).await.map(drop)
    }
}

/// The vault as the database is sealed now.
pub(crate) async fn led(transaction: &Transaction<'_>, vault: &Vault) -> Result<Vault, StoreError> {
    keys::led(&mut Noted(transaction), vault).await
}

/// Seals anew what belongs to at most so many people, and as many tickets, and says how many are left to look at.
pub(crate) async fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: usize) -> Result<u64, StoreError> {
    chats::nobody_seals(transaction).await?;
    let Some(done) = keys::begin(&mut Noted(transaction), vault).await? else { return Ok(0) };
    let limit = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
    let next = "SELECT number, id, phone FROM subscribers WHERE number > $1 ORDER BY number LIMIT $2";
    let mut last = done;
    for row in all(transaction, next, &[&done, &limit]).await? {
        last = get(&row, 0)?;
        person(transaction, vault, last, &get::<Uuid>(&row, 1)?.into_bytes(), get(&row, 2)?).await?;
    }
    let left = one(transaction, "SELECT count(*) FROM subscribers WHERE number > $1", &[&last]).await?;
    let left: i64 = left.map(|row| get(&row, 0)).transpose()?.unwrap_or(0);
    let left = left + chats::reseal(transaction, vault, limit).await?;
    keys::end(&mut Noted(transaction), vault, last, left).await?;
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
