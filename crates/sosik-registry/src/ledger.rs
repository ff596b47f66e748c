//! The ledger of consents: each entry is linked to all before it, so that a change of what was said shows.

use std::fmt;

use crate::{ConsentEvent, SubscriberId, Vault};

/// What binds an entry of the ledger to all before it: an HMAC-SHA256 under a key of the [`Vault`].
///
/// Whoever changes, drops or adds an entry without the key cannot make the links fit again. Whoever puts an older copy of
/// the whole ledger in its place can: so note the [head](LedgerReport::head) elsewhere, with each day's papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link([u8; 32]);

impl Link {
    /// What stands before the first entry.
    pub const START: Self = Self([0; 32]);

    /// A link as a store keeps it; `None` where there are not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a look through the ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerReport {
    /// How many entries are as they were written.
    pub entries: u64,
    /// The link of the last of them: with it a later look shows that nothing up to here was changed.
    pub head: Link,
    /// The first entry that is not; `None` where the ledger is whole.
    pub broken: Option<BrokenEntry>,
}

/// The first entry of a ledger that is not as it was written. Who it is about is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenEntry {
    /// Its number, from 1.
    pub number: u64,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for LedgerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.broken {
            None => write!(f, "{} entries, each as it was written; the last is {}", self.entries, self.head),
            Some(BrokenEntry { number, problem }) => {
                write!(f, "entry {number} is not as it was written: {problem}; the {} before it are", self.entries)
            }
        }
    }
}

/// A ledger while its entries are written or read again, one after the other: the rule that every store follows.
///
/// ```
/// use std::sync::Arc;
/// use chrono::{TimeZone, Utc};
/// use sosik_core::SeededEntropy;
/// use sosik_registry::{Chain, ConsentEvent, Purpose, SecretKey, SubscriberId, Vault};
///
/// let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32))?, Arc::new(SeededEntropy::new(1)));
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let (who, said) = (SubscriberId::new(uuid::Uuid::nil()), ConsentEvent::granted(Purpose::Advertising, march, "서면"));
/// let mut written = Chain::new(&vault);
/// let link = written.add(who, &said);
///
/// let mut read = Chain::new(&vault);
/// read.check(who, &said, Some(&link));
/// let other = ConsentEvent::withdrawn(Purpose::Advertising, march, "서면");
/// read.check(who, &other, Some(&link));
/// assert_eq!(read.report().broken.map(|entry| entry.number), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    vault: &'a Vault,
    entries: u64,
    head: Link,
    broken: Option<BrokenEntry>,
}

impl<'a> Chain<'a> {
    /// A ledger without entries.
    #[must_use]
    pub fn new(vault: &'a Vault) -> Self {
        Self::after(vault, 0, Link::START)
    }

    /// A ledger with so many entries, of which this is the last one's link.
    #[must_use]
    pub fn after(vault: &'a Vault, entries: u64, head: Link) -> Self {
        Self { vault, entries, head, broken: None }
    }

    /// Adds an entry, and gives its link.
    pub fn add(&mut self, who: SubscriberId, said: &ConsentEvent) -> Link {
        self.head = self.link(who, said);
        self.entries += 1;
        self.head
    }

    /// Compares the next entry with the link that it was written with. After the first that does not fit nothing more is
    /// looked at.
    pub fn check(&mut self, who: SubscriberId, said: &ConsentEvent, link: Option<&Link>) {
        if self.broken.is_some() {
            return;
        }
        let written = self.link(who, said);
        match link {
            Some(link) if *link == written => (self.head, self.entries) = (written, self.entries + 1),
            Some(_) => self.breaks("it was changed, or one before it is missing"),
            None => self.breaks("it has no link"),
        }
    }

    /// Notes that the next entry cannot be read.
    pub fn breaks(&mut self, problem: impl Into<String>) {
        let number = self.entries + 1;
        self.broken.get_or_insert(BrokenEntry { number, problem: problem.into() });
    }

