//! Rows of the database as the types that code works with.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, Transaction};
use sosik_core::{AreaCode, ChannelId, Language};
use sosik_delivery::stored::{self, BatchColumns, CampaignColumns};
use sosik_delivery::{Batch, BatchId, BatchState, Campaign, CampaignId, Outcomes, Presence, Ticket, Transition};
use sosik_registry::{
    ConsentEvent, Note, Purpose, QuietHours, Relation, RelationState, StoreError, Subscriber, SubscriberId, Vault,
};
use uuid::Uuid;

use crate::error::{database, unreadable};
use crate::query::all;

pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn instant(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| unreadable("instant", "it is beyond the calendar"))
}

fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, at: usize) -> Result<T, StoreError> {
    row.get(at).map_err(database)
}

pub(crate) fn uuid(bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|error| unreadable("id", error))
}

/// Someone's row: what is known of them beside identities, relations and consents.
pub(crate) struct Person {
    pub(crate) number: i64,
    pub(crate) id: Vec<u8>,
    /// Their number, sealed.
    pub(crate) phone: Option<Vec<u8>>,
    subscriber: Subscriber,
}

impl Person {
    /// Reads a row of `subscriber_by_number.sql` and its like.
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let id: Vec<u8> = get(row, 1)?;
        let mut subscriber = Subscriber::bare(SubscriberId::new(uuid(&id)?), instant(get(row, 10)?)?);
        let area: Option<String> = get(row, 3)?;
        subscriber.area =
            area.map(|area| AreaCode::parse(&area)).transpose().map_err(|error| unreadable("area", error))?;
        let topics: String = get(row, 4)?;
        subscriber.topics = topics_of(&topics)?;
        subscriber.allows_text = get(row, 5)?;
        let language: Option<String> = get(row, 6)?;
        let language = language.map(|code| Language::parse(&code)).transpose();
        subscriber.language = language.map_err(|error| unreadable("language", error))?;
        let quiet: Option<String> = get(row, 7)?;
        subscriber.quiet = quiet_hours(quiet)?;
        subscriber.child_until = get::<Option<String>>(row, 8)?.as_deref().map(day).transpose()?;
        let gone: Option<i64> = get(row, 9)?;
        subscriber.gone = gone.map(instant).transpose()?;
        Ok(Self { number: get(row, 0)?, id, phone: get(row, 2)?, subscriber })
    }

    /// All of them: with their identities, opened, their relations and what they said.
    pub(crate) fn whole(self, transaction: &Transaction<'_>, vault: &Vault) -> Result<Subscriber, StoreError> {
        let Self { number, id, phone, mut subscriber } = self;
        let open = |sealed: &[u8]| vault.open(sealed, &id).map_err(|error| unreadable("identity", error));
        subscriber.identities.extend(phone.as_deref().map(open).transpose()?);
        let sealed = include_str!("../queries/identities_of.sql");
        subscriber.identities.extend(all(transaction, sealed, [number], |row| open(&get::<Vec<u8>>(row, 1)?))?);
        subscriber.identities.sort();
        let told = all(transaction, include_str!("../queries/relations_of.sql"), [number], relation)?;
        subscriber.relations = Relation::latest(told);
        subscriber.notes = all(transaction, include_str!("../queries/notes_of.sql"), [number], note)?;
        subscriber.consents = all(transaction, include_str!("../queries/consents_of.sql"), [number], consent)?;
        Ok(subscriber)
    }
}

pub(crate) fn topics_of(json: &str) -> Result<BTreeSet<String>, StoreError> {
    serde_json::from_str(json).map_err(|error| unreadable("topics", error))
}

pub(crate) fn day(text: &str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(|error| unreadable("day", error))
}

/// A relation's columns channel, state, at, source.
pub(crate) fn relation(row: &Row<'_>) -> Result<Relation, StoreError> {
    let channel: String = get(row, 0)?;
    let channel = ChannelId::parse(&channel).map_err(|error| unreadable("channel", error))?;
    let state =
        RelationState::from_rank(get(row, 1)?).ok_or_else(|| unreadable("relation", "its state is not known"))?;
    Ok(Relation::new(channel, state, instant(get(row, 2)?)?, get::<String>(row, 3)?))
}

/// A note in the columns of a consent: its details are the instant that it is about. Evidence that is gone is empty.
pub(crate) fn note(row: &Row<'_>) -> Result<Note, StoreError> {
    let (kind, at, evidence): (String, i64, Option<String>) = (get(row, 0)?, get(row, 2)?, get(row, 3)?);
    let details: String = get(row, 4)?;
    let about = if details.is_empty() {
        None
    } else {
        Some(instant(details.parse().map_err(|error| unreadable("note", error))?)?)
    };
    let note = Note::from_parts(&kind, instant(at)?, about, evidence.unwrap_or_default());
    note.ok_or_else(|| unreadable("note", "its kind is not known"))
}

