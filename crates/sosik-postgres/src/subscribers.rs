use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use deadpool_postgres::Transaction;
use sosik_core::uuid_v7;
use sosik_registry::rows;
use sosik_registry::{
    Address, AudienceRequest, ConsentEvent, Erasure, Event, FrozenAudience, Gathering, Identity, LedgerReport, Need,
    NewSubscriber, Note, Page, Put, QuietHours, Reach, Relation, Segment, StoreError, Subscriber, SubscriberId,
    SubscriberStore, Vault, is_to_be_destroyed,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::database;
use crate::people::{People, holder};
use crate::put::put;
use crate::query::{all, get, one, run};
use crate::reseal::{led, reseal};
use crate::rows::{PERSON, quiet_hours, relation, said, whole};
use crate::segments::Condition;
use crate::store::{PostgresStore, reading, writing};
use crate::{events, ledger};

/// How many people are gone through at once.
const STEP: usize = 20_000;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for PostgresStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let put = put(&transaction, (&vault, &self.entropy), people, now).await?;
        transaction.commit().await.map_err(database)?;
        Ok(put)
    }

    async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let mut people = People::open(&transaction, &vault).await?;
        events::apply(&mut people, events, || SubscriberId::new(uuid_v7(now, &self.entropy))).await?;
        people.close().await?;
        transaction.commit().await.map_err(database)
    }

    async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let Some(holder) = holder(&transaction, &vault, identity).await? else { return Ok(None) };
        let query = format!("SELECT {PERSON} FROM subscribers AS s WHERE s.number = $1");
        let rows = all(&transaction, &query, &[&holder.number]).await?;
        Ok(whole(&transaction, &vault, &rows).await?.pop())
    }

    async fn count(&self) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let count = one(&transaction, "SELECT count(*) FROM subscribers", &[]).await?;
        counted(count.as_ref())
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let Some(number) = number(&transaction, id).await? else { return Ok(false) };
        let mut people = People::open(&transaction, &vault).await?;
        rows::say(&mut people, number, id, std::slice::from_ref(event)).await?;
        people.close().await?;
        transaction.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let Some(number) = number(&transaction, id).await? else { return Ok(false) };
        let mut people = People::open(&transaction, &vault).await?;
        rows::note(&mut people, number, id, note).await?;
        people.close().await?;
        transaction.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let mut gathering = Gathering::new(request);
        let mut after = None;
        loop {
            let step = reaches(&transaction, request, after, STEP).await?;
            for reached in &step {
                gathering.sort(&reached.reach(), reached.relation.as_ref());
            }
            match step.last().filter(|_| step.len() == STEP) {
                Some(last) => after = Some(last.id),
                None => return Ok(gathering.frozen()),
            }
        }
    }

    async fn members(
        &self,
        request: &AudienceRequest,
        mut after: Option<SubscriberId>,
        limit: usize,
    ) -> Result<FrozenAudience, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let mut page = Gathering::new(request);
        let step = limit.clamp(1, STEP);
        while page.len() < limit {
            let reached = reaches(&transaction, request, after, step).await?;
            for reached in &reached {
                if page.len() < limit {
                    page.sort(&reached.reach(), reached.relation.as_ref());
                }
            }
            match reached.last().filter(|_| reached.len() == step) {
                Some(last) => after = Some(last.id),
                None => break,
            }
        }
        Ok(page.frozen())
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let condition = Condition::of(segment, at, Vec::new())?;
        let query = format!("SELECT count(*) FROM subscribers AS s WHERE {}", condition.sql);
        let count = transaction.query_one(&query, &condition.values()).await.map_err(database)?;
        counted(Some(&count))
    }

    async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let rows = after(&transaction, PERSON, (&page.segment, page.at), page.after, page.limit).await?;
        whole(&transaction, &vault, &rows).await
    }

    async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let people = by_id(&transaction, &vault, ids).await?;
        let people: std::collections::HashMap<SubscriberId, &Subscriber> =
            people.iter().map(|person| (person.id, person)).collect();
        Ok(ids.iter().map(|id| Address::of(*id, people.get(id).copied(), need)).collect())
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        ledger::verify(&transaction, &vault).await
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let gone = "UPDATE subscribers SET gone_at = greatest(gone_at, $2) WHERE id = ANY($1)";
        run(&transaction, gone, &[&ids, &at]).await?;
        transaction.commit().await.map_err(database)
    }

    async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let Some(number) = number(&transaction, id).await? else { return Ok(false) };
        let mut people = People::open(&transaction, &vault).await?;
        rows::erase(&mut people, number, id, erasure).await?;
        people.close().await?;
        transaction.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn destroy(&self, ids: &[SubscriberId], until: NaiveDate, erasure: &Erasure) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let asked = by_id(&transaction, &vault, ids).await?;
        let mut people = People::open(&transaction, &vault).await?;
        let mut erased = 0;
        for person in asked.iter().filter(|person| is_to_be_destroyed(person, until, erasure.at)) {
            if let Some(number) = number(&transaction, person.id).await? {
                rows::erase(&mut people, number, person.id, erasure).await?;
                erased += 1;
            }
        }
        people.close().await?;
        transaction.commit().await.map_err(database)?;
        Ok(erased)
    }

    async fn reseal(&self, limit: usize) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        let left = reseal(&transaction, &self.vault, limit).await?;
        transaction.commit().await.map_err(database)?;
        Ok(left)
    }
}

