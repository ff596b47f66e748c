//! Who looked at whose data, when, from where and what for: the record that the law asks for.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use crate::{LedgerReport, StoreError, SubscriberId};

/// One access to people's data (개인정보의 안전성 확보조치 기준 제2조 제3호): who, when, from where, whose, and what they did.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the account of a member of staff, or the name of a program.
    pub who: String,
    /// From where: an address of the network, or a machine.
    pub place: String,
    /// Whose data.
    pub whose: Whose,
    /// What was done.
    pub what: Did,
}

impl Access {
    /// An access.
    #[must_use]
    pub fn new(at: DateTime<Utc>, who: impl Into<String>, place: impl Into<String>, whose: Whose, what: Did) -> Self {
        Self { at, who: who.into(), place: place.into(), whose, what }
    }
}

impl fmt::Debug for Access {
    /// Without who it was and from where, which are data of a person too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({} {} at {})", self.what.code(), self.whose, self.at)
    }
}

/// Whose data were accessed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Whose {
    /// So many people's, such as those of a list.
    Many(u64),
    /// One person's.
    One(SubscriberId),
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Many(count) => write!(f, "many:{count}"),
            Self::One(id) => write!(f, "one:{id}"),
        }
    }
}

impl Whose {
    /// Reads what `Display` writes, as stores keep it.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("many", count) => count.parse().ok().map(Self::Many),
            ("one", id) => uuid::Uuid::try_parse(id).ok().map(|id| Self::One(SubscriberId::new(id))),
            _ => None,
        }
    }
}

/// What was done with people's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Did {
    /// Changed, or brought in.
    Changed,
    /// Erased.
    Erased,
    /// Taken out of the system, for the person themselves or elsewhere.
    Exported,
    /// Looked at.
    Looked,
    /// Used to send something.
    Sent,
}

impl Did {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Changed, Self::Erased, Self::Exported, Self::Looked, Self::Sent];

    /// The stable name, in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Erased => "erased",
            Self::Exported => "exported",
            Self::Looked => "looked",
            Self::Sent => "sent",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|did| did.code() == code)
    }
}

/// Where accesses are recorded.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::access_log_conformance!`.
///
/// 1. What was [noted](Self::note_access) is there, once, in its order, under numbers that grow from 1.
/// 2. [`verify_accesses`](Self::verify_accesses) finds every access as it was noted, and names the first that was changed or is missing.
/// 3. [`purge_accesses`](Self::purge_accesses) drops what is older than an instant and no more, and the rest still verifies, under its numbers.
#[async_trait]
pub trait AccessLog: fmt::Debug + Send + Sync {
    /// Notes an access. What it is about is done, or shown, only after this.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; it is not noted.
    async fn note_access(&self, access: &Access) -> Result<(), StoreError>;

    /// At most so many accesses after a number, each with its own.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn accesses(&self, after: u64, limit: usize) -> Result<Vec<(u64, Access)>, StoreError>;

    /// Reads all of it again, and names the first access that is not as it was noted.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read at all.
    async fn verify_accesses(&self) -> Result<LedgerReport, StoreError>;

    /// Drops what was noted before an instant, up to the first that was noted at it or later, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was dropped.
    async fn purge_accesses(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// How long accesses have to be kept, as the standard says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessRule {
    /// From how many people on.
    pub people: u64,
    /// So many months.
    pub months: u32,
    /// Where that is said.
    pub source: &'static str,
    /// Since when it holds, in this text.
    pub from: NaiveDate,
}

const TEXT: NaiveDate = match NaiveDate::from_ymd_opt(2026, 7, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The rules that hold, as of 2026-11-23.
pub const ACCESS_RULES: [AccessRule; 2] = [
    AccessRule {
        people: 0,
        months: 12,
        source: "개인정보의 안전성 확보조치 기준(고시 제2026-9호) 제8조 제1항 본문",
        from: TEXT,
    },
    AccessRule {
        people: 50_000,
        months: 24,
        source: "개인정보의 안전성 확보조치 기준(고시 제2026-9호) 제8조 제1항 단서",
        from: TEXT,
    },
];

/// Before which instant accesses may be dropped, of a register of so many people.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_registry::access::kept_until;
///
/// let now = Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap();
/// assert_eq!(kept_until(60_000, now).to_rfc3339(), "2024-11-27T00:00:00+00:00");
/// assert_eq!(kept_until(1_000, now).to_rfc3339(), "2025-11-27T00:00:00+00:00");
/// ```
#[must_use]
pub fn kept_until(people: u64, now: DateTime<Utc>) -> DateTime<Utc> {
    let months = ACCESS_RULES.iter().filter(|rule| rule.people <= people).map(|rule| rule.months).max().unwrap_or(0);
    now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// What a breach (유출) asks for: who was affected, and by when they and the authority have to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// Those of whom it is known one by one.
    pub people: BTreeSet<SubscriberId>,
    /// How many were accessed together besides, where it is not known one by one who: each access's number and count.
    pub together: Vec<(u64, u64)>,
    /// By when people have to be told: 72 hours after it was found out (개인정보 보호법 제34조 제1항, 시행령 제39조).
    pub tell_by: DateTime<Utc>,
    /// Whether the authority has to be told within the same time, by the number of people alone: a thousand or more
    /// (시행령 제40조). An intrusion from outside, or data of special kinds, has to be told of in any case.
    pub report: bool,
}

/// The most people of whom the authority need not be told, by their number alone, and one more.
const REPORTED: u64 = 1_000;

/// Looks through the log for what an account did between two instants, or any account where none is named.
///
/// # Errors
///
/// [`StoreError`] of the log.
pub async fn breach(
    log: &dyn AccessLog,
    who: Option<&str>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    found_out: DateTime<Utc>,
) -> Result<Breach, StoreError> {
    /// Accesses that are looked at together.
    const PAGE: usize = 1_000;

    let (mut people, mut together, mut after) = (BTreeSet::new(), Vec::new(), 0);
    loop {
        let page = log.accesses(after, PAGE).await?;
        for (number, access) in &page {
            let is_theirs = who.is_none_or(|who| access.who == who) && from <= access.at && access.at <= until;
            match &access.whose {
                Whose::One(id) if is_theirs => {
                    people.insert(*id);
                }
                Whose::Many(count) if is_theirs => together.push((*number, *count)),
                Whose::One(_) | Whose::Many(_) => {}
            }
        }
        match page.last().filter(|_| page.len() == PAGE) {
            Some((last, _)) => after = *last,
            None => break,
        }
    }
    let most = together.iter().map(|(_, count)| *count).sum::<u64>() + people.len() as u64;
    let tell_by = found_out.checked_add_signed(TimeDelta::hours(72)).unwrap_or(found_out);
    Ok(Breach { people, together, tell_by, report: most >= REPORTED })
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<L: AccessLog + ?Sized> AccessLog for $pointer<L> {
            async fn note_access(&self, access: &Access) -> Result<(), StoreError> {
                (**self).note_access(access).await
            }
            async fn accesses(&self, after: u64, limit: usize) -> Result<Vec<(u64, Access)>, StoreError> {
                (**self).accesses(after, limit).await
            }
            async fn verify_accesses(&self) -> Result<LedgerReport, StoreError> {
                (**self).verify_accesses().await
            }
            async fn purge_accesses(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).purge_accesses(before).await
            }
        }
    )+};
}
forward!(Arc, Box);
