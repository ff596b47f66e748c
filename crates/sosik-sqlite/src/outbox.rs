use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use sosik_delivery::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, Change, Claim, Claimed, Outbox, OutboxError,
    PlannedCampaign, Tally,
};
use sosik_registry::StoreError;

use crate::error::database;
use crate::rows::{batch, campaign, instant, micros, recipients_bytes, suppressed_json, uuid};
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Outbox for SqliteStore {
    async fn plan(&self, campaign: &Campaign, batches: &[Batch]) -> Result<PlannedCampaign, OutboxError> {
        let (campaign, batches) = (campaign.clone(), batches.to_vec());
        self.worker
            .call(move |transaction| {
                if let Some(kept) = load_campaign(transaction, campaign.id)? {
                    return Ok(PlannedCampaign::new(kept, true));
                }
                insert_campaign(transaction, &campaign)?;
                batches.iter().try_for_each(|batch| insert_batch(transaction, batch))?;
                Ok(PlannedCampaign::new(campaign, false))
            })
            .await
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, OutboxError> {
        self.worker.call(move |transaction| Ok(load_campaign(transaction, id)?)).await
    }

    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, OutboxError> {
        self.worker.call(move |transaction| Ok(load_batch(transaction, id)?.map(|(batch, _)| batch))).await
    }

    async fn claim(&self, claim: &Claim<'_>) -> Result<Option<Claimed>, OutboxError> {
        let (worker, now, lease) = (claim.worker.to_owned(), claim.now, claim.lease);
        self.worker
            .call(move |transaction| {
                let next = load(transaction, include_str!("../queries/batch_next.sql"), params![micros(now), worker])?;
                let Some((batch, _)) = next.into_iter().next() else { return Ok(None) };
                let raise = include_str!("../queries/fence_raise.sql");
                let token: i64 = transaction.query_row(raise, [], |row| row.get(0)).map_err(database)?;
                let until = now.checked_add_signed(lease).unwrap_or(now);
                let (id, number) = key(batch.id);
                let values = params![id, number, worker, micros(until), token];
                execute(transaction, include_str!("../queries/batch_lease.sql"), values)?;
                Ok(Some(Claimed::new(batch, u64::try_from(token).unwrap_or(0))))
            })
            .await
    }

    async fn update(&self, update: &BatchUpdate) -> Result<(), OutboxError> {
        let update = update.clone();
        self.worker
            .call(move |transaction| {
                let kept = load_batch(transaction, update.id)?.filter(|(_, token)| *token == update.token);
                let Some((mut batch, _)) = kept else { return Err(OutboxError::lease_lost(update.id)) };
                update.apply(&mut batch);
                save(transaction, &batch)?;
                if update.release {
                    let (id, number) = key(batch.id);
                    execute(transaction, include_str!("../queries/batch_release.sql"), params![id, number])?;
                }
                Ok(())
            })
            .await
    }

    async fn settle(&self, batch: BatchId, changes: &[Change]) -> Result<usize, OutboxError> {
        let changes = changes.to_vec();
        self.worker
            .call(move |transaction| {
                let Some((mut batch, _)) = load_batch(transaction, batch)? else { return Ok(0) };
                let forward = changes.iter().filter(|change| batch.outcomes.apply(change)).count();
                if batch.outcomes.are_final() {
                    batch.state = BatchState::Settled;
                }
                save(transaction, &batch)?;
                Ok(forward)
            })
            .await
    }

    async fn reopen(&self, batch: BatchId, send_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, OutboxError> {
        self.worker
            .call(move |transaction| {
                let Some((mut batch, _)) = load_batch(transaction, batch)? else { return Ok(false) };
                let reopened = batch.reopen(send_by, now);
                if reopened {
                    save(transaction, &batch)?;
                }
                Ok(reopened)
            })
            .await
    }

    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/campaigns_open.sql");
                let mut statement = transaction.prepare_cached(query).map_err(database)?;
                let mut rows = statement.query([]).map_err(database)?;
                let mut campaigns = Vec::new();
                while let Some(row) = rows.next().map_err(database)? {
                    let id: Vec<u8> = row.get(0).map_err(database)?;
                    campaigns.push(CampaignId::from_uuid(uuid(&id)?));
                }
                Ok(campaigns)
            })
            .await
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
        self.worker
            .call(move |transaction| {
                let key = id.as_uuid().as_bytes().to_vec();
                let batches = load(transaction, include_str!("../queries/batches_of.sql"), params![key])?;
                Ok(Tally::of(batches.iter().map(|(batch, _)| batch)))
            })
            .await
    }

    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let worker = worker.to_owned();
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/batch_next_due.sql");
                let due: Option<i64> = transaction.query_row(query, [worker], |row| row.get(0)).map_err(database)?;
                Ok(due.map(instant).transpose()?)
            })
            .await
    }
}

