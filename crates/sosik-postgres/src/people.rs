//! What is done with the rows of people; the rules are those of [`sosik_registry::rows`].

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use sosik_core::{AreaCode, Language};
use sosik_registry::rows::{Holder, Kept, Rows};
use sosik_registry::{
    ConsentEvent, Erasure, Identity, Lookup, NewSubscriber, Note, Relation, StoreError, SubscriberId, Vault,
};
use uuid::Uuid;

use crate::error::unreadable;
use crate::ledger::Ledger;
use crate::query::{Values, all, get, one, run};
use crate::rows::{consent, note, relation};

/// A transaction in which people change, with the ledger.
pub(crate) struct People<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) vault: &'a Vault,
    pub(crate) ledger: Ledger<'a>,
}

impl<'a> People<'a> {
    pub(crate) async fn open(transaction: &'a Transaction<'a>, vault: &'a Vault) -> Result<Self, StoreError> {
        Ok(Self { transaction, vault, ledger: Ledger::open(transaction, vault).await? })
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        self.ledger.close(self.transaction).await
    }

    /// The number for someone new.
    pub(crate) async fn next_number(&self) -> Result<i64, StoreError> {
        let next = "SELECT greatest((SELECT coalesce(max(number), 0) FROM subscribers), \
                    (SELECT coalesce(max(number), 0) FROM erased)) + 1";
        one(self.transaction, next, &[]).await?.map_or(Ok(1), |row| get(&row, 0))
    }

    async fn run(&self, sql: &str, values: Values<'_>) -> Result<(), StoreError> {
        run(self.transaction, sql, values).await.map(drop)
    }

    async fn set_phone(&self, number: i64, sealed: Option<&[u8]>, mobile: Option<bool>) -> Result<(), StoreError> {
        let set = "UPDATE subscribers SET phone = $2, mobile = $3 WHERE number = $1";
        self.run(set, &[&number, &sealed, &mobile]).await
    }
}

