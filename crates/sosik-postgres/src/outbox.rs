//! The outbox: campaigns, and batches that many workers take from one another's way (`FOR UPDATE SKIP LOCKED`).

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use sosik_core::ChannelId;
use sosik_delivery::stored::{self, BatchColumns, CampaignColumns, recipients_to_bytes, standing, suppressed_to_json};
use sosik_delivery::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, CampaignState, Change, Claim, Claimed, Deed,
    Evidence, Outbox, OutboxError, PlannedCampaign, Presence, Sealed, Tally, Ticket, Transition,
};
use sosik_registry::{StoreError, SubscriberId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::{database, unreadable};
use crate::query::{Values, all, get, one, run};
use crate::store::PostgresStore;

/// Which batches workers have something to do for: `b` of campaigns `c`.
const OPEN: &str = "b.state IN ('in-doubt', 'ready', 'taken') \
                    AND (c.state IN ('cancelled', 'expired', 'planned', 'sending', 'settled') \
                         OR c.state = 'paused' AND b.state = 'taken')";

/// The columns that [`batch`] reads, of `batches AS b` and `batch_people AS p`.
const COLUMNS: &str = "b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, \
                       b.first_sent, b.note, b.send_by, b.handle, b.token, b.urgent";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Outbox for PostgresStore {
    async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let is_new = insert_campaign(&transaction, campaign).await?;
        let kept = if is_new { Some(campaign.clone()) } else { load_campaign(&transaction, campaign.id).await? };
        transaction.commit().await.map_err(database)?;
        let kept = kept.ok_or_else(|| OutboxError::no_campaign(campaign.id))?;
        Ok(PlannedCampaign::new(kept, !is_new))
    }

    async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
        let mut client = self.client().await?;
        let within = client.transaction().await.map_err(database)?;
        let state = take(&within, id, transition).await?;
        within.commit().await.map_err(database)?;
        Ok(state)
    }

    async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let mut known = locked(&transaction, id).await?.evidence;
        known.take(evidence);
        let update = "UPDATE campaigns SET evidence = $2, watched = $3 WHERE id = $1";
        run(&transaction, update, &[&id.as_uuid(), &stored::evidence_to_json(&known), &known.is_open()]).await?;
        transaction.commit().await.map_err(database)?;
        Ok(known)
    }

    async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        // Locked in one order, so that of two that begin at once one waits for the other.
        let siblings = "SELECT other.id, other.planning IS NOT NULL FROM campaigns AS c \
                        JOIN campaigns AS other ON other.slot = c.slot AND other.edition = c.edition \
                        WHERE c.id = $1 ORDER BY other.id FOR UPDATE OF other";
        for row in all(&transaction, siblings, &[&id.as_uuid()]).await? {
            let (other, is_planned) = (CampaignId::from_uuid(get::<Uuid>(&row, 0)?), get::<bool>(&row, 1)?);
            if is_planned {
                unplan(&transaction, other).await?;
                run(&transaction, "UPDATE campaigns SET planning = NULL WHERE id = $1", &[&other.as_uuid()]).await?;
            }
        }
        let campaign = load_campaign(&transaction, id).await?.ok_or_else(|| OutboxError::no_campaign(id))?;
        campaign.history.may(Deed::Plan).map_err(|why| OutboxError::transition(id, why))?;
        let raise = "UPDATE campaigns SET planning = nextval('fence') WHERE id = $1 RETURNING planning";
        let token = one(&transaction, raise, &[&id.as_uuid()]).await?.map(|row| get::<i64>(&row, 0)).transpose()?;
        transaction.commit().await.map_err(database)?;
        number(token.unwrap_or(0))
    }

    async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        planning(&transaction, id, token).await?;
        for batch in batches {
            insert_batch(&transaction, batch).await?;
        }
        transaction.commit().await.map_err(database)?;
        Ok(())
    }

    async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        planning(&transaction, id, token).await?;
        take(&transaction, id, &sealed.transition).await?;
        let update = "UPDATE campaigns SET audience = $2, suppressed = $3, planning = NULL WHERE id = $1";
        let audience = i64::try_from(sealed.audience).unwrap_or(i64::MAX);
        run(&transaction, update, &[&id.as_uuid(), &audience, &suppressed_to_json(&sealed.suppressed)]).await?;
        let campaign = load_campaign(&transaction, id).await?.ok_or_else(|| OutboxError::no_campaign(id))?;
        transaction.commit().await.map_err(database)?;
        Ok(campaign)
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError> {
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        Ok(load_campaign(&transaction, id).await?)
    }

    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError> {
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        Ok(load_batch(&transaction, id, "").await?.map(|(batch, _)| batch))
    }

    async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError> {
        // What another worker is just claiming is passed over, and not waited for.
        let sql = |which: &str| {
            format!(
                "WITH next AS ( \
                     SELECT b.campaign, b.number FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign \
                     JOIN batch_people AS p ON p.campaign = b.campaign AND p.number = b.number \
                     WHERE {OPEN} AND b.due <= $1 AND (b.worker IS NULL OR b.worker = $2 OR b.lease_until <= $1) AND {which} \
                     ORDER BY b.due, b.campaign, b.number LIMIT 1 FOR UPDATE OF b SKIP LOCKED \
                 ) \
                 UPDATE batches AS b SET worker = $2, lease_until = $3, token = nextval('fence') \
                 FROM next JOIN batch_people AS p USING (campaign, number) \
                 WHERE b.campaign = next.campaign AND b.number = next.number RETURNING {COLUMNS}"
            )
        };
        let until = claim.now.checked_add_signed(claim.lease).unwrap_or(claim.now);
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let row = if let Some(BatchId { campaign, number, .. }) = claim.only {
            let (campaign, number) = (campaign.as_uuid(), i64::from(number));
            let values: Values<'_> = &[&claim.now, &claim.worker, &until, &campaign, &number];
            one(&transaction, &sql("b.campaign = $4 AND b.number = $5"), values).await?
        } else {
            let values: Values<'_> = &[&claim.now, &claim.worker, &until];
            match one(&transaction, &sql("b.urgent"), values).await? {
                Some(urgent) => Some(urgent),
                None => one(&transaction, &sql("NOT b.urgent"), values).await?,
            }
        };
        let claimed = row.as_ref().map(batch).transpose()?;
        transaction.commit().await.map_err(database)?;
        Ok(claimed.map(|(batch, token)| Claimed::new(batch, token)))
    }

    async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError> {
        let sql = |urgent: &str| {
            format!(
                "SELECT b.campaign, b.number, c.channel, b.urgent, b.due, b.attempts \
                 FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign \
                 WHERE {urgent} AND {OPEN} AND b.due <= $1 AND (b.worker IS NULL OR b.lease_until <= $1) \
                 ORDER BY b.due, b.campaign, b.number LIMIT $2"
            )
        };
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let mut waiting = Vec::new();
        for urgent in ["b.urgent", "NOT b.urgent"] {
            let left = i64::try_from(limit - waiting.len()).unwrap_or(i64::MAX);
            for row in all(&transaction, &sql(urgent), &[&now, &left]).await? {
                waiting.push(ticket(&row)?);
            }
        }
        Ok(waiting)
    }

    async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let kept = load_batch(&transaction, update.id, "FOR UPDATE OF b").await?;
        let Some((mut batch, _)) = kept.filter(|(_, token)| *token == update.token) else {
            return Err(OutboxError::lease_lost(update.id));
        };
        update.apply(&mut batch);
        save(&transaction, &batch).await?;
        if update.release {
            let release = "UPDATE batches SET worker = NULL, lease_until = NULL WHERE campaign = $1 AND number = $2";
            run(&transaction, release, &[&batch.id.campaign.as_uuid(), &i64::from(batch.id.number)]).await?;
        }
        transaction.commit().await.map_err(database)?;
        Ok(())
    }

    async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let Some((mut batch, _)) = load_batch(&transaction, batch, "FOR UPDATE OF b").await? else { return Ok(0) };
        let forward = changes.iter().filter(|change| batch.outcomes.apply(change)).count();
        if batch.outcomes.are_final() {
            batch.state = BatchState::Settled;
        }
        save(&transaction, &batch).await?;
        transaction.commit().await.map_err(database)?;
        Ok(forward)
    }

    async fn reopen(&self, batch: BatchId, send_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, OutboxError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let Some((mut batch, _)) = load_batch(&transaction, batch, "FOR UPDATE OF b").await? else { return Ok(false) };
        let reopened = batch.reopen(send_by, now);
        if reopened {
            save(&transaction, &batch).await?;
        }
        transaction.commit().await.map_err(database)?;
        Ok(reopened)
    }

    async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM batches AS b JOIN batch_people AS p USING (campaign, number) \
             WHERE b.state = 'held' AND b.state <> 'settled' ORDER BY b.campaign, b.number LIMIT $1"
        );
        self.batches(&sql, &[&i64::try_from(limit).unwrap_or(i64::MAX)]).await
    }

    async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM batches AS b JOIN batch_people AS p USING (campaign, number) \
             WHERE b.campaign = $1 AND position($2 IN p.recipients) > 0 ORDER BY b.number"
        );
        let found = self.batches(&sql, &[&id.as_uuid(), &&person.as_uuid().as_bytes()[..]]).await?;
        Ok(found.into_iter().find_map(|batch| batch.with_place_of(person)))
    }

    async fn presences(&self, people: &[SubscriberId], since: DateTime<Utc>) -> Result<Vec<Presence>, OutboxError> {
        let Some((low, high)) = stored::span(people) else { return Ok(Vec::new()) };
        let people: BTreeSet<SubscriberId> = people.iter().copied().collect();
        let campaigns = "SELECT id, channel, slot, edition, class, send_at FROM campaigns \
                         WHERE slot >= $1 AND planning IS NULL ORDER BY send_at, id";
        let batches = format!(
            "SELECT {COLUMNS} FROM batches AS b JOIN batch_people AS p USING (campaign, number) \
             JOIN campaigns AS c ON c.id = b.campaign \
             WHERE b.campaign = $1 AND b.low <= $3 AND b.high >= $2 AND b.number > $4 \
             AND NOT (c.state IN ('cancelled', 'expired') AND b.first_sent IS NULL \
                      AND (b.state = 'held' OR b.state = 'ready' AND b.worker IS NULL)) \
             ORDER BY b.number LIMIT 64"
        );
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let mut presences = Vec::new();
        for row in all(&transaction, campaigns, &[&since]).await? {
            let (channel, class): (String, String) = (get(&row, 1)?, get(&row, 4)?);
            let mut presence = stored::presence(&channel, get(&row, 2)?, get(&row, 3)?, &class, get(&row, 5)?)?;
            // Some at a time: people who are far from one another have every batch between them.
            let (id, mut after) = (get::<Uuid>(&row, 0)?, -1_i64);
            loop {
                let values: Values<'_> = &[&id, &&low[..], &&high[..], &after];
                let rows = all(&transaction, &batches, values).await?;
                let Some(last) = rows.last() else { break };
                after = i64::from(batch(last)?.0.id.number);
                for row in &rows {
                    presence.take(&batch(row)?.0, &people);
                }
            }
            if !presence.people.is_empty() {
                presences.push(presence);
            }
        }
        Ok(presences)
    }

    async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError> {
        let sql = "SELECT id FROM campaigns WHERE $1::text IS NULL OR channel = $1 \
                   ORDER BY slot DESC, send_at DESC, id LIMIT $2";
        let (channel, limit) = (channel.map(ToString::to_string), i64::try_from(limit).unwrap_or(i64::MAX));
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let mut campaigns = Vec::new();
        for row in all(&transaction, sql, &[&channel, &limit]).await? {
            let id = CampaignId::from_uuid(get::<Uuid>(&row, 0)?);
            campaigns.push(load_campaign(&transaction, id).await?.ok_or_else(|| OutboxError::no_campaign(id))?);
        }
        Ok(campaigns)
    }

    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError> {
        let sql = "WITH ended AS ( \
                       SELECT c.id FROM campaigns AS c WHERE c.state IN ('cancelled', 'expired', 'settled') \
                       AND (SELECT at FROM transitions AS t WHERE t.campaign = c.id ORDER BY t.seq DESC LIMIT 1) < $1 \
                       AND NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.campaign = c.id \
                                       AND b.state IN ('in-doubt', 'ready', 'taken')) \
                   ), \
                   spans AS (UPDATE batches AS b SET low = NULL, high = NULL FROM ended WHERE b.campaign = ended.id), \
                   dropped AS (DELETE FROM batch_people AS p USING ended WHERE p.campaign = ended.id RETURNING p.campaign) \
                   SELECT count(DISTINCT campaign) FROM dropped";
        // Nobody lets what is held go on meanwhile: that would leave a batch without its people.
        let hold = "SELECT count(*) FROM ( \
                        SELECT 1 FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign \
                        WHERE c.state IN ('cancelled', 'expired', 'settled') AND b.state <> 'settled' FOR UPDATE OF b \
                    ) AS held";
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        one(&transaction, hold, &[]).await?;
        let row = one(&transaction, sql, &[&before]).await?;
        let forgotten = row.map(|row| get::<i64>(&row, 0)).transpose()?;
        transaction.commit().await.map_err(database)?;
        number(forgotten.unwrap_or(0))
    }

    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
        let sql = format!(
            "SELECT c.id FROM campaigns AS c \
             WHERE EXISTS (SELECT 1 FROM batches AS b WHERE b.campaign = c.id AND b.state <> 'settled' AND {OPEN}) \
             OR c.route <> 'recipients' AND (c.state IN ('paused', 'planned', 'sending') OR c.watched) \
             ORDER BY c.send_at, c.id"
        );
        self.ids(&sql).await
    }

    async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError> {
        let sql = "SELECT c.id FROM campaigns AS c \
                   WHERE c.route = 'recipients' AND c.state IN ('paused', 'planned', 'sending') \
                   AND NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.campaign = c.id AND b.state <> 'settled') \
                   ORDER BY c.id";
        self.ids(sql).await
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let mut tally = Tally::default();
        let rows = "SELECT state, outcomes, codes FROM batches WHERE campaign = $1";
        for row in all(&transaction, rows, &[&id.as_uuid()]).await? {
            let (state, outcomes) = standing(get(&row, 0)?, get(&row, 1)?, get(&row, 2)?)?;
            tally.add(state, &outcomes);
        }
        Ok(tally)
    }

    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let of = "FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign WHERE";
        let soonest = |urgent: &str| {
            format!(
                "SELECT at FROM (SELECT b.due AS at {of} {urgent} AND {OPEN} AND (b.worker IS NULL OR b.worker = $1) \
                                 ORDER BY b.due, b.campaign, b.number LIMIT 1) AS soonest"
            )
        };
        let sql = format!(
            "SELECT min(at) FROM ({} UNION ALL {} UNION ALL \
             SELECT greatest(b.due, b.lease_until) {of} {OPEN} AND b.worker IS NOT NULL AND b.worker <> $1) AS dues",
            soonest("b.urgent"),
            soonest("NOT b.urgent")
        );
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let row = one(&transaction, &sql, &[&worker]).await?;
        Ok(row.map(|row| get::<Option<DateTime<Utc>>>(&row, 0)).transpose()?.flatten())
    }
}

