//! Who looked at whose data, when, from where and what for: the record that the law asks for.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::journal::{self, Entry, Journal, Line};
use crate::{RetentionRule, StoreError, SubscriberId};

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

impl Entry for Access {
    const NAME: &'static str = "accesses";
    const TAG: &'static [u8] = b"accessed";

    fn to_line(&self) -> Line {
        let (whose, what) = (self.whose.to_string(), self.what.code());
        Line::new(self.at, self.who.as_str(), self.place.as_str(), whose, what)
    }

    fn from_line(line: Line) -> Option<Self> {
        let (whose, what) = (Whose::from_stored(&line.whose)?, Did::from_code(&line.what)?);
        Some(Self::new(line.at, line.who, line.place, whose, what))
    }
}

/// The rules that hold, as of 2026-11-23.
pub const ACCESS_RULES: [RetentionRule; 2] = [
    RetentionRule::new(0, 12, "개인정보의 안전성 확보조치 기준(고시 제2026-9호) 제8조 제1항 본문"),
    RetentionRule::new(50_000, 24, "개인정보의 안전성 확보조치 기준(고시 제2026-9호) 제8조 제1항 단서"),
];

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
    log: &dyn Journal<Access>,
    who: Option<&str>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    found_out: DateTime<Utc>,
) -> Result<Breach, StoreError> {
    let (mut people, mut together) = (BTreeSet::new(), Vec::new());
    journal::each(log, |number, access| {
        let is_theirs = who.is_none_or(|who| access.who == who) && from <= access.at && access.at <= until;
        match access.whose {
            Whose::One(id) if is_theirs => {
                people.insert(id);
            }
            Whose::Many(count) if is_theirs => together.push((number, count)),
            Whose::One(_) | Whose::Many(_) => {}
        }
    })
    .await?;
    let most = together.iter().map(|(_, count)| *count).sum::<u64>() + people.len() as u64;
    let tell_by = found_out.checked_add_signed(TimeDelta::hours(72)).unwrap_or(found_out);
    Ok(Breach { people, together, tell_by, report: most >= REPORTED })
}