    /// Compares the end with what was noted of it: so that entries that are missing there show.
    pub fn ends(&mut self, entries: u64, seal: Option<&[u8]>) {
        if self.broken.is_none() && seal != Some(&self.seal()[..]) {
            let problem = format!("{entries} were written, and the end is not as it was noted");
            self.breaks(problem);
        }
    }

    /// What is noted of the end beside the entries, under the key.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        self.vault.ledger_mac(&[b"end", &self.entries.to_be_bytes(), &self.head.0])
    }

    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// What was found.
    #[must_use]
    pub fn report(&self) -> LedgerReport {
        LedgerReport { entries: self.entries, head: self.head, broken: self.broken.clone() }
    }

    fn link(&self, who: SubscriberId, said: &ConsentEvent) -> Link {
        // Microseconds, as stores keep them.
        let at = said.at.timestamp_micros().to_be_bytes();
        let ConsentEvent { purpose, granted, evidence, .. } = said;
        Link(self.vault.ledger_mac(&[
            b"entry",
            &self.head.0,
            who.as_uuid().as_bytes(),
            purpose.code().as_bytes(),
            &[u8::from(*granted)],
            &at,
            evidence.as_bytes(),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, TimeDelta};
    use sosik_core::SeededEntropy;
    use uuid::Uuid;

    use super::*;
    use crate::{Purpose, SecretKey};

    fn vault(byte: &str) -> Vault {
        Vault::new(&SecretKey::from_hex(&byte.repeat(32)).unwrap(), Arc::new(SeededEntropy::new(1)))
    }

    type Entry = (SubscriberId, ConsentEvent, Link);

    fn entries(vault: &Vault) -> (Vec<Entry>, [u8; 32]) {
        let mut chain = Chain::new(vault);
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let all = (0..5_u32)
            .map(|n| {
                let who = SubscriberId::new(Uuid::from_u128(n.into()));
                let said =
                    ConsentEvent::granted(Purpose::Advertising, at + TimeDelta::days(n.into()), format!("서면 {n}"));
                let link = chain.add(who, &said);
                (who, said, link)
            })
            .collect();
        (all, chain.seal())
    }

    fn broken(vault: &Vault, entries: &[Entry], seal: &[u8]) -> Option<u64> {
        let mut chain = Chain::new(vault);
        for (who, said, link) in entries {
            chain.check(*who, said, Some(link));
        }
        chain.ends(5, Some(seal));
        chain.report().broken.map(|entry| entry.number)
    }

    #[test]
    fn every_change_breaks_the_entry_that_it_was_made_to() {
        let vault = vault("01");
        let (whole, seal) = entries(&vault);
        assert_eq!(broken(&vault, &whole, &seal), None);
        let with = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut changed = whole.clone();
            change(&mut changed);
            broken(&vault, &changed, &seal)
        };
        assert_eq!(with(&|all| all[2].1.granted = false), Some(3));
        assert_eq!(with(&|all| all[2].1.at += TimeDelta::microseconds(1)), Some(3));
        assert_eq!(with(&|all| all[2].1.evidence.push(' ')), Some(3));
        assert_eq!(with(&|all| all[2].1.purpose = Purpose::Collection), Some(3));
        assert_eq!(with(&|all| all[2].0 = all[1].0), Some(3));
        assert_eq!(with(&|all| all.swap(1, 3)), Some(2));
        assert_eq!(with(&|all| drop(all.remove(0))), Some(1));
        assert_eq!(with(&|all| drop(all.remove(4))), Some(5), "one that is missing at the end shows by its seal");
        assert_eq!(with(&|all| all.push(all[4].clone())), Some(6));
        // Another key fits nothing.
        assert_eq!(broken(&self::vault("02"), &whole, &seal), Some(1));
    }

    #[test]
    fn what_stands_in_one_field_does_not_pass_for_another_s() {
        let vault = vault("01");
        assert_ne!(vault.ledger_mac(&[b"ab", b"c"]), vault.ledger_mac(&[b"a", b"bc"]));
    }
}
