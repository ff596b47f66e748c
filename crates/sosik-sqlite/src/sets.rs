//! Sets of subscribers' numbers, one bit each: by them a segment is counted without looking at anyone.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};
use sosik_core::AreaCode;
use sosik_registry::{Purpose, Segment, StoreError};

use crate::error::{database, unreadable};
use crate::query::{one, run};
use crate::rows::{instant, micros, topics_of};

/// Numbers of a row: 8 KB of bits.
const CHUNK: i64 = 65_536;

const WORDS: usize = 1_024;

type Bits = Box<[u64; WORDS]>;

/// Which set.
#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    /// Of everyone.
    All,
    /// Of those who live in an area, by its whole code.
    Area(&'a str),
    /// Of those whose consent to a purpose stands.
    Consent(Purpose),
    /// Of those who allow texts.
    Text,
    /// Of those who named a topic, or who named none.
    Topic(Option<&'a str>),
}

impl Of<'_> {
    fn name(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Area(area) => format!("area:{area}"),
            Self::Consent(purpose) => format!("consent:{}", purpose.code()),
            Self::Text => "text".to_owned(),
            Self::Topic(None) => "topic:*".to_owned(),
            Self::Topic(Some(topic)) => format!("topic:={topic}"),
        }
    }
}

/// The name under which it is noted until when consents to a purpose are in their set.
fn latest_of(purpose: Purpose) -> String {
    format!("latest:{}", purpose.code())
}

/// What changes in the sets during a transaction. It is kept by [`flush`](Self::flush).
#[derive(Default)]
pub(crate) struct Changes {
    all: Set,
    text: Set,
    every_topic: Set,
    areas: Named,
    topics: Named,
    consents: BTreeMap<Purpose, (Set, i64)>,
}

/// The rows of a set that were looked at, by their numbers.
type Set = BTreeMap<i64, Bits>;

/// Sets of one kind, by name.
#[derive(Default)]
struct Named {
    places: HashMap<String, usize>,
    sets: Vec<(String, Set)>,
}

impl Named {
    /// The set of a name: of one that was asked for before without a copy of it.
    fn named(&mut self, name: &str) -> &mut Set {
        let place = self.places.get(name).copied().unwrap_or_else(|| {
            self.sets.push((name.to_owned(), Set::new()));
            self.places.insert(name.to_owned(), self.sets.len() - 1);
            self.sets.len() - 1
        });
        &mut self.sets[place].1
    }
}

impl Changes {
    /// Puts a number into a set, or takes it out.
    pub(crate) fn set(
        &mut self,
        transaction: &Transaction<'_>,
        of: Of<'_>,
        number: i64,
        is_in: bool,
    ) -> Result<(), StoreError> {
        let set = match of {
            Of::All => &mut self.all,
            Of::Text => &mut self.text,
            Of::Topic(None) => &mut self.every_topic,
            Of::Area(area) => self.areas.named(area),
            Of::Topic(Some(topic)) => self.topics.named(topic),
            Of::Consent(purpose) => &mut self.consents.entry(purpose).or_insert((Set::new(), i64::MIN)).0,
        };
        let (chunk, bit) = (number.div_euclid(CHUNK), number.rem_euclid(CHUNK));
        let bits = match set.entry(chunk) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => {
                place.insert(read(transaction, &of.name(), chunk)?.unwrap_or_else(|| Box::new([0; WORDS])))
            }
        };
        let (word, bit) = (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64));
        if is_in {
            bits[word] |= bit;
        } else {
            bits[word] &= !bit;
        }
        Ok(())
    }

    /// Puts someone into the set of a purpose or takes them out, by what stands of all that they said, and notes until when
    /// that holds.
    pub(crate) fn stands(
        &mut self,
        transaction: &Transaction<'_>,
        number: i64,
        purpose: Purpose,
        granted: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.set(transaction, Of::Consent(purpose), number, granted)?;
        if let Some((_, latest)) = self.consents.get_mut(&purpose) {
            *latest = (*latest).max(micros(at));
        }
        Ok(())
    }

    /// The same, by the latest that stands in the database.
    pub(crate) fn said(
        &mut self,
        transaction: &Transaction<'_>,
        number: i64,
        purpose: Purpose,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let query = include_str!("../queries/consent_latest.sql");
        let granted = one(transaction, query, params![number, purpose.code()], |row| row.get::<_, bool>(0))?;
        self.stands(transaction, number, purpose, granted == Some(true), at)
    }

    /// Puts someone into the sets of their topics, or takes them out.
    pub(crate) fn wants(
        &mut self,
        transaction: &Transaction<'_>,
        number: i64,
        topics: &BTreeSet<String>,
        is_in: bool,
    ) -> Result<(), StoreError> {
        if topics.is_empty() {
            return self.set(transaction, Of::Topic(None), number, is_in);
        }
        topics.iter().try_for_each(|topic| self.set(transaction, Of::Topic(Some(topic)), number, is_in))
    }

    /// Keeps what was changed.
    pub(crate) fn flush(self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let Self { all, text, every_topic, areas, topics, consents } = self;
        let keep = |of: Of<'_>, set: &Set| -> Result<(), StoreError> {
            for (chunk, bits) in set {
                let bytes: Vec<u8> = bits.iter().flat_map(|word| word.to_le_bytes()).collect();
                run(transaction, include_str!("../queries/set_put.sql"), params![of.name(), chunk, bytes])?;
            }
            Ok(())
        };
        keep(Of::All, &all)?;
        keep(Of::Text, &text)?;
        keep(Of::Topic(None), &every_topic)?;
        areas.sets.iter().try_for_each(|(area, set)| keep(Of::Area(area), set))?;
        topics.sets.iter().try_for_each(|(topic, set)| keep(Of::Topic(Some(topic)), set))?;
        for (purpose, (set, at)) in consents {
            keep(Of::Consent(purpose), &set)?;
            let name = latest_of(purpose);
            let at = noted(transaction, &name)?.map_or(at, |before| before.max(at));
            run(transaction, include_str!("../queries/meta_put.sql"), params![name, at.to_be_bytes().as_slice()])?;
        }
        Ok(())
    }
}

