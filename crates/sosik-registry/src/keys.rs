//! For whoever writes a store on a database: under which key it is sealed, and how that is changed while everything goes on.
//!
//! A database says itself under which key it is sealed. Whoever writes seals with that one, whichever of the keys that they
//! were given comes first: so nothing is left behind under another. [`begin`] makes a new key the one; then everything is
//! sealed anew step by step; and [`end`] makes it the only one. What is still needed of the old one, to check entries of the
//! ledger and to know ids that were unlinked, is noted sealed under the new one.

use crate::{StoreError, StoreErrorKind, Vault};

/// Under which key everything is sealed, by its fingerprint.
const FINGERPRINT: &str = "key-fingerprint";

/// Under which key everything is being sealed.
const NEXT: &str = "key-next";

/// Up to which person that is done.
const DONE: &str = "resealed-to";

/// What is needed of keys that are gone.
const RETIRED: &str = "retired-keys";

/// What a database notes under a name, within one transaction.
#[expect(async_fn_in_trait, reason = "whether a database's futures can be sent is its own to say")]
pub trait Notes {
    /// What is noted under a name.
    async fn noted(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Notes something under a name, in the place of what was there.
    async fn note(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Forgets what is noted under a name.
    async fn forget(&mut self, name: &str) -> Result<(), StoreError>;
}

fn wrong(message: &str) -> StoreError {
    StoreError::new(StoreErrorKind::WrongKey, message)
}

/// Looks whether a vault may be used with a database, which is sealed under its first key where it is new.
///
/// # Errors
///
/// [`StoreError`] of the kind [`WrongKey`](StoreErrorKind::WrongKey), or of the notes.
pub async fn check(notes: &mut impl Notes, vault: &Vault) -> Result<(), StoreError> {
    let Some(kept) = notes.noted(FINGERPRINT).await? else {
        return notes.note(FINGERPRINT, &vault.fingerprint()).await;
    };
    if !vault.knows(&kept) {
        return Err(wrong("the key is not the one under which this database was made"));
    }
    match notes.noted(NEXT).await? {
        Some(next) if !vault.knows(&next) => {
            Err(wrong("this database is being sealed anew under another key: give both"))
        }
        _ => Ok(()),
    }
}

/// The vault as a database is sealed now.
///
/// # Errors
///
/// [`StoreError`] of the kind [`WrongKey`](StoreErrorKind::WrongKey) where the vault has not that key (any more), or of the
/// notes.
pub async fn led(notes: &mut impl Notes, vault: &Vault) -> Result<Vault, StoreError> {
    let next = notes.noted(NEXT).await?;
    let Some(key) = (if next.is_some() { next } else { notes.noted(FINGERPRINT).await? }) else {
        return Ok(vault.clone());
    };
    vault.led_by(&key).ok_or_else(|| wrong("this database is sealed under another key than those that were given"))
}

/// The vault with what was noted of keys that are gone.
///
/// # Errors
///
/// [`StoreError`] where that cannot be read, or of the notes.
pub async fn with_retired(notes: &mut impl Notes, vault: &Vault) -> Result<Vault, StoreError> {
    let Some(sealed) = notes.noted(RETIRED).await? else { return Ok(vault.clone()) };
    vault.clone().with_retired(&sealed).map_err(|error| {
        StoreError::new(StoreErrorKind::Corrupt, "the stored note of keys that are gone cannot be read")
            .with_source(error)
    })
}

/// Makes the first key of a vault the one under which everything is sealed from now on, and says up to which person that is
/// done; `None` where nothing is left to do.
///
/// # Errors
///
/// [`StoreError`] of the kind [`WrongKey`](StoreErrorKind::WrongKey) while another key is being made the one, or of the notes.
pub async fn begin(notes: &mut impl Notes, vault: &Vault) -> Result<Option<i64>, StoreError> {
    let current = vault.fingerprint();
    match notes.noted(NEXT).await? {
        Some(next) if next != current => {
            return Err(wrong("this database is being sealed anew under another key: end that first"));
        }
        Some(_) => {}
        None if notes.noted(FINGERPRINT).await?.as_deref() == Some(&current) => return Ok(None),
        None => {
            notes.note(NEXT, &current).await?;
            notes.note(RETIRED, &vault.retired()).await?;
        }
    }
    match notes.noted(DONE).await?.as_deref().map(<[u8; 8]>::try_from) {
        None => Ok(Some(0)),
        Some(Ok(bytes)) => Ok(Some(i64::from_be_bytes(bytes))),
        Some(Err(_)) => {
            Err(StoreError::new(StoreErrorKind::Corrupt, "the stored progress of sealing anew cannot be read"))
        }
    }
}

/// Notes up to which person everything is sealed anew; where no one is left the new key is the only one.
///
/// # Errors
///
/// [`StoreError`] of the notes.
pub async fn end(notes: &mut impl Notes, vault: &Vault, last: i64, left: i64) -> Result<(), StoreError> {
    if left > 0 {
        return notes.note(DONE, &last.to_be_bytes()).await;
    }
    notes.note(FINGERPRINT, &vault.fingerprint()).await?;
    notes.forget(NEXT).await?;
    notes.forget(DONE).await
}
