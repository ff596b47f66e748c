use deadpool_postgres::PoolError;
use sosik_registry::{StoreError, StoreErrorKind};
use tokio_postgres::error::SqlState;

/// Sorts an error of the database by what to do next. What the server says of a value is not passed on: it may repeat it.
pub(crate) fn database(error: tokio_postgres::Error) -> StoreError {
    let Some(state) = error.code().cloned() else {
        // Nothing of the server's: the connection.
        let kind = if is_of_values(&error) { StoreErrorKind::Corrupt } else { StoreErrorKind::Unavailable };
        let message = match kind {
            StoreErrorKind::Corrupt => "the database holds something of another form",
            _ => "the database cannot be reached",
        };
        return StoreError::new(kind, message).with_source(error);
    };
    let code = state.code();
    let (kind, message) = match code.get(..2).unwrap_or_default() {
        _ if state == SqlState::DISK_FULL => (StoreErrorKind::Unavailable, "the database's disk is full"),
        _ if state == SqlState::READ_ONLY_SQL_TRANSACTION => {
            (StoreErrorKind::Unavailable, "the database can only be read")
        }
        "08" | "53" | "57" | "58" => (StoreErrorKind::Unavailable, "the database cannot answer now"),
        "40" | "55" => (StoreErrorKind::Unavailable, "another program changes the same"),
        "28" => (StoreErrorKind::Unavailable, "the database refuses the name or the password"),
        "3D" => (StoreErrorKind::Unavailable, "there is no such database on the server"),
        "42" if state == SqlState::INSUFFICIENT_PRIVILEGE => {
            (StoreErrorKind::Unavailable, "the database allows this name too little")
        }
        "22" => (StoreErrorKind::Invalid, "PostgreSQL does not keep such a value"),
        "XX" => (StoreErrorKind::Corrupt, "the database is damaged"),
        _ => (StoreErrorKind::Corrupt, "the database refused a statement"),
    };
    StoreError::new(kind, format!("{message} (SQLSTATE {code})"))
}

/// Whether a value could not be read as what it should be.
fn is_of_values(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    text.starts_with("error deserializing") || text.starts_with("invalid column")
}

pub(crate) fn pool(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => database(error),
        PoolError::Timeout(_) => StoreError::new(StoreErrorKind::Unavailable, "every connection is in use"),
        other => {
            StoreError::new(StoreErrorKind::Unavailable, "there is no connection to the database").with_source(other)
        }
    }
}

/// What is stored cannot be read.
pub(crate) fn unreadable(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("the stored {what} cannot be read")).with_source(source)
}