impl PostgresStore {
    async fn batches(&self, sql: &str, values: Values<'_>) -> Result<Vec<Batch>, OutboxError> {
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let rows = all(&transaction, sql, values).await?;
        Ok(rows.iter().map(|row| Ok(batch(row)?.0)).collect::<Result<_, StoreError>>()?)
    }

    async fn ids(&self, sql: &str) -> Result<Vec<CampaignId>, OutboxError> {
        let mut client = self.client().await?;
        let transaction = crate::store::reading(&mut client).await?;
        let rows = all(&transaction, sql, &[]).await?;
        let ids = rows.iter().map(|row| Ok(CampaignId::from_uuid(get::<Uuid>(row, 0)?)));
        Ok(ids.collect::<Result<_, StoreError>>()?)
    }
}

fn number<T: TryFrom<i64>>(found: i64) -> Result<T, OutboxError> {
    T::try_from(found).map_err(|_| unreadable("number", "it is beyond its limits").into())
}

/// A campaign whose row nobody else changes before the transaction ends.
async fn locked(transaction: &Transaction<'_>, id: CampaignId) -> Result<Campaign, OutboxError> {
    run(transaction, "SELECT 1 FROM campaigns WHERE id = $1 FOR UPDATE", &[&id.as_uuid()]).await?;
    load_campaign(transaction, id).await?.ok_or_else(|| OutboxError::no_campaign(id))
}

