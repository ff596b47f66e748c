//! What changes of one person: the rules of the port, row by row.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use sosik_registry::{
    ConsentEvent, Erasure, Identity, Lookup, NewSubscriber, Put, StoreError, Subscriber, SubscriberId, Vault,
};

use crate::error::{database, unreadable};
use crate::ledger::Ledger;
use crate::query::{all, one, run};
use crate::rows::{Person, instant, micros, uuid};
use crate::sets::{Changes, Of};

/// A transaction in which people change, with what has to be kept in step.
pub(crate) struct People<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) vault: &'a Vault,
    pub(crate) ledger: Ledger<'a>,
    pub(crate) changes: Changes,
}

/// Who has an identity.
#[derive(Clone)]
pub(crate) struct Holder {
    /// The hash under which it stands, which may be one of an older key.
    pub(crate) lookup: Lookup,
    pub(crate) number: i64,
    pub(crate) id: SubscriberId,
    /// Since when, where someone put it.
    pub(crate) put_at: Option<i64>,
    /// Whether they are known by events alone.
    pub(crate) by_events: bool,
    pub(crate) since: DateTime<Utc>,
}

impl<'a> People<'a> {
    pub(crate) fn open(transaction: &'a Transaction<'a>, vault: &'a Vault) -> Result<Self, StoreError> {
        Ok(Self { transaction, vault, ledger: Ledger::open(transaction, vault)?, changes: Changes::default() })
    }

