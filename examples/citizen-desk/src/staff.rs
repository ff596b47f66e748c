//! Who works at the desk, and the accounts of the first start.

use std::sync::Arc;

use sosik::desk::{AccountName, By, Role, Staff};
use sosik::sqlite::SqliteStore;
use sosik::{Clock, Entropy};

use crate::{Failure, say};

/// The desk's staff; where nobody may make accounts yet, those who may are made, and their passwords said once.
pub(crate) async fn staff(
    store: &Arc<SqliteStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    is_demo: bool,
) -> Result<Staff, Failure> {
    let staff = Staff::new(Arc::clone(store) as _, Arc::clone(store) as _, clock, entropy)?;
    staff.purge().await?;
    if staff.has_officer().await? {
        return Ok(staff);
    }
    let mut accounts = vec![("officer-1", Role::PrivacyOfficer)];
    if is_demo {
        accounts.extend([("editor-1", Role::Editor), ("approver-1", Role::Approver)]);
    }
    for (name, role) in accounts {
        let password = staff.add(&By::program("citizen-desk"), &AccountName::parse(name)?, [role]).await?;
        say(&format!(
            "staff     {name}  {}  (once: it is to be changed)",
            secrecy::ExposeSecret::expose_secret(&password)
        ));
    }
    Ok(staff)
}
