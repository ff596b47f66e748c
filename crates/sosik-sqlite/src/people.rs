//! What is done with the rows of people; the rules are those of [`sosik_registry::rows`].

use std::collections::BTreeSet;
use std::task::{Context, Poll, Waker};

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use sosik_registry::rows::{Holder, Kept, Rows};
use sosik_registry::{
    ConsentEvent, Erasure, Identity, Lookup, NewSubscriber, Note, Relation, StoreError, StoreErrorKind, Subscriber,
    SubscriberId, Vault,
};

use crate::error::{database, unreadable};
use crate::ledger::Ledger;
use crate::query::{all, one, run};
use crate::rows::{Person, consent, instant, micros, note, relation, topics_of, uuid};
use crate::sets::{Changes, Of};

/// A transaction in which people change, with what has to be kept in step.
pub(crate) struct People<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) vault: &'a Vault,
    pub(crate) ledger: Ledger<'a>,
    pub(crate) changes: Changes,
    /// Whether someone was erased, of whom nothing may be left in the log.
    pub(crate) erased: bool,
}

/// What a future gives that waits for nothing, as those over these rows.
pub(crate) fn at_once<T>(future: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(StoreError::new(StoreErrorKind::Unavailable, "the database waits for something")),
    }
}

impl<'a> People<'a> {
    pub(crate) fn open(transaction: &'a Transaction<'a>, vault: &'a Vault) -> Result<Self, StoreError> {
        Ok(Self {
            transaction,
            vault,
            ledger: Ledger::open(transaction, vault)?,
            changes: Changes::default(),
            erased: false,
        })
    }

    /// Keeps what goes in step, and says whether someone was erased.
    pub(crate) fn close(self) -> Result<bool, StoreError> {
        self.ledger.close()?;
        self.changes.flush(self.transaction)?;
        Ok(self.erased)
    }

    /// The number for someone new.
    pub(crate) fn next_number(&self) -> Result<i64, StoreError> {
        let next = one(self.transaction, include_str!("../queries/subscriber_next_number.sql"), [], |row| row.get(0))?;
        Ok(next.unwrap_or(1))
    }