/// A consent's columns purpose, granted, at, evidence, details. Evidence that is gone is empty.
pub(crate) fn consent(row: &Row<'_>) -> Result<ConsentEvent, StoreError> {
    let purpose: String = get(row, 0)?;
    let purpose = Purpose::from_code(&purpose).ok_or_else(|| unreadable("consent", "its purpose is not known"))?;
    let (granted, at, evidence): (bool, i64, Option<String>) = (get(row, 1)?, get(row, 2)?, get(row, 3)?);
    let said = if granted { ConsentEvent::granted } else { ConsentEvent::withdrawn };
    let said = said(purpose, instant(at)?, evidence.unwrap_or_default());
    let details: String = get(row, 4)?;
    said.with_details(&details).ok_or_else(|| unreadable("consent", "its details are not of a known form"))
}

/// A campaign of its row, and what was done with it.
pub(crate) fn campaign(row: &Row<'_>, steps: Vec<Transition>) -> Result<Campaign, StoreError> {
    let audience: i64 = get(row, 7)?;
    let columns = CampaignColumns {
        channel: get(row, 0)?,
        slot: instant(get(row, 1)?)?,
        edition: get(row, 2)?,
        class: get(row, 3)?,
        message: get(row, 4)?,
        send_at: instant(get(row, 5)?)?,
        segment: get(row, 6)?,
        audience: u64::try_from(audience).map_err(|error| unreadable("audience", error))?,
        suppressed: get(row, 8)?,
        send_by: instant(get(row, 9)?)?,
        approvers: get(row, 10)?,
        author_counts: get(row, 11)?,
        route: get(row, 12)?,
        evidence: get(row, 13)?,
    };
    columns.campaign(steps)
}

/// A transition's columns deed, account, at, note.
pub(crate) fn transition(row: &Row<'_>) -> Result<Transition, StoreError> {
    let deed: String = get(row, 0)?;
    stored::transition(&deed, get(row, 1)?, instant(get(row, 2)?)?, get(row, 3)?)
}

/// A campaign that may have people in it, by its columns id, channel, slot, edition, class, `send_at`.
pub(crate) fn presence(row: &Row<'_>) -> Result<(CampaignId, Presence), StoreError> {
    let (id, channel, class): (Vec<u8>, String, String) = (get(row, 0)?, get(row, 1)?, get(row, 4)?);
    let (slot, send_at) = (instant(get(row, 2)?)?, instant(get(row, 5)?)?);
    Ok((CampaignId::from_uuid(uuid(&id)?), stored::presence(&channel, slot, get(row, 3)?, &class, send_at)?))
}

/// What waits, by its columns campaign, number, channel, urgent, due, attempts.
pub(crate) fn ticket(row: &Row<'_>) -> Result<Ticket, StoreError> {
    let (campaign, channel): (Vec<u8>, String) = (get(row, 0)?, get(row, 2)?);
    let batch = BatchId::new(CampaignId::from_uuid(uuid(&campaign)?), get(row, 1)?);
    let channel = ChannelId::parse(&channel).map_err(|error| unreadable("channel", error))?;
    Ok(Ticket::new(batch, channel, instant(get(row, 4)?)?).with_attempts(get(row, 5)?).with_urgency(get(row, 3)?))
}

/// A batch's columns state, outcomes, codes.
pub(crate) fn counted(row: &Row<'_>) -> Result<(BatchState, Outcomes), StoreError> {
    let (state, outcomes, codes): (String, Vec<u8>, String) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
    stored::standing(&state, &outcomes, &codes)
}

/// A batch with its lease's token.
pub(crate) fn batch(row: &Row<'_>) -> Result<(Batch, u64), StoreError> {
    let (campaign, number): (Vec<u8>, u32) = (get(row, 0)?, get(row, 1)?);
    let columns = BatchColumns {
        id: BatchId::new(CampaignId::from_uuid(uuid(&campaign)?), number),
        fallback: get(row, 2)?,
        recipients: get(row, 3)?,
        outcomes: get(row, 4)?,
        codes: get(row, 5)?,
        state: get(row, 6)?,
        due: instant(get(row, 7)?)?,
        attempts: get(row, 8)?,
        first_sent: get::<Option<i64>>(row, 9)?.map(instant).transpose()?,
        note: get(row, 10)?,
        send_by: instant(get(row, 11)?)?,
        handle: get(row, 13)?,
        urgent: get(row, 14)?,
    };
    let token: i64 = get(row, 12)?;
    Ok((columns.batch()?, u64::try_from(token).map_err(|error| unreadable("token", error))?))
}

/// The hours at which someone wants to be left alone, of their column.
pub(crate) fn quiet_hours(text: Option<String>) -> Result<Option<QuietHours>, StoreError> {
    let quiet = text.map(|hours| QuietHours::parse(&hours)).transpose();
    quiet.map_err(|error| unreadable("quiet hours", error))
}