impl Rows for People<'_> {
    fn lookup(&self, identity: &Identity) -> Lookup {
        self.vault.index(identity)
    }

    async fn holder(&mut self, identity: &Identity) -> Result<Option<Holder>, StoreError> {
        holder(self.transaction, self.vault, identity).await
    }

    async fn insert(&mut self, id: SubscriberId, new: &NewSubscriber, kept: Kept) -> Result<i64, StoreError> {
        let number = self.next_number().await?;
        let insert = "INSERT INTO subscribers (number, id, area, topics, allows_text, language, quiet, child_until, \
                      by_events, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let columns = Columns::of(new);
        let topics = columns.topics.unwrap_or_default();
        let text = new.allows_text.unwrap_or(false);
        #[rustfmt::skip]
        let values: Values<'_> = &[
            &number, &id.as_uuid(), &columns.area, &topics, &text, &columns.language, &columns.quiet, &new.child_until,
            &kept.by_events, &kept.since,
        ];
        self.run(insert, values).await?;
        Ok(number)
    }

    async fn update(&mut self, holder: &Holder, new: &NewSubscriber, now: DateTime<Utc>) -> Result<(), StoreError> {
        let update = "UPDATE subscribers SET area = coalesce($2, area), topics = coalesce($3, topics), \
                      allows_text = coalesce($4, allows_text), language = coalesce($5, language), \
                      quiet = coalesce($6, quiet), child_until = coalesce($7, child_until), \
                      created_at = CASE WHEN by_events THEN $8 ELSE created_at END, by_events = FALSE WHERE number = $1";
        let Columns { area, topics, language, quiet } = Columns::of(new);
        #[rustfmt::skip]
        let values: Values<'_> =
            &[&holder.number, &area, &topics, &new.allows_text, &language, &quiet, &new.child_until, &now];
        self.run(update, values).await
    }

    async fn consents(&mut self, number: i64) -> Result<Vec<ConsentEvent>, StoreError> {
        let said = "SELECT purpose, granted, at, evidence, details FROM consents \
                    WHERE subscriber = $1 AND purpose <> 'erasure' AND purpose NOT LIKE 'asked-%' \
                    AND purpose NOT LIKE 'done-%' ORDER BY seq";
        all(self.transaction, said, &[&number]).await?.iter().map(consent).collect()
    }

    async fn say(&mut self, number: i64, id: SubscriberId, said: &ConsentEvent) -> Result<(), StoreError> {
        self.ledger.add(self.transaction, (id, number), said).await
    }

    async fn notes(&mut self, number: i64) -> Result<Vec<Note>, StoreError> {
        let noted = "SELECT purpose, at, evidence, details FROM consents \
                     WHERE subscriber = $1 AND (purpose LIKE 'asked-%' OR purpose LIKE 'done-%') ORDER BY seq";
        all(self.transaction, noted, &[&number]).await?.iter().map(note).collect()
    }

    async fn add_note(&mut self, number: i64, id: SubscriberId, note: &Note) -> Result<(), StoreError> {
        self.ledger.note(self.transaction, (id, number), note).await
    }

    async fn identities(&mut self, number: i64) -> Result<Vec<(Lookup, Identity)>, StoreError> {
        let person = one(self.transaction, "SELECT id, phone FROM subscribers WHERE number = $1", &[&number]).await?;
        let Some(person) = person else { return Ok(Vec::new()) };
        let id = get::<Uuid>(&person, 0)?.into_bytes();
        let open = |sealed: &[u8]| self.vault.open(sealed, &id).map_err(|error| unreadable("identity", error));
        let sealed = "SELECT lookup, sealed FROM identities WHERE subscriber = $1 AND sealed IS NOT NULL";
        let mut out = Vec::new();
        for row in all(self.transaction, sealed, &[&number]).await? {
            out.push((lookup(get(&row, 0)?)?, open(get(&row, 1)?)?));
        }
        if let Some(phone) = get::<Option<&[u8]>>(&person, 1)?.map(open).transpose()? {
            let holder = holder(self.transaction, self.vault, &phone).await?;
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
                self.set_phone(number, Some(&sealed), Some(phone.is_mobile())).await?;
                None
            }
            _ => Some(sealed),
        };
        let insert = "INSERT INTO identities (lookup, subscriber, put_at, sealed) VALUES ($1, $2, $3, $4)";
        self.run(insert, &[&lookup.as_slice(), &number, &put_at, &sealed]).await
    }

    async fn mark_put(&mut self, lookup: &Lookup, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.run("UPDATE identities SET put_at = $2 WHERE lookup = $1", &[&lookup.as_slice(), &at]).await
    }

    async fn take(&mut self, number: i64, lookup: &Lookup, identity: &Identity) -> Result<(), StoreError> {
        self.run("DELETE FROM identities WHERE lookup = $1", &[&lookup.as_slice()]).await?;
        if matches!(identity, Identity::Phone(_)) { self.set_phone(number, None, None).await } else { Ok(()) }
    }

    async fn relations(&mut self, number: i64, lookup: &Lookup) -> Result<Vec<Relation>, StoreError> {
        let query = "SELECT channel, state, at, source FROM relations WHERE subscriber = $1 AND lookup = $2";
        all(self.transaction, query, &[&number, &lookup.as_slice()]).await?.iter().map(relation).collect()
    }

    async fn relate(&mut self, number: i64, lookup: &Lookup, relation: &Relation) -> Result<(), StoreError> {
        let put = "INSERT INTO relations AS r (channel, subscriber, lookup, state, at, source) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, subscriber, lookup) DO UPDATE \
                   SET state = excluded.state, at = excluded.at, source = excluded.source \
                   WHERE (excluded.at, excluded.state, excluded.source) > (r.at, r.state, r.source)";
        let (channel, state) = (relation.channel.as_str(), i16::from(relation.state.rank()));
        let values: Values<'_> = &[&channel, &number, &lookup.as_slice(), &state, &relation.at, &relation.source];
        self.run(put, values).await
    }

    async fn move_relations(&mut self, from: (i64, &Lookup), to: (i64, &Lookup)) -> Result<(), StoreError> {
        let moved = "UPDATE relations SET subscriber = $3, lookup = $4 WHERE subscriber = $1 AND lookup = $2";
        self.run(moved, &[&from.0, &from.1.as_slice(), &to.0, &to.1.as_slice()]).await
    }

    async fn drop_relations(
        &mut self,
        number: i64,
        lookup: &Lookup,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let dropped =
            "DELETE FROM relations WHERE subscriber = $1 AND lookup = $2 AND ($3::timestamptz IS NULL OR at <= $3)";
        self.run(dropped, &[&number, &lookup.as_slice(), &until]).await
    }

    async fn keep_since(&mut self, number: i64, since: DateTime<Utc>) -> Result<(), StoreError> {
        self.run("UPDATE subscribers SET created_at = $2 WHERE number = $1", &[&number, &since]).await
    }

    async fn unlinked(&mut self, identity: &Identity) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut lookups = vec![self.vault.index(identity).to_vec()];
        lookups.extend(self.vault.older_indexes(identity).map(Vec::from));
        let latest = one(self.transaction, "SELECT max(at) FROM unlinked WHERE lookup = ANY($1)", &[&lookups]).await?;
        latest.map_or(Ok(None), |row| get(&row, 0))
    }

    async fn unlink(&mut self, identity: &Identity, until: DateTime<Utc>) -> Result<(), StoreError> {
        let put = "INSERT INTO unlinked (lookup, at) VALUES ($1, $2) ON CONFLICT (lookup) DO UPDATE SET at = excluded.at \
                   WHERE excluded.at > unlinked.at";
        self.run(put, &[&self.vault.index(identity).as_slice(), &until]).await
    }

    async fn inherit(&mut self, from: i64, to: i64) -> Result<(), StoreError> {
        let later = "UPDATE subscribers AS s SET child_until = greatest(s.child_until, other.child_until), \
                     gone_at = greatest(s.gone_at, other.gone_at) \
                     FROM subscribers AS other WHERE other.number = $1 AND s.number = $2";
        self.run(later, &[&from, &to]).await
    }

    async fn drop_person(&mut self, number: i64, id: SubscriberId, erasure: &Erasure) -> Result<(), StoreError> {
        let said = one(self.transaction, "SELECT 1 FROM consents WHERE subscriber = $1 LIMIT 1", &[&number]).await?;
        if said.is_some() {
            self.ledger.erase(self.transaction, (id, number), erasure).await?;
        }
        self.run("DELETE FROM relations WHERE subscriber = $1", &[&number]).await?;
        self.run("DELETE FROM subscribers WHERE number = $1", &[&number]).await?;
        self.run("INSERT INTO erased (number, id) VALUES ($1, $2)", &[&number, &id.as_uuid()]).await
    }
}

