//! For whoever writes a store on a database: the rules of who is who, over the few things that are done with rows.
//!
//! A database crate implements [`Rows`] on a transaction, and calls [`put`], [`apply`] and [`erase`]; the rules are those of
//! [`SubscriberStore`](crate::SubscriberStore), 1, 9 and 10. [`MemorySubscriberStore`](crate::MemorySubscriberStore) does
//! not use them, so that each can be held against the other.

use chrono::{DateTime, Utc};

use crate::{
    ConsentEvent, Erasure, Event, Identity, Lookup, NewSubscriber, Note, Put, Relation, StoreError, SubscriberId,
};

/// What a database does with rows, within one transaction. A person has a number there, which is never another's.
#[expect(async_fn_in_trait, reason = "whether a database's futures can be sent is its own to say")]
pub trait Rows {
    /// The keyed hash under which an identity is kept.
    fn lookup(&self, identity: &Identity) -> Lookup;

    /// Who has an identity, be it under an older key.
    async fn holder(&mut self, identity: &Identity) -> Result<Option<Holder>, StoreError>;

    /// Keeps someone without identities and without what they said, and gives their number.
    async fn insert(&mut self, id: SubscriberId, new: &NewSubscriber, kept: Kept) -> Result<i64, StoreError>;

    /// Brings in what is newly said of someone beside identities and consents. Whoever was known by events alone is kept
    /// since `now`, and no longer so.
    async fn update(&mut self, holder: &Holder, new: &NewSubscriber, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// What someone said, in its order.
    async fn consents(&mut self, number: i64) -> Result<Vec<ConsentEvent>, StoreError>;

    /// Adds what someone said, and had not said.
    async fn say(&mut self, number: i64, id: SubscriberId, said: &ConsentEvent) -> Result<(), StoreError>;

    /// What was noted of someone, in its order.
    async fn notes(&mut self, number: i64) -> Result<Vec<Note>, StoreError>;

    /// Notes something of someone, which was not noted.
    async fn add_note(&mut self, number: i64, id: SubscriberId, note: &Note) -> Result<(), StoreError>;

    /// Someone's identities, with the hashes under which they are kept.
    async fn identities(&mut self, number: i64) -> Result<Vec<(Lookup, Identity)>, StoreError>;

    /// Gives someone an identity that is no one's; `put_at` is `None` where it is known by events alone.
    async fn give(
        &mut self,
        number: i64,
        id: SubscriberId,
        identity: &Identity,
        put_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Notes that an identity was put.
    async fn mark_put(&mut self, lookup: &Lookup, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Takes an identity from someone.
    async fn take(&mut self, number: i64, lookup: &Lookup, identity: &Identity) -> Result<(), StoreError>;

    /// How someone stands to channels by one identity.
    async fn relations(&mut self, number: i64, lookup: &Lookup) -> Result<Vec<Relation>, StoreError>;

    /// Keeps a relation, unless a later one is there.
    async fn relate(&mut self, number: i64, lookup: &Lookup, relation: &Relation) -> Result<(), StoreError>;

    /// Makes what was told by one identity that of another, or of someone else.
    async fn move_relations(&mut self, from: (i64, &Lookup), to: (i64, &Lookup)) -> Result<(), StoreError>;

    /// Drops what was told by an identity up to an instant, or all of it.
    async fn drop_relations(
        &mut self,
        number: i64,
        lookup: &Lookup,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Changes since when someone is kept.
    async fn keep_since(&mut self, number: i64, since: DateTime<Utc>) -> Result<(), StoreError>;

    /// Until when nothing counts that was told of an identity, be it noted under an older key.
    async fn unlinked(&mut self, identity: &Identity) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Notes until when nothing counts that was told of an identity.
    async fn unlink(&mut self, identity: &Identity, until: DateTime<Utc>) -> Result<(), StoreError>;

    /// Gives someone what is the more careful of what is known of two who are one: until when they are a child, and when the
    /// channel no longer reached them.
    async fn inherit(&mut self, from: i64, to: i64) -> Result<(), StoreError>;

    /// Drops someone's row, who has no identity left; where they said something, the ledger notes it and the evidence goes.
    async fn drop_person(&mut self, number: i64, id: SubscriberId, erasure: &Erasure) -> Result<(), StoreError>;
}

/// How someone new is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether nobody put them: they are known by events alone.
    pub by_events: bool,
}

/// Who has an identity.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Holder {
    /// The hash under which it is kept, which may be one of an older key.
    pub lookup: Lookup,
    /// Their number in the database.
    pub number: i64,
    /// Their id.
    pub id: SubscriberId,
    /// Since when they have it, where someone put it.
    pub put_at: Option<DateTime<Utc>>,
    /// Whether they are known by events alone.
    pub by_events: bool,
    /// Since when they are kept.
    pub since: DateTime<Utc>,
}

impl Holder {
    /// Someone who has an identity.
    #[must_use]
    pub fn new(
        lookup: Lookup,
        (number, id): (i64, SubscriberId),
        put_at: Option<DateTime<Utc>>,
        (by_events, since): (bool, DateTime<Utc>),
    ) -> Self {
        Self { lookup, number, id, put_at, by_events, since }
    }
}

/// Keeps one person, whoever they are.
///
/// # Errors
///
/// [`StoreError`] of the rows.
pub async fn put(
    rows: &mut impl Rows,
    new: &NewSubscriber,
    now: DateTime<Utc>,
    new_id: impl Fn() -> SubscriberId,
) -> Result<Put, StoreError> {
    let mut holders = Vec::with_capacity(new.identities().len());
    for identity in new.identities() {
        holders.push(rows.holder(identity).await?);
    }
    let Some(known) = holders.iter().flatten().next().cloned() else {
        let id = new_id();
        let number = rows.insert(id, new, Kept { since: now, by_events: false }).await?;
        for identity in new.identities() {
            rows.give(number, id, identity, Some(now)).await?;
        }
        say(rows, number, id, &new.consents).await?;
        return Ok(Put::Added(id));
    };
    rows.update(&known, new, now).await?;
    say(rows, known.number, known.id, &new.consents).await?;
    for (identity, holder) in new.identities().iter().zip(holders) {
        match holder {
            Some(holder) if holder.number == known.number => {
                if holder.put_at.is_none() {
                    rows.mark_put(&holder.lookup, now).await?;
                }
            }
            other => {
                // What it is in the place of is no one's.
                for (lookup, old) in rows.identities(known.number).await? {
                    if identity.replaces(&old) {
                        drop_identity(rows, known.number, &lookup, &old).await?;
                    }
                }
                match other {
                    Some(other) => join(rows, &other, identity, &known, now).await?,
                    None => rows.give(known.number, known.id, identity, Some(now)).await?,
                }
            }
        }
    }
    Ok(Put::Updated(known.id))
}

/// Adds what someone says, unless they said it already.
///
/// # Errors
///
/// [`StoreError`] of the rows.
pub async fn say(rows: &mut impl Rows, number: i64, id: SubscriberId, said: &[ConsentEvent]) -> Result<(), StoreError> {
    if said.is_empty() {
        return Ok(());
    }
    let mut known = rows.consents(number).await?;
    for said in said {
        if !known.iter().any(|known| is_same(known, said)) {
            rows.say(number, id, said).await?;
            known.push(said.clone());
        }
    }
    Ok(())
}

/// Notes something of someone, unless it was noted already.
///
/// # Errors
///
/// [`StoreError`] of the rows.
pub async fn note(rows: &mut impl Rows, number: i64, id: SubscriberId, note: &Note) -> Result<(), StoreError> {
    let whole = |at: DateTime<Utc>| at.timestamp_micros();
    let is_same = |known: &Note| {
        (known.kind, whole(known.at), known.about.map(whole), &known.evidence)
            == (note.kind, whole(note.at), note.about.map(whole), &note.evidence)
    };
    if rows.notes(number).await?.iter().any(is_same) {
        return Ok(());
    }
    rows.add_note(number, id, note).await
}

/// Whether two say the same, to the microsecond in which databases keep it.
#[must_use]
pub fn is_same(a: &ConsentEvent, b: &ConsentEvent) -> bool {
    let at = |said: &ConsentEvent| said.at.timestamp_micros();
    at(a) == at(b) && *a == ConsentEvent { at: a.at, ..b.clone() }
}

/// Makes an identity, with what was told by it, someone's whose it was not. Where it was the other's last, they are one
/// person.
async fn join(
    rows: &mut impl Rows,
    other: &Holder,
    identity: &Identity,
    known: &Holder,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    rows.take(other.number, &other.lookup, identity).await?;
    rows.give(known.number, known.id, identity, Some(now)).await?;
    let lookup = rows.lookup(identity);
    rows.move_relations((other.number, &other.lookup), (known.number, &lookup)).await?;
    if rows.identities(other.number).await?.is_empty() {
        let said = rows.consents(other.number).await?;
        say(rows, known.number, known.id, &said).await?;
        for noted in rows.notes(other.number).await? {
            note(rows, known.number, known.id, &noted).await?;
        }
        rows.inherit(other.number, known.number).await?;
        rows.drop_person(other.number, other.id, &Erasure::new(now, "joined to another")).await?;
    }
    Ok(())
}

async fn drop_identity(
    rows: &mut impl Rows,
    number: i64,
    lookup: &Lookup,
    identity: &Identity,
) -> Result<(), StoreError> {
    rows.take(number, lookup, identity).await?;
    rows.drop_relations(number, lookup, None).await
}

/// Erases someone.
///
/// # Errors
///
/// [`StoreError`] of the rows.
pub async fn erase(rows: &mut impl Rows, number: i64, id: SubscriberId, erasure: &Erasure) -> Result<(), StoreError> {
    for (lookup, identity) in rows.identities(number).await? {
        drop_identity(rows, number, &lookup, &identity).await?;
        unlink_until(rows, &identity, erasure.at).await?;
    }
    rows.drop_person(number, id, erasure).await
}

/// Notes that what was told of an id up to an instant no longer counts; whether that was not noted yet.
async fn unlink_until(rows: &mut impl Rows, identity: &Identity, at: DateTime<Utc>) -> Result<bool, StoreError> {
    if !identity.is_of_kakao() || rows.unlinked(identity).await?.is_some_and(|before| before >= at) {
        return Ok(false);
    }
    rows.unlink(identity, at).await?;
    Ok(true)
}

/// Takes in what was told of someone.
///
/// # Errors
///
/// [`StoreError`] of the rows.
pub async fn apply(rows: &mut impl Rows, event: &Event, new_id: impl Fn() -> SubscriberId) -> Result<(), StoreError> {
    if !event.who().is_of_kakao() {
        return Ok(());
    }
    match event {
        Event::Related { who, relation } => {
            if rows.unlinked(who).await?.is_some_and(|until| until >= relation.at) {
                return Ok(());
            }
            let (number, lookup) = match rows.holder(who).await? {
                Some(holder) => {
                    if holder.by_events && relation.at < holder.since {
                        rows.keep_since(holder.number, relation.at).await?;
                    }
                    (holder.number, holder.lookup)
                }
                None => (begin(rows, who, relation.at, new_id()).await?, rows.lookup(who)),
            };
            rows.relate(number, &lookup, relation).await
        }
        Event::Unlinked { who, at } => {
            if unlink_until(rows, who, *at).await? {
                unlink(rows, who, *at, new_id).await
            } else {
                Ok(())
            }
        }
    }
}

async fn unlink(
    rows: &mut impl Rows,
    who: &Identity,
    at: DateTime<Utc>,
    new_id: impl Fn() -> SubscriberId,
) -> Result<(), StoreError> {
    let Some(holder) = rows.holder(who).await? else { return Ok(()) };
    rows.drop_relations(holder.number, &holder.lookup, Some(at)).await?;
    if holder.put_at.is_some_and(|put| put > at) {
        return Ok(());
    }
    let later = rows.relations(holder.number, &holder.lookup).await?;
    let first = later.iter().map(|relation| relation.at).min();
    if let (None, Some(first)) = (holder.put_at, first) {
        return rows.keep_since(holder.number, first).await;
    }
    drop_identity(rows, holder.number, &holder.lookup, who).await?;
    if rows.identities(holder.number).await?.is_empty() {
        rows.drop_person(holder.number, holder.id, &Erasure::new(at, "unlinked")).await?;
    }
    // What was told later is of someone of whom nothing else is known.
    if let Some(first) = first {
        let number = begin(rows, who, first, new_id()).await?;
        let lookup = rows.lookup(who);
        for relation in &later {
            rows.relate(number, &lookup, relation).await?;
        }
    }
    Ok(())
}

/// Keeps someone of whom no more than an id is known.
async fn begin(
    rows: &mut impl Rows,
    who: &Identity,
    since: DateTime<Utc>,
    id: SubscriberId,
) -> Result<i64, StoreError> {
    let new = NewSubscriber::known_by(who.clone());
    let number = rows.insert(id, &new, Kept { since, by_events: true }).await?;
    rows.give(number, id, who, None).await?;
    Ok(number)
}