/// Whether a campaign is planned under this token still; its row is locked.
async fn planning(transaction: &Transaction<'_>, id: CampaignId, token: u64) -> Result<(), OutboxError> {
    let held = one(transaction, "SELECT planning FROM campaigns WHERE id = $1 FOR UPDATE", &[&id.as_uuid()]).await?;
    let held = held.ok_or_else(|| OutboxError::no_campaign(id))?;
    let held: Option<i64> = get(&held, 0)?;
    let is_held = held.and_then(|held| u64::try_from(held).ok()) == Some(token);
    if is_held { Ok(()) } else { Err(OutboxError::planning_lost(id)) }
}

/// Drops what was half planned.
async fn unplan(transaction: &Transaction<'_>, id: CampaignId) -> Result<(), StoreError> {
    run(transaction, "DELETE FROM batch_people WHERE campaign = $1", &[&id.as_uuid()]).await?;
    run(transaction, "DELETE FROM batches WHERE campaign = $1", &[&id.as_uuid()]).await.map(drop)
}

/// Takes a transition, if it can follow.
async fn take(
    transaction: &Transaction<'_>,
    id: CampaignId,
    transition: &Transition,
) -> Result<CampaignState, OutboxError> {
    let mut history = locked(transaction, id).await?.history;
    let seq = i32::try_from(history.steps().len()).unwrap_or(i32::MAX);
    let state = history.take(transition.clone()).map_err(|why| OutboxError::transition(id, why))?;
    insert_transition(transaction, id, seq, transition).await?;
    let update = "UPDATE campaigns SET state = $2 WHERE id = $1";
    run(transaction, update, &[&id.as_uuid(), &state.code()]).await?;
    if state.is_over() && !history.is_planned() {
        unplan(transaction, id).await?;
        run(transaction, "UPDATE campaigns SET planning = NULL WHERE id = $1", &[&id.as_uuid()]).await?;
    }
    Ok(state)
}