/// Those of these people who are known.
async fn by_id(
    transaction: &Transaction<'_>,
    vault: &Vault,
    ids: &[SubscriberId],
) -> Result<Vec<Subscriber>, StoreError> {
    let query = format!("SELECT {PERSON} FROM subscribers AS s WHERE s.id = ANY($1)");
    let asked: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let rows = all(transaction, &query, &[&asked]).await?;
    whole(transaction, vault, &rows).await
}

fn counted(row: Option<&Row>) -> Result<u64, StoreError> {
    let count: i64 = row.map(|row| get(row, 0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn number(transaction: &Transaction<'_>, id: SubscriberId) -> Result<Option<i64>, StoreError> {
    let row = one(transaction, "SELECT number FROM subscribers WHERE id = $1", &[&id.as_uuid()]).await?;
    row.map(|row| get(&row, 0)).transpose()
}

/// At most so many people of a segment by ascending id, after someone.
async fn after(
    transaction: &Transaction<'_>,
    columns: &str,
    (segment, at): (&Segment, DateTime<Utc>),
    after: Option<SubscriberId>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let after = after.map(SubscriberId::as_uuid);
    let condition = Condition::of(segment, at, vec![Box::new(after), Box::new(limit)])?;
    let query = format!(
        "SELECT {columns} FROM subscribers AS s WHERE ($1::uuid IS NULL OR s.id > $1) AND {} ORDER BY s.id LIMIT $2",
        condition.sql
    );
    transaction.query(&query, &condition.values()).await.map_err(database)
}

/// What decides whether someone may be sent to.
struct Reached {
    id: SubscriberId,
    mobile: Option<bool>,
    allows_text: bool,
    quiet: Option<QuietHours>,
    child_until: Option<NaiveDate>,
    gone: Option<DateTime<Utc>>,
    consents: Vec<ConsentEvent>,
    /// How they stand to the channel of the need.
    relation: Option<Relation>,
}

impl Reached {
    fn reach(&self) -> Reach<'_> {
        let mut reach = Reach::new(self.id, &self.consents);
        (reach.mobile, reach.allows_text, reach.child_until, reach.gone) =
            (self.mobile, self.allows_text, self.child_until, self.gone);
        reach.quiet = self.quiet;
        reach
    }
}

/// What decides whether at most so many people of a request may be sent to: nothing of who they are is opened.
async fn reaches(
    transaction: &Transaction<'_>,
    request: &AudienceRequest,
    from: Option<SubscriberId>,
    limit: usize,
) -> Result<Vec<Reached>, StoreError> {
    let need = &request.need;
    let columns = "s.number, s.id, s.mobile, s.allows_text, s.child_until, s.gone_at, s.quiet";
    let rows = after(transaction, columns, (&request.segment, need.at), from, limit).await?;
    let numbers = rows.iter().map(|row| get::<i64>(row, 0)).collect::<Result<Vec<_>, _>>()?;
    let mut places = std::collections::HashMap::with_capacity(numbers.len());
    let mut out = Vec::with_capacity(rows.len());
    for (row, number) in rows.iter().zip(&numbers) {
        places.insert(*number, out.len());
        out.push(Reached {
            id: SubscriberId::new(get(row, 1)?),
            mobile: get(row, 2)?,
            allows_text: get(row, 3)?,
            child_until: get(row, 4)?,
            gone: get(row, 5)?,
            quiet: quiet_hours(row, 6)?,
            consents: Vec::new(),
            relation: None,
        });
    }
    // Without the evidence, which says nothing about whether.
    let consents = "SELECT subscriber, purpose, granted, at, details FROM consents \
                    WHERE subscriber = ANY($1) AND purpose <> 'erasure' AND purpose NOT LIKE 'asked-%' \
                    AND purpose NOT LIKE 'done-%'";
    for row in all(transaction, consents, &[&numbers]).await? {
        if let Some(at) = places.get(&get::<i64>(&row, 0)?) {
            out[*at].consents.push(said(&row, 1, String::new(), 4)?);
        }
    }
    if let Some(channel) = &need.channel {
        let told = "SELECT channel, state, at, source, subscriber FROM relations \
                    WHERE channel = $1 AND subscriber = ANY($2)";
        for row in all(transaction, told, &[&channel.as_str(), &numbers]).await? {
            if let Some(at) = places.get(&get::<i64>(&row, 4)?) {
                let (told, known) = (relation(&row)?, &mut out[*at].relation);
                if known.as_ref().is_none_or(|known| told.is_later_than(known)) {
                    *known = Some(told);
                }
            }
        }
    }
    Ok(out)
}