/// What is said of someone, as it is kept: `None` where nothing is.
pub(crate) struct Columns<'a> {
    pub(crate) area: Option<&'a str>,
    pub(crate) topics: Option<Vec<&'a str>>,
    pub(crate) language: Option<&'a str>,
    pub(crate) quiet: Option<String>,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(new: &'a NewSubscriber) -> Self {
        Self {
            area: new.area.as_ref().map(AreaCode::as_str),
            topics: new.topics.as_ref().map(|topics| topics.iter().map(String::as_str).collect()),
            language: new.language.as_ref().map(Language::as_str),
            quiet: new.quiet.as_ref().map(ToString::to_string),
        }
    }
}

pub(crate) fn lookup(bytes: &[u8]) -> Result<Lookup, StoreError> {
    bytes.try_into().map_err(|error| unreadable("index", error))
}

/// Who has an identity, by the current key or an older one.
pub(crate) async fn holder(
    transaction: &Transaction<'_>,
    vault: &Vault,
    identity: &Identity,
) -> Result<Option<Holder>, StoreError> {
    let mut lookups = vec![vault.index(identity).to_vec()];
    lookups.extend(vault.older_indexes(identity).map(Vec::from));
    let query = "SELECT i.lookup, i.subscriber, s.id, i.put_at, s.by_events, s.created_at \
                 FROM identities AS i JOIN subscribers AS s ON s.number = i.subscriber WHERE i.lookup = ANY($1)";
    let Some(row) = one(transaction, query, &[&lookups]).await? else { return Ok(None) };
    let person = (get(&row, 1)?, SubscriberId::new(get(&row, 2)?));
    let kept = (get(&row, 4)?, get(&row, 5)?);
    Ok(Some(Holder::new(lookup(get(&row, 0)?)?, person, get(&row, 3)?, kept)))
}