fn key(id: BatchId) -> (Vec<u8>, u32) {
    (id.campaign.as_uuid().as_bytes().to_vec(), id.number)
}

fn execute(transaction: &Transaction<'_>, query: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
    transaction.prepare_cached(query).and_then(|mut statement| statement.execute(values)).map_err(database)?;
    Ok(())
}

fn load(
    transaction: &Transaction<'_>,
    query: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<(Batch, u64)>, StoreError> {
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let mut rows = statement.query(values).map_err(database)?;
    let mut batches = Vec::new();
    while let Some(row) = rows.next().map_err(database)? {
        batches.push(batch(row)?);
    }
    Ok(batches)
}

fn load_batch(transaction: &Transaction<'_>, id: BatchId) -> Result<Option<(Batch, u64)>, StoreError> {
    let (campaign, number) = key(id);
    let found = load(transaction, include_str!("../queries/batch_by_id.sql"), params![campaign, number])?;
    Ok(found.into_iter().next())
}

fn load_campaign(transaction: &Transaction<'_>, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
    let query = include_str!("../queries/campaign_by_id.sql");
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let mut rows = statement.query([id.as_uuid().as_bytes().as_slice()]).map_err(database)?;
    rows.next().map_err(database)?.map(campaign).transpose()
}

fn insert_campaign(transaction: &Transaction<'_>, campaign: &Campaign) -> Result<(), StoreError> {
    let id = campaign.id.as_uuid();
    let values = params![
        id.as_bytes().as_slice(),
        campaign.key.channel.as_str(),
        micros(campaign.key.slot),
        campaign.key.edition.as_str(),
        campaign.class.code(),
        sosik_channel::stored::to_json(&campaign.message),
        micros(campaign.send_at),
        micros(campaign.planned_at),
        i64::try_from(campaign.audience).unwrap_or(i64::MAX),
        suppressed_json(&campaign.suppressed),
    ];
    execute(transaction, include_str!("../queries/campaign_insert.sql"), values)
}

fn insert_batch(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let recipients = recipients_bytes(&batch.recipients);
    write(transaction, include_str!("../queries/batch_insert.sql"), batch, &[&batch.fallback, &recipients])
}

fn save(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    write(transaction, include_str!("../queries/batch_save.sql"), batch, &[])
}

/// Runs a query on a batch's id, what changes in its life, and `more`.
fn write(
    transaction: &Transaction<'_>,
    query: &str,
    batch: &Batch,
    more: &[&dyn rusqlite::ToSql],
) -> Result<(), StoreError> {
    let (campaign, number) = key(batch.id);
    let (outcomes, codes) = batch.outcomes.encode();
    let (due, first_sent, send_by) = (micros(batch.due), batch.first_sent.map(micros), micros(batch.send_by));
    let state = batch.state.code();
    let living: [&dyn rusqlite::ToSql; 10] =
        [&campaign, &number, &outcomes, &codes, &state, &due, &batch.attempts, &first_sent, &batch.note, &send_by];
    execute(transaction, query, &[&living, more].concat())
}
