use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::{PasswordHash, Right, Role};

/// The name under which one person works: 2 to 32 lower-case letters, digits and inner hyphens. It stands in campaigns'
/// histories and in journals, so it should be a staff number rather than a name.
///
/// ```
/// use sosik_desk::AccountName;
///
/// assert_eq!(AccountName::parse("staff-1024")?.as_str(), "staff-1024");
/// assert!(AccountName::parse("홍길동").is_err());
/// # Ok::<(), sosik_desk::AccountNameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// [`AccountNameError`] when it is too short, too long, or has any other character.
    pub fn parse(text: &str) -> Result<Self, AccountNameError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let inner = !text.starts_with('-') && !text.ends_with('-');
        if (2..=32).contains(&text.len()) && inner && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountNameError)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountName {
    /// Without the name: a log is no journal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountName(…)")
    }
}

/// The text is no account's name. It is not repeated: people type passwords where names belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no account: write 2 to 32 lower-case letters, digits and inner hyphens, such as staff-1024")]
#[non_exhaustive]
pub struct AccountNameError;

/// One person's account at the desk (고시 제2026-9호 제5조 제4항: one for each person).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// What they are at the desk; none where they left.
    pub roles: BTreeSet<Role>,
    /// What their password is checked against.
    pub password: PasswordHash,
    /// Whether they have to choose a password of their own before anything else.
    pub must_change: bool,
    /// Since when the password is this one.
    pub password_since: DateTime<Utc>,
    /// How often signing in failed since it last succeeded.
    pub failures: u32,
    /// Until when nobody signs in, after too many failures.
    pub locked_until: Option<DateTime<Utc>>,
    /// How often it was changed: a change is of the version that was read.
    pub version: u64,
}

impl Account {
    /// An account that was just made: its password has to be changed first.
    #[must_use]
    pub fn new(
        name: AccountName,
        roles: impl IntoIterator<Item = Role>,
        password: PasswordHash,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            name,
            roles: roles.into_iter().collect(),
            password,
            must_change: true,
            password_since: now,
            failures: 0,
            locked_until: None,
            version: 0,
        }
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.roles.iter().any(|role| role.rights().contains(&right))
    }

    /// Its roles, as the journal of rights has them: `approver+editor`; empty where it has none.
    #[must_use]
    pub fn roles_code(&self) -> String {
        let codes: Vec<&str> = self.roles.iter().map(|role| role.code()).collect();
        codes.join("+")
    }

    /// Reads [`roles_code`](Self::roles_code); `None` where a role is not known.
    #[must_use]
    pub fn roles_from_code(code: &str) -> Option<BTreeSet<Role>> {
        code.split('+').filter(|code| !code.is_empty()).map(Role::from_code).collect()
    }
}
