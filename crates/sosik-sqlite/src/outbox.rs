use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use sosik_core::ChannelId;
use sosik_delivery::stored::{CampaignColumns, evidence_to_json, recipients_to_bytes, span, suppressed_to_json};
use sosik_delivery::{
    Batch, BatchId, BatchState, BatchUpdate, Campaign, CampaignId, CampaignState, Change, Claim, Claimed, Deed,
    Evidence, Outbox, OutboxError, PlannedCampaign, Presence, Sealed, Tally, Ticket, Transition,
};
use sosik_registry::{StoreError, SubscriberId};

use crate::error::database;
use crate::query::{all, one};
use crate::rows::{batch, campaign, counted, instant, micros, presence, ticket, transition, uuid};
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Outbox for SqliteStore {
    async fn draft(&self, campaign: &Campaign) -> Result<PlannedCampaign, OutboxError> {
        let campaign = campaign.clone();
        self.worker
            .call(move |transaction| {
                if let Some(kept) = load_campaign(transaction, campaign.id)? {
                    return Ok(PlannedCampaign::new(kept, true));
                }
                insert_campaign(transaction, &campaign)?;
                Ok(PlannedCampaign::new(campaign, false))
            })
            .await
    }

    async fn transition(&self, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
        let made = transition.clone();
        self.worker.call(move |transaction| take(transaction, id, &made)).await
    }

    async fn note(&self, id: CampaignId, evidence: &Evidence) -> Result<Evidence, OutboxError> {
        let evidence = evidence.clone();
        self.worker
            .call(move |transaction| {
                let campaign = load_campaign(transaction, id)?.ok_or_else(|| OutboxError::no_campaign(id))?;
                let mut known = campaign.evidence;
                known.take(&evidence);
                let values = params![bytes(id), evidence_to_json(&known), known.is_open()];
                execute(transaction, include_str!("../queries/campaign_note.sql"), values)?;
                Ok(known)
            })
            .await
    }

    async fn begin(&self, id: CampaignId) -> Result<u64, OutboxError> {
        self.worker
            .call(move |transaction| {
                let campaign = load_campaign(transaction, id)?.ok_or_else(|| OutboxError::no_campaign(id))?;
                campaign.history.may(Deed::Plan).map_err(|why| OutboxError::transition(id, why))?;
                for other in campaigns(transaction, include_str!("../queries/campaigns_planning_of.sql"), [bytes(id)])?
                {
                    unplan(transaction, other)?;
                    let values = params![bytes(other), None::<i64>];
                    execute(transaction, include_str!("../queries/campaign_planning.sql"), values)?;
                }
                let token = raise(transaction)?;
                execute(transaction, include_str!("../queries/campaign_planning.sql"), params![bytes(id), token])?;
                Ok(u64::try_from(token).unwrap_or(0))
            })
            .await
    }

    async fn add(&self, id: CampaignId, token: u64, batches: &[Batch]) -> Result<(), OutboxError> {
        let batches = batches.to_vec();
        self.worker
            .call(move |transaction| {
                planning(transaction, id, token)?;
                Ok(batches.iter().try_for_each(|batch| insert_batch(transaction, batch))?)
            })
            .await
    }

    async fn seal(&self, id: CampaignId, token: u64, sealed: &Sealed) -> Result<Campaign, OutboxError> {
        let sealed = sealed.clone();
        self.worker
            .call(move |transaction| {
                planning(transaction, id, token)?;
                take(transaction, id, &sealed.transition)?;
                let audience = i64::try_from(sealed.audience).unwrap_or(i64::MAX);
                let values = params![bytes(id), audience, suppressed_to_json(&sealed.suppressed)];
                execute(transaction, include_str!("../queries/campaign_seal.sql"), values)?;
                load_campaign(transaction, id)?.ok_or_else(|| OutboxError::no_campaign(id))
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
        let (worker, now, lease, only) = (claim.worker.to_owned(), claim.now, claim.lease, claim.only);
        self.worker
            .call(move |transaction| {
                let next = match only.map(key) {
                    None => {
                        let query = include_str!("../queries/batch_next.sql");
                        let of = |urgent: bool| load(transaction, query, params![micros(now), worker, urgent]);
                        let urgent = of(true)?;
                        if urgent.is_empty() { of(false)? } else { urgent }
                    }
                    Some((id, number)) => {
                        let values = params![micros(now), worker, id, number];
                        load(transaction, include_str!("../queries/batch_next_of.sql"), values)?
                    }
                };
                let Some((batch, _)) = next.into_iter().next() else { return Ok(None) };
                let token = raise(transaction)?;
                let until = now.checked_add_signed(lease).unwrap_or(now);
                let (id, number) = key(batch.id);
                let values = params![id, number, worker, micros(until), token];
                execute(transaction, include_str!("../queries/batch_lease.sql"), values)?;
                Ok(Some(Claimed::new(batch, u64::try_from(token).unwrap_or(0))))
            })
            .await
    }

    async fn waiting(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Ticket>, OutboxError> {
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/batch_waiting.sql");
                let of = |urgent: bool, limit: usize| {
                    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                    all(transaction, query, params![micros(now), limit, urgent], ticket)
                };
                let mut waiting = of(true, limit)?;
                waiting.extend(of(false, limit - waiting.len())?);
                Ok(waiting)
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

    async fn held(&self, limit: usize) -> Result<Vec<Batch>, OutboxError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.worker
            .call(move |transaction| {
                let held = load(transaction, include_str!("../queries/batches_held.sql"), params![limit])?;
                Ok(held.into_iter().map(|(batch, _)| batch).collect())
            })
            .await
    }

    async fn place(&self, id: CampaignId, person: SubscriberId) -> Result<Option<(Batch, usize)>, OutboxError> {
        self.worker
            .call(move |transaction| {
                let values = params![bytes(id), person.as_uuid().as_bytes().to_vec()];
                let found = load(transaction, include_str!("../queries/batch_of_person.sql"), values)?;
                Ok(found.into_iter().find_map(|(batch, _)| batch.with_place_of(person)))
            })
            .await
    }

    async fn presences(&self, people: &[SubscriberId], since: DateTime<Utc>) -> Result<Vec<Presence>, OutboxError> {
        let Some((low, high)) = span(people) else { return Ok(Vec::new()) };
        let people: BTreeSet<SubscriberId> = people.iter().copied().collect();
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/campaigns_since.sql");
                let mut found = all(transaction, query, [micros(since)], presence)?;
                for (id, presence) in &mut found {
                    let query = include_str!("../queries/batches_of_people.sql");
                    // Some at a time: people who are far from one another have every batch between them.
                    let mut after = -1;
                    loop {
                        let batches = load(transaction, query, params![bytes(*id), low, high, after])?;
                        let Some((last, _)) = batches.last() else { break };
                        after = i64::from(last.id.number);
                        for (batch, _) in &batches {
                            presence.take(batch, &people);
                        }
                    }
                }
                let found = found.into_iter().map(|(_, presence)| presence);
                Ok(found.filter(|presence| !presence.people.is_empty()).collect())
            })
            .await
    }

    async fn campaigns(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<Campaign>, OutboxError> {
        let (channel, limit) = (channel.map(ToString::to_string), i64::try_from(limit).unwrap_or(i64::MAX));
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/campaigns_latest.sql");
                let ids = campaigns(transaction, query, params![channel, limit])?;
                let load = |id| load_campaign(transaction, id)?.ok_or_else(|| OutboxError::no_campaign(id));
                ids.into_iter().map(load).collect()
            })
            .await
    }

    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, OutboxError> {
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/campaigns_forgettable.sql");
                let ids = campaigns(transaction, query, params![micros(before)])?;
                for id in &ids {
                    execute(transaction, include_str!("../queries/batch_people_drop.sql"), params![bytes(*id)])?;
                    execute(transaction, include_str!("../queries/batch_spans_drop.sql"), params![bytes(*id)])?;
                }
                Ok(ids.len() as u64)
            })
            .await
    }

    async fn open_campaigns(&self) -> Result<Vec<CampaignId>, OutboxError> {
        self.worker
            .call(|transaction| Ok(campaigns(transaction, include_str!("../queries/campaigns_open.sql"), [])?))
            .await
    }

    async fn finished(&self) -> Result<Vec<CampaignId>, OutboxError> {
        let query = include_str!("../queries/campaigns_finished.sql");
        self.worker.call(|transaction| Ok(campaigns(transaction, query, [])?)).await
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally, OutboxError> {
        self.worker
            .call(move |transaction| {
                let mut statement =
                    transaction.prepare_cached(include_str!("../queries/batch_counts_of.sql")).map_err(database)?;
                let mut rows = statement.query([bytes(id)]).map_err(database)?;
                let mut tally = Tally::default();
                while let Some(row) = rows.next().map_err(database)? {
                    let (state, outcomes) = counted(row)?;
                    tally.add(state, &outcomes);
                }
                Ok(tally)
            })
            .await
    }

    async fn next_due(&self, worker: &str) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let worker = worker.to_owned();
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/batch_next_due.sql");
                let of = |urgent: bool| -> Result<Option<i64>, StoreError> {
                    transaction.query_row(query, params![worker, urgent], |row| row.get(0)).map_err(database)
                };
                let due = of(true)?.into_iter().chain(of(false)?).min();
                Ok(due.map(instant).transpose()?)
            })
            .await
    }
}