    /// Keeps the row of someone new, with their number where it is sealed already.
    pub(crate) fn insert_row(
        &mut self,
        number: i64,
        id: SubscriberId,
        new: &NewSubscriber,
        phone: Option<(&[u8], bool)>,
        kept: (bool, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let (sealed, mobile) = (phone.map(|(sealed, _)| sealed), phone.map(|(_, mobile)| mobile));
        let Columns { area, topics, language, quiet, child_until } = Columns::of(new);
        let (id, (by_events, since)) = (id.as_uuid().into_bytes(), kept);
        let text = new.allows_text.unwrap_or(false);
        let json = topics.as_deref().unwrap_or("[]");
        #[rustfmt::skip]
        let values = params![
            number, id.as_slice(), sealed, mobile, area, json, text, language, quiet, child_until, by_events,
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
        let none = BTreeSet::new();
        self.changes.wants(self.transaction, number, new.topics.as_ref().unwrap_or(&none), true)
    }

    fn set(&mut self, of: Of<'_>, number: i64, is_in: bool) -> Result<(), StoreError> {
        self.changes.set(self.transaction, of, number, is_in)
    }

    /// Someone's topics and area as they are.
    fn topics_and_area(&self, number: i64) -> Result<(BTreeSet<String>, Option<String>), StoreError> {
        let query = "SELECT topics, area FROM subscribers WHERE number = ?1";
        let read = one(self.transaction, query, [number], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let (topics, area) = read.ok_or_else(|| unreadable("person", "their row is gone"))?;
        Ok((topics_of(&topics)?, area))
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), StoreError> {
        run(self.transaction, sql, values).map(drop)
    }
}

#[expect(clippy::future_not_send, reason = "they wait for nothing and end on the thread on which they begin")]
impl Rows for People<'_> {
    fn lookup(&self, identity: &Identity) -> Lookup {
        self.vault.index(identity)
    }

    async fn holder(&mut self, identity: &Identity) -> Result<Option<Holder>, StoreError> {
        holder(self.transaction, self.vault, identity)
    }

    async fn insert(&mut self, id: SubscriberId, new: &NewSubscriber, kept: Kept) -> Result<i64, StoreError> {
        let number = self.next_number()?;
        self.insert_row(number, id, new, None, (kept.by_events, kept.since))?;
        Ok(number)
    }

    async fn update(&mut self, holder: &Holder, new: &NewSubscriber, now: DateTime<Utc>) -> Result<(), StoreError> {
        let number = holder.number;
        let Columns { area, topics, language, quiet, child_until } = Columns::of(new);
        if area.is_some() || topics.is_some() {
            let (known_topics, known_area) = self.topics_and_area(number)?;
            if let Some(area) = area {
                known_area.iter().try_for_each(|known| self.set(Of::Area(known), number, false))?;
                self.set(Of::Area(area), number, true)?;
            }
            if let Some(topics) = &new.topics {
                self.changes.wants(self.transaction, number, &known_topics, false)?;
                self.changes.wants(self.transaction, number, topics, true)?;
            }
        }
        if let Some(text) = new.allows_text {
            self.set(Of::Text, number, text)?;
        }
        let values = params![number, area, topics, new.allows_text, language, quiet, child_until, micros(now)];
        self.run(include_str!("../queries/subscriber_update.sql"), values)
    }

    async fn consents(&mut self, number: i64) -> Result<Vec<ConsentEvent>, StoreError> {
        all(self.transaction, include_str!("../queries/consents_of.sql"), [number], consent)
    }

    async fn say(&mut self, number: i64, id: SubscriberId, said: &ConsentEvent) -> Result<(), StoreError> {
        self.ledger.add(id, number, said)?;
        self.changes.said(self.transaction, number, said.purpose, said.at)
    }

    async fn notes(&mut self, number: i64) -> Result<Vec<Note>, StoreError> {
        all(self.transaction, include_str!("../queries/notes_of.sql"), [number], note)
    }

    async fn add_note(&mut self, number: i64, id: SubscriberId, note: &Note) -> Result<(), StoreError> {
        self.ledger.note(id, number, note)
    }

    async fn identities(&mut self, number: i64) -> Result<Vec<(Lookup, Identity)>, StoreError> {
        let query = include_str!("../queries/subscriber_by_number.sql");
        let person = all(self.transaction, query, [number], Person::read)?.pop();
        let Some(person) = person else { return Ok(Vec::new()) };
        let open = |sealed: &[u8]| self.vault.open(sealed, &person.id).map_err(|error| unreadable("identity", error));
        let mut out = all(self.transaction, include_str!("../queries/identities_of.sql"), [number], |row| {
            let (lookup, sealed): (Lookup, Vec<u8>) = (row.get(0).map_err(database)?, row.get(1).map_err(database)?);
            Ok((lookup, open(&sealed)?))
        })?;
        if let Some(phone) = person.phone.as_deref().map(open).transpose()? {
            let holder = holder(self.transaction, self.vault, &phone)?;
            out.push((holder.map_or_else(|| self.vault.index(&phone), |holder| holder.lookup), phone));
        }
        Ok(out)
    }

    async fn give(
        &mut self,
        number: i64,
        id: SubscriberId,
        identity: &Identity,
        put_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let lookup = self.vault.index(identity);
        let sealed = self.vault.seal(identity, id.as_uuid().as_bytes());
        let sealed = match identity {
            Identity::Phone(phone) => {
                let values = params![number, sealed, phone.is_mobile()];
                self.run(include_str!("../queries/subscriber_phone.sql"), values)?;
                None
            }
            _ => Some(sealed),
        };
        let values = params![lookup.as_slice(), number, put_at.map(micros), sealed];
        self.run(include_str!("../queries/identity_insert.sql"), values)
    }

    async fn mark_put(&mut self, lookup: &Lookup, at: DateTime<Utc>) -> Result<(), StoreError> {
        let put = "UPDATE identities SET put_at = ?2 WHERE lookup = ?1";
        self.run(put, params![lookup.as_slice(), micros(at)])
    }

    async fn take(&mut self, number: i64, lookup: &Lookup, identity: &Identity) -> Result<(), StoreError> {
        self.run(include_str!("../queries/identity_delete.sql"), [lookup.as_slice()])?;
        if matches!(identity, Identity::Phone(_)) {
            let none = params![number, None::<Vec<u8>>, None::<bool>];
            self.run(include_str!("../queries/subscriber_phone.sql"), none)?;
        }
        Ok(())
    }

    async fn relations(&mut self, number: i64, lookup: &Lookup) -> Result<Vec<Relation>, StoreError> {
        let query = "SELECT channel, state, at, source FROM relations WHERE subscriber = ?1 AND lookup = ?2";
        all(self.transaction, query, params![number, lookup.as_slice()], relation)
    }

    async fn relate(&mut self, number: i64, lookup: &Lookup, relation: &Relation) -> Result<(), StoreError> {
        let (channel, state, at) = (relation.channel.as_str(), relation.state.rank(), micros(relation.at));
        let values = params![number, channel, lookup.as_slice(), state, at, relation.source];
        self.run(include_str!("../queries/relation_put.sql"), values)
    }

    async fn move_relations(&mut self, from: (i64, &Lookup), to: (i64, &Lookup)) -> Result<(), StoreError> {
        let values = params![from.0, from.1.as_slice(), to.0, to.1.as_slice()];
        self.run(include_str!("../queries/relations_move.sql"), values)
    }

    async fn drop_relations(
        &mut self,
        number: i64,
        lookup: &Lookup,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let values = params![number, lookup.as_slice(), until.map_or(i64::MAX, micros)];
        self.run(include_str!("../queries/relations_drop.sql"), values)
    }

    async fn keep_since(&mut self, number: i64, since: DateTime<Utc>) -> Result<(), StoreError> {
        self.run(include_str!("../queries/subscriber_since.sql"), params![number, micros(since)])
    }

    async fn unlinked(&mut self, identity: &Identity) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query = include_str!("../queries/unlinked_get.sql");
        let at = |lookup: Lookup| one(self.transaction, query, [lookup.as_slice()], |row| row.get::<_, i64>(0));
        let mut latest = at(self.vault.index(identity))?;
        for older in self.vault.older_indexes(identity) {
            latest = latest.max(at(older)?);
        }
        latest.map(instant).transpose()
    }

    async fn unlink(&mut self, identity: &Identity, until: DateTime<Utc>) -> Result<(), StoreError> {
        let lookup = self.vault.index(identity);
        self.run(include_str!("../queries/unlinked_put.sql"), params![lookup.as_slice(), micros(until)])
    }

    async fn inherit(&mut self, from: i64, to: i64) -> Result<(), StoreError> {
        let later = "UPDATE subscribers SET child_until = nullif(max(coalesce(subscribers.child_until, ''), \
                     coalesce(other.child_until, '')), ''), gone_at = coalesce(max(subscribers.gone_at, other.gone_at), \
                     subscribers.gone_at, other.gone_at) \
                     FROM (SELECT child_until, gone_at FROM subscribers WHERE number = ?1) AS other WHERE number = ?2";
        self.run(later, params![from, to])
    }

    async fn drop_person(&mut self, number: i64, id: SubscriberId, erasure: &Erasure) -> Result<(), StoreError> {
        self.erased = true;
        let (topics, area) = self.topics_and_area(number)?;
        self.changes.wants(self.transaction, number, &topics, false)?;
        area.iter().try_for_each(|area| self.set(Of::Area(area), number, false))?;
        self.set(Of::All, number, false)?;
        self.set(Of::Text, number, false)?;
        let said = all(self.transaction, include_str!("../queries/consents_of.sql"), [number], consent)?;
        said.iter().try_for_each(|said| self.set(Of::Consent(said.purpose), number, false))?;
        let noted = all(self.transaction, include_str!("../queries/notes_of.sql"), [number], note)?;
        if !said.is_empty() || !noted.is_empty() {
            self.ledger.erase(id, number, erasure)?;
        }
        self.run(include_str!("../queries/relations_clear.sql"), [number])?;
        self.run(include_str!("../queries/subscriber_delete.sql"), [number])?;
        let id = id.as_uuid().into_bytes();
        self.run(include_str!("../queries/erased_insert.sql"), params![number, id.as_slice()])
    }
}

/// What is said of someone, as it is kept: `None` where nothing is.
struct Columns<'a> {
    area: Option<&'a str>,
    /// A JSON list.
    topics: Option<String>,
    language: Option<&'a str>,
    quiet: Option<String>,
    child_until: Option<String>,
}

impl<'a> Columns<'a> {
    fn of(new: &'a NewSubscriber) -> Self {
        Self {
            area: new.area.as_ref().map(sosik_core::AreaCode::as_str),
            topics: new.topics.as_ref().map(|topics| serde_json::to_string(topics).unwrap_or_default()),
            language: new.language.as_ref().map(sosik_core::Language::as_str),
            quiet: new.quiet.as_ref().map(ToString::to_string),
            child_until: new.child_until.as_ref().map(ToString::to_string),
        }
    }
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
        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?, row.get(4)?))
    })?;
    let Some((number, put_at, id, by_events, since)) = found else { return Ok(None) };
    let put_at = put_at.map(instant).transpose()?;
    let person = (number, SubscriberId::new(uuid(&id)?));
    Ok(Some(Holder::new(lookup, person, put_at, (by_events, instant(since)?))))
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
