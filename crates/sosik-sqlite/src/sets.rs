//! Sets of subscribers' numbers, one bit each: by them a segment is counted without looking at anyone.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};
use sosik_core::AreaCode;
use sosik_registry::{Purpose, Segment, StoreError};

use crate::error::{database, unreadable};
use crate::rows::micros;

/// Numbers of a row: 8 KB of bits.
const CHUNK: i64 = 65_536;

const WORDS: usize = 1_024;

type Bits = Box<[u64; WORDS]>;

/// The set of everyone.
pub(crate) const ALL: &str = "all";

/// The set of those who allow texts.
pub(crate) const TEXT: &str = "text";

pub(crate) fn of_area(area: &str) -> String {
    format!("area:{area}")
}

/// Of a topic as `interests` has it: `=` and its name, or `*` for every one.
pub(crate) fn of_topic(topic: &str) -> String {
    format!("topic:{topic}")
}

pub(crate) fn of_consent(purpose: Purpose) -> String {
    format!("consent:{}", purpose.code())
}

/// The name under which it is noted until when consents to a purpose are in their set.
fn latest_of(purpose: Purpose) -> String {
    format!("latest:{}", purpose.code())
}

/// What changes in the sets during a transaction. It is kept by [`flush`](Self::flush).
#[derive(Default)]
pub(crate) struct Changes {
    chunks: BTreeMap<(String, i64), Bits>,
    latest: BTreeMap<String, i64>,
}

impl Changes {
    /// Puts a number into a set, or takes it out.
    pub(crate) fn set(
        &mut self,
        transaction: &Transaction<'_>,
        name: &str,
        number: i64,
        is_in: bool,
    ) -> Result<(), StoreError> {
        let (chunk, bit) = (number.div_euclid(CHUNK), number.rem_euclid(CHUNK));
        let key = (name.to_owned(), chunk);
        if !self.chunks.contains_key(&key) {
            let read = read(transaction, name, chunk)?.unwrap_or_else(|| Box::new([0; WORDS]));
            self.chunks.insert(key.clone(), read);
        }
        if let Some(bits) = self.chunks.get_mut(&key) {
            let (word, bit) = (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64));
            if is_in { bits[word] |= bit } else { bits[word] &= !bit }
        }
        Ok(())
    }

    /// Puts someone into the set of a purpose or takes them out, by the latest that they said.
    pub(crate) fn said(
        &mut self,
        transaction: &Transaction<'_>,
        number: i64,
        purpose: Purpose,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let granted: Option<bool> = transaction
            .prepare_cached(include_str!("../queries/consent_latest.sql"))
            .and_then(|mut statement| statement.query_row(params![number, purpose.code()], |row| row.get(0)).optional())
            .map_err(database)?;
        self.set(transaction, &of_consent(purpose), number, granted == Some(true))?;
        let latest = self.latest.entry(latest_of(purpose)).or_insert(i64::MIN);
        *latest = (*latest).max(micros(at));
        Ok(())
    }

    /// Keeps what was changed.
    pub(crate) fn flush(self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let mut put = transaction.prepare_cached(include_str!("../queries/set_put.sql")).map_err(database)?;
        for ((name, chunk), bits) in self.chunks {
            let bytes: Vec<u8> = bits.iter().flat_map(|word| word.to_le_bytes()).collect();
            put.execute(params![name, chunk, bytes]).map_err(database)?;
        }
        for (name, at) in self.latest {
            let at = noted(transaction, &name)?.map_or(at, |before| before.max(at));
            transaction
                .prepare_cached(include_str!("../queries/meta_put.sql"))
                .and_then(|mut statement| statement.execute(params![name, at.to_be_bytes().as_slice()]))
                .map_err(database)?;
        }
        Ok(())
    }
}

/// Makes every set anew out of the rows: for a file from before there were sets.
pub(crate) fn build(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let mut changes = Changes::default();
    let mut people =
        transaction.prepare("SELECT number, area, allows_text FROM subscribers ORDER BY number").map_err(database)?;
    let mut rows = people.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (number, area, text): (i64, String, bool) = read().map_err(database)?;
        changes.set(transaction, ALL, number, true)?;
        changes.set(transaction, &of_area(&area), number, true)?;
        changes.set(transaction, TEXT, number, text)?;
    }
    let mut topics = transaction.prepare("SELECT subscriber, topic FROM interests").map_err(database)?;
    let mut rows = topics.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?));
        let (number, topic): (i64, String) = read().map_err(database)?;
        changes.set(transaction, &of_topic(&topic), number, true)?;
    }
    let said = "SELECT subscriber, purpose, max(at) FROM consents GROUP BY subscriber, purpose";
    let mut said = transaction.prepare(said).map_err(database)?;
    let mut rows = said.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (number, purpose, at): (i64, String, i64) = read().map_err(database)?;
        let purpose = Purpose::from_code(&purpose).ok_or_else(|| unreadable("consent", "its purpose is not known"))?;
        changes.said(transaction, number, purpose, crate::rows::instant(at)?)?;
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
        .query_row("SELECT max(chunk) FROM sets WHERE name = ?1", [ALL], |row| row.get(0))
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
        Segment::All | Segment::Consents(Purpose::PublicSafety) => Some(Plan::Union(vec![ALL.to_owned()])),
        Segment::AllowsText => Some(Plan::Union(vec![TEXT.to_owned()])),
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
        Segment::Topic(topic) => Some(Plan::Union(vec![of_topic("*"), of_topic(&format!("={topic}"))])),
        _ => None,
    })
}

/// The set of a purpose, where nothing was said of it after this instant.
fn stands(transaction: &Transaction<'_>, purpose: Purpose, at: DateTime<Utc>) -> Result<Option<Plan>, StoreError> {
    let latest = noted(transaction, &latest_of(purpose))?.unwrap_or(i64::MIN);
    Ok((latest <= micros(at)).then(|| Plan::Union(vec![of_consent(purpose)])))
}

/// The sets of all areas within one.
fn areas(transaction: &Transaction<'_>, area: &AreaCode) -> Result<Vec<String>, StoreError> {
    let from = of_area(area.prefix());
    let query = "SELECT DISTINCT name FROM sets WHERE name >= ?1 AND name < ?2";
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let names = statement
        .query_map([&from, &format!("{from}:")], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(database)?;
    let shortest = of_area(area.as_str()).len();
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
                let all = Self::Union(vec![ALL.to_owned()]);
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