async fn insert_transition(
    transaction: &Transaction<'_>,
    id: CampaignId,
    seq: i32,
    step: &Transition,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO transitions (campaign, seq, deed, account, at, note) VALUES ($1, $2, $3, $4, $5, $6)";
    let values: Values<'_> = &[&id.as_uuid(), &seq, &step.deed.code(), &step.by, &step.at, &step.note];
    run(transaction, insert, values).await.map(drop)
}

async fn load_campaign(transaction: &Transaction<'_>, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
    let select = "SELECT channel, slot, edition, class, message, segment, send_at, send_by, approvers, author_counts, \
                  audience, suppressed, route, evidence FROM campaigns WHERE id = $1";
    let Some(row) = one(transaction, select, &[&id.as_uuid()]).await? else { return Ok(None) };
    let audience: i64 = get(&row, 10)?;
    let approvers: i16 = get(&row, 8)?;
    let columns = CampaignColumns {
        channel: get(&row, 0)?,
        slot: get(&row, 1)?,
        edition: get(&row, 2)?,
        class: get(&row, 3)?,
        message: get(&row, 4)?,
        segment: get(&row, 5)?,
        send_at: get(&row, 6)?,
        send_by: get(&row, 7)?,
        approvers: u8::try_from(approvers).map_err(|error| unreadable("approvers", error))?,
        author_counts: get(&row, 9)?,
        audience: u64::try_from(audience).map_err(|error| unreadable("audience", error))?,
        suppressed: get(&row, 11)?,
        route: get(&row, 12)?,
        evidence: get(&row, 13)?,
    };
    let steps = "SELECT deed, account, at, note FROM transitions WHERE campaign = $1 ORDER BY seq";
    let steps = all(transaction, steps, &[&id.as_uuid()]).await?;
    let steps = steps.iter().map(|row| stored::transition(get(row, 0)?, get(row, 1)?, get(row, 2)?, get(row, 3)?));
    columns.campaign(steps.collect::<Result<_, StoreError>>()?).map(Some)
}