    /// Keeps what goes in step.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        self.ledger.close()?;
        self.changes.flush(self.transaction)
    }

    pub(crate) fn holder(&self, identity: &Identity) -> Result<Option<Holder>, StoreError> {
        holder(self.transaction, self.vault, identity)
    }

    /// The number for someone new.
    pub(crate) fn next_number(&self) -> Result<i64, StoreError> {
        let next = one(self.transaction, include_str!("../queries/subscriber_next_number.sql"), [], |row| row.get(0))?;
        Ok(next.unwrap_or(1))
    }

    /// Keeps one person, whoever they are.
    pub(crate) fn put(
        &mut self,
        new: &NewSubscriber,
        now: DateTime<Utc>,
        new_id: impl FnOnce() -> SubscriberId,
    ) -> Result<Put, StoreError> {
        let holders = new.identities().iter().map(|identity| self.holder(identity)).collect::<Result<Vec<_>, _>>()?;
        let Some(known) = holders.iter().flatten().next().cloned() else {
            let (id, number) = (new_id(), self.next_number()?);
            let row = NewRow::of(new);
            self.insert(number, id, &row, None, false, now)?;
            for identity in new.identities() {
                self.give(number, id, identity, Some(micros(now)))?;
            }
            self.say(number, id, &new.consents)?;
            return Ok(Put::Added(id));
        };
        self.update(&known, new, now)?;
        self.say(known.number, known.id, &new.consents)?;
        for (identity, holder) in new.identities().iter().zip(holders) {
            match holder {
                Some(holder) if holder.number == known.number => {
                    if holder.put_at.is_none() {
                        let put = "UPDATE identities SET put_at = ?2 WHERE lookup = ?1";
                        run(self.transaction, put, params![holder.lookup.as_slice(), micros(now)])?;
                    }
                }
                other => {
                    self.replace(&known, identity)?;
                    match other {
                        // They may have gone with another of theirs since.
                        Some(other) => self.join(&other, identity, &known, now)?,
                        None => self.give(known.number, known.id, identity, Some(micros(now)))?,
                    }
                }
            }
        }
        Ok(Put::Updated(known.id))
    }

    /// Keeps the row of someone new, who is known by events alone or was put.
    pub(crate) fn insert(
        &mut self,
        number: i64,
        id: SubscriberId,
        row: &NewRow,
        phone: Option<(&[u8], bool)>,
        by_events: bool,
        since: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (sealed, mobile) = (phone.map(|(sealed, _)| sealed), phone.map(|(_, mobile)| mobile));
        let NewRow { area, topics, allows_text, language, quiet, child_until } = row;
        let id = id.as_uuid();
        let text = allows_text.unwrap_or(false);
        let json = topics.as_ref().map_or("[]", |(json, _)| json);
        #[rustfmt::skip]
        let values = params![
            number, id.as_bytes().as_slice(), sealed, mobile, area, json, text, language, quiet, child_until, by_events,
            micros(since)
        ];
        run(self.transaction, include_str!("../queries/subscriber_insert.sql"), values)?;
        self.set(Of::All, number, true)?;
        if let Some(area) = area {
            self.set(Of::Area(area), number, true)?;
        }
        if text {
            self.set(Of::Text, number, true)?;
        }
        let none = std::collections::BTreeSet::new();
        self.changes.wants(self.transaction, number, topics.as_ref().map_or(&none, |(_, topics)| topics), true)
    }

    fn set(&mut self, of: Of<'_>, number: i64, is_in: bool) -> Result<(), StoreError> {
        self.changes.set(self.transaction, of, number, is_in)
    }

    /// Brings in what is newly said of someone known, beside identities and consents.
    fn update(&mut self, known: &Holder, new: &NewSubscriber, now: DateTime<Utc>) -> Result<(), StoreError> {
        let number = known.number;
        let NewRow { area, topics, allows_text, language, quiet, child_until } = NewRow::of(new);
        if area.is_some() || topics.is_some() {
            let before = self.person(number)?;
            if let Some(area) = &area {
                before.1.iter().try_for_each(|before| self.set(Of::Area(before), number, false))?;
                self.set(Of::Area(area), number, true)?;
            }
            if let Some((_, topics)) = &topics {
                self.changes.wants(self.transaction, number, &before.0, false)?;
                self.changes.wants(self.transaction, number, topics, true)?;
            }
        }
        if let Some(text) = allows_text {
            self.set(Of::Text, number, text)?;
        }
        let json = topics.map(|(json, _)| json);
        let values = params![number, area, json, allows_text, language, quiet, child_until, micros(now)];
        run(self.transaction, include_str!("../queries/subscriber_update.sql"), values).map(drop)
    }

    /// Someone's topics and area as they are.
    fn person(&self, number: i64) -> Result<(std::collections::BTreeSet<String>, Option<String>), StoreError> {
        let query = "SELECT topics, area FROM subscribers WHERE number = ?1";
        let read = one(self.transaction, query, [number], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let (topics, area) = read.ok_or_else(|| unreadable("person", "their row is gone"))?;
        Ok((crate::rows::topics_of(&topics)?, area))
    }

    /// Adds what someone says, unless they said it already.
    pub(crate) fn say(&mut self, number: i64, id: SubscriberId, said: &[ConsentEvent]) -> Result<(), StoreError> {
        if said.is_empty() {
            return Ok(());
        }
        let mut known =
            all(self.transaction, include_str!("../queries/consents_of.sql"), [number], crate::rows::consent)?;
        for said in said {
            if known.iter().any(|known| is_same(known, said)) {
                continue;
            }
            self.ledger.add(id, number, said)?;
            self.changes.said(self.transaction, number, said.purpose, said.at)?;
            known.push(said.clone());
        }
        Ok(())
    }

    /// Gives someone an identity that is no one's.
    pub(crate) fn give(
        &mut self,
        number: i64,
        id: SubscriberId,
        identity: &Identity,
        put_at: Option<i64>,
    ) -> Result<(), StoreError> {
        let lookup = self.vault.index(identity);
        let sealed = self.vault.seal(identity, id.as_uuid().as_bytes());
        let sealed = match identity {
            Identity::Phone(phone) => {
                let values = params![number, sealed, phone.is_mobile()];
                run(self.transaction, include_str!("../queries/subscriber_phone.sql"), values)?;
                None
            }
            _ => Some(sealed),
        };
        let values = params![lookup.as_slice(), number, put_at, sealed];
        run(self.transaction, include_str!("../queries/identity_insert.sql"), values).map(drop)
    }

    /// Takes from someone what an identity is in the place of.
    fn replace(&mut self, known: &Holder, identity: &Identity) -> Result<(), StoreError> {
        for (lookup, old) in self.identities(known.number)? {
            if identity.replaces(&old) {
                self.drop_identity(known.number, &lookup, &old, i64::MAX)?;
            }
        }
        Ok(())
    }

    /// Someone's identities, with the hashes under which they stand.
    fn identities(&self, number: i64) -> Result<Vec<(Lookup, Identity)>, StoreError> {
        let query = include_str!("../queries/subscriber_by_number.sql");
        let person = all(self.transaction, query, [number], Person::read)?.pop();
        let Some(person) = person else { return Ok(Vec::new()) };
        let open = |sealed: &[u8]| self.vault.open(sealed, &person.id).map_err(|error| unreadable("identity", error));
        let mut out = all(self.transaction, include_str!("../queries/identities_of.sql"), [number], |row| {
            let (lookup, sealed): (Lookup, Vec<u8>) = (row.get(0).map_err(database)?, row.get(1).map_err(database)?);
            Ok((lookup, open(&sealed)?))
        })?;
        if let Some(phone) = person.phone.as_deref().map(open).transpose()? {
            let lookup = self.holder(&phone)?.map_or_else(|| self.vault.index(&phone), |holder| holder.lookup);
            out.push((lookup, phone));
        }
        Ok(out)
    }

    /// Drops an identity from someone, and what was told by it up to an instant.
    fn drop_identity(
        &mut self,
        number: i64,
        lookup: &Lookup,
        identity: &Identity,
        until: i64,
    ) -> Result<(), StoreError> {
        run(self.transaction, include_str!("../queries/identity_delete.sql"), [lookup.as_slice()])?;
        let values = params![number, lookup.as_slice(), until];
        run(self.transaction, include_str!("../queries/relations_drop.sql"), values)?;
        if matches!(identity, Identity::Phone(_)) {
            let none = params![number, None::<Vec<u8>>, None::<bool>];
            run(self.transaction, include_str!("../queries/subscriber_phone.sql"), none)?;
        }
        Ok(())
    }

    /// Takes an identity from someone. Who is known by nothing else is erased.
    pub(crate) fn lose(&mut self, holder: &Holder, identity: &Identity, erasure: &Erasure) -> Result<(), StoreError> {
        self.drop_identity(holder.number, &holder.lookup, identity, i64::MAX)?;
        if self.is_unknown(holder.number)? { self.erase(holder.number, holder.id, erasure) } else { Ok(()) }
    }

    /// Whether nothing is left by which someone is known.
    fn is_unknown(&self, number: i64) -> Result<bool, StoreError> {
        let query = "SELECT phone IS NULL AND NOT EXISTS (SELECT 1 FROM identities WHERE subscriber = number AND sealed IS NOT NULL) \
                     FROM subscribers WHERE number = ?1";
        Ok(one(self.transaction, query, [number], |row| row.get(0))?.unwrap_or(false))
    }

    /// Makes an identity, with what was told by it, someone's whose it was not. Where it was the other's last, they are one
    /// person.
    fn join(
        &mut self,
        other: &Holder,
        identity: &Identity,
        known: &Holder,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run(self.transaction, include_str!("../queries/identity_delete.sql"), [other.lookup.as_slice()])?;
        if matches!(identity, Identity::Phone(_)) {
            let none = params![other.number, None::<Vec<u8>>, None::<bool>];
            run(self.transaction, include_str!("../queries/subscriber_phone.sql"), none)?;
        }
        self.give(known.number, known.id, identity, Some(micros(now)))?;
        let lookup = self.vault.index(identity);
        let values = params![other.number, other.lookup.as_slice(), known.number, lookup.as_slice()];
        run(self.transaction, include_str!("../queries/relations_move.sql"), values)?;
        if self.is_unknown(other.number)? {
            let consents = include_str!("../queries/consents_of.sql");
            let said = all(self.transaction, consents, [other.number], crate::rows::consent)?;
            self.say(known.number, known.id, &said)?;
            self.erase(other.number, other.id, &Erasure::new(now, "joined to another"))?;
        }
        Ok(())
    }

    /// Erases someone: their rows, and the evidence of what they said.
    pub(crate) fn erase(&mut self, number: i64, id: SubscriberId, erasure: &Erasure) -> Result<(), StoreError> {
        for (lookup, identity) in self.identities(number)? {
            self.drop_identity(number, &lookup, &identity, i64::MAX)?;
            self.unlink_until(&identity, erasure.at)?;
        }
        let (topics, area) = self.person(number)?;
        self.changes.wants(self.transaction, number, &topics, false)?;
        area.iter().try_for_each(|area| self.set(Of::Area(area), number, false))?;
        self.set(Of::All, number, false)?;
        self.set(Of::Text, number, false)?;
        let said = all(self.transaction, include_str!("../queries/consents_of.sql"), [number], crate::rows::consent)?;
        said.iter().try_for_each(|said| self.set(Of::Consent(said.purpose), number, false))?;
        if !said.is_empty() {
            self.ledger.erase(id, number, erasure)?;
        }
        run(self.transaction, include_str!("../queries/relations_clear.sql"), [number])?;
        run(self.transaction, include_str!("../queries/subscriber_delete.sql"), [number])?;
        let id = id.as_uuid().into_bytes();
        let values = params![number, id.as_slice()];
        run(self.transaction, include_str!("../queries/erased_insert.sql"), values).map(drop)
    }

    /// Notes that what was told of an id up to an instant no longer counts; whether that was not noted yet.
    pub(crate) fn unlink_until(&mut self, identity: &Identity, at: DateTime<Utc>) -> Result<bool, StoreError> {
        if !identity.can_be_unlinked() || self.unlinked(identity)?.is_some_and(|before| before >= micros(at)) {
            return Ok(false);
        }
        let lookup = self.vault.index(identity);
        let values = params![lookup.as_slice(), micros(at)];
        run(self.transaction, include_str!("../queries/unlinked_put.sql"), values).map(|_| true)
    }

    /// Until when nothing counts that was told of an id.
    pub(crate) fn unlinked(&self, identity: &Identity) -> Result<Option<i64>, StoreError> {
        let query = include_str!("../queries/unlinked_get.sql");
        let at = |lookup: Lookup| one(self.transaction, query, [lookup.as_slice()], |row| row.get::<_, i64>(0));
        let mut latest = at(self.vault.index(identity))?;
        for older in self.vault.older_indexes(identity) {
            latest = latest.max(at(older)?);
        }
        Ok(latest)
    }
}

