//! What every database keeps of conversations in the same way: for whoever writes a [`ChatStore`](crate::ChatStore).

use serde::Serialize;
use sosik_registry::{Identity, StoreError, StoreErrorKind, Vault};

use crate::{Session, TicketEntry, TicketNumber};

/// For which row who asked is sealed in a ticket: moved to another, it does not open.
#[must_use]
pub fn row_of(number: TicketNumber) -> String {
    format!("ticket {number}")
}

/// The hashes under which someone is kept: that of the vault's first key first.
#[must_use]
pub fn lookups(vault: &Vault, who: &Identity) -> Vec<Vec<u8>> {
    std::iter::once(vault.index(who)).chain(vault.older_indexes(who)).map(|lookup| lookup.to_vec()).collect()
}

/// What is remembered of a conversation, as text; its version is a column of its own.
///
/// # Errors
///
/// [`StoreError`] where it has no JSON.
pub fn session_to_json(session: &Session) -> Result<String, StoreError> {
    to_json("session", session)
}

/// What [`session_to_json`] wrote.
///
/// # Errors
///
/// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt).
pub fn session_from_json(text: &str, version: u64) -> Result<Session, StoreError> {
    let mut session: Session = serde_json::from_str(text).map_err(|error| unreadable("session", error))?;
    session.version = version;
    Ok(session)
}

/// What was written on a ticket, as text.
///
/// # Errors
///
/// [`StoreError`] where it has no JSON.
pub fn entries_to_json(entries: &[TicketEntry]) -> Result<String, StoreError> {
    to_json("ticket", entries)
}

/// What [`entries_to_json`] wrote, of this release or one before.
///
/// # Errors
///
/// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt).
pub fn entries_from_json(text: &str) -> Result<Vec<TicketEntry>, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable("ticket", error))
}

fn to_json(what: &str, value: &(impl Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable(what, error))
}

fn unreadable(what: &str, error: serde_json::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("the stored {what} cannot be read")).with_source(error)
}
