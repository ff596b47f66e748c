//! Records that only grow and are linked as the ledger is: of who looked at whose data, and of who may.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::{LedgerReport, StoreError, StoreErrorKind};

/// An entry of a [`Journal`], as the journal keeps it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the account of a member of staff, or the name of a program.
    pub who: String,
    /// From where: an address of the network, or a machine.
    pub place: String,
    /// Of whom, in the form of the entry's kind.
    pub whose: String,
    /// What was done, in the form of the entry's kind.
    pub what: String,
}

impl Line {
    /// A line of its parts.
    #[must_use]
    pub fn new(
        at: DateTime<Utc>,
        who: impl Into<String>,
        place: impl Into<String>,
        whose: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        Self { at, who: who.into(), place: place.into(), whose: whose.into(), what: what.into() }
    }
}

impl fmt::Debug for Line {
    /// The instant alone: the rest is of a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line(at {})", self.at)
    }
}

/// What a [`Journal`] can keep.
pub trait Entry: Clone + fmt::Debug + Send + Sync + 'static {
    /// The journal's name: of its table, and of what is noted of its ends. Lower-case letters.
    const NAME: &'static str;
    /// What tells its links from those of other journals.
    const TAG: &'static [u8];

    /// The entry as it is kept.
    fn to_line(&self) -> Line;

    /// Reads an entry that was kept; `None` where it is of another form.
    fn from_line(line: Line) -> Option<Self>;
}

/// For whoever writes a store on a database: the names under which the end of a journal is noted, and where it begins since
/// some of it was dropped.
#[must_use]
pub fn ends<E: Entry>() -> [String; 2] {
    [format!("{}-end", E::NAME), format!("{}-start", E::NAME)]
}

/// For whoever writes a store on a database: that nothing is dropped of a journal that is not whole, since what is missing
/// would show no more.
///
/// # Errors
///
/// [`StoreErrorKind::Corrupt`] with what is wrong.
pub fn may_be_purged<E: Entry>(report: &LedgerReport) -> Result<(), StoreError> {
    match &report.broken {
        None => Ok(()),
        Some(_) => {
            Err(StoreError::new(StoreErrorKind::Corrupt, format!("nothing is dropped of {}: {report}", E::NAME)))
        }
    }
}

/// Where entries of a kind are recorded: [accesses](crate::access::Access) to people's data, and
/// [changes](crate::rights::RightsChange) of the rights to it.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::journal_conformance!`.
///
/// 1. What was [added](Self::add_entry) is there, once, in its order, under numbers that grow from 1.
/// 2. [`verify_entries`](Self::verify_entries) finds every entry as it was added, and names the first that was changed or is missing;
///    what is added after that is kept, and does not hide it.
/// 3. [`purge_entries`](Self::purge_entries) drops what is older than an instant and no more, and the rest still verifies,
///    under its numbers. Of a journal that is not whole it drops nothing.
/// 4. Journals of different kinds in one store do not touch each other.
#[async_trait]
pub trait Journal<E: Entry>: fmt::Debug + Send + Sync {
    /// Adds an entry. What it is about is done, or shown, only after this.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; it is not there.
    async fn add_entry(&self, entry: &E) -> Result<(), StoreError>;

    /// At most so many entries after a number, each with its own.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<(u64, E)>, StoreError>;

    /// Reads all of it again, and names the first entry that is not as it was added.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read at all.
    async fn verify_entries(&self) -> Result<LedgerReport, StoreError>;

    /// Drops what is older than an instant, up to the first that is not, and says how many. All of it is read again first.
    ///
    /// # Errors
    ///
    /// [`StoreError`], of the kind [`Corrupt`](StoreErrorKind::Corrupt) where it is not whole; nothing was dropped.
    async fn purge_entries(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<E: Entry, J: Journal<E> + ?Sized> Journal<E> for $pointer<J> {
            async fn add_entry(&self, entry: &E) -> Result<(), StoreError> {
                (**self).add_entry(entry).await
            }
            async fn entries(&self, after: u64, limit: usize) -> Result<Vec<(u64, E)>, StoreError> {
                (**self).entries(after, limit).await
            }
            async fn verify_entries(&self) -> Result<LedgerReport, StoreError> {
                (**self).verify_entries().await
            }
            async fn purge_entries(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).purge_entries(before).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// Goes through a journal from its first entry on, some at a time, each with its number.
///
/// # Errors
///
/// [`StoreError`] of the journal.
pub async fn each<E: Entry>(journal: &dyn Journal<E>, mut see: impl FnMut(u64, E) + Send) -> Result<(), StoreError> {
    /// Entries that are read together.
    const PAGE: usize = 1_000;

    let mut after = 0;
    loop {
        let page = journal.entries(after, PAGE).await?;
        let is_last = page.len() < PAGE;
        for (number, entry) in page {
            after = number;
            see(number, entry);
        }
        if is_last {
            return Ok(());
        }
    }
}

/// How long entries have to be kept, as the standard says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetentionRule {
    /// From how many people in the register on.
    pub people: u64,
    /// So many months.
    pub months: u32,
    /// Where that is said.
    pub source: &'static str,
    /// Since when it holds, in this text.
    pub from: NaiveDate,
}

/// Since when the text of the standard holds from which the rules are (고시 제2026-9호).
const TEXT: NaiveDate = match NaiveDate::from_ymd_opt(2026, 7, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

impl RetentionRule {
    pub(crate) const fn new(people: u64, months: u32, source: &'static str) -> Self {
        Self { people, months, source, from: TEXT }
    }

    /// Before which instant entries may be dropped by the rules of a kind, of a register of so many people.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use sosik_registry::{RetentionRule, access::ACCESS_RULES, rights::RIGHTS_RULES};
    ///
    /// let now = Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap();
    /// let until = |rules, people| RetentionRule::kept_from(rules, people, now).date_naive().to_string();
    /// assert_eq!(until(&ACCESS_RULES[..], 60_000), "2024-11-27");
    /// assert_eq!(until(&ACCESS_RULES[..], 1_000), "2025-11-27");
    /// assert_eq!(until(&RIGHTS_RULES[..], 1_000), "2023-11-27");
    /// ```
    #[must_use]
    pub fn kept_from(rules: &[Self], people: u64, now: DateTime<Utc>) -> DateTime<Utc> {
        let months = rules.iter().filter(|rule| rule.people <= people).map(|rule| rule.months).max().unwrap_or(0);
        now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}
