//! Who works at the desk, and the accounts of the first start.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sosik::desk::{AccountName, By, Role, Staff};
use sosik::sqlite::SqliteStore;
use sosik::{Clock, Entropy};

use crate::args::Args;
use crate::{Failure, say};

/// The desk's staff; where nobody may make accounts, those who may are made, and their passwords said once.
pub(crate) async fn staff(
    store: &Arc<SqliteStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    args: &Args,
) -> Result<Staff, Failure> {
    let staff = Staff::new(Arc::clone(store) as _, Arc::clone(store) as _, clock, entropy)?;
    staff.purge().await?;
    let by = By::program("citizen-desk");
    let officer = AccountName::parse("officer-1")?;
    let is_new = staff.accounts().await?.is_empty();
    if is_new {
        tell(&officer, &staff.add(&by, &officer, [Role::PrivacyOfficer]).await?);
        for (name, role) in [("editor-1", Role::Editor), ("approver-1", Role::Approver)] {
            if args.emulator {
                let name = AccountName::parse(name)?;
                tell(&name, &staff.add(&by, &name, [role]).await?);
            }
        }
    } else if args.reset_officer {
        // Whoever starts the program has the file anyway; that they did is in the journal of rights.
        staff.change_roles(&by, &officer, [Role::PrivacyOfficer]).await?;
        tell(&officer, &staff.reset(&by, &officer).await?);
    } else if !staff.has_officer().await? {
        say("nobody may make accounts any more: start once with --reset-officer");
    }
    Ok(staff)
}

fn tell(name: &AccountName, password: &SecretString) {
    say(&format!("staff     {name}  {}  (once: it is to be changed)", password.expose_secret()));
}