/// Keeps a campaign, unless it is kept already, and tells whether it was not.
async fn insert_campaign(transaction: &Transaction<'_>, campaign: &Campaign) -> Result<bool, StoreError> {
    let columns = CampaignColumns::of(campaign);
    let insert = "INSERT INTO campaigns (id, channel, slot, edition, class, message, segment, send_at, send_by, \
                  approvers, author_counts, state, audience, suppressed, route, evidence, watched) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING";
    let values: Values<'_> = &[
        &campaign.id.as_uuid(),
        &columns.channel,
        &columns.slot,
        &columns.edition,
        &columns.class,
        &columns.message,
        &columns.segment,
        &columns.send_at,
        &columns.send_by,
        &i16::from(columns.approvers),
        &columns.author_counts,
        &campaign.state().code(),
        &i64::try_from(columns.audience).unwrap_or(i64::MAX),
        &columns.suppressed,
        &columns.route,
        &columns.evidence,
        &campaign.evidence.is_open(),
    ];
    if run(transaction, insert, values).await? == 0 {
        return Ok(false);
    }
    for (seq, step) in (0..).zip(campaign.history.steps()) {
        insert_transition(transaction, campaign.id, seq, step).await?;
    }
    Ok(true)
}

/// What waits, by its columns campaign, number, channel, urgent, due, attempts.
fn ticket(row: &Row) -> Result<Ticket, StoreError> {
    let beyond = |error| unreadable("batch", error);
    let (number, attempts): (i64, i64) = (get(row, 1)?, get(row, 5)?);
    let batch = BatchId::new(CampaignId::from_uuid(get::<Uuid>(row, 0)?), u32::try_from(number).map_err(beyond)?);
    let channel = ChannelId::parse(&get::<String>(row, 2)?).map_err(|error| unreadable("channel", error))?;
    let attempts = u32::try_from(attempts).map_err(beyond)?;
    Ok(Ticket::new(batch, channel, get(row, 4)?).with_attempts(attempts).with_urgency(get(row, 3)?))
}