/// What is known of someone new, as it is kept.
pub(crate) struct NewRow {
    area: Option<String>,
    topics: Option<(String, std::collections::BTreeSet<String>)>,
    allows_text: Option<bool>,
    language: Option<String>,
    quiet: Option<String>,
    child_until: Option<String>,
}

impl NewRow {
    pub(crate) fn of(new: &NewSubscriber) -> Self {
        let json = |topics| serde_json::to_string(topics).unwrap_or_default();
        Self {
            area: new.area.as_ref().map(ToString::to_string),
            topics: new.topics.as_ref().map(|topics| (json(topics), topics.clone())),
            allows_text: new.allows_text,
            language: new.language.as_ref().map(ToString::to_string),
            quiet: new.quiet.as_ref().map(ToString::to_string),
            child_until: new.child_until.as_ref().map(ToString::to_string),
        }
    }
}

/// Whether two say the same, to the microsecond in which they are kept.
pub(crate) fn is_same(a: &ConsentEvent, b: &ConsentEvent) -> bool {
    let whole = |said: &ConsentEvent| {
        let mut said = said.clone();
        said.at = DateTime::from_timestamp_micros(micros(said.at)).unwrap_or(said.at);
        said
    };
    a.at.timestamp_micros() == b.at.timestamp_micros() && whole(a) == whole(b)
}

