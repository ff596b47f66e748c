//! The ledger of consents: each entry is linked to all before it, so that a change of what was said shows.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::journal::Line;
use crate::{ConsentEvent, KeyId, Note, SubscriberId, Vault};

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

/// That someone was erased: what the ledger keeps in the place of who they were.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erasure {
    /// When.
    pub at: DateTime<Utc>,
    /// On what ground, such as `request 2026-12` or `retention ended`. It names no one.
    pub ground: String,
}

impl Erasure {
    /// An erasure on a ground, which names no one.
    #[must_use]
    pub fn new(at: DateTime<Utc>, ground: impl Into<String>) -> Self {
        Self { at, ground: ground.into() }
    }
}

/// The end of a ledger as a store notes it beside the entries, so that entries that are missing there show: how many there
/// are, the link of the last, and a seal over both under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerEnd {
    /// How many entries there are.
    pub entries: u64,
    /// The link of the last.
    pub head: Link,
    key: KeyId,
    seal: [u8; 32],
}

impl LedgerEnd {
    /// The end of a ledger as it is, sealed under the current key of its vault.
    #[must_use]
    pub fn of(chain: &Chain<'_>) -> Self {
        Self { entries: chain.entries, head: chain.head, key: chain.vault.current(), seal: chain.seal() }
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` where it is of another form.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (entries, rest) = bytes.split_first_chunk::<8>()?;
        let (key, rest) = rest.split_first_chunk::<4>()?;
        let (seal, head) = rest.split_first_chunk::<32>()?;
        let (entries, key) = (u64::from_be_bytes(*entries), KeyId::from_bytes(*key));
        Some(Self { entries, head: Link::from_bytes(head)?, key, seal: *seal })
    }

    /// The end as bytes, for a store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.entries.to_be_bytes()[..], self.key.as_bytes(), &self.seal, self.head.as_bytes()].concat()
    }

    /// Whether it is as it was noted.
    #[must_use]
    pub fn is_sealed(&self, vault: &Vault) -> bool {
        let mut chain = Chain::after(vault, self.entries, self.head);
        chain.ends_at(Some(self));
        chain.report().broken.is_none()
    }
}

/// What stands in the ledger.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum LedgerEntry<'a> {
    /// That someone was erased.
    Erased(&'a Erasure),
    /// What was noted of someone.
    Noted(&'a Note),
    /// What was noted of someone who was erased since: its evidence is gone, and its digest stands for it.
    NotedOnce(&'a Note, &'a Digest),
    /// What someone said.
    Said(&'a ConsentEvent),
    /// What someone said who was erased since: its evidence, which may name them, is gone, and its digest stands for it.
    SaidOnce(&'a ConsentEvent, &'a Digest),
}

/// A keyed hash of an evidence, by which it can be shown to be the one without being kept.
pub type Digest = [u8; 16];

/// A ledger while its entries are written or read again, one after the other: the rule that every store follows.
///
/// ```
/// use std::sync::Arc;
/// use chrono::{TimeZone, Utc};
/// use sosik_core::SeededEntropy;
/// use sosik_registry::{Chain, ConsentEvent, LedgerEntry, Purpose, SecretKey, SubscriberId, Vault};
///
/// let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32))?, Arc::new(SeededEntropy::new(1)));
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let (who, said) = (SubscriberId::new(uuid::Uuid::nil()), ConsentEvent::granted(Purpose::Advertising, march, "서면"));
/// let mut written = Chain::new(&vault);
/// let link = written.add(who, LedgerEntry::Said(&said));
///
/// let mut read = Chain::new(&vault);
/// read.check(who, LedgerEntry::Said(&said), vault.current(), Some(&link));
/// let other = ConsentEvent::withdrawn(Purpose::Advertising, march, "서면");
/// read.check(who, LedgerEntry::Said(&other), vault.current(), Some(&link));
/// assert_eq!(read.report().broken.map(|entry| entry.number), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    vault: &'a Vault,
    entries: u64,
    head: Link,
    broken: Option<BrokenEntry>,
    /// The digest that was made last, and of what: the evidence of many entries is the same.
    digest: Option<(String, Digest)>,
    /// Of whom an evidence is gone, and no erasure was seen yet: and the first such entry's number.
    cleared: HashMap<SubscriberId, u64>,
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
        Self { vault, entries, head, broken: None, digest: None, cleared: HashMap::new() }
    }