/// A batch with its lease's token.
fn batch(row: &Row) -> Result<(Batch, u64), StoreError> {
    let beyond = |error| unreadable("batch", error);
    let (number, attempts): (i64, i64) = (get(row, 1)?, get(row, 8)?);
    let number = u32::try_from(number).map_err(beyond)?;
    let columns = BatchColumns {
        id: BatchId::new(CampaignId::from_uuid(get::<Uuid>(row, 0)?), number),
        fallback: get(row, 2)?,
        recipients: get(row, 3)?,
        outcomes: get(row, 4)?,
        codes: get(row, 5)?,
        state: get(row, 6)?,
        due: get(row, 7)?,
        attempts: u32::try_from(attempts).map_err(beyond)?,
        first_sent: get(row, 9)?,
        note: get(row, 10)?,
        send_by: get(row, 11)?,
        handle: get(row, 12)?,
        urgent: get(row, 14)?,
    };
    let token: i64 = get(row, 13)?;
    Ok((columns.batch()?, u64::try_from(token).map_err(beyond)?))
}

async fn load_batch(
    transaction: &Transaction<'_>,
    id: BatchId,
    lock: &str,
) -> Result<Option<(Batch, u64)>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS} FROM batches AS b JOIN batch_people AS p USING (campaign, number) \
         WHERE b.campaign = $1 AND b.number = $2 {lock}"
    );
    let row = one(transaction, &select, &[&id.campaign.as_uuid(), &i64::from(id.number)]).await?;
    row.as_ref().map(batch).transpose()
}

async fn insert_batch(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let (outcomes, codes) = batch.outcomes.encode();
    let (campaign, number) = (batch.id.campaign.as_uuid(), i64::from(batch.id.number));
    let insert = "INSERT INTO batches (campaign, number, fallback, state, due, send_by, attempts, first_sent, note, \
                  handle, codes, outcomes, urgent, low, high) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let (low, high) = stored::span(&batch.recipients).map(|(low, high)| (low.to_vec(), high.to_vec())).unzip();
    let values: Values<'_> = &[
        &campaign,
        &number,
        &batch.fallback,
        &batch.state.code(),
        &batch.due,
        &batch.send_by,
        &i64::from(batch.attempts),
        &batch.first_sent,
        &batch.note,
        &batch.handle,
        &codes,
        &outcomes,
        &batch.urgent,
        &low,
        &high,
    ];
    run(transaction, insert, values).await?;
    let insert = "INSERT INTO batch_people (campaign, number, recipients) VALUES ($1, $2, $3)";
    run(transaction, insert, &[&campaign, &number, &recipients_to_bytes(&batch.recipients)]).await.map(drop)
}

async fn save(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let (outcomes, codes) = batch.outcomes.encode();
    let update = "UPDATE batches SET outcomes = $3, codes = $4, state = $5, due = $6, attempts = $7, first_sent = $8, \
                  note = $9, send_by = $10, handle = $11 WHERE campaign = $1 AND number = $2";
    let values: Values<'_> = &[
        &batch.id.campaign.as_uuid(),
        &i64::from(batch.id.number),
        &outcomes,
        &codes,
        &batch.state.code(),
        &batch.due,
        &i64::from(batch.attempts),
        &batch.first_sent,
        &batch.note,
        &batch.send_by,
        &batch.handle,
    ];
    run(transaction, update, values).await.map(drop)
}