/// Makes every set anew out of the rows: for a file from before there were sets.
pub(crate) fn build(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let mut changes = Changes::default();
    let people = "SELECT number, area, allows_text, topics FROM subscribers ORDER BY number";
    let mut people = transaction.prepare(people).map_err(database)?;
    let mut rows = people.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (number, area, text, topics): (i64, Option<String>, bool, String) = read().map_err(database)?;
        changes.set(transaction, Of::All, number, true)?;
        if let Some(area) = area {
            changes.set(transaction, Of::Area(&area), number, true)?;
        }
        changes.set(transaction, Of::Text, number, text)?;
        changes.wants(transaction, number, &topics_of(&topics)?, true)?;
    }
    let said = "SELECT subscriber, purpose, granted, at FROM consents ORDER BY subscriber, purpose, at, granted DESC";
    let mut said = transaction.prepare(said).map_err(database)?;
    let mut rows = said.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (number, purpose, granted, at): (i64, String, bool, i64) = read().map_err(database)?;
        let purpose = Purpose::from_code(&purpose).ok_or_else(|| unreadable("consent", "its purpose is not known"))?;
        // The latest of each comes last, of the same instant the withdrawal.
        changes.stands(transaction, number, purpose, granted, instant(at)?)?;
    }
    changes.flush(transaction)
}

/// How many people a segment holds, where the sets can tell: `None` where it asks for an instant before something that was
/// said since, or for when people came.
pub(crate) fn count(
    transaction: &Transaction<'_>,
    segment: &Segment,
    at: DateTime<Utc>,
) -> Result<Option<u64>, StoreError> {
    let Some(plan) = plan(transaction, segment, at)? else { return Ok(None) };
    let last: Option<i64> = transaction
        .query_row("SELECT max(chunk) FROM sets WHERE name = ?1", [Of::All.name()], |row| row.get(0))
        .map_err(database)?;
    let mut count = 0;
    for chunk in 0..=last.unwrap_or(-1) {
        count += plan.bits(transaction, chunk)?.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
    }
    Ok(Some(count))
}

/// What is done with sets to have a segment.
enum Plan {
    Both(Box<Plan>, Box<Plan>),
    Not(Box<Plan>),
    /// Those who are in any of these sets.
    Union(Vec<String>),
    Either(Box<Plan>, Box<Plan>),
}

