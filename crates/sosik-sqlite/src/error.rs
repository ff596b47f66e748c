use rusqlite::ErrorCode;
use sosik_registry::{StoreError, StoreErrorKind};

/// Sorts an error of the database by what to do next.
pub(crate) fn database(error: rusqlite::Error) -> StoreError {
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (StoreErrorKind::Unavailable, "the database is busy: another program writes to it")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            (StoreErrorKind::Unavailable, "the database file cannot be opened for writing")
        }
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            (StoreErrorKind::Unavailable, "the database cannot be written: the disk is full or failing")
        }
        Some(ErrorCode::NotADatabase) => (StoreErrorKind::Corrupt, "the file is no SQLite database"),
        Some(ErrorCode::DatabaseCorrupt) => (StoreErrorKind::Corrupt, "the database file is damaged"),
        _ => (StoreErrorKind::Corrupt, "the database refused a statement"),
    };
    StoreError::new(kind, message).with_source(error)
}

/// What is stored cannot be read.
pub(crate) fn unreadable(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("the stored {what} cannot be read")).with_source(source)
}