fn bytes(id: CampaignId) -> Vec<u8> {
    id.as_uuid().as_bytes().to_vec()
}

/// A token that is higher than any before.
fn raise(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    let raise = include_str!("../queries/fence_raise.sql");
    transaction.query_row(raise, [], |row| row.get(0)).map_err(database)
}

/// Whether a campaign is planned under this token still.
fn planning(transaction: &Transaction<'_>, id: CampaignId, token: u64) -> Result<(), OutboxError> {
    let query = "SELECT planning FROM campaigns WHERE id = ?1";
    let held: Option<Option<i64>> = one(transaction, query, [bytes(id)], |row| row.get(0))?;
    let held = held.ok_or_else(|| OutboxError::no_campaign(id))?;
    let is_held = held.and_then(|held| u64::try_from(held).ok()) == Some(token);
    if is_held { Ok(()) } else { Err(OutboxError::planning_lost(id)) }
}

/// Drops what was half planned.
fn unplan(transaction: &Transaction<'_>, id: CampaignId) -> Result<(), StoreError> {
    execute(transaction, include_str!("../queries/batch_people_drop.sql"), params![bytes(id)])?;
    execute(transaction, include_str!("../queries/batches_drop.sql"), params![bytes(id)])
}

/// Takes a transition, if it can follow.
fn take(transaction: &Transaction<'_>, id: CampaignId, transition: &Transition) -> Result<CampaignState, OutboxError> {
    let campaign = load_campaign(transaction, id)?.ok_or_else(|| OutboxError::no_campaign(id))?;
    let mut history = campaign.history;
    let state = history.take(transition.clone()).map_err(|why| OutboxError::transition(id, why))?;
    insert_transition(transaction, id, transition)?;
    execute(transaction, include_str!("../queries/campaign_state.sql"), params![bytes(id), state.code()])?;
    if state.is_over() && !history.is_planned() {
        unplan(transaction, id)?;
        execute(transaction, include_str!("../queries/campaign_planning.sql"), params![bytes(id), None::<i64>])?;
    }
    Ok(state)
}

