//! Who may look at people's data: what was granted, changed and taken away, by whom and when.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::journal::{self, Entry, Journal, Line};
use crate::{RetentionRule, StoreError};

/// The rules by which the record of rights is kept, as of 2026-11-23.
pub const RIGHTS_RULES: [RetentionRule; 1] =
    [RetentionRule::new(0, 36, "개인정보의 안전성 확보조치 기준(고시 제2026-9호) 제5조 제3항")];

/// A change of what an account may do (접근권한의 부여·변경·말소): recorded before it takes effect.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RightsChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Who changed it: their account.
    pub by: String,
    /// From where.
    pub place: String,
    /// Whose rights: an account, which is one person's alone.
    pub account: String,
    /// To what.
    pub to: Rights,
}

/// What an account may do from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rights {
    /// Something else than before, by the name that the city has for it.
    Changed(String),
    /// Something, for the first time, by the name that the city has for it, such as `clerk` or `export`.
    Granted(String),
    /// Nothing any more.
    Removed,
}

impl RightsChange {
    /// A change of an account's rights.
    #[must_use]
    pub fn new(
        at: DateTime<Utc>,
        by: impl Into<String>,
        place: impl Into<String>,
        account: impl Into<String>,
        to: Rights,
    ) -> Self {
        Self { at, by: by.into(), place: place.into(), account: account.into(), to }
    }
}

impl fmt::Debug for RightsChange {
    /// Without the accounts and the place, which are data of a person too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RightsChange({:?} at {})", self.to, self.at)
    }
}

impl Entry for RightsChange {
    const NAME: &'static str = "rights";
    const TAG: &'static [u8] = b"rights";

    fn to_line(&self) -> Line {
        let what = match &self.to {
            Rights::Changed(to) => format!("changed:{to}"),
            Rights::Granted(to) => format!("granted:{to}"),
            Rights::Removed => "removed".to_owned(),
        };
        Line::new(self.at, self.by.as_str(), self.place.as_str(), self.account.as_str(), what)
    }

    fn from_line(line: Line) -> Option<Self> {
        let to = match line.what.split_once(':') {
            Some(("changed", to)) => Rights::Changed(to.to_owned()),
            Some(("granted", to)) => Rights::Granted(to.to_owned()),
            None if line.what == "removed" => Rights::Removed,
            _ => return None,
        };
        Some(Self::new(line.at, line.who, line.place, line.whose, to))
    }
}

/// What each account may do at an instant, as far as the journal goes back.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_registry::rights::{Rights, RightsChange, standing};
/// use sosik_registry::{Journal, MemoryJournal};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let journal = MemoryJournal::new();
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let granted = Rights::Granted("clerk".into());
/// journal.add_entry(&RightsChange::new(march, "officer", "console", "clerk-1", granted)).await?;
/// let moved = march + TimeDelta::days(90);
/// journal.add_entry(&RightsChange::new(moved, "officer", "console", "clerk-1", Rights::Removed)).await?;
///
/// assert_eq!(standing(&journal, march).await?["clerk-1"], "clerk");
/// assert!(standing(&journal, moved).await?.is_empty());
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`StoreError`] of the journal.
pub async fn standing(
    journal: &dyn Journal<RightsChange>,
    at: DateTime<Utc>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let standing = grants(journal, at).await?;
    Ok(standing.into_iter().map(|(account, (_, rights))| (account, rights)).collect())
}

/// Before which instant changes may be dropped: what grants rights that still stand is kept, however old it is.
///
/// # Errors
///
/// [`StoreError`] of the journal.
pub async fn kept_from(journal: &dyn Journal<RightsChange>, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
    let oldest = grants(journal, now).await?.into_values().map(|(since, _)| since).min();
    let by_rule = RetentionRule::kept_from(&RIGHTS_RULES, 0, now);
    Ok(oldest.map_or(by_rule, |oldest| oldest.min(by_rule)))
}

/// What each account may do at an instant, and since when.
async fn grants(
    journal: &dyn Journal<RightsChange>,
    at: DateTime<Utc>,
) -> Result<BTreeMap<String, (DateTime<Utc>, String)>, StoreError> {
    let mut grants = BTreeMap::new();
    journal::each(journal, |_, change| {
        if change.at > at {
            return;
        }
        match change.to {
            Rights::Changed(to) | Rights::Granted(to) => grants.insert(change.account, (change.at, to)),
            Rights::Removed => grants.remove(&change.account),
        };
    })
    .await?;
    Ok(grants)
}

#[cfg(test)]
mod tests {
    use chrono::{Months, TimeZone};

    use super::*;
    use crate::MemoryJournal;

    #[tokio::test]
    async fn what_still_stands_is_not_dropped_however_old() {
        let journal = MemoryJournal::new();
        let now = Utc.with_ymd_and_hms(2026, 11, 28, 0, 0, 0).unwrap();
        let years_ago = |years: u32| now - Months::new(12 * years);
        let change = |years, account: &str, to| RightsChange::new(years_ago(years), "officer", "console", account, to);
        for change in [
            change(9, "clerk-1", Rights::Granted("look".into())),
            change(8, "clerk-2", Rights::Granted("look".into())),
            change(7, "clerk-1", Rights::Removed),
            change(2, "clerk-3", Rights::Granted("send".into())),
        ] {
            journal.add_entry(&change).await.unwrap();
        }
        assert_eq!(kept_from(&journal, now).await.unwrap(), years_ago(8));
        let before = kept_from(&journal, now).await.unwrap();
        assert_eq!(journal.purge_entries(before).await.unwrap(), 1);
        let standing = standing(&journal, now).await.unwrap();
        assert_eq!(standing.keys().collect::<Vec<_>>(), ["clerk-2", "clerk-3"]);
        journal.add_entry(&change(0, "clerk-2", Rights::Removed)).await.unwrap();
        assert_eq!(kept_from(&journal, now).await.unwrap(), years_ago(3));
    }
}