fn plan(transaction: &Transaction<'_>, segment: &Segment, at: DateTime<Utc>) -> Result<Option<Plan>, StoreError> {
    let pair = |a: &Segment, b: &Segment, join: fn(Box<Plan>, Box<Plan>) -> Plan| -> Result<_, StoreError> {
        let both = plan(transaction, a, at)?.zip(plan(transaction, b, at)?);
        Ok(both.map(|(a, b)| join(Box::new(a), Box::new(b))))
    };
    Ok(match segment {
        Segment::All | Segment::Consents(Purpose::PublicSafety) => Some(Plan::Union(vec![Of::All.name()])),
        Segment::AllowsText => Some(Plan::Union(vec![Of::Text.name()])),
        Segment::Area(area) => Some(Plan::Union(areas(transaction, area)?)),
        Segment::Both(a, b) => pair(a, b, Plan::Both)?,
        Segment::Either(a, b) => pair(a, b, Plan::Either)?,
        Segment::Not(inner) => plan(transaction, inner, at)?.map(|inner| Plan::Not(Box::new(inner))),
        Segment::Consents(Purpose::NightAdvertising) => {
            let both =
                [Purpose::NightAdvertising, Purpose::Advertising].map(|purpose| stands(transaction, purpose, at));
            let [night, day] = both;
            let (Some(night), Some(day)) = (night?, day?) else { return Ok(None) };
            Some(Plan::Both(Box::new(night), Box::new(day)))
        }
        Segment::Consents(purpose) => stands(transaction, *purpose, at)?,
        Segment::Topic(topic) => Some(Plan::Union(vec![Of::Topic(None).name(), Of::Topic(Some(topic)).name()])),
        _ => None,
    })
}

/// The set of a purpose, where nothing was said of it after this instant.
fn stands(transaction: &Transaction<'_>, purpose: Purpose, at: DateTime<Utc>) -> Result<Option<Plan>, StoreError> {
    let latest = noted(transaction, &latest_of(purpose))?.unwrap_or(i64::MIN);
    Ok((latest <= micros(at)).then(|| Plan::Union(vec![Of::Consent(purpose).name()])))
}

/// The sets of all areas within one.
fn areas(transaction: &Transaction<'_>, area: &AreaCode) -> Result<Vec<String>, StoreError> {
    let from = Of::Area(area.prefix()).name();
    let query = "SELECT DISTINCT name FROM sets WHERE name >= ?1 AND name < ?2";
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let names = statement
        .query_map([&from, &format!("{from}:")], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(database)?;
    let shortest = Of::Area(area.as_str()).name().len();
    Ok(names.into_iter().filter(|name| name.len() >= shortest).collect())
}

impl Plan {
    fn bits(&self, transaction: &Transaction<'_>, chunk: i64) -> Result<Bits, StoreError> {
        let joined = |a: &Self, b: &Self, join: fn(u64, u64) -> u64| {
            let (mut bits, others) = (a.bits(transaction, chunk)?, b.bits(transaction, chunk)?);
            bits.iter_mut().zip(others.iter()).for_each(|(word, other)| *word = join(*word, *other));
            Ok(bits)
        };
        match self {
            Self::Both(a, b) => joined(a, b, |a, b| a & b),
            Self::Either(a, b) => joined(a, b, |a, b| a | b),
            Self::Not(inner) => {
                let all = Self::Union(vec![Of::All.name()]);
                joined(&all, inner, |all, inner| all & !inner)
            }
            Self::Union(names) => {
                let mut bits: Bits = Box::new([0; WORDS]);
                for name in names {
                    if let Some(others) = read(transaction, name, chunk)? {
                        bits.iter_mut().zip(others.iter()).for_each(|(word, other)| *word |= other);
                    }
                }
                Ok(bits)
            }
        }
    }
}

fn read(transaction: &Transaction<'_>, name: &str, chunk: i64) -> Result<Option<Bits>, StoreError> {
    let bytes: Option<Vec<u8>> = transaction
        .prepare_cached(include_str!("../queries/set_get.sql"))
        .and_then(|mut statement| statement.query_row(params![name, chunk], |row| row.get(0)).optional())
        .map_err(database)?;
    let Some(bytes) = bytes else { return Ok(None) };
    let mut bits: Bits = Box::new([0; WORDS]);
    let (words, rest) = bytes.as_chunks::<8>();
    if words.len() != WORDS || !rest.is_empty() {
        return Err(unreadable("set", "it has not as many bits as it should"));
    }
    bits.iter_mut().zip(words).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes));
    Ok(Some(bits))
}

fn noted(transaction: &Transaction<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    let kept: Option<Vec<u8>> = transaction
        .prepare_cached(include_str!("../queries/meta_get.sql"))
        .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional())
        .map_err(database)?;
    match kept.map(<[u8; 8]>::try_from) {
        None => Ok(None),
        Some(Ok(bytes)) => Ok(Some(i64::from_be_bytes(bytes))),
        Some(Err(_)) => Err(unreadable(name, "it is no instant")),
    }
}