fn insert_transition(transaction: &Transaction<'_>, id: CampaignId, transition: &Transition) -> Result<(), StoreError> {
    let Transition { deed, by, at, note, .. } = transition;
    let values = params![bytes(id), deed.code(), by, micros(*at), note];
    execute(transaction, include_str!("../queries/transition_insert.sql"), values)
}

fn campaigns(
    transaction: &Transaction<'_>,
    query: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<CampaignId>, StoreError> {
    all(transaction, query, values, |row| {
        let id: Vec<u8> = row.get(0).map_err(database)?;
        Ok(CampaignId::from_uuid(uuid(&id)?))
    })
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
    let steps = all(transaction, include_str!("../queries/transitions_of.sql"), [bytes(id)], transition)?;
    let query = include_str!("../queries/campaign_by_id.sql");
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let mut rows = statement.query([bytes(id)]).map_err(database)?;
    rows.next().map_err(database)?.map(|row| campaign(row, steps)).transpose()
}

fn insert_campaign(transaction: &Transaction<'_>, campaign: &Campaign) -> Result<(), StoreError> {
    let columns = CampaignColumns::of(campaign);
    let values = params![
        bytes(campaign.id),
        columns.channel,
        micros(columns.slot),
        columns.edition,
        columns.class,
        columns.message,
        micros(columns.send_at),
        columns.segment,
        i64::try_from(columns.audience).unwrap_or(i64::MAX),
        columns.suppressed,
        micros(columns.send_by),
        columns.approvers,
        columns.author_counts,
        campaign.state().code(),
        columns.route,
        columns.evidence,
        campaign.evidence.is_open(),
    ];
    execute(transaction, include_str!("../queries/campaign_insert.sql"), values)?;
    let mut steps = campaign.history.steps().iter();
    steps.try_for_each(|step| insert_transition(transaction, campaign.id, step))
}

fn insert_batch(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let (low, high) = span(&batch.recipients).unzip();
    let more: [&dyn rusqlite::ToSql; 4] = [&batch.fallback, &batch.urgent, &low, &high];
    write(transaction, include_str!("../queries/batch_insert.sql"), batch, &more)?;
    let (id, number) = key(batch.id);
    let recipients = recipients_to_bytes(&batch.recipients);
    execute(transaction, include_str!("../queries/batch_people_insert.sql"), params![id, number, recipients])
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
    let living: [&dyn rusqlite::ToSql; 11] = [
        &campaign,
        &number,
        &outcomes,
        &codes,
        &state,
        &due,
        &batch.attempts,
        &first_sent,
        &batch.note,
        &send_by,
        &batch.handle,
    ];
    execute(transaction, query, &[&living, more].concat())
}