/// Who has an identity, by the current key or an older one.
pub(crate) fn holder(
    transaction: &Transaction<'_>,
    vault: &Vault,
    identity: &Identity,
) -> Result<Option<Holder>, StoreError> {
    let current = by_lookup(transaction, vault.index(identity))?;
    if current.is_some() {
        return Ok(current);
    }
    vault.older_indexes(identity).find_map(|lookup| by_lookup(transaction, lookup).transpose()).transpose()
}

pub(crate) fn by_lookup(transaction: &Transaction<'_>, lookup: Lookup) -> Result<Option<Holder>, StoreError> {
    let query = include_str!("../queries/identity_find.sql");
    let found = one(transaction, query, [lookup.as_slice()], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?, row.get(4)?))
    })?;
    let Some((number, put_at, id, by_events, since)) = found else { return Ok(None) };
    let (id, since) = (SubscriberId::new(uuid(&id)?), instant(since)?);
    Ok(Some(Holder { lookup, number, id, put_at, by_events, since }))
}

/// The whole person of a query's one row.
pub(crate) fn find(
    transaction: &Transaction<'_>,
    vault: &Vault,
    query: &str,
    key: impl rusqlite::Params,
) -> Result<Option<Subscriber>, StoreError> {
    match all(transaction, query, key, Person::read)?.pop() {
        Some(person) => person.whole(transaction, vault).map(Some),
        None => Ok(None),
    }
}