    /// Entries after those of which this end was noted, from the first on without one. Where it is not as it was noted the
    /// chain is broken from the start: what is added is linked all the same, and its end is not to be noted.
    #[must_use]
    pub fn resume(vault: &'a Vault, end: Option<&LedgerEnd>) -> Self {
        let mut chain = end.map_or_else(|| Self::new(vault), |end| Self::after(vault, end.entries, end.head));
        if end.is_some_and(|end| !end.is_sealed(vault)) {
            chain.breaks("what was noted of those before it is not as it was noted");
        }
        chain
    }

    /// Whether everything was as it was written so far.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken.is_none()
    }

    /// Adds a line of a [journal](crate::Journal), which is linked as the ledger is, and gives its link.
    pub fn add_line(&mut self, tag: &[u8], entry: &Line) -> Link {
        let link = self.link_line(self.vault.current(), tag, entry);
        self.added(link)
    }

    /// Compares the next line of a journal with the link that it was written with.
    pub fn check_line(&mut self, tag: &[u8], entry: &Line, key: KeyId, link: Option<&Link>) {
        if self.broken.is_none() {
            let written = self.link_line(key, tag, entry);
            self.is_as_written(written, link);
        }
    }

    /// Adds an entry under the vault's current key, and gives its link.
    pub fn add(&mut self, who: SubscriberId, entry: LedgerEntry<'_>) -> Link {
        let link = self.link(self.vault.current(), who, entry);
        self.added(link)
    }

    fn added(&mut self, link: Option<Link>) -> Link {
        // The current key is always there, and with it a link.
        self.head = link.unwrap_or(self.head);
        self.entries += 1;
        self.head
    }

    /// Compares the next entry with the link that it was written with, under a key. After the first that does not fit
    /// nothing more is looked at.
    pub fn check(&mut self, who: SubscriberId, entry: LedgerEntry<'_>, key: KeyId, link: Option<&Link>) {
        if self.broken.is_some() {
            return;
        }
        let written = self.link(key, who, entry);
        if !self.is_as_written(written, link) {
            return;
        }
        match entry {
            LedgerEntry::Erased(_) => {
                self.cleared.remove(&who);
            }
            LedgerEntry::Said(_) | LedgerEntry::Noted(_) => {}
            LedgerEntry::SaidOnce(..) | LedgerEntry::NotedOnce(..) => {
                self.cleared.entry(who).or_insert(self.entries);
            }
        }
    }

    /// Takes the next entry in, or says what is wrong with it.
    fn is_as_written(&mut self, written: Option<Link>, link: Option<&Link>) -> bool {
        let problem = match (written, link) {
            (Some(written), Some(link)) if *link == written => {
                (self.head, self.entries) = (written, self.entries + 1);
                return true;
            }
            (None, _) => "it was written under a key that is not given",
            (Some(_), Some(_)) => "it was changed, or one before it is missing",
            (Some(_), None) => "it has no link",
        };
        self.breaks(problem);
        false
    }

    /// As [`check`](Self::check), of entries in the first form, which stores of before have: under the current key, with the
    /// evidence itself.
    pub fn check_first_form(&mut self, who: SubscriberId, said: &ConsentEvent, link: Option<&Link>) {
        if self.broken.is_some() {
            return;
        }
        let (who, at) = (who.as_uuid().into_bytes(), said.at.timestamp_micros().to_be_bytes());
        let granted = [u8::from(said.granted)];
        let fields: [&[u8]; 7] =
            [b"entry", &self.head.0, &who, said.purpose.code().as_bytes(), &granted, &at, said.evidence.as_bytes()];
        let written = self.vault.ledger_mac(self.vault.current(), &fields).map(Link);
        self.is_as_written(written, link);
    }

    /// Notes that the next entry cannot be read.
    pub fn breaks(&mut self, problem: impl Into<String>) {
        let number = self.entries + 1;
        self.broken.get_or_insert(BrokenEntry { number, problem: problem.into() });
    }

    /// Compares the end with what was noted of it, under a key: so that entries that are missing there show, and evidence
    /// that is gone without an erasure.
    pub fn ends(&mut self, entries: u64, key: KeyId, seal: Option<&[u8]>) {
        if self.broken.is_none() && seal != self.seal_under(key).as_ref().map(<[u8; 32]>::as_slice) {
            let problem = format!("{entries} were written, and the end is not as it was noted");
            self.breaks(problem);
        }
        let first = self.cleared.values().copied().min().filter(|_| self.broken.is_none());
        if let Some(number) = first {
            let problem = "its evidence is gone, and no erasure says why".to_owned();
            self.broken = Some(BrokenEntry { number, problem });
            self.entries = number - 1;
        }
    }

    /// Compares the end with what was noted of it; of a ledger without entries nothing needs to be.
    pub fn ends_at(&mut self, end: Option<&LedgerEnd>) {
        match end {
            Some(end) => self.ends(end.entries, end.key, Some(&end.seal)),
            None if self.entries > 0 => self.breaks("its end is not noted"),
            None => {}
        }
    }

    /// What is noted of the end beside the entries, under the vault's current key.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        // The current key is always there.
        self.seal_under(self.vault.current()).unwrap_or_default()
    }

    fn seal_under(&self, key: KeyId) -> Option<[u8; 32]> {
        self.vault.ledger_mac(key, &[b"end", &self.entries.to_be_bytes(), &self.head.0])
    }

    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The link of the last of them.
    #[must_use]
    pub fn head(&self) -> Link {
        self.head
    }

    /// What was found.
    #[must_use]
    pub fn report(&self) -> LedgerReport {
        LedgerReport { entries: self.entries, head: self.head, broken: self.broken.clone() }
    }

    fn link_note(&self, key: KeyId, who: &[u8; 16], note: &Note, digest: &Digest) -> Option<Link> {
        let at = note.at.timestamp_micros().to_be_bytes();
        let about = note.about.map(|about| about.timestamp_micros().to_be_bytes());
        let about: &[u8] = about.as_ref().map_or(&[], |about| about);
        let fields: [&[u8]; 7] = [b"noted", &self.head.0, who, note.kind.code().as_bytes(), &at, about, digest];
        self.vault.ledger_mac(key, &fields).map(Link)
    }

    fn link_line(&self, key: KeyId, tag: &[u8], line: &Line) -> Option<Link> {
        let Line { at, who, place, whose, what } = line;
        let at = at.timestamp_micros().to_be_bytes();
        let texts = [who, place, whose, what].map(String::as_bytes);
        let fields: [&[u8]; 7] = [tag, &self.head.0, &at, texts[0], texts[1], texts[2], texts[3]];
        self.vault.ledger_mac(key, &fields).map(Link)
    }

    /// The digest of an evidence under a key; `None` where the vault has no such key.
    pub fn digest(&mut self, key: KeyId, evidence: &str) -> Option<Digest> {
        if let Some((of, digest)) = &self.digest
            && key == self.vault.current()
            && of == evidence
        {
            return Some(*digest);
        }
        let long = self.vault.ledger_mac(key, &[b"evidence", evidence.as_bytes()])?;
        let mut digest = [0; 16];
        digest.copy_from_slice(&long[..16]);
        if key == self.vault.current() {
            self.digest = Some((evidence.to_owned(), digest));
        }
        Some(digest)
    }

    fn link(&mut self, key: KeyId, who: SubscriberId, entry: LedgerEntry<'_>) -> Option<Link> {
        let who = who.as_uuid().into_bytes();
        let (said, digest) = match entry {
            LedgerEntry::Said(said) => (said, self.digest(key, &said.evidence)?),
            LedgerEntry::SaidOnce(said, digest) => (said, *digest),
            LedgerEntry::Noted(note) => {
                let digest = self.digest(key, &note.evidence)?;
                return self.link_note(key, &who, note, &digest);
            }
            LedgerEntry::NotedOnce(note, digest) => return self.link_note(key, &who, note, digest),
            LedgerEntry::Erased(Erasure { at, ground }) => {
                let at = at.timestamp_micros().to_be_bytes();
                let fields: [&[u8]; 5] = [b"erased", &self.head.0, &who, &at, ground.as_bytes()];
                return self.vault.ledger_mac(key, &fields).map(Link);
            }
        };
        // Microseconds, as stores keep them.
        let at = said.at.timestamp_micros().to_be_bytes();
        let details = said.details();
        let fields: [&[u8]; 8] = [
            b"said",
            &self.head.0,
            &who,
            said.purpose.code().as_bytes(),
            &[u8::from(said.granted)],
            &at,
            &digest,
            details.as_bytes(),
        ];
        self.vault.ledger_mac(key, &fields).map(Link)
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
                let link = chain.add(who, LedgerEntry::Said(&said));
                (who, said, link)
            })
            .collect();
        (all, chain.seal())
    }

    fn broken(vault: &Vault, entries: &[Entry], seal: &[u8]) -> Option<u64> {
        let mut chain = Chain::new(vault);
        for (who, said, link) in entries {
            chain.check(*who, LedgerEntry::Said(said), vault.current(), Some(link));
        }
        chain.ends(5, vault.current(), Some(seal));
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
        let mac = |fields: &[&[u8]]| vault.ledger_mac(vault.current(), fields).unwrap();
        assert_ne!(mac(&[b"ab", b"c"]), mac(&[b"a", b"bc"]));
    }

    #[test]
    fn evidence_may_go_when_an_erasure_says_so_and_not_otherwise() {
        let vault = vault("01");
        let (whole, _) = entries(&vault);
        let mut chain = Chain::after(&vault, 5, whole[4].2);
        let erasure = Erasure::new(DateTime::UNIX_EPOCH + TimeDelta::days(21_000), "request 1");
        let link = chain.add(whole[1].0, LedgerEntry::Erased(&erasure));
        let seal = chain.seal();
        let look = |evidence_is_gone: bool, erased: bool| {
            let mut chain = Chain::new(&vault);
            for (at, (who, said, link)) in whole.iter().enumerate() {
                let digest = chain.digest(vault.current(), &said.evidence).unwrap();
                let bare = ConsentEvent { evidence: String::new(), ..said.clone() };
                let is_gone = at == 1 && evidence_is_gone;
                let entry = if is_gone { LedgerEntry::SaidOnce(&bare, &digest) } else { LedgerEntry::Said(said) };
                chain.check(*who, entry, vault.current(), Some(link));
            }
            if erased {
                chain.check(whole[1].0, LedgerEntry::Erased(&erasure), vault.current(), Some(&link));
            }
            let seal = if erased { seal } else { chain.seal() };
            chain.ends(chain.entries(), vault.current(), Some(&seal));
            chain.report().broken.map(|entry| entry.number)
        };
        assert_eq!((look(true, true), look(false, true), look(false, false)), (None, None, None));
        assert_eq!(look(true, false), Some(2), "it went, and nothing says why");
    }

    #[test]
    fn what_was_written_under_a_key_of_before_is_read_with_it() {
        let key = |byte: &str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
        let before = vault("01");
        let (whole, _) = entries(&before);
        let after = vault("02").also_opening(&key("01"));
        let mut written = Chain::after(&after, 5, whole[4].2);
        let (who, said) = (whole[0].0, ConsentEvent::withdrawn(Purpose::Advertising, whole[0].1.at, "전화"));
        let link = written.add(who, LedgerEntry::Said(&said));
        for (vault, broken) in [(&after, None), (&vault("02"), Some(1))] {
            let mut chain = Chain::new(vault);
            for (who, said, link) in &whole {
                chain.check(*who, LedgerEntry::Said(said), before.current(), Some(link));
            }
            chain.check(who, LedgerEntry::Said(&said), after.current(), Some(&link));
            chain.ends(6, after.current(), Some(&written.seal()));
            assert_eq!(chain.report().broken.map(|entry| entry.number), broken);
        }
    }
}
